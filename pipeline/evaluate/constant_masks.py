"""The constant predictor's masks: of instances those with the best F1 on the train views, of referents the best cIoU.

Both are found twice, once for whatever is asked and once for each category that the prompts ask for; what knows the
category is kept where it scores better. A category that the train views never ask for gets the mask of whatever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate import metrics
from pipeline.evaluate.metrics import Mask

LEVELS = np.linspace(0.05, 1.0, 20)
"""Cuts of a mean mask, as shares of its largest value."""
MOST_CANDIDATES = 1500
"""Training masks tried for one category, evenly spread over the views."""
MOST_MASKS = 64
GRID_SIDE = 64
"""Pixels: whether two masks overlap by half shows at this size."""

Masks = dict[str | None, list[Mask]]


@dataclass(frozen=True, eq=False)
class Asked:
    """One question of the train split: the category asked for and its true masks, packed with `numpy.packbits`."""

    category: str | None
    packed: list[NDArray[np.uint8]]


def best_instances(views: Sequence[Asked], shape: tuple[int, int]) -> tuple[str, Masks]:
    """(name, category -> masks [H, W]) with the best F1 at IoU 0.5; category None is for whatever is not listed.

    Training masks and cuts of the mean mask are added one by one, always the one that hits most of what is not hit yet
    for each view it is shown in, as long as F1 rises. The masks may overlap, which a painting's cannot.
    """
    score, masks, name = _cover({None: views}, shape)
    by_category: dict[str | None, list[Asked]] = {}
    for view in views:
        by_category.setdefault(view.category, []).append(view)
    if len(by_category) > 1:
        other, more, other_name = _cover(by_category, shape)
        if other > score:
            return f"by category: {other_name}", masks | more
    return f"any category: {name}", masks


def best_regions(sums: Mapping[str | None, NDArray[np.floating]], asked: Mapping[str | None, int]) -> tuple[str, Masks]:
    """(name, category -> one mask [H, W]) with the best cIoU; category None is for whatever is not listed.

    sums: per category the sum of the true masks; asked: how many those are. No masks can do better on these views: for
    any number of painted pixels the intersection is largest where the mean masks are, all cut at the same level.
    """
    total = np.sum([sums[category] for category in sums], axis=0)
    score, level, masks = _cut({None: total}, {None: sum(asked.values())})
    known = {category: map_ for category, map_ in sums.items() if asked[category]}
    if len(known) > 1:
        other, other_level, more = _cut(known, asked)
        if other > score:
            return f"by category: mean mask above {other_level:.3f}", masks | more
    return f"any category: mean mask above {level:.3f}", masks


def _cut(
    sums: Mapping[str | None, NDArray[np.floating]], asked: Mapping[str | None, int]
) -> tuple[float, float, Masks]:
    hits = np.stack(list(sums.values())).astype(np.float64)
    shown = np.array([asked[category] for category in sums], np.float64)[:, None, None]
    share = hits / np.maximum(shown, 1)
    order = np.argsort(-share, axis=None)
    both = np.cumsum(hits.ravel()[order])
    either = hits.sum() + np.cumsum(np.broadcast_to(shown, hits.shape).ravel()[order]) - both
    ratio = both / np.maximum(either, 1)
    best = int(ratio.argmax())
    level = float(share.ravel()[order[best]])
    return float(ratio[best]), level, {category: [mask >= level] for category, mask in zip(sums, share)}


def _cover(groups: Mapping[str | None, Sequence[Asked]], shape: tuple[int, int]) -> tuple[float, Masks, str]:
    """(F1, masks, name). What a mask adds to the hits never grows as others join, so the order of gains is final."""
    steps = []
    for category, views in groups.items():
        for gain, mask, kind in _greedy(views, shape):
            steps.append((gain / len(views), gain, len(views), category, mask, kind))
    steps.sort(key=lambda step: -step[0])
    there = sum(len(view.packed) for views in groups.values() for view in views)
    hits = np.cumsum([0] + [step[1] for step in steps])
    shown = np.cumsum([0] + [step[2] for step in steps])
    scores = 2 * hits / np.maximum(shown + there, 1)
    best = int(scores.argmax())
    masks: Masks = {category: [] for category in groups}
    for _, _, _, category, mask, _ in steps[:best]:
        masks[category].append(mask)
    cuts = sum(step[5] == "cut" for step in steps[:best])
    return float(scores[best]), masks, f"{best - cuts} training masks, {cuts} mean masks"


def _greedy(views: Sequence[Asked], shape: tuple[int, int]) -> list[tuple[int, Mask, str]]:
    """(instances newly hit, mask, kind) of the masks that hit most, each counting what those before it left."""
    true = [packed for view in views for packed in view.packed]
    if not true:
        return []
    candidates = [(_unpack(packed, shape), "training") for packed in true[:: -(-len(true) // MOST_CANDIDATES)]]
    mean = np.zeros(shape)
    for view in views:
        if view.packed:
            mean += np.any([_unpack(packed, shape) for packed in view.packed], axis=0)
    candidates += [(mean >= level * mean.max(), "cut") for level in LEVELS]
    small = [_small(mask) for mask, _ in candidates]
    hit = np.hstack(
        [
            metrics.mask_ious(small, [_small(_unpack(packed, shape)) for packed in true[start : start + 500]]) >= 0.5
            for start in range(0, len(true), 500)
        ]
    ).astype(np.float32)
    left = np.ones(len(true), np.float32)
    steps: list[tuple[int, Mask, str]] = []
    while len(steps) < MOST_MASKS:
        gains = hit @ left
        best = int(gains.argmax())
        if gains[best] == 0:
            break
        steps.append((round(float(gains[best])), *candidates[best]))
        left *= 1 - hit[best]
    return steps


def _unpack(packed: NDArray[np.uint8], shape: tuple[int, int]) -> Mask:
    return np.unpackbits(packed, count=shape[0] * shape[1]).reshape(shape).astype(np.bool_)


def _small(mask: Mask) -> Mask:
    scale = min(1.0, GRID_SIDE / max(mask.shape))
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    return cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT).astype(np.bool_)
