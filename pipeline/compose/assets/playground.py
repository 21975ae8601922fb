"""Where children and dogs play: swings, slides, trampolines, dog houses. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import plate, rounded_outline
from pipeline.compose.assets.shapes import bar, box, cylinder, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.assets.street_furniture import coated
from pipeline.scene import Mesh

BRIGHT = ("red", "yellow", "blue", "green", "orange", "turquoise")


def _level_feet(mesh: Mesh) -> Mesh:
    return Mesh(np.maximum(mesh.vertices, [-99.0, -99.0, 0.0]), mesh.faces, mesh.uv, mesh.normals)


def swing_set(rng: np.random.Generator) -> Asset:
    """A frame of two A-shaped ends with one to three swings on chains."""
    frame = materials.wood(rng) if rng.random() < 0.4 else coated(rng, ("green", "red", "blue", "yellow", "gray"))
    seats = int(rng.integers(1, 4))
    high, wide = float(rng.uniform(1.9, 2.4)), 0.9 + 0.75 * seats
    thick = 0.045 if frame.material.name == "wood" else 0.028
    foot = high * float(rng.uniform(0.36, 0.44))
    pieces: list[Piece] = [
        (bar((-wide / 2 - 0.1, 0, high - thick), (wide / 2 + 0.1, 0, high - thick), thick, sides=12), frame)
    ]
    for s in (-1, 1):
        for f in (-1, 1):
            leg = bar((s * (wide / 2 + 0.16), f * foot, 0.0), (s * wide / 2, 0, high - thick), thick, sides=12)
            pieces.append((_level_feet(leg), frame))
        z = high * 0.42
        y = foot * (1 - z / high)
        pieces.append(
            (bar((s * (wide / 2 + 0.09), -y, z), (s * (wide / 2 + 0.09), y, z), thick * 0.75, sides=10), frame)
        )
    chain = materials.galvanized(rng)
    tone = materials.plastic(rng, BRIGHT)
    board = tone if rng.random() < 0.6 else materials.wood(rng)
    for k in range(seats):
        x = (k - (seats - 1) / 2) * 0.75
        angle = float(rng.uniform(-0.12, 0.12))
        low = float(rng.uniform(0.4, 0.5))
        pivot = (x, 0.0, high - 2 * thick)
        pieces.append((turn(box((0.44, 0.18, 0.03), (x, 0, low), 0.01, 2), angle, 0, pivot), board))
        for s in (-1, 1):
            rope = bar((x + s * 0.19, 0, low + 0.02), (x + s * 0.19, 0, high - 1.7 * thick), 0.007, sides=6)
            pieces.append((turn(rope, angle, 0, pivot), chain))
    return assemble("swing_set", pieces, rng, main=frame)


def slide(rng: np.random.Generator) -> Asset:
    """A slide with a ladder at its back; one slides down towards +y."""
    chute = materials.plastic(rng, BRIGHT) if rng.random() < 0.7 else materials.steel(rng)
    frame = coated(rng, ("red", "blue", "green", "yellow", "gray"))
    high, wide = float(rng.uniform(1.2, 1.9)), float(rng.uniform(0.42, 0.52))
    long = high * float(rng.uniform(1.45, 1.75))
    t = np.linspace(0, 1, 14)
    wave = 0.03 * high * np.sin(2 * np.pi * t) if rng.random() < 0.5 else 0 * t
    y = t * long
    z = 0.22 + (high - 0.22) * (0.5 + 0.5 * np.cos(np.pi * t**0.92)) + wave
    x = np.linspace(-wide / 2, wide / 2, 7)
    trough = np.stack(
        [np.repeat(x[:, None], 14, 1), np.repeat(y[None], 7, 0), z[None] + 0.06 * np.abs(2 * x / wide)[:, None] ** 4],
        -1,
    )
    pieces: list[Piece] = [(sheet(trough, 0.02), chute)]
    for s in (-1, 1):
        line = np.stack([np.full(14, s * wide / 2), y, z + 0.1], 1)
        side = np.stack([line - [0, 0, 0.11], line + [0, 0, 0.05]], 1)
        pieces.append((sheet(side, 0.025), chute))
        pieces.append((tube(line + [0, 0, 0.06], 0.02, 8), chute))
    pieces.append((box((wide, 0.42, 0.04), (0, -0.2, high - 0.025), 0.01), chute))
    back = -0.4
    for s in (-1, 1):
        x0 = s * wide / 2
        rail = [
            (x0, back - high * 0.3, 0.0),
            (x0, back, high),
            (x0, back + 0.03, high + 0.5),
            (x0, back + 0.2, high + 0.6),
            (x0, 0.05, high + 0.35),
            (x0, 0.1, high + 0.1),
        ]
        pieces.append((_level_feet(tube(rail, 0.02, 10)), frame))
        pieces.append(
            (
                _level_feet(
                    bar(
                        (x0 + s * 0.03, long * 0.42, 0.0),
                        (x0, long * 0.36, float(np.interp(0.36 * long, y, z))),
                        0.022,
                        sides=10,
                    )
                ),
                frame,
            )
        )
        pieces.append((_level_feet(bar((x0 + s * 0.06, -0.02, 0.0), (x0, -0.05, high), 0.022, sides=10)), frame))
        pieces.append((bar((x0 * 0.8, long - 0.06, 0.0), (x0 * 0.8, long - 0.06, float(z[-1])), 0.02, sides=10), frame))
    steps = int(high / 0.25)
    for k in range(steps):
        share = (k + 0.8) / steps * 0.95
        pieces.append((box((wide, 0.1, 0.03), (0, back - high * 0.3 * (1 - share), high * share - 0.02), 0.006), frame))
    return assemble("slide", pieces, rng, main=chute)


def trampoline(rng: np.random.Generator) -> Asset:
    """A round garden trampoline, with or without a safety net's posts and rings."""
    radius, high = float(rng.uniform(0.9, 1.85)), float(rng.uniform(0.6, 0.85))
    steel, mat = materials.galvanized(rng), materials.plain("fabric", (0.05, 0.05, 0.055), 0.8)
    pad = materials.plain(
        "vinyl", materials.color_of(rng, ("blue", "green", "red", "orange", "turquoise", "black")), 0.4
    )
    pieces: list[Piece] = [(torus(radius - 0.03, 0.025, (0, 0, high - 0.025), 48, 8), steel)]
    pieces.append((cylinder(radius - 0.28, 0.01, (0, 0, high - 0.03), 48), mat))
    pieces.append(
        (
            lathe(
                [
                    (radius - 0.3, high - 0.012),
                    (radius + 0.0, high - 0.012),
                    (radius, high + 0.018),
                    (radius - 0.3, high + 0.018),
                ],
                48,
                closed=True,
            ),
            pad,
        )
    )
    legs = 4 if radius < 1.3 else 6
    for k in range(legs):
        a = 2 * np.pi * (k + 0.5) / legs
        spread = 0.32 / radius
        feet = [(radius * 1.0 * np.cos(a + s * spread), radius * 1.0 * np.sin(a + s * spread)) for s in (-1, 1)]
        top = [(0.97 * radius * np.cos(a + s * spread), 0.97 * radius * np.sin(a + s * spread)) for s in (-1, 1)]
        path = [
            (*top[0], high - 0.03),
            (*feet[0], 0.1),
            (*feet[0], 0.021),
            (*feet[1], 0.021),
            (*feet[1], 0.1),
            (*top[1], high - 0.03),
        ]
        pieces.append((tube(path, 0.021, 8), steel))
    if rng.random() < 0.6:
        tall = high + 1.6
        net = materials.plain("net", (0.1, 0.1, 0.11), 0.8)
        foam = materials.plain("foam", materials.color_of(rng, ("blue", "green", "black", "orange")), 0.8)
        for k in range(legs):
            a = 2 * np.pi * (k + 0.5) / legs
            x, y = (radius + 0.03) * np.cos(a), (radius + 0.03) * np.sin(a)
            pieces.append((bar((x, y, high * 0.3), (x, y, tall), 0.03, sides=10), foam))
        pieces.append((torus(radius - 0.03, 0.012, (0, 0, tall - 0.03), 48, 6), net))
        for z in np.linspace(high + 0.2, tall - 0.2, 6):
            pieces.append((torus(radius - 0.03, 0.004, (0, 0, z), 36, 4), net))
        for k in range(48):
            a = 2 * np.pi * k / 48
            x, y = (radius - 0.03) * np.cos(a), (radius - 0.03) * np.sin(a)
            pieces.append((bar((x, y, high), (x, y, tall - 0.03), 0.004, sides=4), net))
    return assemble("trampoline", pieces, rng, main=pad)


