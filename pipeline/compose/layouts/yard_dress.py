"""What stands in a garden: its house and fences, the neighbours', trees, beds, furniture, toys and people."""

from __future__ import annotations

from typing import get_args

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import Asset, fences, houses
from pipeline.compose.layouts.pool import Pool
from pipeline.compose.layouts.yard_plan import DRIVE_M, LEVEL_M, PAVEMENT_M, ROAD_AHEAD_M, ROAD_M, YardPlan
from pipeline.compose.placement import GAP_M, Arrangement, Placed
from pipeline.config.yard import YardRecipe

BASE_M = LEVEL_M + GAP_M
HOUSE_M = 8.4
"""Depth of every house."""
TURN = {"S": 0.0, "N": np.pi, "E": np.pi / 2, "W": -np.pi / 2}


class Yard:
    """A garden while it is being filled."""

    def __init__(self, world: Arrangement, plan: YardPlan, recipe: YardRecipe, pool: Pool, rng: np.random.Generator):
        self.world, self.plan, self.recipe, self.pool, self.rng = world, plan, recipe, pool, rng

    def wants(self, name: str) -> bool:
        return bool(self.rng.random() < self.recipe.things.get(name, 0.0))  # type: ignore[call-overload]

    def put(self, asset: Asset, x: float, y: float, yaw: float, margin: float = 0.1) -> Placed | None:
        """Stand something on what lies there, lawn or paving, if its footprint does not lie on both."""
        c, s = abs(np.cos(yaw)), abs(np.sin(yaw))
        reach = np.array([asset.size[0] * c + asset.size[1] * s, asset.size[0] * s + asset.size[1] * c]) / 2
        ground = self.ground(x, y, reach)
        if ground is None:
            return None
        return self.world.put(asset, np.array([x, y, BASE_M]), yaw, ground, margin=margin)

    def ground(self, x: float, y: float, reach: np.ndarray) -> str | None:
        for x0, x1, y0, y1 in self.plan.paved:
            if x0 < x - reach[0] and x + reach[0] < x1 and y0 < y - reach[1] and y + reach[1] < y1:
                return "pavement_1"
            if x0 < x + reach[0] and x - reach[0] < x1 and y0 < y + reach[1] and y - reach[1] < y1:
                return None
        return "lawn_1"

    def scatter(self, name: str, margin: float = 0.25, tries: int = 14, edge: bool = False) -> Placed | None:
        """Anywhere in the garden, or along its fences, turned to its middle more or less."""
        asset, plan, rng = self.pool.take(name), self.plan, self.rng
        inset = float(np.hypot(*asset.size[:2])) / 2 + 0.3
        if plan.half - inset < 0.2 or plan.deep - 2 * inset < 0.5:
            return None
        for _ in range(tries):
            u, v = rng.uniform(-1, 1, 2)
            if edge:
                k = int(rng.integers(3))
                u, v = (-1.0, v) if k == 0 else (1.0, v) if k == 1 else (u, -1.0)
            x = u * (plan.half - inset)
            y = -plan.deep / 2 + v * (plan.deep / 2 - inset)
            yaw = float(np.arctan2(x, -y - plan.deep / 2) + rng.normal(0, 0.5))
            placed = self.put(asset, x, y, yaw, margin)
            if placed is not None:
                return placed
        return None


def build(yard: Yard, lit: float) -> None:
    """The house, the neighbours' houses, and all fences."""
    plan, rng, world = yard.plan, yard.rng, yard.world
    # The house's own +x is the world's when its back is to the garden.
    turn = np.pi if plan.front else 0.0
    own = houses.house(rng, plan.house, HOUSE_M, plan.storeys, -plan.garage if plan.front else plan.garage, lit)
    world.put(own, np.array([plan.at, HOUSE_M / 2, BASE_M]), turn, "lawn_1", check=False)
    others = [
        houses.house(rng, float(rng.uniform(8.5, 11.0)), HOUSE_M, int(rng.integers(1, 3)), 0.0, lit) for _ in range(2)
    ]

    def neighbour(x: float, y: float, yaw: float) -> None:
        world.put(others[int(rng.integers(2))], np.array([x, y, BASE_M]), yaw, "lawn_1", margin=1.0)

    for side in (-1, 1):
        for k in range(1, 4):
            x = side * (2 * plan.half * k + float(rng.uniform(-1.5, 1.5)))
            neighbour(x, HOUSE_M / 2 + float(rng.uniform(-1.0, 1.5)), turn)
    across = -plan.deep - (2 * ROAD_AHEAD_M + 2 * PAVEMENT_M + ROAD_M + 6.0 if plan.front else 9.0)
    for k in range(-3, 4):
        x = k * 2 * plan.half * 0.9 + float(rng.uniform(-2.0, 2.0))
        neighbour(x, across - HOUSE_M / 2 - float(rng.uniform(0.0, 2.0)), 0.0 if plan.front else np.pi)
    for k in range(-2, 3):
        neighbour(k * 2 * plan.half, HOUSE_M + 26.0 + float(rng.uniform(-2, 2)), turn + np.pi)
    _fences(yard)


