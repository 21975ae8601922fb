"""The bases `tiny` and `small`: a text- and image-conditioned generator small enough to train on a laptop's processor.

A U-Net (diffusers' UNet2DConditionModel) paints by flow matching in pixel space, without an autoencoder: images
are folded to tokens of patch x patch pixels, the noisy painting and the conditioning image side by side on the
channels. It predicts the clean painting x0 ("x-prediction", Li & He, "Back to Basics: Let Denoising Generative
Models Denoise", arXiv:2511.13720), from which the velocity follows as v = (x_sigma - x0) / sigma, with
x_sigma = (1 - sigma) x0 + sigma noise (Lipman et al., arXiv:2210.02747). The prompt acts twice: as a sequence
through cross-attention and, pooled, on the scale and shift of every residual block.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler, UNet2DConditionModel
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from pipeline.finetune.bases.canvas import Autoencoding, noise_seed, paint_noise
from pipeline.finetune.config import TinyModel
from pipeline.finetune.data import fit
from pipeline.finetune.objective import to_pixels, to_signed
from pipeline.finetune.pictures import resize

STEPS = 4
BATCH = 32
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
        caption_shift: float = 3.0,
    ) -> None:
        super().__init__()
        self.register_modules(unet=unet, text_encoder=text_encoder, tokenizer=tokenizer, scheduler=scheduler)
        self.register_to_config(caption_shift=caption_shift)

    def shift(self, conditioned: bool) -> float:
        """How far noise levels lean to high noise: for answers about an image, and for pictures from words alone."""
        return float(self.scheduler.config.shift if conditioned else self.config.caption_shift)

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
        image: Tensor | None,
        prompt: Sequence[str],
        noise: Tensor,
        num_inference_steps: int = STEPS,
    ) -> Tensor:
        """The painting, float [B, 3, S, S] in [-1, 1].

        image, noise: float [B, 3, S, S]; the image in [-1, 1], the noise standard normal. Without an image the prompts are
        captions of pictures to be made.
        """
        scheduler = self.scheduler.from_config(self.scheduler.config, shift=self.shift(image is not None))
        sigmas = np.linspace(1.0, 1.0 / num_inference_steps, num_inference_steps)
        scheduler.set_timesteps(sigmas=sigmas.tolist(), device=noise.device)
        batch = self.tokenizer(list(prompt), padding=True, truncation=True, return_tensors="pt").to(noise.device)
        text = read(self.text_encoder, batch["input_ids"], batch["attention_mask"].bool())
        state = F.pixel_unshuffle(noise, self.patch)
        condition = torch.zeros_like(state) if image is None else F.pixel_unshuffle(image, self.patch)
        conditioned = torch.full((len(state),), image is not None, device=noise.device)
        for step, timestep in enumerate(scheduler.timesteps):
            sigma = scheduler.sigmas[step]
            clean = predict_clean(self.unet, state, condition, conditioned, sigma.expand(len(state)).to(state), text)
            state = scheduler.step((state - clean) / sigma, timestep, state).prev_sample
        return F.pixel_shuffle(state, self.patch).clamp(-1, 1)


class Tiny:
    """The bases `tiny` and `small`; see bases.Base."""

    predicts: Literal["clean", "velocity"] = "clean"
    encoder_id: str | None = None
    reads_images = False

    def __init__(self, pipe: TinyPipeline, name: str = "tiny", device: str = "cpu", single_step: bool = False) -> None:
        self.name = name
        self.pipe = pipe.to(device)
        self.single_step = single_step
        self.network = TinyNetwork(self.pipe)
        self.image_size = pipe.image_size

    def encode_images(self, images: Any) -> Tensor:
        """See bases.Base. Pixels folded to tokens: nothing is lost."""
        return F.pixel_unshuffle(to_signed(images, self.pipe.device), self.pipe.patch)

    def decode_latents(self, latents: Tensor) -> Tensor:
        """See bases.Base."""
        return F.pixel_shuffle(latents, self.pipe.patch)

    def encode_text(
        self, prompts: Sequence[str], images: NDArray[np.uint8], conditioned: NDArray[np.bool_]
    ) -> list[dict[str, Tensor]]:
        """See bases.Base. Only the words' numbers: the text encoder is trained, too."""
        tokenizer = self.pipe.tokenizer
        return [{"ids": torch.tensor(ids)} for ids in tokenizer(list(prompts), truncation=True)["input_ids"]]

    def collate_text(self, rows: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
        """See bases.Base."""
        padding = self.pipe.tokenizer.pad_token_id
        ids = nn.utils.rnn.pad_sequence([row["ids"] for row in rows], batch_first=True, padding_value=padding)
        lengths = torch.tensor([len(row["ids"]) for row in rows])
        mask = torch.arange(ids.shape[1]) < lengths[:, None]
        return {"ids": ids.to(self.pipe.device), "mask": mask.to(self.pipe.device)}

    def sigmas(self, uniform: Tensor, conditioned: Tensor) -> Tensor:
        """See bases.Base. An answer is decided where little of it shows, and a shift moves training, like sampling, there.

        A caption says less about a picture than a picture about its depth: at so much noise it would be learnt as a blur.
        """
        shift = torch.where(conditioned, self.pipe.shift(True), self.pipe.shift(False))
        # From (0, 1]: at 0 there is nothing to learn.
        uniform = 1 - uniform
        return shift * uniform / (1 + (shift - 1) * uniform)

    def paint(
        self,
        images: Sequence[NDArray[np.uint8] | None],
        prompts: Sequence[str],
        seed: int = 0,
        steps: int | None = None,
        stretch: bool = True,
    ) -> list[NDArray[np.uint8]]:
        """See bases.Base.paint. Other sizes are squeezed to the trained square and the painting stretched back.

        Stretching repeats pixels: a blend of two label colours would decode as a third.
        """
        size = self.image_size
        self.network.eval()
        painted: list[NDArray[np.uint8]] = []
        for start in range(0, len(images), BATCH):
            some, asked = images[start : start + BATCH], prompts[start : start + BATCH]
            square = [np.zeros((size, size, 3), np.uint8) if image is None else fit(image, size) for image in some]
            conditioned = torch.tensor([image is not None for image in some])
            noise = torch.stack([
                paint_noise(noise_seed(seed, image if there else None, prompt), (3, size, size))
                for image, there, prompt in zip(square, conditioned, asked, strict=True)
            ])  # fmt: skip
            if self.single_step:
                noise = noise * ~conditioned[:, None, None, None]
            batch = to_signed(np.stack(square), self.pipe.device)
            answer = self._answer(batch, asked, noise.to(self.pipe.device), conditioned.to(self.pipe.device), steps)
            for pixels, image in zip(to_pixels(answer), some, strict=True):
                shape = pixels.shape if image is None or not stretch else image.shape
                painted.append(resize(pixels, shape[0], shape[1], label=True))
        return painted

    def _answer(
        self, images: Tensor, prompts: Sequence[str], noise: Tensor, conditioned: Tensor, steps: int | None
    ) -> Tensor:
        answer, count = torch.empty_like(images), steps or STEPS
        for part, seen in ((conditioned, True), (~conditioned, False)):
            if part.any():
                asked = [prompt for prompt, there in zip(prompts, part.tolist(), strict=True) if there]
                shown = images[part] if seen else None
                answer[part] = self.pipe(shown, asked, noise[part], 1 if seen and self.single_step else count)
        return answer

    def save(self, folder: Path) -> None:
        """diffusers' layout: model_index.json, unet/, text_encoder/, tokenizer/, scheduler/, in safetensors."""
        self.pipe.save_pretrained(folder)

    def park(self) -> None:
        """See bases.Base. Nothing is frozen here."""


def autoencoding(image_size: int, patch: int, weights: str | None = None) -> Autoencoding:
    """See bases.autoencoding: a square of pixels folded and unfolded, which loses nothing. weights: of whom the size is."""

    def through(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        folded = F.pixel_unshuffle(to_signed(image[None]), patch)
        pixels: NDArray[np.uint8] = to_pixels(F.pixel_shuffle(folded, patch))[0]
        return pixels

    return Autoencoding(weights, image_size, lambda height, width: (image_size, image_size), through)


class TinyNetwork(nn.Module):
    """The parts that train: the U-Net and the text encoder, which is small and learns with it."""

    def __init__(self, pipe: TinyPipeline) -> None:
        super().__init__()
        # Channels-last convolutions run about five times as fast on a CPU at the widest level.
        self.unet = pipe.unet.to(memory_format=torch.channels_last)
        self.text_encoder = pipe.text_encoder

    def forward(
        self, state: Tensor, sigma: Tensor, condition: Tensor, conditioned: Tensor, text: dict[str, Tensor]
    ) -> Tensor:
        """The clean painting behind `state`; see bases.Base."""
        return predict_clean(
            self.unet, state, condition, conditioned, sigma, read(self.text_encoder, text["ids"], text["mask"])
        )


def read(encoder: CLIPTextModel, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(tokens float [B, L, C], pooled float [B, C], mask bool [B, L]) of prompts: ids int [B, L]."""
    output = encoder(input_ids=ids, attention_mask=mask.long())
    return output.last_hidden_state, output.pooler_output, mask


def predict_clean(
    unet: nn.Module, state: Tensor, condition: Tensor, conditioned: Tensor, sigma: Tensor, text: Any
) -> Tensor:
    """The clean painting behind `state` at noise level `sigma` [B]: float [B, 3 patch^2, S / patch, S / patch]."""
    tokens, pooled, mask = text
    # Middle grey where there is no image.
    condition = condition * conditioned[:, None, None, None]
    inputs = torch.cat([state, condition], dim=1).contiguous(memory_format=torch.channels_last)
    return unet(inputs, sigma * 1000, tokens, class_labels=pooled, encoder_attention_mask=mask).sample


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


def text_heads(width: int) -> int:
    """Attention heads of a text encoder of `width`: the most that divide it and leave each at least 32 channels, or one."""
    return next((heads for heads in range(width // 32, 0, -1) if width % heads == 0), 1)


def build(config: TinyModel, prompts: Iterable[str], seed: int) -> TinyPipeline:
    """An untrained pipeline; its vocabulary comes from `prompts`, its weights from `seed`."""
    tokenizer = train_tokenizer(prompts, config)
    levels = len(config.widths)
    # Attention costs little on coarse grids, and everything on fine ones.
    attends = [level >= levels - config.attention_levels for level in range(levels)]
    folded = 3 * config.patch**2
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        text_encoder = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=len(tokenizer),
                hidden_size=config.text_width,
                intermediate_size=4 * config.text_width,
                num_hidden_layers=config.text_layers,
                num_attention_heads=text_heads(config.text_width),
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
    return TinyPipeline(
        unet, text_encoder, tokenizer, FlowMatchEulerDiscreteScheduler(shift=config.shift), config.caption_shift
    )
