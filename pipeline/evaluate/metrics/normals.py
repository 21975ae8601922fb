"""Scores of surface normals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BINS_A_DEGREE = 100
"""Fineness of the histogram of normals' angles: the median errs by at most 0.01 degrees."""
COARSE_A_DEGREE = 4
"""Of the histograms kept of every view, from which only intervals are found."""
ANGLES = (11.25, 22.5, 30.0)
"""Degrees under which the field counts the share of normals; multiples of a bin."""


def normal_angles(predicted: NDArray[np.floating], true: NDArray[np.floating]) -> NDArray[np.float64]:
    """Degrees [N] between predicted and true normals [H, W, 3] at the N pixels that have a truth.

    Pixels whose truth is (0, 0, 0) are left out; a prediction of (0, 0, 0) elsewhere counts as 90 degrees.
    """
    valid = has_normal(true)
    cosine = np.sum(unit(predicted[valid]) * unit(true[valid]), axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def has_normal(true: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which pixels [H, W] of true normals [H, W, 3] are scored: those that are not (0, 0, 0)."""
    return np.asarray(np.linalg.norm(true, axis=-1) > 0.5)


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


def coarse(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """`angle_counts` in bins of a quarter of a degree, [720]: few enough numbers to be kept of every view."""
    return counts.reshape(180 * COARSE_A_DEGREE, -1).sum(1)


def coarse_median(counts: NDArray[np.number]) -> NDArray[np.float64]:
    """The median in degrees, [...] of `coarse` counts [..., 720], interpolated within its bin; NaN without any angle."""
    along = np.cumsum(counts.astype(np.float64), axis=-1)
    half = along[..., -1:] / 2
    place = np.minimum((along < half).sum(-1, keepdims=True), counts.shape[-1] - 1)
    above = np.take_along_axis(along, place, -1)
    within = np.take_along_axis(np.asarray(counts, np.float64), place, -1)
    share = 1.0 - np.divide(above - half, within, out=np.full(half.shape, np.nan), where=within > 0)
    return np.asarray(((place + share) / COARSE_A_DEGREE)[..., 0])


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Vectors [..., 3] at length one; (0, 0, 0) stays."""
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=-1, keepdims=True), 1e-9)
