"""The hall itself: floor and its lines, walls, roof on columns and trusses, doors, light bands, lamps, empty racks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import building, hall, industrial, racking
from pipeline.compose.assets.profiles import painted
from pipeline.compose.colors import named_color
from pipeline.compose.layouts.room_plan import rectangle, wall_pose
from pipeline.compose.layouts.warehouse_plan import PALLET_DEPTH_M, Hall, Run
from pipeline.compose.materials import Finish
from pipeline.compose.placement import GAP_M, Placed
from pipeline.config import WarehouseRecipe

COLUMN_M = 0.26
LINE_M = 0.1
"""Width of painted lines."""
SKYLIGHT_M = 1.2


def build_hall(recipe: WarehouseRecipe, room: Hall, sky: tuple[float, float, float], rng: np.random.Generator) -> None:
    """Everything built: shell, roof, doors. sky: radiance of the light bands' panes."""
    x, y, z = room.plan.size
    floor = building.slab("floor", x, y, 0.1, _floor(recipe, rng), rng)
    room.add(floor, np.array([0, 0, -0.1]), 0.0, None, thing=False)
    finish = _wall(recipe, rng)
    for wall in rectangle(x, y).walls:
        half = wall.length / 2 + (building.THICKNESS_M if wall.turn % 2 == 0 else -GAP_M)
        position, yaw = wall_pose(wall, 0.0, 0.0, GAP_M)
        asset = building.wall((-half, half), z - 2 * GAP_M, [], finish, rng)
        room.add(asset, position, yaw, "floor_1", thing=False)
    room.add(building.slab("ceiling", x, y, 0.1, _roof(rng), rng), np.array([0, 0, z]), 0.0, "wall_1", thing=False)
    _frame(room, rng)
    _doors(recipe, room, rng)
    if rng.random() < recipe.skylights:
        _skylights(room, sky, rng)
    _lines(room, rng)


def _floor(recipe: WarehouseRecipe, rng: np.random.Generator) -> Finish:
    kind = recipe.floors[int(rng.integers(len(recipe.floors)))]
    if kind == "coated":
        color = ((0.52, 0.55, 0.57), (0.36, 0.44, 0.40), (0.48, 0.52, 0.60), (0.62, 0.61, 0.57))[int(rng.integers(4))]
        return materials.textured(rng, "concrete", "concrete", color, 0.05, 3.0, float(rng.uniform(0.5, 0.65)))
    tone = float(rng.uniform(0.3, 0.38)) if kind == "dark_concrete" else float(rng.uniform(0.48, 0.62))
    return materials.textured(rng, "concrete", "concrete", (tone, tone * 0.985, tone * 0.96), 0.16, 3.0, 0.68)


def _wall(recipe: WarehouseRecipe, rng: np.random.Generator) -> Finish:
    kind = recipe.walls[int(rng.integers(len(recipe.walls)))]
    if kind == "concrete":
        return materials.concrete(rng)
    if kind == "corrugated":
        sheets = [materials.corrugated_metal(rng) for _ in range(4)]
        # Inside, halls are pale.
        return next((s for s in sheets if s.material.color_name in ("white", "gray", "beige")), sheets[0])
    color = ((0.80, 0.81, 0.81), (0.72, 0.74, 0.76), (0.82, 0.80, 0.74), (0.58, 0.66, 0.74))[int(rng.integers(4))]
    return materials.textured(rng, "metal", "stripes", color, 0.04, 6.0, 0.55, 0.1)


def _roof(rng: np.random.Generator) -> Finish:
    color = ((0.82, 0.83, 0.83), (0.72, 0.74, 0.75), (0.86, 0.86, 0.84))[int(rng.integers(3))]
    return materials.textured(rng, "metal", "stripes", color, 0.08, 1.6, 0.6, 0.1)


def _frame(room: Hall, rng: np.random.Generator) -> None:
    """Columns along both long walls and a truss or girder from each to its opposite, under the roof."""
    x, y, z = room.plan.size
    depth = room.plan.truss_m
    steel = bool(rng.random() < 0.75)
    paint = painted(
        ((0.55, 0.57, 0.58), (0.30, 0.38, 0.46), (0.62, 0.24, 0.18), (0.80, 0.80, 0.78))[int(rng.integers(4))]
    )
    pillar = paint if steel else materials.textured(rng, "concrete", "concrete", (0.6, 0.6, 0.58), 0.1, 2.0, 0.85)
    count = max(2, round(x / float(rng.uniform(4.6, 6.4))))
    xs = (np.arange(count) - (count - 1) / 2) * x / count
    upright = hall.column(z - depth - 3 * GAP_M, COLUMN_M, pillar, rng, steel)
    builder = hall.truss if rng.random() < 0.7 else hall.girder
    beam = builder(y - 0.06, depth - GAP_M, paint, rng)
    away = y / 2 - 0.03 - upright.size[1] / 2
    for at in xs:
        feet = [room.add(upright, np.array([at, s * away, GAP_M]), 0.0, "floor_1", thing=False) for s in (-1, 1)]
        room.add(beam, np.array([at, 0.0, z - depth]), np.pi / 2, feet[0].name, thing=False)
        for foot in feet:
            room.zones.append(foot.boxes)


