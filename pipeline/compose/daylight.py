"""Light for open ground: sun and sky by the time of day.

Scale: that of a picture in which a room by day has a mean radiance of about 0.25 and a lampshade glows with 1. Level
ground gets an irradiance over pi of about 1 by day, 0.4 under clouds, 0.05 to 0.4 in the golden hour, 0.05 at dusk and
0.007 at night. Nights are thus far brighter, against lamps and lit windows, than photometry has them, as they are to an
eye that has adapted; the film meters the rest.

The sun's disc is never in the panorama: it is a Light, so that both renderers cast the same shadows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from pipeline.compose import atmosphere, clouds
from pipeline.compose.blackbody import planckian
from pipeline.compose.grid import radiance_on_grid
from pipeline.compose.panorama import without_sun
from pipeline.compose.sun import sun_light, turned
from pipeline.scene import Environment, Float, Light, panorama_directions

Time = Literal["day", "overcast", "golden", "dusk", "night"]
DARK: tuple[Time, ...] = ("dusk", "night")
ROWS = 384
"""Of a panorama; one pixel is half a degree."""
SUN_IRRADIANCE = 4.0
"""Outside the atmosphere."""
ELEVATION_DEG: dict[Time, tuple[float, float]] = {
    "day": (18.0, 65.0), "overcast": (45.0, 70.0), "golden": (4.0, 13.0), "dusk": (-4.5, -0.5), "night": (20.0, 60.0)
}  # fmt: skip
"""Of the sun, at night of the moon."""
OVERCAST_LEVEL, DUSK_LEVEL, NIGHT_LEVEL = (0.3, 0.5), (0.03, 0.07), (0.004, 0.01)
"""Irradiance over pi of level ground under a dull sky."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
BALANCE = 0.3
"""Cameras leave most of a cast: evenings stay warm and nights blue."""
BRIGHTER: dict[Time, float] = {"day": 0.15, "overcast": 0.5, "golden": 0.1, "dusk": 0.1, "night": 0.0}
"""Stops that a photographer adds to what the meter says, so that grey skies do not come out as dark as grey ground."""
GROUND = np.array([0.20, 0.185, 0.14])
"""Linear reflectance of the land below the horizon."""


@dataclass(frozen=True, eq=False)
class Daylight:
    """What lights a scene under the open sky: the arguments `background`, `lights` and `exposure` of a Scene."""

    background: Environment
    lights: tuple[Light, ...]
    exposure: float


def outdoor_light(time: Time, rng: np.random.Generator, panorama: Environment | None = None) -> Daylight:
    """Sun and sky at some hour of `time`. Street lamps and lit windows are the layout's to add.

    panorama: a photographed sky to use in place of a drawn one, save at dusk and by night, when what else shines must
        match it; its sun, if it shows one, becomes a light. It keeps its scale and is turned at random.
    """
    exposure = BRIGHTER[time] + float(rng.uniform(-0.25, 0.25))
    yaw = int(rng.integers(2 * ROWS)) / (2 * ROWS) * 2 * np.pi
    if panorama is not None and time not in DARK:
        sky, found = without_sun(replace(panorama, yaw_rad=yaw))
        return Daylight(sky, () if found is None else (found,), exposure)
    # Half degrees, so that scenes of one process share what they have in common (atmosphere.py keeps it).
    elevation = np.radians(np.round(rng.uniform(*ELEVATION_DEG[time]) * 2) / 2)
    draw = {"overcast": _overcast, "dusk": _dusk, "night": _night}.get(time, _sunny)
    radiance, lights = _balanced(*draw(float(elevation), rng))
    sky = Environment(radiance_on_grid(radiance), float(yaw))
    return Daylight(sky, tuple(turned(light, yaw) for light in lights), exposure)


