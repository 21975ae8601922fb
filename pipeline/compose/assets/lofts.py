"""Vessels and moulded things that stand upright: tubs, basins, bottles, seats. Watertight, in metres.

`loft` here goes up the outside and, where a thing is hollow, back down the inside, through level outlines listed as a
lathe's profile is. For closed bodies that lie or lean any way, such as cars and limbs, take that of bodies.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.compose.assets.shapes import corner, cross
from pipeline.scene import Float, Mesh


def superellipse(
    half_x: float, half_y: float, power: float = 2.0, count: int = 40, front: tuple[float, float] | None = None
) -> Float:
    """Points [count, 2] of |x / half_x|^power + |y / half_y|^power = 1, counter-clockwise.

    front: half length and power of the half with y > 0, where it differs: an egg, a D.
    """
    t = np.linspace(0, 2 * np.pi, 12 * count + 1)
    c, s = np.cos(t), np.sin(t)
    ahead = s > 0
    reach, bend = (half_y, power) if front is None else front
    exponent = 2 / np.where(ahead, bend, power)
    # The sine and cosine of quarter turns are not exactly 0, and a small exponent would show it.
    x = half_x * np.sign(c) * np.where(np.abs(c) < 1e-12, 0.0, np.abs(c)) ** exponent
    y = np.where(ahead, reach, half_y) * np.sign(s) * np.where(np.abs(s) < 1e-12, 0.0, np.abs(s)) ** exponent
    # Points at equal distances: the normals of a loft are differences of neighbours.
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = along[-1] * np.arange(count) / count
    return np.stack([np.interp(at, along, x), np.interp(at, along, y)], 1)


def rounded_rectangle(half_x: float, half_y: float, radius: float, segments: int = 5) -> Float:
    """Points [4 * (segments + 1), 2] of a rectangle with round corners, counter-clockwise."""
    radius = min(radius, 0.999 * half_x, 0.999 * half_y)
    t = np.linspace(0, np.pi / 2, segments + 1)
    corners = []
    for k, (sx, sy) in enumerate(((1, 1), (-1, 1), (-1, -1), (1, -1))):
        angle = t + k * np.pi / 2
        centre = [sx * (half_x - radius), sy * (half_y - radius)]
        corners.append(np.stack([np.cos(angle), np.sin(angle)], 1) * radius + centre)
    return np.concatenate(corners)


def ring(points: Float, z: float, scale: Any = 1.0, shift: Any = (0.0, 0.0)) -> Float:
    """An outline [m, 2] as a level loop [m, 3] at height `z`, scaled about the origin and then shifted in x and y."""
    flat = points * np.asarray(scale, float) + np.asarray(shift, float)
    return np.concatenate([flat, np.full((len(flat), 1), float(z))], 1)


def loft(rings: Sequence[Float] | Float, cap: bool = True) -> Mesh:
    """The solid through closed loops [n, m, 3], each counter-clockwise seen from above, listed as `lathe` lists a
    profile: from the bottom round the outside to the top, and back down the inside where it is hollow.

    cap: close the first and the last loop with a flat fan about their middle. Without, they must be points.
    Along a loop everything is smooth; between loops corners are hard or smooth as `lathe` has them, and caps are planes.
    """
    loops = np.asarray(rings, float)
    if cap:
        loops = np.concatenate([_centre(loops[:1]), loops, _centre(loops[-1:])])
    n, m = loops.shape[:2]
    around = np.roll(loops, -1, axis=1) - np.roll(loops, 1, axis=1)
    size = np.sqrt((around**2).sum(-1, keepdims=True))
    point = size < 1e-9
    around = around / np.maximum(size, 1e-12)
    along = loops[1:] - loops[:-1]
    # Where a loop shrinks to a point it has no direction of its own: that of its neighbour holds.
    low = _unit(cross(np.where(point[:-1], around[1:], around[:-1]), along))
    high = _unit(cross(np.where(point[1:], around[:-1], around[1:]), along))
    reach = np.sqrt((along**2).sum(-1))
    weight = reach.copy()
    if cap:
        weight[[0, -1]] = np.inf
    low[1:], high[:-1] = (
        corner(low[1:], weight[1:], high[:-1], weight[:-1]),
        corner(high[:-1], weight[:-1], low[1:], weight[1:]),
    )
    normals = _unit(np.stack([low, high], 1).reshape(2 * n - 2, m, 3))
    vertices = np.stack([loops[:-1], loops[1:]], 1).reshape(2 * n - 2, m, 3)
    normals, vertices = (np.concatenate([values, values[:, :1]], 1) for values in (normals, vertices))
    widest = loops[int(np.argmax(size.sum((1, 2))))]
    turn = np.concatenate([[0.0], np.cumsum(np.sqrt(((np.roll(widest, -1, 0) - widest) ** 2).sum(-1)))])
    rise = np.concatenate([[0.0], np.cumsum(reach.mean(1))])
    uv = np.stack(np.broadcast_arrays(turn[None], np.repeat(rise, 2)[1:-1, None]), -1).copy()
    level = np.repeat(np.abs(along[..., 2]).max(1) < 1e-9, 2)
    uv[level] = vertices[level][..., :2]
    k = np.arange(m)
    a = (2 * np.arange(n - 1) * (m + 1))[:, None] + k
    b, c, d = a + 1, a + m + 2, a + m + 1
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    flat = vertices.reshape(-1, 3)
    edges = np.stack([flat[faces[:, k]] - flat[faces[:, k - 1]] for k in range(3)], 1)
    real = (np.abs(edges).max(-1) > 1e-7).all(1)
    return Mesh(flat, faces[real].astype(np.int32), uv.reshape(-1, 2), normals.reshape(-1, 3))


def prism(outline: Float, height: float, at: Any = (0.0, 0.0, 0.0), bevel: float = 0.0) -> Mesh:
    """An outline [m, 2] raised to `height` above `at`; its upper and lower edges rounded off by `bevel`."""
    z, b = float(height), min(bevel, 0.49 * height)
    if b <= 0:
        rings = [ring(outline, 0.0), ring(outline, z)]
    else:
        reach = np.abs(outline).max(0)
        inner, middle = 1 - b / reach, 1 - 0.3 * b / reach
        rings = [
            ring(outline, 0.0, inner), ring(outline, 0.3 * b, middle), ring(outline, b),
            ring(outline, z - b), ring(outline, z - 0.3 * b, middle), ring(outline, z, inner),
        ]  # fmt: skip
    mesh = loft(rings)
    return Mesh(mesh.vertices + np.asarray(at, float), mesh.faces, mesh.uv, mesh.normals)


def fillet(points: Any, radius: float, segments: int = 5) -> Float:
    """The line through `points` [n, 3] with every inner corner rounded to about `radius`, for `shapes.tube`."""
    corners = np.asarray(points, float)
    path = [corners[0]]
    t = np.linspace(0, 1, segments + 1)[:, None]
    for before, at, after in zip(corners[:-2], corners[1:-1], corners[2:], strict=True):
        back, on = before - at, after - at
        reach = min(radius, 0.48 * float(np.sqrt(back @ back)), 0.48 * float(np.sqrt(on @ on)))
        start, end = at + back / np.sqrt(back @ back) * reach, at + on / np.sqrt(on @ on) * reach
        path += list((1 - t) ** 2 * start + 2 * t * (1 - t) * at + t**2 * end)
    return np.stack([*path, corners[-1]])


def _centre(loops: Float) -> Float:
    """Each loop [k, m, 3] shrunk to the middle of its bounds."""
    middle = (loops.min(1, keepdims=True) + loops.max(1, keepdims=True)) / 2
    return np.broadcast_to(middle, loops.shape)


def _unit(vectors: Float) -> Float:
    return np.asarray(vectors / np.maximum(np.sqrt((vectors**2).sum(-1, keepdims=True)), 1e-12))
