"""Litter bins, letter boxes and parking meters. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, plate, rings, rounded_outline
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, turn
from pipeline.compose.assets.street_furniture import coated
from pipeline.compose.materials import Finish


def trash_can(rng: np.random.Generator) -> Asset:
    """A litter bin of a street: a round drum with a hood, a slatted basket, or a wheelie bin."""
    kind = int(rng.integers(3))
    dark = materials.plain("plastic", (0.04, 0.04, 0.045), 0.7)
    if kind == 0:
        body, radius, high = (
            coated(rng, ("green", "gray", "black", "blue")),
            float(rng.uniform(0.2, 0.27)),
            float(rng.uniform(0.7, 0.85)),
        )
        pieces: list[Piece] = [
            (
                lathe(
                    [
                        (0, 0),
                        (radius * 0.9, 0),
                        (radius * 0.92, 0.04),
                        (radius, high),
                        (radius * 1.04, high + 0.01),
                        (radius * 1.04, high + 0.04),
                        (radius * 0.97, high + 0.04),
                        (radius * 0.95, high - 0.1),
                        (0, high - 0.12),
                    ],
                    28,
                ),
                body,
            )
        ]
        for k in range(4):
            a = np.pi / 4 + k * np.pi / 2
            x, y = 0.9 * radius * np.cos(a), 0.9 * radius * np.sin(a)
            pieces.append((bar((x, y, high), (x, y, high + 0.22), 0.014, sides=8), body))
        pieces.append(
            (
                lathe(
                    [
                        (0, high + 0.2),
                        (radius * 1.06, high + 0.2),
                        (radius * 1.06, high + 0.22),
                        (radius * 0.8, high + 0.31),
                        (radius * 0.3, high + 0.36),
                        (0, high + 0.365),
                    ],
                    28,
                ),
                body,
            )
        )
        pieces.append((cylinder(radius * 0.93, 0.005, (0, 0, high - 0.115), 24), dark))
        return assemble("trash_can", pieces, rng, main=body)
    if kind == 1:
        wood = materials.wood(rng) if rng.random() < 0.6 else coated(rng, ("green", "black", "brown"))
        iron = coated(rng, ("black", "gray"))
        radius, high, count = float(rng.uniform(0.2, 0.26)), float(rng.uniform(0.7, 0.85)), 20
        pieces = [(cylinder(radius * 0.86, high - 0.08, (0, 0, 0.04), 24), dark)]
        for k in range(count):
            a = 2 * np.pi * k / count
            slat = box((0.018, 2 * np.pi * radius / count * 0.72, high - 0.04), (radius, 0, 0.03), 0.004)
            pieces.append((turn(slat, a), wood))
        pieces += [(torus(radius + 0.012, 0.012, (0, 0, z), 30, 6), iron) for z in (0.14, high - 0.06)]
        pieces.append(
            (
                lathe(
                    [
                        (radius * 0.82, high - 0.02),
                        (radius + 0.025, high - 0.02),
                        (radius + 0.02, high + 0.02),
                        (radius * 0.82, high + 0.01),
                    ],
                    28,
                    closed=True,
                ),
                iron,
            )
        )
        pieces += [
            (box((0.06, 0.06, 0.04), (0.7 * radius * sx, 0.7 * radius * sy, 0), 0.005), iron)
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
        return assemble("trash_can", pieces, rng, main=wood)
    plastic = materials.plastic(rng, ("green", "black", "gray", "blue", "brown", "yellow"))
    wide, deep, high = float(rng.uniform(0.46, 0.58)), float(rng.uniform(0.5, 0.62)), float(rng.uniform(0.92, 1.05))
    z = np.array([0.06, 0.08, high * 0.55, high * 0.92, high * 0.925, high * 0.97])
    grow = np.array([0.78, 0.8, 0.9, 0.97, 1.04, 1.04])
    at = np.stack([0 * z, 0.03 * (1 - grow), z], 1)
    pieces = [(loft(rings(at, np.stack([wide / 2 * grow, deep / 2 * grow], 1), 2, 6.0, 28)), plastic)]
    lid = rings(
        [(0, 0.0, high * 0.972), (0, 0, high * 0.99), (0, -0.01, high * 1.02), (0, -0.02, high * 1.035)],
        np.array([[1.06, 1.08], [1.06, 1.08], [0.95, 0.95], [0.5, 0.5]]) * [wide / 2, deep / 2],
        2,
        6.0,
        28,
    )
    pieces.append((loft(lid), plastic))
    pieces.append(
        (
            bar(
                (-wide * 0.42, -deep / 2 - 0.05, high * 0.95),
                (wide * 0.42, -deep / 2 - 0.05, high * 0.95),
                0.016,
                sides=10,
            ),
            plastic,
        )
    )
    pieces += [
        (box((0.03, 0.08, 0.03), (s * wide * 0.36, -deep / 2 - 0.02, high * 0.935), 0.005), plastic) for s in (-1, 1)
    ]
    for s in (-1, 1):
        wheel = turn(move(disc(0.1, 0.05, 0.012, sides=24), (0, 0, -0.025)), np.pi / 2, 1)
        pieces.append((move(wheel, (s * (wide * 0.42), -deep * 0.38, 0.1)), dark))
        pieces.append((box((0.06, 0.06, 0.09), (s * wide * 0.3, deep * 0.32, 0), 0.01), plastic))
    return assemble("trash_can", pieces, rng, main=plastic)


def mailbox(rng: np.random.Generator) -> Asset:
    """A letter box: a round pillar, a four-legged box with a round top, or a private one on a post."""
    kind = int(rng.integers(3))
    dark = materials.plain("metal", (0.03, 0.03, 0.035), 0.6)
    if kind == 0:
        paint, s = coated(rng, ("red", "red", "yellow", "green", "blue")), float(rng.uniform(0.9, 1.05))
        body = [
            (0, 0),
            (0.25, 0),
            (0.25, 0.12),
            (0.22, 0.14),
            (0.22, 1.25),
            (0.25, 1.27),
            (0.265, 1.33),
            (0.24, 1.38),
            (0.14, 1.44),
            (0.04, 1.47),
            (0, 1.475),
        ]
        pieces: list[Piece] = [(lathe(np.array(body) * s, 30), paint)]
        pieces.append((box((0.2 * s, 0.05, 0.035 * s), (0, 0.2 * s, 1.13 * s), 0.004), dark))
        white = materials.paper(rng, ("white",))
        pieces.append((plate(rounded_outline(0.13 * s, 0.16 * s, 0.01), 0.02, (0, 0.213 * s, 0.92 * s)), white))
        pieces.append(
            (
                lathe(
                    np.array([(0.215, 0.0), (0.23, 0.0), (0.23, 0.03), (0.215, 0.03)]) * s + [0, 0.8 * s],
                    30,
                    closed=True,
                ),
                paint,
            )
        )
        return assemble("mailbox", pieces, rng, main=paint)
    paint = coated(rng, ("blue", "yellow", "red", "green") if kind == 1 else ("gray", "black", "white", "green", "red"))
    if kind == 1:
        wide, deep, high = float(rng.uniform(0.48, 0.56)), float(rng.uniform(0.45, 0.55)), float(rng.uniform(1.15, 1.3))
        low = 0.16
        pieces = _arched(wide, deep, high - low - deep / 2, low, paint)
        pieces.append((box((wide * 0.72, 0.03, 0.14), (0, deep / 2 - 0.01, high - deep / 2 - 0.17), 0.01), paint))
        pieces.append((box((wide * 0.62, 0.02, 0.03), (0, deep / 2 + 0.004, high - deep / 2 - 0.05), 0.004), dark))
        pieces.append(
            (
                plate(rounded_outline(wide * 0.6, 0.16, 0.01), 0.008, (0, deep / 2 + 0.003, low + 0.4)),
                materials.paper(rng, ("white",)),
            )
        )
        for sx in (-1, 1):
            for sy in (-1, 1):
                pieces.append(
                    (box((0.05, 0.05, low + 0.005), (sx * (wide / 2 - 0.04), sy * (deep / 2 - 0.04), 0), 0.006), paint)
                )
        return assemble("mailbox", pieces, rng, main=paint)
    post = materials.wood(rng) if rng.random() < 0.6 else coated(rng, ("black", "gray"))
    wide, long, z = float(rng.uniform(0.17, 0.22)), float(rng.uniform(0.42, 0.52)), float(rng.uniform(0.95, 1.1))
    pieces = [(turn(mesh, np.pi / 2), finish) for mesh, finish in _arched(long, wide, 0.1, z, paint)]
    pieces.append((plate(rounded_outline(wide * 0.8, 0.14, 0.06), 0.012, (0, long / 2 + 0.004, z + 0.095)), paint))
    pieces.append((ellipsoid((0.012, 0.015, 0.012), (0, long / 2 + 0.015, z + 0.12), 10), dark))
    flag = materials.plastic(rng, ("red", "yellow"))
    pieces.append((box((0.008, 0.02, 0.15), (-wide / 2 - 0.003, long * 0.15, z + 0.06), 0), flag))
    pieces.append((box((0.008, 0.09, 0.05), (-wide / 2 - 0.003, long * 0.15 + 0.035, z + 0.17), 0), flag))
    pieces.append((box((0.09, 0.09, z + 0.005), (0, 0, 0), 0.008), post))
    return assemble("mailbox", pieces, rng, main=paint)


def _arched(wide: float, deep: float, high: float, low: float, finish: Finish) -> list[Piece]:
    """A box with a half-round top, its arch seen from the side (along x)."""
    angle = np.linspace(0, np.pi, 13)
    line = np.concatenate(
        [
            [[deep / 2, low], [deep / 2, low + high]],
            np.stack([deep / 2 * np.cos(angle), low + high + deep / 2 * np.sin(angle)], 1)[1:-1],
            [[-deep / 2, low + high], [-deep / 2, low]],
        ]
    )
    ring = np.stack([np.zeros(len(line)), line[:, 0], line[:, 1]], 1)
    return [(loft(np.stack([ring - [wide / 2, 0, 0], ring + [wide / 2, 0, 0]])), finish)]


def parking_meter(rng: np.random.Generator) -> Asset:
    """A meter on a post with a dial under a round window, or two of them."""
    body, post = coated(rng, ("gray", "gray", "blue", "black", "green")), materials.galvanized(rng)
    glass = materials.plain("glass", (0.72, 0.78, 0.76), 0.08)
    dark = materials.plain("plastic", (0.05, 0.05, 0.05), 0.5)
    high = float(rng.uniform(0.95, 1.1))
    pieces: list[Piece] = [
        (bar((0, 0, 0), (0, 0, high + 0.02), 0.03), post),
        (disc(0.09, 0.025, 0.008, sides=20), post),
    ]
    twin = rng.random() < 0.3
    if twin:
        pieces.append((box((0.3, 0.05, 0.05), (0, 0, high - 0.03), 0.01), post))
    for x in (-0.11, 0.11) if twin else (0.0,):
        z = np.array([0.0, 0.02, 0.1, 0.2, 0.28, 0.33, 0.355, 0.36])
        half = np.array(
            [
                [0.045, 0.04],
                [0.06, 0.05],
                [0.075, 0.06],
                [0.09, 0.065],
                [0.088, 0.062],
                [0.062, 0.05],
                [0.025, 0.025],
                [0.0, 0.0],
            ]
        )
        at = np.stack([np.full(8, x), 0 * z, high + z], 1)
        pieces.append((loft(rings(at, half, 2, 2.6, 20)), body))
        dial = turn(disc(0.058, 0.02, 0.004, sides=20), -np.pi / 2, 0)
        pieces.append((move(dial, (x, 0.052, high + 0.235)), glass))
        pieces.append((box((0.003, 0.006, 0.04), (x, 0.071, high + 0.235), 0), dark))
        pieces.append((box((0.05, 0.02, 0.008), (x, 0.053, high + 0.14), 0), dark))
        pieces.append((move(turn(disc(0.018, 0.03, 0.004, sides=12), -np.pi / 2, 0), (x, 0.048, high + 0.085)), post))
    return assemble("parking_meter", pieces, rng, main=body)


GENERATORS = {"mailbox": mailbox, "parking_meter": parking_meter, "trash_can": trash_can}
