"""What stands and moves in a street: trees and lamps in rhythm, parked and moving vehicles, signs, people."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.layouts.pool import Pool
from pipeline.compose.layouts.street_fronts import Plot
from pipeline.compose.layouts.street_ground import BAY_M, KERB_M, bays, pit_x
from pipeline.compose.layouts.street_plan import CROSS_M, NEAR_M, START_M, StreetPlan
from pipeline.compose.placement import GAP_M, Arrangement, Placed
from pipeline.config.street import StreetRecipe

CLOSE_M = 75.0
"""Small things are set out to here; beyond, nobody could tell what they are."""
MARGIN_M = 0.12
ARM_M = 1.0
"""A traffic light wider than this has an arm."""
FOOT_M = 0.02
"""What begins this low stands on the ground."""


class Street:
    """A street while it is being filled: its plan, the world, the models, and where along the kerb is taken."""

    def __init__(
        self, world: Arrangement, plan: StreetPlan, recipe: StreetRecipe, pool: Pool, rng: np.random.Generator
    ):
        self.world, self.plan, self.recipe, self.pool, self.rng = world, plan, recipe, pool, rng

    def share(self, name: str) -> float:
        """How much of a thing the recipe wants, 0 to 1."""
        return float(self.recipe.things.get(name, 0.0))  # type: ignore[call-overload]

    def chance(self, name: str) -> bool:
        return bool(self.rng.random() < self.share(name))

    def on_pavement(self, name: str, x: float, y: float, yaw: float, margin: float = MARGIN_M) -> Placed | None:
        return self.put(self.pool.take(name), x, y, yaw, "pavement_1", margin)

    def put(self, asset: Asset, x: float, y: float, yaw: float, ground: str, margin: float = MARGIN_M) -> Placed | None:
        z = 0.0 if ground == "road_1" else self.plan.kerb
        return self.world.put(asset, np.array([x, y, z + GAP_M]), yaw, ground, margin=margin)

    def mast(self, name: str, x: float, y: float, yaw: float) -> Placed | None:
        """Something on a pole that stands at (x, y), wherever its arms reach."""
        asset = self.pool.take(name)
        feet = asset.boxes[asset.boxes[:, 0, 2] < FOOT_M]
        foot = (feet[:, 0].min(0) + feet[:, 1].max(0))[:2] / 2
        c, s = float(np.cos(yaw)), float(np.sin(yaw))
        return self.put(asset, x - c * foot[0] + s * foot[1], y - s * foot[0] - c * foot[1], yaw, "pavement_1")


def to_road(side: int) -> float:
    """Yaw of something on the pavement of `side` that faces the road."""
    return side * np.pi / 2


def populate(street: Street, plots: list[Plot], pits: dict[int, list[float]]) -> None:
    """Fill the street, the rare and large things first."""
    _lamps(street)
    _crossing(street)
    _trees(street, pits)
    _parked(street)
    _moving(street)
    _kerbside(street)
    _along_fronts(street)
    _people(street)
    if street.plan.district == "suburb":
        _gardens(street, plots)


def _lamps(street: Street) -> None:
    """Lamps on both kerbs, opposite each other or staggered, their arms over the road."""
    plan, rng = street.plan, street.rng
    pitch, stagger = float(rng.uniform(22.0, 30.0)), float(rng.choice([0.0, 0.5]))
    first = float(rng.uniform(2.0, 10.0))
    name = "utility_pole" if plan.district == "suburb" and street.chance("utility_pole") else None
    for side in (-1, 1):
        shift = stagger * pitch if side > 0 else 0.0
        for y in np.arange(first + shift - pitch, plan.end - 6.0, pitch).tolist():
            if plan.clear_of_junctions(y, side, 2.5) and street.chance("street_lamp"):
                street.mast("street_lamp", side * (plan.road + KERB_M + 0.3), y, to_road(side))
        if name and side == 1:
            for y in np.arange(first + 4.0, plan.end - 6.0, 34.0).tolist():
                if plan.clear_of_junctions(y, side, 3.0):
                    street.on_pavement(name, side * (plan.road + KERB_M + 0.4), y, 0.0)


def _crossing(street: Street) -> None:
    """Lights at the crossing, each before its stop line on the driver's side, facing who comes."""
    plan = street.plan
    if plan.crossing is None:
        return
    lights = street.chance("traffic_light")
    for sign in (-1, 1):
        # `sign` is the way traffic goes along y; it keeps to flow * sign.
        side = plan.flow * sign
        if lights and street.pool.take("traffic_light").size[0] > ARM_M:
            # An arm reaches to the left of who waits before it, so its pole is always on their right.
            side = sign
        y = plan.crossing - sign * (CROSS_M / 2 + 0.9)
        if lights:
            street.mast("traffic_light", side * (plan.road + KERB_M + 0.35), y, np.pi if sign > 0 else 0.0)
        elif street.chance("traffic_sign"):
            street.on_pavement("traffic_sign", side * (plan.road + KERB_M + 0.35), y, np.pi if sign > 0 else 0.0)


