"""A seating group with its television, and a dining group."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset, decor
from pipeline.compose.layouts.room_place import against_wall, beside, draw_wall, keep_front
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M, Placed


def seating_group(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> None:
    """Sofa, television opposite, and between them what belongs there."""
    sofa = _place_sofa(shell, shell.stock.draw("sofa", rng), rng) if "sofa" in wanted else None
    if "television" in wanted:
        _television(shell, sofa, rng)
    if sofa is not None:
        _around(shell, sofa, wanted, rng)


def _around(shell: Shell, sofa: Placed, wanted: Set[str], rng: np.random.Generator) -> None:
    """A table and a rug before the sofa, armchairs and small tables round it, a lamp beside it."""
    width, depth = sofa.asset.size[:2]

    def by_sofa(asset: Asset, x: float, y: float, turn: float = 0.0, margin: float = 0.02) -> Placed | None:
        return beside(shell, sofa, asset, x, y, turn, margin)

    table = shell.stock.draw("coffee_table", rng) if "coffee_table" in wanted else None
    gap = float(rng.uniform(0.38, 0.5))
    middle = depth / 2 + gap + (table.size[1] / 2 if table else 0.35)
    if "rug" in wanted:
        span = float(rng.uniform(1.3, 1.9))
        rug = decor.rug(rng, float(rng.uniform(0.85, 1.15)) * width, span)
        for back in (-0.2, 0.03, 0.12):
            spot = sofa.to_world((0.0, depth / 2 + back + span / 2, 0.0))
            if shell.room.put(rug, np.array([spot[0], spot[1], GAP_M]), sofa.yaw, "floor_1"):
                break
    if table:
        by_sofa(table, float(rng.uniform(-0.1, 0.1)), middle)
    sides = [float(s) for s in rng.permutation([-1.0, 1.0])]
    if "armchair" in wanted:
        for side in sides[: int(rng.integers(1, 3))]:
            chair = shell.stock.draw("armchair", rng)
            x = side * ((table.size[0] / 2 if table else 0.5) + float(rng.uniform(0.4, 0.7)) + chair.size[1] / 2)
            # Turning by +90 degrees makes a front that looked along +y look along -x.
            turn = side * (np.pi / 2 + float(rng.uniform(-0.35, 0.1)))
            for out in (0.0, 0.2, 0.45):
                if by_sofa(chair, x + side * out, middle + float(rng.uniform(-0.05, 0.3)), turn, margin=0.06):
                    break
    tables = int(rng.integers(1, 3)) if "side_table" in wanted else 0
    lamp = shell.stock.draw("floor_lamp", rng) if "floor_lamp" in wanted else None
    for side in sides:
        if tables:
            small = shell.stock.draw("side_table" if rng.random() < 0.75 else "drum_table", rng)
            y = small.size[1] / 2 - depth / 2 + float(rng.uniform(0.05, 0.25))
            if by_sofa(small, side * (width / 2 + 0.06 + small.size[0] / 2), y):
                tables -= 1
                continue
        if lamp:
            y = lamp.size[1] / 2 - depth / 2 + 0.05
            if by_sofa(lamp, side * (width / 2 + 0.08 + lamp.size[0] / 2), y):
                lamp = None


def _place_sofa(shell: Shell, sofa: Asset, rng: np.random.Generator) -> Placed | None:
    """Against a wall, or floating with a walkway behind when the room is deep."""
    width, depth = sofa.size[:2]
    for _ in range(24):
        k = draw_wall(shell, rng)
        wall, across = shell.walls[k], shell.across(k)
        reach = wall.length / 2 - width / 2 - 0.1
        if reach <= 0:
            continue
        floating = across > 4.9 and rng.random() < 0.45
        behind = float(rng.uniform(0.75, across - 3.9)) if floating else shell.gap_m + float(rng.uniform(0, 0.05))
        x = float(np.clip(rng.normal(0, 0.45), -1, 1)) * reach
        position, yaw = wall_pose(wall, x, behind + depth / 2)
        placed = shell.room.stand(sofa, position[0], position[1], yaw)
        if placed is not None:
            return placed
    return None


def _television(shell: Shell, sofa: Placed | None, rng: np.random.Generator) -> None:
    """A screen on a stand with the floor before it kept free: opposite the sofa, or without one at any wall."""
    stand, screen = shell.stock.draw("tv_stand", rng), shell.stock.draw("television", rng)
    bench = against_wall(shell, stand, rng) if sofa is None else _opposite(shell, stand, sofa)
    if bench is not None:
        top = max((s for s in bench.asset.surfaces if s.kind == "top"), key=lambda s: s.half[0] * s.half[1])
        shell.room.put_on(screen, bench, top, rng, yaw=0.0, at=(0.0, -0.2))
        keep_front(shell, bench, 0.7)


def _opposite(shell: Shell, stand: Asset, sofa: Placed) -> Placed | None:
    """Against the wall the sofa faces, level with the sofa."""
    wall = shell.walls[shell.facing(sofa)]
    along = wall.local(sofa.position)[0]
    for shift in (0.0, 0.25, -0.25, 0.5, -0.5):
        position, yaw = wall_pose(wall, along + shift, stand.size[1] / 2 + shell.gap_m)
        bench = shell.room.stand(stand, position[0], position[1], yaw)
        if bench is not None:
            return bench
    return None


def dining_group(shell: Shell, rng: np.random.Generator, margin: float = 0.4) -> None:
    """A table with chairs of one kind, pulled up to it or pushed back a little."""
    room, table = shell.room, shell.stock.draw("dining_table", rng)
    chair = shell.stock.draw("chair", rng)
    for _ in range(40):
        yaw = float(rng.choice([0.0, np.pi / 2]))
        size = table.size[:2] if yaw == 0 else table.size[1::-1]
        reach = np.array(room.size[:2]) / 2 - size / 2 - 0.35
        if (reach <= 0).any():
            continue
        x, y = rng.uniform(-1, 1, 2) * reach
        placed = room.stand(table, x, y, yaw, margin=margin)
        if placed is not None:
            break
    else:
        return
    width, depth = table.size[:2]
    seats = (
        [(u * width * 0.25, v) for v in (-1, 1) for u in (-1, 1)]
        if width > 1.3 or width < depth
        else [(0.0, v) for v in (-1, 1)]
    )
    if abs(width - depth) < 0.02:
        seats = [(0.0, -1), (0.0, 1)]
    places = [(x, side * depth / 2, 0.0 if side < 0 else np.pi) for x, side in seats]
    if rng.random() < 0.5 or abs(width - depth) < 0.02:
        places += [(side * width / 2, 0.0, np.pi / 2 if side > 0 else -np.pi / 2) for side in (-1, 1)]
    for x, y, turn in places:
        if rng.random() < 0.12:
            continue
        facing = np.array([-np.sin(turn), np.cos(turn)])
        for tuck in (float(rng.uniform(0.05, 0.2)), 0.0, -0.08):
            at = np.array([x, y]) - facing * (chair.size[1] / 2 - tuck)
            if beside(shell, placed, chair, at[0], at[1], turn + float(rng.normal(0, 0.08)), margin=0.012):
                break
