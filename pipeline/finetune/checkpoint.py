"""What a stopped run needs to go on: one safetensors file, written whole or not at all.

Its tensors are `weights.NAME`, `average.NAME` and `optimizer.NAME.KEY` of every weight that is trained; its header holds
step, seconds and the rest as JSON. Nothing else is needed: examples, noise and dropout follow from seed and step.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError, one_line

if TYPE_CHECKING:
    from pipeline.finetune.learner import Learner

FOLDER = "checkpoint"
FILE = "state.safetensors"
HEADER = "plantain"
VERSION = 1


def save_checkpoint(output: Path, learner: Learner, step: int, seconds: float) -> None:
    """Write output/checkpoint; a run killed while it writes, or a full disk, keeps the one before.

    Raises OSError or SafetensorError when it cannot be written.
    """
    from safetensors.torch import save_file

    tensors = {name: value.detach().cpu().contiguous() for name, value in _tensors(learner).items()}
    header = {"version": VERSION, "step": step, "seconds": seconds, "averaged": 0, "scaler": None}
    if learner.ema is not None:
        header["averaged"] = learner.ema.optimization_step
    if learner.scaler is not None:
        header["scaler"] = learner.scaler.state_dict()
    folder = output / FOLDER
    folder.mkdir(exist_ok=True)
    partial = folder / f"{FILE}.partial"
    try:
        save_file(tensors, partial, {HEADER: json.dumps(header)})
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, folder / FILE)
    finally:
        partial.unlink(missing_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def load_checkpoint(output: Path, learner: Learner) -> tuple[int, float]:
    """Put the checkpoint's state back; returns (steps done, seconds used). Raises ConfigError naming the file."""
    import torch
    from safetensors import SafetensorError, safe_open

    path = output / FOLDER / FILE
    try:
        with safe_open(path, "pt") as file:
            header = json.loads((file.metadata() or {})[HEADER])
            if header["version"] != VERSION:
                raise ValueError(f"its version is {header['version']}, this program reads {VERSION}")
            names = set(file.keys())
            if learner.ema is None:
                # Averages are the first process's business: the others have no use for them.
                names = {name for name in names if not name.startswith("average.")}
            for name, weight in learner.trained.items():
                with torch.no_grad():
                    weight.copy_(_fitting(file, f"weights.{name}", weight, names))
            if learner.ema is not None:
                for (name, weight), average in zip(learner.trained.items(), learner.ema.shadow_params, strict=True):
                    average.copy_(_fitting(file, f"average.{name}", weight, names))
                learner.ema.optimization_step = header["averaged"]
            _restore_optimizer(file, learner, names)
        if names:
            raise ValueError(f"{min(names)} belongs to nothing that is trained here")
        if learner.scaler is not None and header["scaler"]:
            learner.scaler.load_state_dict(header["scaler"])
        return int(header["step"]), float(header["seconds"])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        reason = f"no {error.args[0]}" if isinstance(error, KeyError) else one_line(error)
        raise ConfigError(f"{path}: cannot be resumed from ({reason}); delete it to start again") from None


def _tensors(learner: Learner) -> dict[str, Any]:
    named: dict[str, Any] = {}
    averages = learner.ema.shadow_params if learner.ema is not None else [None] * len(learner.trained)
    for (name, weight), average in zip(learner.trained.items(), averages, strict=True):
        named[f"weights.{name}"] = weight
        if average is not None:
            named[f"average.{name}"] = average
        for key, value in learner.optimizer.state.get(weight, {}).items():
            named[f"optimizer.{name}.{key}"] = value
    return named


def _fitting(file: Any, name: str, weight: Any, left: set[str]) -> Any:
    """The tensor `name` for `weight`, taken off what is `left`. Raises KeyError and ValueError."""
    if name not in left:
        raise KeyError(name)
    left.discard(name)
    value = file.get_tensor(name)
    if value.shape != weight.shape:
        raise ValueError(f"{name} has shape {list(value.shape)}, here it is {list(weight.shape)}")
    return value


def _restore_optimizer(file: Any, learner: Learner, left: set[str]) -> None:
    """Give the optimizer its state back, through its own loading, which knows the device of each part."""
    import torch

    names = {weight: name for name, weight in learner.trained.items()}
    order = [weight for group in learner.optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for index, weight in enumerate(order):
        prefix = f"optimizer.{names[weight]}."
        for name in sorted(entry for entry in left if entry.startswith(prefix) and "." not in entry[len(prefix) :]):
            value = file.get_tensor(name)
            if value.shape == weight.shape:
                # In the weight's memory layout, as it was: the order of sums depends on it.
                value = torch.empty_like(weight, dtype=value.dtype, device="cpu").copy_(value)
            state.setdefault(index, {})[name.removeprefix(prefix)] = value
            left.discard(name)
    groups = learner.optimizer.state_dict()["param_groups"]
    learner.optimizer.load_state_dict({"state": state, "param_groups": groups})
