"""Referring expressions: what they mean in a view, and the choice of ones that leave no doubt.

An expression is true or false of an object, or in doubt: what lies a little to the left is neither clearly left nor
clearly not. An expression is used only when no object that a person would notice is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import ViewRules
from pipeline.instructions.kin import PARTS, may_be_called
from pipeline.instructions.spelling import says
from pipeline.labels import Instance

SIDE_MARGIN = 0.06
"""Share of the image width by which one must lie left of the next."""
DEPTH_MARGIN = 0.12
"""Relative depth by which one must be nearer than the next. Who is nearest must be so by distance, too."""
SIZE_MARGIN = 1.25
"""Ratio by which one must be larger than the next, both as it is and as it appears."""
OVERLAP = 0.3
"""Share of the narrower box's width that two things must have in common for one to be before the other."""
FLAT_M = 0.08
"""What lies on something flatter than this may be said to lie on the floor underneath."""
NOTICEABLE = 0.0004
"""An object covering less than this share of the image goes unnoticed and makes nothing ambiguous."""

MOST_TOGETHER = 5
"""Things that one expression may mean together."""

KINDS = ("name", "color", "material", "size", "order", "relation", "negation", "group")
AXES = ("left", "right", "near", "far")
RELATIONS = ("on", "left", "right", "front", "behind")
SPOKEN_MATERIALS = ("wood", "fabric", "plastic", "metal", "leather", "ceramic", "marble", "glass", "wicker", "rubber")
"""Materials that tell things of a kind apart to the eye."""


@dataclass(frozen=True)
class Relation:
    """Where something is by another thing. kind: one of RELATIONS; anchor: name and attributes of the other."""

    kind: str
    anchor: Expression


@dataclass(frozen=True)
class Expression:
    """The parsed form of an expression, e.g. "the second red box from the left".

    category, color, material: what is meant; None for any. size: "largest" or "smallest" of those. order: (one of AXES,
    rank from 1) among those. relation: where it is. not_color: a colour it has not. group: all of them, not one.
    """

    category: str
    color: str | None = None
    material: str | None = None
    size: str | None = None
    order: tuple[str, int] | None = None
    relation: Relation | None = None
    not_color: str | None = None
    group: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, without what is not said."""
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Expression:
        """Inverse of `as_json`. Raises KeyError, TypeError or ValueError for anything else."""
        known = dict(value)
        if relation := known.pop("relation", None):
            known["relation"] = Relation(str(relation["kind"]), cls.from_json(relation["anchor"]))
        if order := known.pop("order", None):
            axis, rank = order
            known["order"] = (str(axis), int(rank))
        return cls(**known)


@dataclass(frozen=True, eq=False)
class Facts:
    """What can be said of a view. table: all visible objects. width, height: pixels.

    intrinsics: [3, 3] K, pixels; without it a thing's distance is taken to be its depth, as under a narrow angle of view.
    """

    table: Sequence[Instance]
    rules: ViewRules
    width: int
    height: int
    intrinsics: NDArray[np.float64] | None = None
    _anchors: dict[Relation, list[Instance]] = field(default_factory=dict)

    @cached_property
    def parts(self) -> frozenset[str]:
        """Categories that may be in view as parts of what is noticed: a made bed's pillows. All said of them is in doubt."""
        return frozenset(part for row in self.table if self.noticed(row) for part in PARTS.get(row.category, ()))

    def seen_well(self, row: Instance) -> bool:
        """Whether enough of the object is seen, and enough of it not hidden, for an instruction to speak of it."""
        enough = row.pixels >= self.rules.min_instance_pixels * self.width * self.height
        return enough and row.visible_fraction >= self.rules.min_visible_fraction

    def noticed(self, row: Instance) -> bool:
        """Whether a person looking for such things would find it."""
        return row.pixels >= NOTICEABLE * self.width * self.height

    def distance_m(self, row: Instance) -> float:
        """From the eye, where `depth_m` is along the viewing axis: at its centroid, metres."""
        return row.depth_m * ray_length(*row.centroid, self.intrinsics)

    def anchors(self, relation: Relation) -> list[Instance]:
        """What the relation's anchor means: one thing seen well, or, to rest on, all of a kind of the building's parts."""
        if relation not in self._anchors:
            verdicts = {row.id: described_by(relation.anchor, row) for row in self.table if self.noticed(row)}
            rows = [row for row in self.table if verdicts.get(row.id)]
            building = relation.kind == "on" and not any(row.thing for row in rows)
            single = len(rows) == 1 and rows[0].thing and self.seen_well(rows[0])
            clear = None not in verdicts.values() and relation.anchor.category not in self.parts
            self._anchors[relation] = rows if clear and (building or single) else []
        return self._anchors[relation]


