"""Fitted kitchens: units of one style that stand side by side as a run. Backs lie along -y.

A base unit is DEPTH_M deep, handles included, and as high as its style says, worktop included: put side by side, the
worktops meet. Draw one `kitchen_style` and hand it to every unit; without one, each draws its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import FRONT_STYLES, HANDLES, REACH_M, THICK_M, front, handle, lacquered
from pipeline.compose.assets.lofts import loft, ring, rounded_rectangle
from pipeline.compose.assets.plumbing import tap
from pipeline.compose.assets.shapes import box, disc, move, torus
from pipeline.compose.materials import Finish

DEPTH_M = 0.60
WALL_DEPTH_M = 0.35
_GAP = 0.004
"""Joint between neighbouring fronts."""


@dataclass(frozen=True, eq=False)
class KitchenStyle:
    """What the units of one kitchen share.

    height_m: of the worktop's upper face. wall_height_m: of the wall cabinets. front: a style of fronts.FRONT_STYLES;
    handle: a kind of fronts.HANDLES.
    """

    face: Finish
    carcass: Finish
    worktop: Finish
    metal: Finish
    front: str
    handle: str
    height_m: float
    wall_height_m: float
    worktop_m: float
    plinth_m: float


def kitchen_style(rng: np.random.Generator) -> KitchenStyle:
    """A style at random."""
    names = ("white", "white", "white", "gray", "beige", "green", "blue", "black")
    face = lacquered(rng, names) if rng.random() < 0.62 else materials.wood(rng)
    worktop = materials.stone(rng) if rng.random() < 0.6 else materials.wood(rng)
    return KitchenStyle(
        face,
        face if rng.random() < 0.5 else lacquered(rng, ("white", "gray")),
        worktop,
        materials.metal(rng),
        FRONT_STYLES[int(rng.choice(3, p=[0.45, 0.35, 0.2]))],
        HANDLES[int(rng.choice(4, p=[0.45, 0.25, 0.12, 0.18]))],
        float(rng.uniform(0.88, 0.94)),
        float(rng.uniform(0.6, 0.9)),
        float(rng.uniform(0.026, 0.042)),
        float(rng.uniform(0.08, 0.14)),
    )


_BACK = -DEPTH_M / 2
_FACE = DEPTH_M / 2 - REACH_M - 0.004 - THICK_M
"""Where the carcass ends and the fronts begin."""


def _body(style: KitchenStyle, width: float) -> list[Piece]:
    """Plinth and carcass of a base unit."""
    z, top = style.plinth_m, style.height_m - style.worktop_m
    deep = _FACE - _BACK
    return [
        (box((width, deep, top - z + 0.001), (0, _BACK + deep / 2, z), 0), style.carcass),
        (box((width, deep - 0.05, z + 0.001), (0, _BACK + deep / 2 - 0.025, 0), 0), style.carcass),
    ]


def _top(style: KitchenStyle, width: float, hole: tuple[float, float, float, float] | None = None) -> list[Piece]:
    """The worktop, around a hole (x0, x1, y0, y1) if there is one."""
    t, z = style.worktop_m, style.height_m - style.worktop_m
    if hole is None:
        return [(box((width, DEPTH_M, t), (0, 0, z), 0.003), style.worktop)]
    x0, x1, y0, y1 = hole
    half, deep = width / 2, DEPTH_M / 2
    spans = [(-half, half, -deep, y0), (-half, half, y1, deep), (-half, x0, y0, y1), (x1, half, y0, y1)]
    return [(box((b - a, d - c, t), ((a + b) / 2, (c + d) / 2, z), 0), style.worktop) for a, b, c, d in spans]


def _doors(
    rng: np.random.Generator, style: KitchenStyle, width: float, z: float, height: float, y: float
) -> list[Piece]:
    """One door, or two where it is wide, from `z` up."""
    count = 1 if width < 0.62 else 2
    each = width / count
    side = float(rng.choice([-1, 1]))
    pieces: list[Piece] = []
    for k in range(count):
        x = -width / 2 + each * (k + 0.5)
        pieces += front(each - _GAP, height - _GAP, (x, y, z + _GAP / 2), style.face, style.front)
        to = side if count == 1 else (1.0 if k == 0 else -1.0)
        # Under a worktop one reaches down to the handle, on the wall up to it.
        hz = z + height - 0.1 if z < 1.0 and height > 0.3 and y > 0.2 else z + 0.1
        edge = min(0.035, each * 0.2)
        if style.handle in ("cup", "strip"):
            pieces += handle(style.handle, (x, y + THICK_M, hz), style.metal, min(0.14, each * 0.5))
        else:
            at = (x + to * (each / 2 - edge), y + THICK_M, hz)
            pieces += handle(style.handle, at, style.metal, 0.14, upright=True)
    return pieces


def _drawers(
    style: KitchenStyle, width: float, z: float, heights: tuple[float, ...], y: float, x: float = 0.0
) -> list[Piece]:
    """Drawer fronts one above the other, the lowest first."""
    pieces: list[Piece] = []
    for h in heights:
        pieces += front(width - _GAP, h - _GAP, (x, y, z + _GAP / 2), style.face, style.front)
        hz = z + h / 2 if style.front != "flat" else z + h - min(0.05, h * 0.4)
        pieces += handle(style.handle, (x, y + THICK_M, hz), style.metal, min(0.3, width * 0.45))
        z += h
    return pieces


def _fronts(rng: np.random.Generator, style: KitchenStyle, width: float) -> list[Piece]:
    """Doors, a drawer over doors, or drawers alone."""
    low, high = style.plinth_m, style.height_m - style.worktop_m
    tall = high - low
    kind = rng.random()
    if kind < 0.35:
        return _doors(rng, style, width, low, tall, _FACE)
    if kind < 0.65:
        return _doors(rng, style, width, low, tall * 0.78, _FACE) + _drawers(
            style, width, low + tall * 0.78, (tall * 0.22,), _FACE
        )
    shares = (0.4, 0.36, 0.24) if rng.random() < 0.6 else (0.28, 0.26, 0.24, 0.22)
    return _drawers(style, width, low, tuple(tall * s for s in shares), _FACE)


def kitchen_counter(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A base unit with doors or drawers under a worktop, `width_m` wide; wide ones are divided."""
    style = style or kitchen_style(rng)
    width = width_m or float(rng.choice([0.4, 0.45, 0.5, 0.6, 0.8, 0.9, 1.2]))
    pieces = _body(style, width) + _top(style, width)
    bays = max(1, round(width / 0.75)) if width > 1.0 else 1
    for b in range(bays):
        x = -width / 2 + width * (b + 0.5) / bays
        pieces += [(move(mesh, (x, 0, 0)), finish) for mesh, finish in _fronts(rng, style, width / bays)]
    top = Surface("top", (0, 0, style.height_m), (width / 2 - 0.02, DEPTH_M / 2 - 0.04), 0.5)
    return assemble("kitchen_counter", pieces, rng, [top], style.face)


