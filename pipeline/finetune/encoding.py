"""A batch of pictures and words -> what networks see of it, by the frozen parts of a base, or from the disk cache."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.finetune.cache import Cache, Row
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.examples import Batch
from pipeline.finetune.objective import Inputs, draw, to_signed

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base

QUIET = 64
"""Batches in a row that came whole from the cache before the frozen parts leave the GPU."""
log = logging.getLogger(__name__)


@torch.no_grad()
def encode(
    base: Base,
    batch: Batch,
    device: Any,
    cache: Cache | None = None,
    threads: ThreadPoolExecutor | None = None,
    pixels: bool = False,
) -> Inputs:
    """Latents, text and noise of a batch, on `device`. The noise follows from the seeds of its examples alone.

    threads: to draw the noise of several examples at once; else one after the other. pixels: whether the loss will look at
    the pictures themselves.
    """
    target = _latents(base, batch.targets, cache)
    condition = _conditions(base, batch, target, cache)
    text = base.collate_text(_text(base, batch, cache))
    noise, uniform = _drawn(tuple(target.shape[1:]), batch.seeds, threads)
    return Inputs(
        target=target.to(device),
        condition=condition.to(device),
        conditioned=torch.from_numpy(batch.conditioned).to(device),
        text=text,
        noise=noise.to(device),
        sigma=base.sigmas(uniform, torch.from_numpy(batch.conditioned)).to(device),
        pixels=to_signed(batch.targets, device) if pixels else None,
    )


def open_cache(base: Base, config: TrainConfig) -> Cache | None:
    """The cache that the preset asks for, or None; the log says why where it was asked for in vain. Raises ConfigError."""
    if config.cache is None:
        return None
    if base.encoder_id is None:
        log.warning("cache: not used: base %s has no frozen parts whose work could be kept", base.name)
        return None
    if config.augment.min_crop < 1:
        log.warning("cache: not used: with augment.min_crop=%g no picture comes twice", config.augment.min_crop)
        return None
    return Cache(Path(config.cache), base.encoder_id)


class Encoder:
    """`encode` for one process of a run. Once all comes from the cache, the frozen parts make room on the GPU."""

    def __init__(self, base: Base, device: Any, cache: Cache | None, threads: int = 1, pixels: bool = False) -> None:
        self.base, self.device, self.cache, self.pixels = base, device, cache, pixels
        self._threads = ThreadPoolExecutor(threads, "noise")
        self._quiet = 0

    def __call__(self, batch: Batch) -> Inputs:
        """See `encode`."""
        before = self.cache.misses if self.cache else 0
        inputs = encode(self.base, batch, self.device, self.cache, self._threads, self.pixels)
        if self.cache:
            self._quiet = self._quiet + 1 if self.cache.misses == before else 0
            if self._quiet == QUIET:
                self.base.park()
        return inputs


def _drawn(shape: tuple[int, ...], seeds: list[int], threads: ThreadPoolExecutor | None) -> tuple[Tensor, Tensor]:
    if threads is None:
        return draw(shape, seeds)
    # A generator fills one tensor on one core: a GPU would wait for it.
    parts = list(threads.map(lambda seed: draw(shape, [seed]), seeds))
    return torch.cat([noise for noise, _ in parts]), torch.cat([uniform for _, uniform in parts])


def _conditions(base: Base, batch: Batch, like: Tensor, cache: Cache | None) -> Tensor:
    """Latents of the pictures that are looked at; of examples without one zeros, which no base reads."""
    if batch.conditioned.all():
        return _latents(base, batch.images, cache)
    condition = torch.zeros_like(like)
    if batch.conditioned.any():
        seen = torch.from_numpy(batch.conditioned).to(like.device)
        condition[seen] = _latents(base, batch.images[batch.conditioned], cache)
    return condition


def _latents(base: Base, images: NDArray[np.uint8], cache: Cache | None) -> Tensor:
    if cache is None:
        return base.encode_images(images)

    def fresh(places: list[int]) -> Sequence[Row]:
        return [{"latents": latents.cpu()} for latents in base.encode_images(images[places])]

    shape = str(images.shape[1:]).encode()
    rows = cache.rows("image", [shape + np.ascontiguousarray(image).tobytes() for image in images], fresh)
    return torch.stack([row["latents"] for row in rows])


def _text(base: Base, batch: Batch, cache: Cache | None) -> Sequence[Row]:
    if cache is None:
        return base.encode_text(batch.prompts, batch.images, batch.conditioned)

    def fresh(places: list[int]) -> Sequence[Row]:
        asked = [batch.prompts[place] for place in places]
        return base.encode_text(asked, batch.images[places], batch.conditioned[places])

    contents = []
    for prompt, image, conditioned in zip(batch.prompts, batch.images, batch.conditioned, strict=True):
        # Some bases read a prompt beside its picture.
        seen = np.ascontiguousarray(image).tobytes() if base.reads_images and conditioned else b""
        contents.append(prompt.encode() + b"\0" + str(image.shape).encode() * bool(seen) + seen)
    return cache.rows("text", contents, fresh)
