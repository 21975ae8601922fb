"""Photographed panoramas: the sun taken out of the picture and made a light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.compose.grid import radiance_on_grid
from pipeline.scene import Environment, Float, Light, look_at, panorama_directions

LOBE_RAD = 0.07
"""What is this close to the brightest spot belongs to the sun's disc or to its glare on the lens."""
RING_RAD = 0.13
"""How far the ring around it reaches whose radiance stays in the sun's place."""
LEAST_SHARE = 0.15
"""Of the light from above that must come from the lobe before it counts as a sun that casts shadows."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def without_sun(panorama: Environment) -> tuple[Environment, Light | None]:
    """`panorama` without its sun, and the sun as a light of the same irradiance; the panorama itself where it has none.

    The sun is the most compact bright lobe above the horizon; what it sends more than the sky around it is moved
    from the picture to the light.
    """
    picture = panorama.radiance.astype(np.float64)
    height = len(picture)
    d = panorama_directions(height)
    luminance = picture @ LUMINANCE
    upper = np.where(d[..., 2] > 0.02, luminance, 0.0)
    row, column = np.unravel_index(int(upper.argmax()), upper.shape)
    centre = _centroid(upper, d, d[row, column])
    angle = np.arccos(np.clip(d @ centre, -1.0, 1.0))
    lobe, ring = angle < LOBE_RAD, (angle >= LOBE_RAD) & (angle < RING_RAD)
    around = np.median(picture[ring], axis=0)
    solid = (np.sin((np.arange(height) + 0.5) / height * np.pi) * (np.pi / height) ** 2)[:, None, None]
    excess = np.where(lobe[..., None], np.maximum(picture - around, 0.0), 0.0)
    irradiance = (excess * solid).sum((0, 1))
    level = (picture * solid * np.maximum(d[..., 2:], 0.0)).sum((0, 1)) @ LUMINANCE
    if irradiance @ LUMINANCE * centre[2] < LEAST_SHARE * level:
        return replace(panorama, radiance=radiance_on_grid(picture)), None
    kept = replace(panorama, radiance=radiance_on_grid(picture - excess))
    return kept, _sun(centre, irradiance, panorama.yaw_rad)


def _centroid(luminance: Float, d: Float, start: Float) -> Float:
    near = np.where(d @ start > np.cos(LOBE_RAD), luminance, 0.0) ** 2
    centre = (near[..., None] * d).sum((0, 1))
    return np.asarray(centre / np.linalg.norm(centre))


def _sun(towards: Float, irradiance: Float, yaw: float) -> Light:
    c, s = np.cos(yaw), np.sin(yaw)
    x, y, z = towards
    pose = look_at(np.array([c * x - s * y, s * x + c * y, z]), np.zeros(3)) @ np.diag([1.0, -1.0, -1.0, 1.0])
    r, g, b = (float(channel) for channel in irradiance / irradiance.max())
    return Light("sun", pose, (r, g, b), float(irradiance.max()), (0.0093, 0.0093))
