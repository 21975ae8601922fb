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
    """A camera over a table."""

    fov_deg: FieldOfView = (35.0, 70.0)
    """Angle of view across the longer side of the image."""
    distance_m: Annotated[Range, within(0.2, 3, " m")] = (0.45, 1.4)
    """To the middle of what lies there."""
    pitch_deg: Annotated[AnyRange, AfterValidator(_down)] = (15.0, 65.0)
    """Downwards, of the line to the middle: between 0 and 88."""


class TabletopRecipe(RecipeBase):
    """Small things dropped on a table in a furnished room, come to rest under gravity."""

    layout: Literal["tabletop"]
    """Says that the keys below are those of this layout."""
    themes: Annotated[dict[Theme, Positive], Field(min_length=1)] = {"kitchen": 1.0, "desk": 1.0, "mixed": 1.0}
    """How often each set of things is drawn, relative to the others."""
    count: Annotated[CountRange, within(1, 60)] = (8, 24)
    """Things set down or dropped; what falls off the table is left out."""
    standing: Fraction = 0.5
    """Chance that a thing is set down upright instead of dropped."""
    spread_m: Positive = 0.35
    """Radius of the heap."""
    tables: Annotated[
        list[Literal["dining_table", "desk", "coffee_table", "side_table"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["dining_table", "dining_table", "desk", "coffee_table"]
    """One entry is drawn for every scene; name an entry twice to see it twice as often."""
    room: RoomRecipe
    """The room around it: a recipe of layout `room`, whose `camera` and `view` are not used."""
    camera: CloseUpConfig = CloseUpConfig()
    """Looks down at the things."""
