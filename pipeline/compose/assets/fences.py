"""What parts one plot from the next: fences, gates, garden walls and hedges, each along x, centred on the origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.masonry import blocks, quads
from pipeline.compose.assets.shapes import cross
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

FenceKind = Literal["picket", "panel", "wire", "rail"]
FENCES: tuple[FenceKind, ...] = ("picket", "panel", "wire", "rail")
HEIGHTS_M: dict[FenceKind, tuple[float, float]] = {
    "picket": (0.85, 1.1), "panel": (1.6, 1.9), "wire": (1.0, 1.5), "rail": (1.0, 1.2),
}  # fmt: skip


def fence_finish(rng: np.random.Generator, kind: FenceKind) -> Finish:
    """What a fence of `kind` is made of; one finish for all fences of a garden."""
    if kind == "wire":
        return materials.galvanized(rng)
    if kind == "rail":
        return materials.plain("metal", materials.color_of(rng, ("black", "black", "green", "gray")), 0.45, 0.3)
    if kind == "picket" and rng.random() < 0.7:
        return materials.painted_wood(rng, ("white", "white", "white", "green", "gray", "brown"))
    return materials.wood(rng) if rng.random() < 0.6 else materials.painted_wood(rng, ("brown", "gray", "green"))


def fence(rng: np.random.Generator, kind: FenceKind, length: float, height: float, finish: Finish) -> Asset:
    """A fence of posts and what hangs between them."""
    bays = max(1, round(length / 2.2))
    posts = np.linspace(-length / 2 + 0.05, length / 2 - 0.05, bays + 1)
    thick = 0.025 if kind in ("wire", "rail") else 0.045
    foot = np.column_stack([posts, np.zeros(bays + 1), np.zeros(bays + 1)])
    pieces: list[Piece] = [(blocks(foot - [thick, thick, 0.0], foot + [thick, thick, height + 0.04]), finish)]
    return assemble(
        "fence", pieces + _filling(kind, -length / 2 + 0.05, length / 2 - 0.05, height, finish), rng, recentre=False
    )


def gate(rng: np.random.Generator, kind: FenceKind, width: float, height: float, finish: Finish) -> Asset:
    """A closed leaf between two stout posts, of the fence's kind."""
    foot = np.array([[s * (width / 2 - 0.06), 0.0, 0.0] for s in (-1, 1)])
    pieces: list[Piece] = [(blocks(foot - [0.06, 0.06, 0.0], foot + [0.06, 0.06, height + 0.12]), finish)]
    left, right = -width / 2 + 0.13, width / 2 - 0.13
    rim = blocks(
        [[left, -0.02, 0.06], [right - 0.05, -0.02, 0.06]], [[left + 0.05, 0.02, height], [right, 0.02, height]]
    )
    pieces.append((rim, finish))
    pieces += [(_lifted(mesh, 0.05), paint) for mesh, paint in _filling(kind, left, right, height - 0.06, finish)]
    latch = blocks([right - 0.04, 0.02, height * 0.7], [right + 0.12, 0.05, height * 0.7 + 0.04])
    pieces.append((latch, materials.plain("metal", (0.1, 0.1, 0.1), 0.4, 0.5)))
    return assemble("gate", pieces, rng, main=finish, recentre=False)


def _lifted(mesh: Mesh, by: float) -> Mesh:
    return Mesh(mesh.vertices + [0.0, 0.0, by], mesh.faces, mesh.uv, mesh.normals)


