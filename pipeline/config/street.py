"""Schema of the layout "street"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.config.fields import CountRange, Fraction, Positive, Range, as_list, within
from pipeline.config.recipe import CameraConfig, RecipeBase

District = Literal["old_town", "high_street", "modern", "suburb"]
StreetThing = Literal[
    "tree", "street_lamp", "parked_car", "traffic_sign", "traffic_light", "trash_can", "park_bench", "fire_hydrant",
    "mailbox", "bollard", "parking_meter", "bus_shelter", "planter", "bicycle_rack", "bicycle", "motorcycle",
    "utility_pole", "bush", "dog",
]  # fmt: skip
DayTime = Literal["day", "overcast", "golden", "dusk", "night"]


class StreetRecipe(RecipeBase):
    """A straight street some 200 m long, with fronts on both sides, traffic and people.

    districts: what kind of buildings line it, relative to the others: "old_town" closed rows of three to five
        storeys, "high_street" the same with a shop in nearly every house, "modern" blocks and offices of up to 30 m,
        "suburb" houses behind front gardens.
    things: how much of each stands in the street: 1 fills every place meant for it, 0 leaves it out.
    traffic: how full the lanes are. people: on the pavements and the crossing.
    """

    layout: Literal["street"]
    districts: Annotated[dict[District, Positive], Field(min_length=1)] = {
        "old_town": 2.0,
        "high_street": 2.0,
        "modern": 2.0,
        "suburb": 2.0,
    }
    lane_m: Annotated[Range, within(2.75, 4.5, " m"), Field(description="width of a lane")] = (3.0, 3.5)
    lanes: Annotated[CountRange, within(1, 2), Field(description="lanes in each direction")] = (1, 1)
    pavement_m: Annotated[Range, within(2.0, 9.0, " m"), Field(description="kerb to fronts")] = (3.6, 6.5)
    parking: Annotated[Fraction, Field(description="chance that bays for cars run along the kerb")] = 0.7
    side_street: Annotated[Fraction, Field(description="chance that a side street opens")] = 0.5
    crossing: Annotated[Fraction, Field(description="chance of a zebra crossing, lights included")] = 0.6
    left_hand: Annotated[Fraction, Field(description="chance that traffic keeps to the left")] = 0.25
    people: Annotated[CountRange, within(0, 60)] = (4, 14)
    traffic: Annotated[Fraction, Field(description="how full the lanes are, 0 empty to 1 dense")] = 0.4
    things: dict[StreetThing, Fraction] = {
        "tree": 0.8,
        "street_lamp": 1.0,
        "parked_car": 0.6,
        "traffic_sign": 0.6,
        "traffic_light": 1.0,
        "trash_can": 0.5,
        "park_bench": 0.3,
    }
    light: Annotated[list[DayTime], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "golden",
        "dusk",
    ]
    camera: CameraConfig = CameraConfig(fov_deg=(45.0, 90.0), viewpoints={"person": 2.0, "car": 1.0, "robot": 1.0})
