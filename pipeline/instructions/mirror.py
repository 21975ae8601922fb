"""Instructions about a view, made true of its mirror image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pipeline.instructions.referring import Expression

SIDE = re.compile(r"\b(left|right)(?=(?:most)?\b)", re.IGNORECASE)
OTHER = {"left": "right", "right": "left"}
FARTHEST = re.compile(r"farthest to the (left|right) and [^.]* farthest to the (left|right)\.")


def mirrored(expression: Expression) -> Expression:
    """The expression that means the same things in the mirror image."""
    order, relation = expression.order, expression.relation
    if order:
        order = (OTHER.get(order[0], order[0]), order[1])
    if relation:
        relation = replace(relation, kind=OTHER.get(relation.kind, relation.kind))
    return replace(expression, order=order, relation=relation)


def mirrored_words(text: str) -> str:
    """The text with every "left" for "right" and the other way round, also in "leftmost". Its own inverse."""
    return SIDE.sub(lambda found: _as_written(OTHER[found[1].lower()], found[1]), text)


def mirrored_prompt(task: str, prompt: str, codec: dict[str, Any]) -> str | None:
    """What to ask of the mirror image so that the mirrored target answers it; None where that is not certain.

    codec: the task's entry in the json field. In a normal prompt the sides are those of the colour code, which does not
    change. In a referring prompt every one must be that of a known expression: a thing's name might hold one, too.
    """
    if task in ("depth", "normal"):
        return prompt
    sides = len(SIDE.findall(prompt))
    if not sides:
        return prompt
    if task != "referring" or any("parsed" not in referent for referent in codec["referents"]):
        return None
    said = [Expression.from_json(referent["parsed"]) for referent in codec["referents"]]
    return mirrored_words(prompt) if sides == sum(map(_sides, said)) else None


def mirrored_caption(caption: str) -> str | None:
    """The caption of the mirror image; None where that is not certain."""
    known = sum(len(SIDE.findall(found[0])) for found in FARTHEST.finditer(caption))
    return mirrored_words(caption) if known == len(SIDE.findall(caption)) else None


def _sides(expression: Expression) -> int:
    """How often an expression says left or right by what it means, not by a name."""
    order, relation = expression.order, expression.relation
    named: Sequence[str] = [expression.category, *([relation.anchor.category] if relation else [])]
    if any(SIDE.search(name.replace("_", " ")) for name in named):
        # No number is right: the name stays, the meaning would not.
        return -(10**6)
    return (order is not None and order[0] in OTHER) + (relation is not None and relation.kind in OTHER)


def _as_written(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word
