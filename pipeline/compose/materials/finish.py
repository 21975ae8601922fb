"""A finish: a material plus the length one repeat of its texture spans, made from tileable patterns (textures/).

Gray patterns are tinted through a 256-entry ramp, their heights become bumps, and masks of wear show what lies
beneath, so a textured material costs about a millisecond, and its maps are shared with others of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.colors import COLORS, color_name, named_color
from pipeline.compose.textures import VARIANTS
from pipeline.compose.textures.relief import normal_map
from pipeline.compose.textures.tint import STEPS, Mask, histogram, shares, tinted
from pipeline.scene import Material

MOST_FADED = 0.8
DISTINCT = 1.5
"""A faded colour keeps its name while every other name's nearest shade is so many times as far away."""

Rgb = tuple[float, float, float]
Stops = tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Finish:
    """A material and `repeat_m`, the metres of surface that one repeat of its texture covers."""

    material: Material
    repeat_m: float = 1.0


@dataclass(frozen=True)
class Wear:
    """What use and weather did: where the pattern `mask` is bright, `color` shows through.

    amount: in [0, 1], how much of it. roughness: that of what shows, relative to the surface's.
    """

    mask: str
    amount: float
    color: Rgb
    roughness: float = 1.0


STEEPNESS = {
    "wood": 0.0002 / 0.65, "oak": 0.0003 / 0.65, "pine": 0.0002 / 0.65, "planks": 0.0012 / 1.1,
    "herringbone": 0.0008 / 1.1, "bark": 0.014 / 0.45, "wicker": 0.004 / 0.16, "weave": 0.0007 / 0.16,
    "knit": 0.0016 / 0.16, "twill": 0.0005 / 0.075, "carpet": 0.004 / 0.5, "fur": 0.0015 / 0.15,
    "leather": 0.0006 / 0.16, "skin": 0.00008 / 0.06, "stripes": 0.0003 / 0.35, "dots": 0.0003 / 0.35,
    "zigzag": 0.0003 / 0.35, "diamonds": 0.0003 / 0.35, "persian": 0.0025 / 0.7, "brick": 0.007 / 1.44,
    "tiles": 0.002 / 1.3, "metro": 0.0025 / 0.75, "flags": 0.006 / 1.4, "cobble": 0.03 / 1.3, "roof": 0.09 / 1.3,
    "plaster": 0.001 / 1.2, "stucco": 0.004 / 0.65, "concrete": 0.002 / 2.7, "asphalt": 0.003 / 1.0,
    "gravel": 0.01 / 0.75, "soil": 0.02 / 1.0, "grass": 0.006 / 0.75, "meadow": 0.01 / 1.0, "sand": 0.012 / 1.0,
    "ripples": 0.05 / 1.8, "brushed": 0.00004 / 0.3, "spangle": 0.00005 / 0.35, "corrugated": 0.018 / 0.76,
    "rust": 0.0008 / 0.6, "stipple": 0.00006 / 0.09, "speckle": 0.0005 / 0.2, "paper": 0.00008 / 0.2,
    "board": 0.0003 / 0.3, "pages": 0.0004 / 0.05, "leaf": 0.0006 / 0.12,
}  # fmt: skip
"""Metres from the lowest to the highest point of each pattern, over the metres that one repeat of it usually spans; who
draws it smaller means finer bumps. The other patterns are level."""


def nearest_color_name(rgb: Rgb) -> str:
    """What people would call `rgb` (sRGB in [0, 1]): an entry of COLORS, "" where they would not agree (`color_name`)."""
    return color_name(rgb)


def textured(
    rng: np.random.Generator, family: str, kind: str, color: Rgb, contrast: float, repeat_m: float,
    roughness: float, metallic: float = 0.0, second: Rgb | None = None, *, depth_m: float | None = None,
    gloss: Stops = (), wear: Wear | None = None,
) -> Finish:  # fmt: skip
    """A finish of pattern `kind` around `color`. `contrast` is the relative swing of brightness.

    With `second`, the dark half of the pattern shows that colour instead of a darker shade. The rest as for `graded`.
    """
    level = (np.arange(256)[:, None] - 128) / 128.0
    base = np.asarray(color)
    ramp = base * (1 + contrast * level)
    if second is not None:
        ramp = np.where(
            level < -0.25, np.asarray(second) * (1 + 0.3 * contrast * level), base * (1 + 0.3 * contrast * level)
        )
    return _finish(rng, family, kind, ramp, repeat_m, roughness, metallic, depth_m, gloss, wear)