def ray_length(u: float, v: float, intrinsics: NDArray[np.float64] | None) -> float:
    """Distance over depth of what is seen at pixel (u, v); 1 without K."""
    if intrinsics is None:
        return 1.0
    x, y = (u - intrinsics[0, 2]) / intrinsics[0, 0], (v - intrinsics[1, 2]) / intrinsics[1, 1]
    return float(np.sqrt(1.0 + x * x + y * y))


def resolve(expression: Expression, facts: Facts) -> list[int] | None:
    """Ids of the things that a person would take `expression` for, in order; None when that is in doubt."""
    if expression.category in facts.parts:
        return None
    rows = []
    for row in facts.table:
        if row.thing and facts.noticed(row):
            verdict = described_by(expression, row)
            if verdict is not False and expression.relation:
                verdict = _all((verdict, _related(row, expression.relation, facts)))
            if verdict is None:
                return None
            if verdict:
                rows.append(row)
    if expression.size:
        rows = _by_size(rows, expression.size)
    if expression.order:
        rows = in_order(rows, *expression.order, facts)
    return sorted(row.id for row in rows) or None


def described_by(expression: Expression, row: Instance) -> bool | None:
    """Whether name, colour and material fit; None when in doubt.

    Some people would call a filing cabinet a cabinet; of some things nobody can tell colour or material.
    """
    kin = may_be_called(expression.category, row.category)
    if row.category != expression.category and not kin:
        return False
    color, material = row.attributes.get("color"), row.attributes.get("material")
    verdicts: list[bool | None] = [None if kin else True]
    verdicts += [
        (known == said) if known else None
        for said, known in ((expression.color, color), (expression.material, material))
        if said
    ]
    if expression.not_color:
        verdicts.append(color != expression.not_color if color else None)
    return _all(verdicts)


def look(row: Instance, attribute: str) -> str:
    """Its "color" or "material"; "" where none is known, and where the noun says it by itself: an orange, a rubber duck."""
    word = row.attributes.get(attribute) or ""
    return "" if says(row.category, word) else word


def _all(verdicts: Sequence[bool | None]) -> bool | None:
    """Whether all hold: False where one does not, else None where one is in doubt."""
    return False if False in verdicts else None if None in verdicts else True


def _by_size(rows: list[Instance], size: str) -> list[Instance]:
    """The one that is largest or smallest, in metres and in pixels; none when that is not clear."""
    ordered = sorted(rows, key=lambda row: float(np.linalg.norm(row.size_m)), reverse=size == "largest")
    if len(ordered) < 2:
        return ordered
    first, second = (ordered[0], ordered[1]) if size == "largest" else (ordered[1], ordered[0])
    real = np.linalg.norm(first.size_m) >= SIZE_MARGIN * np.linalg.norm(second.size_m)
    pixels = [row.pixels for row in ordered[1:]]
    if size == "largest":
        apparent = ordered[0].pixels >= SIZE_MARGIN**2 * max(pixels)
    else:
        apparent = min(pixels) >= SIZE_MARGIN**2 * ordered[0].pixels
    return ordered[:1] if real and apparent else []


