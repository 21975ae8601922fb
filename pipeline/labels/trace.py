"""Embree ray cast through every pixel centre, made exact in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.labels.embree import TriangleScene
from pipeline.labels.facets import Facets
from pipeline.scene import Camera, Float, Object, Scene

TO_LABEL_AXES = np.array([1.0, -1.0, -1.0])
"""From OpenCV camera axes (y down, z forward) to the labels' (y up, z towards the viewer)."""

BLOCK_PIXELS = 1 << 15
"""Pixels worked on at a time: few enough for the work arrays to stay in cache, enough to hide the calls' own cost."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What is seen through each pixel centre of one view.

    depth: float32 [H, W], metres along the optical axis, +inf where nothing is hit.
    normals: float32 [H, W, 3], unit, camera space (+x right, +y up, +z towards the viewer), facing the
        camera, (0, 0, 0) where nothing is hit; interpolated where the surface is smooth.
    instance: uint16 [H, W], position of the object in `Scene.objects` plus one; 0 = nothing.
    semantic: uint16 [H, W], index into `Scene.classes`; 0 = background.
    """

    depth: NDArray[np.float32]
    normals: NDArray[np.float32]
    instance: NDArray[np.uint16]
    semantic: NDArray[np.uint16]


def trace(scene: Scene) -> Labels:
    """Exact labels of `scene` for its camera. Raises ValueError for an object whose category is not in `scene.classes`."""
    return SceneTracer(scene).labels()


