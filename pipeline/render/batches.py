"""Scene -> a few big triangle batches in world coordinates, so that OpenGL needs a handful of draw calls.

Everything that varies between parts rides on the vertices: colour, roughness, metallic, emission and the numbers
of the textures. Textures of about one size are the layers of one sheet, so a room of a hundred textures becomes
two or three batches; one draw call a texture took longer than shading a small picture does.

There are two kinds of sheet: skins (base colour and metallic) and reliefs (normal and roughness). A batch draws
from at most one of each, several batches may draw from one sheet, and what parts share lies in a sheet once.
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


LAYOUT = {"position": 3, "normal": 3, "uv": 2, "surface": 2, "color": 4, "glow": 4}
"""Float32 numbers of each property of a vertex, in order."""
STRIDE = sum(LAYOUT.values())


@dataclass(frozen=True, eq=False)
class Batch:
    """Triangles of several parts whose textures share sheets.

    vertices: float32 [V, STRIDE], a row as LAYOUT has it: position and normal in world coordinates, metres; uv;
    roughness and metallic; colour, linear RGB, and the layer of the relief; emitted linear radiance and the layer of the
    skin. A layer of -1 is none. faces: uint32 [F, 3].
    skins: uint8 [L, s, s, 4], base colour (sRGB) and metallic. reliefs: uint8 [M, t, t, 4], normal as glTF has it
    and roughness. L and M may be 0; batches with the same sheet hold the same array.
    starts: int [P + 1], the first face of each part, and F. boxes: float32 [P, 2, 3], each part's lower and upper corner.
    casting: how many of the parts, the first ones, cast shadows.
    """

    vertices: Float32
    faces: NDArray[np.uint32]
    skins: Texture
    reliefs: Texture
    starts: NDArray[np.intp]
    boxes: Float32
    casting: int

    @property
    def positions(self) -> Float32:
        """float32 [V, 3], world, metres."""
        return self.vertices[:, :3]

    @property
    def colors(self) -> Float32:
        """Linear RGB and the layer of the relief: float32 [V, 4]."""
        return self.vertices[:, 10:14]

    @property
    def glow(self) -> Float32:
        """Emitted linear radiance and the layer of the skin: float32 [V, 4]."""
        return self.vertices[:, 14:18]


Maps = tuple[Texture | None, Texture | None]
Member = tuple[Object, Mesh, Material, int, int]


class _Sheets:
    """Stacks of textures by size, each combination of maps once."""

    def __init__(self, limit: int) -> None:
        self.layers: dict[int, dict[tuple[int, int], int]] = {}
        self._maps: dict[int, list[Maps]] = {}
        self._limit = limit

    def put(self, maps: Maps) -> tuple[int, int]:
        """Size and layer of the sheet that holds `maps`; (0, -1) for none."""
        sides = [max(map_.shape[:2]) for map_ in maps if map_ is not None]
        if not sides:
            return 0, -1
        size = _power_of_two(min(max(sides), self._limit))
        known = self.layers.setdefault(size, {})
        # Scenes keep their arrays alive, so an address stands for one array here.
        layer = known.setdefault((id(maps[0]), id(maps[1])), len(known))
        stack = self._maps.setdefault(size, [])
        if layer == len(stack):
            stack.append(maps)
        return size, layer

    def sheet(self, size: int, absent: tuple[int, int, int, int]) -> Texture:
        """The sheet of a size, uint8 [L, size, size, 4]; `absent`, whose last is 255, stands for what a material lacks."""
        stack = self._maps.get(size, [])
        out = np.empty((len(stack), size, size, 4), np.uint8)
        for layer, (colored, single) in zip(out, stack, strict=True):
            # NumPy would copy threes into fours byte by byte.
            if colored is not None:
                cv2.cvtColor(_resized(colored, size), cv2.COLOR_BGR2BGRA, dst=layer)
            else:
                layer[:] = absent
            if single is not None:
                cv2.insertChannel(_resized(single, size), layer, 3)
        return out


WHITE = (255, 255, 255, 255)
LEVEL = (128, 128, 255, 255)


def merge(scene: Scene, texture_limit: int) -> list[Batch]:
    """Batches of a scene, in an order that depends on the scene alone.

    Textures are resized to the power of two next to their longer side, and at most to the one next to
    `texture_limit` pixels: a picture cannot show more.
    """
    skins, reliefs = _Sheets(texture_limit), _Sheets(texture_limit)
    groups: dict[tuple[int, int], list[Member]] = {}
    for thing in scene.objects:
        for part in thing.parts:
            if not len(part.mesh.faces):
                continue
            m = part.material
            mapped = part.mesh.uv is not None
            skin, color_layer = skins.put((m.texture, m.metallic_map) if mapped else (None, None))
            relief, shape_layer = reliefs.put((m.normal_map, m.roughness_map) if mapped else (None, None))
            groups.setdefault((skin, relief), []).append((thing, part.mesh, m, color_layer, shape_layer))
    groups = _fewer(groups)
    colored = {size: skins.sheet(size, WHITE) for size in sorted({skin for skin, _ in groups})}
    shaped = {size: reliefs.sheet(size, LEVEL) for size in sorted({relief for _, relief in groups})}
    return [_batch(members, colored[skin], shaped[relief]) for (skin, relief), members in sorted(groups.items())]


def _fewer(groups: dict[tuple[int, int], list[Member]]) -> dict[tuple[int, int], list[Member]]:
    """Groups that lack a sheet join one that lacks none of theirs, so that fewer draw calls do."""
    merged: dict[tuple[int, int], list[Member]] = {}
    for key in sorted(groups, key=lambda key: (key.count(0), key)):
        fits = (
            other for other in sorted(merged) if all(a == b or 0 in (a, b) for a, b in zip(key, other, strict=True))
        )
        host = next(fits, key)
        members = merged.pop(host, []) + groups[key]
        merged.setdefault((max(key[0], host[0]), max(key[1], host[1])), []).extend(members)
    return merged


def _power_of_two(length: int) -> int:
    return 2 ** max(0, round(float(np.log2(length))))


def _batch(members: list[Member], skins: Texture, reliefs: Texture) -> Batch:
    members = sorted(members, key=lambda member: not member[2].casts_shadow)
    parts = [_corners(member[1]) for member in members]
    ends = np.cumsum([len(points) for points, *_ in parts])
    starts = np.concatenate([[0], np.cumsum([len(triangles) for *_, triangles in parts])])
    vertices = np.empty((ends[-1], STRIDE), np.float32)
    faces = np.empty((starts[-1], 3), np.uint32)
    first = 0
    for number, ((thing, _, material, color_layer, shape_layer), part) in enumerate(zip(members, parts, strict=True)):
        points, directions, texture_uv, triangles = part
        turn = thing.pose[:3, :3].T
        rows = vertices[first : ends[number]]
        rows[:, :3] = points @ turn + thing.pose[:3, 3]
        rows[:, 3:6] = directions @ turn
        rows[:, 6:8] = texture_uv
        color, glow = srgb_to_linear(material.color), material.emission
        rows[:, 8:] = (material.roughness, material.metallic, *color, shape_layer, *glow, color_layer)
        faces[starts[number] : starts[number + 1]] = triangles
        faces[starts[number] : starts[number + 1]] += np.uint32(first)
        first = ends[number]
    # Along rows that lie in one piece, extremes are found several times as fast.
    columns, begins = np.ascontiguousarray(vertices[:, :3].T), np.concatenate([[0], ends[:-1]])
    boxes = np.stack([np.minimum.reduceat(columns, begins, axis=1), np.maximum.reduceat(columns, begins, axis=1)])
    casting = sum(member[2].casts_shadow for member in members)
    return Batch(vertices, faces, skins, reliefs, starts, np.ascontiguousarray(boxes.transpose(2, 0, 1)), casting)


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
