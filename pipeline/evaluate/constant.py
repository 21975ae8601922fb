"""The constant predictor: one answer whatever the image shows. A model that has learnt anything beats it.

It is fitted to the train split and made as strong as one answer can be: each choice below is the one that
scores best, on the train split, of the fair candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.summary import Tally
from pipeline.evaluate.truth import Answer, truth
from pipeline.shards.sample import Sample

THRESHOLDS = np.linspace(0.02, 0.6, 30)
MOST_VIEWS = 1000
"""Training views it looks at: an average of more is no other."""
MOST_SCORED = 300
"""Views on which the candidates are compared."""
LONGEST_SIDE = 256
"""Pixels; averages over scenes have no finer detail."""


@dataclass(frozen=True, eq=False)
class Constant:
    """The answer, at the size of the train views. `choice` names the winning candidate of each task."""

    answer: Answer
    choice: dict[str, str]

    def at(self, true: Answer) -> Answer:
        """The answer for a view of the truth's size, with one region for each of its referents."""
        height, width = true.depth_m.shape  # type: ignore[union-attr]
        a = self.answer
        region = _resize(a.referring[0], width, height)  # type: ignore[index]
        return Answer(
            _resize(a.depth_m, width, height),
            _resize(a.normals, width, height),
            _resize(a.semantic, width, height),
            [_resize(mask, width, height) for mask in a.instances or []],
            [region for _ in true.referring or []],
        )


def fit(samples: Iterable[Sample], classes: int) -> Constant:
    """The best constant for these training views; classes: how many semantic ids there are.

    Depth: per-pixel mean, geometric mean, median or weighted median of the views that hit something there, by AbsRel.
    Normals: per-pixel mean, made unit again. Semantic: per-pixel majority, or the class of the highest share of its
    own pixels, by mIoU. Instance and referring: the mean mask of all asked-for things, cut at the threshold with
    the best F1 and cIoU.
    """
    depths, normals, regions = [], [], []
    kept: list[Answer] = []
    votes: Any = 0
    things: Any = 0
    size = (0, 0)
    for sample in islice(samples, MOST_VIEWS):
        true = truth(sample)
        if not any(size):
            scale = min(1.0, LONGEST_SIDE / max(sample.image.shape[:2]))
            size = (round(sample.image.shape[1] * scale), round(sample.image.shape[0] * scale))
        depths.append(_resize(true.depth_m, *size))
        normals.append(_resize(true.normals, *size).astype(np.float16))
        votes = votes + (_resize(true.semantic, *size)[..., None] == np.arange(classes)).astype(np.int32)
        things = things + np.any([_resize(mask, *size) for mask in true.instances or []] or [np.zeros(size[::-1])], 0)
        regions += [_resize(mask, *size) for mask in true.referring or []]
        if len(kept) < MOST_SCORED:
            kept.append(_resized(true, size))
    if not kept:
        raise ValueError("cannot fit a constant to no views")

    def best(task: str, candidates: dict[str, Answer], score: str, sign: int) -> tuple[str, Answer]:
        results = {name: sign * _score(answer, kept, classes)[score] for name, answer in candidates.items()}
        name = max(results, key=lambda key: results[key])
        return name, candidates[name]

    choice: dict[str, str] = {}
    choice["depth"], depth = best(
        "depth",
        {name: Answer(depth_m=map_) for name, map_ in _depth_maps(np.stack(depths)).items()},
        "depth_abs_rel",
        -1,
    )
    mean = np.sum(np.stack(normals), axis=0, dtype=np.float32)
    unit = mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-9)
    choice["normal"] = "mean direction"
    frequency = votes / np.maximum(votes.sum((0, 1)), 1)
    maps = {"majority": votes.argmax(-1), "most typical": frequency.argmax(-1)}
    choice["semantic"], semantic = best(
        "semantic", {name: Answer(semantic=ids.astype(np.uint16)) for name, ids in maps.items()}, "semantic_miou", 1
    )
    masks = _cut(things / len(depths), lambda mask: Answer(instances=[mask] if mask.any() else []))
    choice["instance"], instance = best("instance", masks, "instance_f1", 1)
    masks = _cut(np.mean(np.stack(regions), axis=0), lambda mask: Answer(referring=[mask]))
    choice["referring"], referring = best("referring", masks, "referring_ciou", 1)
    answer = Answer(depth.depth_m, unit, semantic.semantic, instance.instances, referring.referring)
    return Constant(answer, choice)


def _depth_maps(depths: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    hit = np.isfinite(depths) & (depths > 0)
    count = np.maximum(hit.sum(0), 1)
    safe = np.where(hit, depths, 1.0).astype(np.float64)
    nothing = hit.sum(0) == 0

    def over(values: Any) -> Any:
        return np.where(hit, values, 0.0).sum(0) / count

    maps = {
        "mean": over(safe),
        "geometric mean": np.exp(over(np.log(safe))),
        "median": np.nanmedian(np.where(hit | nothing, safe, np.nan), axis=0),
        # What minimises the sum of |p - t| / t at a pixel: the median of t weighted by 1 / t.
        "weighted median": _weighted_median(safe, np.where(hit, 1.0 / safe, 0.0)),
    }
    return {name: np.where(nothing, np.inf, map_).astype(np.float32) for name, map_ in maps.items()}


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(values, axis=0)
    along = np.cumsum(np.take_along_axis(weights, order, 0), axis=0)
    middle = (along >= along[-1] / 2).argmax(0)
    return np.take_along_axis(np.take_along_axis(values, order, 0), middle[None], 0)[0]


def _cut(share: NDArray[np.floating], answer: Callable[[NDArray[np.bool_]], Answer]) -> dict[str, Answer]:
    levels = THRESHOLDS * max(float(share.max()), 1e-9) / THRESHOLDS.max()
    return {f"mean mask above {level:.3f}": answer(share >= level) for level in levels}


def _score(answer: Answer, views: Sequence[Answer], classes: int) -> dict[str, float]:
    tally = Tally(classes)
    for true in views:
        regions = None if answer.referring is None else answer.referring * len(true.referring or [])
        tally.add(Answer(answer.depth_m, answer.normals, answer.semantic, answer.instances, regions), true)
    return tally.scores()


def _resized(true: Answer, size: tuple[int, int]) -> Answer:
    return Answer(
        _resize(true.depth_m, *size),
        _resize(true.normals, *size),
        _resize(true.semantic, *size),
        [_resize(mask, *size) for mask in true.instances or []],
        [_resize(mask, *size) for mask in true.referring or []],
    )


def _resize(array: Any, width: int, height: int) -> Any:
    if array.shape[:2] == (height, width):
        return array
    same = array.astype(np.uint8) if array.dtype == np.bool_ else array
    return cv2.resize(same, (width, height), interpolation=cv2.INTER_NEAREST).astype(array.dtype)