class SceneTracer:
    """Owns the Embree scene of one view: the triangles that may be in view, with the camera at the origin.

    The origin is where float32 is finest. Embree's axes are the world's: rooms and furniture stand square in it, so
    the boxes of its tree are tight, and a trace takes half as long as in camera axes. t along a ray is depth in both.
    """

    def __init__(self, scene: Scene) -> None:
        if len(scene.objects) > np.iinfo(np.uint16).max:
            raise ValueError(f"{len(scene.objects)} objects do not fit the uint16 instance ids")
        self.scene = scene
        self.semantic = semantic_ids(scene.objects, scene.classes)
        vertices, normals, faces, owner = _camera_space(scene)
        kept = _may_be_seen(scene.camera, vertices, faces)
        self.vertices, self.normals, self.faces, self.owner = vertices, normals, faces[kept], owner[kept]
        used = np.zeros(len(vertices), bool)
        used[self.faces] = True
        world = vertices[used] @ scene.camera.pose[:3, :3].T
        self._embree = TriangleScene(world, (np.cumsum(used, dtype=np.int32) - 1)[self.faces])

    def rays(self) -> NDArray[np.float32]:
        """Directions through all pixel centres, row by row, in world axes, scaled to depth 1: float32 [3, H * W]."""
        x, y = _ray_grid(self.scene.camera)
        rays = np.empty((3, len(y), len(x)), np.float32)
        for (right, down, forward), component in zip(self.scene.camera.pose[:3, :3], rays, strict=True):
            np.add(right * x + forward, (down * y)[:, None], out=component, casting="same_kind")
        return rays.reshape(3, -1)

    def first_hits(self, rays: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Nearest facet along each of `rays` [3, N], which must lie in the image: (int32 [N], -1 for none; t float32 [N]).

        t is Embree's own depth, metres; +inf where nothing is hit.
        """
        return self._embree.first_hits(rays)

    def labels(self) -> Labels:
        """Trace every pixel centre."""
        shape = height, width = self.scene.camera.height, self.scene.camera.width
        triangle, t_embree = self.first_hits(self.rays())
        view = _View(self, triangle.reshape(shape), t_embree.reshape(shape))
        labels = Labels(
            depth=np.empty(shape, np.float32),
            normals=np.empty((*shape, 3), np.float32),
            instance=np.empty(shape, np.uint16),
            semantic=np.empty(shape, np.uint16),
        )
        step = max(1, BLOCK_PIXELS // width)
        for top in range(0, height, step):
            view.paint(labels, slice(top, top + step))
        return labels


class _View:
    """First hits of one view, and tables of the facets they fall on: one row each, the last for where nothing is hit.

    row_of: int [F + 1], from the tracer's facets (and -1) to rows. x [W], y [H]: the rays are (x, y, 1).
    """

    def __init__(self, tracer: SceneTracer, triangle: NDArray[np.int32], t_embree: NDArray[np.float32]) -> None:
        hit = np.zeros(len(tracer.faces) + 1, bool)
        hit[triangle] = True  # -1, for nothing, marks the last
        seen = np.flatnonzero(hit[:-1])
        self.row_of = np.full(len(hit), len(seen))
        self.row_of[seen] = np.arange(len(seen))
        self.triangle, self.t_embree = triangle, t_embree
        self.x, self.y = _ray_grid(tracer.scene.camera)
        faces = tracer.faces[seen]
        self.facets = Facets.of(tracer.vertices[faces], tracer.normals[faces])
        self.inverse_depth = np.zeros((3, len(seen) + 1))
        self.inverse_depth[:, :-1] = self.facets.inverse_depth
        self.facing = np.zeros((len(seen) + 1, 3), np.float32)
        self.facing[:-1] = self.facets.facing.T * TO_LABEL_AXES
        self.curved = np.append(self.facets.curved, False)
        self.instance = np.append(tracer.owner[seen], np.uint16(0))
        self.semantic = tracer.semantic[self.instance]

    def paint(self, labels: Labels, rows: slice) -> None:
        """Fill `rows` of the labels."""
        facet = self.row_of.take(self.triangle[rows])
        inverse, b, c = (table.take(facet) for table in self.inverse_depth)
        inverse *= self.x
        b *= self.y[rows, None]
        inverse += b
        inverse += c
        t_embree = self.t_embree[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.divide(1.0, inverse, out=labels.depth[rows], casting="same_kind")
            # Where the plane is seen so edge-on that this leaves Embree's own hit, Embree's t stands.
            inverse *= t_embree
            inverse -= 1.0
            np.copyto(depth, t_embree, where=~(np.abs(inverse, out=inverse) <= 1e-3))
        self.instance.take(facet, out=labels.instance[rows], mode="clip")
        self.semantic.take(facet, out=labels.semantic[rows], mode="clip")
        normals = self.facing.take(facet, axis=0, out=labels.normals[rows], mode="clip").reshape(-1, 3)
        curved = np.flatnonzero(self.curved.take(facet))
        v = curved // len(self.x)
        rays = np.stack([self.x[curved - v * len(self.x)], self.y[rows][v], np.ones(len(v))])
        normals[curved] = (self.facets.blended_normals(facet.ravel()[curved], rays) * TO_LABEL_AXES[:, None]).T


def semantic_ids(objects: tuple[Object, ...], classes: tuple[str, ...]) -> NDArray[np.uint16]:
    """Table from instance id to semantic id: uint16 [len(objects) + 1]. Raises ValueError for an unlisted category."""
    unlisted = sorted({thing.category for thing in objects} - set(classes))
    if unlisted:
        raise ValueError(f"categories {', '.join(unlisted)} are not in the class list")
    return np.array([0, *(classes.index(thing.category) for thing in objects)], np.uint16)


def _ray_grid(camera: Camera) -> tuple[Float, Float]:
    """x of every column [W] and y of every row [H] of the rays (x, y, 1) through the pixel centres."""
    (fx, _, cx), (_, fy, cy), _ = camera.intrinsics
    return (np.arange(camera.width) - cx) / fx, (np.arange(camera.height) - cy) / fy


def _camera_space(scene: Scene) -> tuple[Float, Float, NDArray[np.int32], NDArray[np.uint16]]:
    """All parts as one mesh: vertices [V, 3], their normals [V, 3] (zeros where flat), faces [F, 3], instance ids [F]."""
    meshes = [part.mesh for thing in scene.objects for part in thing.parts]
    sizes = np.array([(len(mesh.vertices), len(mesh.faces)) for mesh in meshes], np.int32).reshape(-1, 2)
    starts = np.cumsum(sizes[:, 0], dtype=np.int32) - sizes[:, 0]
    nothing = np.zeros((0, 3))
    vertices = np.concatenate([nothing, *(mesh.vertices for mesh in meshes)])
    flat = (np.zeros_like(mesh.vertices) if mesh.normals is None else mesh.normals for mesh in meshes)
    normals = np.concatenate([nothing, *flat])
    faces = np.concatenate([nothing.astype(np.int32), *(mesh.faces for mesh in meshes)])
    faces += np.repeat(starts, sizes[:, 1])[:, None]
    to_camera, end = scene.camera.world_to_camera, 0
    for thing in scene.objects:  # its parts lie one behind the other
        matrix = to_camera @ thing.pose
        rows = slice(end, end := end + sum(len(part.mesh.vertices) for part in thing.parts))
        vertices[rows] = vertices[rows] @ matrix[:3, :3].T + matrix[:3, 3]
        normals[rows] = normals[rows] @ matrix[:3, :3].T
    number = np.repeat(np.arange(1, len(scene.objects) + 1, dtype=np.uint16), [len(t.parts) for t in scene.objects])
    return vertices, normals, faces, np.repeat(number, sizes[:, 1])


def _may_be_seen(camera: Camera, vertices: Float, faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """False for facets with all corners beyond the same side of the view, a pixel's width away, or behind: bool [F]."""
    x, y, z = vertices.T
    columns, rows = _ray_grid(camera)
    margin = 1.0 / camera.intrinsics[0, 0], 1.0 / camera.intrinsics[1, 1]
    beyond = (
        (x < (columns[0] - margin[0]) * z) * np.uint8(1)
        + (x > (columns[-1] + margin[0]) * z) * np.uint8(2)
        + (y < (rows[0] - margin[1]) * z) * np.uint8(4)
        + (y > (rows[-1] + margin[1]) * z) * np.uint8(8)
        + (z < 0.0) * np.uint8(16)
    )
    first, second, third = faces.T
    return (beyond[first] & beyond[second] & beyond[third]) == 0
