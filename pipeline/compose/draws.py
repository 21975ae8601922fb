"""Draws that layouts have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

Key = TypeVar("Key")


def weighted(weights: Mapping[Key, float], rng: np.random.Generator) -> Key:
    """One of the keys, each as often as its weight says relative to the others. Takes one number from `rng`."""
    bounds = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(bounds, rng.random() * bounds[-1], side="right"))]
