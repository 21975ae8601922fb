"""Scores of semantic segmentation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
