"""sRGB transfer function (IEC 61966-2-1)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

DARK, BURNT = 6, 253
"""A pixel whose channels are all at most DARK, or all at least BURNT, shows nothing."""


def srgb_to_linear(srgb: Any) -> NDArray[np.float64]:
    """Linear light of sRGB values in [0, 1], any shape."""
    srgb = np.asarray(srgb, np.float64)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def dark_and_burnt(image: NDArray[np.uint8]) -> tuple[float, float]:
    """Shares of a picture, uint8 [H, W, 3], that show nothing: all but black, and blown out in every channel."""
    return float((image.max(2) <= DARK).mean()), float((image.min(2) >= BURNT).mean())
