"""Scores of depth: errors in metres as they are, and, where asked for, after an alignment; boundaries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FARTHEST_M = 1000.0
"""What "infinitely far" counts as where the truth is a surface: a finite, and very large, error."""
NEAREST_M = 1e-6
"""What a depth of nothing, or less after an alignment, counts as in ratios and logarithms."""
DELTA = 1.25
ALIGNMENTS = ("scale", "scale-and-shift", "median")
BOUNDARY_RATIOS = np.linspace(1.05, 1.25, 10)
BOUNDARY_WEIGHTS = BOUNDARY_RATIOS / BOUNDARY_RATIOS.sum()


def depth_scores(
    predicted_m: NDArray[np.floating], true_m: NDArray[np.floating], align: str | None = None
) -> dict[str, float] | None:
    """AbsRel, log10, RMSE and three deltas of one view. Depth is metric: no scale or shift is fitted unless `align` says so.

    predicted_m, true_m: [H, W] metres, +inf for no surface. Pixels whose truth is not finite or not positive are
    left out; a prediction of +inf, or farther than FARTHEST_M, counts as that: painting "nothing" over a surface is an error.
    abs_rel: mean of |p - t| / t. log10: mean of |log10 p - log10 t|. rmse: metres, root of the mean of (p - t)^2. delta1,
    delta2, delta3: share of pixels with max(p / t, t / p) < 1.25, 1.25^2, 1.25^3 (Eigen et al., arXiv:1406.2283). None
    where no pixel has a truth. Over a split the views' scores are averaged, so that a view counts the same however many
    of its pixels are valid, as in Marigold's evaluation (arXiv:2312.02145). align: one of ALIGNMENTS, see `aligned`.
    """
    valid = valid_depth(true_m)
    if not valid.any():
        return None
    if align is not None:
        predicted_m = aligned(predicted_m, true_m, align)
    true, predicted = true_m[valid].astype(np.float64), finite_depth(predicted_m[valid])
    safe = np.maximum(predicted, NEAREST_M)
    ratio = np.maximum(safe / true, true / safe)
    return {
        "abs_rel": float(np.mean(np.abs(predicted - true) / true)),
        "log10": float(np.mean(np.abs(np.log10(safe / true)))),
        "rmse": float(np.sqrt(np.mean((predicted - true) ** 2))),
        "delta1": float(np.mean(ratio < DELTA)),
        "delta2": float(np.mean(ratio < DELTA**2)),
        "delta3": float(np.mean(ratio < DELTA**3)),
    }


def aligned(predicted_m: NDArray[np.floating], true_m: NDArray[np.floating], align: str) -> NDArray[np.float64]:
    """Predicted depth [H, W] brought to the true one of the same view, for scores that forgive scale, or scale and shift.

    scale: s p with the s of least squares. scale-and-shift: s p + t, least squares in depth as in Marigold's evaluation
    (arXiv:2312.02145); MiDaS (arXiv:1907.01341) fits the same in disparity. median: p times the ratio of the medians, as
    since Zhou et al. (CVPR 2017). Fitted to the pixels that have a truth and a prediction nearer than FARTHEST_M: nothing
    painted over a sliver of surface would outweigh all the rest of the view. What is farther than that stays so, +inf.
    All else comes out as NEAREST_M at least. Raises ValueError for another `align`.
    """
    if align not in ALIGNMENTS:
        raise ValueError(f"unknown alignment {align!r}; known: {', '.join(ALIGNMENTS)}")
    near = predicted_m < FARTHEST_M
    fitted = near & valid_depth(true_m)
    scale, shift = _fit(predicted_m[fitted].astype(np.float64), true_m[fitted].astype(np.float64), align)
    found = np.maximum(scale * np.where(near, predicted_m, 0.0).astype(np.float64) + shift, NEAREST_M)
    return np.where(near, found, np.inf)


def _fit(predicted: NDArray[np.float64], true: NDArray[np.float64], align: str) -> tuple[float, float]:
    """(scale, shift) that bring depths [N] to the true ones [N]; nothing to fit is left as it is."""
    if not len(true):
        return 1.0, 0.0
    if align == "scale":
        return float(predicted @ true) / max(float(predicted @ predicted), NEAREST_M**2), 0.0
    if align == "median":
        return float(np.median(true)) / max(float(np.median(predicted)), NEAREST_M), 0.0
    centre, middle = float(predicted.mean()), float(true.mean())
    spread = float(((predicted - centre) ** 2).sum())
    # A flat prediction has no scale to fit: the mean is then the best there is.
    scale = float((predicted - centre) @ (true - middle)) / spread if spread > 0 else 0.0
    return scale, middle - scale * centre


def depth_sums(
    predicted_m: NDArray[np.floating], true_m: NDArray[np.floating], edges_m: tuple[float, ...]
) -> NDArray[np.float64]:
    """Pixels, sum of |p - t| / t, and pixels under delta1, by how far the truth is: [len(edges_m) + 1, 3].

    edges_m: ascending metres; a row holds the depths from one edge up to, not including, the next.
    """
    valid = valid_depth(true_m)
    true, predicted = true_m[valid].astype(np.float64), finite_depth(predicted_m[valid])
    safe = np.maximum(predicted, NEAREST_M)
    under = np.maximum(safe / true, true / safe) < DELTA
    place = np.searchsorted(np.array(edges_m), true, side="right")
    weights = (None, np.abs(predicted - true) / true, under)
    return np.stack([np.bincount(place, weight, len(edges_m) + 1) for weight in weights], axis=1).astype(np.float64)


def boundary_f1(predicted_m: NDArray[np.floating], true_m: NDArray[np.floating]) -> float | None:
    """Scale-invariant boundary F1 of one view, of Depth Pro (arXiv:2410.02073); None where the truth has no boundary.

    predicted_m, true_m: [H, W] metres, +inf for no surface, which is behind all surfaces. Between two neighbours lies a
    boundary when the farther is more than r times as far. Precision and recall of boundaries that are at the same place
    and face the same way, each averaged over the four ways, give F1; F1 is averaged over ten r of BOUNDARY_RATIOS, weighted
    by r. As in the paper's program (`boundary_metrics.py` of apple/ml-depth-pro) a way without boundaries counts 0 even for
    an exact prediction. Pairs with a truth that is NaN or not positive are left out, which dense synthetic depth lacks.
    """
    true, predicted = (np.maximum(depth.astype(np.float64), NEAREST_M) for depth in (true_m, predicted_m))
    valid = ~(np.isnan(true_m) | (true_m <= 0))
    both, shown, there = (np.zeros((4, len(BOUNDARY_RATIOS)), np.int64) for _ in range(3))
    for axis in (0, 1):
        one, other = _neighbours(true, axis), _neighbours(predicted, axis)
        kept = np.logical_and(*_neighbours(valid, axis))
        for way in (0, 1):
            t, p = (_passed(pair[way], pair[1 - way], kept) for pair in (one, other))
            for counts, passed in ((both, np.minimum(t, p)), (shown, p), (there, t)):
                counts[2 * axis + way] = _at_least(passed)
    if not there.any():
        return None
    recall, precision = (np.mean(both / np.maximum(n, 1), axis=0) for n in (there, shown))
    total = recall + precision
    return float(
        np.sum(np.divide(2 * recall * precision, total, out=np.zeros_like(total), where=total > 0) * BOUNDARY_WEIGHTS)
    )


def valid_depth(true_m: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Where depth is scored: the truth is finite and positive."""
    return np.asarray(np.isfinite(true_m) & (true_m > 0))


def finite_depth(predicted_m: NDArray[np.floating]) -> NDArray[np.float64]:
    """Predictions with FARTHEST_M for what is farther."""
    return np.minimum(predicted_m.astype(np.float64), FARTHEST_M)


def _neighbours(map_: NDArray[np.generic], axis: int) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    return (map_[:-1], map_[1:]) if axis == 0 else (map_[:, :-1], map_[:, 1:])


def _passed(far: NDArray[np.generic], near: NDArray[np.generic], kept: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of BOUNDARY_RATIOS far / near exceeds; [H, W]."""
    with np.errstate(invalid="ignore"):
        ratio = np.where(kept, np.divide(far, near), 0.0)
    return np.searchsorted(BOUNDARY_RATIOS, np.nan_to_num(ratio, nan=0.0, posinf=np.inf), side="left")


def _at_least(passed: NDArray[np.intp]) -> NDArray[np.int64]:
    """Of each ratio how many pixels exceed it."""
    counts = np.bincount(passed.ravel(), minlength=len(BOUNDARY_RATIOS) + 1)
    return np.cumsum(counts[::-1])[::-1][1:]
