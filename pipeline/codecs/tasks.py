"""A painted label -> numbers, for people who hold a picture and not a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.palettes import BLACK, WHITE, Color

TASKS = ("depth", "normal", "semantic", "instance", "referring")


def decode_target(
    task: str,
    rgb: NDArray[np.uint8],
    colors: Sequence[Color] = (),
    background: Color = BLACK,
    colormap: str = "hilbert",
    c: float = depth.C,
    convention: str = normals.CONVENTION,
) -> NDArray[Any]:
    """Numbers of a painting, uint8 [H, W, 3].

    depth: float32 [H, W] metres, by `colormap` and the scale `c`. normal: float32 [H, W, 3], by `convention`.
    semantic and referring: uint16 [H, W], the place (from 1) in `colors` of the nearest colour, 0 for the background;
    without colors, semantic numbers the colours it finds and referring takes white. instance: uint16 [H, W], a number
    for each colour found beside the background, largest first. Raises ValueError for an unknown task, colormap or
    convention.
    """
    if task == "depth":
        return depth.decode(rgb, colormap, c=c)
    if task == "normal":
        return normals.decode(rgb, convention)
    if task == "referring" and not colors:
        colors = [WHITE]
    if task in ("semantic", "referring") and colors:
        return segmentation.decode_semantic(rgb, dict(enumerate([background, *colors])))
    if task in ("instance", "semantic"):
        ids = np.zeros(rgb.shape[:2], np.uint16)
        for number, mask in enumerate(segmentation.decode_instances(rgb, background), start=1):
            ids[mask] = number
        return ids
    raise ValueError(f"unknown task {task!r}; known: {', '.join(TASKS)}")
