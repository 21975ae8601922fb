"""The solids of the `primitives` recipe: `shapes` at a fineness where a sphere's facets stay within 0.25 % of its radius.

Every solid stands on z = 0 with its footprint centred on the origin.
"""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets import shapes
from pipeline.scene import Float, Mesh

SIDES = 64
RINGS = 32


def box(x_m: float, y_m: float, z_m: float) -> Mesh:
    """Cuboid with sharp edges."""
    return shapes.box((x_m, y_m, z_m), bevel=0.0)


def cylinder(radius_m: float, height_m: float) -> Mesh:
    """Upright cylinder with flat caps."""
    return shapes.cylinder(radius_m, height_m, sides=SIDES)


def cone(radius_m: float, height_m: float) -> Mesh:
    """Upright cone with a flat base."""
    return shapes.lathe([(0, 0), (radius_m, 0), (0, height_m)], SIDES)


def pyramid(edge_m: float, height_m: float) -> Mesh:
    """Upright square pyramid, flat-shaded."""
    mesh = shapes.lathe([(0, 0), (edge_m / np.sqrt(2.0), 0), (0, height_m)], sides=4)
    corners = mesh.vertices[mesh.faces]
    normals = shapes.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    faces = np.arange(mesh.faces.size, dtype=np.int32).reshape(-1, 3)
    uv = None if mesh.uv is None else mesh.uv[mesh.faces].reshape(-1, 2)
    return Mesh(corners.reshape(-1, 3), faces, uv, np.repeat(normals, 3, axis=0))


def sphere(radius_m: float, rings: int = RINGS) -> Mesh:
    """Sphere as latitude rings; vertices lie on the sphere, so facets cut slightly inside it."""
    return shapes.lathe(_arc(radius_m, rings), SIDES)


def capsule(radius_m: float, length_m: float) -> Mesh:
    """Upright cylinder of `length_m` between two half spheres."""
    low, high = np.split(_arc(radius_m, RINGS), [RINGS // 2 + 1])
    seam = low[-1:]
    return shapes.lathe(np.concatenate([low, seam + [0, length_m], high + [0, length_m]]), SIDES)


def torus(ring_radius_m: float, tube_radius_m: float) -> Mesh:
    """Torus lying flat; `ring_radius_m` from its centre to the tube's centre."""
    return shapes.torus(ring_radius_m, tube_radius_m, at=(0, 0, tube_radius_m), sides=SIDES, rings=RINGS)


def turned(mesh: Mesh, rotation: Float) -> Mesh:
    """`mesh` rotated by a 3x3 matrix and set back on z = 0, footprint centred."""
    vertices = mesh.vertices @ rotation.T
    low, high = vertices.min(0), vertices.max(0)
    vertices = vertices - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    return Mesh(vertices, mesh.faces, mesh.uv, None if mesh.normals is None else mesh.normals @ rotation.T)


def _arc(radius_m: float, rings: int) -> Float:
    """Half circle [rings + 1, 2] of (radius, z) from the south pole at z = 0 to the north pole."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    profile = radius_m * np.stack([np.cos(angle), 1 + np.sin(angle)], axis=1)
    profile[[0, -1], 0] = 0.0
    return profile
