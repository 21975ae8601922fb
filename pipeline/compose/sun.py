"""The sun and the moon as lights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.scene import Float, Light, look_at

SUN_SIZE_RAD = 0.0093


def sun_light(towards: Float, irradiance: Float, size_rad: float = SUN_SIZE_RAD) -> Light:
    """A sun that stands in the direction `towards` [3] and gives `irradiance` [3], linear RGB, to what faces it."""
    # A camera looks along its +Z, a light shines along its -Z: turn the camera half round about its x axis.
    pose = look_at(towards * 10.0, np.zeros(3)) @ np.diag([1.0, -1.0, -1.0, 1.0])
    most = float(irradiance.max())
    r, g, b = (float(c) for c in np.maximum(irradiance, 0.0) / most)
    return Light("sun", pose, (r, g, b), most, (size_rad, size_rad))


def turned(light: Light, yaw_rad: float) -> Light:
    """`light` turned about the world's z axis, as an Environment is by its yaw."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    turn = np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    return replace(light, pose=turn @ light.pose)
