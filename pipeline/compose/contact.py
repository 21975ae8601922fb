"""How far apart two meshes are along the vertical: whether one really lies on the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.scene import Float, Mesh

FINE_M = 0.008
"""Edges of the triangles whose corners are held against the other mesh."""


def triangles(meshes: Sequence[Mesh], pose: Float) -> Float:
    """World triangles of meshes at `pose`: float64 [n, 3, 3]."""
    corners = np.concatenate([mesh.vertices[mesh.faces].reshape(-1, 3) for mesh in meshes])
    return np.asarray((corners @ pose[:3, :3].T + pose[:3, 3]).reshape(-1, 3, 3))


def vertical_gap(upper: Float, lower: Float) -> float:
    """Smallest height of `upper` above `lower`, triangles [n, 3, 3] each; +inf where neither is over the other.

    Measured at points FINE_M apart at most on either surface. Where the two overlap it is 0.
    """
    low = np.maximum(upper.min((0, 1)), lower.min((0, 1)))[:2]
    high = np.minimum(upper.max((0, 1)), lower.max((0, 1)))[:2]
    if (low > high).any():
        return float("inf")
    down = _distances(_points(upper, low, high), lower, -1.0)
    up = _distances(_points(lower, low, high), upper, 1.0)
    return float(min(down, up))


def refined(corners: Float, longest: float) -> Float:
    """Triangles [n, 3, 3] halved along their longest edge until no edge is longer than `longest`."""
    done = []
    while len(corners):
        edges = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
        long = edges.max(1) > longest
        done.append(corners[~long])
        corners, edges = corners[long], edges[long]
        first = edges.argmax(1)
        rows = np.arange(len(corners))
        a, b, c = (corners[rows, (first + k) % 3] for k in range(3))
        middle = (a + b) / 2
        corners = np.concatenate([np.stack([a, middle, c], 1), np.stack([middle, b, c], 1)])
    return np.concatenate(done) if done else corners


def _points(corners: Float, low: Float, high: Float) -> Float:
    """Points of triangles that may lie over the rectangle from `low` to `high`."""
    near = (corners[..., :2].max(1) >= low).all(1) & (corners[..., :2].min(1) <= high).all(1)
    points = refined(corners[near], FINE_M).reshape(-1, 3)
    points = points[((points[:, :2] >= low) & (points[:, :2] <= high)).all(1)]
    return np.asarray(np.unique(np.round(points, 5), axis=0))


def _distances(points: Float, target: Float, way: float) -> float:
    """Shortest distance from points to triangles along +z (`way` 1) or -z (-1); +inf for none."""
    import trimesh

    if not len(points):
        return float("inf")
    mesh = trimesh.Trimesh(target.reshape(-1, 3), np.arange(3 * len(target)).reshape(-1, 3), process=False)
    # From a little behind each point, so that surfaces in touch count as such.
    back = 1e-4
    starts = points - [0.0, 0.0, way * back]
    heights, rays, _ = mesh.ray.intersects_location(
        starts, np.tile([0.0, 0.0, way], (len(starts), 1)), multiple_hits=False
    )
    if not len(rays):
        return float("inf")
    return float(np.maximum((heights[:, 2] - starts[rays, 2]) * way - back, 0.0).min())
