"""Low-rank adapters on a transformer, put there and saved through diffusers, so that it loads them by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict
from torch import nn

from pipeline.errors import ConfigError, one_line
from pipeline.finetune.bases import LORA
from pipeline.finetune.bases.weights import FAULTS
from pipeline.finetune.config import Lora


def add_lora(transformer: Any, config: Lora, default: Sequence[str], seed: int) -> None:
    """Freeze `transformer` and put fresh adapters on its linear layers. They do nothing until they are trained.

    default: targets where the config names none. The adapters are float32 whatever the transformer is: in bfloat16 a
    small step would round to none. Raises ConfigError for a target that matches no layer.
    """
    transformer.requires_grad_(False)
    adapter = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        lora_dropout=config.dropout,
        target_modules=match(transformer, config.targets or default),
        init_lora_weights=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        transformer.add_adapter(adapter)
    for weight in transformer.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()


def match(transformer: nn.Module, targets: Sequence[str]) -> list[str]:
    """Full names of the linear layers whose names end in one of `targets` ("to_q", "ff.linear_in", a full name).

    Raises ConfigError for a target that matches none.
    """
    layers = [name for name, module in transformer.named_modules() if isinstance(module, nn.Linear)]
    found: set[str] = set()
    for target in targets:
        mine = {name for name in layers if name == target or name.endswith(f".{target}")}
        if not mine:
            # Without block numbers the same layer of every block is one name.
            kinds = sorted(
                {re.sub(r"^.*\.\d+\.", "", re.sub(r"\.(\d+)$", r"#\1", name)).replace("#", ".") for name in layers}
            )
            near = difflib.get_close_matches(target, kinds, 3, 0.4)
            some = near + [kind for kind in kinds if kind not in near][: 8 - len(near)]
            raise ConfigError(f"lora.targets: {target!r} matches no linear layer; some that exist: {', '.join(some)}")
        found |= mine
    return [name for name in layers if name in found]


def save_lora(pipe: Any, folder: Path) -> None:
    """Write LORA with the adapters and, as its metadata, their rank and alpha.

    Dropout is said to be 0: diffusers leaves freshly loaded adapters as in training, and would paint with it.
    """
    transformer = pipe.transformer
    [name] = transformer.peft_config
    pipe.save_lora_weights(
        folder,
        transformer_lora_layers=get_peft_model_state_dict(transformer, adapter_name=name),
        transformer_lora_adapter_metadata=transformer.peft_config[name].to_dict() | {"lora_dropout": 0.0},
    )


def load_lora(pipe: Any, folder: Path) -> None:
    """Put the adapters of LORA on the pipeline's transformer. Raises ConfigError."""
    try:
        pipe.load_lora_weights(folder, weight_name=LORA, use_safetensors=True)
    except (*FAULTS, KeyError) as error:
        reason = one_line(error, 160)
        raise ConfigError(
            f"--model {folder}: {LORA} does not fit its base weights ({reason}); pass the folder that "
            "`plantain finetune` wrote, with the weights it was trained on"
        ) from None