def _fences(yard: Yard) -> None:
    """One kind along each side of the garden; low at a road, with a gate at the path."""
    plan, rng, recipe = yard.plan, yard.rng, yard.recipe
    kinds = {side: str(recipe.boundaries[int(rng.integers(len(recipe.boundaries)))]) for side in "WES"}
    if rng.random() < 0.5:
        kinds["E"] = kinds["W"]
    long = plan.deep + HOUSE_M + 6.0
    for side, x in (("W", -plan.half), ("E", plan.half)):
        middle = -plan.deep + 0.3 + (long - 0.3) / 2
        _run(yard, kinds[side], x, middle, long - 0.3, np.pi / 2, plan.front)
        back = plan.deep + 2.0
        if not plan.front:
            # The neighbours' gardens go on beyond the far fence.
            _run(yard, kinds[side], x, -plan.deep - 0.3 - back / 2, back, np.pi / 2, False)
    y, edges = -plan.deep, [-plan.half + 0.3]
    gates = []
    if plan.front:
        for x0, x1, _, _ in sorted(plan.paved):
            edges += [x0 - 0.05, x1 + 0.05]
            gates.append(((x0 + x1) / 2, x1 - x0))
    edges.append(plan.half - 0.3)
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        if high - low > 0.7:
            _run(yard, kinds["S"], (low + high) / 2, y, high - low, 0.0, plan.front)
    if kinds["S"] in get_args(fences.FenceKind):
        kind = next(name for name in fences.FENCES if name == kinds["S"])
        for x, width in gates:
            if width < 2.0 and rng.random() < 0.7:
                leaf = fences.gate(rng, kind, width, 1.0, fences.fence_finish(rng, kind))
                yard.world.put(leaf, np.array([x, y, BASE_M]), 0.0, "pavement_1")
    if not plan.front:
        for way in (-1, 1):
            _run(yard, kinds["S"], way * 2 * plan.half, y, 2 * plan.half - 0.6, 0.0, False)


def _run(yard: Yard, kind: str, x: float, y: float, length: float, yaw: float, low: bool) -> None:
    rng, spot = yard.rng, np.array([x, y, BASE_M])
    if kind == "hedge":
        asset = fences.hedge(rng, length, float(rng.uniform(0.7, 1.1) if low else rng.uniform(1.2, 2.0)), 0.6)
    elif kind == "wall":
        tall = float(rng.uniform(0.6, 1.0) if low else rng.uniform(1.2, 1.9))
        asset = fences.garden_wall(rng, length, tall, materials.brick(rng), materials.concrete(rng))
    else:
        style = next(name for name in fences.FENCES if name == kind)
        height = float(rng.uniform(*fences.HEIGHTS_M[style]))
        asset = fences.fence(rng, style, length, min(height, 1.1) if low else height, fences.fence_finish(rng, style))
    yard.world.put(asset, spot, yaw, "lawn_1", thing=kind != "wall")


def furnish(yard: Yard) -> None:
    """Fill the garden: large things first, then what stands between them."""
    rng, recipe = yard.rng, yard.recipe
    _car(yard)
    if yard.wants("shed"):
        _shed(yard)
    if yard.wants("garden_table"):
        _table(yard)
    for name in ("trampoline", "swing_set", "slide"):
        if yard.wants(name):
            yard.scatter(name, 0.5)
    for _ in range(int(rng.integers(recipe.trees[0], recipe.trees[1] + 1))):
        yard.scatter("tree" if rng.random() < 0.7 else "conifer", 0.3, edge=rng.random() < 0.6)
    for _ in range(int(rng.integers(recipe.flower_beds[0], recipe.flower_beds[1] + 1))):
        _bed(yard)
    for name in ("doghouse", "barbecue", "park_bench", "planter", "wheelbarrow", "lawn_mower", "bicycle"):
        if yard.wants(name):
            yard.scatter(name, 0.3)
    for _ in range(int(rng.integers(recipe.bushes[0], recipe.bushes[1] + 1))):
        yard.scatter("bush", 0.1, edge=True)
    for name in ("dog", "garden_gnome", "watering_can", "ball"):
        if yard.wants(name):
            yard.scatter(name, 0.2)
    for _ in range(int(rng.integers(recipe.people[0], recipe.people[1] + 1))):
        yard.scatter("person", 0.4)
    for _ in range(int(rng.integers(3, 10))):
        yard.scatter("grass_clump", 0.05, edge=rng.random() < 0.7)
    _beyond(yard)


