"""sRGB transfer function (IEC 61966-2-1) and the shared film: both renderers show the "Standard" view transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def srgb_to_linear(srgb: Any) -> NDArray[np.float64]:
    """Linear light of sRGB values in [0, 1], any shape."""
    srgb = np.asarray(srgb, np.float64)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(linear: Any) -> NDArray[np.float64]:
    """sRGB values in [0, 1] of linear light, any shape; what exceeds the film is clipped."""
    linear = np.clip(np.asarray(linear, np.float64), 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
