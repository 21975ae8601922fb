"""The base `qwen_image_edit`: Qwen-Image-Edit (Wu et al., arXiv:2508.02324) as diffusers' QwenImageEditPlusPipeline has it.

20 billion parameters. The picture asked about comes in twice: its clean tokens beside the painting's, and through
Qwen2.5-VL, which reads the prompt beside it. Pictures from words alone go as QwenImagePipeline, of the same parts, has it.

The pipeline brings every reference picture to a million pixels. Here it has the painting's own size, in training as in
painting: at 512 x 512 that is a third of the tokens.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKLQwenImage, QwenImageEditPlusPipeline, QwenImagePipeline
from diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus import (
    CONDITION_IMAGE_SIZE,
    calculate_dimensions,
    calculate_shift,
)
from huggingface_hub import snapshot_download
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from transformers import ProcessorMixin, Qwen2TokenizerFast, Qwen2VLImageProcessorPil, Qwen2VLProcessor

from pipeline.finetune.bases.canvas import paint_noise
from pipeline.finetune.bases.latent import LatentBase
from pipeline.finetune.bases.tokens import TokenNetwork
from pipeline.finetune.bases.weights import FAULTS, WEIGHTS, missing

IMAGE_TOKEN, VIDEO_TOKEN = "<|image_pad|>", "<|video_pad|>"


class PictureProcessor(Qwen2VLProcessor):
    """Qwen2VLProcessor without its half for videos, which cannot be had without torchvision. Same answers about pictures."""

    folder: Path
    """Where its files are."""

    def __init__(self, image_processor: Any, tokenizer: Any) -> None:
        self.image_token, self.video_token = IMAGE_TOKEN, VIDEO_TOKEN
        self.image_token_id, self.video_token_id = tokenizer.convert_tokens_to_ids([IMAGE_TOKEN, VIDEO_TOKEN])
        ProcessorMixin.__init__(self, image_processor, tokenizer)

    @classmethod
    def beside(cls, weights: str, revision: str | None, what: str = WEIGHTS) -> PictureProcessor:
        """Of the files in the folder `processor` of a pipeline. what: see check_weights. Raises ConfigError."""
        try:
            found = weights
            if not Path(weights).is_dir():
                found = snapshot_download(weights, revision=revision, allow_patterns="processor/*")
            folder = Path(found) / "processor"
            image_processor = Qwen2VLImageProcessorPil.from_pretrained(folder)
            processor = cls(image_processor, Qwen2TokenizerFast.from_pretrained(folder))
        except FAULTS as error:
            raise missing(weights, error, what) from None
        processor.folder = folder
        return processor


class QwenAutoencoder:
    """AutoencoderKLQwenImage, a video autoencoder shown one frame, with its pipeline's statistics and 2 x 2 folding."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.multiple = 2 * 2 ** len(model.temperal_downsample)

    def encode(self, pictures: Tensor) -> Tensor:
        """See tokens.Autoencoder: the mean of the posterior, normalised and folded."""
        mean, deviation = self._statistics(pictures)
        latents = self.model.encode(pictures[:, :, None]).latent_dist.mode()[:, :, 0]
        return F.pixel_unshuffle((latents - mean) / deviation, 2)

    def decode(self, latents: Tensor) -> Tensor:
        """See tokens.Autoencoder. The model clips to [-1, 1]."""
        mean, deviation = self._statistics(latents)
        # Divided by the inverse, as the pipeline does: the last bit of a product differs.
        unfolded = F.pixel_shuffle(latents, 2) / (1 / deviation) + mean
        pictures: Tensor = self.model.decode(unfolded[:, :, None]).sample[:, :, 0]
        return pictures

    def _statistics(self, like: Tensor) -> tuple[Tensor, Tensor]:
        mean, deviation = (
            torch.tensor(values, device=like.device, dtype=like.dtype)[:, None, None]
            for values in (self.model.config.latents_mean, self.model.config.latents_std)
        )
        return mean, deviation


