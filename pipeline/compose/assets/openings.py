"""Windows and doors set into outer walls, and the walls with the holes they are set in.

Everything here is drawn in a wall's frame: x along it, z up, +y outwards, its outer face at y = 0. Holes are float64
[n, 4]: left, right, sill and head. All windows of a wall are made in one go, as arrays of blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.masonry import blocks, wall
from pipeline.compose.materials import Finish
from pipeline.scene import Float

REVEAL_M = 0.17
"""How far behind the wall's face the panes lie: the thickness of the outer leaf of a wall."""
PANE_M = 0.03
WALL, TRIM, PLINTH = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Scheme:
    """What one building is made of. lit: lamp light behind panes, one for each kind of lamp.

    lit_share: share of its windows in which a lamp burns.
    """

    wall: Finish
    trim: Finish
    plinth: Finish
    frame: Finish
    door: Finish
    roof: Finish
    rails: Finish
    glass: Finish
    blind: Finish
    lit: tuple[Finish, ...]
    lit_share: float = 0.0


def grid_of(columns: Sequence[float], width: float, floors: Sequence[float], height: float) -> Float:
    """Holes [len(columns) * len(floors), 4] centred on `columns`, with their sills at `floors`."""
    x, z = (axis.ravel() for axis in np.meshgrid(columns, floors, indexing="ij"))
    return np.stack([x - width / 2, x + width / 2, z, z + height], 1)


def pierced(
    span: tuple[float, float, float, float], holes: Float, scheme: Scheme, lintel_m: float = 0.0, plinth_m: float = 0.0,
    bands: Sequence[tuple[float, float]] = (), reveal: float = REVEAL_M,
) -> list[Piece]:  # fmt: skip
    """A wall over `span` (left, right, foot, top) with `holes`.

    lintel_m: height of the stones over the holes, 0 for none. plinth_m: height of the base of another finish.
    bands: (low, high) of strips of trim that run across the wall.
    """
    over = 0.14 if lintel_m else 0.0
    cuts_x = np.concatenate([span[:2], holes[:, 0], holes[:, 1], holes[:, 0] - over, holes[:, 1] + over])
    levels = [edge for band in bands for edge in band] + [plinth_m or span[2]]
    cuts_z = np.concatenate([span[2:], holes[:, 2], holes[:, 3], holes[:, 3] + lintel_m, levels])
    xs = np.unique(np.clip(cuts_x, span[0], span[1]).round(4))
    zs = np.unique(np.clip(cuts_z, span[2], span[3]).round(4))
    x, z = (xs[1:] + xs[:-1]) / 2, (zs[1:] + zs[:-1]) / 2
    cells = np.full((len(x), len(z)), WALL)
    cells[:, z < plinth_m] = PLINTH
    for low, high in bands:
        cells[:, (z > low) & (z < high)] = TRIM
    for left, right, sill, head in holes:
        beside, level = (x > left) & (x < right), (z > sill) & (z < head)
        if lintel_m:
            stone = ((x > left - over) & (x < right + over))[:, None] & ((z > head) & (z < head + lintel_m))[None]
            cells[stone & (cells >= 0)] = TRIM
        cells[beside[:, None] & level[None]] = -1
    finishes = (scheme.wall, scheme.trim, scheme.plinth)
    return [(mesh, finishes[k]) for k, mesh in wall(xs, zs, cells, -reveal, 0.0).items()]


def glazing(
    rng: np.random.Generator, holes: Float, scheme: Scheme, leaves: int = 2, transoms: Sequence[float] = (),
    frame_m: float = 0.07, sills: bool = True, blinds: float = 0.3, reveal: float = REVEAL_M,
) -> list[Piece]:  # fmt: skip
    """Panes, frames and sills for all `holes`.

    leaves: panes side by side. transoms: heights of crossbars as shares of the opening. blinds: share of windows
    with a blind part of the way down.
    """
    n = len(holes)
    if not n:
        return []
    x0, x1, z0, z1 = holes.T
    back, ahead = -reveal + PANE_M, -reveal + PANE_M + 0.06
    bars = [(x0, x0 + frame_m, z0, z1), (x1 - frame_m, x1, z0, z1)]
    bars += [(x0 + frame_m, x1 - frame_m, z0, z0 + frame_m), (x0 + frame_m, x1 - frame_m, z1 - frame_m, z1)]
    for k in range(1, leaves):
        middle = x0 + (x1 - x0) * k / leaves
        bars.append((middle - frame_m * 0.45, middle + frame_m * 0.45, z0 + frame_m, z1 - frame_m))
    pieces: list[Piece] = []
    left, right, low, high = (np.concatenate(edge) for edge in zip(*bars, strict=True))
    pieces.append((blocks(_corner(left, back, low), _corner(right, ahead, high)), scheme.frame))
    if transoms:
        level = np.concatenate([z0 + (z1 - z0) * share for share in transoms])
        left, right = np.tile(x0 + frame_m, len(transoms)), np.tile(x1 - frame_m, len(transoms))
        # A little thinner than the uprights they cross, so that no two faces lie in one plane.
        bar = blocks(_corner(left, back, level - 0.02), _corner(right, ahead - 0.012, level + 0.02))
        pieces.append((bar, scheme.frame))
    if sills:
        sill = blocks(_corner(x0 - 0.06, -0.05, z0 - 0.07), _corner(x1 + 0.06, 0.055, z0))
        pieces.append((sill, scheme.trim))
    return pieces + _panes(rng, holes, scheme, blinds, reveal)


