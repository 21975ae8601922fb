"""Light in a hall: rows of lamps, and by day the bands in its roof.

Powers follow from the picture wanted, as in room_light. A row of lamps becomes a few long rectangles at the height of
their mouths: the flux is theirs, and renderers need not hold a hundred lights.
"""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.hall import MARKING_M
from pipeline.compose.layouts.warehouse_plan import Hall
from pipeline.compose.placement import Placed
from pipeline.scene import CannotPlace, Light

SKY = {"day": (0.95, 1.1, 1.25), "overcast": (0.9, 0.94, 0.98), "night": (0.012, 0.014, 0.02)}
"""Linear radiance of the panes of a light band."""
SHARE_OF_DAYLIGHT = {"day": 0.65, "overcast": 0.45, "night": 0.0}
DAYLIGHT = {"day": (0.95, 0.98, 1.0), "overcast": (0.92, 0.97, 1.0), "night": (1.0, 1.0, 1.0)}
LAMPLIGHT = ((0.94, 0.98, 1.0), (1.0, 0.98, 0.94), (1.0, 0.93, 0.82))
TARGET_RADIANCE = 0.27
ALBEDO = 0.32
"""Mean reflectance of a hall with its racks: goods and steel swallow more than the walls of a room."""
LAMP_STRIPS, SKY_STRIPS = 5, 2
"""Rectangles that stand for all lamps and for all light bands, where rows are not more: each costs a shadow map."""


def light_hall(hall: Hall, time: str, rng: np.random.Generator) -> tuple[Light, ...]:
    """Rectangles under the lamps and, by day, under the light bands.

    Raises CannotPlace for a hall with neither.
    """
    x, y, z = hall.plan.size
    surface = 2 * (x * y + y * z + z * x)
    power = TARGET_RADIANCE * float(rng.uniform(0.85, 1.25)) * np.pi * surface * (1 - ALBEDO) / ALBEDO
    lamps = [p for p in hall.placed if p.asset.mouths]
    bands = [p for p in hall.placed if p.asset.category == "skylight"]
    if not lamps and not (bands and SHARE_OF_DAYLIGHT[time]):
        raise CannotPlace("the hall has neither lamps nor daylight")
    daylight = power * (SHARE_OF_DAYLIGHT[time] if bands else 0.0)
    tint = LAMPLIGHT[int(rng.integers(len(LAMPLIGHT)))]
    rows = _rows(lamps)
    parts = max(1, LAMP_STRIPS // max(len(rows), 1))
    lights = []
    for row in rows:
        mouth = row[0].asset.mouths[0]
        height = float(row[0].to_world(mouth.centre)[2])
        for group in np.array_split(np.array([lamp.position[0] for lamp in row]), min(parts, len(row))):
            reach = float(group[-1] - group[0]) + mouth.width_m
            middle = float(group[0] + group[-1]) / 2
            share = len(group) / len(lamps)
            lights.append(
                _strip(middle, row[0].position[1], height, reach, mouth.width_m, tint, (power - daylight) * share)
            )
    if daylight:
        # Below the trusses, which would stand in the strip.
        height = z - hall.plan.truss_m - 0.02 - MARKING_M
        ys = sorted({float(band.position[1]) for band in bands})
        for group in np.array_split(np.array(ys), min(SKY_STRIPS, len(ys))):
            part = [band for band in bands if group[0] <= band.position[1] <= group[-1]]
            low, high = (
                np.array([band.extent for band in part])[:, 0].min(0),
                np.array([band.extent for band in part])[:, 1].max(0),
            )
            (x, y), (reach, wide) = ((low + high) / 2)[:2], (high - low)[:2]
            lights.append(_strip(x, y, height, reach, wide, DAYLIGHT[time], daylight * len(part) / len(bands)))
    return tuple(lights)


def _rows(placed: list[Placed]) -> list[list[Placed]]:
    """Things of one y, in order of x."""
    ys = sorted({float(p.position[1]) for p in placed})
    return [sorted((p for p in placed if p.position[1] == y), key=lambda p: float(p.position[0])) for y in ys]


def _strip(
    x: float, y: float, z: float, length: float, width: float, color: tuple[float, float, float], power: float
) -> Light:
    """A level rectangle that shines down."""
    pose = np.eye(4)
    pose[:3, 3] = [x, y, z]
    return Light("area", pose, color, power, (float(length), float(width)))
