"""Colours as people name them: the vocabulary of materials and of referring expressions."""

from __future__ import annotations

import colorsys
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

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

SHADES: dict[str, str] = {
    "red": "cc1414 f02020 8f0d12 5c0a0e a83232 c04a46 b01830 ff4a4a 7c2024 d9433a 420408",
    "orange": "f27a0d ff9020 d0600c e2873a f59a55 ffb066 ff6a20 c46a1c",
    "yellow": "f2d91f ffff30 d8b414 f7ea80 c4a92a e4cf5c ffd633 fffbaa d8d040 b8a020",
    "green": "1f9429 1a3d21 0f5a1e 0a2e12 5fa052 8fd48a 6b8e3a 4b5d26 38472e 6c8064 98b38c b8e0a8 a4c832 40e040 86f020 "
    "2e8b57 747c1c 4e6e50 20b070 84a020 50603a 3c4a18 c4ecc0 2c5238 86a872 8c9c4a",
    "turquoise": "26bfb8 008080 045c5a 5a9e98 90e4dc 10f0e0 b4ece8 20a0a0 3c7c78 60d0c0",
    "blue": "1a40cc 0a1a60 101a3c 0a60d8 3a6ea5 5f86ac 8fc0f0 a9c6dc 2a4462 70a8e8 30b0f0 4b5ae0 c2def8 1e3a8a 4a5c84 "
    "1c2e4c 0a5a90 88a0e8 3a4a66 7c98b8 0000ff 0000a8 00006a 04043a 00d0ff",
    "purple": "7a29a8 3a0e52 5a2a6e 8a6494 b088d0 cbb0e8 a040d8 4a3058 6a3cc8 800080 a060a8 62446e 260c38 9a80b0 c070f0 "
    "7a10e0 9a00f8 b818ff 4b006e",
    "pink": "f280b3 ffc0cb f5a0b8 e8508f d83080 cc8090 e0a8b0 ff1493 fad4dc f070d8 c45878 ff8a90 e888c8",
    "brown": "663d1f 3a2210 8a5a30 a67a50 7a6248 4a3a2c 964e1e 5a2a1a 8c6a1e 5c4c30 7c4030 90704e 2c1c10 6c5a2c 421008",
    "beige": "d9c49e f2e6cc c8b088 d2b48c e8d8b8 b8a680 f0dcb8 dccfb4 cbb79a f8f2c8",
    "white": "ededeb ffffff f6f6f0 e6e8ea f2f0ea",
    "gray": "808080 484848 606060 a0a0a0 c0c0c0 8a8682 7c848c 5a5e64 585450 acb0b4 b2aea8 c9c9c7",
    "black": "0f0f12 000000 1c1c1e 121814 181410",
}
"""Shades that go by each name (sRGB, hexadecimal), the centre first: a dark green is green, not black."""
DOUBT = 1.25
"""A colour has no name where another name's nearest shade is less than so many times as far away."""


@lru_cache(maxsize=1)
def _shades() -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """CIE L*a*b* of every shade [N, 3], and the position of its name in COLORS [N]."""
    codes = [(int(code, 16), list(COLORS).index(name)) for name, codes in SHADES.items() for code in codes.split()]
    rgb = [[(code >> shift & 255) / 255 for shift in (16, 8, 0)] for code, _ in codes]
    return _lab(rgb), np.array([name for _, name in codes])


def _lab(rgb: object) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(np.asarray(rgb, np.float32).reshape(1, -1, 3), cv2.COLOR_RGB2Lab)[0], np.float32)


def color_name(rgb: tuple[float, float, float], doubt: float = DOUBT) -> str:
    """What people would call `rgb` (sRGB in [0, 1]): the name of the nearest of SHADES in CIE L*a*b*.

    Empty where another name's nearest shade is less than `doubt` times as far: people would not agree.
    """
    shades, names = _shades()
    away = np.full(len(COLORS), np.inf)
    np.minimum.at(away, names, np.linalg.norm(shades - _lab(rgb), axis=1).astype(float))
    first, second = np.argsort(away, kind="stable")[:2]
    return tuple(COLORS)[first] if away[first] * doubt <= away[second] else ""


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
