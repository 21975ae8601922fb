"""The base `flux2_klein`: FLUX.2 [klein] (Black Forest Labs, 2026) as diffusers' Flux2KleinPipeline has it.

4 or 9 billion parameters, base models, not guidance-distilled. The picture asked about is appended as clean tokens with a
time of their own in the four-axis rotary positions (time, row, column, place in the text). Qwen3 reads the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLFlux2, Flux2KleinPipeline
from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu
from numpy.typing import NDArray
from torch import Tensor

from pipeline.finetune.bases.latent import CHUNK, LatentBase
from pipeline.finetune.bases.tokens import TokenNetwork

REFERENCE_TIME = 10
"""Position of the first reference picture on the time axis; the painting is at 0."""


class Flux2Autoencoder:
    """AutoencoderKLFlux2 with what its pipeline does around it: 2 x 2 folding, then the statistics of its batch norm."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.multiple = 2 * 2 ** (len(model.config.block_out_channels) - 1)

    def encode(self, pictures: Tensor) -> Tensor:
        """See tokens.Autoencoder: the mean of the posterior, folded and normalised."""
        mean, deviation = self._statistics()
        return (F.pixel_unshuffle(self.model.encode(pictures).latent_dist.mode(), 2) - mean) / deviation

    def decode(self, latents: Tensor) -> Tensor:
        """See tokens.Autoencoder."""
        mean, deviation = self._statistics()
        pictures: Tensor = self.model.decode(F.pixel_shuffle(latents * deviation + mean, 2)).sample
        return pictures

    def _statistics(self) -> tuple[Tensor, Tensor]:
        norm = self.model.bn
        deviation = torch.sqrt(norm.running_var + self.model.config.batch_norm_eps)
        return norm.running_mean[:, None, None], deviation[:, None, None]


class Flux2Network(TokenNetwork):
    """Flux2Transformer2DModel; see tokens.TokenNetwork."""

    def velocity(
        self, tokens: Tensor, timestep: Tensor, grid: tuple[int, int], conditioned: bool, text: dict[str, Tensor]
    ) -> Tensor:
        """See tokens.TokenNetwork."""
        embeds = text["embeds"].to(self.dtype)
        times = (0, REFERENCE_TIME) if conditioned else (0,)
        places = torch.cat([positions(time, *grid, 1) for time in times])
        answer: Tensor = self.transformer(
            hidden_states=tokens,
            timestep=timestep,
            guidance=None,
            encoder_hidden_states=embeds,
            txt_ids=positions(0, 1, 1, embeds.shape[1]).to(tokens.device),
            img_ids=places.to(tokens.device),
            return_dict=False,
        )[0]
        return answer


class Flux2Klein(LatentBase):
    """The base `flux2_klein`; see bases.Base."""

    name = "flux2_klein"
    weights = "black-forest-labs/FLUX.2-klein-base-4B"
    pipeline = Flux2KleinPipeline
    codec = Flux2Autoencoder
    vae = AutoencoderKLFlux2
    # All linear layers of the blocks; the single-stream blocks have attention and feed-forward in one.
    targets = (
        "attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out.0",
        "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_add_out",
        "ff.linear_in", "ff.linear_out", "ff_context.linear_in", "ff_context.linear_out",
        "attn.to_qkv_mlp_proj", "attn.to_out",
    )  # fmt: skip
    multiple = 16
    shortest = 64
    largest = 1024
    guidance = 4.0
    reads_images = False
    unasked = ""

    def shift(self, tokens: int, steps: int) -> float:
        """See latent.LatentBase. Fitted by Black Forest Labs to the number of tokens and of steps."""
        return float(compute_empirical_mu(tokens, steps))

    def guided(self, asked: Tensor, unasked: Tensor) -> Tensor:
        """See latent.LatentBase. Ho & Salimans, arXiv:2207.12598."""
        return unasked + self.guidance * (asked - unasked)

    def _network(self, dtype: torch.dtype) -> TokenNetwork:
        return Flux2Network(self.pipe.transformer, dtype)

    def _read(self, prompts: Sequence[str], images: Sequence[NDArray[np.uint8] | None]) -> list[Tensor]:
        # The words alone: three layers of Qwen3, always 512 tokens, padding included, as the model was trained.
        read: list[Tensor] = []
        for start in range(0, len(prompts), CHUNK):
            read += self.pipe.encode_prompt(list(prompts[start : start + CHUNK]), device=self.device)[0]
        return read


def positions(time: int, rows: int, columns: int, words: int) -> Tensor:
    """Places of tokens on the four rotary axes, int [rows * columns * words, 4], row by row."""
    axes = (torch.tensor([time]), torch.arange(rows), torch.arange(columns), torch.arange(words))
    return torch.cartesian_prod(*axes)
