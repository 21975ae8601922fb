"""Independent looks at a scene: FCL for collisions, trimesh for inside and outside, and whether two are the same."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import Any

import fcl
import numpy as np
import trimesh

from pipeline.compose import compose
from pipeline.config import SceneRecipe
from pipeline.scene import CannotPlace, Mesh, Object, Scene


def as_trimesh(mesh: Mesh) -> trimesh.Trimesh:
    """`mesh` with vertices merged by position, as a solid."""
    solid = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    solid.merge_vertices(merge_tex=True, merge_norm=True)
    solid.update_faces(solid.nondegenerate_faces(height=1e-12))
    return solid


def world_mesh(thing: Object) -> tuple[np.ndarray, np.ndarray]:
    """Vertices [V, 3] in world coordinates and faces [F, 3] of all parts together."""
    starts = np.cumsum([0] + [len(part.mesh.vertices) for part in thing.parts[:-1]])
    return thing.world_vertices(), np.concatenate(
        [part.mesh.faces + s for part, s in zip(thing.parts, starts, strict=True)]
    )


def identical(a: Any, b: Any) -> bool:
    """Whether two scenes, or parts of scenes, agree in every field, bit for bit."""
    if type(a) is not type(b):
        return False
    if dataclasses.is_dataclass(a):
        return all(identical(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(identical(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return bool(a == b)


def first_scene(recipe: SceneRecipe, seed: int) -> Scene:
    """What the first of eight attempts at `seed` leads to that leads anywhere, seen in 96 x 96 pixels."""
    for attempt in range(8):
        with suppress(CannotPlace):
            return compose(recipe, np.random.SeedSequence(seed, spawn_key=(attempt,)), 96, 96)
    raise AssertionError("no scene in eight attempts")


def proper_rotation(pose: np.ndarray) -> bool:
    """Whether a 4x4 pose turns and shifts, and neither scales nor mirrors."""
    turn = pose[:3, :3]
    # Poses are rounded to nine decimals.
    return bool(np.allclose(turn @ turn.T, np.eye(3), atol=5e-9) and np.linalg.det(turn) > 0)


def in_free_air(everything: trimesh.Trimesh, points: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Whether each of `points` lies in no solid: every ray from it first meets a face from outside. bool [n]."""
    starts = np.repeat(points, len(directions), axis=0)
    rays = np.tile(directions, (len(points), 1))
    _, which, faces = everything.ray.intersects_location(starts, rays, multiple_hits=False)
    inside = np.einsum("ij,ij->i", everything.face_normals[faces], rays[which]) > 0
    return np.bincount(which[inside] // len(directions), minlength=len(points)) == 0


def drop(thing: Object, support: Object) -> float:
    """How far the lowest points of `thing` hang above the surface of `support`, by ray casting downwards."""
    gap = _drop(thing.world_vertices(), support)
    if gap < np.inf:
        return gap
    # Slats carry what lies on them between its corners: look at the whole of its underside.
    points, faces = world_mesh(thing)
    low = faces[(points[faces][..., 2] < points[:, 2].min() + 1e-4).all(1)]
    if not len(low):
        return gap
    finer, _ = trimesh.remesh.subdivide_to_size(points, low, 0.01, max_iter=20)
    return _drop(finer, support)


def _drop(vertices: np.ndarray, support: Object) -> float:
    lowest = vertices[vertices[:, 2] < vertices[:, 2].min() + 1e-4]
    inset = lowest + 0.02 * (lowest.mean(0) - lowest)
    start = inset + np.array([0.0, 0.0, 1e-3])
    solid = trimesh.Trimesh(*world_mesh(support), process=False)
    hits, rays, _ = solid.ray.intersects_location(start, np.tile([0.0, 0.0, -1.0], (len(start), 1)), multiple_hits=True)
    below = start[rays, 2] - 1e-3 - hits[:, 2]
    return float(below[below > -1e-6].min(initial=np.inf))


def gap_between_bounds(thing: Object, support: Object) -> float:
    """Metres between the axis-aligned bounds of two things."""
    a, b = thing.world_vertices(), support.world_vertices()
    return float(np.linalg.norm(np.maximum(np.maximum(a.min(0) - b.max(0), b.min(0) - a.max(0)), 0.0)))


def collisions(scene: Scene) -> list[tuple[str, str]]:
    """Pairs of objects whose surfaces intersect, by FCL on the triangles."""
    models, bounds = [], []
    for thing in scene.objects:
        vertices, faces = world_mesh(thing)
        model = fcl.BVHModel()
        model.beginModel(len(vertices), len(faces))
        model.addSubModel(vertices, faces)
        model.endModel()
        models.append(fcl.CollisionObject(model, fcl.Transform()))
        bounds.append((vertices.min(0), vertices.max(0)))
    hits = []
    for i in range(len(models)):
        for j in range(i):
            near = (bounds[i][0] <= bounds[j][1]).all() and (bounds[j][0] <= bounds[i][1]).all()
            if near and fcl.collide(models[i], models[j], fcl.CollisionRequest(), fcl.CollisionResult()):
                hits.append((scene.objects[j].name, scene.objects[i].name))
    return hits
