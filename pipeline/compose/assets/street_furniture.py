"""What stands on pavements: benches, hydrants, bollards, racks. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.shapes import box, cylinder, disc, lathe, move, tube, turn
from pipeline.compose.materials import Finish


def coated(
    rng: np.random.Generator, names: tuple[str, ...] = ("black", "gray", "green", "blue", "red", "brown")
) -> Finish:
    """Powder-coated iron."""
    return materials.plain("metal", materials.color_of(rng, names), float(rng.uniform(0.35, 0.55)), 0.2)


def park_bench(rng: np.random.Generator) -> Asset:
    """A slatted bench with iron sides, or a plain one without a back."""
    wood = materials.wood(rng) if rng.random() < 0.7 else materials.painted_wood(rng, ("green", "brown", "gray", "red"))
    iron = coated(rng, ("black", "gray", "green")) if rng.random() < 0.8 else materials.concrete(rng)
    long, seat = float(rng.uniform(1.3, 2.0)), float(rng.uniform(0.42, 0.47))
    deep = float(rng.uniform(0.4, 0.48))
    backed = rng.random() < 0.8
    slats = int(rng.integers(4, 6))
    step = deep / slats
    pieces: list[Piece] = []
    for k in range(slats):
        y = -deep / 2 + step * (k + 0.5)
        pieces.append((box((long, step * 0.82, 0.035), (0, y, seat - 0.035), 0.008), wood))
    sides = [-long / 2 + 0.12, long / 2 - 0.12] + ([0.0] if long > 1.75 else [])
    solid = iron.material.name == "concrete"
    for x in sides:
        if solid:
            pieces.append((box((0.1, deep * 0.92, seat - 0.034), (x, 0, 0), 0.012), iron))
            continue
        pieces.append(
            (
                tube(
                    [(x, deep / 2 + 0.02, 0.016), (x, deep / 2 - 0.03, seat * 0.5), (x, deep / 2 - 0.02, seat - 0.03)],
                    0.02,
                    8,
                ),
                iron,
            )
        )
        pieces.append(
            (
                tube(
                    [
                        (x, -deep / 2 - 0.06, 0.016),
                        (x, -deep / 2 + 0.03, seat * 0.5),
                        (x, -deep / 2 + 0.01, seat - 0.03),
                    ],
                    0.02,
                    8,
                ),
                iron,
            )
        )
        pieces.append((box((0.04, deep, 0.03), (x, 0, seat - 0.064), 0.006), iron))
        pieces += [(disc(0.035, 0.016, 0.004, (x, y, 0), 12), iron) for y in (deep / 2 + 0.02, -deep / 2 - 0.06)]
    if backed:
        lean, high = float(rng.uniform(0.16, 0.28)), float(rng.uniform(0.36, 0.44))
        rows = int(rng.integers(2, 5))
        pivot = (0.0, -deep / 2, seat)
        for k in range(rows):
            z = seat + 0.09 + (high - 0.09) * k / rows
            board = box((long, 0.03, (high - 0.09) / rows * 0.8), (0, -deep / 2 + 0.012, z), 0.008)
            pieces.append((turn(board, lean, 0, pivot), wood))
        for x in sides:
            rail = box((0.04, 0.025, high + 0.05), (x, -deep / 2 - 0.014, seat - 0.06), 0.006)
            pieces.append((turn(rail, lean, 0, pivot), iron))
        if rng.random() < 0.6 and not solid:
            for x in sides[:2]:
                arm = [
                    (x, -deep / 2 - 0.03, seat + 0.22),
                    (x, 0, seat + 0.23),
                    (x, deep / 2 - 0.05, seat + 0.2),
                    (x, deep / 2 - 0.03, seat - 0.02),
                ]
                pieces.append((tube(arm, 0.017, 8), iron))
    top = Surface("seat", (0.0, 0.02, seat), (long / 2 - 0.2, deep / 2 - 0.06), 0.9)
    return assemble("bench", pieces, rng, [top], wood)


def fire_hydrant(rng: np.random.Generator) -> Asset:
    """A pillar hydrant with a domed cap, two side outlets and one in front."""
    paint = coated(rng, ("red", "red", "yellow", "orange", "blue"))
    cap = paint if rng.random() < 0.5 else coated(rng, ("white", "gray", "yellow", "black"))
    s, r = float(rng.uniform(0.9, 1.15)), 0.1
    body = [
        (0, 0),
        (1.6 * r, 0),
        (1.6 * r, 0.035),
        (1.15 * r, 0.04),
        (1.15 * r, 0.09),
        (r, 0.11),
        (r, 0.46),
        (1.22 * r, 0.48),
        (1.22 * r, 0.52),
        (0, 0.52),
    ]
    pieces: list[Piece] = [(lathe(np.array(body) * s, 24), paint)]
    dome = [
        (0, 0.515),
        (1.1 * r, 0.515),
        (1.06 * r, 0.57),
        (0.85 * r, 0.62),
        (0.5 * r, 0.655),
        (0.3 * r, 0.66),
        (0.3 * r, 0.7),
        (0, 0.7),
    ]
    pieces.append((lathe(np.array(dome) * s, 24), cap))
    pieces.append(
        (move(lathe(np.array([(0, 0), (0.022, 0), (0.022, 0.04), (0, 0.04)]) * s, 5), (0, 0, 0.695 * s)), cap)
    )
    for k in range(8):
        a = k * np.pi / 4 + 0.2
        pieces.append(
            (cylinder(0.012 * s, 0.02 * s, (1.4 * r * s * np.cos(a), 1.4 * r * s * np.sin(a), 0.03 * s), 6), cap)
        )
    for way, size, z in ((0, 0.8, 0.37), (2, 0.8, 0.37), (1, 1.1, 0.33)):
        outlet = lathe(
            np.array(
                [
                    (0, 0.05),
                    (0.055, 0.05),
                    (0.055, 0.135),
                    (0.068, 0.14),
                    (0.068, 0.165),
                    (0.04, 0.18),
                    (0.018, 0.18),
                    (0.018, 0.2),
                    (0, 0.2),
                ]
            )
            * [size, 1.0]
            * s,
            16,
        )
        outlet = turn(turn(outlet, np.pi / 2, 1), way * np.pi / 2)
        pieces.append((move(outlet, (0, 0, z * s)), cap))
    return assemble("fire_hydrant", pieces, rng, main=paint)


def bollard(rng: np.random.Generator) -> Asset:
    """A post that keeps cars off: turned iron, a steel tube with stripes, or concrete."""
    kind, high = int(rng.integers(3)), float(rng.uniform(0.75, 1.05))
    r = float(rng.uniform(0.05, 0.08))
    if kind == 0:
        iron = coated(rng, ("black", "green", "gray", "brown"))
        profile = np.array(
            [
                (0, 0),
                (1.7, 0),
                (1.7, 0.06),
                (1.3, 0.09),
                (1.25, 0.22),
                (1.0, 0.25),
                (0.85, 0.78),
                (1.15, 0.8),
                (1.15, 0.84),
                (0.8, 0.86),
                (1.0, 0.92),
                (0.8, 0.98),
                (0, 1.0),
            ]
        ) * [r, high]
        return assemble("bollard", [(lathe(profile, 20), iron)], rng, main=iron)
    if kind == 1:
        steel = coated(rng, ("gray", "black", "white", "yellow"))
        band = materials.plastic(rng, ("red", "white", "yellow") if steel.material.color_name != "white" else ("red",))
        pieces: list[Piece] = [(lathe([(0, 0), (r, 0), (r, high - 0.02), (r * 0.7, high), (0, high)], 22), steel)]
        pieces += [
            (lathe([(r * 0.9, z), (r + 0.003, z), (r + 0.003, z + 0.09), (r * 0.9, z + 0.09)], 22, closed=True), band)
            for z in (high - 0.16, high - 0.34)
        ]
        pieces.append((disc(r * 1.7, 0.012, 0.004, sides=22), steel))
        return assemble("bollard", pieces, rng, main=steel)
    stone = materials.concrete(rng) if rng.random() < 0.6 else materials.stone(rng)
    profile = np.array([(0, 0), (1.6, 0), (1.5, 0.75), (1.45, 0.86), (1.0, 0.97), (0, 1.0)]) * [r * 1.5, high * 0.85]
    return assemble("bollard", [(lathe(profile, 4 if rng.random() < 0.3 else 24), stone)], rng, main=stone)


def bicycle_rack(rng: np.random.Generator) -> Asset:
    """Steel hoops in a row, or a ladder of loops to push front wheels into."""
    steel = materials.galvanized(rng) if rng.random() < 0.6 else coated(rng, ("black", "blue", "green", "red"))
    count = int(rng.integers(3, 6))
    pieces: list[Piece] = []
    if rng.random() < 0.5:
        gap, wide, high = float(rng.uniform(0.7, 0.9)), float(rng.uniform(0.6, 0.75)), float(rng.uniform(0.75, 0.85))
        t = np.linspace(0, np.pi, 15)
        round_ = 0.18
        arch_y = np.concatenate(
            [
                [wide / 2],
                wide / 2 - round_ + round_ * np.cos(t[:8]),
                -wide / 2 + round_ + round_ * np.cos(t[7:]),
                [-wide / 2],
            ]
        )
        arch_z = np.concatenate(
            [[0.0], high - round_ + round_ * np.sin(t[:8]), high - round_ + round_ * np.sin(t[7:]), [0.0]]
        )
        for k in range(count):
            x = (k - (count - 1) / 2) * gap
            pieces.append((tube(np.stack([np.full(len(arch_y), x), arch_y, arch_z], 1), 0.024, 10), steel))
            pieces += [(disc(0.06, 0.012, 0.004, (x, s * wide / 2, 0), 16), steel) for s in (-1, 1)]
        return assemble("bicycle_rack", pieces, rng, main=steel)
    gap, count = float(rng.uniform(0.35, 0.42)), count + 2
    long = gap * count
    for y in (-0.25, 0.25):
        pieces.append((box((long, 0.05, 0.05), (0, y, 0), 0.006), steel))
    t = np.linspace(0, np.pi, 11)
    for k in range(count):
        x = (k - (count - 1) / 2) * gap
        for s in (-0.035, 0.035):
            loop = np.stack([np.full(11, x + s), 0.25 * np.cos(t), 0.03 + 0.4 * np.sin(t)], 1)
            pieces.append((tube(loop, 0.009, 8), steel))
    return assemble("bicycle_rack", pieces, rng, main=steel)


GENERATORS = {"bicycle_rack": bicycle_rack, "bollard": bollard, "fire_hydrant": fire_hydrant, "park_bench": park_bench}
