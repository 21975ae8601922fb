"""The workers of a run as its driver has them: hired, listened to, sent to the bench, given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.farm.faults import MAX_TRIES, Task
from pipeline.farm.messages import Report
from pipeline.farm.progress import Hand

SILENT_SECONDS = 60.0
"""Without a report a worker counts as lost, and is killed."""
BENCH_SECONDS = 30.0
"""How long a worker rests whose machine cannot write, or cannot open a renderer: its place is not given to another one,
which would fail there just the same. Doubled every time in a row."""
STARTING_SECONDS = 300.0
"""So long a worker that has not started, on a node that is perhaps still to come, may turn out better than those that rest."""
HIRE_SECONDS = 60.0
"""Longest pause before the next worker is hired when the last ones were lost before they had made anything."""


@dataclass(eq=False)
class Member:
    """A worker: its actor, what its next word comes through, and the shards that it was leased, by place.

    vain: orders in a row that it could not even begin, or not write. rests_until: on the clock time.monotonic().
    """

    number: int
    actor: Any
    awaited: Any
    heard: float
    hand: Hand = field(default_factory=Hand)
    tasks: dict[int, Task] = field(default_factory=dict)
    partial: int = 0
    drawn_again: int = 0
    vain: int = 0
    rests_until: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether it has started."""
        return bool(self.hand.node)

    @property
    def resting(self) -> bool:
        """Whether it is on the bench."""
        return time.monotonic() < self.rests_until

    @property
    def idle(self) -> bool:
        """Whether it can be given something to do."""
        return self.awaited is None and not self.resting

    def rest(self) -> None:
        """Sit on the bench for a while."""
        self.rests_until = time.monotonic() + BENCH_SECONDS * 2 ** min(self.vain, 5)

    def order(self, tasks: list[Task], period: float) -> None:
        """Begin with what was leased."""
        self.tasks = {task.place: task for task in tasks}
        self.heard = time.monotonic()
        # Of a shard that loses its workers every step is told, and heard before the next: which sample it is is then known.
        often = any(task.alone for task in tasks)
        heard: dict[str, Any] = {"_generator_backpressure_num_objects": 1} if often else {}
        make = self.actor.make.options(num_returns="streaming", **heard)
        self.awaited = make.remote([task.order() for task in tasks], 0.0 if often else period)

    def leave(self) -> list[Task]:
        """What it had in hand, which it has no longer."""
        tasks = list(self.tasks.values())
        self.tasks, self.partial, self.drawn_again, self.awaited = {}, 0, 0, None
        return tasks


class Crew:
    """All workers of a run. new: makes an actor. period: seconds between the reports of one."""

    def __init__(self, new: Callable[[], Any], period: float) -> None:
        self.new = new
        self.period = period
        self.members: list[Member] = []
        self.hired = 0
        self.vain_losses = 0
        self.hires_after = 0.0

    def hire(self, count: int) -> None:
        """Have `count` workers, those that start or rest included."""
        while len(self.members) < count and time.monotonic() >= self.hires_after:
            actor = self.new()
            self.hired += 1
            self.members.append(Member(self.hired, actor, actor.ready.remote(), time.monotonic()))

    def words(self) -> Iterator[tuple[Member, Any]]:
        """What workers have to say, waiting a second at most: (member, what it said, or an exception).

        A dict when it is ready, a Report, StopIteration when it has said everything, a RayError when it is gone.
        """
        import ray

        speakers = {one.awaited: one for one in self.members if one.awaited is not None}
        if not speakers:
            time.sleep(0.2)
            return
        ready, _ = ray.wait(list(speakers), num_returns=1, timeout=1.0)
        if ready:
            # All that are there: early members of the list do not silence late ones.
            ready, _ = ray.wait(list(speakers), num_returns=len(speakers), timeout=0.0)
        for word in ready:
            one = speakers[word]
            one.heard = time.monotonic()
            try:
                yield one, ray.get(next(word) if one.tasks else word)
            except (StopIteration, ray.exceptions.RayError) as gone:
                yield one, gone

    def silent(self) -> list[Member]:
        """Workers whose machine is gone or hangs: they have not spoken for long, and have nothing to say now."""
        import ray

        patience = SILENT_SECONDS + 10 * self.period
        quiet = [one for one in self.members if one.tasks and time.monotonic() - one.heard > patience]
        # One may have spoken while the driver was held up itself: suspended, or by a slow store or terminal.
        return [one for one in quiet if not ray.wait([one.awaited], timeout=0.1)[0]]

    def lose(self, one: Member) -> list[Task]:
        """A worker is gone. What it had in hand; the next one is hired after a pause if this one had made nothing."""
        import ray

        ray.kill(one.actor)
        self.members.remove(one)
        if one.hand.index is None:
            self.vain_losses += 1
            self.hires_after = time.monotonic() + min(HIRE_SECONDS, 0.1 * 2.0**self.vain_losses)
        return one.leave()

    def told(self, one: Member, report: Report) -> None:
        """Note what a worker says of itself."""
        one.hand.index, one.hand.stage = report.index, report.stage
        one.hand.began = time.monotonic() - report.since
        one.hand.resident_bytes = report.resident_bytes
        one.partial, one.drawn_again = report.partial, report.drawn_again
        if report.samples:
            one.vain = self.vain_losses = 0

    def bench(self, one: Member, at_once: bool) -> bool:
        """A worker could not begin or not write: it rests, at once or after MAX_TRIES in a row. Whether all now rest.

        Those that still start do not rest, for a while.
        """
        one.vain += 1
        if at_once or one.vain >= MAX_TRIES:
            one.rest()
        lately = time.monotonic() - STARTING_SECONDS
        return all(other.resting if other.ready else other.heard < lately for other in self.members)

    def dismiss(self) -> None:
        """Kill all. Not closed: a shard in hand is made again by whoever resumes."""
        import ray

        for one in self.members:
            ray.kill(one.actor)
