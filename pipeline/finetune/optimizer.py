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
            if weights:
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
                (self._muon if group["muon"] else self._adam)(weights, group)

    def _muon(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        for weight in weights:
            if not self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        grads: list[Any] = [weight.grad for weight in weights]
        momenta = [self.state[weight]["momentum"] for weight in weights]
        torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
        directions = torch._foreach_lerp(grads, momenta, group["momentum"])
        alike: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
        for weight, direction in zip(weights, directions, strict=True):
            matrix = _channels_last(direction).flatten(1)
            alike.setdefault((matrix.shape[0], matrix.shape[1]), []).append((weight, matrix))
        # Matrices of one shape go together: a small net has many, and each call costs more than its arithmetic.
        for (rows, columns), pairs in alike.items():
            scale = max(1.0, rows / columns) ** 0.5
            for (weight, _), matrix in zip(pairs, orthogonalise(torch.stack([d for _, d in pairs])), strict=True):
                seen = _channels_last(weight)
                seen.add_(matrix.reshape(seen.shape), alpha=-group["lr"] * scale)

    def _adam(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        for weight in weights:
            if not self.state[weight]:
                empty = {"mean": torch.zeros_like(weight), "square": torch.zeros_like(weight)}
                self.state[weight] |= {"step": torch.zeros(()), **empty}
            self.state[weight]["step"] += 1
        counts = [float(self.state[weight]["step"]) for weight in weights]
        means, squares = ([self.state[weight][name] for weight in weights] for name in ("mean", "square"))
        grads: list[Any] = [weight.grad for weight in weights]
        first, second = group["betas"]
        torch._foreach_lerp_(means, grads, 1 - first)
        torch._foreach_lerp_(squares, torch._foreach_mul(grads, grads), 1 - second)
        scales = torch._foreach_div(squares, [1 - second**count for count in counts])
        torch._foreach_sqrt_(scales)
        torch._foreach_add_(scales, group["eps"])
        updates = torch._foreach_div(means, [1 - first**count for count in counts])
        torch._foreach_div_(updates, scales)
        torch._foreach_add_(weights, updates, alpha=-group["lr"])


def _channels_last(weight: Tensor) -> Tensor:
    """A convolution's weights with their channels last, as they lie in memory: a matrix of it, and back, without a copy.

    In which order a matrix has its columns is all the same to Muon.
    """
    return weight.permute(0, 2, 3, 1) if weight.ndim == 4 else weight


def orthogonalise(matrices: Tensor) -> Tensor:
    """The semi-orthogonal matrices nearest to `matrices` [..., m, n], roughly: singular values near 1 (0.7 to 1.2).

    x -> (a + b xx' + c (xx')^2) x, repeated, in whichever order takes fewer multiplications.
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    batch = x.reshape(-1, *x.shape[-2:])
    batch = _on_both_sides(batch) if batch.shape[-1] < 1.5 * batch.shape[-2] else _on_the_small_side(batch)
    x = batch.reshape(x.shape)
    return x.mT if tall else x


def _on_both_sides(x: Tensor) -> Tensor:
    for _ in range(STEPS):
        x = _factor(x @ x.mT) @ x
    return x


def _on_the_small_side(x: Tensor) -> Tensor:
    """All factors are polynomials of the first xx', so they are multiplied up there and meet the long matrix once."""
    gram = x @ x.mT
    total = factor = _factor(gram)
    for _ in range(STEPS - 1):
        gram = factor @ gram @ factor
        factor = _factor(gram)
        total = factor @ total
    return total @ x


def _factor(gram: Tensor) -> Tensor:
    """a + b xx' + c (xx')^2 of xx' [n, m, m]."""
    a, b, c = NEWTON_SCHULZ
    factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
    factor.diagonal(dim1=-2, dim2=-1).add_(a)
    return factor


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
