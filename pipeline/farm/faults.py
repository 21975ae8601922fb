"""What is done about a shard that failed: tried again elsewhere, without a sample, or not at all.

A sample that fails MAX_TRIES times is left out, named in the manifest with a command that replays it, and the run goes
on. What fails for everybody (no worker can begin, nothing can be written, too many samples are left out) ends it.
"""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NoReturn

from pipeline.errors import ConfigError, PlantainError
from pipeline.farm.job import Job, Shard, portable
from pipeline.farm.maker import Fault
from pipeline.farm.messages import Failure, Order
from pipeline.farm.progress import Progress

MAX_TRIES = 3
"""Of a sample, on different workers where there are several."""
MAX_LOSSES = 5
"""Times that a worker may be lost, or its process be killed from outside, at one and the same sample before that is blamed:
machines go for reasons of their own, yet hardly so often at the same one."""
MAX_QUARANTINED = 0.02
"""Share of a run's samples; when more than that and more than two, or all, fail, recipe or machine is at fault."""


class FarmError(PlantainError):
    """A run that cannot go on. What was made is safe. Its text is one line, ready to print."""


@dataclass
class Task:
    """A shard in hand. faults, losses: failures and lost workers by sample; avoid: numbers of the workers that failed at it.

    alone: whether its samples are made one after the other, so that there is no doubt which one is at fault.
    """

    shard: Shard
    place: int
    without: dict[int, dict[str, Any]] = field(default_factory=dict)
    faults: Counter[int] = field(default_factory=Counter)
    losses: Counter[int] = field(default_factory=Counter)
    avoid: set[int] = field(default_factory=set)
    alone: bool = False
    kept: Any = None

    def order(self) -> Order:
        return Order(self.shard, dict(self.without), self.kept, self.alone)

    def at(self, index: int | None) -> int:
        """The sample that a worker was at which was at `index` when it last spoke: the first one where that says nothing."""
        if index is not None and self.shard.start <= index < self.shard.stop:
            return index
        wanted = (i for i in range(self.shard.start, self.shard.stop) if i not in self.without)
        return next(wanted, self.shard.start)


class Faults:
    """The faults of one run, and when they are too many."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job = job
        self.progress = progress

    def end(self, failure: Failure) -> NoReturn:
        """No worker is left that can begin, or that can write: raises what the run ends with."""
        fault = failure.fault
        if fault.kind == "config":
            raise ConfigError(fault.reason)
        if failure.store:
            # A store's own words name the file, by its whole path.
            where = "" if fault.reason.startswith(str(portable(self.job).output)) else f"{self.job.output}: "
            raise FarmError(f"{where}{fault.reason}; what was made is safe, the same command again resumes")
        raise FarmError(f"no worker can begin; the last one to try: {fault.reason}")

    def lost(self, vain: int, workers: int, reason: str) -> None:
        """Raises FarmError when workers are lost, `vain` in a row, before they have made anything."""
        if vain >= max(MAX_TRIES, 2 * workers) and vain >= MAX_LOSSES:
            raise FarmError(f"no worker can begin, {vain} tries in a row; the last one: {reason}")

    def blame(self, task: Task, fault: Fault) -> bool:
        """Hold a failure against a sample. Returns whether that was its last chance."""
        index = fault.index
        assert index is not None
        if fault.kind == "killed":
            task.losses[index] += 1
            task.alone = task.losses.total() > 1
            last = task.losses[index] >= MAX_LOSSES
        else:
            # From now on one sample after the other: then there is no doubt which one it is.
            task.alone = True
            task.faults[index] += 1
            last = fault.kind == "no view" or task.faults[index] >= MAX_TRIES
        if last:
            task.alone = False
            task.losses.clear()
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
