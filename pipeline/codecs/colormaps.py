"""Paths of colours for depth: the colour at a position, and the position of the colour nearest to any other."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

CORNERS = np.array(
    [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 0, 1), (1, 1, 1)], dtype=np.int32
)
"""Where the Hilbert path turns, in order."""
FINE = 16 * 255
"""Steps along a colormap: 16 between two of its 256 entries, far more than its 8-bit colours."""

Nearest = Callable[[NDArray[np.uint8]], NDArray[np.integer]]


class Path:
    """The 8-bit colours that f = 0 to 1 runs through.

    steps: encoding rounds f to a multiple of 1 / steps. packed: uint32 [steps + 1], the colour of each step as
    r + 256 g + 65536 b. last_finite: the last step that has not the colour of f = 1. colors: uint8 [N, 3], the distinct
    ones in order. positions: float64 [N], the middle f of each, but 0 for the first and 1 for the last.
    """

    def __init__(self, steps: NDArray[np.uint8], nearest: Nearest | None = None) -> None:
        self.steps = len(steps) - 1
        self.packed = rgb_keys(steps).astype(np.uint32)
        new = np.concatenate([[True], (steps[1:] != steps[:-1]).any(axis=1)])
        first = np.flatnonzero(new)
        last = np.append(first[1:] - 1, self.steps)
        self.colors = steps[first]
        self.last_finite = int(first[-1]) - 1
        self.positions = (first + last) / 2.0 / self.steps
        self.positions[[0, -1]] = 0.0, 1.0
        self._nearest = nearest or self._search
        # Number of the nearest colour plus one, for each of 2^24; 0 = not asked for yet.
        self._known = np.zeros(1 << 24, np.uint16)

    def nearest(self, keys: NDArray[np.intp]) -> NDArray[np.intp]:
        """Number of the nearest of `colors` (Euclidean; of two equally near, the first), for packed colours [N]."""
        found = self._known.take(keys, mode="clip")
        if not found.all():
            new = np.unique(keys[found == 0])
            self._known[new] = self._nearest(unpacked(new)) + 1
            found = self._known.take(keys, mode="clip")
        return np.subtract(found, 1, dtype=np.intp)

    def _search(self, rgb: NDArray[np.uint8]) -> NDArray[np.integer]:
        codes = self.colors.astype(np.float32)
        squares = (codes**2).sum(1)
        best = np.empty(len(rgb), np.intp)
        for start in range(0, len(rgb), 8192):
            some = rgb[start : start + 8192].astype(np.float32)
            # Whole numbers under 2^24: exact in float32.
            best[start : start + 8192] = (squares - 2.0 * some @ codes.T).argmin(axis=1)
        return best


def hilbert_path() -> Path:
    """Seven edges of the RGB cube in 7 * 255 steps of one 8-bit level."""
    steps = np.arange(7 * 255 + 1)
    edge = np.minimum(steps // 255, 6)
    along = (steps - 255 * edge)[:, None]
    return Path((CORNERS[edge] * (255 - along) + CORNERS[edge + 1] * along).astype(np.uint8), _nearest_on_edges)


def colormap_path(name: str) -> Path:
    """A colormap of 256 colours, linear between them; "grayscale" runs from black to white."""
    table = np.arange(256.0)[:, None].repeat(3, axis=1) if name == "grayscale" else _table(name)
    at = np.linspace(0.0, 255.0, FINE + 1)
    return Path(np.rint(np.stack([np.interp(at, np.arange(256), table[:, i]) for i in range(3)], 1)).astype(np.uint8))


def rgb_keys(rgb: NDArray[np.uint8]) -> NDArray[np.intp]:
    """uint8 [N, 3] -> r + 256 g + 65536 b."""
    keys = rgb[:, 2].astype(np.intp)
    for channel in (1, 0):
        keys <<= 8
        keys |= rgb[:, channel]
    return keys


def unpacked(keys: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Inverse of `rgb_keys`: -> uint8 [N, 3]."""
    return np.stack([keys & 255, (keys >> 8) & 255, keys >> 16], axis=1).astype(np.uint8)


def write_rgb(keys: NDArray[np.uint32], out: NDArray[np.uint8]) -> None:
    """`unpacked` into `out`, contiguous uint8 [N, 3]."""
    import cv2

    # NumPy writes every third byte one at a time; OpenCV drops every fourth eight times as fast.
    planes = keys.astype("<u4", copy=False).view(np.uint8).reshape(1, -1, 4)
    cv2.cvtColor(planes, cv2.COLOR_RGBA2RGB, dst=out.reshape(1, -1, 3))


def _nearest_on_edges(rgb: NDArray[np.uint8]) -> NDArray[np.integer]:
    """Nearest step of the Hilbert path: uint8 [N, 3] -> [N], 0 (black) to 1785 (white)."""
    channels = [rgb[:, i].astype(np.int32) for i in range(3)]
    squared = [[value * value for value in channels], [(255 - value) ** 2 for value in channels]]
    best = np.full(len(rgb), np.iinfo(np.int32).max, np.int32)
    step = np.zeros(len(rgb), np.int32)
    for edge in range(7):
        start, end = CORNERS[edge], CORNERS[edge + 1]
        axis = int(np.flatnonzero(start != end)[0])
        a, b = (axis + 1) % 3, (axis + 2) % 3
        distance = squared[start[a]][a] + squared[start[b]][b]
        along = channels[axis] if end[axis] else 255 - channels[axis]
        closer = distance < best
        best = np.where(closer, distance, best)
        step = np.where(closer, along + 255 * edge, step)
    return step


def _table(name: str) -> NDArray[np.float64]:
    text = (files("pipeline.codecs") / "colormaps.txt").read_text()
    digits = text[text.index(f"\n{name}\n") + len(name) + 2 :].replace("\n", "")[: 256 * 6]
    return np.frombuffer(bytes.fromhex(digits), np.uint8).reshape(256, 3).astype(np.float64)
