"""Encoded views -> the arrays and words of one example, changed in ways that keep them true of each other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.finetune.answers import Plan, answer, changed, labels_of
from pipeline.finetune.config import Augment
from pipeline.finetune.photometric import jittered, recompressed
from pipeline.finetune.pictures import decode, decode_small, fit, to_rgb
from pipeline.finetune.views import View
from pipeline.instructions.captions import long_caption, short_caption
from pipeline.instructions.mirror import mirrored_caption
from pipeline.instructions.referring import Facts
from pipeline.labels.changed import Box

Picture = NDArray[np.uint8]


def augmented(
    view: View, task: str, augment: Augment, rng: np.random.Generator, size: int
) -> tuple[Picture, Picture, str]:
    """(image, target, prompt) of a task, both uint8 [S, S, 3] RGB. Raises CorruptSample."""
    plan = Plan.draw(augment, rng)
    found = answer(view, task, plan, augment, rng, size)
    image = _render(view, found.box, found.flip, size)
    if augment.jitter:
        image = jittered(image, augment.jitter, rng, colors_matter=task == "referring")
    if rng.random() < augment.jpeg:
        image = recompressed(image, rng)
    return to_rgb(image), found.target, found.prompt


def captioned(view: View, augment: Augment, rng: np.random.Generator, size: int) -> tuple[Picture, str]:
    """(target, caption): the render, uint8 [S, S, 3] RGB, and one of its two captions. Raises CorruptSample."""
    plan = Plan.draw(augment, rng)
    long = bool(rng.random() < 0.5)
    if plan.redraw and plan.side < 1 and (rules := view.rules) and (labels := labels_of(view)):
        box = plan.box(*labels.depth.shape)
        labels, table, k = changed(view, labels, box, plan.flip)
        facts = Facts(table, rules, labels.depth.shape[1], labels.depth.shape[0], k)
        if any(row.thing and facts.seen_well(row) for row in table):
            caption = long_caption(facts) if long else short_caption(facts)
            return to_rgb(_render(view, box, plan.flip, size)), caption
    caption = view.words["caption_long" if long else "caption"]
    other = mirrored_caption(caption) if plan.flip else None
    return to_rgb(_render(view, None, other is not None, size)), other or caption


def _render(view: View, box: Box | None, flip: bool, size: int) -> Picture:
    """The picture, or a part of it, at the size of the examples: blue first."""
    data, what = view.files["image"], f"{view.key}: field 'image'"
    image = decode_small(data, size, what) if box is None else decode(data, what)[box[1] : box[3], box[0] : box[2]]
    # As the answer: mirrored before it is made smaller.
    return fit(np.asarray(cv2.flip(image, 1), np.uint8) if flip else image, size)
