"""Recipe + seed -> Scene. Pure: the same recipe and seed give the same Scene on any machine."""

from __future__ import annotations

import numpy as np

from pipeline.config import PrimitivesRecipe, RoomRecipe
from pipeline.scene import Scene


def compose(
    recipe: PrimitivesRecipe | RoomRecipe, seed: int | np.random.SeedSequence, width: int = 512, height: int = 512
) -> Scene:
    """The scene that `recipe` makes of `seed`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when this seed leads nowhere; callers go on to the next attempt's seed.
    """
    rng = np.random.default_rng(seed)
    if recipe.layout == "primitives":
        from pipeline.compose.layouts.primitives import compose_primitives

        return compose_primitives(recipe, width, height, rng)
    from pipeline.compose.layouts.room import compose_room

    return compose_room(recipe, width, height, rng)