def _panes(rng: np.random.Generator, holes: Float, scheme: Scheme, blinds: float, reveal: float) -> list[Piece]:
    """One pane a hole: dark, lit, or dark below a blind. Glass and blind share a plane, edge to edge."""
    x0, x1, z0, z1 = holes.T
    luck, kind, drop = rng.random((3, len(holes)))
    lit = luck < scheme.lit_share
    lamp = np.minimum((kind * len(scheme.lit)).astype(int), len(scheme.lit) - 1)
    covered = ~lit & (rng.random(len(holes)) < blinds)
    edge = np.where(covered, z1 - (z1 - z0) * (0.2 + 0.7 * drop), z1)
    pieces: list[Piece] = []
    groups = [(~lit, z0, edge, scheme.glass), (covered, edge, z1, scheme.blind)]
    groups += [(lit & (lamp == k), z0, z1, finish) for k, finish in enumerate(scheme.lit)]
    for chosen, low, high, finish in groups:
        if chosen.any():
            lower = _corner(x0[chosen], -reveal, low[chosen])
            pieces.append((blocks(lower, _corner(x1[chosen], -reveal + PANE_M, high[chosen])), finish))
    return pieces


def _corner(x: Float, y: float, z: Float) -> Float:
    return np.stack([x, np.full(len(x), y), z], 1)


def doors(rng: np.random.Generator, holes: Float, scheme: Scheme, reveal: float = REVEAL_M) -> list[Piece]:
    """A panelled leaf in a frame for each of `holes`, with a light over it where the hole is tall, and a step before it."""
    pieces: list[Piece] = []
    style = int(rng.integers(3))
    for left, right, low, high in holes:
        back, f = -reveal + PANE_M, 0.07
        top = min(high - f, low + 2.1)
        frame = [(left, left + f, low, high), (right - f, right, low, high), (left + f, right - f, high - f, high)]
        if high - f - top > 0.15:
            frame.append((left + f, right - f, top, top + f))
            over = np.array([[left + f, right - f, top + f, high - f]])
            pieces += _panes(rng, over, scheme, 0.0, reveal)
        edges = np.array(frame)
        pieces.append(
            (
                blocks(_corner(edges[:, 0], -reveal, edges[:, 2]), _corner(edges[:, 1], back + 0.06, edges[:, 3])),
                scheme.frame,
            )
        )
        pieces.append((blocks([left + f, -reveal, low], [right - f, back, top]), scheme.door))
        x0, x1, tall = left + f, right - f, top - low
        split = 2 if x1 - x0 > 0.75 else 1
        panels = {0: [(0.08, 0.4), (0.48, 0.92)], 1: [(0.08, 0.3), (0.36, 0.6), (0.66, 0.93)], 2: [(0.08, 0.5)]}[style]
        raised = []
        for a, b in panels:
            for k in range(split):
                w = (x1 - x0) / split
                raised.append((x0 + w * k + 0.09, x0 + w * (k + 1) - 0.09, low + tall * a, low + tall * b))
        p = np.array(raised)
        pieces.append((blocks(_corner(p[:, 0], back, p[:, 2]), _corner(p[:, 1], back + 0.015, p[:, 3])), scheme.door))
        if style == 2:
            light = np.array([[x0 + 0.16, x1 - 0.16, low + tall * 0.56, low + tall * 0.92]])
            lower, upper = _corner(light[:, 0], back, light[:, 2]), _corner(light[:, 1], back + 0.012, light[:, 3])
            pieces.append((blocks(lower, upper), scheme.glass))
        knob = x1 - 0.1
        pieces.append((blocks([knob - 0.02, back, low + 0.98], [knob + 0.02, back + 0.06, low + 1.1]), scheme.rails))
    return pieces


def scheme(
    rng: np.random.Generator, wall_finish: Finish, trim: Finish, lit_share: float = 0.0,
    frames: Sequence[str] = ("white", "white", "white", "gray", "black", "brown", "green"),
) -> Scheme:  # fmt: skip
    """A building's finishes around a wall and its trim, the rest drawn to go with them."""
    frame = materials.plain("painted wood", materials.color_of(rng, frames), 0.45)
    door = materials.painted_wood(rng, ("red", "blue", "green", "black", "brown", "white", "turquoise"))
    plinth = materials.concrete(rng) if rng.random() < 0.6 else trim
    glow = float(rng.uniform(0.3, 0.6))
    lit = tuple(
        materials.plain("glass", (0.2, 0.2, 0.2), 0.2, 0.0, (r * glow, g * glow, b * glow))
        for r, g, b in ((0.9, 0.55, 0.25), (0.75, 0.55, 0.34), (0.35, 0.2, 0.09))
    )
    return Scheme(
        wall_finish,
        trim,
        plinth,
        frame,
        door,
        materials.roof_tiles(rng),
        materials.plain("metal", materials.color_of(rng, ("black", "black", "gray", "white")), 0.45, 0.3),
        materials.window_glass(rng),
        materials.plain(
            "fabric", materials.tone_of(rng, ((0.85, 0.83, 0.78), (0.9, 0.9, 0.88), (0.7, 0.66, 0.58))), 0.9
        ),
        lit,
        lit_share,
    )
