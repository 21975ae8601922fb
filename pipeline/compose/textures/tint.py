"""Patterns through tables: colours and roughness for every gray level and every step of wear."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.compose.textures import pattern

STEPS = 16
"""How finely masks of wear are told apart."""

Mask = tuple[str, int] | None
"""Kind and variant of the pattern that says where a surface is worn."""


@lru_cache(maxsize=48)
def _rows(kind: str, variant: int, mask: Mask) -> NDArray[np.uint16]:
    """Row of a table [STEPS * 256] for each texel: step of wear times 256 plus level."""
    gray = pattern(kind, variant)
    if mask is None:
        return gray.astype(np.uint16)
    wear = pattern(*mask)
    stride = max(len(wear) // len(gray), 1)
    return (wear[::stride, ::stride].astype(np.uint16) * STEPS // 256) * 256 + gray


@lru_cache(maxsize=256)
def histogram(kind: str, variant: int, mask: Mask) -> NDArray[np.float64]:
    """Share of each row of a table [256] or, with a mask, [STEPS * 256] in a pattern."""
    rows = _rows(kind, variant, mask)
    return np.asarray(np.bincount(rows.ravel(), minlength=256 if mask is None else STEPS * 256) / rows.size)


def tinted(kind: str, variant: int, mask: Mask, table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pattern seen through a table of colours, uint8 [256 or STEPS * 256, 3]: uint8 [n, n, 3]."""
    if mask is None:
        return np.asarray(cv2.applyColorMap(pattern(kind, variant), table[:, None, :]), np.uint8)
    # Four bytes are looked up as one number: five times as fast as rows of three.
    packed = np.pad(table, ((0, 0), (0, 1))).view(np.uint32).ravel()
    rows = _rows(kind, variant, mask)
    four = packed[rows].view(np.uint8).reshape(*rows.shape, 4)
    return np.asarray(cv2.cvtColor(four, cv2.COLOR_BGRA2BGR), np.uint8)


def shares(kind: str, variant: int, mask: Mask, table: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The pattern seen through a table of numbers in [0, 1], [1 or STEPS, 256]: uint8 [n, n], 255 = 1.

    One array serves all who ask for the same.
    """
    rounded = np.clip(table * 255 + 0.5, 0, 255).astype(np.uint8)
    return _shares(kind, variant, mask, rounded.tobytes())


@lru_cache(maxsize=160)
def _shares(kind: str, variant: int, mask: Mask, table: bytes) -> NDArray[np.uint8]:
    out = np.frombuffer(table, np.uint8)[_rows(kind, variant, mask)]
    out.setflags(write=False)
    return out
