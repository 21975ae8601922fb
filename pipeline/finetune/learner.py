"""A base made ready to learn: in this process group, at its precision, with its optimizer and averaged weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from pipeline.errors import ConfigError
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.objective import Inputs, Objective
from pipeline.finetune.optimizer import create_optimizer

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base
    from pipeline.finetune.processes import Processes

REGIONAL = 0.5
"""Share of the weights that repeated blocks must hold for compiling them alone to be worth it."""


class Learner:
    """What a step changes, and the step itself.

    trained: the weights by name, the same in every process. optimizer: torch's own. ema: diffusers' EMAModel of the
    trained weights, None without averaging and in all processes but the first, which alone saves. scaler: of float16.
    """

    def __init__(self, base: Base, preset: TrainConfig, accelerator: Any, first: bool) -> None:
        if preset.gradient_checkpointing:
            checkpoint_gradients(base)
        if preset.compile:
            compile_network(base.network)
        objective = Objective(base, preset.objective)
        self.trained = {name: weight for name, weight in objective.named_parameters() if weight.requires_grad}
        if not self.trained:
            raise ConfigError(f"--base {base.name}: none of its weights is set to be trained; check lora.targets")
        self._accelerator, self._preset = accelerator, preset
        device = accelerator.device
        objective.to(device)
        optimizer = create_optimizer(self.trained, preset, fused=device.type == "cuda")
        self._peaks = [group["lr"] for group in optimizer.param_groups]
        # What is frozen is the same in every process from the start: it need not travel.
        frozen = [name for name, _ in objective.named_parameters() if name not in self.trained]
        DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(
            objective, frozen + [name for name, _ in objective.named_buffers()]
        )
        self.module, self._stepper = accelerator.prepare(objective, optimizer)
        self.optimizer = optimizer
        self.scaler = accelerator.scaler
        self.ema = self._averages() if first and preset.ema else None
        self.module.train()

    def update(self, inputs: list[Inputs], rate: float, step: int, processes: Processes) -> Tensor:
        """One step at `rate` of the peak learning rate: the losses of this process's examples and the gradient's norm.

        float [n + 1], on the device, where the work may still be under way. step: its number, for dropout's draws.
        Raises what went wrong in any of the processes.
        """
        self._seed(step, processes.rank)
        for group, peak in zip(self._stepper.param_groups, self._peaks, strict=True):
            group["lr"] = peak * rate
        losses: list[Tensor] = []

        def up_to_last() -> Tensor:
            for one in inputs[:-1]:
                with self._accelerator.no_sync(self.module):
                    losses.append(self._backward(self.module(one), len(inputs)))
            return self.module(inputs[-1])

        if isinstance(self.module, DistributedDataParallel):
            # Once, before its second pass, torch regroups the gradients for their journey, all processes together. Done
            # here, nobody waits in there for one that has failed.
            self.module.reducer._rebuild_buckets()
        # Only in the last pass do gradients meet those of other processes: before, each can still say that it failed.
        losses.append(self._backward(processes.everywhere(up_to_last), len(inputs)))
        norm = self._accelerator.clip_grad_norm_(list(self.trained.values()), self._preset.clip_norm)
        self._stepper.step()
        self._stepper.zero_grad()
        if self.ema is not None:
            self.ema.step(self.trained.values())
        return torch.cat([*losses, norm.detach().float().reshape(1)])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """While it lasts, the network has its averaged weights, where there are any."""
        if self.ema is None:
            yield
            return
        self.ema.store(self.trained.values())
        self.ema.copy_to(self.trained.values())
        try:
            yield
        finally:
            self.ema.restore(self.trained.values())

    def _backward(self, losses: Tensor, passes: int) -> Tensor:
        self._accelerator.backward(losses.mean() / passes)
        return losses.detach().float()

    def _seed(self, step: int, rank: int) -> None:
        """Dropout is drawn from torch's global generator: a function of seed, step and process, it needs no saving."""
        drawn = np.random.SeedSequence((self._preset.seed, step, rank)).generate_state(1)[0]
        torch.manual_seed(int(drawn))

    def _averages(self) -> Any:
        from diffusers.training_utils import EMAModel

        # foreach: a few kernels in place of one for each weight.
        return EMAModel(self.trained.values(), decay=self._preset.ema, foreach=True)


def checkpoint_gradients(base: Base) -> None:
    """Have the network compute its activations again on the way back, in place of keeping them: less memory, more time.

    Raises ConfigError for a base that cannot.
    """
    models = [model for model in _outermost(base.network) if getattr(model, "_supports_gradient_checkpointing", True)]
    for model in models:
        if hasattr(model, "enable_gradient_checkpointing"):
            model.enable_gradient_checkpointing()
        else:
            model.gradient_checkpointing_enable({"use_reentrant": False})
    if not models:
        raise ConfigError(f"gradient_checkpointing: true: base {base.name} has no layers to recompute; set it to false")


def compile_network(network: nn.Module) -> None:
    """Compile a network's models in place: block by block where blocks repeat, which is ready in a fraction of the time."""
    for model in _outermost(network):
        repeated = getattr(model, "_repeated_blocks", None) or ()
        inside = sum(count(part) for part in model.modules() if type(part).__name__ in repeated)
        if inside >= REGIONAL * count(model):
            model.compile_repeated_blocks()
        else:
            model.compile()


def count(module: nn.Module) -> int:
    """How many numbers a module's weights are."""
    return sum(weight.numel() for weight in module.parameters())


def _outermost(network: nn.Module) -> list[Any]:
    """The models of diffusers and transformers in a network, without those inside of others."""
    known = ("enable_gradient_checkpointing", "gradient_checkpointing_enable")
    if any(hasattr(network, name) for name in known):
        return [network]
    return [model for child in network.children() for model in _outermost(child)]
