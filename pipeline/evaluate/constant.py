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

from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import Answer, truth
from pipeline.shards.sample import Sample

THRESHOLDS = np.linspace(0.02, 0.6, 30)
MOST_VIEWS = 1000
"""Training views it looks at: an average of more is no other."""
MOST_SCORED = 200
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
    Normals: per-pixel mean direction, or the one of least summed distance, by mean angle. Semantic: per-pixel vote,
    rare classes helped by a power of their rarity, by mIoU. Instance and referring: the mean mask of all asked-for
    things, cut at the threshold with the best F1 and cIoU.
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

    def best(candidates: dict[str, Answer], score: str) -> tuple[str, Answer]:
        sign = 1 if SCORES[score].higher_is_better else -1
        results = {name: sign * _score(answer, kept, classes)[score] for name, answer in candidates.items()}
        name = max(results, key=lambda key: results[key])
        return name, candidates[name]

    maps = _depth_maps(np.stack(depths))
    choice_depth, depth = best({name: Answer(depth_m=map_) for name, map_ in maps.items()}, "depth_abs_rel")
    maps = _normal_maps(normals)
    choice_normal, normal = best({name: Answer(normals=map_) for name, map_ in maps.items()}, "normal_mean_angle")
    prior = np.maximum(votes.sum((0, 1)), 1)
    ids = {f"votes / prior^{power}": (votes / prior**power).argmax(-1) for power in (0, 0.25, 0.5, 0.75, 1)}
    choice_semantic, semantic = best(
        {name: Answer(semantic=map_.astype(np.uint16)) for name, map_ in ids.items()}, "semantic_miou"
    )
    masks = _cut(things / len(depths), lambda mask: Answer(instances=[mask] if mask.any() else []))
    choice_instance, instance = best(masks, "instance_f1")
    masks = _cut(np.mean(np.stack(regions), axis=0), lambda mask: Answer(referring=[mask]))
    choice_referring, referring = best(masks, "referring_ciou")
    return Constant(
        Answer(depth.depth_m, normal.normals, semantic.semantic, instance.instances, referring.referring),
        {
            "depth": choice_depth,
            "normal": choice_normal,
            "semantic": choice_semantic,
            "instance": choice_instance,
            "referring": choice_referring,
        },
    )


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


def _normal_maps(normals: Sequence[NDArray[np.floating]]) -> dict[str, NDArray[np.float32]]:
    mean = _unit(np.sum(normals, axis=0, dtype=np.float32))
    median = mean
    for _ in range(12):  # Weiszfeld's iteration for the geometric median, on the sphere
        total = np.zeros_like(mean)
        for view in normals:
            apart = np.linalg.norm(view - median, axis=-1, keepdims=True)
            total += view / np.maximum(apart, 0.02)
        median = _unit(total)
    return {"mean direction": mean, "median direction": median}


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    return (vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)).astype(np.float32)


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
