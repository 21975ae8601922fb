"""Scores of the field, in NumPy. Names and definitions are those of the public benchmarks.

Every score here is of one view or of counts that a caller adds up over a split; `summary.py` does the adding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Mask = NDArray[np.bool_]
FARTHEST_M = 1000.0
"""What "infinitely far" counts as where the truth is a surface: a finite, and very large, error."""


def depth_scores(predicted_m: NDArray[np.floating], true_m: NDArray[np.floating]) -> dict[str, float] | None:
    """AbsRel, delta1 and RMSE of one view; no scale or shift is fitted: depth is metric.

    predicted_m, true_m: [H, W] metres, +inf for no surface. Pixels whose truth is not finite or not positive are
    left out; a prediction of +inf counts as FARTHEST_M, so that painting "nothing" over a surface is an error.
    abs_rel: mean of |p - t| / t. delta1: share of pixels with max(p / t, t / p) < 1.25. rmse: metres, root of the
    mean of (p - t)^2. None where no pixel has a truth.
    """
    valid = np.isfinite(true_m) & (true_m > 0)
    if not valid.any():
        return None
    true = true_m[valid].astype(np.float64)
    predicted = np.minimum(predicted_m[valid].astype(np.float64), FARTHEST_M)
    ratio = np.maximum(predicted / true, true / np.maximum(predicted, 1e-9))
    return {
        "abs_rel": float(np.mean(np.abs(predicted - true) / true)),
        "delta1": float(np.mean(ratio < 1.25)),
        "rmse": float(np.sqrt(np.mean((predicted - true) ** 2))),
    }


def normal_scores(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> dict[str, float] | None:
    """Mean and median angle in degrees between predicted and true normals [H, W, 3] of one view.

    Pixels whose truth is (0, 0, 0) are left out; a prediction of (0, 0, 0) there counts as 90 degrees.
    None where no pixel has a truth.
    """
    valid = np.linalg.norm(true, axis=-1) > 0.5
    if not valid.any():
        return None
    cosine = np.sum(_unit(predicted[valid]) * _unit(true[valid]), axis=-1)
    angle = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return {"mean_angle": float(np.mean(angle)), "median_angle": float(np.median(angle))}


def confusion(predicted: NDArray[np.integer], true: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Pixel counts [classes, classes], rows the truth, columns the prediction; ids [H, W] in 0 .. classes - 1."""
    pairs = true.astype(np.int64).ravel() * classes + predicted.astype(np.int64).ravel()
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def mean_iou(counts: NDArray[np.integer]) -> float:
    """mIoU of a confusion matrix summed over a split: mean over the classes that occur in the truth.

    A class's IoU is its diagonal over the union of its row and column, all views pooled. NaN without any truth.
    """
    present = counts.sum(1) > 0
    if not present.any():
        return float("nan")
    hit = np.diag(counts).astype(np.float64)
    union = counts.sum(0) + counts.sum(1) - hit
    return float(np.mean(hit[present] / union[present]))


def mask_ious(predicted: Sequence[Mask], true: Sequence[Mask]) -> NDArray[np.float64]:
    """IoU of every predicted with every true mask: [len(predicted), len(true)]; 0 where both are empty."""
    if not predicted or not true:
        return np.zeros((len(predicted), len(true)))
    p = np.stack([mask.ravel() for mask in predicted]).astype(np.float64)
    t = np.stack([mask.ravel() for mask in true]).astype(np.float64)
    both = p @ t.T
    union = p.sum(1)[:, None] + t.sum(1)[None] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)


def match_counts(predicted: Sequence[Mask], true: Sequence[Mask], threshold: float = 0.5) -> tuple[int, int, int]:
    """(true positives, false positives, false negatives) of one view.

    Masks are matched one to one so that as many pairs as possible reach `threshold` (Hungarian algorithm; ties go to
    the larger sum of IoU).
    """
    iou = mask_ious(predicted, true)
    # A pair that counts outweighs any sum of IoU that does not.
    value = np.where(iou >= threshold, iou + 1.0 + min(iou.shape, default=0), 0.0)
    rows, columns = linear_sum_assignment(value, maximize=True)
    hits = int(np.sum(iou[rows, columns] >= threshold))
    return hits, len(predicted) - hits, len(true) - hits


def f1(hits: int, false: int, missed: int) -> float:
    """F1 = 2 TP / (2 TP + FP + FN) of counts summed over a split; NaN for nothing found in nothing."""
    total = 2 * hits + false + missed
    return 2 * hits / total if total else float("nan")


def overlap(predicted: Mask, true: Mask) -> tuple[int, int]:
    """(intersection, union) in pixels of one referred region.

    Over a split, cIoU = sum of intersections / sum of unions, and gIoU = mean of the views' own ratios (1 where both
    are empty), as in RefCOCO and ReasonSeg.
    """
    return int(np.sum(predicted & true)), int(np.sum(predicted | true))


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-9)
