"""A fitted kitchen: a run of units made to measure along one wall or round a corner, and an island."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from pipeline.compose.assets import Asset, appliances, kitchen
from pipeline.compose.assets.kitchen import DEPTH_M, KitchenStyle
from pipeline.compose.layouts.room_place import beside, free_spans, hang_at
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Placed

JOINT_M = 0.0006
"""Between neighbouring units: next to nothing, but no shared face."""
SHORTEST_M, LONGEST_M = 1.9, 5.0
"""Of a run along one wall."""
LEAST_UNIT_M = 0.3
SPLASH_M = (0.5, 0.58)
"""Between the worktop and what hangs above it."""
FLOOR_M = 0.85
"""Kept free before a run."""


@dataclass(frozen=True)
class Run:
    """Where units stand: along `wall` from x = `start`, in the direction `way` (+1 or -1), `length` metres."""

    wall: int
    start: float
    way: float
    length: float

    def x(self, at: float) -> float:
        """x in the wall's frame of a point `at` metres into the run."""
        return self.start + self.way * at


def fitted_kitchen(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> None:
    """Counters with sink, stove and what else is wanted, cabinets above; then an island. Nothing where no wall is free."""
    style = kitchen.kitchen_style(rng)
    run = _main_run(shell, rng)
    if run is None:
        return
    rounds = _side_run(shell, run, rng) if rng.random() < 0.55 else None
    units = _main_units(run.length, DEPTH_M + 0.06 if rounds else 0.0, wanted, style, rng)
    splash = style.height_m + float(rng.uniform(*SPLASH_M))
    _build(shell, run, units, style, wanted, splash, rng)
    if rounds is not None:
        count = max(1, round(rounds.length / 0.9))
        each = rounds.length / count
        _build(shell, rounds, [("kitchen_counter", each)] * count, style, wanted, splash, rng)
    if "kitchen_island" in wanted:
        _island(shell, run, style, wanted, rng)


def _main_run(shell: Shell, rng: np.random.Generator) -> Run | None:
    """The longest free stretch of a wall, more or less, from one of its ends."""
    found = []
    for k, wall in enumerate(shell.walls):
        for x0, x1 in free_spans(shell, k, DEPTH_M + 0.05, 0.05, 0.95):
            if x1 - x0 >= SHORTEST_M:
                # A run into a corner is what fitters like best.
                corners = (x0 < 1e-6 - wall.length / 2) + (x1 > wall.length / 2 - 1e-6)
                found.append((min(x1 - x0, LONGEST_M) * float(rng.uniform(0.75, 1.0)) + 0.4 * corners, k, x0, x1))
    if not found:
        return None
    _, k, x0, x1 = max(found)
    half = shell.walls[k].length / 2
    from_left = (x0 < 1e-6 - half) and (x1 < half - 1e-6 or rng.random() < 0.5)
    length = min(x1 - x0, float(rng.uniform(2.6, LONGEST_M))) - 2 * shell.gap_m
    return Run(k, x0 + shell.gap_m, 1.0, length) if from_left else Run(k, x1 - shell.gap_m, -1.0, length)


def _side_run(shell: Shell, run: Run, rng: np.random.Generator) -> Run | None:
    """A run along the next wall from the corner where `run` starts; None where it starts at none or that wall is taken."""
    half, count = shell.walls[run.wall].length / 2, len(shell.walls)
    at_end = abs(abs(run.start) - half) < 2 * shell.gap_m
    convex = shell.walls[run.wall].convex[0 if run.way > 0 else 1]
    if not (at_end and convex) or run.length < 2.6:
        return None
    other = (run.wall + (-1 if run.way > 0 else 1)) % count
    edge = shell.walls[other].length / 2
    for x0, x1 in free_spans(shell, other, DEPTH_M + 0.05, 0.05, 0.95):
        reach = (
            (edge - x0) if run.way > 0 and x1 > edge - 1e-6 else (x1 + edge) if run.way < 0 and x0 < 1e-6 - edge else 0
        )
        # Left over for walking past the end of it.
        free = min(reach - 0.05, 2.4) - DEPTH_M - shell.gap_m
        if free > 0.6:
            length = float(rng.uniform(0.6, free))
            offset = DEPTH_M + shell.gap_m + JOINT_M
            return Run(other, edge - offset, -1.0, length) if run.way > 0 else Run(other, offset - edge, 1.0, length)
    return None


def _main_units(
    length: float, corner: float, wanted: Set[str], style: KitchenStyle, rng: np.random.Generator
) -> list[tuple[str, float]]:
    """(what, width) of the units from the corner outwards: fixed ones between counters that take up what is left.

    corner: least width of the first counter, where another run joins it.
    """
    fixed = [("kitchen_sink", 0.6 if length < 2.6 else 0.8)]
    fixed += [("dishwasher", 0.6)] if "dishwasher" in wanted else []
    cooker = [("stove", 0.6)] if "stove" in wanted else []
    while len(fixed) > 1 and length - sum(w for _, w in fixed + cooker) < corner + 0.9:
        fixed.pop()
    left = length - sum(w for _, w in fixed + cooker) - corner
    if left < 0.0:
        return [("kitchen_counter", length)]
    shares = rng.dirichlet([1.5, 3.0, 1.5]) * left
    if not cooker:
        shares = np.array([shares[0], 0.0, shares[1] + shares[2]])
    for k in (0, 2):
        if shares[k] < LEAST_UNIT_M and not (k == 0 and corner):
            shares[1 if cooker else 2 - k] += shares[k]
            shares[k] = 0.0
    if rng.random() < 0.5 and not corner:
        fixed.reverse()
    first = [("kitchen_counter", corner + shares[0])] if corner + shares[0] > 0.01 else []
    middle = [("kitchen_counter", float(shares[1]))] if shares[1] > 0.01 else []
    last = [("kitchen_counter", float(shares[2]))] if shares[2] > 0.01 else []
    return [*first, *fixed, *middle, *cooker, *last]


MADE = {
    "kitchen_counter": kitchen.kitchen_counter,
    "kitchen_sink": kitchen.kitchen_sink,
    "stove": appliances.stove,
    "dishwasher": appliances.dishwasher,
}
"""Units that are drawn to a width and in a style."""


def _build(
    shell: Shell, run: Run, units: list[tuple[str, float]], style: KitchenStyle, wanted: Set[str], splash: float,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Stand the units of a run, then hang what belongs above them."""
    at, placed = 0.0, []
    for piece, width in units:
        asset = MADE[piece](rng, width - JOINT_M, style)
        unit = _stand(shell, run, asset, at + width / 2)
        placed.append((piece, at, width, unit))
        at += width
    if "refrigerator" in wanted and not any(p.asset.category == "refrigerator" for p in shell.room.placed):
        fridge = shell.stock.draw("refrigerator", rng)
        _stand(shell, run, fridge, at + 0.006 + float(fridge.size[0]) / 2)
    wall = shell.walls[run.wall]
    spot, yaw = wall_pose(wall, run.x(at / 2), DEPTH_M + FLOOR_M / 2 + 0.03)
    shell.room.keep_free(spot[0], spot[1], at, FLOOR_M, yaw)
    for piece, start, width, unit in placed:
        if unit is None:
            continue
        if piece == "stove" and "range_hood" in wanted:
            hood = appliances.range_hood(rng, 0.6)
            height = splash + 0.1 + float(hood.size[2]) / 2
            hang_at(shell, hood, run.wall, run.x(start + width / 2), height, 0.3, 0.0)
        elif piece != "stove" and "wall_cabinet" in wanted and rng.random() < 0.85:
            for k in range(count := max(1, round(width / 0.9))):
                part = width / count
                cabinet = kitchen.wall_cabinet(rng, part - JOINT_M, style)
                middle = run.x(start + part * (k + 0.5))
                hang_at(shell, cabinet, run.wall, middle, splash + float(cabinet.size[2]) / 2, 0.2, 0.0)


def _stand(shell: Shell, run: Run, asset: Asset, at: float) -> Placed | None:
    """Units go under windows, taps before them; what is taller does not."""
    spot, yaw = wall_pose(shell.walls[run.wall], run.x(at), float(asset.size[1]) / 2 + shell.gap_m)
    return shell.room.stand(asset, float(spot[0]), float(spot[1]), yaw, margin=0.0, walkways=asset.category not in MADE)


def _island(shell: Shell, run: Run, style: KitchenStyle, wanted: Set[str], rng: np.random.Generator) -> None:
    """A block before the run with stools on its far side."""
    width = min(float(rng.uniform(1.2, 2.1)), run.length)
    island = kitchen.kitchen_island(rng, width, style)
    wall = shell.walls[run.wall]
    for _ in range(12):
        y = DEPTH_M + float(rng.uniform(0.95, 1.5)) + float(island.size[1]) / 2
        x = run.x(float(rng.uniform(0.3, 0.7)) * run.length)
        spot, yaw = wall_pose(wall, x, y)
        placed = shell.room.stand(island, float(spot[0]), float(spot[1]), yaw + np.pi, margin=0.8)
        if placed is None:
            continue
        if "bar_stool" in wanted:
            stool, count = shell.stock.draw("bar_stool", rng), max(1, int(width / 0.62))
            for k in range(count):
                along = (k + 0.5 - count / 2) * width / count + float(rng.normal(0, 0.03))
                for tuck in (float(rng.uniform(0.0, 0.15)), -0.05, -0.15):
                    at = -float(island.size[1]) / 2 - float(stool.size[1]) / 2 + tuck
                    if beside(shell, placed, stool, along, at, float(rng.normal(0, 0.15)), 0.012, walkways=False):
                        break
        return
