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
    """The garden of a house, with the neighbours' behind its fences."""

    layout: Literal["yard"]
    """Says that the keys below are those of this layout."""
    width_m: Annotated[Range, within(10, 40, " m")] = (15.0, 24.0)
    """Of the plot, along the house."""
    depth_m: Annotated[Range, within(7, 40, " m")] = (9.0, 17.0)
    """From the house to the far fence."""
    front_garden: Fraction = 0.4
    """Chance that the garden lies between house and road, with a drive; else it lies behind the house, with a terrace."""
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
    """One entry is drawn for each side; name an entry twice to see it twice as often."""
    things: dict[YardThing, Fraction] = {"shed": 0.6, "garden_table": 0.7, "barbecue": 0.5, "dog": 0.3, "car": 0.7}
    """Chance that each appears, decided once a scene; it is then placed if it finds room. Chairs come with the table. What is
    not listed does not appear. Some come with others alone: a `car` on the drive of a front garden, a `mailbox` with such a
    car, a `parasol` with a garden table; their chances count where these are."""
    trees: Annotated[CountRange, within(0, 20)] = (1, 4)
    """Broadleaved ones and conifers: so many, or fewer where there is no room."""
    bushes: Annotated[CountRange, within(0, 40)] = (3, 9)
    """So many, or fewer where there is no room."""
    flower_beds: Annotated[CountRange, within(0, 20)] = (1, 4)
    """So many, or fewer where there is no room."""
    people: Annotated[CountRange, within(0, 12)] = (0, 3)
    """So many, or fewer where there is no room."""
    light: Annotated[list[DayTime], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "golden",
        "dusk",
    ]
    """When it is; one entry is drawn for every scene. At `dusk` some windows are lit; there are no lamps, so `night` is very
    dark."""
    camera: CameraConfig = CameraConfig(fov_deg=(45.0, 80.0), viewpoints={"person": 3.0, "robot": 1.0})
    """Looks as from somebody's eyes. A viewpoint's own pitch counts 0.5 here; `pitch_deg` counts in full."""
