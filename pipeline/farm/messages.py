"""What the driver and its workers say to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.farm.job import Shard
from pipeline.farm.maker import Fault


@dataclass(frozen=True)
class Order:
    """A shard to make. without: samples to leave out, with what the manifest says of each.

    kept: a Ray reference to the samples that another worker had made before it failed, as a list of Made. alone: make one
    sample after the other, so that a crash has one possible culprit.
    """

    shard: Shard
    without: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    kept: Any = None
    alone: bool = False


@dataclass(frozen=True)
class Failure:
    """A shard that could not be made, why, and a reference to what there is of it. store: it could not be written."""

    shard: Shard
    fault: Fault
    kept: Any = None
    store: bool = False


@dataclass
class Report:
    """What a worker tells the driver about once a second.

    finished: shards with their manifest entries; failed: shards given back; samples, seconds: made since the last
    report, and the wall time they took by stage. partial, drawn_again: samples of shards in hand, and their refused
    attempts. index, stage, since: the sample at hand, what is done with it, and for how many seconds.
    resident_bytes: memory of the process.
    """

    finished: list[tuple[Shard, dict[str, Any]]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    samples: int = 0
    seconds: Counter[str] = field(default_factory=Counter)
    partial: int = 0
    drawn_again: int = 0
    index: int | None = None
    stage: str = "idle"
    since: float = 0.0
    resident_bytes: int = 0
