"""ReasonSeg, reasoning segmentation, validation split: Lai et al., "LISA", CVPR 2024, arXiv:2308.00692.
https://github.com/dvlab-research/LISA

Files: `val/*.jpg`, each with a .json of the same name, in the folder or its `ReasonSeg/`. Licence: see the repository.
Split: 200 pictures. Question: the first entry of "text"; "is_sentence" tells a question or statement from a phrase.
Truth: polygons of "shapes" drawn from the largest to the smallest, with their outlines, as LISA's `data_processing.py`
does, on pictures turned as EXIF says: "target" is to be found, "ignore" is not scored, "flag" is left out. gIoU: mean of
the pictures' IoU, 1 where neither has a pixel; cIoU: intersections over unions, both summed.

Asked: a phrase as the corpora's referring expressions are ("Paint PHRASE in white. Paint everything else black."); a
sentence followed by "Paint it in white. Paint everything else black.", which is no wording of the corpora.
Protocols differ: papers on agents let a language model read the sentence first; here nothing does.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.benchmarks.asking import reasoning, referring
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.files import found, read_json, read_rgb, reading, required
from pipeline.evaluate.truth import Answer

REMEDY = "unpack val.zip of ReasonSeg, linked from https://github.com/dvlab-research/LISA, there"


def cases(root: Path) -> list[Pending]:
    """The validation pictures, by name. Raises ConfigError."""
    pictures = found(root, ["val/*.jpg", "ReasonSeg/val/*.jpg"], REMEDY)
    return [partial(_read, picture, required(picture.with_suffix(".json"), REMEDY)) for picture in pictures]


def _read(picture: Path, annotation: Path) -> Case:
    image, table = read_rgb(picture, upright=True), read_json(annotation)
    with reading(annotation, "an annotation of ReasonSeg"):
        text = table["text"][0].strip()
        asked = reasoning(text) if table["is_sentence"] else referring(text.rstrip("."))
        drawn = _drawn(table["shapes"], *image.shape[:2])
    return Case(picture.stem, image, "referring", *asked, (Answer(referring=[drawn == 1]),), ignored=drawn == 2)


def _drawn(shapes: list[dict[str, Any]], height: int, width: int) -> NDArray[np.uint8]:
    """uint8 [H, W]: 1 where the target is, 2 where nothing is scored. A smaller polygon covers a larger one."""
    polygons = []
    for shape in shapes:
        label = shape["label"].lower()
        if label != "flag":
            points = np.array(shape["points"], np.int32)
            alone = _fill(np.zeros((height, width), np.uint8), points, 1)
            polygons.append((int(alone.sum()), points, 2 if "ignore" in label else 1))
    drawn = np.zeros((height, width), np.uint8)
    for _, points, value in sorted(polygons, key=lambda polygon: -polygon[0]):
        drawn = _fill(drawn, points, value)
    return drawn


def _fill(drawn: NDArray[np.uint8], points: NDArray[np.int32], value: int) -> NDArray[np.uint8]:
    cv2.polylines(drawn, [points], True, value, 1)
    cv2.fillPoly(drawn, [points], value)
    return drawn
