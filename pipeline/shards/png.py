"""RGB -> PNG: rows filtered by NumPy, compressed by libdeflate, in the order of the W3C's PNG specification (third edition).

Why not OpenCV's or Pillow's encoder: both compress with zlib, and OpenCV's wheels take the `libz.so.1` of the machine,
which on some systems is zlib-ng. The same picture would then have other bytes, and a shard another hash, on another
machine. libdeflate comes inside its wheel, and what it writes depends on its version and the level alone, not on the
processor. It is also faster. For one sample's six pictures of 512x512 (benchmarks/encoders.py, mean of 24 views of
scenes/mix.yaml, one thread):

    | encoder                                        | ms | KiB |
    | ---------------------------------------------- | -- | --- |
    | libdeflate, render Paeth and targets Up, 4     | 15 | 376 |
    | the same at level 6: what is used              | 21 | 364 |
    | the same at level 8                            | 68 | 354 |
    | OpenCV, run lengths only, Paeth                | 19 | 380 |
    | OpenCV, level 3, filters by libpng's own guess | 40 | 404 |
    | OpenCV, level 6, filters by libpng's own guess | 79 | 359 |

Level 6, because a core-second costs about what half a MiB does for a month on an object store: 6 ms more for 12 KiB
less pay within a week, another 47 ms for the next 10 KiB only after months.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

LEVEL = 6
UP, PAETH = 2, 4
"""Filter types (chapter 9): what a byte is subtracted from. The one above suits labels, whose rows repeat; Paeth's guess
from three neighbours suits renders, a twentieth smaller for 3 ms more."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
BLOCK_ROWS = 32
"""Rows filtered at a time: few enough for the work arrays to stay in cache."""


def encode_png(rgb: NDArray[np.uint8], filter_type: int) -> bytes:
    """uint8 [H, W, 3] -> a PNG of 8-bit RGB whose rows all have one filter, UP or PAETH. Same pixels, same bytes."""
    import deflate

    if rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise ValueError(f"cannot encode an image of shape {rgb.shape} as png")
    height, width, _ = rgb.shape
    # Zeros stand for what lies left of and above the picture.
    framed = np.zeros((height + 1, 3 * (width + 1)), np.uint8)
    framed[1:, 3:] = rgb.reshape(height, -1)
    filtered = np.empty((height, 1 + 3 * width), np.uint8)
    filtered[:, 0] = filter_type
    for top in range(0, height, BLOCK_ROWS):
        rows = framed[top : top + BLOCK_ROWS + 1]
        predicted = rows[:-1, 3:] if filter_type == UP else _paeth(rows)
        np.subtract(rows[1:, 3:], predicted, out=filtered[top : top + BLOCK_ROWS, 1:])
    # Bit depth 8, colour type 2 (RGB), the only compression and filter methods, not interlaced.
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = deflate.zlib_compress(filtered, LEVEL)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _paeth(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paeth's predictor (9.4) for all but the first of `rows`, which begin with a pixel of zeros."""
    wide = rows.astype(np.int16)
    left, above, corner = wide[1:, :-3], wide[:-1, 3:], wide[:-1, :-3]
    # Distances of left + above - corner from each of the three.
    to_left, to_above = above - corner, left - corner
    to_corner = np.abs(to_left + to_above)
    np.abs(to_left, out=to_left)
    np.abs(to_above, out=to_above)
    second = np.where(to_above <= to_corner, above, corner)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, second).astype(np.uint8)


def _chunk(kind: bytes, data: bytes | bytearray) -> bytes:
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))))
