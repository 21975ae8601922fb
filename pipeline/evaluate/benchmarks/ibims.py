"""iBims-1, depth: Koch et al., ECCV 2018 workshops. https://www.lmf.bgu.tum.de/ibims1 (core set, .mat)

Files: `corridor_01.mat` and its like, 100 of them, in the folder or its `ibims1_core_mat/`. Each holds a struct `data`
with `rgb` [480, 640, 3], `depth`, `mask_invalid`, `mask_transp`, `edges` and more. Licence: see the site; we did not
verify it.
Truth: `depth`, metres from a laser scanner, 0 for none. Scored: where both masks are 1 (0 marks invalid and transparent
pixels; the authors' script multiplies them) and depth is above 1 mm; no cap, no crop; means over pictures.

Protocols differ: the authors' script is this one, without the errors at edges and planes (DBE, PE, DDE), which we do not
compute. Others cap depth.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.evaluate.benchmarks.asking import DEPTH
from pipeline.evaluate.benchmarks.case import ANY_DEPTH_M, Case, Pending
from pipeline.evaluate.benchmarks.depths import scored_depth
from pipeline.evaluate.benchmarks.files import found, reading, same_size
from pipeline.evaluate.truth import Answer

REMEDY = "unpack ibims1_core_mat.zip of https://www.lmf.bgu.tum.de/ibims1 there"


def cases(root: Path) -> list[Pending]:
    """Every .mat file, by name. Raises ConfigError."""
    return [partial(_read, path) for path in found(root, ["*.mat", "ibims1_core_mat/*.mat"], REMEDY)]


def _read(path: Path) -> Case:
    from scipy.io import loadmat

    with reading(path, "a file of iBims-1"):
        data = loadmat(path)["data"][0, 0]
        image = np.ascontiguousarray(data["rgb"], np.uint8)
        stored = data["depth"]
        mask = (data["mask_invalid"] > 0) & (data["mask_transp"] > 0)
        same_size(path, stored, image)
        depth_m = scored_depth(stored, ANY_DEPTH_M, mask=mask)
    return Case(path.stem, image, "depth", *DEPTH, (Answer(depth_m=depth_m),))
