"""A run without scenes: shards of a few bytes, made, noted and finished as the farm does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.codecs.tasks import TASKS
from pipeline.shards import corpus
from pipeline.shards.journal import Journal
from pipeline.shards.location import Location
from pipeline.shards.write import write_shard

SPLITS = {"train": 3, "val": 2}
"""Shards of each split; a shard holds two samples."""
FORMATS = ["webdataset", "parquet"]
CLASSES = ["background", "box"]


def config(seed: int = 0) -> dict[str, Any]:
    """What dataset.json says the corpus is made of."""
    return {
        "recipe": {"name": "toy"},
        "render": {"width": 8, "height": 8, "renderer": "none"},
        "samples": 2 * sum(SPLITS.values()),
        "seed": seed,
        "splits": {"train": 0.6, "val": 0.4},
        "formats": FORMATS,
        "exact": False,
    }


def rows(split: str, number: int, seed: int = 0, size: int = 200) -> list[tuple[str, dict[str, bytes]]]:
    """Two samples of a shard, as files."""
    names = [f"{name}.png" for name in ("image", *TASKS)]
    return [
        (f"toy-{seed}-{split}{number}{half}", {name: f"{name}{split}{number}{half}{seed}".encode() * size for name in names} | {"json": b"{}"})
        for half in range(2)
    ]  # fmt: skip


def make_shard(output: Location, split: str, number: int, seed: int = 0) -> dict[str, Any]:
    """Write a shard; its manifest entry."""
    name = f"shard-{number:06d}"
    files = write_shard(output / split / name, rows(split, number, seed), FORMATS)
    return {
        "name": name,
        "samples": 2,
        "files": files,
        "rejected": [{"index": number, "attempt": 0, "recipe": "toy", "kind": "dark", "reason": "es ist zu dunkel für ein Bild"}] * number,
        "quarantined": [],
        "assets": [f"files:models#{number}"] if number else [],
        "broken_assets": {"files:models#x": "no mesh"} if number == 1 else {},
    }  # fmt: skip


def run(
    output: Location,
    seed: int = 0,
    overwrite: bool = False,
    before: Callable[[Journal, str, int], None] = lambda journal, split, number: None,
) -> list[str]:
    """Make or finish the corpus; the shards that were there already. before: called before each shard that is made."""
    with corpus.claimed(output, config(seed), CLASSES, overwrite, {}) as journal:
        there = [f"{split}/{entry['name']}" for split, entry in corpus.finished(output, SPLITS)]
        for split, shards in SPLITS.items():
            for number in range(shards):
                if f"{split}/shard-{number:06d}" not in there:
                    before(journal, split, number)
                    journal.append(split, make_shard(output, split, number, seed))
        journal.flush()
        corpus.write_manifests(output, SPLITS, attribution)
    return there


def attribution(sources: set[str]) -> Iterator[dict[str, str]]:
    """Everything is Ada's."""
    for source in sorted(sources):
        yield {"source": source, "name": source[-1], "author": "Ada", "licence": "CC0-1.0", "url": ""}


class Killed(BaseException):
    """Stands for the end of the driver: no handler of ordinary errors sees it."""


def kill_at(split: str, number: int) -> Callable[[Journal, str, int], None]:
    """Ends the run, as a signal would, before that shard."""

    def before(journal: Journal, at: str, shard: int) -> None:
        if (at, shard) == (split, number):
            raise Killed

    return before
