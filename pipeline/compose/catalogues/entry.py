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


KINDS = {"noncommercial": "NC", "non commercial": "NC", "nc": "NC", "sharealike": "SA", "share alike": "SA", "sa": "SA",
         "noderivatives": "ND", "no derivatives": "ND", "noderivs": "ND", "no derivs": "ND", "nd": "ND"}  # fmt: skip
TERMS = rf"(?P<terms>(?: (?:{'|'.join(KINDS)}))*)"
LONG = re.compile(
    # Words that may stand before the name without changing what is said, and what may follow it.
    r"(?:(?:this|these|the|all|files?|works?|models?|sh3f|and|its|contents?|is|are|licen[sc]ed|released|available|under|a|terms"
    rf"|of) )*(?:creative commons|cc) (?:attribution|by){TERMS}(?: (?P<version>\d\.\d))?"
    r"(?: (?:international|unported|generic|(?P<us>united states|us)))?"
    r"(?: licen[sc]e)?(?: available at)?"
    # An author may follow, no condition.
    r"(?:(?!.*\b(?:only|except|but|not?|non|without|unless|commercial)\b)(?:,? by .*| (?:copyright )?©.*))?"
)
ZERO = re.compile(
    r"(?:(?:this|these|files?|is|are|under|the) )*(?:cc ?0|creative commons zero|cc zero)"
    r"(?: 1\.0)?(?: universal)?(?: licen[sc]e)?(?: \(?(?:cc0|public domain)\)?)?|public domain(?: \(?cc ?0\)?)?"
)
URL = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses/(?P<kind>by(?:-nc)?(?:-nd|-sa)?)/(?P<version>\d\.\d)"
    r"|publicdomain/(?P<public>zero|mark)/1\.0)(?:/(?P<country>[a-z]{2}))?(?:/(?:deed|legalcode)(?:\.[a-z-]+)?)?/?"
)
VERSION = re.compile(r"-(?P<version>\d+(?:\.\d+)*)(?P<rest>-[A-Z]{2,3})?$")


def licence_id(text: str) -> str:
    """The SPDX id of a licence as catalogues spell it: "CC0-1.0" for "Public domain", "unknown" for nothing.

    Known are Creative Commons' ids, names and addresses. Whatever says more or less than one of them is returned as it
    is: no version is made up, and no restriction is lost.
    """
    text = " ".join(text.split())
    if not text:
        return "unknown"
    if url := URL.fullmatch(text.lower()):
        if url["public"]:
            return "CC0-1.0" if url["public"] == "zero" else "CC-PDM-1.0"
        return f"CC-{url['kind'].upper()}-{url['version']}" + (f"-{url['country'].upper()}" if url["country"] else "")
    said = " ".join(text.replace("-", " ").replace("_", " ").lower().split()).rstrip(".:")
    if ZERO.fullmatch(said):
        return "CC0-1.0"
    if (named := LONG.fullmatch(said)) is None:
        return text
    parts = {KINDS[word] for word in re.findall("|".join(KINDS), named["terms"])}
    words = [
        "CC",
        "BY",
        *(p for p in ("NC", "ND", "SA") if p in parts),
        named["version"],
        "US" if named["us"] else None,
    ]
    return "-".join(word for word in words if word)


def admits(allowed: tuple[str, ...], licence: str) -> bool:
    """Whether `licence` is one of `allowed`: the same licence, of the same version where `allowed` names one.

    "CC-BY" thus admits CC-BY-3.0 and CC-BY-4.0, never CC-BY-NC-4.0.
    """
    return any(_same(licence_id(one), licence) for one in allowed)


def _same(wanted: str, licence: str) -> bool:
    if wanted.lower() == licence.lower():
        return True
    found, given = VERSION.search(licence), VERSION.search(wanted)
    if found is None or licence[: found.start()].lower() != wanted[: given.start() if given else None].lower():
        return False
    # A country's version is the same licence, translated: "CC-BY-3.0" admits CC-BY-3.0-US, not the other way round.
    return given is None or (given["version"] == found["version"] and not given["rest"])
