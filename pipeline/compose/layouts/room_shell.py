"""The empty room: floor, walls with their openings, ceiling, doors, windows, curtains and skirting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import building, decor
from pipeline.compose.assets.building import Opening
from pipeline.compose.layouts.room_openings import place_doors, place_windows
from pipeline.compose.layouts.room_plan import Plan, Wall, draw_plan, wall_pose
from pipeline.compose.placement import GAP_M, Arrangement, Placed
from pipeline.compose.stock import Stock
from pipeline.config import RoomRecipe
from pipeline.scene import Float

SKIRTING_M = 0.0138
"""As far as a skirting board stands out from its wall, and a little."""

SEAM_M = 1e-5
"""Between two walls that meet where one looks through to the outside: no pixel is as fine."""


@dataclass(frozen=True, eq=False)
class Shell:
    """What furnishing needs to know of the room.

    windows: (wall, opening) pairs. doors: (wall, x along it) pairs. stock: where furniture comes from.
    """

    room: Arrangement
    plan: Plan
    windows: tuple[tuple[int, Opening], ...]
    doors: tuple[tuple[int, float], ...]
    stock: Stock

    @property
    def walls(self) -> tuple[Wall, ...]:
        """Counter-clockwise round the room."""
        return self.plan.walls

    @property
    def surface_m2(self) -> float:
        """Area of the floor, the ceiling and all walls together."""
        return 2 * self.plan.area_m2 + self.plan.perimeter_m * self.room.size[2]

    @property
    def gap_m(self) -> float:
        """Between a wall and what stands against it: furniture clears the skirting by a few millimetres."""
        return 0.02 if any(p.asset.category == "skirting" for p in self.room.placed) else 0.004

    def name_of(self, wall: int) -> str:
        """The object that a wall is."""
        return f"wall_{wall + 1}"

    def behind(self, placed: Placed) -> int:
        """The wall that a piece turns its back to: of those that look its way the nearest one."""
        turn = round(placed.yaw / (np.pi / 2)) % 4
        return self._nearest(placed.position, turn)

    def facing(self, placed: Placed) -> int:
        """The wall that a piece looks at."""
        turn = (round(placed.yaw / (np.pi / 2)) + 2) % 4
        return self._nearest(placed.position, turn)

    def across(self, wall: int) -> float:
        """Distance from the middle of a wall to the one opposite, metres."""
        own = self.walls[wall]
        other = self.walls[self._nearest(np.asarray(own.middle), (own.turn + 2) % 4)]
        return other.local(np.asarray(own.middle))[1]

    def _nearest(self, point: Float, turn: int) -> int:
        """Of the walls turned so, the one straight behind `point`, or else the nearest."""

        def away(wall: Wall) -> float:
            x, y = wall.local(point)
            return abs(y) + 100.0 * (max(abs(x) - wall.length / 2, 0.0) + max(-y, 0.0))

        return min((k for k, wall in enumerate(self.walls) if wall.turn == turn), key=lambda k: away(self.walls[k]))


def build_shell(
    recipe: RoomRecipe, sky: tuple[float, float, float], draped: bool, rng: np.random.Generator, stock: Stock
) -> Shell:
    """An empty room of the recipe's proportions.

    sky: radiance of the view behind the windows. draped: whether curtains hang beside them.
    """
    plan = draw_plan(recipe, rng)
    height = float(rng.uniform(*recipe.height_m))
    room = Arrangement((*plan.size, height), plan.outside(height))
    floor = building.slab("floor", *plan.size, 0.1, materials.floor(rng, recipe.floors), rng)
    room.put(floor, np.array([0, 0, -0.1]), 0.0, None, thing=False, check=False)
    doors = place_doors(recipe, plan, rng)
    windows = place_windows(recipe, plan, {wall for wall, _ in doors}, height, rng)
    shell = Shell(room, plan, tuple(windows), tuple(doors), stock)
    _put_walls(shell, recipe, rng)
    covering = materials.wall(rng, ("plaster",)) if rng.random() < 0.1 else _white(rng)
    ceiling = building.slab("ceiling", *plan.size, 0.1, covering, rng)
    room.put(ceiling, np.array([0, 0, height]), 0.0, "wall_1", thing=False, check=False)
    gaps = _put_doors(shell, rng)
    if rng.random() < recipe.skirting:
        white = rng.random() < 0.75
        trim = materials.painted_wood(rng, ("white", "white", "white", "gray")) if white else materials.wood(rng)
        for k, wall in enumerate(plan.walls):
            # At a corner that juts out, one of the two boards runs on and covers the other's end.
            inner, outer = (-0.001, SKIRTING_M) if wall.turn % 2 == 0 else (-0.015, 0.0)
            asset = building.skirting(_span(wall, inner, outer), trim, gaps.get(k, []), rng)
            _on_wall(shell, asset, k, 0.0)
    for k, opening in windows:
        _on_wall(shell, building.window(rng, opening, sky), k, GAP_M)
        position, yaw = wall_pose(plan.walls[k], (opening.left + opening.right) / 2, 0.2)
        room.keep_free(
            position[0], position[1], opening.right - opening.left, 0.4, yaw, opening.sill - 0.02, opening.head
        )
    if draped:
        # What hangs in one room is of one cloth.
        seed = int(rng.integers(2**31))
        for k, opening in windows:
            _drape(shell, k, opening, np.random.default_rng(seed))
    return shell


def _put_walls(shell: Shell, recipe: RoomRecipe, rng: np.random.Generator) -> None:
    """All walls, of one covering but for an accent."""
    paint = materials.wall(rng, recipe.walls)
    accent = int(rng.integers(len(shell.walls))) if rng.random() < recipe.accent_wall else -1
    other = materials.wall(rng, recipe.walls)
    for k, wall in enumerate(shell.walls):
        # Walls along x run through every corner; those along y end at them.
        thick = building.THICKNESS_M
        inner, outer = (thick, 0.0) if wall.turn % 2 == 0 else (-GAP_M, -thick - SEAM_M)
        holes = [opening for at, opening in shell.windows if at == k]
        finish = other if k == accent else paint
        _on_wall(
            shell,
            building.wall(_span(wall, inner, outer), shell.room.size[2] - 2 * GAP_M, holes, finish, rng),
            k,
            GAP_M,
        )


def _span(wall: Wall, convex: float, reflex: float) -> tuple[float, float]:
    """x from end to end of a wall, each end moved outwards by what its corner asks for, metres."""
    start, end = (convex if inner else reflex for inner in wall.convex)
    return -wall.length / 2 - start, wall.length / 2 + end


def _put_doors(shell: Shell, rng: np.random.Generator) -> dict[int, list[tuple[float, float]]]:
    """Doors of one kind, the floor before them kept free; where each wall's skirting is interrupted."""
    gaps: dict[int, list[tuple[float, float]]] = {}
    seed = int(rng.integers(2**31))
    for k, x in shell.doors:
        door = building.door(np.random.default_rng(seed), x)
        _on_wall(shell, door, k, 0.0)
        gaps.setdefault(k, []).append((door.boxes[:, 0, 0].min() - 0.002, door.boxes[:, 1, 0].max() + 0.002))
        position, yaw = wall_pose(shell.walls[k], x, 0.5)
        shell.room.keep_free(position[0], position[1], 1.0, 1.0, yaw, 0.0, 2.1)
    return gaps


def _white(rng: np.random.Generator) -> materials.Finish:
    return materials.textured(rng, "plaster", "plaster", (0.93, 0.93, 0.92), 0.02, 1.5, 0.95)


def _on_wall(shell: Shell, asset: building.Asset, wall: int, z: float) -> Placed | None:
    position, yaw = wall_pose(shell.walls[wall], 0.0, 0.0, z)
    support = "floor_1" if asset.category in ("wall", "skirting", "door") else shell.name_of(wall)
    return shell.room.put(asset, position, yaw, support, thing=False, check=False)


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
        position, yaw = wall_pose(shell.walls[wall], x, 0.0, 0.0)
        shell.room.put(asset, position, yaw, shell.name_of(wall), margin=0.0)
