"""The clear sky: sunlight scattered in the Earth's atmosphere, single scattering plus an estimate of the rest.

Air, haze and ozone in spherical layers after Bruneton & Neyret 2008 ("Precomputed atmospheric scattering"), constants
and the series of multiple scattering from Hillaire 2020 ("A scalable and production ready sky and atmosphere
rendering technique", tables 1 and 2, equations 5 to 11). One model from noon to the end of twilight: low sun reddens by
air mass, ozone keeps the twilight blue. Red, green and blue are light of 625, 550 and 452 nm, where the primaries of
sRGB have their weight: air scatters by the fourth power of the wavelength, ozone absorbs most at 600 nm.

Distances in this file are kilometres, colours linear RGB; sunlight outside the atmosphere has irradiance 1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

GROUND_KM, TOP_KM = 6360.0, 6460.0
RAYLEIGH = 13.558e-3 * (550.0 / np.array([625.0, 550.0, 452.0])) ** 4
MIE, MIE_EXTINCTION = 3.996e-3, 4.44e-3
OZONE = np.array([2.15e-3, 1.881e-3, 0.2e-3])
MIE_G = 0.8
EYE_KM = 0.05
GROUND_ALBEDO = 0.25
STEPS, STEPS_TO_SUN = 30, 16
HORIZON_BLUR = 0.004
"""Sine of the angle over which the sun sinks behind the Earth's edge: its own radius, and air that bends light."""


def sunlight(elevation_rad: float, haze: float) -> Float:
    """Colour and share of the sun's irradiance that reaches the ground [3]; `haze` multiplies that of clear air."""
    return _transmittance(np.array(EYE_KM), np.array(np.sin(elevation_rad)), haze)


def sky(heights_rad: Float, turns_rad: Float, elevation_rad: float, haze: float) -> Float:
    """Radiance of the clear sky at so many `heights_rad` [r] above the horizon and `turns_rad` [c] from the sun's side:
    [r, c, 3]. Heights below 0 count as 0."""
    grid = _scattered(float(elevation_rad), float(haze))
    height, turn = np.clip(heights_rad, 0.0, np.pi / 2), np.abs(turns_rad)
    # The grid is dense at the horizon, where the sky changes quickest.
    values = _between(grid, np.sqrt(height / (np.pi / 2)) * (grid.shape[0] - 1))
    values = _between(values.swapaxes(0, 1), turn / np.pi * (grid.shape[1] - 1)).swapaxes(0, 1)
    rayleigh, mie, rest = values[..., :3], values[..., 3:6], values[..., 6:]
    cosine = np.multiply.outer(np.cos(height), np.cos(turn)) * np.cos(elevation_rad)
    cosine += (np.sin(height) * np.sin(elevation_rad))[:, None]
    air = 3 / (16 * np.pi) * (1 + cosine**2)
    g = MIE_G
    spread = 1 + g * g - 2 * g * cosine
    # Cornette and Shanks.
    lobe = 3 / (8 * np.pi) * (1 - g * g) / (2 + g * g) * (1 + cosine**2) / (spread * np.sqrt(spread))
    return np.asarray(rayleigh * air[..., None] + mie * lobe[..., None] + rest)


def _between(grid: Float, at: Float) -> Float:
    """Rows of `grid` [r, c, k] between its own, at fractional indices `at` [n]: [n, c, k]."""
    i = np.clip(np.floor(at).astype(int), 0, len(grid) - 2)
    t = (at - i)[:, None, None]
    return np.asarray(grid[i] * (1 - t) + grid[i + 1] * t)


def _bilinear(grid: Float, row: Float, column: Float) -> Float:
    """Values of `grid` [r, c, k] between its nodes at fractional (row, column): [..., k]."""
    i = np.clip(np.floor(row).astype(int), 0, grid.shape[0] - 2)
    j = np.clip(np.floor(column).astype(int), 0, grid.shape[1] - 2)
    y, x = (row - i)[..., None], (column - j)[..., None]
    upper = grid[i, j] * (1 - x) + grid[i, j + 1] * x
    return np.asarray(upper * (1 - y) + (grid[i + 1, j] * (1 - x) + grid[i + 1, j + 1] * x) * y)


def _densities(height: Float) -> Float:
    """Air, haze and ozone relative to their densest [..., 3]."""
    height = np.maximum(height, 0.0)
    ozone = np.maximum(0.0, 1.0 - np.abs(height - 25.0) / 15.0)
    return np.stack([np.exp(-height / 8.0), np.exp(-height / 1.2), ozone], axis=-1)


def _extinction(haze: float) -> Float:
    return np.stack([RAYLEIGH, np.full(3, MIE_EXTINCTION * haze), OZONE])


def _path(height: Float, cosine: Float, length: Float, count: int) -> tuple[Float, Float, Float]:
    """Distance, height and share of the path of `count` steps along rays [...] , the nearest the shortest: [..., count]."""
    edges = np.linspace(0.0, 1.0, count + 1) ** 2
    middle, share = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    along = length[..., None] * middle
    radius = GROUND_KM + height[..., None]
    heights = np.sqrt(radius**2 + along**2 + 2 * radius * along * cosine[..., None]) - GROUND_KM
    return along, heights, length[..., None] * share


