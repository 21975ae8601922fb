"""Light for a closed room: daylight that enters by the windows, and lamps.

Powers follow from the picture wanted. In a closed room flux P poured over surfaces A of mean albedo r settles at
a mean radiance of P / (pi A) * r / (1 - r) (the integrating sphere), so P is chosen for the
brightness wanted beside the sky's behind the panes; the film meters the rest.
"""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.asset import Mouth
from pipeline.compose.assets.building import Opening
from pipeline.compose.blackbody import planckian
from pipeline.compose.draws import weighted
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Arrangement, Placed
from pipeline.compose.sun import sun_light
from pipeline.scene import CannotPlace, Light, upright

SKY = {
    "day": (1.0, 1.3, 1.65),
    "overcast": (1.05, 1.12, 1.2),
    "evening": (0.05, 0.075, 0.15),
    "night": (0.004, 0.006, 0.012),
}
"""Linear radiance of the sky behind the panes."""
TARGET_RADIANCE = {"day": 0.25, "overcast": 0.2, "evening": 0.11, "night": 0.06}
"""Mean of the room: by day some stops below the sky outside, by lamplight less, which the film does not quite make up."""
SHARE_OF_DAYLIGHT = {"day": 0.85, "overcast": 0.7, "evening": 0.06, "night": 0.004}
DAYLIGHT_KELVIN = {"day": (5400, 7500), "overcast": (6200, 8000), "evening": (8500, 12000), "night": (2300, 12000)}
"""Of what enters by the windows; at night that is the moon or a street lamp."""
WHITE_KELVIN = {"day": (5000, 6200), "overcast": (5000, 6500), "evening": (2900, 4300), "night": (2700, 3700)}
"""The light that the camera shows white, where the room's own lies within MOST_TINT_MIRED of it."""
MOST_TINT_MIRED = 38.0
"""A camera adapts to the lamps of a room, though never quite: its white lies no further from their light, in mired
(1e6 / kelvin). Further off, what is white would look brown or blue.
"""
LAMP_KELVIN = {2200: 0.04, 2700: 0.46, 3000: 0.28, 4000: 0.16, 5000: 0.06}
"""Bulbs as shops sell them, and how often."""
PANEL_KELVIN = {3000: 0.1, 3500: 0.2, 4000: 0.45, 5000: 0.25}
"""Light of offices."""
OVERHEAD = ("ceiling_lamp", "light_panel")
SUNNY = 0.55
"""Chance that on a day with windows the sun shines in."""
SUN_IRRADIANCE, SUN_ELEVATION_DEG = (3.5, 7.0), (16.0, 52.0)
CLEAR_M = 0.012
"""A light this close to something else may lie inside it."""


def light_room(shell: Shell, time: str, rng: np.random.Generator) -> tuple[Light, ...]:
    """Rectangles that fill the windows and the mouths of every lamp; the power wanted is shared among what there is.
    On some days the sun shines in, too.

    Raises CannotPlace for a room with neither a window nor a lamp.
    """
    room = shell.room
    surface, target = shell.surface_m2, TARGET_RADIANCE[time]
    albedo = _albedo(room)
    power = target * float(rng.uniform(0.85, 1.2)) * np.pi * surface * (1 - albedo) / albedo
    power = min(power, target * np.pi * surface * 2.0)
    lamps = [p for p in room.placed if p.asset.mouths]
    overhead = [p for p in lamps if p.asset.category in OVERHEAD]
    small = [p for p in lamps if p.asset.category not in OVERHEAD]
    if not (lamps or shell.windows):
        raise CannotPlace("the room has neither a window nor a lamp")
    daylight = power * (0.0 if not shell.windows else 1.0 if not lamps else SHARE_OF_DAYLIGHT[time])
    # By day a lamp left on adds a warm accent; after dark the lamps carry the room.
    dark = time in ("evening", "night")
    accent = min(0.45 if dark else 0.3, 0.16 * len(small)) if overhead else 1.0
    white, outside = (float(rng.uniform(*limits[time])) for limits in (WHITE_KELVIN, DAYLIGHT_KELVIN))
    # Bulbs overhead are bought together, those of small lamps one by one.
    bulb = _bulb(overhead[0] if overhead else None, rng)
    lit = [(lamp, bulb, (power - daylight) * (1.0 - accent) / len(overhead)) for lamp in overhead]
    lit += [(lamp, _bulb(lamp, rng), (power - daylight) * accent / len(small)) for lamp in small]
    white = _adapted(white, [(outside, daylight), *((kelvin, share) for _, kelvin, share in lit)])
    lights = [
        _daylight(shell, wall, opening, daylight / len(shell.windows), planckian(outside, white))
        for wall, opening in shell.windows
    ]
    for lamp, kelvin, share in lit:
        lights += _lamplight(room, lamp, share, planckian(kelvin, white))
    if time == "day" and shell.windows and rng.random() < SUNNY:
        lights.append(_sun(shell, white, rng))
    return tuple(lights)


