"""DIODE, depth, indoor part of the validation split: Vasiljevic et al., arXiv:1908.00463. https://diode-dataset.org

Files: `val.tar.gz` unpacked in the folder, so that it or its `val/` holds `indoors/scene_*/scan_*/NAME.png`, beside each
`NAME_depth.npy` and `NAME_depth_mask.npy`. Licence: MIT, by secondary sources; see the site.
Split: 325 pictures, 1024 x 768. Truth: float32 [H, W, 1] metres from a laser scanner, and a mask, 1 where the sensor had
a return. Scored: the mask, and of it depths between 0.6 and 350 m, the scanner's range, to which predictions are clipped
as well; Marigold's evaluation has the mask alone. No crop; means over pictures. That depth is along the optical axis, not
along the ray, is how the field reads it; DIODE's own kit does not say.

Protocols differ: some cap indoor depth at 10 m; Marigold fits scale and shift.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.evaluate.benchmarks.asking import DEPTH
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.depths import scored_depth
from pipeline.evaluate.benchmarks.files import found, read_rgb, reading, required, same_size
from pipeline.evaluate.truth import Answer

RANGE_M = (0.6, 350.0)
REMEDY = "unpack http://diode-dataset.s3.amazonaws.com/val.tar.gz there"


def cases(root: Path) -> list[Pending]:
    """The indoor pictures, by name. Raises ConfigError."""
    tail = "indoors/scene_*/scan_*/*.png"
    pictures = found(root, [tail, f"val/{tail}"], REMEDY)
    for picture in pictures:
        required(_beside(picture, "depth"), REMEDY)
        required(_beside(picture, "depth_mask"), REMEDY)
    return [partial(_read, picture) for picture in pictures]


def _beside(picture: Path, what: str) -> Path:
    return picture.with_name(f"{picture.stem}_{what}.npy")


def _read(picture: Path) -> Case:
    image, depth, mask = read_rgb(picture), _beside(picture, "depth"), _beside(picture, "depth_mask")
    with reading(depth, "a depth map of DIODE"):
        stored = np.load(depth).squeeze()
    same_size(depth, stored, image)
    with reading(mask, "a validity mask of DIODE"):
        seen = np.load(mask).squeeze() > 0
    same_size(mask, seen, image)
    truth = Answer(depth_m=scored_depth(stored, RANGE_M, mask=seen))
    return Case(picture.stem, image, "depth", *DEPTH, (truth,), range_m=RANGE_M)