def _trees(street: Street, pits: dict[int, list[float]]) -> None:
    for side in (-1, 1):
        for y in pits[side]:
            if street.chance("tree"):
                for name in ("tree", "tree", "tree", "bush")[: 4 if y < CLOSE_M else 1]:
                    turn = float(street.rng.uniform(-np.pi, np.pi))
                    if street.on_pavement(name, side * pit_x(street.plan), y, turn, 0.1):
                        break


def _parked(street: Street) -> None:
    """Vehicles in the bays, facing the way of their lane; none without bays."""
    plan, rng = street.plan, street.rng
    if not plan.bay:
        return
    for side in (-1, 1):
        yaw = 0.0 if side == plan.flow else np.pi
        for y in (start + BAY_M / 2 for start in bays(plan)):
            if not plan.clear_of_junctions(y, side, BAY_M / 2 + 2.0) or not street.chance("parked_car"):
                continue
            if y > CLOSE_M and rng.random() < 0.65:
                continue
            name = str(rng.choice(["car", "car", "car", "car", "car", "van"]))
            if y < CLOSE_M and street.chance("motorcycle") and rng.random() < 0.15:
                name = "motorcycle"
            asset = street.pool.take(name)
            if asset.size[1] > BAY_M - 0.4 or asset.size[0] > plan.bay + 0.1:
                continue
            x = side * (plan.road - plan.bay / 2 - 0.04)
            spot = y + float(rng.uniform(-1, 1)) * min(0.3, (BAY_M - asset.size[1]) / 2 - 0.15)
            street.put(asset, x, spot, yaw + float(rng.normal(0, 0.012)), "road_1", 0.05)


def _moving(street: Street) -> None:
    """Vehicles in the middle of their lanes, apart as traffic is, none on the crossing nor on a side street's mouth."""
    plan, rng = street.plan, street.rng
    if street.recipe.traffic <= 0:
        return
    for sign in (-1, 1):
        for lane in range(plan.lanes):
            x = plan.flow * sign * plan.lane * (lane + 0.5)
            y = START_M + float(rng.exponential(14.0))
            while y < plan.end - 12.0:
                asset = street.pool.take(
                    str(rng.choice(["car", "car", "car", "car", "van", "bus", "truck", "motorcycle"]))
                )
                y += 9.0 + float(rng.exponential(26.0 / max(street.recipe.traffic, 0.02) * 0.4))
                if asset.size[0] > plan.lane - 0.25:
                    continue
                if y > CLOSE_M and rng.random() < 0.4:
                    continue
                half = asset.size[1] / 2 + 1.2
                if plan.crossing is not None and abs(y - plan.crossing) < CROSS_M / 2 + half:
                    continue
                turn = 0.0 if sign > 0 else np.pi
                if street.put(asset, x + float(rng.uniform(-0.1, 0.1)), y, turn, "road_1", 0.15):
                    y += half


KERBSIDE = (
    "traffic_sign", "trash_can", "fire_hydrant", "parking_meter", "bollard", "mailbox", "bicycle_rack", "park_bench",
    "bus_shelter", "planter", "bicycle", "motorcycle",
)  # fmt: skip
FACES_ROAD = ("mailbox", "parking_meter", "fire_hydrant", "bus_shelter")


def _kerbside(street: Street) -> None:
    """What stands at the outer edge of the pavement, between the trees."""
    plan, rng = street.plan, street.rng
    for side in (-1, 1):
        for y in np.arange(-2.0, CLOSE_M, 3.2).tolist():
            y += float(rng.uniform(-0.8, 0.8))
            name = KERBSIDE[int(rng.integers(len(KERBSIDE)))]
            if not plan.clear_of_junctions(y, side, 1.5) or not street.chance(name):
                continue
            asset = street.pool.take(name)
            if asset.size[1] > plan.pavement - 1.6:
                continue
            if name == "traffic_sign":
                yaw = np.pi if side == plan.flow else 0.0
            elif name == "park_bench":
                yaw = to_road(side) + np.pi * int(rng.integers(2))
            elif name == "bicycle":
                yaw = float(rng.choice([0.0, np.pi]))
            else:
                yaw = to_road(side)
            across = asset.size[0] if abs(np.sin(yaw)) < 0.5 else asset.size[1]
            if name == "bollard":
                for k in range(4):
                    street.put(asset, side * (plan.road + KERB_M + 0.3), y + 1.5 * k, yaw, "pavement_1")
                continue
            street.put(asset, side * (plan.road + KERB_M + 0.28 + across / 2), y, yaw, "pavement_1")


