"""What a run has done so far: for the terminal, for `plantain status`, and for the record it leaves in run.json."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Hand:
    """A worker as the driver sees it. pid: of its Ray actor; since: seconds it has been at this stage; resident_bytes: of
    the process that makes its samples."""

    node: str = ""
    pid: int = 0
    index: int | None = None
    stage: str = "starting"
    since: float = 0.0
    resident_bytes: int = 0


@dataclass
class Progress:
    """What a run has done so far; handed to the caller's callback after every event.

    total, resumed, done: samples, done counting those in unfinished shards. rejected: views drawn again. retries: shards
    begun again after a fault. lost: workers that died. quarantined: samples left out, {"index": int, "reason": str,
    "traceback": str, "replay": str} each. Resumed shards count too. made, seconds: samples of this run, and the wall time
    they took by stage, summed over workers. note: what holds the run up, in words.
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
    first: float | None = None
