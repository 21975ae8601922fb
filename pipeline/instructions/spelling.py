"""How a colour or a list of them is written in a prompt, and plurals."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from pipeline.codecs.palettes import NAMED, Color

STYLES = ("name", "tuple", "angle", "hex")
_NAMES = {color: name for name, color in reversed(NAMED.items())}
_IRREGULAR = {"bookshelf": "bookshelves", "shelf": "shelves", "person": "people", "torus": "tori", "box": "boxes"}


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


def mapping(pairs: Sequence[tuple[str, Color]], style: str, rng: np.random.Generator) -> str:
    """A class-to-colour mapping: as JSON or as "box: red, ground: tan"."""
    if rng.random() < 0.3:
        value = {name: spell(color, style) if style in ("name", "hex") else list(color) for name, color in pairs}
        return json.dumps(value)
    sign = str(rng.choice([": ", " = ", " is "]))
    return ", ".join(f"{name}{sign}{spell(color, style)}" for name, color in pairs)


def spoken(category: str) -> str:
    """A category as one says it: "tv_stand" -> "tv stand"."""
    return category.replace("_", " ")


def plural(category: str) -> str:
    """Plural of a category as one says it: "tv_stand" -> "tv stands"."""
    words = spoken(category).split()
    last = words[-1]
    if last in _IRREGULAR:
        words[-1] = _IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh", "z")):
        words[-1] = last + "es"
    elif last.endswith("y") and last[-2:-1] not in tuple("aeiou"):
        words[-1] = last[:-1] + "ies"
    else:
        words[-1] = last + "s"
    return " ".join(words)
