"""What patterns are made of: noise, cells and strokes that wrap round the edges of a square."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Float

Gray = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pattern:
    """gray: uint8 [n, n], what is tinted. height: uint16 [n, n], 0 the lowest to 65535 the highest. Both tile."""

    gray: Gray
    height: NDArray[np.uint16]


def noise(rng: np.random.Generator, n: int, u: float, v: float, power: float = 2.0, low_cut: float = 0.0) -> Float:
    """Periodic noise [n, n] of unit deviation with about `u` (`v`) features along the columns (rows).

    Shaped in the Fourier domain, so that it is periodic by construction.
    """
    white = np.fft.rfft2(rng.standard_normal((n, n), dtype=np.float32))
    fv, fu = np.fft.fftfreq(n, 1 / n)[:, None], np.fft.rfftfreq(n, 1 / n)[None, :]
    squared = (fu / u) ** 2 + (fv / v) ** 2
    gain = (1 + squared) ** (-power / 2)
    if low_cut:
        gain = gain * (1 - np.exp(-squared / low_cut**2))
    gain[0, 0] = 0.0
    out = np.fft.irfft2(white * gain, s=(n, n))
    return np.asarray(out / out.std(), float)


def drawn(values: Float, spread: float = 2.2, height: Float | None = None) -> Pattern:
    """`values` centred on 128, `spread` deviations scaled to the ends of the range.

    height: what stands out, in [0, 1]; by default what is bright.
    """
    centred = (values - values.mean()) / max(float(values.std()), 1e-9)
    gray = np.clip(128 + centred * (127 / spread), 0, 255)
    return levels(gray, gray / 255.0 if height is None else height)


def levels(gray: Float, height: Float | None = None) -> Pattern:
    """A pattern of gray levels [n, n] in [0, 255] and heights [n, n] in [0, 1], both clipped; without heights, level."""
    raised = np.zeros(1, np.uint16) if height is None else (np.clip(height, 0, 1) * 65535 + 0.5).astype(np.uint16)
    return Pattern(np.clip(gray, 0, 255).astype(np.uint8), np.broadcast_to(raised, gray.shape))


def unit(values: Float, spread: float = 2.5) -> Float:
    """`values` with `spread` deviations either side of their mean scaled to [0, 1], the rest clipped."""
    centred = (values - values.mean()) / max(float(values.std()), 1e-9)
    return np.clip(0.5 + centred / (2 * spread), 0, 1)


def grid(n: int) -> tuple[Float, Float]:
    """Columns u and rows v of pixel centres in (0, 1), shapes [1, n] and [n, 1]."""
    t = (np.arange(n) + 0.5) / n
    return t[None, :], t[:, None]


def cells(
    rng: np.random.Generator, n: int, columns: int, rows: int, jitter: float = 0.9
) -> tuple[Float, Float, Float, Ints]:
    """Cells around jittered points, columns * rows of them: distance to the nearest and to the second nearest point
    [n, n] in mean cell widths, the distance to the border between the two, and whose cell it is.

    S. Worley, "A cellular texture basis function", SIGGRAPH 1996.
    """
    u, v = grid(n)
    x, y = np.broadcast_arrays(u * columns, v * rows)
    offset = 0.5 + jitter * (rng.random((rows, columns, 2)) - 0.5)
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    first, second = np.full((n, n), 9.0), np.full((n, n), 9.0)
    px, py, qx, qy = (np.zeros((n, n)) for _ in range(4))
    owner = np.zeros((n, n), np.int64)
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            r, c = (row + dr) % rows, (column + dc) % columns
            ax, ay = column + dc + offset[r, c, 0], row + dr + offset[r, c, 1]
            distance = (ax - x) ** 2 + (ay - y) ** 2
            closer = distance < first
            runner = ~closer & (distance < second)
            second = np.where(closer, first, np.where(runner, distance, second))
            qx, qy = np.where(closer, px, np.where(runner, ax, qx)), np.where(closer, py, np.where(runner, ay, qy))
            first = np.where(closer, distance, first)
            px, py = np.where(closer, ax, px), np.where(closer, ay, py)
            owner = np.where(closer, r * columns + c, owner)
    apart = np.sqrt(np.maximum((px - qx) ** 2 + (py - qy) ** 2, 1e-12))
    return np.sqrt(first), np.sqrt(second), (second - first) / (2 * apart), owner


def strokes(
    rng: np.random.Generator,
    n: int,
    count: int,
    length: float,
    angle_rad: tuple[float, float],
    tones: int,
    width: int = 1,
) -> Gray:
    """Straight strokes drawn over one another, in `tones` layers: the layer seen, 0 where there is none, uint8 [n, n].

    length: mean, in pixels. angle_rad: mean and deviation of their direction from u towards the rows.
    """
    start = rng.uniform(0, n, (count, 2))
    angle = rng.normal(angle_rad[0], angle_rad[1], count)
    reach = length * rng.uniform(0.6, 1.4, count)
    end = start + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    margin = int(length * 1.5) + width + 1
    canvas = np.zeros((n + 2 * margin, n + 2 * margin), np.uint8)
    line = np.stack([start, end], 1) + margin
    shifts = np.array([[dx, dy] for dy in (-n, 0, n) for dx in (-n, 0, n)])
    size = len(canvas)
    for tone, chunk in enumerate(np.array_split(line, tones), start=1):
        copies = (chunk[:, None] + shifts[None, :, None]).reshape(-1, 2, 2)
        inside = ((copies > 0) & (copies < size)).all(2).any(1)
        cv2.polylines(canvas, list(np.round(copies[inside]).astype(np.int32)), False, tone, width)
    return canvas[margin : margin + n, margin : margin + n].copy()


def smoothed(values: Float, radius: int) -> Float:
    """Mean over a square of 2 * radius + 1 pixels, round the edges."""
    for axis in (0, 1):
        shifted = [np.roll(values, k, axis) for k in range(-radius, radius + 1)]
        values = np.add.reduce(shifted) / len(shifted)
    return values
