"""The small things that make a room lived in: on tables, shelves, seats, walls and the ceiling."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from pipeline.compose.assets import Asset, Surface, decor
from pipeline.compose.layouts.room_shell import Shell, wall_pose
from pipeline.compose.placement import GAP_M, Placed, boxes_at
from pipeline.config import RoomRecipe

ON_TOP: dict[str, tuple[str, ...]] = {
    "coffee_table": (
        "book", "book", "mug", "bowl", "vase", "tray", "candle", "small_plant", "plate", "bottle", "laptop",
        "teapot", "cup", "drinking_glass", "smartphone", "apple",
    ),
    "side_table": ("table_lamp", "table_lamp", "mug", "book", "small_plant", "candle", "standing_picture", "vase"),
    "dining_table": (
        "plate", "plate", "mug", "cup", "drinking_glass", "teapot", "apple", "orange", "jar", "bottle", "bowl",
        "vase", "candle", "small_plant", "mug",
    ),
    "sideboard": (
        "table_lamp", "vase", "standing_picture", "small_plant", "sculpture", "book", "candle", "box", "bowl",
        "plate",
    ),
    "cabinet": ("vase", "box", "small_plant", "sculpture", "basket"),
    "tv_stand": ("speaker", "small_plant", "candle", "standing_picture", "box"),
    "desk": (
        "monitor", "keyboard", "mouse", "pen_cup", "telephone", "headphones", "smartphone", "laptop",
        "table_lamp", "mug", "book", "book", "small_plant", "standing_picture",
    ),
    "bookshelf": ("box", "camera", "teddy_bear", "toy_car", "vase", "small_plant", "sculpture"),
    "wall_shelf": ("small_plant", "candle", "vase", "book", "standing_picture", "sculpture", "mug", "box"),
    "stool": ("book", "small_plant", "mug"),
    "ottoman": ("tray", "book"),
    "tray": ("mug", "candle", "bottle"),
}  # fmt: skip
ON_SHELF = ("box", "vase", "sculpture", "standing_picture", "small_plant", "bowl", "book", "speaker", "candle", "ball",
            "bottle")  # fmt: skip
FACING = {
    "camera",
    "keyboard",
    "monitor",
    "teddy_bear",
    "telephone",
    "laptop",
    "standing_picture",
    "speaker",
    "sculpture",
    "box",
}
HOLDS_BOOKS = ("bookshelf", "wall_shelf", "tv_stand", "sideboard")
MOST_TABLE_LAMPS = 2


def dress(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """Hang lamp, shelf, clock and pictures, then fill seats, shelves and tables."""
    if "ceiling_lamp" in wanted:
        _ceiling_lamp(shell, rng)
    _walls(shell, recipe, wanted, rng)
    hosts = list(shell.room.placed)
    if "cushion" in wanted:
        for seat in [p for p in hosts if p.asset.category in ("sofa", "armchair") and p.asset.surfaces]:
            _cushions(shell, seat, rng)
    _books(shell, int(rng.integers(recipe.books[0], recipe.books[1] + 1)), rng)
    for host in [p for p in hosts if p.asset.category in ON_TOP]:
        for surface in host.asset.surfaces:
            _fill(shell, host, surface, recipe, rng)
    for tray in [p for p in shell.room.placed if p.asset.category == "tray" and p.asset.surfaces]:
        _fill(shell, tray, tray.asset.surfaces[0], recipe, rng)


def _ceiling_lamp(shell: Shell, rng: np.random.Generator) -> None:
    room = shell.room
    asset = shell.stock.draw("ceiling_lamp", rng)
    x, y = rng.uniform(-0.12, 0.12, 2) * room.size[:2]
    room.put(asset, np.array([x, y, room.size[2] - asset.size[2] - GAP_M]), float(rng.uniform(0, np.pi)), "ceiling_1")


def _walls(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """A shelf, pictures and a clock: where nothing stands before them and no window is."""
    if "wall_shelf" in wanted:
        _hang(shell, shell.stock.draw("wall_shelf", rng), rng, (1.25, 1.6))
    pictures = int(rng.integers(recipe.pictures[0], recipe.pictures[1] + 1))
    sofas = [p for p in shell.room.placed if p.asset.category in ("sofa", "sideboard")]
    for k in range(pictures):
        near = sofas[k % len(sofas)] if sofas and rng.random() < 0.5 else None
        # A picture too large for the walls that are left gives way to smaller ones.
        for largest_m in (1.1, 0.5, 0.3):
            if _hang(shell, decor.picture_frame(rng, largest_m), rng, (1.45, 1.65), near):
                break
            near = None
    if "clock" in wanted:
        _hang(shell, shell.stock.draw("clock", rng), rng, (1.75, 1.95))


def _hang(
    shell: Shell, asset: Asset, rng: np.random.Generator, height: tuple[float, float], near: Placed | None = None
) -> Placed | None:
    width, depth, tall = asset.size
    room = shell.room
    for _ in range(20):
        wall = round(near.yaw / (np.pi / 2)) % 4 if near is not None else int(rng.integers(4))
        reach = shell.length(wall) / 2 - width / 2 - 0.12
        if reach <= 0:
            continue
        x = float(rng.uniform(-reach, reach))
        if near is not None:
            c, s = np.cos(wall * np.pi / 2), np.sin(wall * np.pi / 2)
            x = float(np.clip(near.position[0] * c + near.position[1] * s + rng.uniform(-0.6, 0.6), -reach, reach))
        z = min(float(rng.uniform(*height)), room.size[2] - tall / 2 - 0.12) - tall / 2
        if any(
            k == wall and o.left - 0.05 < x + width / 2 and x - width / 2 < o.right + 0.05 and z < o.head + 0.05
            for k, o in shell.windows
        ):
            continue
        position, yaw = wall_pose(room.size, wall, x, depth / 2 + GAP_M, z)
        # Free air in front, so that nothing hangs behind a cupboard.
        front = boxes_at(
            np.array([[[-width / 2 - 0.06, -depth / 2, -0.03], [width / 2 + 0.06, 0.45, tall + 0.06]]]), position, yaw
        )
        if room.fits(front):
            placed = room.put(asset, position, yaw, f"wall_{wall + 1}")
            if placed is not None:
                return placed
    return None


def _cushions(shell: Shell, host: Placed, rng: np.random.Generator) -> None:
    """Cushions against the back rest, most of them at the arms."""
    seat = host.asset.surfaces[0]
    count = int(rng.integers(1, 4)) if host.asset.category == "sofa" else 1
    matching = rng.random() < 0.4
    seed = int(rng.integers(2**31))
    for k in range(count):
        cushion = shell.stock.draw("cushion", np.random.default_rng(seed) if matching else rng)
        u = (
            (-0.92, 0.92, float(rng.uniform(-0.3, 0.3)))[k] + float(rng.uniform(-0.08, 0.08))
            if count > 1
            else float(rng.uniform(-0.9, 0.9))
        )
        shell.room.put_on(cushion, host, seat, rng, yaw=float(rng.normal(0, 0.07)), at=(float(np.clip(u, -1, 1)), -1.0))


def _books(shell: Shell, count: int, rng: np.random.Generator) -> None:
    """Rows of `count` books in all, on shelves in any order, a second row on a shelf when each has one."""
    shelves = [
        (host, surface)
        for host in shell.room.placed
        if host.asset.category in HOLDS_BOOKS
        for surface in host.asset.surfaces
        if surface.kind == "shelf"
    ]
    for _ in range(2):
        for k in rng.permutation(len(shelves)):
            if count <= 0:
                return
            host, surface = shelves[k]
            count -= _row_of_books(shell, host, surface, count, rng)


def _row_of_books(shell: Shell, host: Placed, surface: Surface, most: int, rng: np.random.Generator) -> int:
    """Books upright side by side from one end of a shelf; returns how many."""
    x, y, z = surface.centre
    from_left = rng.random() < 0.5
    edge = surface.half[0] - float(rng.uniform(0.0, 0.1))
    used, count, wanted = 0.0, 0, int(rng.integers(3, 9))
    span = surface.half[0] * float(rng.uniform(0.9, 1.9))
    while count < min(most, wanted) and used < span:
        book = shell.stock.draw("standing_book", rng)
        width, depth, tall = book.size
        if tall > surface.clearance - 0.01 or depth > 2 * surface.half[1] or used + width > 2 * edge - 0.01:
            break
        along = (edge - used - width / 2) * (-1 if from_left else 1)
        pull = min(float(rng.uniform(0.0, 0.015)), 2 * surface.half[1] - depth)
        spot = host.to_world((x + along, y + surface.half[1] - depth / 2 - pull, z + GAP_M))
        if shell.room.put(book, spot, host.yaw, host.name) is None:
            break
        used += width + 0.0012
        count += 1
    return count


def _fill(shell: Shell, host: Placed, surface: Surface, recipe: RoomRecipe, rng: np.random.Generator) -> None:
    """A few fitting things on a surface, more where it is large; sometimes a second book on the first."""
    category, clutter = host.asset.category, recipe.clutter
    on_shelf = surface.kind == "shelf" and category != "wall_shelf"
    choices = [piece for piece in (ON_SHELF if on_shelf else ON_TOP[category]) if piece in recipe.small_things]
    extras = shell.stock.extras(category)
    choices += extras
    if not choices or rng.random() >= 1.4 * clutter:
        return
    area = 4 * surface.half[0] * surface.half[1]
    most = max(1, round(clutter * min(6.5, 1.5 + 9.0 * area)))
    for _ in range(int(rng.integers(1, most + 1))):
        piece = choices[int(rng.integers(len(choices)))]
        lamps = [p for p in shell.room.placed if p.asset.category == "table_lamp"]
        if piece == "table_lamp" and (len(lamps) >= MOST_TABLE_LAMPS or any(p.support == host.name for p in lamps)):
            continue
        asset = shell.stock.draw_extra(piece, rng) if piece in extras else shell.stock.draw(piece, rng)
        if asset is None:
            continue
        turned = piece in FACING or piece in extras or category == "bookshelf"
        facing = float(rng.normal(0, 0.15)) if turned else None
        if piece == "laptop" and category == "coffee_table":
            # The table's front looks away from the sofa, where the user sits.
            facing = np.pi + float(rng.normal(0, 0.3))
        placed = shell.room.put_on(asset, host, surface, rng, yaw=facing)
        if placed is not None and piece == "book" and placed.asset.surfaces and rng.random() < 0.5:
            second = shell.stock.draw("book", rng)
            shell.room.put_on(
                second, placed, placed.asset.surfaces[0], rng, yaw=float(rng.normal(0, 0.15)), at=(0.0, 0.0)
            )
