"""Furniture that stands on the floor: groups first, then pieces along the walls, in corners, anywhere."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import decor
from pipeline.compose.layouts.room_bath import bathroom
from pipeline.compose.layouts.room_bed import bed_group
from pipeline.compose.layouts.room_desk import desk_by_wall, workstations
from pipeline.compose.layouts.room_kitchen import fitted_kitchen
from pipeline.compose.layouts.room_place import against_wall, in_corner, scatter
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_seating import dining_group, seating_group
from pipeline.compose.layouts.room_shell import Shell
from pipeline.config import RoomRecipe

ALONG_WALLS = {
    "wardrobe": 1, "bookshelf": 1, "sideboard": 1, "cabinet": 1, "dresser": 1, "refrigerator": 1, "filing_cabinet": 3,
    "hallway_bench": 1, "shoe_rack": 1, "water_cooler": 1, "standing_mirror": 1, "partition_screen": 1,
}  # fmt: skip
"""Pieces that stand with their backs to a wall, and how many of each at most."""
ONCE = ("refrigerator", "water_cooler", "standing_mirror", "partition_screen")
IN_CORNERS = {"potted_plant": 2, "coat_stand": 1, "laundry_basket": 1, "umbrella_stand": 1, "waste_bin": 2}
ANYWHERE = ("coffee_table", "armchair", "ottoman", "stool", "basket", "ball", "box")
ROUND_M = 18.0
"""What stands along the walls comes once more for each so many metres of them."""
LIVED_IN = {"sofa", "bed"}
MOST_OTHERS, WIDE_M = 3, 0.9
"""Things that only catalogues have stand about in rooms that people live in, wide ones along a wall."""


def furnish(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """Stand the `wanted` furniture, largest groups first. What finds no room is left out."""
    again = max(1, round(shell.plan.perimeter_m / ROUND_M))
    if "radiator" in wanted:
        _radiators(shell, again, rng)
    seating_group(shell, wanted, rng)
    if "bed" in wanted:
        bed_group(shell, wanted, rng)
    if "kitchen" in wanted:
        fitted_kitchen(shell, wanted, rng)
    bathroom(shell, wanted, rng)
    workstations(shell, int(rng.integers(recipe.workstations[0], recipe.workstations[1] + 1)), wanted, rng)
    if "dining_table" in wanted:
        dining_group(shell, rng)
    present = {p.asset.category for p in shell.room.placed}
    for piece, most in ALONG_WALLS.items():
        if piece in wanted and piece not in present:
            for _ in range(int(rng.integers(1, most + 1)) * (1 if piece in ONCE else again)):
                against_wall(shell, shell.stock.draw(piece, rng), rng)
    if "desk" in wanted:
        desk_by_wall(shell, wanted, rng)
    for piece, most in IN_CORNERS.items():
        if piece in wanted:
            for _ in range(int(rng.integers(1, most + 1)) * again):
                in_corner(shell, shell.stock.draw(piece, rng), rng)
    # What the groups had no place for, or came without one, goes where there is some.
    missing = wanted - {p.asset.category for p in shell.room.placed}
    if "rug" in missing:
        scatter(shell, decor.rug(rng), rng, turned=False)
    for piece in ("side_table", "floor_lamp"):
        if piece in missing:
            in_corner(shell, shell.stock.draw(piece, rng), rng)
    for piece in ANYWHERE:
        if piece in missing:
            scatter(shell, shell.stock.draw(piece, rng), rng)
    if (others := shell.stock.extras("floor")) and wanted & LIVED_IN:
        for _ in range(int(rng.integers(MOST_OTHERS + 1))):
            asset = shell.stock.draw_extra(others[int(rng.integers(len(others)))], rng)
            if asset is not None:
                (against_wall if asset.size[0] > WIDE_M else in_corner)(shell, asset, rng)


def _radiators(shell: Shell, count: int, rng: np.random.Generator) -> None:
    """Under the windows, where one fits, or else along the walls; all of one make."""
    radiator = shell.stock.draw("radiator", rng)
    _, depth, tall = (float(edge) for edge in radiator.size)
    placed = 0
    for k, opening in shell.windows:
        if opening.sill > tall + 0.04:
            position, yaw = wall_pose(shell.walls[k], (opening.left + opening.right) / 2, depth / 2 + shell.gap_m)
            placed += shell.room.stand(radiator, float(position[0]), float(position[1]), yaw) is not None
    for _ in range(count - placed):
        against_wall(shell, radiator, rng, 0.1)
