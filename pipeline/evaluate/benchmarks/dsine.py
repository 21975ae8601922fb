"""Surface normals of NYUv2, ScanNet, iBims-1 and Virtual KITTI 2, as DSINE distributes and scores them:
Bae and Davison, CVPR 2024, arXiv:2403.00712. https://github.com/baegwangbin/DSINE

Files: `dsine_eval.zip` (the link is in DSINE's README) unpacked, so that the folder, or its `dsine_eval/`, holds
`nyuv2/test/000000_img.png`, `scannet/scene0532_00/000000_img.png`, `ibims/ibims/corridor_01_img.png` and
`vkitti/Scene01/000000_img.jpg`; beside each `..._normal.png` or, of iBims-1, `..._normal.exr`. Licence: each set's own,
named in its `readme.txt`.

    set       pictures   truth                                                         stored as     scored
    nyuv2     654 test   GeoNet's (Qi et al., CVPR 2018)                               8-bit PNG     not black
    scannet   300        FrameNet's normals and split (Huang et al., ICCV 2019)        8-bit PNG     not black
    ibims     100        planes fitted by DSINE's authors to the depth, not over       float EXR     length over 0.5
    vkitti    1000       its jumps; of VKITTI 2, 200 pictures of each of 5 scenes      16-bit PNG    not black

Values: n = 2 v / 255 - 1 (or 65535), with x right, y down, z forward, normals pointing away from the viewer ("outward"):
a wall that faces the camera is (0, 0, 1). Ours are (-x, y, z). Scores are of all pixels of a set together; no crop.

Protocols differ: older papers score NYUv2 on the normals of Ladicky et al. (ECCV 2014), which are others; that is from
memory, not verified. Vision Banana's paper names its sets, but not where their truth is from: for VKITTI there is no other
published definition that we know of. Its DIODE-indoor normals are left out here: the axes of DIODE's files could not be
verified.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.benchmarks.asking import NORMAL
from pipeline.evaluate.benchmarks.case import Case, Pending
from pipeline.evaluate.benchmarks.files import found, read_png, read_rgb, reading, required, same_size
from pipeline.evaluate.metrics import unit
from pipeline.evaluate.truth import Answer

SETS = {
    "nyuv2": "test/*_img.png",
    "scannet": "scene*/*_img.png",
    "ibims": "ibims/*_img.png",
    "vkitti": "Scene*/*_img.jpg",
}
"""Of each set the pictures in its folder."""
REMEDY = "unpack dsine_eval.zip, linked from https://github.com/baegwangbin/DSINE, there"


def cases(root: Path, name: str) -> list[Pending]:
    """The pictures of the set `name`, a key of SETS, by path. Raises ConfigError."""
    tail = f"{name}/{SETS[name]}"
    pictures = found(root, [tail, f"dsine_eval/{tail}"], REMEDY)
    suffix = ".exr" if name == "ibims" else ".png"
    truths = [p.with_name(p.name.rpartition("_img")[0] + f"_normal{suffix}") for p in pictures]
    return [partial(_read, picture, required(truth, REMEDY)) for picture, truth in zip(pictures, truths, strict=True)]


def to_ours(outward: NDArray[np.floating], scored: NDArray[np.bool_]) -> NDArray[np.float32]:
    """DSINE's normals [H, W, 3] in our axes and of unit length; (0, 0, 0) where `scored` [H, W] is false."""
    return (unit(outward * np.array([-1.0, 1.0, 1.0])) * scored[..., None]).astype(np.float32)


def _read(picture: Path, truth: Path) -> Case:
    image = read_rgb(picture)
    if truth.suffix == ".exr":
        outward: NDArray[np.floating] = _read_exr(truth)
        scored = np.linalg.norm(outward, axis=-1) > 0.5
    else:
        stored = read_png(truth)
        with reading(truth, "a normal map of DSINE's"):
            scored = stored.any(axis=2)
        outward = stored / np.iinfo(stored.dtype).max * 2.0 - 1.0
    same_size(truth, outward, image)
    answer = Answer(normals=to_ours(outward, scored))
    key = f"{picture.parent.name}/{picture.name.rpartition('_img')[0]}"
    return Case(key, image, "normal", *NORMAL, (answer,))


def _read_exr(path: Path) -> NDArray[np.float32]:
    import OpenEXR

    with reading(path, "an EXR file"):
        try:
            return np.asarray(OpenEXR.File(str(path)).channels()["RGB"].pixels, np.float32)
        except RuntimeError as error:
            raise OSError(str(error)) from None
