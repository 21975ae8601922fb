"""What a model is asked when its generation is measured, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.generation_loss import Captioned, held_out_losses, noise_levels
from pipeline.finetune import bases

TOGETHER = 8
"""Pictures painted between two signs of life."""


@dataclass(frozen=True, eq=False)
class Work:
    """What every model is asked: losses of `views`, pictures of the first `painted` of them and of `prompts`."""

    views: list[Captioned]
    painted: int
    prompts: list[str]
    steps: int | None
    seed: int


@dataclass(frozen=True, eq=False)
class Done:
    """What one model did. losses: [N, levels] at `sigmas`. pictures, others: of captions and of prompts."""

    base: str
    image_size: int
    sigmas: list[float]
    losses: NDArray[np.float64]
    pictures: list[NDArray[np.uint8]]
    others: list[NDArray[np.uint8]]


def do(
    load: Callable[[], bases.Base], work: Work, tell: Callable[[int], None], sigmas: list[float] | None = None
) -> Done:
    """Load a model, have it do the work and let it go: two large ones need not fit side by side."""
    tell(0)
    base = load()
    sigmas = sigmas or noise_levels(base)
    losses = held_out_losses(base, work.views, sigmas, work.seed, tell)
    captions = [view.caption for view in work.views[: work.painted]]
    painted: list[NDArray[np.uint8]] = []
    asked = captions + work.prompts
    for start in range(0, len(asked), TOGETHER):
        some = asked[start : start + TOGETHER]
        painted += base.paint([None] * len(some), some, work.seed, work.steps)
        tell(len(work.views) + len(painted))
    done = Done(base.name, base.image_size, sigmas, losses, painted[: len(captions)], painted[len(captions) :])
    del base
    bases.release()
    return done
