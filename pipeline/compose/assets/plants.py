"""Potted plants: broad leaves, blades, fronds and a cactus."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.shapes import cylinder, ellipsoid, lathe, move, tube
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Float, Mesh


def _leaves(
    root: Float, azimuth: Float, rise: Float, length: Float, width: Float, droop: Float, cells: int = 5
) -> Mesh:
    """k pointed blades that leave `root` [k, 3] at elevation `rise` [k] and bend down by `droop` [k] radians."""
    k = len(azimuth)
    t = np.linspace(0, 1, cells + 1)
    pitch = rise[:, None] - droop[:, None] * t
    step = (length / cells)[:, None]
    out, up = np.zeros((k, cells + 1)), np.zeros((k, cells + 1))
    out[:, 1:] = np.cumsum(np.cos(pitch[:, :-1]) * step, axis=1)
    up[:, 1:] = np.cumsum(np.sin(pitch[:, :-1]) * step, axis=1)
    taper = np.clip(np.sin(np.pi * np.clip(t * 0.92 + 0.06, 0, 1)) ** 0.8, 0.05, None)
    half = width[:, None] / 2 * taper
    side = np.linspace(-1, 1, 3)
    fold = 0.25 * half[:, :, None] * (np.abs(side) - 0.5)
    c, s = np.cos(azimuth)[:, None, None], np.sin(azimuth)[:, None, None]
    across = half[:, :, None] * side
    grid = np.stack([out[:, :, None] * c - across * s, out[:, :, None] * s + across * c, up[:, :, None] + fold], -1)
    return sheet(grid + root[:, None, None, :], 0.0015)


def _pot(rng: np.random.Generator, radius: float, height: float) -> tuple[list[Piece], float]:
    """A pot with soil, perhaps on a wooden stand; also the height of the soil."""
    pick = rng.random()
    finish = (
        materials.ceramic(rng)
        if pick < 0.55
        else (materials.wicker(rng) if pick < 0.75 else materials.plain("terracotta", (0.62, 0.30, 0.17), 0.85))
    )
    soil = materials.plain("soil", (0.13, 0.09, 0.06), 1.0)
    low = radius * float(rng.uniform(0.68, 0.95))
    lift = 0.0
    pieces: list[Piece] = []
    if radius > 0.12 and rng.random() < 0.3:
        lift = float(rng.uniform(0.1, 0.22))
        pieces += four_legs(rng, low * 1.7, low * 1.7, lift + 0.01, materials.wood(rng), "square")
    wall = 0.08 * radius + 0.003
    profile = np.array(
        [
            [0, 0],
            [low, 0],
            [radius, height * 0.96],
            [radius, height],
            [radius - wall, height],
            [radius - wall, height * 0.86],
            [0, height * 0.86],
        ]
    )
    pieces.append((move(lathe(profile, 32), (0, 0, lift)), finish))
    pieces.append((cylinder(radius - wall + 0.001, 0.01, (0, 0, lift + height * 0.86 - 0.004), 24), soil))
    return pieces, lift + height * 0.86


def _stalks(
    rng: np.random.Generator, soil: float, height: float, count: int, length: float, width: float
) -> list[Piece]:
    """A trunk with broad leaves all round."""
    bark = materials.plain("wood", (0.30, 0.20, 0.12), 0.9)
    bend = rng.uniform(-0.08, 0.08, 2) * height
    t = np.linspace(0, 1, 5)
    trunk = np.stack([bend[0] * t**2, bend[1] * t**2, soil - 0.01 + height * t], 1)
    u = 0.25 + 0.75 * (np.arange(count) + 1) / count
    root = np.stack([bend[0] * u**2, bend[1] * u**2, soil + height * u - 0.012], 1)
    rise, size = rng.uniform(0.2, 0.6, count) + 0.6 * u**3, length * rng.uniform(0.75, 1.1, count) * (1.15 - 0.4 * u)
    azimuth = np.arange(count) * 2.4 + rng.uniform(-0.3, 0.3, count)
    crown = _leaves(root, azimuth, rise, size, size * width, rng.uniform(0.6, 1.3, count))
    return [(crown, materials.foliage(rng)), (tube(trunk, np.linspace(0.012, 0.005, 5), 8), bark)]


def _blades(
    rng: np.random.Generator, soil: float, height: float, count: int, width: float, spread: float
) -> list[Piece]:
    """Upright swords from the soil."""
    k = np.arange(count)
    radius, azimuth = 0.4 * spread * np.sqrt((k + 0.5) / count), k * 2.4
    root = np.stack([radius * np.cos(azimuth), radius * np.sin(azimuth), np.full(count, soil - 0.015)], 1)
    azimuth = azimuth + rng.uniform(-0.4, 0.4, count)
    rise, length = rng.uniform(1.25, 1.5, count), height * rng.uniform(0.6, 1.0, count)
    swords = _leaves(root, azimuth, rise, length, np.full(count, width), rng.uniform(0.0, 0.3, count))
    return [(swords, materials.foliage(rng))]


def _fronds(rng: np.random.Generator, soil: float, height: float, count: int) -> list[Piece]:
    """Arching stems with leaflets on both sides."""
    green, t, pieces = materials.foliage(rng), np.linspace(0, 1, 8), []
    roots, azimuths, lengths = [], [], []
    for k in range(count):
        a = k * 2.4 + rng.uniform(-0.3, 0.3)
        reach, rise = height * float(rng.uniform(0.3, 0.55)), height * float(rng.uniform(0.65, 1.0))
        out, up = reach * t**1.6, rise * np.sin(t * np.pi * 0.55)
        stem = np.stack([out * np.cos(a), out * np.sin(a), soil - 0.01 + up], 1)
        pieces.append((tube(stem, np.linspace(0.006, 0.002, 8), 5), green))
        j = np.arange(2, 8)
        for side in (-1, 1):
            roots.append(stem[j])
            azimuths.append(a + side * (1.15 - 0.08 * j))
            lengths.append(height * 0.22 * np.sin(np.pi * (j / 8) * 0.85 + 0.3))
    length = np.concatenate(lengths)
    each = np.ones(len(length))
    leaflets = _leaves(
        np.concatenate(roots), np.concatenate(azimuths), 0.15 * each, length, 0.022 * each, 0.7 * each, 3
    )
    return [*pieces, (leaflets, green)]


def potted_plant(rng: np.random.Generator) -> Asset:
    """A plant for the floor, 0.6 to 1.7 m tall."""
    radius, height = float(rng.uniform(0.14, 0.2)), float(rng.uniform(0.22, 0.36))
    pieces, soil = _pot(rng, radius, height)
    kind = int(rng.integers(3))
    if kind == 0:
        pieces += _stalks(
            rng,
            soil,
            float(rng.uniform(0.5, 1.0)),
            int(rng.integers(16, 26)),
            float(rng.uniform(0.24, 0.34)),
            float(rng.uniform(0.45, 0.7)),
        )
    elif kind == 1:
        pieces += _blades(
            rng, soil, float(rng.uniform(0.5, 0.85)), int(rng.integers(10, 18)), float(rng.uniform(0.05, 0.07)), radius
        )
    else:
        pieces += _fronds(rng, soil, float(rng.uniform(0.7, 1.1)), int(rng.integers(8, 13)))
    return assemble("potted_plant", pieces, rng, main=_green(pieces))


def small_plant(rng: np.random.Generator) -> Asset:
    """A plant for a table or a shelf, under 0.4 m."""
    radius, height = float(rng.uniform(0.045, 0.075)), float(rng.uniform(0.07, 0.12))
    pieces, soil = _pot(rng, radius, height)
    kind = int(rng.integers(3))
    if kind == 0:
        green, size = materials.foliage(rng), float(rng.uniform(0.5, 0.7)) * radius
        pieces.append((ellipsoid((size, size, size * 1.8), (0, 0, soil - 0.01), 14), green))
        for side in (-1, 1):
            if rng.random() < 0.6:
                pieces.append(
                    (
                        ellipsoid((size * 0.5, size * 0.5, size * 0.8), (side * size * 1.1, 0, soil + size * 1.2), 10),
                        green,
                    )
                )
    elif kind == 1:
        pieces += _blades(rng, soil, float(rng.uniform(0.14, 0.22)), int(rng.integers(10, 16)), 0.018, radius)
    else:
        pieces += _stalks(
            rng, soil, float(rng.uniform(0.08, 0.15)), int(rng.integers(10, 16)), float(rng.uniform(0.07, 0.1)), 0.6
        )
    return assemble("potted_plant", pieces, rng, main=_green(pieces))


def _green(pieces: list[Piece]) -> materials.Finish:
    return next(finish for _, finish in pieces if finish.material.name == "leaves")


GENERATORS = {
    "potted_plant": potted_plant,
    "small_plant": small_plant,
}
