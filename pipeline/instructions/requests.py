"""For each task of a view: the prompt, the RGB target that answers it, and what a decoder must know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.codecs.palettes import BLACK, WHITE, Color
from pipeline.codecs.tasks import TASKS
from pipeline.config import InstructionConfig, ViewRules
from pipeline.instructions import spelling
from pipeline.instructions.referring import choose, seen_well
from pipeline.labels import Instance, Labels

MAX_CLASSES = 16
MAX_REFERENTS = 3


class CannotAsk(Exception):
    """This view cannot carry a task. The sample is drawn again from its next attempt."""


@dataclass(frozen=True, eq=False)
class Request:
    """One question and its answer.

    prompt: what the generator is told. target: uint8 [H, W, 3], what it must paint.
    codec: plain JSON values that a decoder needs (colormap, palette, background, ...).
    """

    prompt: str
    target: NDArray[np.uint8]
    codec: dict[str, Any]


@dataclass(frozen=True, eq=False)
class View:
    """What the request makers read: one view's labels, instance table and class list."""

    labels: Labels
    table: Sequence[Instance]
    classes: Sequence[str]
    rules: ViewRules
    config: InstructionConfig

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        height, width = self.labels.depth.shape
        return width, height


def make_requests(view: View, rng: np.random.Generator) -> dict[str, Request]:
    """One Request for each of TASKS. Raises CannotAsk when the view cannot carry one of them."""
    makers: dict[str, Callable[[View, np.random.Generator], Request]] = {
        "depth": _depth,
        "normal": _normal,
        "semantic": _semantic,
        "instance": _instance,
        "referring": _referring,
    }
    return {task: makers[task](view, rng) for task in TASKS}


def _depth(view: View, rng: np.random.Generator) -> Request:
    bank = _bank("depth")
    prompt = _pick(bank["prompts"], rng).format(depth_scale=_pick(bank["depth_scale"], rng))
    codec = {"colormap": "hilbert", "lambda": depth.LAMBDA, "c": depth.C}
    return Request(prompt, depth.encode(view.labels.depth), codec)


def _normal(view: View, rng: np.random.Generator) -> Request:
    bank = _bank("normal")
    prompt = _pick(bank["prompts"], rng).format(convention=_pick(bank["convention"], rng))
    return Request(prompt, normals.encode(view.labels.normals), {"convention": normals.CONVENTION})


def _semantic(view: View, rng: np.random.Generator) -> Request:
    present = np.unique(view.labels.semantic)
    listed = [int(i) for i in present if i > 0]
    if not listed:
        raise CannotAsk("no class in view")
    listed = [listed[i] for i in rng.permutation(len(listed))[:MAX_CLASSES]]
    style = _style(view, rng)
    if view.config.palette == "fixed":
        background = BLACK
        every = palettes.fixed(len(view.classes) - 1)
        palette = {0: background} | {i: every[i - 1] for i in listed}
    else:
        background = BLACK if rng.random() < 0.5 else palettes.spread(1, rng, named=style == "name")[0]
        colors = palettes.spread(len(listed), rng, avoid=[background], named=style == "name")
        palette = {0: background} | dict(zip(listed, colors, strict=True))
    pairs = [(spelling.spoken(view.classes[i]), palette[i]) for i in listed]
    bank = _bank("semantic")
    prompt = _pick(bank["prompts"], rng).format(
        mapping=spelling.mapping(pairs, style, rng),
        sentences=" ".join(f"The {name} is {spelling.spell(color, style)}." for name, color in pairs),
        rest=_pick(bank["rest"], rng).format(background=spelling.spell(background, style)),
    )
    rows = [
        {"class": view.classes[i] if i else "background", "id": i, "color": list(color)} for i, color in palette.items()
    ]
    return Request(prompt, segmentation.encode(view.labels.semantic, palette), {"palette": rows})


def _instance(view: View, rng: np.random.Generator) -> Request:
    askable = sorted({row.category for row in view.table if row.thing and seen_well(row, view.rules, *view.size)})
    if not askable:
        raise CannotAsk("no thing is seen well enough to ask for its instances")
    category = str(rng.choice(askable))
    # From left to right, so that a fixed palette has one right answer.
    rows = sorted((r for r in view.table if r.category == category), key=lambda r: (r.centroid[0], r.id))
    style = _style(view, rng)
    if view.config.palette == "fixed":
        background, colors = BLACK, palettes.fixed(len(rows))
    else:
        background = BLACK if rng.random() < 0.5 else palettes.spread(1, rng, named=style == "name")[0]
        colors = palettes.spread(len(rows), rng, avoid=[background])
    palette = {0: background} | {row.id: color for row, color in zip(rows, colors, strict=True)}
    prompt = _pick(_bank("instance")["prompts"], rng).format(
        one=spelling.spoken(category), many=spelling.plural(category), background=spelling.spell(background, style)
    )
    codec = {
        "class": category,
        "background": list(background),
        "colors": [{"id": row.id, "color": list(palette[row.id])} for row in rows],
    }
    return Request(prompt, segmentation.encode(view.labels.instance, palette), codec)


def _referring(view: View, rng: np.random.Generator) -> Request:
    fixed = view.config.palette == "fixed"
    chosen = choose(view.table, view.rules, *view.size, most=1 if fixed else MAX_REFERENTS, rng=rng)
    if not chosen:
        raise CannotAsk("no thing has an unambiguous referring expression")
    style = _style(view, rng)
    background = BLACK
    colors: list[Color] = [WHITE]
    if not fixed:
        colors += palettes.spread(len(chosen) - 1, rng, avoid=[BLACK, WHITE], named=style == "name")
    spelled = [(e.text, spelling.spell(color, style)) for (e, _), color in zip(chosen, colors, strict=True)]
    prompt = _pick(_bank("referring")["prompts"], rng).format(
        list="; ".join(f"{text} in {color}" for text, color in spelled),
        sentences=" ".join(f"{text[0].upper()}{text[1:]} is {color}." for text, color in spelled),
        background=spelling.spell(background, style),
    )
    palette = {0: background} | {number: color for (_, number), color in zip(chosen, colors, strict=True)}
    codec = {
        "background": list(background),
        "referents": [
            {
                "text": e.text,
                "color": list(color),
                "ids": [number],
                "parsed": {"category": e.category, "color": e.color, "position": e.position},
            }
            for (e, number), color in zip(chosen, colors, strict=True)
        ],
    }
    return Request(prompt, segmentation.encode(view.labels.instance, palette), codec)


def _style(view: View, rng: np.random.Generator) -> str:
    return "name" if view.config.palette == "fixed" else str(rng.choice(spelling.STYLES))


def _pick(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


@cache
def _bank(task: str) -> dict[str, list[str]]:
    return yaml.safe_load((files("pipeline.instructions") / "templates" / f"{task}.yaml").read_text())
