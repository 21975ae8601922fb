"""Parametric assets: `GENERATORS` maps what a layout asks for to the function that draws it.

Every generator takes a numpy Generator and returns an `Asset` whose front looks along +y. Each module lists its own;
a new module needs a line in MODULES. Two generators may make one category (a standing and a lying book): VARIANTS.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np

from pipeline.compose.assets.asset import Asset, Surface

__all__ = ["CATEGORIES", "CLASSES", "GENERATORS", "VARIANTS", "Asset", "Surface"]

MODULES = (
    "animals", "appliances", "basins", "bathroom", "bedroom", "beds", "bicycles", "boards", "cars", "carts",
    "cloakroom", "cookware", "decor", "deskware", "electronics", "fixtures", "flowers", "forklift", "fruit",
    "gadgets", "garden_furniture", "garden_ornaments", "garden_tools", "hallway", "industrial", "kitchen",
    "kitchenware", "lamps", "masts", "mirrors", "motorcycles", "office", "office_chair", "packaging", "pallets",
    "people", "plants", "playground", "racking", "seating", "services", "shelters", "showers", "shrubs",
    "signs", "small", "storage", "street_boxes", "street_furniture", "tables", "tableware", "toiletries",
    "tools", "towels", "toys", "trees", "trucks", "vehicles",
)  # fmt: skip
"""The modules of this package that draw things; each has a table GENERATORS."""

Generators = dict[str, Callable[[np.random.Generator], Asset]]


def _generators(module: str) -> Generators:
    table: Generators = import_module(f"{__name__}.{module}").GENERATORS
    return table


GENERATORS: Generators = {name: draw for module in MODULES for name, draw in _generators(module).items()}

VARIANTS = {
    "conifer": "tree",
    "drum_table": "side_table",
    "hallway_bench": "bench",
    "leaning_cushion": "cushion",
    "park_bench": "bench",
    "small_plant": "potted_plant",
    "standing_book": "book",
    "standing_picture": "picture_frame",
    "toilet_roll_holder": "toilet_roll",
}
"""Generators that make another category than their name says."""

BUILDING = (
    "ceiling", "column", "curtain", "door", "floor", "floor_marking", "roof_truss", "skirting", "skylight", "wall",
    "window",
)  # fmt: skip
"""What layouts build to measure indoors."""

OUTDOORS = ("building", "fence", "gate", "hedge", "hill", "house", "lawn", "pavement", "road", "shed")
"""What layouts build to measure under the open sky."""

CATEGORIES: tuple[str, ...] = tuple(sorted({*BUILDING, *OUTDOORS, *(VARIANTS.get(name, name) for name in GENERATORS)}))
"""Every category that a scene may hold, solids on their ground (layout primitives) apart."""

CLASSES: tuple[str, ...] = ("background", *CATEGORIES)
"""The class list of every layout but primitives. Labels are positions here, and differ when it changes."""
