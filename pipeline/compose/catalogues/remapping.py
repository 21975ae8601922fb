"""A texture's coordinates carried over from a mesh to a simpler one of the same shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross
from pipeline.scene import Float

NEAREST = 12
INWARDS = 0.2
"""Corners are looked up this far towards their face's middle, so that they are found on its side of an edge."""
BEYOND = 0.25
"""A corner may lie outside the old face it is read from by this share of it."""


def carry_uv(
    vertices: Float, faces: NDArray[np.int64], uv: Float, to_vertices: Float, to_faces: NDArray[np.int64]
) -> Float:
    """uv at the corners of `to_faces`: float64 [F, 3, 2]. `vertices` [V, 3] and `uv` [V, 2] are split at seams.

    Every new face takes its texture from one chart, the one that the nearest old face with its orientation belongs to,
    so that no face spans a seam; its corners are read from old faces of that chart nearest to them.
    """
    # Here, for they are slow to import, and no process needs them that makes scenes of our own models.
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    links = coo_matrix(
        (np.ones(2 * len(faces)), (np.tile(faces[:, 0], 2), faces[:, 1:].T.ravel())), [len(vertices)] * 2
    )
    chart = connected_components(links, directed=False)[1][faces[:, 0]]
    old, new = vertices[faces], to_vertices[to_faces]
    tree = cKDTree(old.mean(1))
    most = min(NEAREST, len(faces))
    normal = _normals(old)
    middle = new.mean(1)
    distance, near = (found.reshape(len(new), most) for found in tree.query(middle, k=most))
    facing = np.einsum("nkc,nc->nk", normal[near], _normals(new))
    # An old face that looks away counts as far: leaves have two sides.
    best = near[np.arange(len(near)), np.argmin(distance * (1.6 - facing), axis=1)]
    result = np.empty((len(new), 3, 2))
    for k in range(3):
        point = new[:, k] * (1 - INWARDS) + middle * INWARDS
        distance, near = (found.reshape(len(new), most) for found in tree.query(point, k=most))
        same = chart[near] == chart[best][:, None]
        nearest = near[np.arange(len(near)), np.argmin(np.where(same, distance, np.inf), axis=1)]
        source = np.where(same.any(1), nearest, best)
        result[:, k] = _at(new[:, k], old[source], uv[faces[source]])
    return result


def _normals(corners: Float) -> Float:
    wide = cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-30))


def _at(point: Float, corners: Float, uv: Float) -> Float:
    """uv of triangles [n, 3, 2] at points [n, 3] near them, by barycentric coordinates."""
    a, b, offset = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0], point - corners[:, 0]
    aa, ab, bb = (a * a).sum(1), (a * b).sum(1), (b * b).sum(1)
    oa, ob = (offset * a).sum(1), (offset * b).sum(1)
    det = np.maximum(aa * bb - ab * ab, 1e-30)
    s, t = (bb * oa - ab * ob) / det, (aa * ob - ab * oa) / det
    weights = np.clip(np.stack([1 - s - t, s, t], 1), -BEYOND, 1 + BEYOND)
    weights /= weights.sum(1, keepdims=True)
    return np.asarray((weights[..., None] * uv).sum(1))
