"""What is measured of generation, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.intervals import Interval, difference, mean, relative_change

if TYPE_CHECKING:
    from torch import Tensor

NO_CLIP = "no --clip was named; e.g. --clip openai/clip-vit-large-patch14 (a download of 1.7 GB), or its folder"
FEW = "that takes two pictures at least"


@dataclass(frozen=True)
class Figure:
    """One measure of generation, before and after.

    before, after: with their 95 % intervals over views where the measure has them; None where there was no model or
    nothing was measured, and then `why` says so. change: of `after` against `before` over the same views, as a share where
    `relative`.
    """

    name: str
    title: str
    higher_is_better: bool
    before: Interval | float | None = None
    after: Interval | float | None = None
    change: Interval | None = None
    relative: bool = False
    why: str | None = None

    @property
    def verdict(self) -> str:
        """What became of it: kept, lost, gained, "?" where that cannot be told, "-" where nothing was measured."""
        if self.why:
            return "-"
        if self.change is None or isnan(self.change.low):
            return "?"
        if self.change.low <= 0 <= self.change.high:
            return "kept"
        return "gained" if (self.change.low > 0) == self.higher_is_better else "lost"

    @property
    def sentence(self) -> str:
        """The figure in words."""
        if self.why:
            return f"{self.title}: not measured: {self.why}."
        if self.before is None:
            return f"{self.title}: {_told(self.after)}; nothing before to compare with."
        told = f"{self.title}: {_told(self.before)} before, {_told(self.after)} after"
        if self.change is None or isnan(self.change.low):
            return f"{told}; no interval can be given for it."
        scale, unit = (100, " %") if self.relative else (1, "")
        low, value, high = (scale * x for x in (self.change.low, self.change.value, self.change.high))
        meaning = {"kept": "no change that these views show", "lost": "worse", "gained": "better"}[self.verdict]
        return f"{told}: {value:+.2f}{unit} (95 %: {low:+.2f} to {high:+.2f}), {meaning}."


def sentences(figures: Sequence[Figure]) -> list[str]:
    """What was found in words, a sentence a figure; those that were not measured for one reason share one."""
    told: dict[str, list[Figure]] = {}
    for figure in figures:
        told.setdefault(figure.why or figure.name, []).append(figure)
    return [
        f"{', '.join(figure.title for figure in some)}: not measured: {why}." if some[0].why else some[0].sentence
        for why, some in told.items()
    ]


def loss_figure(losses: Mapping[str, NDArray[np.float64]]) -> Figure:
    """losses: of the models "before", where there is one, and "after", [N, levels] over the same views and levels."""
    views = {name: values.mean(1) for name, values in losses.items()}
    first = views.get("before")
    return Figure(
        "loss",
        "held-out generation loss",
        False,
        None if first is None else mean(first),
        mean(views["after"]),
        None if first is None else relative_change(first, views["after"]),
        relative=True,
    )


def distance_figures(real: Tensor | None, painted: Mapping[str, Tensor], why: str | None = None) -> list[Figure]:
    """FID and KID of CLIP features [N, D]: of the split's pictures, and of each model's. why: they are not measured."""
    titles = {"fid": "FID over CLIP features", "kid": "KID over CLIP features"}
    if real is None or len(real) < 2:
        return [Figure(name, title, False, why=why or FEW) for name, title in titles.items()]
    from pipeline.evaluate.likeness import distances

    found = {name: distances(real, features) for name, features in painted.items()}
    first = found.get("before", {})
    return [Figure(name, title, False, first.get(name), found["after"][name]) for name, title in titles.items()]


def score_figure(scores: Mapping[str, NDArray[np.float64]], why: str | None = None) -> Figure:
    """CLIP scores [N] of each model's pictures for the same captions. why: they are not measured."""
    if why:
        return Figure("clip_score", "CLIP score", True, why=why)
    first, after = scores.get("before"), scores["after"]
    return Figure(
        "clip_score",
        "CLIP score",
        True,
        None if first is None else mean(first),
        mean(after),
        None if first is None else difference(first, after),
    )


def short(value: Interval | float | None, digits: int = 4) -> str:
    """A value as tables print it."""
    if value is None:
        return "-"
    return f"{value.value if isinstance(value, Interval) else value:.{digits}g}"


def _told(value: Any) -> str:
    if isinstance(value, Interval) and isnan(value.low):
        return f"{value.value:.4g}"
    if isinstance(value, Interval):
        return f"{value.value:.4g} ({value.low:.4g} to {value.high:.4g})"
    return f"{value:.4g}"
