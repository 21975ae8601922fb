"""What one `generate` run is to make: a frozen description, and the shards it divides into."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, overload

from pipeline.config import Recipe, RenderConfig
from pipeline.errors import ConfigError
from pipeline.shards.location import Location

SPLITS = ("train", "val", "test")
FORMATS = ("webdataset", "parquet")


@dataclass(frozen=True)
class Shard:
    """Samples `start` to `stop` (exclusive, counted over the whole corpus) of one split."""

    split: str
    number: int
    start: int
    stop: int

    @property
    def name(self) -> str:
        """File name without suffix: "shard-000017"."""
        return f"shard-{self.number:06d}"


@dataclass(frozen=True)
class Job:
    """Everything that decides the bytes of a corpus, and where it goes.

    splits: (name, share) pairs whose shares sum to 1. exact: whether samples carry the float labels too.
    classes, catalogues, packages: what the driver's recipe and folders came to (compose.class_list, compose.catalogues),
        and the versions it has of what decides the bytes, for workers to check theirs against; `generate` fills them in.
    """

    recipe: Recipe
    render: RenderConfig
    output: Location
    samples: int
    seed: int = 0
    splits: tuple[tuple[str, float], ...] = (("train", 0.8), ("val", 0.1), ("test", 0.1))
    formats: tuple[str, ...] = FORMATS
    shard_size: int = 64
    exact: bool = True
    classes: tuple[str, ...] = ()
    catalogues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The job as plain JSON values, without the place it is written to."""
        return {
            "recipe": self.recipe.model_dump(mode="json"),
            "render": self.render.model_dump(mode="json"),
            "samples": self.samples,
            "seed": self.seed,
            "splits": dict(self.splits),
            "formats": list(self.formats),
            "shard_size": self.shard_size,
            "exact": self.exact,
        }


class Plan(Sequence[Shard]):
    """The shards of a job, split by split, computed when asked for: a hundred million views take no memory.

    Sample indices run on through the splits, so no two share a seed.
    """

    def __init__(self, job: Job) -> None:
        self.size = job.shard_size
        self.names = [name for name, _ in job.splits]
        shares = list(accumulate(share for _, share in job.splits))
        # Shares that a person rounded do not quite sum to 1.
        self._samples = [0, *(round(job.samples * share / shares[-1]) for share in shares)]
        counts = [-(-(last - first) // self.size) for first, last in pairwise(self._samples)]
        self._shards = [0, *accumulate(counts)]

    def __len__(self) -> int:
        return self._shards[-1]

    @overload
    def __getitem__(self, place: int) -> Shard: ...
    @overload
    def __getitem__(self, place: slice) -> list[Shard]: ...
    def __getitem__(self, place: int | slice) -> Shard | list[Shard]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        split = bisect_right(self._shards, place) - 1
        number = place - self._shards[split]
        start = self._samples[split] + number * self.size
        return Shard(self.names[split], number, start, min(start + self.size, self._samples[split + 1]))

    def place(self, split: str, number: int) -> int | None:
        """Where a shard stands in the plan; None when it is not one of it."""
        if split not in self.names:
            return None
        at = self.names.index(split)
        place = self._shards[at] + number
        return place if place < self._shards[at + 1] else None


def portable(job: Job) -> Job:
    """The job for other processes, whose working directory is another."""
    return replace(job, output=job.output.resolve()) if isinstance(job.output, Path) else job


def parse_splits(text: str) -> tuple[tuple[str, float], ...]:
    """ "train=0.8,val=0.1,test=0.1" -> pairs. Raises ConfigError unless names are known and shares sum to 1."""
    pairs = []
    for item in text.split(","):
        name, _, share = item.strip().partition("=")
        try:
            pairs.append((name, float(share)))
        except ValueError:
            raise ConfigError(f"--splits {text}: {item!r} is not name=share, e.g. train=0.8,val=0.1,test=0.1") from None
    names = [name for name, _ in pairs]
    if unknown := [name for name in names if name not in SPLITS]:
        raise ConfigError(f"--splits {text}: unknown split {unknown[0]!r}; known: {', '.join(SPLITS)}")
    if len(set(names)) < len(names):
        raise ConfigError(f"--splits {text}: a split is named twice")
    if not all(share >= 0 for _, share in pairs) or abs(sum(share for _, share in pairs) - 1) > 1e-6:
        raise ConfigError(f"--splits {text}: the shares must be at least 0 and sum to 1")
    return tuple(pairs)


def parse_formats(text: str) -> tuple[str, ...]:
    """ "webdataset,parquet" -> names. Raises ConfigError for an unknown one."""
    names = tuple(dict.fromkeys(item.strip() for item in text.split(",")))
    if unknown := [name for name in names if name not in FORMATS]:
        raise ConfigError(f"--format {text}: unknown format {unknown[0]!r}; known: {', '.join(FORMATS)}")
    return names
