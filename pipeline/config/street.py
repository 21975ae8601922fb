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
    """A straight street some 200 m long, with fronts on both sides, traffic and people."""

    layout: Literal["street"]
    """Says that the keys below are those of this layout."""
    districts: Annotated[dict[District, Positive], Field(min_length=1)] = {
        "old_town": 2.0,
        "high_street": 2.0,
        "modern": 2.0,
        "suburb": 2.0,
    }
    """What kind of buildings line it, relative to the others: `old_town` closed rows of three to five storeys, `high_street`
    lower ones with a shop in nearly every house, `modern` blocks and offices of up to 30 m, `suburb` houses behind front
    gardens."""
    lane_m: Annotated[Range, within(2.75, 4.5, " m")] = (3.0, 3.5)
    """Width of a lane."""
    lanes: Annotated[CountRange, within(1, 2)] = (1, 1)
    """Lanes in each direction."""
    pavement_m: Annotated[Range, within(2.0, 9.0, " m")] = (3.6, 6.5)
    """Kerb to fronts; a suburb's is a quarter narrower."""
    parking: Fraction = 0.7
    """Chance that bays for cars run along the kerbs."""
    side_street: Fraction = 0.5
    """Chance that a side street opens, to the left, the right, or both."""
    crossing: Fraction = 0.6
    """Chance of a zebra crossing."""
    left_hand: Fraction = 0.25
    """Chance that traffic keeps to the left."""
    people: Annotated[CountRange, within(0, 60)] = (4, 14)
    """On the pavements and the crossing: so many, or fewer where there is no room."""
    traffic: Fraction = 0.4
    """How full the lanes are, 0 empty to 1 dense."""
    things: dict[StreetThing, Fraction] = {
        "tree": 0.8,
        "street_lamp": 1.0,
        "parked_car": 0.6,
        "traffic_sign": 0.6,
        "traffic_light": 1.0,
        "trash_can": 0.5,
        "park_bench": 0.3,
    }
    """How much of each stands in the street: 1 fills every place meant for it, 0 leaves it out, as does no line here."""
    light: Annotated[list[DayTime], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "golden",
        "dusk",
    ]
    """When it is; one entry is drawn for every scene. At `dusk` and by `night` lamps burn and windows are lit."""
    camera: CameraConfig = CameraConfig(fov_deg=(45.0, 90.0), viewpoints={"person": 2.0, "car": 1.0, "robot": 1.0})
    """Looks as from somebody's eyes: from the pavement, as a car from a lane. A viewpoint's own pitch counts 0.4 here, so that
    the far end is seen; `pitch_deg` counts in full."""
