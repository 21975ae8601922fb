"""How varied a corpus is: what it shows, how far, how bright, made of what, and why views were refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from operator import iadd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals
from pipeline.machine import cores
from pipeline.render.color import dark_and_burnt
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, fingerprint, read_info, read_manifest, read_rows, shard_files
from pipeline.shards.sample import CorruptSample, Sample, from_files

Counts = NDArray[np.int64]
NOTICED = 0.0005
"""Share of the image from which on a thing counts as seen."""
DEPTH_EDGES_M = np.geomspace(0.01, 10_000.0, 2401)
"""Bins of the depth histogram, 0.6 % wide."""
AZIMUTHS, ELEVATIONS, LEVELS = 24, 12, 32
PERCENTILES = (1, 50, 99)


@dataclass
class Tally:
    """Counts over the views of one recipe; tallies add up.

    depth: pixels by DEPTH_EDGES_M [2400]; empty: pixels that see nothing. normal: pixels by direction in the camera's
    frame [ELEVATIONS, AZIMUTHS], elevation from -90 (facing down) to 90 degrees, azimuth about the camera's upward
    axis, 0 towards the viewer and growing to the right. brightness: pixels by Rec. 709 luma [LEVELS].
    things, kinds: of every view, how many things and how many categories of them it shows. instances, views_of: per
    category. materials, colors: of things. sources: things by the asset they were made from.
    """

    views: int = 0
    depth: Counts = field(default_factory=lambda: np.zeros(len(DEPTH_EDGES_M) - 1, np.int64))
    empty: int = 0
    normal: Counts = field(default_factory=lambda: np.zeros((ELEVATIONS, AZIMUTHS), np.int64))
    brightness: Counts = field(default_factory=lambda: np.zeros(LEVELS, np.int64))
    dark: float = 0.0
    burnt: float = 0.0
    things: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    instances: Counter[str] = field(default_factory=Counter)
    views_of: Counter[str] = field(default_factory=Counter)
    materials: Counter[str] = field(default_factory=Counter)
    colors: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    environments: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample) -> None:
        """Count one view. Labels are read from `exact` where the corpus has it, else from the targets."""
        metres, directions = _labels(sample)
        self.views += 1
        seen = np.isfinite(metres)
        self.depth += np.histogram(metres[seen], DEPTH_EDGES_M)[0]
        self.empty += int(seen.size - np.count_nonzero(seen))
        x, y, z = np.moveaxis(directions[np.linalg.norm(directions, axis=-1) > 0.5], -1, 0)
        elevation = np.degrees(np.arcsin(np.clip(y, -1, 1)))
        azimuth = np.degrees(np.arctan2(x, z))
        bins = (ELEVATIONS, AZIMUTHS)
        self.normal += np.histogram2d(elevation, azimuth, bins, [[-90, 90], [-180, 180]])[0].astype(np.int64)
        luma = sample.image @ np.array([0.2126, 0.7152, 0.0722])
        self.brightness += np.histogram(luma, LEVELS, (0, 256))[0]
        dark, burnt = dark_and_burnt(sample.image)
        self.dark, self.burnt = self.dark + dark, self.burnt + burnt
        self._count_things(sample.meta, seen.size)

    def _count_things(self, meta: dict[str, Any], pixels: int) -> None:
        rows = [row for row in meta["instances"] if row["thing"] and row["pixels"] >= NOTICED * pixels]
        kinds = Counter(row["category"] for row in rows)
        self.things.append(len(rows))
        self.kinds.append(len(kinds))
        self.instances += kinds
        self.views_of.update(kinds.keys())
        self.materials.update(row["attributes"].get("material") or "?" for row in rows)
        self.colors.update(row["attributes"].get("color") or "?" for row in rows)
        self.sources.update(row["source"] for row in rows)
        self.environments[meta["environment"]] += 1

    def merge(self, other: Tally) -> None:
        """Add what `other` counted."""
        for name in self.__dataclass_fields__:
            setattr(self, name, iadd(getattr(self, name), getattr(other, name)))

    def summary(self) -> dict[str, Any]:
        """Plain JSON values: counts, shares, percentiles."""
        views, pixels = max(self.views, 1), max(int(self.brightness.sum()), 1)
        return {
            "views": self.views,
            "things_per_view": percentiles(self.things),
            "things_histogram": np.bincount(self.things).tolist(),
            "categories_per_view": percentiles(self.kinds),
            "depth_m": depth_percentiles(self.depth),
            "empty_share": self.empty / pixels,
            "depth_histogram": {"edges_m": DEPTH_EDGES_M[::40].tolist(), "pixels": _rebinned(self.depth, 40)},
            "normal_histogram": self.normal.tolist(),
            "facing": _facing(self.normal),
            "brightness_histogram": self.brightness.tolist(),
            "mean_brightness": float((self.brightness * (np.arange(LEVELS) + 0.5) * 256 / LEVELS).sum() / pixels),
            "dark_share": self.dark / views,
            "burnt_share": self.burnt / views,
            "categories": {name: {"instances": n, "views": self.views_of[name]} for name, n in _ranked(self.instances)},
            "materials": dict(_ranked(self.materials)),
            "colors": dict(_ranked(self.colors)),
            "catalogue_assets": len(set(self.sources) - {"plantain"}),
            "sources": dict(_ranked(_by_catalogue(self.sources))),
            "environments": dict(_ranked(self.environments)),
        }


def inspect_corpus(
    corpus: Location,
    workers: int | None = None,
    on_progress: Callable[..., None] = lambda done, note="", total=None: None,
) -> dict[str, Any]:
    """Statistics of every split together: {"corpus", "all", "recipes": {name: ...}, "rejected": {recipe: {kind: n}}}.

    "fingerprints" tells, by split, which samples were counted. One process a core, or `workers`. Raises CorpusError for a
    corpus that is missing, unfinished or damaged.
    """
    info = read_info(corpus)
    files: list[Location] = []
    rejected: dict[str, Counter[str]] = {}
    for split in info["splits"]:
        files += list(shard_files(corpus, split))
        for shard in read_manifest(corpus, split)["shards"]:
            for refusal in shard["rejected"]:
                rejected.setdefault(refusal["recipe"], Counter())[refusal["kind"]] += 1
    tallies: dict[str, Tally] = {}
    # Spawned, not forked: whoever calls this may hold threads and an OpenGL context.
    with ProcessPoolExecutor(min(workers or cores(), max(len(files), 1)), get_context("spawn")) as pool:
        # In order, so that sums come out the same however fast each process is.
        for done, counted in enumerate(pool.map(tally_shard, files), start=1):
            for name, part in counted.items():
                tallies.setdefault(name, Tally()).merge(part)
            on_progress(done, total=len(files))
    whole = Tally()
    for name in sorted(tallies):
        whole.merge(tallies[name])
    return {
        "corpus": corpus.resolve().name if isinstance(corpus, Path) else corpus.name,
        "fingerprints": {split: fingerprint(corpus, split) for split in info["splits"]},
        "all": whole.summary(),
        "recipes": {name: tallies[name].summary() for name in sorted(tallies)},
        "rejected": {name: dict(_ranked(kinds)) for name, kinds in sorted(rejected.items())},
    }


def as_json(statistics: dict[str, Any]) -> bytes:
    """What `inspect_corpus` gave as a JSON file."""
    return json.dumps(statistics, indent=1).encode() + b"\n"


def tally_shard(path: Location) -> dict[str, Tally]:
    """Counts of one shard file, by recipe. Raises CorpusError naming file and key."""
    tallies: dict[str, Tally] = {}
    for key, files in read_rows(path):
        try:
            sample = from_files(key, files)
        except CorruptSample as error:
            raise CorpusError(f"{path}: {error}; run `plantain validate` for all faults") from None
        tallies.setdefault(sample.meta["recipe"], Tally()).add(sample)
    return tallies


def percentiles(values: list[int]) -> dict[str, float]:
    """{"1", "50", "99"} of a list of counts."""
    return {str(p): float(np.percentile(values, p)) for p in PERCENTILES} if values else {}


def depth_percentiles(counts: Counts) -> dict[str, float]:
    """{"1", "50", "99"} of the depths, metres, good to half a bin (0.3 %)."""
    if not counts.sum():
        return {}
    share = np.cumsum(counts) / counts.sum()
    at = [int(np.searchsorted(share, p / 100)) for p in PERCENTILES]
    middle = np.sqrt(DEPTH_EDGES_M[:-1] * DEPTH_EDGES_M[1:])
    return {str(p): round(float(middle[k]), 4) for p, k in zip(PERCENTILES, at)}


def _labels(sample: Sample) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if sample.exact is not None:
        return sample.exact["depth"], sample.exact["normals"]
    painted, bent = sample.meta["codecs"]["depth"], sample.meta["codecs"]["normal"]
    metres = depth.decode(sample.targets["depth"], painted["colormap"], lam=painted["lambda"], c=painted["c"])
    return metres, normals.decode(sample.targets["normal"], bent["convention"])


def _facing(histogram: Counts) -> dict[str, float]:
    """Shares of the pixels whose surface faces up, down, or else towards the viewer, left or right."""
    height = (np.arange(ELEVATIONS) + 0.5) * 180 / ELEVATIONS - 90
    turn = (np.arange(AZIMUTHS) + 0.5) * 360 / AZIMUTHS - 180
    level = np.abs(height) <= 45
    total = max(int(histogram.sum()), 1)
    masks = {
        "up": (height > 45)[:, None] & np.ones(AZIMUTHS, bool),
        "down": (height < -45)[:, None] & np.ones(AZIMUTHS, bool),
        "viewer": level[:, None] & (np.abs(turn) <= 45),
        "left": level[:, None] & (turn < -45),
        "right": level[:, None] & (turn > 45),
    }
    return {name: float(histogram[mask].sum() / total) for name, mask in masks.items()}


def _by_catalogue(sources: Counter[str]) -> Counter[str]:
    named: Counter[str] = Counter()
    for source, count in sources.items():
        named[source.split("#")[0]] += count
    return named


def _rebinned(counts: Counts, by: int) -> list[int]:
    return [int(n) for n in counts.reshape(-1, by).sum(1)]


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """Most frequent first, equals by name."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
