"""ETH3D, depth: Schoeps et al., CVPR 2017. https://www.eth3d.net/datasets, high-res multi-view, training.

Files: of each scene the archives `SCENE_dslr_jpg.7z` and `SCENE_dslr_depth.7z`, unpacked anywhere under the folder:
`SCENE/images/dslr_images/DSC_0219.JPG` and `SCENE/ground_truth_depth/dslr_images/DSC_0219.JPG`. The latter is no JPEG: it
is float32, row by row, one value a pixel of the original, distorted picture. Licence: see the site; we did not verify it.
Split: all pictures of the 13 training scenes that have a depth map, 454 in Marigold's list. Truth: metres, from a laser
scanner; +inf for none. Scored: every pixel with a finite depth above 1 mm, no cap, no crop; means over pictures.

Protocols differ: Marigold reads the same files, at full size (6048 x 4032), and fits scale and shift; others use the
undistorted pictures or smaller ones. A painting is as large as the picture, enlarged from the model's own size by
repeating pixels.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from pipeline.errors import ConfigError
from pipeline.evaluate.benchmarks.asking import DEPTH
from pipeline.evaluate.benchmarks.case import ANY_DEPTH_M, Case, Pending
from pipeline.evaluate.benchmarks.depths import scored_depth
from pipeline.evaluate.benchmarks.files import found, read_rgb, reading
from pipeline.evaluate.truth import Answer

REMEDY = "unpack SCENE_dslr_jpg.7z and SCENE_dslr_depth.7z of https://www.eth3d.net/datasets there"


def cases(root: Path) -> list[Pending]:
    """Every depth map with its picture, by scene and name. Raises ConfigError."""
    depths = found(root, ["**/ground_truth_depth/dslr_images/*.JPG"], REMEDY)
    pictures = {_name(path): path for path in found(root, ["**/images/dslr_images/*.JPG"], REMEDY)}
    for path in depths:
        if _name(path) not in pictures:
            scene, name = _name(path)
            raise ConfigError(f"--root {root}: {scene}/images/dslr_images/{name} is missing; {REMEDY}")
    return [partial(_read, pictures[_name(path)], path) for path in sorted(depths, key=_name)]


def _name(path: Path) -> tuple[str, str]:
    return path.parents[2].name, path.name


def _read(picture: Path, depth: Path) -> Case:
    image = read_rgb(picture)
    with reading(depth, "a depth map of ETH3D"):
        stored = np.fromfile(depth, "<f4")
    height, width = image.shape[:2]
    if stored.size != height * width:
        raise ConfigError(
            f"{depth}: has {stored.size} values, its picture {width} x {height} pixels; "
            "use the original (distorted) JPEG pictures"
        )
    depth_m = scored_depth(stored.reshape(height, width), ANY_DEPTH_M)
    return Case("/".join(_name(depth)), image, "depth", *DEPTH, (Answer(depth_m=depth_m),))
