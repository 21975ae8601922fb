"""Thin and stuffed things: curtains, leaves, bent boards and cushions, as watertight solids in metres."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross
from pipeline.scene import Float, Mesh


def sheet(points: Float, thickness: float) -> Mesh:
    """A thin curved solid around a grid of points [a, b, 3]: a curtain, a bent chair back.

    [k, a, b, 3] makes k sheets at once: the leaves of a plant.
    """
    grids = points[None] if points.ndim == 3 else points
    k, a, b = grids.shape[:3]
    normal = cross(np.gradient(grids, axis=1), np.gradient(grids, axis=2))
    normal /= np.maximum(np.sqrt((normal**2).sum(-1, keepdims=True)), 1e-12)
    front, back = grids + normal * thickness / 2, grids - normal * thickness / 2
    down = np.sqrt((np.diff(grids[:, :, b // 2], axis=1) ** 2).sum(-1)).cumsum(1)
    along = np.sqrt((np.diff(grids[:, a // 2], axis=1) ** 2).sum(-1)).cumsum(1)
    uv = np.zeros((k, a, b, 2))
    uv[:, 1:, :, 0] = down[:, :, None]
    uv[:, :, 1:, 1] = along[:, None, :]
    faces, rim = _sheet_topology(a, b)
    flat = (k, a * b, -1)
    f, g, uv, normal = front.reshape(flat), back.reshape(flat), uv.reshape(flat), normal.reshape(flat)
    following = np.roll(rim, -1)
    corners = np.stack([f[:, rim], f[:, following], g[:, following], g[:, rim]], 2)
    side = cross(corners[:, :, 3] - corners[:, :, 0], corners[:, :, 1] - corners[:, :, 0])
    side /= np.maximum(np.sqrt((side**2).sum(-1, keepdims=True)), 1e-12)
    vertices = np.concatenate([f, g, corners.reshape(k, -1, 3)], 1)
    starts = np.arange(k)[:, None, None] * vertices.shape[1]
    return Mesh(
        vertices.reshape(-1, 3),
        (faces[None] + starts).reshape(-1, 3).astype(np.int32),
        np.concatenate([uv, uv, np.repeat(uv[:, rim], 4, axis=1)], 1).reshape(-1, 2),
        np.concatenate([normal, -normal, np.repeat(side, 4, axis=1)], 1).reshape(-1, 3),
    )


@lru_cache(maxsize=64)
def _sheet_topology(a: int, b: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Faces of a sheet of a x b points, and the points of its rim in the order that keeps the front to the left."""
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(a - 1), np.arange(b - 1), indexing="ij"))
    q = np.stack([i * b + j, (i + 1) * b + j, (i + 1) * b + j + 1, i * b + j + 1], 1)
    top = np.concatenate([q[:, [0, 1, 2]], q[:, [0, 2, 3]]])
    index = np.arange(a * b).reshape(a, b)
    rim = np.concatenate([index[:-1, 0], index[-1, :-1], index[:0:-1, -1], index[0, :0:-1]])
    s = 2 * a * b + 4 * np.arange(len(rim))
    sides = np.concatenate([np.stack([s, s + 3, s + 1], 1), np.stack([s + 1, s + 3, s + 2], 1)])
    return np.concatenate([top, top[:, ::-1] + a * b, sides]).astype(np.int32), rim


def pillow(width: float, height: float, thickness: float, cells: int = 10) -> Mesh:
    """A stuffed cushion lying flat on z = 0: two bulging faces that meet in a seam, corners drawn out."""
    t = np.sin(np.linspace(-np.pi / 2, np.pi / 2, cells + 1))
    u, v = np.meshgrid(t, t, indexing="ij")
    bulge = np.clip((1 - u**4) * (1 - v**4), 0, None) ** 0.55
    # Fabric pulled outwards by the filling leaves the middle of each edge waisted.
    x = u * width / 2 * (1 - 0.07 * (1 - v**2) * np.abs(u))
    y = v * height / 2 * (1 - 0.07 * (1 - u**2) * np.abs(v))
    uv = np.stack([x, y], -1).reshape(-1, 2)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(cells), np.arange(cells), indexing="ij"))
    n = cells + 1
    q = np.stack([i * n + j, (i + 1) * n + j, (i + 1) * n + j + 1, i * n + j + 1], 1)
    # Diagonals run into the corners: a corner triangle with all three vertices on the seam would fold flat.
    inward = ((i < cells / 2) == (j < cells / 2))[:, None]
    top = np.concatenate(
        [np.where(inward, q[:, [0, 1, 2]], q[:, [0, 1, 3]]), np.where(inward, q[:, [0, 2, 3]], q[:, [1, 2, 3]])]
    )
    points = np.stack([x, y, bulge * thickness / 2], -1)
    normal = cross(np.gradient(points, axis=0), np.gradient(points, axis=1)).reshape(-1, 3)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    flip = np.array([1.0, 1.0, -1.0])
    upper = points.reshape(-1, 3)
    return Mesh(
        np.concatenate([upper, upper * flip]) + np.array([0.0, 0.0, thickness / 2]),
        np.concatenate([top, top[:, ::-1] + n * n]).astype(np.int32),
        np.concatenate([uv, uv]),
        np.concatenate([normal, normal * flip]),
    )