class QwenNetwork(TokenNetwork):
    """QwenImageTransformer2DModel; see tokens.TokenNetwork."""

    def velocity(
        self, tokens: Tensor, timestep: Tensor, grid: tuple[int, int], conditioned: bool, text: dict[str, Tensor]
    ) -> Tensor:
        """See tokens.TokenNetwork."""
        shapes = [(1, *grid)] * (2 if conditioned else 1)
        answer: Tensor = self.transformer(
            hidden_states=tokens,
            timestep=timestep,
            guidance=None,
            encoder_hidden_states=text["embeds"].to(self.dtype),
            encoder_hidden_states_mask=text.get("mask"),
            img_shapes=[shapes] * len(tokens),
            attention_kwargs={},
            return_dict=False,
        )[0]
        return answer


class QwenImageEdit(LatentBase):
    """The base `qwen_image_edit`; see bases.Base."""

    name = "qwen_image_edit"
    weights = "Qwen/Qwen-Image-Edit-2511"
    pipeline = QwenImageEditPlusPipeline
    codec = QwenAutoencoder
    vae = AutoencoderKLQwenImage
    # All linear layers of the blocks but those of the modulation.
    targets = (
        "attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out.0",
        "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_add_out",
        "img_mlp.net.0.proj", "img_mlp.net.2", "txt_mlp.net.0.proj", "txt_mlp.net.2",
    )  # fmt: skip
    multiple = 32
    shortest = 32
    guidance = 4.0
    reads_images = True
    unasked = " "

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        parts = {
            name: self.pipe.components[name]
            for name in ("vae", "text_encoder", "tokenizer", "transformer", "scheduler")
        }
        self.words_alone = QwenImagePipeline(**parts)

    def shift(self, tokens: int, steps: int) -> float:
        """See latent.LatentBase. Linear in the number of tokens, as the scheduler's settings have it."""
        settings = self.pipe.scheduler.config
        ends = (settings.get("base_image_seq_len", 256), settings.get("max_image_seq_len", 4096))
        return float(calculate_shift(tokens, *ends, settings.get("base_shift", 0.5), settings.get("max_shift", 1.15)))

    def guided(self, asked: Tensor, unasked: Tensor) -> Tensor:
        """See latent.LatentBase. As long as what was asked for, token by token."""
        both = unasked + self.guidance * (asked - unasked)
        return both * (asked.norm(dim=1, keepdim=True) / both.norm(dim=1, keepdim=True))

    @classmethod
    def _parts(cls, weights: str, revision: str | None, what: str) -> dict[str, Any]:
        return {"processor": PictureProcessor.beside(weights, revision, what)}

    def save(self, folder: Path) -> None:
        """See latent.LatentBase. Of a whole pipeline the processor's files are the base's own."""
        super().save(folder)
        if self.config.tune == "full":
            shutil.rmtree(folder / "processor")
            shutil.copytree(self.pipe.processor.folder, folder / "processor")
            index = json.loads((folder / "model_index.json").read_text())
            index["processor"] = ["transformers", "Qwen2VLProcessor"]
            (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")

    def _network(self, dtype: torch.dtype) -> TokenNetwork:
        return QwenNetwork(self.pipe.transformer, dtype)

    @classmethod
    def _idle(cls, transformer: Any) -> tuple[str, ...]:
        # The last block's words go nowhere.
        last = f"transformer_blocks.{len(transformer.transformer_blocks) - 1}"
        return f"{last}.txt_mlp.", f"{last}.attn.to_add_out."

    def _read(self, prompts: Sequence[str], images: Sequence[NDArray[np.uint8] | None]) -> list[Tensor]:
        # One by one: to the pipeline, several pictures are several pictures of one prompt.
        return [self._read_one(prompt, image) for prompt, image in zip(prompts, images, strict=True)]

    def _read_one(self, prompt: str, image: NDArray[np.uint8] | None) -> Tensor:
        if image is None:
            embeds: Tensor = self.words_alone.encode_prompt(prompt, device=self.device, max_sequence_length=512)[0]
            return embeds[0]
        width, height = calculate_dimensions(CONDITION_IMAGE_SIZE, image.shape[1] / image.shape[0])
        seen = self.pipe.image_processor.resize(Image.fromarray(image), height, width)
        embeds = self.pipe.encode_prompt(prompt, image=[seen], device=self.device)[0]
        return embeds[0]

    def noise(self, seed: int, shape: torch.Size) -> Tensor:
        """See latent.LatentBase. The pipeline draws before it folds."""
        _, channels, rows, columns = shape
        return F.pixel_unshuffle(paint_noise(seed, (1, channels // 4, 2 * rows, 2 * columns)), 2)
