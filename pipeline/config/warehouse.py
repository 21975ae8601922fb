"""Schema of the layout "warehouse"."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from pipeline.config.fields import CountRange, Fraction, Range, as_list, within
from pipeline.config.recipe import CameraConfig, RecipeBase

EYE_TO_ROOF_M = 2.0
"""A camera keeps this far below the roof, where lamps and trusses are."""

Goods = Literal["cartons", "crates", "cases", "barrels", "sacks", "wrapped", "big_carton", "empty_pallets"]
Equipment = Literal[
    "forklift", "pallet_jack", "hand_truck", "ladder", "rolling_stairs", "traffic_cone", "roll_cage", "cable_reel",
    "barrel", "cardboard_box", "crate", "shelving", "pallet", "person",
]  # fmt: skip


class WarehouseRecipe(RecipeBase):
    """A hall of pallet racks, goods, trucks and people's tools.

    goods: what lies on pallets, how often each relative to the others.
    filled: share of the rack's places that hold a pallet, drawn for every scene.
    detail: at most so many cartons, crates, drums and sacks that are things of their own; where they are used up, and
        far from where one looks, pallets carry wrapped loads and big cartons.
    equipment: how many of each stand about, at most: fewer where there is no room.
    """

    layout: Literal["warehouse"]
    length_m: Annotated[Range, within(12, 60, " m"), Field(description="along the rows of racks")] = (16.0, 45.0)
    width_m: Annotated[Range, within(10, 50, " m"), Field(description="across the rows")] = (12.0, 35.0)
    height_m: Annotated[Range, within(4.5, 15, " m"), Field(description="floor to roof")] = (5.0, 10.0)
    aisle_m: Annotated[Range, within(2.2, 6, " m"), Field(description="between two rows of racks")] = (2.5, 4.0)
    floors: Annotated[
        list[Literal["concrete", "coated", "dark_concrete"]], BeforeValidator(as_list), Field(min_length=1)
    ] = ["concrete", "concrete", "coated", "dark_concrete"]
    walls: Annotated[
        list[Literal["corrugated", "concrete", "panels"]], BeforeValidator(as_list), Field(min_length=1)
    ] = [
        "corrugated",
        "concrete",
        "panels",
    ]
    skylights: Annotated[Fraction, Field(description="chance of light bands in the roof")] = 0.6
    light: Annotated[list[Literal["day", "overcast", "night"]], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "overcast",
        "night",
    ]
    doors: Annotated[CountRange, within(0, 8), Field(description="loading doors in one end wall")] = (1, 4)
    goods: dict[Goods, Annotated[float, Field(ge=0)]] = {
        "cartons": 6,
        "crates": 1.5,
        "cases": 0.7,
        "barrels": 1,
        "sacks": 1,
        "wrapped": 3,
        "big_carton": 1.5,
        "empty_pallets": 0.7,
    }
    filled: Annotated[tuple[Fraction, Fraction], Field(description="[low, high]: sparse to crammed")] = (0.35, 0.95)
    detail: Annotated[int, Field(ge=0, le=5000)] = 700
    equipment: dict[Equipment, CountRange] = dict.fromkeys(get_args(Equipment), (0, 2))
    camera: CameraConfig = CameraConfig(fov_deg=(40.0, 90.0), viewpoints={"person": 5.0, "robot": 2.0, "driver": 2.0})

    @model_validator(mode="after")
    def _keys_agree(self) -> WarehouseRecipe:
        highest, roof = self.camera.highest_m, self.height_m[0]
        if highest > roof - EYE_TO_ROOF_M:
            raise ValueError(
                f"camera.height_m: a camera at {highest:g} m is not {EYE_TO_ROOF_M:g} m below the roof of the lowest "
                f"hall (height_m: {roof:g}); lower the one or raise the other"
            )
        if self.filled[0] > self.filled[1]:
            raise ValueError(f"filled: the range runs from {self.filled[0]} down to {self.filled[1]}")
        if not any(self.goods.values()):
            raise ValueError("goods: all weights are 0; give at least one kind a weight above 0")
        return self