def _along_fronts(street: Street) -> None:
    """Planters, benches and bicycles against the fronts."""
    plan, rng = street.plan, street.rng
    if plan.setback:
        return
    for side in (-1, 1):
        for y in np.arange(0.0, CLOSE_M, 4.5).tolist():
            name = str(rng.choice(["planter", "park_bench", "bicycle", "trash_can"]))
            if not street.chance(name) or not plan.clear_of_junctions(y, side, 1.0):
                continue
            asset = street.pool.take(name)
            yaw = float(rng.choice([0.0, np.pi])) if name == "bicycle" else to_road(side)
            across = asset.size[0] if name == "bicycle" else asset.size[1]
            street.put(asset, side * (plan.line - 0.14 - across / 2), y + rng.uniform(-1.5, 1.5), yaw, "pavement_1")


def _people(street: Street) -> None:
    """People who walk along the pavements, alone or in pairs, and one or two on the crossing."""
    plan, rng = street.plan, street.rng
    count = int(rng.integers(street.recipe.people[0], street.recipe.people[1] + 1))
    walkers = 0
    if plan.crossing is not None and count and rng.random() < 0.7:
        for _ in range(int(rng.integers(1, 3))):
            asset = street.pool.take("person")
            x = float(rng.uniform(-0.85, 0.85)) * plan.road
            y = plan.crossing + float(rng.uniform(-1.2, 1.2))
            yaw = float(rng.choice([-1, 1])) * np.pi / 2 + float(rng.normal(0, 0.12))
            walkers += street.put(asset, x, y, yaw, "road_1", 0.3) is not None
    for _ in range(4 * count):
        if walkers >= count:
            break
        side = int(rng.choice([-1, 1]))
        x = side * float(rng.uniform(plan.road + 1.6, max(plan.line - 0.5, plan.road + 1.8)))
        y = 3.0 + float(rng.power(0.6)) * (CLOSE_M + 15.0)
        gap = plan.opens(side)
        if gap and gap[0] + plan.side_pavement < y < gap[1] - plan.side_pavement:
            continue
        yaw = float(rng.choice([0.0, np.pi])) + float(rng.normal(0, 0.15))
        for step in range(1 + int(rng.random() < 0.25)):
            asset = street.pool.take("person")
            walkers += street.put(asset, x - side * 0.75 * step, y, yaw, "pavement_1", 0.08) is not None
        if street.chance("dog") and rng.random() < 0.3:
            street.on_pavement("dog", x + 0.7 * side, y + float(rng.uniform(-0.4, 0.4)), yaw)


def _gardens(street: Street, plots: list[Plot]) -> None:
    """Shrubs, flowers and now and then a car in front of the houses."""
    plan, rng = street.plan, street.rng
    for plot in (p for p in plots if -12.0 < p.low < CLOSE_M):
        assert plot.drive is not None and plot.path is not None
        if rng.random() < 0.45:
            asset = street.pool.take("car")
            if asset.size[1] < plan.setback - 0.3:
                x = plot.side * (plan.front - 0.15 - asset.size[1] / 2)
                yaw = to_road(plot.side) + np.pi * int(rng.integers(2))
                street.put(asset, x, plot.drive, yaw, "pavement_1", 0.05)
        for _ in range(int(rng.integers(2, 6))):
            name = str(rng.choice(["bush", "bush", "flower_bed", "tree", "grass_clump", "conifer"]))
            asset = street.pool.take(name)
            x = plot.side * float(rng.uniform(plan.line + 1.2, plan.front - 0.9))
            y = float(rng.uniform(plot.low + 0.9, plot.high - 0.9))
            if abs(y - plot.drive) < 2.0 + asset.size[1] / 2 or abs(y - plot.path) < 1.0 + asset.size[1] / 2:
                continue
            turn = 0.0 if name == "flower_bed" else float(rng.uniform(-np.pi, np.pi))
            street.put(asset, x, y, turn, "lawn_1", 0.05)


def standing_room(
    plan: StreetPlan, viewpoint: str, rng: np.random.Generator, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Places to look from: x, y [count, 2] and the ground's height there [count]."""
    y = rng.uniform(0.0, NEAR_M, count)
    side = rng.choice([-1.0, 1.0], count)
    if viewpoint == "car":
        lane = rng.integers(0, plan.lanes, count)
        return np.stack([plan.flow * plan.lane * (lane + 0.5) + rng.uniform(-0.2, 0.2, count), y], 1), np.zeros(count)
    x = side * rng.uniform(plan.road + 0.9, max(plan.line - 0.4, plan.road + 1.1), count)
    return np.stack([x, y], 1), np.full(count, plan.kerb)
