"""Detached houses, their garages, and garden sheds: four real walls each, and a roof with eaves.

A house stands in the frame of its plot: its footprint's middle at the origin, its front at y = depth / 2 looking along
+y. Porch, garage and steps stand out from that.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import roofs
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.masonry import blocks, prism
from pipeline.compose.assets.openings import REVEAL_M, Scheme, doors, glazing, grid_of, pierced, scheme
from pipeline.compose.assets.shapes import move, turn
from pipeline.scene import Float

GARAGE_M = (3.3, 5.6)
"""Width and depth of a garage."""


def house(
    rng: np.random.Generator, width: float, depth: float, storeys: int, garage: float = 0.0, lit: float = 0.0
) -> Asset:
    """A house. garage: -1 or 1 builds one onto its side at -x or +x, 0 none. lit: share of lit windows."""
    finish = [materials.brick, materials.brick, materials.stucco, materials.plaster, _boards][int(rng.integers(5))](rng)
    trim = materials.textured(
        rng, "stone", "concrete", materials.tone_of(rng, ((0.82, 0.8, 0.76), (0.66, 0.64, 0.6))), 0.1, 1.2, 0.85
    )
    look = scheme(rng, finish, trim, lit)
    floor = float(rng.uniform(2.6, 2.9))
    top = floor * storeys + 0.35
    columns = _spread(width, float(rng.uniform(2.4, 3.4)))
    wide, tall = float(rng.uniform(1.0, 1.5)), float(rng.uniform(1.15, 1.4))
    levels = [0.35 + floor * k + 0.95 for k in range(storeys)]
    entry = int(rng.integers(len(columns)))
    door = np.array([[columns[entry] - 0.52, columns[entry] + 0.52, 0.3, 2.45]])
    front = _holes([x for k, x in enumerate(columns) if k != entry], levels[:1], wide, tall)
    front = np.concatenate([front, _holes(columns, levels[1:], wide, tall)])
    patio = grid_of([columns[0]], min(2.2, width / len(columns) - 0.5), [0.32], 2.15)
    back = np.concatenate([_holes(columns[1:], levels[:1], wide, tall), _holes(columns, levels[1:], wide, tall)])
    ends = _spread(depth, 4.5)
    lintel, plinth = float(rng.choice([0.0, 0.2])), 0.35
    sashes = [(), (0.5,), (0.7,), (0.33, 0.66)][int(rng.integers(4))]
    pieces: list[Piece] = []
    for k, length in enumerate((width, depth - 2 * REVEAL_M, width, depth - 2 * REVEAL_M)):
        windows = (front, _holes(ends, levels, 0.9, tall), back, _holes(ends, levels, 0.9, tall))[k]
        openings = [windows, *([door] if k == 0 else [patio] if k == 2 else [])]
        sides = pierced((-length / 2, length / 2, 0.0, top), np.concatenate(openings), look, lintel, plinth)
        sides += glazing(rng, windows, look, 2 if k % 2 == 0 else 1, sashes, 0.08)
        if k == 0:
            sides += doors(rng, door, look)
        if k == 2:
            sides += glazing(rng, patio, look, 2, (), 0.08, sills=False, blinds=0.0)
        out = depth / 2 if k % 2 == 0 else width / 2
        pieces += [(turn(move(mesh, (0.0, out, 0.0)), -k * np.pi / 2), paint) for mesh, paint in sides]
    t = REVEAL_M
    core = blocks([-width / 2 + t, -depth / 2 + t, 0.0], [width / 2 - t, depth / 2 - t, top - 0.01])
    pieces.append((core, look.wall))
    pieces += _roof(rng, width, depth, top, look)
    pieces += _porch(rng, float(columns[entry]), depth / 2, look)
    if garage:
        pieces += _garage(rng, garage * (width / 2 + GARAGE_M[0] / 2), depth / 2 - 0.4, look)
    return assemble("house", pieces, rng, main=look.wall, recentre=False)


def _holes(columns: Sequence[float], levels: Sequence[float], wide: float, tall: float) -> Float:
    return grid_of(columns, wide, levels, tall) if len(columns) and len(levels) else np.zeros((0, 4))


def _spread(width: float, pitch: float) -> list[float]:
    count = max(1, round(width / pitch))
    return [float(x) for x in (np.arange(count) + 0.5) * width / count - width / 2]


def _boards(rng: np.random.Generator) -> materials.Finish:
    """Painted weatherboards."""
    tone = materials.tone_of(rng, ((0.88, 0.87, 0.84), (0.62, 0.7, 0.74), (0.78, 0.74, 0.62), (0.55, 0.3, 0.25)))
    return materials.textured(rng, "wood", "planks", tone, 0.12, 1.8, 0.6)


def _roof(rng: np.random.Generator, width: float, depth: float, top: float, look: Scheme) -> list[Piece]:
    x, y = (-width / 2, width / 2), (-depth / 2, depth / 2)
    slope = float(np.tan(np.radians(rng.uniform(26, 42))))
    kind = float(rng.random())
    if kind < 0.3:
        over = float(rng.uniform(0.35, 0.6))
        rise = (depth / 2 + over) * slope
        pieces = roofs.hipped(x, y, top, rise, look, over)
        ridge_z, spot = top + 0.16 + rise, (float(rng.uniform(-0.15, 0.15)) * width, 0.0)
    elif kind < 0.7 or width > depth * 1.35:
        rise = depth / 2 * slope
        pieces = roofs.gabled(x, y, top, rise, look, float(rng.uniform(0.2, 0.4)), float(rng.uniform(0.3, 0.5)))
        ridge_z, spot = top + rise, (float(rng.choice([-1, 1])) * (width / 2 - 0.8), -depth * 0.1)
    else:
        # The gable faces the street: the same roof a quarter turn round.
        rise = width / 2 * slope
        across = roofs.gabled(y, x, top, rise, look, float(rng.uniform(0.3, 0.5)), float(rng.uniform(0.3, 0.5)))
        pieces = [(turn(mesh, np.pi / 2), paint) for mesh, paint in across]
        ridge_z, spot = top + rise, (width * 0.12, -depth / 2 + 0.9)
    if rng.random() < 0.8:
        pieces += roofs.chimney(rng, spot[0], spot[1], top, ridge_z + float(rng.uniform(0.5, 0.9)), look)
    return pieces


def _porch(rng: np.random.Generator, x: float, y: float, look: Scheme) -> list[Piece]:
    """Steps up to the door, and mostly a roof over them on two posts."""
    half, out = float(rng.uniform(0.9, 1.4)), float(rng.uniform(1.1, 1.7))
    pieces: list[Piece] = [
        (
            blocks(
                [[x - half, y, 0.0], [x - half, y + out, 0.0]],
                [[x + half, y + out, 0.28], [x + half, y + out + 0.32, 0.14]],
            ),
            look.plinth,
        )
    ]
    if rng.random() < 0.75:
        low, slope = 2.55, 0.35
        posts = np.array([[x + s * (half - 0.12), y + out - 0.12] for s in (-1, 1)])
        foot = np.column_stack([posts, np.full(2, 0.28)])
        pieces.append((blocks(foot - [0.06, 0.06, 0.0], foot + [0.06, 0.06, low - 0.28]), look.frame))
        pieces.append((blocks([x - half, y, low], [x + half, y + out, low + 0.14]), look.frame))
        lean = [(y, low + 0.14), (y + out + 0.2, low + 0.14), (y + out + 0.2, low + 0.2), (y, low + 0.2 + slope)]
        pieces.append((prism(lean, x - half - 0.15, x + half + 0.15), look.roof))
    return pieces


def _garage(rng: np.random.Generator, x: float, y: float, look: Scheme) -> list[Piece]:
    """A low box with an up-and-over door; its front at `y`."""
    w, d = GARAGE_M
    top = 2.65
    hole = np.array([[-1.25, 1.25, 0.0, 2.15]])
    pieces = [
        (move(mesh, (x, y, 0.0)), paint) for mesh, paint in pierced((-w / 2, w / 2, 0.0, top + 0.3), hole, look, 0.2)
    ]
    pieces.append((blocks([x - w / 2, y - d, 0.0], [x + w / 2, y - REVEAL_M, top]), look.wall))
    leaf = blocks([x - 1.25, y - REVEAL_M, 0.0], [x + 1.25, y - 0.1, 2.15])
    ribs = np.arange(0.12, 2.0, 0.3)
    low = np.stack([np.full(len(ribs), x - 1.18), np.full(len(ribs), y - 0.1), ribs], 1)
    pieces += [(leaf, look.door), (blocks(low, low + [2.36, 0.02, 0.2]), look.door)]
    pieces += roofs.flat((x - w / 2, x + w / 2), (y - d, y), top, 0.3, materials.asphalt(rng), look, REVEAL_M)
    return pieces


def shed(rng: np.random.Generator) -> Asset:
    """A garden shed of boards with a door and a small window; its front looks along +y."""
    width, depth, tall = float(rng.uniform(1.8, 2.8)), float(rng.uniform(1.5, 2.2)), float(rng.uniform(1.9, 2.1))
    boards = (
        materials.painted_wood(rng, ("brown", "green", "gray", "blue", "red"))
        if rng.random() < 0.5
        else materials.wood(rng)
    )
    trim = materials.painted_wood(rng, ("white", "white", "brown"))
    look = scheme(rng, boards, trim)
    x, y = (-width / 2, width / 2), (-depth / 2, depth / 2)
    pieces: list[Piece] = [(blocks([x[0], y[0], 0.0], [x[1], y[1], tall]), boards)]
    studs = np.arange(x[0], x[1] - 0.01, 0.14)
    low = np.stack([studs, np.full(len(studs), y[1]), np.full(len(studs), 0.02)], 1)
    pieces.append((blocks(low, low + [0.12, 0.012, tall - 0.03]), boards))
    door_x = x[0] + 0.55
    pieces.append((blocks([door_x - 0.4, y[1], 0.03], [door_x + 0.4, y[1] + 0.035, 1.82]), look.door))
    bars = [[door_x - 0.36, y[1] + 0.035, z] for z in (0.3, 0.95, 1.55)]
    pieces.append((blocks(bars, np.array(bars) + [0.72, 0.015, 0.09]), trim))
    wx = x[1] - 0.5
    pieces.append((blocks([wx - 0.27, y[1], 1.0], [wx + 0.27, y[1] + 0.03, 1.6]), trim))
    glass = blocks(
        [[wx - 0.22, y[1] + 0.03, 1.05], [wx + 0.02, y[1] + 0.03, 1.05]],
        [[wx - 0.02, y[1] + 0.036, 1.55], [wx + 0.22, y[1] + 0.036, 1.55]],
    )
    pieces.append((glass, look.glass))
    pieces += roofs.gabled(x, y, tall, depth * 0.3, look, 0.12, 0.12)
    return assemble("shed", pieces, rng, main=boards)