def in_order(rows: Sequence[Instance], axis: str, rank: int, facts: Facts) -> list[Instance]:
    """The one at `rank` along `axis`; none when it, or one before it, is not clear of all further ones.

    Near and far are meant by depth or by distance: it must be so by both.
    """
    sign = -1.0 if axis in ("right", "far") else 1.0
    if axis in ("left", "right"):
        places = np.array([[row.centroid[0] for row in rows]])
        gap = SIDE_MARGIN * facts.width
    else:
        places = np.log([[row.depth_m for row in rows], [facts.distance_m(row) for row in rows]])
        gap = float(np.log1p(DEPTH_MARGIN))
    if len(rows) < rank:
        return []
    order = np.argsort(sign * places[0], kind="stable")
    places = sign * places[:, order]
    clear = all((places[:, k + 1 :] - places[:, k : k + 1] >= gap).all() for k in range(rank))
    return [rows[order[rank - 1]]] if clear else []


def _related(row: Instance, relation: Relation, facts: Facts) -> bool | None:
    """Whether `row` is where the relation says; None when in doubt, which a missing or doubtful anchor is too."""
    anchors = facts.anchors(relation)
    if not anchors:
        return None
    if relation.kind == "on":
        return _rests(row, anchors, facts)
    anchor = anchors[0]
    if anchor.id == row.id:
        return False
    if relation.kind in ("left", "right"):
        return _beside(row, anchor, relation.kind, facts)
    return _before(row, anchor, relation.kind)


def _rests(row: Instance, anchors: Sequence[Instance], facts: Facts) -> bool | None:
    """Whether it lies on an anchor itself; None where it lies on something that does.

    One may say so of what is on a tray on a table, or on a carton on a pallet. But what is on a table is not on the floor.
    """
    by_name = {other.name: other for other in facts.table if facts.noticed(other)}
    names = {anchor.name for anchor in anchors}
    if row.support in names:
        return True
    support = row.support
    while support is not None and support not in names:
        # What is under it is not in view.
        if support not in by_name:
            return None
        under = by_name[support]
        if not under.thing or (under.size_m[2] > FLAT_M and not anchors[0].thing):
            return False
        support = under.support
    return False if support is None else None


def _beside(row: Instance, anchor: Instance, side: str, facts: Facts) -> bool | None:
    sign = -1 if side == "left" else 1
    apart = sign * (row.centroid[0] - anchor.centroid[0])
    clear = row.box[2] <= anchor.box[0] if side == "left" else row.box[0] >= anchor.box[2]
    if clear and apart >= SIDE_MARGIN * facts.width:
        return True
    return False if apart <= -SIDE_MARGIN * facts.width else None


def _before(row: Instance, anchor: Instance, kind: str) -> bool | None:
    near, far = (row, anchor) if kind == "front" else (anchor, row)
    common = min(row.box[2], anchor.box[2]) - max(row.box[0], anchor.box[0])
    narrower = min(row.box[2] - row.box[0], anchor.box[2] - anchor.box[0])
    if near.depth_m * (1 + DEPTH_MARGIN) <= far.depth_m and common >= OVERLAP * narrower:
        # Resting on it is neither before nor behind it; nor is what hangs over it, though it be nearer.
        apart = anchor.name == row.support or row.name == anchor.support
        return None if apart or near.box[3] < far.box[3] else True
    if far.depth_m * (1 + DEPTH_MARGIN) <= near.depth_m or common <= 0:
        return False
    return None


def unambiguous(facts: Facts, kinds: Sequence[str] = KINDS) -> dict[str, list[tuple[Expression, list[int]]]]:
    """By kind, the expressions that mean one thing seen well, or all of a group seen well, and nothing else."""
    found = {
        kind: [(e, ids) for e in some if (ids := _meant(e, facts))] for kind, some in _by_kind(facts, kinds).items()
    }
    return {kind: entries for kind, entries in found.items() if entries}


