"""Finishes by family: what things, rooms and grounds are covered with. `FAMILIES` names those that need an rng alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.compose.colors import COLORS, named_color
from pipeline.compose.materials.coverings import floor, wall
from pipeline.compose.materials.finish import (
    BRIGHT_COLORS,
    SOFT_COLORS,
    Finish,
    Rgb,
    Wear,
    coated,
    color_of,
    graded,
    nearest_color_name,
    plain,
    shaded,
    textured,
    tone_of,
    worn,
)
from pipeline.compose.materials.household import (
    cardboard,
    ceramic,
    glass,
    mirror_glass,
    pages,
    paper,
    plastic,
    rubber,
    skin,
    window_glass,
)
from pipeline.compose.materials.metals import car_paint, corrugated_metal, galvanized, metal, rust, steel
from pipeline.compose.materials.mineral import (
    WALL_PAINTS,
    brick,
    concrete,
    plaster,
    stone,
    stucco,
    terrazzo,
    wall_tiles,
)
from pipeline.compose.materials.outdoors import (
    asphalt,
    bark,
    cobble,
    foliage,
    grass,
    gravel,
    paving,
    roof_tiles,
    sand,
    soil,
    water,
)
from pipeline.compose.materials.textiles import denim, fabric, leather, patterned_fabric, rug_pile, upholstery
from pipeline.compose.materials.woods import (
    DARK_WOOD,
    LIGHT_WOOD,
    MID_WOOD,
    PAINTS,
    cabinet,
    painted_wood,
    wicker,
    wood,
)

__all__ = [
    "BRIGHT_COLORS", "COLORS", "DARK_WOOD", "FAMILIES", "LIGHT_WOOD", "MID_WOOD", "PAINTS", "SOFT_COLORS",
    "WALL_PAINTS", "Finish", "Rgb", "Wear", "asphalt", "bark", "brick", "cabinet", "car_paint", "cardboard", "ceramic",
    "coated", "cobble", "color_of", "concrete", "corrugated_metal", "denim", "fabric", "floor", "foliage", "galvanized",
    "glass", "graded", "grass", "gravel", "leather", "metal", "mirror_glass", "named_color", "nearest_color_name",
    "pages", "painted_wood", "paper", "patterned_fabric", "paving", "plain", "plaster", "plastic", "roof_tiles",
    "rubber", "rug_pile", "rust", "sand", "shaded", "skin", "soil", "steel", "stone", "stucco", "terrazzo",
    "textured", "tone_of", "upholstery", "wall", "wall_tiles", "water", "wicker", "window_glass", "wood", "worn",
]  # fmt: skip

FAMILIES: dict[str, Callable[[np.random.Generator], Finish]] = {
    draw.__name__: draw
    for draw in (
        asphalt, bark, brick, cabinet, car_paint, cardboard, ceramic, cobble, concrete, corrugated_metal, denim, fabric,
        foliage, galvanized, glass, grass, gravel, leather, metal, mirror_glass, pages, painted_wood, paper,
        patterned_fabric, paving, plaster, plastic, roof_tiles, rubber, rug_pile, rust, sand, skin, soil, steel, stone,
        stucco, terrazzo, upholstery, wall_tiles, water, wicker, window_glass, wood,
    )
}  # fmt: skip
"""Every family that needs nothing but an rng."""
