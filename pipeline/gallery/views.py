"""Which views of a corpus its page shows, and what the page holds of each."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.gallery.statistics import NOTICED
from pipeline.machine import cores
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows, shard_files
from pipeline.shards.sample import FIELDS, CorruptSample, Sample, from_files

LISTED = 5000
"""Most views in the grid: a small picture each, some 3 kB."""
WHOLE = 500
"""Views with every target, unless asked otherwise: some 50 kB each at 256 x 256, 130 kB at 512 x 512."""
SIDE = 512
"""Pixels of the longer side from which on pictures and targets are made smaller."""
THUMB = 144
"""Pixels of the longer side of a small picture."""
THUMB_QUALITY, PICTURE_QUALITY = 60, 85


@dataclass(frozen=True)
class Part:
    """What the page shows of one shard file: `listed`, the places of views in it, and those with targets, `whole`."""

    path: Location
    split: str
    listed: frozenset[int]
    whole: frozenset[int]


@dataclass(frozen=True)
class View:
    """One view as the page holds it.

    thumb: WebP in base64. text: prompts and captions. whole: None, or pictures, codecs and things as one JSON text.
    size: (width, height) in the corpus.
    """

    key: str
    recipe: str
    split: str
    categories: tuple[str, ...]
    thumb: str
    text: dict[str, Any]
    whole: str | None
    size: tuple[int, int]


def choose(corpus: Location, whole: int = WHOLE, listed: int = LISTED) -> tuple[list[Part], int]:
    """At most `listed` views, evenly over all splits and shards, at most `whole` of them with targets; and how many there are.

    Only the numbers decide, so the same corpus gives the same views. Raises CorpusError.
    """
    shards: list[tuple[Location, str, int]] = []
    for split in read_info(corpus)["splits"]:
        counts = [shard["samples"] for shard in read_manifest(corpus, split)["shards"]]
        shards += [(path, split, count) for path, count in zip(shard_files(corpus, split), counts, strict=True)]
    total = sum(count for _, _, count in shards)
    shown = _evenly(listed, np.arange(total))
    complete = _evenly(whole, shown)
    parts, start = [], 0
    for path, split, count in shards:
        inside, full = (
            numbers[(numbers >= start) & (numbers < start + count)] - start for numbers in (shown, complete)
        )
        if inside.size:
            parts.append(Part(path, split, frozenset(inside.tolist()), frozenset(full.tolist())))
        start += count
    return parts, total


def read_views(
    parts: list[Part],
    side: int = SIDE,
    workers: int | None = None,
    on_progress: Callable[..., None] = lambda done, note="", total=None: None,
) -> list[View]:
    """The chosen views in order, one process a core or `workers`. Raises CorpusError naming file and key."""
    views: list[View] = []
    with ProcessPoolExecutor(min(workers or cores(), max(len(parts), 1)), get_context("spawn")) as pool:
        for done, found in enumerate(pool.map(part_views, parts, repeat(side)), start=1):
            views += found
            on_progress(done, total=len(parts))
    return views


def part_views(part: Part, side: int = SIDE) -> list[View]:
    """The chosen views of one shard file."""
    return [as_view(sample, part.split, side if number in part.whole else None) for number, sample in _samples_of(part)]


def as_view(sample: Sample, split: str, side: int | None) -> View:
    """A sample as the page holds it; side: pixels of the longer side of its targets, None to leave them out."""
    meta = sample.meta
    height, width = sample.image.shape[:2]
    seen = {row["category"] for row in meta["instances"] if row["thing"] and row["pixels"] >= NOTICED * height * width}
    return View(
        key=sample.key,
        recipe=meta["recipe"],
        split=split,
        categories=tuple(sorted(seen)),
        thumb=_webp(_smaller(sample.image, THUMB), quality=THUMB_QUALITY),
        text={"prompts": meta["prompts"], "caption": meta["caption"], "long": meta["caption_long"]},
        whole=None if side is None else as_json(_whole(sample, side)),
        size=(width, height),
    )


def as_json(value: Any) -> str:
    """JSON that may stand between script tags: no "<" in it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def picked(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Every n-th pixel of a target [H, W, 3], so that no colour is a blend; the same array where it is small enough.

    Row y of h is row floor((y + 1/2) H / h) of the target, and columns likewise; the page counts back by the same rule.
    """
    height, width = image.shape[:2]
    if max(height, width) <= side:
        return image
    h, w = _fitted(height, width, side)
    rows, columns = ((2 * np.arange(n) + 1) * size // (2 * n) for n, size in ((h, height), (w, width)))
    return image[rows][:, columns]


def _whole(sample: Sample, side: int) -> dict[str, Any]:
    codecs = sample.meta["codecs"]
    referents = [{"text": item["text"], "color": item["color"]} for item in codecs["referring"]["referents"]]
    height, width = sample.image.shape[:2]
    return {
        "size": [width, height],
        "image": _webp(_smaller(sample.image, side), quality=PICTURE_QUALITY),
        "targets": {task: _webp(picked(sample.targets[task], side)) for task in TASKS},
        "codecs": codecs | {"referring": codecs["referring"] | {"referents": referents}},
        "categories": {str(row["id"]): row["category"] for row in sample.meta["instances"]},
    }


def _samples_of(part: Part) -> Iterator[tuple[int, Sample]]:
    fields = [field for field in FIELDS if field != "exact"]
    for number, (key, files) in enumerate(read_rows(part.path, fields)):
        if number not in part.listed:
            continue
        try:
            yield number, from_files(key, files)
        except CorruptSample as error:
            raise CorpusError(f"{part.path}: {error}; run `plantain validate` for all faults") from None


def _evenly(count: int, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """`count` of the numbers, evenly spaced; all of them where they are fewer."""
    if count >= len(numbers):
        return numbers
    return numbers[(2 * np.arange(count) + 1) * len(numbers) // (2 * count)] if count else numbers[:0]


def _fitted(height: int, width: int, side: int) -> tuple[int, int]:
    scale = side / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _smaller(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if max(height, width) <= side:
        return image
    h, w = _fitted(height, width, side)
    return np.asarray(cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA), np.uint8)


def _webp(image: NDArray[np.uint8], quality: int | None = None) -> str:
    """uint8 [H, W, 3] -> WebP in base64; without a quality lossless, half the size of a PNG of a target."""
    from PIL import Image

    stream = io.BytesIO()
    options: dict[str, Any] = {"quality": 60, "lossless": True} if quality is None else {"quality": quality}
    Image.fromarray(image).save(stream, "WEBP", method=4, **options)
    return base64.b64encode(stream.getvalue()).decode()
