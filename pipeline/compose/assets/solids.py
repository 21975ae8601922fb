"""Solids of revolution and boxes: meshes whose facets, normals and texture coordinates are known in closed form.

Every solid stands on z = 0 with its footprint centred on the origin. Texture coordinates are metres
along the surface, so a texture that repeats every metre keeps its scale on every solid.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.scene import Float, Mesh

SECTIONS = 64


def unshared(mesh: Mesh) -> Mesh:
    """The same facets with three vertices of their own each, carrying the facet's normal."""
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    return Mesh(
        vertices=corners.reshape(-1, 3),
        faces=np.arange(len(mesh.faces) * 3, dtype=np.int32).reshape(-1, 3),
        uv=None if mesh.uv is None else mesh.uv[mesh.faces].reshape(-1, 2),
        normals=np.repeat(normals, 3, axis=0),
    )


def box(x_m: float, y_m: float, z_m: float) -> Mesh:
    """Cuboid, flat-shaded, each face with its own four vertices."""
    half = np.array([x_m, y_m, z_m]) / 2.0
    vertices, uv = [], []
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1.0, 1.0):
            for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner = np.zeros(3)
                corner[axis], corner[a], corner[b] = sign, s * sign, t
                vertices.append(corner * half)
                uv.append((s * sign * half[a], t * half[b]))
    first = np.arange(6)[:, None] * 4
    faces = np.concatenate([first + [0, 1, 2], first + [0, 2, 3]]).astype(np.int32)
    return Mesh(np.array(vertices) + [0, 0, half[2]], faces, np.array(uv))


def lathe(profile: Sequence[tuple[float, float]], sections: int = SECTIONS, crease_rad: float = 0.7) -> Mesh:
    """Surface of revolution about +Z. `profile` lists (radius, z) from the underside's centre or rim, going outwards and up.

    Vertex normals are smooth except where the profile bends by more than `crease_rad`.
    """
    points = np.asarray(profile, float)
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    # Walking up the profile with the axis on the left, the outside lies to the right: (dz, -dr).
    outward = np.stack([steps[:, 1], -steps[:, 0]], axis=1) / lengths[:, None]
    arc = np.concatenate([[0.0], np.cumsum(lengths)])
    angles = np.linspace(0.0, 2.0 * np.pi, sections + 1)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    around = angles * points[:, 0].max()

    vertices: list[Float] = []
    normals: list[Float] = []
    uv: list[Float] = []
    faces: list[np.ndarray] = []
    for i in range(len(steps)):
        start = len(vertices) * (sections + 1)
        for end in (0, 1):
            joint = i + end
            normal = outward[i]
            other = i - 1 if end == 0 else i + 1
            if 0 <= other < len(steps) and outward[i] @ outward[other] > np.cos(crease_rad):
                normal = outward[i] + outward[other]
                normal = normal / np.linalg.norm(normal)
            radius, z = points[joint]
            vertices.append(np.column_stack([circle * radius, np.full(sections + 1, z)]))
            normals.append(np.column_stack([circle * normal[0], np.full(sections + 1, normal[1])]))
            uv.append(np.column_stack([around, np.full(sections + 1, arc[joint])]))
        low = start + np.arange(sections)
        high = low + sections + 1
        if points[i + 1, 0] > 1e-9:
            faces.append(np.column_stack([low, high + 1, high]))
        if points[i, 0] > 1e-9:
            faces.append(np.column_stack([low, low + 1, high + 1]))
    return Mesh(
        np.concatenate(vertices), np.concatenate(faces).astype(np.int32), np.concatenate(uv), np.concatenate(normals)
    )


def cylinder(radius_m: float, height_m: float) -> Mesh:
    """Upright cylinder with flat caps."""
    return lathe([(0, 0), (radius_m, 0), (radius_m, height_m), (0, height_m)])


def cone(radius_m: float, height_m: float) -> Mesh:
    """Upright cone with a flat base."""
    return lathe([(0, 0), (radius_m, 0), (0, height_m)])


def pyramid(edge_m: float, height_m: float) -> Mesh:
    """Upright square pyramid."""
    return unshared(lathe([(0, 0), (edge_m / np.sqrt(2.0), 0), (0, height_m)], sections=4))


def sphere(radius_m: float, rings: int = 32) -> Mesh:
    """Sphere as latitude rings; vertices lie on the sphere, so facets cut slightly inside it."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    return _rounded([(radius_m * np.cos(a), radius_m * (1 + np.sin(a))) for a in angles])


def capsule(radius_m: float, length_m: float, rings: int = 32) -> Mesh:
    """Upright cylinder of `length_m` between two half spheres."""
    low = [(radius_m * np.cos(a), radius_m * (1 + np.sin(a))) for a in np.linspace(-np.pi / 2, 0, rings // 2 + 1)]
    high = [(r, 2 * radius_m + length_m - z) for r, z in reversed(low)]
    return _rounded([*low, *high])


def torus(ring_radius_m: float, tube_radius_m: float, rings: int = 32) -> Mesh:
    """Torus lying flat; `ring_radius_m` from its centre to the tube's centre."""
    angles = np.linspace(-np.pi, np.pi, rings + 1)
    profile = [(ring_radius_m + tube_radius_m * np.cos(a), tube_radius_m * (1 + np.sin(a))) for a in angles]
    mesh = lathe(profile)
    # The profile closes on itself, which `lathe` cannot know: the seam's normals point inwards, to the axis.
    seam = np.r_[: SECTIONS + 1, len(mesh.vertices) - SECTIONS - 1 : len(mesh.vertices)]
    inward = mesh.vertices[seam] * [-1.0, -1.0, 0.0]
    assert mesh.normals is not None
    mesh.normals[seam] = inward / np.linalg.norm(inward, axis=1, keepdims=True)
    return mesh


def _rounded(profile: list[tuple[float, float]]) -> Mesh:
    """`lathe` of a profile that meets the axis at right angles: the poles' normals point straight down and up."""
    profile = [(max(r, 0.0) if r > 1e-9 else 0.0, z) for r, z in profile]
    mesh = lathe(profile)
    assert mesh.normals is not None
    mesh.normals[: SECTIONS + 1] = [0, 0, -1]
    mesh.normals[-(SECTIONS + 1) :] = [0, 0, 1]
    return mesh


def turned(mesh: Mesh, rotation: Float) -> Mesh:
    """`mesh` rotated by a 3x3 matrix and set back on z = 0, footprint centred."""
    vertices = mesh.vertices @ rotation.T
    low, high = vertices.min(0), vertices.max(0)
    vertices = vertices - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    return Mesh(vertices, mesh.faces, mesh.uv, None if mesh.normals is None else mesh.normals @ rotation.T)
