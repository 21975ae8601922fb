"""Tileable grey patterns, drawn once per (kind, variant) and tinted for every use.

A pattern is uint8 [n, n] around 128 whose rows and columns wrap. Noise is shaped in the Fourier domain,
so it is periodic by construction. The wood grain and the planks run along the columns (u).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

Gray = NDArray[np.uint8]
VARIANTS = 6


def _noise(rng: np.random.Generator, n: int, u: float, v: float, power: float = 2.0, low_cut: float = 0.0) -> Float:
    """Periodic noise [n, n] of unit deviation with about `u` (`v`) features along the columns (rows)."""
    white = np.fft.rfft2(rng.standard_normal((n, n), dtype=np.float32))
    fv, fu = np.fft.fftfreq(n, 1 / n)[:, None], np.fft.rfftfreq(n, 1 / n)[None, :]
    squared = (fu / u) ** 2 + (fv / v) ** 2
    gain = (1 + squared) ** (-power / 2)
    if low_cut:
        gain = gain * (1 - np.exp(-squared / low_cut**2))
    gain[0, 0] = 0.0
    out = np.fft.irfft2(white * gain, s=(n, n))
    return np.asarray(out / out.std(), float)


def _gray(values: Float, spread: float = 2.2) -> Gray:
    """Centre on 128 and scale `spread` deviations to the ends of the range."""
    centred = (values - values.mean()) / max(float(values.std()), 1e-9)
    return np.clip(128 + centred * (127 / spread), 0, 255).astype(np.uint8)


def _grid(n: int) -> tuple[Float, Float]:
    """Columns u and rows v of pixel centres in (0, 1), shapes [1, n] and [n, 1]."""
    t = (np.arange(n) + 0.5) / n
    return t[None, :], t[:, None]


def _grain(rng: np.random.Generator, n: int, rings: int) -> Float:
    _, v = _grid(n)
    bend = _noise(rng, n, 1.2, 2.5, 3.0)
    phase = rings * v + 0.3 * bend
    growth = phase - np.floor(phase)
    late_wood = growth**3 - 4 * np.clip(growth - 0.88, 0, None)
    fibres = _noise(rng, n, 5, 160, 1.6, 0.2)
    return 0.8 * late_wood + 0.16 * fibres + 0.18 * _noise(rng, n, 1.5, 8, 2.5)


def _wood(rng: np.random.Generator) -> Gray:
    return _gray(-_grain(rng, 256, int(rng.integers(5, 11))), 2.6)


def _planks(rng: np.random.Generator) -> Gray:
    n, rows = 512, int(rng.choice([6, 8, 10]))
    grain = -_grain(rng, n, 24)
    out = np.empty((n, n))
    edges = np.linspace(0, n, rows + 1).round().astype(int)
    joints = int(rng.integers(1, 3))
    for row in range(rows):
        top, bottom = edges[row], edges[row + 1]
        shift = int(rng.integers(n))
        strip = np.roll(grain, (int(rng.integers(n)), shift), axis=(0, 1))[top:bottom].copy()
        start = int(row * n * 0.382 + rng.integers(n // 8)) % n
        cuts = [(start + k * n // joints) % n for k in range(joints)]
        tone = np.roll(np.repeat(rng.normal(0, 0.35, joints), n // joints + 1)[:n], start)
        strip += tone[None, :]
        strip[:2] -= 1.3
        for cut in cuts:
            strip[:, cut] -= 1.3
        out[top:bottom] = strip
    return _gray(out, 3.0)


def _herringbone(rng: np.random.Generator) -> Gray:
    """Parquet blocks of 1 x 4 cells laid at right angles in stairs; the lattice repeats every 8 x 8 cells."""
    cells, n = 8, 512
    size = n // cells
    grain = -_grain(rng, n, 36)
    out = np.zeros((n, n))
    for stair in range(cells):
        for lying in (True, False):
            width, height = (4 * size, size) if lying else (size, 4 * size)
            shift = rng.integers(0, n, 2)
            patch = np.roll(grain, tuple(shift), axis=(0, 1))[:size, : 4 * size]
            patch = (patch if lying else patch.T).copy() + rng.normal(0, 0.3)
            patch[:2], patch[:, :2] = patch[:2] - 1.2, patch[:, :2] - 1.2
            top, left = (stair, stair) if lying else (stair + 1, stair)
            rows, cols = (np.arange(height) + top * size) % n, (np.arange(width) + left * size) % n
            out[np.ix_(rows, cols)] = patch
    return _gray(out, 3.0)


def _weave(rng: np.random.Generator) -> Gray:
    n, threads = 256, int(rng.choice([32, 44, 64]))
    u, v = _grid(n)
    over = np.sin(np.pi * threads * u) * np.sin(np.pi * threads * v)
    warp, weft = np.abs(np.sin(np.pi * threads * u)), np.abs(np.sin(np.pi * threads * v))
    cloth = np.where(over > 0, warp, weft)
    return _gray(
        cloth + 0.25 * _noise(rng, n, 6, 90, 1.5) + 0.25 * _noise(rng, n, 90, 6, 1.5) + 0.08 * _noise(rng, n, 5, 5)
    )


def _knit(rng: np.random.Generator) -> Gray:
    u, v = _grid(256)
    rib = np.abs(((v * 24 + 0.5 * np.abs(((u * 24) % 1) - 0.5)) % 1) - 0.5) + 0.6 * np.abs(((u * 24) % 1) - 0.5)
    return _gray(rib + 0.08 * _noise(rng, 256, 60, 60))


def _carpet(rng: np.random.Generator) -> Gray:
    return _gray(_noise(rng, 256, 70, 70, 1.5, 0.3) + 0.3 * _noise(rng, 256, 4, 4, 2.0))


def _plaster(rng: np.random.Generator) -> Gray:
    return _gray(_noise(rng, 256, 3, 3, 1.6) + 0.4 * _noise(rng, 256, 50, 50, 2.0, 0.3), 3.2)


def _concrete(rng: np.random.Generator) -> Gray:
    pits = _noise(rng, 256, 60, 60, 3.0, 0.3)
    return _gray(_noise(rng, 256, 3, 3, 1.5) - 2.0 * (pits > 2.6), 3.0)


def _tiles(rng: np.random.Generator) -> Gray:
    n, count = 512, int(rng.choice([2, 3, 4]))
    size = n / count
    u, v = _grid(n)
    row = np.floor(v * count).astype(int)
    offset = 0.5 / count * (row % 2) if count % 2 == 0 and rng.random() < 0.4 else np.zeros_like(v)
    column = np.floor(((u + offset) % 1.0) * count).astype(int)
    tone = rng.normal(0, 0.25, (count, count))[row, column]
    edge = np.minimum(((u + offset) * count) % 1, (v * count) % 1) * size
    return _gray(np.where(edge < 4.0, -2.2, tone + 0.25 * _noise(rng, n, 6, 6, 1.8)), 3.0)


def _marble(rng: np.random.Generator) -> Gray:
    cloud = _noise(rng, 256, 2.5, 2.5, 1.9)
    veins = np.exp(-(((_noise(rng, 256, 2.2, 2.2, 2.2)) / 0.07) ** 2))
    fine = np.exp(-(((_noise(rng, 256, 5, 5, 2.2)) / 0.05) ** 2))
    return _gray(0.25 * cloud - 1.5 * veins * (0.4 + 0.6 * (cloud > 0)) - 0.5 * fine, 4.0)


def _leather(rng: np.random.Generator) -> Gray:
    n = 256
    seeds = rng.uniform(0, n, (900, 2))
    canvas = np.full((n * 3 // 2, n * 3 // 2), 255, np.uint8)
    margin = n // 4
    for du in (-n, 0, n):
        for dv in (-n, 0, n):
            at = np.round(seeds + np.array([du + margin, dv + margin])).astype(int)
            at = at[((at >= 0) & (at < len(canvas))).all(1)]
            canvas[at[:, 1], at[:, 0]] = 0
    distance = cv2.distanceTransform(canvas, cv2.DIST_L2, 3)[margin : margin + n, margin : margin + n]
    return _gray(-(np.clip(distance, 0, 6) ** 1.5) + 2.0 * _noise(rng, n, 3, 3), 2.6)


def _brushed(rng: np.random.Generator) -> Gray:
    return _gray(_noise(rng, 256, 2, 110, 1.4) + 0.3 * _noise(rng, 256, 3, 3), 2.6)


def _speckle(rng: np.random.Generator) -> Gray:
    spots = _noise(rng, 256, 40, 40, 3.0, 0.3)
    return _gray(0.3 * _noise(rng, 256, 4, 4) - 2.5 * (spots > 2.3), 4.0)


def _paper(rng: np.random.Generator) -> Gray:
    return _gray(_noise(rng, 128, 40, 40, 1.0), 3.0)


def _pages(rng: np.random.Generator) -> Gray:
    lines = rng.standard_normal(128)[:, None]
    return _gray(lines + 0.2 * _noise(rng, 128, 10, 60))


def _wicker(rng: np.random.Generator) -> Gray:
    n, count = 256, 16
    u, v = _grid(n)
    over = (np.floor(u * count) + np.floor(v * count)) % 2
    bump = np.where(over > 0, np.abs(np.sin(np.pi * count * v)), np.abs(np.sin(np.pi * count * u)))
    return _gray(bump + 0.2 * _noise(rng, n, 30, 30))


def _leaf(rng: np.random.Generator) -> Gray:
    u, _ = _grid(128)
    ribs = np.abs(np.sin(np.pi * 10 * u))
    return _gray(0.5 * ribs + 0.6 * _noise(rng, 128, 4, 4), 3.0)


def _stripes(rng: np.random.Generator) -> Gray:
    u, _ = _grid(256)
    count = int(rng.choice([4, 6, 8]))
    width = rng.uniform(0.3, 0.6)
    band = np.where((u * count) % 1 < width, 1.0, -1.0)
    return _gray(band + 0.12 * _noise(rng, 256, 80, 80), 1.6)


def _dots(rng: np.random.Generator) -> Gray:
    u, v = _grid(256)
    count = int(rng.choice([4, 6]))
    row = np.floor(v * count)
    du = (u * count + 0.5 * (row % 2)) % 1 - 0.5
    dv = (v * count) % 1 - 0.5
    return _gray(np.where(np.hypot(du, dv) < rng.uniform(0.18, 0.3), -1.0, 0.3) + 0.06 * _noise(rng, 256, 80, 80), 2.2)


def _zigzag(rng: np.random.Generator) -> Gray:
    u, v = _grid(256)
    count = int(rng.choice([4, 6]))
    phase = (v * count + 0.5 * np.abs(((u * count) % 1) * 2 - 1)) % 1
    return _gray(np.where(phase < 0.5, 1.0, -1.0) + 0.15 * _noise(rng, 256, 80, 80), 1.6)


def _diamonds(rng: np.random.Generator) -> Gray:
    u, v = _grid(256)
    count = int(rng.choice([2, 3, 4]))
    distance = np.abs((u * count) % 1 - 0.5) + np.abs((v * count) % 1 - 0.5)
    bands = np.where(np.abs(distance - 0.5) < 0.06, -1.3, np.where(distance < 0.18, -0.8, 0.5))
    return _gray(bands + 0.2 * _noise(rng, 256, 70, 70), 2.2)


def _persian(rng: np.random.Generator) -> Gray:
    """A mirrored carpet field: folding noise about the axes gives the symmetry of knotted motifs."""
    field = _noise(rng, 256, 9, 9, 3.0, 0.3)
    folded = field + field[::-1] + field[:, ::-1] + field[::-1, ::-1]
    return _gray(np.where(folded > 0.8, 1.0, np.where(folded < -1.0, -1.0, 0.0)) + 0.2 * _noise(rng, 256, 80, 80), 2.0)


def _brick(rng: np.random.Generator) -> Gray:
    """Running bond, four bricks long and twelve courses high; below 48 is joint."""
    n, rows, columns = 512, 12, 4
    u, v = _grid(n)
    row = np.floor(v * rows).astype(int)
    along = (u + 0.5 / columns * (row % 2)) % 1.0 * columns
    tone = rng.uniform(-40, 40, (rows, columns))[row, np.floor(along).astype(int)]
    gap = np.minimum(np.minimum(along % 1, 1 - along % 1) / columns, np.minimum(v * rows % 1, 1 - v * rows % 1) / rows)
    face = 150 + tone + 16 * _noise(rng, n, 30, 30, 1.5) + 8 * _noise(rng, n, 90, 90, 1.5)
    return np.clip(np.where(gap * n < 2.7, 24 + 8 * _noise(rng, n, 60, 60), np.maximum(face, 56)), 0, 255).astype(
        np.uint8
    )


_DRAW: dict[str, Callable[[np.random.Generator], Gray]] = {
    "wood": _wood, "planks": _planks, "herringbone": _herringbone, "weave": _weave, "knit": _knit, "carpet": _carpet,
    "plaster": _plaster, "concrete": _concrete, "tiles": _tiles, "marble": _marble, "leather": _leather,
    "brushed": _brushed, "speckle": _speckle, "paper": _paper, "pages": _pages, "wicker": _wicker, "leaf": _leaf,
    "stripes": _stripes, "dots": _dots, "zigzag": _zigzag, "diamonds": _diamonds, "persian": _persian,
    "brick": _brick,
}  # fmt: skip
KINDS = tuple(_DRAW)


@lru_cache(maxsize=len(_DRAW) * VARIANTS)
def pattern(kind: str, variant: int) -> Gray:
    """Variant 0 <= `variant` < VARIANTS of a pattern: uint8 [n, n], tileable, the same on every call and machine."""
    drawn = _DRAW[kind](np.random.default_rng([KINDS.index(kind), variant]))
    drawn.setflags(write=False)
    return drawn
