"""Which source each place of a run is filled from: at the set ratio over any stretch, in an order without a beat.

The places 0, 1, 2, ... are cut into strata of 1 / share places, and of each one place is drawn for the source. So any
stretch of n places has n * share of them, give or take two, and no period that could fall in with a batch's or with the
number of processes. Several sources are split off one after the other, the rarest first. Any place can be asked about
by itself: a run that goes on in the middle counts nothing again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np


class Schedule:
    """The order of sources that `weights` (positive, relative to one another) and `seed` fix."""

    def __init__(self, weights: Sequence[float], seed: int) -> None:
        # As they are written: 0.1 is a tenth, which the float beside it is not.
        exact = [Fraction(str(weight)) for weight in weights]
        if not exact or min(exact) <= 0:
            raise ValueError(f"weights must be positive, found {list(weights)}")
        self._seed = seed
        # With two or more left the rarest has at most half of the places: strata of two or more.
        self._rarest_first = sorted(range(len(exact)), key=lambda source: exact[source])
        left = sum(exact, Fraction())
        self._shares = []
        for source in self._rarest_first[:-1]:
            self._shares.append(exact[source] / left)
            left -= exact[source]

    def at(self, place: int) -> tuple[int, int]:
        """(source, how many places before this one were that source's)."""
        for level, (source, share) in enumerate(zip(self._rarest_first, self._shares, strict=False)):
            stratum = place * share.numerator // share.denominator
            first, end = (-(-(stratum + step) * share.denominator // share.numerator) for step in (0, 1))
            drawn = int(np.random.SeedSequence((self._seed, level, stratum)).generate_state(1)[0])
            picked = first + drawn % (end - first)
            if place == picked:
                return source, stratum
            place -= stratum + (picked < place)
        return self._rarest_first[-1], place
