"""Things children play with."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import box, disc, ellipsoid, move, tube, turn
from pipeline.scene import Mesh

HALF_TURN = np.pi / 2
CUBE_COLORS = ("white", "yellow", "red", "orange", "blue", "green")


def toy_block(rng: np.random.Generator) -> Asset:
    """A building block: a wooden cube, brick or cylinder, or a studded plastic brick."""
    kind = int(rng.integers(4))
    if kind == 3:
        plastic = materials.plastic(rng)
        unit, columns, rows = 0.016, int(rng.choice([2, 3, 4])), 2
        size = (columns * unit - 0.0004, rows * unit - 0.0004, 0.0192)
        pieces: list[Piece] = [(box(size, (0, 0, 0), 0), plastic)]
        for i in range(columns):
            for j in range(rows):
                at = ((i - (columns - 1) / 2) * unit, (j - (rows - 1) / 2) * unit, 0.0185)
                pieces.append((disc(0.005, 0.0042, 0.0006, at, 16), plastic))
        return assemble("toy_block", pieces, rng)
    wood = (
        materials.painted_wood(rng, ("red", "yellow", "blue", "green", "orange"))
        if rng.random() < 0.7
        else materials.wood(rng)
    )
    edge = float(rng.uniform(0.028, 0.042))
    if kind == 0:
        return assemble("toy_block", [(box((edge, edge, edge), (0, 0, 0), 0.002), wood)], rng)
    if kind == 1:
        return assemble("toy_block", [(box((edge * 2, edge, edge * 0.8), (0, 0, 0), 0.002), wood)], rng)
    return assemble("toy_block", [(disc(edge / 2, edge, 0.002, sides=28), wood)], rng)


def toy_car(rng: np.random.Generator) -> Asset:
    """A toy car along y: body, cabin with dark windows, four wheels."""
    paint, black = materials.plastic(rng), materials.plain("rubber", (0.05, 0.05, 0.05), 0.8)
    window = materials.plain("glass", (0.12, 0.15, 0.18), 0.1)
    hub = materials.plain("plastic", materials.named_color("white" if rng.random() < 0.5 else "yellow", rng), 0.4)
    length = float(rng.uniform(0.07, 0.12))
    w, wheel = length * 0.46, length * 0.115
    low = wheel * 0.55
    cabin = length * float(rng.uniform(0.4, 0.6))
    at = length * float(rng.uniform(-0.12, 0.02))
    pieces: list[Piece] = [
        (box((w, length, length * 0.17), (0, 0, low), length * 0.035, 2), paint),
        (box((w * 0.86, cabin, length * 0.15), (0, at, low + length * 0.16), length * 0.03, 2), window),
        (box((w * 0.8, cabin * 0.84, length * 0.03), (0, at, low + length * 0.295), length * 0.012), paint),
        (box((w * 0.9, 0.004, length * 0.03), (0, length / 2 - 0.001, low + 0.002), 0), black),
    ]
    for s in (-1, 1):
        lamp = ellipsoid((0.004, 0.002, 0.004), (s * w * 0.34, length / 2 - 0.0005, low + length * 0.08), 10)
        pieces.append((lamp, hub))
        for front in (-1, 1):
            tyre = turn(move(disc(wheel, wheel * 0.7, wheel * 0.15, sides=24), (0, 0, -wheel * 0.35)), HALF_TURN, 1)
            cap = turn(move(disc(wheel * 0.5, wheel * 0.78, 0.0006, sides=18), (0, 0, -wheel * 0.39)), HALF_TURN, 1)
            place = (s * (w / 2 - wheel * 0.1), front * length * 0.3, wheel)
            pieces += [(move(tyre, place), black), (move(cap, place), hub)]
    return assemble("toy_car", pieces, rng, main=paint)


def rubber_duck(rng: np.random.Generator) -> Asset:
    """A bath duck facing +y."""
    body = materials.plain(
        "rubber", materials.named_color(("yellow", "yellow", "yellow", "pink", "blue")[int(rng.integers(5))], rng), 0.4
    )
    beak = materials.plain("rubber", (0.92, 0.42, 0.08), 0.45)
    black = materials.plain("rubber", (0.03, 0.03, 0.03), 0.3)
    s = float(rng.uniform(0.8, 1.25))
    t = np.linspace(0, 1, 7)
    tail = np.stack([0 * t, (-0.028 - 0.022 * t) * s, (0.028 + 0.018 * t**1.5) * s], 1)
    pieces: list[Piece] = [
        (_flattened(ellipsoid((0.03 * s, 0.042 * s, 0.026 * s), (0, 0, -0.004 * s), 24)), body),
        (tube(tail, np.linspace(0.016, 0.004, 7) * s, 10), body),
        (ellipsoid((0.023 * s, 0.023 * s, 0.022 * s), (0, 0.02 * s, 0.036 * s), 20), body),
        (ellipsoid((0.011 * s, 0.014 * s, 0.0038 * s), (0, 0.044 * s, 0.0505 * s), 14), beak),
        (ellipsoid((0.009 * s, 0.011 * s, 0.003 * s), (0, 0.042 * s, 0.047 * s), 14), beak),
    ]
    for side in (-1, 1):
        wing = ellipsoid((0.006 * s, 0.022 * s, 0.013 * s), (side * 0.028 * s, -0.006 * s, 0.012 * s), 14)
        pieces.append((wing, body))
        pieces.append(
            (ellipsoid((0.003 * s, 0.003 * s, 0.004 * s), (side * 0.012 * s, 0.0375 * s, 0.06 * s), 10), black)
        )
    return assemble("rubber_duck", pieces, rng, main=body)


def _flattened(mesh: Mesh) -> Mesh:
    """The part below z = 0 pressed level, so that it stands."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)
    return Mesh(vertices, mesh.faces, mesh.uv, mesh.normals)