def truss_gaps(room: Hall) -> list[float]:
    """x of the middles between neighbouring trusses."""
    xs = sorted(p.position[0] for p in room.placed if p.asset.category == "roof_truss")
    return [float(a + b) / 2 for a, b in pairwise(xs)]


def _doors(recipe: WarehouseRecipe, room: Hall, rng: np.random.Generator) -> None:
    """Loading doors side by side in the end wall at +x, an ordinary door in the other."""
    x, y, z = room.plan.size
    walls = rectangle(x, y).walls
    count = int(rng.integers(recipe.doors[0], recipe.doors[1] + 1))
    width, height = float(rng.uniform(2.5, 3.4)), min(float(rng.uniform(2.7, 4.0)), z - room.plan.truss_m - 0.6)
    pitch = width + float(rng.uniform(0.9, 2.0))
    count = min(count, int((y - 1.0) / pitch))
    asset = industrial.dock_door(rng, width, height)
    middle = float(rng.uniform(-1, 1)) * max((y - 1.0 - count * pitch) / 2, 0.0)
    for k in range(count):
        along = middle + (k - (count - 1) / 2) * pitch
        position, yaw = wall_pose(walls[1], along, asset.size[1] / 2 + GAP_M, GAP_M)
        placed = room.add(asset, position, yaw, "wall_2")
        low, high = placed.extent
        room.block(low[0] - 0.8, (low[1] + high[1]) / 2, 2.0, high[1] - low[1])
    leaf = building.door(rng, 0.0)
    position, yaw = wall_pose(walls[3], float(rng.uniform(-0.4, 0.4)) * y, 0.0, 0.0)
    room.add(leaf, position, yaw, "wall_4", thing=False)
    room.block(position[0] + 0.5, position[1], 1.0, 1.2)


def _skylights(room: Hall, sky: tuple[float, float, float], rng: np.random.Generator) -> None:
    """A light band beside the lamps of every aisle, in each field between two trusses."""
    z = room.plan.size[2]
    gaps = truss_gaps(room)
    if len(gaps) < 1:
        return
    length = (gaps[1] - gaps[0] if len(gaps) > 1 else 4.0) - 0.5
    asset = hall.skylight(length, SKYLIGHT_M, sky, rng)
    for aisle in room.plan.aisles:
        for x in gaps:
            room.add(asset, np.array([x, aisle.y + 0.95, z - asset.size[2] - GAP_M]), 0.0, "ceiling_1", thing=False)


def _lines(room: Hall, rng: np.random.Generator) -> None:
    """Lines along both sides of every aisle, and often hatched bays before the doors."""
    color = named_color(("yellow", "yellow", "white")[int(rng.integers(3))], rng)
    finish = materials.plain("paint", color, 0.5)
    start, end = room.plan.racks_x
    lines = []
    for aisle in room.plan.aisles:
        for s in (-1, 1):
            lines.append(((start + end) / 2, aisle.y + s * (aisle.width / 2 - 0.08), end - start, LINE_M))
    for door in (p for p in room.placed if p.asset.category == "loading_door"):
        (left, low, _), (_, high, _) = door.extent
        reach = min(room.plan.size[0] / 2 - end - 0.6, 3.0)
        for y in (low + 0.1, high - 0.1):
            lines.append((left - reach / 2 - 0.3, y, reach, LINE_M))
    room.add(hall.markings(lines, finish, rng), np.array([0.0, 0.0, GAP_M]), 0.0, "floor_1", thing=False)


def place_racks(room: Hall, rng: np.random.Generator) -> list[tuple[Run, Placed]]:
    """The empty racks, those of equal measures sharing one mesh, and guards before the ends of the rows."""
    frame, beam = racking.COLORS[int(rng.integers(len(racking.COLORS)))]
    made: dict[int, racking.Asset] = {}
    racks = []
    for run in room.plan.runs:
        bays = run.rack.bays
        if bays not in made:
            made[bays] = racking.rack(rng, run.rack, frame, beam)
        racks.append((run, room.add(made[bays], np.array([run.x, run.y, GAP_M]), run.yaw, "floor_1")))
        room.block(run.x, run.y, run.rack.length_m + 0.05, PALLET_DEPTH_M + 0.06)
    if rng.random() < 0.55:
        guard = industrial.guard_rail(rng, float(rng.uniform(1.1, 1.2)))
        for run, _ in racks:
            for s in (-1, 1):
                room.stand(guard, run.x + s * (run.rack.length_m / 2 + 0.25), run.y, s * -np.pi / 2, 0.01)
    return racks


def hang_lamps(room: Hall, rng: np.random.Generator) -> None:
    """A row of lamps over every aisle, below the trusses and between them."""
    z = room.plan.size[2]
    asset = industrial.bay_lamp(rng, room.plan.truss_m + float(rng.uniform(0.25, 0.5)))
    gaps = truss_gaps(room)
    ends = [gaps[0] - (gaps[1] - gaps[0]), gaps[-1] + (gaps[1] - gaps[0])] if len(gaps) > 1 else []
    xs = [x for x in sorted([*gaps, *ends]) if abs(x) < room.plan.size[0] / 2 - 0.5]
    for aisle in room.plan.aisles:
        for x in xs:
            room.add(asset, np.array([x, aisle.y, z - asset.size[2] - GAP_M]), 0.0, "ceiling_1")
