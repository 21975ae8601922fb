"""What published image editors share: a frozen autoencoder and text encoder, and a transformer over image tokens.

The transformer sees the noisy painting's tokens, then the clean tokens of the picture it is asked about, told apart by
their position; of what it answers only the painting's part counts, as a velocity. Pictures from words alone have no
second part. What differs between families is in flux2_klein.py and qwen_image_edit.py.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.errors import ConfigError
from pipeline.finetune.bases import CARD
from pipeline.finetune.bases.canvas import Autoencoding, canvas_size, paint_noise
from pipeline.finetune.bases.identity import digest
from pipeline.finetune.bases.lora import add_lora, load_lora, save_lora
from pipeline.finetune.bases.painting import paint
from pipeline.finetune.bases.tokens import Autoencoder, TokenNetwork
from pipeline.finetune.bases.weights import MODEL, WEIGHTS, are_large, check_weights, load_part
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.objective import to_pixels, to_signed
from pipeline.finetune.precision import full_float32

STEPS = 20
"""Denoising steps of a painting. Labels need fewer than pictures: a choice, to be changed by --steps."""
CHUNK = 8
"""Pictures or prompts that go through a frozen part at once."""
SMALLEST_SIGMA = 1e-4
log = logging.getLogger(__name__)


class LatentBase(ABC):
    """A published image editor being tuned; see bases.Base.

    weights: hub id to take by default. pipeline, vae: diffusers' classes. codec: makes an Autoencoder of the vae. targets:
    layers that get adapters by default. multiple, shortest: of a canvas's sides, as the pipeline takes pictures. largest:
    side of the square above which the pipeline shrinks the pictures it is asked about, if it does. guidance, unasked:
    strength and prompt of what pictures from words alone are led away from.

    What is trained is float32; what is frozen bfloat16 on a GPU, but for the autoencoder: labels are read off its pixels,
    and eight bits of mantissa would show there. It computes in full float32, without the TF32 of a GPU's convolutions.
    Frozen parts reach the device when they are first needed, so with all encodings cached they never do.
    """

    name: ClassVar[str]
    weights: ClassVar[str]
    pipeline: ClassVar[Any]
    codec: ClassVar[Any]
    vae: ClassVar[Any]
    targets: ClassVar[tuple[str, ...]]
    multiple: ClassVar[int]
    shortest: ClassVar[int]
    largest: ClassVar[int | None] = None
    guidance: ClassVar[float]
    unasked: ClassVar[str]
    reads_images: bool
    predicts: Literal["clean", "velocity"] = "velocity"

    def __init__(self, pipe: Any, config: TrainConfig, device: str = "cpu") -> None:
        self.pipe = pipe
        self.config = config
        self.device = _device(device)
        self.single_step = config.objective.method == "single_step"
        self.autoencoder: Autoencoder = self.codec(pipe.vae)
        self.image_size = check_size(config.image_size, self.multiple, self.shortest, self.largest)
        for part in (pipe.vae, pipe.text_encoder):
            part.requires_grad_(False).eval()
        self.encoder_id = f"{self.name}-{digest(pipe)}"
        pipe.transformer.to(self.device)
        base_weights = (weight for name, weight in pipe.transformer.named_parameters() if "lora_" not in name)
        self.network: TokenNetwork = self._network(next(base_weights).dtype)

    @classmethod
    def create(cls, config: TrainConfig, device: str) -> LatentBase:
        """The published weights, ready to tune as `config` says. Raises ConfigError."""
        full, weights = config.tune == "full", config.weights or cls.weights
        check_size(config.image_size, cls.multiple, cls.shortest, cls.largest)
        if check_weights(weights, config.revision, cls.pipeline).get("is_distilled"):
            raise ConfigError(
                f"--weights {weights}: is distilled to a few steps, which tuning would undo; "
                f"tune an undistilled base like {cls.weights}"
            )
        pipe = cls._pipeline(weights, config.revision, device, full)
        base = cls(pipe, config, device)
        if full:
            pipe.transformer.requires_grad_(True)
        else:
            add_lora(pipe.transformer, config.lora, cls.targets, config.seed)
        for name, weight in pipe.transformer.named_parameters():
            if any(name.startswith(part) for part in cls._idle(pipe.transformer)):
                weight.requires_grad_(False)
        return base

    @classmethod
    def load(cls, folder: Path, config: TrainConfig, device: str, weights: str | None = None) -> LatentBase:
        """A tuned model: a whole pipeline, or adapters on `weights`, by default those that its config names.

        Raises ConfigError.
        """
        if config.tune == "full":
            check_weights(str(folder), None, cls.pipeline, MODEL)
            return cls(cls._pipeline(str(folder), None, device, False, MODEL), config, device)
        config = config.on(weights)
        place = config.weights or cls.weights
        try:
            check_weights(place, config.revision, cls.pipeline)
            pipe = cls._pipeline(place, config.revision, device, False)
        except ConfigError as error:
            if weights:
                raise
            raise ConfigError(
                f"{folder / CARD}: config.weights: the base it was tuned on is gone: say by --weights where it is now "
                f"({error})"
            ) from None
        load_lora(pipe, folder)
        return cls(pipe, config, device)

    @classmethod
    def _pipeline(cls, weights: str, revision: str | None, device: str, full: bool, what: str = WEIGHTS) -> Any:
        frozen = torch.bfloat16 if torch.device(device).type == "cuda" else torch.float32
        if frozen == torch.float32 and are_large(weights):
            # Said before it is done: the kernel may kill what takes too much.
            log.warning("%s: no GPU: frozen parts load as float32, which takes twice the preset's memory", weights)
        trained = torch.float32 if full else frozen
        dtypes = {"transformer": trained, "vae": torch.float32, "default": frozen}
        parts = cls._parts(weights, revision, what)
        return load_part(weights, cls.pipeline, what, revision=revision, dtype=dtypes, **parts)

    @classmethod
    def _parts(cls, weights: str, revision: str | None, what: str) -> dict[str, Any]:
        """Parts of the pipeline that are not to be loaded the usual way, by name. what: see check_weights."""
        return {}

    @classmethod
    def autoencoding(cls, config: TrainConfig, device: str) -> Autoencoding:
        """The base's autoencoder alone. Raises ConfigError as `create` does."""
        weights = config.weights or cls.weights
        check_weights(weights, config.revision, cls.pipeline)
        model = load_part(weights, cls.vae, subfolder="vae", revision=config.revision, dtype=torch.float32)
        codec: Autoencoder = cls.codec(model.requires_grad_(False).eval().to(device))
        size = check_size(config.image_size, cls.multiple, cls.shortest, cls.largest)

        @torch.no_grad()
        def through(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
            with full_float32(torch.device(device)):
                pixels: NDArray[np.uint8] = to_pixels(codec.decode(codec.encode(to_signed(image[None], device))))[0]
            return pixels

        return Autoencoding(
            weights, size, lambda tall, wide: canvas_size(tall, wide, size, cls.multiple, cls.shortest), through
        )

    def encode_images(self, images: Any) -> Tensor:
        """See bases.Base."""
        with torch.no_grad(), self._used(self.autoencoder.model):
            chunks = torch.as_tensor(images).split(CHUNK)
            return torch.cat([self.autoencoder.encode(to_signed(chunk, self.device)) for chunk in chunks])

    def decode_latents(self, latents: Tensor) -> Tensor:
        """See bases.Base."""
        with self._used(self.autoencoder.model):
            return self.autoencoder.decode(latents.float())

    def encode_text(
        self, prompts: Sequence[str], images: NDArray[np.uint8], conditioned: NDArray[np.bool_]
    ) -> list[dict[str, Tensor]]:
        """See bases.Base."""
        with torch.no_grad(), self._used(self.pipe.text_encoder, leave=self.config.offload):
            pictures = [image if seen else None for image, seen in zip(images, conditioned, strict=True)]
            return [{"embeds": embeds.cpu()} for embeds in self._read(prompts, pictures)]

    def collate_text(self, rows: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
        """See bases.Base. embeds: [B, L, C], padded; mask: bool [B, L], only where something was padded."""
        embeds = nn.utils.rnn.pad_sequence([row["embeds"] for row in rows], batch_first=True).to(self.device)
        lengths = torch.tensor([len(row["embeds"]) for row in rows])
        if (lengths == embeds.shape[1]).all():
            return {"embeds": embeds}
        return {"embeds": embeds, "mask": (torch.arange(embeds.shape[1]) < lengths[:, None]).to(self.device)}

    def sigmas(self, uniform: Tensor, conditioned: Tensor) -> Tensor:
        """See bases.Base. Logit-normal (Esser et al., arXiv:2403.03206, eq. 19), moved as far as sampling is.

        diffusers' exponential time shift by mu turns sigma into sigmoid(mu + logit(sigma)), so that the shifted
        logit-normal is the one whose mean is mu.
        """
        mu = self.shift((self.image_size // self.autoencoder.multiple) ** 2, STEPS)
        return torch.special.ndtri(uniform.double()).add(mu).sigmoid().clamp(SMALLEST_SIGMA, 1).float()

    @torch.no_grad()
    def paint(
        self,
        images: Sequence[NDArray[np.uint8] | None],
        prompts: Sequence[str],
        seed: int = 0,
        steps: int | None = None,
        stretch: bool = True,
    ) -> list[NDArray[np.uint8]]:
        """See bases.Base.paint. A picture keeps its ratio of sides, at about image_size^2 pixels; the painting is stretched
        back by repeating pixels. Pictures from words alone are guided, as the pipeline does by itself."""
        training = self.network.training
        self.network.eval()
        try:
            return [paint(self, *pair, seed, steps or STEPS, stretch) for pair in zip(images, prompts, strict=True)]
        finally:
            self.network.train(training)

    def save(self, folder: Path) -> None:
        """Adapters, which `load_lora_weights` of the base's pipeline reads; or the whole pipeline, if all of it was tuned."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.config.tune == "full":
            self.pipe.save_pretrained(folder)
        else:
            save_lora(self.pipe, folder)

    def park(self) -> None:
        """See bases.Base."""
        for part in (self.pipe.vae, self.pipe.text_encoder):
            part.to("cpu")
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @contextmanager
    def _used(self, part: Any, leave: bool = False) -> Iterator[None]:
        """Have a frozen part on the device, in its own precision; with `leave` it goes back to the CPU afterwards."""
        if next(part.parameters()).device != self.device:
            part.to(self.device)
        try:
            with torch.autocast(self.device.type, enabled=False), full_float32(self.device):
                yield
        finally:
            if leave:
                part.to("cpu")

    @classmethod
    def _idle(cls, transformer: Any) -> tuple[str, ...]:
        """Beginnings of the names of weights whose answer nothing reads: without a gradient, distributed training waits
        for them forever."""
        return ()

    @abstractmethod
    def _network(self, dtype: torch.dtype) -> TokenNetwork: ...

    @abstractmethod
    def _read(self, prompts: Sequence[str], images: Sequence[NDArray[np.uint8] | None]) -> list[Tensor]:
        """What the frozen text encoder makes of each prompt beside its picture: [L, C]."""

    @abstractmethod
    def shift(self, tokens: int, steps: int) -> float:
        """mu of the pipeline's time shift for a painting of so many tokens."""

    def noise(self, seed: int, shape: torch.Size) -> Tensor:
        """Standard normal, float [1, C, h, w] of `shape`: what the pipeline draws from a generator of this seed."""
        return paint_noise(seed, tuple(shape))

    @abstractmethod
    def guided(self, asked: Tensor, unasked: Tensor) -> Tensor:
        """The velocity that moves away from what nobody asked for, as the pipeline combines the two."""


def check_size(size: int | None, multiple: int, shortest: int, largest: int | None) -> int:
    """The size to train at; 512 unless the config names one. Raises ConfigError."""
    size = size or 512
    if size % multiple or size < shortest or size > (largest or size):
        most = f" and at most {largest}" if largest else ""
        raise ConfigError(
            f"image_size: {size} must be a multiple of {multiple}, at least {shortest}{most}, for this base"
        )
    return size


def _device(name: str) -> torch.device:
    device = torch.device(name)
    if device.type == "cuda" and device.index is None:
        # As weights name theirs.
        return torch.device("cuda", torch.cuda.current_device())
    return device
