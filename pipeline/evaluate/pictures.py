"""Decoded labels as pictures, drawn from the numbers alone and unlike their targets, so that an error shows."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import palettes, segmentation
from pipeline.codecs.tasks import TASKS
from pipeline.evaluate.truth import Answer, read, read_depth, semantic_palette
from pipeline.shards.sample import Sample

LIGHT = np.array([-0.45, 0.6, 0.66], np.float32)
"""Where the light comes from that shades decoded normals: from the upper left, before the picture."""


def decoded_picture(task: str, sample: Sample, answer: Answer) -> NDArray[np.uint8]:
    """What a reader of a painting of `sample` ends up with, uint8 [H, W, 3].

    Depth: near is bright, on a logarithmic scale from the target's nearest to its farthest. Normals: a relief lit from
    the upper left. Semantic: flat colours. Instance and referring: what was picked out, over the darkened photo.
    """
    codecs = sample.meta["codecs"]
    if task == "depth" and answer.depth_m is not None:
        return depth_picture(answer.depth_m, read_depth(sample.targets["depth"], codecs))
    if task == "normal" and answer.normals is not None:
        return relief(answer.normals)
    if task == "semantic" and answer.semantic is not None:
        return segmentation.encode(answer.semantic, semantic_palette(codecs))
    masks = (answer.instances if task == "instance" else answer.referring) or []
    if task == "referring":
        colors = [tuple(item["color"]) for item in codecs["referring"]["referents"]]
    else:
        colors = [tuple(color) for color in palettes.fixed(max(1, len(masks)))]
    return picked_out(sample.image, masks, colors)


def depth_picture(depth_m: NDArray[np.floating], true_m: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Depth [H, W], near bright, on a logarithmic scale from the nearest to the farthest of `true_m`: uint8 [H, W, 3]."""
    near, far = _range(true_m)
    with np.errstate(divide="ignore"):
        shade = np.clip((np.log(far) - np.log(depth_m)) / (np.log(far) - np.log(near)), 0.0, 1.0)
    return np.asarray(cv2.applyColorMap((255 * shade).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1], np.uint8)


def relief(normals: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Normals [H, W, 3] as a relief lit from the upper left, black where there is none: uint8 [H, W, 3]."""
    lit = np.clip(0.15 + 0.85 * (normals @ LIGHT), 0, 1) * normals.any(-1)
    return np.repeat((255 * lit).astype(np.uint8)[..., None], 3, axis=2)


def picked_out(
    image: NDArray[np.uint8], masks: Sequence[NDArray[np.bool_]], colors: Sequence[tuple[int, ...]]
) -> NDArray[np.uint8]:
    """Masks, bool [H, W], each in its color over the darkened picture: uint8 [H, W, 3]."""
    picture = image // 4
    for mask, color in zip(masks, colors, strict=False):
        picture[mask] = (0.65 * np.array(color) + 0.35 * image[mask]).astype(np.uint8)
    return picture


def _range(metres: NDArray[np.floating]) -> tuple[float, float]:
    """Nearest and farthest, a hundredth of the pixels left aside at either end."""
    seen = metres[np.isfinite(metres) & (metres > 0)]
    near, far = np.percentile(seen, (1, 99)) if seen.size else (1.0, 1.0)
    return float(near), float(max(far, near * 1.01))


def preview_sheet(sample: Sample) -> NDArray[np.uint8]:
    """A view and its targets over the targets decoded back: uint8 [H', W', 3]."""
    answer = read(sample.targets, sample.meta["codecs"])
    scale = max(1, round(256 / sample.image.shape[0]))
    rows = [
        [("image", sample.image), *((task, sample.targets[task]) for task in TASKS)],
        [
            ("decoded:", np.full_like(sample.image, 255)),
            *((NOTES.get(task, task), decoded_picture(task, sample, answer)) for task in TASKS),
        ],
    ]
    return np.vstack([np.hstack([_titled(picture, title, scale) for title, picture in row]) for row in rows])


NOTES = {"depth": "depth (near is bright)", "normal": "normal (lit from the left)"}


def _titled(picture: NDArray[np.uint8], title: str, scale: int) -> NDArray[np.uint8]:
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    strip = np.full((22, picture.shape[1], 3), 255, np.uint8)
    cv2.putText(strip, title, (4, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 40), 1, cv2.LINE_AA)
    return np.pad(np.vstack([strip, picture]), ((0, 4), (0, 4), (0, 0)), constant_values=255)
