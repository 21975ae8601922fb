"""What a view's answers are, and what a painting says: both as plain arrays, so that they can be scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.palettes import as_color
from pipeline.shards.sample import Sample


@dataclass(frozen=True, eq=False)
class Answer:
    """One view's answers to the five tasks; a task that was not asked is None.

    depth_m: float32 [H, W], +inf for nothing. normals: float32 [H, W, 3]. semantic: uint16 [H, W].
    instances: list of bool [H, W]. referring: one bool [H, W] for each referent. ignored: of a truth, the instances too
    small to be drawn: nobody need find them, and finding them is not wrong. category: of a truth, whose instances they are.
    """

    depth_m: NDArray[np.float32] | None = None
    normals: NDArray[np.float32] | None = None
    semantic: NDArray[np.uint16] | None = None
    instances: list[NDArray[np.bool_]] | None = None
    referring: list[NDArray[np.bool_]] | None = None
    ignored: Sequence[NDArray[np.bool_]] = ()
    category: str | None = None


@dataclass(frozen=True)
class Question:
    """What a view's prompts tell without its picture.

    classes: the semantic ids they list, ascending. category: the class whose instances are asked for. referents: of each thing
    referred to its category, None where the words name none.
    """

    classes: tuple[int, ...]
    category: str | None
    referents: tuple[str | None, ...]


def question(sample: Sample) -> Question:
    """What the sample's prompts tell."""
    codecs = sample.meta["codecs"]
    return Question(
        tuple(sorted(semantic_palette(codecs))),
        codecs["instance"].get("class"),
        tuple((row.get("parsed") or {}).get("category") for row in codecs["referring"]["referents"]),
    )


def truth(sample: Sample) -> Answer:
    """The true answers: from the sample's exact labels where it has them, else decoded from its targets.

    An instance that even a perfect painting would not decode to, because the decoder takes it for a speck or for the
    edge of another, goes to `ignored`: a sliver behind a chair is no thing to be counted. COCO's ignore regions are the
    same idea.
    """
    codecs, exact = sample.meta["codecs"], sample.exact
    if exact is None:
        answer = read({task: sample.targets[task] for task in ("depth", "normal", "semantic")}, codecs)
        instances, ignored = _by_size(_by_color(sample.targets["instance"], codecs["instance"]["colors"]))
        referring = _by_color(sample.targets["referring"], codecs["referring"]["referents"])
        return replace(
            answer, instances=instances, referring=referring, ignored=ignored, category=codecs["instance"].get("class")
        )
    palette = list(semantic_palette(codecs))
    instance = exact["instance"]
    instances, ignored = _by_size([instance == row["id"] for row in codecs["instance"]["colors"]])
    return Answer(
        depth_m=exact["depth"],
        normals=exact["normals"],
        # A class that the prompt did not name is background in this view's question.
        semantic=np.where(np.isin(exact["semantic"], palette), exact["semantic"], 0).astype(np.uint16),
        instances=instances,
        referring=[np.isin(instance, row["ids"]) for row in codecs["referring"]["referents"]],
        ignored=ignored,
        category=codecs["instance"].get("class"),
    )


def read_depth(painted: NDArray[np.uint8], codecs: dict[str, Any]) -> NDArray[np.float32]:
    """Metres of a depth painting, float32 [H, W], by the colormap and scale of the sample's codecs."""
    codec = codecs["depth"]
    return depth.decode(painted, codec["colormap"], codec["lambda"], codec["c"])


def read(paintings: dict[str, NDArray[np.uint8]], codecs: dict[str, Any]) -> Answer:
    """Decode paintings (task -> uint8 [H, W, 3]) with what the sample's prompts promised the decoder."""
    answers: dict[str, Any] = {}
    for task, painted in paintings.items():
        if task == "depth":
            answers["depth_m"] = read_depth(painted, codecs)
        elif task == "normal":
            answers["normals"] = normals.decode(painted, codecs["normal"]["convention"])
        elif task == "semantic":
            answers["semantic"] = segmentation.decode_semantic(painted, semantic_palette(codecs))
        elif task == "instance":
            answers["instances"] = segmentation.decode_instances(painted, as_color(codecs["instance"]["background"]))
        elif task == "referring":
            referents = codecs["referring"]["referents"]
            palette = {0: as_color(codecs["referring"]["background"])}
            palette |= {number: as_color(row["color"]) for number, row in enumerate(referents, start=1)}
            ids = segmentation.decode_semantic(painted, palette)
            answers["referring"] = [ids == number for number in range(1, len(referents) + 1)]
    return Answer(**answers)


def semantic_palette(codecs: dict[str, Any]) -> dict[int, tuple[int, int, int]]:
    """The listed classes of a sample: semantic id -> colour."""
    return {row["id"]: as_color(row["color"]) for row in codecs["semantic"]["palette"]}


def _by_color(target: NDArray[np.uint8], rows: list[dict[str, Any]]) -> list[NDArray[np.bool_]]:
    return [np.all(target == np.array(row["color"], np.uint8), axis=-1) for row in rows]


def _by_size(masks: list[NDArray[np.bool_]]) -> tuple[list[NDArray[np.bool_]], list[NDArray[np.bool_]]]:
    """(instances to be found, instances to be ignored) of those that are in view at all."""
    drawn: list[NDArray[np.bool_]] = []
    specks: list[NDArray[np.bool_]] = []
    for mask in masks:
        if mask.any():
            small = mask.sum() < segmentation.smallest_mask(*mask.shape)
            (specks if small or not segmentation.eroded(mask).any() else drawn).append(mask)
    return drawn, specks