def _filling(kind: FenceKind, left: float, right: float, height: float, finish: Finish) -> list[Piece]:
    """Rails, pickets, boards or wires from x = `left` to `right`."""

    def level(heights: Sequence[float], y: tuple[float, float], thick: float) -> Mesh:
        low = np.array([[left, y[0], z] for z in heights])
        return blocks(low, low + [right - left, y[1] - y[0], thick])

    def upright(pitch: float, width: float, y: tuple[float, float], foot: float, top: float) -> Mesh:
        count = max(2, round((right - left) / pitch))
        x = (np.arange(count) + 0.5) * (right - left) / count + left
        low = np.column_stack([x - width / 2, np.full(count, y[0]), np.full(count, foot)])
        return blocks(low, low + [width, y[1] - y[0], top - foot])

    if kind == "picket":
        rails = level((height * 0.22, height * 0.72), (-0.02, 0.02), 0.07)
        pickets = upright(0.115, 0.075, (0.02, 0.04), 0.06, height - 0.05)
        return [(rails, finish), (pickets, finish), (_tips(pickets, 0.05), finish)]
    if kind == "panel":
        boards = upright(0.13, 0.124, (-0.012, 0.012), 0.05, height - 0.05)
        return [(boards, finish), (level((0.12, height * 0.5, height - 0.2), (0.012, 0.05), 0.07), finish),
                (level((height - 0.05,), (-0.04, 0.04), 0.04), finish)]  # fmt: skip
    if kind == "wire":
        lines = [0.06 + (height - 0.1) * k / 7 for k in range(8)]
        wires = [
            (level(lines, (-0.003, 0.003), 0.006), finish),
            (upright(0.1, 0.005, (0.003, 0.008), 0.06, height - 0.03), finish),
        ]
        return [*wires, (level((height,), (-0.02, 0.02), 0.04), finish)]
    rails = level((0.12, height - 0.1), (-0.015, 0.015), 0.035)
    return [(rails, finish), (upright(0.12, 0.016, (-0.008, 0.008), 0.03, height), finish)]


def _tips(pickets: Mesh, rise: float) -> Mesh:
    """Points for the tops of upright boards: blocks as wide as they are, a quarter as wide `rise` metres higher."""
    boards = pickets.vertices.reshape(-1, 24, 3)
    low, high = boards.min(1), boards.max(1)
    tips = blocks(np.column_stack([low[:, :2], high[:, 2]]), high + [0.0, 0.0, rise]).vertices.reshape(-1, 24, 3)
    middle, upper = tips[:, :, 0].mean(1, keepdims=True), tips[:, :, 2] > high[:, None, 2] + rise / 2
    tips[:, :, 0] = np.where(upper, middle + (tips[:, :, 0] - middle) * 0.25, tips[:, :, 0])
    return quads(tips.reshape(-1, 4, 3))


def garden_wall(rng: np.random.Generator, length: float, height: float, finish: Finish, cap: Finish) -> Asset:
    """A wall one brick thick with piers and a coping."""
    count = max(2, round(length / 3.2) + 1)
    piers = np.linspace(-length / 2 + 0.17, length / 2 - 0.17, count)
    foot = np.column_stack([piers, np.zeros(count), np.zeros(count)])
    pieces: list[Piece] = [
        (blocks([-length / 2 + 0.02, -0.11, 0.0], [length / 2 - 0.02, 0.11, height]), finish),
        (blocks(foot - [0.165, 0.165, 0.0], foot + [0.165, 0.165, height + 0.12]), finish),
        (blocks([-length / 2 + 0.02, -0.14, height], [length / 2 - 0.02, 0.14, height + 0.06]), cap),
        (blocks(foot + [-0.17, -0.19, height + 0.12], foot + [0.17, 0.19, height + 0.19]), cap),
    ]
    return assemble("wall", pieces, rng, main=finish, recentre=False)


def hedge(rng: np.random.Generator, length: float, height: float, thickness: float, sprigs: bool = True) -> Asset:
    """A clipped hedge: a body of dense leaves, and sprigs that break its outline when seen from close by."""
    tone = materials.tone_of(rng, ((0.13, 0.27, 0.10), (0.17, 0.32, 0.11), (0.11, 0.24, 0.13)))
    dense = materials.textured(rng, "leaves", "leaf", materials.shaded(tone, 0.75), 0.45, 0.35, 0.9)
    leaves = materials.textured(rng, "leaves", "leaf", tone, 0.3, 0.12, 0.7)
    nx, ny, nz = max(4, int(length / 0.3)), 4, max(4, int(height / 0.25))
    body = _lumpy(rng, (length - 0.16, thickness - 0.16, height - 0.08), (nx, ny, nz), 0.055)
    count = int(min(60 * (2 * height + thickness) * length, 500)) if sprigs else 1
    return assemble(
        "hedge", [(body, dense), (_sprigs(rng, length, thickness, height, count), leaves)], rng, recentre=False
    )