PIPS = {1: [(0, 0)], 2: [(-1, -1), (1, 1)], 3: [(-1, -1), (0, 0), (1, 1)], 4: [(-1, -1), (1, 1), (-1, 1), (1, -1)],
        5: [(-1, -1), (1, 1), (-1, 1), (1, -1), (0, 0)],
        6: [(-1, -1), (-1, 0), (-1, 1), (1, -1), (1, 0), (1, 1)]}  # fmt: skip
"""Places of the pips of each number on its face; opposite faces add up to seven."""


def die(rng: np.random.Generator) -> Asset:
    """A six-sided die."""
    color = ("white", "white", "red", "black", "blue", "green")[int(rng.integers(6))]
    body = materials.plain("plastic", materials.named_color(color, rng), 0.25)
    pip = materials.plain("plastic", (0.03, 0.03, 0.03) if color == "white" else (0.95, 0.95, 0.93), 0.35)
    a = float(rng.uniform(0.014, 0.024))
    pieces: list[Piece] = [(box((a, a, a), (0, 0, 0), a * 0.1, 2), body)]
    turns = {1: (0, 0), 6: (0, 2), 2: (0, 1), 5: (0, 3), 3: (1, 1), 4: (1, 3)}
    for number, (axis, quarter) in turns.items():
        for u, v in PIPS[number]:
            dot = disc(a * 0.085, 0.0006, 0.0001, (u * a * 0.25, v * a * 0.25, a / 2 - 0.0004), 12)
            pieces.append((move(turn(dot, quarter * HALF_TURN, axis), (0, 0, a / 2)), pip))
    return assemble("die", pieces, rng, main=body)


def puzzle_cube(rng: np.random.Generator) -> Asset:
    """A cube of three by three coloured squares a side, solved or scrambled."""
    black = materials.plain("plastic", (0.04, 0.04, 0.04), 0.4)
    paints = [materials.plain("plastic", materials.named_color(name, rng), 0.3) for name in CUBE_COLORS]
    a = float(rng.uniform(0.05, 0.06))
    cell = a / 3
    pieces: list[Piece] = [(box((a, a, a), (0, 0, 0), 0.003), black)]
    tiles = np.repeat(np.arange(6), 9)
    if rng.random() < 0.75:
        tiles = rng.permutation(tiles)
    for face, (axis, quarter) in enumerate([(0, 0), (0, 2), (0, 1), (0, 3), (1, 1), (1, 3)]):
        for k in range(9):
            u, v = (k % 3 - 1) * cell, (k // 3 - 1) * cell
            tile = box((cell * 0.86, cell * 0.86, 0.001), (u, v, a / 2 - 0.0003), 0)
            pieces.append(
                (move(turn(tile, quarter * HALF_TURN, axis), (0, 0, a / 2)), paints[int(tiles[9 * face + k])])
            )
    return assemble("puzzle_cube", pieces, rng, main=black)


def teddy_bear(rng: np.random.Generator) -> Asset:
    """A sitting teddy bear."""
    tone = ("brown", "brown", "beige", "white", "gray", "pink")[int(rng.integers(6))]
    fur = materials.textured(rng, "fabric", "fur", materials.named_color(tone, rng), 0.25, 0.15, 1.0)
    pale = materials.plain("fabric", (0.85, 0.74, 0.58), 0.95)
    dark = materials.plain("plastic", (0.05, 0.04, 0.04), 0.25)
    s = float(rng.uniform(0.75, 1.3))

    def blob(radii: tuple[float, float, float], at: tuple[float, float, float]) -> Mesh:
        return ellipsoid(np.array(radii) * s, np.array(at) * s, 18)

    pieces: list[Piece] = [
        (blob((0.07, 0.06, 0.085), (0, 0, 0)), fur),
        (blob((0.062, 0.056, 0.056), (0, 0.008, 0.14)), fur),
        (blob((0.026, 0.022, 0.02), (0, 0.056, 0.165)), pale),
        (blob((0.009, 0.007, 0.006), (0, 0.076, 0.188)), dark),
    ]
    for side in (-1.0, 1.0):
        pieces.append((blob((0.024, 0.012, 0.024), (side * 0.048, 0.0, 0.222)), fur))
        pieces.append((blob((0.007, 0.005, 0.007), (side * 0.024, 0.058, 0.206)), dark))
        arm = tube(
            np.array([(side * 0.058, 0.01, 0.125), (side * 0.09, 0.035, 0.095), (side * 0.096, 0.065, 0.07)]) * s,
            0.023 * s,
            12,
        )
        leg = tube(
            np.array([(side * 0.04, 0.02, 0.032), (side * 0.062, 0.08, 0.032), (side * 0.07, 0.115, 0.032)]) * s,
            0.031 * s,
            12,
        )
        pieces += [(arm, fur), (leg, fur), (blob((0.022, 0.022, 0.022), (side * 0.097, 0.07, 0.044)), fur)]
        pieces.append((blob((0.033, 0.016, 0.036), (side * 0.071, 0.122, 0.0)), pale))
    return assemble("teddy_bear", pieces, rng, main=fur)


GENERATORS = {
    "die": die, "puzzle_cube": puzzle_cube, "rubber_duck": rubber_duck, "teddy_bear": teddy_bear, "toy_block": toy_block,
    "toy_car": toy_car,
}  # fmt: skip
