"""How a colour, or a list of them, is written in a prompt and read back; how categories are said."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np

from pipeline.codecs.palettes import NAMED, Color

STYLES = ("name", "tuple", "angle", "hex")
SIGNS = (": ", " = ", " is ", " -> ", " in ")
"""Between a name and its colour in a list."""
_NAMES = {color: name for name, color in reversed(NAMED.items())}
_IRREGULAR = {"bookshelf": "bookshelves", "shelf": "shelves", "person": "people", "torus": "tori", "box": "boxes",
              "knife": "knives", "mouse": "mice", "die": "dice", "loaf": "loaves"}  # fmt: skip
_COUNTED = {"scissors": "pair of scissors", "headphones": "pair of headphones", "bread": "loaf of bread",
            "toilet_roll": "roll of toilet paper", "paper_towel": "roll of paper towels", "tape_roll": "roll of tape",
            "rolling_stairs": "set of rolling stairs", "shelving": "shelving unit", "skirting": "skirting board",
            "salad": "bowl of salad"}  # fmt: skip
"""What one cannot have two of without a word to count by."""

COLOR = r"(?:\(\d{1,3}, ?\d{1,3}, ?\d{1,3}\)|<\d{1,3}, ?\d{1,3}, ?\d{1,3}>|#[0-9A-Fa-f]{6}|[A-Za-z]+)"
"""A colour in any spelling, as a regular expression."""
_PAIR = re.compile(rf"([a-z0-9][a-z0-9 ]*?)(?:{'|'.join(SIGNS)})({COLOR})(?:, |$)")


def spell(color: Color, style: str) -> str:
    """`color` as text: "red", "(255, 0, 0)", "<255, 0, 0>" or "#FF0000". A nameless colour in style "name" is a tuple."""
    r, g, b = color
    if style == "name" and color in _NAMES:
        return _NAMES[color]
    if style == "angle":
        return f"<{r}, {g}, {b}>"
    if style == "hex":
        return f"#{r:02X}{g:02X}{b:02X}"
    return f"({r}, {g}, {b})"


def read_color(text: str) -> Color | None:
    """The colour that `text` spells in any style; None for anything else."""
    if text.lower() in NAMED:
        return NAMED[text.lower()]
    if re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    if re.fullmatch(COLOR, text) and len(values := [int(value) for value in re.findall(r"\d+", text)]) == 3:
        r, g, b = values
        return (r, g, b) if max(values) <= 255 else None
    return None


def any_spelling(color: Color) -> str:
    """A regular expression for all spellings of `color`."""
    return "(?:" + "|".join(sorted({re.escape(spell(color, style)) for style in STYLES})) + ")"


def mapping(pairs: Sequence[tuple[str, Color]], style: str, rng: np.random.Generator) -> str:
    """A class-to-colour mapping: as a JSON object or as "box: red, ground: tan"."""
    if rng.random() < 0.3:
        value = {name: spell(color, style) if style in ("name", "hex") else list(color) for name, color in pairs}
        return json.dumps(value)
    sign = SIGNS[int(rng.integers(len(SIGNS)))]
    return ", ".join(f"{name}{sign}{spell(color, style)}" for name, color in pairs)


def read_mapping(text: str) -> dict[str, Color] | None:
    """Inverse of `mapping`: name -> colour; None for text that is no mapping, or names something twice."""
    pairs: list[tuple[str, Color | None]] = []
    if text.startswith("{"):
        try:
            for name, value in json.loads(text, object_pairs_hook=list):
                pairs.append((name, read_color(value if isinstance(value, str) else f"({', '.join(map(str, value))})")))
        except (ValueError, TypeError):
            return None
    else:
        end = 0
        for found in _PAIR.finditer(text):
            if found.start() != end:
                return None
            end = found.end()
            pairs.append((found[1], read_color(found[2])))
        if end != len(text):
            return None
    return _unique(pairs)


def sentences(pairs: Sequence[tuple[str, Color]], style: str) -> str:
    """The same as sentences: "The box is red. The ground is tan."."""
    return " ".join(f"The {name} is {spell(color, style)}." for name, color in pairs)


def read_sentences(text: str) -> dict[str, Color] | None:
    """Inverse of `sentences`; None as for `read_mapping`."""
    found = re.findall(rf"The ([a-z0-9 ]+?) is ({COLOR})\.", text)
    if " ".join(f"The {name} is {color}." for name, color in found) != text:
        return None
    return _unique([(name, read_color(color)) for name, color in found])


def spoken(category: str) -> str:
    """A category as one says it: "tv_stand" -> "tv stand", "bread" -> "loaf of bread"."""
    return _COUNTED.get(category) or category.replace("_", " ")


def says(category: str, word: str) -> bool:
    """Whether the name of the category says this colour or material by itself, as "rubber duck" does."""
    return word in spoken(category).split()


def plural(category: str) -> str:
    """Plural of a category as one says it: "tv_stand" -> "tv stands", "bread" -> "loaves of bread"."""
    noun, of, rest = spoken(category).partition(" of ")
    *words, last = noun.split()
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh", "z")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou"):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*words, last]) + of + rest


def _unique(pairs: Sequence[tuple[str, Color | None]]) -> dict[str, Color] | None:
    colors = {name: color for name, color in pairs if color is not None}
    return colors if len(colors) == len(pairs) and pairs else None
