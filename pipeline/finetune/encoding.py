"""A batch of pictures and words -> what networks see of it, by the frozen parts of a base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from pipeline.finetune.examples import Batch
from pipeline.finetune.objective import Inputs, draw, to_signed

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base


@torch.no_grad()
def encode(base: Base, batch: Batch, device: Any) -> Inputs:
    """Latents, text and noise of a batch, on `device`. The noise follows from the seeds of its examples alone."""
    target = base.encode_images(batch.targets)
    condition = base.encode_images(batch.images)
    text = base.collate_text(base.encode_text(batch.prompts, batch.images, batch.conditioned))
    noise, uniform = draw(tuple(target.shape[1:]), batch.seeds)
    return Inputs(
        target=target.to(device),
        condition=condition.to(device),
        conditioned=torch.from_numpy(batch.conditioned).to(device),
        text=text,
        noise=noise.to(device),
        sigma=base.sigmas(uniform).to(device),
        pixels=to_signed(batch.targets, device),
    )
