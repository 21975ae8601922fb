"""One photo, one task: what a tuned model paints."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError
from pipeline.finetune import bases

PROMPTS = {
    "depth": "Generate a metric depth map of this image with the hilbert colormap.",
    "normal": "Generate a surface normal map of this image in camera space.",
}
"""What to ask when a person asks nothing. The other tasks need words: which classes, which thing."""
EXAMPLES = {
    "semantic": "Segment the image by class with these colors: box: lime, ground: red. Paint the rest black.",
    "instance": "Paint each box a different solid color; everything else is black.",
    "referring": "Paint the red sphere in white. Paint everything else black.",
}


def paint_photo(
    model_dir: Path,
    image: NDArray[np.uint8],
    task: str,
    prompt: str | None = None,
    steps: int | None = None,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """The painting of an image, both uint8 [H, W, 3]; the codec of `task` reads it.

    prompt: own words; without them, depth and normals are asked for in the corpora's words. steps: denoising steps,
    None for the base's own choice. Raises ConfigError for an unknown task, or one that needs a prompt and got none.
    """
    if task not in TASKS:
        raise ConfigError(f"--task {task}: unknown task; known tasks: {', '.join(TASKS)}")
    prompt = prompt or PROMPTS.get(task)
    if prompt is None:
        raise ConfigError(f'--task {task}: needs --prompt, e.g. --prompt "{EXAMPLES[task]}"')
    return bases.load(Path(model_dir)).paint([image], [prompt], seed, steps)[0]
