"""Cloth, leather and pile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import SOFT_COLORS, Finish, color_of, shaded, textured, tone_of, worn


def fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Upholstery cloth: plain weave or knit; some of it faded."""
    kind = "weave" if rng.random() < 0.75 else "knit"
    color = color_of(rng, names)
    wear = worn(rng, 0.25, "stains", 0.3, shaded(color, 1.35 if sum(color) < 1.8 else 0.82))
    return textured(rng, "fabric", kind, color, 0.22, rng.uniform(0.12, 0.2), rng.uniform(0.85, 1.0), wear=wear)


def patterned_fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Printed cloth in two shades of one colour."""
    kind = ("stripes", "dots", "zigzag", "diamonds")[int(rng.integers(4))]
    color = color_of(rng, names)
    bright = sum(color) > 1.2
    second = shaded(color, rng.uniform(0.72, 0.85)) if bright else shaded(color, rng.uniform(1.15, 1.3))
    return textured(rng, "fabric", kind, color, 0.2, rng.uniform(0.25, 0.45), 0.95, second=second)


def leather(rng: np.random.Generator) -> Finish:
    """Grained leather, duller in its creases and where it is scuffed."""
    color = color_of(rng, ("brown", "brown", "black", "beige", "red", "white", "green"))
    wear = worn(rng, 0.35, "patches", 0.35, shaded(color, 1.3 if sum(color) < 1.5 else 0.85), 1.5)
    gloss = ((90, 1.35), (150, 0.95))
    return textured(rng, "leather", "leather", color, 0.2, 0.16, rng.uniform(0.35, 0.5), gloss=gloss, wear=wear)


def upholstery(rng: np.random.Generator) -> Finish:
    """Cloth or leather for seats."""
    return leather(rng) if rng.random() < 0.25 else fabric(rng)


def rug_pile(rng: np.random.Generator) -> Finish:
    """The field of a rug: plain pile or a two-tone motif."""
    color = color_of(rng, SOFT_COLORS)
    if rng.random() < 0.35:
        return textured(rng, "carpet", "carpet", color, 0.25, 0.35, 1.0, depth_m=0.004)
    style = ("persian", "diamonds", "zigzag", "stripes")[int(rng.integers(4))]
    second = shaded(color, 0.7 if sum(color) > 1.0 else 1.5)
    return textured(rng, "carpet", style, color, 0.25, rng.uniform(0.5, 0.9), 1.0, second=second, depth_m=0.0025)


def denim(rng: np.random.Generator) -> Finish:
    """Twill of dyed warp and white weft, washed out in places."""
    dye = tone_of(rng, ((0.19, 0.30, 0.60), (0.25, 0.38, 0.68), (0.19, 0.30, 0.60), (0.12, 0.12, 0.13)))
    wear = worn(rng, 0.6, "stains", 0.35, shaded(dye, 2.0))
    return textured(rng, "denim", "twill", dye, 0.55, 0.075, 0.9, wear=wear)
