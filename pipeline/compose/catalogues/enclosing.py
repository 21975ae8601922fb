"""A handful of boxes that enclose a mesh, tightly enough that a chair slides under a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.asset import Surface
from pipeline.compose.contact import refined
from pipeline.scene import Float

FINEST_M = 0.012
CELLS = 12
"""Along the longest edge, before boxes are joined."""
PAD = 0.03
"""Share of the longest edge that is added to every edge when volumes are compared: faces and panels are thin."""
MOST_BOXES = 28
LOSS, LOSS_SMALL, SMALL_M = 0.01, 0.05, 0.3
"""Boxes are joined for as long as that adds no more than this share of the whole box; more for small things."""
OVER_M = 0.5
"""Height over a surface into which no joined box may reach, where there is a choice."""


def enclose(corners: Float, surfaces: Sequence[Surface]) -> Float:
    """Boxes [n, 2, 3] that together hold every face of triangles [F, 3, 3], at most MOST_BOXES and as tight as those allow.

    Faces are cut small, what lies in one cell of a grid makes a box, and boxes are joined two by two, those first that
    waste least, keeping clear of the space over `surfaces`.
    """
    low, high = corners.min((0, 1)), corners.max((0, 1))
    cell = max(float((high - low).max()) / CELLS, FINEST_M)
    small = refined(corners, cell * 0.75)
    middle = small.mean(1)
    index = np.floor((middle - low) / cell).astype(int)
    # What bounds the space over a surface from below, from above and at its sides starts in boxes of its own.
    layer = np.zeros(len(small), int)
    for surface in surfaces:
        floor, roof = surface.centre[2] + 1e-5, surface.centre[2] + surface.clearance - 1e-4
        layer += (small[..., 2].max(1) > floor).astype(int) + (small[..., 2].min(1) > roof).astype(int)
    _, group = np.unique(np.column_stack([index, layer]), axis=0, return_inverse=True)
    group = group.reshape(-1)
    count = int(group.max()) + 1
    lower, upper = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(lower, group, small.min(1))
    np.maximum.at(upper, group, small.max(1))
    boxes = np.concatenate([np.stack([lower, upper], 1), _hollows(small, low, high, cell)])
    free = np.array([_over(surface) for surface in surfaces]).reshape(-1, 2, 3)
    loss = LOSS_SMALL if (high - low).max() < SMALL_M else LOSS
    pad = PAD * float((high - low).max())
    return _joined(boxes, free, loss * float(np.prod(high - low + pad)), pad)


def _hollows(small: Float, low: Float, high: Float, cell: float) -> Float:
    """Cells that the mesh shuts in: boxes [n, 2, 3]. Nothing is to be placed inside a cupboard's closed body."""
    # Here, for it is slow to import, and no process needs it that makes scenes of our own models.
    from scipy import ndimage

    shape = np.ceil((high - low) / cell).astype(int) + 1
    first, last = (np.floor((edge - low) / cell).astype(int) for edge in (small.min(1), small.max(1)))
    taken = np.zeros(shape + 2, bool)
    # A small face spans two cells at most along each axis.
    for corner in np.ndindex(2, 2, 2):
        at = np.where(corner, last, first) + 1
        taken[at[:, 0], at[:, 1], at[:, 2]] = True
    number, _ = ndimage.label(~taken)
    inside = np.argwhere(~taken & (number != number[0, 0, 0])) - 1
    return np.stack([low + inside * cell, np.minimum(low + (inside + 1) * cell, high)], 1)


def _over(surface: Surface) -> Float:
    (x, y, z), (a, b) = surface.centre, surface.half
    tall = min(surface.clearance, OVER_M)
    return np.array([[x - a, y - b, z + 1e-5], [x + a, y + b, z + tall - 1e-5]])


def _joined(boxes: Float, free: Float, most: float, pad: float) -> Float:
    n = len(boxes)
    lower, upper = boxes[:, 0].copy(), boxes[:, 1].copy()
    volume = _volume(lower, upper, pad)
    held = _shared(lower, upper, free)
    alive = np.ones(n, bool)
    cost = np.full((n, n), np.inf)
    for i in range(n - 1):
        cost[i, i + 1 :] = _cost(i, np.arange(i + 1, n), lower, upper, volume, held, free, pad)
    left = n
    best, at = cost.min(1), cost.argmin(1)
    while left > 1:
        i = int(best.argmin())
        if not np.isfinite(best[i]) or (left <= MOST_BOXES and best[i] > most):
            break
        j = int(at[i])
        lower[i], upper[i] = np.minimum(lower[i], lower[j]), np.maximum(upper[i], upper[j])
        volume[i] = _volume(lower[i : i + 1], upper[i : i + 1], pad)[0]
        held[i] = _shared(lower[i : i + 1], upper[i : i + 1], free)[0]
        alive[j] = False
        cost[j, :] = cost[:, j] = np.inf
        others = np.nonzero(alive)[0]
        others = others[others != i]
        new = _cost(i, others, lower, upper, volume, held, free, pad)
        before, after = others < i, others > i
        cost[others[before], i], cost[i, others[after]] = new[before], new[after]
        # Rows whose best went or changed are looked at again.
        stale = np.nonzero(alive & ((at == j) | (at == i) | (np.arange(n) == i)))[0]
        best[stale], at[stale] = cost[stale].min(1), cost[stale].argmin(1)
        rows = others[before]
        better = cost[rows, i] < best[rows]
        best[rows[better]], at[rows[better]] = cost[rows[better], i], i
        best[j] = np.inf
        left -= 1
    return np.stack([lower[alive], upper[alive]], 1)


def _cost(
    i: int, others: NDArray[np.int64], lower: Float, upper: Float, volume: Float, held: Float, free: Float, pad: float
) -> Float:
    """Volume that joining box i with each of `others` wastes; what it takes from free space counts twentyfold."""
    low, high = np.minimum(lower[i], lower[others]), np.maximum(upper[i], upper[others])
    taken = _shared(low, high, free) - held[i] - held[others]
    return np.asarray(_volume(low, high, pad) - volume[i] - volume[others] + 20 * np.maximum(taken, 0.0))


def _volume(low: Float, high: Float, pad: float) -> Float:
    edges = high - low + pad
    return np.asarray(edges[:, 0] * edges[:, 1] * edges[:, 2])


def _shared(low: Float, high: Float, free: Float) -> Float:
    """Volume that each box shares with the boxes `free`: float64 [n]."""
    total = np.zeros(len(low))
    for box in free:
        edges = np.minimum(high, box[1]) - np.maximum(low, box[0])
        total += np.prod(np.maximum(edges, 0.0), axis=1)
    return total
