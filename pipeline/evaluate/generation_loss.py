"""The training loss on pictures that were held out, asked for by their captions: the same every time it is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.finetune.config import ObjectiveConfig
from pipeline.finetune.data import fit
from pipeline.finetune.encoding import encode
from pipeline.finetune.examples import GENERATE, Example, collate
from pipeline.finetune.objective import Objective, draw

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base

LEVELS = 8
CHUNK = 8


@dataclass(frozen=True, eq=False)
class Captioned:
    """A held-out picture, uint8 [H, W, 3], and its caption."""

    key: str
    image: NDArray[np.uint8]
    caption: str


def noise_levels(base: Base, count: int = LEVELS) -> list[float]:
    """`count` noise levels, as densely placed as the base's own training on captions draws them: the middles of its quantiles."""
    middles = (torch.arange(count) + 0.5) / count
    return [float(sigma) for sigma in base.sigmas(middles, torch.zeros(count, dtype=torch.bool))]


@torch.no_grad()
def held_out_losses(
    base: Base,
    views: Sequence[Captioned],
    sigmas: Sequence[float],
    seed: int = 0,
    on_progress: Callable[[int], None] = lambda done: None,
) -> NDArray[np.float64]:
    """Flow-matching loss of painting every view from its caption alone, [N, levels]: mean square over what the base predicts.

    The noise of a view at a level follows from `seed`, the view's place and the level: the same for every base of one
    latent shape, so that two of them are compared on equal terms. on_progress gets how many views are done.
    """
    base.network.eval()
    weights = list(base.network.parameters())
    device = weights[0].device
    # Adapters are float32 on layers of half precision: they meet as they do in training.
    mixed = torch.autocast(device.type, torch.bfloat16, enabled=any(w.dtype == torch.bfloat16 for w in weights))
    objective = Objective(base, ObjectiveConfig())
    found = np.empty((len(views), len(sigmas)))
    for start in range(0, len(views), CHUNK):
        some = views[start : start + CHUNK]
        batch = collate([Example(None, fit(one.image, base.image_size), one.caption, GENERATE, seed=0) for one in some])
        inputs = encode(base, batch, device)
        for number, sigma in enumerate(sigmas):
            places = range(start, start + len(some))
            seeds = [int(np.random.SeedSequence((seed, place, number)).generate_state(1)[0]) for place in places]
            noise, _ = draw(tuple(inputs.target.shape[1:]), seeds)
            asked = replace(inputs, noise=noise.to(inputs.target), sigma=torch.full_like(inputs.sigma, sigma))
            with mixed:
                found[start : start + len(some), number] = objective(asked).double().cpu()
        on_progress(start + len(some))
    return found
