"""Changes of a picture's colours that no label notices: brightness, contrast, saturation, hue, and what JPEG loses."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SPREAD = 0.4
"""Brightness, contrast and saturation are multiplied by 1 - 0.4 to 1 + 0.4 at full strength."""
NAMED_SPREAD = 0.03
"""The same of brightness and contrast where colours have names: white, gray and black are a matter of brightness alone."""
HUE_DEG = 15.0
QUALITY = (40, 95)
LUMA = np.array([0.114, 0.587, 0.299])
"""Of blue, green and red (ITU-R BT.601)."""


def jittered(
    bgr: NDArray[np.uint8], strength: float, rng: np.random.Generator, colors_matter: bool
) -> NDArray[np.uint8]:
    """Another exposure of a picture, uint8 [H, W, 3], blue first.

    colors_matter: leave hue and saturation alone, and nearly the exposure, since the words about the picture speak of
    them: "the red box", "the gray car".
    """
    brightness, contrast, saturation = 1 + (NAMED_SPREAD if colors_matter else SPREAD) * strength * rng.uniform(
        -1, 1, 3
    )
    turn = np.radians(HUE_DEG * strength * rng.uniform(-1, 1))
    matrix = np.eye(3)
    if not colors_matter:
        grey = np.tile(LUMA, (3, 1))
        # A turn about the grey axis (Rodrigues) leaves greys as they are.
        axis = np.full(3, 3**-0.5)
        cross = np.cross(np.eye(3), axis)
        hue = np.cos(turn) * np.eye(3) + np.sin(turn) * cross + (1 - np.cos(turn)) * np.outer(axis, axis)
        matrix = (saturation * np.eye(3) + (1 - saturation) * grey) @ hue
    middle = float(LUMA @ np.array(cv2.mean(bgr)[:3]))
    affine = np.hstack([brightness * contrast * matrix, np.full((3, 1), brightness * (1 - contrast) * middle)])
    return np.asarray(cv2.transform(bgr, affine), np.uint8)


def recompressed(bgr: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture after a JPEG of some quality."""
    quality = int(rng.integers(QUALITY[0], QUALITY[1] + 1))
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
