"""Camera-space normals <-> RGB.

Normals n = (x, y, z) have +x to the right, +y up and +z towards the viewer; "no surface" is mid grey. A convention says
which way each channel counts:

    convention     R          G          B          facing left, up, the camera   used by
    vision_banana  (1 - x)/2  (1 + y)/2  (1 + z)/2  R, G, B high                  Gabeur et al. (arXiv:2604.20329)
    dsine          (1 - x)/2  (1 + y)/2  (1 + z)/2  R, G, B high                  DSINE
    opengl         (1 + x)/2  (1 + y)/2  (1 + z)/2  R low, G, B high              Lotus, Marigold, most game engines
    opencv         (1 + x)/2  (1 - y)/2  (1 - z)/2  R, G, B low                   axes x right, y down, z forward

The first is the default; Gabeur et al. state its colours as pinkish red (left), light green (up) and light blue-purple
(towards the camera). DSINE's is the same: its axes are x right, y down, z forward, and its normals point away from the
viewer (https://github.com/baegwangbin/DSINE/issues/8).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.codecs.depth import as_rgb

CONVENTION = "vision_banana"
CONVENTIONS = {
    "vision_banana": (-1.0, 1.0, 1.0),
    "dsine": (-1.0, 1.0, 1.0),
    "opengl": (1.0, 1.0, 1.0),
    "opencv": (1.0, -1.0, -1.0),
}
"""Sign of x, y and z in the red, green and blue channel."""
SHORTEST = 0.5
"""A decoded vector shorter than this is no normal: true codes decode to lengths within 0.993 and 1.007."""


def encode(normals: ArrayLike, convention: str = CONVENTION) -> NDArray[np.uint8]:
    """Paint normals: float [..., H, W, 3], unit length or (0, 0, 0) for no surface -> uint8 [..., H, W, 3].

    Raises ValueError for a shape without a last axis of 3, values that are not finite, or an unknown convention.
    """
    n = np.asarray(normals, np.float32)
    if n.ndim < 1 or n.shape[-1] != 3:
        raise ValueError(f"expected normals [..., 3], found {list(n.shape)}")
    if not np.isfinite(n).all():
        raise ValueError("normals must be finite")
    return np.rint(np.clip((n * _signs(convention) + 1.0) * 127.5, 0.0, 255.0)).astype(np.uint8)


def decode(rgb: ArrayLike, convention: str = CONVENTION) -> NDArray[np.float32]:
    """Read normals back: uint8 [..., H, W, 3] -> float32 [..., H, W, 3], unit length.

    A colour too grey to be a normal (its vector shorter than SHORTEST) gives (0, 0, 0), so `decoded.any(-1)` is the
    mask of normals. Raises ValueError for an unknown convention, or a shape or dtype that is no RGB image.
    """
    n = (as_rgb(rgb).astype(np.float32) / 127.5 - 1.0) * _signs(convention)
    length = np.linalg.norm(n, axis=-1, keepdims=True)
    return np.where(length >= SHORTEST, n / np.maximum(length, SHORTEST), 0.0).astype(np.float32)


def _signs(convention: str) -> NDArray[np.float32]:
    if convention not in CONVENTIONS:
        raise ValueError(f"unknown normal convention {convention!r}; known: {', '.join(CONVENTIONS)}")
    return np.array(CONVENTIONS[convention], np.float32)
