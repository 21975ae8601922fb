"""What is laid, poured, cast and fired. Courses run along the columns (u). In laid work levels below JOINT are joint."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Ints, Pattern, cells, drawn, grid, levels, noise, smoothed, unit
from pipeline.scene import Float

JOINT = 48
"""Laid work keeps levels up to here for its joints; its faces start above, at FACE."""
FACE = 60


def _courses(n: int, rows: int, columns: int, bond: float) -> tuple[Float, Ints]:
    """Distance [n, n] to the nearest joint's middle, in pixels, and the number of each laid piece [n, n]."""
    u, v = grid(n)
    row = np.floor(v * rows).astype(int)
    along = (u + bond / columns * (row % 2)) % 1.0 * columns
    gap_u = np.minimum(along % 1, 1 - along % 1) * (n / columns)
    gap_v = np.minimum(v * rows % 1, 1 - v * rows % 1) * (n / rows)
    return np.minimum(gap_u, gap_v), row * columns + np.floor(along).astype(int) + 0 * row


def _laid(gap: Float, face: Float, joint: Float, half: float, rounding: float, rough: Float) -> Pattern:
    """Faces that round off over `rounding` pixels towards joints `half` pixels wide on each side."""
    inside = gap > half
    edge = np.clip((gap - half) / rounding, 0, 1)
    profile = np.sqrt(np.clip(1 - (1 - edge) ** 2, 0, 1))
    height = np.where(inside, 0.1 + 0.82 * profile + rough, 0.1 + 0.5 * rough)
    return levels(np.where(inside, np.maximum(face, FACE), np.clip(joint, 0, JOINT)), height)


def brick(rng: np.random.Generator) -> Pattern:
    """Running bond: six bricks long and eighteen courses high, with weathered edges."""
    n, rows, columns = 512, 18, 6
    gap, piece = _courses(n, rows, columns, 0.5)
    worn = gap + 0.6 * noise(rng, n, 60, 60, 1.8)
    fine, cloud = noise(rng, n, 120, 120, 1.2, 0.2), noise(rng, n, 14, 14, 1.6)
    tone = rng.normal(0, 19, rows * columns)[piece]
    # A few are burnt darker than the rest.
    tone = tone - 30 * (rng.random(rows * columns) < 0.07)[piece]
    face = 158 + tone + 14 * cloud + 10 * fine
    return _laid(worn, face, 28 + 7 * fine, 2.1, 2.6, 0.03 * fine)


def tiles(rng: np.random.Generator) -> Pattern:
    n, count = 512, int(rng.choice([2, 3, 4]))
    bond = 0.5 if count % 2 == 0 and rng.random() < 0.4 else 0.0
    gap, piece = _courses(n, count, count, bond)
    face = 158 + rng.normal(0, 13, count * count)[piece] + 9 * noise(rng, n, 6, 6, 1.8)
    return _laid(gap, face, 26 + 8 * noise(rng, n, 60, 60), 2.2, 4.0, 0 * gap)


def metro(rng: np.random.Generator) -> Pattern:
    """Oblong wall tiles in bond or stack, each a little out of plane."""
    n = 512
    rows, columns = ((8, 4), (6, 3), (4, 4), (8, 8))[int(rng.integers(4))]
    bond = 0.5 if rows == 2 * columns and rng.random() < 0.75 else 0.0
    gap, piece = _courses(n, rows, columns, bond)
    face = 158 + rng.normal(0, 9, rows * columns)[piece] + 4 * noise(rng, n, 10, 10, 1.8)
    return _laid(gap, face, 26 + 8 * noise(rng, n, 60, 60), 2.4, 7.0, 0 * gap)


def flags(rng: np.random.Generator) -> Pattern:
    """Concrete paving: fine grit, dirt towards the joints, each flag its own tone."""
    n = 512
    rows, columns, bond = ((3, 3, 0.0), (4, 2, 0.5), (4, 4, 0.0), (6, 3, 0.5))[int(rng.integers(4))]
    gap, piece = _courses(n, rows, columns, bond)
    grit = noise(rng, n, 150, 150, 1.0, 0.3)
    face = 165 + rng.normal(0, 14, rows * columns)[piece] + 9 * grit + 10 * noise(rng, n, 8, 8, 1.6)
    face = face - 30 * np.exp(-gap / 9.0)
    return _laid(gap + 0.4 * noise(rng, n, 30, 30), face, 22 + 8 * grit, 2.5, 3.0, 0.035 * grit)


def cobble(rng: np.random.Generator) -> Pattern:
    """Rounded setts in uneven rows."""
    n, count = 512, 11
    _, _, border, owner = cells(rng, n, count, count, 0.5)
    stone = np.clip(border + 0.012 * noise(rng, n, 30, 30) - 0.05, 0, None)
    dome = np.clip(1 - np.clip(1 - stone * 4.5, 0, 1) ** 2, 0, 1)
    grit = noise(rng, n, 110, 110, 1.2, 0.2)
    tone = rng.normal(0, 15, count * count)[owner]
    face = 140 + tone + 20 * dome + 10 * grit
    return levels(np.where(stone > 0, np.maximum(face, FACE), 24 + 10 * grit), 0.1 + 0.8 * dome + 0.02 * grit)