def kitchen_sink(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A base unit with a steel or ceramic basin let into the worktop, and a tap behind it."""
    style = style or kitchen_style(rng)
    width = width_m or float(rng.choice([0.6, 0.8, 0.9, 1.0]))
    steel = materials.steel(rng)
    bowl = steel if rng.random() < 0.7 else materials.plain("ceramic", (0.93, 0.93, 0.92), 0.15)
    two = width >= 0.85 and rng.random() < 0.5
    half_x, half_y = (
        (min(0.4, width / 2 - 0.06) if two else min(0.27, width / 2 - 0.06)),
        float(rng.uniform(0.19, 0.21)),
    )
    side = 0.0 if two or width < 0.75 else float(rng.choice([-1, 1])) * (width / 2 - half_x - 0.06)
    y = 0.03
    hole = (side - half_x, side + half_x, y - half_y, y + half_y)
    deep, z = float(rng.uniform(0.15, 0.2)), style.height_m
    # The carcass ends below the basin's bottom.
    pieces: list[Piece] = []
    for mesh, finish in _body(style, width):
        if mesh.bounds[1, 2] > style.plinth_m + 0.1:
            low, high = mesh.bounds
            high = high.copy()
            size = high - low
            middle = (low + high) / 2
            size[2] -= deep + 0.01
            mesh = box(size, (middle[0], middle[1], low[2]), 0)
            wall = style.height_m - style.worktop_m - mesh.bounds[1, 2] + 0.001
            for s in (-1, 1):
                at = (s * (width / 2 - 0.009), middle[1], mesh.bounds[1, 2] - 0.0005)
                pieces.append((box((0.018, size[1], wall), at, 0), finish))
        pieces.append((mesh, finish))
    pieces += _top(style, width, hole) + _doors(
        rng, style, width, style.plinth_m, style.height_m - style.worktop_m - style.plinth_m, _FACE
    )
    bowls = [(side - half_x / 2, half_x / 2), (side + half_x / 2, half_x / 2)] if two else [(side, half_x)]
    for x, half in bowls:
        rim = rounded_rectangle(half + (0.012 if not two else 0.0), half_y + 0.012, 0.05)
        inner = rounded_rectangle(half - 0.012, half_y - 0.012, 0.045)
        hull = rounded_rectangle(half - 0.006, half_y - 0.006, 0.045)
        shift = (x, y)
        pieces.append((
            loft([
                ring(hull, z - deep - 0.004, 0.93, (0, 0)) + [*shift, 0], ring(hull, z + 0.0004) + [*shift, 0],
                ring(rim, z + 0.0004) + [*shift, 0], ring(rim, z + 0.003, 0.985) + [*shift, 0],
                ring(inner, z + 0.003, 1.02) + [*shift, 0], ring(inner, z - 0.004) + [*shift, 0],
                ring(inner, z - deep + 0.03, 0.97) + [*shift, 0], ring(inner, z - deep + 0.008, 0.92) + [*shift, 0],
                ring(inner, z - deep, 0.8) + [*shift, 0],
            ]),
            bowl,
        ))  # fmt: skip
        pieces.append((torus(0.032, 0.006, (x, y, z - deep + 0.001), 24, 6), steel))
        pieces.append(
            (
                disc(0.03, 0.003, 0.001, (x, y, z - deep - 0.001), 20),
                materials.plain("metal", (0.1, 0.1, 0.1), 0.4, 0.5),
            )
        )
    pieces += tap(rng, (side, y - half_y - 0.045, z), steel if rng.random() < 0.8 else style.metal, 0.26)
    surfaces = []
    for x0, x1 in ((-width / 2, side - half_x), (side + half_x, width / 2)):
        if x1 - x0 > 0.22:
            surfaces.append(Surface("top", ((x0 + x1) / 2, 0, z), ((x1 - x0) / 2 - 0.03, DEPTH_M / 2 - 0.04), 0.5))
    return assemble("kitchen_sink", pieces, rng, surfaces, (style.face, bowl))


def wall_cabinet(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A cupboard that hangs on the wall, with doors, glazed doors or open shelves."""
    style = style or kitchen_style(rng)
    width, height = width_m or float(rng.choice([0.4, 0.5, 0.6, 0.8, 0.9])), style.wall_height_m
    deep, board = WALL_DEPTH_M - REACH_M - THICK_M, 0.018
    back = -WALL_DEPTH_M / 2
    y, kind = back + deep / 2, rng.random()
    pieces: list[Piece] = []
    surfaces = [Surface("top", (0, y, height), (width / 2 - 0.02, deep / 2 - 0.02), 0.3)]
    if kind < 0.75:
        pieces.append((box((width, deep, height), (0, y, 0), 0.0016), style.carcass))
        pieces += _doors(rng, style, width, 0.0, height, back + deep)
        if kind > 0.55 and style.front != "flat":
            glass = materials.plain("glass", (0.62, 0.7, 0.72), 0.08)
            count = 1 if width < 0.62 else 2
            for k in range(count):
                each = width / count
                edge = min(0.07, 0.3 * each)
                pane = (each - 2 * edge - 0.01, 0.004, height - 2 * edge - 0.01)
                at = (-width / 2 + each * (k + 0.5), back + deep + 0.0125, edge + 0.005)
                pieces.append((box(pane, at, 0), glass))
    else:
        pieces += [(box((board, deep, height), (s * (width - board) / 2, y, 0), 0.002), style.face) for s in (-1, 1)]
        pieces.append((box((width - 0.03, 0.008, height - 0.004), (0, back + 0.005, 0.002), 0), style.face))
        count = 2 if height < 0.75 else 3
        for k in range(count + 1):
            z = (height - board) * k / count
            pieces.append((box((width - 2 * board + 0.002, deep - 0.002, board), (0, y, z), 0.0016), style.face))
            if k < count:
                clear = (height - board) / count - board - 0.005
                surfaces.append(Surface("shelf", (0, y, z + board), (width / 2 - 0.03, deep / 2 - 0.025), clear))
        # Its front edge stands where the doors of its neighbours do.
        pieces.append(
            (box((width, THICK_M + REACH_M, board), (0, back + deep + (THICK_M + REACH_M) / 2, 0), 0.0016), style.face)
        )
    return assemble("wall_cabinet", pieces, rng, surfaces, style.face)


def kitchen_island(rng: np.random.Generator, width_m: float | None = None, style: KitchenStyle | None = None) -> Asset:
    """A free-standing block: fronts towards +y, and often a worktop that overhangs at the back to sit at."""
    style = style or kitchen_style(rng)
    width = width_m or float(rng.uniform(1.2, 2.1))
    over = float(rng.uniform(0.22, 0.32)) if rng.random() < 0.65 else 0.03
    depth = DEPTH_M + over
    pieces = [(move(mesh, (0, over / 2, 0)), finish) for mesh, finish in _body(style, width - 0.04)]
    bays = max(2, round(width / 0.6))
    each = (width - 0.04) / bays
    for b in range(bays):
        x = -width / 2 + 0.02 + each * (b + 0.5)
        pieces += [(move(mesh, (x, over / 2, 0)), finish) for mesh, finish in _fronts(rng, style, each)]
    t = style.worktop_m
    pieces.append((box((width, depth, t), (0, 0, style.height_m - t), 0.004), style.worktop))
    top = Surface("top", (0, 0, style.height_m), (width / 2 - 0.04, depth / 2 - 0.04), 0.9)
    return assemble("kitchen_island", pieces, rng, [top], (style.face, style.carcass))


GENERATORS = {
    "kitchen_counter": kitchen_counter,
    "kitchen_island": kitchen_island,
    "kitchen_sink": kitchen_sink,
    "wall_cabinet": wall_cabinet,
}
