"""From where shadow maps look: one camera for a rectangle, six for a point, nested ones for a sun over a wide scene."""

from __future__ import annotations

import numpy as np

from pipeline.scene import Camera, Float, Light, Scene

AREA_SHADOW_DEG = 150.0
"""Full opening angle of a rectangle's shadow map. Beyond it the light grazes and casts no shadow."""
CUBE_MARGIN = 1.15
"""A point's six shadow maps overlap by so much, so that soft edges do not break where two of them meet."""
NESTED_FROM_M = 24.0
"""Where casters spread wider than this, a sun has finer maps for what the camera sees nearby."""
SLICES_M = ((0.0, 5.0), (5.0, 18.0), (18.0, 60.0))
"""Depths before the camera that a finer map covers each; texels then grow with distance, as pixels do."""
FILTER_MARGIN = 1.2
"""Maps of slices are wider than these, for the filter reads beyond the edge."""

ShadowCamera = tuple[Float, tuple[float, float, float]]


def shadow_cameras(light: Light, bounds: Float, casters: Float, camera: Camera) -> list[ShadowCamera]:
    """World-to-clip matrices with near plane, far plane and relative width of the shadow maps of one light.

    bounds, casters: of the whole scene and of what can shade something, float64 [2, 3]. A sun's maps run from the
    finest, which covers the ground nearest to `camera`, to the one that covers all casters.
    """
    pose = np.eye(4)
    pose[:3, :3] = light.pose[:3, :3]
    if light.kind == "sun":
        return _sun_cameras(pose, bounds, casters, camera)
    pose[:3, 3] = light.pose[:3, 3]
    far = float(np.linalg.norm(_corners_of(bounds) - pose[:3, 3], axis=1).max()) + 0.1
    near = 0.02
    half = np.tan(np.radians(AREA_SHADOW_DEG) / 2.0) if light.kind == "area" else CUBE_MARGIN
    clip = np.zeros((4, 4))
    clip[0, 0] = clip[1, 1] = 1.0 / half
    clip[2, 2:] = -(far + near) / (far - near), -2.0 * far * near / (far - near)
    clip[3, 2] = -1.0
    planes = (near, far, 2.0 * float(half))
    if light.kind == "area":
        return [(clip @ np.linalg.inv(pose), planes)]
    return [(clip @ np.linalg.inv(_facing(pose[:3, 3], axis)), planes) for axis in np.vstack([np.eye(3), -np.eye(3)])]


def caster_bounds(scene: Scene, bounds: Float) -> Float:
    """Bounds of what can shade something: a flat floor at the very bottom cannot, however wide it is."""
    boxes = []
    for thing in scene.objects:
        low, high = thing.world_bounds()
        if high[2] > bounds[0, 2] + 1e-3:
            boxes.append((low, high))
    if not boxes:
        return bounds
    return np.stack([np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)])


def _sun_cameras(pose: Float, bounds: Float, casters: Float, camera: Camera) -> list[ShadowCamera]:
    """A parallel shadow keeps its light-space x and y, so a map that covers the casters covers all shadows."""
    turn = pose[:3, :3]
    reach = (_corners_of(bounds) @ turn)[:, 2]
    seen = (_corners_of(casters) @ turn)[:, :2]
    low, high = seen.min(0), seen.max(0)
    whole = float((high - low).max()) * 1.02 + 1e-3
    maps = [_parallel(pose, (low + high) / 2, whole, reach)]
    if whole < NESTED_FROM_M:
        return maps
    smallest = whole
    for near, far in reversed(SLICES_M):
        part = (_slice_corners(camera, near, far) @ turn)[:, :2]
        inner, outer = np.maximum(part.min(0), low), np.minimum(part.max(0), high)
        size = float((outer - inner).max()) * FILTER_MARGIN + 1e-3
        if (outer > inner).all() and size < 0.8 * smallest:
            maps.insert(0, _parallel(pose, (inner + outer) / 2, size, reach))
            smallest = size
    return maps


def _parallel(pose: Float, middle: Float, size: float, reach: Float) -> ShadowCamera:
    """A square of edge `size` around `middle` in light space, as deep as the scene reaches along the light."""
    pose = pose.copy()
    pose[:3, 3] = pose[:3, :3] @ np.array([*middle, reach.max() + 0.1])
    far = float(np.ptp(reach)) + 0.2
    clip = np.diag([2.0 / size, 2.0 / size, -2.0 / far, 1.0])
    clip[2, 3] = -1.0
    return clip @ np.linalg.inv(pose), (0.0, far, size)


def _slice_corners(camera: Camera, near: float, far: float) -> Float:
    """The corners of what the camera sees between two depths, world coordinates: float64 [8, 3]."""
    pixels = np.array([[u, v, 1.0] for u in (-0.5, camera.width - 0.5) for v in (-0.5, camera.height - 0.5)])
    rays = pixels @ np.linalg.inv(camera.intrinsics).T
    return np.concatenate([rays * near, rays * far]) @ camera.pose[:3, :3].T + camera.pose[:3, 3]


def _facing(position: Float, axis: Float) -> Float:
    """OpenGL camera pose that looks along a coordinate axis."""
    up = np.roll(np.abs(axis), 1)
    pose = np.eye(4)
    pose[:3, :3] = np.stack([np.cross(axis, up), up, -axis], axis=1)
    pose[:3, 3] = position
    return pose


def _corners_of(bounds: Float) -> Float:
    return np.array([[bounds[i, 0], bounds[j, 1], bounds[k, 2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
