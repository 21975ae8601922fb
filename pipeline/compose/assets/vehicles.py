"""Vans and buses, noses towards +y."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import decal, patch
from pipeline.compose.assets.coachwork import Stance, shell
from pipeline.compose.assets.shapes import bar, box, move, turn
from pipeline.compose.assets.wheels import number_plate, put, road_wheel
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

FLEET = ("white", "white", "white", "gray", "blue", "red", "yellow", "green", "black")


def rect(a: float, b: float, low: float, high: float, columns: int = 6, rows: int = 4) -> Float:
    """A level patch from `a` to `b` between two heights, for `decal`."""
    return patch([(a, low), (b, low), (b, high), (a, high)], columns, rows)


def dark_glass() -> Finish:
    """Windows of a vehicle, as one sees them by day."""
    return materials.plain("glass", (0.05, 0.06, 0.07), 0.06)


def fleet_paint(rng: np.random.Generator, names: tuple[str, ...] = FLEET) -> Finish:
    """Paint of vans, lorries and buses."""
    return materials.plain("metal", materials.color_of(rng, names), float(rng.uniform(0.2, 0.35)), 0.12)


def lights(body: Mesh, wide: float, low: float, high: float, tail: tuple[float, float], broad: float) -> list[Piece]:
    """Headlights between `low` and `high`, tail lights over the heights `tail`; `wide` is the half width."""
    white = materials.plain("glass", (0.88, 0.91, 0.94), 0.08, 0.2)
    red = materials.plain("glass", (0.62, 0.03, 0.03), 0.12)
    pieces: list[Piece] = []
    for s in (-1, 1):
        inner = wide - broad
        pieces.append((decal(body, rect(s * inner, s * wide * 0.93, low, high), 1, 1, 0.03, 0.004), white))
        pieces.append((decal(body, rect(s * (wide - 0.16), s * wide * 0.9, *tail), 1, -1, 0.02, 0.004), red))
    return pieces


def axle_wheels(
    rng: np.random.Generator, axles: tuple[float, ...], radius: float, width: float, outer: float, twin: int = 0
) -> list[Piece]:
    """A pair of wheels on each axle, their outer sides at x = +-`outer`; the last `twin` axles carry double width."""
    tyre = materials.rubber(rng)
    rim = materials.plain(
        "metal", ((0.55, 0.56, 0.58), (0.75, 0.75, 0.76), (0.3, 0.3, 0.31))[int(rng.integers(3))], 0.4, 0.5
    )
    pieces: list[Piece] = []
    for k, y in enumerate(axles):
        broad = width * (2.0 if k >= len(axles) - twin else 1.0)
        made = road_wheel(rng, radius, broad, tyre, rim, 0.6)
        x = outer - broad / 2
        pieces += put(made, (x, y, radius)) + put(made, (-x, y, radius), mirrored=True)
    return pieces


def wing_mirror(paint: Finish, s: int, x: float, y: float, z: float, tall: float) -> list[Piece]:
    """A mirror on an arm on side `s` (1 or -1) of a body whose side is at `x`; its foot at `z`."""
    return [
        (box((0.1, 0.14, tall), (s * (x + 0.14), y, z), 0.03, 2), paint),
        (bar((s * (x - 0.06), y, z + 0.1), (s * (x + 0.12), y, z + 0.1), 0.02, sides=8), paint),
    ]


def van(rng: np.random.Generator) -> Asset:
    """A delivery van or minibus, 4.7 to 6 m long."""
    length, width = float(rng.uniform(4.7, 6.0)), float(rng.uniform(1.9, 2.05))
    height = float(rng.uniform(1.95, 2.55))
    half, wheel = length / 2, 0.34
    front = half - 0.95
    stance = Stance(length, width, 0.26, (front, -half + float(rng.uniform(0.95, 1.15))), wheel, wheel + 0.06)
    roof = height - 0.07
    bonnet = float(rng.uniform(1.02, 1.12))
    base, crest = half - 0.62, half - 1.55 - 0.3 * (height - 1.95)
    top = np.array(
        [(-half, roof - 0.02), (-half + 0.15, roof), (crest - 0.3, roof), (crest, roof - 0.03), (crest + 0.1, roof - 0.09),
         (base, bonnet + 0.06), (base + 0.1, bonnet), (half - 0.15, bonnet - 0.14), (half, bonnet - 0.22)]
    )  # fmt: skip
    body = shell(stance, top, 0.3, 0.95, 1.2)
    paint, glass, black = fleet_paint(rng), dark_glass(), materials.plain("plastic", (0.05, 0.05, 0.052), 0.6)
    pieces: list[Piece] = [(body, paint)]
    w = width / 2
    screen = patch(
        [(-w * 0.8, base - 0.0), (w * 0.8, base - 0.0), (w * 0.74, crest + 0.14), (-w * 0.74, crest + 0.14)], 9, 6
    )
    pieces.append((decal(body, screen, 2, 1, 0.016, 0.003), glass))
    sill = bonnet + 0.06
    ends = [crest - 0.62, -half + 0.18]
    # The door's window: its front edge leans with the windscreen.
    back, head = max(base - 1.32, ends[0] + 0.06), min(roof - 0.2, sill + 0.62)
    cab = patch([(base - 0.32, sill), (back, sill), (back, head), (max(crest + 0.02, back + 0.12), head)], 7, 5)
    glazed = rng.random() < 0.35
    count = int(rng.integers(2, 4))
    stops = np.linspace(ends[0] - 0.02, ends[1], count + 1)
    for s in (-1, 1):
        pieces.append((decal(body, cab, 0, s, 0.016, 0.0), glass))
        if glazed:
            for a, b in pairwise(stops):
                pieces.append(
                    (
                        decal(body, rect(a - 0.04, b + 0.04, sill, min(roof - 0.2, sill + 0.62)), 0, s, 0.016, 0.0),
                        glass,
                    )
                )
        for y in (base - 0.3, crest - 0.6, crest - 1.65):
            pieces.append(
                (
                    decal(
                        body,
                        rect(y - 0.006, y + 0.006, 0.4, roof - 0.18 if y < base - 0.5 else sill, 2, 8),
                        0,
                        s,
                        0.008,
                        0.0,
                    ),
                    black,
                )
            )
        for y in (crest - 0.4, crest - 0.72):
            pieces.append((box((0.05, 0.16, 0.03), (s * (w - 0.012), y, bonnet - 0.1), 0.01), black))
        strip = rect(stance.rear + 0.44, stance.front - 0.44, 0.5, 0.58, 8, 2)
        pieces.append((decal(body, strip, 0, s, 0.02, 0.0), black))
        pieces += wing_mirror(black, s, w * 0.95, base - 0.35, sill, 0.28)
        if not glazed or rng.random() < 0.5:
            pieces.append(
                (decal(body, rect(s * 0.06, s * w * 0.74, roof - 0.75, roof - 0.22), 1, -1, 0.016, 0.0), glass)
            )
    pieces.append((decal(body, rect(-0.006, 0.006, 0.45, roof - 0.1, 2, 8), 1, -1, 0.01, 0.0), black))
    pieces.append(
        (decal(body, rect(-w * 0.55, w * 0.55, bonnet - 0.42, bonnet - 0.28, 9, 3), 1, 1, 0.02, 0.002), black)
    )
    pieces.append((decal(body, rect(-w * 0.79, w * 0.79, 0.36, 0.56, 11, 3), 1, 1, 0.03, 0.002), black))
    pieces.append((decal(body, rect(-w * 0.79, w * 0.79, 0.36, 0.52, 11, 3), 1, -1, 0.03, 0.002), black))
    pieces += lights(body, w, bonnet - 0.44, bonnet - 0.24, (0.9, 1.35), 0.34)
    sheet, finish = number_plate(rng)
    pieces += [
        (move(sheet, (0, half + 0.02, 0.46)), finish),
        (move(turn(sheet, np.pi), (0.0, -half - 0.012, 0.75)), finish),
    ]
    pieces += axle_wheels(rng, (stance.front, stance.rear), wheel, 0.22, w - 0.015)
    return assemble("van", pieces, rng, main=paint)


def bus(rng: np.random.Generator) -> Asset:
    """A city bus or coach, 9 to 12 m long, its doors on the right."""
    length, width, height = float(rng.uniform(9.0, 12.0)), 2.52, float(rng.uniform(2.95, 3.3))
    half, w, wheel = length / 2, 1.26, 0.48
    stance = Stance(length, width, 0.3, (half - 2.65, -half + float(rng.uniform(2.6, 3.2))), wheel, wheel + 0.08)
    roof = height - 0.07
    top = np.array(
        [(-half, roof - 0.03), (-half + 0.2, roof), (half - 0.35, roof), (half - 0.1, roof - 0.05), (half, roof - 0.15)]
    )
    body = shell(stance, top, 0.22, 1.5, 2.0)
    paint = fleet_paint(rng, ("red", "yellow", "blue", "white", "green", "orange", "white", "turquoise"))
    glass, black = dark_glass(), materials.plain("plastic", (0.05, 0.05, 0.052), 0.6)
    trim = materials.plain("metal", materials.color_of(rng, ("white", "gray", "black", "blue")), 0.3, 0.1)
    pieces: list[Piece] = [(body, paint)]
    sill, head = float(rng.uniform(1.15, 1.35)), height - 0.55
    count = round((length - 1.0) / float(rng.uniform(1.2, 1.7)))
    stops = np.linspace(half - 0.45, -half + 0.55, count + 1)
    doors = {0, int(count * 0.45)} if rng.random() < 0.8 else {0}
    for s in (-1, 1):
        for k, (a, b) in enumerate(pairwise(stops)):
            if s == 1 and k in doors:
                middle = (a + b) / 2
                pieces.append((decal(body, rect(a - 0.02, b + 0.02, 0.38, head + 0.04, 3, 7), 0, s, 0.012, 0.0), black))
                for c, d in ((a - 0.08, middle + 0.03), (middle - 0.03, b + 0.08)):
                    pieces.append((decal(body, rect(c, d, 0.5, head - 0.03, 3, 7), 0, s, 0.016, 0.003), glass))
                continue
            pieces.append((decal(body, rect(a - 0.03, b + 0.03, sill, head, 3, 5), 0, s, 0.016, 0.0), glass))
        a, b = stance.front - 0.62, stance.rear + 0.62
        pieces.append((decal(body, rect(a, b, 0.42, 0.52, 10, 2), 0, s, 0.02, 0.0), trim))
        pieces += [
            (box((0.1, 0.16, 0.4), (s * (w + 0.02), half + 0.14, head - 0.5), 0.03, 2), black),
            (
                bar(
                    (s * (w - 0.14), half - 0.1, head + 0.02),
                    (s * (w + 0.02), half + 0.14, head - 0.12),
                    0.025,
                    sides=8,
                ),
                black,
            ),
        ]
    pieces.append((decal(body, rect(-w * 0.79, w * 0.79, sill - 0.2, head, 11, 7), 1, 1, 0.016, 0.002), glass))
    pieces.append((decal(body, rect(-w * 0.8, w * 0.8, head + 0.05, head + 0.3, 9, 3), 1, 1, 0.016, 0.002), black))
    amber = materials.plain("glass", (1.0, 0.62, 0.1), 0.3, 0.0, (0.9, 0.4, 0.05))
    for k in range(int(rng.integers(5, 9))):
        x = w * (-0.6 + 0.17 * k)
        pieces.append((decal(body, rect(x, x + 0.12, head + 0.11, head + 0.24, 2, 2), 1, 1, 0.03, 0.004), amber))
    pieces.append((decal(body, rect(-w * 0.8, w * 0.8, sill + 0.1, head, 9, 5), 1, -1, 0.016, 0.002), glass))
    pieces += lights(body, w, 0.62, 0.82, (0.8, 1.15), 0.42)
    for s in (1, -1):
        pieces.append((decal(body, rect(-w * 0.79, w * 0.79, 0.4, 0.52, 11, 3), 1, s, 0.03, 0.002), black))
    pieces.append((box((1.5, float(rng.uniform(1.6, 2.6)), 0.18), (0, -half * 0.25, height - 0.03), 0.05, 2), paint))
    sheet, finish = number_plate(rng)
    pieces += [
        (move(sheet, (0, half + 0.024, 0.47)), finish),
        (move(turn(sheet, np.pi), (0, -half - 0.02, 0.62)), finish),
    ]
    pieces += axle_wheels(rng, (stance.front, stance.rear), wheel, 0.28, w - 0.02)
    return assemble("bus", pieces, rng, main=paint)


GENERATORS = {"bus": bus, "van": van}
