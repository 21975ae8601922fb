"""What stands on poles along a street: lamps, traffic lights, power lines. Arms and faces point towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Mouth, Piece, assemble
from pipeline.compose.assets.shapes import bar, box, disc, ellipsoid, lathe, move, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh


def _pole_finish(rng: np.random.Generator) -> Finish:
    if rng.random() < 0.45:
        return materials.galvanized(rng)
    return materials.plain("metal", materials.color_of(rng, ("gray", "black", "green", "white", "gray")), 0.45, 0.2)


def _base(height: float, radius: float) -> Mesh:
    """A tapering pole with a thicker foot."""
    foot = min(0.9, 0.2 * height)
    return lathe(
        [(0, 0), (radius * 2.2, 0), (radius * 2.2, 0.03), (radius * 1.45, 0.05), (radius * 1.45, foot), (radius, foot + 0.05),
         (radius * 0.68, height), (0, height)],
        18,
    )  # fmt: skip


def street_lamp(rng: np.random.Generator) -> Asset:
    """A lamp 4 to 9 m up: a luminaire on an arm over the road (+y), or a lantern on its post."""
    pole = _pole_finish(rng)
    kind = int(rng.integers(3))
    warm = (1.0, 0.82, 0.6) if rng.random() < 0.6 else (1.0, 0.97, 0.92)
    glow = float(rng.uniform(2.0, 3.0))
    lens = materials.plain("glass", (0.95, 0.93, 0.88), 0.3, 0.0, (glow * warm[0], glow * warm[1], glow * warm[2]))
    if kind < 2:
        height, reach = float(rng.uniform(6.0, 9.0)), float(rng.uniform(0.8, 1.8))
        radius = 0.055 + 0.004 * height
        pieces: list[Piece] = [(_base(height, radius), pole)]
        if kind == 0:
            t = np.linspace(0, np.pi / 2, 9)
            arm = np.stack([0 * t, reach * (1 - np.cos(t)), height - 0.05 + 0.5 * np.sin(t)], 1)
            top = height + 0.45
        else:
            arm = np.array([[0, -0.02, height - 0.12], [0, reach * 0.5, height + 0.02], [0, reach, height + 0.09]])
            top = height + 0.09
        pieces.append((tube(arm, radius * 0.55, 10), pole))
        long = float(rng.uniform(0.55, 0.8))
        head = ellipsoid((0.14, long / 2, 0.075), (0, reach + long * 0.38, top - 0.07), 18)
        pieces.append((head, pole))
        y = reach + long * 0.42
        pieces.append((ellipsoid((0.11, long * 0.36, 0.03), (0, y, top - 0.09), 16), lens))
        mouth = Mouth((0.0, y, top - 0.12), 0.25)
        return assemble("street_lamp", pieces, rng, main=pole, mouths=[mouth])
    height = float(rng.uniform(3.6, 4.6))
    pieces = [(_base(height, 0.06), pole)]
    for z, r in ((0.35, 0.1), (0.85 * height, 0.065), (height - 0.03, 0.09)):
        pieces.append((disc(r * 1.25, 0.05, 0.012, (0, 0, z), 18), pole))
    if rng.random() < 0.5:
        globe = float(rng.uniform(0.2, 0.27))
        pieces.append((ellipsoid((globe, globe, globe), (0, 0, height), 22), lens))
        mouths = [
            Mouth((globe + 0.08, 0.0, height + globe), 0.2, share=0.5),
            Mouth((-globe - 0.08, 0.0, height + globe), 0.2, share=0.5),
        ]
        return assemble("street_lamp", pieces, rng, main=pole, mouths=mouths)
    pane = lathe([(0, height), (0.13, height), (0.21, height + 0.38), (0, height + 0.38)], 6)
    pieces.append((pane, lens))
    for k in range(6):
        a = k * np.pi / 3 - np.pi / 2
        low, high = (
            np.array([0.135 * np.cos(a), 0.135 * np.sin(a), height]),
            np.array([0.215 * np.cos(a), 0.215 * np.sin(a), height + 0.38]),
        )
        pieces.append((bar(low, high, 0.013, sides=6), pole))
    roof = lathe(
        [
            (0, height + 0.37),
            (0.27, height + 0.37),
            (0.25, height + 0.4),
            (0.1, height + 0.54),
            (0.03, height + 0.58),
            (0.03, height + 0.64),
            (0, height + 0.66),
        ],
        12,
    )
    pieces.append((roof, pole))
    mouths = [Mouth((s * 0.34, 0.0, height + 0.1), 0.2, share=0.5) for s in (-1, 1)]
    return assemble("street_lamp", pieces, rng, main=pole, mouths=mouths)


def traffic_light(rng: np.random.Generator) -> Asset:
    """Signals for cars on a post or a mast arm, one lens lit; sometimes a signal for people below."""
    pole = _pole_finish(rng)
    case = materials.plain(
        "plastic",
        ((0.05, 0.05, 0.055), (0.05, 0.05, 0.055), (0.75, 0.6, 0.1), (0.12, 0.2, 0.14))[int(rng.integers(4))],
        0.5,
    )
    lit = int(rng.integers(3))
    radius = float(rng.uniform(0.09, 0.12))
    if rng.random() < 0.35:
        height, reach = float(rng.uniform(5.4, 6.2)), float(rng.uniform(2.5, 4.5))
        pieces: list[Piece] = [(_base(height, 0.09), pole)]
        # The arm reaches over the road to the left of whoever waits before it.
        pieces.append((bar((-0.02, 0, height - 0.2), (reach, 0, height - 0.05), 0.06, 0.035), pole))
        spots = [(reach * 0.92, height - 0.75), (0.0, 2.3)]
        if reach > 3.3:
            spots.append((reach * 0.5, height - 0.78))
    else:
        height = float(rng.uniform(2.9, 3.6))
        pieces = [(_base(height, 0.055), pole)]
        spots = [(0.0, height - 0.95)]
    for x, z in spots:
        pieces += _signal(x, 0.02, z, radius, lit, case, 3)
    if rng.random() < 0.5:
        pieces += _signal(
            0.0, 0.02, spots[-1 if len(spots) == 1 else 1][1] - 0.58, 0.085, 0 if lit != 0 else 1, case, 2
        )
        pieces.append(
            (box((0.11, 0.08, 0.2), (0, 0.1, 1.0), 0.02, 2), materials.plain("plastic", (0.9, 0.75, 0.1), 0.5))
        )
    return assemble("traffic_light", pieces, rng, main=case)


LENSES = (
    ((0.9, 0.06, 0.05), (0.20, 0.03, 0.03)),
    ((1.0, 0.62, 0.05), (0.24, 0.15, 0.03)),
    ((0.1, 0.85, 0.4), (0.03, 0.18, 0.09)),
)
"""Lit and unlit colours of the lenses, from the top."""


def _signal(x: float, y: float, z: float, radius: float, lit: int, case: Finish, count: int) -> list[Piece]:
    """A housing of `count` lenses one above the other, its foot at `z`, hung before a pole."""
    step = radius * 2.5
    high = count * step + 0.06
    front = y + 0.28
    pieces: list[Piece] = [(box((radius * 2.7, 0.18, high), (x, front - 0.09, z), 0.02, 2), case)]
    for bracket in (0.12, 0.88):
        pieces.append((bar((x, 0.0, z + high * bracket), (x, front - 0.1, z + high * bracket), 0.02, sides=8), case))
    for k in range(count):
        colors = LENSES[k if count == 3 else (0, 2)[k]]
        on = k == lit
        color = colors[0] if on else colors[1]
        glow = (2.5 * color[0] ** 2, 2.5 * color[1] ** 2, 2.5 * color[2] ** 2) if on else (0.0, 0.0, 0.0)
        lens = materials.plain("glass", color, 0.25, 0.0, glow)
        centre = (x, front, z + high - 0.03 - step * (k + 0.5))
        bowl = turn(lathe([(0, -0.01), (radius, -0.01), (radius * 0.8, 0.015), (0, 0.03)], 20), -np.pi / 2, 0)
        pieces.append((move(bowl, centre), lens))
        pieces.append((move(_visor(radius * 1.1), centre), case))
    return pieces


def _visor(radius: float) -> Mesh:
    """A hood over a lens: most of a short tube along +y, longer above than below."""
    angle = np.linspace(-0.25 * np.pi, 1.25 * np.pi, 13)
    x, z = radius * np.cos(angle), radius * np.sin(angle)
    start = np.stack([x, np.full(13, -0.01), z], 1)
    return sheet(np.stack([start, start + np.stack([0 * x, 0.12 + 0.5 * z, 0 * x], 1)], 1), 0.008)


def utility_pole(rng: np.random.Generator) -> Asset:
    """A pole for power or telephone lines, 7 to 10 m: crossarms, insulators, sometimes a transformer."""
    height = float(rng.uniform(7.0, 10.0))
    wooden = rng.random() < 0.75
    finish = materials.bark(rng) if wooden else materials.concrete(rng)
    if wooden:
        finish = materials.textured(
            rng, "wood", "wood", materials.tone_of(rng, ((0.36, 0.28, 0.21), (0.45, 0.38, 0.31))), 0.4, 0.5, 0.9
        )
    radius = 0.13 + 0.004 * height
    pieces: list[Piece] = [(bar((0, 0, 0), (0, 0, height), radius, radius * 0.68, sides=16), finish)]
    porcelain = materials.plain(
        "ceramic", ((0.35, 0.2, 0.12), (0.75, 0.78, 0.78), (0.3, 0.45, 0.42))[int(rng.integers(3))], 0.2
    )
    steel = materials.galvanized(rng)
    arms = int(rng.integers(1, 3))
    for k in range(arms):
        z, wide = height - 0.35 - 0.75 * k, float(rng.uniform(1.6, 2.4)) * (1 - 0.15 * k)
        pieces.append((box((wide, 0.1, 0.12), (0, radius * 0.72 + 0.05, z), 0.01), finish if wooden else steel))
        for s in (-1, 1):
            pieces.append(
                (
                    bar(
                        (0, radius * 0.72 + 0.06, z - 0.5),
                        (s * wide * 0.33, radius * 0.72 + 0.06, z + 0.02),
                        0.014,
                        sides=6,
                    ),
                    steel,
                )
            )
            for x in (0.22, 0.46):
                pieces.append((move(_insulator(), (s * wide * x, radius * 0.72 + 0.05, z + 0.115)), porcelain))
    if rng.random() < 0.45:
        tank = lathe([(0, 0), (0.22, 0), (0.24, 0.03), (0.24, 0.75), (0.2, 0.82), (0, 0.84)], 22)
        z = height - 2.6
        pieces.append((move(tank, (0, radius + 0.27, z)), steel))
        pieces += [(bar((0, 0, z + h), (0, radius + 0.2, z + h), 0.03, sides=8), steel) for h in (0.15, 0.65)]
        pieces += [(move(_insulator(), (s * 0.12, radius + 0.27, z + 0.8)), porcelain) for s in (-1, 1)]
    if rng.random() < 0.5:
        for k in range(8):
            z, s = 2.6 + 0.42 * k, 1 if k % 2 else -1
            pieces.append((bar((0, 0, z), (s * (radius + 0.14), 0, z), 0.011, sides=6), steel))
    return assemble("utility_pole", pieces, rng, main=finish)


def _insulator() -> Mesh:
    profile = [
        (0, 0),
        (0.025, 0),
        (0.025, 0.05),
        (0.055, 0.06),
        (0.03, 0.085),
        (0.05, 0.1),
        (0.028, 0.125),
        (0.035, 0.15),
        (0.02, 0.17),
        (0, 0.175),
    ]
    return lathe(profile, 12)


GENERATORS = {"street_lamp": street_lamp, "traffic_light": traffic_light, "utility_pole": utility_pole}
