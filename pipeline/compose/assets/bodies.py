"""Smooth closed bodies through rings of points, and thin patches that lie on them: windows, lights, plates.

`loft` here takes rings that lie or lean any way and finds out which side is outside: cars, limbs, animals. For upright
things, hollow ones above all, take that of lofts.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Float, Mesh


def rings(at: Any, half: Any, axis: int = 2, power: Any = 2.0, sides: int = 20) -> Float:
    """Superellipses [n, sides, 3] about the points `at` [n, 3], each level across `axis`.

    half: [n, 2] half widths along the two other axes, in the order x, y, z. power: 2 is an ellipse, 4 nearly a
    rectangle; one number or [n].
    """
    at, half = np.asarray(at, float), np.asarray(half, float)
    angle = np.arange(sides) * (2 * np.pi / sides) + np.pi / sides
    exponent = 2.0 / np.broadcast_to(np.asarray(power, float), (len(at),))[:, None]
    c, s = np.cos(angle), np.sin(angle)
    out = np.repeat(at[:, None], sides, 1)
    first, second = (k for k in range(3) if k != axis)
    out[..., first] += half[:, :1] * np.sign(c) * np.abs(c) ** exponent
    out[..., second] += half[:, 1:] * np.sign(s) * np.abs(s) ** exponent
    return out


def loft(sections: Any, crease_deg: float = 38.0) -> Mesh:
    """A closed body through `sections` [n, m, 3]: n rings of m points each, the ends capped by fans.

    Edges that bend by more than `crease_deg` stay hard. A ring of equal points is a tip and gets no cap. Rings may
    run either way round; they must be star-shaped at the two ends.
    """
    s = np.asarray(sections, float)
    if _volume(s) < 0:
        s = s[:, ::-1]
    n, m = s.shape[:2]
    following = np.roll(s, -1, axis=1)
    quads = np.stack([s[:-1], following[:-1], following[1:], s[1:]], 2)
    area = cross(quads[:, :, 2] - quads[:, :, 0], quads[:, :, 3] - quads[:, :, 1])
    unit = area / np.maximum(_length(area), 1e-12)[..., None]
    normals = _corner_normals(s, area, unit, np.cos(np.radians(crease_deg)))
    around = np.concatenate([np.zeros((n, 1)), _length(following - s).cumsum(1)], 1)
    # Every ring takes the same share of the texture, so that stripes follow the body instead of leaning.
    girth = around[:, -1:]
    around = around * (girth.max() / np.maximum(girth, 1e-9))
    along = np.concatenate([np.zeros((1, m)), _length(np.diff(s, axis=0)).cumsum(0)], 0)
    along = np.repeat(along.mean(1, keepdims=True), m, 1)
    uv = np.stack(
        [
            np.stack([around[:-1, :-1], around[:-1, 1:], around[1:, 1:], around[1:, :-1]], 2),
            np.stack([along[:-1], along[:-1], along[1:], along[1:]], 2),
        ],
        -1,
    )
    faces = _quad_faces((n - 1) * m)
    flat = quads.reshape(-1, 3)
    same = _folded(flat, faces)
    meshes = [(flat, faces[~same], uv.reshape(-1, 2), normals.reshape(-1, 3))]
    for end, flip in ((0, True), (-1, False)):
        ring = s[end]
        if np.ptp(ring, axis=0).max() > 1e-9:
            meshes.append(_cap(ring, flip))
    starts = np.cumsum([0] + [len(part[0]) for part in meshes[:-1]])
    return Mesh(
        np.concatenate([part[0] for part in meshes]),
        np.concatenate([part[1] + start for part, start in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([part[2] for part in meshes]),
        np.concatenate([part[3] for part in meshes]),
    )


def _dot(a: Float, b: Float) -> Float:
    """Products of vectors [..., 3]; by components, several times faster than a sum over a short axis."""
    return np.asarray(a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2])


def _length(a: Float) -> Float:
    return np.asarray(np.sqrt(_dot(a, a)))


def _folded(vertices: Float, faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which faces have two corners in one place."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    pairs = [(p == q) for p, q in ((a, b), (b, c), (c, a))]
    return np.asarray(np.logical_or.reduce([e[:, 0] & e[:, 1] & e[:, 2] for e in pairs]))


def _volume(s: Float) -> float:
    """Six times the signed volume that the rings wind round."""
    centre = s.mean((0, 1))
    a, b = s[:-1] - centre, np.roll(s, -1, axis=1)[:-1] - centre
    c, d = np.roll(s, -1, axis=1)[1:] - centre, s[1:] - centre
    sides = float((a * cross(b, c) + a * cross(c, d)).sum())
    ends = 0.0
    for ring, sign in ((s[0], -1.0), (s[-1], 1.0)):
        middle = ring.mean(0) - centre
        ends += sign * float((middle * cross(ring - centre, np.roll(ring, -1, axis=0) - centre)).sum())
    return sides + ends


def _corner_normals(s: Float, area: Float, unit: Float, limit: float) -> Float:
    """Normals [n - 1, m, 4, 3] of every quad's corners: the mean of the faces round it that bend little from its own."""
    n, m = s.shape[:2]
    pad = np.zeros((1, m, 3))
    area, unit = (np.concatenate([pad, grid, pad]) for grid in (area, unit))
    # Faces round vertex (i, j): rows i and i + 1 of the padded grid, columns j and j + 1.
    area, unit = (np.concatenate([grid[:, -1:], grid, grid[:, :1]], axis=1) for grid in (area, unit))
    own = unit[1:-1, 1:-1]
    # What each of a face's neighbours, itself among them, adds to the corners they share.
    bent = {}
    for i, j in np.ndindex(3, 3):
        rows, columns = slice(i, i + n - 1), slice(j, j + m)
        bent[i, j] = area[rows, columns] * (_dot(unit[rows, columns], own) > limit)[..., None]
    area = area[:, 1:-1]
    out = np.empty((n - 1, m, 4, 3))
    for k, (i, j) in enumerate(((0, 0), (0, 1), (1, 1), (1, 0))):
        out[:, :, k] = bent[i, j] + bent[i, j + 1] + bent[i + 1, j] + bent[i + 1, j + 1]
    for end, row, corners in ((0, 0, (0, 1)), (-1, -1, (2, 3))):
        if np.ptp(s[end], axis=0).max() <= 1e-9:
            pole = area[1:-1][row].sum(0)
            blunt = own[row] @ (pole / max(float(np.sqrt(pole @ pole)), 1e-12)) > limit
            for k in corners:
                out[row, :, k] = np.where(blunt[:, None], pole, out[row, :, k])
    length = _length(out)[..., None]
    return np.asarray(np.where(length > 1e-12, out / np.maximum(length, 1e-12), [0.0, 0.0, 1.0]))


