"""Schema of the layout "tabletop"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from pipeline.config.fields import AnyRange, CountRange, FieldOfView, Fraction, Positive, Range, Strict, as_list, within
from pipeline.config.recipe import RecipeBase
from pipeline.config.room import RoomRecipe


def _down(pair: tuple[float, float]) -> tuple[float, float]:
    if not 0 < pair[0] <= pair[1] <= 88:
        raise ValueError("the camera looks down at a table: give degrees between 0 and 88")
    return pair


Theme = Literal["kitchen", "desk", "workshop", "toys", "mixed"]


class CloseUpConfig(Strict):
    """A camera over a table. Distance and pitch, downwards, are those of the line to the middle of what lies there."""

    fov_deg: FieldOfView = (35.0, 70.0)
    distance_m: Annotated[Range, within(0.2, 3, " m")] = (0.45, 1.4)
    pitch_deg: Annotated[AnyRange, AfterValidator(_down)] = (15.0, 65.0)


class TabletopRecipe(RecipeBase):
    """Small things dropped on a table in a furnished room, come to rest under gravity.

    themes: how often each set of things is drawn, relative to the others. count: so many things are set down or
    dropped; what falls off the table is left out. standing: chance that a thing is set down upright instead of
    dropped. tables: one is drawn for every scene. room: the room around it; its `camera` and `view` are not used.
    """

    layout: Literal["tabletop"]
    themes: Annotated[dict[Theme, Positive], Field(min_length=1)] = {"kitchen": 1.0, "desk": 1.0, "mixed": 1.0}
    count: Annotated[CountRange, within(1, 60)] = (8, 24)
    standing: Annotated[Fraction, Field(description="chance of being set down upright instead of dropped")] = 0.5
    spread_m: Annotated[Positive, Field(description="radius of the heap")] = 0.35
    tables: Annotated[
        list[Literal["dining_table", "desk", "coffee_table", "side_table"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["dining_table", "dining_table", "desk", "coffee_table"]
    room: RoomRecipe
    camera: CloseUpConfig = CloseUpConfig()
