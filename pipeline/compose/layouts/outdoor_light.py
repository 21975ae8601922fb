"""Lamps and lit windows of towns and gardens, when it is dark enough for them."""

from __future__ import annotations

import numpy as np

from pipeline.compose.daylight import Time
from pipeline.compose.placement import Arrangement
from pipeline.scene import Float, Light

LIT: dict[Time, tuple[float, float]] = {
    "day": (0.0, 0.0), "overcast": (0.0, 0.08), "golden": (0.02, 0.15), "dusk": (0.25, 0.5), "night": (0.2, 0.5),
}  # fmt: skip
"""Share of windows in which a lamp burns."""
MOST = 12
"""So many lights, in the lamps nearest to the camera; further ones would hardly show, and renderers hold only so many."""
SODIUM, LED = (1.0, 0.62, 0.28), (1.0, 0.86, 0.68)
LAMP_W: dict[Time, tuple[float, float]] = {"dusk": (16.0, 28.0), "night": (30.0, 55.0)}
"""Radiant flux of a lamp 5 m high, on the scale of daylight.py; a higher one gives more, by the square of its height."""


def lamp_light(world: Arrangement, eye: Float, time: Time, rng: np.random.Generator) -> tuple[Light, ...]:
    """Light from the mouths of the lamps nearest to `eye` [3], at dusk and by night."""
    tint, luck = (SODIUM if rng.random() < 0.35 else LED), float(rng.random())
    if time not in LAMP_W:
        return ()
    low, high = LAMP_W[time]
    lamps = [placed for placed in world.placed if placed.asset.mouths]
    lamps.sort(key=lambda lamp: (round(float(((lamp.position - eye) ** 2).sum()), 6), lamp.name))
    lights: list[Light] = []
    for lamp in lamps:
        if len(lights) + len(lamp.asset.mouths) > MOST:
            break
        for mouth in lamp.asset.mouths:
            pose = np.diag([1.0, -1.0, -1.0, 1.0]) if mouth.up else np.eye(4)
            pose[:3, 3] = lamp.to_world(mouth.centre)
            power = (low + (high - low) * luck) * mouth.share * (max(mouth.centre[2], 2.5) / 5.0) ** 2
            lights.append(Light("area", pose, tint, power, (mouth.width_m, mouth.width_m)))
    return tuple(lights)


def draw_lit(time: Time, rng: np.random.Generator) -> float:
    """Share of lit windows at `time`."""
    return float(rng.uniform(*LIT[time]))
