"""One painting by a published image editor, step for step as its diffusers pipeline makes it.

Not through the pipelines' own calls: these do not paint in a single step, always look at a picture, or look at it enlarged.
The tests hold that the same painting comes out of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.finetune.bases.canvas import canvas_size, noise_seed
from pipeline.finetune.objective import to_pixels
from pipeline.finetune.pictures import resize

if TYPE_CHECKING:
    from pipeline.finetune.bases.latent import LatentBase


def paint(
    base: LatentBase, image: NDArray[np.uint8] | None, prompt: str, seed: int, steps: int, stretch: bool
) -> NDArray[np.uint8]:
    """The painting of one picture, or of words alone, uint8 [H, W, 3]; see bases.Base.paint."""
    height, width = (base.image_size, base.image_size) if image is None else image.shape[:2]
    height, width = canvas_size(height, width, base.image_size, base.multiple, base.shortest)
    canvas = np.zeros((height, width, 3), np.uint8) if image is None else resize(image, height, width)
    seen = np.array([image is not None])
    asked = [prompt] if image is not None else [prompt, base.unasked]
    texts = [base.collate_text(base.encode_text([words], canvas[None], seen)) for words in asked]
    condition = base.encode_images(canvas[None])
    conditioned = torch.from_numpy(seen).to(base.device)

    def velocity(state: Tensor, sigma: Tensor) -> Tensor:
        with torch.autocast(base.device.type, torch.bfloat16, enabled=base.device.type == "cuda"):
            answers = [base.network(state, sigma[None], condition, conditioned, text) for text in texts]
        return answers[0] if len(answers) == 1 else base.guided(answers[0], answers[1])

    if base.single_step and image is not None:
        state, steps = torch.zeros_like(condition), 1
    else:
        seed = noise_seed(seed, None if image is None else canvas, prompt)
        state = base.noise(seed, condition.shape).to(base.device)
    state = _denoised(base, state, steps, velocity)
    pixels: NDArray[np.uint8] = to_pixels(base.decode_latents(state))[0]
    return pixels if image is None or not stretch else resize(pixels, image.shape[0], image.shape[1], label=True)


def _denoised(base: LatentBase, state: Tensor, steps: int, velocity: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    if steps == 1:
        # From all noise to none. Schedulers that end above zero divide by it here.
        return state - velocity(state, torch.ones((), device=base.device))
    scheduler = type(base.pipe.scheduler).from_config(base.pipe.scheduler.config)
    sigmas = np.linspace(1, 1 / steps, steps).tolist()
    scheduler.set_timesteps(sigmas=sigmas, device=base.device, mu=base.shift(state[0, 0].numel(), steps))
    for timestep in scheduler.timesteps:
        state = scheduler.step(velocity(state, timestep / 1000), timestep, state, return_dict=False)[0]
    return state
