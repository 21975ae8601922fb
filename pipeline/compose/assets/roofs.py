"""Roofs and what stands on them. z is counted from the ground; ridges run along x."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.masonry import blocks, hip, prism
from pipeline.compose.assets.openings import Scheme
from pipeline.compose.materials import Finish

TILES_M = 0.13
"""Thickness of tiles and battens."""


def gabled(
    x: tuple[float, float], y: tuple[float, float], eaves: float, rise: float, scheme: Scheme, over_x: float,
    over_y: float,
) -> list[Piece]:  # fmt: skip
    """Two slopes over the rectangle `x` by `y`, gables in the wall's finish, and gutters.

    over_x, over_y: how far the roof goes beyond gables and eaves.
    """
    middle, half = (y[0] + y[1]) / 2, (y[1] - y[0]) / 2
    slope = rise / half
    ridge, t = eaves + rise, TILES_M
    low = eaves - over_y * slope
    attic = prism([(y[0], eaves), (y[1], eaves), (middle, ridge)], x[0], x[1])
    ends = (x[0] - over_x, x[1] + over_x)
    front = prism([(y[1] + over_y, low), (y[1] + over_y, low + t), (middle, ridge + t), (middle, ridge)], *ends)
    back = prism([(middle, ridge), (middle, ridge + t), (y[0] - over_y, low + t), (y[0] - over_y, low)], *ends)
    cap = prism(
        [(middle - 0.12, ridge + t - 0.02), (middle + 0.12, ridge + t - 0.02), (middle, ridge + t + 0.09)], *ends
    )
    gutters = blocks(
        [[ends[0], y[1] + over_y, low - 0.02], [ends[0], y[0] - over_y - 0.11, low - 0.02]],
        [[ends[1], y[1] + over_y + 0.11, low + 0.08], [ends[1], y[0] - over_y, low + 0.08]],
    )
    return [
        (attic, scheme.wall),
        (front, scheme.roof),
        (back, scheme.roof),
        (cap, scheme.roof),
        (gutters, scheme.rails),
    ]


def hipped(
    x: tuple[float, float], y: tuple[float, float], eaves: float, rise: float, scheme: Scheme, over: float
) -> list[Piece]:
    """Four slopes over the rectangle `x` by `y`, on a boarded soffit that goes `over` metres beyond the walls."""
    x0, x1, y0, y1 = x[0] - over, x[1] + over, y[0] - over, y[1] + over
    soffit = blocks([x0, y0, eaves], [x1, y1, eaves + 0.16])
    return [(soffit, scheme.frame), (hip(x0 - 0.03, x1 + 0.03, y0 - 0.03, y1 + 0.03, eaves + 0.16, rise), scheme.roof)]


def flat(
    x: tuple[float, float], y: tuple[float, float], top: float, parapet: float, cover: Finish, scheme: Scheme,
    front: float,
) -> list[Piece]:  # fmt: skip
    """Felt behind a parapet with a coping. The wall at y[1] rises to the parapet's top itself, `front` metres thick."""
    t, rim = 0.24, top + parapet
    walls = blocks(
        [[x[0], y[0], top], [x[0], y[0] + t, top], [x[1] - t, y[0] + t, top]],
        [[x[1], y[0] + t, rim], [x[0] + t, y[1] - front, rim], [x[1], y[1] - front, rim]],
    )
    coping = blocks(
        [[x[0], y[1] - front - 0.03, rim], [x[0], y[0] - 0.03, rim], [x[0], y[0] + t, rim], [x[1] - t, y[0] + t, rim]],
        [
            [x[1], y[1] + 0.04, rim + 0.07],
            [x[1], y[0] + t, rim + 0.07],
            [x[0] + t, y[1] - front - 0.03, rim + 0.07],
            [x[1], y[1] - front - 0.03, rim + 0.07],
        ],
    )
    felt = blocks([x[0] + t, y[0] + t, top], [x[1] - t, y[1] - front, top + 0.03])
    return [(walls, scheme.wall), (coping, scheme.trim), (felt, cover)]


def chimney(rng: np.random.Generator, x: float, y: float, foot: float, top: float, scheme: Scheme) -> list[Piece]:
    """A stack from inside the roof at `foot` to `top`, with a cap and pots."""
    w, d = float(rng.uniform(0.6, 1.0)), float(rng.uniform(0.45, 0.6))
    pieces: list[Piece] = [(blocks([x - w / 2, y - d / 2, foot], [x + w / 2, y + d / 2, top]), scheme.wall)]
    cap = blocks([x - w / 2 - 0.05, y - d / 2 - 0.05, top], [x + w / 2 + 0.05, y + d / 2 + 0.05, top + 0.1])
    pieces.append((cap, scheme.trim))
    pots = np.linspace(x - w / 2 + 0.16, x + w / 2 - 0.16, max(1, round(w / 0.35)))
    low = np.stack([pots - 0.1, np.full(len(pots), y - 0.1), np.full(len(pots), top + 0.1)], 1)
    pieces.append((blocks(low, low + [0.2, 0.2, 0.4]), scheme.roof))
    return pieces
