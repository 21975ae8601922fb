"""What a killed run needs to go on: weights, optimiser, step and seconds used. The rest follows from seed and step."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError

FILE = "state.pt"


def save_checkpoint(output: Path, module: Any, optimizer: Any, accelerator: Any, step: int, seconds: float) -> None:
    """Write output/checkpoint whole or not at all: a run killed while saving keeps the one before."""
    import torch

    if not accelerator.is_main_process:
        return
    partial = output / "checkpoint.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    trained = _trained(module, accelerator)
    state = {name: value for name, value in accelerator.get_state_dict(module).items() if name in trained}
    torch.save(
        {"weights": state, "optimizer": optimizer.state_dict(), "step": step, "seconds": seconds}, partial / FILE
    )
    final = output / "checkpoint"
    final.mkdir(exist_ok=True)
    os.replace(partial / FILE, final / FILE)
    partial.rmdir()


def load_checkpoint(output: Path, module: Any, optimizer: Any, accelerator: Any) -> tuple[int, float]:
    """Put the checkpoint's state back; returns (steps done, seconds used). Raises ConfigError."""
    import torch

    path = output / "checkpoint" / FILE
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        # What is frozen is in no checkpoint, and comes with the base.
        missing = accelerator.unwrap_model(module).load_state_dict(saved["weights"], strict=False).missing_keys
        if lost := sorted(set(missing) & _trained(module, accelerator)):
            raise KeyError(f"no weights for {lost[0]}")
        optimizer.load_state_dict(saved["optimizer"])
        return int(saved["step"]), float(saved["seconds"])
    except (OSError, RuntimeError, KeyError, ValueError, EOFError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ConfigError(f"{path}: cannot be resumed from ({reason}); pass --overwrite to start again") from None


def _trained(module: Any, accelerator: Any) -> set[str]:
    return {name for name, weight in accelerator.unwrap_model(module).named_parameters() if weight.requires_grad}
