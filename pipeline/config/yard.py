"""Schema of the layout "yard"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.config.fields import CountRange, Fraction, Range, as_list, within
from pipeline.config.recipe import CameraConfig, RecipeBase
from pipeline.config.street import DayTime

YardThing = Literal[
    "shed", "garden_table", "parasol", "barbecue", "swing_set", "slide", "trampoline", "doghouse", "dog", "wheelbarrow",
    "watering_can", "lawn_mower", "garden_gnome", "planter", "park_bench", "bicycle", "ball", "car", "mailbox",
]  # fmt: skip
Boundary = Literal["panel", "picket", "wire", "rail", "hedge", "wall"]


class YardRecipe(RecipeBase):
    """The garden of a house, with the neighbours' behind its fences.

    front_garden: chance that the garden lies between house and road, with a drive; else it lies behind the house, with
        a terrace. boundaries: one of these stands along each side.
    things: chance that each appears, decided once a scene; it is then placed if it finds room. Chairs come with the
        table. trees, bushes, flower_beds: at most so many, fewer where there is no room.
    """

    layout: Literal["yard"]
    width_m: Annotated[Range, within(10, 40, " m"), Field(description="of the plot, along the house")] = (15.0, 24.0)
    depth_m: Annotated[Range, within(7, 40, " m"), Field(description="from the house to the far fence")] = (9.0, 17.0)
    front_garden: Annotated[Fraction, Field(description="chance of a garden on the road's side")] = 0.4
    boundaries: Annotated[list[Boundary], BeforeValidator(as_list), Field(min_length=1)] = [
        "panel",
        "panel",
        "picket",
        "hedge",
        "hedge",
        "wall",
        "wire",
        "rail",
    ]
    things: dict[YardThing, Fraction] = {"shed": 0.6, "garden_table": 0.7, "barbecue": 0.5, "dog": 0.3, "car": 0.7}
    trees: Annotated[CountRange, within(0, 20)] = (1, 4)
    bushes: Annotated[CountRange, within(0, 40)] = (3, 9)
    flower_beds: Annotated[CountRange, within(0, 20)] = (1, 4)
    people: Annotated[CountRange, within(0, 12)] = (0, 3)
    light: Annotated[list[DayTime], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "golden",
        "dusk",
    ]
    camera: CameraConfig = CameraConfig(fov_deg=(45.0, 80.0), viewpoints={"person": 3.0, "robot": 1.0})
