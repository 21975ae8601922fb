"""Lights of a scene as the OpenGL shader wants them: flat arrays, shadow cameras and an estimate of indirect light.

Direct light is exact in the absence of shadows: the sun and point lights by their formulas, rectangles by
Lambert's polygon formula in the shader. Light that arrives after bounces is one constant per hemisphere:

- Indoors, the room is taken as an integrating sphere: flux P poured over surfaces of area A and mean albedo
  r returns as irradiance P/A * (r + r^2 + ...) = P/A * r/(1-r) (the ambient term of progressive radiosity,
  Cohen et al. 1988, equation 8).
- Outdoors, the sky's radiance from above; from below, what a floor of the scene's mean albedo sends back.

The shader has room for MAX_LIGHTS lights and MAX_LAYERS shadow maps (one for a rectangle, six for a point, one to four
for a sun).
Lights take part in order of the irradiance they would bring to the middle of a room, outdoors to what is FOREGROUND_M
before the camera, suns first. One that finds no room is left out, with a warning, rather than let through
walls without a shadow; its flux stays in the indirect light.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.render.batches import Batch
from pipeline.render.color import srgb_to_linear
from pipeline.render.environment import harmonics, hemispheres
from pipeline.render.shadow_cameras import caster_bounds, shadow_cameras
from pipeline.scene import Camera, Environment, Light, Scene

Float = NDArray[np.float64]

MAX_LIGHTS = 16
MAX_LAYERS = 24
SUN, AREA, POINT = 0, 1, 2
FOREGROUND_M = 8.0
GLOW_REACH_M = 0.05
"""A glowing facet lights the scene when this far in front of it is still within the scene's bounds."""


@dataclass(frozen=True, eq=False)
class Lighting:
    """Shader uniforms. N lights, L shadow map layers; world frame, metres.

    kind int32 [N]; position, direction (of travel) float [N, 3]; half_x, half_y: half edges of rectangles
    [N, 3]; strength: linear RGB [N, 3], irradiance of a sun, radiance of a rectangle, intensity of a point.
    radius_m [N]: what softens shadows (tangent of half the angle for a sun). layer int32 [N]: first shadow
    layer, -1 for none. nested int32 [N]: over how many layers, the finest first, a sun's shadows are spread.
    matrices [L, 4, 4]: world to clip of each layer. planes [L, 3]: near, far, and the width of the map at distance 1
    (at any distance for a sun). above, below: radiance of indirect light [3].
    harmonics: how the sky differs from that, for diffuse light (environment.harmonics) [9, 3].
    """

    kind: NDArray[np.int32]
    position: Float
    direction: Float
    half_x: Float
    half_y: Float
    strength: Float
    radius_m: Float
    layer: NDArray[np.int32]
    nested: NDArray[np.int32]
    matrices: Float
    planes: Float
    above: Float
    below: Float
    harmonics: Float


def light_up(scene: Scene, batches: list[Batch], shadows: bool) -> Lighting:
    """Lighting of a scene whose triangles are `batches`; see above for which lights take part in a crowd."""
    bounds = _bounds(batches)
    casters = caster_bounds(scene, bounds)
    layers: list[tuple[Float, tuple[float, float, float]]] = []
    lights: list[Light] = []
    first, nested = [], []
    middle = bounds.mean(0) if scene.indoors else _before(scene.camera)
    for light in sorted(scene.lights, key=lambda light: _rank(light, middle)):
        maps = shadow_cameras(light, bounds, casters, scene.camera) if shadows else []
        if len(lights) == MAX_LIGHTS or len(layers) + len(maps) > MAX_LAYERS:
            continue
        lights.append(light)
        first.append(len(layers) if maps else -1)
        nested.append(len(maps) if light.kind == "sun" else 1)
        layers += maps
    if len(lights) < len(scene.lights):
        warnings.warn(
            f"{len(scene.lights) - len(lights)} of {len(scene.lights)} lights are left out: the raster renderer holds "
            f"{MAX_LIGHTS} lights and {MAX_LAYERS} shadow maps, one for a rectangle, up to four for a sun and six for a point",
            RuntimeWarning,
            stacklevel=2,
        )
    poses = np.array([light.pose for light in lights]).reshape(-1, 4, 4)
    sizes = np.array([light.size_m for light in lights]).reshape(-1, 2)
    above, below = _indirect(scene, batches, bounds)
    grounded = scene.indoors or any(not thing.thing for thing in scene.objects)
    return Lighting(
        kind=np.array([{"sun": SUN, "area": AREA, "point": POINT}[light.kind] for light in lights], np.int32),
        position=poses[:, :3, 3],
        direction=-poses[:, :3, 2],
        half_x=poses[:, :3, 0] * sizes[:, :1] / 2,
        half_y=poses[:, :3, 1] * sizes[:, 1:] / 2,
        strength=np.array([_strength(light) for light in lights]).reshape(-1, 3),
        radius_m=np.array([_softness(light) for light in lights]),
        layer=np.array(first, np.int32),
        nested=np.array(nested, np.int32),
        matrices=np.array([matrix for matrix, _ in layers]).reshape(-1, 4, 4),
        planes=np.array([planes for _, planes in layers]).reshape(-1, 3),
        above=above,
        below=below,
        harmonics=np.zeros((9, 3))
        if scene.indoors
        else harmonics(scene.background, above, None if grounded else below),
    )