def roof(rng: np.random.Generator) -> Pattern:
    """Courses of tiles that overlap downwards (towards lower v), each tile barrel-shaped, beaver-tailed or flat."""
    n = 512
    shape = ("barrel", "tail", "flat")[int(rng.integers(3))]
    rows, columns = {"barrel": (4, 8), "tail": (8, 8), "flat": (6, 4)}[shape]
    u, v = grid(n)
    bond = 0.0 if shape == "barrel" else 0.5
    # Tails hang below the straight edge of their course by this much of it.
    best = np.full((n, n), -1.0)
    tone, across = np.zeros((n, n)), np.zeros((n, n))
    tones = rng.normal(0, 15, (rows, columns))
    for below in (0, 1):
        row = np.floor(v * rows).astype(int) - below
        x = (u + bond / columns * (row % 2)) % 1.0 * columns
        side = x % 1 - 0.5
        length = 1.0 + (0.34 * np.sqrt(np.clip(1 - (2 * side) ** 2, 0, 1)) if shape == "tail" else 0 * side)
        down = v * rows - row
        reach = np.where(down <= length, down / length, -1.0) + 0 * side
        upper = reach > best - below * 2.0
        upper &= reach >= 0
        best = np.where(upper, reach, best)
        tone = np.where(upper, tones[row % rows, np.floor(x).astype(int) % columns], tone)
        across = np.where(upper, side, across)
    joint = (0.5 - np.abs(across)) * n / columns
    wave = np.sqrt(np.clip(1 - (2 * across) ** 2, 0, 1)) if shape == "barrel" else 1.0 * (joint > 1.6)
    grit = noise(rng, n, 100, 100, 1.2, 0.2)
    lip = np.clip(best, 0, 1)
    height = (0.22 * lip + 0.75 * wave) if shape == "barrel" else (0.2 + 0.35 * lip) * (0.6 + 0.4 * wave)
    # Dirt gathers under the lip of the course above.
    gray = 150 + tone + 8 * grit + 10 * noise(rng, n, 10, 10, 1.6) - 75 * np.exp(-lip * 9.0) - 60 * (joint < 1.6)
    return levels(gray + (30 * (wave - 0.7) if shape == "barrel" else 0.0), height + 0.01 * grit)


def plaster(rng: np.random.Generator) -> Pattern:
    stipple = noise(rng, 256, 50, 50, 2.0, 0.3)
    trowel = noise(rng, 256, 3, 3, 1.6)
    return drawn(trowel + 0.4 * stipple, 3.2, unit(0.5 * trowel + 0.6 * stipple, 3.0))


def stucco(rng: np.random.Generator) -> Pattern:
    """Thrown render: rounded grains and hollows."""
    n = 256
    _, _, border, owner = cells(rng, n, 34, 34, 1.0)
    size = rng.random(34 * 34)[owner]
    grain = np.clip(border * 2.4, 0, 1) * (0.35 + 0.65 * size)
    grain = smoothed(grain, 1) + 0.1 * noise(rng, n, 20, 20)
    return drawn(grain, 2.6, unit(grain, 2.4))


def concrete(rng: np.random.Generator) -> Pattern:
    n = 512
    pits = noise(rng, n, 110, 110, 3.0, 0.3)
    cloud = noise(rng, n, 5, 5, 1.3, 0.5)
    hole = np.clip((pits - 2.2) / 0.8, 0, 1)
    fine = noise(rng, n, 180, 180, 1.2, 0.3)
    return drawn(cloud + 0.5 * fine - 2.5 * (pits > 2.6), 3.2, 0.8 + 0.04 * fine - 0.7 * hole)


def marble(rng: np.random.Generator) -> Pattern:
    cloud = noise(rng, 256, 2.5, 2.5, 1.9)
    veins = np.exp(-(((noise(rng, 256, 2.2, 2.2, 2.2)) / 0.07) ** 2))
    fine = np.exp(-(((noise(rng, 256, 5, 5, 2.2)) / 0.05) ** 2))
    return drawn(0.25 * cloud - 1.5 * veins * (0.4 + 0.6 * (cloud > 0)) - 0.5 * fine, 4.0)


def granite(rng: np.random.Generator) -> Pattern:
    """Grains of three minerals: dark mica, gray quartz, pale feldspar."""
    n = 256
    _, _, _, owner = cells(rng, n, 48, 48, 1.0)
    kind = rng.random(48 * 48)
    tone = np.where(kind < 0.22, 30.0, np.where(kind < 0.62, 128.0, 200.0)) + rng.normal(0, 14, 48 * 48)
    return levels(tone[owner] + 5 * noise(rng, n, 60, 60))


def terrazzo(rng: np.random.Generator) -> Pattern:
    """Chips of stone in cement. Each band of 32 levels above 64 is a stone of its own; below lies the cement."""
    n = 512
    gray = 32 + 7 * noise(rng, n, 40, 40, 1.4)
    for count, share in ((34, 0.35), (16, 0.55)):
        _, _, border, owner = cells(rng, n, count, count, 1.0)
        stone = rng.integers(2, 8, count * count)
        seen = rng.random(count * count) < share
        chip = (border + 0.03 * noise(rng, n, count * 2, count * 2) > 0.16) & seen[owner]
        gray = np.where(chip, (32 * stone + rng.integers(6, 26, count * count))[owner], gray)
    return levels(gray)
