"""Shelters at bus stops, open towards +y."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.bodies import plate, rounded_outline
from pipeline.compose.assets.shapes import box
from pipeline.compose.assets.street_furniture import coated


def bus_shelter(rng: np.random.Generator) -> Asset:
    """A shelter open to +y: posts, roof, dark panes behind and beside, a bench, a poster."""
    frame = coated(rng, ("gray", "black", "green", "blue", "white"))
    pane = materials.plain("glass", (0.42, 0.50, 0.52), 0.06)
    wide, deep, high = float(rng.uniform(2.8, 4.2)), float(rng.uniform(1.2, 1.5)), float(rng.uniform(2.3, 2.5))
    pieces: list[Piece] = []
    bays = max(2, round(wide / 1.3))
    xs = np.linspace(-wide / 2 + 0.04, wide / 2 - 0.04, bays + 1)
    back = -deep / 2 + 0.05
    pieces += [(box((0.07, 0.07, high), (x, back, 0), 0.008), frame) for x in xs]
    for a, b in pairwise(xs):
        pieces.append((box((b - a - 0.09, 0.014, high - 0.55), ((a + b) / 2, back, 0.3), 0), pane))
        pieces += [
            (box((b - a - 0.06, 0.035, 0.04), ((a + b) / 2, back, z), 0.004), frame) for z in (0.265, high - 0.255)
        ]
    side = deep * 0.62
    for s in (-1, 1):
        if rng.random() < 0.85:
            x = s * (wide / 2 - 0.04)
            pieces.append((box((0.06, 0.06, high), (x, back + side, 0), 0.008), frame))
            if s > 0 and rng.random() < 0.7:
                poster = materials.plain(
                    "paper", materials.color_of(rng, ("red", "yellow", "blue", "green", "orange", "turquoise")), 0.3
                )
                pieces.append((box((0.12, side - 0.12, high - 0.6), (x, back + side / 2, 0.35), 0.01), frame))
                for f in (-1, 1):
                    pieces.append(
                        (box((0.01, side - 0.24, high - 0.75), (x + f * 0.062, back + side / 2, 0.42), 0), poster)
                    )
                    band = materials.plain("paper", (0.93, 0.93, 0.91), 0.3)
                    pieces.append((box((0.01, side - 0.4, 0.3), (x + f * 0.066, back + side / 2, 0.6), 0), band))
            else:
                pieces.append((box((0.014, side - 0.08, high - 0.55), (x, back + side / 2, 0.3), 0), pane))
    roof = box((wide + 0.2, deep + 0.3, 0.09), (0, 0.05, high - 0.01), 0.03, 2)
    pieces.append((roof, frame))
    wood = materials.wood(rng)
    long = wide * 0.5
    pieces += [(box((long, 0.1, 0.035), (-wide * 0.12, back + 0.2 + 0.12 * k, 0.42), 0.006), wood) for k in range(3)]
    for x in (-long / 2 + 0.15, long / 2 - 0.15):
        pieces.append((box((0.05, 0.32, 0.03), (x - wide * 0.12, back + 0.32, 0.391), 0.004), frame))
        pieces.append((box((0.05, 0.05, 0.392), (x - wide * 0.12, back + 0.32, 0), 0.004), frame))
    sign = materials.plastic(rng, ("yellow", "blue", "green", "red"))
    pieces.append((plate(rounded_outline(0.9, 0.2, 0.03), 0.02, (0, deep / 2 + 0.195, high + 0.06)), sign))
    bench = Surface("seat", (-wide * 0.12, back + 0.32, 0.455), (long / 2 - 0.1, 0.13), 1.4)
    return assemble("bus_shelter", pieces, rng, [bench], frame)


GENERATORS = {"bus_shelter": bus_shelter}
