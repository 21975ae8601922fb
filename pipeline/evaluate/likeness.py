"""How much pictures look like others and like their captions: FID, KID and CLIP score, computed by torchmetrics.

All three look through one CLIP, a folder or hub id in safetensors. Over CLIP's image features the Frechet distance agrees
better with people than over Inception's, which were learnt on ImageNet's classes (Kynkaanniemi et al., "The role of
ImageNet classes in Frechet inception distance", arXiv:2203.06026), and the kernel distance is what CMMD is close to
(Jayasumana et al., "Rethinking FID", arXiv:2401.09603). Such figures compare with others over the same CLIP, not with
Inception's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.errors import ConfigError, one_line, require

CHUNK = 16
KID_SUBSET, KID_SUBSETS = 1000, 100
"""Binkowski et al., "Demystifying MMD GANs", arXiv:1801.01401: the mean over so many draws of so many pictures."""


class Clip(nn.Module):
    """A CLIPModel and its processor as torchmetrics wants them: features are plain tensors, long captions are cut.

    model: transformers' CLIPModel. processor: its CLIPProcessor.
    """

    def __init__(self, model: Any, processor: Any) -> None:
        super().__init__()
        self.model = model.eval()
        self.config = model.config
        self._processor = processor

    def get_image_features(self, pixel_values: Tensor) -> Tensor:
        """float [B, D] of what `process` made of pictures."""
        return self.model.get_image_features(pixel_values=pixel_values).pooler_output

    def get_text_features(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """float [B, D] of token numbers [B, L]."""
        return self.model.get_text_features(input_ids=input_ids, attention_mask=attention_mask).pooler_output

    def process(self, images: Any = None, text: Any = None, **options: Any) -> Any:
        """What the processor makes of pictures (uint8 tensors [3, H, W]) or of captions."""
        if text is None:
            return self._processor(images=images, return_tensors="pt")
        return self._processor(text=text, truncation=True, **options)


def open_clip(name: str) -> Clip:
    """The CLIP of a folder or hub id. Raises ConfigError in one line when it cannot be had."""
    require("train", "torchmetrics")
    from transformers import CLIPModel, CLIPProcessor
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        model = CLIPModel.from_pretrained(name, use_safetensors=True)
        processor = CLIPProcessor.from_pretrained(name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = one_line(error, 120)
        raise ConfigError(
            f"--clip {name}: no CLIP can be loaded from there ({reason}); where there is a network, `hf download {name}`, "
            "or name a folder with config.json, model.safetensors and the processor's files"
        ) from None
    return Clip(model.to("cuda" if torch.cuda.is_available() else "cpu"), processor)


@torch.no_grad()
def features(clip: Clip, pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    """What CLIP sees in pictures, uint8 [H, W, 3] each: float [N, D] on the CPU."""
    found = []
    for start in range(0, len(pictures), CHUNK):
        some = [_pixels(picture) for picture in pictures[start : start + CHUNK]]
        pixels = clip.process(images=some)["pixel_values"]
        found.append(clip.get_image_features(pixels.to(clip.model.device)).float().cpu())
    return torch.cat(found)


def distances(real: Tensor, painted: Tensor) -> dict[str, float]:
    """{"fid", "kid"} between the features of two sets of pictures, float [N, D] and [M, D], at least two of each.

    FID is biased upwards, the more the fewer pictures there are: compare it between equal counts alone. KID has no bias,
    and can come out below 0.
    """
    from torchmetrics.image.fid import FrechetInceptionDistance
    from torchmetrics.image.kid import KernelInceptionDistance

    count = min(len(real), len(painted))
    given = _Given(real.shape[1])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Metric `Kernel Inception Distance` will save all extracted features")
        fid = FrechetInceptionDistance(feature=given)
        # All pictures at once where they are few: drawn a hundred times over they would say nothing more.
        kid = KernelInceptionDistance(
            feature=given, subset_size=min(count, KID_SUBSET), subsets=1 if count <= KID_SUBSET else KID_SUBSETS
        )
    for metric in (fid, kid):
        metric.update(real, real=True)
        metric.update(painted, real=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return {"fid": float(fid.compute()), "kid": float(kid.compute()[0])}


@torch.no_grad()
def clip_scores(clip: Clip, pictures: Sequence[NDArray[np.uint8]], captions: Sequence[str]) -> NDArray[np.float64]:
    """CLIP score of every picture [N] and its caption: 100 x cosine, at least 0 (Hessel et al., arXiv:2104.08718)."""
    from torchmetrics.functional.multimodal import clip_score

    def ours() -> tuple[Clip, Any]:
        return clip, clip.process

    device = clip.model.device
    pairs = zip(pictures, captions, strict=True)
    return np.array([float(clip_score(_pixels(picture).to(device), caption, ours)) for picture, caption in pairs])


class _Given(nn.Module):
    """Stands where torchmetrics expects a network: both distances are taken over features computed once."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        return features


def _pixels(picture: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)
