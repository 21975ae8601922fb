"""Where a ray meets the plane of a facet, and which way the surface faces there: float64, in camera coordinates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

SAME_NORMAL = 1e-6
"""Corner normals this close to their facet's own (per component) do not bend the surface."""


@dataclass(frozen=True, eq=False)
class Facets:
    """Triangles seen from the origin, in OpenCV camera axes. Rays are (x, y, 1), so a ray's t is its depth in metres.

    Vectors lie along the first axis, so that each component is contiguous.

    facing: float64 [3, F], unit normal of the side seen; zeros for a facet without area.
    curved: bool [F], True where the normal changes from pixel to pixel.
    inverse_depth: float64 [3, F], (a, b, c) with 1 / depth = a x + b y + c on the facet's plane: n.(p - v0) = 0 with
        p = t (x, y, 1). Not finite where the plane passes through the origin.
    blend: float64 [18, F], what `blended_normals` reads: plane normal, weights of corners 1 and 2, three corner normals.
    """

    facing: Float
    curved: NDArray[np.bool_]
    inverse_depth: Float
    blend: Float

    @classmethod
    def of(cls, corners: Float, normals: Float) -> Facets:
        """From corners in metres and unit normals at them (zeros where the surface is flat): float64 [F, 3, 3] both."""
        v0, v1, v2 = np.ascontiguousarray(corners.transpose(1, 2, 0))
        corner_normals = np.ascontiguousarray(normals.transpose(1, 2, 0))
        plane = _cross(v1 - v0, v2 - v0)
        offset = _dot(plane, v0)
        unit = plane / np.maximum(np.sqrt(_dot(plane, plane)), 1e-300)
        bent = (np.abs(corner_normals - unit) > SAME_NORMAL).reshape(9, -1).any(0)
        # All rays start at the origin, so a facet shows the same side to each of them: n.v0 > 0 is its back.
        side = np.where(offset > 0, -1.0, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse_depth = plane / offset
        shown = (corner_normals * side).reshape(9, -1)
        blend = np.concatenate([plane, _cross(v2 - v0, v0), _cross(v0, v1 - v0), shown])
        return cls(unit * side, np.logical_and(bent, shown.any(0)), inverse_depth, blend)

    def blended_normals(self, which: NDArray[np.intp], rays: Float) -> Float:
        """Corner normals blended where ray i meets facet `which[i]`, turned to face the viewer: float64 [3, N].

        rays: float64 [3, N].
        Barycentric coordinates after Moeller and Trumbore, "Fast, Minimum Storage Ray-Triangle Intersection", 1997,
        with its triple products turned so that only the ray changes within a facet.
        """
        plane, weight1, weight2, n0, n1, n2 = self.blend.take(which, axis=1).reshape(6, 3, -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = 1.0 / _dot(plane, rays)
            b1 = _dot(weight1, rays) * inverse
            b2 = _dot(weight2, rays) * inverse
        for b in (b1, b2):
            b[np.isnan(b)] = 1 / 3
        b1 = np.clip(b1, 0.0, 1.0)
        b2 = np.clip(b2, 0.0, 1.0 - b1)
        normals = _unit((1.0 - b1 - b2) * n0 + b1 * n1 + b2 * n2)
        # Near a silhouette a blended normal may tip past the horizon of what can be seen: the nearest
        # direction that still faces the viewer is its projection on the plane across the ray.
        past = np.flatnonzero(_dot(normals, rays) > 0.0)
        ray, tipped = _unit(rays[:, past]), normals[:, past]
        normals[:, past] = _unit(tipped - _dot(tipped, ray) * ray)
        lost = np.flatnonzero(~normals.any(0))
        normals[:, lost] = self.facing[:, which[lost]]
        return normals


def _dot(a: Float, b: Float) -> Float:
    """Of vectors along the first axis: [3, N], [3, N] -> [N]."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Float, b: Float) -> Float:
    """Of vectors along the first axis: [3, N], [3, N] -> [3, N]."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def _unit(vectors: Float) -> Float:
    """To length one, [3, N]; zeros where the length is within rounding of nothing."""
    length = np.sqrt(_dot(vectors, vectors))
    return vectors * np.where(length > 1e-9, 1.0 / np.maximum(length, 1e-9), 0.0)
