"""A street some 200 m long, with what lines it, what drives and walks in it, and a camera at its near end."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import CLASSES
from pipeline.compose.daylight import outdoor_light
from pipeline.compose.layouts.outdoor_camera import GROUND, choose_view
from pipeline.compose.layouts.outdoor_light import draw_lit, lamp_light
from pipeline.compose.layouts.pool import Pool
from pipeline.compose.layouts.street_fronts import DRIVE_M, PATH_M, draw_plots, raise_fronts, ring_hills
from pipeline.compose.layouts.street_ground import lay
from pipeline.compose.layouts.street_life import Street, populate, standing_room
from pipeline.compose.layouts.street_plan import FAR_M, StreetPlan, draw_plan, tree_pits
from pipeline.compose.placement import Arrangement
from pipeline.compose.stock import Stock
from pipeline.compose.viewpoint import draw_stance
from pipeline.config.street import StreetRecipe
from pipeline.scene import Camera, Scene

TRIES = 60
LEVEL = 0.4
"""Share of a viewpoint's own pitch that one has who looks down a street: its far end is straight ahead."""


def compose_street(recipe: StreetRecipe, width: int, height: int, rng: np.random.Generator, stock: Stock) -> Scene:
    """A street that follows `recipe`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when no standpoint shows at least four things.
    """
    time = recipe.light[int(rng.integers(len(recipe.light)))]
    plan = draw_plan(recipe, rng)
    plots = draw_plots(plan, rng)
    pits = {side: tree_pits(plan, side, rng) for side in (-1, 1)}
    drives = [(p.side, p.drive - DRIVE_M / 2, p.drive + DRIVE_M / 2) for p in plots if p.drive is not None]
    drives += [(p.side, p.path - PATH_M / 2, p.path + PATH_M / 2) for p in plots if p.path is not None]
    world = Arrangement((4 * FAR_M, 4 * FAR_M, 200.0), shell=GROUND)
    for ground in lay(plan, pits, drives, rng):
        world.put(ground, np.zeros(3), 0.0, None, thing=False, check=False)
    pool = Pool(stock, rng)
    raise_fronts(world, plan, plots, draw_lit(time, rng), rng)
    populate(Street(world, plan, recipe, pool, rng), plots, pits)
    ring_hills(world, plan, rng)
    camera = _camera(recipe, world, plan, width, height, rng)
    daylight = outdoor_light(time, rng, stock.panorama(rng))
    return Scene(
        recipe.name,
        tuple(placed.to_object() for placed in world.placed),
        (*daylight.lights, *lamp_light(world, camera.pose[:3, 3], time, rng)),
        camera,
        CLASSES,
        background=daylight.background,
        exposure=daylight.exposure,
    )


def _camera(
    recipe: StreetRecipe, world: Arrangement, plan: StreetPlan, width: int, height: int, rng: np.random.Generator
) -> Camera:
    """On a pavement, looking along the street or across it, or in a lane, looking ahead."""
    stance = draw_stance(recipe.camera, rng)
    fov = float(np.radians(rng.uniform(*recipe.camera.fov_deg)))
    spots, ground = standing_room(plan, stance.name, rng, TRIES)
    eyes = np.column_stack([spots, ground + rng.uniform(*stance.height_m, TRIES)])
    pitches = rng.uniform(*stance.pitch_rad, TRIES) * (LEVEL if recipe.camera.pitch_deg is None else 1.0)
    if stance.name == "car":
        yaws = rng.normal(0.0, 0.06, TRIES)
    else:
        # Mostly along the street and towards its middle; one in four looks across.
        along = np.sign(spots[:, 0]) * np.abs(rng.normal(0.14, 0.2, TRIES))
        across = np.sign(spots[:, 0]) * rng.uniform(0.7, 1.45, TRIES)
        yaws = np.where(rng.random(TRIES) < 0.25, across, along)
    return choose_view(world, eyes, yaws, pitches, fov, (width, height))
