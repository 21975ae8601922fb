"""What a run has done so far: for the terminal, for `plantain status`, and for the record it leaves in run.json."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STAGES = ("compose", "label", "ask", "render", "encode", "write")
"""What a sample goes through, in this order; a stage may have parts, told as "render.cycles"."""
WINDOW_SECONDS = 60.0
WINDOW_SAMPLES = 20
WINDOW_ROUNDS = 4
"""Samples a worker: all start together and finish together at first, so one round says little about the next."""


@dataclass
class Hand:
    """A worker as the driver sees it. pid: of its Ray actor; resident_bytes: of the process that makes its samples; began:
    when it came to this stage, on this machine's steady clock; device: "gpu" or "cpu", what Ray reserved for it."""

    node: str = ""
    pid: int = 0
    index: int | None = None
    stage: str = "starting"
    resident_bytes: int = 0
    began: float = field(default_factory=time.monotonic)
    device: str = ""

    def told(self) -> dict[str, Any]:
        """As plain values for those whose clock is another: seconds "since" it came to this stage in place of `began`."""
        fields = dict(vars(self))
        return fields | {"since": round(time.monotonic() - fields.pop("began"), 3)}


class Pace:
    """Samples a second over the recent past: a run warms up, and its machines come and go.

    The past is the last WINDOW_SECONDS, or longer, until it holds WINDOW_SAMPLES and WINDOW_ROUNDS of every worker.
    """

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque(maxlen=600)

    def mark(self, now: float, made: int, workers: int) -> None:
        """Note that `made` samples are made at `now` (seconds of any steady clock) by so many workers that are ready."""
        marks = self._marks
        # The clock starts with the first worker, not with the run: what Ray takes to start says nothing about samples.
        if not marks and not (workers or made):
            return
        if not marks or (made > marks[-1][1] and now - marks[-1][0] >= 1.0):
            marks.append((now, made))
        enough = max(WINDOW_SAMPLES, WINDOW_ROUNDS * workers)
        while len(marks) > 2 and now - marks[1][0] >= WINDOW_SECONDS and made - marks[1][1] >= enough:
            marks.popleft()

    def rate(self, now: float) -> float | None:
        """Samples a second; None as long as nothing is known."""
        if len(self._marks) < 2:
            return None
        (began, before), (last, made) = self._marks[0], self._marks[-1]
        # Between two marks nothing is new, yet when the next sample is overdue the pace is no longer what it was.
        return min((made - before) / (last - began), (made - before + 1) / max(now - began, 1e-9))


@dataclass
class Progress:
    """What a run has done so far; handed to the caller's callback after every event.

    total, resumed, done: samples, done counting those in unfinished shards. rejected: views drawn again. retries: shards
    begun again after a fault. lost: workers that died. quarantined: samples left out, {"index": int, "reason": str,
    "traceback": str, "replay": str} each. Resumed shards count too. made, seconds: samples of this run, and the wall time
    they took by stage, summed over workers. note: what holds the run up, in words. most_workers, nodes: that were ever
    ready at once, and where; devices: "gpu", "cpu" or both, what they worked on.
    """

    total: int
    resumed: int = 0
    done: int = 0
    rejected: int = 0
    retries: int = 0
    lost: int = 0
    quarantined: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0
    seconds: Counter[str] = field(default_factory=Counter)
    hands: list[Hand] = field(default_factory=list)
    note: str = ""
    began: float = field(default_factory=time.time)
    most_workers: int = 0
    nodes: set[str] = field(default_factory=set)
    devices: set[str] = field(default_factory=set)
    pace: Pace = field(default_factory=Pace)

    def see(self, hands: Sequence[Hand]) -> None:
        """Note who is at work now, and with it how fast the run goes."""
        self.hands = list(hands)
        ready = [hand.node for hand in hands if hand.node]
        self.most_workers = max(self.most_workers, len(ready))
        self.nodes.update(ready)
        self.devices.update(hand.device for hand in hands if hand.device)
        self.pace.mark(time.monotonic(), self.made, len(ready))

    @property
    def rate(self) -> float | None:
        """Samples a second over the recent past, those that are made again included; None as long as nothing is known."""
        return self.pace.rate(time.monotonic())

    @property
    def seconds_left(self) -> float | None:
        """Until everything is made, at the present rate; None while there is none."""
        rate = self.rate
        left = max(0, self.total - self.done - len(self.quarantined))
        return 0.0 if not left else left / rate if rate else None


def whole(seconds: Mapping[str, float]) -> dict[str, float]:
    """Seconds by stage without the parts of stages, in the order in which a sample meets them."""
    order = {stage: place for place, stage in enumerate(STAGES)}
    named = [stage for stage in seconds if "." not in stage]
    return {stage: seconds[stage] for stage in sorted(named, key=lambda stage: (order.get(stage, len(order)), stage))}


def parts(seconds: Mapping[str, float], stage: str) -> dict[str, float]:
    """Seconds of the parts of one stage, the longest first."""
    found = {name.partition(".")[2]: spent for name, spent in seconds.items() if name.startswith(f"{stage}.")}
    return dict(sorted(found.items(), key=lambda part: -part[1]))
