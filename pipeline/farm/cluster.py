"""Ray: one of our own on this machine, or a cluster that runs already."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cluster:
    cores: int

    def worker_options(self, render: Any) -> dict[str, Any]:
        return {"num_cpus": 1}


@contextmanager
def connect(address: str | None, workers: int | None) -> Iterator[Cluster]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    started = not ray.is_initialized()
    if started:
        local = {"num_cpus": max(workers or 0, os.cpu_count() or 1), "object_store_memory": 200 * 2**20}
        ray.init(
            address=address,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            **({} if address else local),
        )
    try:
        yield Cluster(int(ray.cluster_resources().get("CPU", 1)))
    finally:
        if started:
            ray.shutdown()
