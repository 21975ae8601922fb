"""Independent looks at a scene: FCL for collisions, trimesh for inside and outside."""

from __future__ import annotations

import fcl
import numpy as np
import trimesh

from pipeline.scene import Mesh, Object, Scene


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
