"""Prompts read back: whether one says what its codec holds, and what colours one names.

A generator's answer can be decoded from the prompt alone, since the prompt names every colour that means something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth
from pipeline.codecs.palettes import BLACK, Color, as_color
from pipeline.codecs.tasks import TASKS, decode_target
from pipeline.errors import ConfigError
from pipeline.instructions import spelling
from pipeline.instructions.bank import load, recognise
from pipeline.instructions.requests import half_way, referent_slots

NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"
"""A positive number as `half_way` writes it, as a regular expression."""


@dataclass(frozen=True)
class Promise:
    """What a prompt promises the reader of its answer: the background, and the colour of each name, in order."""

    background: Color = BLACK
    colors: dict[str, Color] = field(default_factory=dict)


def promise(task: str, prompt: str) -> Promise | None:
    """The colours that a semantic, instance or referring prompt of the bank names; None for any other wording."""
    anything = {"one": "[a-z0-9 ]+?", "many": "[a-z0-9 ]+?", "list": ".+?", "mapping": ".+?", "sentences": ".+?"}
    slots = anything | {"background": spelling.COLOR, "rest": _rest(spelling.COLOR, silent=True)}
    for found in recognise(prompt, load(task)["prompts"], slots):
        said = found.get("background")
        if task == "semantic":
            colors = _mapping(found)
            tail = re.search(rf"({spelling.COLOR})\.$", found["rest"])
            said = tail[1] if tail else None
        elif task == "referring":
            colors = _referents(found)
        else:
            colors = {}
        background = spelling.read_color(said) if said else BLACK
        if colors is not None and background is not None:
            return Promise(background, colors)
    return None


def decode_by_prompt(task: str, rgb: NDArray[np.uint8], prompt: str | None) -> tuple[NDArray[Any], list[str]]:
    """`decode_target` of an answer to `prompt`, and the names of ids 1, 2, ... where the prompt names any.

    A semantic or referring prompt in the bank's wording tells the colours, an instance prompt the background, a depth or
    normal prompt colormap, scale and convention. Without a prompt they are the usual ones. Raises ConfigError for a
    prompt from which that cannot be read.
    """
    if prompt is None:
        return decode_target(task, rgb), []
    if task == "depth" and (scale := _said_scale(prompt)):
        return decode_target(task, rgb, colormap=scale[0], c=scale[1]), []
    if task == "normal" and (convention := _said_convention(prompt)):
        return decode_target(task, rgb, convention=convention), []
    if task not in ("depth", "normal") and (promised := promise(task, prompt)):
        return decode_target(task, rgb, list(promised.colors.values()), promised.background), list(promised.colors)
    raise ConfigError(f"--prompt {prompt!r}: not in the corpora's wording, so its colours cannot be read; leave it out")


def told_task(prompt: str) -> str | None:
    """The task that a prompt asks for, where its wording is the bank's and its answer can be read; None otherwise."""
    told = [task for task in TASKS if _tells(task, prompt)]
    return told[0] if len(told) == 1 else None


def _tells(task: str, prompt: str) -> bool:
    if task == "depth":
        return _said_scale(prompt) is not None
    if task == "normal":
        return _said_convention(prompt) is not None
    return promise(task, prompt) is not None


def _said_scale(prompt: str) -> tuple[str, float] | None:
    """Colormap and c that a depth prompt of the bank names."""
    bank = load("depth")
    scale = "|".join(re.escape(phrase).replace(re.escape("{half}"), NUMBER) for phrase in bank["scale"])
    for colormap, phrases in bank["how"].items():
        if any(recognise(prompt, bank["prompts"], {"how": f"{_either(phrases)}(?:{scale})?"})):
            half = re.search(rf"({NUMBER}) m\b", prompt)
            per_c = depth.denormalise(np.array([0.5]))[0] / depth.C
            return colormap, float(half[1]) / per_c if half else depth.C
    return None


