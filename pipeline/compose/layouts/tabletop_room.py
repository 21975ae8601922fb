"""The room around a table: furnished like any other, with a table of the kind asked for."""

from __future__ import annotations

import numpy as np

from pipeline.compose.layouts.room import choose_furniture
from pipeline.compose.layouts.room_dress import dress
from pipeline.compose.layouts.room_furnish import furnish
from pipeline.compose.layouts.room_light import SKY
from pipeline.compose.layouts.room_shell import Shell, build_shell
from pipeline.compose.stock import Stock
from pipeline.config import RoomRecipe


def furnished_room(
    recipe: RoomRecipe, table: str, time: str, rng: np.random.Generator, stock: Stock
) -> tuple[Shell, tuple[float, float, float], float]:
    """(room, background, exposure): a room of `recipe` that is to have a `table`."""
    exposure = float(rng.uniform(-0.15, 0.25))
    wanted = choose_furniture(recipe, rng) | {table}
    shell = build_shell(recipe, SKY[time], "curtain" in wanted, rng, stock)
    furnish(shell, recipe, wanted, rng)
    dress(shell, recipe, wanted, rng)
    return shell, SKY[time], exposure
