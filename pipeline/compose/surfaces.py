"""Where things may stand on a mesh: level, free rectangles, found by looking down on it.

The mesh is scanned from above on a grid of CELL_M: every face that crosses a cell's middle gives a height. Heights at
level faces with room above them make layers; in each layer the largest rectangles without a gap are the surfaces. What
nobody could put a hand into, as the inside of a closed cupboard, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.asset import Surface
from pipeline.compose.assets.shapes import cross
from pipeline.compose.contact import refined
from pipeline.scene import Float, Mesh

CELL_M = 0.01
MOST_CELLS = 300
"""Along one side of the grid: large things are scanned more coarsely."""
LEVEL = 0.995
"""Cosine of the steepest slope that counts as level."""
LAYER_M = 0.002
"""Heights within this of one another are one layer; what rests on its highest is near enough to its lowest."""
LEAST_M = (0.07, 0.07)
LEAST_CLEARANCE_M = 0.06
RIM_M = 0.004
"""What rises less over a layer does not part it."""
OPEN_M = 2.0
"""Clearance under the open sky."""
MOST_RECTANGLES = 3
"""In one layer."""
MOST_SURFACES = 12
ENOUGH = 0.3
"""Share of a layer's largest rectangle below which another is not worth having."""


def find_surfaces(meshes: Sequence[Mesh], kind: str | None = None) -> tuple[Surface, ...]:
    """The surfaces of an object made of `meshes` (one frame, z up, metres), the largest open one first.

    kind: "seat" where all of them are for sitting on; by default "top" for what lies open and "shelf" for what has
    something above it. Heights are exact to a millimetre or two, edges to a cell.
    """
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in meshes])
    low, high = corners.min((0, 1)), corners.max((0, 1))
    cell = max(CELL_M, float((high - low)[:2].max()) / MOST_CELLS)
    grid = np.maximum(np.ceil((high - low)[:2] / cell).astype(int), 1)
    # Half a cell of slack on both sides, so that the grid lies symmetrically about the middle.
    origin = (low + high)[:2] / 2 - grid * cell / 2
    where, height, level = _scan(corners, origin, cell, grid)
    wall, foot, head = _walls(corners, origin, cell, grid)
    above = _room_above(where, height)
    usable = level & (above >= LEAST_CLEARANCE_M)
    where, height, above = where[usable], height[usable], above[usable]
    found: list[Surface] = []
    for lowest in _layers(height):
        inside = (height >= lowest) & (height <= lowest + LAYER_M)
        # Boards and dividers stand on it that no line from above tells from free space.
        standing = (head > lowest + LAYER_M + RIM_M) & (foot < lowest + LEAST_CLEARANCE_M)
        inside &= ~np.isin(where, wall[standing])
        found += _rectangles(where[inside], height[inside], above[inside], origin, cell, grid)
    found = [surface for surface in found if _reachable(surface, corners)]
    found.sort(key=lambda s: (s.kind != "top", -round(s.half[0] * s.half[1], 5), -s.centre[2], s.centre))
    return tuple(replace(surface, kind=kind or surface.kind) for surface in found[:MOST_SURFACES])


def _scan(
    corners: Float, origin: Float, cell: float, grid: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Float, NDArray[np.bool_]]:
    """Where vertical lines through the middles of cells cross faces: cell number, height, whether the face is level."""
    normal = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    steep = np.abs(normal[:, 2]) > 0.02 * np.linalg.norm(normal, axis=1)
    corners, normal = corners[steep], normal[steep]
    flat = (corners[..., :2] - origin) / cell - 0.5
    first = np.maximum(np.ceil(flat.min(1)).astype(int), 0)
    last = np.minimum(np.floor(flat.max(1)).astype(int), grid - 1)
    span = np.maximum(last - first + 1, 0)
    count = span[:, 0] * span[:, 1]
    face = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(face)) - np.repeat(np.cumsum(count) - count, count)
    i = first[face, 0] + within // np.maximum(span[face, 1], 1)
    j = first[face, 1] + within % np.maximum(span[face, 1], 1)
    # Shifted by a hair, so that the shared edge of two faces never runs through a middle.
    x, y = i + 1.3e-4, j + 2.7e-4
    a, b, c = (flat[:, k] for k in range(3))
    doubled = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    beside = np.stack([_side(p[face], q[face], x, y) for p, q in ((a, b), (b, c), (c, a))]) * np.sign(doubled)[face]
    hit = (beside >= 0).all(0) & (doubled[face] != 0)
    face, i, j, x, y = face[hit], i[hit], j[hit], x[hit], y[hit]
    slope = -normal[:, :2] / normal[:, 2:]
    place = np.stack([x, y], 1) * cell - flat[face, 0] * cell
    height = corners[face, 0, 2] + (place * slope[face]).sum(1)
    level = np.abs(normal[:, 2]) > LEVEL * np.linalg.norm(normal, axis=1)
    return i * grid[1] + j, height, level[face]


def _walls(
    corners: Float, origin: Float, cell: float, grid: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Float, Float]:
    """Cells that faces which are not level pass through: cell number, and lowest and highest z of a bit of face there."""
    normal = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    steep = np.abs(normal[:, 2]) <= LEVEL * np.linalg.norm(normal, axis=1)
    bits = refined(corners[steep], 2 * cell)
    points = np.stack([*bits.transpose(1, 0, 2), *(bits + np.roll(bits, 1, axis=1)).transpose(1, 0, 2) / 2], 1)
    place = np.floor((points[..., :2] - origin) / cell).astype(int).clip(0, grid - 1)
    foot, head = (np.repeat(z, points.shape[1]) for z in (bits[..., 2].min(1), bits[..., 2].max(1)))
    return (place[..., 0] * grid[1] + place[..., 1]).ravel(), foot, head


