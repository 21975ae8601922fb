"""Timber, bare and painted, and what is woven from cane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import Finish, Rgb, color_of, shaded, textured, tone_of, worn

LIGHT_WOOD: tuple[Rgb, ...] = ((0.80, 0.68, 0.51), (0.78, 0.65, 0.46), (0.85, 0.75, 0.60))
MID_WOOD: tuple[Rgb, ...] = ((0.55, 0.36, 0.20), (0.50, 0.32, 0.18), (0.47, 0.28, 0.15))
DARK_WOOD: tuple[Rgb, ...] = ((0.36, 0.22, 0.13), (0.31, 0.18, 0.11), (0.38, 0.19, 0.11))
FIBRES = ((40, 1.15), (200, 0.9))
"""Late wood takes the polish better."""
# Repeated names come more often: most painted furniture is pale.
PAINTS = (
    "white", "white", "white", "white", "gray", "gray", "beige", "black", "blue", "green", "turquoise", "yellow", "red",
)  # fmt: skip


def wood(rng: np.random.Generator) -> Finish:
    """Oiled or varnished timber from birch to walnut: plain, with an oak's pores or a pine's knots; some of it stained."""
    tone = tone_of(rng, LIGHT_WOOD + MID_WOOD + DARK_WOOD)
    contrast, repeat_m, roughness = rng.uniform(0.2, 0.36), rng.uniform(0.5, 0.8), rng.uniform(0.35, 0.6)
    kind = ("wood", "wood", "oak", "pine")[int(rng.integers(4))]
    wear = worn(rng, 0.35, "stains", 0.45, shaded(tone, 0.62), 1.3)
    return textured(rng, "wood", kind, tone, contrast, repeat_m, roughness, gloss=FIBRES, wear=wear)


def painted_wood(rng: np.random.Generator, names: Sequence[str] = PAINTS) -> Finish:
    """Timber under paint: the grain just shows, and here and there the paint has come off."""
    paint, roughness = color_of(rng, names), rng.uniform(0.35, 0.55)
    wear = worn(rng, 0.2, "patches", 0.9, tone_of(rng, MID_WOOD), 1.4)
    return textured(rng, "wood", "wood", paint, 0.035, 0.6, roughness, wear=wear)


def cabinet(rng: np.random.Generator) -> Finish:
    """What cupboards and tables are made of: mostly timber, often painted."""
    return wood(rng) if rng.random() < 0.62 else painted_wood(rng)


def wicker(rng: np.random.Generator) -> Finish:
    """Woven cane."""
    return textured(rng, "wicker", "wicker", tone_of(rng, LIGHT_WOOD + MID_WOOD), 0.4, 0.16, 0.8)
