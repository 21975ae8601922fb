"""The second opinion on referring expressions: what each means is worked out anew, from label maps, not from the table
of boxes and centres that the chooser read.

A checker that shares the chooser's code would share its mistakes, so this module shares only the stated margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import ViewRules
from pipeline.instructions import referring
from pipeline.instructions.kin import PARTS, may_be_called
from pipeline.instructions.phrasing import parse
from pipeline.instructions.referring import Expression, Relation


@dataclass(frozen=True, eq=False)
class Seen:
    """One visible object, measured on the label maps.

    row: its row of the sample's instance table (category, attributes, support, size: not to be seen in the maps).
    u: columns of its pixels. lowest: the largest of their rows. depth_m: median over them. distance_m: from the eye at
    their mean.
    """

    row: dict[str, Any]
    u: NDArray[np.intp]
    lowest: int
    depth_m: float
    distance_m: float

    @property
    def pixels(self) -> int:
        """Number of its pixels."""
        return len(self.u)

    def is_a(self, said: Expression) -> bool | None:
        """Whether name, colour and material fit; None when one that is said is not known of this thing, or in doubt."""
        other_name = self.row["category"] != said.category
        if other_name and not may_be_called(said.category, self.row["category"]):
            return False
        color, material = (self.row["attributes"].get(key) or None for key in ("color", "material"))
        if color and (said.color not in (None, color) or said.not_color == color):
            return False
        if material and said.material not in (None, material):
            return False
        unknown = ((said.color or said.not_color) and not color) or (said.material and not material)
        return None if unknown or other_name else True


class Scenery:
    """A view as the checker sees it. instance: uint16 [H, W]; depth: float32 [H, W] metres; table: the json field's rows.

    intrinsics: [3, 3] K, pixels; without it a thing's distance is taken to be its depth.
    """

    def __init__(
        self,
        instance: NDArray[np.integer],
        depth: NDArray[np.floating],
        table: Sequence[dict[str, Any]],
        intrinsics: NDArray[np.float64] | None = None,
    ) -> None:
        self.height, self.width = instance.shape
        self.seen: dict[int, Seen] = {}
        order = np.argsort(instance, axis=None, kind="stable")
        numbers, starts = np.unique(instance.ravel()[order], return_index=True)
        pieces = dict(zip(numbers.tolist(), np.split(order, starts[1:]), strict=True))
        for row in table:
            where = pieces.get(row["id"], np.zeros(0, np.intp))
            if len(where) >= referring.NOTICEABLE * instance.size:
                v, u = np.divmod(where, self.width)
                metres = float(np.median(depth.ravel()[where]))
                ray = 1.0
                if intrinsics is not None:
                    ray = float(np.linalg.norm(np.linalg.solve(intrinsics, [u.mean(), v.mean(), 1.0])))
                self.seen[row["id"]] = Seen(row, u, int(v.max()), metres, metres * ray)
        self.parts = {part for one in self.seen.values() for part in PARTS.get(one.row["category"], ())}

    def meant_by(self, said: Expression) -> set[int] | None:
        """Ids of the things `said` fits; None when that is in doubt."""
        if said.category in self.parts:
            return None
        may_fit = {number: one for number, one in self.seen.items() if one.row["thing"] and one.is_a(said) is not False}
        if said.relation is not None:
            stands = {number: self._stands(one, said.relation) for number, one in may_fit.items()}
            if None in stands.values():
                return None
            may_fit = {number: one for number, one in may_fit.items() if stands[number]}
        fits = {number: one for number, one in may_fit.items() if one.is_a(said)}
        if len(fits) < len(may_fit):
            return None
        if said.size is not None:
            fits = self._extreme(fits, said.size)
        if said.order is not None:
            fits = self._ranked(fits, *said.order)
        return set(fits)

    def _extreme(self, fits: dict[int, Seen], size: str) -> dict[int, Seen]:
        """Whoever beats each of the others clearly, in real size and in pixels."""

        def larger(one: Seen, other: Seen) -> bool:
            real = np.hypot.reduce(one.row["size_m"]) >= referring.SIZE_MARGIN * np.hypot.reduce(other.row["size_m"])
            return bool(real and one.pixels >= referring.SIZE_MARGIN**2 * other.pixels)

        return {
            number: one
            for number, one in fits.items()
            if all(
                other is one or (larger(one, other) if size == "largest" else larger(other, one))
                for other in fits.values()
            )
        }

    def _ranked(self, fits: dict[int, Seen], axis: str, rank: int) -> dict[int, Seen]:
        """Whoever has exactly rank - 1 others clearly before it on the axis, all in a clear order, and the rest behind."""

        def gap(one: Seen, other: Seen) -> float:
            """By how much `one` comes before `other`, in units of what is clear; by depth or distance, the lesser."""
            if axis in ("left", "right"):
                shift = (other.u.mean() - one.u.mean()) / (referring.SIDE_MARGIN * self.width)
                return float(shift if axis == "left" else -shift)
            near, far = (one, other) if axis == "near" else (other, one)
            ratio = min(far.depth_m / near.depth_m, far.distance_m / near.distance_m)
            return float(np.log(ratio) / np.log1p(referring.DEPTH_MARGIN))

        for number, one in fits.items():
            before = [other for other in fits.values() if other is not one and gap(other, one) >= 1]
            after = [other for other in fits.values() if other is not one and gap(one, other) >= 1]
            clear = all(max(gap(a, b), gap(b, a)) >= 1 for a in before for b in before if a is not b)
            if len(before) == rank - 1 and len(before) + len(after) == len(fits) - 1 and clear:
                return {number: one}
        return {}

    def _stands(self, one: Seen, relation: Relation) -> bool | None:
        anchors = [other for other in self.seen.values() if other.is_a(relation.anchor) is not False]
        if relation.anchor.category in self.parts or not all(other.is_a(relation.anchor) for other in anchors):
            return None
        if relation.kind == "on":
            things = [other for other in anchors if other.row["thing"]]
            if not anchors or (things and len(anchors) > 1):
                return None
            return self._lies_on(one, {other.row["name"] for other in anchors})
        if len(anchors) != 1 or not anchors[0].row["thing"]:
            return None
        other = anchors[0]
        if other is one:
            return False
        if relation.kind in ("left", "right"):
            return (
                self._is_beside(one, other) if relation.kind == "left" else self._is_beside(one, other, mirrored=True)
            )
        if other.row["name"] == one.row["support"] or one.row["name"] == other.row["support"]:
            verdict = self._is_before(one, other) if relation.kind == "front" else self._is_before(other, one)
            return None if verdict else verdict
        return self._is_before(one, other) if relation.kind == "front" else self._is_before(other, one)

    def _lies_on(self, one: Seen, names: set[str]) -> bool | None:
        rows = {other.row["name"]: other.row for other in self.seen.values()}
        under = one.row["support"]
        if under in names:
            return True
        while under is not None:
            if under not in rows:
                # Too little of it is seen to say what it stands on.
                return None
            # Through a carton to the pallet below it, but not through a table to the floor.
            passes = rows[under]["size_m"][2] <= referring.FLAT_M or any(rows[name]["thing"] for name in names)
            if not (rows[under]["thing"] and passes):
                return False
            under = rows[under]["support"]
            if under in names:
                return None
        return False

    def _is_beside(self, one: Seen, other: Seen, mirrored: bool = False) -> bool | None:
        if mirrored:
            one, other = other, one
        shift = (other.u.mean() - one.u.mean()) / self.width
        if shift >= referring.SIDE_MARGIN and one.u.max() < other.u.min():
            return True
        return False if shift <= -referring.SIDE_MARGIN else None

    def _is_before(self, one: Seen, other: Seen) -> bool | None:
        first, last = max(one.u.min(), other.u.min()), min(one.u.max(), other.u.max())
        common = last - first + 1
        narrower = min(np.ptp(one.u), np.ptp(other.u)) + 1
        nearer = other.depth_m / one.depth_m
        if nearer >= 1 + referring.DEPTH_MARGIN and common >= referring.OVERLAP * narrower:
            # A lamp over the table, though nearer, is not in front of it.
            return True if one.lowest >= other.lowest else None
        return False if nearer <= 1 / (1 + referring.DEPTH_MARGIN) or common <= 0 else None


def referent_fault(
    referent: dict[str, Any], scenery: Scenery, rules: ViewRules, categories: Sequence[str]
) -> str | None:
    """Why a referent of the json field (text, parsed, ids) is not what its words mean in this view; None when it is."""
    text = referent["text"]
    try:
        said = Expression.from_json(referent["parsed"])
    except (KeyError, TypeError, ValueError):
        return f"{text!r}: its parsed form is no expression"
    attributes = [one.row["attributes"] for one in scenery.seen.values()]
    colors = {value for values in attributes if (value := values.get("color"))} | {said.color, said.not_color} - {None}
    if parse(text, categories, sorted(filter(None, colors)), referring.SPOKEN_MATERIALS) != said:
        return f"{text!r} does not say {referent['parsed']}"
    meant = scenery.meant_by(said)
    if meant is None:
        return f"{text!r}: what it means is in doubt"
    if meant != set(referent["ids"]):
        return f"{text!r} means {sorted(meant) or 'nothing'}, not {referent['ids']}"
    if (len(meant) > 1) != said.group:
        return f"{text!r} means {len(meant)} things"
    for number in sorted(meant):
        one = scenery.seen[number]
        enough = one.pixels >= rules.min_instance_pixels * scenery.width * scenery.height
        if not enough or one.row["visible_fraction"] < rules.min_visible_fraction:
            return f"{text!r}: too little of it is seen"
    return None