def _side(p: Float, q: Float, x: Float, y: Float) -> Float:
    return np.asarray((q[:, 0] - p[:, 0]) * (y - p[:, 1]) - (q[:, 1] - p[:, 1]) * (x - p[:, 0]))


def _room_above(where: NDArray[np.int64], height: Float) -> Float:
    """Free height above each crossing up to the next one over the same cell, OPEN_M where there is none."""
    order = np.lexsort((height, where))
    gap = np.full(len(order), OPEN_M)
    same = where[order][1:] == where[order][:-1]
    gap[:-1] = np.where(same, np.diff(height[order]), OPEN_M)
    above = np.empty(len(order))
    above[order] = gap
    return above


def _layers(height: Float) -> list[float]:
    """Lowest heights of layers that hold many crossings, from the bottom up; layers do not overlap."""
    found, values = [], np.sort(height)
    least = int(LEAST_M[0] * LEAST_M[1] / CELL_M**2 / 4)
    k = 0
    while k < len(values):
        n = int(np.searchsorted(values, values[k] + LAYER_M, side="right")) - k
        if n >= least:
            # The densest window that starts within this one.
            ends = np.searchsorted(values, values[k : k + n] + LAYER_M, side="right")
            best = k + int(np.argmax(ends - np.arange(k, k + n)))
            found.append(float(values[best]))
            k = int(np.searchsorted(values, values[best] + LAYER_M, side="right"))
        else:
            k += 1 if n < 4 else n // 2
    return found


def _rectangles(
    where: NDArray[np.int64], height: Float, above: Float, origin: Float, cell: float, grid: NDArray[np.int64]
) -> list[Surface]:
    free = np.zeros(grid[0] * grid[1], bool)
    free[where] = True
    top, room = np.full(grid[0] * grid[1], -np.inf), np.full(grid[0] * grid[1], OPEN_M)
    np.maximum.at(top, where, height)
    np.minimum.at(room, where, above)
    shape = (int(grid[0]), int(grid[1]))
    # Under the open sky and under something are two kinds.
    found: list[Surface] = []
    opened = room >= OPEN_M
    for mask, kind in ((free & opened, "top"), (free & ~opened, "shelf")):
        left, largest = mask.reshape(shape).copy(), 0
        for _ in range(MOST_RECTANGLES):
            x0, x1, y0, y1 = largest_rectangle(left)
            size = np.array([x1 - x0, y1 - y0]) * cell
            cells = (x1 - x0) * (y1 - y0)
            if (size - cell < LEAST_M).any() or cells < ENOUGH * largest:
                break
            largest = max(largest, cells)
            left[x0:x1, y0:y1] = False
            z = float(top.reshape(shape)[x0:x1, y0:y1].max())
            clearance = float(room.reshape(shape)[x0:x1, y0:y1].min())
            middle = origin + np.array([x0 + x1, y0 + y1]) / 2 * cell
            # From the middle of the first cell to that of the last: in between nothing was missed.
            half = (size - cell) / 2
            centre = (round(float(middle[0]), 5), round(float(middle[1]), 5), round(z, 6))
            found.append(
                Surface(kind, centre, (round(float(half[0]), 5), round(float(half[1]), 5)), round(clearance, 4))
            )
    return found


def largest_rectangle(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """The largest all-True rectangle of a mask [n, m] as (i0, i1, j0, j1), ends exclusive; zeros for none.

    By the largest rectangle in a histogram, a row at a time.
    """
    best, where = 0, (0, 0, 0, 0)
    deep = np.zeros(mask.shape[1], int)
    for i in range(mask.shape[0]):
        deep = np.where(mask[i], deep + 1, 0)
        # No rectangle that ends here can beat the best when even the bounding one does not.
        if int(deep.max(initial=0)) * int(np.count_nonzero(deep)) <= best:
            continue
        stack: list[tuple[int, int]] = []
        for j, tall in enumerate([*deep.tolist(), 0]):
            start = j
            while stack and stack[-1][1] >= tall:
                start, height = stack.pop()
                if height * (j - start) > best:
                    best, where = height * (j - start), (i + 1 - height, i + 1, start, j)
            if tall:
                stack.append((start, tall))
    return where


def _reachable(surface: Surface, corners: Float) -> bool:
    """Whether level lines from over a surface, three abreast, get out of the mesh to the front, a side or the back."""
    if surface.kind == "top":
        return True
    start = np.array(surface.centre) + [0.0, 0.0, min(surface.clearance / 2, 0.1)]
    for way in ((0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)):
        # A single line might leave by the crack between two doors.
        aside = np.array([way[1] * surface.half[0], way[0] * surface.half[1], 0.0]) * 0.6
        if not any(_blocked(start + k * aside, np.array([*way, 0.0]), corners) for k in (-1.0, 0.1, 1.0)):
            return True
    return False


def _blocked(start: Float, way: Float, corners: Float) -> bool:
    """Whether a ray meets a triangle (Moeller & Trumbore 1997)."""
    edge1, edge2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = cross(np.broadcast_to(way, edge2.shape), edge2)
    det = (edge1 * p).sum(1)
    safe = np.where(np.abs(det) > 1e-14, det, np.inf)
    offset = start - corners[:, 0]
    u = (offset * p).sum(1) / safe
    q = cross(offset, edge1)
    v, t = (q * way).sum(1) / safe, (edge2 * q).sum(1) / safe
    # A little too large, so that nothing slips through the edge that two triangles share.
    return bool(((u >= -1e-7) & (v >= -1e-7) & (u + v <= 1 + 1e-7) & (t > 0)).any())
