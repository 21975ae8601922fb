"""Watertight solids that furniture is built from.

Every function returns a `Mesh` in metres with unit vertex normals and uv in metres along the surface
(a finish divides them by its repeat). Edges are split where they look hard, so merging vertices by
position gives a closed, outward-facing surface.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float, Mesh

_HARD_EDGE_COS = np.cos(np.radians(38.0))
_LONG = 4.0
"""How many times as long as its neighbour a part of a profile is that does not bend with it."""


def cross(a: Float, b: Float) -> Float:
    """Cross products of vectors [..., 3]; several times faster than np.cross on small arrays."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    out[..., 0], out[..., 1], out[..., 2] = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return out


@lru_cache(maxsize=8)
def _cube(segments: int) -> tuple[Float, Float, NDArray[np.int32], NDArray[np.int64]]:
    """A rounded unit cube: signs [V, 3], normals [V, 3], faces [F, 3] and the axis each vertex looks along [V]."""
    angles = np.radians(45.0) * (1.0 - np.arange(segments + 1) / max(segments, 1)) if segments else np.zeros(1)
    line_sign = np.concatenate([-np.ones(segments + 1), np.ones(segments + 1)])
    line_tan = np.concatenate([-np.tan(angles), np.tan(angles[::-1])])
    m = len(line_sign)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(m), np.arange(m), indexing="ij"))
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(m - 1), np.arange(m - 1), indexing="ij"))
    quad = np.stack([a * m + b, (a + 1) * m + b, (a + 1) * m + b + 1, a * m + b + 1], axis=1)
    signs: list[Float] = []
    normals: list[Float] = []
    faces: list[NDArray[np.int64]] = []
    axes: list[NDArray[np.int64]] = []
    for axis in range(3):
        for side in (-1.0, 1.0):
            sign, normal = np.empty((m * m, 3)), np.empty((m * m, 3))
            u, v = (axis + 1) % 3, (axis + 2) % 3
            sign[:, axis], sign[:, u], sign[:, v] = side, line_sign[i], line_sign[j]
            normal[:, axis], normal[:, u], normal[:, v] = side, line_tan[i], line_tan[j]
            corners = quad if side > 0 else quad[:, ::-1]
            faces.append(np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]]) + len(faces) * m * m)
            signs.append(sign)
            normals.append(normal / np.linalg.norm(normal, axis=1, keepdims=True))
            axes.append(np.full(m * m, axis))
    return np.concatenate(signs), np.concatenate(normals), np.concatenate(faces).astype(np.int32), np.concatenate(axes)


def box(size: Any, at: Any = (0.0, 0.0, 0.0), bevel: float = 0.003, segments: int = 1) -> Mesh:
    """A box of `size` (x, y, z) whose underside is centred on `at`, its edges rounded with radius `bevel`.

    bevel = 0 gives a plain box of 12 triangles; `segments` is the number of strips per half edge. The texture's
    u direction (wood grain) runs along the longest edge.
    """
    size, at = np.asarray(size, float), np.asarray(at, float)
    # A rounding of a millimetre is never seen but costs nine times the triangles.
    bevel = min(bevel, 0.49 * float(size.min())) if bevel > 0.0015 else 0.0
    signs, normals, faces, axes = _cube(segments if bevel > 0 else 0)
    vertices = signs * (size / 2 - bevel) + normals * bevel + at
    vertices[:, 2] += size[2] / 2
    order = np.argsort(-size, kind="stable")
    u_axis = np.array([next(k for k in order if k != axis) for axis in range(3)])
    v_axis = 3 - np.arange(3) - u_axis
    rows = np.arange(len(vertices))
    uv = np.stack([vertices[rows, u_axis[axes]], vertices[rows, v_axis[axes]]], axis=1)
    return Mesh(vertices, faces, uv, normals)


