"""Muon for the matrices, AdamW for the rest: fewer steps for the same loss, which is what a small budget wants.

Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024) replaces a matrix's momentum
by the nearest semi-orthogonal matrix, so that no direction of a layer starves while another overshoots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.finetune.config import TrainConfig

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic that pushes every singular value towards 1 (Jordan et al., 2024)."""
STEPS = 5
BETAS = (0.9, 0.99)
"""Of AdamW: how long gradients and their squares are remembered."""


class MuonAdamW(torch.optim.Optimizer):
    """Parameter groups carry `muon` (bool), `lr`, `weight_decay`; see `parameter_groups`."""

    def __init__(self, groups: Iterable[dict[str, Any]], momentum: float = 0.95, betas: tuple[float, float] = BETAS):
        super().__init__(groups, {"momentum": momentum, "betas": betas, "eps": 1e-8})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:
        """Update every parameter that has a gradient."""
        if closure is not None:
            raise ValueError("MuonAdamW takes no closure")
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            for weight in weights:
                weight.mul_(1 - group["lr"] * group["weight_decay"])
            if group["muon"]:
                self._muon(weights, group)
                continue
            for weight in weights:
                weight.add_(self._adam(weight, group), alpha=-group["lr"])

    def _muon(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        alike: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
        for weight in weights:
            state = self.state[weight]
            if not state:
                state["momentum"] = torch.zeros_like(weight)
            state["momentum"].lerp_(weight.grad, 1 - group["momentum"])
            direction = weight.grad.lerp(state["momentum"], group["momentum"]).flatten(1)
            alike.setdefault((direction.shape[0], direction.shape[1]), []).append((weight, direction))
        # Matrices of one shape go together: a small net has many, and each call costs more than its arithmetic.
        for (rows, columns), pairs in alike.items():
            scale = max(1.0, rows / columns) ** 0.5
            for (weight, _), matrix in zip(pairs, orthogonalise(torch.stack([d for _, d in pairs])), strict=True):
                weight.add_(matrix.reshape(weight.shape), alpha=-group["lr"] * scale)

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


def orthogonalise(matrices: Tensor) -> Tensor:
    """The semi-orthogonal matrices nearest to `matrices` [..., m, n], roughly: singular values near 1 (0.7 to 1.2).

    x -> (a + b xx' + c (xx')^2) x, repeated. All factors are polynomials of the first xx', so they are multiplied up
    on the small side and meet the long matrix once.
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    a, b, c = NEWTON_SCHULZ
    gram = x @ x.mT
    total = identity = torch.eye(x.shape[-2], dtype=x.dtype, device=x.device).expand_as(gram)
    for step in range(STEPS):
        factor = a * identity + b * gram + c * (gram @ gram)
        total = factor @ total
        if step < STEPS - 1:
            gram = factor @ gram @ factor
    x = total @ x
    return x.mT if tall else x


def create_optimizer(trained: Mapping[str, nn.Parameter], preset: TrainConfig, fused: bool = False) -> Any:
    """The preset's optimizer for weights by name. fused: AdamW in one kernel, where the device has it.

    In a distributed run every process takes the same step: each has the mean gradient, whole.
    """
    groups = parameter_groups(trained, preset)
    if preset.optimizer == "muon":
        return MuonAdamW(groups)
    return torch.optim.AdamW(groups, betas=BETAS, fused=fused or None)


def parameter_groups(trained: Mapping[str, nn.Parameter], preset: TrainConfig) -> list[dict[str, Any]]:
    """Weights by what becomes of them: no decay for gains and biases.

    muon: hidden matrices and convolutions go to Muon; embeddings, gains, biases and the outer layers to AdamW.
    """
    hidden, decayed, rest = [], [], []
    for name, weight in trained.items():
        outer = any(part in name for part in ("embedding", "conv_in", "conv_out"))
        if weight.ndim < 2:
            rest.append(weight)
        elif outer or preset.optimizer != "muon":
            decayed.append(weight)
        else:
            hidden.append(weight)
    groups = [
        {"params": hidden, "lr": preset.muon_rate, "weight_decay": preset.weight_decay, "muon": True},
        {"params": decayed, "lr": preset.learning_rate, "weight_decay": preset.weight_decay, "muon": False},
        {"params": rest, "lr": preset.learning_rate, "weight_decay": 0.0, "muon": False},
    ]
    return [group for group in groups if group["params"]]
