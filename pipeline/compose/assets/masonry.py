"""Blocks, plates with holes and prisms: the closed solids that streets and buildings are laid and built from.

`blocks` and `prism` here carry a texture that runs on over a whole wall; those of profiles.py and lofts.py carry one
that follows each piece, as the grain of a board does.

Texture runs on across neighbouring pieces: on upright faces uv is (length along the wall, height), on level ones
(x, y), all in metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross
from pipeline.scene import Float, Mesh

_SIDES = np.array(
    [
        [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]],
        [[0, 1, 0], [0, 0, 0], [0, 0, 1], [0, 1, 1]],
        [[1, 1, 0], [0, 1, 0], [0, 1, 1], [1, 1, 1]],
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
        [[0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0]],
    ],
    float,
)
"""Corners of the faces of a unit cube, counter-clockwise seen from outside: +x, -x, +y, -y, +z, -z."""
_NORMALS = np.repeat(np.kron(np.eye(3), [[1.0], [-1.0]]), 4, axis=0) + 0.0


def quads(corners: Float) -> Mesh:
    """Flat quadrilaterals [n, 4, 3], counter-clockwise seen from outside, with uv by the way each faces."""
    corners = np.asarray(corners, float).reshape(-1, 4, 3)
    normal = cross(corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0])
    normal = normal / np.maximum(np.sqrt((normal**2).sum(1, keepdims=True)), 1e-12)
    axis = np.abs(normal).argmax(1)
    along, up = np.array([1, 0, 0])[axis], np.array([2, 2, 1])[axis]
    rows = np.arange(len(corners))[:, None]
    uv = np.stack([corners[rows, np.arange(4), along[:, None]], corners[rows, np.arange(4), up[:, None]]], -1)
    return Mesh(corners.reshape(-1, 3), _halved(len(corners)), uv.reshape(-1, 2), np.repeat(normal, 4, axis=0))


def _halved(count: int) -> NDArray[np.int32]:
    # Two triangles of every four vertices.
    first = 4 * np.arange(count, dtype=np.int32)[:, None]
    return (first + np.array([0, 1, 2, 0, 2, 3], np.int32)).reshape(-1, 3)


def blocks(lower: Any, upper: Any) -> Mesh:
    """Sharp-edged boxes between corners `lower` and `upper`, each [n, 3] or broadcast to it, as one mesh."""
    low, high = np.broadcast_arrays(np.atleast_2d(np.asarray(lower, float)), np.atleast_2d(np.asarray(upper, float)))
    size = high - low
    corners = low[:, None, None] + _SIDES * size[:, None, None]
    if not (size > 1e-6).all():
        return quads(corners.reshape(-1, 4, 3))
    # What `quads` would find out again for every block.
    uv = np.empty((len(low), 6, 4, 2))
    uv[:, :2], uv[:, 2:4], uv[:, 4:] = corners[:, :2, :, 1:], corners[:, 2:4, :, ::2], corners[:, 4:, :, :2]
    normals = np.tile(_NORMALS, (len(low), 1))
    return Mesh(corners.reshape(-1, 3), _halved(6 * len(low)), uv.reshape(-1, 2), normals)


def copies(mesh: Mesh, offsets: Any) -> Mesh:
    """One mesh of `mesh` shifted by each of `offsets` [n, 3]."""
    shifts = np.atleast_2d(np.asarray(offsets, float))
    count, size = len(shifts), len(mesh.vertices)
    starts = size * np.arange(count, dtype=np.int32)[:, None, None]
    return Mesh(
        (mesh.vertices + shifts[:, None]).reshape(-1, 3),
        (mesh.faces + starts).reshape(-1, 3).astype(np.int32),
        None if mesh.uv is None else np.tile(mesh.uv, (count, 1)),
        None if mesh.normals is None else np.tile(mesh.normals, (count, 1)),
    )


def plate(us: Any, vs: Any, cells: NDArray[np.int64], low: float, high: float) -> dict[int, Mesh]:
    """A level slab from z = `low` to `high`, cut into cells of several finishes that lie flush with each other.

    us [n + 1], vs [m + 1]: ascending cuts along x and y. cells: int [n, m], which finish each cell has, -1 for a
    hole. Returns the pieces of each finish; together they close the slab.
    """
    u, v = np.asarray(us, float), np.asarray(vs, float)
    i, j = np.nonzero(cells >= 0)
    which = cells[i, j]
    x0, x1, y0, y1 = u[i], u[i + 1], v[j], v[j + 1]
    lo, hi = np.full(len(i), low), np.full(len(i), high)
    padded = np.pad(cells, 1, constant_values=-1) < 0
    open_sides = (padded[2:, 1:-1], padded[:-2, 1:-1], padded[1:-1, 2:], padded[1:-1, :-2])
    corner_x, corner_y, corner_z = (x0, x1), (y0, y1), (lo, hi)
    faces, owner = [], []
    for side, corners in enumerate(_SIDES):
        exposed = open_sides[side][i, j] if side < 4 else np.ones(len(i), bool)
        quad = [np.stack([corner_x[int(a)], corner_y[int(b)], corner_z[int(c)]], 1)[exposed] for a, b, c in corners]
        faces.append(np.stack(quad, 1))
        owner.append(which[exposed])
    everything, owners = np.concatenate(faces), np.concatenate(owner)
    return {int(k): quads(everything[owners == k]) for k in np.unique(which)}


def painted(rectangles: Sequence[tuple[float, float, float, float, int]], low: float, high: float) -> dict[int, Mesh]:
    """A level slab from rectangles (x0, x1, y0, y1, finish) laid one over the other, the last on top; finish -1 cuts a hole."""
    edges = np.array([rectangle[:4] for rectangle in rectangles]).round(4)
    xs, ys = np.unique(edges[:, :2]), np.unique(edges[:, 2:])
    cells = np.full((len(xs) - 1, len(ys) - 1), -1)
    for (x0, x1, y0, y1), (*_, finish) in zip(edges, rectangles, strict=True):
        i, j = np.searchsorted(xs, (x0, x1)), np.searchsorted(ys, (y0, y1))
        cells[i[0] : i[1], j[0] : j[1]] = finish
    return plate(xs, ys, cells, low, high)


def fan(outlines: Any, low: float, high: float) -> Mesh:
    """Upright prisms over polygons [k, n, 2], counter-clockwise from above, all of whose corners the first one sees."""
    points = np.asarray(outlines, float)
    points = points[None] if points.ndim == 2 else points
    k, n = points.shape[:2]
    top = np.concatenate([points, np.full((k, n, 1), high)], 2)
    under = np.concatenate([points, np.full((k, n, 1), low)], 2)
    sides = quads(np.stack([under, np.roll(under, -1, 1), np.roll(top, -1, 1), top], 2).reshape(-1, 4, 3))
    spread = np.column_stack([np.zeros(n - 2), np.arange(1, n - 1), np.arange(2, n)]).astype(np.int32)
    start = len(sides.vertices)
    starts = start + n * np.arange(k, dtype=np.int32)[:, None, None]
    faces = np.concatenate([(spread + starts).reshape(-1, 3), (spread[:, ::-1] + starts + k * n).reshape(-1, 3)])
    up = np.tile([0.0, 0.0, 1.0], (k * n, 1))
    assert sides.uv is not None and sides.normals is not None
    return Mesh(
        np.concatenate([sides.vertices, top.reshape(-1, 3), under.reshape(-1, 3)]),
        np.concatenate([sides.faces, faces]).astype(np.int32),
        np.concatenate([sides.uv, points.reshape(-1, 2), points.reshape(-1, 2)]),
        np.concatenate([sides.normals, up, -up]),
    )


def wall(xs: Any, zs: Any, cells: NDArray[np.int64], back: float, front: float) -> dict[int, Mesh]:
    """An upright plate from y = `back` to `front`: as `plate`, with cells [n, m] cut along x and z."""
    pieces = plate(zs, xs, np.ascontiguousarray(np.asarray(cells).T), back, front)
    # (u, v, w) -> (z, x, y) is a cyclic exchange of axes: nothing is mirrored.
    return {k: quads(mesh.vertices[:, [1, 2, 0]].reshape(-1, 4, 3)) for k, mesh in pieces.items()}


def prism(profile: Any, start: float, end: float, axis: int = 0) -> Mesh:
    """A convex `profile` [n, 2] drawn out along x from `start` to `end`; u runs along x, v along the profile.

    profile: (y, z), counter-clockwise seen from +x. axis: 1 draws a profile (x, z) out along y instead, which is
    counter-clockwise seen from -y.
    """
    points = np.asarray(profile, float)
    n = len(points)
    following = np.roll(points, -1, axis=0)
    edge = np.sqrt(((following - points) ** 2).sum(1))
    run = np.concatenate([[0.0], np.cumsum(edge)])
    xs = np.array([start, end])
    corners = np.stack(
        [
            np.column_stack([np.full(n, xs[a]), points if b == 0 else following])
            for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))
        ],
        1,
    )
    # Counter-clockwise from +x means the outside lies to the right of each edge: reversed winding of the above.
    sides = quads(corners[:, ::-1])
    uv = np.stack([np.column_stack([xs[[0, 0, 1, 1]], run[[k, k + 1, k + 1, k]]]) for k in range(n)]).reshape(-1, 2)
    caps: list[Float] = []
    cap_faces: list[NDArray[np.int32]] = []
    cap_normals: list[Float] = []
    cap_uv: list[Float] = []
    fan = np.column_stack([np.zeros(n - 2), np.arange(1, n - 1), np.arange(2, n)]).astype(np.int32)
    for at, outward in ((start, -1.0), (end, 1.0)):
        cap_faces.append((fan if outward > 0 else fan[:, ::-1]) + 4 * n + len(caps) * n)
        caps.append(np.column_stack([np.full(n, at), points]))
        cap_normals.append(np.tile([outward, 0.0, 0.0], (n, 1)))
        cap_uv.append(points)
    mesh = Mesh(
        np.concatenate([sides.vertices, *caps]),
        np.concatenate([sides.faces, *cap_faces]).astype(np.int32),
        np.concatenate([uv, *cap_uv]),
        np.concatenate([sides.normals if sides.normals is not None else np.zeros((4 * n, 3)), *cap_normals]),
    )
    if axis == 0:
        return mesh
    # A quarter turn about z takes +x to +y and the profile's y to -x.
    turned = [np.stack([-a[:, 1], a[:, 0], a[:, 2]], 1) for a in (mesh.vertices, mesh.normals)]  # type: ignore[index]
    return Mesh(turned[0], mesh.faces, mesh.uv, turned[1])


def hip(x0: float, x1: float, y0: float, y1: float, eaves: float, rise: float) -> Mesh:
    """A hipped roof over a rectangle wider (x) than deep (y): its ridge runs along x, all four sides slope alike."""
    half, middle = (y1 - y0) / 2, (y0 + y1) / 2
    left, right = min(x0 + half, (x0 + x1) / 2), max(x1 - half, (x0 + x1) / 2)
    a, b, c, d = (np.array([x, y, eaves]) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
    p, q = np.array([left, middle, eaves + rise]), np.array([right, middle, eaves + rise])
    slopes = [(np.stack([a, b, q, p]), b - a), (np.stack([c, d, p, q]), d - c)]
    slopes += [(np.stack([b, c, q]), c - b), (np.stack([d, a, p]), a - d), (np.stack([a, d, c, b]), b - a)]
    vertices: list[Float] = []
    faces: list[list[int]] = []
    uv: list[Float] = []
    normals: list[Float] = []
    for corners, along in slopes:
        start = sum(len(part) for part in vertices)
        normal = cross(corners[1] - corners[0], corners[2] - corners[0])
        normal = normal / np.sqrt(normal @ normal)
        u = along / np.sqrt(along @ along)
        vertices.append(corners)
        faces += [[start, start + k, start + k + 1] for k in range(1, len(corners) - 1)]
        uv.append(np.stack([corners @ u, (corners - corners[0]) @ cross(normal, u)], 1))
        normals.append(np.tile(normal, (len(corners), 1)))
    return Mesh(np.concatenate(vertices), np.array(faces, np.int32), np.concatenate(uv), np.concatenate(normals))
