"""Bushes and clumps of grass."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.flowers import PETALS, blossoms, tufts
from pipeline.compose.assets.leafage import leaves, lumps, scattered
from pipeline.compose.assets.shapes import tube
from pipeline.compose.assets.trees import GREENS, foliage, shaded_mass
from pipeline.compose.materials import Rgb


def bush(rng: np.random.Generator) -> Asset:
    """A bush 0.6 to 2.2 m tall, sometimes in flower or clipped to a ball."""
    height = float(rng.uniform(0.6, 2.2))
    spread = height * float(rng.uniform(0.45, 0.75)) * (1.25 if height < 1 else 0.9)
    ball = rng.random() < 0.2
    if ball:
        spread = height * 0.5
        centres, radii = np.array([[0.0, 0.0, 0.5 * height]]), np.full((1, 3), 0.48 * height)
    else:
        count = int(rng.integers(7, 11))
        angle = np.arange(count) * 2.4
        out = spread * 0.62 * np.sqrt((np.arange(count) + 0.5) / count)
        width = spread * rng.uniform(0.36, 0.5, count)
        radii = np.stack([width, width, width * rng.uniform(0.9, 1.15, count)], 1)
        z = height * (0.42 + 0.34 * (1 - out / spread)) * rng.uniform(0.85, 1.1, count)
        centres = np.stack([out * np.cos(angle), out * np.sin(angle), np.minimum(z, height - radii[:, 2])], 1)
        centres[:, 2] = np.maximum(centres[:, 2], 0.92 * radii[:, 2])
    tone = materials.tone_of(rng, GREENS)
    pieces: list[Piece] = [(lumps(rng, centres, radii * (0.93 if ball else 0.84), 0.16, 12), shaded_mass(rng, tone))]
    bark = materials.bark(rng)
    for k in range(4):
        a = 1.6 * k + rng.uniform(-0.4, 0.4)
        root = np.array([0.05 * spread * np.cos(a), 0.05 * spread * np.sin(a), 0.0])
        end = np.array([0.35 * spread * np.cos(a), 0.35 * spread * np.sin(a), 0.45 * height])
        pieces.append(
            (
                tube(
                    [root, (root + end) / 2 + [0, 0, 0.05 * height], end],
                    np.array([0.018, 0.014, 0.008]) * (0.6 + height / 2),
                    6,
                ),
                bark,
            )
        )
    long = float(rng.uniform(0.06, 0.11)) * (0.7 + 0.3 * height)
    main = foliage(rng, tone)
    for green in (main, foliage(rng, tone, 1.16)):
        root, along, face, length = scattered(rng, centres, radii, 800, long * (1.3 if ball else 1.0), 0.0)
        root[:, 2] = np.maximum(root[:, 2], 0.06)
        along[:, 2] = np.abs(along[:, 2])
        pieces.append((leaves(root, along, face, length, length * 0.55), green))
    if not ball and rng.random() < 0.35:
        root, along, face, length = scattered(rng, centres, radii * 1.02, 90, 0.05, 0.0)
        root[:, 2] = np.maximum(root[:, 2], 0.1)
        pieces += blossoms(rng, root, 0.028 + 0.01 * height, PETALS[int(rng.integers(len(PETALS)))])
    return assemble("bush", pieces, rng, main=main)


def grass_clump(rng: np.random.Generator) -> Asset:
    """A clump of grass: a low tuft, or tall ornamental grass with plumes."""
    tall = rng.random() < 0.5
    height = float(rng.uniform(0.7, 1.4) if tall else rng.uniform(0.15, 0.5))
    radius = height * float(rng.uniform(0.12, 0.2) if tall else rng.uniform(0.25, 0.45))
    tones: tuple[Rgb, ...] = ((0.30, 0.45, 0.14), (0.38, 0.52, 0.18), (0.52, 0.55, 0.25), (0.62, 0.56, 0.32))
    tone = materials.tone_of(rng, tones)
    green = foliage(rng, tone)
    count = int(rng.integers(420, 620))
    a, r = rng.uniform(0, 2 * np.pi, count), radius * np.sqrt(rng.random(count))
    root = np.stack([r * np.cos(a), r * np.sin(a), np.zeros(count)], 1)
    blade = 0.016 if tall else 0.011
    root, along, out, length, width = tufts(rng, root, height, blade, 0.75)
    along = along + 0.9 * np.stack([np.cos(a), np.sin(a), 0 * a], 1) * (r / radius)[:, None] ** 1.5 * 0.6
    along /= np.sqrt((along**2).sum(1, keepdims=True))
    # Each blade bends over: its upper half is a second leaf that leans further.
    half = length * 0.55
    upper = along + 0.8 * np.stack([np.cos(a), np.sin(a), -0.3 + 0 * a], 1) * rng.uniform(0.2, 0.9, (count, 1))
    upper /= np.sqrt((upper**2).sum(1, keepdims=True))
    pieces: list[Piece] = [(leaves(root, along, out, length * 0.75, width), green)]
    pieces.append(
        (leaves(root + along * half[:, None] * 0.7, upper, out, length * 0.6, width), foliage(rng, tone, 1.12))
    )
    base = rings(
        [(0, 0, 0.0), (0, 0, 0.02 * height + 0.006)], [(radius, radius), (radius * 0.7, radius * 0.7)], 2, 2, 14
    )
    pieces.append((loft(base), materials.soil(rng)))
    if tall and rng.random() < 0.6:
        plume = materials.plain("plumes", (0.80, 0.70, 0.52), 0.95)
        for _ in range(int(rng.integers(5, 12))):
            b, lean = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.3)
            t = np.linspace(0, 1, 6)
            path = np.stack([lean * t**2 * np.cos(b), lean * t**2 * np.sin(b), t * 1.15], 1) * height
            pieces.append((tube(path, np.array([0.003, 0.003, 0.003, 0.016, 0.013, 0.002]), 6), plume))
    return assemble("grass_clump", pieces, rng, main=green)


GENERATORS = {"bush": bush, "grass_clump": grass_clump}