def _lumpy(
    rng: np.random.Generator, size: tuple[float, float, float], cells: tuple[int, int, int], swing: float
) -> Mesh:
    """A closed box on z = 0 whose sides bulge at random; its corners are pulled in."""
    axes = [np.linspace(0.0, 1.0, n + 1) for n in cells]
    points: dict[tuple[int, int, int], int] = {}
    faces = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (0, cells[axis]):
            for i in range(cells[u]):
                for j in range(cells[v]):
                    quad = []
                    for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
                        index = [0, 0, 0]
                        index[axis], index[u], index[v] = side, i + a, j + b
                        quad.append(points.setdefault((index[0], index[1], index[2]), len(points)))
                    faces.append(quad if side else quad[::-1])
    keys = np.array(list(points))
    at = np.stack([axes[k][keys[:, k]] for k in range(3)], 1)
    vertices = (at - [0.5, 0.5, 0.0]) * size
    shift = rng.uniform(-swing, swing, (len(vertices), 3))
    shift[keys[:, 2] == 0] = 0.0
    vertices = vertices + shift
    edge = ((keys == 0) | (keys == np.array(cells)))[:, :2].sum(1) + (keys[:, 2] == cells[2])
    rounded = np.where((edge >= 2)[:, None], [0.93 if cells[0] < 8 else 0.995, 0.88, 0.97], 1.0)
    vertices = vertices * rounded
    quad_faces = np.array(faces)
    triangles = np.concatenate([quad_faces[:, [0, 1, 2]], quad_faces[:, [0, 2, 3]]]).astype(np.int32)
    corners = vertices[triangles]
    facets = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], facets)
    normals /= np.maximum(np.sqrt((normals**2).sum(1, keepdims=True)), 1e-12)
    uv = np.stack([vertices[:, 0] + vertices[:, 1], vertices[:, 2] + 0.5 * vertices[:, 1]], 1)
    return Mesh(vertices, triangles, uv, normals)


def _sprigs(rng: np.random.Generator, length: float, thickness: float, height: float, count: int) -> Mesh:
    """Small leaves, each a closed wedge, that stand out from the sides and the top."""
    areas = np.array([2 * length * height, 2 * thickness * height, length * thickness])
    side = np.searchsorted(np.cumsum(areas / areas.sum()), rng.random(count))
    u, v, sign = rng.random(count), rng.random(count), rng.choice([-1.0, 1.0], count)
    half = np.array([length / 2 - 0.08, thickness / 2 - 0.08])
    x = np.where(side == 1, sign * half[0], (2 * u - 1) * half[0])
    y = np.where(side == 0, sign * half[1], np.where(side == 1, (2 * u - 1) * half[1], (2 * v - 1) * half[1]))
    z = np.where(side == 2, height - 0.1, 0.06 + v * (height - 0.16))
    zero = np.zeros(count)
    outward = np.where(
        (side == 0)[:, None], np.column_stack([zero, sign, zero]),
        np.where((side == 1)[:, None], np.column_stack([sign, zero, zero]), np.array([0.0, 0.0, 1.0])),
    )  # fmt: skip
    lean = outward + rng.normal(0, 0.55, (count, 3))
    lean /= np.sqrt((lean**2).sum(1, keepdims=True))
    across = cross(lean, rng.normal(0, 1, (count, 3)))
    across /= np.maximum(np.sqrt((across**2).sum(1, keepdims=True)), 1e-9)
    long, wide = rng.uniform(0.05, 0.09, (count, 1)), rng.uniform(0.02, 0.035, (count, 1))
    thick = cross(lean, across) * 0.004
    base = np.column_stack([x, y, z])
    tip = base + lean * long
    left, right = base + lean * long * 0.4 - across * wide, base + lean * long * 0.4 + across * wide
    # Two faces a millimetre or so apart, joined at root and tip: closed, and seen from either side.
    top, bottom = left * 0.5 + right * 0.5 + thick, left * 0.5 + right * 0.5 - thick
    points = np.stack([base, right, tip, left, top, bottom], 1)
    pattern = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4], [1, 0, 5], [2, 1, 5], [3, 2, 5], [0, 3, 5]])
    corners = points[:, pattern].reshape(-1, 3, 3)
    normal = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.sqrt((normal**2).sum(1, keepdims=True)), 1e-12)
    faces = np.arange(len(corners) * 3, dtype=np.int32).reshape(-1, 3)
    vertices = corners.reshape(-1, 3)
    return Mesh(
        _within(vertices, length, thickness, height), faces, vertices[:, [0, 2]].copy(), np.repeat(normal, 3, axis=0)
    )


def _within(vertices: Float, length: float, thickness: float, height: float) -> Float:
    return np.clip(vertices, [-length / 2, -thickness / 2, 0.0], [length / 2, thickness / 2, height])