def graded(
    rng: np.random.Generator, family: str, kind: str, stops: Sequence[tuple[int, Rgb]], repeat_m: float,
    roughness: float, metallic: float = 0.0, *, depth_m: float | None = None, gloss: Stops = (),
    wear: Wear | None = None,
) -> Finish:  # fmt: skip
    """A finish of pattern `kind` whose levels (0 to 255) run through the colours of `stops`, linearly between them.

    depth_m: from the lowest to the highest point of its bumps; by default what STEEPNESS says of the kind.
    gloss: (level, roughness there relative to `roughness`), likewise; empty for the same everywhere.
    """
    at = [level for level, _ in stops]
    ramp = np.stack([np.interp(np.arange(256), at, [color[k] for _, color in stops]) for k in range(3)], axis=1)
    return _finish(rng, family, kind, ramp, repeat_m, roughness, metallic, depth_m, gloss, wear)


def _finish(
    rng: np.random.Generator, family: str, kind: str, ramp: NDArray[np.float64], repeat_m: float,
    roughness: float, metallic: float, depth_m: float | None, gloss: Stops, wear: Wear | None,
) -> Finish:  # fmt: skip
    """`ramp`: a colour for each level [256, 3]; where all are one, the material has no texture."""
    variant = int(rng.integers(VARIANTS))
    mask: Mask = None
    share = np.ones((1, 256))
    if gloss:
        share = np.interp(np.arange(256), [level for level, _ in gloss], [value for _, value in gloss])[None]
    colors = ramp[None]
    if wear is not None:
        mask = (wear.mask, int(rng.integers(VARIANTS)))
        step = np.arange(STEPS) / (STEPS - 1.0)
        colors = colors + (np.asarray(wear.color) - colors) * (wear.amount * step)[:, None, None]
        # In eighths, so that materials worn about alike share a map.
        share = share + (wear.roughness - share) * (np.round(8 * wear.amount) / 8 * step)[:, None]
    table = np.clip(colors.reshape(-1, 3) * 255 + 0.5, 0, 255).astype(np.uint8)
    uniform = bool((table == table[0]).all())
    mean = ramp[0] if uniform else histogram(kind, variant, mask) @ (table / 255.0)
    shown = (float(mean[0]), float(mean[1]), float(mean[2]))
    steepness = STEEPNESS.get(kind, 0.0) if depth_m is None else depth_m / repeat_m
    top = min(float(share.max()), 1.0 / roughness)
    material = Material(
        family,
        shown if uniform else (1.0, 1.0, 1.0),
        nearest_color_name(shown),
        None if uniform else tinted(kind, variant, mask, table),
        roughness * top,
        metallic,
        normal_map=normal_map(kind, variant, steepness) if steepness > 0 else None,
        roughness_map=shares(kind, variant, mask, share / top) if np.ptp(share) > 0 else None,
    )
    return Finish(material, repeat_m)


def plain(
    family: str, color: Rgb, roughness: float = 0.5, metallic: float = 0.0, glow: Rgb = (0.0, 0.0, 0.0)
) -> Finish:
    """A finish without texture."""
    return Finish(Material(family, color, nearest_color_name(color), None, roughness, metallic, glow))


def coated(
    rng: np.random.Generator, family: str, color: Rgb, kind: str, repeat_m: float, roughness: float,
    metallic: float = 0.0, *, depth_m: float | None = None, gloss: Stops = (), wear: Wear | None = None,
) -> Finish:  # fmt: skip
    """A finish of one colour over the bumps of pattern `kind`. The rest as for `graded`."""
    return _finish(
        rng,
        family,
        kind,
        np.tile(np.asarray(color, float), (256, 1)),
        repeat_m,
        roughness,
        metallic,
        depth_m,
        gloss,
        wear,
    )


def worn(
    rng: np.random.Generator, chance: float, mask: str, most: float, color: Rgb, roughness: float = 1.0
) -> Wear | None:
    """Wear of up to `most`, with some chance."""
    amount = float(rng.uniform(0.25, 1.0)) * most
    return Wear(mask, amount, color, roughness) if rng.random() < chance else None


def color_of(rng: np.random.Generator, names: Sequence[str]) -> Rgb:
    """A colour that people would call one of `names`: seldom as pure as a toy, mostly faded as cloth and paint are."""
    name = names[int(rng.integers(len(names)))]
    pure = np.asarray(named_color(name, rng))
    fade, lift = float(rng.uniform(0.0, MOST_FADED)), float(rng.uniform(-0.1, 0.15))
    gray = pure @ [0.299, 0.587, 0.114] + lift
    for share in (1.0, 0.7, 0.4, 0.2, 0.0):
        color = np.clip(pure + share * fade * (gray - pure), 0.0, 1.0)
        if color_name((float(color[0]), float(color[1]), float(color[2])), DISTINCT) == name:
            break
    return (float(color[0]), float(color[1]), float(color[2]))


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
