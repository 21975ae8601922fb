"""How sure a score over a few hundred views is: the percentile bootstrap (Efron, "Bootstrap methods: another look at the
jackknife", Annals of Statistics 1979). Views are redrawn, never pixels: those of one view are not independent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 2000
CHUNK = 200
FEWEST = 6
"""Views that an interval needs: of five, all lie on the same side of zero by chance once in sixteen."""


@dataclass(frozen=True)
class Interval:
    """A figure and the ends of its 95 % interval; NaN where there are too few views for one."""

    value: float
    low: float
    high: float


def mean(values: ArrayLike, seed: int = 0) -> Interval:
    """The mean of independent values [N] with its interval. Raises ValueError for no values."""
    given = _some(values)
    return interval(given.mean(), _means(given[:, None], seed)[:, 0], len(given))


def relative_change(before: ArrayLike, after: ArrayLike, seed: int = 0) -> Interval:
    """mean(after) / mean(before) - 1, values [N] of the same views in the same order: views are redrawn in pairs."""
    pairs = np.stack([_some(before), _some(after)], axis=1)
    drawn = _means(pairs, seed)
    whole = pairs.mean(0)
    return interval(whole[1] / whole[0] - 1, drawn[:, 1] / drawn[:, 0] - 1, len(pairs))


def difference(before: ArrayLike, after: ArrayLike, seed: int = 0) -> Interval:
    """mean(after - before), values [N] of the same views in the same order."""
    return mean(_some(after) - _some(before), seed)


def redrawn(views: int, seed: int = 0) -> Iterator[NDArray[np.float64]]:
    """How often each of `views` views is drawn, [CHUNK, views] at a time, RESAMPLES rows in all.

    A score that is a function of sums over views is then a function of `weights @ rows`. The same seed and number of views
    give the same draws, so that two models' scores of the same views are redrawn in pairs.
    """
    rng = np.random.default_rng(seed)
    for _ in range(RESAMPLES // CHUNK):
        drawn = rng.integers(0, views, (CHUNK, views)) + views * np.arange(CHUNK)[:, None]
        yield np.bincount(drawn.ravel(), minlength=CHUNK * views).reshape(CHUNK, views).astype(np.float64)


def interval(value: float, drawn: NDArray[np.floating], views: int) -> Interval:
    """`value` with the middle 95 % of what it came to in the resamples [N]; those where it is undefined are left out.

    views: how many were redrawn.
    """
    known = drawn[~np.isnan(drawn)]
    if views < FEWEST or not known.size:
        return Interval(float(value), nan, nan)
    low, high = np.percentile(known, (2.5, 97.5))
    return Interval(float(value), float(low), float(high))


def _means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Means [RESAMPLES, ...] of values [N, ...] drawn anew with replacement; a part at a time, for thousands of views."""
    rng = np.random.default_rng(seed)
    count = len(values)
    return np.concatenate([values[rng.integers(0, count, (CHUNK, count))].mean(1) for _ in range(RESAMPLES // CHUNK)])


def _some(values: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(values, np.float64)
    if not given.size:
        raise ValueError("no values, no mean")
    return given
