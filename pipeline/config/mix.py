"""Schema of the layout "mix": a corpus that draws each sample from one of several recipes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, model_validator

from pipeline.config.fields import NAME, NonNegative, Strict
from pipeline.config.primitives import PrimitivesRecipe
from pipeline.config.recipe import AssetsConfig, InstructionConfig
from pipeline.config.room import RoomRecipe
from pipeline.config.street import StreetRecipe
from pipeline.config.tabletop import TabletopRecipe
from pipeline.config.warehouse import WarehouseRecipe
from pipeline.config.yard import YardRecipe

SceneRecipe: TypeAlias = PrimitivesRecipe | RoomRecipe | StreetRecipe | TabletopRecipe | WarehouseRecipe | YardRecipe
"""What a single scene is composed from."""


class MixRecipe(Strict):
    """Several recipes in one corpus."""

    name: Annotated[str, Field(pattern=NAME)]
    """What the corpus is called on its card; a sample's key begins with the name of its own recipe."""
    layout: Literal["mix"]
    """Says that the keys below are those of a mix."""
    description: str = ""
    """A line for the dataset card."""
    recipes: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """How often each is drawn, relative to the others; 0 leaves it out. A name stands for the file of that name beside this
    one, without ".yaml"; anything with a "/" or a suffix is a path from this file's folder."""
    assets: AssetsConfig | None = None
    """Where given, takes the place of that of every recipe."""
    instructions: InstructionConfig | None = None
    """Where given, takes the place of those of every recipe."""
    members: dict[str, Annotated[SceneRecipe, Field(discriminator="layout")]] = {}
    """The recipes themselves, by the keys of `recipes`. Files are read for those that are not written out here; a corpus's
    dataset.json has them all."""

    @model_validator(mode="before")
    @classmethod
    def _of_members(cls, data: Any) -> Any:
        """Refuse what only a recipe of one scene has, with where it belongs."""
        known = {key for scene in get_args(SceneRecipe) for key in scene.model_fields}
        strange = [key for key in data if key in known - set(cls.model_fields)] if isinstance(data, dict) else []
        if strange:
            raise ValueError(
                f"{strange[0]}: is no key of a mix; write it in the recipes that it names, or in copies of them"
            )
        return data

    @model_validator(mode="after")
    def _some_drawn(self) -> MixRecipe:
        if not any(self.recipes.values()):
            raise ValueError("recipes: all weights are 0; give at least one recipe a weight above 0")
        return self
