"""The Ray actor: has samples made by a process of its own, watches over that process, and writes the shards."""

from __future__ import annotations

import os
import platform
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from pipeline.compose import class_list, listed_models
from pipeline.errors import ConfigError
from pipeline.farm.child import POLL_SECONDS, Child, ChildFailed
from pipeline.farm.job import Job
from pipeline.farm.limits import SHARE, Limits
from pipeline.farm.maker import Device, Fault, Made, fault_of
from pipeline.farm.messages import Failure, Order, Report
from pipeline.farm.metrics import WorkerMetrics
from pipeline.machine import machine_memory
from pipeline.shards.corpus import difference, packages
from pipeline.shards.write import write_shard

FETCH_SECONDS = 20.0
"""For samples that another worker made: from a node that is just being lost they never come, and are made again."""


class _Batch:
    """A shard in hand: its order, and what there is of it by index."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.made: dict[int, Made] = {made.index: made for made in _fetched(order.kept)}
        shard = order.shard
        self.wanted = [index for index in range(shard.start, shard.stop) if index not in order.without]

    def missing(self) -> list[int]:
        return [index for index in self.wanted if index not in self.made]

    def entry(self, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """What the manifest says of the shard."""
        rows = [self.made[index] for index in self.wanted]
        sources = frozenset().union(*(made.sources for made in rows))
        broken = {source: reason for made in rows for source, reason in made.broken.items()}
        return {
            "name": self.order.shard.name,
            "samples": len(rows),
            "files": files,
            "rejected": [refusal for made in rows for refusal in made.rejected],
            "quarantined": [{"index": index, **said} for index, said in sorted(self.order.without.items())],
            "assets": sorted(sources - {"plantain"}),
            "broken_assets": dict(sorted(broken.items())),
        }


class Worker:
    """Makes shards of one job. Its process starts with the first order and is kept until it is worn out or fails.

    work: a pickled (job, threads, Sampler class) for that process. workers_here: how many share this machine's memory;
    None: as many as the CPUs that Ray lends of it suffice for. A preset's device "auto" is a GPU where Ray reserved one, or
    a part of one, for this worker, and else the CPU: one run does not silently use both.
    """

    def __init__(self, job: Job, limits: Limits, work: bytes, threads: int, workers_here: int | None) -> None:
        self.job = job
        self.limits = limits
        self.work = work
        self.threads = threads
        self.memory_bytes = limits.memory_bytes or int(SHARE * machine_memory() / (workers_here or _fitting_here()))
        self.device: Device = "gpu" if _assigned("GPU") else "cpu"
        self.child: Child | None = None
        self.report = Report()
        self.metrics = WorkerMetrics(str(job.output))
        self._writer = ThreadPoolExecutor(1, "write")
        self._writing: tuple[_Batch, Future[tuple[dict[str, Any], float]]] | None = None
        self._announced: int | None = None
        self._at: tuple[int | None, str] = None, "idle"
        self._at_since = time.monotonic()

    def ready(self) -> dict[str, Any]:
        """Who this is. Raises ConfigError where this machine would not make what the one that began the job makes."""
        check_packages(self.job)
        check_catalogues(self.job)
        return {"node": platform.node(), "pid": os.getpid(), "device": self.device}

    def make(self, orders: Sequence[Order], period: float) -> Iterator[Report]:
        """Make shards. Yields a report every `period` seconds or so; the last one when everything is written."""
        self.report, sent = Report(), time.monotonic()
        for _ in self._work(orders):
            if time.monotonic() - sent >= period:
                yield self._taken()
                sent = time.monotonic()
        yield self._taken()

    def _taken(self) -> Report:
        """The report so far; a new one begins."""
        report = self.report
        self.report = Report(partial=report.partial, drawn_again=report.drawn_again)
        if self.child is not None:
            beat = self.child.beat.read()
            report.index, report.stage = beat.index, beat.stage
            report.resident_bytes = self.child.resident_bytes()
        if self._announced is not None:
            report.index = self._announced
        self.metrics.report(report.resident_bytes)
        if (report.index, report.stage) != self._at:
            self._at, self._at_since = (report.index, report.stage), time.monotonic()
        report.since = time.monotonic() - self._at_since
        return report

    def _work(self, orders: Sequence[Order]) -> Iterator[None]:
        """Fill the report; yields often."""
        todo = deque(_Batch(order) for order in orders)
        self._count(todo)
        while todo:
            run = deque([todo.popleft()])
            while todo and not run[0].order.alone and not todo[0].order.alone:
                run.append(todo.popleft())
            try:
                yield from self._run(run)
            except ChildFailed as failed:
                self._announced = None
                self._retire()
                batch = run.popleft()
                self._give_back(batch, failed.fault)
                todo.extendleft(reversed(run))
        yield from self._written()

    def _run(self, run: deque[_Batch]) -> Iterator[None]:
        """Make the batches, taking each off the left when it is handed to the writer."""
        stream = self._stream([index for batch in run for index in batch.missing()], run[0].order.alone)
        while run:
            batch = run[0]
            while batch.missing():
                if (made := next(stream)) is not None:
                    batch.made[made.index] = made
                    self.metrics.made(made)
                    self.report.samples += 1
                    self.report.seconds.update(made.seconds)
                    self.report.partial += 1
                    self.report.drawn_again += len(made.rejected)
                yield
            yield from self._written()
            self._writing = batch, self._writer.submit(self._write, batch)
            run.popleft()

    def _stream(self, indices: Sequence[int], alone: bool) -> Iterator[Made | None]:
        """The samples of `indices` in order, None whenever nothing has come for a while. Raises ChildFailed."""
        at = 0
        while at < len(indices):
            if self.child is not None and not self.child.mind():
                self._retire()  # all that it was asked for is here, so no sample is to blame
            if self.child is None:
                self.child = Child(self.work, self.threads, self.limits, self.memory_bytes, self.device)
            while not self.child.open():
                yield None
            left = self.limits.recycle_after - self.child.made if self.limits.recycle_after else len(indices)
            stop = min(at + (1 if alone else left), len(indices))
            # Told before it is begun: should it take this worker along, the driver knows which one it was.
            self._announced = indices[at] if alone else None
            yield None
            self.child.order(indices[at:stop], alone)
            while at < stop:
                made = self.child.poll()
                at += made is not None
                yield made
            if self.limits.recycle_after and self.child.made >= self.limits.recycle_after:
                self._retire()
        self._announced = None

    def _write(self, batch: _Batch) -> tuple[dict[str, Any], float]:
        since, shard = time.perf_counter(), batch.order.shard
        rows = [(batch.made[index].key, batch.made[index].files) for index in batch.wanted]
        files = write_shard(self.job.output / shard.split / shard.name, rows, self.job.formats)
        return batch.entry(files), time.perf_counter() - since

    def _written(self) -> Iterator[None]:
        """Wait for the shard that is being written, if any, and report it."""
        if self._writing is None:
            return
        batch, future = self._writing
        while not wait([future], POLL_SECONDS).done:
            if self.child is not None:
                self.child.mind()  # it works on meanwhile, however slow the store is
            yield
        self._writing = None
        error = future.exception()
        if error is not None:
            self._give_back(batch, fault_of(error, None), store=True)
            return
        entry, seconds = future.result()
        self.report.seconds.update({"write": seconds})
        self.metrics.took("write", seconds)
        self.report.finished.append((batch.order.shard, entry))
        self._count([batch], -1)

    def _give_back(self, batch: _Batch, fault: Fault, store: bool = False) -> None:
        self._count([batch], -1)
        self.metrics.failed("store" if store else fault.kind)
        self.report.failed.append(Failure(batch.order.shard, fault, _kept(batch.made), store))

    def _count(self, batches: Sequence[_Batch] | deque[_Batch], sign: int = 1) -> None:
        """Samples that are there of shards in hand."""
        self.report.partial += sign * sum(len(batch.made) for batch in batches)
        self.report.drawn_again += sign * sum(len(m.rejected) for batch in batches for m in batch.made.values())

    def _retire(self) -> None:
        if self.child is not None:
            self.child.close()
            self.child = None


def _fitting_here() -> int:
    """Workers like this one that Ray can place on this node.

    By the CPUs that it lends, not by those of the machine: a container may have a share of it only.
    """
    import ray

    here = ray.get_runtime_context().get_node_id()
    lent = [node["Resources"].get("CPU", 1.0) for node in ray.nodes() if node["NodeID"] == here]
    return max(1, int(sum(lent) / (_assigned("CPU") or 1.0)))


def _assigned(resource: str) -> float:
    """How much of a resource Ray reserved for this worker."""
    import ray

    return float(ray.get_runtime_context().get_assigned_resources().get(resource, 0.0))


def _kept(made: Mapping[int, Made]) -> Any:
    """A Ray reference to samples, None when there are none or no room to keep them: then they are made again."""
    import ray

    try:
        return ray.put(list(made.values())) if made else None
    except ray.exceptions.RayError:
        return None


def _fetched(kept: Any) -> list[Made]:
    """What a reference of `_kept` stands for; [] when the worker that had it is gone: then it is made again."""
    import ray

    try:
        return list(ray.get(kept, timeout=FETCH_SECONDS)) if kept is not None else []
    except ray.exceptions.RayError:
        return []


def check_packages(job: Job) -> None:
    """Raises ConfigError where this machine has other versions of what decides the bytes than the one that started `job`."""
    here = packages()
    if other := [name for name in job.packages if here.get(name) != job.packages[name]]:
        told = ", ".join(f"{name} {here.get(name, 'none')} instead of {job.packages[name]}" for name in other)
        install = " ".join(f"'{name}=={job.packages[name]}'" for name in other)
        raise ConfigError(
            f"{platform.node()} has {told}, unlike the machine that started the run, so its samples would be other bytes; "
            f"pip install {install} there"
        )


def check_catalogues(job: Job) -> None:
    """Raises ConfigError where this machine's catalogues are not those of the machine that started `job`.

    Semantic ids are places in the class list, and a draw is a place in a list of models: both must be the same.
    """
    for source, here in listed_models(job.recipe).items():
        if job.catalogues and dict(job.catalogues.get(source, {})) != here:
            raise ConfigError(
                f"assets.sources: {source}: {platform.node()} has other models there ({here['models']}) than the machine "
                f"that started the run ({job.catalogues.get(source, {}).get('models', 'none')}); give all nodes the same files"
            )
    if job.classes and (what := difference(job.classes, class_list(job.recipe))):
        raise ConfigError(
            f"{platform.node()}: the class list is not that of the machine that started the run ({what}); "
            "give all nodes the same Plantain and the same files"
        )
