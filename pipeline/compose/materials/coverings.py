"""What rooms are lined with: floors and walls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose.materials.finish import Finish, color_of, graded, shaded, textured, tone_of, worn
from pipeline.compose.materials.mineral import WALL_PAINTS, brick, terrazzo, wall_tiles
from pipeline.compose.materials.woods import DARK_WOOD, FIBRES, LIGHT_WOOD, MID_WOOD
from pipeline.compose.textures.masonry import FACE, JOINT

DULL_JOINTS = ((JOINT, 2.4), (FACE, 1.0))


def floor(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A floor covering, one of `kinds`: planks, parquet, tiles, carpet, concrete, terrazzo, marble."""
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind == "planks" or kind == "parquet":
        tone = tone_of(rng, LIGHT_WOOD[:2] + MID_WOOD + DARK_WOOD[:1])
        style = "planks" if kind == "planks" else "herringbone"
        contrast, repeat_m, roughness = rng.uniform(0.25, 0.4), rng.uniform(0.9, 1.3), rng.uniform(0.35, 0.55)
        wear = worn(rng, 0.35, "scratches" if rng.random() < 0.5 else "stains", 0.35, shaded(tone, 0.75), 1.3)
        return textured(rng, "wood", style, tone, contrast, repeat_m, roughness, gloss=FIBRES, wear=wear)
    if kind == "tiles":
        color = color_of(rng, ("beige", "white", "gray", "brown"))
        joint = shaded(color, rng.uniform(0.45, 0.75))
        face = ((FACE, shaded(color, 0.8)), (158, color), (255, shaded(color, 1.2)))
        stops = ((0, shaded(joint, 0.8)), (JOINT, joint), *face)
        return graded(rng, "tile", "tiles", stops, rng.uniform(1.0, 1.6), rng.uniform(0.25, 0.45), gloss=DULL_JOINTS)
    if kind == "carpet":
        color = color_of(rng, ("beige", "beige", "gray", "gray", "brown"))
        return textured(rng, "carpet", "carpet", color, 0.16, 0.5, 1.0)
    if kind == "concrete":
        color = color_of(rng, ("gray",))
        wear = worn(rng, 0.5, "stains", 0.3, shaded(color, 0.65), 0.8)
        return textured(rng, "concrete", "concrete", color, 0.12, 1.5, 0.6, wear=wear)
    if kind == "terrazzo":
        return terrazzo(rng)
    return textured(rng, "marble", "marble", color_of(rng, ("white", "white", "beige", "gray")), 0.14, 1.4, 0.2)


def wall(rng: np.random.Generator, kinds: Sequence[str]) -> Finish:
    """A wall covering, one of `kinds`: plaster, wallpaper, concrete, brick, tiles."""
    kind = kinds[int(rng.integers(len(kinds)))]
    if kind == "brick":
        return brick(rng)
    if kind == "tiles":
        return wall_tiles(rng)
    color = tone_of(rng, WALL_PAINTS)
    if kind == "wallpaper":
        style = ("stripes", "diamonds", "dots", "zigzag")[int(rng.integers(4))]
        repeat_m, second = rng.uniform(0.4, 0.7), shaded(color, rng.uniform(0.88, 0.94))
        return textured(rng, "wallpaper", style, color, 0.1, repeat_m, 0.85, second=second, depth_m=0.0002)
    if kind == "concrete":
        gray = tone_of(rng, ((0.62, 0.61, 0.60),))
        return textured(
            rng, "concrete", "concrete", gray, 0.12, 1.6, 0.8, wear=worn(rng, 0.5, "streaks", 0.25, shaded(gray, 0.6))
        )
    return textured(rng, "plaster", "plaster", color, 0.035, 1.2, 0.9)
