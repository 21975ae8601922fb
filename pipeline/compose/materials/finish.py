"""Finishes: what furniture is covered with, as materials whose colour name is true for what one sees.

A finish is a material plus the length one repeat of its texture spans. Grey patterns (textures.py) are
tinted through a 256-entry ramp, so a textured material costs well under a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose.colors import COLORS, named_color
from pipeline.compose.textures import VARIANTS, pattern
from pipeline.scene import Material

Rgb = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Finish:
    """A material and `repeat_m`, the metres of surface that one repeat of its texture covers."""

    material: Material
    repeat_m: float = 1.0


def _lab(rgb: object) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(np.asarray(rgb, np.float32).reshape(1, -1, 3), cv2.COLOR_RGB2Lab)[0], np.float32)


@lru_cache(maxsize=1)
def _centres() -> NDArray[np.float32]:
    return _lab(list(COLORS.values()))


def nearest_color_name(rgb: Rgb) -> str:
    """The entry of COLORS whose centre is nearest to `rgb` (sRGB in [0, 1]) in CIE L*a*b*."""
    return tuple(COLORS)[int(np.argmin(np.linalg.norm(_centres() - _lab(rgb), axis=1)))]


@lru_cache(maxsize=256)
def _histogram(kind: str, variant: int) -> NDArray[np.float64]:
    """Share of each of the 256 levels in a pattern."""
    gray = pattern(kind, variant)
    return np.asarray(np.bincount(gray.ravel(), minlength=256) / gray.size)


def _tint(kind: str, variant: int, ramp: NDArray[np.float64]) -> tuple[NDArray[np.uint8], Rgb]:
    """The pattern seen through `ramp` [256, 3] sRGB, and its mean colour."""
    table = np.clip(ramp * 255 + 0.5, 0, 255).astype(np.uint8)
    mean = _histogram(kind, variant) @ (table / 255.0)
    texture = cv2.applyColorMap(pattern(kind, variant), table[:, None, :])
    return np.asarray(texture, np.uint8), (float(mean[0]), float(mean[1]), float(mean[2]))


def textured(
    rng: np.random.Generator, family: str, kind: str, color: Rgb, contrast: float, repeat_m: float,
    roughness: float, metallic: float = 0.0, second: Rgb | None = None,
) -> Finish:  # fmt: skip
    """A finish of pattern `kind` around `color`. `contrast` is the relative swing of brightness.

    With `second`, the dark half of the pattern shows that colour instead of a darker shade.
    """
    level = (np.arange(256)[:, None] - 128) / 128.0
    base = np.asarray(color)
    ramp = base * (1 + contrast * level)
    if second is not None:
        ramp = np.where(
            level < -0.25, np.asarray(second) * (1 + 0.3 * contrast * level), base * (1 + 0.3 * contrast * level)
        )
    texture, mean = _tint(kind, int(rng.integers(VARIANTS)), ramp)
    return Finish(Material(family, (1.0, 1.0, 1.0), nearest_color_name(mean), texture, roughness, metallic), repeat_m)


def graded(
    rng: np.random.Generator, family: str, kind: str, stops: Sequence[tuple[int, Rgb]], repeat_m: float,
    roughness: float, metallic: float = 0.0,
) -> Finish:  # fmt: skip
    """A finish of pattern `kind` whose levels (0 to 255) run through the colours of `stops`, linearly between them."""
    levels = np.arange(256)
    at = [level for level, _ in stops]
    ramp = np.stack([np.interp(levels, at, [color[k] for _, color in stops]) for k in range(3)], axis=1)
    texture, mean = _tint(kind, int(rng.integers(VARIANTS)), ramp)
    return Finish(Material(family, (1.0, 1.0, 1.0), nearest_color_name(mean), texture, roughness, metallic), repeat_m)


def plain(
    family: str, color: Rgb, roughness: float = 0.5, metallic: float = 0.0, glow: Rgb = (0.0, 0.0, 0.0)
) -> Finish:
    """A finish without texture."""
    return Finish(Material(family, color, nearest_color_name(color), None, roughness, metallic, glow))


def color_of(rng: np.random.Generator, names: Sequence[str]) -> Rgb:
    """A colour near the centre of one of `names`."""
    return named_color(names[int(rng.integers(len(names)))], rng)


def tone_of(rng: np.random.Generator, tones: Sequence[Rgb]) -> Rgb:
    """One of `tones`, a little lighter or darker."""
    tone, factor = tones[int(rng.integers(len(tones)))], float(rng.uniform(0.93, 1.06))
    return (tone[0] * factor, tone[1] * factor, tone[2] * factor)


def shaded(color: Rgb, factor: float) -> Rgb:
    """`color` times `factor`, within [0, 1]."""
    r, g, b = (float(np.clip(c * factor, 0, 1)) for c in color)
    return (r, g, b)


# Repeated names come more often: rooms are mostly quiet.
SOFT_COLORS = (*COLORS, "brown", "beige", "white", "gray", "gray", "blue", "green")
BRIGHT_COLORS = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "white", "white", "black")
