"""The training objective, the same for every base: flow matching, or painting in a single step.

Rectified flow (Lipman et al., arXiv:2210.02747; Liu et al., arXiv:2209.03003): the state at noise level sigma is
x_sigma = (1 - sigma) x0 + sigma noise, the velocity v = noise - x0, so x0 = x_sigma - sigma v. A base predicts one or the
other; both losses are over what it predicts.

Single-step: the state is zero at sigma = 1, with no noise at all, and the network answers at once. Deterministic, and one
evaluation instead of many (Garcia et al., "Fine-tuning image-conditional diffusion models is easier than you think",
arXiv:2409.11355; He et al., "Lotus", arXiv:2409.18124). A picture from words alone still needs noise: it keeps the flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pipeline.finetune.config import ObjectiveConfig

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base

FLAT = 0.1
"""Added to an answer's variance before it divides the loss: an error on a plain target counts 1 / FLAT times, no more."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """A batch as networks see it, on their device.

    target, condition, noise: float [B, C, h, w] latents. conditioned: bool [B]. text: what the base's `collate_text` makes.
    sigma: float [B], noise level. pixels: float [B, 3, S, S] in [-1, 1], the target itself, for a loss with a pixel_weight.
    """

    target: Tensor
    condition: Tensor
    conditioned: Tensor
    text: dict[str, Tensor]
    noise: Tensor
    sigma: Tensor
    pixels: Tensor | None


class Objective(nn.Module):
    """A base's network with its loss as forward pass, which is what distributed training wraps."""

    def __init__(self, base: Base, config: ObjectiveConfig) -> None:
        super().__init__()
        self.network = base.network
        self.config = config
        # Not registered: what is frozen is neither trained nor in a checkpoint.
        self._base = [base]

    def forward(self, inputs: Inputs) -> Tensor:
        """Loss of every example, float [B]."""
        base = self._base[0]
        state, sigma, noise = noised(inputs, single_step=self.config.method == "single_step")
        predicted = self.network(state, sigma, inputs.condition, inputs.conditioned, inputs.text).float()
        if base.predicts == "clean":
            clean, wanted = predicted, inputs.target
        else:
            clean, wanted = state - _per_image(sigma) * predicted, noise - inputs.target
        loss = (predicted - wanted).square().mean((1, 2, 3))
        if self.config.weighting == "contrast":
            # Relative to how much there is to paint: else a small white thing on black weighs nothing beside a depth map.
            # Pictures from captions are no answers: they vary little, and would weigh several times as much as answers.
            varied = inputs.target.float().var((1, 2, 3)) + FLAT
            loss = loss / torch.where(inputs.conditioned, varied, torch.ones_like(varied))
        if self.config.pixel_weight:
            painted = base.decode_latents(clean)
            # What is left of a nearly clean state cannot be told from it: as in the flow, by how much noise there is.
            loss = loss + self.config.pixel_weight * sigma * (painted - inputs.pixels).abs().mean((1, 2, 3))
        return loss


def noised(inputs: Inputs, single_step: bool) -> tuple[Tensor, Tensor, Tensor]:
    """(state [B, C, h, w], sigma [B], noise [B, C, h, w]) that the network is asked about."""
    sigma, noise = inputs.sigma, inputs.noise
    if single_step:
        sigma = torch.where(inputs.conditioned, torch.ones_like(sigma), sigma)
        noise = noise * _per_image(~inputs.conditioned)
    level = _per_image(sigma)
    return (1 - level) * inputs.target + level * noise, sigma, noise


def draw(shape: tuple[int, ...], seeds: list[int]) -> tuple[Tensor, Tensor]:
    """(noise [B, *shape], uniform [B]): standard normal and uniform in [0, 1), each image's from its own seed.

    On the CPU, so that every device and any number of processes sees the same.
    """
    noise, uniform = [], []
    for seed in seeds:
        # torch's CPU generator reads 32 bits of a seed and drops the rest.
        generator = torch.Generator().manual_seed(seed & 0xFFFFFFFF)
        noise.append(torch.randn(shape, generator=generator))
        uniform.append(torch.rand((), generator=generator))
    return torch.stack(noise), torch.stack(uniform)


def to_signed(images: Any, device: Any = None) -> Tensor:
    """uint8 [B, H, W, 3], an array or a tensor, as float [B, 3, H, W] in [-1, 1]."""
    pixels = torch.as_tensor(images)
    return pixels.to(device or pixels.device).permute(0, 3, 1, 2).float() / 127.5 - 1


def to_pixels(signed: Tensor) -> Any:
    """Inverse of `to_signed`, clipped: a uint8 array [B, H, W, 3]."""
    return ((signed.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def _per_image(values: Tensor) -> Tensor:
    return values[:, None, None, None]
