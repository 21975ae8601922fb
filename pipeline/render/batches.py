"""Scene -> a few big triangle batches in world coordinates, so that OpenGL needs a handful of draw calls.

Everything that varies between parts rides on the vertices: colour, roughness, metallic, emission and the number
of the texture. Textures of about one size are the layers of one array, so a room of a hundred textures becomes
two or three batches; one draw call a texture took longer than shading a small picture does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.render.color import srgb_to_linear
from pipeline.scene import Material, Mesh, Object, Scene

Float32 = NDArray[np.float32]
Texture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Batch:
    """Triangles whose textures share an array.

    positions, normals: float32 [V, 3], world, metres. uv: float32 [V, 2]. colors: float32 [V, 3] linear RGB.
    surface: float32 [V, 2], roughness and metallic. glow: float32 [V, 4], emitted linear radiance and the layer
    of the texture, -1 for none. faces: uint32 [F, 3]. textures: uint8 [L, s, s, 3] sRGB; L may be 0.
    """

    positions: Float32
    normals: Float32
    uv: Float32
    colors: Float32
    surface: Float32
    glow: Float32
    faces: NDArray[np.uint32]
    textures: Texture


def merge(scene: Scene, texture_limit: int) -> list[Batch]:
    """Batches of a scene, in an order that depends on the scene alone.

    Textures are resized to the power of two next to their longer side, and at most to the one next to
    `texture_limit` pixels: a picture cannot show more.
    """
    groups: dict[int, list[tuple[Object, Mesh, Material]]] = {}
    bare: list[tuple[Object, Mesh, Material]] = []
    for thing in scene.objects:
        for part in thing.parts:
            if not len(part.mesh.faces):
                continue
            texture = _texture_of(part.mesh, part.material)
            if texture is None:
                bare.append((thing, part.mesh, part.material))
            else:
                size = _power_of_two(min(max(texture.shape[:2]), texture_limit))
                groups.setdefault(size, []).append((thing, part.mesh, part.material))
    if bare:
        groups.setdefault(min(groups, default=1), []).extend(bare)
    return [_batch(size, members) for size, members in sorted(groups.items())]


def _texture_of(mesh: Mesh, material: Material) -> Texture | None:
    return material.texture if mesh.uv is not None else None


def _power_of_two(length: int) -> int:
    return 2 ** max(0, round(float(np.log2(length))))


def _batch(size: int, members: list[tuple[Object, Mesh, Material]]) -> Batch:
    columns: list[list[Float32]] = [[], [], [], [], [], []]
    faces: list[NDArray[np.uint32]] = []
    layers: dict[int, int] = {}
    textures: list[Texture] = []
    start = 0
    for thing, mesh, material in members:
        points, directions, texture_uv, triangles = _corners(mesh)
        count = len(points)
        turn = thing.pose[:3, :3].T
        texture, layer = _texture_of(mesh, material), -1
        if texture is not None:
            layer = layers.setdefault(id(texture), len(layers))
            if layer == len(textures):
                textures.append(_resized(texture, size))
        values = (
            points @ turn + thing.pose[:3, 3],
            directions @ turn,
            texture_uv,
            np.broadcast_to(srgb_to_linear(material.color), (count, 3)),
            np.broadcast_to((material.roughness, material.metallic), (count, 2)),
            np.broadcast_to((*material.emission, layer), (count, 4)),
        )
        for column, value in zip(columns, values, strict=True):
            column.append(value.astype(np.float32))
        faces.append((triangles + start).astype(np.uint32))
        start += count
    positions, normals, uv, colors, surface, glow = (np.concatenate(column) for column in columns)
    stack = np.stack(textures) if textures else np.zeros((0, size, size, 3), np.uint8)
    return Batch(positions, normals, uv, colors, surface, glow, np.concatenate(faces), stack)


def _resized(texture: Texture, size: int) -> Texture:
    if texture.shape[:2] == (size, size):
        return texture
    shrinks = min(texture.shape[:2]) >= size
    resized = cv2.resize(texture, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


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
