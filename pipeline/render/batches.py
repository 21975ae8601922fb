"""Scene -> a few big triangle batches in world coordinates, so that OpenGL needs one draw call per texture.

Everything that varies between parts without a texture rides on the vertices (colour, roughness, metallic);
a room of a hundred parts becomes about as many batches as it has textures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.render.color import srgb_to_linear
from pipeline.scene import Material, Mesh, Object, Scene

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Batch:
    """Triangles that share a texture and an emission.

    positions, normals: float32 [V, 3], world, metres. uv: float32 [V, 2]. colors: float32 [V, 3] linear RGB.
    surface: float32 [V, 2], roughness and metallic. faces: uint32 [F, 3].
    texture: uint8 [h, w, 3] sRGB or None. emission: linear RGB radiance.
    """

    positions: Float32
    normals: Float32
    uv: Float32
    colors: Float32
    surface: Float32
    faces: NDArray[np.uint32]
    texture: NDArray[np.uint8] | None
    emission: tuple[float, float, float]


def merge(scene: Scene) -> list[Batch]:
    """Batches of a scene, in the order in which its textures first appear (deterministic)."""
    groups: dict[tuple[int, tuple[float, float, float]], list[tuple[Object, Mesh, Material]]] = {}
    for thing in scene.objects:
        for part in thing.parts:
            if len(part.mesh.faces):
                texture = part.material.texture if part.mesh.uv is not None else None
                key = (id(texture), part.material.emission)
                groups.setdefault(key, []).append((thing, part.mesh, part.material))
    return [_batch(members) for members in groups.values()]


def _batch(members: list[tuple[Object, Mesh, Material]]) -> Batch:
    columns: list[list[NDArray[np.float32]]] = [[], [], [], [], []]
    faces: list[NDArray[np.uint32]] = []
    start = 0
    for thing, mesh, material in members:
        points, directions, texture_uv, triangles = _corners(mesh)
        count = len(points)
        turn = thing.pose[:3, :3].T
        color = srgb_to_linear(material.color)
        values = (
            points @ turn + thing.pose[:3, 3],
            directions @ turn,
            texture_uv,
            np.broadcast_to(color, (count, 3)),
            np.broadcast_to((material.roughness, material.metallic), (count, 2)),
        )
        for column, value in zip(columns, values, strict=True):
            column.append(value.astype(np.float32))
        faces.append((triangles + start).astype(np.uint32))
        start += count
    first_mesh, first_material = members[0][1:]
    texture = first_material.texture if first_mesh.uv is not None else None
    positions, normals, uv, colors, surface = (np.concatenate(column) for column in columns)
    emission = first_material.emission
    return Batch(positions, normals, uv, colors, surface, np.concatenate(faces), texture, emission)


def _corners(mesh: Mesh) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int32]]:
    """Positions, normals, uv per corner and triangles: shared where smooth, unrolled where flat."""
    if mesh.normals is not None:
        uv = mesh.uv if mesh.uv is not None else np.zeros((len(mesh.vertices), 2))
        return mesh.vertices, mesh.normals, uv, mesh.faces
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    corner_uv = mesh.uv[mesh.faces].reshape(-1, 2) if mesh.uv is not None else np.zeros((corners.size // 3, 2))
    triangles = np.arange(len(mesh.faces) * 3, dtype=np.int32).reshape(-1, 3)
    return corners.reshape(-1, 3), np.repeat(normals, 3, axis=0), corner_uv, triangles
