"""The small things that make a room lived in: on tables, shelves, seats, walls and the ceiling."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np

from pipeline.compose.assets import Asset, Surface
from pipeline.compose.layouts.room_clutter import FACING, HOLDS_BOOKS, ON_SHELF, ON_TOP, ONE_EACH
from pipeline.compose.layouts.room_desk import equip_desk
from pipeline.compose.layouts.room_hang import ceiling_lamps, dress_walls
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import GAP_M, Placed
from pipeline.config import RoomRecipe

MOST_TABLE_LAMPS = 2
UNDER_PRINTER = ("filing_cabinet", "sideboard", "cabinet", "desk")
EQUIPMENT = ("monitor", "keyboard", "mouse", "laptop")
"""What stands on a desk that one works at comes once."""
BEHIND_SEAT_M = tuple(0.01 * step for step in range(24, -1, -1))
"""How far behind a seat's surface a cushion may stand, the furthest first."""


def dress(shell: Shell, recipe: RoomRecipe, wanted: Set[str], rng: np.random.Generator) -> None:
    """Hang lamps, shelves, clocks and pictures, then fill seats, shelves and tables."""
    # Panels take the place of lamps.
    overhead = [piece for piece in ("light_panel", "ceiling_lamp") if piece in wanted]
    if overhead:
        ceiling_lamps(shell, overhead[0], rng)
    dress_walls(shell, recipe, wanted, rng)
    hosts = list(shell.room.placed)
    if "cushion" in wanted:
        for seat in [p for p in hosts if p.asset.category in ("sofa", "armchair") and p.asset.surfaces]:
            _cushions(shell, seat, rng)
    if "printer" in wanted:
        _printer(shell, hosts, rng)
    _books(shell, int(rng.integers(recipe.books[0], recipe.books[1] + 1)), rng)
    for host in [p for p in hosts if p.asset.category in ON_TOP]:
        equipped = host.asset.category == "desk" and equip_desk(shell, host, recipe, rng)
        for surface in host.asset.surfaces:
            _fill(shell, host, surface, recipe, rng, EQUIPMENT if equipped else ())
    for tray in [p for p in shell.room.placed if p.asset.category == "tray" and p.asset.surfaces]:
        _fill(shell, tray, tray.asset.surfaces[0], recipe, rng)


def _printer(shell: Shell, hosts: list[Placed], rng: np.random.Generator) -> None:
    """On the first piece that has room for it: in the middle of a cabinet, at a desk's end."""
    printer = shell.stock.draw("printer", rng)
    for host in [p for name in UNDER_PRINTER for p in hosts if p.asset.category == name]:
        spot = (float(rng.choice([-1, 1])), -0.5) if host.asset.category == "desk" else (0.0, 0.0)
        for surface in host.asset.surfaces:
            if surface.kind == "top" and shell.room.put_on(printer, host, surface, rng, yaw=0.0, at=spot):
                return


def _cushions(shell: Shell, host: Placed, rng: np.random.Generator) -> None:
    """Cushions against the back rest, most of them at the arms."""
    count = int(rng.integers(1, 4)) if host.asset.category == "sofa" else 1
    matching = rng.random() < 0.4
    seed = int(rng.integers(2**31))
    for k in range(count):
        cushion = shell.stock.draw("leaning_cushion", np.random.default_rng(seed) if matching else rng)
        u = (
            (-0.92, 0.92, float(rng.uniform(-0.3, 0.3)))[k] + float(rng.uniform(-0.08, 0.08))
            if count > 1
            else float(rng.uniform(-0.9, 0.9))
        )
        _lean(shell, cushion, host, float(np.clip(u, -1, 1)), float(rng.normal(0, 0.07)), rng)


def _lean(shell: Shell, cushion: Asset, host: Placed, u: float, yaw: float, rng: np.random.Generator) -> None:
    """Set a cushion at `u` in [-1, 1] along a seat, as far back as the back rest lets it."""
    seat = host.asset.surfaces[0]
    (x, y, z), (half_x, half_y) = seat.centre, seat.half
    # The seat itself ends before the back rest, which leans away from it.
    behind = y - half_y + host.asset.size[1] / 2
    for further in [distance for distance in BEHIND_SEAT_M if distance <= max(behind, 0.0)]:
        deeper = replace(seat, centre=(x, y - further / 2, z), half=(half_x, half_y + further / 2))
        if shell.room.put_on(cushion, host, deeper, rng, yaw=yaw, at=(u, -1.0)):
            return


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


def _fill(
    shell: Shell,
    host: Placed,
    surface: Surface,
    recipe: RoomRecipe,
    rng: np.random.Generator,
    present: tuple[str, ...] = (),
) -> None:
    """A few fitting things on a surface, more where it is large; sometimes a second book on the first."""
    category, clutter = host.asset.category, recipe.clutter
    on_shelf = surface.kind == "shelf" and category != "wall_shelf"
    offered = ON_SHELF if on_shelf else ON_TOP[category]
    choices: list[str] = [piece for piece in offered if piece in recipe.small_things and piece not in present]
    extras = shell.stock.extras(category) if surface.kind != "hob" else ()
    choices += extras
    # A plate of a hob is bare more often than not.
    if not choices or rng.random() >= (0.5 if surface.kind == "hob" else 1.4) * clutter:
        return
    area = 4 * surface.half[0] * surface.half[1]
    most = max(1, round(clutter * min(6.5, 1.5 + 9.0 * area)))
    for _ in range(int(rng.integers(1, most + 1))):
        piece = choices[int(rng.integers(len(choices)))]
        if piece in ONE_EACH and any(p.asset.category == piece for p in shell.room.placed):
            continue
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
