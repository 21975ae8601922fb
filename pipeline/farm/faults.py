"""What is done about a shard that failed: tried again elsewhere, without a sample, or not at all.

A sample that fails MAX_TRIES times is left out, named in the manifest with a command that replays it, and the run goes
on. What fails for everybody (no worker can begin, nothing can be written, too many samples are left out) ends it.
"""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import ConfigError, PlantainError
from pipeline.farm.job import Job, Shard
from pipeline.farm.maker import Fault
from pipeline.farm.messages import Failure, Order
from pipeline.farm.progress import Progress
from pipeline.shards.store import StoreError

MAX_TRIES = 3
"""Of a sample, on different workers where there are several."""
MAX_LOSSES = 10
"""Times that the machine under a shard may go before the sample at hand is blamed."""
MAX_QUARANTINED = 0.02
"""Share of a run's samples; when more than that and more than two, or all, fail, recipe or machine is at fault."""


class FarmError(PlantainError):
    """A run that cannot go on. What was made is safe. Its text is one line, ready to print."""


@dataclass
class Task:
    """A shard in hand. faults: by sample; losses: of workers in a row; avoid: numbers of the workers that failed at it."""

    shard: Shard
    place: int
    without: dict[int, dict[str, Any]] = field(default_factory=dict)
    faults: Counter[int] = field(default_factory=Counter)
    losses: int = 0
    avoid: set[int] = field(default_factory=set)
    alone: bool = False
    kept: Any = None

    def order(self) -> Order:
        return Order(self.shard, dict(self.without), self.kept, self.alone)


class Faults:
    """The faults of one run. vain_starts, vain_writes: workers that could not begin, shards that could not be written, in a
    row; whoever sees one succeed sets it to 0."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job = job
        self.progress = progress
        self.vain_starts = self.vain_writes = 0

    def failed(self, task: Task, failure: Failure, workers: int) -> bool:
        """Hold a failure against whatever is at fault. Returns whether a sample of the task is now left out."""
        fault = failure.fault
        task.kept = failure.kept
        if fault.kind == "config":
            raise ConfigError(fault.reason)
        if failure.store:
            self.vain_writes += 1
            if self.vain_writes >= min(2, workers):
                # A store's own words name the file; anything else is no store's.
                said = fault.reason.removeprefix(f"{StoreError.__name__}: ")
                where = "" if said.startswith(str(self.job.output)) else f"{self.job.output}: "
                raise FarmError(f"{where}{said}; what was made is safe, the same command again resumes")
            return False
        if fault.index is None:
            self.in_vain(fault.reason, workers)
            return False
        return self.blame(task, fault)

    def in_vain(self, reason: str, workers: int) -> None:
        """A worker could not even begin. When none can, the machines are at fault."""
        self.vain_starts += 1
        if self.vain_starts >= max(MAX_TRIES, 2 * workers):
            raise FarmError(f"no worker can begin, {self.vain_starts} tries in a row; the last one: {reason}")

    def blame(self, task: Task, fault: Fault) -> bool:
        """Hold a failure against a sample. Returns whether that was its last chance."""
        index = fault.index
        assert index is not None
        if fault.kind == "killed":
            task.losses += 1
            task.alone = task.losses > 1
            last = task.losses >= MAX_LOSSES
        else:
            # From now on one sample after the other: then there is no doubt which one it is.
            task.alone = True
            task.faults[index] += 1
            last = fault.kind == "no view" or task.faults[index] >= MAX_TRIES
        if last:
            task.alone, task.losses = False, 0
            task.avoid.clear()
            self._leave_out(task, index, fault)
        return last

    def _leave_out(self, task: Task, index: int, fault: Fault) -> None:
        said = {"reason": fault.reason, "traceback": fault.traceback, "replay": replay(self.job, index)}
        task.without[index] = said
        left_out = self.progress.quarantined
        left_out.append({"index": index, **said})
        if len(left_out) > min(self.job.samples - 1, max(2, MAX_QUARANTINED * self.job.samples)):
            count = f"{len(left_out)} of {self.job.samples} samples"
            raise FarmError(
                f"{count} could not be made, the first for this: {left_out[0]['reason']}; "
                "the recipe or the machine is at fault; the same command again resumes with what was made"
            )


def replay(job: Job, index: int) -> str:
    """The command that makes one sample of a corpus again, by itself."""
    config = shlex.quote(str(job.output / "dataset.json"))
    return f"plantain preview --scene {config} --render {config} --seed {job.seed} --index {index} --output sample-{index}.png"
