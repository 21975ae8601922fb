"""Cloth, leather and pile."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import SOFT_COLORS, Finish, color_of, shaded, textured, tone_of


def fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Upholstery cloth: plain weave or knit."""
    kind = "weave" if rng.random() < 0.75 else "knit"
    return textured(rng, "fabric", kind, color_of(rng, names), 0.22, rng.uniform(0.12, 0.2), rng.uniform(0.85, 1.0))


def patterned_fabric(rng: np.random.Generator, names: Sequence[str] = SOFT_COLORS) -> Finish:
    """Printed cloth in two shades of one colour."""
    kind = ("stripes", "dots", "zigzag", "diamonds")[int(rng.integers(4))]
    color = color_of(rng, names)
    bright = sum(color) > 1.2
    second = shaded(color, rng.uniform(0.72, 0.85)) if bright else shaded(color, rng.uniform(1.15, 1.3))
    return textured(rng, "fabric", kind, color, 0.2, rng.uniform(0.25, 0.45), 0.95, second=second)


def leather(rng: np.random.Generator) -> Finish:
    """Grained leather."""
    color = color_of(rng, ("brown", "brown", "black", "beige", "red", "white", "green"))
    return textured(rng, "leather", "leather", color, 0.14, 0.22, rng.uniform(0.35, 0.5))


def upholstery(rng: np.random.Generator) -> Finish:
    """Cloth or leather for seats."""
    return leather(rng) if rng.random() < 0.25 else fabric(rng)


def rug_pile(rng: np.random.Generator) -> Finish:
    """The field of a rug: plain pile or a two-tone motif."""
    color = color_of(rng, SOFT_COLORS)
    if rng.random() < 0.35:
        return textured(rng, "carpet", "carpet", color, 0.25, 0.35, 1.0)
    style = ("persian", "diamonds", "zigzag", "stripes")[int(rng.integers(4))]
    second = shaded(color, 0.7 if sum(color) > 1.0 else 1.5)
    return textured(rng, "carpet", style, color, 0.25, rng.uniform(0.5, 0.9), 1.0, second=second)


def denim(rng: np.random.Generator) -> Finish:
    """Twill of dyed warp and white weft."""
    dye = tone_of(rng, ((0.16, 0.24, 0.42), (0.28, 0.38, 0.56), (0.11, 0.14, 0.24), (0.13, 0.13, 0.14)))
    return textured(rng, "denim", "weave", dye, 0.3, 0.1, 0.9)
