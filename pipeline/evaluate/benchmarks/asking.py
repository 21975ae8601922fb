"""The questions put to a model, in the wording its corpora have: one fixed sentence a task, and what decodes the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.codecs import depth, normals, palettes
from pipeline.codecs.palettes import BLACK, WHITE
from pipeline.instructions.spelling import spell

Asked = tuple[str, dict[str, Any]]
"""A prompt and its codec."""

DEPTH: Asked = (
    "Generate a metric depth map of this image with the hilbert colormap.",
    {"colormap": "hilbert", "lambda": depth.LAMBDA, "c": depth.C},
)
NORMAL: Asked = (
    "Generate a surface normal map of this image in camera space, red for left, green for up, blue for towards the viewer.",
    {"convention": normals.CONVENTION},
)


def semantic(names: Sequence[str]) -> Asked:
    """Ask for classes, whose ids are 1, 2, ... in the order of `names`; what is none of them, 0, is black."""
    colors = palettes.fixed(len(names))
    mapping = ", ".join(f"{name}: {spell(color, 'tuple')}" for name, color in zip(names, colors, strict=True))
    rows = [{"class": "background", "id": 0, "color": list(BLACK)}]
    rows += [{"class": name, "id": i, "color": list(c)} for i, (name, c) in enumerate(zip(names, colors), start=1)]
    prompt = f"Segment the image by class with these colors: {mapping}. Everything else is black."
    return prompt, {"palette": rows}


def referring(text: str) -> Asked:
    """Ask for what a phrase names, white on black."""
    return f"Paint {text} in white. Paint everything else black.", _white(text)


def reasoning(question: str) -> Asked:
    """Ask for what answers a question, white on black. A question is no phrase: no wording of the corpora takes one."""
    return f"{question} Paint it in white. Paint everything else black.", _white(question)


def instances(phrase: str) -> Asked:
    """Ask for everything that a noun phrase names, be it singular, plural or a mass."""
    codec = {"class": phrase, "background": list(BLACK)}
    return f"Instance segmentation: {phrase}. Use black for the background.", codec


def _white(text: str) -> dict[str, Any]:
    return {"background": list(BLACK), "referents": [{"text": text, "color": list(WHITE)}]}
