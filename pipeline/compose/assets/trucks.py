"""Lorries with a cab over the engine, noses towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import decal, patch
from pipeline.compose.assets.coachwork import Stance, shell
from pipeline.compose.assets.shapes import box, cylinder, ellipsoid, move, turn
from pipeline.compose.assets.vehicles import axle_wheels, dark_glass, fleet_paint, rect, wing_mirror
from pipeline.compose.assets.wheels import number_plate
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh


def truck(rng: np.random.Generator) -> Asset:
    """A lorry with a cab over its engine and a box, a flatbed or a tipper behind, 6.5 to 9 m long."""
    cab_long, bed = float(rng.uniform(1.8, 2.1)), float(rng.uniform(4.2, 6.2))
    width, cab_high = float(rng.uniform(2.25, 2.5)), float(rng.uniform(2.5, 2.95))
    length, w, wheel = cab_long + 0.25 + bed, width / 2, 0.47
    half = length / 2
    paint, glass, black = fleet_paint(rng), dark_glass(), materials.plain("plastic", (0.05, 0.05, 0.052), 0.6)
    steel = materials.plain("metal", (0.12, 0.12, 0.13), 0.6, 0.3)
    front = half - 1.15
    stance = Stance(2 * cab_long, width, 0.42, (0.0,), wheel, wheel + 0.1)
    cab = _cab(stance, cab_high, half, front)
    pieces: list[Piece] = [(cab, paint)]
    sill = 1.5
    pieces.append((decal(cab, rect(-w * 0.79, w * 0.79, sill, cab_high - 0.35, 9, 6), 1, 1, 0.02, 0.002), glass))
    pieces.append((decal(cab, rect(-w * 0.7, w * 0.7, 0.95, sill - 0.14, 9, 4), 1, 1, 0.02, 0.0), black))
    pieces.append((decal(cab, rect(-w * 0.79, w * 0.79, 0.48, 0.66, 11, 3), 1, 1, 0.04, 0.004), steel))
    white = materials.plain("glass", (0.88, 0.91, 0.94), 0.08, 0.2)
    for s in (-1, 1):
        window = patch(
            [(half - 0.32, sill), (half - 1.25, sill), (half - 1.25, cab_high - 0.38), (half - 0.5, cab_high - 0.38)],
            5,
            5,
        )
        pieces.append((decal(cab, window, 0, s, 0.018, 0.0), glass))
        for y in (half - 0.24, half - 1.36):
            pieces.append((decal(cab, rect(y - 0.006, y + 0.006, 1.1, cab_high - 0.3, 2, 5), 0, s, 0.008, 0.0), black))
        pieces.append((decal(cab, rect(s * w * 0.62, s * w * 0.9, 0.7, 0.88), 1, 1, 0.03, 0.004), white))
        pieces += wing_mirror(black, s, w, half - 0.18, sill + 0.1, 0.45)
        pieces.append((box((0.36, 0.9, 0.42), (s * (w - 0.25), front - 1.25, 0.5), 0.06, 2), steel))
    pieces.append((box((0.8, length - 0.5, 0.22), (0, -0.15, 0.72), 0.02), steel))
    rear = [-half + bed * 0.27]
    if bed > 5.3:
        rear = [-half + bed * 0.2 + 1.15, -half + bed * 0.2]
    pieces += _load(rng, bed, width, cab_high, -half + bed / 2, paint, steel)
    for s in (-1, 1):
        red = materials.plain("glass", (0.62, 0.03, 0.03), 0.12)
        pieces.append((box((0.3, 0.05, 0.12), (s * (w - 0.25), -half + 0.022, 0.66), 0.01), red))
        pieces.append((box((0.06, 0.06, 0.3), (s * 0.6, -half + 0.1, 0.5), 0.01), steel))
        guard = box(
            (0.03, abs(front - 1.75 - (rear[0] + 0.6)), 0.14),
            (s * (w - 0.06), (front - 1.75 + rear[0] + 0.6) / 2, 0.55),
            0.01,
        )
        pieces.append((guard, steel))
    pieces.append((box((width - 0.3, 0.08, 0.12), (0, -half + 0.1, 0.45), 0.01), steel))
    sheet, finish = number_plate(rng)
    pieces += [
        (move(sheet, (0, half + 0.035, 0.57)), finish),
        (move(turn(sheet, np.pi), (0, -half + 0.055, 0.51)), finish),
    ]
    pieces += axle_wheels(rng, (front, *rear), wheel, 0.27, w - 0.02, len(rear))
    return assemble("truck", pieces, rng, main=paint)


def _cab(stance: Stance, high: float, half: float, front: float) -> Mesh:
    """The cab of a lorry whose nose is at y = `half`."""
    long = stance.length / 2
    a = long / 2
    own = Stance(long, stance.width, stance.sill, (front - (half - a),), stance.wheel, stance.arch)
    top = np.array(
        [(-a, high - 0.1), (-a + 0.1, high - 0.07), (a - 0.55, high - 0.07), (a - 0.2, high - 0.12), (a, high - 0.3)]
    )
    return move(shell(own, top, 0.2, 1.3, 1.6), (0, half - a, 0))


def _load(
    rng: np.random.Generator, bed: float, width: float, cab: float, y: float, paint: Finish, steel: Finish
) -> list[Piece]:
    """What stands on the frame: a closed box, an open flatbed with drop sides, or a tank."""
    floor, kind = 0.98, int(rng.integers(3))
    if kind == 0:
        high = float(rng.uniform(2.1, 2.5))
        skin = materials.plain(
            "metal", materials.color_of(rng, ("white", "white", "gray", "beige", "blue", "yellow")), 0.4, 0.1
        )
        pieces: list[Piece] = [(box((width, bed, high), (0, y, floor), 0.03, 1), skin)]
        pieces += [
            (box((0.05, bed + 0.01, 0.1), (s * width / 2, y, floor + z), 0.01), steel)
            for s in (-1, 1)
            for z in (0.0, high - 0.1)
        ]
        back = y - bed / 2
        pieces += [
            (box((0.03, 0.03, high - 0.2), (x, back - 0.005, floor + 0.1), 0.006), steel) for x in (-0.35, 0.0, 0.35)
        ]
        return pieces
    if kind == 1:
        wood = materials.wood(rng)
        rail = float(rng.uniform(0.4, 0.6))
        pieces = [(box((width, bed, 0.12), (0, y, floor - 0.02), 0.01), wood)]
        pieces += [(box((0.04, bed, rail), (s * (width / 2 - 0.02), y, floor + 0.09), 0.01), paint) for s in (-1, 1)]
        pieces += [
            (
                box((width, 0.04, rail + (0.5 if s > 0 else 0.0)), (0, y + s * (bed / 2 - 0.02), floor + 0.09), 0.01),
                paint,
            )
            for s in (-1, 1)
        ]
        for k in range(4):
            at = y - bed / 2 + bed * (k + 0.5) / 4
            pieces += [
                (box((0.03, 0.07, rail + 0.06), (s * width / 2, at, floor + 0.02), 0.008), steel) for s in (-1, 1)
            ]
        return pieces
    radius = width / 2 - 0.1
    tank = turn(move(cylinder(radius, bed * 0.96, sides=36), (0, 0, -bed * 0.48)), np.pi / 2, 0)
    polished = materials.plain("metal", ((0.72, 0.73, 0.75), (0.9, 0.9, 0.88))[int(rng.integers(2))], 0.25, 0.5)
    pieces = [(move(tank, (0, y, floor + radius + 0.08)), polished)]
    for k in (-1, 1):
        cap = ellipsoid((radius * 0.99, 0.16, radius * 0.99), (0, y + k * bed * 0.48, floor + 0.08 + radius * 0.01), 28)
        pieces.append((cap, polished))
        pieces.append((box((1.2, 0.3, 0.4), (0, y + k * bed * 0.3, floor - 0.1), 0.03), steel))
    pieces.append((box((0.5, bed * 0.7, 0.08), (0, y, floor + 2 * radius + 0.06), 0.02), steel))
    return pieces


GENERATORS = {"truck": truck}
