"""Where the doors and windows of a room are."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets.building import Opening
from pipeline.compose.draws import weighted
from pipeline.compose.layouts.room_plan import Plan
from pipeline.config import RoomRecipe

DOOR_M = 1.3
"""A wall with a door is at least so long; two doors on one wall are so far apart."""
EDGE_M = 0.65
"""From a door's middle to the end of its wall, at least."""
WINDOW_WALL_M = 1.2
"""A wall with a window is at least so long."""
BAY_M = 2.4
"""A long wall may have one window for each so many metres."""


def place_doors(recipe: RoomRecipe, plan: Plan, rng: np.random.Generator) -> list[tuple[int, float]]:
    """(wall, x along it) of as many doors as find room, at least one."""
    count = int(rng.integers(recipe.doors[0], recipe.doors[1] + 1))
    lengths = np.array([wall.length for wall in plan.walls])
    shares = np.where(lengths >= DOOR_M, lengths, 0.0)
    shares = shares**2 if count > 1 else shares
    doors: list[tuple[int, float]] = []
    for _ in range(8 * count):
        wall = weighted(dict(enumerate(shares.tolist())), rng)
        half = lengths[wall] / 2 - EDGE_M
        # A single door is near a corner, where it leaves the wall to furniture.
        x = float(rng.choice([-1, 1]) * rng.uniform(0.55 if count == 1 else 0.0, 1.0) * half)
        if all(k != wall or abs(x - other) >= DOOR_M for k, other in doors):
            doors.append((wall, x))
        if len(doors) == count:
            break
    return doors


def place_windows(
    recipe: RoomRecipe, plan: Plan, doored: Set[int], height: float, rng: np.random.Generator
) -> list[tuple[int, Opening]]:
    """(wall, opening) of the windows: on so many walls as the recipe asks for and have no door, a long one with several."""
    free = [k for k, wall in enumerate(plan.walls) if k not in doored and wall.length >= WINDOW_WALL_M]
    # Corners that jut in are the house's; its outer walls are those of the bounding rectangle.
    outer = [k for k in free if _is_outer(plan, k)]
    free = outer or free
    count = int(rng.integers(recipe.windows[0], recipe.windows[1] + 1))
    lit = sorted(free[k] for k in rng.permutation(len(free))[:count])
    windows = []
    for wall in lit:
        length = plan.walls[wall].length
        bays = max(1, int(length / BAY_M)) if rng.random() < recipe.window_rows else 1
        opening = _opening(recipe, rng, length / bays, height)
        for bay in range(bays):
            shift = (bay + 0.5) * length / bays - length / 2
            windows.append((wall, Opening(opening.left + shift, opening.right + shift, opening.sill, opening.head)))
    return windows


def _is_outer(plan: Plan, k: int) -> bool:
    wall = plan.walls[k]
    side = plan.size[1 - wall.turn % 2] / 2
    return abs(float(np.asarray(wall.middle) @ wall.inward) + side) < 1e-6


def _opening(recipe: RoomRecipe, rng: np.random.Generator, length: float, height: float) -> Opening:
    widest = min(2.3, length - (1.9 if length > 3.4 else 0.75))
    width = float(rng.uniform(min(1.1, 0.7 * widest), widest))
    room = (length - width) / 2 - 0.75
    centre = float(rng.uniform(-1, 1) * max(room, 0.0))
    sill = float(rng.uniform(*recipe.sill_m))
    head = min(max(float(rng.uniform(2.05, 2.25)), sill + 0.4), height - 0.2)
    return Opening(centre - width / 2, centre + width / 2, sill, head)
