"""What one works with in a garden: wheelbarrow, watering can, lawn mower. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, tube, turn
from pipeline.compose.materials import Finish


def small_wheel(radius: float, width: float, rubber: Finish, hub: Finish) -> list[Piece]:
    """A wheel about the x axis: a solid tyre and a dished hub."""
    rim = [(0.6, -0.5), (0.9, -0.5), (1.0, -0.25), (1.0, 0.25), (0.9, 0.5), (0.6, 0.5)]
    tyre = turn(lathe(np.array(rim) * [radius, width], 26, closed=True), np.pi / 2, 1)
    core = turn(move(disc(radius * 0.64, width * 0.7, 0.004, sides=22), (0, 0, -width * 0.35)), np.pi / 2, 1)
    return [(tyre, rubber), (core, hub)]


def _at(pieces: list[Piece], place: tuple[float, float, float]) -> list[Piece]:
    return [(move(mesh, place), finish) for mesh, finish in pieces]


def wheelbarrow(rng: np.random.Generator) -> Asset:
    """A barrow: one wheel in front, a tray, two handles and two legs behind."""
    tray = materials.plain(
        "metal", materials.color_of(rng, ("green", "red", "blue", "gray", "orange", "black")), 0.4, 0.15
    )
    steel = materials.galvanized(rng)
    handle = materials.wood(rng) if rng.random() < 0.5 else steel
    rubber = materials.rubber(rng)
    wheel = float(rng.uniform(0.18, 0.21))
    low, high = 0.36, float(rng.uniform(0.6, 0.68))
    front = 0.62
    pieces: list[Piece] = _at(small_wheel(wheel, 0.08, rubber, steel), (0, front, wheel))
    pieces.append((bar((-0.09, front, wheel), (0.09, front, wheel), 0.012, sides=8), steel))
    # The tray: outer rings upwards, then inner ones down to its floor.
    z = np.array([low, low + 0.02, high, high + 0.012, high + 0.01, low + 0.04])
    y = np.array([0.05, 0.05, 0.06, 0.06, 0.06, 0.05])
    half = np.array([[0.17, 0.22], [0.19, 0.25], [0.32, 0.45], [0.335, 0.465], [0.31, 0.44], [0.18, 0.24]])
    pieces.append((loft(rings(np.stack([0 * z, y, z], 1), half, 2, 3.2, 28)), tray))
    for s in (-1, 1):
        rail = [
            (s * 0.075, front, wheel),
            (s * 0.13, 0.3, low - 0.02),
            (s * 0.2, -0.25, low - 0.01),
            (s * 0.27, -0.6, 0.5),
            (s * 0.28, -0.82, 0.58),
        ]
        pieces.append((tube(rail, 0.019, 10), handle))
        pieces.append((bar((s * 0.277, -0.7, 0.536), (s * 0.284, -0.86, 0.596), 0.024, sides=10), rubber))
        leg = np.array(
            [
                [0.18, -0.1, low - 0.02],
                [0.21, -0.2, 0.09],
                [0.22, -0.24, 0.03],
                [0.22, -0.28, 0.016],
                [0.22, -0.33, 0.016],
                [0.22, -0.36, 0.03],
                [0.22, -0.38, 0.09],
                [0.22, -0.4, low + 0.01],
            ]
        )
        leg[:, 0] *= s
        pieces.append((tube(leg, 0.016, 8), steel))
    pieces.append((bar((-0.21, -0.29, 0.16), (0.21, -0.29, 0.16), 0.012, sides=8), steel))
    if rng.random() < 0.35:
        soil = materials.soil(rng)
        heap = rings(
            [
                (0, 0.05, low + 0.06),
                (0, 0.055, high - 0.06),
                (0, 0.055, high - 0.02),
                (0, 0.05, high + 0.07),
                (0, 0.04, high + 0.11),
            ],
            [(0.19, 0.25), (0.275, 0.39), (0.27, 0.38), (0.15, 0.22), (0.04, 0.06)],
            2,
            2.6,
            20,
        )
        pieces.append((loft(heap, 60.0), soil))
    return assemble("wheelbarrow", pieces, rng, main=tray)


def watering_can(rng: np.random.Generator) -> Asset:
    """A can with a long spout towards +y, a rose and a handle."""
    finish = (
        materials.galvanized(rng)
        if rng.random() < 0.4
        else materials.plastic(rng, ("green", "red", "blue", "yellow", "turquoise", "pink"))
    )
    brass = finish if rng.random() < 0.6 else materials.plain("metal", (0.72, 0.55, 0.22), 0.3, 0.6)
    s = float(rng.uniform(0.8, 1.2))
    r, high = 0.095, float(rng.uniform(0.2, 0.26))
    body = [
        (0, 0),
        (r, 0),
        (r, 0.01),
        (r * 1.02, 0.012),
        (r * 0.97, high * 0.9),
        (r * 0.8, high),
        (r * 0.74, high + 0.004),
        (r * 0.72, high - 0.012),
        (0, high - 0.02),
    ]
    pieces: list[Piece] = [(lathe(np.array(body) * s, 30), finish)]
    t = np.linspace(0, 1, 7)
    spout = np.stack([0 * t, 0.08 + 0.26 * t, 0.05 + (high + 0.06) * t**1.15], 1) * s
    pieces.append((tube(spout, np.linspace(0.026, 0.012, 7) * s, 12), finish))
    rose = turn(
        lathe(np.array([(0, -0.005), (0.013, -0.005), (0.04, 0.045), (0.038, 0.052), (0, 0.058)]) * s, 20), -0.85, 0
    )
    pieces.append((move(rose, spout[-1]), brass))
    pieces.append((bar(np.array([0, 0.07, high * 0.85]) * s, spout[3], 0.006 * s, sides=6), finish))
    a = np.linspace(-0.15, np.pi * 0.92, 13)
    loop = np.stack([0 * a, 0.05 - 0.105 * (1 - np.cos(a)), high * 0.95 + 0.1 * np.sin(a)], 1)
    rear = np.array(
        [[0, -0.16, high * 0.92], [0, -0.165, high * 0.6], [0, -0.135, high * 0.35], [0, -0.09, high * 0.25]]
    )
    pieces.append((tube(np.concatenate([loop[1:], rear]) * s, 0.0085 * s, 8), finish))
    return assemble("watering_can", pieces, rng, main=finish)


def lawn_mower(rng: np.random.Generator) -> Asset:
    """A walk-behind mower: deck, engine, four wheels, grass bag, handle sloping up to the back."""
    paint = materials.plain("metal", materials.color_of(rng, ("red", "green", "orange", "yellow", "blue")), 0.3, 0.1)
    black, plastic = materials.rubber(rng), materials.plain("plastic", (0.07, 0.07, 0.075), 0.5)
    steel = materials.galvanized(rng)
    hub = materials.plain("plastic", ((0.9, 0.9, 0.88), (0.95, 0.8, 0.1), (0.5, 0.5, 0.5))[int(rng.integers(3))], 0.4)
    grip_finish = steel if rng.random() < 0.5 else plastic
    wide, long = float(rng.uniform(0.42, 0.5)), float(rng.uniform(0.62, 0.72))
    z = np.array([0.055, 0.06, 0.15, 0.19, 0.215])
    half = np.array([[1.0, 1.0], [1.02, 1.02], [1.0, 1.0], [0.86, 0.88], [0.6, 0.62]]) * [wide / 2, long / 2]
    pieces: list[Piece] = [(loft(rings(np.stack([0 * z, 0 * z, z], 1), half, 2, 4.0, 28)), paint)]
    pieces.append((lathe([(0, 0.21), (0.15, 0.21), (0.155, 0.3), (0.12, 0.33), (0, 0.335)], 24), plastic))
    for k in range(5):
        pieces.append((box((0.2, 0.16, 0.012), (0, 0.14, 0.225 + 0.022 * k), 0.004), steel))
    pieces.append((cylinder(0.1, 0.03, (0, 0, 0.335), 24), paint))
    pieces.append((ellipsoid((0.035, 0.035, 0.02), (0.05, 0.13, 0.33), 12), black))
    for s in (-1, 1):
        for axle, r in ((long * 0.36, 0.09), (-long * 0.36, 0.11)):
            pieces += _at(small_wheel(r, 0.05, black, hub), (s * (wide / 2 + 0.03), axle, r))
            pieces.append(
                (bar((s * (wide / 2 - 0.05), axle, r), (s * (wide / 2 + 0.03), axle, r), 0.012, sides=8), steel)
            )
        grip = [
            (s * wide * 0.44, -long * 0.36, 0.17),
            (s * wide * 0.46, -long * 0.36 - 0.24, 0.55),
            (s * wide * 0.46, -long * 0.36 - 0.5, 0.93),
            (s * wide * 0.4, -long * 0.36 - 0.56, 1.0),
        ]
        pieces.append((tube(grip, 0.013, 8), grip_finish))
    end = -long * 0.36 - 0.56
    pieces.append((bar((-wide * 0.41, end, 1.0), (wide * 0.41, end, 1.0), 0.017, sides=10), black))
    pieces.append((bar((-wide * 0.45, end + 0.2, 0.73), (wide * 0.45, end + 0.2, 0.73), 0.009, sides=8), plastic))
    if rng.random() < 0.75:
        y = -long / 2 - np.array([-0.02, 0.0, 0.2, 0.38, 0.42])
        at = np.stack([0 * y, y, np.array([0.27, 0.27, 0.3, 0.3, 0.3])], 1)
        bag = rings(at, np.array([[0.14, 0.09], [0.17, 0.12], [0.2, 0.16], [0.19, 0.155], [0.12, 0.1]]), 1, 3.4, 24)
        pieces.append((loft(bag, 50.0), materials.fabric(rng, ("black", "gray", "green"))))
    return assemble("lawn_mower", pieces, rng, main=paint)


GENERATORS = {"lawn_mower": lawn_mower, "watering_can": watering_can, "wheelbarrow": wheelbarrow}
