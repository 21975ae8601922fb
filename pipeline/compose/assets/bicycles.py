"""Bicycles on their stands, front wheels towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import bar, box, disc, move, tube, turn
from pipeline.compose.assets.wheels import cycle_wheel, laid, mudguard, put
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

PAINTS = ("black", "red", "blue", "white", "green", "turquoise", "gray", "orange", "yellow", "pink")


def bicycle(rng: np.random.Generator) -> Asset:
    """A city, road or mountain bicycle leaning on nothing but its stand."""
    style = ("city", "road", "mountain")[int(rng.integers(3))]
    size = float(rng.uniform(0.92, 1.06))
    wheel = 0.34 * float(rng.uniform(0.96, 1.02))
    tyre_half = {"city": 0.02, "road": 0.013, "mountain": 0.027}[style]
    paint = materials.plain("metal", materials.color_of(rng, PAINTS), 0.25, 0.1)
    black, steel = materials.rubber(rng), materials.plain("metal", (0.6, 0.61, 0.63), 0.3, 0.6)
    saddle = materials.leather(rng) if rng.random() < 0.5 else black
    base = 1.04 * size
    rear, front = np.array([0, -base / 2, wheel]), np.array([0, base / 2, wheel])
    crank = np.array([0, -base / 2 + 0.44 * size, wheel - 0.05])
    seat_top = crank + np.array([0, -0.17, 0.5]) * size
    head_low, head_top = (
        front + np.array([0, -0.19 * size, 0.3 * size]),
        front + np.array([0, -0.25 * size, 0.46 * size]),
    )
    step_through = style == "city" and rng.random() < 0.6
    tube_r = 0.018 if style != "mountain" else 0.021
    pieces: list[Piece] = put(cycle_wheel(wheel, tyre_half, black, steel), tuple(rear)) + put(
        cycle_wheel(wheel, tyre_half, black, steel), tuple(front)
    )

    def pipe(a: Float, b: Float, r: float, finish: Finish = paint) -> None:
        pieces.append((bar(a, b, r, sides=10), finish))

    pipe(crank, seat_top, tube_r)
    pipe(head_low, crank, tube_r * 1.15)
    pipe(head_low + [0, 0, -0.02], head_top, tube_r * 1.1)
    if step_through:
        pipe(head_top + [0, 0.01, -0.03], crank + (seat_top - crank) * 0.35, tube_r * 0.9)
    else:
        drop = 0.06 if style == "mountain" else 0.0
        pipe(head_top + [0, 0.01, -0.03], seat_top + [0, 0.02, -0.03 - drop], tube_r)
    for s in (-1, 1):
        side = np.array([s * 0.055, 0, 0])
        pipe(crank + side * 0.5, rear + side, 0.009)
        pipe(seat_top + side * 0.4 - [0, 0.0, 0.05], rear + side, 0.008)
        crown = head_low + [0, 0.01, -0.03]
        bend = front + np.array([0, -0.045 * size, 0.2])
        pieces.append((tube([crown + side * 0.7, bend + side, front + side], np.array([0.014, 0.013, 0.01]), 8), paint))
    pieces.append((bar(head_low + [-0.045, 0.01, -0.03], head_low + [0.045, 0.01, -0.03], 0.018, sides=8), paint))
    pieces += _drive(crank, rear, steel, black)
    post = seat_top + (seat_top - crank) / np.linalg.norm(seat_top - crank) * 0.16 * size
    pipe(seat_top, post, 0.013, steel)
    pieces.append((_saddle(post + np.array([0, -0.02, 0.0])), saddle))
    pieces += _handlebar(rng, style, head_top, size, steel, black)
    if style == "city" or rng.random() < 0.25:
        for hub in (rear, front):
            t = np.linspace(np.radians(10 if hub is front else 0), np.radians(165 if hub is rear else 130), 14)
            y = hub[1] - (wheel + 0.035) * np.cos(t) if hub is rear else hub[1] - (wheel + 0.035) * np.cos(t + 0.4)
            z = hub[2] + (wheel + 0.035) * np.sin(t if hub is rear else t + 0.4)
            pieces.append((mudguard(y, z, 0.028), paint))
        rack = rear + np.array([0, 0.0, wheel + 0.09])
        pieces.append((box((0.12, 0.34, 0.012), rack - [0, 0.02, 0], 0.003), steel))
        pieces += [(bar(rack + [s * 0.05, -0.08, 0], rear + [s * 0.06, 0, 0], 0.006, sides=6), steel) for s in (-1, 1)]
        pieces.append((bar(rack + [0, 0.13, 0.005], seat_top - (seat_top - crank) * 0.25, 0.007, sides=6), steel))
        red = materials.plain("glass", (0.7, 0.03, 0.03), 0.2)
        pieces.append((box((0.05, 0.03, 0.05), rack + np.array([0, -0.2, -0.03]), 0.008), red))
        if rng.random() < 0.4:
            basket = materials.wicker(rng) if rng.random() < 0.5 else black
            z = np.array([0.0, 0.01, 0.22, 0.225])
            at = np.stack([0 * z, np.full(4, head_top[1] + 0.2), head_top[2] - 0.02 + z], 1)
            pieces.append(
                (loft(rings(at, np.array([[0.13, 0.09], [0.14, 0.1], [0.18, 0.13], [0.17, 0.12]]), 2, 4.0, 24)), basket)
            )
    # The stand: a prop beside the rear wheel.
    pieces.append(
        (bar((-0.05, -base / 2 + 0.16, wheel * 0.75), (-0.19, -base / 2 + 0.1, 0.006), 0.008, sides=6), steel)
    )
    return assemble("bicycle", pieces, rng, main=paint)


def _drive(crank: Float, rear: Float, steel: Finish, black: Finish) -> list[Piece]:
    """Chainwheel, chain, cranks and pedals."""
    pieces: list[Piece] = [(move(laid(disc(0.09, 0.006, 0.001, sides=26)), crank + [0.045, 0, 0]), steel)]
    pieces.append((move(laid(disc(0.04, 0.02, 0.001, sides=18)), rear + [0.04, 0, 0]), steel))
    pieces.append((bar(crank - [0.06, 0, 0], crank + [0.07, 0, 0], 0.02, sides=10), steel))
    for dz in (-1, 1):
        pieces.append((bar(crank + [0.05, 0, dz * 0.088], rear + [0.05, 0, dz * 0.036], 0.005, sides=5), black))
    for s, a in ((1, -0.5), (-1, np.pi - 0.5)):
        end = crank + np.array([s * 0.075, 0.17 * np.cos(a), 0.17 * np.sin(a)])
        pieces.append((bar(crank + [s * 0.068, 0, 0], end, 0.011, sides=8), steel))
        pieces.append((box((0.09, 0.08, 0.022), end + np.array([s * 0.05, 0, -0.011]), 0.005), black))
    return pieces


def _saddle(at: Float) -> Mesh:
    y = np.array([-0.13, -0.125, -0.09, -0.03, 0.04, 0.11, 0.14, 0.15])
    wide = np.array([0.0, 0.05, 0.075, 0.062, 0.032, 0.022, 0.016, 0.0])
    tall = np.array([0.0, 0.022, 0.03, 0.028, 0.022, 0.018, 0.012, 0.0])
    z = np.array([0.03, 0.03, 0.028, 0.02, 0.018, 0.018, 0.015, 0.014])
    return loft(rings(at + np.stack([0 * y, y, z], 1), np.stack([wide, tall], 1), 1, 2.2, 16), 60.0)


def _handlebar(
    rng: np.random.Generator, style: str, head: Float, size: float, steel: Finish, black: Finish
) -> list[Piece]:
    stem = head + np.array([0, 0.05, 0.07]) if style != "city" else head + np.array([0, 0.01, 0.12])
    pieces: list[Piece] = [(tube([head, head + (stem - head) * [1, 0.2, 0.9], stem], 0.014, 8), steel)]
    wide = {"city": 0.29, "road": 0.21, "mountain": 0.34}[style] * size
    for s in (-1, 1):
        if style == "road":
            line = np.array(
                [
                    [-s * 0.004, 0, 0],
                    [s * wide, 0, 0],
                    [s * wide, 0.09, 0.0],
                    [s * wide, 0.12, -0.05],
                    [s * wide, 0.08, -0.12],
                    [s * wide, -0.02, -0.13],
                ]
            )
            pieces.append((tube(stem + line, 0.012, 8), steel))
            pieces.append((tube(stem + line[2:], 0.0155, 8), black))
            continue
        back = -0.2 if style == "city" else -0.04
        line = np.array(
            [
                [-s * 0.004, 0, 0],
                [s * wide * 0.5, 0.03, 0.03],
                [s * wide * 0.9, back * 0.35, 0.04],
                [s * wide, back, 0.03],
            ]
        )
        pieces.append((tube(stem + line, 0.011, 8), steel))
        grip = stem + line[2:] * [1, 1, 1]
        pieces.append(
            (bar(grip[0] * 0.35 + grip[1] * 0.65, grip[1] + (grip[1] - grip[0]) * 0.25, 0.017, sides=10), black)
        )
        pieces.append((bar(grip[0] + [0, 0.03, -0.01], grip[1] + [0, 0.04, -0.02], 0.005, sides=5), steel))
    lamp = head + np.array([0, 0.09, -0.02])
    pieces.append((move(turn(disc(0.03, 0.05, 0.006, sides=14), -np.pi / 2, 0), lamp - [0, 0.03, 0]), black))
    pieces.append((bar(head + [0, 0, -0.01], lamp, 0.008, sides=6), steel))
    return pieces


GENERATORS = {"bicycle": bicycle}
