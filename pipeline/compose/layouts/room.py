"""A furnished, lit living room and a camera in it."""

from __future__ import annotations

from typing import get_args

import numpy as np

from pipeline.compose.assets import CLASSES
from pipeline.compose.layouts.room_camera import choose_camera
from pipeline.compose.layouts.room_dress import dress
from pipeline.compose.layouts.room_furnish import furnish
from pipeline.compose.layouts.room_light import SKY, light_room
from pipeline.compose.layouts.room_shell import build_shell
from pipeline.compose.stock import Stock
from pipeline.config import Furniture, RoomRecipe
from pipeline.scene import Scene


def compose_room(recipe: RoomRecipe, width: int, height: int, rng: np.random.Generator, stock: Stock) -> Scene:
    """A closed room that follows `recipe`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when no camera in the
    room sees at least three things, and when nothing lights the room.
    """
    time = recipe.light[int(rng.integers(len(recipe.light)))]
    exposure = float(rng.uniform(-0.15, 0.25))
    wanted = choose_furniture(recipe, rng)
    shell = build_shell(recipe, SKY[time], "curtain" in wanted, rng, stock)
    furnish(shell, recipe, wanted, rng)
    dress(shell, recipe, wanted, rng)
    camera = choose_camera(shell.room, recipe.camera, width, height, rng)
    return Scene(
        recipe.name,
        tuple(placed.to_object() for placed in shell.room.placed),
        light_room(shell, time, rng),
        camera,
        CLASSES,
        background=SKY[time],
        exposure=exposure,
        indoors=True,
    )


def choose_furniture(recipe: RoomRecipe, rng: np.random.Generator) -> frozenset[str]:
    """The pieces this scene is to have, each drawn once with its chance; the order of the recipe's lines is no matter."""
    drawn = {piece: rng.random() for piece in get_args(Furniture)}
    return frozenset(piece for piece, luck in drawn.items() if luck < recipe.furniture.get(piece, 0.0))
