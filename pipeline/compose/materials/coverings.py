"""What rooms are lined with: floors and walls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import Finish, color_of, shaded, textured, tone_of
from pipeline.compose.materials.mineral import WALL_PAINTS, brick, terrazzo, wall_tiles
from pipeline.compose.materials.woods import DARK_WOOD, LIGHT_WOOD, MID_WOOD


def floor(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A floor covering, one of `kinds`: planks, parquet, tiles, carpet, concrete, marble, terrazzo."""
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind == "planks" or kind == "parquet":
        tone = tone_of(rng, LIGHT_WOOD[:2] + MID_WOOD + DARK_WOOD[:1])
        style = "planks" if kind == "planks" else "herringbone"
        return textured(
            rng, "wood", style, tone, rng.uniform(0.25, 0.4), rng.uniform(0.9, 1.3), rng.uniform(0.35, 0.55)
        )
    if kind == "tiles":
        color = color_of(rng, ("beige", "white", "gray", "brown"))
        return textured(rng, "tile", "tiles", color, 0.22, rng.uniform(1.0, 1.6), rng.uniform(0.25, 0.45))
    if kind == "carpet":
        return textured(
            rng, "carpet", "carpet", color_of(rng, ("beige", "beige", "gray", "gray", "brown")), 0.16, 0.5, 1.0
        )
    if kind == "concrete":
        return textured(rng, "concrete", "concrete", color_of(rng, ("gray",)), 0.12, 1.5, 0.6)
    if kind == "terrazzo":
        return terrazzo(rng)
    return textured(rng, "marble", "marble", color_of(rng, ("white", "white", "beige", "gray")), 0.14, 1.4, 0.2)


def wall(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A wall covering, one of `kinds`: plaster, wallpaper, concrete, tiles, brick."""
    kind = kinds[int(rng.integers(len(kinds)))]
    color = tone_of(rng, WALL_PAINTS)
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
            second=shaded(color, rng.uniform(0.88, 0.94)),
        )
    if kind == "concrete":
        return textured(rng, "concrete", "concrete", tone_of(rng, ((0.62, 0.61, 0.60),)), 0.12, 1.6, 0.8)
    if kind == "tiles":
        return wall_tiles(rng)
    if kind == "brick":
        return brick(rng)
    return textured(rng, "plaster", "plaster", color, 0.035, 1.2, 0.9)
