"""Normal maps of patterns, each made once and shared by all materials that need the same."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.textures import heights


def normal_map(kind: str, variant: int, steepness: float) -> NDArray[np.uint8]:
    """Normals of a pattern whose heights span `steepness` times what one repeat spans: uint8 [n, n, 3] as
    scene.Material has them, tileable, 128 for zero.

    Steepness is rounded to a power of two: few maps then serve all uses, and nobody sees the difference.
    """
    return _normals(kind, variant, round(float(np.log2(steepness))))


@lru_cache(maxsize=256)
def _normals(kind: str, variant: int, octaves: int) -> NDArray[np.uint8]:
    height = heights(kind, variant).astype(np.int64)
    n = len(height)
    # Differences of whole numbers, then only operations that IEEE 754 rounds correctly: the same on every processor.
    rise = n / (2 * 65535.0) * 2.0**octaves
    along_u = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * rise
    along_v = (np.roll(height, 1, 0) - np.roll(height, -1, 0)) * rise  # rows run down, v up
    length = np.sqrt(along_u * along_u + along_v * along_v + 1.0)
    out = np.empty((n, n, 3), np.uint8)
    for channel, part in enumerate((-along_u, -along_v, 1.0)):
        out[..., channel] = np.rint(128.0 + 127.0 * (part / length))
    out.setflags(write=False)
    return out
