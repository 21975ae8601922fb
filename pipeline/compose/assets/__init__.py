"""Parametric furniture: `GENERATORS` maps what a layout asks for to the function that draws it.

Every generator takes a numpy Generator and returns an `Asset` whose front looks along +y. Two generators may
make one category (a standing and a lying book), so the category is the asset's, not the key.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.compose.assets import decor, electronics, lamps, plants, seating, small, storage, tables
from pipeline.compose.assets.asset import Asset, Surface

__all__ = ["CATEGORIES", "GENERATORS", "Asset", "Surface"]

GENERATORS: dict[str, Callable[[np.random.Generator], Asset]] = {
    "armchair": seating.armchair, "ball": small.ball, "basket": small.basket, "book": small.book,
    "bookshelf": storage.bookshelf, "bottle": small.bottle, "bowl": small.bowl, "box": small.storage_box,
    "cabinet": storage.wardrobe, "candle": small.candle, "ceiling_lamp": lamps.ceiling_lamp, "chair": seating.chair,
    "clock": electronics.clock, "coat_stand": storage.coat_stand, "coffee_table": tables.coffee_table,
    "cushion": seating.cushion, "desk": tables.desk, "dining_table": tables.dining_table,
    "drum_table": tables.drum_table, "floor_lamp": lamps.floor_lamp, "laptop": electronics.laptop, "mug": small.mug,
    "ottoman": seating.ottoman,
    "picture_frame": decor.picture_frame, "plate": small.plate, "potted_plant": plants.potted_plant, "rug": decor.rug,
    "sculpture": small.sculpture, "side_table": tables.side_table, "sideboard": storage.sideboard,
    "small_plant": plants.small_plant, "sofa": seating.sofa, "speaker": electronics.speaker,
    "standing_book": small.standing_book, "standing_picture": decor.standing_picture, "stool": seating.stool,
    "table_lamp": lamps.table_lamp, "television": electronics.television, "tray": small.tray,
    "tv_stand": storage.tv_stand, "vase": small.vase, "wall_shelf": decor.wall_shelf,
}  # fmt: skip

CATEGORIES: tuple[str, ...] = (
    "armchair", "ball", "basket", "book", "bookshelf", "bottle", "bowl", "box", "cabinet", "candle", "ceiling",
    "ceiling_lamp", "chair", "clock", "coat_stand", "coffee_table", "curtain", "cushion", "desk", "dining_table",
    "door", "floor", "floor_lamp", "laptop", "mug", "ottoman", "picture_frame", "plate", "potted_plant", "rug", "sculpture",
    "side_table", "sideboard", "skirting", "sofa", "speaker", "stool", "table_lamp", "television", "tray", "tv_stand",
    "vase", "wall", "wall_shelf", "window",
)  # fmt: skip
"""Every category a room may hold, in the order of the class list. Labels are positions here, and differ when it changes."""
