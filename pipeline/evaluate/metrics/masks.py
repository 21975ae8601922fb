"""Masks, and how far two sets of them overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def mask_ious(predicted: Sequence[Mask], true: Sequence[Mask]) -> NDArray[np.float64]:
    """IoU of every predicted with every true mask: [len(predicted), len(true)]; 0 where both are empty."""
    if not predicted or not true:
        return np.zeros((len(predicted), len(true)))
    # Pixels of one mask at a time: as floats, the masks of a crowd in a large photo would not fit in memory.
    flat = [mask.ravel() for mask in true]
    both = np.array(
        [[np.count_nonzero(t[where]) for t in flat] for where in map(np.flatnonzero, predicted)], np.float64
    )
    sizes = [np.array([np.count_nonzero(mask) for mask in masks], np.float64) for masks in (predicted, true)]
    union = sizes[0][:, None] + sizes[1][None] - both
    return np.divide(both, union, out=np.zeros_like(both), where=union > 0)


def inside(predicted: Sequence[Mask], regions: Sequence[Mask]) -> NDArray[np.float64]:
    """Share of the pixels of every predicted mask that lies in any of the regions: [len(predicted)]; 0 without pixels.

    COCO calls it the IoU with a crowd.
    """
    if not len(regions):
        return np.zeros(len(predicted))
    anywhere = np.any(np.stack(list(regions)), axis=0)
    return np.array([(mask & anywhere).sum() / max(int(mask.sum()), 1) for mask in predicted])
