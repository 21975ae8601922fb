"""Ray actors pull shard numbers until none is left; what a dead worker had in hand is made again elsewhere.

A shard is a pure function of (job, shard number), so retrying is safe and the order of completion is irrelevant.
A sample on which workers keep dying is left out, with the reason in the manifest; the run goes on.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from pipeline.compose import attribution, class_list, listed_models
from pipeline.errors import ConfigError, PlantainError, require
from pipeline.farm.job import Job, Shard, plan
from pipeline.farm.views import NoView
from pipeline.farm.worker import Worker
from pipeline.shards import corpus
from pipeline.shards.journal import Journal

MAX_TRIES = 3
MAX_QUARANTINED = 0.02
"""Share of a run's samples; when more than that and more than two, or all, fail, recipe or machine is at fault."""

STREAM = {"num_returns": "streaming", "_generator_backpressure_num_objects": 1}
"""A worker goes on when its last event was taken: should it die, the driver knows at which sample."""


class FarmError(PlantainError):
    """A run that cannot go on. What was made is safe. Its text is one line, ready to print."""


@dataclass
class Progress:
    """What a run has done so far; handed to the caller's callback after every event.

    total, resumed, done: samples. rejected: views drawn again. retries: shards begun again after a fault.
    quarantined: samples left out, {"index": int, "reason": str} each. Resumed shards count too.
    """

    total: int
    resumed: int = 0
    done: int = 0
    rejected: int = 0
    retries: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _Task:
    """A shard in hand. faults: since a sample was last given up; next: the sample being made, None for none;
    done, rejected: of this try."""

    shard: Shard
    faults: int = 0
    next: int | None = None
    done: int = 0
    rejected: int = 0
    without: dict[int, str] = field(default_factory=dict)


def generate(
    job: Job,
    workers: int | None = None,
    address: str | None = None,
    overwrite: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    worker: type[Worker] = Worker,
) -> Progress:
    """Make or finish the corpus that `job` describes, on this machine's cores or on the Ray cluster at `address`.

    On a cluster job.output must lie on storage that all its nodes share. Raises CorpusError when the output cannot
    be claimed or a finished shard is not to be seen there, FarmError when the run cannot go on; what was made stays,
    and the same call again resumes.
    """
    require("farm", "ray")
    job = replace(job, classes=class_list(job.recipe), catalogues=listed_models(job.recipe))
    with corpus.claimed(job.output, job.describe(), job.classes, overwrite, job.catalogues) as journal:
        run = _Run(job, journal, on_progress)
        if run.queue:
            run.make_all(workers, address, worker)
        journal.flush()
        corpus.write_manifests(job.output, [name for name, _ in job.splits], partial(attribution, job.recipe))
    return run.progress


class _Run:
    """The state of one `generate` call."""

    def __init__(self, job: Job, journal: Journal, on_progress: Callable[[Progress], None]) -> None:
        self.job = job
        self.journal = journal
        self.on_progress = on_progress
        self.shards = plan(job)
        self.progress = Progress(total=job.samples)
        whole = corpus.finished(job.output, [name for name, _ in job.splits])
        there = {(split, entry["name"]): entry for split, entry in whole}
        self.entries = {s: there[s.split, s.name] for s in self.shards if (s.split, s.name) in there}
        self.queue = deque(_Task(shard) for shard in self.shards if shard not in self.entries)
        for entry in self.entries.values():
            self.progress.resumed += entry["samples"]
            self.progress.rejected += len(entry["rejected"])
            self.progress.quarantined += entry["quarantined"]
        self.progress.done = self.progress.resumed
        on_progress(self.progress)

    def make_all(self, workers: int | None, address: str | None, worker: type[Worker]) -> None:
        # Ray reads these when it is imported: no usage reports, and no rewriting of other libraries' variables.
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
        cores = int(ray.cluster_resources().get("CPU", 1))
        count = min(workers or cores, len(self.queue))
        threads = max(1, (os.cpu_count() or 1) // count) if not address else 1
        # A worker has another working directory than the driver.
        remote_job = replace(self.job, output=self.job.output.resolve())
        actor = ray.remote(num_cpus=1, max_restarts=0)(worker)
        idle = [actor.remote(remote_job, threads) for _ in range(count)]
        running: dict[Any, tuple[Any, _Task]] = {}
        try:
            while self.queue or running:
                while self.queue and idle:
                    one, task = idle.pop(), self.queue.popleft()
                    running[one.make.options(**STREAM).remote(task.shard, task.without)] = one, task
                events = ray.wait(list(running), num_returns=1)[0][0]
                one, task = running.pop(events)
                try:
                    event = ray.get(next(events))
                except (ray.exceptions.RayError, StopIteration) as error:
                    ray.kill(one)
                    idle.append(actor.remote(remote_job, threads))
                    self._failed(task, error)
                else:
                    if "next" in event:
                        task.next = event["next"]
                        self._count(task, event["done"], event["rejected"])
                        running[events] = one, task
                    else:
                        self.journal.append(task.shard.split, event)
                        self.entries[task.shard] = event
                        idle.append(one)
                self.on_progress(self.progress)
        finally:
            # Killed, not closed: a process that has imported bpy crashes when it exits in the ordinary way.
            for one in [*idle, *(held for held, _ in running.values())]:
                ray.kill(one)
            if started:
                ray.shutdown()

    def _count(self, task: _Task, done: int, rejected: int) -> None:
        self.progress.done += done - task.done
        self.progress.rejected += rejected - task.rejected
        task.done, task.rejected = done, rejected

    def _failed(self, task: _Task, error: BaseException) -> None:
        """Queue the shard once more, without the sample at hand when that one will not be made."""
        cause = getattr(error, "cause", None)
        if isinstance(cause, ConfigError):
            raise cause
        if isinstance(cause, OSError):
            raise FarmError(
                f"{self.job.output}: {_reason(error)}; what was made is safe, the same command again resumes"
            )
        self._count(task, 0, 0)
        task.faults += 1
        hopeless = isinstance(cause, NoView)
        if not hopeless and task.faults < MAX_TRIES:
            self.progress.retries += 1
        elif task.next is None:
            raise FarmError(f"{task.shard.split}/{task.shard.name}: cannot be written: {_reason(error)}")
        else:
            self._quarantine(task, task.next, _reason(error))
        task.next = None
        self.queue.append(task)

    def _quarantine(self, task: _Task, index: int, reason: str) -> None:
        task.without[index] = reason
        task.faults = 0
        given_up = self.progress.quarantined
        given_up.append({"index": index, "reason": reason})
        if len(given_up) > min(self.job.samples - 1, max(2, MAX_QUARANTINED * self.job.samples)):
            count = f"{len(given_up)} of {self.job.samples} samples"
            raise FarmError(
                f"{count} could not be made, the first for this: {given_up[0]['reason']}; "
                "the recipe or the machine is at fault; the same command again resumes with what was made"
            )


def _reason(error: BaseException) -> str:
    cause = getattr(error, "cause", None)
    if isinstance(cause, NoView):
        return str(cause)
    if cause is not None:
        return f"{type(cause).__name__}: {' '.join(str(cause).split())[:300]}"
    return "its worker died (out of memory, or the renderer crashed)"
