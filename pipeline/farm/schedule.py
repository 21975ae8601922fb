"""Ray actors are leased shards until none is left; what a failed worker had in hand is made again elsewhere.

A shard is a pure function of (job, shard number), so retrying is safe and the order of completion is irrelevant.
A sample that no worker survives is left out, with the reason in the manifest; the run goes on. The driver keeps one
byte a shard, whatever a run's size: what a finished shard holds goes straight to the journal.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.compose import attribution, class_list, listed_models
from pipeline.errors import PlantainError, require
from pipeline.farm.faults import Faults, Task
from pipeline.farm.job import Job, Plan
from pipeline.farm.limits import Limits
from pipeline.farm.maker import Fault, Sampler
from pipeline.farm.messages import Failure, Report
from pipeline.farm.progress import Hand, Progress, whole
from pipeline.farm.stopping import Stop, Stopped
from pipeline.farm.watch import Watch
from pipeline.farm.worker import Worker
from pipeline.shards import corpus
from pipeline.shards.journal import FLUSH_S, Journal

LEASE_SECONDS = 5.0
"""About how much work a worker is given at once, so that short shards do not wait for the driver."""
MAX_LEASE = 256
SILENT_SECONDS = 60.0
"""Without a report a worker counts as lost, and is killed."""
REPORTS_PER_SECOND = 100.0
"""What all workers together may send: many report seldom."""


@dataclass(eq=False)
class _Crew:
    """A worker: its actor, what its next word comes through, and the shards that it was leased, by place."""

    number: int
    actor: Any
    awaited: Any
    heard: float
    hand: Hand
    tasks: dict[int, Task] = field(default_factory=dict)
    partial: int = 0
    drawn_again: int = 0

    @property
    def idle(self) -> bool:
        return self.awaited is None

    def hand_now(self) -> Hand:
        """As it was told last; the time since then goes on."""
        return replace(self.hand, since=self.hand.since + time.monotonic() - self.heard)


def generate(
    job: Job,
    workers: int | None = None,
    address: str | None = None,
    overwrite: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    limits: Limits | None = None,
    sampler: type[Sampler] | None = None,
) -> Progress:
    """Make or finish the corpus that `job` describes, on this machine's cores or on the Ray cluster at `address`.

    On a cluster job.output must lie on storage that all its nodes share. limits: what a sample may take, by default
    Limits.of_size; sampler: what makes the samples, by default what the render preset asks for. Raises CorpusError when
    the output cannot be claimed or a finished shard is not to be seen there, FarmError when the run cannot go on,
    Stopped after Ctrl-C; what was made stays, and the same call again resumes.
    """
    require("farm", "ray")
    job = replace(job, classes=class_list(job.recipe), catalogues=listed_models(job.recipe))
    progress = Progress(total=job.samples, note="looking at what is there")
    with (
        corpus.claimed(job.output, job.describe(), job.classes, overwrite, job.catalogues) as journal,
        Watch(job.output, progress) as watch,
    ):
        limits = limits or Limits.of_size(job.render.width, job.render.height)
        run = _Run(job, journal, limits, progress, watch, on_progress, sampler or sampler_for(job))
        if run.left:
            run.make_all(workers, address)
        journal.flush()
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
        self.crew: list[_Crew] = []
        self.hired = 0
        self.shard_seconds: float | None = None
        self._tell()

    def make_all(self, workers: int | None, address: str | None) -> None:
        """Hire workers and hand out shards until none is left. Raises FarmError, Stopped."""
        from pipeline.farm.cluster import connect

        # In this order: Ray catches signals of its own while it starts.
        with connect(address, workers) as cluster, Stop() as stop:
            # On a cluster Ray then places no more workers on a node than its memory holds. Here we know how many there are.
            reserved = None if cluster.local or not self.limits.memory_bytes else self.limits.memory_bytes / 2**30
            self.options = cluster.worker_options(self.job.render, memory_gb=reserved)
            count = cluster.worker_count(workers, self.left, self.options)
            self.period = max(1.0, count / REPORTS_PER_SECOND)
            # Here, cores that no worker has are shared out as threads; on a cluster a worker keeps to what it reserved.
            self.threads = max(1, cluster.cores // count) if cluster.local else self.options["num_cpus"]
            self.workers_here = count if cluster.local else None
            self.work = _pickled(self.job, self.threads, self.sampler)
            try:
                while self.left:
                    if stop.now:
                        raise Stopped(self._stopped())
                    if not stop.soon:
                        self._hire(count)
                        self._assign(count)
                    elif not any(one.tasks for one in self.crew):
                        raise Stopped(self._stopped())
                    self._listen()
                    self._bury()
                    if time.monotonic() - self.journal.flushed_at > FLUSH_S:
                        self.journal.flush()
                    self._tell(self._note(stop))
            finally:
                import ray

                # Killed, not closed: a shard in hand is made again by whoever resumes.
                for one in self.crew:
                    ray.kill(one.actor)

    def _hire(self, count: int) -> None:
        """Start workers up to `count`, or as many as there are shards left."""
        import ray

        # A worker that ends takes its process along; Ray starting it again would not help, for its lease is gone.
        actor_class = ray.remote(max_restarts=0, **self.options)(Worker)
        while len(self.crew) < min(count, self.left):
            actor = actor_class.remote(self._portable(), self.limits, self.work, self.threads, self.workers_here)
            self.hired += 1
            self.crew.append(_Crew(self.hired, actor, actor.ready.remote(), time.monotonic(), Hand()))

    def _portable(self) -> Job:
        """The job for other processes, whose working directory is another."""
        output = self.job.output
        return replace(self.job, output=output.resolve() if isinstance(output, Path) else output)

    def _assign(self, count: int) -> None:
        """Give every idle worker something to do, as long as there is something for it."""
        for one in [one for one in self.crew if one.idle]:
            tasks = self._lease(one, count)
            if not tasks:
                continue
            one.tasks = {task.place: task for task in tasks}
            one.heard = time.monotonic()
            make = one.actor.make.options(num_returns="streaming")
            one.awaited = make.remote([task.order() for task in tasks], self.period)

    def _lease(self, one: _Crew, count: int) -> list[Task]:
        """Shards for a worker: one that failed elsewhere, or several fresh ones if they are short."""
        others = {other.number for other in self.crew if other is not one and other.hand.node}
        for task in self.again:
            if one.number not in task.avoid or not others - task.avoid:
                self.again.remove(task)
                return [task]
        size = 1
        if self.shard_seconds is not None:
            size = min(max(1, round(LEASE_SECONDS / self.shard_seconds)), MAX_LEASE, max(1, self.left // (2 * count)))
        return [Task(self.plan[place], place) for place in islice(self.fresh, size)]

    def _listen(self) -> None:
        """Take what workers have to say; waits a second at most."""
        import ray

        speakers = {one.awaited: one for one in self.crew if not one.idle}
        if not speakers:
            time.sleep(0.2)
            return
        ready, _ = ray.wait(list(speakers), num_returns=1, timeout=1.0)
        for word in ready:
            one = speakers[word]
            one.heard = time.monotonic()
            try:
                heard = ray.get(next(word) if one.tasks else word)
            except StopIteration:
                one.awaited = None
                self._take_back(one)
            except ray.exceptions.RayError as error:
                self._lose(one, error)
            else:
                self._hear(one, heard)

    def _hear(self, one: _Crew, heard: Any) -> None:
        if not isinstance(heard, Report):  # it is ready
            one.hand, one.awaited = Hand(**heard, stage="idle"), None
            return
        report: Report = heard
        one.hand = replace(
            one.hand,
            index=report.index,
            stage=report.stage,
            since=report.since,
            resident_bytes=report.resident_bytes,
        )
        one.partial, one.drawn_again = report.partial, report.drawn_again
        self.progress.made += report.samples
        self.progress.seconds.update(report.seconds)
        if report.samples:
            self.faults.vain_starts = 0
            self.progress.first = self.progress.first or time.time()
        for shard, entry in report.finished:
            place = self.plan.place(shard.split, shard.number)
            assert place is not None
            one.tasks.pop(place)
            self.journal.append(shard.split, entry)
            self._finish(place, entry)
            self.faults.vain_writes = 0
        if report.finished:
            self._pace(report)
        for failure in report.failed:
            place = self.plan.place(failure.shard.split, failure.shard.number)
            assert place is not None
            self._failed(one, one.tasks.pop(place), failure)
        if not one.tasks:
            # Its last words are spoken; what is left of the stream is its end.
            one.tasks, one.awaited = {}, None

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

    def _take_back(self, one: _Crew) -> None:
        """What a worker had in hand and did not finish goes back."""
        for task in one.tasks.values():
            self.progress.retries += 1
            task.avoid.add(one.number)
            self.again.append(task)
        one.tasks, one.partial, one.drawn_again = {}, 0, 0

    def _bury(self) -> None:
        """Give up workers that are silent: their machine is gone or hangs."""
        for one in list(self.crew):
            if not one.idle and one.tasks and time.monotonic() - one.heard > SILENT_SECONDS + 10 * self.period:
                self._lose(one, None)

    def _lose(self, one: _Crew, error: BaseException | None) -> None:
        """A worker is gone, with its machine or without."""
        import ray

        cause = getattr(error, "cause", None)
        if isinstance(cause, PlantainError):
            raise cause
        ray.kill(one.actor)
        self.crew.remove(one)
        self.progress.lost += 1
        said = "it said nothing for too long" if error is None else " ".join(str(error).split())[:300]
        reason = f"its worker was lost: {said}"
        if not one.hand.node:
            self.faults.in_vain(reason, len(self.crew) + 1)
        for task in one.tasks.values():
            if one.hand.index is not None and task.shard.start <= one.hand.index < task.shard.stop:
                self.faults.blame(task, Fault(one.hand.index, "killed", reason))
        self._take_back(one)

    def _failed(self, one: _Crew, task: Task, failure: Failure) -> None:
        """Queue a shard once more, without the sample at hand when that one will not be made."""
        if not self.faults.failed(task, failure, len(self.crew)):
            self.progress.retries += 1
        task.avoid.add(one.number)
        self.again.append(task)

    def _note(self, stop: Stop) -> str:
        if stop.soon:
            return "finishing the shards in hand"
        return "" if any(one.hand.node for one in self.crew) else "waiting for the first worker to start"

    def _tell(self, note: str = "") -> None:
        progress = self.progress
        progress.done = self.finished_samples + sum(one.partial for one in self.crew)
        progress.rejected = self.finished_rejected + sum(one.drawn_again for one in self.crew)
        progress.note = note or self.watch.trouble
        progress.see([one.hand_now() for one in self.crew])
        self.watch.see()
        self.on_progress(progress)

    def _stopped(self) -> str:
        return (
            f"{self.job.output}: stopped; {self.finished_samples} of {self.job.samples} samples are safe in "
            f"{len(self.plan) - self.left} shards; the same command again goes on from there"
        )


def _pickled(job: Job, threads: int, sampler: type[Sampler]) -> bytes:
    """For the processes that make samples. By value where a class cannot be imported there."""
    import cloudpickle

    return bytes(cloudpickle.dumps((job, threads, sampler)))