@lru_cache(maxsize=64)
def _quad_faces(count: int) -> NDArray[np.int64]:
    start = 4 * np.arange(count)[:, None]
    return np.concatenate([start + [0, 1, 2], start + [0, 2, 3]])


def _cap(ring: Float, flip: bool) -> tuple[Float, NDArray[np.int64], Float, Float]:
    m = len(ring)
    middle = ring.mean(0)
    k = np.arange(m)
    fan = np.stack([np.full(m, m), k, (k + 1) % m], 1)
    normal = cross(ring - middle, np.roll(ring, -1, axis=0) - middle).sum(0) * (-1.0 if flip else 1.0)
    normal = normal / max(float(np.sqrt(normal @ normal)), 1e-12)
    axes = [axis for axis in range(3) if axis != int(np.argmax(np.abs(normal)))]
    vertices = np.concatenate([ring, middle[None]])
    corners = ring[fan[:, 1]], ring[fan[:, 2]]
    fan = fan[(corners[0] != corners[1]).any(1)]
    return vertices, fan[:, ::-1] if flip else fan, vertices[:, axes], np.repeat(normal[None], m + 1, 0)


def drape(mesh: Mesh, grid: Float, axis: int, side: int) -> Float:
    """Where lines along `axis` through `grid` [a, b, 2] (the other two coordinates) meet `mesh` first, seen from
    `side` (1 or -1): [a, b, 3]. A line that misses keeps the depth of its nearest neighbours' mean.
    """
    first, second = (k for k in range(3) if k != axis)
    flat = grid.reshape(-1, 2)
    low, high = flat.min(0), flat.max(0)
    triangles = [mesh.vertices[mesh.faces[:, k]] for k in range(3)]
    near = np.ones(len(mesh.faces), bool)
    for k, coordinate in enumerate((first, second)):
        p, q, r = (corner[:, coordinate] for corner in triangles)
        near &= np.maximum(np.maximum(p, q), r) >= low[k]
        near &= np.minimum(np.minimum(p, q), r) <= high[k]
    triangles = [corner[near] for corner in triangles]
    a, b, c = (corner[:, [first, second]] for corner in triangles)
    det = (b[:, 1] - c[:, 1]) * (a[:, 0] - c[:, 0]) + (c[:, 0] - b[:, 0]) * (a[:, 1] - c[:, 1])
    keep = np.abs(det) > 1e-12
    a, b, c, det = a[keep], b[keep], c[keep], det[keep]
    depth = np.stack([corner[keep][:, axis] for corner in triangles], 1)
    dx, dy = flat[:, None, 0] - c[:, 0], flat[:, None, 1] - c[:, 1]
    wa = ((b[:, 1] - c[:, 1]) * dx + (c[:, 0] - b[:, 0]) * dy) / det
    wb = ((c[:, 1] - a[:, 1]) * dx + (a[:, 0] - c[:, 0]) * dy) / det
    wc = 1 - wa - wb
    inside = (wa >= -1e-6) & (wb >= -1e-6) & (wc >= -1e-6)
    found = np.where(inside, side * (wa * depth[:, 0] + wb * depth[:, 1] + wc * depth[:, 2]), -np.inf)
    best = found.max(1) if found.shape[1] else np.full(len(flat), -np.inf)
    hit = np.isfinite(best)
    best = np.where(hit, best, best[hit].mean() if hit.any() else 0.0)
    out = np.empty((len(flat), 3))
    out[:, first], out[:, second], out[:, axis] = flat[:, 0], flat[:, 1], side * best
    return out.reshape(*grid.shape[:2], 3)


