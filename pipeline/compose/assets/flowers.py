"""Flowers, beds of them, and planters."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.leafage import leaves, lumps, scattered
from pipeline.compose.assets.shapes import box, lathe
from pipeline.compose.assets.trees import GREENS, foliage, shaded_mass
from pipeline.compose.materials import Rgb
from pipeline.scene import Float

PETALS: tuple[Rgb, ...] = (
    (0.85, 0.10, 0.14), (0.95, 0.80, 0.12), (0.93, 0.92, 0.90), (0.85, 0.35, 0.62),
    (0.50, 0.25, 0.68), (0.95, 0.50, 0.10), (0.30, 0.35, 0.80),
)  # fmt: skip


def blossoms(rng: np.random.Generator, at: Float, radius: float, color: Rgb, heart: bool = True) -> list[Piece]:
    """Flowers of five petals about the points `at` [k, 3], looking up and outwards."""
    k = len(at)
    up = rng.normal(size=(k, 3)) * 0.35 + [0, 0, 1.0] + 0.5 * (at - at.mean(0)) * [1, 1, 0]
    up /= np.sqrt((up**2).sum(1, keepdims=True))
    side = np.stack([up[:, 2], np.zeros(k), -up[:, 0]], 1)
    side /= np.sqrt((side**2).sum(1, keepdims=True))
    other = np.stack(
        [
            up[:, 1] * side[:, 2] - up[:, 2] * side[:, 1],
            up[:, 2] * side[:, 0] - up[:, 0] * side[:, 2],
            up[:, 0] * side[:, 1] - up[:, 1] * side[:, 0],
        ],
        1,
    )
    turn = rng.uniform(0, 2 * np.pi, k)
    angle = turn[:, None] + np.arange(5) * (2 * np.pi / 5)
    way = side[:, None] * np.cos(angle)[..., None] + other[:, None] * np.sin(angle)[..., None] + 0.35 * up[:, None]
    way = (way / np.sqrt((way**2).sum(-1, keepdims=True))).reshape(-1, 3)
    length = np.full(5 * k, radius) * np.repeat(rng.uniform(0.8, 1.2, k), 5)
    petal = leaves(np.repeat(at, 5, 0), way, np.repeat(up, 5, 0), length, length * 0.85)
    pieces: list[Piece] = [(petal, materials.plain("petals", color, 0.6))]
    if heart:
        yellow = sum(color) > 1.5 and color[2] < 0.3
        middle = leaves(at - up * radius * 0.1, up, way[::5], np.full(k, radius * 0.45), np.full(k, radius * 0.5), 0.5)
        pieces.append((middle, materials.plain("petals", (0.35, 0.2, 0.06) if yellow else (0.92, 0.75, 0.12), 0.7)))
    return pieces


def tufts(
    rng: np.random.Generator, root: Float, height: float, width: float, spread: float
) -> tuple[Float, Float, Float, Float, Float]:
    """Blades that rise from `root` [k, 3] and lean outwards; arguments of `leaves`."""
    k = len(root)
    angle = rng.uniform(0, 2 * np.pi, k)
    lean = spread * rng.uniform(0.1, 1.0, k)
    along = np.stack([lean * np.cos(angle), lean * np.sin(angle), np.ones(k)], 1)
    along /= np.sqrt((along**2).sum(1, keepdims=True))
    out = np.stack([-np.cos(angle), -np.sin(angle), 0.3 * np.ones(k)], 1)
    return root, along, out, height * rng.uniform(0.55, 1.0, k), width * rng.uniform(0.7, 1.2, k)


def _flowers(rng: np.random.Generator, spots: Float, height: float) -> list[Piece]:
    """Flowering plants rooted at `spots` [k, 3]."""
    pieces: list[Piece] = []
    k = len(spots)
    green = foliage(rng, materials.tone_of(rng, GREENS))
    root = np.repeat(spots, 9, 0) + rng.normal(0, 0.012, (9 * k, 3)) * [1, 1, 0]
    pieces.append((leaves(*tufts(rng, root, height * 0.75, 0.035, 0.9)), green))
    kinds = int(rng.integers(1, 4))
    which = rng.integers(0, kinds, k)
    colors = rng.permutation(len(PETALS))[:kinds]
    for kind in range(kinds):
        chosen = spots[which == kind]
        if not len(chosen):
            continue
        heads = np.repeat(chosen, 3, 0) + rng.normal(0, 0.05, (3 * len(chosen), 3)) * [1, 1, 0]
        heads[:, 2] += height * rng.uniform(0.75, 1.05, len(heads))
        stem = heads - np.repeat(chosen, 3, 0)
        long = np.sqrt((stem**2).sum(1))
        pieces.append(
            (
                leaves(
                    np.repeat(chosen, 3, 0),
                    stem / long[:, None],
                    np.tile([[1.0, 0.3, 0]], (len(heads), 1)),
                    long,
                    np.full(len(heads), 0.008),
                    0.6,
                ),
                green,
            )
        )
        pieces += blossoms(rng, heads, float(rng.uniform(0.03, 0.05)), PETALS[int(colors[kind])])
    return pieces


def flower_bed(rng: np.random.Generator) -> Asset:
    """A bed of flowers in earth with a kerb of wood, stone or brick, round or oblong."""
    soil = materials.soil(rng)
    kerb = (materials.stone, materials.wood, materials.concrete, materials.brick)[int(rng.integers(4))](rng)
    height = float(rng.uniform(0.16, 0.35))
    rim = float(rng.uniform(0.06, 0.14))
    if rng.random() < 0.4:
        radius = float(rng.uniform(0.45, 0.9))
        ring = lathe([(radius - 0.07, 0), (radius, 0), (radius, rim), (radius - 0.07, rim)], 36, closed=True)
        pieces: list[Piece] = [
            (ring, kerb),
            (lathe([(0, 0), (radius - 0.065, 0), (radius - 0.065, rim * 0.8), (0, rim + 0.03)], 28), soil),
        ]
        count = int(radius**2 * 40)
        r, a = (radius - 0.14) * np.sqrt((np.arange(count) + 0.5) / count), np.arange(count) * 2.4
        spots = np.stack([r * np.cos(a), r * np.sin(a)], 1)
    else:
        long, deep = float(rng.uniform(1.2, 2.6)), float(rng.uniform(0.5, 0.9))
        pieces = [(box((long, deep, rim * 0.85), (0, 0, 0), 0), soil)]
        pieces += [(box((long + 0.12, 0.06, rim), (0, s * (deep / 2 + 0.03), 0), 0.008), kerb) for s in (-1, 1)]
        pieces += [(box((0.06, deep, rim), (s * (long / 2 + 0.03), 0, 0), 0.008), kerb) for s in (-1, 1)]
        columns, rows = max(int(long / 0.17), 2), max(int(deep / 0.17), 2)
        x, y = np.meshgrid((np.arange(columns) + 0.5) / columns - 0.5, (np.arange(rows) + 0.5) / rows - 0.5)
        spots = np.stack([x.ravel() * (long - 0.06), y.ravel() * (deep - 0.06)], 1) + rng.uniform(
            -0.03, 0.03, (columns * rows, 2)
        )
    roots = np.concatenate([spots, np.full((len(spots), 1), rim * 0.75)], 1)
    flowers = _flowers(rng, roots, height)
    petals = [finish for _, finish in flowers if finish.material.color in PETALS]
    return assemble("flower_bed", pieces + flowers, rng, main=petals)


def planter(rng: np.random.Generator) -> Asset:
    """A large tub of a street or terrace, with flowers or a small bush."""
    finish = (materials.concrete, materials.wood, materials.stone, materials.painted_wood)[int(rng.integers(4))](rng)
    soil = materials.soil(rng)
    high = float(rng.uniform(0.4, 0.65))
    if rng.random() < 0.5:
        radius = float(rng.uniform(0.3, 0.5))
        low = radius * float(rng.uniform(0.65, 0.95))
        profile = [
            (0, 0),
            (low, 0),
            (radius, high * 0.94),
            (radius, high),
            (radius - 0.05, high),
            (radius - 0.055, high - 0.06),
            (0, high - 0.06),
        ]
        pieces: list[Piece] = [(lathe(profile, 32), finish)]
        pieces.append(
            (
                lathe(
                    [(0, high - 0.07), (radius - 0.056, high - 0.07), (radius - 0.056, high - 0.05), (0, high - 0.03)],
                    24,
                ),
                soil,
            )
        )
        x, y = radius * 0.6, radius * 0.6
    else:
        long, deep = float(rng.uniform(0.7, 1.4)), float(rng.uniform(0.4, 0.6))
        pieces = [(box((long - 0.1, deep - 0.1, high - 0.05), (0, 0, 0.0), 0), soil)]
        pieces += [(box((long, 0.05, high), (0, s * (deep / 2 - 0.025), 0), 0.008), finish) for s in (-1, 1)]
        pieces += [(box((0.05, deep - 0.1, high), (s * (long / 2 - 0.025), 0, 0), 0.008), finish) for s in (-1, 1)]
        x, y = long / 2 - 0.12, deep / 2 - 0.1
    if rng.random() < 0.6:
        count = int(max(9, 90 * x * y))
        spots = np.stack([rng.uniform(-x, x, count), rng.uniform(-y, y, count), np.full(count, high - 0.06)], 1)
        pieces += _flowers(rng, spots, float(rng.uniform(0.2, 0.35)))
    else:
        size, tone = min(x, y) * 1.35, materials.tone_of(rng, GREENS)
        centres, radii = np.array([[0.0, 0.0, high + size * 0.7]]), np.full((1, 3), size)
        pieces.append((lumps(rng, centres, radii * 0.85, 0.1, 12), shaded_mass(rng, tone)))
        root, along, face, length = scattered(rng, centres, radii, 700, 0.07, 0.0)
        root[:, 2] = np.maximum(root[:, 2], high - 0.05)
        pieces.append((leaves(root, along, face, length, length * 0.55), foliage(rng, tone)))
    return assemble("planter", pieces, rng, main=finish)


GENERATORS = {"flower_bed": flower_bed, "planter": planter}
