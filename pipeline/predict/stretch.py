"""Decoded numbers at another size: from a model's canvas to a photo."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

NEAREST_M = 1e-3
"""Depths below this are taken for it where their inverse is needed, m."""
SAME_SURFACE = 0.9
"""Neighbours whose depths are in at least this ratio are blended; others are told apart."""
SAME_FACE = 0.3
"""Neighbours whose normals differ by at most this in each of x, y, z are blended: by some 17 to 30 degrees."""


def stretch(array: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """An array of `decode_target` at [height, width], of the same dtype.

    uint16 ids: the nearest pixel's. float32 metres: bilinear in inverse depth, which on a plane is affine in the image,
    so planes stay planes. float32 normals [h, w, 3]: bilinear, then of unit length. Where depths or normals of
    neighbouring pixels belong to different surfaces, or to none, the nearest pixel's: nothing lies between two surfaces.
    """
    if array.shape[:2] == (height, width):
        return array
    near = _resized(array, height, width, cv2.INTER_NEAREST_EXACT)
    if array.dtype != np.float32:
        return near
    if array.ndim == 2:
        smooth, alike = _inverse_depth(array, height, width)
    else:
        smooth, alike = _normals(array, height, width)
    kept = _resized(alike.astype(np.uint8), height, width, cv2.INTER_NEAREST_EXACT).astype(bool)
    near[kept] = smooth[kept]
    return near


def _inverse_depth(depth_m: NDArray[np.float32], height: int, width: int) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    inverse = np.reciprocal(np.maximum(depth_m, np.float32(NEAREST_M)))
    low, high = _range(inverse)
    with np.errstate(divide="ignore"):
        smooth = 1.0 / _resized(inverse, height, width, cv2.INTER_LINEAR)
    return smooth, (low >= SAME_SURFACE * high) & (low > 0)


def _normals(n: NDArray[np.float32], height: int, width: int) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    low, high = _range(n)
    smooth = _resized(n, height, width, cv2.INTER_LINEAR)
    smooth /= np.maximum(np.linalg.norm(smooth, axis=-1, keepdims=True), np.float32(1e-6))
    return smooth, (high - low).max(axis=-1) <= SAME_FACE


def _range(values: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Least and greatest among a pixel and its eight neighbours: all that a blend at the pixel can be made of."""
    square = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.erode(values, square)), np.asarray(cv2.dilate(values, square))


def _resized(array: NDArray[Any], height: int, width: int, interpolation: int) -> NDArray[Any]:
    return np.asarray(cv2.resize(array, (width, height), interpolation=interpolation))
