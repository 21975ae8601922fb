"""Racks for coats and shoes, stands for umbrellas. Backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import joinery
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, ellipsoid, move, tube
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

COATS = ("black", "black", "gray", "gray", "brown", "beige", "blue", "green", "red", "yellow", "white")


def _hook(at: tuple[float, float, float], finish: Finish) -> list[Piece]:
    """A coat hook on an upright face at `at`."""
    x, y, z = at
    upper = fillet([(x, y - 0.001, z), (x, y + 0.05, z + 0.005), (x, y + 0.065, z + 0.045)], 0.03)
    lower = fillet([(x, y - 0.001, z - 0.02), (x, y + 0.03, z - 0.035), (x, y + 0.038, z - 0.012)], 0.018)
    return [
        (tube(upper, 0.0055, 8), finish), (tube(lower, 0.005, 8), finish),
        (ellipsoid((0.009, 0.009, 0.009), (x, y + 0.065, z + 0.04), 10), finish),
        (box((0.022, 0.006, 0.07), (x, y + 0.002, z - 0.04), 0.002), finish),
    ]  # fmt: skip


def _coat(rng: np.random.Generator, at: tuple[float, float, float]) -> list[Mesh]:
    """A coat hanging from its collar at `at`: a folded cone of cloth, widest at the hem, sleeves beside it, a collar."""
    long, half = float(rng.uniform(0.75, 1.0)), float(rng.uniform(0.17, 0.22))
    t = np.array([0.0, 0.04, 0.1, 0.16, 0.35, 0.6, 0.85, 1.0])
    wide = np.interp(t, [0, 0.04, 0.1, 0.16, 1.0], [0.2, 0.35, 0.75, 0.92, 1.0]) * half
    deep = np.interp(t, [0, 0.1, 0.3, 1.0], [0.02, 0.045, 0.055, 0.075])
    angle = 2 * np.pi * np.arange(56) / 56
    folds, phase = int(rng.integers(6, 10)), float(rng.uniform(0, 6))
    rings = []
    for k in range(len(t))[::-1]:
        swell = 1 + 0.16 * t[k] * np.sin(folds * angle + phase + 1.5 * t[k])
        line = np.stack([wide[k] * np.cos(angle) * (0.93 + 0.07 * swell), deep[k] * np.sin(angle) * swell], 1)
        rings.append(ring(line, -long * t[k], 1.0, (0, deep[-1] * 1.16 + 0.004)))
    meshes = [loft(rings)]
    middle = deep[-1] * 1.16 + 0.004
    for s in (-1, 1):
        # Sleeves fall from the shoulders, a little before the body.
        u = np.linspace(0, 1, 9)
        out = half * (0.62 + 0.42 * np.minimum(2.2 * u, 1.0)) + 0.012 * np.sin(4 * u + phase)
        arm = np.stack([s * out, middle + 0.012 + 0.02 * u, -0.075 - 0.6 * u - 0.03 * s * u], 1)
        meshes.append(tube(arm, np.interp(u, [0, 0.12, 0.6, 1.0], [0.03, 0.052, 0.05, 0.043]), 12))
    turn_up = superellipse(0.055, 0.035, 2.0, 24)
    meshes.append(loft([ring(turn_up, -0.075, (1.35, 1.25)), ring(turn_up, -0.03, 1.05), ring(turn_up, 0.012, 0.8)]))
    meshes[-1] = move(meshes[-1], (0, middle, 0))
    return [move(mesh, at) for mesh in meshes]


def coat_rack(rng: np.random.Generator) -> Asset:
    """A board with hooks on the wall, under a hat shelf or not, some coats and a bag hanging; its back lies along -y."""
    (wood, _), iron = joinery(rng), materials.metal(rng)
    width = float(rng.uniform(0.6, 1.1))
    hooks = max(3, round(width / 0.19))
    pieces: list[Piece] = []
    surfaces = []
    board_h, thick = float(rng.uniform(0.09, 0.14)), 0.02
    pieces.append((box((width, thick, board_h), (0, thick / 2, -board_h / 2), 0.004), wood))
    if rng.random() < 0.5:
        z, deep = board_h / 2 + 0.12, 0.24
        pieces.append((box((width, deep, 0.02), (0, deep / 2, z), 0.003), wood))
        for s in (-1, 1):
            x = s * (width / 2 - 0.03)
            pieces.append((box((0.02, 0.012, z - board_h / 2 + 0.002), (x, 0.006, board_h / 2 - 0.001), 0), wood))
            pieces.append((bar((x, 0.008, z - 0.09), (x, deep * 0.85, z + 0.002), 0.008), iron))
        surfaces.append(Surface("shelf", (0, deep / 2, z + 0.02), (width / 2 - 0.03, deep / 2 - 0.02), 0.4))
    spots = [-width / 2 + width * (k + 0.5) / hooks for k in range(hooks)]
    taken = -1.0
    coats = 0
    for x in spots:
        pieces += _hook((x, thick, 0.0), iron)
        if (rng.random() < 0.4 and x - taken > 0.42) or (x == spots[-1] and coats == 0 and rng.random() < 0.6):
            coat = materials.fabric(rng, COATS) if rng.random() < 0.75 else materials.leather(rng)
            pieces += [(mesh, coat) for mesh in _coat(rng, (x, thick - 0.01, 0.005))]
            taken, coats = x, coats + 1
    return assemble("coat_rack", pieces, rng, surfaces, wood)


def _shoe(rng: np.random.Generator, upper: Finish, sole: Finish, way: float) -> list[Piece]:
    """A shoe on the origin, its toe towards +y; way: +1 for a left, -1 for a right one."""
    line = superellipse(0.045, 0.13, 2.6, 26, front=(0.13, 2.2))
    waist = line.copy()
    waist[:, 0] -= way * 0.008 * np.cos(np.clip(line[:, 1] / 0.13, -1, 1) * np.pi / 2) * 0.8
    waist[:, 0] *= np.interp(line[:, 1], [-0.13, -0.04, 0.05, 0.13], [0.78, 0.74, 1.0, 0.95])
    pieces: list[Piece] = [(prism(waist, 0.018, bevel=0.004), sole)]
    ankle = np.stack([waist[:, 0] * 0.72, -0.055 + line[:, 1] * 0.52], 1)
    rings = [ring(waist, 0.016, 0.96), ring(waist, 0.032, 0.95)]
    for f, z in ((0.35, 0.05), (0.7, 0.064), (1.0, 0.082)):
        rings.append(ring(waist * 0.93 * (1 - f) + ankle * f, z))
    rings += [ring(ankle, 0.083, (0.88, 0.97)), ring(ankle, 0.045, (0.8, 0.93))]
    # The opening rises towards the heel.
    for loop in rings[3:]:
        loop[:, 2] += np.interp(loop[:, 1], [-0.12, 0.05], [0.014, -0.012])
    pieces.append((loft(rings), upper))
    return pieces


def shoe_rack(rng: np.random.Generator) -> Asset:
    """Two or three slatted or wire shelves with shoes on some of them."""
    wood = materials.wood(rng) if rng.random() < 0.6 else materials.metal(rng)
    width, depth = float(rng.uniform(0.65, 0.95)), float(rng.uniform(0.28, 0.34))
    shelves = int(rng.choice([2, 3, 3]))
    pitch = float(rng.uniform(0.19, 0.24))
    height = 0.08 + pitch * (shelves - 1) + 0.1
    post = 0.024
    pieces: list[Piece] = []
    for sx in (-1, 1):
        for sy in (-1, 1):
            pieces.append(
                (box((post, post, height), (sx * (width - post) / 2, sy * (depth - post) / 2, 0), 0.003), wood)
            )
        pieces.append((box((post, depth, post), (sx * (width - post) / 2, 0, height - 0.001), 0.003), wood))
    surfaces = []
    slats = 7  # so that a vase finds two of them under its foot
    for k in range(shelves):
        z = 0.08 + pitch * k
        for s in (-1, 1):
            pieces.append(
                (box((0.018, depth - 2 * post + 0.001, 0.018), (s * (width / 2 - post / 2), 0, z - 0.018), 0), wood)
            )
        for m in range(slats):
            y = -depth / 2 + 0.02 + (depth - 0.04) * m / (slats - 1)
            if wood.material.name == "wood":
                pieces.append((box((width - 0.005, 0.034, 0.012), (0, y, z - 0.001), 0.002), wood))
            else:
                pieces.append(
                    (bar((-width / 2 + 0.006, y, z + 0.005), (width / 2 - 0.006, y, z + 0.005), 0.006, sides=8), wood)
                )
        clear = pitch - 0.035 if k < shelves - 1 else 0.35
        free = width / 2 - post - 0.01
        x = -free
        while x < free - 0.22:
            if rng.random() < 0.6:
                upper, sole = (
                    _leather(rng),
                    materials.plain("rubber", (0.9, 0.9, 0.88), 0.7) if rng.random() < 0.5 else materials.rubber(rng),
                )
                for way in (1.0, -1.0):
                    shift = (x + 0.055 + (0.1 if way < 0 else 0.0), float(rng.uniform(-0.008, 0.008)), z + 0.011)
                    pieces += [(move(mesh, shift), f) for mesh, f in _shoe(rng, upper, sole, -way)]
            elif k == shelves - 1:
                surfaces.append(Surface("top", (x + 0.1, 0, z + 0.011), (0.09, depth / 2 - 0.03), clear))
            x += 0.22
    return assemble("shoe_rack", pieces, rng, surfaces, wood)


def _leather(rng: np.random.Generator) -> Finish:
    """What shoes are made of: leather or canvas."""
    return (
        materials.leather(rng)
        if rng.random() < 0.55
        else materials.fabric(rng, ("white", "black", "red", "blue", "gray", "pink"))
    )


def umbrella_stand(rng: np.random.Generator) -> Asset:
    """A tall pot of metal, ceramic or cane with furled umbrellas in it."""
    body = (materials.metal, materials.ceramic, materials.wicker)[int(rng.integers(3))](rng)
    r, h = float(rng.uniform(0.1, 0.13)), float(rng.uniform(0.48, 0.6))
    line = superellipse(r, r, 2.0, 40) if rng.random() < 0.65 else rounded_rectangle(r, r, 0.02, 9)
    foot = float(rng.uniform(0.82, 1.0))
    rings = [
        ring(line, 0.0, foot),
        ring(line, h * 0.6, (foot + 1) / 2),
        ring(line, h),
        ring(line, h, 0.95),
        ring(line, h * 0.6, (foot + 1) / 2 - 0.05),
        ring(line, 0.012, foot - 0.05),
    ]
    pieces: list[Piece] = [(loft(rings), body)]
    if rng.random() < 0.5:
        lip = [
            ring(line, h - 0.015, 0.97),
            ring(line, h - 0.015, 1.03),
            ring(line, h + 0.004, 1.03),
            ring(line, h + 0.004, 0.95),
        ]
        pieces.append((loft([*lip, lip[0]], cap=False), body))
    start = float(rng.uniform(0, 6))
    for k in range(int(rng.integers(1, 4))):
        a = start + 2 * np.pi * k / 3
        out = np.array([np.cos(a), np.sin(a), 0.0])
        pieces += _umbrella(rng, out * -(r * 0.5) + [0, 0, 0.014], out * (r - 0.035) + [0, 0, h])
    return assemble("umbrella_stand", pieces, rng, main=body)


def _umbrella(rng: np.random.Generator, foot: np.ndarray, rim: np.ndarray) -> list[Piece]:
    """A furled umbrella with its tip at `foot`, leaning through `rim`, under a crook or a knob."""
    cloth, grip = (
        materials.fabric(rng),
        materials.wood(rng) if rng.random() < 0.6 else materials.plastic(rng, ("black",)),
    )
    way = (rim - foot) / np.linalg.norm(rim - foot)
    long = float(rng.uniform(0.6, 0.7))
    t = np.linspace(0, 1, 9)
    path = foot + way * (0.06 + long * t)[:, None]
    fat = np.interp(t, [0, 0.1, 0.6, 0.85, 1.0], [0.009, 0.016, 0.027, 0.024, 0.012])
    steel = materials.steel(rng)
    pieces: list[Piece] = [(tube(path, fat, 12), cloth), (tube([foot, path[0] + way * 0.01], [0.004, 0.006], 8), steel)]
    strap = path[5]
    pieces.append((tube([strap - way * 0.012, strap + way * 0.012], [0.029, 0.029], 12), cloth))
    top = path[-1]
    if rng.random() < 0.7:
        side = np.cross(way, [np.sin(long * 90), np.cos(long * 90), 0.0])
        side /= np.linalg.norm(side)
        a = np.linspace(0, np.pi * 1.05, 11)
        crook = top + way * 0.11 + side * 0.035 * (1 - np.cos(a))[:, None] + way * (0.035 * np.sin(a))[:, None]
        pieces.append((tube(np.concatenate([[top - way * 0.01], crook]), 0.009, 10), grip))
    else:
        pieces.append((tube([top - way * 0.01, top + way * 0.05, top + way * 0.11], [0.007, 0.011, 0.012], 10), grip))
    return pieces


GENERATORS = {
    "coat_rack": coat_rack,
    "shoe_rack": shoe_rack,
    "umbrella_stand": umbrella_stand,
}
