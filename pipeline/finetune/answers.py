"""Views -> questions about their crops and mirror images, with answers that are right.

What can be asked about a crop or a mirror image depends on what is known. Where a redraw is drawn, and there are exact
labels, the questions are asked anew of the changed labels. From the stored targets alone, depth, normals and classes stay
true in any crop; instances and referring expressions only where no thing is cut and the resolver of expressions finds the
same things meant again, so the crop is grown until it cuts nothing, in about its view's shape, and given up where that is
not enough. What cannot be asked of the changed view is asked of the view as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import palettes
from pipeline.finetune.config import Augment
from pipeline.finetune.pictures import decode, fit, to_rgb
from pipeline.finetune.views import View
from pipeline.instructions import CannotAsk, make_requests
from pipeline.instructions import View as Asked
from pipeline.instructions.mirror import mirrored_prompt
from pipeline.instructions.referring import Expression, Facts, resolve
from pipeline.instructions.requests import askable_categories
from pipeline.labels import Instance, Labels
from pipeline.labels.changed import (
    Box,
    cropped,
    cropped_table,
    intrinsics_of,
    mirrored,
    mirrored_table,
    table_of,
    without_cuts,
)
from pipeline.scene import Float
from pipeline.shards.sample import decode_exact

Picture = NDArray[np.uint8]
STRETCH = 1.25
"""How far a crop's ratio of sides may be from its view's: both are squeezed to one square."""
NO_SURFACE = 128
"""Every channel of a painted normal where there is no surface (codecs.normals)."""


@dataclass(frozen=True)
class Plan:
    """What is to be done to an example, as drawn. side, right, down: share of the view that a crop keeps along each side, and
    where between left and right, top and bottom it lies."""

    side: float
    right: float
    down: float
    flip: bool
    redraw: bool

    @classmethod
    def draw(cls, augment: Augment, rng: np.random.Generator) -> Plan:
        """Always the same number of draws, so that one setting does not change what another one draws."""
        side, right, down, flip, redraw = rng.random(5)
        return cls(1 - (1 - augment.min_crop) * side, right, down, flip < augment.flip, redraw < augment.redraw)

    def box(self, height: int, width: int) -> Box:
        """The crop of a view of that size."""
        h, w = max(1, round(height * self.side)), max(1, round(width * self.side))
        x0, y0 = round((width - w) * self.right), round((height - h) * self.down)
        return x0, y0, x0 + w, y0 + h


@dataclass(frozen=True)
class Answer:
    """A question and its answer. target: uint8 [S, S, 3] RGB. box: the part of the view it is about, None for all of it;
    flip: seen in a mirror."""

    prompt: str
    target: Picture
    box: Box | None
    flip: bool


def answer(view: View, task: str, plan: Plan, augment: Augment, rng: np.random.Generator, size: int) -> Answer:
    """The question of `task` about the view as the plan changes it, or as far as it can be asked. Raises CorruptSample."""
    return _asked_anew(view, task, plan, augment, rng, size) or _stored(view, task, plan, size)


def _asked_anew(
    view: View, task: str, plan: Plan, augment: Augment, rng: np.random.Generator, size: int
) -> Answer | None:
    """A new question about the changed view, from exact labels; None where there are none or they allow no question."""
    rules, config = view.rules, view.instructions
    if not plan.redraw or rules is None or config is None or (labels := labels_of(view)) is None:
        return None
    if augment.colormaps:
        config = config.model_copy(update={"depth_colormaps": augment.colormaps})
    # First as drawn; a crop with nothing to ask about gives way to the whole view.
    for box in (plan.box(*labels.depth.shape), None) if plan.side < 1 else (None,):
        now, table, k = changed(view, labels, box, plan.flip, measured=task in ("instance", "referring"))
        try:
            request = make_requests(Asked(now, table, view.kind.classes, rules, config, k), rng, [task])[task]
        except CannotAsk:
            continue
        return Answer(request.prompt, fit(request.target, size, label=True), box, plan.flip)
    return None


def _stored(view: View, task: str, plan: Plan, size: int) -> Answer:
    """The stored question about the changed view, as far as it stays true."""
    target = decode(view.files[task], f"{view.key}: field {task!r}")
    prompt, box, flip, colors = view.words[task], None, False, None
    height, width = target.shape[:2]
    if plan.side < 1 or plan.flip:
        meta = view.meta()
        codec = meta["codecs"][task]
        if plan.side < 1:
            box = plan.box(height, width)
            box = box if task in ("depth", "normal", "semantic") else _kept_whole(view, meta, task, box, width, height)
        if plan.flip and (said := mirrored_prompt(task, prompt, codec)) is not None:
            prompt, flip = said, True
        if task == "instance" and (box or flip):
            colors = _new_colors(view, meta, box, flip, width)
            if colors is None:
                prompt, box, flip = view.words[task], None, False
    if box:
        target = target[box[1] : box[3], box[0] : box[2]]
    if flip:
        # Before it is made smaller: the nearest pixel may lie to one side, and does so in all examples alike.
        target = cv2.flip(target, 1)
    target = to_rgb(fit(target, size, label=True))
    if flip and task == "normal":
        target = _facing_across(target)
    return Answer(prompt, _recolored(target, colors) if colors else target, box, flip)


def _facing_across(target: Picture) -> Picture:
    """Painted normals with the other sign of x.

    x is in the red channel in every convention, whichever way it counts, and mid grey is no normal.
    """
    out = target.copy()
    surface = (target != NO_SURFACE).any(-1)
    out[..., 0] = np.where(surface, 255 - target[..., 0], target[..., 0])
    return out


def _kept_whole(view: View, meta: dict[str, Any], task: str, box: Box, width: int, height: int) -> Box | None:
    """The crop, grown until it cuts no thing, if the stored question is sound there and means the same; else None."""
    if view.rules is None or "instances" not in meta:
        return None
    whole = _table(meta)
    while (grown := without_cuts(whole, in_shape(box, width, height))) != box:
        box = grown
    table = cropped_table(whole, box)
    if table is None or box == (0, 0, width, height):
        return None
    codec = meta["codecs"][task]
    # How much is left of a wall or floor is not known: what is asked must not depend on it.
    for rows in (table, [row for row in table if row.thing]):
        facts = Facts(rows, view.rules, box[2] - box[0], box[3] - box[1], _intrinsics(meta, box, False, width))
        if task == "instance" and codec["class"] not in askable_categories(facts):
            return None
        if task == "referring" and not all(_means(referent, facts) for referent in codec["referents"]):
            return None
    return box


def in_shape(box: Box, width: int, height: int) -> Box:
    """The box, made higher or wider about its middle until its ratio of sides is nearly that of the view around it."""
    x0, x1 = _longer(box[0], box[2], math.ceil((box[3] - box[1]) * width / height / STRETCH), width)
    y0, y1 = _longer(box[1], box[3], math.ceil((box[2] - box[0]) * height / width / STRETCH), height)
    return x0, y0, x1, y1


def _longer(low: int, high: int, least: int, end: int) -> tuple[int, int]:
    """[low, high) grown about its middle to `least`, within [0, end)."""
    length = max(least, high - low)
    low = min(max(low - (length - high + low) // 2, 0), end - length)
    return low, low + length


def _means(referent: dict[str, Any], facts: Facts) -> bool:
    if "parsed" not in referent:
        return False
    meant = resolve(Expression.from_json(referent["parsed"]), facts)
    well = {row.id for row in facts.table if row.thing and facts.seen_well(row)}
    return meant == sorted(referent["ids"]) and set(meant) <= well


def _new_colors(
    view: View, meta: dict[str, Any], box: Box | None, flip: bool, width: int
) -> dict[tuple[int, ...], tuple[int, ...]] | None:
    """Old colour -> new one of each instance where colours are fixed from left to right; empty where they are free."""
    rows = meta["codecs"]["instance"]["colors"]
    old = {row["id"]: tuple(row["color"]) for row in rows}
    fixed = palettes.fixed(len(rows))
    if list(old.values()) != fixed or len(rows) < 2:
        return {}
    if "instances" not in meta:
        return None
    table = _table(meta)
    if box:
        table = cropped_table(table, box) or []
        width = box[2] - box[0]
    if flip:
        table = mirrored_table(table, width)
    order = [row.id for row in sorted(table, key=lambda row: (row.centroid[0], row.id)) if row.id in old]
    return {old[number]: color for number, color in zip(order, fixed, strict=False)}


def _recolored(target: Picture, colors: dict[tuple[int, ...], tuple[int, ...]]) -> Picture:
    out = target.copy()
    for old, new in colors.items():
        out[(target == np.array(old, np.uint8)).all(-1)] = new
    return out


def labels_of(view: View) -> Labels | None:
    """Its exact labels, where they were kept. Raises CorruptSample."""
    if "exact" not in view.files:
        return None
    exact = decode_exact(view.files["exact"], view.key)
    return Labels(exact["depth"], exact["normals"], exact["instance"], exact["semantic"])


def changed(
    view: View, labels: Labels, box: Box | None, flip: bool, measured: bool = True
) -> tuple[Labels, list[Instance], Float | None]:
    """Labels, instance table and K of a part of the view, or of its mirror image. measured: else without table and K."""
    now = cropped(labels, box) if box else labels
    now = mirrored(now) if flip else now
    if not measured:
        return now, [], None
    meta = view.meta()
    table = _table(meta)
    return now, table_of(now, table) if box or flip else table, _intrinsics(meta, box, flip, labels.depth.shape[1])


def _intrinsics(meta: dict[str, Any], box: Box | None, flip: bool, width: int) -> Float | None:
    return intrinsics_of(meta["intrinsics"], box, flip, width) if "intrinsics" in meta else None


def _table(meta: dict[str, Any]) -> list[Instance]:
    return [
        Instance(**row | {key: tuple(row[key]) for key in ("box", "centroid", "size_m")}) for row in meta["instances"]
    ]