def _to_top(height: Float, cosine: Float) -> Float:
    radius = GROUND_KM + height
    return -radius * cosine + np.sqrt(np.maximum(radius**2 * (cosine**2 - 1) + TOP_KM**2, 0.0))


def _transmittance(height: Float, cosine: Float, haze: float) -> Float:
    """Share of sunlight that arrives at `height` when its zenith angle has `cosine`: [..., 3]."""
    _, heights, step = _path(height, cosine, _to_top(height, cosine), STEPS_TO_SUN)
    depth = (_densities(heights) * step[..., None]).sum(-2) @ _extinction(haze)
    edge = -np.sqrt(np.maximum(1.0 - (GROUND_KM / (GROUND_KM + height)) ** 2, 0.0))
    free = np.clip((cosine - edge) / HORIZON_BLUR + 0.5, 0.0, 1.0)
    return np.asarray(np.exp(-depth) * (free * free * (3 - 2 * free))[..., None])


@lru_cache(maxsize=512)
def _scattered(elevation_rad: float, haze: float) -> Float:
    """Light scattered into the eye by air, by haze (phase functions left out) and more than once: [33, 10, 9].

    Rows go from the horizon to the zenith, evenly in the root of the angle; columns from the sun's side to the other.
    """
    angle, turn = np.meshgrid(np.linspace(0, 1, 33) ** 2 * np.pi / 2, np.linspace(0, np.pi, 10), indexing="ij")
    view = np.stack([np.cos(angle) * np.cos(turn), np.cos(angle) * np.sin(turn), np.sin(angle)], axis=-1)
    sun = np.array([np.cos(elevation_rad), 0.0, np.sin(elevation_rad)])
    eye = np.full(angle.shape, EYE_KM)
    along, heights, step = _path(eye, np.sin(angle), _to_top(eye, np.sin(angle)), STEPS)
    places = along[..., None] * view[..., None, :] + [0.0, 0.0, GROUND_KM + EYE_KM]
    cosine = places @ sun / np.linalg.norm(places, axis=-1)
    air, haze_here, sunlit, passed = _medium(heights, step, cosine, haze)
    weight = passed * step[..., None]
    single = weight * sunlit
    often = (air + haze_here) * _often(heights, cosine, haze)
    return np.concatenate([(single * air).sum(-2), (single * haze_here).sum(-2), (weight * often).sum(-2)], axis=-1)


def _medium(heights: Float, step: Float, cosine: Float, haze: float) -> tuple[Float, Float, Float, Float]:
    """Scattering by air and by haze, sunlight that arrives, and transmittance to the eye along paths [..., n]."""
    density = _densities(heights)
    depth = np.cumsum(density * step[..., None], axis=-2) - density * step[..., None] / 2
    air, haze_here = density[..., :1] * RAYLEIGH, density[..., 1:2] * np.full(3, MIE * haze)
    return air, haze_here, _transmittance(heights, cosine, haze), np.exp(-(depth @ _extinction(haze)))


def _often(heights: Float, cosine: Float, haze: float) -> Float:
    table = _multiple(haze)
    rows = np.sqrt(np.clip(heights / (TOP_KM - GROUND_KM), 0, 1)) * (table.shape[0] - 1)
    columns = (np.clip(cosine, -0.4, 1.0) + 0.4) / 1.4 * (table.shape[1] - 1)
    return _bilinear(table, rows, columns)


@lru_cache(maxsize=8)
def _multiple(haze: float) -> Float:
    """Isotropic radiance of light scattered twice and more, by height (root) and the sun's cosine: [10, 43, 3]."""
    height, sun_cosine = np.meshgrid(np.linspace(0.02, 1, 10) ** 2 * 100.0, np.linspace(-0.4, 1, 43), indexing="ij")
    once, twice = np.zeros((*height.shape, 3)), np.zeros((*height.shape, 3))
    cosines, weights = np.polynomial.legendre.leggauss(8)
    for up, share in zip(cosines, weights / 2, strict=True):
        edge = -np.sqrt(np.maximum(1.0 - (GROUND_KM / (GROUND_KM + height)) ** 2, 0.0))
        below = up < edge
        radius = GROUND_KM + height
        to_ground = -radius * up - np.sqrt(np.maximum(radius**2 * (up**2 - 1) + GROUND_KM**2, 0.0))
        length = np.where(below, to_ground, _to_top(height, np.full_like(height, up)))
        along, heights, step = _path(height, np.full_like(height, up), length, 12)
        # Mean over azimuth: the sun's cosine where the path is, from its height and the level distance it went.
        cosine = np.clip((radius[..., None] + along * up) / (GROUND_KM + heights) * sun_cosine[..., None], -1, 1)
        air, haze_here, sunlit, passed = _medium(heights, step, cosine, haze)
        spread = passed * (air + haze_here) * step[..., None]
        once += share * spread.sum(-2)
        at_ground = (
            below[..., None] * passed[..., -1, :] * GROUND_ALBEDO / np.pi
            * _transmittance(np.zeros_like(height), sun_cosine, haze) * np.maximum(sun_cosine, 0.0)[..., None]
        )  # fmt: skip
        twice += share * ((spread * sunlit).sum(-2) / (4 * np.pi) + at_ground)
    return np.asarray(twice / (1.0 - once))
