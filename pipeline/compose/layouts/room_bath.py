"""What is plumbed in: bathtub and shower in corners, toilet and basin at walls, and what hangs near them."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset
from pipeline.compose.layouts.room_place import against_wall, beside, front_is_free, hang_at
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Placed

FRONT_M = 0.5
"""Floor kept free before what one stands before or sits on."""
ROLL_M = 0.72
"""Height of a toilet roll's middle."""


def bathroom(shell: Shell, wanted: Set[str], rng: np.random.Generator) -> None:
    """The sanitary pieces that are wanted, the largest first."""
    for piece in ("bathtub", "shower_cabin"):
        if piece in wanted:
            placed = _into_corner(shell, shell.stock.draw(piece, rng), rng)
            if placed is not None and "bath_mat" in wanted and rng.random() < 0.7:
                mat = shell.stock.draw("bath_mat", rng)
                y = float(placed.asset.size[1] + mat.size[1]) / 2 + 0.05
                beside(shell, placed, mat, float(rng.uniform(-0.2, 0.2)) * float(placed.asset.size[0]), y)
    if "washbasin" in wanted:
        against_wall(shell, shell.stock.draw("washbasin", rng), rng, FRONT_M)
    if "toilet" in wanted:
        toilet = against_wall(shell, shell.stock.draw("toilet", rng), rng, FRONT_M, margin=0.12)
        if toilet is not None and "toilet_roll" in wanted:
            _roll(shell, toilet, rng)
    if "washing_machine" in wanted:
        against_wall(shell, shell.stock.draw("washing_machine", rng), rng, FRONT_M)
    present = {p.asset.category for p in shell.room.placed}
    if "bath_mat" in wanted and "washbasin" in present and "bath_mat" not in present:
        basin = next(p for p in shell.room.placed if p.asset.category == "washbasin")
        mat = shell.stock.draw("bath_mat", rng)
        beside(shell, basin, mat, 0.0, float(basin.asset.size[1] + mat.size[1]) / 2 + 0.05, walkways=False)
    if "bathroom_scale" in wanted:
        against_wall(shell, shell.stock.draw("bathroom_scale", rng), rng, 0.2)


def _into_corner(shell: Shell, asset: Asset, rng: np.random.Generator) -> Placed | None:
    """With its back to a wall and one side to the next."""
    width, depth = asset.size[:2]
    spots = [(k, side) for k in range(len(shell.walls)) for side in (-1, 1) if shell.walls[k].convex[(side + 1) // 2]]
    for n in rng.permutation(len(spots)):
        k, side = spots[n]
        wall = shell.walls[k]
        x = side * (wall.length / 2 - float(width) / 2 - shell.gap_m)
        if wall.length < width + 2 * shell.gap_m:
            continue
        position, yaw = wall_pose(wall, x, float(depth) / 2 + shell.gap_m)
        if not front_is_free(shell, asset, position, yaw, FRONT_M):
            continue
        placed = shell.room.stand(asset, float(position[0]), float(position[1]), yaw)
        if placed is not None:
            spot = placed.to_world((0.0, float(depth) / 2 + FRONT_M / 2 + 0.01, 0.0))
            shell.room.keep_free(float(spot[0]), float(spot[1]), min(float(width), 0.9), FRONT_M, yaw)
            return placed
    return None


def _roll(shell: Shell, toilet: Placed, rng: np.random.Generator) -> None:
    """On the wall beside the toilet, within reach."""
    k = shell.behind(toilet)
    x = shell.walls[k].local(toilet.position)[0]
    for side in rng.permutation([-1.0, 1.0]):
        roll = shell.stock.draw("toilet_roll_holder", rng)
        reach = float(toilet.asset.size[0] + roll.size[0]) / 2 + float(rng.uniform(0.1, 0.2))
        if hang_at(shell, roll, k, x + float(side) * reach, ROLL_M, 0.1, 0.01):
            return
