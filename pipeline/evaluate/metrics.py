"""Scores of the field, in NumPy.

Depth, normals, mIoU, cIoU and gIoU are defined as in the papers named below, so that a corpus made of a benchmark's
views would get the benchmark's numbers. Instances are scored by F1 at IoU 0.5: simpler than SA-Co's pmF1, which
averages over thresholds and over prompts, and not comparable with it.

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
BINS_A_DEGREE = 100
"""Fineness of the histogram of normals' angles: the median errs by at most 0.01 degrees."""
ANGLES = (11.25, 22.5, 30.0)
"""Degrees under which the field counts the share of normals; multiples of a bin."""


def depth_scores(predicted_m: NDArray[np.floating], true_m: NDArray[np.floating]) -> dict[str, float] | None:
    """AbsRel, delta1 and RMSE of one view; no scale or shift is fitted: depth is metric.

    predicted_m, true_m: [H, W] metres, +inf for no surface. Pixels whose truth is not finite or not positive are
    left out; a prediction of +inf counts as FARTHEST_M, so that painting "nothing" over a surface is an error.
    abs_rel: mean of |p - t| / t. delta1: share of pixels with max(p / t, t / p) < 1.25. rmse: metres, root of the
    mean of (p - t)^2. None where no pixel has a truth. Over a split the views' scores are averaged, so that a view
    counts the same however many of its pixels are valid, as in Marigold's evaluation (arXiv:2312.02145).
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


def normal_angles(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> NDArray[np.float64]:
    """Degrees [N] between predicted and true normals [H, W, 3] at the N pixels that have a truth.

    Pixels whose truth is (0, 0, 0) are left out; a prediction of (0, 0, 0) elsewhere counts as 90 degrees.
    """
    valid = np.linalg.norm(true, axis=-1) > 0.5
    cosine = np.sum(unit(predicted[valid]) * unit(true[valid]), axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def angle_counts(angles: NDArray[np.floating]) -> NDArray[np.int64]:
    """Histogram of angles in degrees, 0 to 180, in bins of 1 / BINS_A_DEGREE; histograms of views can be added."""
    bins = np.minimum((angles * BINS_A_DEGREE).astype(np.int64), 180 * BINS_A_DEGREE - 1)
    return np.bincount(bins, minlength=180 * BINS_A_DEGREE)


def angle_scores(counts: NDArray[np.integer], total: float) -> dict[str, float]:
    """mean_angle and median_angle in degrees, and the shares under each of ANGLES: under_11_25, under_22_5, under_30.

    counts: `angle_counts` summed over a split; total: the sum of its angles. All pixels of the split count alike, as in
    DSINE (arXiv:2403.00712) and the surface normal benchmarks since Fouhey et al. (ICCV 2013).
    """
    along = np.cumsum(counts)
    # Where the middle pixel stands in its bin is not known: half of a bin is the nearest guess.
    middle = (float(np.searchsorted(along, along[-1] / 2)) + 0.5) / BINS_A_DEGREE
    scores = {"mean_angle": total / int(along[-1]), "median_angle": middle}
    for limit in ANGLES:
        name = f"under_{limit:g}".replace(".", "_")
        scores[name] = float(along[round(limit * BINS_A_DEGREE) - 1] / along[-1])
    return scores


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


def overlap(predicted: Mask, true: Mask) -> tuple[int, int]:
    """(intersection, union) in pixels of one referred region.

    Over a split, cIoU = sum of intersections / sum of unions, and gIoU = mean of the views' own ratios (1 where both
    are empty), as in RefCOCO and ReasonSeg.
    """
    return int(np.sum(predicted & true)), int(np.sum(predicted | true))


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Vectors [..., 3] at length one; (0, 0, 0) stays."""
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-9)
