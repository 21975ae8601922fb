"""Motorcycles and scooters on their stands, front wheels towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import bar, box, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.assets.wheels import laid, mudguard, number_plate
from pipeline.compose.materials import Finish
from pipeline.scene import Float


def motorcycle(rng: np.random.Generator) -> Asset:
    """A roadster, a cruiser or a scooter."""
    if rng.random() < 0.35:
        return _scooter(rng)
    cruiser = rng.random() < 0.4
    paint = materials.plain(
        "metal",
        materials.color_of(rng, ("black", "red", "blue", "white", "green", "orange", "gray", "yellow")),
        0.15,
        0.15,
    )
    black, chrome = materials.rubber(rng), materials.plain("metal", (0.66, 0.67, 0.69), 0.18, 0.75)
    dark = materials.plain("metal", (0.1, 0.1, 0.105), 0.45, 0.4)
    leather = materials.plain("leather", (0.07, 0.06, 0.055) if rng.random() < 0.7 else (0.3, 0.17, 0.09), 0.5)
    base = float(rng.uniform(1.38, 1.46)) + (0.18 if cruiser else 0.0)
    wheel, half = 0.315, 0.065
    rear, front = np.array([0, -base / 2, wheel]), np.array([0, base / 2, wheel])
    pieces: list[Piece] = []
    for hub, thick in ((rear, half * 1.15), (front, half)):
        pieces += [(move(laid(torus(wheel - thick, thick, sides=36, rings=10)), hub), black)]
        rim = wheel - 1.8 * thick
        pieces.append((move(laid(torus(rim, 0.022, sides=32, rings=6)), hub), chrome if cruiser else dark))
        pieces.append((bar(hub - [0.08, 0, 0], hub + [0.08, 0, 0], 0.035, sides=14), dark))
        for k in range(6 if not cruiser else 14):
            a = 2 * np.pi * k / (6 if not cruiser else 14)
            end = hub + np.array([0, rim * np.cos(a), rim * np.sin(a)])
            pieces.append(
                (bar(hub * 0.9 + end * 0.1, end, 0.004 if cruiser else 0.014, sides=6), chrome if cruiser else dark)
            )
        pieces.append((move(laid(disc(0.13, 0.006, 0.001, sides=26)), hub + [0.075, 0, 0]), chrome))
    head = np.array([0, base / 2 - (0.5 if cruiser else 0.36), 0.9])
    for s in (-1, 1):
        pieces.append((bar(front + [s * 0.09, 0, 0], head + [s * 0.09, 0.02, 0.02], 0.022, 0.026, sides=10), chrome))
    pieces.append((box((0.24, 0.1, 0.035), head + np.array([0, 0.02, -0.02]), 0.012), dark))
    pieces += _engine(chrome, dark)
    seat_z = 0.7 if cruiser else 0.78
    # Tank, seat and tail in one line.
    y = np.array([0.42, 0.4, 0.3, 0.12, -0.02, -0.1]) - (0.05 if cruiser else 0.0)
    z = np.array([0.82, 0.83, 0.85, 0.83, 0.78, 0.75])
    half_t = np.array([[0, 0], [0.08, 0.06], [0.14, 0.115], [0.135, 0.11], [0.09, 0.07], [0, 0]])
    pieces.append((loft(rings(np.stack([0 * y, y, z], 1), half_t, 1, 2.4, 20), 60.0), paint))
    y = np.array([0.0, -0.02, -0.2, -0.34, -0.42, -0.62, -0.72, -0.74])
    z = seat_z + np.array([0.02, 0.02, -0.01, 0.0, 0.05, 0.07, 0.07, 0.07])
    half_s = np.array(
        [[0, 0], [0.09, 0.04], [0.14, 0.05], [0.15, 0.05], [0.13, 0.05], [0.11, 0.045], [0.07, 0.03], [0, 0]]
    )
    pieces.append((loft(rings(np.stack([0 * y, y, z], 1), half_s, 1, 2.6, 18), 60.0), leather))
    t = np.linspace(np.radians(25), np.radians(150), 12)
    for hub, wide, turn_by in ((rear, 0.1, -0.25), (front, 0.08, 0.1)):
        r = wheel + 0.045
        pieces.append((mudguard(hub[1] + r * np.cos(t - turn_by), hub[2] + r * np.sin(t - turn_by), wide), paint))
    pieces += _fittings(rng, head, rear, base, seat_z, cruiser, chrome, dark, black)
    return assemble("motorcycle", pieces, rng, main=paint)


def _engine(chrome: Finish, dark: Finish) -> list[Piece]:
    """Crankcase, finned cylinders, frame tubes."""
    pieces: list[Piece] = [(box((0.3, 0.46, 0.24), (0, 0.0, 0.25), 0.07, 3), dark)]
    for s, lean in ((1, 0.45), (-1, -0.35)):
        for k in range(6):
            fin = box((0.21, 0.17, 0.016), (0, 0, 0.45 + 0.036 * k), 0.004)
            pieces.append((turn(fin, -lean, 0, (0, 0, 0.42)), chrome if k % 2 else dark))
        barrel = turn(box((0.15, 0.12, 0.24), (0, 0, 0.42), 0.02, 2), -lean, 0, (0, 0, 0.42))
        pieces.append((barrel, dark))
        pieces.append((move(laid(disc(0.1, 0.03, 0.01, sides=24)), (s * 0.15 - 0.015, 0.05, 0.37)), chrome))
    for s in (-1, 1):
        frame = np.array(
            [
                [s * 0.06, 0.42, 0.82],
                [s * 0.13, 0.34, 0.42],
                [s * 0.14, 0.2, 0.25],
                [s * 0.14, -0.25, 0.25],
                [s * 0.13, -0.35, 0.45],
                [s * 0.1, -0.42, 0.72],
            ]
        )
        pieces.append((tube(frame, 0.018, 8), dark))
    return pieces


def _fittings(
    rng: np.random.Generator, head: Float, rear: Float, base: float, seat_z: float, cruiser: bool,
    chrome: Finish, dark: Finish, black: Finish,
) -> list[Piece]:  # fmt: skip
    """Handlebar, lights, exhausts, swing arm, stand, mirrors, plate."""
    pieces: list[Piece] = []
    lens = materials.plain("glass", (0.92, 0.94, 0.95), 0.1)
    red = materials.plain("glass", (0.7, 0.03, 0.03), 0.15)
    lamp = lathe([(0, 0), (0.06, 0), (0.09, 0.06), (0.095, 0.12), (0, 0.12)], 22)
    pieces.append((move(turn(lamp, -np.pi / 2, 0), head + [0, 0.06, 0.0]), chrome if cruiser else dark))
    pieces.append(
        (
            move(
                turn(lathe([(0, 0), (0.086, 0), (0.07, 0.015), (0, 0.025)], 22), -np.pi / 2, 0), head + [0, 0.176, 0.0]
            ),
            lens,
        )
    )
    rise, wide = (0.2, 0.42) if cruiser else (0.1, 0.36)
    for s in (-1, 1):
        bars = head + np.array(
            [
                [-s * 0.004, 0.0, 0.02],
                [s * 0.1, 0.0, 0.08],
                [s * 0.2, -0.05, 0.06 + rise],
                [s * wide, -0.2, 0.04 + rise],
            ]
        )
        pieces.append((tube(bars, 0.013, 8), chrome))
        pieces.append((bar(bars[2] * 0.3 + bars[3] * 0.7, bars[3] + (bars[3] - bars[2]) * 0.2, 0.019, sides=10), black))
        mirror = bars[3] + np.array([0.02 * s, 0.06, 0.17])
        pieces.append((bar(bars[2] * 0.4 + bars[3] * 0.6, mirror, 0.006, sides=6), chrome))
        pieces.append((ellipsoid((0.055, 0.016, 0.035), mirror - [0, 0, 0.03], 12), dark))
        pieces.append((bar(np.array([s * 0.1, -0.3, 0.36]), rear + [s * 0.1, 0, 0], 0.028, 0.022, sides=10), dark))
        pieces.append(
            (bar(np.array([s * 0.12, -0.42, seat_z - 0.04]), rear + [s * 0.12, 0.06, 0.04], 0.03, sides=12), chrome)
        )
        pieces.append((bar((s * 0.14, 0.12, 0.3), (s * 0.3, 0.12, 0.3), 0.016, sides=8), black))
        pieces.append(
            (
                ellipsoid((0.02, 0.03, 0.02), (s * 0.17, -base / 2 - 0.05, seat_z - 0.02), 10),
                materials.plain("plastic", (0.95, 0.5, 0.05), 0.3),
            )
        )
        pieces.append((bar((0, -base / 2 + 0.0, seat_z), (s * 0.17, -base / 2 - 0.05, seat_z), 0.007, sides=6), dark))
    for k in range(1 if not cruiser else 2):
        z = 0.3 + 0.1 * k
        path = np.array(
            [[0.14, 0.16, 0.55], [0.19, 0.24, 0.4], [0.19, 0.1, z], [0.19, -0.25, z], [0.2, -0.4, z + 0.02]]
        )
        pieces.append((tube(path, 0.022, 10), chrome))
        pieces.append((bar((0.2, -0.32, z + 0.01), (0.2, -base / 2 - 0.2, z + 0.09), 0.042, 0.05, sides=14), chrome))
    tail = np.array([0, -base / 2 - 0.03, seat_z + 0.02])
    pieces.append((box((0.12, 0.06, 0.07), tail + np.array([0, -0.03, -0.03]), 0.02, 2), red))
    pieces.append((box((0.1, 0.4, 0.04), tail + np.array([0, 0.2, -0.01]), 0.012), dark))
    plate, finish = number_plate(rng, 0.2, 0.13)
    pieces.append((turn(move(turn(plate, np.pi), tail + [0, -0.1, -0.2]), 0.15, 0, tail), finish))
    pieces.append((bar(tail + [0, -0.02, -0.02], tail + [0, -0.12, -0.2], 0.014, sides=6), dark))
    pieces.append((bar((-0.13, -0.05, 0.27), (-0.28, -0.16, 0.008), 0.014, sides=8), dark))
    return pieces


def _scooter(rng: np.random.Generator) -> Asset:
    """A scooter: a leg shield, a flat floor, a body under the seat, small wheels."""
    paint = materials.plain(
        "metal",
        materials.color_of(rng, ("red", "white", "turquoise", "blue", "yellow", "green", "black", "beige")),
        0.18,
        0.1,
    )
    black, chrome = materials.rubber(rng), materials.plain("metal", (0.66, 0.67, 0.69), 0.18, 0.75)
    leather = materials.plain(
        "leather", ((0.07, 0.06, 0.055), (0.35, 0.2, 0.1), (0.75, 0.68, 0.55))[int(rng.integers(3))], 0.5
    )
    wheel, base = 0.225, float(rng.uniform(1.22, 1.34))
    rear, front = np.array([0, -base / 2, wheel]), np.array([0, base / 2, wheel])
    pieces: list[Piece] = []
    for hub in (rear, front):
        pieces.append((move(laid(torus(wheel - 0.055, 0.055, sides=32, rings=10)), hub), black))
        pieces.append((move(laid(move(disc(0.125, 0.07, 0.015, sides=24), (0, 0, -0.035))), hub), chrome))
    y = -base / 2 + np.array([-0.33, -0.31, -0.2, 0.0, 0.2, 0.36, 0.42, 0.43])
    z = np.array([0.5, 0.5, 0.5, 0.49, 0.47, 0.45, 0.44, 0.44])
    half = np.array([[0, 0], [0.09, 0.11], [0.17, 0.18], [0.21, 0.22], [0.2, 0.21], [0.16, 0.19], [0.12, 0.17], [0, 0]])
    pieces.append((loft(rings(np.stack([0 * y, y, z], 1), half, 1, 2.5, 20), 60.0), paint))
    floor = box((0.34, base * 0.52, 0.07), (0, 0.06, 0.24), 0.03, 2)
    pieces += [(floor, paint), (box((0.28, base * 0.4, 0.012), (0, 0.06, 0.306), 0.004), black)]
    shield_z = np.array([0.26, 0.4, 0.78, 0.92])
    wide = np.array([0.17, 0.23, 0.21, 0.1])
    shield = rings(
        np.stack([0 * shield_z, np.array([0.42, 0.41, 0.36, 0.33]) * base / 1.28, shield_z], 1),
        np.stack([wide, np.array([0.05, 0.055, 0.05, 0.04])], 1),
        2,
        3.0,
        20,
    )
    pieces.append((loft(shield, 60.0), paint))
    head = np.array([0, 0.32 * base / 1.28, 0.93])
    pieces.append(
        (
            tube(
                [head, front * [1, 1, 0] + [0.0, -0.06, 0.5], front + [0.08, 0, 0.02], front + [0.08, 0, 0]], 0.024, 10
            ),
            chrome,
        )
    )
    t = np.linspace(np.radians(15), np.radians(165), 12)
    pieces.append((mudguard(front[1] + 0.26 * np.cos(t), front[2] + 0.26 * np.sin(t), 0.075), paint))
    pieces.append((ellipsoid((0.13, 0.1, 0.075), head - [0, 0, 0.02], 16), paint))
    lens = materials.plain("glass", (0.92, 0.94, 0.95), 0.1)
    pieces.append((ellipsoid((0.065, 0.03, 0.055), head + [0, 0.08, 0.0], 14), lens))
    for side in (-1, 1):
        bars = head + np.array([[-side * 0.004, 0, 0.06], [side * 0.15, -0.02, 0.09], [side * 0.34, -0.1, 0.1]])
        pieces.append((tube(bars, 0.016, 8), chrome))
        pieces.append((bar(bars[1] * 0.35 + bars[2] * 0.65, bars[2] + [side * 0.03, 0, 0], 0.021, sides=10), black))
        mirror = bars[1] + np.array([side * 0.1, 0.04, 0.2])
        pieces.append((bar(bars[1], mirror, 0.006, sides=6), chrome))
        pieces.append((ellipsoid((0.055, 0.015, 0.045), mirror - [0, 0, 0.03], 12), black))
    y = -base / 2 + np.array([-0.3, -0.28, -0.1, 0.15, 0.36, 0.42, 0.44])
    z = 0.72 + np.array([0.02, 0.02, 0.02, 0.0, 0.0, -0.01, -0.01])
    half = np.array([[0, 0], [0.09, 0.04], [0.13, 0.06], [0.14, 0.06], [0.11, 0.05], [0.07, 0.04], [0, 0]])
    pieces.append((loft(rings(np.stack([0 * y, y, z], 1), half, 1, 2.6, 18), 60.0), leather))
    red = materials.plain("glass", (0.7, 0.03, 0.03), 0.15)
    pieces.append((ellipsoid((0.07, 0.03, 0.035), (0, -base / 2 - 0.3, 0.5), 12), red))
    plate, finish = number_plate(rng, 0.2, 0.13)
    pieces.append((move(turn(plate, np.pi), (0, -base / 2 - 0.33, 0.4)), finish))
    pieces.append((bar((0, -base / 2 - 0.2, 0.42), (0, -base / 2 - 0.32, 0.4), 0.02, sides=8), black))
    pieces.append((bar((0.12, -base / 2 + 0.3, 0.26), (0.17, -base / 2 - 0.22, 0.25), 0.035, 0.05, sides=14), chrome))
    pieces.append((box((0.16, 0.5, 0.12), (-0.02, -base / 2 + 0.2, 0.2), 0.04, 2), black))
    for side in (-1, 1):
        pieces.append((bar((side * 0.1, 0.0, 0.24), (side * 0.17, -0.06, 0.007), 0.012, sides=8), chrome))
    return assemble("motorcycle", pieces, rng, main=paint)


GENERATORS = {"motorcycle": motorcycle}
