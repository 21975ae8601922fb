"""Expressions in words, and words back into expressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from pipeline.instructions.referring import Expression, Relation
from pipeline.instructions.spelling import plural, spoken

ADJECTIVES = {"wood": "wooden"}
"""Materials whose adjective is another word."""
DRESSED = ("person",)
"""Whose colour and material are those of their clothes."""
WORN = "in "
RANKS = {2: "second", 3: "third"}
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
SIZES = {"largest": ("largest", "biggest"), "smallest": ("smallest",)}
BEFORE = {
    ("left", 1): ("leftmost",),
    ("right", 1): ("rightmost",),
    ("near", 1): ("nearest", "closest"),
    ("far", 1): ("farthest", "most distant"),
}
"""Orders said in front of the noun."""
AFTER = {
    ("left", 1): ("on the far left",),
    ("right", 1): ("on the far right",),
    ("near", 1): ("nearest the camera", "closest to the camera"),
    ("far", 1): ("farthest from the camera",),
}
"""The same said after it. Further ranks are "second ... from the left"."""
PLACES = {
    "on": ("on", "hanging from"),
    "left": ("to the left of", "left of"),
    "right": ("to the right of", "right of"),
    "front": ("in front of",),
    "behind": ("behind",),
}


def say(expression: Expression, count: int, rng: np.random.Generator) -> str:
    """`expression`, which means `count` things, in words: "the second red box from the left"."""
    several = expression.group
    noun = plural(expression.category) if several else spoken(expression.category)
    before, after = [], []
    if expression.order:
        axis, rank = expression.order
        if rank > 1:
            before.append(RANKS[rank])
            after.append(f"from the {axis}")
        elif rng.random() < 0.5:
            before.append(_pick(BEFORE[axis, 1], rng))
        else:
            after.append(_pick(AFTER[axis, 1], rng))
    if expression.size:
        before.append(_pick(SIZES[expression.size], rng))
    noun = described(noun, expression.category, expression.color, _adjective(expression.material))
    if expression.not_color:
        after.append(f"that {'are' if several else 'is'} not {_worn(expression.category)}{expression.not_color}")
    if expression.relation:
        after.append(_place(expression.relation, rng))
    article = _pick(_articles(count), rng) if several else "the"
    return " ".join([article, *before, noun, *after])


def described(noun: str, category: str, color: str | None, adjective: str | None = None) -> str:
    """`noun`, a spelling of `category`, with its colour and material: "red wooden box", but "person in red"."""
    if category in DRESSED:
        return f"{noun} {WORN}{color}" if color else noun
    return " ".join(word for word in (color, adjective, noun) if word)


def parse(text: str, categories: Iterable[str], colors: Iterable[str], materials: Iterable[str]) -> Expression | None:
    """The expression that `text` says, in any wording of `say`; None for anything else. Case of letters is ignored."""
    words = text.lower().strip()
    colors = list(colors)
    relation = None
    for kind, phrases in PLACES.items():
        for phrase in phrases:
            head, found, rest = words.partition(f" {phrase} the ")
            if not found or (phrase == "on" and rest.startswith("far ")):
                continue
            anchor = _noun_phrase(rest, list(categories), colors, (), several=False)
            if anchor is None:
                return None
            relation, words = Relation(kind, anchor), head
            break
        if relation:
            break
    not_color = None
    for color in colors:
        for verb in ("is", "are"):
            for worn in ("", WORN):
                words, negated = _without_end(words, f" that {verb} not {worn}{color}")
                not_color = color if negated else not_color
    several = False
    for article in sorted({a for count in NUMBERS for a in _articles(count)}, key=len, reverse=True):
        if words.startswith(article + " "):
            words, several = words[len(article) + 1 :], True
            break
    else:
        if not words.startswith("the "):
            return None
        words = words[4:]
    words, order = _order(words)
    size = None
    for name, phrases in SIZES.items():
        for phrase in phrases:
            words, said = _without_start(words, phrase + " ")
            size = name if said else size
    expression = _noun_phrase(words, list(categories), colors, tuple(materials), several)
    if expression is None:
        return None
    return replace(expression, size=size, order=order, relation=relation, not_color=not_color, group=several)


def _order(words: str) -> tuple[str, tuple[str, int] | None]:
    """`words` without what says an order, and the order."""
    for rank, ordinal in RANKS.items():
        for axis in ("left", "right"):
            if words.startswith(ordinal + " ") and words.endswith(f" from the {axis}"):
                return words[len(ordinal) + 1 : -len(f" from the {axis}")], (axis, rank)
    for order, phrases in BEFORE.items():
        for phrase in phrases:
            rest, said = _without_start(words, phrase + " ")
            if said:
                return rest, order
    for order, phrases in AFTER.items():
        for phrase in phrases:
            rest, said = _without_end(words, " " + phrase)
            if said:
                return rest, order
    return words, None


def _noun_phrase(
    words: str, categories: Sequence[str], colors: Sequence[str], materials: Sequence[str], several: bool
) -> Expression | None:
    """[colour] [material] noun."""
    for category in categories:
        noun = plural(category) if several else spoken(category)
        for name in colors if category in DRESSED else ():
            if words == f"{noun} {WORN}{name}":
                return Expression(category, name)
        head, found = _without_end(" " + words, " " + noun)
        if not found or (category in DRESSED and words != noun):
            continue
        said = head.split()
        color = said.pop(0) if said and said[0] in colors else None
        material = next((m for m in materials if said == [_adjective(m)]), None)
        if not said or material:
            return Expression(category, color, material)
    return None


def _place(relation: Relation, rng: np.random.Generator) -> str:
    on, hanging = PLACES["on"]
    resting = hanging if relation.anchor.category == "ceiling" else on
    phrase = resting if relation.kind == "on" else _pick(PLACES[relation.kind], rng)
    category = relation.anchor.category
    anchor = described(spoken(category), category, relation.anchor.color)
    return f"{phrase} the {anchor}"


def _worn(category: str) -> str:
    return WORN if category in DRESSED else ""


def _articles(count: int) -> tuple[str, ...]:
    if count == 2:
        return "both", "the two"
    return ("all", "all the", *((f"the {NUMBERS[count]}", f"all {NUMBERS[count]}") if count in NUMBERS else ()))


def _adjective(material: str | None) -> str | None:
    return ADJECTIVES.get(material or "", material)


def _without_start(words: str, start: str) -> tuple[str, bool]:
    return (words[len(start) :], True) if words.startswith(start) else (words, False)


def _without_end(words: str, end: str) -> tuple[str, bool]:
    return (words[: -len(end)], True) if words.endswith(end) else (words, False)


def _pick(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
