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
    """A closed, furnished room.

    plans: how often each kind of floor plan is drawn, relative to the others: a rectangle of width_m by depth_m, one
        with a corner ("L") or two ("T", a bay) cut out, one with a block that steps out of a wall ("U"), a passage
        width_m wide that turns once ("bend", depth_m long in all). Too small a room is a rectangle.
    doors, windows: as many as the walls have room for. The plan's inner corners have no windows, nor have walls with
        a door.
    furniture: chance that a piece appears, decided once a scene; it is then placed if it finds room. What is not
    listed does not stand on the floor nor hang on a wall or from the ceiling. Chairs come with the tables they belong
    to, a television with its stand; cushions need a seat, curtains a window. "kitchen" is a run of counters with a
    sink; stove, dishwasher, wall cabinets and the like are parts of it.
    small_things: what may stand or lie on tables and shelves, as much of it as `clutter` says.
    pictures, books: at most so many, fewer where walls or shelves have no room for them.
    """

    layout: Literal["room"]
    plans: Annotated[dict[PlanKind, Positive], Field(min_length=1)] = {"rectangle": 1.0}
    width_m: Annotated[Range, within(1.2, 30, " m"), Field(description="between the two side walls")] = (4.4, 6.4)
    depth_m: Annotated[Range, within(1.2, 30, " m"), Field(description="between the other two")] = (4.0, 5.6)
    height_m: Annotated[Range, within(2.3, 5, " m"), Field(description="floor to ceiling")] = (2.45, 2.9)
    floors: Annotated[
        list[Literal["planks", "parquet", "tiles", "carpet", "concrete", "marble", "terrazzo"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["planks", "planks", "parquet", "tiles", "carpet"]
    walls: Annotated[
        list[Literal["plaster", "wallpaper", "concrete", "tiles", "brick"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["plaster", "plaster", "wallpaper"]
    accent_wall: Annotated[Fraction, Field(description="chance that one wall has a covering of its own")] = 0.35
    skirting: Annotated[Fraction, Field(description="chance of boards along the foot of the walls")] = 1.0
    doors: Annotated[CountRange, within(1, 24)] = (1, 1)
    windows: Annotated[
        CountRange, within(0, 3, ", one per wall without a door"), Field(description="walls that have some")
    ] = (1, 2)
    window_rows: Annotated[Fraction, Field(description="chance that a long wall has several in a row")] = 0.2
    sill_m: Annotated[Range, within(0.1, 1.7, " m"), Field(description="from the floor to a window's foot")] = (
        0.45,
        0.95,
    )
    light: Annotated[
        list[Literal["day", "overcast", "evening", "night"]], BeforeValidator(as_list), Field(min_length=1)
    ] = [
        "day",
        "day",
        "overcast",
        "evening",
    ]
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
    workstations: Annotated[CountRange, within(0, 40), Field(description="desks in blocks, with chairs")] = (0, 0)
    small_things: Annotated[list[SmallThing], BeforeValidator(as_list)] = list(get_args(SmallThing))
    pictures: Annotated[CountRange, within(0, 50), Field(description="framed pictures on the walls")] = (1, 5)
    books: Annotated[CountRange, within(0, 1000), Field(description="books standing on shelves")] = (8, 24)
    clutter: Annotated[Fraction, Field(description="how full tables and shelves are, 0 bare to 1 full")] = 0.6
    camera: CameraConfig = CameraConfig()

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
