"""Goods on pallets: layers of cartons, crates, drums and sacks, each a thing that rests on the one below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.compose.assets import Asset, packaging, pallets
from pipeline.compose.assets.pallets import PALLET_M
from pipeline.compose.layouts.warehouse_plan import Hall, Run
from pipeline.compose.placement import GAP_M, Placed
from pipeline.compose.stock import Stock
from pipeline.config import WarehouseRecipe
from pipeline.scene import Float

CARTON_M = ((0.4, 0.3), (0.6, 0.4), (0.6, 0.4), (0.4, 0.4), (0.3, 0.4), (0.6, 0.8), (0.4, 0.267))
"""Modules that tile a pallet: length along it, width."""
SLACK_M = 0.009
"""Between neighbours of a layer."""
HIGHEST_M = 1.55
"""Of a load, without its pallet."""
HEADROOM_M = 0.08


@dataclass(frozen=True, eq=False)
class Ware:
    """What one pallet holds: one kind of `asset` in a layer of `cells` [n, 3] of (x, y, yaw), at most `layers` high.

    single: one piece fills the pallet.
    """

    asset: Asset
    cells: Float
    layers: int

    @property
    def single(self) -> bool:
        return len(self.cells) * self.layers == 1


def _layer(asset: Asset, length: float, width: float, turned: bool = False) -> Float:
    """As many cells of `length` x `width` as a pallet holds, spread about its middle."""
    across, deep = PALLET_M if not turned else PALLET_M[::-1]
    nx, ny = max(int(across / length + 1e-6), 1), max(int(deep / width + 1e-6), 1)
    x, y = np.meshgrid((np.arange(nx) - (nx - 1) / 2) * length, (np.arange(ny) - (ny - 1) / 2) * width)
    spots = np.column_stack([x.ravel(), y.ravel()])
    if turned:
        spots = spots[:, ::-1]
    return np.column_stack([spots, np.full(len(spots), np.pi / 2 if turned else 0.0)])


def _cartons(rng: np.random.Generator) -> Ware:
    length, width = CARTON_M[int(rng.integers(len(CARTON_M)))]
    height = float(rng.uniform(0.18, 0.42))
    asset = packaging.carton(rng, (length - SLACK_M, width - SLACK_M, height))
    return Ware(asset, _layer(asset, length, width), 8)


def _crates(rng: np.random.Generator) -> Ware:
    asset = packaging.plastic_crate(rng, float(rng.uniform(0.2, 0.34)))
    return Ware(asset, _layer(asset, 0.6, 0.4), 6)


def _cases(rng: np.random.Generator) -> Ware:
    if rng.random() < 0.5:
        asset = packaging.wooden_case(rng, (1.14, 0.76, rng.uniform(0.5, 0.9)))
        return Ware(asset, np.zeros((1, 3)), 1)
    asset = packaging.wooden_case(rng, (0.57, 0.76, rng.uniform(0.35, 0.6)))
    return Ware(asset, _layer(asset, 0.59, 0.8), 2)


def _barrels(rng: np.random.Generator) -> Ware:
    large = rng.random() < 0.6
    asset = packaging.drum(
        rng, float(rng.uniform(0.285, 0.295)) if large else float(rng.uniform(0.185, 0.195)), bool(rng.random() < 0.4)
    )
    pitch = float(asset.size[0]) + 0.008
    return Ware(asset, _layer(asset, pitch, pitch), 1 if large else 2)


def _sacks(rng: np.random.Generator) -> Ware:
    asset = packaging.sack(rng)
    return Ware(asset, _layer(asset, 0.6, 0.4), 9)


def _wrapped(rng: np.random.Generator) -> Ware:
    return Ware(pallets.wrapped_load(rng, float(rng.uniform(0.6, 1.5))), np.zeros((1, 3)), 1)


def _big_carton(rng: np.random.Generator) -> Ware:
    return Ware(packaging.carton(rng, (1.15, 0.76, float(rng.uniform(0.5, 1.2)))), np.zeros((1, 3)), 1)


def _empty_pallets(rng: np.random.Generator) -> Ware:
    return Ware(pallets.pallet(rng), np.zeros((1, 3)), 9)


MAKERS: Mapping[str, tuple[Callable[[np.random.Generator], Ware], int]] = {
    "cartons": (_cartons, 9),
    "crates": (_crates, 2),
    "cases": (_cases, 2),
    "barrels": (_barrels, 2),
    "sacks": (_sacks, 2),
    "wrapped": (_wrapped, 7),
    "big_carton": (_big_carton, 3),
    "empty_pallets": (_empty_pallets, 1),
}
"""How wares are made, and how many different ones a hall keeps."""


class Goods:
    """The wares of one hall and how much of them may still be laid out piece by piece.

    pallets: one of which each load stands on. loose: what lies on shelves.
    """

    def __init__(self, recipe: WarehouseRecipe, stock: Stock, rng: np.random.Generator) -> None:
        self.pallets = [pallets.pallet(rng) for _ in range(4)]
        self.loose = [stock.draw("cardboard_box", rng) for _ in range(6)] + [stock.draw("crate", rng) for _ in range(2)]
        self.wares: list[Ware] = []
        weights: list[float] = []
        for kind in sorted(recipe.goods):
            make, count = MAKERS[kind]
            if recipe.goods[kind] > 0:
                self.wares += [make(rng) for _ in range(count)]
                weights += [recipe.goods[kind] / count] * count
        self.shares = np.cumsum(weights) / sum(weights)
        self.left = recipe.detail

    def pick(self, clear_m: float, rng: np.random.Generator) -> Ware | None:
        """A ware of which at least one layer fits under `clear_m`, one piece a pallet where detail is used up."""
        for _ in range(6):
            ware = self.wares[
                int(np.searchsorted(self.shares, rng.random(), side="right").clip(0, len(self.wares) - 1))
            ]
            if ware.asset.size[2] <= clear_m and (ware.single or self.left > 0):
                return ware
        return None

    def load(self, hall: Hall, pallet: Placed, ware: Ware, clear_m: float, rng: np.random.Generator) -> None:
        """Stack `ware` on a pallet: whole layers, the last one often broken."""
        size, cells = ware.asset.size, ware.cells
        step = float(size[2]) + GAP_M
        most = max(1, min(ware.layers, int(min(clear_m, HIGHEST_M) / step)))
        layers = int(rng.integers((most + 1) // 2, most + 1)) if rng.random() < 0.6 else int(rng.integers(1, most + 1))
        count = layers * len(cells)
        if len(cells) > 1 and rng.random() < 0.45:
            count -= int(rng.integers(0, len(cells)))
        elif rng.random() < 0.5:
            # Turned half round, so that labels do not all look the same way.
            cells = cells + [0.0, 0.0, np.pi]
        order = rng.permutation(len(cells)) if rng.random() < 0.2 else np.arange(len(cells))
        below = [pallet.name] * len(cells)
        c, s = np.cos(pallet.yaw), np.sin(pallet.yaw)
        jitter = rng.uniform(-1, 1, (count, 3)) * [0.0015, 0.0015, 0.003] * (4.0 if ware.single else 1.0)
        top = pallet.position[2] + pallet.asset.size[2] + GAP_M
        for k in range(count):
            cell = int(order[k % len(cells)])
            u, v, turn = cells[cell] + jitter[k]
            spot = np.array(
                [pallet.position[0] + c * u - s * v, pallet.position[1] + s * u + c * v, top + (k // len(cells)) * step]
            )
            below[cell] = hall.add(ware.asset, spot, pallet.yaw + turn, below[cell]).name
        if not ware.single:
            self.left -= count


def fill_racks(
    recipe: WarehouseRecipe, hall: Hall, goods: Goods, racks: list[tuple[Run, Placed]], focus: tuple[float, float],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Pallets with goods in the racks, those near `focus` (x, y) in most detail; a bay often holds one ware."""
    filled = float(rng.uniform(*recipe.filled))
    bays = []
    for run, placed in racks:
        ahead = 1.0 if run.faces_up else -1.0
        for bay in range(run.rack.bays):
            x = run.x + ahead * run.rack.bay_x(bay)
            # What shows its back to the aisle in view comes late.
            away = abs(x - focus[0]) + (2.0 if (focus[1] - run.y) * ahead > 0 else 6.0) * abs(run.y - focus[1])
            bays.append((away, run, placed, x))
    for _, run, placed, x in sorted(bays, key=lambda entry: entry[0]):
        places = max(1, round(run.rack.bay_m / 0.9))
        for level in range(len(run.rack.levels_m) + 1):
            z = (0.0, *run.rack.levels_m)[level] + (GAP_M if level else 0.0)
            clear = run.rack.clear_m(level) - HEADROOM_M
            ware = None
            luck, turns = rng.random((places, 3)), rng.uniform(-1, 1, (places, 3)) * [0.015, 0.02, 0.012]
            for k in range(places):
                if luck[k, 0] >= filled:
                    continue
                u = x + (k - (places - 1) / 2) * run.rack.bay_m / places
                spot = np.array([u + turns[k, 0], run.y + turns[k, 1], z + GAP_M])
                yaw = np.pi / 2 * (1 if luck[k, 1] < 0.5 else -1) + turns[k, 2]
                support = placed.name if level else "floor_1"
                pallet = hall.add(goods.pallets[int(luck[k, 1] * 4)], spot, yaw, support)
                room = clear - float(pallet.asset.size[2])
                if ware is None or luck[k, 2] < 0.35 or not (ware.single or goods.left > 0):
                    ware = goods.pick(room, rng)
                if ware is not None and luck[k, 2] < 0.95:
                    goods.load(hall, pallet, ware, room, rng)
