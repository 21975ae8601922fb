"""Image generators that can be tuned, behind one small face."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, one_line, require
from pipeline.finetune.bases.canvas import Autoencoding
from pipeline.finetune.config import TrainConfig

OURS = ("tiny", "small")
"""Built from scratch, for machines without weights."""
PUBLISHED = ("flux2_klein", "qwen_image_edit")
"""Other people's image editors, tuned by adapters or whole."""
BASES = OURS + PUBLISHED
CARD = "plantain.json"
"""Beside the weights: which base this is and how it was trained."""

LORA = "pytorch_lora_weights.safetensors"
"""Of a published base tuned by adapters: what diffusers' `load_lora_weights` looks for in a folder."""


class Base(Protocol):
    """A generator that paints an answer to a prompt about an image, or a picture from a prompt alone.

    name: one of BASES. network: torch Module whose parameters that require a gradient are trained;
        network(state [B, C, h, w], sigma [B], condition [B, C, h, w], conditioned bool [B], text) -> float [B, C, h, w],
        the clean latents or the velocity (`predicts`, see objective.py). text: what `collate_text` makes.
        Frozen parts are no part of it.
    image_size: S, pixels along one side of the square images it is trained on. single_step: whether `paint` answers
        about images in one step without noise; set where it was trained so. encoder_id: names the frozen parts and
        their weights, so that encodings kept on a disk are not read for others; None where nothing is frozen.
        reads_images: whether encode_text looks at the pictures, too.
    """

    name: str
    network: Any
    predicts: Literal["clean", "velocity"]
    image_size: int
    single_step: bool
    encoder_id: str | None
    reads_images: bool

    def encode_images(self, images: Any) -> Any:
        """Latents, float tensor [B, C, h, w], of uint8 images [B, S, S, 3]; deterministic, without gradients."""
        ...

    def decode_latents(self, latents: Any) -> Any:
        """Images, float tensor [B, 3, S, S] in about [-1, 1]; gradients flow through."""
        ...

    def encode_text(
        self, prompts: Sequence[str], images: NDArray[np.uint8], conditioned: NDArray[np.bool_]
    ) -> list[dict[str, Any]]:
        """What frozen parts make of every prompt, tensors on the CPU; images for bases that read prompts beside them."""
        ...

    def collate_text(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Rows of `encode_text` as the tensors that the network takes, on its device."""
        ...

    def sigmas(self, uniform: Any, conditioned: Any) -> Any:
        """Noise levels to train at, [B] in (0, 1], from uniform draws in [0, 1). conditioned: bool [B], on the CPU, too."""
        ...

    def paint(
        self,
        images: Sequence[NDArray[np.uint8] | None],
        prompts: Sequence[str],
        seed: int = 0,
        steps: int | None = None,
        stretch: bool = True,
    ) -> list[NDArray[np.uint8]]:
        """One painting an image, uint8 [H, W, 3] of the image's own size; a square of image_size where there is none.

        The same seed paints the same, in any batch. steps: denoising steps; None for the base's own choice. Without
        stretch, paintings stay at the size of the canvas that they were made on.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write what was trained so that `load` and diffusers read it: a whole pipeline, or LoRA weights."""
        ...

    def park(self) -> None:
        """Take frozen parts off the accelerator until they are needed again: for when encodings come from a disk."""
        ...


def create(name: str, config: TrainConfig, prompts: Iterable[str], device: str = "cpu") -> Base:
    """The base `name`, ready to train. prompts: what a base without a vocabulary learns one from.

    Raises ConfigError for an unknown name, and for weights that cannot be had or are of another kind.
    """
    quiet()
    if name in PUBLISHED:
        return published(name).create(config, device)
    if name in OURS:
        from pipeline.finetune.bases.earlier import load_earlier
        from pipeline.finetune.bases.tiny import Tiny, build

        _check_size(name, config)
        if config.weights:
            pipe = load_earlier(name, Path(config.weights))
            # Size and vocabulary stay; at which noise to train and paint is this run's choice.
            pipe.scheduler = pipe.scheduler.from_config(pipe.scheduler.config, shift=config.model.shift)
            pipe.register_to_config(caption_shift=config.model.caption_shift)
        else:
            pipe = build(config.model, prompts, config.seed)
        return Tiny(pipe, name, device, config.objective.method == "single_step")
    raise ConfigError(f"--base {name}: unknown base; known bases: {', '.join(BASES)}")


def check(name: str, what: str = "--base") -> None:
    """Raise ConfigError unless `name` is a known base and what bases need is installed. Imports nothing heavy.

    what: what names the base, for the error.
    """
    require("train", "torch", "diffusers", "transformers", "accelerate", "peft")
    if name not in BASES:
        raise ConfigError(f"{what} {name}: unknown base; known bases: {', '.join(BASES)}")


def load(folder: Path, device: str = "auto", weights: str | None = None) -> Base:
    """A tuned model. device: a torch device, or "auto" for an accelerator where there is one.

    weights: hub id or folder of what adapters lie on, where that is no longer where the model's card says.
    Raises ConfigError when `folder` holds no finished model or one of an unknown base, and for needless `weights`.
    """
    card = read_card(folder)
    check(card["base"], f"{folder / CARD}: base:")
    check_needs(folder, card, weights)
    quiet()
    device = _device(device)
    if card["base"] in PUBLISHED:
        return published(card["base"]).load(folder, read_config(folder, card), device, weights)
    from pipeline.finetune.bases.tiny import Tiny, TinyPipeline
    from pipeline.finetune.bases.weights import MODEL, load_tuned

    single_step = card.get("config", {}).get("objective", {}).get("method") == "single_step"
    return Tiny(load_tuned(folder, TinyPipeline, MODEL), card["base"], device, single_step)


def release() -> None:
    """Give back the memory of models that nobody holds any more, the accelerator's, too: two large ones rarely fit together."""
    import torch

    # Models refer to themselves in places, so that the last name going is not enough.
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def needs_weights(card: dict[str, Any]) -> bool:
    """Whether the model of this card is adapters alone, which lie on weights of its base; others hold all of theirs."""
    return card["base"] in PUBLISHED and card.get("config", {}).get("tune") != "full"


def check_needs(folder: Path, card: dict[str, Any], weights: str | None) -> None:
    """Raise ConfigError for `weights` of a model that holds its own."""
    if weights is not None and not needs_weights(card):
        raise ConfigError(f"--weights {weights}: {folder} holds all its weights and needs no others; leave it out")


def autoencoding(name: str, config: TrainConfig, device: str = "auto") -> Autoencoding:
    """What the base `name` makes of a picture before any network has seen it; nothing else of it is read.

    Raises ConfigError for an unknown name, and as `create` does.
    """
    check(name)
    quiet()
    if name in PUBLISHED:
        found: Autoencoding = published(name).autoencoding(config, _device(device))
        return found
    from pipeline.finetune.bases.earlier import load_earlier
    from pipeline.finetune.bases.tiny import autoencoding as ours

    _check_size(name, config)
    if config.weights:
        pipe = load_earlier(name, Path(config.weights))
        return ours(pipe.image_size, pipe.patch, config.weights)
    return ours(config.model.image_size, config.model.patch)


def _check_size(name: str, config: TrainConfig) -> None:
    if config.image_size is not None:
        raise ConfigError(f"image_size: {config.image_size} is for published bases; {name} takes model.image_size")


def _device(name: str) -> str:
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return name


def published(name: str) -> Any:
    """The class of a published base."""
    if name == "flux2_klein":
        from pipeline.finetune.bases.flux2_klein import Flux2Klein

        return Flux2Klein
    from pipeline.finetune.bases.qwen_image_edit import QwenImageEdit

    return QwenImageEdit


def read_config(folder: Path, card: dict[str, Any]) -> TrainConfig:
    """The settings in the card of the model in `folder`. Raises ConfigError, as for a card of another version."""
    try:
        return TrainConfig.model_validate(card["config"])
    except (KeyError, ValueError) as error:
        reason = one_line(error, 160)
        raise ConfigError(f"{folder / CARD}: config: cannot be read ({reason}); train the model again") from None


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


def quiet() -> None:
    """No progress bar for each of a model's files; the command has its own."""
    from diffusers.utils.logging import disable_progress_bar as quiet_diffusers
    from huggingface_hub.utils import disable_progress_bars as quiet_hub
    from transformers.utils.logging import disable_progress_bar as quiet_transformers

    quiet_diffusers()
    quiet_transformers()
    quiet_hub()
