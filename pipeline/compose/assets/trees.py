"""Broadleaved trees and conifers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.leafage import leaves, lumps, scattered
from pipeline.compose.assets.shapes import bar, lathe, tube
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float, Mesh

GREENS: tuple[Rgb, ...] = (
    (0.17, 0.36, 0.11),
    (0.22, 0.42, 0.13),
    (0.28, 0.46, 0.15),
    (0.15, 0.33, 0.14),
    (0.33, 0.46, 0.17),
)
AUTUMN: tuple[Rgb, ...] = ((0.74, 0.42, 0.09), (0.80, 0.60, 0.13), (0.62, 0.22, 0.09), (0.55, 0.48, 0.16))
NEEDLES: tuple[Rgb, ...] = ((0.11, 0.25, 0.14), (0.14, 0.30, 0.15), (0.20, 0.33, 0.27))


@dataclass(frozen=True)
class Species:
    """How a kind of tree grows: heights in metres, the rest as shares of the height."""

    height: tuple[float, float]
    bole: tuple[float, float]
    spread: tuple[float, float]
    lift: float
    droop: float
    masses: int
    leaf: float


SPECIES = {
    "round": Species((5.0, 9.0), (0.24, 0.34), (0.3, 0.38), 0.75, 0.25, 13, 0.3),
    "broad": Species((7.0, 12.0), (0.2, 0.28), (0.36, 0.46), 0.6, 0.3, 15, 0.36),
    "columnar": Species((6.0, 13.0), (0.1, 0.16), (0.11, 0.15), 1.25, 0.1, 12, 0.28),
    "weeping": Species((5.0, 8.5), (0.24, 0.32), (0.34, 0.42), 0.7, 0.85, 13, 0.36),
    "birch": Species((7.0, 13.0), (0.25, 0.35), (0.17, 0.23), 0.95, 0.5, 12, 0.24),
}


def foliage(rng: np.random.Generator, tone: Rgb, factor: float = 1.0) -> Finish:
    """Leaves of the colour `tone`, `factor` times as bright."""
    return materials.textured(rng, "leaves", "leaf", materials.shaded(tone, factor), 0.3, 0.25, 0.7)


def shaded_mass(rng: np.random.Generator, tone: Rgb) -> Finish:
    """What shows between the leaves of a crown: more leaves, in its own shade."""
    return materials.textured(rng, "leaves", "carpet", materials.shaded(tone, 0.6), 0.75, 1.4, 0.9)


def tree(rng: np.random.Generator) -> Asset:
    """A broadleaved tree, 5 to 13 m tall: round, broad, columnar, weeping or a birch; some in autumn colours."""
    name = tuple(SPECIES)[int(rng.integers(len(SPECIES)))]
    kind = SPECIES[name]
    height = float(rng.uniform(*kind.height))
    bole, spread = height * float(rng.uniform(*kind.bole)), height * float(rng.uniform(*kind.spread))
    girth = height * float(rng.uniform(0.016, 0.024))
    tones = AUTUMN if name != "columnar" and rng.random() < 0.2 else GREENS
    bark = materials.bark(rng)
    if name == "birch":
        bark = materials.textured(rng, "bark", "marble", (0.82, 0.81, 0.78), 0.6, 0.5, 0.9)
    pieces: list[Piece] = []
    lean = rng.uniform(-0.03, 0.03, 2) * height
    t = np.array([0.0, 0.03, 0.1, 0.3, 0.55, 0.8, 1.0])
    top = bole + (height - bole) * 0.72
    wobble = np.cumsum(rng.normal(0, 0.008, (7, 2)), axis=0) * height
    stem = np.stack([lean[0] * t**2 + wobble[:, 0] * t, lean[1] * t**2 + wobble[:, 1] * t, top * t], 1)
    thick = girth * np.array([1.55, 1.15, 0.95, 0.82, 0.6, 0.35, 0.12])
    pieces.append((tube(stem, thick, 9), bark))
    ends = _branches(rng, pieces, bark, stem, thick, t, bole, height, spread, kind)
    centres, radii = _masses(rng, ends, bole, height, spread, stem, kind)
    tone = materials.tone_of(rng, tones)
    pieces.append((lumps(rng, centres, radii * 0.82, 0.26, 10), shaded_mass(rng, tone)))
    leaf = 1.15 * kind.leaf * (height / 8) ** 0.6
    main = foliage(rng, tone)
    other = tones[int(rng.integers(len(tones)))] if tones is AUTUMN else tone
    for green in (main, foliage(rng, other, 1.18)):
        root, along, out, length = scattered(rng, centres, radii, 1080, leaf, kind.droop)
        pieces.append((leaves(root, along, out, length, length * 0.55), green))
    return assemble("tree", pieces, rng, main=main)


def _branches(
    rng: np.random.Generator, pieces: list[Piece], bark: Finish, stem: Float, thick: Float, t: Float,
    bole: float, height: float, spread: float, kind: Species,
) -> Float:  # fmt: skip
    """Limbs from the bole upwards, each with two twigs; where they end [k, 3]."""
    count = int(rng.integers(7, 10))
    ends = []
    top = float(stem[-1, 2])
    for k in range(count):
        at = bole + (top * 0.9 - bole) * (k / (count - 1)) ** 0.9
        share = at / top
        start = np.array([np.interp(share, t, stem[:, 0]), np.interp(share, t, stem[:, 1]), at])
        radius = 0.62 * float(np.interp(share, t, thick))
        azimuth = k * 2.4 + rng.uniform(-0.4, 0.4)
        reach = spread * (0.85 - 0.4 * (k / count)) * rng.uniform(0.8, 1.0)
        rise = reach * kind.lift * rng.uniform(0.6, 1.1)
        s = np.linspace(0, 1, 5)
        out = reach * s**0.9
        path = start + np.stack(
            [out * np.cos(azimuth), out * np.sin(azimuth), rise * s**1.3 - kind.droop * reach * 0.25 * s**3], 1
        )
        path[1:-1] += rng.normal(0, 0.025 * reach, (3, 3))
        pieces.append((tube(path, radius * (1 - 0.8 * s), 6), bark))
        ends.append(path[-1])
        for side in (-1, 1):
            fork = path[2 + (side > 0)]
            turn = azimuth + side * rng.uniform(0.5, 0.9)
            end = fork + 0.5 * reach * np.array([np.cos(turn), np.sin(turn), kind.lift * 0.8])
            pieces.append(
                (
                    tube([fork, (fork + end) / 2 + [0, 0, 0.04 * reach], end], radius * np.array([0.5, 0.3, 0.1]), 5),
                    bark,
                )
            )
            ends.append(end)
    return np.array(ends)


def _masses(
    rng: np.random.Generator, ends: Float, bole: float, height: float, spread: float, stem: Float, kind: Species
) -> tuple[Float, Float]:
    """Leafy masses at branch ends and up the middle; centres [b, 3] and half-axes [b, 3]."""
    chosen = ends[rng.permutation(len(ends))[: kind.masses]]
    n = len(chosen)
    size = spread * rng.uniform(0.36, 0.52, n)
    core = np.linspace(bole + 0.35 * (height - bole), height, 4)[:3]
    inner = np.stack([np.interp(core, stem[:, 2], stem[:, k]) for k in range(2)] + [core], 1)
    inner_size = spread * np.array([0.66, 0.62, 0.5])
    centres = np.concatenate([chosen, inner])
    width = np.concatenate([size, inner_size])
    tall = 0.8 if kind.lift < 1.2 else 1.5
    radii = np.stack(
        [width, width * rng.uniform(0.85, 1.1, len(width)), width * tall * (1 + 0.6 * (kind.droop > 0.8))], 1
    )
    # The crown ends at the height asked for, and well above the ground.
    centres[:, 2] = np.clip(centres[:, 2], bole * 0.9 + 0.6 * radii[:, 2], height - 0.95 * radii[:, 2])
    return centres, radii


def conifer(rng: np.random.Generator) -> Asset:
    """A spruce or fir, 4 to 14 m tall, its whorls of boughs hanging, or a slender cypress."""
    height = float(rng.uniform(4.0, 14.0))
    if rng.random() < 0.22:
        return _cypress(rng, min(height, 9.0))
    spread = height * float(rng.uniform(0.2, 0.28))
    clear = height * float(rng.uniform(0.03, 0.1))
    girth = height * 0.017
    bark = materials.bark(rng)
    stem = np.stack([np.zeros(5), np.zeros(5), np.array([0, 0.04, 0.3, 0.7, 0.985]) * height], 1)
    pieces: list[Piece] = [(tube(stem, girth * np.array([1.5, 1.0, 0.8, 0.45, 0.06]), 9), bark)]
    layers = int(np.clip(height * 1.9, 12, 18))
    level = 1 - (1 - np.linspace(0, 1, layers)) ** 1.35
    z = clear + 0.12 * spread + (height * 0.97 - clear - 0.12 * spread) * level
    reach = spread * (1 - level) ** 0.85 + 0.03 * height * (1 - 0.6 * level)
    tone = materials.tone_of(rng, NEEDLES)
    # The heart of the tree: a skirt for each whorl, wide below and narrow above.
    skirt = np.stack([0.62 * reach, z - 0.2 * reach], 1)
    neck = np.stack([0.3 * reach[1:], z[1:] - 0.1 * reach[1:]], 1)
    saw = np.empty((2 * layers - 1, 2))
    saw[0::2], saw[1::2] = skirt, neck
    profile = np.concatenate([[[0.0, z[0] - 0.12 * reach[0]]], saw, [[0.0, height * 0.99]]])
    pieces.append((lathe(profile, 14), shaded_mass(rng, tone)))
    green = foliage(rng, tone)
    pieces.append((_boughs(rng, z, reach, level, float(rng.uniform(-0.3, 0.05))), green))
    return assemble("tree", pieces, rng, main=green)


def _boughs(rng: np.random.Generator, z: Float, reach: Float, level: Float, rise: float) -> Mesh:
    """Whorls of boughs at the heights `z` [k], `reach` [k] long; each a blade with twigs that fan out and hang."""
    roots, ways, lengths = [], [], []
    for k in range(len(z)):
        boughs = int(np.clip(8 + 6 * (1 - level[k]), 7, 14))
        azimuth = k * 1.3 + np.arange(boughs) * (2 * np.pi / boughs) + rng.uniform(-0.15, 0.15, boughs)
        long = reach[k] * rng.uniform(0.85, 1.12, boughs)
        pitch = rise + 0.5 * level[k] + rng.uniform(-0.1, 0.1, boughs)
        radial = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(boughs)], 1)
        side = np.stack([-np.sin(azimuth), np.cos(azimuth), np.zeros(boughs)], 1)
        way = radial * np.cos(pitch)[:, None] + [0, 0, 1] * np.sin(pitch)[:, None]
        base = np.array([0, 0, z[k]])
        for u, fan in ((0.3, 0.9), (0.5, 0.8), (0.68, 0.7), (0.84, 0.55)):
            for s in (-1, 1):
                roots.append(base + way * (long * u)[:, None])
                ways.append(way * np.cos(fan) + s * side * np.sin(fan) + [0, 0, -0.28])
                lengths.append(long * (0.62 - 0.4 * u))
        roots.append(base + way * (long * 0.4)[:, None])
        ways.append(way + [0, 0, -0.15])
        lengths.append(long * 0.66)
    along, length = np.concatenate(ways), np.concatenate(lengths)
    along /= np.sqrt((along**2).sum(-1, keepdims=True))
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), along.shape)
    return leaves(np.concatenate(roots), along, up, length, np.minimum(length * 0.45, 0.32), 0.15)


def _cypress(rng: np.random.Generator, height: float) -> Asset:
    """A column of upright sprays from near the ground to a point."""
    spread, clear = height * float(rng.uniform(0.08, 0.12)), 0.05 * height
    bark, tone = materials.bark(rng), materials.tone_of(rng, NEEDLES)
    pieces: list[Piece] = [(bar((0, 0, 0), (0, 0, 0.3 * height), 0.018 * height, 0.012 * height), bark)]
    level = np.linspace(0, 1, 9)
    reach = spread * np.array([0.62, 0.86, 0.98, 1.0, 0.95, 0.82, 0.62, 0.36, 0.0])
    line = np.stack([0.84 * reach, clear + (0.97 * height - clear) * level], 1)
    pieces.append((lathe(np.concatenate([[[0.0, clear]], line]), 16), shaded_mass(rng, tone)))
    green = foliage(rng, tone)
    for factor in (1.0, 1.15):
        k = 850
        u, a = rng.random(k) ** 1.15 * 0.97, rng.uniform(0, 2 * np.pi, k)
        r = np.interp(u, level, reach) * rng.uniform(0.72, 0.95, k)
        radial = np.stack([np.cos(a), np.sin(a), 0 * a], 1)
        root = radial * r[:, None] + [0, 0, 1] * (clear + (0.95 * height - clear) * u)[:, None]
        along = radial * rng.uniform(0.15, 0.6, (k, 1)) + rng.normal(0, 0.15, (k, 3)) + [0, 0, 1.0]
        along /= np.sqrt((along**2).sum(1, keepdims=True))
        length = height * 0.05 * rng.uniform(0.6, 1.2, k)
        pieces.append(
            (leaves(root, along, radial, length, 0.36 * length), green if factor == 1.0 else foliage(rng, tone, factor))
        )
    return assemble("tree", pieces, rng, main=green)


GENERATORS = {"conifer": conifer, "tree": tree}
