"""What is asked of a model about a photo, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError
from pipeline.finetune.bases import Base
from pipeline.finetune.pictures import resize
from pipeline.instructions.reading import decode_by_prompt, told_task
from pipeline.predict.stretch import stretch

PROMPTS = {
    "depth": "Generate a metric depth map of this image with the hilbert colormap.",
    "normal": "Convert the picture to camera-space surface normals.",
}
"""What to ask when a person asks nothing. The other tasks need words: which classes, which thing."""
EXAMPLES = {
    "semantic": "Segment the image by class with these colors: box: lime, ground: red. Paint the rest black.",
    "instance": "Paint each box a different solid color; everything else is black.",
    "referring": "Paint the red sphere in white. Paint everything else black.",
}


@dataclass(frozen=True)
class Question:
    """task: how the painting is read, None for a picture that is only looked at. prompt: what the model is asked.

    told: whether the prompt is in the corpora's wording, so that it tells colors and scale; otherwise the usual ones
    are taken.
    """

    task: str | None
    prompt: str
    told: bool


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model painted, at the size of its canvas.

    painting: uint8 [h, w, 3]. array: what `decode_target` reads in it, None where no task is known. names: of ids 1, 2,
    ..., where the prompt names any.
    """

    task: str | None
    painting: NDArray[np.uint8]
    array: NDArray[Any] | None
    names: list[str]

    def painted(self, height: int, width: int) -> NDArray[np.uint8]:
        """The painting as uint8 [height, width, 3]. Repeats pixels: a blend of two label colors is read as a third."""
        return resize(self.painting, height, width, label=True)

    def read(self, height: int, width: int) -> NDArray[Any]:
        """The array at another size; see `stretch`. Raises ValueError where there is none."""
        if self.array is None:
            raise ValueError("a painting without a task has no numbers")
        return stretch(self.array, height, width)


def question(task: str | None, prompt: str | None) -> Question:
    """What to ask for a --task, own words, or both. Raises ConfigError for what cannot be asked."""
    if task is not None and task not in TASKS:
        raise ConfigError(f"--task {task}: unknown task; known tasks: {', '.join(TASKS)}")
    told = told_task(prompt) if prompt else None
    if task is None:
        if not prompt:
            raise ConfigError(f"--task: say what to paint: {', '.join(TASKS)}; or ask in words with --prompt")
        return Question(told, prompt, told is not None)
    if told not in (None, task):
        raise ConfigError(f"--task {task}: the --prompt asks for {told}; leave --task out, or pass --task {told}")
    words = prompt or PROMPTS.get(task)
    if words is None:
        raise ConfigError(f'--task {task}: needs --prompt, e.g. --prompt "{EXAMPLES[task]}"')
    return Question(task, words, told is not None or not prompt)


def ask(model: Base, rgb: NDArray[np.uint8], asked: Question, steps: int | None = None, seed: int = 0) -> Answer:
    """Have `model` paint its answer to `asked` about uint8 [H, W, 3], and read it. steps: None for the base's own."""
    painting = model.paint([rgb], [asked.prompt], seed, steps, stretch=False)[0]
    if asked.task is None:
        return Answer(None, painting, None, [])
    array, names = decode_by_prompt(asked.task, painting, asked.prompt if asked.told else None)
    return Answer(asked.task, painting, array, names)
