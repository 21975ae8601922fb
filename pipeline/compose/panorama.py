"""Photographed panoramas: the sun taken out of the picture and made a light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.compose.grid import radiance_on_grid
from pipeline.compose.sun import sun_light, turned
from pipeline.scene import Environment, Float, Light, panorama_directions

LOBE_RAD, RING_RAD = 0.1, 0.16
"""What is within LOBE_RAD of the brightest spot belongs to the sun, its glare, or to the ringing that lossy files show
around it; the ring from there to RING_RAD tells what the sky behind it looks like."""
LEAST_SHARE = 0.15
"""Of the light from above that must come from the lobe before it counts as a sun that casts shadows."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def without_sun(panorama: Environment) -> tuple[Environment, Light | None]:
    """`panorama` without its sun, and the sun as a light of the same irradiance; no light where it shows none.

    The sun is the brightest spot above the horizon; what its surroundings send more than the ring around them is moved
    from the picture to the light. Negative radiance, which lossy files hold, becomes none.
    """
    picture = panorama.radiance.astype(np.float64)
    height = len(picture)
    d = panorama_directions(height)
    solid = (np.sin((np.arange(height) + 0.5) / height * np.pi) * (np.pi / height) ** 2)[:, None, None]
    upper = np.where(d[..., 2] > 0.02, picture @ LUMINANCE, 0.0)
    row, column = np.unravel_index(int(upper.argmax()), upper.shape)
    centre = _centroid(upper, d, d[row, column])
    angle = np.arccos(np.clip(d @ centre, -1.0, 1.0))
    around = np.median(picture[(angle >= LOBE_RAD) & (angle < RING_RAD)], axis=0)
    lobe = (angle < LOBE_RAD)[..., None]
    # Signed: what rings swings about the truth.
    irradiance = (np.where(lobe, picture - around, 0.0) * solid).sum((0, 1))
    if irradiance[2] > 2 * irradiance[0]:
        # No sun is that blue: red and green overflowed in the file. As white as can be, then.
        irradiance = np.full(3, irradiance.max())
    rest = np.maximum(np.where(lobe, around, picture), 0.0)
    level = (rest * solid * np.maximum(d[..., 2:], 0.0)).sum((0, 1)) @ LUMINANCE
    sun = float(irradiance @ LUMINANCE * centre[2])
    if sun <= LEAST_SHARE * (sun + level):
        return replace(panorama, radiance=radiance_on_grid(np.maximum(picture, 0.0))), None
    light = turned(sun_light(centre, irradiance), panorama.yaw_rad)
    return replace(panorama, radiance=radiance_on_grid(rest)), light


def _centroid(luminance: Float, d: Float, start: Float) -> Float:
    near = np.where(d @ start > np.cos(LOBE_RAD), luminance, 0.0) ** 2
    centre = (near[..., None] * d).sum((0, 1))
    return np.asarray(centre / np.linalg.norm(centre))
