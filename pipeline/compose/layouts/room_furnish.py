"""Furniture that stands on the floor: a seating group, a dining group, a desk, and pieces along the walls."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset, decor
from pipeline.compose.layouts.room_shell import Shell, wall_pose
from pipeline.compose.placement import GAP_M, Placed

WALL_GAP_M = 0.02
"""Furniture clears the skirting by a few millimetres."""
MOST_OTHERS = 3
"""Things that only catalogues have, standing about."""
WIDE_M = 0.9


def furnish(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> None:
    """Stand the `wanted` furniture, largest groups first. What finds no room is left out."""
    sofa = _place_sofa(shell, shell.stock.draw("sofa", rng), rng) if "sofa" in wanted else None
    if "television" in wanted:
        _television(shell, sofa, rng)
    if sofa is not None:
        _seating(shell, sofa, wanted, rng)
    if "dining_table" in wanted:
        _dining(shell, rng)
    for piece in ("bookshelf", "sideboard", "cabinet"):
        if piece in wanted:
            against_wall(shell, shell.stock.draw(piece, rng), rng)
    if "desk" in wanted:
        _desk(shell, rng)
    for piece, most in (("potted_plant", 2), ("coat_stand", 1)):
        if piece in wanted:
            for _ in range(int(rng.integers(1, most + 1))):
                in_corner(shell, shell.stock.draw(piece, rng), rng)
    # What the seating group had no place for, or came without a sofa, goes where there is some.
    missing = wanted - {p.asset.category for p in shell.room.placed}
    if "rug" in missing:
        scatter(shell, decor.rug(rng), rng, turned=False)
    for piece in ("side_table", "floor_lamp"):
        if piece in missing:
            in_corner(shell, shell.stock.draw(piece, rng), rng)
    for piece in ("coffee_table", "armchair", "ottoman", "stool", "basket", "ball", "box"):
        if piece in missing:
            scatter(shell, shell.stock.draw(piece, rng), rng)
    if others := shell.stock.extras("floor"):
        for _ in range(int(rng.integers(MOST_OTHERS + 1))):
            asset = shell.stock.draw_extra(others[int(rng.integers(len(others)))], rng)
            if asset is not None:
                (against_wall if asset.size[0] > WIDE_M else in_corner)(shell, asset, rng)


def against_wall(shell: Shell, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """Stand a piece with its back to some wall and keep the floor before it free."""
    width, depth = asset.size[:2]
    for _ in range(24):
        wall = int(rng.integers(4))
        reach = shell.length(wall) / 2 - width / 2 - 0.03
        if reach <= 0:
            continue
        x = float(rng.uniform(-reach, reach))
        position, yaw = wall_pose(shell.room.size, wall, x, depth / 2 + WALL_GAP_M)
        placed = shell.room.stand(asset, position[0], position[1], yaw, margin=0.05)
        if placed is not None:
            _keep_front(shell, placed, 0.55)
            return placed
    return None


def _keep_front(shell: Shell, placed: Placed, depth: float) -> None:
    width, length = placed.asset.size[:2]
    spot = placed.to_world((0.0, length / 2 + depth / 2 + 0.01, 0.0))
    shell.room.keep_free(spot[0], spot[1], width * 0.8, depth, placed.yaw)


def in_corner(shell: Shell, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """Stand a piece near a corner, or failing that anywhere along a wall."""
    half = asset.size[:2] / 2 + 0.05
    for attempt in range(14):
        corner = rng.choice([-1, 1], 2)
        slack = rng.uniform(0.0, 0.25 + 0.1 * attempt, 2)
        reach = np.array(shell.room.size[:2]) / 2 - half - slack
        spot = corner * np.maximum(reach, 0.0)
        yaw = (
            float(np.arctan2(corner[0], -corner[1]) + rng.uniform(-0.3, 0.3))
            if asset.category != "floor_lamp"
            else float(rng.choice(4) * np.pi / 2)
        )
        placed = shell.room.stand(asset, float(spot[0]), float(spot[1]), yaw, margin=0.04)
        if placed is not None:
            return placed
    return None


def scatter(shell: Shell, asset: Asset, rng: np.random.Generator, turned: bool = True) -> Placed | None:
    """Stand a piece anywhere, facing the middle of the room more or less."""
    reach = np.array(shell.room.size[:2]) / 2 - asset.size[:2].max() / 2 - 0.1
    if (reach <= 0).any():
        return None
    for _ in range(16):
        x, y = rng.uniform(-1, 1, 2) * reach
        yaw = float(np.arctan2(x, -y) + rng.uniform(-0.5, 0.5)) if turned else 0.0
        placed = shell.room.stand(asset, x, y, yaw, margin=0.08, walkways=asset.category != "rug")
        if placed is not None:
            return placed
    return None


def _seating(shell: Shell, sofa: Placed, wanted: Set[str], rng: np.random.Generator) -> None:
    """A table and a rug before the sofa, armchairs and small tables round it, a lamp beside it."""
    width, depth = sofa.asset.size[:2]

    def by_sofa(asset: Asset, x: float, y: float, turn: float = 0.0, margin: float = 0.02) -> Placed | None:
        spot = sofa.to_world((x, y, 0.0))
        return shell.room.stand(asset, spot[0], spot[1], sofa.yaw + turn, margin=margin)

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
        wall = int(rng.integers(4))
        reach = shell.length(wall) / 2 - width / 2 - 0.1
        if reach <= 0:
            continue
        floating = shell.across(wall) > 4.9 and rng.random() < 0.45
        behind = (
            float(rng.uniform(0.75, shell.across(wall) - 3.9)) if floating else WALL_GAP_M + float(rng.uniform(0, 0.05))
        )
        x = float(np.clip(rng.normal(0, 0.45), -1, 1)) * reach
        position, yaw = wall_pose(shell.room.size, wall, x, behind + depth / 2)
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
        _keep_front(shell, bench, 0.7)


def _opposite(shell: Shell, stand: Asset, sofa: Placed) -> Placed | None:
    """Against the wall the sofa faces, level with the sofa."""
    wall = (round(sofa.yaw / (np.pi / 2)) + 2) % 4
    c, s = np.cos(sofa.yaw), np.sin(sofa.yaw)
    along = float(sofa.position[0] * c + sofa.position[1] * s)
    for shift in (0.0, 0.25, -0.25, 0.5, -0.5):
        # The facing wall's x runs against the sofa's.
        position, yaw = wall_pose(shell.room.size, wall, -along + shift, stand.size[1] / 2 + WALL_GAP_M)
        bench = shell.room.stand(stand, position[0], position[1], yaw)
        if bench is not None:
            return bench
    return None


def _dining(shell: Shell, rng: np.random.Generator) -> None:
    """A table with chairs of one kind, pulled up to it or pushed back a little."""
    room, table = shell.room, shell.stock.draw("dining_table", rng)
    seed = int(rng.integers(2**31))
    for _ in range(40):
        yaw = float(rng.choice([0.0, np.pi / 2]))
        size = table.size[:2] if yaw == 0 else table.size[1::-1]
        reach = np.array(room.size[:2]) / 2 - size / 2 - 0.35
        if (reach <= 0).any():
            continue
        x, y = rng.uniform(-1, 1, 2) * reach
        placed = room.stand(table, x, y, yaw, margin=0.4)
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
        chair = shell.stock.draw("chair", np.random.default_rng(seed))
        facing = np.array([-np.sin(turn), np.cos(turn)])
        for tuck in (float(rng.uniform(0.05, 0.2)), 0.0, -0.08):
            spot = placed.to_world((*(np.array([x, y]) - facing * (chair.size[1] / 2 - tuck)), 0.0))
            if room.stand(chair, spot[0], spot[1], placed.yaw + turn + float(rng.normal(0, 0.08)), margin=0.012):
                break


def _desk(shell: Shell, rng: np.random.Generator) -> None:
    """A desk against a wall and a chair drawn up to it."""
    desk = against_wall(shell, shell.stock.draw("desk", rng), rng)
    if desk is None:
        return
    chair = shell.stock.draw("chair", rng)
    for tuck in (0.12, 0.0, -0.1):
        spot = desk.to_world((float(rng.uniform(-0.15, 0.15)), desk.asset.size[1] / 2 + chair.size[1] / 2 - tuck, 0.0))
        if shell.room.stand(
            chair, spot[0], spot[1], desk.yaw + np.pi + float(rng.normal(0, 0.15)), margin=0.012, walkways=False
        ):
            return
