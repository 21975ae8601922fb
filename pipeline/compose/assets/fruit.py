"""Fruit and bread."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import box, ellipsoid, lathe, move, tube
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float, Mesh

STALK: Rgb = (0.30, 0.20, 0.10)


def _skin(rng: np.random.Generator, tones: tuple[Rgb, ...], contrast: float = 0.18, gloss: float = 0.4) -> Finish:
    tone = tones[int(rng.integers(len(tones)))]
    r, g, b = (float(np.clip(c * rng.uniform(0.93, 1.07), 0, 1)) for c in tone)
    return materials.textured(rng, "fruit", "speckle", (r, g, b), contrast, 0.12, gloss)


def _round(profile: Float, radius: float, height: float) -> Mesh:
    """A lathe of a unit profile, which runs from the bottom to the top."""
    return lathe(profile * [radius, height], 24)


def apple(rng: np.random.Generator) -> Asset:
    """An apple with a dimple and a stalk, sometimes a leaf."""
    skin = _skin(rng, ((0.72, 0.12, 0.10), (0.80, 0.25, 0.12), (0.55, 0.68, 0.18), (0.82, 0.72, 0.25)), 0.22)
    r = float(rng.uniform(0.034, 0.042))
    h = r * float(rng.uniform(1.75, 1.95))
    t = np.linspace(0, np.pi, 15)
    x = np.sin(t) ** 0.8 * (1 + 0.06 * np.cos(t))
    z = 0.5 - 0.5 * np.cos(t) * (1 - 0.28 * np.exp(-((np.sin(t) / 0.33) ** 2)))
    profile = np.stack([x, (z - z.min()) / (z.max() - z.min())], 1)
    profile[[0, -1], 0] = 0.0
    body = _round(profile, r, h)
    top = float(profile[-1, 1]) * h
    stalk = materials.plain("wood", STALK, 0.8)
    lean = rng.uniform(-0.006, 0.006, 2)
    path = [(0, 0, top - 0.004), (*(lean * 0.4), top + 0.008), (*lean, top + 0.017)]
    pieces: list[Piece] = [(body, skin), (tube(path, [0.0012, 0.001, 0.0016], 6), stalk)]
    if rng.random() < 0.35:
        u, v = np.meshgrid(np.linspace(0, 1, 6), np.linspace(-1, 1, 5), indexing="ij")
        leaf = np.stack(
            [u * 0.032, v * 0.009 * np.sin(np.pi * (0.06 + 0.88 * u)) ** 0.7, 0.006 * np.sin(u * 2) - 0.002 * v**2], -1
        )
        pieces.append((move(sheet(leaf, 0.0008), (lean[0] * 0.5, lean[1] * 0.5, top + 0.009)), materials.foliage(rng)))
    return assemble("apple", pieces, rng, main=skin)


def pear(rng: np.random.Generator) -> Asset:
    """A pear with a stalk."""
    skin = _skin(rng, ((0.70, 0.74, 0.25), (0.80, 0.74, 0.30), (0.62, 0.50, 0.22)), 0.2)
    r, h = float(rng.uniform(0.032, 0.039)), float(rng.uniform(0.08, 0.1))
    t = np.linspace(0, 1, 16)
    x = np.sqrt(np.clip(1 - (2 * np.clip(t / 0.68, 0, 1) - 1) ** 2, 0, None))
    neck = 0.42 * np.sqrt(np.clip(1 - ((t - 0.62) / 0.38) ** 2, 0, None)) * (t > 0.5)
    x = np.maximum(x, neck)
    x = np.convolve(np.pad(x, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
    profile = np.stack([x, t], 1)
    profile[[0, -1], 0] = 0.0
    stalk = materials.plain("wood", STALK, 0.8)
    tip = float(rng.uniform(-0.008, 0.008))
    pieces: list[Piece] = [
        (_round(profile, r, h), skin),
        (tube([(0, 0, h - 0.003), (tip * 0.3, 0, h + 0.01), (tip, 0, h + 0.02)], 0.0013, 6), stalk),
    ]
    return assemble("pear", pieces, rng, main=skin)


def orange(rng: np.random.Generator) -> Asset:
    """An orange or a mandarin: nearly a sphere, with a pitted skin and a button."""
    skin = _skin(rng, ((0.93, 0.52, 0.10), (0.95, 0.58, 0.14), (0.90, 0.45, 0.08)), 0.1, 0.45)
    r = float(rng.uniform(0.03, 0.042))
    flat = float(rng.uniform(0.88, 0.98))
    button = materials.plain("wood", (0.35, 0.38, 0.16), 0.8)
    pieces: list[Piece] = [
        (ellipsoid((r, r, r * flat), (0, 0, 0), 24), skin),
        (ellipsoid((0.003, 0.003, 0.0015), (0, 0, 2 * r * flat - 0.0014), 10), button),
    ]
    return assemble("orange", pieces, rng, main=skin)


def banana(rng: np.random.Generator) -> Asset:
    """One banana or a hand of three, lying on its side."""
    skin = _skin(rng, ((0.92, 0.78, 0.22), (0.90, 0.72, 0.18), (0.72, 0.74, 0.25)), 0.12)
    tip = materials.plain("wood", (0.22, 0.16, 0.08), 0.8)
    length, thick = float(rng.uniform(0.15, 0.19)), float(rng.uniform(0.015, 0.018))
    bend = float(rng.uniform(0.9, 1.4))
    pieces: list[Piece] = []
    for k in range(int(rng.choice([1, 1, 3]))):
        t = np.linspace(-0.5, 0.5, 14)
        radius = length / bend
        turn = (k - 1) * 0.16 if k else 0.0
        x, y = radius * np.sin(bend * t), radius * (np.cos(bend * t) - 1)
        c, s = np.cos(turn), np.sin(turn)
        path = np.stack([c * x - s * y, s * x + c * y + 0.026 * k, np.full(14, thick)], 1)
        girth = thick * np.clip(1 - np.abs(2 * t) ** 5, 0.25, None) * np.where(t < -0.44, 0.7, 1.0)
        pieces.append((tube(path, girth, 10), skin))
        pieces.append(
            (tube([path[-1] - (path[-1] - path[-2]) * 0.3, path[-1] + (path[-1] - path[-2]) * 0.2], 0.0046, 8), tip)
        )
    return assemble("banana", pieces, rng, main=skin)


def bread(rng: np.random.Generator) -> Asset:
    """A loaf with scores across, or a tin loaf."""
    crust = materials.textured(rng, "bread", "plaster", (0.66, 0.42, 0.20), 0.35, 0.3, 0.85, depth_m=0.002)
    score = materials.plain("bread", (0.86, 0.72, 0.48), 0.9)
    length = float(rng.uniform(0.2, 0.3))
    if rng.random() < 0.6:
        width, height = length * float(rng.uniform(0.36, 0.46)), length * float(rng.uniform(0.26, 0.33))
        t = np.linspace(0, np.pi, 18)
        x = -np.cos(t) * length / 2
        girth = np.sin(t) ** 0.55
        around = np.linspace(0, 2 * np.pi, 19)
        rings = np.stack(
            [
                np.broadcast_to(x[:, None], (18, 19)),
                girth[:, None] * np.cos(around) * width / 2,
                # The underside is flat.
                np.maximum(girth[:, None] * np.sin(around) * height * 0.62 + height * 0.38, 0.0),
            ],
            -1,
        )
        body = _closed(rings)
        pieces: list[Piece] = [(body, crust)]
        for k in range(int(rng.integers(3, 6))):
            at = (k - 2) * length * 0.16
            up = height * (0.38 + 0.62 * float(np.sin(np.arccos(np.clip(-2 * at / length, -1, 1))) ** 0.55))
            pieces.append((ellipsoid((0.007, width * 0.3, 0.006), (at, 0, up - 0.0105), 12), score))
    else:
        width, height = length * 0.42, length * 0.4
        pieces = [(box((length, width, height * 0.8), (0, 0, 0), 0.018, 3), crust)]
        pieces.append((ellipsoid((length * 0.51, width * 0.54, height * 0.24), (0, 0, height * 0.52), 20), crust))
    return assemble("bread", pieces, rng, main=crust)


def _closed(rings: Float) -> Mesh:
    """A closed surface through rings [n, m, 3] that run along x, the first point of each repeated as its last."""
    n, m = rings.shape[:2]
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n - 1), np.arange(m - 1), indexing="ij"))
    a, b = i * m + j, (i + 1) * m + j
    faces = np.concatenate([np.stack([a, a + 1, b + 1], 1), np.stack([a, b + 1, b], 1)])
    points = rings.reshape(-1, 3)
    normal = np.cross(np.gradient(rings, axis=1), np.gradient(rings, axis=0)).reshape(-1, 3)
    lengths = np.linalg.norm(normal, axis=1, keepdims=True)
    ends = np.repeat([[-1.0, 0, 0], [1.0, 0, 0]], [n * m // 2, n * m - n * m // 2], axis=0)
    normal = np.where(lengths > 1e-9, normal / np.maximum(lengths, 1e-9), ends)
    return Mesh(points, faces.astype(np.int32), points[:, :2].copy(), normal)


GENERATORS = {"apple": apple, "banana": banana, "bread": bread, "orange": orange, "pear": pear}
