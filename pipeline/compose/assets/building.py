"""The shell of a room. Wall pieces are drawn in the wall's frame: x along the wall, +y into the room, z up from
the floor, the inner face at y = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import bar, box, move
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

THICKNESS_M = 0.16
GAP_M = 0.0004
"""Free space between things that touch in the world: contact without a shared surface."""


@dataclass(frozen=True)
class Opening:
    """A hole in a wall: x from `left` to `right`, z from `sill` to `head`, in the wall's frame."""

    left: float
    right: float
    sill: float
    head: float


def slab(
    category: str, width: float, depth: float, thickness: float, finish: Finish, rng: np.random.Generator
) -> Asset:
    """A floor or a ceiling that reaches under (over) the walls."""
    grow = 2 * THICKNESS_M + 0.02
    return assemble(category, [(box((width + grow, depth + grow, thickness), bevel=0), finish)], rng)


def wall(
    span: tuple[float, float], height: float, openings: Sequence[Opening], finish: Finish, rng: np.random.Generator
) -> Asset:
    """One wall from x = span[0] to span[1], around its openings, which do not overlap."""
    t, (start, end) = THICKNESS_M, span
    spans, x = [], start
    for o in sorted(openings, key=lambda o: o.left):
        spans += [(x, o.left, 0.0, height), (o.left, o.right, 0.0, o.sill), (o.left, o.right, o.head, height)]
        x = o.right
    spans.append((x, end, 0.0, height))
    pieces = [box((x1 - x0, t, z1 - z0), ((x0 + x1) / 2, -t / 2, z0), 0) for x0, x1, z0, z1 in spans]
    # One texture runs over all of them: u along the wall, v up.
    upright: list[Piece] = []
    for mesh in pieces:
        uv = np.stack([mesh.vertices[:, 0] + mesh.vertices[:, 1], mesh.vertices[:, 2]], 1)
        upright.append((Mesh(mesh.vertices, mesh.faces, uv, mesh.normals), finish))
    return assemble("wall", upright, rng, recentre=False)


def skirting(
    span: tuple[float, float], finish: Finish, gaps: Sequence[tuple[float, float]], rng: np.random.Generator
) -> Asset:
    """A board along the foot of a wall from x = span[0] to span[1], interrupted at `gaps` (x0, x1) for doors."""
    ends = [span[0], *(x for gap in sorted(gaps) for x in gap), span[1]]
    pieces: list[Piece] = []
    for x0, x1 in zip(ends[::2], ends[1::2], strict=True):
        if x1 - x0 > 0.02:
            pieces.append((box((x1 - x0, 0.013, 0.085), ((x0 + x1) / 2, GAP_M + 0.0065, GAP_M), 0.004), finish))
    return assemble("skirting", pieces, rng, recentre=False)


def window(rng: np.random.Generator, opening: Opening, sky: tuple[float, float, float]) -> Asset:
    """A casement set into `opening`, and behind it the view: sky, hills and a hedge that glow like daylight.

    sky: linear radiance of the sky at mid height. Panes are the view itself; nothing is transparent.
    """
    o, frame = (
        opening,
        materials.painted_wood(rng, ("white", "white", "gray", "black")) if rng.random() < 0.8 else materials.wood(rng),
    )
    width, height, x = o.right - o.left - 2 * GAP_M, o.head - o.sill - 2 * GAP_M, (o.left + o.right) / 2
    z, bar_w, y = o.sill + GAP_M, 0.05, -THICKNESS_M + 0.045
    pieces: list[Piece] = []
    for z0 in (z, z + height - bar_w):
        pieces.append((box((width, 0.05, bar_w), (x, y, z0), 0.004), frame))
    for s in (-1, 1):
        pieces.append(
            (
                box(
                    (bar_w, 0.05, height - 2 * bar_w + 0.004),
                    (x + s * (width - bar_w) / 2, y, z + bar_w - 0.002),
                    0.004,
                ),
                frame,
            )
        )
    columns = max(2, round(width / rng.uniform(0.55, 0.8)))
    for k in range(1, columns):
        cx = x - width / 2 + width * k / columns
        pieces.append((box((0.045, 0.042, height - 2 * bar_w + 0.004), (cx, y, z + bar_w - 0.002), 0.004), frame))
        pieces.append((box((0.014, 0.04, 0.1), (cx, y + 0.035, z + height * 0.42), 0.004), frame))
    for k in range(int(rng.choice([0, 1, 1, 2]))):
        cz = z + height * (0.7 if k == 0 else 0.36)
        pieces.append((box((width - 2 * bar_w + 0.004, 0.036, 0.03), (x, y, cz), 0.004), frame))
    pieces.append((box((width, 0.165, 0.025), (x, -0.0525, z), 0.006), frame))
    pieces += _view(rng, x, width + 0.06, z - 0.03, height + 0.06, sky)
    return assemble("window", pieces, rng, main=frame, recentre=False)


