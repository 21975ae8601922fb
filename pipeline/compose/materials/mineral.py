"""Stone, concrete, plaster, fired clay: what buildings are made of."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import Finish, Rgb, color_of, graded, shaded, textured, tone_of, worn
from pipeline.compose.textures.masonry import FACE, JOINT

WALL_PAINTS: tuple[Rgb, ...] = (
    (0.90, 0.89, 0.86), (0.90, 0.87, 0.80), (0.84, 0.78, 0.66), (0.72, 0.73, 0.74),
    (0.66, 0.76, 0.80), (0.70, 0.78, 0.68), (0.86, 0.73, 0.68), (0.55, 0.57, 0.60),
)  # fmt: skip


SOOT: Rgb = (0.16, 0.15, 0.14)
SALT: Rgb = (0.82, 0.80, 0.77)
STONES: tuple[Rgb, ...] = (
    (0.90, 0.88, 0.84), (0.62, 0.42, 0.32), (0.30, 0.28, 0.27), (0.72, 0.62, 0.48), (0.48, 0.52, 0.50),
    (0.80, 0.66, 0.58), (0.20, 0.26, 0.24), (0.56, 0.54, 0.52),
)  # fmt: skip
GRANITES: tuple[tuple[Rgb, Rgb, Rgb], ...] = (
    ((0.10, 0.10, 0.11), (0.50, 0.49, 0.48), (0.80, 0.78, 0.75)),
    ((0.12, 0.10, 0.10), (0.52, 0.38, 0.33), (0.72, 0.56, 0.48)),
    ((0.04, 0.04, 0.05), (0.12, 0.12, 0.13), (0.30, 0.31, 0.33)),
)
"""Mica, quartz and feldspar."""
GLAZED = ((JOINT, 5.0), (FACE, 1.0))
"""Joints are as dull as glaze is not."""


def _joint(color: Rgb) -> tuple[tuple[int, Rgb], ...]:
    return ((0, shaded(color, 0.75)), (JOINT, shaded(color, 1.1)))


def stone(rng: np.random.Generator) -> Finish:
    """Marble, granite or concrete tops."""
    kind = rng.random()
    if kind < 0.5:
        color = color_of(rng, ("white", "white", "beige", "black", "gray"))
        if sum(color) < 0.5:
            return textured(rng, "marble", "marble", color, -1.2, 0.7, 0.15)
        return textured(rng, "marble", "marble", color, 0.35, 0.7, 0.15)
    if kind < 0.7:
        dark, body, pale = GRANITES[int(rng.integers(len(GRANITES)))]
        stops = ((0, dark), (64, dark), (96, body), (160, body), (190, pale), (255, pale))
        return graded(rng, "granite", "granite", stops, rng.uniform(0.2, 0.35), rng.uniform(0.12, 0.3))
    wear = worn(rng, 0.4, "stains", 0.25, (0.38, 0.37, 0.36))
    return textured(rng, "concrete", "concrete", color_of(rng, ("gray",)), 0.15, 0.8, 0.7, wear=wear)


def brick(rng: np.random.Generator) -> Finish:
    """Bricks in running bond with pale or dark joints; some stained by salt or soot."""
    clay = tone_of(rng, ((0.58, 0.28, 0.21), (0.50, 0.24, 0.18), (0.64, 0.36, 0.26), (0.72, 0.60, 0.45)))
    joint = tone_of(rng, ((0.72, 0.70, 0.66), (0.62, 0.60, 0.57), (0.45, 0.43, 0.41)))
    stops = (*_joint(joint), (FACE, shaded(clay, 0.55)), (158, clay), (255, shaded(clay, 1.3)))
    wear = worn(rng, 0.5, "streaks" if rng.random() < 0.6 else "stains", 0.28, SOOT if rng.random() < 0.6 else SALT)
    return graded(rng, "brick", "brick", stops, 1.44, rng.uniform(0.8, 0.95), wear=wear)


def concrete(rng: np.random.Generator) -> Finish:
    """Cast concrete, stained and cracked by time."""
    gray = tone_of(rng, ((0.62, 0.61, 0.60), (0.54, 0.53, 0.51)))
    mask = ("streaks", "stains", "cracks")[int(rng.integers(3))]
    wear = worn(rng, 0.7, mask, 0.9 if mask == "cracks" else 0.3, shaded(gray, 0.55))
    contrast, repeat_m, roughness = rng.uniform(0.1, 0.17), rng.uniform(2.2, 3.2), rng.uniform(0.7, 0.9)
    return textured(rng, "concrete", "concrete", gray, contrast, repeat_m, roughness, wear=wear)


def plaster(rng: np.random.Generator) -> Finish:
    """Smooth plaster under wall paint."""
    return textured(rng, "plaster", "plaster", tone_of(rng, WALL_PAINTS), 0.035, 1.2, 0.9)


def stucco(rng: np.random.Generator) -> Finish:
    """Rough render of an outer wall, streaked by rain or cracked."""
    paint = tone_of(rng, WALL_PAINTS + ((0.80, 0.66, 0.45), (0.72, 0.46, 0.36), (0.58, 0.66, 0.60)))
    mask = ("streaks", "streaks", "cracks")[int(rng.integers(3))]
    wear = worn(rng, 0.6, mask, 0.8 if mask == "cracks" else 0.3, shaded(paint, 0.55))
    return textured(rng, "plaster", "stucco", paint, 0.1, rng.uniform(0.5, 0.8), 0.95, wear=wear)


def wall_tiles(rng: np.random.Generator) -> Finish:
    """Glazed wall tiles in a grid or in bond, with dull joints."""
    glaze = color_of(rng, ("white", "white", "white", "beige", "gray", "blue", "green", "turquoise"))
    # Most glazes are pale: the colour is let down with white.
    pale = float(rng.choice([0.0, 0.35, 0.55, 0.7]))
    glaze = (
        glaze[0] + (0.95 - glaze[0]) * pale,
        glaze[1] + (0.95 - glaze[1]) * pale,
        glaze[2] + (0.94 - glaze[2]) * pale,
    )
    joint = tone_of(rng, ((0.80, 0.79, 0.77), (0.55, 0.55, 0.55)))
    stops = (*_joint(joint), (FACE, shaded(glaze, 0.85)), (158, glaze), (255, shaded(glaze, 1.12)))
    return graded(rng, "tile", "metro", stops, rng.uniform(0.6, 0.9), rng.uniform(0.1, 0.22), gloss=GLAZED)


def terrazzo(rng: np.random.Generator) -> Finish:
    """Chips of six stones in polished cement."""
    cement = tone_of(rng, ((0.80, 0.78, 0.74), (0.66, 0.65, 0.63), (0.36, 0.36, 0.37)))
    stones = [STONES[k] for k in rng.permutation(len(STONES))[:6]]
    stops = [(0, shaded(cement, 0.94)), (63, shaded(cement, 1.05))]
    for band, stone_ in enumerate(stones, start=2):
        stops += [(32 * band, shaded(stone_, 0.9)), (32 * band + 31, shaded(stone_, 1.08))]
    return graded(rng, "terrazzo", "terrazzo", stops, rng.uniform(0.35, 0.6), rng.uniform(0.15, 0.3))
