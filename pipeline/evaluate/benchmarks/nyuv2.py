"""NYU Depth V2, depth: Silberman et al., ECCV 2012. https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html

Files: `nyu_depth_v2_labeled.mat` (2.8 GB, MATLAB 7.3, that is HDF5) and `splits.mat` in the folder. Licence: see the
page; we found none stated.
Split: the 654 pictures of `testNdxs`, 640 x 480. Pictures are painted as stored, with the white frame that undistortion
left. Truth: `rawDepths`, metres along the optical axis, what the Kinect measured; 0 is none. Scored: Eigen's crop, rows
45 to 470 and columns 41 to 600, and depths between 1 mm and 10 m; predictions are clipped to that range. Scores are
means over pictures, nothing is fitted.

Protocols differ: BTS (whose files most papers use) and Marigold score raw depth so, BTS after blackening the frame;
others score the inpainted `depths`. Marigold fits scale and shift first, which metric depth must not.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.errors import require
from pipeline.evaluate.benchmarks.asking import DEPTH
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.depths import scored_depth
from pipeline.evaluate.benchmarks.files import reading, required
from pipeline.evaluate.truth import Answer

RANGE_M = (1e-3, 10.0)
CROP = (slice(45, 471), slice(41, 601))
REMEDY = "download it from https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html"


def cases(root: Path) -> list[Pending]:
    """The test pictures, by their numbers in the file. Raises ConfigError."""
    require("benchmarks", "h5py")
    file = required(root / "nyu_depth_v2_labeled.mat", REMEDY)
    splits = required(root / "splits.mat", REMEDY + " (train/test split)")
    from scipy.io import loadmat

    with reading(splits, "NYU's splits.mat"):
        numbers = sorted(int(number) for number in loadmat(splits)["testNdxs"].ravel())
    return [partial(_read, file, number) for number in numbers]


def _read(file: Path, number: int) -> Case:
    import h5py

    with reading(file, "NYU's labeled dataset"), h5py.File(file) as data:
        # MATLAB stores columns first: [N, 3, W, H] and [N, W, H].
        image = np.ascontiguousarray(data["images"][number - 1].T)
        depth_m = scored_depth(data["rawDepths"][number - 1].T, RANGE_M, CROP)
    return Case(f"{number:04d}", image, "depth", *DEPTH, (Answer(depth_m=depth_m),), range_m=RANGE_M)
