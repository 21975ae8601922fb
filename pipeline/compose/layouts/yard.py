"""The garden of a house and a camera in it."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import CLASSES, grounds
from pipeline.compose.daylight import outdoor_light
from pipeline.compose.layouts.outdoor_camera import GROUND, choose_view
from pipeline.compose.layouts.outdoor_light import draw_lit
from pipeline.compose.layouts.pool import Pool
from pipeline.compose.layouts.yard_dress import BASE_M, Yard, build, furnish
from pipeline.compose.layouts.yard_plan import FAR_M, LEVEL_M, YardPlan, draw_plan, lay
from pipeline.compose.placement import Arrangement
from pipeline.compose.stock import Stock
from pipeline.compose.viewpoint import draw_stance
from pipeline.config.yard import YardRecipe
from pipeline.scene import Camera, Scene

TRIES = 60
LEVEL = 0.5
"""Share of a viewpoint's own pitch that one has in a garden: there is more to see at its far end than underfoot."""


def compose_yard(recipe: YardRecipe, width: int, height: int, rng: np.random.Generator, stock: Stock) -> Scene:
    """A garden that follows `recipe`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when no standpoint shows at least four things.
    """
    time = recipe.light[int(rng.integers(len(recipe.light)))]
    plan = draw_plan(recipe, rng)
    world = Arrangement((4 * FAR_M, 4 * FAR_M, 200.0), shell=GROUND)
    for ground in lay(plan, rng):
        world.put(ground, np.zeros(3), 0.0, None, thing=False, check=False)
    yard = Yard(world, plan, recipe, Pool(stock, rng), rng)
    build(yard, draw_lit(time, rng))
    furnish(yard)
    ring = grounds.hills(rng, 290.0, float(rng.uniform(15.0, 45.0)))
    world.put(ring, np.array([0.0, 0.0, BASE_M]), 0.0, "lawn_1", thing=False, check=False)
    camera = _camera(recipe, world, plan, width, height, rng)
    daylight = outdoor_light(time, rng, stock.panorama(rng))
    return Scene(
        recipe.name,
        tuple(placed.to_object() for placed in world.placed),
        daylight.lights,
        camera,
        CLASSES,
        background=daylight.background,
        exposure=daylight.exposure,
    )


def _camera(
    recipe: YardRecipe, world: Arrangement, plan: YardPlan, width: int, height: int, rng: np.random.Generator
) -> Camera:
    """In the garden: two in three look at the house, the others across the garden."""
    stance = draw_stance(recipe.camera, rng)
    fov = float(np.radians(rng.uniform(*recipe.camera.fov_deg)))
    x = rng.uniform(-1, 1, TRIES) * (plan.half - 0.6)
    at_house = rng.random(TRIES) < 0.66
    depth = np.where(at_house, rng.uniform(0.55, 0.97, TRIES), rng.uniform(0.1, 0.9, TRIES))
    eyes = np.column_stack([x, -plan.deep * depth, LEVEL_M + rng.uniform(*stance.height_m, TRIES)])
    target = np.where(
        at_house, plan.at + rng.normal(0, plan.house / 3, TRIES), rng.uniform(-0.7, 0.7, TRIES) * plan.half
    )
    aim_y = np.where(at_house, 2.0, -plan.deep * rng.uniform(0.2, 1.0, TRIES))
    yaws = np.arctan2(eyes[:, 0] - target, aim_y - eyes[:, 1])
    pitches = rng.uniform(*stance.pitch_rad, TRIES) * (LEVEL if recipe.camera.pitch_deg is None else 1.0)
    return choose_view(world, eyes, yaws, pitches, fov, (width, height))
