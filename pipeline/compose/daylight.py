"""Light for open ground: sun and sky by the time of day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.scene import Environment, Light, look_at

Time = Literal["day", "overcast", "golden", "dusk", "night"]


@dataclass(frozen=True, eq=False)
class Daylight:
    """What lights a scene under the open sky: the arguments `background`, `lights` and `exposure` of a Scene."""

    background: tuple[float, float, float] | Environment
    lights: tuple[Light, ...]
    exposure: float


def outdoor_light(time: Time, rng: np.random.Generator) -> Daylight:
    """Sun and sky at some hour of `time`. Street lamps and lit windows are the layout's to add."""
    elevation, azimuth = np.radians(rng.uniform(15, 65)), rng.uniform(0, 2 * np.pi)
    towards = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    # A camera looks along its +Z, a light shines along its -Z: turn the camera half round about its x axis.
    pose = look_at(towards * 10.0, np.zeros(3)) @ np.diag([1.0, -1.0, -1.0, 1.0])
    return Daylight(
        (0.55, 0.62, 0.72), (Light("sun", pose, (1.0, 0.96, 0.88), rng.uniform(2.0, 3.0), (0.02, 0.02)),), 0.0
    )