def decal(mesh: Mesh, grid: Float, axis: int, side: int, thickness: float = 0.01, proud: float = 0.002) -> Mesh:
    """A thin closed patch on `mesh` over `grid`, as `drape` has it; it stands `proud` + half its thickness off."""
    points = drape(mesh, grid, axis, side)
    points[..., axis] += side * proud
    return sheet(points, thickness)


def patch(corners: Any, columns: int = 8, rows: int = 5) -> Float:
    """A grid [columns, rows, 2] between four corners [4, 2], given round the patch."""
    p = np.asarray(corners, float)
    u, v = np.linspace(0, 1, columns)[:, None, None], np.linspace(0, 1, rows)[None, :, None]
    return np.asarray((p[0] * (1 - u) + p[1] * u) * (1 - v) + (p[3] * (1 - u) + p[2] * u) * v)


def plate(outline: Any, depth: float, at: Any = (0.0, 0.0, 0.0)) -> Mesh:
    """A flat plate standing in the x-z plane, its front (+y) `depth` / 2 before `at`.

    outline: [m, 2] of (x, z), star-shaped. Seen from the front, uv runs from 0 to 1 over its width and height, so a
    texture of one repeat shows once.
    """
    points = np.asarray(outline, float)
    ring = np.stack([points[:, 0], 0 * points[:, 0], points[:, 1]], 1)
    mesh = loft(np.stack([ring - [0, depth / 2, 0], ring + [0, depth / 2, 0]]))
    low, size = points.min(0), np.ptp(points, axis=0)
    uv = np.stack([1 - (mesh.vertices[:, 0] - low[0]) / size[0], (mesh.vertices[:, 2] - low[1]) / size[1]], 1)
    return Mesh(mesh.vertices + np.asarray(at, float), mesh.faces, uv, mesh.normals)


def rounded_outline(width: float, height: float, radius: float, steps: int = 4) -> Float:
    """A rectangle about the origin with round corners: [4 * steps, 2]."""
    angle = np.linspace(0, np.pi / 2, steps)
    corner = radius * np.stack([np.cos(angle), np.sin(angle)], 1)
    x, z = width / 2 - radius, height / 2 - radius
    turned = [corner, corner[:, ::-1] * [-1, 1], -corner, corner[:, ::-1] * [1, -1]]
    centres = [(x, z), (-x, z), (-x, -z), (x, -z)]
    return np.concatenate([t + c for t, c in zip(turned, centres, strict=True)])


def regular_outline(sides: int, radius: float, phase: float = 0.0) -> Float:
    """A regular polygon [sides, 2] about the origin."""
    angle = np.arange(sides) * (2 * np.pi / sides) + phase
    return radius * np.stack([np.cos(angle), np.sin(angle)], 1)
