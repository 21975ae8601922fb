"""Layout "tabletop": things that lie as they fell on a table, in a furnished room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import physics
from pipeline.compose.assets import GENERATORS, Asset, Surface
from pipeline.compose.contact import triangles, vertical_gap
from pipeline.compose.draws import weighted
from pipeline.compose.layouts.room_light import light_room
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.layouts.tabletop_camera import choose_close_up
from pipeline.compose.layouts.tabletop_room import furnished_room
from pipeline.compose.placement import GAP_M, Placed, boxes_at
from pipeline.compose.stock import Stock
from pipeline.config import TabletopRecipe
from pipeline.scene import CannotPlace, Float, Object, Scene, upright

THEMES: dict[str, tuple[str, ...]] = {
    "kitchen": (
        "apple", "apple", "banana", "orange", "pear", "bread", "carton", "cup", "mug", "drinking_glass", "can", "fork",
        "spoon", "knife", "bowl", "plate", "bottle", "teapot", "jar", "kettle", "pot", "pan", "cutting_board", "tray",
    ),
    "desk": (
        "book", "book", "book", "mug", "laptop", "pencil", "pencil", "pen_cup", "scissors", "tape_roll", "smartphone",
        "headphones", "camera", "keyboard", "mouse", "telephone", "binder", "box", "small_plant", "desk_lamp",
    ),
    "workshop": (
        "hammer", "screwdriver", "screwdriver", "wrench", "wrench", "scissors", "tape_roll", "flashlight", "can", "jar",
        "box", "pencil", "mug", "bottle",
    ),
    "toys": (
        "toy_block", "toy_block", "toy_block", "toy_car", "toy_car", "rubber_duck", "die", "die", "puzzle_cube", "ball",
        "teddy_bear", "book", "pencil", "box",
    ),
}  # fmt: skip
"""What lies together; a name that stands twice comes twice as often."""
THEMES["mixed"] = tuple(name for names in list(THEMES.values()) for name in names)
THEMES = {theme: tuple(name for name in names if name in GENERATORS) for theme, names in THEMES.items()}

UPRIGHT = {
    "bottle", "bowl", "cup", "cutting_board", "desk_lamp", "drinking_glass", "jar", "kettle", "keyboard", "laptop",
    "mug", "pan", "pen_cup", "plate", "pot", "small_plant", "tray", "teapot", "telephone", "vase", "candle",
}  # fmt: skip
"""What people put down on its foot; everything else may as well be dropped."""
DENSITY = {"wood": 600.0, "metal": 2500.0, "ceramic": 1500.0, "glass": 1800.0, "paper": 700.0, "fabric": 200.0}
LEAST_TABLE_M = (0.2, 0.16)
"""Half edges of the smallest table top that is used."""
EDGE_M = 0.03
FLOAT_M = 0.003
"""As far as a thing may be above what carries it."""
TALLEST_M = 0.45
SINK_M = 0.002
"""As far as a thing may sink into the table."""
DROP_M = 0.03
"""Free fall before the first thing lands, and between those that follow."""


@dataclass(frozen=True, eq=False)
class Table:
    """The piece of furniture that things lie on, and the surface of it."""

    placed: Placed
    surface: Surface

    @property
    def frame(self) -> Float:
        """World pose of the middle of the surface: float64 [4, 4], z up."""
        return upright(self.placed.to_world(self.surface.centre), self.placed.yaw)


def compose_tabletop(recipe: TabletopRecipe, width: int, height: int, rng: np.random.Generator, stock: Stock) -> Scene:
    """A table with things come to rest on it. Raises CannotPlace where the room has no such table or no view of it."""
    time = recipe.room.light[int(rng.integers(len(recipe.room.light)))]
    kind = recipe.tables[int(rng.integers(len(recipe.tables)))]
    shell, background, exposure = furnished_room(recipe.room, kind, time, rng, stock)
    table = _cleared_table(shell, kind)
    theme = weighted(recipe.themes, rng)
    things = _heap(recipe, theme, table, shell, rng)
    if not things:
        raise CannotPlace("nothing stayed on the table")
    camera = choose_close_up(recipe.camera, things, table.frame, shell.room, width, height, rng)
    return Scene(
        recipe.name,
        (*(placed.to_object() for placed in shell.room.placed), *things),
        light_room(shell, time, rng),
        camera,
        (),
        background=background,
        exposure=exposure,
        indoors=True,
    )


def _cleared_table(shell: Shell, kind: str) -> Table:
    """A table of the kind asked for, without what the room put on it. Raises CannotPlace when there is none."""
    for placed in shell.room.placed:
        tops = [s for s in placed.asset.surfaces if s.kind == "top" and (np.array(s.half) >= LEAST_TABLE_M).all()]
        if placed.asset.category == kind and tops:
            table = Table(placed, max(tops, key=lambda s: s.half[0] * s.half[1]))
            break
    else:
        raise CannotPlace(f"the room has no {kind} with room on it")
    gone = {table.placed.name}
    for placed in shell.room.placed:
        if placed.support in gone:
            gone.add(placed.name)
    shell.room.remove(gone - {table.placed.name})
    return table


def _heap(recipe: TabletopRecipe, theme: str, table: Table, shell: Shell, rng: np.random.Generator) -> list[Object]:
    """Draw things, set them down or drop them, let them come to rest; what does not rest on the table is left out."""
    half = np.asarray(table.surface.half) - EDGE_M
    count = int(rng.integers(recipe.count[0], recipe.count[1] + 1))
    reach = np.minimum(half, recipe.spread_m)
    middle = rng.uniform(-1, 1, 2) * np.maximum(half - reach, 0.0)
    assets: list[Asset] = []
    bodies: list[physics.Body] = []
    feet: list[tuple[Float, float]] = []
    level = 0.0
    for _ in range(count):
        name = THEMES[theme][int(rng.integers(len(THEMES[theme])))]
        asset = shell.stock.draw(name, rng)
        size = asset.size
        if size[2] > TALLEST_M or min(size[0], size[1]) > 2 * half.min():
            continue
        yaw = float(rng.uniform(-np.pi, np.pi))
        radius = float(np.linalg.norm(size[:2])) / 2
        stands = name in UPRIGHT or rng.random() < recipe.standing
        spot = None
        if stands:
            spot = _free_spot(feet, radius, middle, reach, rng)
            spot = _free_spot(feet, radius, np.zeros(2), half, rng) if spot is None else spot
        if spot is not None:
            pose = upright([*spot, GAP_M], yaw)
            feet.append((spot, radius))
        elif name in UPRIGHT:
            continue
        else:
            # Dropped one after the other, each turned over by some angle.
            level += float(np.linalg.norm(size)) + DROP_M
            spot = middle + rng.uniform(-0.6, 0.6, 2) * reach
            pose = upright([*spot, level], yaw) @ _tilt(rng)
        assets.append(asset)
        density = DENSITY.get(asset.attributes.get("material", ""), 900.0)
        bodies.append(physics.Body(physics.convex_pieces([part.mesh for part in asset.parts]), density, pose))
    if not bodies:
        return []
    rest = physics.settle(bodies, table.surface.half)
    return _resting(assets, rest, table, shell)


def _resting(assets: list[Asset], rest: physics.Rest, table: Table, shell: Shell) -> list[Object]:
    """The things that lie still on the table or on one that does, as objects."""
    # What hangs over the edge may touch what the table is besides its top.
    kept = {k for k, asset in enumerate(assets) if rest.still[k] and _lowest(asset, rest.poses[k]) > -SINK_M}
    kept = {k for k in kept if _clear(assets[k], table.frame @ rest.poses[k], table, shell)}
    kept = {k for k in kept if _carried(k, kept, rest) and _touches(assets, k, rest)}
    while True:
        held = {k for k in kept if _carried(k, kept, rest)}
        if held == kept:
            break
        kept = held
    names = {k: shell.room.new_name(assets[k].category) for k in sorted(kept)}
    things = []
    for k in sorted(kept):
        below = rest.below[k]
        asset = assets[k]
        things.append(
            Object(
                names[k],
                asset.category,
                asset.parts,
                table.frame @ rest.poses[k],
                support=table.placed.name if below == -1 else names[below],  # type: ignore[index]
                attributes=dict(asset.attributes),
                source=asset.source,
            )
        )
    return things


def _lowest(asset: Asset, pose: Float) -> float:
    return min(float((part.mesh.vertices @ pose[2, :3]).min()) for part in asset.parts) + float(pose[2, 3])


def _clear(asset: Asset, pose: Float, table: Table, shell: Shell) -> bool:
    """Whether a thing at `pose` keeps away from everything in the room but its table."""
    points = np.concatenate([part.mesh.vertices for part in asset.parts]) @ pose[:3, :3].T + pose[:3, 3]
    extent = boxes_at(np.stack([points.min(0), points.max(0)])[None], np.zeros(3), 0.0)
    return not any(extent.overlaps(other.boxes) for other in shell.room.placed if other is not table.placed)


def _touches(assets: list[Asset], k: int, rest: physics.Rest) -> bool:
    """Whether the mesh of a thing comes down to that of what carries it: hulls may touch where meshes are hollow."""
    below = rest.below[k]
    if below == -1:
        return _lowest(assets[k], rest.poses[k]) < FLOAT_M
    upper, lower = (triangles([part.mesh for part in assets[i].parts], rest.poses[i]) for i in (k, below or 0))
    return vertical_gap(upper, lower) < FLOAT_M


def _carried(k: int, kept: set[int], rest: physics.Rest) -> bool:
    """Whether what carries k, and what carries that, ends at the table without a circle."""
    seen: set[int] = set()
    at: int | None = k
    while at is not None and at != -1:
        if at in seen or at not in kept:
            return False
        seen.add(at)
        at = rest.below[at]
    return at == -1


def _free_spot(
    feet: list[tuple[Float, float]], radius: float, middle: Float, reach: Float, rng: np.random.Generator
) -> Float | None:
    for _ in range(12):
        spot = middle + rng.uniform(-1, 1, 2) * np.maximum(reach - min(radius, 0.1), 0.0)
        if all(np.linalg.norm(spot - other) > radius + extent for other, extent in feet):
            return np.asarray(spot)
    return None


def _tilt(rng: np.random.Generator) -> Float:
    """A turn about a level axis by up to 100 degrees: float64 [4, 4]."""
    about, angle = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 1.75)
    axis = np.array([np.cos(about), np.sin(about), 0.0])
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    pose = np.eye(4)
    pose[:3, :3] = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return pose
