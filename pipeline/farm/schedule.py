"""Ray actors pull shard numbers until none is left; what a dead worker had in hand is made again elsewhere.

A shard is a pure function of (job, shard number), so retrying is safe and the order of completion is irrelevant.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.compose import class_list
from pipeline.config import ConfigError
from pipeline.farm.job import Job, Shard, plan
from pipeline.farm.views import NoView
from pipeline.shards import corpus

MAX_TRIES = 3
HOPELESS = (NoView, ConfigError)
"""Faults that a retry cannot mend."""


class FarmError(Exception):
    """Shards that could not be made although everything else was. Its text is one line, ready to print."""


@dataclass
class Progress:
    """What a run has done so far; handed to the caller's callback after every event."""

    total: int
    resumed: int = 0
    done: int = 0
    rejected: int = 0
    retries: int = 0
    failed: list[str] = field(default_factory=list)


def generate(
    job: Job,
    workers: int | None = None,
    address: str | None = None,
    overwrite: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Progress:
    """Make or finish the corpus that `job` describes, on this machine's cores or on the Ray cluster at `address`.

    Raises CorpusError when the output cannot be claimed, FarmError when some shards could not be made; what was
    made stays, and the same call again resumes.
    """
    corpus.claim(job.output, job.describe(), class_list(job.recipe), overwrite)
    shards = plan(job)
    progress = Progress(total=job.samples)
    entries: dict[Shard, dict[str, Any]] = {}
    for shard in shards:
        entry = corpus.finished(job.output, shard.split, shard.name)
        if entry is not None:
            entries[shard] = entry
            progress.resumed += entry["samples"]
    progress.done = progress.resumed
    on_progress(progress)
    todo = [shard for shard in shards if shard not in entries]
    if todo:
        _run(job, todo, entries, workers, address, progress, on_progress)
    if progress.failed:
        raise FarmError(
            f"{len(progress.failed)} of {len(shards)} shards could not be made: {progress.failed[0]}; "
            "the others are safe, run the same command again to retry"
        )
    by_split = {name: [entries[s] for s in shards if s.split == name] for name, _ in job.splits}
    corpus.write_manifests(job.output, by_split)
    return progress


def _run(
    job: Job,
    todo: list[Shard],
    entries: dict[Shard, dict[str, Any]],
    workers: int | None,
    address: str | None,
    progress: Progress,
    on_progress: Callable[[Progress], None],
) -> None:
    # Ray reads these when it is imported: no usage reports, and no rewriting of other libraries' variables.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    from pipeline.farm.worker import Worker

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
    cores = int(ray.cluster_resources().get("CPU", 1))
    count = min(workers or cores, len(todo))
    threads = max(1, (os.cpu_count() or 1) // count) if not address else 1
    actor = ray.remote(num_cpus=1, max_restarts=0)(Worker)

    queue = deque((shard, 1) for shard in todo)
    idle = [actor.remote(job, threads) for _ in range(count)]
    running: dict[Any, tuple[Any, Shard, int, int]] = {}
    try:
        while queue or running:
            while queue and idle:
                worker, (shard, tries) = idle.pop(), queue.popleft()
                events = worker.make.options(num_returns="streaming").remote(shard)
                running[events] = (worker, shard, tries, 0)
            ready, _ = ray.wait(list(running), num_returns=1)
            events = ready[0]
            worker, shard, tries, made = running.pop(events)
            try:
                event = ray.get(next(events))
            except (ray.exceptions.RayError, StopIteration) as error:
                ray.kill(worker)
                idle.append(actor.remote(job, threads))
                progress.done -= made
                if tries < MAX_TRIES and not isinstance(getattr(error, "cause", None), HOPELESS):
                    progress.retries += 1
                    queue.append((shard, tries + 1))
                else:
                    progress.failed.append(f"{shard.split}/{shard.name}: {_reason(error)}")
            else:
                if "index" in event:
                    progress.done += 1
                    progress.rejected += event["rejected"]
                    running[events] = (worker, shard, tries, made + 1)
                else:
                    corpus.record(job.output, shard.split, event)
                    entries[shard] = event
                    idle.append(worker)
            on_progress(progress)
    finally:
        # Killed, not closed: a process that has imported bpy crashes when it exits in the ordinary way.
        for worker in [*idle, *(entry[0] for entry in running.values())]:
            ray.kill(worker)
        if started:
            ray.shutdown()


def _reason(error: BaseException) -> str:
    cause = getattr(error, "cause", None)
    if cause is not None:
        return f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}"
    return "its worker died three times (out of memory, or the renderer crashed)"
