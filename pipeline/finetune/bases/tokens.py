"""The two parts of an image editor that its family decides on: how pictures become latents, and what sees those as tokens."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Autoencoder(Protocol):
    """Pictures to latents and back. model: the frozen module. multiple: both sides of a picture are multiples of it."""

    model: Any
    multiple: int

    def encode(self, pictures: Tensor) -> Tensor:
        """Latents, float32 [B, C, H / multiple, W / multiple], of pictures [B, 3, H, W] in [-1, 1]. Deterministic."""
        ...

    def decode(self, latents: Tensor) -> Tensor:
        """Inverse of `encode`, nearly: pictures in about [-1, 1]. Gradients flow through."""
        ...


class TokenNetwork(nn.Module, ABC):
    """A family's transformer as the protocol Base wants its network."""

    def __init__(self, transformer: Any, dtype: torch.dtype) -> None:
        super().__init__()
        self.transformer = transformer
        self.dtype = dtype

    def forward(
        self, state: Tensor, sigma: Tensor, condition: Tensor, conditioned: Tensor, text: dict[str, Tensor]
    ) -> Tensor:
        """The velocity, float32 [B, C, h, w]; see bases.Base.

        Examples without a picture are a pass of their own: they have half the tokens, and must not see black ones.
        """
        rows = torch.arange(len(state), device=state.device)
        parts = [(part, seen) for part, seen in ((rows[conditioned], True), (rows[~conditioned], False)) if len(part)]
        if len(parts) == 1:
            return self._pass(state, sigma, condition if parts[0][1] else None, text)
        answers = [
            self._pass(
                state[part],
                sigma[part],
                condition[part] if seen else None,
                {name: value[part] for name, value in text.items()},
            )
            for part, seen in parts
        ]
        order = torch.cat([part for part, _ in parts]).argsort()
        return torch.cat(answers)[order]

    def _pass(self, state: Tensor, sigma: Tensor, condition: Tensor | None, text: dict[str, Tensor]) -> Tensor:
        grid = (int(state.shape[2]), int(state.shape[3]))
        tokens = [part.flatten(2).mT.to(self.dtype) for part in (state, condition) if part is not None]
        # The pipelines round 1000 sigma, not sigma; in bfloat16 that is another number.
        timestep = (sigma * 1000).to(self.dtype) / 1000
        answer = self.velocity(torch.cat(tokens, dim=1), timestep, grid, condition is not None, text)
        return answer[:, : grid[0] * grid[1]].mT.reshape(state.shape).float()

    @abstractmethod
    def velocity(
        self, tokens: Tensor, timestep: Tensor, grid: tuple[int, int], conditioned: bool, text: dict[str, Tensor]
    ) -> Tensor:
        """The transformer's answer to tokens [B, L, C], of the painting and, if `conditioned`, of the picture.

        timestep: [B] in [0, 1]. grid: (rows, columns) of either image's tokens.
        """
