"""Scores of depth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FARTHEST_M = 1000.0
"""What "infinitely far" counts as where the truth is a surface: a finite, and very large, error."""


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
