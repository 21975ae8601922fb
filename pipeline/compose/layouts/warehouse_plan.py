"""The ground plan of a warehouse: rows of racks along x, aisles between them, open floor at both ends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.assets.racking import RackPlan
from pipeline.compose.placement import GAP_M, Boxes, Placed, boxes_at
from pipeline.compose.stock import Stock
from pipeline.config import WarehouseRecipe
from pipeline.scene import CannotPlace, Float

RACK_M, PALLET_DEPTH_M = 1.1, 1.2
"""Depth of a rack, and of the pallets that stand on it: they overhang on both sides."""
WALL_GAP_M = 0.42
"""Between a wall and the pallets before it: columns stand there."""
SPINE_M = (0.12, 0.3)
"""Between the pallets of two racks back to back."""
ROOM_M = 0.12
"""Between the highest load and the roof's trusses."""


@dataclass(frozen=True)
class Run:
    """A rack in the hall: its measures, its middle, and whether it faces +y or -y."""

    rack: RackPlan
    x: float
    y: float
    faces_up: bool

    @property
    def yaw(self) -> float:
        return 0.0 if self.faces_up else float(np.pi)


@dataclass(frozen=True)
class Aisle:
    """The clear way between two rows, along x: its middle and width, metres."""

    y: float
    width: float


@dataclass(frozen=True)
class Plan:
    """size: inner (x, y, z) of the hall, centred on the origin. racks_x: where the rows begin and end.

    spine_m: between the pallets of racks back to back. truss_m: depth of the roof's trusses.
    """

    size: tuple[float, float, float]
    runs: tuple[Run, ...]
    aisles: tuple[Aisle, ...]
    racks_x: tuple[float, float]
    spine_m: float
    truss_m: float


def draw_plan(recipe: WarehouseRecipe, rng: np.random.Generator) -> Plan:
    """A hall of the recipe's proportions, filled with rows as far as they go.

    Raises CannotPlace where not even one row with an aisle fits.
    """
    x, y, z = (float(rng.uniform(*r)) for r in (recipe.length_m, recipe.width_m, recipe.height_m))
    truss = float(rng.uniform(0.45, 0.7)) if z < 7 else float(rng.uniform(0.6, 1.0))
    near, far = float(rng.uniform(2.6, 3.6)), float(rng.uniform(3.2, min(7.0, max(3.4, 0.3 * x))))
    bay = (1.83, 2.72, 2.72, 3.62)[int(rng.integers(4))]
    levels = _levels(z - truss - ROOM_M, rng)
    bays = int((x - near - far - 0.09) / (bay + 0.09))
    if bays < 1:
        raise CannotPlace("the hall is too short for a rack")
    decked = bool(rng.random() < 0.4)
    head = min(1.7, z - truss - ROOM_M - levels[-1])
    rack = RackPlan(
        bays, bay, levels, RACK_M, levels[-1] + float(rng.uniform(0.05, 0.6)) * min(1.0, head), decked, head
    )
    aisle, spine = float(rng.uniform(*recipe.aisle_m)), float(rng.uniform(*SPINE_M))
    rows, aisles = _rows(y, aisle, spine, bool(rng.random() < 0.6))
    if not aisles:
        raise CannotPlace("the hall is too narrow for a rack and an aisle")
    start = -x / 2 + near
    runs = []
    shorter = {row[0]: int(rng.integers(0, 3)) if bays > 4 and rng.random() < 0.35 else 0 for row in rows}
    for pair, middle, up in rows:
        cut = RackPlan(bays - shorter[pair], bay, levels, RACK_M, rack.height_m, decked, head)
        runs.append(Run(cut, start + cut.length_m / 2, middle, up))
    return Plan((x, y, z), tuple(runs), tuple(aisles), (start, start + rack.length_m), spine, truss)


