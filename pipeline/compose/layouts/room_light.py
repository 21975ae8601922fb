"""Light for a closed room: daylight that enters by the windows, and lamps.

Powers follow from the picture wanted. In a closed room flux P poured over surfaces A of mean albedo r settles at
a mean radiance of P / (pi A) * r / (1 - r) (the integrating sphere), so P is chosen for a mid-grey film.
"""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.asset import Mouth
from pipeline.compose.assets.building import Opening
from pipeline.compose.layouts.room_plan import wall_pose
from pipeline.compose.layouts.room_shell import Shell
from pipeline.compose.placement import Arrangement, Placed
from pipeline.scene import CannotPlace, Light, upright

SKY = {"day": (0.62, 0.80, 1.0), "overcast": (0.86, 0.90, 0.95), "evening": (0.10, 0.14, 0.26)}
"""Linear radiance behind the panes on the film at exposure 0: bright but not blown, dusk for the evening."""
SHARE_OF_DAYLIGHT = {"day": 0.85, "overcast": 0.7, "evening": 0.06}
DAYLIGHT = {"day": (1.0, 0.96, 0.9), "overcast": (0.93, 0.97, 1.0), "evening": (0.55, 0.7, 1.0)}
LAMPLIGHT = (1.0, 0.80, 0.58)
OVERHEAD = ("ceiling_lamp", "light_panel")
"""Lamps that light a whole room; the others are accents."""
TARGET_RADIANCE = 0.25
CLEAR_M = 0.012
"""A light this close to something else may lie inside it."""


def light_room(shell: Shell, time: str, rng: np.random.Generator) -> tuple[Light, ...]:
    """Rectangles that fill the windows and the mouths of every lamp; the power wanted is shared among what there is.

    Raises CannotPlace for a room with neither a window nor a lamp.
    """
    room = shell.room
    surface = shell.surface_m2
    albedo = _albedo(room)
    power = TARGET_RADIANCE * float(rng.uniform(0.85, 1.2)) * np.pi * surface * (1 - albedo) / albedo
    power = min(power, TARGET_RADIANCE * np.pi * surface * 2.0)
    lamps = [p for p in room.placed if p.asset.mouths]
    ceiling = [p for p in lamps if p.asset.category in OVERHEAD]
    small = [p for p in lamps if p.asset.category not in OVERHEAD]
    if not (lamps or shell.windows):
        raise CannotPlace("the room has neither a window nor a lamp")
    daylight = power * (0.0 if not shell.windows else 1.0 if not lamps else SHARE_OF_DAYLIGHT[time])
    # By day a lamp left on adds a warm accent; in the evening the lamps carry the room.
    accent = min(0.45 if time == "evening" else 0.3, 0.16 * len(small)) if ceiling else 1.0
    lights = [
        _daylight(shell, wall, opening, daylight / len(shell.windows), DAYLIGHT[time])
        for wall, opening in shell.windows
    ]
    for group, share in ((ceiling, 1.0 - accent), (small, accent)):
        for lamp in group:
            lights += _lamplight(room, lamp, (power - daylight) * share / len(group))
    return tuple(lights)


def _lamplight(room: Arrangement, lamp: Placed, power: float) -> list[Light]:
    """The lights of one lamp. A mouth that something stands in stays dark, unless it is the lamp's only way out."""
    mouths = lamp.asset.mouths
    if lamp.asset.category == "light_panel":
        return [_panel(lamp, power)]
    clear = room.clearance(np.array([lamp.to_world(mouth.centre) for mouth in mouths]), but=lamp)
    kept = [k for k in range(len(mouths)) if clear[k] > CLEAR_M] or [int(clear.argmax())]
    whole = sum(mouths[k].share for k in kept)
    return [_shining(lamp, mouths[k], power * mouths[k].share / whole) for k in kept]


def _panel(lamp: Placed, power: float) -> Light:
    """One rectangle for all mouths of a panel, which lie in a row: renderers hold few lights."""
    spots = np.array([mouth.centre for mouth in lamp.asset.mouths])
    width = lamp.asset.mouths[0].width_m
    low, high = spots.min(0) - width / 2, spots.max(0) + width / 2
    pose = upright(lamp.to_world(tuple(spots.mean(0))), lamp.yaw)
    return Light("area", pose, LAMPLIGHT, power, (float(high[0] - low[0]), float(high[1] - low[1])))


def _shining(lamp: Placed, mouth: Mouth, power: float) -> Light:
    pose = np.diag([1.0, -1.0, -1.0, 1.0]) if mouth.up else np.eye(4)
    pose[:3, 3] = lamp.to_world(mouth.centre)
    return Light("area", pose, LAMPLIGHT, power, (mouth.width_m, mouth.width_m))


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
