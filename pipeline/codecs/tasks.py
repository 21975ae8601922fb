"""A painted label -> numbers, for people who hold a picture and not a corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.palettes import BLACK, WHITE

TASKS = ("depth", "normal", "semantic", "instance", "referring")


def decode_target(task: str, rgb: NDArray[np.uint8]) -> NDArray[Any]:
    """Numbers of a painting, uint8 [H, W, 3].

    depth: float32 [H, W] metres. normal: float32 [H, W, 3]. instance and semantic: uint16 [H, W], a number for each
    colour found beside black, 0 for black. referring: bool [H, W], nearer to white than to black.
    Raises ValueError for an unknown task.
    """
    if task == "depth":
        return depth.decode(rgb)
    if task == "normal":
        return normals.decode(rgb)
    if task == "referring":
        return segmentation.decode_semantic(rgb, {0: BLACK, 1: WHITE}) == 1
    if task in ("instance", "semantic"):
        ids = np.zeros(rgb.shape[:2], np.uint16)
        for number, mask in enumerate(segmentation.decode_instances(rgb, BLACK), start=1):
            ids[mask] = number
        return ids
    raise ValueError(f"unknown task {task!r}; known: {', '.join(TASKS)}")
