"""In what order the samples of a source are drawn: a function of seed and shards alone, which any draw can be asked of.

Every epoch takes the shards in a new order and puts as many as memory holds together to a window, within which samples
and tasks are shuffled. The shards' numbers of samples are known beforehand, so nothing has to be read to find a draw.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.shards.location import Location


@dataclass(frozen=True)
class Shard:
    """A file of samples. samples: how many; bytes: about how many of it are kept in memory. meta: its source's business."""

    place: Location
    samples: int
    bytes: int
    meta: Any = None


@dataclass(frozen=True)
class Window:
    """Shards whose samples are in memory together. shards: their numbers, in order; begin: its first draw of the epoch."""

    shards: tuple[int, ...]
    samples: int
    begin: int


@dataclass(frozen=True)
class Draw:
    """One draw. window: where its sample lies; next: the window after it; along: share of the window drawn before.

    sample: its place in the window's shards, one after the other. task: number of the task.
    """

    window: Window
    next: Window
    along: float
    sample: int
    task: int


class Order:
    """Draws 0, 1, 2, ... of a source.

    An epoch of N samples and T tasks is N * T draws: N of each task, each sample once, when their `weights` (positive)
    are even; else shared out by weight, and no sample comes twice for a task within a window before every other came
    once. memory: bytes for windows, of which there are two when not all of it fits.
    """

    def __init__(self, shards: Sequence[Shard], weights: Sequence[float], seed: Sequence[int], memory: float) -> None:
        if not sum(shard.samples for shard in shards):
            raise ValueError("no samples to draw from")
        self._shards = shards
        self._seed = tuple(seed)
        exact = [Fraction(str(weight)) for weight in weights]
        self._shares = [weight / sum(exact, Fraction()) for weight in exact]
        self._whole = sum(shard.bytes for shard in shards) <= memory
        self._room = memory / 2
        self.epoch = sum(shard.samples for shard in shards) * len(weights)
        """Draws in an epoch."""
        self._windows = lru_cache(4)(self._windows_of)
        self._entries = lru_cache(4)(self._entries_of)

    def at(self, number: int) -> Draw:
        """Draw `number` of the run."""
        epoch, place = divmod(number, self.epoch)
        windows = self._windows(epoch)
        index = bisect_right(windows, place, key=attrgetter("begin")) - 1
        window = windows[index]
        tasks, samples = self._entries(epoch, index)
        following = windows[index + 1] if index + 1 < len(windows) else self._windows(epoch + 1)[0]
        place -= window.begin
        return Draw(window, following, place / len(tasks), int(samples[place]), int(tasks[place]))

    def _windows_of(self, epoch: int) -> list[Window]:
        some = [number for number, shard in enumerate(self._shards) if shard.samples]
        if self._whole:
            # Always the same window, which is read once.
            return [Window(tuple(some), sum(self._shards[number].samples for number in some), 0)]
        groups: list[list[int]] = []
        held = 0
        for number in np.random.default_rng([*self._seed, epoch]).permutation(some).tolist():
            if not groups or held + self._shards[number].bytes > self._room:
                groups.append([])
                held = 0
            groups[-1].append(number)
            held += self._shards[number].bytes
        counts = [sum(self._shards[number].samples for number in group) for group in groups]
        begins = [0, *accumulate(count * len(self._shares) for count in counts)]
        return [Window(tuple(group), count, begin) for group, count, begin in zip(groups, counts, begins, strict=False)]

    def _entries_of(self, epoch: int, index: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Tasks and samples of a window's draws, in order."""
        count = self._windows(epoch)[index].samples
        rng = np.random.default_rng([*self._seed, epoch, index])
        # What is left of a whole number is left to chance, so that even one sample serves every task in time.
        chance = Fraction(int(rng.integers(2**32)), 2**32)
        total = count * len(self._shares)
        ends = [int(share * total + chance) for share in accumulate(self._shares)]
        tasks = np.repeat(np.arange(len(ends), dtype=np.uint8), np.diff([0, *ends]))
        parts = []
        for draws in np.diff([0, *ends]).tolist():
            passes = [rng.permutation(count) for _ in range(-(-draws // count))]
            parts += [np.concatenate(passes)[:draws]] if passes else []
        samples = np.concatenate(parts).astype(np.int32)
        shuffled = rng.permutation(total)
        return tasks[shuffled], samples[shuffled]
