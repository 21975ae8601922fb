"""What is seen of each object: boxes, pixel counts and how much of it is hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh

from pipeline.labels.trace import Labels
from pipeline.scene import Camera, Object, Scene

MAX_SILHOUETTE_RAYS = 16384
NEAR_M = 0.02


@dataclass(frozen=True)
class Instance:
    """One object as this view shows it.

    id: its value in `Labels.instance`. name, category, thing, support, attributes: as in the Scene.
    box: (x0, y0, x1, y1) in pixels, inclusive of x0, y0 and exclusive of x1, y1.
    pixels: how many pixel centres see it.
    visible_fraction: pixels seen over pixels its whole outline would cover with nothing in front and no image border.
    centroid: mean (u, v) of its pixels. depth_m: median depth of its pixels, metres.
    size_m: extents of the object's own bounding box (x, y, z), metres.
    """

    id: int
    name: str
    category: str
    thing: bool
    support: str | None
    attributes: dict[str, str]
    box: tuple[int, int, int, int]
    pixels: int
    visible_fraction: float
    centroid: tuple[float, float]
    depth_m: float
    size_m: tuple[float, float, float]


def instance_table(scene: Scene, labels: Labels) -> list[Instance]:
    """One row for every object that at least one pixel sees, in order of id."""
    table = []
    counts = np.bincount(labels.instance.ravel(), minlength=len(scene.objects) + 1)
    for number, thing in enumerate(scene.objects, start=1):
        if not counts[number]:
            continue
        v, u = np.nonzero(labels.instance == number)
        bounds = np.concatenate([part.mesh.bounds for part in thing.parts])
        table.append(
            Instance(
                id=number,
                name=thing.name,
                category=thing.category,
                thing=thing.thing,
                support=thing.support,
                attributes=dict(thing.attributes),
                box=(int(u.min()), int(v.min()), int(u.max()) + 1, int(v.max()) + 1),
                pixels=int(counts[number]),
                visible_fraction=visible_fraction(thing, scene.camera, labels.instance == number)
                if thing.thing
                else 1.0,
                centroid=(round(float(u.mean()), 3), round(float(v.mean()), 3)),
                depth_m=round(float(np.median(labels.depth[v, u])), 5),
                size_m=tuple(round(float(x), 5) for x in bounds.max(0) - bounds.min(0)),  # type: ignore[arg-type]
            )
        )
    return table


def visible_fraction(thing: Object, camera: Camera, mask: np.ndarray) -> float:
    """Share of the object's whole outline that `mask` (bool [H, W]) shows, in [0, 1].

    The outline is traced alone on a pixel grid that reaches past the image by up to one image size on each side,
    thinned evenly to at most MAX_SILHOUETTE_RAYS.
    """
    matrix = camera.world_to_camera @ thing.pose
    corners = []
    for part in thing.parts:
        vertices = part.mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3]
        corners.append(vertices[part.mesh.faces])
    triangles = np.concatenate(corners)
    points = triangles.reshape(-1, 3)
    low, high = np.array([-camera.width, -camera.height]), np.array([2 * camera.width, 2 * camera.height])
    if points[:, 2].min() > NEAR_M:
        projected = points @ camera.intrinsics.T
        pixels = projected[:, :2] / projected[:, 2:]
        low = np.maximum(low, np.floor(pixels.min(0)).astype(int))
        high = np.minimum(high, np.ceil(pixels.max(0)).astype(int) + 1)
    step = max(1, int(np.ceil(np.sqrt(np.prod((high - low).astype(float)) / MAX_SILHOUETTE_RAYS))))
    u, v = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step))
    homogeneous = np.stack([u.ravel(), v.ravel(), np.ones(u.size)], axis=1)
    rays = homogeneous @ np.linalg.inv(camera.intrinsics).T

    embree = rtcore_scene.EmbreeScene()
    _mesh = TriangleMesh(embree, triangles.astype(np.float32))  # Embree keeps a pointer to it
    outline = np.asarray(embree.run(np.zeros((len(rays), 3), np.float32), rays.astype(np.float32))) >= 0
    inside = (u.ravel() >= 0) & (u.ravel() < camera.width) & (v.ravel() >= 0) & (v.ravel() < camera.height)
    seen = np.zeros(len(rays), bool)
    seen[inside] = mask[v.ravel()[inside], u.ravel()[inside]]
    whole = int(np.count_nonzero(outline | seen))
    return round(int(np.count_nonzero(seen)) / whole, 4) if whole else 1.0
