"""What stands and lies where in a room; a name that stands twice comes twice as often."""

from __future__ import annotations

ON_TOP: dict[str, tuple[str, ...]] = {
    "coffee_table": (
        "book", "book", "mug", "bowl", "vase", "tray", "candle", "small_plant", "plate", "bottle", "laptop",
        "teapot", "cup", "drinking_glass", "smartphone", "apple",
    ),
    "side_table": ("table_lamp", "table_lamp", "mug", "book", "small_plant", "candle", "standing_picture", "vase"),
    "dining_table": (
        "plate", "plate", "mug", "cup", "drinking_glass", "teapot", "apple", "orange", "jar", "bottle", "bowl",
        "vase", "candle", "small_plant", "mug",
    ),
    "sideboard": (
        "table_lamp", "vase", "standing_picture", "small_plant", "sculpture", "book", "candle", "box", "bowl",
        "plate",
    ),
    "cabinet": ("vase", "box", "small_plant", "sculpture", "basket"),
    "tv_stand": ("speaker", "small_plant", "candle", "standing_picture", "box"),
    "desk": (
        "monitor", "keyboard", "mouse", "pen_cup", "telephone", "headphones", "smartphone", "laptop",
        "table_lamp", "mug", "book", "book", "small_plant", "standing_picture",
    ),
    "bookshelf": ("box", "camera", "teddy_bear", "toy_car", "vase", "small_plant", "sculpture"),
    "wall_shelf": ("small_plant", "candle", "vase", "book", "standing_picture", "sculpture", "mug", "box"),
    "stool": ("book", "small_plant", "mug"),
    "ottoman": ("tray", "book"),
    "tray": ("mug", "candle", "bottle"),
}  # fmt: skip
ON_SHELF = ("box", "vase", "sculpture", "standing_picture", "small_plant", "bowl", "book", "speaker", "candle", "ball",
            "bottle")  # fmt: skip
FACING = {
    "camera",
    "keyboard",
    "monitor",
    "teddy_bear",
    "telephone",
    "laptop",
    "standing_picture",
    "speaker",
    "sculpture",
    "box",
}
HOLDS_BOOKS = ("bookshelf", "wall_shelf", "tv_stand", "sideboard")
