"""The scene description that every stage reads: frozen dataclasses, no renderer in sight.

Units and frames, everywhere: metres, radians, right-handed world with +Z up. Poses are 4x4
float64 matrices that map local to world coordinates. Colours are sRGB in [0, 1] unless the
name says `linear`. Arrays inside these classes are never modified after construction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class CannotPlace(Exception):
    """A seed for which a recipe found no valid scene. The sample is drawn again from its next attempt."""

    kind = "no arrangement"


@dataclass(frozen=True, eq=False)
class Mesh:
    """A triangle mesh in its object's local frame.

    vertices: float64 [V, 3], metres.
    faces: int32 [F, 3], counter-clockwise seen from outside.
    uv: float64 [V, 2] in texture repeats (not clamped to [0, 1]), or None.
    normals: float64 [V, 3] unit vertex normals where the surface is smooth, or None for flat facets.
    """

    vertices: Float
    faces: NDArray[np.int32]
    uv: Float | None = None
    normals: Float | None = None

    @property
    def bounds(self) -> Float:
        """Axis-aligned bounds in the local frame: float64 [2, 3], lower and upper corner."""
        # Along rows that lie in one piece, extremes are found several times as fast.
        columns = np.ascontiguousarray(self.vertices.T)
        return np.array([np.minimum.reduce(columns, axis=1), np.maximum.reduce(columns, axis=1)])


@dataclass(frozen=True, eq=False)
class Material:
    """A metallic-roughness PBR material that both renderers show alike.

    name: family, as a person would say it ("wood", "fabric", "metal").
    color: sRGB [3], multiplied with `texture` where there is one.
    color_name: what a person would call the colour, for instructions; "" where people would not agree on a name.
    texture: uint8 [h, w, 3] sRGB, tileable, addressed by the mesh's uv (first row at v = 1); or None.
    roughness, metallic: in [0, 1]; each multiplied with its map where there is one.
    normal_map: uint8 [h, w, 3], tangent-space normals as glTF has them ((n + 1) / 2, +x along u, +y along v, +z
        outwards); or None. Shading only: labels know the mesh alone.
    roughness_map, metallic_map: uint8 [h, w], linear, 255 = 1; or None. All maps are addressed as `texture` is.
    emission: linear RGB radiance [3] (W/sr/m2 in Cycles' scale); zeros for things that do not glow.
    casts_shadow: False for what stands for something far away, such as the view behind a window: light passes it.
    """

    name: str
    color: tuple[float, float, float]
    color_name: str
    texture: NDArray[np.uint8] | None = None
    roughness: float = 0.6
    metallic: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    normal_map: NDArray[np.uint8] | None = None
    roughness_map: NDArray[np.uint8] | None = None
    metallic_map: NDArray[np.uint8] | None = None
    casts_shadow: bool = True


@dataclass(frozen=True, eq=False)
class Part:
    """One mesh with one material; an object is made of one or more."""

    mesh: Mesh
    material: Material


@dataclass(frozen=True, eq=False)
class Object:
    """A thing a person would point at, or a piece of the building.

    name: unique in the scene ("chair_2"). category: an entry of the scene's class list.
    pose: float64 [4, 4], local to world; rotation and translation only, sizes live in the meshes.
    thing: False for what people do not count (floor, wall, ceiling): no instance or referring prompts.
    support: name of the object it rests on or hangs from; None for the building or the ground itself.
    attributes: what an instruction may say of it, e.g. {"color": "red", "material": "wood"}.
    source: the asset it was made from, "plantain" for what code draws, else "catalogue#asset".
    """

    name: str
    category: str
    parts: tuple[Part, ...]
    pose: Float
    thing: bool = True
    support: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    source: str = "plantain"

    def world_vertices(self) -> Float:
        """Vertices of all parts in world coordinates: float64 [sum V, 3]."""
        return self._turned() + self.pose[:3, 3]

    def world_bounds(self) -> Float:
        """Axis-aligned bounds of all parts in world coordinates: float64 [2, 3]; inf and -inf without vertices."""
        columns = np.ascontiguousarray(self._turned().T)
        low = np.minimum.reduce(columns, axis=1, initial=np.inf)
        return np.stack([low, np.maximum.reduce(columns, axis=1, initial=-np.inf)]) + self.pose[:3, 3]

    def _turned(self) -> Float:
        local = np.concatenate([part.mesh.vertices for part in self.parts])
        return np.asarray(local @ self.pose[:3, :3].T)


@dataclass(frozen=True, eq=False)
class Light:
    """A light source. `power` and `size_m` mean what Cycles means by them, which depends on the kind.

    kind: "sun" (parallel), "area" (a rectangle shining along its local -Z) or "point".
    pose: float64 [4, 4]; lights shine along local -Z; a sun's position is of no matter.
    color: linear RGB, largest channel 1.

    | kind | power | size_m |
    | --- | --- | --- |
    | sun | irradiance on a surface that faces it, W/m2 | (angular diameter, the same again), radians, not metres |
    | area | radiant flux, W | edge lengths along local x and y, m |
    | point | radiant flux, W | (radius, the same again), m |
    """

    kind: Literal["sun", "area", "point"]
    pose: Float
    color: tuple[float, float, float]
    power: float
    size_m: tuple[float, float] = (0.1, 0.1)


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera. Pixel (u, v) has its centre at integer coordinates (OpenCV).

    intrinsics: float64 [3, 3] K in pixels, without skew. pose: float64 [4, 4], camera to world, OpenCV axes
    (x right, y down, z forward). Raises ValueError for a K with skew, which no renderer here can show.
    """

    width: int
    height: int
    intrinsics: Float
    pose: Float

    def __post_init__(self) -> None:
        if self.intrinsics[0, 1] != 0.0:
            raise ValueError(f"camera: intrinsics have a skew of {self.intrinsics[0, 1]:g}; it must be 0")

    @classmethod
    def centred(cls, width: int, height: int, fov_rad: float, pose: Float) -> Camera:
        """Camera whose principal point is the image centre; `fov_rad` spans the image's longer side."""
        focal = max(width, height) / (2.0 * np.tan(fov_rad / 2.0))
        k = np.array([[focal, 0.0, (width - 1) / 2.0], [0.0, focal, (height - 1) / 2.0], [0.0, 0.0, 1.0]])
        return cls(width, height, k, pose)

    @property
    def world_to_camera(self) -> Float:
        """Inverse of `pose`: float64 [4, 4]."""
        inverse = np.eye(4)
        inverse[:3, :3] = self.pose[:3, :3].T
        inverse[:3, 3] = -self.pose[:3, :3].T @ self.pose[:3, 3]
        return inverse

    def rays(self) -> Float:
        """Directions through every pixel centre in camera coordinates, scaled to z = 1: float64 [H, W, 3]."""
        (fx, _, cx), (_, fy, cy), _ = self.intrinsics
        x, y = np.meshgrid((np.arange(self.width) - cx) / fx, (np.arange(self.height) - cy) / fy)
        return np.stack([x, y, np.ones_like(x)], axis=-1)


@dataclass(frozen=True, eq=False)
class Environment:
    """Light from infinitely far away: a sky, or a photographed panorama.

    radiance: float32 [h, 2h, 3] linear RGB, equirectangular as Blender reads it: row 0 is the zenith, the middle
        column looks along the environment's +X, columns to the right of it turn towards -Y.
    yaw_rad: the environment's turn about the world's +Z.
    source: where it comes from: "plantain" for what code draws, else "catalogue#asset".
    """

    radiance: NDArray[np.float32]
    yaw_rad: float = 0.0
    source: str = "plantain"


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything one view shows. Instance id of an object is its position in `objects` plus one.

    classes: the corpus's class list; index 0 is "background".
    background: linear RGB radiance of the sky or surroundings, one for all directions or an Environment.
    exposure: stops by which the picture is made brighter than the film would have it.
    metered: True where the film meters the view, as a camera does (render/film.py), so that lights may have any scale;
        False for a film that shows radiance 1 as white, on which brightness can be told in numbers.
    indoors: True when a closed room surrounds the camera.
    """

    recipe: str
    objects: tuple[Object, ...]
    lights: tuple[Light, ...]
    camera: Camera
    classes: tuple[str, ...]
    background: tuple[float, float, float] | Environment = (0.5, 0.5, 0.5)
    exposure: float = 0.0
    indoors: bool = False
    metered: bool = True


def panorama_directions(height: int) -> Float:
    """Where the pixel centres of an Environment of `height` rows look at yaw 0: unit vectors, float64 [h, 2h, 3]."""
    polar = (np.arange(height) + 0.5) / height * np.pi
    azimuth = np.pi - (np.arange(2 * height) + 0.5) / height * np.pi
    sin, cos = np.sin(polar)[:, None], np.cos(polar)[:, None]
    return np.stack(np.broadcast_arrays(sin * np.cos(azimuth), sin * np.sin(azimuth), cos), -1)


def look_at(eye: Float, target: Float) -> Float:
    """Camera-to-world pose (OpenCV axes) at `eye`, looking at `target`, with the world's +Z upwards in the image.

    Raises ValueError when the view direction is vertical, where "up" has no meaning.
    """
    forward = np.asarray(target, float) - np.asarray(eye, float)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-6:
        raise ValueError("look_at: the view direction is vertical")
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
    pose[:3, 3] = eye
    return pose


def upright(position: Any, yaw_rad: float = 0.0) -> Float:
    """Pose of something that stands at `position`, turned by `yaw_rad` about +Z: float64 [4, 4]."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    pose = np.eye(4)
    pose[:2, :2] = [[c, -s], [s, c]]
    pose[:3, 3] = position
    return pose


def fingerprint(scene: Scene) -> str:
    """sha256 of everything in a scene, bit for bit: equal exactly when two scenes are the same."""
    state = hashlib.sha256()
    _absorb(scene, state)
    return state.hexdigest()


def _absorb(value: Any, state: Any) -> None:
    if is_dataclass(value):
        state.update(type(value).__name__.encode())
        for part in fields(value):
            _absorb(getattr(value, part.name), state)
    elif isinstance(value, np.ndarray):
        state.update(f"{value.dtype.str}{value.shape}".encode())
        state.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, (tuple, list)):
        state.update(f"({len(value)}".encode())
        for item in value:
            _absorb(item, state)
    elif isinstance(value, dict):
        _absorb(sorted(value.items()), state)
    elif isinstance(value, (int, float, np.number)):
        # repr of a float is exact and, unlike that of NumPy's scalars, the same in every version.
        state.update(repr(float(value)).encode())
    else:
        state.update(repr(value).encode())
