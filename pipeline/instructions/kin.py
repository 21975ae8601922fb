"""Which things of one category people may call by another's name, or show one: a cushion is a pillow, a bed has pillows.

Facts of language, so the chooser of expressions and its checker share them.
"""

from __future__ import annotations

from functools import cache

ALIKE: tuple[tuple[str, ...], ...] = (
    ("bar_stool", "stool"),
    ("bath_mat", "rug"),
    ("bookshelf", "shelving"),
    ("bowl", "fruit_bowl"),
    ("bowl", "salad"),
    ("box", "cardboard_box", "carton"),
    ("building", "house"),
    ("bush", "hedge"),
    ("cabinet", "dresser", "sideboard"),
    ("chair", "garden_chair", "office_chair"),
    ("ceiling_lamp", "high_bay_lamp", "light_panel"),
    ("coat_rack", "coat_stand"),
    ("coffee_pot", "jug", "kettle", "teapot"),
    ("coffee_table", "side_table"),
    ("cup", "mug"),
    ("cushion", "pillow"),
    ("desk", "dining_table", "garden_table"),
    ("desk_lamp", "table_lamp"),
    ("dish", "plate"),
    ("dish", "salad"),
    ("doll", "toy_figure"),
    ("flower_bed", "planter"),
    ("hand_truck", "pallet_jack"),
    ("kitchen_counter", "kitchen_island", "kitchen_sink"),
    ("kitchen_sink", "washbasin"),
    ("ladder", "rolling_stairs"),
    ("media_player", "radio"),
    ("monitor", "television"),
    ("nightstand", "side_table"),
    ("notice_board", "pin_board"),
    ("ottoman", "stool"),
    ("pallet_rack", "shelving"),
    ("pan", "pot"),
    ("planter", "potted_plant"),
    ("radio", "speaker"),
    ("shampoo_bottle", "soap_dispenser"),
    ("smartphone", "telephone"),
    ("standing_mirror", "wall_mirror"),
    ("suitcase", "trunk"),
    ("trash_can", "waste_bin"),
)
"""Categories that people mistake for each other, or call by each other's names."""

ALSO_CALLED: dict[str, tuple[str, ...]] = {
    "armchair": ("garden_chair", "office_chair"),
    "bookshelf": ("wall_shelf",),
    "bottle": ("soap_dispenser",),
    "box": ("crate", "gift"),
    "bush": ("christmas_tree", "flower_bed", "grass_clump", "potted_plant", "tree"),
    "cabinet": (
        "kitchen_counter",
        "kitchen_island",
        "kitchen_sink",
        "nightstand",
        "safe",
        "tv_stand",
        "wardrobe",
        "washbasin",
    ),
    "drinking_glass": ("cup", "wine_glass"),
    "grass_clump": ("bush",),
    "lantern": ("table_lamp",),
    "pot": ("planter", "potted_plant", "vase"),
    "sculpture": ("doll", "garden_gnome", "toy_figure"),
    "shelving": ("wall_shelf",),
    "sideboard": ("tv_stand",),
    "tree": ("potted_plant",),
    "truck": ("forklift", "van"),
    "vase": ("jug", "planter", "pot"),
    "wall_cabinet": ("cabinet",),
    "wardrobe": ("cabinet",),
    "waste_bin": ("basket", "laundry_basket", "umbrella_stand"),
}
"""What else people may call by a name, the other way not."""

PARTS: dict[str, tuple[str, ...]] = {
    "bed": ("blanket", "cushion", "pillow"),
    "bench": ("cushion",),
    "bicycle": ("basket",),
    "bowl": ("apple", "orange", "pear"),
    "building": ("door", "wall", "window"),
    "bus": ("door", "window"),
    "bus_shelter": ("bench",),
    "car": ("door", "window"),
    "coat_rack": ("wall_shelf",),
    "coffee_machine": ("coffee_pot", "jug"),
    "doghouse": ("door",),
    "fruit_bowl": ("apple", "banana", "orange", "pear"),
    "garden_gnome": ("lantern",),
    "garden_table": ("bench",),
    "house": ("column", "door", "wall", "window"),
    "knife_block": ("knife",),
    "laptop": ("keyboard",),
    "pen_cup": ("pencil",),
    "person": ("backpack", "handbag", "hat", "pair_of_shoes"),
    "piano": ("keyboard",),
    "planter": ("bush",),
    "printer": ("paper_tray",),
    "shed": ("door", "wall", "window"),
    "shoe_rack": ("pair_of_shoes",),
    "slide": ("ladder",),
    "street_lamp": ("lantern",),
    "toaster": ("bread",),
    "truck": ("door", "window"),
    "umbrella_stand": ("umbrella",),
    "utensil_pot": ("spoon",),
    "van": ("door", "window"),
    "wall_cabinet": ("wall_shelf",),
    "wardrobe": ("standing_mirror", "wall_mirror"),
    "water_cooler": ("bottle",),
    "wrapped_load": ("box", "cardboard_box", "carton"),
}
"""By category, other categories that its things may show as parts of themselves, which labels do not tell apart.

What people count as the thing itself is none: a sofa's pads, a cupboard's or an oven's door, a desk's drawers, a saucer.
"""


@cache
def may_be_called(name: str, category: str) -> bool:
    """Whether some people would call a thing of another `category` by the name of category `name`.

    Whatever ends in the name is meant too: an office chair is a chair, a watering can a can, a doghouse a house.
    """
    if category == name:
        return False
    alike = any(name in group and category in group for group in ALIKE)
    return alike or category.endswith(name) or category in ALSO_CALLED.get(name, ())
