"""The `tiny` base: a text- and image-conditioned generator small enough to train on a laptop's processor.

A U-Net (diffusers' UNet2DConditionModel) paints by flow matching in pixel space, without an autoencoder: images
are folded to tokens of patch x patch pixels, the noisy painting and the conditioning image side by side on the
channels. It predicts the clean painting x0 ("x-prediction", Li & He, "Back to Basics: Let Denoising Generative
Models Denoise", arXiv:2511.13720), from which the velocity follows as v = (x_sigma - x0) / sigma, with
x_sigma = (1 - sigma) x0 + sigma noise (Lipman et al., arXiv:2210.02747). The prompt acts twice: as a sequence
through cross-attention and, pooled, on the scale and shift of every residual block.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler, UNet2DConditionModel
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from pipeline.finetune.config import TinyModel, TrainConfig
from pipeline.finetune.data import fit
from pipeline.finetune.optimizer import parameter_groups

STEPS = 4
BATCH = 32
FLAT = 0.1
"""Added to a painting's variance, in [-1, 1], before it divides the loss: plain targets weigh no more than this."""
NOISE_SCALE = 0.1
"""Of the first layer's weights on the noisy painting, at the start: at high noise it says little, and drowns the image."""


class TinyPipeline(DiffusionPipeline):
    """Paints an answer to a prompt about an image. Saved and loaded as any diffusers pipeline.

    unet: sees 2 x 3 x patch^2 channels, predicts the clean painting's 3 x patch^2.
    """

    def __init__(
        self,
        unet: UNet2DConditionModel,
        text_encoder: CLIPTextModel,
        tokenizer: PreTrainedTokenizerFast,
        scheduler: FlowMatchEulerDiscreteScheduler,
    ) -> None:
        super().__init__()
        self.register_modules(unet=unet, text_encoder=text_encoder, tokenizer=tokenizer, scheduler=scheduler)

    @property
    def patch(self) -> int:
        """Pixels along one side of a token."""
        return math.isqrt(self.unet.config.out_channels // 3)

    @property
    def image_size(self) -> int:
        """Pixels along one side of the square images it was trained on."""
        return int(self.unet.config.sample_size) * self.patch

    @torch.no_grad()
    def __call__(
        self,
        image: Tensor,
        prompt: Sequence[str],
        noise: Tensor,
        num_inference_steps: int = STEPS,
    ) -> Tensor:
        """The painting, float [B, 3, S, S] in [-1, 1].

        image, noise: float [B, 3, S, S]; the image in [-1, 1], the noise standard normal.
        """
        sigmas = np.linspace(1.0, 1.0 / num_inference_steps, num_inference_steps)
        self.scheduler.set_timesteps(sigmas=sigmas.tolist(), device=image.device)
        text = encode_text(self.text_encoder, self.tokenizer, prompt)
        condition = F.pixel_unshuffle(image, self.patch)
        state = F.pixel_unshuffle(noise, self.patch)
        for step, timestep in enumerate(self.scheduler.timesteps):
            sigma = self.scheduler.sigmas[step]
            clean = predict_clean(self.unet, state, condition, sigma.expand(len(state)).to(state), text)
            state = self.scheduler.step((state - clean) / sigma, timestep, state).prev_sample
        return F.pixel_shuffle(state, self.patch).clamp(-1, 1)


class Tiny:
    """The `tiny` base; see bases.Base."""

    def __init__(self, pipe: TinyPipeline, device: str = "cpu") -> None:
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.pipe = pipe.to(device)
        self.module = TinyLoss(self.pipe)
        self.image_size = pipe.image_size

    def groups(self, config: TrainConfig) -> list[dict[str, Any]]:
        """All of it trains."""
        return parameter_groups(self.module, config.learning_rate, config.muon_rate, config.weight_decay)

    def paint(
        self, images: Sequence[NDArray[np.uint8]], prompts: Sequence[str], seed: int = 0, steps: int | None = None
    ) -> list[NDArray[np.uint8]]:
        """See bases.Base.paint. Other sizes are squeezed to the trained square and the painting stretched back.

        Stretching repeats pixels: a blend of two label colours would decode as a third.
        """
        size = self.image_size
        self.module.eval()
        painted: list[NDArray[np.uint8]] = []
        for start in range(0, len(images), BATCH):
            some = images[start : start + BATCH]
            square = np.stack([fit(image, size) for image in some])
            noise = torch.stack([image_noise(seed, image, size) for image in square]).to(self.pipe.device)
            batch = to_signed(torch.from_numpy(square), self.pipe.device)
            answer = self.pipe(batch, prompts[start : start + BATCH], noise, steps or STEPS)
            pixels = ((answer + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
            painted += [
                cv2.resize(p, image.shape[1::-1], interpolation=cv2.INTER_NEAREST) if p.shape != image.shape else p
                for p, image in zip(pixels, some, strict=True)
            ]
        return painted

    def save(self, folder: Path) -> None:
        """diffusers' layout: model_index.json, unet/, text_encoder/, tokenizer/, scheduler/, in safetensors."""
        self.pipe.save_pretrained(folder)


def image_noise(seed: int, image: NDArray[np.uint8], size: int) -> Tensor:
    """Standard normal [3, size, size] that depends on seed and image alone, not on its place in a batch."""
    # torch's CPU generator reads 32 bits of a seed and drops the rest.
    generator = torch.Generator().manual_seed(zlib.crc32(image.tobytes(), seed & 0xFFFFFFFF))
    return torch.randn(3, size, size, generator=generator)


def encode_text(encoder: CLIPTextModel, tokenizer: PreTrainedTokenizerFast, prompts: Sequence[str]) -> Any:
    """(tokens float [B, L, C], pooled float [B, C], mask bool [B, L]) of the prompts."""
    batch = tokenizer(list(prompts), padding=True, truncation=True, return_tensors="pt").to(encoder.device)
    output = encoder(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"])
    return output.last_hidden_state, output.pooler_output, batch["attention_mask"].bool()


def predict_clean(unet: nn.Module, state: Tensor, condition: Tensor, sigma: Tensor, text: Any) -> Tensor:
    """The clean painting behind `state` at noise level `sigma` [B]: float [B, 3 patch^2, S / patch, S / patch]."""
    tokens, pooled, mask = text
    inputs = torch.cat([state, condition], dim=1).contiguous(memory_format=torch.channels_last)
    return unet(inputs, sigma * 1000, tokens, class_labels=pooled, encoder_attention_mask=mask).sample


class TinyLoss(nn.Module):
    """The parts that train, with the flow-matching loss as forward pass."""

    def __init__(self, pipe: TinyPipeline) -> None:
        super().__init__()
        # Channels-last convolutions run about five times as fast on a CPU at the widest level.
        self.unet = pipe.unet.to(memory_format=torch.channels_last)
        self.text_encoder = pipe.text_encoder
        self.pipe = [pipe]

    def forward(self, images: Tensor, targets: Tensor, prompts: Sequence[str], generator: torch.Generator) -> Tensor:
        """Squared error of the predicted clean painting over its variance. images, targets: uint8 [B, S, S, 3]."""
        pipe = self.pipe[0]
        device = self.unet.device
        condition = F.pixel_unshuffle(to_signed(images, device), pipe.patch)
        clean = F.pixel_unshuffle(to_signed(targets, device), pipe.patch)
        noise = torch.randn(clean.shape, generator=generator).to(device)
        uniform = torch.rand(len(clean), generator=generator).to(device)
        shift = pipe.scheduler.config.shift
        # The answer is decided where little of it shows: `shift` moves training, like sampling, to high noise.
        sigma = shift * uniform / (1 + (shift - 1) * uniform)
        level = sigma[:, None, None, None]
        state = (1 - level) * clean + level * noise
        text = encode_text(self.text_encoder, pipe.tokenizer, prompts)
        error = (predict_clean(self.unet, state, condition, sigma, text).float() - clean).square().mean((1, 2, 3))
        # Relative to how much there is to paint: else a small white thing on black weighs nothing beside a depth map.
        return (error / (clean.var((1, 2, 3)) + FLAT)).mean()


def to_signed(images: Tensor, device: torch.device) -> Tensor:
    """uint8 [B, H, W, 3] as float [B, 3, H, W] in [-1, 1]."""
    return images.to(device).permute(0, 3, 1, 2).float() / 127.5 - 1


def train_tokenizer(prompts: Iterable[str], config: TinyModel) -> PreTrainedTokenizerFast:
    """Byte-level BPE learnt from `prompts`: frequent words become one token each, unseen ones fall into pieces."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocabulary,
        special_tokens=["<pad>", "<start>", "<unused>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(prompts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<start> $A <end>", special_tokens=[("<start>", 1), ("<end>", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<start>",
        eos_token="<end>",
        model_max_length=config.text_tokens,
    )


def build(config: TinyModel, prompts: Iterable[str], seed: int) -> TinyPipeline:
    """An untrained pipeline; its vocabulary comes from `prompts`, its weights from `seed`."""
    tokenizer = train_tokenizer(prompts, config)
    levels = len(config.widths)
    # Attention costs little on the two coarsest grids, and everything on fine ones.
    attends = [level >= levels - 2 for level in range(levels)]
    folded = 3 * config.patch**2
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=config.text_width,
                intermediate_size=4 * config.text_width,
                num_hidden_layers=config.text_layers,
                num_attention_heads=max(1, config.text_width // 32),
                max_position_embeddings=config.text_tokens,
                pad_token_id=tokenizer.pad_token_id,
                bos_token_id=tokenizer.bos_token_id,
                # CLIPTextModel reads 2 as "an old checkpoint: pool at the largest id", hence never 2 here.
                eos_token_id=tokenizer.eos_token_id,
            )
        )
        unet = UNet2DConditionModel(
            sample_size=config.image_size // config.patch,
            in_channels=2 * folded,
            out_channels=folded,
            block_out_channels=tuple(config.widths),
            down_block_types=tuple("CrossAttnDownBlock2D" if a else "DownBlock2D" for a in attends),
            up_block_types=tuple("CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(attends)),
            layers_per_block=1,
            conv_in_kernel=1,
            conv_out_kernel=1,
            norm_num_groups=16,
            cross_attention_dim=config.text_width,
            # diffusers reads this argument as the number of heads.
            attention_head_dim=4,
            class_embed_type="projection",
            projection_class_embeddings_input_dim=config.text_width,
            resnet_time_scale_shift="scale_shift",
        )
    with torch.no_grad():
        unet.conv_in.weight[:, :folded] *= NOISE_SCALE
    return TinyPipeline(unet, text_encoder, tokenizer, FlowMatchEulerDiscreteScheduler(shift=config.shift))
