"""For each task of a view: the prompt, the RGB target that answers it, and what a decoder must know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.codecs.palettes import BLACK, WHITE, Color
from pipeline.codecs.tasks import TASKS
from pipeline.config import InstructionConfig, ViewRules
from pipeline.instructions import spelling
from pipeline.instructions.bank import fill, load, pick
from pipeline.instructions.kin import PARTS, may_be_called
from pipeline.instructions.phrasing import NUMBERS, say
from pipeline.instructions.referring import Facts, choose
from pipeline.labels import Instance, Labels

MAX_CLASSES = 16
MAX_INSTANCES = 31
"""More colours than that are too close to each other to be told apart (codecs.palettes.spread)."""
MAX_ABSENT = 2
MAX_REFERENTS = 3
LEAST_LAB, LEAST_RGB = 35.0, 70.0
"""How far from its background white must be to be used; what `spread` makes of a few colours."""


class CannotAsk(Exception):
    """This view cannot carry a task. The sample is drawn again from its next attempt."""

    kind = "nothing to ask"


@dataclass(frozen=True, eq=False)
class Request:
    """One question and its answer.

    prompt: what the generator is told. target: uint8 [H, W, 3], what it must paint.
    codec: plain JSON values that a decoder needs (colormap, palette, background, ...).
    """

    prompt: str
    target: NDArray[np.uint8]
    codec: dict[str, Any]


@dataclass(frozen=True)
class View:
    """What the request makers read: one view's labels, instance table and class list. intrinsics: its camera's K, if known."""

    labels: Labels
    table: Sequence[Instance]
    classes: Sequence[str]
    rules: ViewRules
    config: InstructionConfig
    intrinsics: NDArray[np.float64] | None = None

    @cached_property
    def facts(self) -> Facts:
        """What can be said of the view."""
        height, width = self.labels.depth.shape
        return Facts(self.table, self.rules, width, height, self.intrinsics)

    @property
    def fixed(self) -> bool:
        """Whether every view has the same colours."""
        return self.config.palette == "fixed"


def make_requests(view: View, rng: np.random.Generator, tasks: Sequence[str] = TASKS) -> dict[str, Request]:
    """One Request for each of `tasks`. Raises CannotAsk when the view cannot carry one of them."""
    makers: dict[str, Callable[[View, np.random.Generator], Request]] = {
        "depth": _depth,
        "normal": _normal,
        "semantic": _semantic,
        "instance": _instance,
        "referring": _referring,
    }
    return {task: makers[task](view, rng) for task in tasks}


def _depth(view: View, rng: np.random.Generator) -> Request:
    maps = view.config.depth_colormaps
    shares = np.array(list(maps.values()))
    colormap = list(maps)[int(rng.choice(len(maps), p=shares / shares.sum()))]
    codec = {"colormap": colormap, "lambda": depth.LAMBDA, "c": view.config.depth_c}
    bank = load("depth")
    how = pick(bank["how"][colormap], rng)
    if view.config.depth_c != depth.C:
        how += pick(bank["scale"], rng).replace("{half}", half_way(codec))
    target = depth.encode(view.labels.depth, colormap, depth.LAMBDA, view.config.depth_c)
    return Request(fill(pick(bank["prompts"], rng), {"how": how}, rng), target, codec)


def half_way(codec: dict[str, Any]) -> str:
    """The depth in metres at which half of the path is used up, as prompts write it."""
    return f"{depth.denormalise(np.array([0.5]), codec['lambda'], codec['c'])[0]:.3g}"


def _normal(view: View, rng: np.random.Generator) -> Request:
    convention = view.config.normal_convention
    bank = load("normal")
    prompt = fill(pick(bank["prompts"], rng), {"how": pick(bank["how"][convention], rng)}, rng)
    return Request(prompt, normals.encode(view.labels.normals, convention), {"convention": convention})


def _semantic(view: View, rng: np.random.Generator) -> Request:
    listed = _listed(view, rng)
    style = _style(view, rng)
    if view.fixed:
        background = BLACK
        every = palettes.fixed(len(view.classes) - 1)
        palette = {0: background} | {i: every[i - 1] for i in listed}
    else:
        background = _background(style, rng)
        colors = palettes.spread(len(listed), rng, avoid=[background], named=style == "name")
        palette = {0: background} | dict(zip(listed, colors, strict=True))
    pairs = [(spelling.spoken(view.classes[i]), palette[i]) for i in listed]
    bank = load("semantic")
    rest = pick(bank["rest"], rng).replace("{background}", spelling.spell(background, style))
    slots = {
        "mapping": spelling.mapping(pairs, style, rng),
        "sentences": spelling.sentences(pairs, style),
        # What is not spoken of is black.
        "rest": "" if background == BLACK and rng.random() < 0.25 else rest,
    }
    rows = [
        {"class": view.classes[i] if i else "background", "id": i, "color": list(color)} for i, color in palette.items()
    ]
    prompt = fill(pick(bank["prompts"], rng), slots, rng)
    return Request(prompt, segmentation.encode(view.labels.semantic, palette), {"palette": rows})


def _listed(view: View, rng: np.random.Generator) -> list[int]:
    """Classes a semantic prompt names, in its order: all in view or some of them, and now and then one that is not.

    Where "chair" is listed and an office chair is not, it is in doubt whether that is meant, so kin in view go together,
    and so do a thing and what may be part of it.
    """
    present = [int(i) for i in np.flatnonzero(np.bincount(view.labels.semantic.ravel())) if i > 0]
    if not present:
        raise CannotAsk("no class in view")
    if view.fixed:
        return _with_kin([present[i] for i in rng.permutation(len(present))], len(present), MAX_CLASSES, view.classes)
    some = len(present) if rng.random() < 0.5 else int(rng.integers(1, len(present) + 1))
    drawn = [present[i] for i in rng.permutation(len(present))]
    listed = _with_kin(drawn, some, MAX_CLASSES - MAX_ABSENT, view.classes)
    absent = [i for i in range(1, len(view.classes)) if i not in present]
    if absent and rng.random() < 0.3:
        count = int(rng.integers(1, MAX_ABSENT + 1))
        drawn = [absent[i] for i in rng.permutation(len(absent))]
        listed += [i for i in drawn if not any(_kin(i, j, view.classes) for j in present)][:count]
    return [listed[i] for i in rng.permutation(len(listed))]


def _with_kin(drawn: list[int], some: int, most: int, classes: Sequence[str]) -> list[int]:
    """The first `some` of `drawn` with their kin among the others, in that order: at most `most`, no kin torn apart.

    Raises CannotAsk when there are more kin than that.
    """
    listed: set[int] = set()
    for first in drawn[:some]:
        if len(listed) == most:
            break
        group, more = set[int](), {first}
        while more:
            group |= more
            more = {i for i in drawn if i not in group and any(_kin(i, j, classes) for j in group)}
        if len(listed | group) <= most:
            listed |= group
    if not listed:
        raise CannotAsk(f"more than {most} classes in view may be called by each other's names")
    return [i for i in drawn if i in listed]


def _kin(one: int, other: int, classes: Sequence[str]) -> bool:
    return any(
        may_be_called(name, other_name) or name in PARTS.get(other_name, ())
        for name, other_name in permutations((classes[one], classes[other]))
    )


def askable_categories(facts: Facts) -> list[str]:
    """Categories whose instances can be asked for: seen well, not too many, and in doubt of nothing else in view."""
    shown = Counter(row.category for row in facts.table)
    seen_well = {row.category for row in facts.table if row.thing and facts.seen_well(row)}
    noticed = {row.category for row in facts.table if facts.noticed(row)}
    # Where an office chair stands, "each chair" leaves in doubt whether it is one.
    clear = {name for name in seen_well - facts.parts if not any(may_be_called(name, other) for other in noticed)}
    return sorted(category for category in clear if shown[category] <= MAX_INSTANCES)


def _instance(view: View, rng: np.random.Generator) -> Request:
    askable = askable_categories(view.facts)
    if not askable:
        raise CannotAsk("no thing is seen well enough to ask for its instances, or too many of it are")
    category = str(rng.choice(askable))
    # From left to right, so that a fixed palette has one right answer.
    rows = sorted((r for r in view.table if r.category == category), key=lambda r: (r.centroid[0], r.id))
    style = _style(view, rng)
    if view.fixed:
        background, colors = BLACK, palettes.fixed(len(rows))
    else:
        background = _background(style, rng)
        colors = palettes.spread(len(rows), rng, avoid=[background])
    palette = {0: background} | {row.id: color for row, color in zip(rows, colors, strict=True)}
    slots = {
        "one": spelling.spoken(category),
        "many": spelling.plural(category),
        "background": spelling.spell(background, style),
    }
    codec = {
        "class": category,
        "background": list(background),
        "colors": [{"id": row.id, "color": list(palette[row.id])} for row in rows],
    }
    prompt = fill(pick(load("instance")["prompts"], rng), slots, rng)
    return Request(prompt, segmentation.encode(view.labels.instance, palette), codec)


def _referring(view: View, rng: np.random.Generator) -> Request:
    chosen = choose(view.facts, 1 if view.fixed else MAX_REFERENTS, rng, view.config.expressions)
    if not chosen:
        raise CannotAsk("no thing has an unambiguous referring expression")
    style = _style(view, rng)
    if view.fixed:
        background, colors = BLACK, [WHITE]
    else:
        background = BLACK if rng.random() < 0.75 else _background(style, rng)
        pair = [background, WHITE]
        clear = palettes.min_distance(pair) >= LEAST_LAB and palettes.min_rgb_distance(pair) >= LEAST_RGB
        first = [WHITE] if clear and rng.random() >= 0.25 else []
        more = palettes.spread(len(chosen) - len(first), rng, avoid=[background, *first], named=style == "name")
        colors = [*first, *more]
    texts = [say(expression, len(ids), rng) for expression, ids in chosen]
    slots = referent_slots(texts, [spelling.spell(color, style) for color in colors])
    slots["background"] = spelling.spell(background, style)
    palette: dict[int, Color] = {0: background}
    palette |= {number: color for (_, ids), color in zip(chosen, colors, strict=True) for number in ids}
    codec = {
        "background": list(background),
        "referents": [
            {"text": text, "color": list(color), "ids": ids, "parsed": expression.as_json()}
            for text, (expression, ids), color in zip(texts, chosen, colors, strict=True)
        ],
    }
    prompt = fill(pick(load("referring")["prompts"], rng), slots, rng)
    return Request(prompt, segmentation.encode(view.labels.instance, palette), codec)


def referent_slots(texts: Sequence[str], colors: Sequence[str]) -> dict[str, str]:
    """Slots "list" and "sentences" of the referring templates, for expressions and the spellings of their colours."""
    pairs = list(zip(texts, colors, strict=True))
    return {
        "list": "; ".join(f"{text} in {color}" for text, color in pairs),
        "sentences": " ".join(f"{text[0].upper()}{text[1:]} {_verb(text)} {color}." for text, color in pairs),
    }


def _verb(text: str) -> str:
    first, second, *_ = text.split(" ")
    return "are" if first != "the" or second in NUMBERS.values() else "is"


def _background(style: str, rng: np.random.Generator) -> Color:
    return BLACK if rng.random() < 0.5 else palettes.spread(1, rng, named=style == "name")[0]


def _style(view: View, rng: np.random.Generator) -> str:
    return "name" if view.fixed else str(rng.choice(spelling.STYLES))
