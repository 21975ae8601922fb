"""Benches and radiators. Backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import joinery
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.shapes import bar, box, lathe, move, turn


def hallway_bench(rng: np.random.Generator) -> Asset:
    """A bench to put shoes on: on legs with a shelf of slats, or a box with open bays; a cushion on it or none."""
    (wood, _), cloth = joinery(rng), materials.upholstery(rng)
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.8, 1.4), (0.34, 0.42), (0.43, 0.48)))
    padded = rng.random() < 0.55
    top = height - (0.055 if padded else 0.0)
    board = 0.03
    pieces: list[Piece] = []
    surfaces = []
    if rng.random() < 0.5:
        frame = wood if rng.random() < 0.5 else materials.metal(rng)
        pieces += four_legs(
            rng, width, depth, top - board, frame, ("square", "tapered", "hairpin")[int(rng.integers(3))]
        )
        pieces.append((box((width, depth, board), (0, 0, top - board), 0.006, 2), wood))
        if rng.random() < 0.7:
            shelf = float(rng.uniform(0.13, 0.2))
            # Close enough together to carry a camera or a cup.
            slats = 1 + int(np.ceil((depth - 0.1) / 0.058))
            for k in range(slats):
                y = -depth / 2 + 0.05 + (depth - 0.1) * k / (slats - 1)
                pieces.append((box((width - 0.07, 0.035, 0.015), (0, y, shelf), 0.003), wood))
            for s in (-1, 1):
                pieces.append(
                    (box((0.02, depth - 0.06, 0.02), (s * (width / 2 - 0.045), 0, shelf - 0.019), 0.002), frame)
                )
            surfaces.append(
                Surface(
                    "shelf", (0, 0, shelf + 0.015), (width / 2 - 0.09, depth / 2 - 0.05), top - board - shelf - 0.03
                )
            )
    else:
        side = 0.022
        bays = max(2, round(width / 0.42))
        pieces.append((box((width, depth, board), (0, 0, top - board), 0.004), wood))
        pieces.append((box((width - 2 * side + 0.001, depth - 0.01, side), (0, 0, 0.05), 0.002), wood))
        pieces.append((box((width - 2 * side, depth - 0.06, 0.051), (0, -0.01, 0), 0), wood))
        pieces.append(
            (box((width - 2 * side + 0.001, 0.01, top - board - 0.06), (0, -depth / 2 + 0.008, 0.06), 0), wood)
        )
        for k in range(bays + 1):
            x = -(width - side) / 2 + (width - side) * k / bays
            low = 0.0 if k in (0, bays) else 0.07
            pieces.append((box((side, depth - 0.004, top - board - low + 0.001), (x, 0, low), 0.002), wood))
            if k < bays:
                w = (width - side) / bays
                clear = top - board - 0.072 - 0.006
                surfaces.append(Surface("shelf", (x + w / 2, 0.01, 0.072), (w / 2 - 0.03, depth / 2 - 0.03), clear))
    if padded:
        parts = 1 if rng.random() < 0.6 else 2
        for k in range(parts):
            w = (width - 0.01) / parts
            at = (-(width - 0.01) / 2 + w * (k + 0.5), 0, top - 0.001)
            pieces.append((box((w - 0.006, depth - 0.012, 0.056), at, 0.022, 3), cloth))
    seat = Surface("seat", (0, 0, height), (width / 2 - 0.05, depth / 2 - 0.05), 1.0)
    return assemble("bench", pieces, rng, [seat, *surfaces], (cloth, wood) if padded else wood)


def radiator(rng: np.random.Generator) -> Asset:
    """A heater on the floor before a wall: a panel with ribs, or round columns; valve and pipes."""
    white = materials.plain("metal", (0.93, 0.93, 0.92), 0.3, 0.05) if rng.random() < 0.85 else materials.metal(rng)
    brass = materials.plain("metal", (0.75, 0.74, 0.72), 0.2, 0.7)
    width, height, lift = float(rng.uniform(0.6, 1.5)), float(rng.uniform(0.45, 0.6)), float(rng.uniform(0.1, 0.15))
    pieces: list[Piece] = []
    if rng.random() < 0.55:
        deep = 0.07
        for s in (-1, 1):
            pieces.append((box((width, 0.012, height), (0, s * (deep / 2 - 0.006), lift), 0.005), white))
        ribs = round(width / 0.034)
        for k in range(ribs):
            x = -width / 2 + width * (k + 0.5) / ribs
            pieces.append((box((width / ribs * 0.55, 0.008, height - 0.06), (x, deep / 2, lift + 0.03), 0.0035), white))
        for s in (-1, 1):
            pieces.append(
                (box((0.008, deep, height - 0.004), (s * (width / 2 - 0.004), 0, lift + 0.002), 0.002), white)
            )
        # The grille above lets the warm air out.
        slots = round(width / 0.03)
        for k in range(slots):
            x = -width / 2 + 0.01 + (width - 0.02) * (k + 0.5) / slots
            pieces.append((box((0.016, deep - 0.02, 0.006), (x, 0, lift + height - 0.008), 0), white))
        x_valve = width / 2 + 0.03
        feet = [s * (width / 2 - 0.12) for s in (-1, 1)]
        pieces += [(box((0.03, 0.05, lift + 0.01), (x, 0, 0), 0.004), white) for x in feet]
        pieces += [(box((0.08, 0.09, 0.008), (x, 0, 0), 0.002), white) for x in feet]
    else:
        pitch, rows = 0.046, int(rng.choice([2, 3]))
        count = max(8, int(width / pitch))
        width = count * pitch
        reach = 0.034 * (rows - 1)
        low, high = lift + 0.03, lift + height - 0.03
        for k in range(count):
            x = -width / 2 + pitch * (k + 0.5)
            for row in range(rows):
                yy = -reach / 2 + reach * row / (rows - 1)
                pieces.append((bar((x, yy, low), (x, yy, high), 0.0125, sides=8), white))
            for z in (low, high):
                pieces.append((box((pitch - 0.003, reach + 0.036, 0.05), (x, 0, z - 0.025), 0.0155), white))
        x_valve = width / 2 + 0.025
        for k in (1, count - 2):
            x = -width / 2 + pitch * (k + 0.5)
            pieces += [
                (bar((x, s * (reach / 2), 0), (x, s * reach / 2, low), 0.009, 0.012, 10), white) for s in (-1, 1)
            ]
    z = lift + 0.05
    pieces.append((bar((width / 2 - 0.02, 0, z), (x_valve, 0, z), 0.011), brass))
    pieces.append((bar((x_valve, 0, 0), (x_valve, 0, z + 0.012), 0.009), brass))
    pieces.append((bar((x_valve, 0, z), (x_valve, 0.05, z), 0.012), brass))
    knob = lathe([(0, 0), (0.02, 0), (0.024, 0.03), (0.02, 0.055), (0, 0.058)], 18)
    pieces.append(
        (move(turn(knob, -np.pi / 2, 0), (x_valve, 0.045, z)), materials.plain("plastic", (0.95, 0.95, 0.94), 0.4))
    )
    pieces.append((bar((-width / 2 + 0.02, 0, z), (-x_valve, 0, z), 0.011), brass))
    pieces.append((bar((-x_valve, 0, 0), (-x_valve, 0, z + 0.012), 0.009), brass))
    return assemble("radiator", pieces, rng, main=white)


GENERATORS = {
    "hallway_bench": hallway_bench,
    "radiator": radiator,
}
