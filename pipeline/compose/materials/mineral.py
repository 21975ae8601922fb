"""Stone, concrete, plaster, fired clay: what buildings are made of."""

from __future__ import annotations

import numpy as np

from pipeline.compose.materials.finish import Finish, Rgb, color_of, graded, shaded, textured, tone_of

WALL_PAINTS: tuple[Rgb, ...] = (
    (0.90, 0.89, 0.86), (0.90, 0.87, 0.80), (0.84, 0.78, 0.66), (0.72, 0.73, 0.74),
    (0.66, 0.76, 0.80), (0.70, 0.78, 0.68), (0.86, 0.73, 0.68), (0.55, 0.57, 0.60),
)  # fmt: skip


def stone(rng: np.random.Generator) -> Finish:
    """Marble or concrete tops."""
    if rng.random() < 0.6:
        color = color_of(rng, ("white", "white", "beige", "black", "gray"))
        if sum(color) < 0.5:
            return textured(rng, "marble", "marble", color, -1.2, 0.7, 0.15)
        return textured(rng, "marble", "marble", color, 0.35, 0.7, 0.15)
    return textured(rng, "concrete", "concrete", color_of(rng, ("gray",)), 0.15, 0.8, 0.7)


def brick(rng: np.random.Generator) -> Finish:
    """Bricks in running bond with pale joints."""
    clay = tone_of(rng, ((0.58, 0.28, 0.21), (0.50, 0.24, 0.18), (0.66, 0.38, 0.27), (0.74, 0.62, 0.46)))
    joint = tone_of(rng, ((0.74, 0.72, 0.68), (0.62, 0.60, 0.57)))
    stops = ((0, joint), (40, joint), (56, shaded(clay, 0.72)), (255, shaded(clay, 1.25)))
    return graded(rng, "brick", "brick", stops, 0.96, rng.uniform(0.8, 0.95))


def concrete(rng: np.random.Generator) -> Finish:
    """Cast concrete."""
    gray = tone_of(rng, ((0.62, 0.61, 0.60), (0.54, 0.53, 0.51)))
    return textured(
        rng, "concrete", "concrete", gray, rng.uniform(0.12, 0.2), rng.uniform(1.4, 2.0), rng.uniform(0.7, 0.9)
    )


def plaster(rng: np.random.Generator) -> Finish:
    """Smooth plaster under wall paint."""
    return textured(rng, "plaster", "plaster", tone_of(rng, WALL_PAINTS), 0.035, 1.2, 0.9)


def stucco(rng: np.random.Generator) -> Finish:
    """Rough render of an outer wall."""
    return textured(rng, "plaster", "carpet", tone_of(rng, WALL_PAINTS), 0.09, 0.5, 0.95)


def wall_tiles(rng: np.random.Generator) -> Finish:
    """Glazed wall tiles in a grid or in bond, with joints."""
    glaze = color_of(rng, ("white", "white", "white", "beige", "gray", "blue", "green", "turquoise"))
    joint = tone_of(rng, ((0.80, 0.79, 0.77), (0.55, 0.55, 0.55)))
    stops = ((0, joint), (40, joint), (56, shaded(glaze, 0.94)), (255, shaded(glaze, 1.05)))
    return graded(rng, "tile", "tiles", stops, rng.uniform(0.45, 0.6), rng.uniform(0.1, 0.25))


def terrazzo(rng: np.random.Generator) -> Finish:
    """Chips of stone in polished cement."""
    ground = tone_of(rng, ((0.80, 0.78, 0.74), (0.66, 0.65, 0.63), (0.40, 0.40, 0.41)))
    return textured(rng, "terrazzo", "speckle", ground, 0.3, 0.4, rng.uniform(0.15, 0.3))
