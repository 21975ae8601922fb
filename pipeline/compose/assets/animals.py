"""Animals. Noses point towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import ellipsoid, move, torus, tube, turn
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float, Mesh

COATS: tuple[Rgb, ...] = (
    (0.42, 0.26, 0.13), (0.62, 0.45, 0.25), (0.10, 0.09, 0.08), (0.85, 0.82, 0.76), (0.45, 0.43, 0.41), (0.55, 0.33, 0.15),
)  # fmt: skip


def dog(rng: np.random.Generator) -> Asset:
    """A dog on its four legs, 0.3 to 0.75 m tall: long or short of leg, ears up or hanging."""
    size = float(rng.uniform(0.55, 1.15))
    leg = float(rng.uniform(0.75, 1.1)) * (0.62 if rng.random() < 0.2 else 1.0)
    fur = materials.textured(rng, "fur", "carpet", materials.tone_of(rng, COATS), 0.25, 0.2, 0.95)
    spot = fur
    if rng.random() < 0.45:
        spot = materials.textured(rng, "fur", "carpet", materials.tone_of(rng, COATS), 0.25, 0.2, 0.95)
    dark = materials.plain("plastic", (0.04, 0.035, 0.035), 0.25)
    back = 0.3 * leg
    bulk = float(rng.uniform(0.9, 1.2))
    # Chest, waist and rump between the shoulders (+y) and the tail.
    y = np.array([-0.3, -0.285, -0.24, -0.13, 0.0, 0.12, 0.2, 0.25, 0.27])
    z = back + np.array([0.115, 0.112, 0.1, 0.105, 0.09, 0.075, 0.09, 0.115, 0.13])
    half = (
        np.array(
            [
                [0.0, 0],
                [0.05, 0.06],
                [0.08, 0.095],
                [0.078, 0.085],
                [0.088, 0.1],
                [0.095, 0.12],
                [0.085, 0.115],
                [0.055, 0.08],
                [0.0, 0.0],
            ]
        )
        * bulk
    )
    pieces: list[Piece] = [(_body(np.stack([0 * y, y, z], 1), half, size), fur)]
    neck = np.array([[0, 0.17, back + 0.1], [0, 0.24, back + 0.19], [0, 0.29, back + 0.27]]) * size
    pieces.append((tube(neck, np.array([0.085, 0.07, 0.06]) * size * bulk**0.5, 14), fur))
    pieces += _dog_head(rng, np.array([0.0, 0.31, back + 0.3]), size, fur, spot, dark)
    for s in (-1, 1):
        front = (
            np.array(
                [
                    [s * 0.062, 0.17, back + 0.07],
                    [s * 0.065, 0.165, back * 0.75],
                    [s * 0.065, 0.17, back * 0.4],
                    [s * 0.065, 0.175, 0.035],
                ]
            )
            * size
        )
        rear = (
            np.array(
                [
                    [s * 0.055, -0.21, back + 0.09],
                    [s * 0.066, -0.17, back * 0.82],
                    [s * 0.066, -0.25, back * 0.42],
                    [s * 0.066, -0.235, 0.03],
                ]
            )
            * size
        )
        pieces.append((tube(front, np.array([0.055, 0.038, 0.027, 0.024]) * size, 10), fur))
        pieces.append((tube(rear, np.array([0.05, 0.05, 0.028, 0.024]) * size, 10), fur))
        haunch = np.array([0.042, 0.075, 0.09]) * size
        pieces.append((ellipsoid(haunch, np.array([s * 0.055, -0.2, back - 0.015]) * size, 14), fur))
        for at in (front[-1], rear[-1]):
            pieces.append(
                (ellipsoid(np.array([0.03, 0.045, 0.024]) * size, (at[0], at[1] + 0.018 * size, 0.0), 12), spot)
            )
    wag = float(rng.uniform(-0.5, 0.5))
    t = np.linspace(0, 1, 7)
    up = float(rng.uniform(-0.12, 0.26))
    tail = np.stack([wag * 0.12 * t**2, -0.29 - 0.2 * t + 0.08 * t**2, back + 0.13 + up * t], 1) * size
    pieces.append((tube(tail, np.linspace(0.028, 0.011, 7) * size, 8), spot))
    if rng.random() < 0.6:
        collar = turn(torus(0.068 * size * bulk**0.5, 0.011 * size, (0, 0, 0), 20, 6), -0.75, 0)
        pieces.append(
            (
                move(collar, np.array([0, 0.235, back + 0.185]) * size),
                materials.plastic(rng, ("red", "blue", "green", "black", "yellow")),
            )
        )
    return assemble("dog", pieces, rng, main=fur)


def _dog_head(rng: np.random.Generator, at: Float, size: float, fur: Finish, spot: Finish, dark: Finish) -> list[Piece]:
    """Skull and muzzle in one, nose, eyes and ears."""
    muzzle = float(rng.uniform(0.8, 1.25))
    y = np.array([-0.075, -0.065, -0.035, 0.01, 0.045, 0.06, 0.09 * muzzle, 0.125 * muzzle, 0.135 * muzzle])
    z = np.array([0.01, 0.01, 0.014, 0.014, 0.002, -0.008, -0.014, -0.016, -0.014])
    half = np.array(
        [
            [0, 0],
            [0.038, 0.035],
            [0.062, 0.058],
            [0.064, 0.06],
            [0.05, 0.046],
            [0.036, 0.034],
            [0.03, 0.028],
            [0.022, 0.02],
            [0, 0],
        ]
    )
    pieces: list[Piece] = [(_body(at + np.stack([0 * y, y, z], 1), half, size), fur)]
    pieces.append(
        (ellipsoid(np.array([0.014, 0.011, 0.011]) * size, (at + [0, 0.133 * muzzle, -0.013]) * size, 10), dark)
    )
    hanging = rng.random() < 0.55
    for s in (-1, 1):
        pieces.append(
            (ellipsoid(np.array([0.009, 0.007, 0.009]) * size, (at + [s * 0.031, 0.05, 0.018]) * size, 10), dark)
        )
        if hanging:
            line = np.array(
                [
                    [s * 0.045, -0.02, 0.065],
                    [s * 0.075, -0.015, 0.045],
                    [s * 0.086, -0.005, -0.01],
                    [s * 0.082, 0.002, -0.06],
                ]
            )
            ear = tube((at + line) * size, np.array([0.018, 0.028, 0.03, 0.008]) * size, 8)
        else:
            line = np.array([[s * 0.038, -0.025, 0.045], [s * 0.045, -0.025, 0.09], [s * 0.05, -0.02, 0.135]])
            ear = tube((at + line) * size, np.array([0.03, 0.022, 0.003]) * size, 8)
        pieces.append((ear, spot))
    return pieces


def _body(at: Float, half: Float, size: float) -> Mesh:
    """A body of level-backed rings along y."""
    return loft(rings(at * size, half * size, 1, 2.1, 18), 70.0)


GENERATORS = {"dog": dog}
