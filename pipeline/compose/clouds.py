"""Clouds as a thin shell of noise over a round Earth, lit by the sun and by the sky around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

EARTH_KM = 6360.0
LATTICE = 64
TURN = (0.8, 0.6)
"""Cosine and sine of 37 degrees: octaves are turned against each other, so that the lattice does not show."""


def noise(points: NDArray[np.float32], lattice: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth noise in [0, 1] of mean 1/2 at `points` [..., 2], one lattice cell a unit; repeats every LATTICE units."""
    base = np.floor(points)
    t = points - base
    t = t * t * t * (t * (6 * t - 15) + 10)
    cell = base.astype(np.int32) % LATTICE
    i, j = cell[..., 0] * LATTICE, cell[..., 1]
    k, m = (i + LATTICE) % (LATTICE * LATTICE), (j + 1) % LATTICE
    x, y, values = t[..., 0], t[..., 1], lattice.ravel()
    a, b, c, d = values[i + j], values[k + j], values[i + m], values[k + m]
    a += (b - a) * x
    c += (d - c) * x
    return np.asarray(a + (c - a) * y)


def fractal(points: Float, lattice: Float, octaves: int, footprint: Float | float = 0.0) -> Float:
    """Sum of octaves of `noise`, each half as wide and about half as high as the last, about 0 to 1 with mean 1/2.

    footprint: width that one pixel covers, in the units of `points`; octaves finer than that fade to their mean.
    """
    # Sums and products of float32 are the same on every processor; whatever follows is computed in float64.
    at, values = points.astype(np.float32), lattice.astype(np.float32)
    total, weight = np.zeros(points.shape[:-1], np.float32), 0.0
    scale, share = 1.0, 1.0
    for _ in range(octaves):
        seen = np.asarray(share * np.clip(1.5 - 1.5 * scale * np.asarray(footprint), 0.0, 1.0), np.float32)
        total += np.float32(0.5 * share) + (noise(at, values) - np.float32(0.5)) * seen
        weight += share
        at, scale, share = _next(at), scale * 2.0, share * 0.56
    return total.astype(np.float64) / weight


def _next(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The points of the next octave: turned, twice as dense, and elsewhere."""
    x, y = points[..., 0], points[..., 1]
    two, shift = np.float32(2.0), np.float32(17.3)
    cos, sin = two * np.float32(TURN[0]), two * np.float32(TURN[1])
    return np.stack([cos * x + sin * y + shift, cos * y - sin * x + shift], axis=-1)


def on_shell(directions: Float, height_km: float) -> tuple[Float, Float]:
    """Where rays through unit `directions` [..., 3] above the horizon meet a shell: level position and distance, km."""
    up = np.maximum(directions[..., 2], 0.0)
    distance = np.sqrt((EARTH_KM * up) ** 2 + 2 * EARTH_KM * height_km + height_km**2) - EARTH_KM * up
    return directions[..., :2] * distance[..., None], distance


def cumulus(
    directions: Float, towards_sun: Float, cover: float, pixel_rad: float, lattice: Float, height_km: float = 1.4
) -> tuple[Float, Float, Float]:
    """(opacity, sunlit, distance) of heaped clouds seen in `directions` [..., 3]: the share of the sky behind that they
    hide, the share of sunlight they send back, both in [0, 1], and the distance in km.

    cover: how much of the sky they fill, 0 to 1. pixel_rad: width of a pixel of the panorama.
    """
    position, distance = on_shell(directions, height_km)
    cell_km = 2.2
    footprint = pixel_rad * distance / np.maximum(directions[..., 2], 0.06) / cell_km

    def thickness(points: Float, octaves: int) -> Float:
        value = fractal(points / cell_km, lattice, octaves, footprint)
        return np.clip((value - (0.66 - 0.32 * cover)) * 6.0, 0.0, 1.5)

    own = thickness(position, 8)
    level = towards_sun[:2] / max(float(np.linalg.norm(towards_sun[:2])), 1e-6)
    slope = float(np.clip(np.hypot(*towards_sun[:2]) / max(float(towards_sun[2]), 0.15), 0.0, 4.0))
    before = (thickness(position + level * slope * 0.1, 5) + thickness(position + level * slope * 0.3, 3)) / 2
    opacity = 1.0 - np.exp(-7.0 * own * np.clip(own * 3.0, 0.0, 1.0))
    # Thick parts are darker from below; sides that face the sun, with less cloud before them, are brighter.
    sunlit = 0.16 + 0.84 * np.exp(-1.7 * before - 0.8 * own)
    return opacity, sunlit, distance


def cirrus(directions: Float, pixel_rad: float, lattice: Float, height_km: float = 8.0) -> Float:
    """Opacity of thin streaks high up, [...]."""
    position, distance = on_shell(directions, height_km)
    footprint = pixel_rad * distance / np.maximum(directions[..., 2], 0.06) / 9.0
    bent = fractal(position / 30.0 + 5.0, lattice, 3) - 0.5
    streaks = fractal((position + 14.0 * bent[..., None]) / [22.0, 7.0], lattice, 6, footprint)
    return np.asarray(np.clip((streaks - 0.5) * 2.2, 0.0, 1.0) ** 1.4)
