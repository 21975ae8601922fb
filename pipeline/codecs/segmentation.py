"""Ids <-> flat colours: semantic and referring targets by a prompted palette, instances by colours the painter chose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.codecs.depth import as_rgb
from pipeline.codecs.palettes import Color

CLUSTER_RADIUS = 36.0
"""Colours nearer than this (Euclidean, 8-bit RGB) to a cluster's centre belong to it. `palettes.spread` keeps more apart."""
MIN_SHARE = 0.0008
"""A cluster smaller than this share of the image is a speck."""
FLAT = 56
"""Where no channel varies by more than this over 3x3 pixels, a colour is meant and not a blend: noise of +-12 and JPEG."""
THIN, CLEAR = 0.35, 16.0
"""A cluster with a smaller share of inner pixels, and colours that scatter more (RMS), may be the blend of two others."""
BINS = 1 << 15
BLOCK = 1 << 15
NEIGHBOURS = [(dy, dx) for dy in range(5) for dx in range(5) if (dy, dx) != (2, 2)]


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


def decode_semantic(rgb: ArrayLike, palette: Mapping[int, Color], reject: float = np.inf) -> NDArray[np.uint16]:
    """Nearest prompted colour (Euclidean in RGB) of each pixel: uint8 [..., H, W, 3] -> uint16 [..., H, W].

    A pixel farther than `reject` from every colour is nothing that was asked for: id 0. Of two colours equally near,
    the first of `palette`. Raises ValueError for an empty palette, or a shape or dtype that is no RGB image.
    """
    image = as_rgb(rgb)
    if not palette:
        raise ValueError("the palette is empty")
    numbers = np.array(list(palette), np.uint16)
    colors = np.array(list(palette.values()), np.float32)
    squares = _squares(colors)
    pixels = image.reshape(-1, 3)
    ids = np.empty(len(pixels), np.uint16)
    for start in range(0, len(pixels), BLOCK):
        some = pixels[start : start + BLOCK].astype(np.float32)
        # |p - c|^2 less |p|^2: whole numbers under 2^24, exact in float32.
        distance = squares - 2.0 * (some @ colors.T)
        nearest = distance.argmin(axis=1)
        found = numbers[nearest]
        if reject < np.inf:
            least = np.take_along_axis(distance, nearest[:, None], 1)[:, 0] + _squares(some)
            found[least > reject * reject] = 0
        ids[start : start + BLOCK] = found
    return ids.reshape(image.shape[:-1])


def decode_instances(rgb: ArrayLike, background: Color, split: bool = False) -> list[NDArray[np.bool_]]:
    """Masks of the colours found beside the background, largest first: uint8 [H, W, 3] -> list of bool [H, W].

    Colours are clustered greedily from the most frequent one outwards, first among pixels of flat surroundings, then
    among the rest. A blend is no cluster: what is thin and no clear colour goes to the nearest in colour of the clusters
    beside it, and a cluster that is mostly edge, of many colours and between those of two others, is dropped, as are
    specks and clusters that are all edge. split: a colour that recurs in places that do not touch is as many instances.
    Raises ValueError for a shape or dtype that is no RGB image.
    """
    image = as_rgb(rgb)
    if image.ndim != 3:
        raise ValueError(f"expected one image [H, W, 3], found {list(image.shape)}")
    colors = _Colors(image)
    smallest = smallest_mask(*image.shape[:2])
    centres = np.array([background], np.float32)
    flat = _local_range(image) <= FLAT
    centres = _add_centres(centres, colors.means, np.bincount(colors.bins[flat], minlength=BINS), smallest)
    centres = _add_centres(centres, colors.means, colors.counts, smallest)
    while len(centres) > 1:
        owner, solid, nearest = _owners(image, colors, centres)
        sizes = np.bincount(owner.ravel(), minlength=len(centres))
        cores = np.bincount(owner[solid], minlength=len(centres))
        weak = (sizes < smallest) | (cores == 0)
        weak |= (cores < THIN * sizes) & (colors.scatter(nearest, centres) > CLEAR) & _between(centres)
        weak[0] = False
        if not weak.any():
            masks = [owner == number for number in range(1, len(centres))]
            if split:
                masks = [piece for mask in masks for piece in _pieces(mask) if piece.sum() >= smallest]
            return sorted(masks, key=lambda mask: -int(mask.sum()))
        centres = centres[~weak]
    return []


def smallest_mask(height: int, width: int) -> float:
    """Fewest pixels that `decode_instances` takes for an instance in an image of this size."""
    return max(4.0, MIN_SHARE * height * width)


def eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels whose eight neighbours, as far as they lie in the image, are in the mask [H, W] too."""
    padded = np.pad(mask, 1, constant_values=True)
    rows = padded[:-2] & padded[1:-1] & padded[2:]
    return np.asarray(rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:])


class _Colors:
    """An image's colours in BINS bins of 8 levels a channel.

    bins: int32 [H, W]. counts: pixels a bin. means: float32 [BINS, 3], mean colour.
    """

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self.bins = (image[..., 0] >> 3).astype(np.int32)
        for channel in (1, 2):
            self.bins <<= 5
            self.bins |= image[..., channel] >> 3
        flat = self.bins.ravel()
        self.counts = np.bincount(flat, minlength=BINS)
        sums = [np.bincount(flat, weights=image[..., i].ravel(), minlength=BINS) for i in range(3)]
        self.means = (np.stack(sums, axis=1) / np.maximum(self.counts, 1)[:, None]).astype(np.float32)

    def scatter(self, nearest: NDArray[np.integer], centres: NDArray[np.float32]) -> NDArray[np.float64]:
        """Root mean square distance [K] of a cluster's colours from its centre; nearest: the bins' clusters [BINS]."""
        apart = _squares(self.means - centres[nearest]) * self.counts
        weights = np.bincount(nearest, self.counts, len(centres))
        return np.sqrt(np.bincount(nearest, apart, len(centres)) / np.maximum(weights, 1))


def _local_range(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Largest difference of a channel over the 3x3 pixels around each: uint8 [H, W]."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    high = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    high = np.maximum(np.maximum(high[:, :-2], high[:, 1:-1]), high[:, 2:])
    low = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
    low = np.minimum(np.minimum(low[:, :-2], low[:, 1:-1]), low[:, 2:])
    reach = high - low
    return np.maximum(np.maximum(reach[..., 0], reach[..., 1]), reach[..., 2])


def _add_centres(
    centres: NDArray[np.float32], means: NDArray[np.float32], counts: NDArray[np.intp], smallest: float
) -> NDArray[np.float32]:
    """`centres` [K, 3] and those of the clusters that `counts` pixels of mean colour `means` form away from them."""
    used = np.flatnonzero(counts)
    colors, weights = means[used], counts[used]
    away = (_squares(centres) - 2.0 * colors @ centres.T).min(axis=1) + _squares(colors) > CLUSTER_RADIUS**2
    colors, weights = colors[away], weights[away]
    found = list(centres)
    weights = weights.astype(np.float32)
    while weights.sum() >= smallest:
        # A painter's noise spreads one colour over neighbouring bins: the peak is where they are densest together.
        peak = colors[weights.argmax()]
        near = _squares(colors - peak) <= CLUSTER_RADIUS**2
        if weights[near].sum() >= smallest:
            found.append((weights[near] @ colors[near] / weights[near].sum()).astype(np.float32))
        colors, weights = colors[~near], weights[~near]
    return np.array(found, np.float32)


def _owners(
    image: NDArray[np.uint8], colors: _Colors, centres: NDArray[np.float32]
) -> tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.int16]]:
    """The cluster of each pixel [H, W], whether all pixels around it are of that cluster, and the cluster of each bin.

    A blend of two colours can lie nearest to a third. So a pixel of no clear colour, two pixels or more from any solid
    part of its own cluster, is decided again among the clusters that have a solid part within two pixels.
    """
    squares = _squares(centres)
    distance = squares - 2.0 * colors.means @ centres.T
    nearest = distance.argmin(axis=1).astype(np.int16)
    unclear = distance.min(axis=1) + _squares(colors.means) > (2 * CLEAR) ** 2
    owner = nearest[colors.bins]
    solid = _alike(owner)
    beside = np.pad(np.where(solid, owner, np.int16(-1)), 2, constant_values=-1)
    height, width = owner.shape
    alone = unclear[colors.bins]
    for dy, dx in NEIGHBOURS:
        if 0 < dy < 4 and 0 < dx < 4:
            alone &= beside[dy : dy + height, dx : dx + width] != owner
    rows, columns = np.nonzero(alone & ~solid)
    pixels = image[rows, columns].astype(np.float32)
    best = np.full(len(rows), np.inf, np.float32)
    choice = owner[rows, columns]
    for dy, dx in NEIGHBOURS:
        candidate = beside[rows + dy, columns + dx]
        apart = np.where(candidate >= 0, _squares(pixels - centres[candidate]), np.inf)
        closer = apart < best
        best[closer] = apart[closer]
        choice[closer] = candidate[closer]
    owner[rows, columns] = choice
    return owner, solid, nearest


def _between(centres: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of the centres [K, 3] lie within CLUSTER_RADIUS of the line from one other to another, and not at its ends."""
    start, end, middle = centres[:, None, None], centres[None, :, None], centres[None, None]
    line = end - start
    length = np.maximum((line**2).sum(-1), 1e-6)
    along = ((middle - start) * line).sum(-1) / length
    off = np.linalg.norm(middle - start - along[..., None] * line, axis=-1)
    return ((along > 0.1) & (along < 0.9) & (off < CLUSTER_RADIUS)).any(axis=(0, 1))


def _alike(owner: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Whether the eight neighbours, as far as they lie in the image, have the same number."""
    padded = np.pad(owner, 1, mode="edge")
    same = (padded[:-2] == padded[1:-1]) & (padded[2:] == padded[1:-1])
    middle = padded[1:-1]
    across = (middle[:, :-2] == middle[:, 1:-1]) & (middle[:, 2:] == middle[:, 1:-1])
    return np.asarray(same[:, :-2] & same[:, 1:-1] & same[:, 2:] & across)


def _squares(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared lengths [N] of vectors [N, 3]; a sum over an axis of three is slow."""
    return vectors[:, 0] ** 2 + vectors[:, 1] ** 2 + vectors[:, 2] ** 2


def _pieces(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Connected parts (eight neighbours) of a mask."""
    from scipy.ndimage import label

    parts, count = label(mask, structure=np.ones((3, 3)))
    return [parts == number for number in range(1, count + 1)]
