"""Muon for the matrices, AdamW for the rest: fewer steps for the same loss, which is what a small budget wants.

Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) replaces a matrix's momentum
by the nearest semi-orthogonal matrix, so that no direction of a layer starves while another overshoots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic that pushes every singular value towards 1 (Jordan et al., 2024)."""
STEPS = 5


class MuonAdamW(torch.optim.Optimizer):
    """Parameter groups carry `muon` (bool), `lr`, `weight_decay`; see `parameter_groups`."""

    def __init__(
        self, groups: Iterable[dict[str, Any]], momentum: float = 0.95, betas: tuple[float, float] = (0.9, 0.99)
    ):
        super().__init__(groups, {"momentum": momentum, "betas": betas, "eps": 1e-8})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:
        """Update every parameter that has a gradient."""
        if closure is not None:
            raise ValueError("MuonAdamW takes no closure")
        for group in self.param_groups:
            update = self._muon if group["muon"] else self._adam
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    weight.add_(update(weight, group), alpha=-group["lr"])

    def _muon(self, weight: Tensor, group: dict[str, Any]) -> Tensor:
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
        direction = weight.grad.lerp(state["momentum"], group["momentum"])
        matrix = orthogonalise(direction.flatten(1))
        rows, columns = matrix.shape
        return (matrix * max(1.0, rows / columns) ** 0.5).view_as(weight)

    def _adam(self, weight: Tensor, group: dict[str, Any]) -> Tensor:
        state = self.state[weight]
        if not state:
            state |= {"step": torch.zeros(()), "mean": torch.zeros_like(weight), "square": torch.zeros_like(weight)}
        state["step"] += 1
        first, second = group["betas"]
        state["mean"].lerp_(weight.grad, 1 - first)
        state["square"].lerp_(weight.grad.square(), 1 - second)
        count = float(state["step"])
        scale = (state["square"] / (1 - second**count)).sqrt_().add_(group["eps"])
        return state["mean"] / (1 - first**count) / scale


def orthogonalise(matrix: Tensor) -> Tensor:
    """The semi-orthogonal matrix nearest to `matrix` [m, n], roughly: singular values land between 0.7 and 1.2."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    a, b, c = NEWTON_SCHULZ
    for _ in range(STEPS):
        gram = x @ x.T
        x = a * x + torch.addmm(gram, gram, gram, beta=b, alpha=c) @ x
    return x.T if tall else x


def parameter_groups(
    module: nn.Module, learning_rate: float, muon_rate: float, weight_decay: float
) -> list[dict[str, Any]]:
    """Hidden matrices and convolutions for Muon; embeddings, gains, biases and the outer layers for AdamW."""
    hidden, decayed, rest = [], [], []
    for name, weight in module.named_parameters():
        if not weight.requires_grad:
            continue
        outer = any(part in name for part in ("embedding", "conv_in", "conv_out"))
        if weight.ndim < 2:
            rest.append(weight)
        elif outer:
            decayed.append(weight)
        else:
            hidden.append(weight)
    return [
        {"params": hidden, "lr": muon_rate, "weight_decay": weight_decay, "muon": True},
        {"params": decayed, "lr": learning_rate, "weight_decay": weight_decay, "muon": False},
        {"params": rest, "lr": learning_rate, "weight_decay": 0.0, "muon": False},
    ]