def lathe(profile: Any, sides: int = 24, closed: bool = False) -> Mesh:
    """A solid of revolution about z. `profile` [n, 2] lists (radius, z) from the bottom round the outside to the top.

    An open profile starts and ends on the axis; a closed one is a ring (a lamp shade, a torus). Corners sharper
    than 38 degrees stay hard; an end that meets the axis more squarely than that is a pole, its normal the axis. Others
    are smooth; a part far longer than its neighbour stays straight, as does a level end, and the neighbour alone bends: a
    table's top is level up to its rounded rim.
    """
    points = np.asarray(profile, float)
    if closed:
        points = np.concatenate([points, points[:1]])
    step = np.diff(points, axis=0)
    length = np.linalg.norm(step, axis=1)
    flat = np.stack([step[:, 1], -step[:, 0]], axis=1) / length[:, None]
    previous, following = np.roll(flat, 1, axis=0), np.roll(flat, -1, axis=0)
    if not closed:
        # Across the axis the profile goes on mirrored: a smooth pole averages to the axis, a cone's tip stays hard.
        previous[0], following[-1] = flat[0] * [-1.0, 1.0], flat[-1] * [-1.0, 1.0]
    # A level end is a plane, however small.
    weight = np.where((np.abs(step[:, 1]) < 1e-9) & (points[:-1, 0] * points[1:, 0] == 0), np.inf, length)
    before, after = np.roll(weight, 1), np.roll(weight, -1)
    if not closed:
        before[0], after[-1] = length[0], length[-1]
    start, end = corner(flat, weight, previous, before), corner(flat, weight, following, after)
    rings = np.stack([points[:-1], points[1:]], axis=1).reshape(-1, 2)
    ring_normals = np.stack([start, end], axis=1).reshape(-1, 2)
    ring_normals /= np.linalg.norm(ring_normals, axis=1, keepdims=True)
    angle = np.linspace(0, 2 * np.pi, sides + 1) - np.pi / 2
    angle[-1] = angle[0]
    c, s = np.cos(angle), np.sin(angle)
    vertices = np.stack([np.outer(rings[:, 0], c), np.outer(rings[:, 0], s), np.repeat(rings[:, 1:], sides + 1, 1)], -1)
    normals = np.stack(
        [
            np.outer(ring_normals[:, 0], c),
            np.outer(ring_normals[:, 0], s),
            np.repeat(ring_normals[:, 1:], sides + 1, 1),
        ],
        -1,
    )
    along = np.concatenate([[0.0], np.cumsum(length)])
    v = np.stack([along[:-1], along[1:]], axis=1).ravel()
    radius = max(float(points[:, 0].max()), 1e-6)
    uv = np.stack(np.broadcast_arrays(np.linspace(0, 2 * np.pi * radius, sides + 1)[None, :], v[:, None]), -1).copy()
    level = np.repeat(np.abs(step[:, 1]) < 1e-9, 2)
    uv[level] = vertices[level][..., :2]
    k = np.arange(sides)
    base = (2 * np.arange(len(step)) * (sides + 1))[:, None]
    a, b = base + k, base + k + 1
    c_, d = b + sides + 1, a + sides + 1
    lower = np.stack([a, b, c_], -1)[rings[0::2, 0] + rings[1::2, 0] > 0]
    upper = np.stack([a, c_, d], -1)
    lower = lower[rings[0::2, 0] > 1e-12].reshape(-1, 3)
    upper = upper[rings[1::2, 0] > 1e-12].reshape(-1, 3)
    return Mesh(
        vertices.reshape(-1, 3),
        np.concatenate([lower, upper]).astype(np.int32),
        uv.reshape(-1, 2),
        normals.reshape(-1, 3),
    )


def corner(own: Float, weight: Float, other: Float, others: Float) -> Float:
    """Normals [..., k], of any length, of parts of a profile where they meet others: their own where the corner is
    sharper than 38 degrees or they are far longer, else what both share. weight, others: the parts' lengths [...].
    """
    shared = own * (weight * _LONG > others)[..., None] + other * (others * _LONG > weight)[..., None]
    return np.where((np.sum(own * other, -1, keepdims=True) > _HARD_EDGE_COS), shared, own)


