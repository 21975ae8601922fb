"""Motifs in two tones: the dark half shows the second colour. Heights are those of fine cloth."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Pattern, drawn, grid, noise, unit
from pipeline.scene import Float


def _printed(rng: np.random.Generator, motif: Float, uneven: float, spread: float, frequency: int = 80) -> Pattern:
    threads = noise(rng, 256, frequency, frequency)
    return drawn(motif + uneven * threads, spread, unit(threads))


def stripes(rng: np.random.Generator) -> Pattern:
    u, v = grid(256)
    count = int(rng.choice([4, 6, 8]))
    width = rng.uniform(0.3, 0.6)
    return _printed(rng, np.where((u * count) % 1 < width, 1.0, -1.0) + 0 * v, 0.12, 1.6)


def dots(rng: np.random.Generator) -> Pattern:
    u, v = grid(256)
    count = int(rng.choice([4, 6]))
    row = np.floor(v * count)
    du = (u * count + 0.5 * (row % 2)) % 1 - 0.5
    dv = (v * count) % 1 - 0.5
    return _printed(rng, np.where(np.hypot(du, dv) < rng.uniform(0.18, 0.3), -1.0, 0.3), 0.06, 2.2)


def zigzag(rng: np.random.Generator) -> Pattern:
    u, v = grid(256)
    count = int(rng.choice([4, 6]))
    phase = (v * count + 0.5 * np.abs(((u * count) % 1) * 2 - 1)) % 1
    return _printed(rng, np.where(phase < 0.5, 1.0, -1.0), 0.15, 1.6)


def diamonds(rng: np.random.Generator) -> Pattern:
    u, v = grid(256)
    count = int(rng.choice([2, 3, 4]))
    distance = np.abs((u * count) % 1 - 0.5) + np.abs((v * count) % 1 - 0.5)
    bands = np.where(np.abs(distance - 0.5) < 0.06, -1.3, np.where(distance < 0.18, -0.8, 0.5))
    return _printed(rng, bands, 0.2, 2.2, 70)


def persian(rng: np.random.Generator) -> Pattern:
    """A mirrored carpet field: folding noise about the axes gives the symmetry of knotted motifs."""
    field = noise(rng, 256, 9, 9, 3.0, 0.3)
    folded = field + field[::-1] + field[:, ::-1] + field[::-1, ::-1]
    return _printed(rng, np.where(folded > 0.8, 1.0, np.where(folded < -1.0, -1.0, 0.0)), 0.2, 2.0)
