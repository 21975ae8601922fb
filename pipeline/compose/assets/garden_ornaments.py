"""Barbecues and gnomes. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.bodies import loft, rings
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.materials import Finish


def barbecue(rng: np.random.Generator) -> Asset:
    """A kettle grill on three legs, or a gas grill on a trolley with side tables."""
    black, steel = materials.rubber(rng), materials.steel(rng)
    wood = materials.wood(rng)
    if rng.random() < 0.55:
        paint = materials.plain("enamel", materials.color_of(rng, ("black", "black", "red", "green", "blue")), 0.15)
        r, z = float(rng.uniform(0.25, 0.3)), float(rng.uniform(0.72, 0.8))
        t = np.linspace(-np.pi / 2, -0.04, 8)
        bowl = np.stack([r * np.cos(t), z + 0.85 * r * np.sin(t)], 1)
        bowl[0, 0] = 0.0
        pieces: list[Piece] = [
            (lathe(np.concatenate([bowl, [[r * 1.02, z], [r * 1.02, z + 0.012], [0, z + 0.012]]]), 32), paint)
        ]
        lid = np.stack([1.01 * r * np.cos(t), z + 0.014 - 0.72 * r * np.sin(t)], 1)[::-1]
        lid[-1, 0] = 0.0
        pieces.append((lathe(np.concatenate([[[0, z + 0.012], [r * 1.01, z + 0.012]], lid]), 32), paint))
        top = z + 0.014 + 0.72 * r
        pieces += [
            (bar((s * 0.05, 0, top - 0.012), (s * 0.05, 0, top + 0.045), 0.007, sides=8), steel) for s in (-1, 1)
        ]
        pieces.append((bar((-0.075, 0, top + 0.045), (0.075, 0, top + 0.045), 0.016, sides=12), wood))
        pieces.append((disc(0.035, 0.01, 0.003, (r * 0.45, r * 0.3, top - 0.065), 16), steel))
        for k in range(3):
            a = np.pi / 2 + k * 2 * np.pi / 3
            foot = np.array([0.92 * r * np.cos(a), 0.92 * r * np.sin(a), 0.016])
            pieces.append((bar(foot, (0.6 * r * np.cos(a), 0.6 * r * np.sin(a), z - 0.5 * r), 0.013, sides=10), steel))
            if k:
                wheel = turn(move(disc(0.075, 0.03, 0.008, sides=22), (0, 0, -0.015)), np.pi / 2, 1)
                pieces.append((move(wheel, (foot[0] + (0.03 if foot[0] > 0 else -0.03), foot[1], 0.075)), black))
            else:
                pieces.append((cylinder(0.018, 0.02, (foot[0], foot[1], 0.0), 12), black))
        pieces.append((lathe([(0, 0.3), (0.16, 0.31), (0.19, 0.33), (0.18, 0.33), (0, 0.318)], 24), steel))
        pieces.append((bar((-r - 0.04, 0.05, z - 0.03), (-r - 0.04, -0.05, z - 0.03), 0.013, sides=8), wood))
        pieces.append((bar((-r * 0.9, 0, z - 0.03), (-r - 0.04, 0, z - 0.03), 0.007, sides=8), steel))
        return assemble("barbecue", pieces, rng, main=paint)
    paint = materials.plain("metal", materials.color_of(rng, ("black", "gray", "red")), 0.3, 0.3)
    wide, deep, z = float(rng.uniform(0.6, 0.8)), 0.46, 0.82
    pieces = [(box((wide, deep, 0.2), (0, 0, z), 0.02, 2), paint)]
    angle = np.linspace(0, np.pi, 13)
    arch = np.stack([0 * angle, deep / 2 * np.cos(angle), z + 0.19 + 0.23 * np.sin(angle) ** 0.8], 1)
    pieces.append(
        (loft(np.stack([arch - [wide / 2, 0, 0], arch + [wide / 2, 0, 0]])), paint if rng.random() < 0.5 else steel)
    )
    pieces.append(
        (
            bar((-wide * 0.38, deep / 2 + 0.05, z + 0.27), (wide * 0.38, deep / 2 + 0.05, z + 0.27), 0.014, sides=10),
            steel,
        )
    )
    pieces += [
        (
            bar(
                (s * wide * 0.34, deep / 2 - 0.03, z + 0.27),
                (s * wide * 0.34, deep / 2 + 0.05, z + 0.27),
                0.009,
                sides=8,
            ),
            steel,
        )
        for s in (-1, 1)
    ]
    pieces.append((turn(move(disc(0.04, 0.02, 0.004, sides=18), (0, 0, 0)), -np.pi / 2, 0), steel))
    pieces[-1] = (move(pieces[-1][0], (0, deep / 2 - 0.035, z + 0.33)), steel)
    for k in range(3):
        knob = turn(disc(0.028, 0.035, 0.006, sides=16), -np.pi / 2, 0)
        pieces.append((move(knob, ((k - 1) * wide * 0.26, deep / 2 - 0.002, z + 0.09)), black))
    pieces.append((box((wide * 0.92, deep * 0.88, z - 0.19), (0, 0, 0.2), 0.01), paint))
    pieces += [
        (box((wide * 0.43, 0.014, z - 0.26), (s * wide * 0.225, deep * 0.44 + 0.003, 0.24), 0.006), steel)
        for s in (-1, 1)
    ]
    pieces += [
        (bar((s * 0.03, deep * 0.44 + 0.03, 0.45), (s * 0.03, deep * 0.44 + 0.03, 0.65), 0.008, sides=8), black)
        for s in (-1, 1)
    ]
    pieces += [(box((0.34, deep * 0.85, 0.03), (s * (wide / 2 + 0.165), 0, z + 0.11), 0.008), steel) for s in (-1, 1)]
    for sx in (-1, 1):
        for sy in (-1, 1):
            wheel = turn(move(disc(0.055, 0.03, 0.006, sides=18), (0, 0, -0.015)), np.pi / 2, 1)
            pieces.append((move(wheel, (sx * wide * 0.4, sy * deep * 0.34, 0.055)), black))
            pieces.append((box((0.05, 0.05, 0.16), (sx * wide * 0.4, sy * deep * 0.34, 0.055), 0.004), paint))
    shelf = [Surface("shelf", (s * (wide / 2 + 0.18), 0.0, z + 0.14), (0.13, deep * 0.38), 0.8) for s in (-1, 1)]
    return assemble("barbecue", pieces, rng, shelf, paint)


def garden_gnome(rng: np.random.Generator) -> Asset:
    """A bearded gnome with a pointed hat, sometimes with a lantern or a spade."""
    s = float(rng.uniform(0.85, 1.5))
    hat = materials.plain("ceramic", materials.color_of(rng, ("red", "red", "blue", "green", "orange")), 0.35)
    coat = materials.plain("ceramic", materials.color_of(rng, ("blue", "green", "red", "yellow", "purple")), 0.4)
    skin, beard = (
        materials.plain("ceramic", (0.88, 0.66, 0.53), 0.45),
        materials.plain("ceramic", (0.92, 0.91, 0.88), 0.6),
    )
    dark, boots = (
        materials.plain("ceramic", (0.05, 0.04, 0.04), 0.3),
        materials.plain("ceramic", (0.28, 0.16, 0.09), 0.4),
    )
    trousers = materials.plain("ceramic", materials.color_of(rng, ("brown", "gray", "blue", "green")), 0.45)

    def blob(
        radii: tuple[float, float, float], at: tuple[float, float, float], finish: Finish, sides: int = 16
    ) -> None:
        pieces.append((ellipsoid(np.array(radii) * s, np.array(at) * s, sides), finish))

    pieces: list[Piece] = []
    for side in (-1, 1):
        blob((0.03, 0.048, 0.022), (side * 0.036, 0.018, 0.0), boots)
        pieces.append(
            (
                bar(
                    np.array([side * 0.034, 0, 0.03]) * s, np.array([side * 0.03, 0, 0.11]) * s, 0.03 * s, 0.034 * s, 14
                ),
                trousers,
            )
        )
        arm = np.array([[side * 0.055, 0.0, 0.205], [side * 0.085, 0.02, 0.165], [side * 0.06, 0.062, 0.15]]) * s
        pieces.append((tube(arm, np.array([0.024, 0.022, 0.018]) * s, 12), coat))
        blob((0.017, 0.017, 0.017), (side * 0.056, 0.07, 0.134), skin, 12)
        blob((0.006, 0.004, 0.007), (side * 0.019, 0.05, 0.272), dark, 10)
        blob((0.012, 0.012, 0.016), (side * 0.053, 0.0, 0.255), skin, 10)
    body = lathe(
        np.array([(0, 0.085), (0.07, 0.085), (0.072, 0.12), (0.068, 0.17), (0.05, 0.22), (0.03, 0.235), (0, 0.236)])
        * s,
        22,
    )
    pieces.append((body, coat))
    pieces.append(
        (lathe(np.array([(0.05, 0.132), (0.074, 0.13), (0.074, 0.146), (0.05, 0.148)]) * s, 22, closed=True), dark)
    )
    blob((0.012, 0.006, 0.01), (0, 0.07, 0.129), materials.plain("ceramic", (0.9, 0.75, 0.2), 0.3), 8)
    blob((0.052, 0.05, 0.052), (0, 0, 0.222), skin, 20)
    z = np.array([0.285, 0.262, 0.235, 0.2, 0.165, 0.145])
    half = np.array([[0.05, 0.02], [0.052, 0.026], [0.05, 0.028], [0.04, 0.024], [0.02, 0.015], [0, 0]])[:6]
    at = np.stack([0 * z, np.array([0.012, 0.034, 0.046, 0.054, 0.06, 0.062]), z], 1)
    pieces.append((loft(rings(at[1:] * s, half[1:] * s, 2, 2, 18), 70.0), beard))
    blob((0.013, 0.014, 0.013), (0, 0.054, 0.25), skin, 12)
    for side in (-1, 1):
        blob((0.022, 0.01, 0.008), (side * 0.018, 0.05, 0.242), beard, 10)
    lean = float(rng.uniform(-0.03, 0.03))
    cone = (
        np.array(
            [
                [0, 0.0, 0.286],
                [0, 0.0, 0.3],
                [lean * 0.3, -0.006, 0.35],
                [lean, -0.018, 0.41],
                [lean * 1.8, -0.03, 0.445],
            ]
        )
        * s
    )
    pieces.append((tube(cone, np.array([0.058, 0.056, 0.036, 0.015, 0.003]) * s, 20), hat))
    pieces.append((torus(0.055 * s, 0.008 * s, (0, 0, 0.288 * s), 24, 6), hat))
    tool = rng.random()
    if tool < 0.4:
        wood = materials.wood(rng)
        pieces.append(
            (bar(np.array([0.065, 0.085, 0.0]) * s, np.array([0.065, 0.085, 0.3]) * s, 0.006 * s, sides=8), wood)
        )
        pieces.append(
            (box((0.045 * s, 0.008 * s, 0.06 * s), np.array([0.065, 0.085, 0.0]) * s, 0.002), materials.steel(rng))
        )
    elif tool < 0.7:
        glow = materials.plain("glass", (1.0, 0.85, 0.4), 0.3, 0.0, (0.7, 0.5, 0.15))
        blob((0.018, 0.018, 0.022), (-0.056, 0.094, 0.085), glow, 12)
        pieces.append(
            (bar(np.array([-0.056, 0.092, 0.124]) * s, np.array([-0.056, 0.08, 0.15]) * s, 0.003 * s, sides=6), dark)
        )
        pieces.append((cylinder(0.014 * s, 0.008 * s, np.array([-0.056, 0.094, 0.124]) * s, 12), dark))
    return assemble("garden_gnome", pieces, rng, main=hat)


GENERATORS = {"barbecue": barbecue, "garden_gnome": garden_gnome}
