"""A bed with what stands around it."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import decor
from pipeline.compose.layouts.room_place import beside, free_spans, keep_front
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M, Placed

SIDE_M = 0.6
"""Floor kept free beside a bed."""
FOOT_M, STAND_M = 0.5, 0.5
"""Left before a bed's foot, and beside it for a nightstand."""
DOUBLE_M = 1.3
"""A bed this wide is got into from both sides."""


def bed_group(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> None:
    """A bed with its head to a wall, nightstands beside it, a rug and an ottoman before it."""
    bed = _place_bed(shell, rng)
    if bed is None:
        return
    width, length = bed.asset.size[:2]
    sides = [float(s) for s in rng.permutation([-1.0, 1.0])]
    if "nightstand" in wanted:
        # A pair is of one make.
        stand = shell.stock.draw("nightstand", rng)
        for side in sides[: 2 if width > DOUBLE_M and rng.random() < 0.85 else 1]:
            x = side * (width / 2 + 0.05 + stand.size[0] / 2)
            beside(shell, bed, stand, x, stand.size[1] / 2 - length / 2 + 0.01)
    if "rug" in wanted:
        _rug(shell, bed, sides, rng)
    if "ottoman" in wanted and rng.random() < 0.6:
        seat = shell.stock.draw("ottoman", rng)
        beside(shell, bed, seat, float(rng.uniform(-0.2, 0.2)), length / 2 + 0.12 + seat.size[1] / 2)
    keep_front(shell, bed, SIDE_M)
    for side in sides if width > DOUBLE_M else sides[:1]:
        spot = bed.to_world((side * (width / 2 + SIDE_M / 2 + 0.01), 0.25, 0.0))
        shell.room.keep_free(spot[0], spot[1], SIDE_M, length * 0.7, bed.yaw)


def _place_bed(shell: Shell, rng: np.random.Generator) -> Placed | None:
    """In the middle of a wall more or less, or for one person in a corner; under no window if that can be helped."""
    for _ in range(4):
        # A bed that finds no place gives way to another, which may be smaller.
        bed = shell.stock.draw("bed", rng)
        width, length = (float(edge) for edge in bed.size[:2])
        spots = [
            (k, x0, x1)
            for k in range(len(shell.walls))
            for x0, x1 in free_spans(shell, k, length + FOOT_M, 0.05, 1.0)
            if x1 - x0 > width + 0.04
        ]
        for n in range(3 * len(spots)):
            k, x0, x1 = spots[int(rng.integers(len(spots)))]
            reach = (x1 - x0 - width) / 2 - 0.02
            x = (x0 + x1) / 2 + float(np.clip(rng.normal(0, 0.3), -1, 1)) * min(reach, max(reach - STAND_M, 0.1))
            if width < DOUBLE_M and rng.random() < 0.6:
                x = (x0 + x1) / 2 + float(rng.choice([-1, 1])) * reach
            lit = any(at == k and o.left < x + width / 2 and o.right > x - width / 2 for at, o in shell.windows)
            if n < 2 * len(spots) and (lit or (width > DOUBLE_M and reach < STAND_M)):
                continue
            position, yaw = wall_pose(shell.walls[k], x, length / 2 + shell.gap_m)
            placed = shell.room.stand(bed, float(position[0]), float(position[1]), yaw)
            if placed is not None:
                return placed
    return None


def _rug(shell: Shell, bed: Placed, sides: list[float], rng: np.random.Generator) -> None:
    """At the bed's side or before its foot: rugs that reach under a bed lie flat where its legs stand."""
    width, length = bed.asset.size[:2]
    across = float(rng.uniform(0.7, 1.1))
    spots = [
        (float(rng.uniform(0.9, 1.15)) * width, across, 0.0, length / 2 + 0.04 + across / 2),
        *((across, 0.6 * length, side * (width / 2 + 0.04 + across / 2), 0.15 * length) for side in sides),
    ]
    for k in rng.permutation(len(spots)):
        w, d, x, y = spots[k]
        spot = bed.to_world((x, y, 0.0))
        if shell.room.put(decor.rug(rng, w, d), np.array([spot[0], spot[1], GAP_M]), bed.yaw, "floor_1"):
            return
