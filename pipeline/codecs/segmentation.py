"""Ids <-> flat colours: semantic and referring targets by a prompted palette, instances by colours the painter chose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.codecs.depth import as_rgb
from pipeline.codecs.palettes import Color

CLUSTER_RADIUS = 60.0
"""Colours nearer than this (Euclidean, 8-bit RGB) to a cluster's centre belong to it."""
MIN_SHARE = 0.0008
"""A cluster smaller than this share of the image is a speck."""


def encode(ids: ArrayLike, palette: Mapping[int, Color]) -> NDArray[np.uint8]:
    """Paint ids: integer [..., H, W] -> uint8 [..., H, W, 3]. Ids that `palette` lacks get the colour of id 0.

    Raises ValueError when `palette` has no id 0 or `ids` are negative or not integers.
    """
    values = np.asarray(ids)
    if not np.issubdtype(values.dtype, np.integer) or (values.size and values.min() < 0):
        raise ValueError("ids must be non-negative integers")
    if 0 not in palette:
        raise ValueError("the palette needs a colour for id 0, the background")
    size = max(int(values.max(initial=0)), *palette) + 1
    table = np.tile(np.array(palette[0], np.uint8), (size, 1))
    for number, color in palette.items():
        table[number] = color
    return table[values]


def decode_semantic(rgb: ArrayLike, palette: Mapping[int, Color]) -> NDArray[np.uint16]:
    """Nearest prompted colour (Euclidean in RGB) of each pixel: uint8 [..., H, W, 3] -> uint16 [..., H, W]."""
    image = as_rgb(rgb)
    numbers = np.array(list(palette), np.uint16)
    best = np.full(image.shape[:-1], np.iinfo(np.int32).max, np.int32)
    ids = np.zeros(image.shape[:-1], np.uint16)
    pixels = image.astype(np.int32)
    for number in numbers:
        distance = np.square(pixels - np.array(palette[int(number)], np.int32)).sum(-1, dtype=np.int32)
        closer = distance < best
        best[closer] = distance[closer]
        ids[closer] = number
    return ids


def decode_instances(rgb: ArrayLike, background: Color) -> list[NDArray[np.bool_]]:
    """Masks of the colours found beside the background, largest first: uint8 [H, W, 3] -> list of bool [H, W].

    Colours are clustered greedily from the most frequent one outwards; what lies between two clusters (smeared
    edges) goes to the nearer. Specks and clusters that are all edge are dropped, their pixels shared out again.
    """
    image = as_rgb(rgb)
    pixels = image.reshape(-1, 3).astype(np.float32)
    centres = [np.array(background, np.float32)]
    # 16 levels a channel are enough to find where colours gather.
    bins = (image.reshape(-1, 3) >> 4).astype(np.int32) @ np.array([256, 16, 1], np.int32)
    counts = np.bincount(bins, minlength=4096)
    sums = np.stack([np.bincount(bins, weights=pixels[:, i], minlength=4096) for i in range(3)], axis=1)
    means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
    open_ = np.linalg.norm(means - centres[0], axis=1) > CLUSTER_RADIUS
    smallest = max(4.0, MIN_SHARE * len(pixels))
    while True:
        candidates = np.where(open_, counts, 0)
        peak = int(candidates.argmax())
        near = open_ & (np.linalg.norm(means - means[peak], axis=1) <= CLUSTER_RADIUS)
        if candidates[near].sum() < smallest:
            break
        centres.append((means[near] * counts[near, None]).sum(0) / counts[near].sum())
        open_ &= ~near

    while len(centres) > 1:
        distance = np.stack([np.square(pixels - centre).sum(1) for centre in centres]).reshape(-1, *image.shape[:2])
        owner = _owners(distance)
        masks = [owner == i for i in range(1, len(centres))]
        weak = [i for i, mask in enumerate(masks, start=1) if mask.sum() < smallest or not _eroded(mask).any()]
        if not weak:
            return sorted(masks, key=lambda mask: -int(mask.sum()))
        drop = min(weak, key=lambda i: int(masks[i - 1].sum()))
        del centres[drop]
    return []


def _owners(distance: NDArray[np.float32]) -> NDArray[np.intp]:
    """Nearest cluster of each pixel, from distances [K, H, W]; a smeared edge may only go to a cluster it borders.

    A blend of two colours can lie nearest to a third. So what is no wider than two pixels is decided again, among
    the clusters that have a solid part within reach.
    """
    owner = distance.argmin(0)
    solid = np.stack([_dilated(_eroded(owner == i)) for i in range(len(distance))])
    smeared = ~solid.any(0)
    reach = np.stack([_dilated(_dilated(mask)) for mask in solid])
    smeared &= reach.any(0)
    bordering = np.where(reach, distance, np.inf).argmin(0)
    return np.where(smeared, bordering, owner)


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels whose eight neighbours, as far as they lie in the image, are in the mask too."""
    padded = np.pad(mask, 1, constant_values=True)
    rows = padded[:-2] & padded[1:-1] & padded[2:]
    return np.asarray(rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:])


def _dilated(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and its eight-neighbours."""
    return ~_eroded(~mask)
