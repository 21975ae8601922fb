"""What a view's answers are, and what a painting says: both as plain arrays, so that they can be scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.shards.sample import Sample


@dataclass(frozen=True, eq=False)
class Answer:
    """One view's answers to the five tasks; a task that was not asked is None.

    depth_m: float32 [H, W], +inf for nothing. normals: float32 [H, W, 3]. semantic: uint16 [H, W].
    instances: list of bool [H, W]. referring: one bool [H, W] for each referent.
    """

    depth_m: NDArray[np.float32] | None = None
    normals: NDArray[np.float32] | None = None
    semantic: NDArray[np.uint16] | None = None
    instances: list[NDArray[np.bool_]] | None = None
    referring: list[NDArray[np.bool_]] | None = None


def truth(sample: Sample) -> Answer:
    """The true answers: from the sample's exact labels where it has them, else decoded from its targets."""
    codecs, exact = sample.meta["codecs"], sample.exact
    if exact is None:
        answer = read(sample.targets, codecs)
        return Answer(
            answer.depth_m,
            answer.normals,
            answer.semantic,
            _by_color(sample.targets["instance"], codecs["instance"]["colors"]),
            _by_color(sample.targets["referring"], codecs["referring"]["referents"]),
        )
    palette = [row["id"] for row in codecs["semantic"]["palette"]]
    instance = exact["instance"]
    return Answer(
        depth_m=exact["depth"],
        normals=exact["normals"],
        # A class that the prompt did not name is background in this view's question.
        semantic=np.where(np.isin(exact["semantic"], palette), exact["semantic"], 0).astype(np.uint16),
        instances=_seen([instance == row["id"] for row in codecs["instance"]["colors"]]),
        referring=[np.isin(instance, row["ids"]) for row in codecs["referring"]["referents"]],
    )


def read(paintings: dict[str, NDArray[np.uint8]], codecs: dict[str, Any]) -> Answer:
    """Decode paintings (task -> uint8 [H, W, 3]) with what the sample's prompts promised the decoder."""
    answers: dict[str, Any] = {}
    for task, painted in paintings.items():
        if task == "depth":
            answers["depth_m"] = depth.decode(painted, codecs["depth"]["colormap"])
        elif task == "normal":
            answers["normals"] = normals.decode(painted)
        elif task == "semantic":
            palette = {row["id"]: _color(row["color"]) for row in codecs["semantic"]["palette"]}
            answers["semantic"] = segmentation.decode_semantic(painted, palette)
        elif task == "instance":
            answers["instances"] = segmentation.decode_instances(painted, _color(codecs["instance"]["background"]))
        elif task == "referring":
            referents = codecs["referring"]["referents"]
            palette = {0: _color(codecs["referring"]["background"])}
            palette |= {number: _color(row["color"]) for number, row in enumerate(referents, start=1)}
            ids = segmentation.decode_semantic(painted, palette)
            answers["referring"] = [ids == number for number in range(1, len(referents) + 1)]
    return Answer(**answers)


def _by_color(target: NDArray[np.uint8], rows: list[dict[str, Any]]) -> list[NDArray[np.bool_]]:
    return _seen([np.all(target == np.array(row["color"], np.uint8), axis=-1) for row in rows])


def _seen(masks: list[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    return [mask for mask in masks if mask.any()]


def _color(values: list[int]) -> tuple[int, int, int]:
    red, green, blue = values
    return int(red), int(green), int(blue)
