"""The empty room: floor, walls with their openings, ceiling, door, windows, curtains and skirting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import building, decor
from pipeline.compose.assets.building import Opening
from pipeline.compose.placement import GAP_M, Arrangement, Placed
from pipeline.compose.stock import Stock
from pipeline.config import RoomRecipe
from pipeline.scene import Float


@dataclass(frozen=True, eq=False)
class Shell:
    """What furnishing needs to know of the room. Walls 0 to 3 run round it from the one at -y, counter-clockwise.

    windows: (wall, opening) pairs. door: (wall, x along it). stock: where furniture comes from.
    """

    room: Arrangement
    windows: tuple[tuple[int, Opening], ...]
    door: tuple[int, float]
    stock: Stock

    def length(self, wall: int) -> float:
        """Inner length of a wall, metres."""
        return self.room.size[wall % 2]

    def across(self, wall: int) -> float:
        """Distance to the wall opposite, metres."""
        return self.room.size[1 - wall % 2]


def wall_pose(size: tuple[float, float, float], wall: int, x: float, y: float, z: float = GAP_M) -> tuple[Float, float]:
    """World position and yaw, facing the room, of a point `x` along a wall, `y` before it, `z` above the floor."""
    yaw = wall * np.pi / 2
    c, s = np.cos(yaw), np.sin(yaw)
    back = size[1 - wall % 2] / 2
    local = np.array([x, y - back])
    return np.array([c * local[0] - s * local[1], s * local[0] + c * local[1], z]), yaw


def build_shell(
    recipe: RoomRecipe, sky: tuple[float, float, float], draped: bool, rng: np.random.Generator, stock: Stock
) -> Shell:
    """An empty room of the recipe's proportions.

    sky: radiance of the view behind the windows. draped: whether curtains hang beside them.
    """
    size = (
        float(rng.uniform(*recipe.width_m)),
        float(rng.uniform(*recipe.depth_m)),
        float(rng.uniform(*recipe.height_m)),
    )
    room = Arrangement(size)
    floor = building.slab("floor", size[0], size[1], 0.1, materials.floor(rng, recipe.floors), rng)
    room.put(floor, np.array([0, 0, -0.1]), 0.0, None, thing=False, check=False)
    paint = materials.wall(rng, recipe.walls)
    accent = int(rng.integers(4)) if rng.random() < recipe.accent_wall else -1
    other = materials.wall(rng, recipe.walls)
    door_wall = int(rng.integers(4))
    free = [k for k in range(4) if k != door_wall]
    count = int(rng.integers(recipe.windows[0], recipe.windows[1] + 1))
    lit = sorted(free[k] for k in rng.permutation(3)[:count])
    windows = [(wall, _opening(rng, size[wall % 2], size[2])) for wall in lit]
    holes = dict(windows)
    half_door = size[door_wall % 2] / 2 - 0.65
    door_x = float(rng.choice([-1, 1]) * rng.uniform(0.55, 1.0) * half_door)
    for wall in range(4):
        length = size[wall % 2] + (2 * building.THICKNESS_M if wall % 2 == 0 else -2 * GAP_M)
        finish = other if wall == accent else paint
        asset = building.wall(length, size[2] - 2 * GAP_M, holes.get(wall), finish, rng)
        _on_wall(room, asset, wall, GAP_M)
    ceiling = building.slab(
        "ceiling", size[0], size[1], 0.1, materials.wall(rng, ("plaster",)) if rng.random() < 0.1 else _white(rng), rng
    )
    room.put(ceiling, np.array([0, 0, size[2]]), 0.0, "wall_1", thing=False, check=False)
    door = building.door(rng, door_x)
    _on_wall(room, door, door_wall, 0.0)
    left, right = door.boxes[:, 0, 0].min() - 0.002, door.boxes[:, 1, 0].max() + 0.002
    trim = (
        materials.painted_wood(rng, ("white", "white", "white", "gray")) if rng.random() < 0.75 else materials.wood(rng)
    )
    for wall in range(4):
        length = size[wall % 2] - (0.002 if wall % 2 == 0 else 0.03)
        _on_wall(room, building.skirting(length, trim, (left, right) if wall == door_wall else None, rng), wall, 0.0)
    position, yaw = wall_pose(size, door_wall, door_x, 0.5)
    room.keep_free(position[0], position[1], 1.0, 1.0, yaw, 0.0, 2.1)
    shell = Shell(room, tuple(windows), (door_wall, door_x), stock)
    for wall, opening in windows:
        _on_wall(room, building.window(rng, opening, sky), wall, GAP_M)
        position, yaw = wall_pose(size, wall, (opening.left + opening.right) / 2, 0.2)
        room.keep_free(
            position[0], position[1], opening.right - opening.left, 0.4, yaw, opening.sill - 0.02, opening.head
        )
        if draped:
            _drape(shell, wall, opening, rng)
    return shell


def _white(rng: np.random.Generator) -> materials.Finish:
    return materials.textured(rng, "plaster", "plaster", (0.93, 0.93, 0.92), 0.02, 1.5, 0.95)


def _opening(rng: np.random.Generator, length: float, height: float) -> Opening:
    width = float(rng.uniform(1.1, min(2.3, length - 1.9)))
    room = (length - width) / 2 - 0.75
    centre = float(rng.uniform(-1, 1) * max(room, 0.0))
    sill = float(rng.uniform(0.45, 0.95))
    return Opening(centre - width / 2, centre + width / 2, sill, min(float(rng.uniform(2.05, 2.25)), height - 0.25))


def _on_wall(room: Arrangement, asset: building.Asset, wall: int, z: float) -> Placed | None:
    position, yaw = wall_pose(room.size, wall, 0.0, 0.0, z)
    support = "floor_1" if asset.category in ("wall", "skirting", "door") else f"wall_{wall + 1}"
    return room.put(asset, position, yaw, support, thing=False, check=False)


def _drape(shell: Shell, wall: int, opening: Opening, rng: np.random.Generator) -> None:
    """A pair of curtains, each half beside the opening."""
    cloth = materials.fabric(rng) if rng.random() < 0.7 else materials.patterned_fabric(rng)
    rod = materials.metal(rng) if rng.random() < 0.6 else materials.wood(rng)
    width, overlap = float(rng.uniform(0.3, 0.5)), float(rng.uniform(0.05, 0.14))
    height = min(opening.head + float(rng.uniform(0.08, 0.2)), shell.room.size[2] - 0.06)
    middle = (opening.left + opening.right) / 2
    for side, edge in ((1, opening.left), (-1, opening.right)):
        x = edge + side * (overlap - width / 2)
        asset = decor.curtain(rng, cloth, rod, width, height, abs(middle - x), side)
        position, yaw = wall_pose(shell.room.size, wall, x, 0.0, 0.0)
        shell.room.put(asset, position, yaw, f"wall_{wall + 1}", margin=0.0)