def _balanced(radiance: Float, lights: list[Light]) -> tuple[Float, list[Light]]:
    """The same light for a camera that balances its white: BALANCE of the cast of what falls on level ground is gone."""
    cast = _level_rgb(radiance[: ROWS // 2])
    for light in lights:
        cast = cast + np.asarray(light.color) * light.power * light.pose[2, 2] / np.pi
    gain = (cast / (cast @ LUMINANCE)) ** -BALANCE
    gain = gain * (cast @ LUMINANCE) / ((gain * cast) @ LUMINANCE)
    return radiance * gain, [_tinted(light, gain) for light in lights]


def _tinted(light: Light, gain: Float) -> Light:
    color = np.asarray(light.color) * gain
    r, g, b = (float(c) for c in color / color.max())
    return replace(light, color=(r, g, b), power=light.power * float(color.max()))


def _towards(elevation: float) -> Float:
    return np.array([np.cos(elevation), 0.0, np.sin(elevation)])


@lru_cache(maxsize=1)
def _upper() -> Float:
    """Where the upper half of a panorama looks [ROWS / 2, 2 ROWS, 3]."""
    return panorama_directions(ROWS)[: ROWS // 2]


def _clear(elevation: float, haze: float) -> Float:
    """The upper half of the panorama of a clear sky, the sun above +x; one half mirrors the other."""
    middles: Float = (np.arange(ROWS, dtype=np.float64) + 0.5) * np.pi / ROWS
    half = atmosphere.sky(np.pi / 2 - middles[: ROWS // 2], middles[::-1], elevation, haze)
    return np.concatenate([half, half[:, ::-1]], axis=1)


def _sunny(elevation: float, rng: np.random.Generator) -> tuple[Float, list[Light]]:
    """Sun, blue sky, and clouds on most days."""
    haze = float(rng.choice([4.0, 8.0, 18.0]))
    d = _upper()
    sky = SUN_IRRADIANCE * _clear(elevation, haze)
    beam = SUN_IRRADIANCE * atmosphere.sunlight(elevation, haze)
    sky = _with_clouds(sky, d, elevation, beam, rng)
    sun = sun_light(_towards(elevation), beam)
    return _on_land(sky, beam * np.sin(elevation), rng), [sun]


def _overcast(elevation: float, rng: np.random.Generator) -> tuple[Float, list[Light]]:
    """The CIE standard overcast sky (Moon & Spencer 1942): L = Lz (1 + 2 sin elevation) / 3, three times as bright at
    the zenith as at the horizon. A fifth of its light comes from a wide, soft sun behind the clouds."""
    level, soft = float(rng.uniform(*OVERCAST_LEVEL)), 0.2
    d = _upper()
    tint = np.asarray(planckian(float(rng.uniform(6300, 8200))))
    # Irradiance over pi of that sky is 7/9 of its zenith's radiance.
    zenith = (1 - soft) * level * 9 / 7
    lattice = rng.random((clouds.LATTICE, clouds.LATTICE))
    position, distance = clouds.on_shell(d, 1.0)
    footprint = np.pi / ROWS * distance / np.maximum(d[:, :1, 2], 0.06) / 3.0
    relief = 1.0 + float(rng.uniform(0.15, 0.7)) * (clouds.fractal(position / 3.0, lattice, 6, footprint) - 0.5)
    sky = (zenith * (1 + 2 * d[..., 2]) / 3 * relief)[..., None] * tint / (tint @ LUMINANCE)
    towards = _towards(elevation)
    sun = sun_light(towards, tint / tint.max() * (soft * level * np.pi / towards[2]), float(rng.uniform(0.3, 0.5)))
    return _on_land(sky, soft * level * np.pi * tint, rng), [sun]


def _dusk(elevation: float, rng: np.random.Generator) -> tuple[Float, list[Light]]:
    """After sunset: a glowing horizon, a blue sky, no sun."""
    d = _upper()
    sky = _clear(elevation, float(rng.choice([3.0, 8.0])))
    # Light scattered round the Earth's shadow is more than the model has: half a dozen orders matter here.
    sky = 0.8 * sky + 0.2 * _mean(sky)
    sky = _with_clouds(sky, d, elevation, 0.2 * sky.max((0, 1)), rng)
    sky *= float(rng.uniform(*DUSK_LEVEL)) / _level(sky)
    return _on_land(sky, np.zeros(3), rng), []


def _night(elevation: float, rng: np.random.Generator) -> tuple[Float, list[Light]]:
    """A moonlit sky, which has the colours of day seen dimly, and the glow of a town on the horizon."""
    level, moon = float(rng.uniform(*NIGHT_LEVEL)), float(rng.uniform(0.2, 0.6))
    d = _upper()
    sky = _clear(elevation, 1.0)
    sky = _with_clouds(sky, d, elevation, 0.3 * atmosphere.sunlight(elevation, 1.0), rng)
    sky = sky * np.array([0.8, 0.95, 1.2])
    glow = np.exp(-d[..., 2] / 0.12) * (0.6 + 0.4 * (d[..., :2] @ _unit(rng)))
    sky = sky / _level(sky) + float(rng.uniform(0.3, 1.2)) * glow[..., None] * np.asarray(planckian(2800.0))
    sky *= level * (1 - moon) / _level(sky)
    blue = np.asarray(planckian(12000.0))
    light = sun_light(_towards(elevation), blue * (level * moon * np.pi / np.sin(elevation)), 0.012)
    return _on_land(sky, level * moon * np.pi * blue, rng), [light]


def _unit(rng: np.random.Generator) -> Float:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _with_clouds(sky: Float, d: Float, elevation: float, beam: Float, rng: np.random.Generator) -> Float:
    """`sky` [h, w, 3] behind streaks and heaps of cloud that `beam`, the sun's irradiance [3], and the sky light."""
    lattice, heaped = rng.random((2, clouds.LATTICE, clouds.LATTICE))
    towards, pixel = _towards(elevation), np.pi / ROWS
    streaks, cover = float(rng.choice([0.0, 0.35, 0.7])), float(rng.choice([-1.0, 0.15, 0.4, 0.65]))
    around = _mean(sky)
    ahead = np.clip(d @ towards, 0.0, 1.0)
    far = np.clip(d[:, :1, 2] / 0.12, 0.0, 1.0)
    squared = ahead * ahead
    eighth = squared * squared
    eighth = eighth * eighth
    if streaks:
        # Thin cloud passes light on mostly forwards.
        forward = (0.35 + 1.4 * eighth * squared * squared)[..., None]
        opacity = (streaks * clouds.cirrus(d, pixel, lattice) * far)[..., None]
        sky = sky + opacity * (beam / np.pi * forward + around - sky)
    if cover > 0:
        opacity, sunlit, distance = clouds.cumulus(d, towards, cover, pixel, heaped)
        # The sun that casts the shadows stands free.
        free = np.clip((np.arccos(np.clip(ahead, 0.0, 1.0)) - 0.06) / 0.2, 0.0, 1.0)
        opacity = opacity * free * np.clip(d[:, :1, 2] / 0.05, 0.0, 1.0)
        shade = (sunlit * (0.8 + 0.5 * eighth))[..., None] * (beam / np.pi * 0.95) + 0.8 * around
        # Air between swallows what is far away, into the colour of the sky there.
        near = (opacity * np.exp(-distance / 28.0))[..., None]
        sky = sky + near * (shade - sky)
    return np.asarray(sky)


def _on_land(sky: Float, beam: Float, rng: np.random.Generator) -> Float:
    """The whole panorama: the upper half `sky` [h, w, 3], below it land lit by sky and `beam` (irradiance), in mist
    near the horizon."""
    down = -_upper()[::-1, :1, 2:]
    land = GROUND * rng.uniform(0.7, 1.2) * rng.uniform(0.94, 1.06, 3) * (beam / np.pi + _level_rgb(sky))
    mist = np.exp(down / 0.04)
    return np.concatenate([sky, land * (1 - 0.75 * mist) + sky[-1] * 0.75 * mist])


def _mean(sky: Float) -> Float:
    up = _upper()[:, 0, 2]
    return _weighted(sky, np.sqrt(1 - up**2))


def _level_rgb(sky: Float) -> Float:
    """Irradiance over pi of level ground under the upper half of a panorama: [3]."""
    up = _upper()[:, 0, 2]
    return _weighted(sky, up * np.sqrt(1 - up**2))


def _weighted(sky: Float, weight: Float) -> Float:
    """Mean [3] of `sky` [h, w, 3], its rows of `weight` [h]."""
    columns = (weight @ sky.reshape(len(sky), -1)).reshape(-1, 3)
    return np.asarray(columns.mean(0) / weight.sum())


def _level(sky: Float) -> float:
    return float(_level_rgb(sky) @ LUMINANCE)
