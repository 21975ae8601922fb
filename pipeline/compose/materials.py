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


def plain(
    family: str, color: Rgb, roughness: float = 0.5, metallic: float = 0.0, glow: Rgb = (0.0, 0.0, 0.0)
) -> Finish:
    """A finish without texture."""
    return Finish(Material(family, color, nearest_color_name(color), None, roughness, metallic, glow))


def _pick(rng: np.random.Generator, names: Sequence[str]) -> Rgb:
    return named_color(names[int(rng.integers(len(names)))], rng)


def _tone(rng: np.random.Generator, tones: Sequence[Rgb]) -> Rgb:
    """One of `tones`, a little lighter or darker."""
    tone, factor = tones[int(rng.integers(len(tones)))], float(rng.uniform(0.93, 1.06))
    return (tone[0] * factor, tone[1] * factor, tone[2] * factor)


def _shade(color: Rgb, factor: float) -> Rgb:
    r, g, b = (float(np.clip(c * factor, 0, 1)) for c in color)
    return (r, g, b)


LIGHT_WOOD: tuple[Rgb, ...] = ((0.80, 0.68, 0.51), (0.78, 0.65, 0.46), (0.85, 0.75, 0.60))
MID_WOOD: tuple[Rgb, ...] = ((0.55, 0.36, 0.20), (0.50, 0.32, 0.18), (0.47, 0.28, 0.15))
DARK_WOOD: tuple[Rgb, ...] = ((0.36, 0.22, 0.13), (0.31, 0.18, 0.11), (0.38, 0.19, 0.11))
# Repeated names come more often: rooms are mostly quiet.
SOFT_COLORS = (*COLORS, "brown", "beige", "white", "gray", "gray", "blue", "green")
BRIGHT_COLORS = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "white", "white", "black")


def wood(rng: np.random.Generator) -> Finish:
    """Oiled or varnished timber from birch to walnut."""
    tone = _tone(rng, LIGHT_WOOD + MID_WOOD + DARK_WOOD)
    return textured(rng, "wood", "wood", tone, rng.uniform(0.22, 0.38), rng.uniform(0.5, 0.8), rng.uniform(0.35, 0.6))


PAINTS = ("white", "white", "gray", "black", "blue", "green", "turquoise", "yellow", "red")
WALL_PAINTS: tuple[Rgb, ...] = (
    (0.90, 0.89, 0.86), (0.90, 0.87, 0.80), (0.84, 0.78, 0.66), (0.72, 0.73, 0.74),
    (0.66, 0.76, 0.80), (0.70, 0.78, 0.68), (0.86, 0.73, 0.68), (0.55, 0.57, 0.60),
)  # fmt: skip


def painted_wood(rng: np.random.Generator, names: Sequence[str] = PAINTS) -> Finish:
    """Timber under paint: the grain just shows."""
    return textured(rng, "wood", "wood", _pick(rng, names), 0.035, 0.6, rng.uniform(0.35, 0.55))


def cabinet(rng: np.random.Generator) -> Finish:
    """What cupboards and tables are made of: mostly timber, often painted."""
    return wood(rng) if rng.random() < 0.62 else painted_wood(rng)


def fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Upholstery cloth: plain weave or knit."""
    kind = "weave" if rng.random() < 0.75 else "knit"
    return textured(rng, "fabric", kind, _pick(rng, names), 0.22, rng.uniform(0.12, 0.2), rng.uniform(0.85, 1.0))


def patterned_fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Printed cloth in two shades of one colour."""
    kind = ("stripes", "dots", "zigzag", "diamonds")[int(rng.integers(4))]
    color = _pick(rng, names)
    bright = sum(color) > 1.2
    second = _shade(color, rng.uniform(0.72, 0.85)) if bright else _shade(color, rng.uniform(1.15, 1.3))
    return textured(rng, "fabric", kind, color, 0.2, rng.uniform(0.25, 0.45), 0.95, second=second)


def leather(rng: np.random.Generator) -> Finish:
    """Grained leather."""
    color = _pick(rng, ("brown", "brown", "black", "beige", "red", "white", "green"))
    return textured(rng, "leather", "leather", color, 0.14, 0.22, rng.uniform(0.35, 0.5))


def upholstery(rng: np.random.Generator) -> Finish:
    """Cloth or leather for seats."""
    return leather(rng) if rng.random() < 0.25 else fabric(rng)


def metal(rng: np.random.Generator) -> Finish:
    """Brushed steel, bronze or powder-coated tube. Metallic stays below 1: rasterisers need a body colour."""
    kind = rng.random()
    if kind < 0.4:
        return textured(rng, "metal", "brushed", (0.60, 0.60, 0.61), 0.12, 0.3, rng.uniform(0.3, 0.45), 0.7)
    if kind < 0.6:
        return textured(rng, "metal", "brushed", (0.42, 0.28, 0.17), 0.1, 0.3, rng.uniform(0.3, 0.4), 0.6)
    return plain("metal", _pick(rng, ("black", "black", "white", "gray")), rng.uniform(0.35, 0.55), 0.2)


def steel(rng: np.random.Generator) -> Finish:
    """Brushed stainless steel."""
    return textured(rng, "metal", "brushed", (0.68, 0.68, 0.69), 0.08, 0.2, rng.uniform(0.2, 0.32), 0.7)


