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
    """A hall of pallet racks, goods, trucks and people's tools."""

    layout: Literal["warehouse"]
    """Says that the keys below are those of this layout."""
    length_m: Annotated[Range, within(12, 60, " m")] = (16.0, 45.0)
    """Along the rows of racks."""
    width_m: Annotated[Range, within(10, 50, " m")] = (12.0, 35.0)
    """Across the rows."""
    height_m: Annotated[Range, within(4.5, 15, " m")] = (5.0, 10.0)
    """Floor to roof; every camera keeps 2 m below the lowest."""
    aisle_m: Annotated[Range, within(2.2, 6, " m")] = (2.5, 4.0)
    """Between two rows of racks."""
    floors: Annotated[
        list[Literal["concrete", "coated", "dark_concrete"]], BeforeValidator(as_list), Field(min_length=1)
    ] = ["concrete", "concrete", "coated", "dark_concrete"]
    """One entry is drawn for every scene; name an entry twice to see it twice as often."""
    walls: Annotated[
        list[Literal["corrugated", "concrete", "panels"]], BeforeValidator(as_list), Field(min_length=1)
    ] = [
        "corrugated",
        "concrete",
        "panels",
    ]
    """Drawn as `floors` are."""
    skylights: Fraction = 0.6
    """Chance of light bands in the roof."""
    light: Annotated[list[Literal["day", "overcast", "night"]], BeforeValidator(as_list), Field(min_length=1)] = [
        "day",
        "overcast",
        "night",
    ]
    """When it is, drawn as `floors` are: by day light falls through the bands, at night the lamps carry the hall."""
    doors: Annotated[CountRange, within(0, 8)] = (1, 4)
    """Loading doors in one end wall: so many, or fewer where it is short."""
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
    """What lies on pallets, how often each relative to the others; 0 leaves a kind out."""
    filled: tuple[Fraction, Fraction] = (0.35, 0.95)
    """Share of the racks' places that hold a pallet, sparse to crammed."""
    detail: Annotated[int, Field(ge=0, le=5000)] = 700
    """At most so many cartons, crates, drums and sacks that are things of their own; where they are used up, and far from where
    one looks, pallets carry wrapped loads and big cartons."""
    equipment: dict[Equipment, CountRange] = dict.fromkeys(get_args(Equipment), (0, 2))
    """How many of each stand about: so many, or fewer where there is no room."""
    camera: CameraConfig = CameraConfig(fov_deg=(40.0, 90.0), viewpoints={"person": 5.0, "robot": 2.0, "driver": 2.0})
    """Looks as from somebody's eyes."""

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