def _said_convention(prompt: str) -> str | None:
    bank = load("normal")
    for convention, phrases in bank["how"].items():
        if any(recognise(prompt, bank["prompts"], {"how": _either(phrases)})):
            return str(convention)
    return None


def prompt_fault(task: str, prompt: str, codec: dict[str, Any]) -> str | None:
    """Why `prompt` does not ask for what `codec` says was painted, or is not of the bank; None when it does."""
    bank = load(task)
    for found in recognise(prompt, bank["prompts"], _SLOTS[task](codec)):
        if task != "semantic":
            return None
        expected = {spelling.spoken(row["class"]): tuple(row["color"]) for row in codec["palette"] if row["id"]}
        if _mapping(found) == expected:
            return None
    return "the prompt is no wording of the bank for these colours and parameters"


def _depth_slots(codec: dict[str, Any]) -> dict[str, str]:
    bank = load("depth")
    how = _either(bank["how"][codec["colormap"]])
    if codec["c"] == depth.C:
        return {"how": how}
    return {"how": how + _either([phrase.replace("{half}", half_way(codec)) for phrase in bank["scale"]])}


def _normal_slots(codec: dict[str, Any]) -> dict[str, str]:
    return {"how": _either(load("normal")["how"][codec["convention"]])}


def _semantic_slots(codec: dict[str, Any]) -> dict[str, str]:
    background = next(as_color(row["color"]) for row in codec["palette"] if row["id"] == 0)
    rest = _rest(spelling.any_spelling(background), silent=background == BLACK)
    return {"mapping": ".+?", "sentences": ".+?", "rest": rest}


def _instance_slots(codec: dict[str, Any]) -> dict[str, str]:
    return {
        "one": re.escape(spelling.spoken(codec["class"])),
        "many": re.escape(spelling.plural(codec["class"])),
        "background": spelling.any_spelling(as_color(codec["background"])),
    }


def _referring_slots(codec: dict[str, Any]) -> dict[str, str]:
    referents = codec["referents"]
    # A colour's place is held by a sign that no text has, then taken by its spellings.
    marks = [f"\0{number}\0" for number in range(len(referents))]
    slots = {name: re.escape(text) for name, text in referent_slots([r["text"] for r in referents], marks).items()}
    for mark, referent in zip(marks, referents, strict=True):
        spellings = spelling.any_spelling(as_color(referent["color"]))
        slots = {name: text.replace(re.escape(mark), spellings) for name, text in slots.items()}
    return slots | {"background": spelling.any_spelling(as_color(codec["background"]))}


_SLOTS: dict[str, Callable[[dict[str, Any]], dict[str, str]]] = {
    "depth": _depth_slots,
    "normal": _normal_slots,
    "semantic": _semantic_slots,
    "instance": _instance_slots,
    "referring": _referring_slots,
}


def _mapping(found: dict[str, str]) -> dict[str, Color] | None:
    if "mapping" in found:
        return spelling.read_mapping(found["mapping"])
    return spelling.read_sentences(found["sentences"])


def _referents(found: dict[str, str]) -> dict[str, Color] | None:
    if "list" in found:
        pairs = re.findall(rf"(?:^|; )(.+?) in ({spelling.COLOR})(?=;|$)", found["list"])
    else:
        pairs = re.findall(rf"(?:^|\. )(.+?) (?:is|are) ({spelling.COLOR})(?=\.)", found["sentences"])
    colors = {text[0].lower() + text[1:]: spelling.read_color(color) for text, color in pairs}
    known = {text: color for text, color in colors.items() if color is not None}
    return known if known and len(known) == len(colors) else None


def _rest(background: str, silent: bool) -> str:
    phrases = [re.escape(phrase).replace(re.escape("{background}"), background) for phrase in load("semantic")["rest"]]
    return "(?:" + "|".join([*phrases, ""] if silent else phrases) + ")"


def _either(phrases: Sequence[str]) -> str:
    return "(?:" + "|".join(re.escape(phrase) for phrase in phrases) + ")"
