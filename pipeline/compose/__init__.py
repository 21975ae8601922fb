"""Recipe + seed -> Scene. Pure: the same recipe and seed give the same Scene on any machine."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from pipeline.config import PrimitivesRecipe, RoomRecipe
from pipeline.scene import Scene

Recipe: TypeAlias = PrimitivesRecipe | RoomRecipe


def compose(recipe: Recipe, seed: int | np.random.SeedSequence, width: int = 512, height: int = 512) -> Scene:
    """The scene that `recipe` makes of `seed`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when this seed leads nowhere; callers go on to the next attempt's seed.
    """
    rng = np.random.default_rng(seed)
    if isinstance(recipe, PrimitivesRecipe):
        from pipeline.compose.layouts.primitives import compose_primitives

        return compose_primitives(recipe, width, height, rng)
    from pipeline.compose.layouts.room import compose_room

    return compose_room(recipe, width, height, rng)


def class_list(recipe: Recipe) -> tuple[str, ...]:
    """The classes that scenes of `recipe` may show, in the order of their semantic ids; index 0 is "background"."""
    if isinstance(recipe, PrimitivesRecipe):
        from pipeline.compose.layouts import primitives

        return primitives.CLASSES
    from pipeline.compose.layouts import room

    return room.CLASSES
