"""Taps."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.lofts import fillet
from pipeline.compose.assets.shapes import bar, cylinder, tube
from pipeline.compose.materials import Finish


def tap(rng: np.random.Generator, at: tuple[float, float, float], finish: Finish, tall: float) -> list[Piece]:
    """A mixer standing on `at`, its spout reaching towards +y: a swan neck, or a straight one on a column."""
    x, y, z = at
    r = 0.013
    pieces: list[Piece] = [(cylinder(0.026, 0.012, (x, y, z), 24, top=0.02), finish)]
    if rng.random() < 0.6:
        bend = tall * 0.3
        t = np.linspace(0, 1.12 * np.pi, 14)
        curve = np.stack([np.full(14, x), y + bend - bend * np.cos(t), z + tall - bend + bend * np.sin(t)], 1)
        pieces.append((tube(np.concatenate([[[x, y, z + 0.004]], curve]), r * 0.85, 12), finish))
    else:
        h = tall * 0.6
        pieces.append((bar((x, y, z + 0.004), (x, y, z + h), r * 1.4, r * 1.2, 18), finish))
        tip = (x, y + tall * 0.58, z + h)
        path = fillet([(x, y, z + h * 0.72), (x, y + tall * 0.3, z + h * 0.98), tip], 0.04)
        pieces.append((tube(path, np.linspace(r, r * 0.85, len(path)), 12), finish))
        pieces.append((cylinder(r * 0.7, 0.012, (tip[0], tip[1] - 0.014, tip[2] - 0.02), 14), finish))
    side = float(rng.choice([-1, 1]))
    pieces.append((bar((x, y, z + tall * 0.2), (x + side * 0.035, y, z + tall * 0.22), r, r * 0.9, 12), finish))
    lever = [(x + side * 0.03, y, z + tall * 0.22), (x + side * 0.055, y + 0.02, z + tall * 0.22 + 0.06)]
    pieces.append((tube(lever, [0.007, 0.005], 8), finish))
    return pieces
