"""Camera-space normals <-> RGB.

Normals have +x to the right, +y up and +z towards the viewer. The code is that of Gabeur et al.
(arXiv:2604.20329), whose stated colours (left: pinkish red, up: light green, towards the camera: light
blue-purple) fix R = (1 - x) / 2, G = (1 + y) / 2, B = (1 + z) / 2: red is flipped against the plain
(n + 1) / 2, as in DSINE. "No surface" is mid grey.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.codecs.depth import as_rgb

CONVENTION = "vision_banana"
SIGNS = np.array([-1.0, 1.0, 1.0], np.float32)
SHORTEST = 0.5
"""A decoded vector shorter than this is no normal: true codes decode to lengths within 0.993 and 1.007."""


def encode(normals: ArrayLike) -> NDArray[np.uint8]:
    """Paint normals: float [..., H, W, 3], unit length or (0, 0, 0) for no surface -> uint8 [..., H, W, 3].

    Raises ValueError for a shape without a last axis of 3, or values that are not finite.
    """
    n = np.asarray(normals, np.float32)
    if n.ndim < 1 or n.shape[-1] != 3:
        raise ValueError(f"expected normals [..., 3], found {list(n.shape)}")
    if not np.isfinite(n).all():
        raise ValueError("normals must be finite")
    return np.rint(np.clip((n * SIGNS + 1.0) * 127.5, 0.0, 255.0)).astype(np.uint8)


def decode(rgb: ArrayLike) -> NDArray[np.float32]:
    """Read normals back: uint8 [..., H, W, 3] -> float32 [..., H, W, 3], unit length; (0, 0, 0) where too grey to tell."""
    n = (as_rgb(rgb).astype(np.float32) / 127.5 - 1.0) * SIGNS
    length = np.linalg.norm(n, axis=-1, keepdims=True)
    return np.where(length >= SHORTEST, n / np.maximum(length, SHORTEST), 0.0).astype(np.float32)
