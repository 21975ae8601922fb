"""Timber, bare and painted, and what is woven from cane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import Finish, Rgb, color_of, textured, tone_of

LIGHT_WOOD: tuple[Rgb, ...] = ((0.80, 0.68, 0.51), (0.78, 0.65, 0.46), (0.85, 0.75, 0.60))
MID_WOOD: tuple[Rgb, ...] = ((0.55, 0.36, 0.20), (0.50, 0.32, 0.18), (0.47, 0.28, 0.15))
DARK_WOOD: tuple[Rgb, ...] = ((0.36, 0.22, 0.13), (0.31, 0.18, 0.11), (0.38, 0.19, 0.11))
PAINTS = ("white", "white", "gray", "black", "blue", "green", "turquoise", "yellow", "red")


def wood(rng: np.random.Generator) -> Finish:
    """Oiled or varnished timber from birch to walnut."""
    tone = tone_of(rng, LIGHT_WOOD + MID_WOOD + DARK_WOOD)
    return textured(rng, "wood", "wood", tone, rng.uniform(0.22, 0.38), rng.uniform(0.5, 0.8), rng.uniform(0.35, 0.6))


def painted_wood(rng: np.random.Generator, names: Sequence[str] = PAINTS) -> Finish:
    """Timber under paint: the grain just shows."""
    return textured(rng, "wood", "wood", color_of(rng, names), 0.035, 0.6, rng.uniform(0.35, 0.55))


def cabinet(rng: np.random.Generator) -> Finish:
    """What cupboards and tables are made of: mostly timber, often painted."""
    return wood(rng) if rng.random() < 0.62 else painted_wood(rng)


def wicker(rng: np.random.Generator) -> Finish:
    """Woven cane."""
    return textured(rng, "wicker", "wicker", tone_of(rng, LIGHT_WOOD + MID_WOOD), 0.4, 0.16, 0.8)