def _before(camera: Camera) -> Float:
    """A point some way ahead of the camera, nearer to its foreground than to its horizon."""
    return np.asarray(camera.pose[:3, 3] + FOREGROUND_M * camera.pose[:3, 2])


def _rank(light: Light, middle: Float) -> tuple[bool, float]:
    """Sorts lights, brightest first: suns, whose power is an irradiance already, before lamps, in W/m2 at `middle`."""
    distance2 = 1.0 if light.kind == "sun" else max(float(((light.pose[:3, 3] - middle) ** 2).sum()), 0.01)
    return light.kind != "sun", -light.power / distance2


def _strength(light: Light) -> Float:
    color = np.asarray(light.color, float) * light.power
    if light.kind == "sun":
        return color
    if light.kind == "point":
        return color / (4.0 * np.pi)
    return color / (np.pi * light.size_m[0] * light.size_m[1])


def _softness(light: Light) -> float:
    if light.kind == "sun":
        return float(np.tan(min(light.size_m[0], 1.0) / 2.0))
    if light.kind == "point":
        return light.size_m[0]
    return 0.5 * float(np.sqrt(light.size_m[0] * light.size_m[1]))


def _bounds(batches: list[Batch]) -> Float:
    if not batches:
        return np.array([[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]])
    boxes = np.concatenate([batch.boxes for batch in batches])
    return np.stack([boxes[:, 0].min(0), boxes[:, 1].max(0)]).astype(float)


def _indirect(scene: Scene, batches: list[Batch], bounds: Float) -> tuple[Float, Float]:
    """Radiance of light that arrives from above and from below after bounces: linear RGB, twice."""
    area, albedo, glow, lights = 0.0, np.zeros(3), np.zeros(3), scene.lights
    for batch in batches:
        # Coordinates lie in rows of their own, [3, F]: NumPy takes many times as long along an axis of three.
        columns = np.ascontiguousarray(batch.positions.T)
        v0, v1, v2 = (columns.take(corner, axis=1) for corner in batch.faces.T)
        facets = _cross(v1 - v0, v2 - v0)
        lengths = np.sqrt(facets[0] * facets[0] + facets[1] * facets[1] + facets[2] * facets[2])
        areas = lengths / 2.0
        first = batch.faces[:, 0]
        # Mean colour of each texture; the last row stands for layer -1, no texture.
        step = max(batch.skins.shape[1] // 32, 1)
        sparse = batch.skins[:, ::step, ::step, :3]
        tints = srgb_to_linear(sparse / 255.0).mean((1, 2)) if len(sparse) else []
        tints = np.concatenate([np.reshape(tints, (-1, 3)), np.ones((1, 3))])
        area += float(areas.sum())
        albedo += areas @ (batch.colors[first, :3] * tints[batch.glow[first, 3].astype(int)])
        shine = batch.glow[first, :3]
        if not shine.any():
            continue
        # The back of a view behind a window shines out of the scene.
        ahead = (v0 + v1 + v2) / np.float32(3.0) + GLOW_REACH_M * facets / np.maximum(lengths, 1e-12)
        inwards = ((ahead > bounds[0][:, None]) & (ahead < bounds[1][:, None])).all(0)
        glow += np.pi * (areas * inwards) @ shine
    albedo = np.clip(albedo / max(area, 1e-9), 0.0, 0.9)
    lamps = sum((np.asarray(x.color) * x.power for x in lights if x.kind != "sun"), np.zeros(3)) + glow
    sky, under = hemispheres(scene.background)
    if scene.indoors:
        x, y, z = bounds[1] - bounds[0]
        walls = max(2.0 * (x * y + y * z + z * x), 1e-3)
        # Furniture swallows light too, with those of its faces that see the room: a tenth, which brings the mean
        # brightness of eight furnished rooms, by day and by lamplight, to 0.99 of what Cycles makes it.
        inside = walls + 0.1 * max(area - walls, 0.0)
        ambient = lamps / inside * albedo / (1.0 - albedo) / np.pi
        return ambient, ambient
    down = sum((_strength(s) * max(s.pose[2, 2], 0.0) for s in lights if s.kind == "sun"), np.zeros(3))
    ground = albedo / np.pi * (down + np.pi * sky)
    grounded = any(not thing.thing for thing in scene.objects)
    return sky, under if isinstance(scene.background, Environment) and not grounded else ground


def _cross(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cross product of vectors [3, N]."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
