"""Which pixels of a depth map are scored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Crop = tuple[slice, slice]
"""Rows and columns."""


def scored_depth(
    depth_m: NDArray[np.generic],
    range_m: tuple[float, float],
    crop: Crop | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """`depth_m` [H, W] as float32, +inf wherever it is not scored.

    Scored: strictly within range_m, as in BTS's and Marigold's evaluation, in the crop and in the mask, if there is any.
    """
    metres = depth_m.astype(np.float32)
    valid = np.isfinite(metres) & (metres > range_m[0]) & (metres < range_m[1])
    if mask is not None:
        valid &= mask
    if crop is not None:
        inside = np.zeros_like(valid)
        inside[crop] = True
        valid &= inside
    return np.where(valid, metres, np.float32(np.inf))
