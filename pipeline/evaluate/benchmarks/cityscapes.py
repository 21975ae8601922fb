"""Cityscapes, semantic segmentation of the validation split: Cordts et al., CVPR 2016. https://www.cityscapes-dataset.com

Files: `leftImg8bit_trainvaltest.zip` and `gtFine_trainvaltest.zip` unpacked in the folder:
`leftImg8bit/val/CITY/NAME_leftImg8bit.png` and `gtFine/val/CITY/NAME_gtFine_labelIds.png`. Licence: free for
non-commercial use, after registration; not to be passed on.
Split: 500 pictures, 2048 x 1024, of three cities. Truth: label ids, of which the 19 with a train id are classes
(`helpers/labels.py` of cityscapesScripts); the pixels of all others are not scored. mIoU: mean over the classes of TP /
(TP + FP + FN), pixels of all pictures together.

Asked: all 19 classes at once, each by its name and a colour of our own, far from the others; Cityscapes' own colours are
made for eyes and lie as near to each other as 28 levels. The corpora list at most 16 classes in a prompt, so 19 are more
than a model has seen. What a model leaves black is no class, and wrong. The paper's prompt is not published.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.evaluate.benchmarks.asking import semantic
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.files import found, read_png, read_rgb, reading, required, same_size
from pipeline.evaluate.truth import Answer

CLASSES = {
    "road": 7, "sidewalk": 8, "building": 11, "wall": 12, "fence": 13, "pole": 17, "traffic light": 19, "traffic sign": 20,
    "vegetation": 21, "terrain": 22, "sky": 23, "person": 24, "rider": 25, "car": 26, "truck": 27, "bus": 28, "train": 31,
    "motorcycle": 32, "bicycle": 33,
}  # fmt: skip
"""Name -> label id, in the order of train ids."""
REMEDY = "unpack leftImg8bit_trainvaltest.zip and gtFine_trainvaltest.zip of https://www.cityscapes-dataset.com there"


def cases(root: Path) -> list[Pending]:
    """The validation pictures, by city and name. Raises ConfigError."""
    pictures = found(root, ["leftImg8bit/val/*/*_leftImg8bit.png"], REMEDY)
    truths = [
        root / "gtFine" / "val" / p.parent.name / p.name.replace("_leftImg8bit.png", "_gtFine_labelIds.png")
        for p in pictures
    ]
    return [partial(_read, picture, required(truth, REMEDY)) for picture, truth in zip(pictures, truths, strict=True)]


def _read(picture: Path, truth: Path) -> Case:
    image, ids = read_rgb(picture), read_png(truth)
    same_size(truth, ids, image)
    classes = np.zeros(256, np.uint16)
    classes[list(CLASSES.values())] = np.arange(1, len(CLASSES) + 1)
    with reading(truth, "a map of label ids"):
        if ids.dtype != np.uint8 or ids.ndim != 2:
            raise ValueError(f"{ids.dtype} {list(ids.shape)}")
        answer = Answer(semantic=classes[ids])
    key = picture.name.removesuffix("_leftImg8bit.png")
    return Case(key, image, "semantic", *semantic(list(CLASSES)), (answer,))
