"""A batch of pictures and words -> what networks see of it, by the frozen parts of a base, or from the disk cache."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.finetune.cache import Cache, Row
from pipeline.finetune.config import Augment, Mixture, TrainConfig
from pipeline.finetune.examples import GENERATE, Batch
from pipeline.finetune.objective import Inputs, draw, to_signed

if TYPE_CHECKING:
    from pipeline.finetune.bases import Base

QUIET = 64
"""Batches in a row whose words all came from the cache before the frozen parts leave the GPU."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Repeats:
    """What comes again in later epochs, and so is worth its room on a disk.

    targets, photos, prompts: of questions about views. made: pictures to be generated, and their captions. Flips come again,
    since there are only two; what is drawn anew for each example does not.
    """

    targets: bool = True
    photos: bool = True
    prompts: bool = True
    made: bool = True

    @classmethod
    def under(cls, augment: Augment) -> Repeats:
        """What changes of views leave as it was."""
        cut, asked_anew = augment.min_crop < 1, augment.redraw > 0
        return cls(
            targets=not (cut or asked_anew),
            photos=not (cut or augment.jitter or augment.jpeg),
            prompts=not asked_anew,
            # Renders are cut only where they can be described anew.
            made=not (cut and asked_anew),
        )

    def words(self, mixture: Mixture, reads_images: bool) -> bool:
        """Whether all words come again, so that what reads them can leave the GPU once they are kept.

        reads_images: whether it reads them beside their photo.
        """
        asked = self.prompts and (self.photos or not reads_images)
        return (asked or not mixture.vision) and (self.made or not (mixture.captions or mixture.pairs))


@torch.no_grad()
def encode(
    base: Base,
    batch: Batch,
    device: Any,
    cache: Cache | None = None,
    threads: ThreadPoolExecutor | None = None,
    repeats: Repeats = Repeats(),
    pixels: bool = False,
) -> Inputs:
    """Latents, text and noise of a batch, on `device`. The noise follows from the seeds of its examples alone.

    threads: to draw the noise of several examples at once; else one after the other. repeats: what of it the cache keeps.
    pixels: whether the loss will look at the pictures themselves.
    """
    targets = [repeats.made if task == GENERATE else repeats.targets for task in batch.tasks]
    target = _latents(base, batch.targets, cache, targets)
    condition = _conditions(base, batch, target, cache, repeats.photos)
    text = base.collate_text(_text(base, batch, cache, repeats))
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
    kept, mixture = Repeats.under(config.augment), config.mixture
    asked = kept.targets or kept.photos or (kept.prompts and not base.reads_images)
    if not ((mixture.vision and asked) or (kept.made and (mixture.captions or mixture.pairs))):
        log.warning("cache: not used: with %s nothing comes twice", _changes(config.augment))
        return None
    return Cache(Path(config.cache), base.encoder_id)


def _changes(augment: Augment) -> str:
    """The settings that are on of those that make views other than they were."""
    off = {"min_crop": 1.0, "redraw": 0.0, "jitter": 0.0, "jpeg": 0.0}
    now = {name: getattr(augment, name) for name in off}
    return ", ".join(f"augment.{name}={value:g}" for name, value in now.items() if value != off[name])


class Encoder:
    """`encode` for one process of a run. Once all words come from the cache, the frozen parts make room on the GPU.

    What is still needed of them then, the small autoencoder, comes back by itself. Close it, to end its threads.
    """

    def __init__(
        self,
        base: Base,
        device: Any,
        cache: Cache | None,
        threads: int = 1,
        repeats: Repeats = Repeats(),
        pixels: bool = False,
    ) -> None:
        self.base, self.device, self.cache, self.repeats, self.pixels = base, device, cache, repeats, pixels
        self._threads = ThreadPoolExecutor(threads, "noise")
        self._quiet = 0

    def __call__(self, batch: Batch) -> Inputs:
        """See `encode`."""
        before = self.cache.missed["text"] if self.cache else 0
        inputs = encode(self.base, batch, self.device, self.cache, self._threads, self.repeats, self.pixels)
        if self.cache:
            self._quiet = self._quiet + 1 if self.cache.missed["text"] == before else 0
            if self._quiet == QUIET:
                self.base.park()
        return inputs

    def make_room(self) -> None:
        """Have the frozen parts leave the GPU again if they had: whoever paints calls them back."""
        if self._quiet >= QUIET:
            self.base.park()

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()


def _drawn(shape: tuple[int, ...], seeds: list[int], threads: ThreadPoolExecutor | None) -> tuple[Tensor, Tensor]:
    if threads is None:
        return draw(shape, seeds)
    # A generator fills one tensor on one core: a GPU would wait for it.
    parts = list(threads.map(lambda seed: draw(shape, [seed]), seeds))
    return torch.cat([noise for noise, _ in parts]), torch.cat([uniform for _, uniform in parts])


def _conditions(base: Base, batch: Batch, like: Tensor, cache: Cache | None, kept: bool) -> Tensor:
    """Latents of the pictures that are looked at; of examples without one zeros, which no base reads."""
    images = batch.images[batch.conditioned]
    if len(images) == len(batch):
        return _latents(base, images, cache, [kept] * len(images))
    condition = torch.zeros_like(like)
    if len(images):
        seen = torch.from_numpy(batch.conditioned).to(like.device)
        condition[seen] = _latents(base, images, cache, [kept] * len(images))
    return condition


def _latents(base: Base, images: NDArray[np.uint8], cache: Cache | None, kept: Sequence[bool]) -> Tensor:
    if cache is None:
        return base.encode_images(images)

    def fresh(places: list[int]) -> Sequence[Row]:
        return [{"latents": latents.cpu()} for latents in base.encode_images(images[places])]

    shape = str(images.shape[1:]).encode()
    contents = [
        shape + np.ascontiguousarray(image).tobytes() if keep else None
        for image, keep in zip(images, kept, strict=True)
    ]
    rows = cache.rows("image", contents, fresh)
    return torch.stack([row["latents"] for row in rows])


def _text(base: Base, batch: Batch, cache: Cache | None, repeats: Repeats) -> Sequence[Row]:
    if cache is None:
        return base.encode_text(batch.prompts, batch.images, batch.conditioned)

    def fresh(places: list[int]) -> Sequence[Row]:
        asked = [batch.prompts[place] for place in places]
        return base.encode_text(asked, batch.images[places], batch.conditioned[places])

    contents: list[bytes | None] = []
    for prompt, task, image, conditioned in zip(
        batch.prompts, batch.tasks, batch.images, batch.conditioned, strict=True
    ):
        # Some bases read a prompt beside its picture.
        looked = base.reads_images and conditioned
        if not (repeats.made if task == GENERATE else repeats.prompts) or (looked and not repeats.photos):
            contents.append(None)
            continue
        seen = str(image.shape).encode() + np.ascontiguousarray(image).tobytes() if looked else b""
        contents.append(prompt.encode() + b"\0" + seen)
    return cache.rows("text", contents, fresh)
