"""What a Ray's nodes have to give, and what one worker asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from pipeline.config import RenderConfig
from pipeline.errors import ConfigError

SMALLEST_GPU_SHARE = 0.25
"""Of a GPU that a worker takes by default: while one worker composes and encodes, others render. More than four crowd
its memory: Cycles keeps its kernels, the scene and its textures there, once a process."""


@dataclass(frozen=True)
class Node:
    """One living machine (or pod) of a Ray. cores, gpus: what Ray may place there; memory: bytes, likewise."""

    name: str
    address: str
    cores: float
    gpus: float
    memory: float


def living_nodes() -> tuple[Node, ...]:
    """The living nodes of the Ray that this process is connected to, in the order of their names."""
    import ray

    living = [
        Node(
            name=str(node["NodeManagerHostname"]),
            address=str(node["NodeManagerAddress"]),
            cores=float(node["Resources"].get("CPU", 0)),
            gpus=float(node["Resources"].get("GPU", 0)),
            memory=float(node["Resources"].get("memory", 0)),
        )
        for node in ray.nodes()
        if node["Alive"]
    ]
    return tuple(sorted(living, key=lambda node: (node.name, node.address)))


@dataclass(frozen=True)
class Cluster:
    """A Ray that this process is connected to. local: it was started for this run, on this machine.

    nodes: those that lived when it was joined; one that grows on demand may have none yet but its head.
    """

    local: bool
    nodes: tuple[Node, ...]

    @property
    def cores(self) -> int:
        """Cores that workers can have, over all nodes. A head that takes no workers counts none."""
        return floor(sum(node.cores for node in self.nodes))

    def worker_options(
        self,
        render: RenderConfig,
        gpus_per_worker: float | None = None,
        memory_gb: float | None = None,
    ) -> dict[str, Any]:
        """What to reserve for one worker, as keyword arguments of `ray.remote`: num_cpus, num_gpus, and memory in bytes.

        One core, or with a GPU its share of the node's cores.

        gpus_per_worker: None for what balances the nodes that have GPUs, between a quarter and a whole one; 0 to leave
            the GPUs alone, which hides them from the workers. Cycles on a GPU and on a CPU differ in the last bits, so
            one run uses one or the other: where there are GPUs, only nodes that have them get workers.
        memory_gb: reserved, so that Ray places no more workers on a node than its memory holds; None reserves nothing.
        """
        draws = render.renderer == "raster" or (render.renderer == "cycles" and render.device != "cpu")
        share = gpus_per_worker if gpus_per_worker is not None else _gpu_share(self.nodes) if draws else 0.0
        options: dict[str, Any] = {"num_cpus": _cores_beside(share, self.nodes), "num_gpus": share}
        if memory_gb is not None:
            options["memory"] = round(memory_gb * 2**30)
        if gpus_per_worker == 0:
            options["runtime_env"] = {"env_vars": {"CUDA_VISIBLE_DEVICES": ""}}
        return options

    def places(self, options: dict[str, Any]) -> int:
        """How many workers with these options the nodes can hold at once."""

        def on(node: Node) -> int:
            wanted = ((node.cores, "num_cpus"), (node.gpus, "num_gpus"), (node.memory, "memory"))
            # A millionth more, since a third of a GPU three times is a little under one.
            return min(floor(there / options[what] + 1e-6) for there, what in wanted if options.get(what))

        return sum(on(node) for node in self.nodes)

    def worker_count(self, wanted: int | None, shards: int, options: dict[str, Any]) -> int:
        """How many workers to start: those asked for, or as many as the nodes hold now, but no more than there are shards.

        A cluster that grows on demand brings nodes for workers that wait for a place, so `wanted` may be more than the
        nodes hold now; on a machine of one's own it may not. Raises ConfigError when there no worker has room, or when
        nothing was asked for and no node has room.
        """
        room = self.places(options)
        needs = ", ".join(f"{what} {value:g}" for what, value in options.items() if what != "runtime_env" and value)
        if self.local and not room:
            has = ", ".join(f"{what} {sum(getattr(node, what) for node in self.nodes):g}" for what in ("cores", "gpus"))
            raise ConfigError(
                f"--gpus-per-worker: no place for a worker ({needs}) on this machine ({has}); give a smaller share, or 0 "
                "for none"
            )
        if not (wanted or room):
            raise ConfigError(
                f"--workers: no place for a worker ({needs}) on the cluster's {len(self.nodes)} nodes; "
                "where nodes come on demand say how many workers to ask for, e.g. --workers 64"
            )
        count = wanted or room
        return min(count, room, shards) if self.local else min(count, shards)


def _gpu_share(machines: Sequence[Node]) -> float:
    """So many GPUs a core as the leanest node with GPUs has, between SMALLEST_GPU_SHARE and 1; 0 without GPUs."""
    ratios = [node.gpus / max(1.0, node.cores) for node in machines if node.gpus]
    # A whole number of workers a GPU: Ray does not split a worker's share over two.
    return 1 / max(1, floor(1 / max(min(ratios), SMALLEST_GPU_SHARE))) if ratios else 0.0


def _cores_beside(share: float, machines: Sequence[Node]) -> int:
    """Cores for a worker that has `share` of a GPU: the node's own, dealt out to as many workers as its GPUs take."""
    if not share:
        return 1
    return max(1, min((floor(node.cores * share / node.gpus) for node in machines if node.gpus), default=1))
