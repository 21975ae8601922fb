"""run.json: what every run of a corpus took. The only file of a corpus with clock times in it: the others are the same bytes
whoever makes them, whenever."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.manifest import RUNS
from pipeline.shards.write import write_text

if TYPE_CHECKING:
    from pipeline.farm.status import Status


def row_of(status: Status) -> dict[str, Any]:
    """What run.json says of a run whose last status this is.

    seconds: wall time of the run. stages: wall time by stage, summed over workers; a part of a stage ("render.cycles") is in
    that stage too. stages_per_sample: the same over the samples made.
    """
    seconds = max(0.0, status.written - status.began)
    return {
        "began": datetime.fromtimestamp(status.began, UTC).isoformat(timespec="seconds"),
        "ended": status.state,
        "reason": status.reason,
        "seconds": round(seconds, 3),
        "samples": status.made,
        "samples_per_second": round(status.made / seconds, 4) if seconds else 0.0,
        "workers": status.most_workers,
        "nodes": list(status.nodes),
        "devices": list(status.devices),
        "retries": status.retries,
        "lost": status.lost,
        "left_out": status.left_out,
        "stages": {stage: round(spent, 3) for stage, spent in status.stages.items()},
        "stages_per_sample": {stage: round(spent / max(1, status.made), 6) for stage, spent in status.stages.items()},
        "plantain": status.plantain,
    }


def append(output: Location, row: dict[str, Any]) -> None:
    """Add a run to the corpus's run.json. Raises StoreError."""
    runs = [*read_runs(output), row]
    write_text(output / RUNS, json.dumps({"runs": runs}, indent=1) + "\n")


def read_runs(output: Location) -> list[dict[str, Any]]:
    """The runs that a corpus's run.json lists, in order; [] where there is none. A damaged one counts as none."""
    try:
        found = json.loads(store.get(output / RUNS))
    except (FileNotFoundError, ValueError):
        return []
    return list(found["runs"]) if isinstance(found, dict) and isinstance(found.get("runs"), list) else []
