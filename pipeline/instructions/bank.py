"""The template bank: prompts filled in, and prompts recognised.

A template is a sentence with alternatives "[this image|the scene]" and slots "{background}".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([a-z]+)\}")


@cache
def load(task: str) -> dict[str, Any]:
    """templates/<task>.yaml: "prompts", and phrases for its slots."""
    return yaml.safe_load((files("pipeline.instructions") / "templates" / f"{task}.yaml").read_text(encoding="utf-8"))


def pick(options: Sequence[str], rng: np.random.Generator) -> str:
    """One of `options`, all equally likely."""
    return options[int(rng.integers(len(options)))]


def fill(template: str, slots: Mapping[str, str], rng: np.random.Generator) -> str:
    """`template` with one of each alternatives and its slots replaced. Raises KeyError for a slot without a value."""
    plain = ALTERNATIVES.sub(lambda found: pick(found[1].split("|"), rng), template)
    return SLOT.sub(lambda found: slots[found[1]], plain)


def surface_forms(template: str) -> int:
    """How many sentences a template stands for, whatever is in its slots."""
    return int(np.prod([len(found.split("|")) for found in ALTERNATIVES.findall(template)], initial=1))


def recognise(prompt: str, templates: Sequence[str], slots: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """For each template that `prompt` may be made from: what stands in its slots, each of which matches a pattern.

    slots: slot -> regular expression without named groups.
    """
    for template in templates:
        pattern = ""
        seen: set[str] = set()
        for piece in re.split(r"(\[[^\[\]]*\]|\{[a-z]+\})", template):
            if piece.startswith("["):
                pattern += "(?:" + "|".join(re.escape(option) for option in piece[1:-1].split("|")) + ")"
            elif piece.startswith("{"):
                name = piece[1:-1]
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{slots[name]})"
                seen.add(name)
            else:
                pattern += re.escape(piece)
        if found := re.fullmatch(pattern, prompt, re.S):
            yield found.groupdict()
