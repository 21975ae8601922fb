"""Scores of instances: how masks are matched and counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Mask = NDArray[np.bool_]


def mask_ious(predicted: Sequence[Mask], true: Sequence[Mask]) -> NDArray[np.float64]:
    """IoU of every predicted with every true mask: [len(predicted), len(true)]; 0 where both are empty."""
    if not predicted or not true:
        return np.zeros((len(predicted), len(true)))
    p = np.stack([mask.ravel() for mask in predicted]).astype(np.float64)
    t = np.stack([mask.ravel() for mask in true]).astype(np.float64)
    both = p @ t.T
    union = p.sum(1)[:, None] + t.sum(1)[None] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)


def match_counts(
    predicted: Sequence[Mask], true: Sequence[Mask], ignored: Sequence[Mask] = (), threshold: float = 0.5
) -> tuple[int, int, int]:
    """(true positives, false positives, false negatives) of one view.

    Masks are matched one to one so that as many pairs as possible reach `threshold` (Hungarian algorithm; ties go to
    the larger sum of IoU). ignored: regions that need not be found, like COCO's ignore regions: an unmatched mask
    with at least `threshold` of its pixels in them (which an IoU of `threshold` with one implies) is not counted.
    """
    iou = mask_ious(predicted, true)
    # A pair that counts outweighs any sum of IoU that does not.
    value = np.where(iou >= threshold, iou + 1.0 + min(iou.shape, default=0), 0.0)
    rows, columns = linear_sum_assignment(value, maximize=True)
    found = iou[rows, columns] >= threshold
    hits, free = int(found.sum()), 0
    if len(ignored):
        anywhere = np.any(np.stack(ignored), axis=0)
        unmatched = set(range(len(predicted))) - set(rows[found].tolist())
        free = sum(bool((predicted[i] & anywhere).sum() >= threshold * predicted[i].sum()) for i in unmatched)
    return hits, len(predicted) - hits - free, len(true) - hits


def f1(hits: int, false: int, missed: int) -> float:
    """F1 = 2 TP / (2 TP + FP + FN) of counts summed over a split; NaN for nothing found in nothing."""
    total = 2 * hits + false + missed
    return 2 * hits / total if total else float("nan")
