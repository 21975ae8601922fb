"""Linear radiance -> picture: a light meter, a tone curve, the sRGB curve.

Both renderers hand over linear light, and this file alone decides how bright it is shown, so that a preset can change
renderer and keep its look. A metered film exposes every view as a camera does:

1. The log-average luminance of the frame (Reinhard et al. 2002, "Photographic tone reproduction for digital images",
   equation 1) goes to MIDDLE_GREY. Below DIM it is lifted by only part of what it lacks, so that evenings and nights
   stay dark (the key of a scene falls with its light: Krawczyk, Myszkowski & Seidel 2005).
2. Where that would push the brightest HIGHLIGHT_SHARE of the frame past BRIGHTEST, exposure comes down, by PROTECT_STOPS
   at the most: a lamp in the frame must not turn the room black.
3. Up to KNEE the film is linear: surfaces keep their colours. Above, a shoulder rolls off towards white, which windows
   and lamps reach only many stops later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIDDLE_GREY = 0.2
DIM = 0.12
"""Log-average radiance below which a scene counts as dim: a room by lamplight has about this much."""
ADAPTATION = 0.65
"""Share of the stops a dim scene lacks that the meter makes up for."""
HIGHLIGHT_SHARE, BRIGHTEST, PROTECT_STOPS = 0.03, 1.6, 1.25
FLOOR = 1e-3
"""Luminance below this share of the frame's mean counts as this share: black corners say nothing about the light."""
KNEE = 0.7
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Of linear Rec. 709 primaries."""


def develop(radiance: NDArray[np.float32], exposure: float = 0.0, metered: bool = True) -> NDArray[np.uint8]:
    """Picture of linear RGB `radiance` [H, W, 3]: uint8 sRGB [H, W, 3].

    exposure: stops. metered: whether they count from what `meter` finds, on a film with a shoulder, or from a film
    that shows radiance 1 as white and clips there.
    """
    if not metered:
        return encode(np.clip(radiance * np.float32(2.0**exposure), 0.0, 1.0))
    return encode(shoulder(radiance * np.float32(2.0 ** (meter(radiance) + exposure))))


def meter(radiance: NDArray[np.float32]) -> float:
    """Stops by which a camera would expose linear RGB `radiance` [H, W, 3]; 0 for a frame without any light.

    Multiplying the light of a scene that is not dim by 2^k lowers the result by k.
    """
    luminance = np.maximum(radiance, 0.0).reshape(-1, 3).astype(np.float64) @ LUMINANCE
    mean = float(luminance.mean())
    if not mean > 0.0:
        return 0.0
    average = float(np.exp(np.log(np.maximum(luminance, FLOOR * mean)).mean()))
    stops = float(np.log2(MIDDLE_GREY / average))
    if average < DIM:
        stops = float(np.log2(MIDDLE_GREY / DIM)) + ADAPTATION * float(np.log2(DIM / average))
    bright = float(np.quantile(luminance, 1.0 - HIGHLIGHT_SHARE))
    return max(min(stops, float(np.log2(BRIGHTEST / bright))) if bright > 0.0 else stops, stops - PROTECT_STOPS)


def shoulder(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tone curve of the film, any shape: the identity up to KNEE, then smoothly and monotonically towards 1.

    Above the knee x becomes KNEE + (1 - KNEE) t / (1 + t) with t = (x - KNEE) / (1 - KNEE): value and slope meet there.
    """
    light = np.maximum(light, 0.0)
    over = np.maximum(light - np.float32(KNEE), 0.0) / np.float32(1.0 - KNEE)
    return np.asarray(np.minimum(light, np.float32(KNEE)) + np.float32(1.0 - KNEE) * over / (1.0 + over), np.float32)


def encode(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """uint8 sRGB of linear light in [0, 1], any shape (IEC 61966-2-1)."""
    curved = np.float32(1.055) * np.power(linear, np.float32(1 / 2.4)) - np.float32(0.055)
    srgb = np.where(linear <= 0.0031308, np.float32(12.92) * linear, curved)
    return np.asarray(np.rint(srgb * np.float32(255.0)), np.uint8)
