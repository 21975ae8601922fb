"""Schema of the layout "primitives"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.config.fields import ColorName, CountRange, Positive, Range, as_list
from pipeline.config.recipe import OrbitConfig, RecipeBase


class PrimitivesRecipe(RecipeBase):
    """Coloured solids resting on a ground."""

    layout: Literal["primitives"]
    """Says that the keys below are those of this layout."""
    camera: OrbitConfig = OrbitConfig()
    """Looks at the middle of the solids."""
    shapes: Annotated[
        list[Literal["box", "sphere", "cylinder", "cone", "torus", "capsule", "pyramid"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["box", "sphere", "cylinder", "cone", "torus"]
    """One entry is drawn for every solid; name an entry twice to see it twice as often."""
    colors: Annotated[list[ColorName], BeforeValidator(as_list), Field(min_length=1)] = [
        "red",
        "green",
        "blue",
        "yellow",
        "purple",
        "orange",
    ]
    """Of the solids, drawn as `shapes` are."""
    count: CountRange = (3, 6)
    """Solids a scene."""
    size_m: Range = (0.3, 0.8)
    """Width of spheres, cones, tori and pyramids; boxes and cylinders are up to a third wider or slimmer, capsules half as
    thick."""
    spread_m: Positive = 1.6
    """Solids stand within this distance of the origin, along x and along y."""
    ground: Literal["plain", "checker"] = "checker"
    """What they stand on."""