def vessel(outer: Float, wall: float, floor: float) -> Float:
    """The profile, for `lathe`, of a vessel from its outer line [n, 2], which starts at the foot and ends at the rim.

    wall, floor: thickness of the side and height of the bottom inside, metres.
    """
    inner = outer[::-1] - [wall, 0]
    inner = inner[inner[:, 1] > floor + 0.002]
    inner[:, 0] = np.maximum(inner[:, 0], 0.003)
    return np.concatenate([[[0, outer[0, 1]]], outer, inner, [[max(inner[-1, 0] * 0.9, 0.002), floor], [0, floor]]])


def cylinder(
    radius: float, height: float, at: Any = (0.0, 0.0, 0.0), sides: int = 20, top: float | None = None
) -> Mesh:
    """An upright cylinder standing on `at`, or a cone frustum when `top` gives another radius for its upper end."""
    end = radius if top is None else top
    return move(lathe([(0, 0), (radius, 0), (end, height), (0, height)], sides), at)


def disc(radius: float, height: float, bevel: float, at: Any = (0.0, 0.0, 0.0), sides: int = 36) -> Mesh:
    """A round slab standing on `at`, its rims rounded with radius `bevel`; below a centimetre, chamfered."""
    bevel = min(bevel, height * 0.49)
    # Three strips turn by 30 degrees each, which the lathe smooths; one turns by 45, which stays an edge.
    angle = np.linspace(0.0, np.pi / 2, 4 if bevel >= 0.01 else 2)
    rim = np.stack([radius - bevel + bevel * np.sin(angle), bevel - bevel * np.cos(angle)], 1)
    profile = np.concatenate([[[0.0, 0.0]], rim, (rim * [1, -1] + [0, height])[::-1], [[0.0, height]]])
    return move(lathe(profile, sides), at)


def torus(radius: float, thickness: float, at: Any = (0.0, 0.0, 0.0), sides: int = 36, rings: int = 8) -> Mesh:
    """A round hoop about z whose centre line, `radius` wide, lies level with `at`; `thickness` is half its width."""
    angle = np.linspace(-np.pi, np.pi, rings + 1)[:-1]
    profile = np.stack([radius + thickness * np.cos(angle), thickness * np.sin(angle)], 1)
    return move(lathe(profile, sides, closed=True), at)


