"""Image generators that can be tuned, behind one small face."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, require
from pipeline.finetune.config import TrainConfig

BASES = ("tiny",)
CARD = "plantain.json"
"""Beside the weights: which base this is and how it was trained."""


class Base(Protocol):
    """A generator that paints an answer to a prompt about an image.

    module: torch Module; what requires a gradient in it is trained, and its state dict is what a checkpoint holds.
        Its forward pass is one step's loss: module(images uint8 [B, S, S, 3], targets the same, prompts [B],
        torch Generator on the CPU) -> scalar Tensor. All its randomness comes from that generator.
    image_size: S, pixels along one side of the square images it sees.
    """

    module: Any
    image_size: int

    def groups(self, config: TrainConfig) -> list[dict[str, Any]]:
        """Parameter groups for `optimizer.MuonAdamW`."""
        ...

    def paint(
        self, images: Sequence[NDArray[np.uint8]], prompts: Sequence[str], seed: int = 0, steps: int | None = None
    ) -> list[NDArray[np.uint8]]:
        """One painting an image, uint8 [H, W, 3] of the image's own size. The same seed paints the same, in any batch.

        steps: denoising steps; None for the base's own choice.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write the weights so that `load` and diffusers' from_pretrained read them."""
        ...


def create(name: str, config: TrainConfig, prompts: Iterable[str]) -> Base:
    """The base `name`, ready to train. prompts: what a base without a vocabulary learns one from.

    Raises ConfigError for an unknown name.
    """
    if name == "tiny":
        from pipeline.finetune.bases.tiny import Tiny, build

        _quiet()
        return Tiny(build(config.model, prompts, config.seed))
    raise ConfigError(f"--base {name}: unknown base; known bases: {', '.join(BASES)}")


def check(name: str) -> None:
    """Raise ConfigError unless `name` is a known base and what bases need is installed. Imports nothing heavy."""
    require("train", "torch", "diffusers", "transformers", "accelerate")
    if name not in BASES:
        raise ConfigError(f"--base {name}: unknown base; known bases: {', '.join(BASES)}")


def load(folder: Path, device: str = "auto") -> Base:
    """A tuned model. device: a torch device, or "auto" for an accelerator where there is one.

    Raises ConfigError when `folder` holds no finished model or one of an unknown base.
    """
    card = read_card(folder)
    if card["base"] == "tiny":
        from pipeline.finetune.bases.tiny import Tiny, TinyPipeline

        _quiet()
        return Tiny(TinyPipeline.from_pretrained(folder), device)
    raise ConfigError(f"{folder / CARD}: base: unknown base {card['base']!r}; known bases: {', '.join(BASES)}")


def read_card(folder: Path) -> dict[str, Any]:
    """plantain.json of a tuned model. Raises ConfigError."""
    try:
        card = json.loads((folder / CARD).read_text())
        card["base"]
    except (FileNotFoundError, NotADirectoryError):
        unfinished = (folder / "checkpoint").is_dir()
        remedy = (
            "its training is unfinished: run `plantain finetune` again"
            if unfinished
            else "pass what `plantain finetune` wrote"
        )
        raise ConfigError(f"--model {folder}: no tuned model here ({CARD} is missing); {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{folder / CARD}: cannot be read ({error}); train the model again") from None
    return card


def _quiet() -> None:
    """No progress bar for each of a model's files; the command has its own."""
    from diffusers.utils.logging import disable_progress_bar as quiet_diffusers
    from huggingface_hub.utils import disable_progress_bars as quiet_hub
    from transformers.utils.logging import disable_progress_bar as quiet_transformers

    quiet_diffusers()
    quiet_transformers()
    quiet_hub()
