"""Ray actors are leased shards until none is left; what a failed worker had in hand is made again elsewhere.

A shard is a pure function of (job, shard number), so retrying is safe and the order of completion is irrelevant.
A sample that no worker survives is left out, with the reason in the manifest; the run goes on. The driver keeps one
byte a shard, whatever a run's size: what a finished shard holds goes straight to the journal.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from pipeline.compose import attribution, class_list, listed_models
from pipeline.errors import PlantainError, Stopped, one_line, require, resumable
from pipeline.farm.crew import Crew, Member
from pipeline.farm.faults import Faults, Task
from pipeline.farm.job import Job, Plan, portable
from pipeline.farm.limits import Limits
from pipeline.farm.machines import Cluster
from pipeline.farm.maker import Fault, Sampler
from pipeline.farm.messages import Failure, Report
from pipeline.farm.progress import Hand, Progress, whole
from pipeline.farm.stopping import Stop
from pipeline.farm.watch import Watch
from pipeline.farm.worker import Worker
from pipeline.render import check_installed
from pipeline.shards import corpus
from pipeline.shards.journal import FLUSH_S, Journal

LEASE_SECONDS = 5.0
"""About how much work a worker is given at once, so that short shards do not wait for the driver."""
MAX_LEASE = 256
TELL_SECONDS = 0.2
"""How often progress is told at most."""
REPORTS_PER_SECOND = 100.0
"""What all workers together may send: many report seldom."""


@resumable()
def generate(
    job: Job,
    workers: int | None = None,
    address: str | None = None,
    overwrite: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    limits: Limits | None = None,
    sampler: type[Sampler] | None = None,
    gpus_per_worker: float | None = None,
) -> Progress:
    """Make or finish the corpus that `job` describes, on this machine's cores or on the Ray cluster at `address`.

    On a cluster job.output must lie on storage that all its nodes share. limits: what a sample may take, by default
    Limits.of_size. sampler: what makes the samples, by default what the render preset asks for. gpus_per_worker: as
    Cluster.worker_options has it. Raises ConfigError when the run cannot begin, before anything is begun or overwritten,
    CorpusError when the output cannot be claimed or a finished shard is not to be seen there, FarmError when the run
    cannot go on, Stopped after Ctrl-C; what was made stays, and the same call again resumes.
    """
    require("farm", "ray")
    from pipeline.farm.cluster import connect

    job = replace(job, classes=class_list(job.recipe), catalogues=listed_models(job.recipe), packages=corpus.packages())
    limits = limits or Limits.of_size(job.render.width, job.render.height)
    progress = Progress(total=job.samples, note="looking at what is there")
    joined = ExitStack()

    def check_start() -> None:
        cluster = joined.enter_context(connect(address, workers))
        _room(job, limits, cluster, workers, gpus_per_worker, len(Plan(job)))
        if cluster.local:
            check_installed(job.render)

    with (
        Stop() as stop,
        joined,
        corpus.claimed(job.output, job.describe(), job.classes, overwrite, job.catalogues, check_start) as journal,
        Watch(job.output, progress) as watch,
    ):
        run = _Run(job, journal, limits, progress, watch, on_progress, sampler or sampler_for(job))
        if run.left:
            run.make_all(stop, workers, address, gpus_per_worker)
        journal.close()
        watch.finish()
        corpus.write_manifests(job.output, [name for name, _ in job.splits], partial(attribution, job.recipe))
    return progress


def sampler_for(job: Job) -> type[Sampler]:
    """What makes the samples of a job."""
    if job.render.renderer == "null":
        from pipeline.farm.null import NullSampler

        return NullSampler
    return Sampler


class _Run:
    """The state of one `generate` call."""

    def __init__(
        self,
        job: Job,
        journal: Journal,
        limits: Limits,
        progress: Progress,
        watch: Watch,
        on_progress: Callable[[Progress], None],
        sampler: type[Sampler],
    ) -> None:
        self.job = job
        self.journal = journal
        self.limits = limits
        self.progress = progress
        self.watch = watch
        self.on_progress = on_progress
        self.sampler = sampler
        self.plan = Plan(job)
        self.done = bytearray(len(self.plan))
        self.left = len(self.plan)
        self.faults = Faults(job, self.progress)
        self.finished_samples = self.finished_rejected = 0
        for split, entry in corpus.finished(job.output, [name for name, _ in job.splits]):
            place = self.plan.place(split, int(entry["name"].removeprefix("shard-")))
            if place is not None and self._finish(place, entry):
                self.progress.resumed += entry["samples"]
                self.progress.quarantined += entry["quarantined"]
        self.again: deque[Task] = deque()
        self.fresh = (place for place in range(len(self.plan)) if not self.done[place])
        self.crew: Crew | None = None
        self.told = 0.0
        self.shard_seconds: float | None = None
        self._tell()

    def make_all(self, stop: Stop, workers: int | None, address: str | None, gpus_per_worker: float | None) -> None:
        """Hire workers and hand out shards until none is left. Raises FarmError, Stopped."""
        from pipeline.farm.cluster import connect

        with connect(address, workers) as cluster:
            stop.listen()
            count, new = self._staff(cluster, workers, gpus_per_worker)
            crew = self.crew = Crew(new, max(1.0, count / REPORTS_PER_SECOND))
            try:
                while self.left:
                    if stop.now or (stop.soon and not any(one.tasks for one in crew.members)):
                        raise Stopped(self._stopped())
                    if not stop.soon:
                        crew.hire(min(count, self.left))
                        for one in [one for one in crew.members if one.idle]:
                            if tasks := self._lease(crew, one, count):
                                one.order(tasks, crew.period)
                    for one, word in crew.words():
                        self._hear(crew, one, word)
                    for one in crew.silent():
                        self._lose(crew, one, "it said nothing for too long")
                    if time.monotonic() - self.journal.flushed_at > FLUSH_S:
                        self.journal.flush()
                    self._tell(self._note(crew, stop))
            finally:
                crew.dismiss()

    def _staff(
        self, cluster: Cluster, workers: int | None, gpus_per_worker: float | None
    ) -> tuple[int, Callable[[], Any]]:
        """How many workers the run takes, and what makes one."""
        import ray

        count, options = _room(self.job, self.limits, cluster, workers, gpus_per_worker, self.left)
        # Here, cores that no worker has are shared out as threads; on a cluster a worker keeps to what it reserved.
        threads = max(1, cluster.cores // count) if cluster.local else options["num_cpus"]
        # A worker that ends takes its process along; Ray starting it again would not help, for its lease is gone.
        actor_class = ray.remote(max_restarts=0, **options)(Worker)
        arguments = (
            portable(self.job),
            self.limits,
            _pickled(self.job, threads, self.sampler),
            threads,
            count if cluster.local else None,
        )
        return count, lambda: actor_class.remote(*arguments)

    def _lease(self, crew: Crew, one: Member, count: int) -> list[Task]:
        """Shards for a worker: one that failed elsewhere, or several fresh ones if they are short."""
        if self.again:
            others = {other.number for other in crew.members if other is not one and other.ready and not other.resting}
            for task in self.again:
                if one.number not in task.avoid or not others - task.avoid:
                    self.again.remove(task)
                    return [task]
        size = 1
        if self.shard_seconds is not None:
            size = min(max(1, round(LEASE_SECONDS / self.shard_seconds)), MAX_LEASE, max(1, self.left // (2 * count)))
        return [Task(self.plan[place], place) for place in islice(self.fresh, size)]

    def _hear(self, crew: Crew, one: Member, word: Any) -> None:
        """Act on what a worker said."""
        if isinstance(word, StopIteration):
            self._take_back(one.leave(), one)
        elif isinstance(word, BaseException):
            if isinstance(cause := getattr(word, "cause", None), PlantainError):
                raise cause
            self._lose(crew, one, one_line(word, 300))
        elif isinstance(word, Report):
            self._report(crew, one, word)
        else:
            one.hand, one.awaited = Hand(**word, stage="idle"), None

    def _report(self, crew: Crew, one: Member, report: Report) -> None:
        crew.told(one, report)
        self.progress.made += report.samples
        self.progress.seconds.update(report.seconds)
        for shard, entry in report.finished:
            place = self.plan.place(shard.split, shard.number)
            assert place is not None
            one.tasks.pop(place)
            self.journal.append(shard.split, entry)
            self._finish(place, entry)
        if report.finished:
            self._pace(report)
        for failure in report.failed:
            place = self.plan.place(failure.shard.split, failure.shard.number)
            assert place is not None
            self._failed(crew, one, one.tasks.pop(place), failure)
        if not one.tasks:
            # Its last words are spoken; what is left of the stream is its end.
            one.awaited = None

    def _pace(self, report: Report) -> None:
        spent = sum(whole(report.seconds).values()) / max(1, report.samples) * self.job.shard_size
        self.shard_seconds = spent if self.shard_seconds is None else 0.7 * self.shard_seconds + 0.3 * spent
        self.shard_seconds = max(self.shard_seconds, LEASE_SECONDS / MAX_LEASE)

    def _finish(self, place: int, entry: dict[str, Any]) -> bool:
        """Count a finished shard, once."""
        if self.done[place]:
            return False
        self.done[place] = 1
        self.left -= 1
        self.finished_samples += entry["samples"]
        self.finished_rejected += len(entry["rejected"])
        return True

    def _take_back(self, tasks: list[Task], one: Member) -> None:
        """What a worker had in hand and did not finish is for others."""
        for task in tasks:
            self.progress.retries += 1
            task.avoid.add(one.number)
            self.again.append(task)

    def _lose(self, crew: Crew, one: Member, said: str) -> None:
        """A worker is gone, with its machine or without."""
        index = one.hand.index
        tasks = crew.lose(one)
        self.progress.lost += 1
        reason = f"its worker was lost: {said}"
        self.faults.lost(crew.vain_losses, len(crew.members) + 1, reason)
        for task in tasks:
            # Which of its shards took a worker along is not known before it happens again: then each is made by itself.
            self.faults.blame(task, Fault(task.at(index), "killed", reason))
        self._take_back(tasks, one)

    def _failed(self, crew: Crew, one: Member, task: Task, failure: Failure) -> None:
        """Queue a shard once more, without the sample at hand when that one will not be made."""
        task.kept = failure.kept
        task.avoid.add(one.number)
        self.again.append(task)
        if failure.store or failure.fault.index is None:
            self.progress.retries += 1
            if failure.fault.kind == "config" or crew.bench(one, at_once=failure.store):
                self.faults.end(failure)
        elif not self.faults.blame(task, failure.fault):
            self.progress.retries += 1

    def _note(self, crew: Crew, stop: Stop) -> str:
        if stop.soon:
            return "finishing the shards in hand"
        if resting := sum(one.resting for one in crew.members):
            return f"{resting} workers rest: their machines cannot begin or cannot write"
        return "" if any(one.ready for one in crew.members) else "waiting for the first worker to start"

    def _tell(self, note: str = "") -> None:
        if self.left and time.monotonic() - self.told < TELL_SECONDS:
            return
        self.told = time.monotonic()
        progress, members = self.progress, self.crew.members if self.crew else []
        progress.done = self.finished_samples + sum(one.partial for one in members)
        progress.rejected = self.finished_rejected + sum(one.drawn_again for one in members)
        progress.note = note or self.watch.trouble
        progress.see([replace(one.hand) for one in members])
        self.watch.see()
        self.on_progress(progress)

    def _stopped(self) -> str:
        return (
            f"{self.job.output}: stopped; {self.finished_samples} of {self.job.samples} samples are safe in "
            f"{len(self.plan) - self.left} shards; the same command again goes on from there"
        )


def _room(
    job: Job, limits: Limits, cluster: Cluster, workers: int | None, gpus_per_worker: float | None, shards: int
) -> tuple[int, dict[str, Any]]:
    """How many workers so many shards take, and what each reserves. Raises ConfigError where none has room."""
    # On a cluster Ray then places no more workers on a node than its memory holds. Here we know how many there are.
    reserved = None if cluster.local or not limits.memory_bytes else limits.memory_bytes / 2**30
    options = cluster.worker_options(job.render, gpus_per_worker, memory_gb=reserved)
    return cluster.worker_count(workers, shards, options), options


def _pickled(job: Job, threads: int, sampler: type[Sampler]) -> bytes:
    """For the processes that make samples. By value where a class cannot be imported there."""
    import cloudpickle

    return bytes(cloudpickle.dumps((job, threads, sampler)))
