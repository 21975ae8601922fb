"""Schemas of every YAML file: recipes (scenes/) and render presets (render_configs/).

A file is read by `load_recipe` or `load_render_config`; both raise `ConfigError` with one readable
line that names the file, the key, the value and what would be right. Angles are degrees here and
become radians where code begins. A list of one entry may be written as the entry.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field

from pipeline.config.fields import ColorName, NonNegative, Positive, Strict
from pipeline.config.mix import MixRecipe, SceneRecipe
from pipeline.config.primitives import PrimitivesRecipe
from pipeline.config.reading import bundled, load_config, resolve
from pipeline.config.recipe import (
    VIEWPOINTS,
    AssetsConfig,
    CameraConfig,
    InstructionConfig,
    OrbitConfig,
    RecipeBase,
    SourceConfig,
    ViewRules,
)
from pipeline.config.render import CyclesConfig, NullConfig, RasterConfig, RenderConfig
from pipeline.config.room import Furniture, RoomRecipe
from pipeline.config.street import StreetRecipe
from pipeline.config.tabletop import CloseUpConfig, TabletopRecipe
from pipeline.config.warehouse import WarehouseRecipe
from pipeline.config.yard import YardRecipe
from pipeline.errors import ConfigError
from pipeline.shards import store
from pipeline.shards.location import Location, location

__all__ = [
    "VIEWPOINTS", "AssetsConfig", "CameraConfig", "CloseUpConfig", "ColorName", "CyclesConfig", "Furniture",
    "InstructionConfig", "MixRecipe", "NonNegative", "NullConfig", "OrbitConfig", "Positive", "PrimitivesRecipe",
    "RasterConfig", "Recipe", "RecipeBase", "RenderConfig", "RoomRecipe", "SceneRecipe", "SourceConfig", "StreetRecipe",
    "Strict", "TabletopRecipe", "ViewRules", "WarehouseRecipe", "YardRecipe", "bundled", "load_config", "load_recipe",
    "load_render_config", "resolve",
]  # fmt: skip

Recipe: TypeAlias = SceneRecipe | MixRecipe
SKIES = ("primitives", "street", "yard")
"""Layouts that a panorama can light."""


def load_recipe(path: str | Location, overrides: list[str] | None = None) -> Recipe:
    """Read and check a recipe, and the recipes that a mix names.

    path: a YAML file, or the dataset.json of a corpus, which holds the recipe that the corpus was made with; or the URL of
    one. overrides: "dotted.key=value" strings from --set, values in YAML. Raises ConfigError naming file, key, value and remedy.
    """
    schema = Annotated[Recipe, Field(discriminator="layout")]
    recipe: Recipe = load_config(path, overrides or [], schema, "scenes", "recipe")
    if isinstance(recipe, MixRecipe):
        recipe = _with_members(recipe, location(path))
    _check_skies(recipe, path)
    return recipe


def _check_skies(recipe: Recipe, path: str | Location) -> None:
    """Raises ConfigError for panoramas that no scene of the recipe could show."""
    members = recipe.members.values() if isinstance(recipe, MixRecipe) else [recipe]
    lit = [member.layout for member in members if any(source.kind == "hdri" for source in member.assets.sources)]
    if lit and not set(lit) & set(SKIES):
        raise ConfigError(
            f"{path}: assets.sources: hdri: no scene of layout {lit[0]} shows a sky; leave it out, or use a recipe of layout "
            f"{', '.join(SKIES)}"
        )


def _with_members(mix: MixRecipe, path: Location) -> MixRecipe:
    """The mix with every recipe it draws from, read from the files its keys stand for."""
    shared = {key: value for key in ("assets", "instructions") if (value := getattr(mix, key)) is not None}
    members = {}
    for key, weight in mix.recipes.items():
        if weight > 0:
            member = mix.members.get(key) or _member(key, path)
            members[key] = member.model_copy(update=shared)
    names = [member.name for member in members.values()]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ConfigError(f"{path}: recipes: two of them are named {twice!r}; give one another name in its file")
    return mix.model_copy(update={"members": members})


def _member(key: str, path: Location) -> SceneRecipe:
    named = Path(key)
    file = resolve(path).parent / (named if named.suffix or len(named.parts) > 1 else f"{key}.yaml")
    if not store.exists(file):
        raise ConfigError(f"{path}: recipes.{key}: no such file as {file}; name a recipe that lies beside the mix")
    member: SceneRecipe = load_config(file, [], Annotated[SceneRecipe, Field(discriminator="layout")])
    return member


def load_render_config(path: str | Location, overrides: list[str] | None = None) -> RenderConfig:
    """Read and check a render preset; as `load_recipe`."""
    preset: RenderConfig = load_config(path, overrides or [], RenderConfig, "render_configs", "render")
    return preset
