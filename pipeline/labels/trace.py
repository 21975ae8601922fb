"""Embree ray cast through every pixel centre, made exact in float64."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh
from numpy.typing import NDArray

from pipeline.scene import Float, Object, Scene

TO_LABEL_AXES = np.array([1.0, -1.0, -1.0])
"""From OpenCV camera axes (y down, z forward) to the labels' (y up, z towards the viewer)."""


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
    """Owns the Embree scene of one view: all triangles, in camera coordinates.

    Tracing in camera coordinates puts the rays' origin at zero, where float32 is finest, and makes depth the z
    coordinate itself.
    """

    def __init__(self, scene: Scene) -> None:
        if len(scene.objects) > np.iinfo(np.uint16).max:
            raise ValueError(f"{len(scene.objects)} objects do not fit the uint16 instance ids")
        self.scene = scene
        to_camera = scene.camera.world_to_camera
        corners, corner_normals, smooth, owner = [], [], [], []
        for number, thing in enumerate(scene.objects, start=1):
            matrix = to_camera @ thing.pose
            for part in thing.parts:
                vertices = part.mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3]
                corners.append(vertices[part.mesh.faces])
                count = len(part.mesh.faces)
                if part.mesh.normals is None:
                    corner_normals.append(np.zeros((count, 3, 3)))
                else:
                    corner_normals.append((part.mesh.normals @ matrix[:3, :3].T)[part.mesh.faces])
                smooth.append(np.full(count, part.mesh.normals is not None))
                owner.append(np.full(count, number, np.uint16))
        self.corners: Float = np.concatenate(corners) if corners else np.zeros((0, 3, 3))
        self.corner_normals: Float = np.concatenate(corner_normals) if corners else np.zeros((0, 3, 3))
        self.smooth = np.concatenate(smooth) if corners else np.zeros(0, bool)
        self.owner = np.concatenate(owner) if corners else np.zeros(0, np.uint16)
        self.plane_normal: Float = np.cross(
            self.corners[:, 1] - self.corners[:, 0], self.corners[:, 2] - self.corners[:, 0]
        )
        self.plane_offset: Float = np.einsum("ij,ij->i", self.plane_normal, self.corners[:, 0])
        # All rays start at the origin, so a facet shows the same side to each of them: n.v0 > 0 is its back.
        self.away = self.plane_offset > 0
        length = np.linalg.norm(self.plane_normal, axis=1, keepdims=True)
        facing = np.where(self.away[:, None], -1.0, 1.0) / np.maximum(length, 1e-300)
        self.facet: Float = self.plane_normal * facing
        self._embree = rtcore_scene.EmbreeScene()
        if len(self.corners):
            self._mesh = TriangleMesh(self._embree, self.corners.astype(np.float32))

    def first_hits(self, directions: Float) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Nearest triangle along each ray from the camera: (triangle int32 [N], -1 for none; Embree's t float32 [N])."""
        if not len(self.corners):
            return np.full(len(directions), -1, np.int32), np.full(len(directions), np.inf, np.float32)
        origins = np.zeros((len(directions), 3), np.float32)
        hits = self._embree.run(origins, directions.astype(np.float32), output=True)
        return np.asarray(hits["primID"], np.int32), np.asarray(hits["tfar"], np.float32)

    def labels(self) -> Labels:
        """Trace every pixel centre."""
        camera = self.scene.camera
        rays = camera.rays().reshape(-1, 3)
        triangle, t_embree = self.first_hits(rays)
        depth = np.full(len(rays), np.inf, np.float32)
        normals = np.zeros((len(rays), 3), np.float32)
        instance = np.zeros(len(rays), np.uint16)

        hit = slice(None) if len(triangle) and triangle.min() >= 0 else np.flatnonzero(triangle >= 0)
        prim, ray = triangle[hit], rays[hit]
        depth[hit] = self._depth(prim, ray, t_embree[hit])
        instance[hit] = self.owner[prim]
        seen = (self.facet * TO_LABEL_AXES).astype(np.float32)[prim]
        round_ = np.flatnonzero(self.smooth[prim])
        seen[round_] = self._smooth_normals(prim[round_], ray[round_]) * TO_LABEL_AXES
        normals[hit] = seen

        shape = (camera.height, camera.width)
        instance = instance.reshape(shape)
        return Labels(
            depth=depth.reshape(shape),
            normals=normals.reshape(*shape, 3),
            instance=instance,
            semantic=semantic_ids(self.scene.objects, self.scene.classes)[instance],
        )

    def _depth(self, prim: NDArray[np.int32], rays: Float, t_embree: NDArray[np.float32]) -> Float:
        """z of each ray on its own triangle's plane: n.(p - v0) = 0 with p = t (x, y, 1) gives t = n.v0 / n.ray.

        Where the plane is seen so edge-on that this leaves Embree's own hit, Embree's t stands.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            t = self.plane_offset[prim] / np.einsum("ij,ij->i", self.plane_normal[prim], rays)
        return np.where(np.abs(t - t_embree) <= 1e-3 * t_embree, t, t_embree)

    def _smooth_normals(self, prim: NDArray[np.int32], rays: Float) -> Float:
        """Vertex normals blended at the hit, turned to face the viewer: float64 [N, 3] in OpenCV camera axes.

        Barycentric coordinates after Moeller and Trumbore, "Fast, Minimum Storage Ray-Triangle Intersection", 1997.
        """
        v0 = self.corners[prim, 0]
        moment = np.cross(v0, rays)
        with np.errstate(divide="ignore", invalid="ignore"):
            inverse = 1.0 / np.einsum("ij,ij->i", self.plane_normal[prim], rays)
            b1 = np.einsum("ij,ij->i", self.corners[prim, 2] - v0, moment) * inverse
            b2 = -np.einsum("ij,ij->i", self.corners[prim, 1] - v0, moment) * inverse
        b1 = np.clip(np.nan_to_num(b1, nan=1 / 3), 0.0, 1.0)
        b2 = np.clip(np.nan_to_num(b2, nan=1 / 3), 0.0, 1.0 - b1)
        normals = np.einsum("ij,ijk->ik", np.stack([1.0 - b1 - b2, b1, b2], axis=1), self.corner_normals[prim])
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = np.where(length > 1e-9, normals / np.maximum(length, 1e-9), 0.0)
        normals[self.away[prim]] *= -1.0
        # Near a silhouette a blended normal may tip past the horizon of what can be seen: the nearest
        # direction that still faces the viewer is its projection on the plane across the ray.
        unit_rays = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        past = np.maximum(np.einsum("ij,ij->i", normals, unit_rays), 0.0)
        normals -= past[:, None] * unit_rays
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        return np.where(length > 1e-9, normals / np.maximum(length, 1e-9), self.facet[prim])


def semantic_ids(objects: tuple[Object, ...], classes: tuple[str, ...]) -> NDArray[np.uint16]:
    """Table from instance id to semantic id: uint16 [len(objects) + 1]. Raises ValueError for an unlisted category."""
    unlisted = sorted({thing.category for thing in objects} - set(classes))
    if unlisted:
        raise ValueError(f"categories {', '.join(unlisted)} are not in the class list")
    return np.array([0, *(classes.index(thing.category) for thing in objects)], np.uint16)