def _view(
    rng: np.random.Generator, x: float, width: float, z: float, height: float, sky: tuple[float, float, float]
) -> list[Piece]:
    """Layers of scenery behind the wall, each a few millimetres nearer than the one it covers."""
    back = -THICKNESS_M - GAP_M - 0.02
    horizon = float(rng.uniform(0.2, 0.34))
    bands, pieces = 6, []
    for k in range(bands):
        low, high = horizon + (1 - horizon) * k / bands, horizon + (1 - horizon) * (k + 1) / bands
        tint = np.asarray(sky) * (1.12 - 0.28 * (k + 0.5) / bands) * [1 - 0.18 * k / bands, 1 - 0.07 * k / bands, 1.0]
        pieces.append((box((width, 0.004, height * (high - low)), (x, back, z + height * low), 0), _glowing(tint)))
    hills = ((0.34, 0.42, 0.5), (0.2, 0.33, 0.16), (0.1, 0.2, 0.08))
    for k, color in enumerate(hills):
        top = horizon + (0.16, 0.05, -0.06)[k] + rng.uniform(-0.03, 0.03)
        xs = np.linspace(-width / 2, width / 2, 25)
        wave = sum(
            rng.uniform(0.01, 0.04) / (j + 1) ** 0.5 * np.sin((j + 1) * 2.2 * xs / width * np.pi + rng.uniform(0, 6))
            for j in range(6)
        )
        line = height * np.clip(top + wave * (1.0 if k else 1.6), 0.04, 0.9)
        rows = [np.stack([xs, np.zeros(25), level], 1) for level in (np.zeros(25), line)]
        pieces.append(
            (
                move(sheet(np.stack(rows, 1), 0.003), (x, back + 0.005 + 0.004 * k, z)),
                _glowing(np.asarray(color) * np.asarray(sky) * 0.75),
            )
        )
    return pieces


def _glowing(radiance: np.ndarray) -> Finish:
    r, g, b = (float(c) for c in radiance)
    finish = materials.plain("glass", (0.05, 0.05, 0.05), 0.6, 0.0, (r, g, b))
    # What is out there is far away: the sun shines in past it.
    return replace(finish, material=replace(finish.material, casts_shadow=False))


def door(rng: np.random.Generator, x: float) -> Asset:
    """A closed door in its casing at `x` along the wall: flush, or with panels."""
    leaf = (
        materials.painted_wood(rng, ("white", "white", "gray", "beige")) if rng.random() < 0.6 else materials.wood(rng)
    )
    knob = materials.metal(rng)
    width, height = float(rng.uniform(0.8, 0.92)), float(rng.uniform(1.98, 2.08))
    pieces: list[Piece] = [(box((width, 0.02, height), (x, 0.011, 0.004), 0.002), leaf)]
    for s in (-1, 1):
        pieces.append((box((0.075, 0.03, height + 0.006), (x + s * (width / 2 + 0.04), 0.0156, GAP_M), 0.005), leaf))
    pieces.append((box((width + 0.155, 0.03, 0.075), (x, 0.0156, height + 0.006), 0.005), leaf))
    style = int(rng.integers(4))
    panels = {0: [], 1: [(0.1, 0.42), (0.5, 0.92)], 2: [(0.08, 0.3), (0.35, 0.6), (0.65, 0.93)], 3: [(0.1, 0.92)]}[
        style
    ]
    columns = 2 if style == 1 and rng.random() < 0.6 else 1
    for low, high in panels:
        for c in range(columns):
            w = (width - 0.2) / columns - 0.03 * (columns - 1)
            px = x + (c - (columns - 1) / 2) * (w + 0.06)
            pieces.append((box((w, 0.012, height * (high - low)), (px, 0.022, height * low), 0.006), leaf))
    side = float(rng.choice([-1, 1]))
    hx, hz = x + side * (width / 2 - 0.07), 1.03
    pieces.append((box((0.045, 0.008, 0.2), (hx, 0.0245, hz - 0.12), 0.003), knob))
    pieces.append((bar((hx, 0.026, hz), (hx, 0.07, hz), 0.009), knob))
    pieces.append((bar((hx, 0.066, hz), (hx - side * 0.12, 0.066, hz), 0.009), knob))
    return assemble("door", pieces, rng, main=leaf, recentre=False)
