"""Clouds as a thin shell of noise over a round Earth, lit by the sun and by the sky around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

EARTH_KM = 6360.0
LATTICE = 64
TURN = (0.8, 0.6)
"""Cosine and sine of 37 degrees: octaves are turned against each other, so that the lattice does not show."""


BAND = 12
"""Rows of a panorama whose noise is computed in one go: as many as stay in a processor's cache."""


def fractal(points: Float, lattice: Float, octaves: int, footprint: Float | float = 0.0) -> Float:
    """Sum of octaves of smooth noise, each half as wide and about half as high as the last, about 0 to 1 with mean 1/2,
    at `points` [h, w, 2]: [h, w]. One cell of `lattice` is a unit; the noise repeats every LATTICE units.

    footprint: width that one pixel covers, in the units of `points`, a number or [h, 1]; octaves finer than that fade
    to their mean.
    """
    # Sums and products of float32 are the same on every processor; whatever follows is computed in float64.
    height = len(points)
    corners, widths = _corners(lattice.astype(np.float32)), np.broadcast_to(np.asarray(footprint), (height, 1))
    shares = 0.56 ** np.arange(octaves)
    total = np.empty(points.shape[:2], np.float32)
    for start in range(0, height, BAND):
        rows = slice(start, min(start + BAND, height))
        x, y = (np.ascontiguousarray(points[rows, :, k], np.float32) for k in range(2))
        band = np.full(x.shape, 0.5 * shares.sum(), np.float32)
        for k, share in enumerate(shares):
            seen = (share * np.clip(1.5 - 1.5 * 2.0**k * widths[rows], 0.0, 1.0)).astype(np.float32)
            if not seen.any():
                break
            band += (_noise(x, y, corners) - np.float32(0.5)) * seen
            x, y = _next(x, y)
        total[rows] = band
    return total.astype(np.float64) / float(shares.sum())


def _corners(lattice: NDArray[np.float32]) -> NDArray[np.float32]:
    """What bilinear interpolation needs of each cell: constant, slope in x, slope in y, twist [LATTICE^2, 4]."""
    a, b, c = lattice, np.roll(lattice, -1, 0), np.roll(lattice, -1, 1)
    return np.stack([a, b - a, c - a, a - b - c + np.roll(b, -1, 1)], -1).reshape(-1, 4)


def _noise(x: NDArray[np.float32], y: NDArray[np.float32], corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth noise in [0, 1] of mean 1/2."""
    left, low = np.floor(x), np.floor(y)
    # LATTICE is a power of two.
    cell = (left.astype(np.intp) & (LATTICE - 1)) * LATTICE + (low.astype(np.intp) & (LATTICE - 1))
    values = np.take(corners, cell, axis=0)
    u, v = _eased(x - left), _eased(y - low)
    return values[..., 0] + values[..., 1] * u + (values[..., 2] + values[..., 3] * u) * v


def _eased(t: NDArray[np.float32]) -> NDArray[np.float32]:
    """t^3 (6 t^2 - 15 t + 10): no slope and no bend at 0 and 1."""
    value = t * np.float32(6.0) - np.float32(15.0)
    value *= t
    value += np.float32(10.0)
    value *= t * t * t
    return value


def _next(x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The points of the next octave: turned, twice as dense, and elsewhere."""
    shift = np.float32(17.3)
    cos, sin = np.float32(2.0 * TURN[0]), np.float32(2.0 * TURN[1])
    return cos * x + sin * y + shift, cos * y - sin * x + shift


def _doubled(values: Float) -> Float:
    """Every second row and column of a panorama's upper half [h, w] -> all of them [2h, 2w], linear between."""
    wide = np.stack([values, (values + np.roll(values, -1, 1)) / 2], -1).reshape(len(values), -1)
    return np.stack([wide, (wide + np.concatenate([wide[1:], wide[-1:]])) / 2], 1).reshape(2 * len(values), -1)


def on_shell(directions: Float, height_km: float) -> tuple[Float, Float]:
    """Where rays through the `directions` [h, w, 3] of a panorama's upper half meet a shell: level position [h, w, 2]
    and distance [h, 1], km."""
    up = directions[:, :1, 2]
    distance = np.sqrt((EARTH_KM * up) ** 2 + 2 * EARTH_KM * height_km + height_km**2) - EARTH_KM * up
    return directions[..., :2] * distance[..., None], distance


def cumulus(
    directions: Float, towards_sun: Float, cover: float, pixel_rad: float, lattice: Float, height_km: float = 1.4
) -> tuple[Float, Float, Float]:
    """(opacity, sunlit, distance) of heaped clouds seen in `directions` [h, w, 3]: the share of the sky behind that they
    hide, the share of sunlight they send back, both in [0, 1], and the distance in km [h, 1].

    cover: how much of the sky they fill, 0 to 1. pixel_rad: width of a pixel of the panorama.
    """
    position, distance = on_shell(directions, height_km)
    cell_km = 2.2
    footprint = pixel_rad * distance / np.maximum(directions[:, :1, 2], 0.06) / cell_km

    def thickness(points: Float, octaves: int, step: int = 1) -> Float:
        value = fractal(points[::step, ::step] / cell_km, lattice, octaves, footprint[::step])
        return np.clip((value - (0.66 - 0.32 * cover)) * 6.0, 0.0, 1.5)

    own = thickness(position, 8)
    level = towards_sun[:2] / max(float(np.linalg.norm(towards_sun[:2])), 1e-6)
    slope = float(np.clip(np.hypot(*towards_sun[:2]) / max(float(towards_sun[2]), 0.15), 0.0, 4.0))
    # Light is softer than what it falls on: half as many points will do.
    before = thickness(position + level * slope * 0.1, 5, 2) + thickness(position + level * slope * 0.3, 3, 2)
    before = _doubled(before / 2)
    opacity = 1.0 - np.exp(-7.0 * own * np.clip(own * 3.0, 0.0, 1.0))
    # Thick parts are darker from below; sides that face the sun, with less cloud before them, are brighter.
    sunlit = 0.16 + 0.84 * np.exp(-1.7 * before - 0.8 * own)
    return opacity, sunlit, distance


def cirrus(directions: Float, pixel_rad: float, lattice: Float, height_km: float = 8.0) -> Float:
    """Opacity of thin streaks high up, in `directions` [h, w, 3]: [h, w]."""
    position, distance = on_shell(directions, height_km)
    footprint = pixel_rad * distance / np.maximum(directions[:, :1, 2], 0.06) / 9.0
    bent = _doubled(fractal(position[::2, ::2] / 30.0 + 5.0, lattice, 3)) - 0.5
    streaks = fractal((position + 14.0 * bent[..., None]) / [22.0, 7.0], lattice, 6, footprint)
    thick = np.clip((streaks - 0.5) * 2.2, 0.0, 1.0)
    return np.asarray(thick * np.sqrt(thick))