def ellipsoid(radii: Any, at: Any = (0.0, 0.0, 0.0), sides: int = 20) -> Mesh:
    """An ellipsoid resting on `at` with half-axes `radii` (x, y, z)."""
    theta = np.linspace(-np.pi / 2, np.pi / 2, sides // 2 + 1)
    profile = np.stack([np.cos(theta), np.sin(theta)], 1)
    profile[[0, -1], 0] = 0.0
    ball = lathe(profile, sides)
    radii = np.asarray(radii, float)
    normals = ball.normals / radii if ball.normals is not None else ball.vertices
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    uv = ball.uv * radii[2] if ball.uv is not None else None
    return Mesh(ball.vertices * radii + np.asarray(at, float) + [0, 0, radii[2]], ball.faces, uv, normals)


def tube(path: Any, radius: Any, sides: int = 10) -> Mesh:
    """A round bar along `path` [n, 3]; `radius` is one number or [n]."""
    path = np.asarray(path, float)
    n = len(path)
    radii = np.broadcast_to(np.asarray(radius, float), (n,))
    step = path[1:] - path[:-1]
    length = np.sqrt((step**2).sum(1))
    tangent = np.empty((n, 3))
    tangent[0], tangent[-1] = step[0], step[-1]
    tangent[1:-1] = path[2:] - path[:-2]
    tangent /= np.sqrt((tangent**2).sum(1, keepdims=True))
    first = cross(tangent[0], np.array([1.0, 0.0, 0.0] if abs(tangent[0, 0]) < 0.8 else [0.0, 1.0, 0.0]))
    across = np.array(_transported(first.tolist(), tangent.tolist()))
    faces, cos, sin = _tube_topology(n, sides)
    around = cos[None, :, None] * across[:, None] + sin[None, :, None] * cross(tangent, across)[:, None]
    rings = path[:, None] + radii[:, None, None] * around
    # A side that narrows leans forward by as much as the radius falls.
    along = np.concatenate([[0.0], np.cumsum(length)])
    normals = around - np.gradient(radii, along)[:, None, None] * tangent[:, None]
    normals /= np.sqrt((normals**2).sum(-1, keepdims=True))
    uv = np.zeros((n, sides + 1, 2))
    uv[..., 0] = along[:, None]
    uv[..., 1] = np.linspace(0, 2 * np.pi * float(radii.max()), sides + 1)
    ends = [np.concatenate([rings[end, :-1], path[end][None]]) for end in (0, -1)]
    caps = [np.broadcast_to(normal, (sides + 1, 3)) for normal in (-tangent[0], tangent[-1])]
    return Mesh(
        np.concatenate([rings.reshape(-1, 3), *ends]),
        faces,
        np.concatenate([uv.reshape(-1, 2), np.zeros((2 * sides + 2, 2))]),
        np.concatenate([normals.reshape(-1, 3), *caps]),
    )


def _transported(first: list[float], tangents: list[list[float]]) -> list[tuple[float, float, float]]:
    """`first` carried along a path, made square to each of its `tangents` in turn. In plain numbers, which at three
    to a vector are several times as fast as arrays."""
    x, y, z = first
    out = []
    for tx, ty, tz in tangents:
        along = x * tx + y * ty + z * tz
        x, y, z = x - tx * along, y - ty * along, z - tz * along
        length = math.sqrt(x * x + y * y + z * z)
        x, y, z = x / length, y / length, z / length
        out.append((x, y, z))
    return out


@lru_cache(maxsize=64)
def _tube_topology(n: int, sides: int) -> tuple[NDArray[np.int32], Float, Float]:
    """Faces of a capped tube of n rings, and the cosine and sine of the points round a ring."""
    angle = np.linspace(0, 2 * np.pi, sides + 1)
    angle[-1] = 0.0
    i, k = (grid.ravel() for grid in np.meshgrid(np.arange(n - 1), np.arange(sides), indexing="ij"))
    a = i * (sides + 1) + k
    b, c, d = a + 1, a + sides + 2, a + sides + 1
    start, k = n * (sides + 1), np.arange(sides)
    fan = np.stack([np.full(sides, sides), k, (k + 1) % sides], 1)
    faces = [np.stack([a, b, c], 1), np.stack([a, c, d], 1), fan[:, ::-1] + start, fan + start + sides + 1]
    return np.concatenate(faces).astype(np.int32), np.cos(angle), np.sin(angle)


def bar(start: Any, end: Any, radius: float, tip: float | None = None, sides: int = 12) -> Mesh:
    """A straight round bar from `start` to `end`, tapering to radius `tip`."""
    return tube([start, end], [radius, radius if tip is None else tip], sides)


def move(mesh: Mesh, offset: Any) -> Mesh:
    """`mesh` shifted by `offset` [3]."""
    return Mesh(mesh.vertices + np.asarray(offset, float), mesh.faces, mesh.uv, mesh.normals)


def turn(mesh: Mesh, angle_rad: float, axis: int = 2, pivot: Any = (0.0, 0.0, 0.0)) -> Mesh:
    """`mesh` rotated about the x (0), y (1) or z (2) axis through `pivot`, right-handed."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    rotation = np.eye(3)
    rotation[i, i], rotation[i, j], rotation[j, i], rotation[j, j] = c, -s, s, c
    normals = None if mesh.normals is None else mesh.normals @ rotation.T
    return Mesh((mesh.vertices - pivot) @ rotation.T + pivot, mesh.faces, mesh.uv, normals)
