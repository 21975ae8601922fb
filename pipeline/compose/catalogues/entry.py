"""What a catalogue says of a model before anybody has opened its file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.scene import Float

Y_UP = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""Turns a file whose up is +y and whose front looks along +z (glTF, Sweet Home 3D) into up +z, front +y."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One model of a catalogue.

    catalogue, id: together its source, "catalogue#id". kind: what layouts ask for it as, a key of GENERATORS or a new
        class; None when no rule of the mapping knows it.
    name, group: as the catalogue calls it and the shelf it stands on. author, licence (an SPDX id where it is known),
        url: for attribution.
    archive: the zip that holds `file`, or None for a file of its own.
    turn: rotation from the file's axes to up +z, front +y. size_m: true extents (x, y, z) after `turn`, or None where
        the file's own units count. resting_m: height things rest on; None unknown, negative for none.
    light: where it shines, (x, y, z) from the middle of its underside; empty for what does not.
    """

    catalogue: str
    id: str
    kind: str | None
    name: str
    group: str
    author: str
    licence: str
    url: str
    file: str
    archive: Path | None = None
    turn: Float = field(default_factory=lambda: Y_UP)
    size_m: tuple[float, float, float] | None = None
    resting_m: float | None = None
    light: tuple[float, float, float] | None = None

    @property
    def source(self) -> str:
        """As scene.Object has it."""
        return f"{self.catalogue}#{self.id}"


def licence_id(text: str) -> str:
    """The SPDX id of a licence as catalogues spell it: "CC0-1.0" for "Public domain"; `text` itself when unknown."""
    said = " ".join(text.replace("-", " ").replace("_", " ").lower().split())
    if not said:
        return "unknown"
    if "cc0" in said or "cc 0" in said or "public domain" in said or "creative commons zero" in said:
        return "CC0-1.0"
    kinds = [("attribution", "by"), ("noncommercial", "nc"), ("non commercial", "nc"), ("share alike", "sa"),
             ("sharealike", "sa"), ("no derivative", "nd"), ("noderiv", "nd")]  # fmt: skip
    if re.search(r"\bcc by\b|creative commons|\bby\b", said):
        parts = {short for word, short in kinds if word in said} | {w for w in said.split() if w in ("nc", "sa", "nd")}
        version = re.search(r"\d\.\d", said)
        words = ["CC", "BY", *(p.upper() for p in ("nc", "nd", "sa") if p in parts), version[0] if version else "4.0"]
        country = "-US" if "united states" in said else ""
        return "-".join(words) + country
    return text.strip()
