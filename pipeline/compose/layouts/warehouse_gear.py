"""What stands about on the floor of a hall: trucks in the aisles, goods waiting before the doors, tools along walls."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import Asset, Surface
from pipeline.compose.assets.pallets import FORK_ROOM_M
from pipeline.compose.layouts.warehouse_goods import Goods
from pipeline.compose.layouts.warehouse_plan import Aisle, Hall
from pipeline.compose.placement import GAP_M, Boxes, Placed, boxes_at
from pipeline.config import WarehouseRecipe

PASSAGE_M = 0.9
"""Whatever stands in an aisle leaves so much free beside it."""
TRUCKS = ("forklift", "pallet_jack")
BY_THE_WALL = ("shelving", "roll_cage", "cable_reel", "barrel", "crate")
TALLEST_WAITING_M = 1.7


def furnish_floor(recipe: WarehouseRecipe, hall: Hall, goods: Goods, rng: np.random.Generator) -> None:
    """Everything of `recipe.equipment` that finds room, and pallets waiting before the doors."""
    taken: list[Boxes] = []
    for name in sorted(recipe.equipment, key=lambda name: (name not in TRUCKS, name)):
        low, high = recipe.equipment[name]
        for _ in range(int(rng.integers(low, high + 1))):
            asset = hall.stock.draw(name, rng)
            placed = None
            if name in BY_THE_WALL and rng.random() < 0.7:
                placed = _by_a_wall(hall, asset, rng)
            elif rng.random() < 0.65:
                placed = _in_an_aisle(hall, asset, taken, rng)
            placed = placed or _on_open_floor(hall, asset, rng)
            if placed is not None:
                _burden(hall, goods, placed, rng)
    _waiting(hall, goods, rng)


def _in_an_aisle(hall: Hall, asset: Asset, taken: list[Boxes], rng: np.random.Generator) -> Placed | None:
    """At one side of an aisle, pointing along it; nothing else stands abreast."""
    start, end = hall.plan.racks_x
    for _ in range(6):
        aisle: Aisle = hall.plan.aisles[int(rng.integers(len(hall.plan.aisles)))]
        yaw = float(rng.choice([-1, 1])) * np.pi / 2 + float(rng.normal(0, 0.04))
        if max(asset.size[:2]) < 0.8:
            yaw = float(rng.uniform(-np.pi, np.pi))
        hull = np.stack([asset.boxes[:, 0].min(0), asset.boxes[:, 1].max(0)])[None]
        low, high = boxes_at(hull, np.zeros(3), yaw).extent
        wide, long = high[1] - low[1], high[0] - low[0]
        if wide > aisle.width - PASSAGE_M - 0.1 or long > end - start:
            continue
        side = float(rng.choice([-1, 1])) * (aisle.width / 2 - wide / 2 - 0.08)
        x = float(rng.uniform(start + long / 2, end - long / 2))
        span = np.array([[[-long / 2 - 0.4, -aisle.width / 2, 0.0], [long / 2 + 0.4, aisle.width / 2, 2.0]]])
        reach = boxes_at(span, np.array([x, aisle.y, 0.0]), 0.0)
        if any(reach.overlaps(other) for other in taken):
            continue
        placed = hall.stand(asset, x, aisle.y + side, yaw, 0.04)
        if placed is not None:
            taken.append(reach)
            return placed
    return None


def _on_open_floor(hall: Hall, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """Anywhere beyond the ends of the rows."""
    (start, end), (x, y, _) = hall.plan.racks_x, hall.plan.size
    for _ in range(8):
        low, high = (end + 0.8, x / 2) if rng.random() < 0.75 else (-x / 2, start - 0.8)
        spot = float(rng.uniform(low, high)), float(rng.uniform(-y / 2, y / 2))
        yaw = float(rng.uniform(-np.pi, np.pi)) if rng.random() < 0.5 else np.pi / 2 * float(rng.integers(4))
        placed = hall.stand(asset, *spot, yaw, 0.25)
        if placed is not None:
            return placed
    return None


def _by_a_wall(hall: Hall, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """With its back to one of the end walls."""
    (x, y, _), deep = hall.plan.size, asset.size[1]
    for _ in range(8):
        side = 1.0 if rng.random() < 0.5 else -1.0
        along = float(rng.uniform(-1, 1)) * (y / 2 - asset.size[0] / 2 - 0.5)
        placed = hall.stand(asset, side * (x / 2 - deep / 2 - 0.08), along, side * np.pi / 2, 0.05)
        if placed is not None:
            return placed
    return None


def _burden(hall: Hall, goods: Goods, placed: Placed, rng: np.random.Generator) -> None:
    """What the thing carries: a loaded pallet on its forks, a few cartons on its shelves."""
    for surface in placed.asset.surfaces:
        x, y, z = surface.centre
        if surface.kind == "forks" and rng.random() < 0.65:
            pallet = goods.pallets[int(rng.integers(4))]
            spot = placed.to_world((x, y, z - FORK_ROOM_M + GAP_M))
            spot[:2] = placed.to_world((x, y + 0.08, 0.0))[:2]
            probe = boxes_at(np.array([[[-0.42, -0.6, 0.0], [0.42, 0.6, 1.5]]]), spot, placed.yaw)
            # The truck itself blocks the floor under its forks.
            if hall.meets(probe, 0.0, placed):
                continue
            carried = hall.add(pallet, spot, placed.yaw + np.pi / 2, placed.name)
            hall.zones.append(probe)
            ware = goods.pick(1.3, rng)
            if ware is not None:
                goods.load(hall, carried, ware, 1.3, rng)
        elif surface.kind in ("shelf", "toe") and placed.asset.category in ("shelving", "roll_cage", "hand_truck"):
            _row(hall, goods, placed, surface, rng)


def _row(hall: Hall, goods: Goods, host: Placed, surface: Surface, rng: np.random.Generator) -> None:
    """Cartons side by side on a shelf, with gaps."""
    (x, y, z), half = surface.centre, surface.half
    used = -half[0] + float(rng.uniform(0.0, 0.1))
    while used < half[0]:
        asset = goods.loose[int(rng.integers(len(goods.loose)))]
        width, depth, tall = asset.size
        if used + width > half[0] or rng.random() < 0.12:
            used += 0.15
            continue
        if depth <= 2 * half[1] and tall <= surface.clearance - 0.03:
            slide = float(rng.uniform(-1, 1)) * (half[1] - depth / 2)
            hall.add(asset, host.to_world((x + used + width / 2, y + slide, z + GAP_M)), host.yaw, host.name)
        used += width + float(rng.uniform(0.01, 0.06))


def _waiting(hall: Hall, goods: Goods, rng: np.random.Generator) -> None:
    """Pallets set down in rows on the open floor."""
    end, (x, y, _) = hall.plan.racks_x[1], hall.plan.size
    room = x / 2 - end
    for _ in range(int(rng.integers(1, 5))):
        start = float(rng.uniform(-y / 2 + 1, y / 2 - 1)), float(rng.uniform(end + 1.2, max(x / 2 - 2.2, end + 1.3)))
        count, along = int(rng.integers(1, 5)), bool(rng.random() < 0.5)
        for k in range(count):
            pallet = goods.pallets[int(rng.integers(4))]
            spot = (start[1] + (1.32 * k if along else 0.0), start[0] + (0.0 if along else 0.95 * k))
            if spot[0] > end + room - 1.0:
                break
            placed = hall.stand(pallet, *spot, float(rng.normal(0, 0.03)), 0.04)
            ware = goods.pick(TALLEST_WAITING_M, rng)
            if placed is not None and ware is not None and rng.random() < 0.9:
                goods.load(hall, placed, ware, TALLEST_WAITING_M, rng)
