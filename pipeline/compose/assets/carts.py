"""What people push: the pallet jack, the hand truck, the roll cage. Forks point along +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.forklift import FORK_M, FORK_X_M
from pipeline.compose.assets.profiles import boxes, painted, prism, tyre, wheel
from pipeline.compose.assets.shapes import bar, box, cylinder, tube
from pipeline.compose.colors import named_color


def pallet_jack(rng: np.random.Generator) -> Asset:
    """A hand pallet truck: two low forks on rollers, a pump, a drawbar with a loop."""
    paint = painted(named_color(("red", "orange", "yellow", "blue", "green", "red")[int(rng.integers(6))], rng), 0.4)
    dark, rubber = painted((0.1, 0.1, 0.11), 0.5), tyre()
    z, length = float(rng.uniform(0.105, 0.125)), FORK_M
    pieces: list[Piece] = []
    for s in (-1, 1):
        x = s * FORK_X_M
        tine = [(0.0, z - 0.05), (length - 0.08, z - 0.05), (length, z - 0.02), (length - 0.02, z), (0.0, z)]
        pieces.append((prism(tine, 0.155, x), paint))
        pieces += wheel(0.04, 0.09, (x, length - 0.2), rubber, dark)
        pieces += wheel(0.09, 0.05, (s * 0.06, -0.12), rubber, dark)
    pieces.append((box((2 * FORK_X_M + 0.155, 0.07, 0.34), (0, -0.01, z - 0.03), 0.01), paint))
    pieces.append((cylinder(0.055, 0.3, (0, -0.12, 0.16), 16), dark))
    pieces.append((cylinder(0.03, 0.12, (0, -0.12, 0.44), 12), materials.steel(rng)))
    lean = float(rng.uniform(0.05, 0.3))
    foot = np.array([0, -0.16, 0.36])
    head = foot + 0.72 * np.array([0, -np.sin(lean), np.cos(lean)])
    up = (head - foot) / np.linalg.norm(head - foot)
    pieces.append((tube([foot, head], 0.018, 10), dark))
    loop = [
        head,
        head + up * 0.06 + [0.09, 0, 0],
        head + up * 0.16 + [0.1, 0, 0],
        head + up * 0.2,
        head + up * 0.16 - [0.1, 0, 0],
        head + up * 0.06 - [0.09, 0, 0],
        head,
    ]
    pieces.append((tube(loop, 0.014, 8), dark))
    surface = Surface("forks", (0, length / 2, z), (FORK_X_M + 0.07, length / 2))
    return assemble("pallet_jack", pieces, rng, [surface], paint)


def hand_truck(rng: np.random.Generator) -> Asset:
    """A two-wheeled sack truck, upright on its toe plate and wheels."""
    paint = painted(named_color(("red", "blue", "green", "gray", "black", "orange")[int(rng.integers(6))], rng), 0.4)
    height, half = float(rng.uniform(1.1, 1.3)), float(rng.uniform(0.18, 0.23))
    pieces: list[Piece] = []
    for s in (-1, 1):
        line = [
            (s * half, 0, 0.02),
            (s * half, 0, height - 0.15),
            (s * half * 0.95, -0.05, height - 0.04),
            (s * half * 0.9, -0.16, height),
        ]
        pieces.append((tube(line, 0.014, 8), paint))
        pieces.append(
            (bar((s * half * 0.9, -0.12, height - 0.012), (s * half * 0.88, -0.2, height + 0.01), 0.019), tyre())
        )
        pieces += wheel(0.13, 0.06, (s * (half + 0.055), -0.14), tyre(), paint)
        pieces.append((bar((s * half, -0.01, 0.45), (s * half, -0.14, 0.14), 0.011, sides=8), paint))
    pieces.append((bar((-half - 0.06, -0.14, 0.13), (half + 0.06, -0.14, 0.13), 0.011, sides=8), paint))
    for z in np.linspace(0.2, height - 0.25, 4):
        pieces.append((boxes((2 * half, 0.008, 0.04), (0, 0.006, z)), paint))
    pieces.append(
        (
            boxes([(2 * half + 0.05, 0.24, 0.006), (2 * half + 0.05, 0.006, 0.09)], [(0, 0.12, 0), (0, 0.003, 0.004)]),
            paint,
        )
    )
    return assemble("hand_truck", pieces, rng, [Surface("toe", (0, 0.12, 0.006), (half, 0.1))], paint)


def roll_cage(rng: np.random.Generator) -> Asset:
    """A wire cage on four castors, open in front."""
    metal = (
        materials.plain("metal", (0.66, 0.67, 0.68), 0.35, 0.6)
        if rng.random() < 0.6
        else painted(named_color("blue", rng))
    )
    x, y, z = float(rng.uniform(0.7, 0.8)), float(rng.uniform(0.6, 0.72)), float(rng.uniform(1.55, 1.75))
    foot = 0.16
    size, at = [(x, y, 0.03)], [(0.0, 0.0, foot)]
    for s in (-1, 1):
        size += [(0.03, 0.03, z - foot), (0.03, 0.03, z - foot)]
        at += [(s * (x / 2 - 0.015), u * (y / 2 - 0.015), foot) for u in (-1, 1)]
        size.append((0.03, y, 0.03))
        at.append((s * (x / 2 - 0.015), 0, z - 0.03))
    size.append((x, 0.03, 0.03))
    at.append((0, -y / 2 + 0.015, z - 0.03))
    for u in np.linspace(-y / 2, y / 2, 9)[1:-1]:
        size += [(0.008, 0.008, z - foot - 0.04)] * 2
        at += [(s * (x / 2 - 0.015), u, foot + 0.02) for s in (-1, 1)]
    for u in np.linspace(-x / 2, x / 2, 10)[1:-1]:
        size.append((0.008, 0.008, z - foot - 0.04))
        at.append((u, -y / 2 + 0.015, foot + 0.02))
    for h in np.linspace(foot + 0.15, z - 0.15, 7):
        size += [(0.01, y - 0.02, 0.01)] * 2 + [(x - 0.02, 0.01, 0.01)]
        at += [(-x / 2 + 0.015, 0, h), (x / 2 - 0.015, 0, h), (0, -y / 2 + 0.015, h)]
    pieces: list[Piece] = [(boxes(size, at), metal)]
    for s in (-1, 1):
        for u in (-1, 1):
            spot = (s * (x / 2 - 0.06), u * (y / 2 - 0.08))
            pieces += wheel(0.055, 0.035, spot, tyre(), metal)
            pieces.append((boxes((0.055, 0.07, 0.06), (*spot, foot - 0.06)), metal))
    return assemble(
        "roll_cage", pieces, rng, [Surface("shelf", (0, 0, foot + 0.03), (x / 2 - 0.04, y / 2 - 0.04), z - foot)], metal
    )


GENERATORS = {"hand_truck": hand_truck, "pallet_jack": pallet_jack, "roll_cage": roll_cage}
