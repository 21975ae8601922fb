"""Colours as people name them: the vocabulary of materials and of referring expressions."""

from __future__ import annotations

import colorsys

import numpy as np

# sRGB centres. Far enough apart that a person shown one of them would pick its name.
COLORS: dict[str, tuple[float, float, float]] = {
    "red": (0.80, 0.08, 0.08),
    "orange": (0.95, 0.48, 0.05),
    "yellow": (0.95, 0.85, 0.12),
    "green": (0.12, 0.58, 0.16),
    "turquoise": (0.15, 0.75, 0.72),
    "blue": (0.10, 0.25, 0.80),
    "purple": (0.48, 0.16, 0.66),
    "pink": (0.95, 0.50, 0.70),
    "brown": (0.40, 0.24, 0.12),
    "beige": (0.85, 0.77, 0.62),
    "white": (0.93, 0.93, 0.91),
    "gray": (0.50, 0.50, 0.50),
    "black": (0.06, 0.06, 0.07),
}


def named_color(name: str, rng: np.random.Generator) -> tuple[float, float, float]:
    """sRGB [3] in [0, 1] near the centre of `name`: hue, saturation and value jittered so little that the name stays true.

    Raises KeyError for an unknown name.
    """
    hue, saturation, value = colorsys.rgb_to_hsv(*COLORS[name])
    jitter = rng.uniform(-1.0, 1.0, 3)
    r, g, b = colorsys.hsv_to_rgb(
        (hue + 0.012 * jitter[0]) % 1.0,
        float(np.clip(saturation * (1 + 0.08 * jitter[1]), 0, 1)),
        float(np.clip(value * (1 + 0.06 * jitter[2]), 0, 1)),
    )
    return (r, g, b)
