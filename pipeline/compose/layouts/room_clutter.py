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
        "table_lamp", "mug", "book", "book", "small_plant", "standing_picture", "paper_tray",
        "pencil", "scissors", "tape_roll",
    ),
    "bookshelf": ("box", "camera", "teddy_bear", "toy_car", "vase", "small_plant", "sculpture"),
    "wall_shelf": ("small_plant", "candle", "vase", "book", "standing_picture", "sculpture", "mug", "box"),
    "stool": ("book", "small_plant", "mug"),
    "nightstand": (
        "table_lamp", "table_lamp", "table_lamp", "table_lamp", "table_lamp", "book", "book", "drinking_glass",
        "smartphone", "small_plant", "standing_picture", "mug", "candle",
    ),
    "dresser": (
        "standing_picture", "vase", "candle", "box", "book", "small_plant", "sculpture", "table_lamp", "basket",
        "teddy_bear", "bowl",
    ),
    "wardrobe": ("box", "box", "basket", "blanket"),
    "bed": ("blanket", "cushion", "cushion", "teddy_bear", "book", "laptop", "tray", "pillow"),
    "kitchen_counter": (
        "kettle", "toaster", "microwave", "coffee_machine", "blender", "cutting_board", "bread", "jar", "jar", "bowl",
        "apple", "orange", "banana", "pear", "bottle", "plate", "cup", "mug", "pot", "can", "carton", "knife",
        "small_plant", "teapot", "tray",
    ),
    "dishwasher": ("kettle", "toaster", "jar", "bottle", "plate", "bowl", "cutting_board", "mug", "coffee_machine"),
    "kitchen_sink": ("plate", "cup", "mug", "drinking_glass", "soap_dispenser", "bowl", "bottle"),
    "stove": ("pot", "pot", "pan", "kettle"),
    "refrigerator": ("box", "basket", "bowl", "small_plant"),
    "wall_cabinet": ("box", "vase", "basket", "small_plant"),
    "kitchen_island": (
        "bowl", "apple", "orange", "banana", "pear", "plate", "mug", "bottle", "vase", "cutting_board", "bread",
        "drinking_glass", "knife", "small_plant", "jar",
    ),
    "washbasin": (
        "soap_dispenser", "soap_dispenser", "toothbrush_cup", "toothbrush_cup", "drinking_glass", "candle",
        "shampoo_bottle",
    ),
    "bathtub": ("shampoo_bottle", "shampoo_bottle", "soap_dispenser", "candle"),
    "toilet": ("toilet_roll", "toilet_roll", "box"),
    "washing_machine": ("basket", "box", "bottle", "soap_dispenser", "shampoo_bottle"),
    "filing_cabinet": ("printer", "printer", "small_plant", "box", "paper_tray", "book"),
    "bench": ("box", "basket", "book", "cushion"),
    "shoe_rack": ("basket", "small_plant", "box", "vase"),
    "ottoman": ("tray", "book"),
    "tray": ("mug", "candle", "bottle"),
}  # fmt: skip
ON_SHELF = ("box", "vase", "sculpture", "standing_picture", "small_plant", "bowl", "book", "speaker", "candle", "ball",
            "bottle", "basket", "blanket", "plate", "jar", "camera", "teddy_bear")  # fmt: skip
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
    "microwave",
    "toaster",
    "coffee_machine",
    "printer",
    "paper_tray",
    "blanket",
    "pillow",
    "cushion",
    "soap_dispenser",
    "blender",
    "television",
}
HOLDS_BOOKS = ("bookshelf", "wall_shelf", "tv_stand", "sideboard")
ONE_EACH = {
    "blender", "coffee_machine", "kettle", "microwave", "printer", "soap_dispenser", "telephone", "toaster",
    "toothbrush_cup",
}  # fmt: skip
"""What a room has no second of."""
