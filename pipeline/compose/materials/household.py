"""Plastic, glazed ware, glass, rubber and paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import (
    BRIGHT_COLORS,
    Finish,
    coated,
    color_of,
    plain,
    shaded,
    textured,
    tone_of,
    worn,
)


def plastic(rng: np.random.Generator, names: Sequence[str] = BRIGHT_COLORS) -> Finish:
    """Moulded plastic, smooth or grained, some of it scratched."""
    color, roughness = color_of(rng, names), rng.uniform(0.3, 0.5)
    if rng.random() < 0.45:
        return plain("plastic", color, roughness)
    wear = worn(rng, 0.4, "scratches", 0.5, shaded(color, 0.8 if sum(color) > 1.5 else 1.5), 1.5)
    return coated(rng, "plastic", color, "stipple", rng.uniform(0.06, 0.12), roughness, wear=wear)


def ceramic(rng: np.random.Generator, names: Sequence[str] = (*BRIGHT_COLORS, "beige", "gray", "brown")) -> Finish:
    """Glazed earthenware, sometimes speckled."""
    color = color_of(rng, names)
    if rng.random() < 0.35:
        return textured(rng, "ceramic", "speckle", color, 0.3, 0.2, rng.uniform(0.15, 0.4))
    return plain("ceramic", color, rng.uniform(0.12, 0.35))


def glass(rng: np.random.Generator) -> Finish:
    """Coloured glass, opaque: labels are exact only for the first surface, so nothing may show through."""
    return plain("glass", shaded(color_of(rng, ("green", "brown", "blue", "turquoise")), rng.uniform(0.85, 1.0)), 0.06)


def paper(rng: np.random.Generator, names: Sequence[str] = ("white", "beige")) -> Finish:
    """Paper, card or a lamp shade."""
    return textured(rng, "paper", "paper", color_of(rng, names), 0.03, 0.2, 0.9)


def pages(rng: np.random.Generator) -> Finish:
    """The cut edge of a book."""
    return textured(rng, "paper", "pages", color_of(rng, ("white", "beige")), 0.08, 0.05, 0.9)


def mirror_glass(rng: np.random.Generator) -> Finish:
    """A silvered mirror."""
    value = float(rng.uniform(0.88, 0.93))
    return plain("mirror", (value, value, value), 0.02, 1.0)


def window_glass(rng: np.random.Generator) -> Finish:
    """A pane seen from outside by day: dark and glossy, since what lies behind it is not drawn."""
    return plain("glass", tone_of(rng, ((0.10, 0.12, 0.14), (0.14, 0.17, 0.19), (0.08, 0.11, 0.12))), 0.04)


def rubber(rng: np.random.Generator) -> Finish:
    """Tyres, grips and feet, grey with dust in places."""
    color = tone_of(rng, ((0.06, 0.06, 0.065), (0.09, 0.09, 0.09)))
    wear = worn(rng, 0.6, "stains", 0.3, (0.30, 0.29, 0.27), 1.1)
    return coated(rng, "rubber", color, "stipple", 0.08, rng.uniform(0.7, 0.85), wear=wear)


def cardboard(rng: np.random.Generator) -> Finish:
    """Brown corrugated board, scuffed and stained; its flutes run along v."""
    tone = tone_of(rng, ((0.66, 0.52, 0.37), (0.60, 0.46, 0.32), (0.70, 0.56, 0.41)))
    wear = worn(rng, 0.5, "stains", 0.25, shaded(tone, 0.7))
    return textured(rng, "cardboard", "board", tone, 0.08, 0.3, 0.9, wear=wear)


def skin(rng: np.random.Generator) -> Finish:
    """Human skin, from pale to dark."""
    tones = ((0.91, 0.75, 0.65), (0.83, 0.63, 0.51), (0.70, 0.49, 0.36), (0.52, 0.34, 0.24), (0.35, 0.22, 0.16))
    return textured(rng, "skin", "skin", tone_of(rng, tones), 0.06, 0.06, rng.uniform(0.45, 0.6))
