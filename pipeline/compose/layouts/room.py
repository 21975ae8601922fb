"""A furnished, lit living room and a camera in it."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import CATEGORIES
from pipeline.compose.layouts.room_camera import choose_camera
from pipeline.compose.layouts.room_dress import dress
from pipeline.compose.layouts.room_furnish import furnish
from pipeline.compose.layouts.room_light import SKY, light_room
from pipeline.compose.layouts.room_shell import build_shell
from pipeline.config import RoomRecipe
from pipeline.scene import Scene

CLASSES = ("background", *CATEGORIES)


def compose_room(recipe: RoomRecipe, width: int, height: int, rng: np.random.Generator) -> Scene:
    """A closed room that follows `recipe`, seen by a camera of `width` x `height` pixels.

    The class list is the same for every seed and every room recipe. Raises CannotPlace when no camera in the
    room sees at least three things.
    """
    time = recipe.light[int(rng.integers(len(recipe.light)))]
    exposure = float(rng.uniform(-0.15, 0.25))
    r, g, b = (channel / 2.0**exposure for channel in SKY[time])
    shell = build_shell(recipe, (r, g, b), rng)
    furnish(shell, {str(piece): chance for piece, chance in recipe.furniture.items()}, rng)
    dress(shell, recipe, rng)
    camera = choose_camera(shell.room, recipe.camera, width, height, rng)
    return Scene(
        recipe.name,
        tuple(placed.to_object() for placed in shell.room.placed),
        light_room(shell, time, rng),
        camera,
        CLASSES,
        background=(r, g, b),
        exposure=exposure,
        indoors=True,
        info={"light": time, "size_m": shell.room.size},
    )
