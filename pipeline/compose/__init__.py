"""Recipe + seed -> Scene. Pure: the same recipe and seed give the same Scene on any machine."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from pipeline.compose.draws import weighted
from pipeline.compose.grid import on_grid
from pipeline.compose.stock import Stock
from pipeline.config import (
    AssetsConfig,
    MixRecipe,
    PrimitivesRecipe,
    Recipe,
    SceneRecipe,
    StreetRecipe,
    TabletopRecipe,
    WarehouseRecipe,
    YardRecipe,
)
from pipeline.scene import Scene


def choose(recipe: Recipe, seed: int | np.random.SeedSequence) -> SceneRecipe:
    """The recipe itself, or the one of a mix that falls to this seed."""
    if not isinstance(recipe, MixRecipe):
        return recipe
    return recipe.members[weighted(recipe.recipes, np.random.default_rng(seed))]


def compose(
    recipe: SceneRecipe,
    seed: int | np.random.SeedSequence,
    width: int = 512,
    height: int = 512,
    classes: tuple[str, ...] | None = None,
) -> Scene:
    """The scene that `recipe` makes of `seed`, seen by a camera of `width` x `height` pixels.

    classes: the class list of the corpus, where that is a mix; the recipe's own by default. Raises CannotPlace when
    this seed leads nowhere; callers go on to the next attempt's seed.
    """
    rng = np.random.default_rng(seed)
    scene = _layout(recipe, width, height, rng)
    return on_grid(replace(scene, classes=classes or class_list(recipe)))


def _layout(recipe: SceneRecipe, width: int, height: int, rng: np.random.Generator) -> Scene:
    if isinstance(recipe, PrimitivesRecipe):
        from pipeline.compose.layouts.primitives import compose_primitives

        return compose_primitives(recipe, width, height, rng, open_stock(recipe.assets).panorama(rng))
    if isinstance(recipe, TabletopRecipe):
        from pipeline.compose.layouts.tabletop import compose_tabletop

        return compose_tabletop(recipe, width, height, rng, open_stock(recipe.assets))
    if isinstance(recipe, StreetRecipe):
        from pipeline.compose.layouts.street import compose_street

        return compose_street(recipe, width, height, rng, open_stock(recipe.assets))
    if isinstance(recipe, YardRecipe):
        from pipeline.compose.layouts.yard import compose_yard

        return compose_yard(recipe, width, height, rng, open_stock(recipe.assets))
    if isinstance(recipe, WarehouseRecipe):
        from pipeline.compose.layouts.warehouse import compose_warehouse

        return compose_warehouse(recipe, width, height, rng, open_stock(recipe.assets))
    from pipeline.compose.layouts.room import compose_room

    return compose_room(recipe, width, height, rng, open_stock(recipe.assets))


def class_list(recipe: Recipe) -> tuple[str, ...]:
    """The classes that scenes of `recipe` may show, in the order of their semantic ids; index 0 is "background"."""
    if isinstance(recipe, MixRecipe):
        lists = {class_list(member) for member in recipe.members.values()}
        return ("background", *sorted({name for names in lists for name in names[1:]}))
    if isinstance(recipe, PrimitivesRecipe):
        from pipeline.compose.layouts import primitives

        return primitives.CLASSES
    return ("background", *open_stock(recipe.assets).categories)


def attribution(recipe: Recipe, sources: set[str]) -> list[dict[str, str]]:
    """Source, name, author, licence and url of each of `sources` that a catalogue of `recipe` holds, in order of source."""
    members = recipe.members.values() if isinstance(recipe, MixRecipe) else [recipe]
    rows = {row["source"]: row for member in members for row in open_stock(member.assets).attribution(sources)}
    return [rows[source] for source in sorted(rows)]


def listed_models(recipe: Recipe) -> dict[str, dict[str, Any]]:
    """What the catalogues of `recipe` list, as a count of models and a digest by source; {} where code draws everything.

    Two runs, or two machines, that have the same class list and the same of this draw the same models.
    """
    members = recipe.members.values() if isinstance(recipe, MixRecipe) else [recipe]
    stocks = dict.fromkeys(open_stock(member.assets) for member in members)
    return dict(sorted(c.fingerprint() for stock in stocks for c in stock.catalogues))


def take_broken(recipe: SceneRecipe) -> dict[str, str]:
    """Catalogue models that composing `recipe` drew and could not use since this was last asked, and why, by source."""
    return open_stock(recipe.assets).take_broken()


def open_stock(config: AssetsConfig) -> Stock:
    """The stock of an `assets` section; one and the same for the same section in this process."""
    return _open_stock(config.model_dump_json())


# A mix may have any number of members, each with its own; one that was dropped would forget what it has built.
@cache
def _open_stock(config: str) -> Stock:
    return Stock(AssetsConfig.model_validate_json(config))