def doghouse(rng: np.random.Generator) -> Asset:
    """A kennel of boards under a gabled roof, its round-topped door in front."""
    wood = (
        materials.wood(rng)
        if rng.random() < 0.5
        else materials.painted_wood(rng, ("red", "white", "blue", "green", "yellow"))
    )
    roof = (
        materials.roof_tiles(rng)
        if rng.random() < 0.5
        else materials.painted_wood(rng, ("red", "gray", "blue", "brown", "green"))
    )
    dark = materials.plain("wood", (0.03, 0.025, 0.02), 0.9)
    wide, deep, wall = float(rng.uniform(0.6, 0.85)), float(rng.uniform(0.75, 1.0)), float(rng.uniform(0.5, 0.65))
    rise = wide / 2 * float(rng.uniform(0.6, 0.85))
    pieces: list[Piece] = []
    boards = 5
    for k in range(boards):
        for s in (-1, 1):
            z = 0.05 + wall * k / boards
            pieces.append((box((0.025, deep, wall / boards - 0.004), (s * (wide / 2 - 0.012), 0, z), 0.004), wood))
    gable = np.array(
        [
            (wide / 2 - 0.01, 0.05),
            (wide / 2 - 0.01, 0.05 + wall),
            (0.0, 0.05 + wall + rise),
            (-wide / 2 + 0.01, 0.05 + wall),
            (-wide / 2 + 0.01, 0.05),
        ]
    )
    for s in (-1, 1):
        mesh = plate(gable, 0.025, (0, s * (deep / 2 - 0.02), 0))
        scaled = None if mesh.uv is None else mesh.uv * [wide, wall + rise]
        pieces.append((Mesh(mesh.vertices, mesh.faces, scaled, mesh.normals), wood))
    angle = np.linspace(0, np.pi, 11)
    door = wide * 0.27
    arch = np.concatenate(
        [[[door, 0.0]], np.stack([door * np.cos(angle), wall * 0.5 + door * np.sin(angle)], 1), [[-door, 0.0]]]
    )
    pieces.append((plate(arch * 1.0 + [0, 0.09], 0.012, (0, deep / 2 - 0.009, 0)), dark))
    rim = np.stack([arch[:, 0], np.full(len(arch), deep / 2 - 0.002), arch[:, 1] + 0.09], 1)
    pieces.append((tube(rim, 0.016, 6), roof if roof.material.name == "wood" else wood))
    slope = float(np.arctan2(rise, wide / 2))
    long = np.hypot(rise, wide / 2) + 0.12
    for s in (-1, 1):
        slab = box((long, deep + 0.18, 0.03), (s * (long / 2 - 0.005), 0, 0), 0.004)
        pieces.append((move(turn(slab, s * slope, 1), (0, 0, 0.05 + wall + rise - 0.005)), roof))
    pieces.append((box((0.05, deep + 0.18, 0.03), (0, 0, 0.05 + wall + rise + 0.012), 0.01), roof))
    pieces += [(box((wide, 0.07, 0.052), (0, y, 0.0), 0.004), wood) for y in (-deep / 2 + 0.1, deep / 2 - 0.1)]
    pieces.append((box((wide - 0.05, deep - 0.06, 0.03), (0, 0, 0.03), 0), wood))
    sign = materials.paper(rng, ("white", "beige"))
    pieces.append(
        (plate(rounded_outline(wide * 0.36, 0.07, 0.02), 0.014, (0, deep / 2 - 0.004, 0.05 + wall + rise * 0.36)), sign)
    )
    return assemble("doghouse", pieces, rng, main=wood)


GENERATORS = {"doghouse": doghouse, "slide": slide, "swing_set": swing_set, "trampoline": trampoline}
