"""Broadleaved trees and conifers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.leafage import leaves, lumps, scattered
from pipeline.compose.assets.shapes import lathe, tube
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float

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


def foliage(rng: np.random.Generator, tones: tuple[Rgb, ...], dark: float = 1.0) -> Finish:
    """Leaves of one of `tones`; `dark` below 1 for what lies in the crown's own shade."""
    tone = materials.tone_of(rng, tones)
    return materials.textured(rng, "leaves", "leaf", materials.shaded(tone, dark), 0.3, 0.25, 0.7)


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
    shade = foliage(rng, tones, 0.62)
    pieces.append((lumps(rng, centres, radii * 0.9, 0.2, 12), shade))
    leaf = kind.leaf * (height / 8) ** 0.6
    count = 1350
    for tone in range(2):
        green = (
            foliage(rng, (tones[int(rng.integers(len(tones)))],), 0.95 + 0.15 * tone) if tone else foliage(rng, tones)
        )
        root, along, out, length = scattered(rng, centres, radii, count // 2, leaf, kind.droop)
        pieces.append((leaves(root, along, out, length, length * 0.62), green))
        main = green
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
    """A spruce, fir or slender cypress-like tree, 4 to 14 m tall: whorls of boughs that hang."""
    height = float(rng.uniform(4.0, 14.0))
    slim = rng.random() < 0.25
    spread = height * float(rng.uniform(0.1, 0.13) if slim else rng.uniform(0.2, 0.28))
    clear = height * float(rng.uniform(0.03, 0.1))
    girth = height * 0.017
    bark = materials.bark(rng)
    stem = np.stack([np.zeros(5), np.zeros(5), np.array([0, 0.04, 0.3, 0.7, 0.985]) * height], 1)
    pieces: list[Piece] = [(tube(stem, girth * np.array([1.5, 1.0, 0.8, 0.45, 0.06]), 9), bark)]
    layers = int(np.clip(height * 1.9, 11, 18))
    level = np.linspace(0, 1, layers) ** 0.92
    z = clear + (height * 0.97 - clear) * level
    reach = spread * (1 - level) ** (0.55 if slim else 0.85) + 0.03 * height * (1 - 0.6 * level)
    core = np.stack([reach * 0.55, z], 1)
    shade = foliage(rng, NEEDLES, 0.55)
    profile = np.concatenate([[[0.0, z[0] - 0.02 * height]], core, [[0.0, height * 0.99]]])
    pieces.append((lathe(profile, 14), shade))
    roots, ways, outs, lengths = [], [], [], []
    rise = float(rng.uniform(-0.35, 0.1)) if not slim else 0.9
    for k in range(layers):
        boughs = int(np.clip(8 + 6 * (1 - level[k]), 6, 14))
        azimuth = k * 1.3 + np.arange(boughs) * (2 * np.pi / boughs) + rng.uniform(-0.15, 0.15, boughs)
        long = reach[k] * rng.uniform(0.85, 1.12, boughs)
        pitch = rise + 0.5 * level[k] + rng.uniform(-0.1, 0.1, boughs)
        radial = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(boughs)], 1)
        side = np.stack([-np.sin(azimuth), np.cos(azimuth), np.zeros(boughs)], 1)
        way = radial * np.cos(pitch)[:, None] + [0, 0, 1] * np.sin(pitch)[:, None]
        base = np.array([0, 0, z[k]])
        # One long blade to the tip, and twigs on both sides that get shorter towards it.
        for u, fan in ((0.3, 0.9), (0.5, 0.8), (0.68, 0.7), (0.84, 0.55)):
            for s in (-1, 1):
                roots.append(base + way * (long * u)[:, None])
                twig = way * np.cos(fan) + s * side * np.sin(fan) + [0, 0, -0.22]
                ways.append(twig / np.sqrt((twig**2).sum(-1, keepdims=True)))
                outs.append(np.repeat([[0.0, 0.0, 1.0]], boughs, 0))
                lengths.append(long * (0.62 - 0.4 * u))
        roots.append(base + way * (long * 0.4)[:, None])
        tip = way + [0, 0, -0.12]
        ways.append(tip / np.sqrt((tip**2).sum(-1, keepdims=True)))
        outs.append(np.repeat([[0.0, 0.0, 1.0]], boughs, 0))
        lengths.append(long * 0.66)
    length = np.concatenate(lengths)
    green = foliage(rng, NEEDLES)
    boughs_mesh = leaves(
        np.concatenate(roots), np.concatenate(ways), np.concatenate(outs), length, np.minimum(length * 0.42, 0.3), 0.15
    )
    pieces.append((boughs_mesh, green))
    return assemble("tree", pieces, rng, main=green)


GENERATORS = {"conifer": conifer, "tree": tree}
