"""Wood: boards, floors and bark. Grain and planks run along the columns (u)."""

from __future__ import annotations

import numpy as np

from pipeline.compose.textures.noise import Pattern, cells, drawn, grid, levels, noise, strokes, unit
from pipeline.scene import Float


def grain(rng: np.random.Generator, n: int, rings: int) -> Float:
    """Growth rings cut lengthwise, with their fibres: dark where the value is high."""
    _, v = grid(n)
    bend = noise(rng, n, 1.2, 1.2, 3.0)  # slow enough across the rings for them never to turn back
    phase = rings * (v + 0.026 * bend)
    growth = phase - np.floor(phase)
    late_wood = growth**3 - 4 * np.clip(growth - 0.88, 0, None)
    fibres = noise(rng, n, 5, 160, 1.6, 0.2)
    return 0.7 * late_wood + 0.16 * fibres + 0.17 * noise(rng, n, 1.5, 7, 2.5)


def wood(rng: np.random.Generator) -> Pattern:
    return drawn(-grain(rng, 256, int(rng.integers(13, 22))), 2.6)


def oak(rng: np.random.Generator) -> Pattern:
    """Ring-porous wood: short dark pores crowd along the rings."""
    n = 256
    rings = -0.5 * grain(rng, n, int(rng.integers(11, 17)))
    pores = strokes(rng, n, 1100, 9, (0.0, 0.02), 1) > 0
    where = unit(-rings) > rng.uniform(0.3, 0.45)
    return drawn(rings - 0.55 * (pores & where), 3.0, unit(rings, 6.0) - 0.5 * (pores & where) + 0.3)


def pine(rng: np.random.Generator) -> Pattern:
    """Softwood: broad rings that flow round dark knots."""
    n, count = 256, int(rng.integers(2, 4))
    u, v = grid(n)
    rings, dark = int(rng.integers(9, 13)), np.zeros((n, n))
    bend = 0.3 * noise(rng, n, 1.0, 2.0, 3.0)
    for at_u, at_v, size in rng.uniform((0, 0, 0.014), (1, 1, 0.028), (count, 3)):
        du, dv = (u - at_u + 0.5) % 1 - 0.5, (v - at_v + 0.5) % 1 - 0.5
        # Rings give way to both sides of the knot, further away less.
        bend = bend + rings * 2.0 * size * np.sin(2 * np.pi * dv) * np.exp(-((du / 0.09) ** 2) - (dv / 0.12) ** 2) * 2.2
        radius = np.hypot(du / 1.5, dv) / size
        dark += np.where(radius < 1.0, 1.5 + 0.5 * np.sin(9 * radius), np.clip(1.35 - radius, 0, 1) * 3)
    phase = rings * v - bend
    growth = phase - np.floor(phase)
    late_wood = growth**4 - 5 * np.clip(growth - 0.9, 0, None)
    tone = -0.8 * late_wood - 0.12 * noise(rng, n, 4, 150, 1.6, 0.2) - 1.1 * np.clip(dark, 0, 2)
    return drawn(tone, 3.4, unit(0.6 * late_wood - 0.5 * np.clip(dark, 0, 1), 3.0))


def planks(rng: np.random.Generator) -> Pattern:
    n, rows = 512, int(rng.choice([6, 8, 10]))
    board = -grain(rng, n, 44)
    out, height = np.empty((n, n)), np.empty((n, n))
    edges = np.linspace(0, n, rows + 1).round().astype(int)
    joints = int(rng.integers(1, 3))
    for row in range(rows):
        top, bottom = edges[row], edges[row + 1]
        shift = int(rng.integers(n))
        strip = np.roll(board, (int(rng.integers(n)), shift), axis=(0, 1))[top:bottom].copy()
        level = 0.8 + 0.04 * strip
        start = int(row * n * 0.382 + rng.integers(n // 8)) % n
        cuts = [(start + k * n // joints) % n for k in range(joints)]
        tone = np.roll(np.repeat(np.clip(rng.normal(0, 0.3, joints), -0.5, 0.5), n // joints + 1)[:n], start)
        strip += tone[None, :]
        strip[:2] -= 1.3
        strip[-1] -= 0.7
        level[0], level[1], level[-1] = 0.0, 0.4, 0.4
        for cut in cuts:
            strip[:, cut] -= 1.3
            level[:, cut] = 0.1
        out[top:bottom], height[top:bottom] = strip, level
    return drawn(out, 3.0, height)


def herringbone(rng: np.random.Generator) -> Pattern:
    """Parquet blocks of 1 x 4 cells laid at right angles in stairs; the lattice repeats every 8 x 8 cells."""
    count, n = 8, 512
    size = n // count
    board = -grain(rng, n, 64)
    out, height = np.zeros((n, n)), np.zeros((n, n))
    for stair in range(count):
        for lying in (True, False):
            width, depth = (4 * size, size) if lying else (size, 4 * size)
            shift = rng.integers(0, n, 2)
            patch = np.roll(board, tuple(shift), axis=(0, 1))[:size, : 4 * size]
            patch = (patch if lying else patch.T).copy() + rng.normal(0, 0.3)
            level = 0.8 + 0.04 * patch
            patch[:2], patch[:, :2] = patch[:2] - 1.2, patch[:, :2] - 1.2
            level[0], level[:, 0] = 0.1, 0.1
            top, left = (stair, stair) if lying else (stair + 1, stair)
            rows, cols = (np.arange(depth) + top * size) % n, (np.arange(width) + left * size) % n
            out[np.ix_(rows, cols)], height[np.ix_(rows, cols)] = patch, level
    return drawn(out, 3.0, height)


def bark(rng: np.random.Generator) -> Pattern:
    """Long plates between furrows that run along u."""
    n = 256
    _, _, border, owner = cells(rng, n, 3, 12, 1.0)
    wander = 0.5 + 0.14 * noise(rng, n, 10, 20, 1.6)
    plate = np.clip(border * 2.6 * wander + 0.06 * noise(rng, n, 6, 50, 1.3), 0, 1) ** 0.7
    tone = rng.uniform(-18, 18, 36)[owner]
    rough = noise(rng, n, 12, 60, 1.3)
    return levels(40 + 130 * plate + tone + 22 * rough, 0.85 * plate + 0.06 * rough)


def wicker(rng: np.random.Generator) -> Pattern:
    n, count = 256, 16
    u, v = grid(n)
    over = (np.floor(u * count) + np.floor(v * count)) % 2
    bump = np.where(over > 0, np.abs(np.sin(np.pi * count * v)), np.abs(np.sin(np.pi * count * u)))
    return drawn(bump + 0.2 * noise(rng, n, 30, 30), height=0.95 * bump)
