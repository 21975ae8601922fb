"""Schema of the layout "room"."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from pipeline.config.fields import CountRange, Fraction, Positive, Range, as_list, within
from pipeline.config.recipe import CameraConfig, RecipeBase

EYE_TO_CEILING_M = 0.35
"""A camera keeps this far below the ceiling."""

Furniture = Literal[
    "sofa", "television", "coffee_table", "rug", "armchair", "side_table", "floor_lamp", "ceiling_lamp",
    "dining_table", "bookshelf", "sideboard", "cabinet", "desk", "potted_plant", "ottoman", "stool", "basket",
    "coat_stand", "wall_shelf", "clock", "curtain", "cushion", "ball", "box",
    "bed", "nightstand", "wardrobe", "dresser", "wall_mirror", "standing_mirror", "laundry_basket",
    "kitchen", "stove", "range_hood", "dishwasher", "refrigerator", "wall_cabinet", "kitchen_island", "bar_stool",
    "toilet", "washbasin", "bathtub", "shower_cabin", "washing_machine", "towel_rail", "toilet_roll", "bath_mat",
    "bathroom_scale", "office_chair", "whiteboard", "filing_cabinet", "printer", "waste_bin", "partition_screen",
    "water_cooler", "pin_board", "light_panel", "fire_extinguisher", "hallway_bench", "radiator", "coat_rack",
    "wall_lamp", "exit_sign", "umbrella_stand", "shoe_rack", "notice_board",
]  # fmt: skip
SmallThing = Literal[
    "apple", "ball", "basket", "book", "bottle", "bowl", "box", "camera", "candle", "cup", "drinking_glass",
    "headphones", "jar", "keyboard", "laptop", "monitor", "mouse", "mug", "orange", "pen_cup", "plate", "sculpture",
    "small_plant", "smartphone", "speaker", "standing_picture", "table_lamp", "teapot", "teddy_bear", "telephone",
    "toy_car", "tray", "vase",
    "banana", "blanket", "blender", "bread", "can", "carton", "coffee_machine", "cushion", "cutting_board",
    "fork", "kettle", "knife", "microwave", "pan", "paper_tray", "pear", "pencil", "pillow", "pot",
    "printer", "scissors", "shampoo_bottle", "soap_dispenser", "spoon", "tape_roll", "toaster", "toilet_roll",
    "toothbrush_cup",
]  # fmt: skip


LAMPS: tuple[Furniture, ...] = ("ceiling_lamp", "light_panel", "floor_lamp", "wall_lamp")
PlanKind = Literal["rectangle", "L", "T", "U", "bend"]


class RoomRecipe(RecipeBase):
    """A closed, furnished room."""

    layout: Literal["room"]
    """Says that the keys below are those of this layout."""
    plans: Annotated[dict[PlanKind, Positive], Field(min_length=1)] = {"rectangle": 1.0}
    """How often each floor plan is drawn, relative to the others: a rectangle of width_m by depth_m, one with a corner (`L`)
    or two (`T`, a bay) cut out, one with a block that steps out of a wall (`U`), a passage width_m wide that turns once
    (`bend`, depth_m long in all). Too small a room is a rectangle."""
    width_m: Annotated[Range, within(1.2, 30, " m")] = (4.4, 6.4)
    """Between the two side walls."""
    depth_m: Annotated[Range, within(1.2, 30, " m")] = (4.0, 5.6)
    """Between the other two."""
    height_m: Annotated[Range, within(2.3, 5, " m")] = (2.45, 2.9)
    """Floor to ceiling; every camera keeps 0.35 m below the lowest."""
    floors: Annotated[
        list[Literal["planks", "parquet", "tiles", "carpet", "concrete", "marble", "terrazzo"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["planks", "planks", "parquet", "tiles", "carpet"]
    """One entry is drawn for every scene; name an entry twice to see it twice as often."""
    walls: Annotated[
        list[Literal["plaster", "wallpaper", "concrete", "tiles", "brick"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["plaster", "plaster", "wallpaper"]
    """Drawn as `floors` are."""
    accent_wall: Fraction = 0.35
    """Chance that one wall has a covering of its own."""
    skirting: Fraction = 1.0
    """Chance of boards along the foot of the walls."""
    doors: Annotated[CountRange, within(1, 24)] = (1, 1)
    """So many, or as many as the walls have room for."""
    windows: Annotated[CountRange, within(0, 3, ", one per wall without a door")] = (1, 2)
    """How many walls have some: never one with a door, nor one at the plan's inner corners while others are free. With none, a
    lamp must be among the furniture."""
    window_rows: Fraction = 0.2
    """Chance that a long wall has several in a row."""
    sill_m: Annotated[Range, within(0.1, 1.7, " m")] = (0.45, 0.95)
    """From the floor to a window's foot."""
    light: Annotated[
        list[Literal["day", "overcast", "evening", "night"]], BeforeValidator(as_list), Field(min_length=1)
    ] = [
        "day",
        "day",
        "overcast",
        "evening",
    ]
    """When it is, drawn as `floors` are: `day` comes strong through the windows, at times with the sun, `overcast` soft; in the
    `evening` lamps carry the room, at `night` nearly alone."""
    furniture: dict[Furniture, Fraction] = {
        "sofa": 1.0,
        "television": 0.7,
        "coffee_table": 0.9,
        "rug": 0.75,
        "armchair": 0.6,
        "ceiling_lamp": 1.0,
        "bookshelf": 0.7,
        "potted_plant": 0.8,
    }
    """Chance that a piece appears, decided once a scene; it is then placed if it finds room. What is not listed does not stand
    on the floor nor hang on a wall or from the ceiling. Chairs come with the tables they belong to, a television with its
    stand; cushions need a seat, curtains a window. `kitchen` is a run of counters with a sink; stove, dishwasher, wall
    cabinets and the like are parts of it."""
    workstations: Annotated[CountRange, within(0, 40)] = (0, 0)
    """Desks in blocks, with chairs."""
    small_things: Annotated[list[SmallThing], BeforeValidator(as_list)] = list(get_args(SmallThing))
    """What may stand or lie on tables and shelves, as much of it as `clutter` says."""
    pictures: Annotated[CountRange, within(0, 50)] = (1, 5)
    """Framed pictures on the walls: so many, or fewer where there is no room."""
    books: Annotated[CountRange, within(0, 1000)] = (8, 24)
    """Standing on shelves: so many, or as many as the shelves hold."""
    clutter: Fraction = 0.6
    """How full tables and shelves are, 0 bare to 1 full."""
    camera: CameraConfig = CameraConfig()
    """Looks as from somebody's eyes."""

    @model_validator(mode="after")
    def _keys_agree(self) -> RoomRecipe:
        highest, ceiling = self.camera.highest_m, self.height_m[0]
        if highest > ceiling - EYE_TO_CEILING_M:
            raise ValueError(
                f"camera.height_m: a camera at {highest:g} m is not {EYE_TO_CEILING_M:g} m below the ceiling of the "
                f"lowest room (height_m: {ceiling:g}); lower the one or raise the other"
            )
        lamps = {piece for piece in LAMPS if self.furniture.get(piece, 0.0) > 0}
        if self.windows[1] == 0 and not lamps:
            raise ValueError(f"windows: a room without any needs one of these in its furniture: {', '.join(LAMPS)}")
        return self