def _meant(expression: Expression, facts: Facts) -> list[int] | None:
    """Ids of what `expression` means when it can be used, else None."""
    ids = resolve(expression, facts)
    well = {row.id for row in facts.table if row.thing and facts.seen_well(row)}
    if not ids or not set(ids) <= well:
        return None
    return ids if (2 <= len(ids) <= MOST_TOGETHER if expression.group else len(ids) == 1) else None


def _by_kind(facts: Facts, kinds: Sequence[str]) -> dict[str, list[Expression]]:
    found: dict[str, dict[Expression, None]] = {kind: {} for kind in kinds}
    for row in facts.table:
        if row.thing and facts.seen_well(row):
            for kind, expression in _candidates(row, facts):
                if kind in found:
                    found[kind][expression] = None
    return {kind: list(expressions) for kind, expressions in found.items() if expressions}


def _candidates(row: Instance, facts: Facts) -> Iterator[tuple[str, Expression]]:
    """Expressions that may mean `row`. What would be true but odd, as "the leftmost" of one, is left out."""
    color, material = look(row, "color"), look(row, "material")
    plain = Expression(row.category)
    bases = [plain]
    yield "name", plain
    if color:
        yield "color", (colored := replace(plain, color=color))
        bases.append(colored)
    # A person in wool is no woollen person.
    if material in SPOKEN_MATERIALS and row.category != "person":
        yield "material", (made := replace(plain, material=material))
        bases.append(made)
    noticed = [other for other in facts.table if other.thing and facts.noticed(other)]
    for base in bases:
        kin = [other for other in noticed if described_by(base, other)]
        if len(kin) < 2:
            continue
        yield "group", replace(base, group=True)
        for size in ("largest", "smallest"):
            yield "size", replace(base, size=size)
        for axis in AXES:
            for rank in range(1, 4 if axis in ("left", "right") else 2):
                if rank < len(kin):
                    yield "order", replace(base, order=(axis, rank))
        if base.color is None:
            others = sorted({other.attributes.get("color", "") for other in kin} - {"", row.attributes.get("color")})
            for other_color in others:
                yield "negation", replace(base, not_color=other_color)
                yield "negation", replace(base, not_color=other_color, group=True)
    for relation in _relations(row, facts):
        yield "relation", replace(plain, relation=relation)
        if color:
            yield "relation", replace(plain, color=color, relation=relation)


def _relations(row: Instance, facts: Facts) -> Iterator[Relation]:
    by_name = {other.name: other for other in facts.table}
    under = by_name.get(row.support or "")
    for other in facts.table:
        if other.id == row.id or other.category == row.category or not facts.noticed(other):
            continue
        anchors = [Expression(other.category)]
        if other.thing and (color := look(other, "color")):
            anchors.append(Expression(other.category, color))
        kinds = [kind for kind in RELATIONS if kind != "on" and other.thing] + (["on"] if other is under else [])
        for kind in kinds:
            for anchor in anchors:
                relation = Relation(kind, anchor)
                if _related(row, relation, facts):
                    yield relation


def choose(
    facts: Facts, most: int, rng: np.random.Generator, kinds: Sequence[str] = KINDS
) -> list[tuple[Expression, list[int]]]:
    """One to `most` unambiguous expressions with the ids they mean, no id twice; empty when the view has none.

    Every kind of expression that the view allows is drawn as often as any other.
    """
    open_ = {kind: [some[i] for i in rng.permutation(len(some))] for kind, some in _by_kind(facts, kinds).items()}
    wanted = int(rng.integers(1, most + 1))
    chosen: list[tuple[Expression, list[int]]] = []
    while open_ and len(chosen) < wanted:
        kind = sorted(open_)[int(rng.integers(len(open_)))]
        taken = {number for _, ids in chosen for number in ids}
        while open_[kind]:
            expression = open_[kind].pop()
            ids = _meant(expression, facts)
            if ids and not taken & set(ids):
                chosen.append((expression, ids))
                break
        else:
            del open_[kind]
    return chosen
