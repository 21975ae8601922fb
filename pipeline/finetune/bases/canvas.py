"""The sizes and the noise that generators paint at."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 7.0
"""Largest ratio of a canvas's sides; a longer picture is squeezed. FLUX.2 takes none beyond 8 to 1."""


@dataclass(frozen=True)
class Autoencoding:
    """What a base makes of a picture before any network has seen it.

    weights: where its autoencoder, or a model whose size it is, is from; None where nothing is read. image_size: see Base.
    canvas: (height, width) of a picture -> those of its canvas. through: a picture on its canvas, uint8 [h, w, 3], encoded
    and decoded.
    """

    weights: str | None
    image_size: int
    canvas: Callable[[int, int], tuple[int, int]]
    through: Callable[[NDArray[np.uint8]], NDArray[np.uint8]]


def canvas_size(height: int, width: int, size: int, multiple: int, shortest: int) -> tuple[int, int]:
    """(height, width) of about size^2 pixels with a picture's ratio of sides, both multiples and at least `shortest`."""
    ratio = min(max(width / height, 1 / LONGEST), LONGEST)
    sides = (size / math.sqrt(ratio), size * math.sqrt(ratio))
    tall, wide = (max(round(side / multiple) * multiple, shortest) for side in sides)
    return tall, wide


def noise_seed(seed: int, image: NDArray[np.uint8] | None, prompt: str) -> int:
    """Seed of a painting's noise: from the run's seed and what is asked about, not from its place in a batch."""
    content = prompt.encode() if image is None else image.tobytes()
    # torch's CPU generator reads 32 bits of a seed and drops the rest.
    return zlib.crc32(content, seed & 0xFFFFFFFF)


def paint_noise(seed: int, shape: tuple[int, ...]) -> Any:
    """Standard normal, float tensor [*shape], on the CPU so that every device sees the same. seed: of `noise_seed`."""
    import torch

    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
