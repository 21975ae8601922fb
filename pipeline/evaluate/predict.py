"""One photo, one task: what a tuned model paints and what it decodes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import depth, normals, segmentation
from pipeline.codecs.palettes import BLACK
from pipeline.config import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.config import TASKS

PROMPTS = {
    "depth": "Generate a metric depth map of this image with the hilbert colormap.",
    "normal": "Generate a surface normal map of this image in camera space.",
}
"""What to ask when a person asks nothing. The other tasks need words: which classes, which thing."""


def paint_photo(
    model_dir: Path,
    image: NDArray[np.uint8],
    task: str,
    prompt: str | None = None,
    steps: int | None = None,
    seed: int = 0,
    palette: dict[int, tuple[int, int, int]] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    """(painting uint8 [H, W, 3], decoded array) of an image uint8 [H, W, 3].

    The array is, by task: depth float32 [H, W] metres; normal float32 [H, W, 3]; instance uint16 [H, W], 0 for the
    black background and 1, 2, ... from the largest instance down; referring uint8 [H, W], 1 where the painting is
    nearer to white than to black; semantic uint16 [H, W], ids of `palette` (id -> colour), without which colours are
    told apart as for instances. Raises ConfigError for an unknown task or one that needs a prompt and got none.
    """
    if task not in TASKS:
        raise ConfigError(f"--task {task}: unknown task; known tasks: {', '.join(TASKS)}")
    prompt = prompt or PROMPTS.get(task)
    if prompt is None:
        raise ConfigError(f'--task {task}: needs --prompt, e.g. "{_example(task)}"')
    painted = bases.load(Path(model_dir)).paint([image], [prompt], seed, steps)[0]
    if task == "depth":
        return painted, depth.decode(painted)
    if task == "normal":
        return painted, normals.decode(painted)
    if task == "referring":
        return painted, segmentation.decode_semantic(painted, {0: BLACK, 1: (255, 255, 255)}).astype(np.uint8)
    if task == "semantic" and palette:
        return painted, segmentation.decode_semantic(painted, palette)
    ids = np.zeros(painted.shape[:2], np.uint16)
    for number, mask in enumerate(segmentation.decode_instances(painted, BLACK), start=1):
        ids[mask] = number
    return painted, ids


def _example(task: str) -> str:
    return {
        "semantic": "Segment the image by class with these colors: box: lime, ground: red. Paint the rest black.",
        "instance": "Paint each box a different solid color; everything else is black.",
        "referring": "Paint the red sphere in white. Paint everything else black.",
    }[task]