def _adapted(white: float, light: list[tuple[float, float]]) -> float:
    """`white` (kelvin), or the nearest to it within MOST_TINT_MIRED of the mean of the `light`: (kelvin, watts) each."""
    kelvin, watts = np.array(light).T
    mean = float(np.average(1e6 / kelvin, weights=watts))
    return 1e6 / float(np.clip(1e6 / white, mean - MOST_TINT_MIRED, mean + MOST_TINT_MIRED))


def _bulb(lamp: Placed | None, rng: np.random.Generator) -> float:
    """Colour temperature of a lamp's light, kelvin."""
    kinds = PANEL_KELVIN if lamp is not None and lamp.asset.category == "light_panel" else LAMP_KELVIN
    return float(weighted(kinds, rng))


def _sun(shell: Shell, white: float, rng: np.random.Generator) -> Light:
    """The sun as it shines in by one of the windows, at most 50 degrees aside."""
    wall, _ = shell.windows[int(rng.integers(len(shell.windows)))]
    _, yaw = wall_pose(shell.walls[wall], 0.0, 0.0)
    inward = yaw + np.pi / 2 + np.radians(rng.uniform(-50, 50))
    elevation = np.radians(rng.uniform(*SUN_ELEVATION_DEG))
    towards = -np.array([np.cos(inward) * np.cos(elevation), np.sin(inward) * np.cos(elevation), -np.sin(elevation)])
    # Lower suns are redder: 4,000 kelvin at the horizon, 5,600 high up.
    kelvin = 4000.0 + 1600.0 * min(float(np.sin(elevation)) / 0.6, 1.0)
    return sun_light(towards, np.asarray(planckian(kelvin, white)) * rng.uniform(*SUN_IRRADIANCE))


def _lamplight(room: Arrangement, lamp: Placed, power: float, color: tuple[float, float, float]) -> list[Light]:
    """The lights of one lamp. A mouth that something stands in stays dark, unless it is the lamp's only way out."""
    mouths = lamp.asset.mouths
    if lamp.asset.category == "light_panel":
        return [_panel(lamp, power, color)]
    clear = room.clearance(np.array([lamp.to_world(mouth.centre) for mouth in mouths]), but=lamp)
    kept = [k for k in range(len(mouths)) if clear[k] > CLEAR_M] or [int(clear.argmax())]
    whole = sum(mouths[k].share for k in kept)
    return [_shining(lamp, mouths[k], power * mouths[k].share / whole, color) for k in kept]


def _panel(lamp: Placed, power: float, color: tuple[float, float, float]) -> Light:
    """One rectangle for all mouths of a panel, which lie in a row: renderers hold few lights."""
    spots = np.array([mouth.centre for mouth in lamp.asset.mouths])
    width = lamp.asset.mouths[0].width_m
    low, high = spots.min(0) - width / 2, spots.max(0) + width / 2
    pose = upright(lamp.to_world(tuple(spots.mean(0))), lamp.yaw)
    return Light("area", pose, color, power, (float(high[0] - low[0]), float(high[1] - low[1])))


def _shining(lamp: Placed, mouth: Mouth, power: float, color: tuple[float, float, float]) -> Light:
    pose = np.diag([1.0, -1.0, -1.0, 1.0]) if mouth.up else np.eye(4)
    pose[:3, 3] = lamp.to_world(mouth.centre)
    return Light("area", pose, color, power, (mouth.width_m, mouth.width_m))


def _daylight(shell: Shell, wall: int, opening: Opening, power: float, color: tuple[float, float, float]) -> Light:
    """A rectangle that fills the opening and shines straight into the room."""
    middle = (opening.left + opening.right) / 2
    position, yaw = wall_pose(shell.walls[wall], middle, 0.0, (opening.sill + opening.head) / 2)
    inward = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = right, [0.0, 0.0, 1.0], -inward
    pose[:3, 3] = position
    size = (0.96 * (opening.right - opening.left), 0.94 * (opening.head - opening.sill))
    return Light("area", pose, color, power, size)


def _albedo(room: Arrangement) -> float:
    """Mean linear reflectance of the room's faces, furniture counted as darker ground."""
    shades = [_luminance(p) for p in room.placed if p.asset.category in ("wall", "floor", "ceiling")]
    return float(np.clip(0.8 * np.mean(shades), 0.15, 0.65))


def _luminance(placed: Placed) -> float:
    material = placed.asset.parts[0].material
    rgb = np.asarray(material.color)
    if material.texture is not None:
        rgb = rgb * material.texture[::8, ::8].mean((0, 1)) / 255
    return float((rgb**2.2) @ [0.2126, 0.7152, 0.0722])
