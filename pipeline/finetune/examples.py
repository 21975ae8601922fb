"""What a step trains on: pictures, the paintings to be made of them, and the words that ask for those."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS

GENERATE = "generate"
"""The generator's own task: a picture from its caption alone."""
ALL_TASKS = (*TASKS, GENERATE)


@dataclass(frozen=True, eq=False)
class Example:
    """One question and its answer.

    image: uint8 [S, S, 3] RGB, None where there is no picture to look at. target: uint8 [S, S, 3]. task: one of ALL_TASKS.
    seed: of everything random about it in this step; follows from the run's seed and the example's place in the run.
    """

    image: NDArray[np.uint8] | None
    target: NDArray[np.uint8]
    prompt: str
    task: str
    seed: int


@dataclass(frozen=True, eq=False)
class Drawn:
    """An example without its seed. image: uint8 [S, S, 3] or None; target: uint8 [S, S, 3]."""

    image: NDArray[np.uint8] | None
    target: NDArray[np.uint8]
    prompt: str


@dataclass(frozen=True, eq=False)
class Batch:
    """Examples of one process for one step.

    images, targets: uint8 [B, S, S, 3] RGB, images black where there is none. conditioned: bool [B], whether there is one.
    prompts, tasks, seeds: B of each, as Example has them.
    """

    images: NDArray[np.uint8]
    conditioned: NDArray[np.bool_]
    targets: NDArray[np.uint8]
    prompts: list[str]
    tasks: list[str]
    seeds: list[int]

    def __len__(self) -> int:
        return len(self.prompts)


def collate(examples: list[Example]) -> Batch:
    """Examples of one size as a batch, in their order."""
    return Batch(
        np.stack([np.zeros_like(one.target) if one.image is None else one.image for one in examples]),
        np.array([one.image is not None for one in examples]),
        np.stack([one.target for one in examples]),
        [one.prompt for one in examples],
        [one.task for one in examples],
        [one.seed for one in examples],
    )
