"""Road, pavement and lawn: level slabs of several finishes that lie flush, with kerbs that are real steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.masonry import fan, painted
from pipeline.compose.assets.shapes import cross
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

Rectangle = tuple[float, float, float, float, int]
"""x0, x1, y0, y1 and the number of a finish."""
BASE_M = -0.4
"""Underside of every ground slab."""
KERB_M = 0.16
"""Width of a kerb stone."""
ARC = 10


def slab(
    category: str, sheets: Sequence[Sequence[Rectangle]], top: float, finishes: Sequence[Finish],
    rng: np.random.Generator, more: Sequence[Piece] = (),
) -> Asset:  # fmt: skip
    """Ground of `category` at height `top`, in world coordinates: `sheets` side by side, each painted by itself.

    A rectangle's number picks from `finishes`, -1 cuts a hole. `more`: pieces that fill rounded corners.
    """
    pieces: list[Piece] = [
        (mesh, finishes[number]) for sheet in sheets for number, mesh in painted(sheet, BASE_M, top).items()
    ]
    return assemble(category, [*pieces, *more], rng, main=finishes[0], recentre=False)


@dataclass(frozen=True, eq=False)
class Corner:
    """A rounded street corner in a square notch: the kerb stones, the pavement within them, and the road outside."""

    kerb: Mesh
    inside: Mesh
    outside: Mesh


def corner(x: float, y: float, radius: float, sx: int, sy: int, road: float, pavement: float) -> Corner:
    """The corner at (x, y), where the kerbs would meet; the pavement lies towards (sx, sy), `radius` to its centre."""
    angle = np.linspace(0.0, np.pi / 2, ARC + 1)
    around = np.stack([-np.cos(angle) * sx, -np.sin(angle) * sy], 1)
    centre = np.array([x + sx * radius, y + sy * radius])
    outer, inner = centre + radius * around, centre + (radius - KERB_M) * around
    if sx * sy < 0:
        outer, inner = outer[::-1], inner[::-1]
    stones = np.stack([outer[:-1], outer[1:], inner[1:], inner[:-1]], 1)
    disc = np.concatenate([centre[None], inner])
    gore = np.concatenate([[[x, y]], outer[::-1]])
    return Corner(fan(stones, BASE_M, pavement), fan(disc, BASE_M, pavement), fan(gore, BASE_M, road))


def hills(rng: np.random.Generator, radius: float, height: float) -> Asset:
    """A ring of wooded hills that closes the horizon, from `radius` outwards."""
    n = 120
    angle = np.linspace(0, 2 * np.pi, n + 1)
    wave = np.zeros(n + 1)
    for k in range(2, 14):
        wave += rng.normal(0, 1.0 / k**0.9) * np.sin(k * angle + rng.uniform(0, 2 * np.pi))
    wave = 0.55 + 0.45 * wave / np.abs(wave).max()
    wave[-1] = wave[0]
    rows = [(radius, 0.0), (radius * 1.12, 0.55), (radius * 1.22, 0.9), (radius * 1.3, 1.0), (radius * 1.4, 0.0)]
    points = np.stack(
        [np.column_stack([r * np.cos(angle), r * np.sin(angle), height * share * wave]) for r, share in rows]
    )
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(len(rows)), np.arange(n), indexing="ij"))
    nxt = (a + 1) % len(rows)
    q = np.stack([a * (n + 1) + b, nxt * (n + 1) + b, nxt * (n + 1) + b + 1, a * (n + 1) + b + 1], 1)
    vertices = points.reshape(-1, 3)
    faces = np.concatenate([q[:, [0, 2, 1]], q[:, [0, 3, 2]]]).astype(np.int32)
    corners = vertices[faces]
    facets = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.repeat(facets / np.maximum(np.sqrt((facets**2).sum(1, keepdims=True)), 1e-12), 3, axis=0)
    flat = corners.reshape(-1, 3)
    mesh = Mesh(flat, np.arange(len(flat), dtype=np.int32).reshape(-1, 3), flat[:, [0, 1]] * 1.0, normals)
    tone = materials.tone_of(rng, ((0.33, 0.42, 0.36), (0.4, 0.46, 0.44), (0.28, 0.36, 0.27)))
    wood = materials.textured(rng, "leaves", "carpet", tone, 0.5, 60.0, 1.0)
    return assemble("hill", [(mesh, wood)], rng, recentre=False)


def kerbed(x0: float, x1: float, y0: float, y1: float, open_sides: str, stone: int) -> list[Rectangle]:
    """Kerb stones along the edges "W", "E", "S" or "N" of a rectangle that face a road."""
    k = KERB_M
    strips: dict[str, Rectangle] = {
        "W": (x0, x0 + k, y0, y1, stone), "E": (x1 - k, x1, y0, y1, stone),
        "S": (x0, x1, y0, y0 + k, stone), "N": (x0, x1, y1 - k, y1, stone),
    }  # fmt: skip
    return [strips[side] for side in open_sides]


def stripes(x0: float, x1: float, y0: float, y1: float, paint: int, pitch: float = 1.0) -> list[Rectangle]:
    """A zebra crossing over the road between x0 and x1: bars along y, half a pitch wide."""
    count = max(2, int((x1 - x0) / pitch))
    start = (x0 + x1) / 2 - (count - 0.5) * pitch / 2
    return [(start + k * pitch, start + (k + 0.5) * pitch, y0, y1, paint) for k in range(count)]


def paint(rng: np.random.Generator, yellow: bool = False) -> Finish:
    """Worn road paint."""
    tone = (0.80, 0.62, 0.16) if yellow else (0.84, 0.84, 0.81)
    return materials.textured(rng, "paint", "concrete", materials.tone_of(rng, (tone,)), 0.14, 1.6, 0.7)


def spots(corners: Float, size: float) -> list[tuple[float, float, float, float]]:
    """Squares of edge `size` centred on `corners` [n, 2]."""
    return [(x - size / 2, x + size / 2, y - size / 2, y + size / 2) for x, y in corners.tolist()]
