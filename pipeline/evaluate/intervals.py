"""How sure a mean over a few hundred views is: the percentile bootstrap (Efron, "Bootstrap methods: another look at the
jackknife", Annals of Statistics 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2000
CHUNK = 200


@dataclass(frozen=True)
class Interval:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def mean(values: ArrayLike, seed: int = 0) -> Interval:
    """The mean of independent values [N] with its interval. Raises ValueError for no values."""
    given = _some(values)
    return _interval(given.mean(), _means(given[:, None], seed)[:, 0])


def relative_change(before: ArrayLike, after: ArrayLike, seed: int = 0) -> Interval:
    """mean(after) / mean(before) - 1, values [N] of the same views in the same order: views are redrawn in pairs."""
    pairs = np.stack([_some(before), _some(after)], axis=1)
    drawn = _means(pairs, seed)
    whole = pairs.mean(0)
    return _interval(whole[1] / whole[0] - 1, drawn[:, 1] / drawn[:, 0] - 1)


def difference(before: ArrayLike, after: ArrayLike, seed: int = 0) -> Interval:
    """mean(after - before), values [N] of the same views in the same order."""
    return mean(_some(after) - _some(before), seed)


def _means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Means [RESAMPLES, ...] of values [N, ...] drawn anew with replacement; a part at a time, for thousands of views."""
    rng = np.random.default_rng(seed)
    count = len(values)
    return np.concatenate([values[rng.integers(0, count, (CHUNK, count))].mean(1) for _ in range(RESAMPLES // CHUNK)])


def _interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Interval(float(value), float(low), float(high))


def _some(values: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(values, np.float64)
    if not given.size:
        raise ValueError("no values, no mean")
    return given
