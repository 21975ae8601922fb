"""KITTI, depth, on Eigen's test split: Geiger et al., IJRR 2013; Eigen et al., NIPS 2014; Uhrig et al., 3DV 2017.
https://www.cvlibs.net/datasets/kitti/

Files: the raw drives, `2011_09_26/2011_09_26_drive_0002_sync/image_02/data/0000000069.png`, in the folder or its `raw/`;
the annotated depth maps, `2011_09_26_drive_0002_sync/proj_depth/groundtruth/image_02/0000000069.png`, in the folder or
its `train/` and `val/`, as the archive has them; and the split, `eigen_test_files_with_gt.txt`, from BTS or Marigold:
lines "picture depth focal". Licence: see the site; we did not verify it.
Split: 697 pictures, of which 652 have an annotated depth map; the others say "None" and are left out. Truth: 16-bit PNG,
metres times 256, 0 for none; several lidar sweeps together, checked with stereo ("improved ground truth"). Scored:
Garg's crop, rows from 0.408 to 0.992 and columns from 0.036 to 0.964 of the size, and depths between 1 mm and 80 m;
predictions are clipped to that range. Scores are means over pictures.

Protocols differ: many cut pictures to 1216 x 352, bottom centre, before they predict (Garg's crop lies within); we paint
the whole picture. Marigold takes Eigen's crop instead of Garg's and fits scale and shift. Older papers score one raw
sweep on all 697.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.evaluate.benchmarks.asking import DEPTH
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.depths import Crop, scored_depth
from pipeline.evaluate.benchmarks.files import first, read_png, read_rgb, reading, required, same_size
from pipeline.evaluate.truth import Answer

RANGE_M = (1e-3, 80.0)
LIST = "eigen_test_files_with_gt.txt"


def cases(root: Path) -> list[Pending]:
    """The pictures of the list that have a truth. Raises ConfigError, also for a file of the list that is missing."""
    listed = required(root / LIST, "take it from https://github.com/cleinc/bts, train_test_inputs/")
    with reading(listed, "a list of files"):
        lines = [line.split() for line in listed.read_text().splitlines() if line.strip()]
    for line in lines:
        if len(line) < 2:
            raise ConfigError(f"{listed}: line {' '.join(line)!r} should be: picture, depth or None, focal length")
    pairs = [(picture, depth) for picture, depth, *_ in lines if depth != "None"]
    found = [(_picture(root, picture), _depth(root, depth)) for picture, depth in pairs]
    if not found:
        raise ConfigError(f"{listed}: lists no picture with a depth map; take BTS's or Marigold's list")
    return [partial(_read, *paths) for paths in found]


def garg_crop(height: int, width: int) -> Crop:
    """Rows and columns of Garg et al., ECCV 2016, as BTS and its successors round them."""
    rows = slice(int(0.40810811 * height), int(0.99189189 * height))
    return rows, slice(int(0.03594771 * width), int(0.96405229 * width))


def _picture(root: Path, name: str) -> Path:
    remedy = "fetch the drives of the raw data (synced+rectified) that the list names"
    return first([root / name, root / "raw" / name], remedy)


def _depth(root: Path, name: str) -> Path:
    remedy = "unpack data_depth_annotated.zip (train/ and val/) in the folder"
    return first([root / name, root / "train" / name, root / "val" / name], remedy)


def _read(picture: Path, depth: Path) -> Case:
    image, stored = read_rgb(picture), read_png(depth)
    if stored.dtype != "uint16" or stored.ndim != 2:
        raise ConfigError(f"{depth}: is not a 16-bit depth map of KITTI; fetch it again")
    same_size(depth, stored, image)
    depth_m = scored_depth(stored / 256.0, RANGE_M, garg_crop(*stored.shape))
    key = f"{depth.parents[3].name}/{depth.stem}"
    return Case(key, image, "depth", *DEPTH, (Answer(depth_m=depth_m),), range_m=RANGE_M)