def drape(
    rng: np.random.Generator,
    width: float,
    depth: float,
    hang: tuple[float, float, float, float],
    edge: float = 0.04,
    fold: float = 0.012,
    cells: tuple[int, int] = (14, 16),
) -> Float:
    """A cloth over a level top, for `sheet`: points [a, b, 3]; the top is `width` x `depth` at z = 0 about the origin.

    hang: how far it falls over the edges at -x, +x, -y and +y, metres; 0 where it ends with the top. edge: radius with
    which it bends over them. fold: depth of the folds at the hem. Round a corner it falls in a cone.
    """
    x, over_x, step_x = _span(width, hang[0], hang[1], cells[0])
    y, over_y, step_y = _span(depth, hang[2], hang[3], cells[1])
    # Rings of equal number hang together round a corner; `turn` is 0 where the cloth faces x and 1 where it faces y.
    ring = np.maximum(step_x[:, None], step_y[None, :])
    angle = np.arctan2(step_y[None, :] + 0.0 * ring, step_x[:, None] + 0.0 * ring)
    turn = np.where(ring > 0, angle, 0.0) / (np.pi / 2)
    lengths_x = [_lengths(hang[0], edge), _lengths(hang[1], edge)]
    lengths_y = [_lengths(hang[2], edge), _lengths(hang[3], edge)]
    right, front = (over_x > 0).astype(int), (over_y > 0).astype(int)
    down_x = np.stack(lengths_x)[right[:, None], ring]
    down_y = np.stack(lengths_y)[front[None, :], ring]
    fallen = down_x * (1 - turn) + down_y * turn
    bend = np.clip(fallen / edge, 0, np.pi / 2)
    below = np.maximum(fallen - edge * np.pi / 2, 0.0)
    phase = rng.uniform(0, 2 * np.pi, 4)
    pitch = 2 * np.pi / rng.uniform(0.2, 0.32)
    wave_x = np.sin(pitch * y + 0.9 * np.sin(3.1 * y + phase[0]) + phase[1])[None, :]
    wave_y = np.sin(pitch * x + 0.9 * np.sin(2.7 * x + phase[2]) + phase[3])[:, None]
    longest = max(max(hang), 1e-6)
    swing = fold * (below / longest) ** 0.8 * (wave_x * (1 - turn) ** 2 + wave_y * turn**2)
    out = edge * np.sin(bend) + 0.06 * below + swing
    return np.stack(
        [
            x[:, None] + np.sign(over_x)[:, None] * out * np.cos(turn * np.pi / 2),
            y[None, :] + np.sign(over_y)[None, :] * out * np.sin(turn * np.pi / 2),
            -edge * (1 - np.cos(bend)) - below,
        ],
        -1,
    )


_RINGS = 7


def _lengths(hang: float, edge: float) -> Float:
    """Length of cloth [_RINGS + 1] from the edge of the top to each ring below it."""
    bend = min(edge * np.pi / 2, hang)
    return np.concatenate([np.linspace(0, bend, 4), np.linspace(bend, hang, _RINGS - 2)[1:]])


def _span(size: float, before: float, after: float, cells: int) -> tuple[Float, Float, NDArray[np.int64]]:
    """Along one axis: the place on the top [n], on which side it hangs (-1, 0, 1) [n] and its ring, 0 on top [n]."""
    top = np.linspace(-size / 2, size / 2, cells + 1)
    low, high = _RINGS if before > 0 else 0, _RINGS if after > 0 else 0
    place = np.concatenate([np.full(low, -size / 2), top, np.full(high, size / 2)])
    side = np.concatenate([-np.ones(low), np.zeros(cells + 1), np.ones(high)])
    ring = np.concatenate([np.arange(low, 0, -1), np.zeros(cells + 1, int), np.arange(1, high + 1)])
    return place, side, ring


def ripples(rng: np.random.Generator, x: Float, y: Float, length: float, height: float) -> Float:
    """Soft creases of about `length` apart and up to `height` high, at points x, y of any one shape."""
    total = np.zeros(np.broadcast(x, y).shape)
    for _ in range(5):
        angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
        number = 2 * np.pi / (length * rng.uniform(0.7, 1.6))
        along = np.cos(angle) * x + np.sin(angle) * y
        across = np.cos(angle) * y - np.sin(angle) * x
        total = total + np.sin(number * along + 0.8 * np.sin(0.6 * number * across + phase) + phase)
    return np.asarray(total * height / 5)
