"""Scores of semantic segmentation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def confusion(predicted: NDArray[np.integer], true: NDArray[np.integer], classes: int) -> NDArray[np.int64]:
    """Pixel counts [classes, classes], rows the truth, columns the prediction; ids [H, W] in 0 .. classes - 1."""
    pairs = true.astype(np.int64).ravel() * classes + predicted.astype(np.int64).ravel()
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_sums(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """Pixels of each class right, true and predicted: [..., classes, 3] of confusion matrices [..., classes, classes]."""
    return np.stack([np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(-1), counts.sum(-2)], axis=-1)


def class_ious(sums: NDArray[np.number]) -> NDArray[np.float64]:
    """IoU of each class, [..., classes] of `class_sums` over a split; NaN for a class that the truth never shows.

    What is right over what is true or predicted, all views pooled.
    """
    right, true, predicted = np.moveaxis(sums.astype(np.float64), -1, 0)
    return np.divide(right, true + predicted - right, out=np.full(right.shape, np.nan), where=true > 0)


def mean_iou(counts: NDArray[np.integer]) -> float:
    """mIoU of a confusion matrix summed over a split: mean over the classes that occur in the truth.

    A class's IoU is its diagonal over the union of its row and column, all views pooled. NaN without any truth.
    """
    ious = class_ious(class_sums(counts))
    return float(np.nanmean(ious)) if not np.isnan(ious).all() else float("nan")