def plastic(rng: np.random.Generator, names: Sequence[str] = BRIGHT_COLORS) -> Finish:
    """Moulded plastic."""
    return plain("plastic", _pick(rng, names), rng.uniform(0.3, 0.5))


def ceramic(rng: np.random.Generator, names: Sequence[str] = (*BRIGHT_COLORS, "beige", "gray", "brown")) -> Finish:
    """Glazed earthenware, sometimes speckled."""
    color = _pick(rng, names)
    if rng.random() < 0.35:
        return textured(rng, "ceramic", "speckle", color, 0.3, 0.2, rng.uniform(0.15, 0.4))
    return plain("ceramic", color, rng.uniform(0.12, 0.35))


def glass(rng: np.random.Generator) -> Finish:
    """Coloured glass, opaque: labels are exact only for the first surface, so nothing may show through."""
    return plain("glass", _shade(_pick(rng, ("green", "brown", "blue", "turquoise")), rng.uniform(0.85, 1.0)), 0.06)


def stone(rng: np.random.Generator) -> Finish:
    """Marble or concrete tops."""
    if rng.random() < 0.6:
        color = _pick(rng, ("white", "white", "beige", "black", "gray"))
        if sum(color) < 0.5:
            return textured(rng, "marble", "marble", color, -1.2, 0.7, 0.15)
        return textured(rng, "marble", "marble", color, 0.35, 0.7, 0.15)
    return textured(rng, "concrete", "concrete", _pick(rng, ("gray",)), 0.15, 0.8, 0.7)


def wicker(rng: np.random.Generator) -> Finish:
    """Woven cane."""
    return textured(rng, "wicker", "wicker", _tone(rng, LIGHT_WOOD + MID_WOOD), 0.4, 0.16, 0.8)


def paper(rng: np.random.Generator, names: Sequence[str] = ("white", "beige")) -> Finish:
    """Paper, card or a lamp shade."""
    return textured(rng, "paper", "paper", _pick(rng, names), 0.03, 0.2, 0.9)


def pages(rng: np.random.Generator) -> Finish:
    """The cut edge of a book."""
    return textured(rng, "paper", "pages", _pick(rng, ("white", "beige")), 0.08, 0.05, 0.9)


def foliage(rng: np.random.Generator) -> Finish:
    """Leaves."""
    tone = _tone(rng, ((0.15, 0.42, 0.14), (0.20, 0.50, 0.16), (0.12, 0.40, 0.18), (0.28, 0.55, 0.20)))
    return textured(rng, "leaves", "leaf", tone, 0.25, 0.12, 0.55)


def floor(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A floor covering, one of `kinds`: planks, parquet, tiles, carpet, concrete, marble."""
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind == "planks" or kind == "parquet":
        tone = _tone(rng, LIGHT_WOOD[:2] + MID_WOOD + DARK_WOOD[:1])
        style = "planks" if kind == "planks" else "herringbone"
        return textured(
            rng, "wood", style, tone, rng.uniform(0.25, 0.4), rng.uniform(0.9, 1.3), rng.uniform(0.35, 0.55)
        )
    if kind == "tiles":
        color = _pick(rng, ("beige", "white", "gray", "brown"))
        return textured(rng, "tile", "tiles", color, 0.22, rng.uniform(1.0, 1.6), rng.uniform(0.25, 0.45))
    if kind == "carpet":
        return textured(
            rng, "carpet", "carpet", _pick(rng, ("beige", "beige", "gray", "gray", "brown")), 0.16, 0.5, 1.0
        )
    if kind == "concrete":
        return textured(rng, "concrete", "concrete", _pick(rng, ("gray",)), 0.12, 1.5, 0.6)
    return textured(rng, "marble", "marble", _pick(rng, ("white", "white", "beige", "gray")), 0.14, 1.4, 0.2)


def wall(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A wall covering, one of `kinds`: plaster, wallpaper, concrete."""
    kind = kinds[int(rng.integers(len(kinds)))]
    color = _tone(rng, WALL_PAINTS)
    if kind == "wallpaper":
        style = ("stripes", "diamonds", "dots", "zigzag")[int(rng.integers(4))]
        return textured(
            rng,
            "wallpaper",
            style,
            color,
            0.1,
            rng.uniform(0.4, 0.7),
            0.85,
            second=_shade(color, rng.uniform(0.88, 0.94)),
        )
    if kind == "concrete":
        return textured(rng, "concrete", "concrete", _tone(rng, ((0.62, 0.61, 0.60),)), 0.12, 1.6, 0.8)
    return textured(rng, "plaster", "plaster", color, 0.035, 1.2, 0.9)


def rug_pile(rng: np.random.Generator) -> Finish:
    """The field of a rug: plain pile or a two-tone motif."""
    color = _pick(rng, SOFT_COLORS)
    if rng.random() < 0.35:
        return textured(rng, "carpet", "carpet", color, 0.25, 0.35, 1.0)
    style = ("persian", "diamonds", "zigzag", "stripes")[int(rng.integers(4))]
    second = _shade(color, 0.7 if sum(color) > 1.0 else 1.5)
    return textured(rng, "carpet", style, color, 0.25, rng.uniform(0.5, 0.9), 1.0, second=second)
