"""A warehouse: rows of pallet racks in a hall, goods, trucks, and a camera between them."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import CLASSES
from pipeline.compose.layouts.warehouse_camera import choose_camera
from pipeline.compose.layouts.warehouse_gear import furnish_floor
from pipeline.compose.layouts.warehouse_goods import Goods, fill_racks
from pipeline.compose.layouts.warehouse_light import SKY, light_hall
from pipeline.compose.layouts.warehouse_plan import Hall, Plan, draw_plan
from pipeline.compose.layouts.warehouse_shell import build_hall, hang_lamps, place_racks
from pipeline.compose.stock import Stock
from pipeline.config import WarehouseRecipe
from pipeline.scene import Scene


def compose_warehouse(
    recipe: WarehouseRecipe, width: int, height: int, rng: np.random.Generator, stock: Stock
) -> Scene:
    """A closed hall that follows `recipe`, seen by a camera of `width` x `height` pixels.

    Raises CannotPlace when the hall has no room for a rack and when no camera in it sees at least four things.
    """
    time = recipe.light[int(rng.integers(len(recipe.light)))]
    exposure = float(rng.uniform(-0.15, 0.25))
    hall = build(recipe, SKY[time], rng, stock)
    focus = _focus(hall.plan, rng)
    stock_up(recipe, hall, focus, rng)
    camera = choose_camera(hall, focus, recipe.camera, width, height, rng)
    return Scene(
        recipe.name,
        tuple(placed.to_object() for placed in hall.placed),
        light_hall(hall, time, rng),
        camera,
        CLASSES,
        background=SKY[time],
        exposure=exposure,
        indoors=True,
    )


def build(recipe: WarehouseRecipe, sky: tuple[float, float, float], rng: np.random.Generator, stock: Stock) -> Hall:
    """The hall as it is before anything is brought in."""
    hall = Hall(draw_plan(recipe, rng), stock)
    build_hall(recipe, hall, sky, rng)
    hang_lamps(hall, rng)
    return hall


def stock_up(recipe: WarehouseRecipe, hall: Hall, focus: tuple[float, float], rng: np.random.Generator) -> None:
    """Racks, what stands on the floor, and goods, in most detail near `focus` (x, y)."""
    racks = place_racks(hall, rng)
    goods = Goods(recipe, hall.stock, rng)
    furnish_floor(recipe, hall, goods, rng)
    fill_racks(recipe, hall, goods, racks, focus, rng)


def _focus(plan: Plan, rng: np.random.Generator) -> tuple[float, float]:
    """A place in one of the aisles."""
    aisle = plan.aisles[int(rng.integers(len(plan.aisles)))]
    start, end = plan.racks_x
    return float(start + (end - start) * rng.uniform(0.1, 0.9)), aisle.y