def _car(yard: Yard) -> None:
    drive = yard.plan.drive
    if drive is not None and yard.wants("car"):
        asset = yard.pool.take("car")
        room = yard.plan.deep - asset.size[1] - 0.6
        y = -0.3 - asset.size[1] / 2 - float(yard.rng.uniform(0, max(min(room, 4.0), 0.0)))
        yard.put(asset, drive, y, float(yard.rng.choice([0.0, np.pi])), 0.02)
        if yard.wants("mailbox"):
            yard.put(yard.pool.take("mailbox"), drive + DRIVE_M / 2 + 0.4, -yard.plan.deep + 0.55, np.pi, 0.05)


def _shed(yard: Yard) -> None:
    """In a far corner, its door towards the house."""
    plan, rng = yard.plan, yard.rng
    asset = houses.shed(rng)
    for side in rng.permutation([-1, 1]).tolist():
        x = side * (plan.half - asset.size[0] / 2 - float(rng.uniform(0.5, 1.2)))
        y = -plan.deep + asset.size[1] / 2 + float(rng.uniform(0.6, 1.2))
        if yard.put(asset, x, y, 0.0, 0.15):
            return


def _table(yard: Yard) -> None:
    """A table with chairs round it, on the terrace or on the lawn, and a parasol beside it."""
    plan, rng = yard.plan, yard.rng
    table = yard.pool.take("garden_table")
    placed = None
    if not plan.front:
        x0, x1, y0, y1 = plan.paved[0]
        placed = yard.put(table, (x0 + x1) / 2 + float(rng.uniform(-0.6, 0.6)), (y0 + y1) / 2, 0.0, 0.3)
    placed = placed or yard.scatter("garden_table", 0.9)
    if placed is None:
        return
    chair = yard.pool.take("garden_chair")
    for k in range(4):
        turn = k * np.pi / 2
        facing = np.array([-np.sin(turn), np.cos(turn)])
        half = placed.asset.size[1 - k % 2] / 2
        for tuck in (0.1, 0.0, -0.12):
            spot = placed.to_world((*(-facing * (half + chair.size[1] / 2 - tuck)), 0.0))
            yaw = placed.yaw + turn + float(rng.normal(0, 0.1))
            if yard.put(chair, float(spot[0]), float(spot[1]), yaw, 0.01):
                break
    if yard.wants("parasol"):
        shade = yard.pool.take("parasol")
        for dx, dy in ((1.3, 0.9), (-1.3, 0.9), (1.3, -0.9), (0.0, 1.5), (0.0, -1.5)):
            spot = placed.to_world((dx, dy, 0.0))
            if yard.put(shade, float(spot[0]), float(spot[1]), 0.0, 0.0):
                break


def _bed(yard: Yard) -> None:
    """A bed along a fence or the house, else in the lawn."""
    asset, plan, rng = yard.pool.take("flower_bed"), yard.plan, yard.rng
    for _ in range(8):
        side = "WES"[int(rng.integers(3))]
        depth = asset.size[1] / 2 + 0.45
        along = float(rng.uniform(-1, 1))
        if side == "S":
            x, y = along * (plan.half - asset.size[0] / 2 - 0.5), -plan.deep + depth
        else:
            x = (plan.half - depth) * (1 if side == "E" else -1)
            y = -plan.deep / 2 + along * max(plan.deep / 2 - asset.size[0] / 2 - 0.5, 0.0)
        if yard.put(asset, x, y, TURN[side], 0.05):
            return


def _beyond(yard: Yard) -> None:
    """Trees and shrubs in the neighbours' gardens and behind the houses."""
    plan, rng = yard.plan, yard.rng
    for _ in range(16):
        asset = yard.pool.take(str(rng.choice(["tree", "tree", "conifer", "bush"])))
        angle, away = rng.uniform(0, 2 * np.pi), rng.uniform(plan.half + 4.0, 60.0)
        x, y = away * np.cos(angle), -plan.deep / 2 + away * np.sin(angle)
        road = -plan.deep - ROAD_AHEAD_M
        on_road = plan.front and road - 2 * PAVEMENT_M - ROAD_M - 3.0 < y < road + 3.0
        if not on_road and not (abs(x) < plan.half + 1.0 and -plan.deep - 1.0 < y < 2.0):
            yard.put(asset, float(x), float(y), float(rng.uniform(-np.pi, np.pi)), 0.4)
