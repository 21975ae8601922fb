"""The plot of a house: where house, terrace, drive and paths lie, and the ground that shows them.

The garden is the rectangle |x| <= half, -deep <= y <= 0; the house stands behind it, its near wall at y = 0. Lawn and
paving lie at z = LEVEL_M, a road before the garden at z = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import grounds, houses
from pipeline.compose.assets.asset import Asset
from pipeline.compose.assets.grounds import Rectangle
from pipeline.config.yard import YardRecipe

LEVEL_M = 0.13
FAR_M = 450.0
ROAD_M, PAVEMENT_M = 6.4, 2.2
DRIVE_M, PATH_M = 3.0, 1.1
ROAD_AHEAD_M = 0.7
"""Between the garden's boundary line and the pavement."""


@dataclass(frozen=True)
class YardPlan:
    """One garden, in metres.

    half: half its width. deep: its depth. front: whether a road runs along its far side. house: width of the house.
    at: x of the house's middle. storeys. garage: side of the garage (the sign of x), 0 for none. paved: rectangles
    (x0, x1, y0, y1) of terrace, drive and paths within the garden, the terrace first where there is one.
    """

    half: float
    deep: float
    front: bool
    house: float
    at: float
    storeys: int
    garage: int
    paved: tuple[tuple[float, float, float, float], ...]

    @property
    def drive(self) -> float | None:
        """x of the middle of the drive."""
        return self.at + self.garage * (self.house + houses.GARAGE_M[0]) / 2 if self.garage and self.front else None


def draw_plan(recipe: YardRecipe, rng: np.random.Generator) -> YardPlan:
    """A garden of the recipe's proportions."""
    half, deep = float(rng.uniform(*recipe.width_m)) / 2, float(rng.uniform(*recipe.depth_m))
    front = bool(rng.random() < recipe.front_garden)
    garage = int(rng.choice([-1, 1])) if front else 0
    room = 2 * half - 1.6 - (houses.GARAGE_M[0] if garage else 0.0)
    house = min(room, float(rng.uniform(8.5, 12.5)))
    slack = (room - house) / 2
    at = -garage * houses.GARAGE_M[0] / 2 + float(rng.uniform(-1, 1)) * slack
    paved: list[tuple[float, float, float, float]] = []
    if front:
        middle = at + garage * (house + houses.GARAGE_M[0]) / 2
        door = at + float(rng.uniform(-0.3, 0.3)) * house
        paved = [
            (middle - DRIVE_M / 2, middle + DRIVE_M / 2, -deep - ROAD_AHEAD_M, 0.4),
            (door - PATH_M / 2, door + PATH_M / 2, -deep - ROAD_AHEAD_M, 0.0),
        ]
    else:
        wide, out = min(float(rng.uniform(4.0, 8.0)), house), float(rng.uniform(2.6, 4.2))
        x = at + float(rng.uniform(-1, 1)) * (house - wide) / 2
        paved = [(x - wide / 2, x + wide / 2, -out, 0.0)]
        if rng.random() < 0.7:
            path = x + float(rng.uniform(-0.5, 0.5)) * (wide - PATH_M)
            paved.append((path - PATH_M / 2, path + PATH_M / 2, -deep + 0.6, -out))
    return YardPlan(half, deep, front, house, at, int(rng.integers(1, 3)), garage, tuple(paved))


def lay(plan: YardPlan, rng: np.random.Generator) -> list[Asset]:
    """Lawn, paving and, before a front garden, a road, in world coordinates."""
    kinds = [materials.paving, materials.paving, materials.gravel, materials.cobble, materials.concrete]
    finishes = [materials.paving(rng), kinds[int(rng.integers(len(kinds)))](rng), materials.concrete(rng)]
    sheets: list[list[Rectangle]] = [[(*rectangle, 1 if k == 0 else 0)] for k, rectangle in enumerate(plan.paved)]
    lawn: list[Rectangle] = [(-FAR_M, FAR_M, -FAR_M, FAR_M, 0)]
    lawn += [(*rectangle, -1) for rectangle in plan.paved]
    # Dug borders along the fences.
    for side in (-1, 1):
        if rng.random() < 0.75:
            x = sorted((side * (plan.half - 0.3), side * (plan.half - 0.3 - float(rng.uniform(0.7, 1.2)))))
            lawn.append((x[0], x[1], -plan.deep + 0.4, -1.0, 1))
    lawn += [(*rectangle, -1) for rectangle in plan.paved]
    grass = [materials.grass(rng), materials.soil(rng)]
    if not plan.front:
        ground = [grounds.slab("lawn", [lawn], LEVEL_M, grass, rng)]
        return [*ground, grounds.slab("pavement", sheets, LEVEL_M, finishes, rng)]
    near = -plan.deep - ROAD_AHEAD_M
    kerb, far = near - PAVEMENT_M, near - PAVEMENT_M - ROAD_M
    lawn.append((-FAR_M, FAR_M, far - PAVEMENT_M, near, -1))
    for low, high, edge in ((kerb, near, "S"), (far - PAVEMENT_M, far, "N")):
        sheets.append([(-FAR_M, FAR_M, low, high, 0), *grounds.kerbed(-FAR_M, FAR_M, low, high, edge, 2)])
    middle = (kerb + far) / 2
    road: list[Rectangle] = [(-FAR_M, FAR_M, far, kerb, 0)]
    road += [(x, x + 2.0, middle - 0.06, middle + 0.06, 1) for x in np.arange(-80.0, 80.0, 6.0).tolist()]
    return [
        grounds.slab("lawn", [lawn], LEVEL_M, grass, rng),
        grounds.slab("pavement", sheets, LEVEL_M, finishes, rng),
        grounds.slab("road", [road], 0.0, [materials.asphalt(rng), grounds.paint(rng)], rng),
    ]
