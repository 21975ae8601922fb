"""What is seen of each object: boxes, pixel counts and how much of it is hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.labels.embree import TriangleScene
from pipeline.labels.trace import Labels
from pipeline.scene import Camera, Float, Object, Scene

MAX_SILHOUETTE_RAYS = 16384
NEAR_M = 0.02


@dataclass(frozen=True)
class Instance:
    """One object as this view shows it.

    id: its value in `Labels.instance`. name, category, thing, support, attributes, source: as in the Scene.
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
    source: str = "plantain"


def instance_table(scene: Scene, labels: Labels) -> list[Instance]:
    """One row for every object that at least one pixel sees, in order of id."""
    table = []
    ids = labels.instance.ravel()
    counts = np.bincount(ids, minlength=len(scene.objects) + 1)
    pixels = np.split(np.argsort(ids, kind="stable"), np.cumsum(counts)[:-1])
    for number, thing in enumerate(scene.objects, start=1):
        if not counts[number]:
            continue
        v, u = np.divmod(pixels[number], labels.instance.shape[1])
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
                visible_fraction=visible_fraction(thing, scene.camera, labels.instance, number) if thing.thing else 1.0,
                centroid=(round(float(u.mean()), 3), round(float(v.mean()), 3)),
                depth_m=round(float(np.median(labels.depth[v, u])), 5),
                size_m=tuple(round(float(x), 5) for x in bounds.max(0) - bounds.min(0)),  # type: ignore[arg-type]
                source=thing.source,
            )
        )
    return table


def visible_fraction(thing: Object, camera: Camera, instance: NDArray[np.uint16], number: int) -> float:
    """Share of the object's whole outline that the pixels of `instance` [H, W] equal to `number` show, in [0, 1].

    The outline is traced alone on a pixel grid that reaches past the image by up to one image size on each side,
    thinned evenly to at most MAX_SILHOUETTE_RAYS.
    """
    vertices, faces = _camera_space(thing, camera)
    low, high = np.array([-camera.width, -camera.height]), np.array([2 * camera.width, 2 * camera.height])
    used = np.zeros(len(vertices), bool)
    used[faces] = True
    # Along rows that lie in one piece, extremes are found several times as fast.
    x, y, z = np.ascontiguousarray((vertices[used] @ camera.intrinsics.T).T)
    if z.min() > NEAR_M:
        x, y = x / z, y / z
        low = np.maximum(low, np.floor([x.min(), y.min()]).astype(int))
        high = np.minimum(high, np.ceil([x.max(), y.max()]).astype(int) + 1)
    step = max(1, int(np.ceil(np.sqrt(np.prod((high - low).astype(float)) / MAX_SILHOUETTE_RAYS))))
    u, v = np.arange(low[0], high[0], step), np.arange(low[1], high[1], step)
    (fx, _, cx), (_, fy, cy), _ = camera.intrinsics
    rays = np.ones((3, len(v), len(u)), np.float32)
    rays[0], rays[1] = (u - cx) / fx, ((v - cy) / fy)[:, None]
    outline = TriangleScene(vertices, faces).first_hits(rays.reshape(3, -1))[0].reshape(len(v), len(u)) >= 0

    inside = np.ix_((v >= 0) & (v < camera.height), (u >= 0) & (u < camera.width))
    rows, columns = v[(v >= 0) & (v < camera.height)], u[(u >= 0) & (u < camera.width)]
    seen = np.zeros(outline.shape, bool)
    seen[inside] = instance[np.ix_(rows, columns)] == number
    whole = int(np.count_nonzero(outline | seen))
    return round(int(np.count_nonzero(seen)) / whole, 4) if whole else 1.0


def _camera_space(thing: Object, camera: Camera) -> tuple[Float, NDArray[np.int32]]:
    """The object's parts as one mesh: vertices [V, 3], faces [F, 3]."""
    matrix = camera.world_to_camera @ thing.pose
    starts = np.cumsum([0, *(len(part.mesh.vertices) for part in thing.parts)], dtype=np.int32)
    vertices = np.concatenate([part.mesh.vertices for part in thing.parts])
    faces = np.concatenate([part.mesh.faces + start for part, start in zip(thing.parts, starts[:-1], strict=True)])
    return vertices @ matrix[:3, :3].T + matrix[:3, 3], faces
