"""Schema of the layout "primitives"."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pipeline.config.fields import ColorName, CountRange, Positive, Range, as_list
from pipeline.config.recipe import OrbitConfig, RecipeBase


class PrimitivesRecipe(RecipeBase):
    """Coloured solids resting on a ground."""

    layout: Literal["primitives"]
    camera: OrbitConfig = OrbitConfig()
    shapes: Annotated[
        list[Literal["box", "sphere", "cylinder", "cone", "torus", "capsule", "pyramid"]],
        BeforeValidator(as_list),
        Field(min_length=1),
    ] = ["box", "sphere", "cylinder", "cone", "torus"]
    colors: Annotated[list[ColorName], BeforeValidator(as_list), Field(min_length=1)] = [
        "red",
        "green",
        "blue",
        "yellow",
        "purple",
        "orange",
    ]
    count: CountRange = (3, 6)
    size_m: Range = (0.3, 0.8)
    spread_m: Positive = 1.6
    ground: Literal["plain", "checker"] = "checker"
