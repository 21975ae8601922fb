"""Referring expressions that pick out exactly one object of a view, and the check that they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.config import ViewRules
from pipeline.instructions.spelling import spoken
from pipeline.labels import Instance

Position = Literal["leftmost", "rightmost", "nearest", "farthest"]
SIDE_MARGIN = 0.06
"""Share of the image width by which the leftmost must lie left of the next."""
DEPTH_MARGIN = 0.12
"""Relative depth by which the nearest must be nearer than the next."""
NOTICEABLE = 0.0004
"""An object covering less than this share of the image goes unnoticed and makes nothing ambiguous."""


@dataclass(frozen=True)
class Expression:
    """The parsed form of an expression: which objects of `category`, and which one of those."""

    category: str
    color: str | None = None
    position: Position | None = None

    @property
    def text(self) -> str:
        """The expression in words, with its article: "the red box nearest the camera"."""
        words = ["the", self.position if self.position in ("leftmost", "rightmost") else None, self.color]
        phrase = " ".join(word for word in [*words, spoken(self.category)] if word)
        return phrase + {"nearest": " nearest the camera", "farthest": " farthest from the camera"}.get(
            self.position or "", ""
        )


def resolve(expression: Expression, table: Sequence[Instance], width: int, height: int) -> list[int]:
    """Ids of the visible things that a person would take `expression` for; one id when it is unambiguous."""
    matches = [
        row
        for row in table
        if row.thing
        and row.category == expression.category
        and expression.color in (None, row.attributes.get("color"))
        and row.pixels >= NOTICEABLE * width * height
    ]
    if expression.position is None or len(matches) < 2:
        return [row.id for row in matches]
    if expression.position in ("leftmost", "rightmost"):
        sign = 1 if expression.position == "leftmost" else -1
        matches.sort(key=lambda row: (sign * row.centroid[0], row.id))
        clear = sign * (matches[1].centroid[0] - matches[0].centroid[0]) >= SIDE_MARGIN * width
    else:
        sign = 1 if expression.position == "nearest" else -1
        matches.sort(key=lambda row: (sign * row.depth_m, row.id))
        near, far = sorted([matches[0].depth_m, matches[1].depth_m])
        clear = far >= near * (1 + DEPTH_MARGIN)
    return [matches[0].id] if clear else [row.id for row in matches]


def unambiguous(table: Sequence[Instance], rules: ViewRules, width: int, height: int) -> dict[int, list[Expression]]:
    """For every thing seen well enough, the expressions that mean it and nothing else, plainest first."""
    found: dict[int, list[Expression]] = {}
    for row in table:
        if not row.thing or not seen_well(row, rules, width, height):
            continue
        unique = [e for e in _candidates(row, table) if resolve(e, table, width, height) == [row.id]]
        if unique:
            found[row.id] = unique
    return found


def seen_well(row: Instance, rules: ViewRules, width: int, height: int) -> bool:
    """Whether enough of the object is seen, and enough of it not hidden, for an instruction to speak of it."""
    return (
        row.pixels >= rules.min_instance_pixels * width * height and row.visible_fraction >= rules.min_visible_fraction
    )


def _candidates(row: Instance, table: Sequence[Instance]) -> Iterator[Expression]:
    color = row.attributes.get("color")
    kin = [other.attributes.get("color") for other in table if other.thing and other.category == row.category]
    for shown in (None, color) if color else (None,):
        yield Expression(row.category, shown)
        # "The leftmost box" of a single box would be true but odd.
        if (len(kin) if shown is None else kin.count(shown)) > 1:
            for position in ("leftmost", "rightmost", "nearest", "farthest"):
                yield Expression(row.category, shown, position)


def choose(
    table: Sequence[Instance], rules: ViewRules, width: int, height: int, most: int, rng: np.random.Generator
) -> list[tuple[Expression, int]]:
    """One to `most` unambiguous expressions with the ids they mean, no id twice; empty when the view has none."""
    found = unambiguous(table, rules, width, height)
    if not found:
        return []
    count = int(rng.integers(1, min(most, len(found)) + 1))
    ids = sorted(int(i) for i in rng.choice(sorted(found), size=count, replace=False))
    return [(found[i][int(rng.integers(len(found[i])))], i) for i in ids]
