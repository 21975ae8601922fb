"""Towels, mats and paper for bathrooms."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.lofts import fillet, prism, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, disc, lathe, move, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.assets.toiletries import chromed
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

TOWELS = ("white", "white", "gray", "blue", "turquoise", "beige", "pink", "green", "purple", "orange")


def hung_towel(
    rng: np.random.Generator, width: float, front: float, back: float, at: tuple[float, float, float], radius: float
) -> Mesh:
    """A towel over a level rod along x whose middle is `at`; it falls `front` metres before and `back` metres behind it."""
    thick, r = 0.007, radius + 0.006
    a = np.linspace(0, np.pi, 9)
    fall_back, fall_front = np.linspace(-back, 0, 7)[:-1], np.linspace(0, -front, 9)[1:]
    y = np.concatenate([np.full(6, -r), -r * np.cos(a), np.full(8, r)])
    z = np.concatenate([fall_back, r * np.sin(a), fall_front])
    x = np.linspace(-width / 2, width / 2, 11)
    grid = np.empty((11, len(y), 3))
    drop = np.clip(-z, 0, None)
    grid[..., 0] = x[:, None] * (1 + 0.05 * drop[None, :])
    # Folds swing outwards only: the two halves never meet.
    wave = 0.5 + 0.5 * np.sin(x[:, None] * 2 * np.pi / rng.uniform(0.12, 0.2) + rng.uniform(0, 6))
    grid[..., 1] = y[None, :] + np.sign(y)[None, :] * np.minimum(0.05 * drop, 0.012)[None, :] * wave
    grid[..., 2] = z[None, :]
    return move(sheet(grid, thick), at)


def towel_rail(rng: np.random.Generator) -> Asset:
    """A rod on the wall with a towel or two over it, or a heated ladder; its back lies along -y."""
    chrome = chromed(rng)
    pieces: list[Piece] = []
    if rng.random() < 0.6:
        width, z, y = float(rng.uniform(0.45, 0.75)), 0.0, 0.075
        rods = [(0.0, y)] if rng.random() < 0.6 else [(0.0, y + 0.03), (0.09, y - 0.02)]
        for rz, ry in rods:
            pieces.append((bar((-width / 2, ry, rz), (width / 2, ry, rz), 0.008), chrome))
        reach = max(ry for _, ry in rods)
        for s in (-1, 1):
            x = s * (width / 2 - 0.015)
            pieces.append((move(turn(disc(0.022, 0.01, 0.003, sides=20), -np.pi / 2, 0), (x, 0, rods[-1][0])), chrome))
            for rz, ry in rods:
                pieces.append((bar((x, 0.005, rods[-1][0]), (x, ry, rz), 0.007), chrome))
        count = 1 if width < 0.55 or rng.random() < 0.4 else 2
        towels = []
        for k in range(count):
            wide = min(float(rng.uniform(0.3, 0.45)), (width - 0.06) / count - 0.02)
            x = (k - (count - 1) / 2) * (width - 0.04) / count
            towels.append(_terry(rng))
            mesh = hung_towel(
                rng, wide, float(rng.uniform(0.3, 0.5)), float(rng.uniform(0.2, 0.4)), (x, reach, z), 0.008
            )
            pieces.append((mesh, towels[-1]))
        return assemble("towel_rail", pieces, rng, main=(chrome, *towels))
    width, height, y = float(rng.uniform(0.45, 0.6)), float(rng.uniform(0.75, 1.4)), 0.07
    paint = chrome if rng.random() < 0.5 else materials.plain("metal", (0.92, 0.92, 0.92), 0.3, 0.05)
    for s in (-1, 1):
        x = s * (width / 2 - 0.018)
        pieces.append((bar((x, y, 0), (x, y, height), 0.018, sides=16), paint))
        pieces += [(bar((x, 0, z), (x, y, z), 0.011), paint) for z in (0.12, height - 0.12)]
    step = 0.052
    rungs = int((height - 0.08) / step)
    levels = [0.04 + step * k for k in range(rungs) if k % 6 != 5]
    rung = [(bar((-width / 2 + 0.02, y, z), (width / 2 - 0.02, y, z), 0.011, sides=10), paint) for z in levels]
    pieces += rung
    main = [paint]
    if rng.random() < 0.8:
        main.append(_terry(rng))
        z = levels[-2]
        fall = min(float(rng.uniform(0.35, 0.55)), z - 0.03)
        # The towel lies over the whole front: rungs below are behind it.
        mesh = hung_towel(rng, width * 0.7, fall, min(0.25, fall), (0.02, y, z), 0.014)
        pieces.append((mesh, main[-1]))
    return assemble("towel_rail", pieces, rng, main=main)


def toilet_roll(rng: np.random.Generator) -> Asset:
    """A roll of paper standing on its end."""
    paper = materials.paper(rng, ("white", "white", "white", "white", "white", "beige"))
    card = materials.plain("paper", (0.62, 0.5, 0.37), 0.9)
    r, h = float(rng.uniform(0.045, 0.062)), float(rng.uniform(0.095, 0.105))
    return assemble("toilet_roll", _roll(r, h, paper, card), rng, main=paper)


def _roll(r: float, h: float, paper: Finish, card: Finish) -> list[Piece]:
    """A roll standing on the origin."""
    roll = lathe(
        [(0.0215, 0), (r - 0.002, 0), (r, 0.002), (r, h - 0.002), (r - 0.002, h), (0.0215, h)], 40, closed=True
    )
    core = lathe([(0.02, 0.0005), (0.0218, 0.0005), (0.0218, h - 0.0005), (0.02, h - 0.0005)], 28, closed=True)
    return [(roll, paper), (core, card)]


def toilet_roll_holder(rng: np.random.Generator) -> Asset:
    """A roll on its holder on the wall, a sheet hanging down; its back lies along -y."""
    chrome, paper = chromed(rng), materials.paper(rng, ("white",))
    card = materials.plain("paper", (0.62, 0.5, 0.37), 0.9)
    r, h, y = float(rng.uniform(0.045, 0.06)), 0.1, 0.085
    pieces: list[Piece] = [(move(turn(mesh, np.pi / 2, 1), (-h / 2, y, 0)), f) for mesh, f in _roll(r, h, paper, card)]
    x = h / 2 + 0.02
    # The roll hangs on the rod: its core rests on it from above.
    arm = fillet([(x, 0.004, 0.012), (x, y, 0.012), (-x, y, 0.012)], 0.02)
    pieces.append((tube(arm, 0.007, 12), chrome))
    pieces.append((move(turn(disc(0.024, 0.008, 0.002, sides=24), -np.pi / 2, 0), (x, 0, 0.012)), chrome))
    long = float(rng.uniform(0.06, 0.13))
    z = np.linspace(0.0, -long, 6)
    grid = np.empty((2, 6, 3))
    grid[..., 0] = np.array([-h / 2 + 0.001, h / 2 - 0.001])[:, None]
    grid[..., 1] = (y + r + 0.0006 + 0.012 * (z / long) ** 2)[None, :]
    grid[..., 2] = z[None, :]
    pieces.append((sheet(grid, 0.001), paper))
    return assemble("toilet_roll", pieces, rng, main=paper)


def bath_mat(rng: np.random.Generator) -> Asset:
    """A thick tufted mat with round corners, or a rail of wooden slats."""
    if rng.random() < 0.8:
        color = materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng)
        pile = materials.textured(rng, "carpet", "carpet", color, 0.3, float(rng.uniform(0.1, 0.2)), 1.0)
        width, depth, thick = (
            float(rng.uniform(0.55, 0.9)),
            float(rng.uniform(0.4, 0.55)),
            float(rng.uniform(0.014, 0.024)),
        )
        line = (
            rounded_rectangle(width / 2, depth / 2, 0.05)
            if rng.random() < 0.75
            else superellipse(width / 2, depth / 2, 2.0, 56)
        )
        pieces: list[Piece] = [(prism(line, thick, bevel=thick * 0.45), pile)]
        if rng.random() < 0.4:
            pieces.append(
                (
                    prism(line * 0.75, 0.004, (0, 0, thick - 0.002), 0.002),
                    materials.textured(
                        rng,
                        "carpet",
                        "carpet",
                        materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng),
                        0.3,
                        0.15,
                        1.0,
                    ),
                )
            )
        return assemble("bath_mat", pieces, rng, main=pile)
    wood = materials.wood(rng)
    width, depth = float(rng.uniform(0.6, 0.75)), float(rng.uniform(0.4, 0.48))
    slats = int(rng.integers(7, 11))
    step = width / slats
    pieces = [(box((width * 0.92, 0.03, 0.01), (0, s * depth * 0.32, 0), 0.002), wood) for s in (-1, 0, 1)]
    for k in range(slats):
        x = -width / 2 + step * (k + 0.5)
        pieces.append((box((step - 0.014, depth, 0.014), (x, 0, 0.0095), 0.003), wood))
    return assemble("bath_mat", pieces, rng, main=wood)


def _terry(rng: np.random.Generator) -> Finish:
    color = materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng)
    return materials.textured(rng, "fabric", "carpet", color, 0.12, 0.12, 1.0)


GENERATORS = {
    "bath_mat": bath_mat,
    "toilet_roll": toilet_roll,
    "toilet_roll_holder": toilet_roll_holder,
    "towel_rail": towel_rail,
}
