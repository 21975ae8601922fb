"""Light for a closed room: daylight that enters by the windows, lamps, and the exposure that suits them.

Powers follow from the picture wanted. In a closed room flux P poured over surfaces A of mean albedo r settles at
a mean radiance of P / (pi A) * r / (1 - r) (the integrating sphere), so P is chosen for a mid-grey film.
"""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.building import Opening
from pipeline.compose.layouts.room_shell import Shell, wall_pose
from pipeline.compose.placement import Arrangement, Placed
from pipeline.scene import Float, Light

SKY = {"day": (0.62, 0.80, 1.0), "overcast": (0.86, 0.90, 0.95), "evening": (0.10, 0.14, 0.26)}
"""Linear radiance behind the panes on the film at exposure 0: bright but not blown, dusk for the evening."""
SHARE_OF_DAYLIGHT = {"day": 0.85, "overcast": 0.7, "evening": 0.06}
DAYLIGHT = {"day": (1.0, 0.96, 0.9), "overcast": (0.93, 0.97, 1.0), "evening": (0.55, 0.7, 1.0)}
LAMPLIGHT = (1.0, 0.80, 0.58)
TARGET_RADIANCE = 0.25


def downwards(position: Float) -> Float:
    """Pose of a light above the room that shines straight down."""
    pose = np.eye(4)
    pose[:3, 3] = position
    return pose


def light_room(shell: Shell, time: str, rng: np.random.Generator) -> tuple[Light, ...]:
    """Area lights in the windows and under the ceiling lamp, point lights where floor and table lamps open."""
    room = shell.room
    x, y, z = room.size
    surface = 2 * (x * y + y * z + z * x)
    albedo = _albedo(room)
    power = TARGET_RADIANCE * float(rng.uniform(0.85, 1.2)) * np.pi * surface * (1 - albedo) / albedo
    power = min(power, TARGET_RADIANCE * np.pi * surface * 2.0)
    share = SHARE_OF_DAYLIGHT[time] if shell.windows else 0.0
    lights = [
        _daylight(shell, wall, opening, power * share / len(shell.windows), DAYLIGHT[time])
        for wall, opening in shell.windows
    ]
    lamps = [p for p in room.placed if p.asset.lamps]
    ceiling = [p for p in lamps if p.asset.category == "ceiling_lamp"]
    small = [p for p in lamps if p.asset.category != "ceiling_lamp"]
    rest = power * (1 - share)
    # By day a lamp left on adds a warm accent; in the evening the lamps carry the room.
    accent = min(0.45 if time == "evening" else 0.3, 0.16 * len(small)) * rest
    for lamp in ceiling:
        position = lamp.to_world(lamp.asset.lamps[0])
        lights.append(
            Light("area", downwards(position), LAMPLIGHT, (rest - accent) / max(len(ceiling), 1), (0.45, 0.45))
        )
    mouths = [lamp.to_world(mouth) for lamp in small for mouth in lamp.asset.lamps]
    if mouths:
        clear = room.clearance(np.array(mouths))
        mouths = [mouth for mouth, gap in zip(mouths, clear, strict=True) if gap > 0.012]
    lights += [Light("point", downwards(mouth), LAMPLIGHT, accent / len(mouths), (0.03, 0.03)) for mouth in mouths]
    return tuple(lights)


def _daylight(shell: Shell, wall: int, opening: Opening, power: float, color: tuple[float, float, float]) -> Light:
    """A rectangle that fills the opening and shines into the room, tipped a little towards the floor."""
    middle = (opening.left + opening.right) / 2
    position, yaw = wall_pose(shell.room.size, wall, middle, 0.0, (opening.sill + opening.head) / 2)
    inward = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    right = np.array([np.cos(yaw), np.sin(yaw), 0.0])
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2] = -right, [0.0, 0.0, 1.0], -inward
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
