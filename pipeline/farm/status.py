"""How a run stands, readable from any shell: `.progress/status.json`, written by the driver; and what becomes of it.

The driver's word that it is running is believed while its process lives, or, seen from another machine, while it keeps
writing. A corpus that is finished has no such file; then its manifests and run.json tell.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import pipeline
from pipeline.farm.progress import Progress
from pipeline.farm.runs import read_runs
from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.manifest import PROGRESS
from pipeline.shards.read import CorpusError, read_info, read_manifest

FILE = "status.json"
STALE_WRITES = 4
"""Writes that a driver on another machine may miss before it counts as dead."""
STALE_SECONDS = 60.0
"""At least; the clocks of the machines must agree to within that."""
MOST_LISTED = 100
"""Left-out samples that are listed; all are in the manifests."""


@dataclass(frozen=True)
class Status:
    """How a run stands. Times are seconds since 1970 by the driver's clock.

    state: "running", "stopped" (it was told to), "failed" (reason says why), "died" (nobody was left to say why) or
    "finished". process_began: tells the driver from a later process of the same number. every: seconds between writes.
    done, resumed, made, rejected, retries, lost: as Progress has them. rate: samples a second over the recent past, None
    while unknown, as seconds_left. left_out, left_out_samples: how many, and the first of them, {"index", "reason",
    "replay"} each. workers: {"node", "pid", "index", "stage", "since", "resident_bytes", "device"} each. stages: wall time by
    stage, summed over workers.
    """

    state: str
    total: int
    reason: str = ""
    host: str = ""
    pid: int = 0
    process_began: float = 0.0
    began: float = 0.0
    written: float = 0.0
    every: float = 0.0
    done: int = 0
    resumed: int = 0
    made: int = 0
    rejected: int = 0
    retries: int = 0
    lost: int = 0
    rate: float | None = None
    seconds_left: float | None = None
    left_out: int = 0
    left_out_samples: Sequence[dict[str, Any]] = ()
    note: str = ""
    workers: Sequence[dict[str, Any]] = ()
    most_workers: int = 0
    nodes: Sequence[str] = ()
    devices: Sequence[str] = ()
    stages: dict[str, float] = field(default_factory=dict)
    plantain: str = pipeline.__version__

    @classmethod
    def of(cls, progress: Progress, every: float) -> Status:
        """A run of this process, as it stands now."""
        return cls(
            state="running",
            total=progress.total,
            host=platform.node(),
            pid=os.getpid(),
            process_began=_process_began(os.getpid()),
            began=progress.began,
            written=time.time(),
            every=every,
            done=progress.done,
            resumed=progress.resumed,
            made=progress.made,
            rejected=progress.rejected,
            retries=progress.retries,
            lost=progress.lost,
            rate=progress.rate,
            seconds_left=progress.seconds_left,
            left_out=len(progress.quarantined),
            left_out_samples=_listed(progress.quarantined),
            note=progress.note,
            workers=[hand.told() for hand in progress.hands],
            most_workers=progress.most_workers,
            nodes=sorted(progress.nodes),
            devices=sorted(progress.devices),
            stages=dict(progress.seconds),
        )

    def as_json(self) -> str:
        """As status.json and `plantain status --json` have it."""
        return json.dumps(asdict(self), indent=1) + "\n"


def read_status(output: Location, now: float | None = None) -> Status:
    """How the latest run of a corpus stands, judged at `now`. Raises CorpusError when `output` is no corpus.

    So does a corpus whose run left neither a status nor manifests; the text then says how to go on.
    """
    info = read_info(output)
    last = last_word(output)
    if last is not None:
        return judged(last, time.time() if now is None else now)
    return _of_finished(output, info)


def last_word(output: Location) -> Status | None:
    """What the latest run wrote last, believed or not; None when it finished. Raises CorpusError."""
    place = output / PROGRESS / FILE
    try:
        found = json.loads(store.get(place))
        known = {one.name for one in fields(Status)}
        return Status(**{key: value for key, value in found.items() if key in known})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, AttributeError):
        raise CorpusError(f"{place}: not a status of this version of Plantain; remove the file") from None


def judged(status: Status, now: float) -> Status:
    """The same, as "died" when it says "running" and nobody is there who could have said that."""
    if status.state != "running":
        return status
    if status.host == platform.node():
        alive = abs(_process_began(status.pid) - status.process_began) < 1.0
    else:
        alive = now - status.written < max(STALE_SECONDS, STALE_WRITES * status.every)
    return status if alive else replace(status, state="died", workers=(), rate=None, seconds_left=None, note="")


def _process_began(pid: int) -> float:
    """When a process of this machine began, in seconds since 1970; 0 when there is none."""
    import psutil

    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.Error:
        return 0.0


def _of_finished(output: Location, info: dict[str, Any]) -> Status:
    manifests = [read_manifest(output, split) for split in info["splits"]]
    runs = read_runs(output)
    left_out = [sample for manifest in manifests for sample in manifest["quarantined"]]
    stages: Counter[str] = Counter()
    for run in runs:
        stages.update(run["stages"])
    return Status(
        state="finished",
        total=info["config"]["samples"],
        done=sum(manifest["samples"] for manifest in manifests),
        made=sum(run["samples"] for run in runs),
        rejected=sum(manifest["rejected"] for manifest in manifests),
        retries=sum(run["retries"] for run in runs),
        lost=sum(run["lost"] for run in runs),
        left_out=len(left_out),
        left_out_samples=_listed(left_out),
        most_workers=max((run["workers"] for run in runs), default=0),
        nodes=sorted({node for run in runs for node in run["nodes"]}),
        stages=dict(stages),
        plantain=info["plantain"],
    )


def _listed(quarantined: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = ("index", "reason", "replay")
    return [{key: sample.get(key) for key in keys} for sample in quarantined[:MOST_LISTED]]