def _levels(roof: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Heights of the beams: as many levels as leave a metre over the highest."""
    step, level = float(rng.uniform(1.25, 1.9)), float(rng.uniform(1.35, 2.0))
    levels = [level]
    while levels[-1] + step + 1.0 < roof and len(levels) < 5:
        levels.append(levels[-1] + step)
    return tuple(levels)


def _rows(
    width: float, aisle: float, spine: float, wall_rack: bool
) -> tuple[list[tuple[int, float, bool]], list[Aisle]]:
    """(number of the pair, y, faces +y) of each run from one wall to the other, and the aisles between."""
    rows: list[tuple[int, float, bool]] = []
    aisles: list[Aisle] = []
    half, deep = PALLET_DEPTH_M / 2, PALLET_DEPTH_M
    y, end, pair = -width / 2 + WALL_GAP_M, width / 2 - WALL_GAP_M, 0
    if wall_rack:
        rows.append((pair, y + half, True))
        y, pair = y + deep, pair + 1
    while True:
        left = end - y
        if left >= aisle + 2 * deep + spine + aisle:
            aisles.append(Aisle(y + aisle / 2, aisle))
            y += aisle
            rows += [(pair, y + half, False), (pair, y + 1.5 * deep + spine, True)]
            y, pair = y + 2 * deep + spine, pair + 1
            continue
        if left >= aisle + deep:
            aisles.append(Aisle((y + end - deep) / 2, left - deep))
            rows.append((pair, end - half, False))
        elif rows and left >= aisle:
            aisles.append(Aisle((y + end) / 2, left))
        return rows, aisles


def hull_at(asset: Asset, position: Float, yaw: float) -> Boxes:
    """The one box that encloses an asset, in the world; as placement.boxes_at, for a thousand things."""
    low, high = asset.boxes[:, 0].min(0), asset.boxes[:, 1].max(0)
    (x, y, _), c, s = (low + high) / 2, float(np.cos(yaw)), float(np.sin(yaw))
    centre = np.array([[position[0] + c * x - s * y, position[1] + s * x + c * y]])
    half, bottom = (high - low)[None, :2] / 2, position[2]
    return Boxes(centre, half, np.array([c]), np.array([s]), np.array([low[2] + bottom]), np.array([high[2] + bottom]))


@dataclass(eq=False)
class Hall:
    """What has been put into a hall so far. Unlike placement.Arrangement it holds thousands of things, which stand
    where a plan says; only what stands on the floor is checked against the rest of the floor.
    """

    plan: Plan
    stock: Stock
    placed: list[Placed] = field(default_factory=list)
    numbers: Counter[str] = field(default_factory=Counter)
    zones: list[Boxes] = field(default_factory=list)

    def add(self, asset: Asset, position: Float, yaw: float, support: str | None, thing: bool = True) -> Placed:
        """Place without looking."""
        position = np.asarray(position, float)
        boxes = hull_at(asset, position, yaw)
        self.numbers[asset.category] += 1
        name = f"{asset.category}_{self.numbers[asset.category]}"
        placed = Placed(name, asset, position, yaw, boxes, boxes.extent, support, thing)
        self.placed.append(placed)
        return placed

    def stand(self, asset: Asset, x: float, y: float, yaw: float, margin: float = 0.06) -> Placed | None:
        """Place on the floor where nothing else stands within `margin`; None where something does."""
        position = np.array([x, y, GAP_M])
        if not self.free(hull_at(asset, position, yaw), margin):
            return None
        placed = self.add(asset, position, yaw, "floor_1")
        self.zones.append(placed.boxes)
        return placed

    def free(self, boxes: Boxes, margin: float) -> bool:
        """Whether `boxes` lie in the hall, `margin` from its walls and from all that stands on the floor."""
        low, high = boxes.extent
        half = np.array(self.plan.size[:2]) / 2 - margin
        inside = (low[:2] > -half).all() and (high[:2] < half).all() and high[2] < self.plan.size[2]
        return bool(inside) and not self.meets(boxes, margin)

    def meets(self, boxes: Boxes, margin: float, but: Placed | None = None) -> bool:
        """Whether `boxes` come closer than `margin` to what stands on the floor, `but` apart."""
        return any(
            zone is not (but and but.boxes) and boxes.overlaps(zone, margin) for zone in self._near(boxes, margin)
        )

    def _near(self, boxes: Boxes, margin: float) -> list[Boxes]:
        """Zones whose circles meet: most are far away."""
        (x, y), reach = boxes.centre[0], float(np.hypot(*boxes.half[0])) + 1.5 * margin
        apart = np.array([(*zone.centre[0], *zone.half[0]) for zone in self.zones]).reshape(-1, 4)
        near = np.hypot(apart[:, 0] - x, apart[:, 1] - y) < np.hypot(apart[:, 2], apart[:, 3]) + reach
        return [self.zones[k] for k in np.nonzero(near)[0]]

    def block(self, x: float, y: float, width: float, depth: float) -> None:
        """Keep things off a rectangle of the floor."""
        self.zones.append(
            boxes_at(
                np.array([[[-width / 2, -depth / 2, 0.0], [width / 2, depth / 2, 3.0]]]), np.array([x, y, 0.0]), 0.0
            )
        )
