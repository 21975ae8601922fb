"""An answer as a picture for people: colors, and beside them what the colors mean."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs import normals
from pipeline.codecs.colormaps import colormap_path
from pipeline.codecs.palettes import BLACK, WHITE, Color, spread
from pipeline.finetune.pictures import resize
from pipeline.predict.ask import Answer
from pipeline.predict.legend import Scale, depth_legend, names_legend, normal_legend

LONGEST, SHORTEST = 1280, 480
"""Longest side of the drawn picture: larger ones are shrunk to the first, small ones enlarged by whole numbers while they
stay under twice the second."""
QUALITATIVE: list[Color] = [
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0), (204, 121, 167),
]  # fmt: skip
"""Colors that are told apart by most color-blind people, too (Okabe & Ito, 2008), without their black."""
NO_SURFACE: Color = (190, 190, 190)
OPACITY = 0.6
CLIPPED = (1.0, 99.0)
"""Percentiles of depth between which colors run."""


def view(answer: Answer, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of a decoded answer about a photo, both uint8 [H, W, 3]; the result has a size of its own.

    Depth: viridis, near is bright, on a logarithmic scale with a bar in metres. Normals: the usual colors, with a sphere
    that shows which way each faces. Ids: colors over the photo, with names and shares of the picture. Raises ValueError for
    an answer without a task.
    """
    height, width = _fitting(*rgb.shape[:2])
    array = answer.read(height, width)
    if answer.task == "depth":
        scale = depth_scale(array)
        picture, legend = color_depth(array, scale), depth_legend(scale, _colormap(), NO_SURFACE)
    elif answer.task == "normal":
        picture, legend = normals.encode(array), normal_legend()
    else:
        colors = id_colors(max(len(answer.names), int(array.max(initial=0))))
        picture = overlay(resize(rgb, height, width), array, colors)
        legend = names_legend(_named(answer, array, colors))
    return _beside(_enlarged(picture), legend)


def depth_scale(depth_m: NDArray[np.float32]) -> Scale | None:
    """From where to where colors run for depths [H, W]; None where there is no surface."""
    seen = depth_m[np.isfinite(depth_m) & (depth_m > 0)]
    if not seen.size:
        return None
    near, far = (float(bound) for bound in np.percentile(seen, CLIPPED))
    if far < 1.02 * near:
        # One distance: a bar needs two ends.
        near, far = 0.95 * near, 1.05 * far
    return Scale(near, far, bool(seen.min() < near), bool(seen.max() > far))


def color_depth(depth_m: NDArray[np.float32], scale: Scale | None) -> NDArray[np.uint8]:
    """Depths [H, W] -> uint8 [H, W, 3]: bright is near, by the logarithm; grey where nothing is."""
    picture = np.full((*depth_m.shape, 3), NO_SURFACE, np.uint8)
    if scale is not None:
        seen = np.isfinite(depth_m)
        colors = _colormap()
        picture[seen] = colors[np.rint(scale.position(depth_m[seen]) * (len(colors) - 1)).astype(int)]
    return picture


def overlay(rgb: NDArray[np.uint8], ids: NDArray[np.uint16], colors: list[Color]) -> NDArray[np.uint8]:
    """Ids [H, W] in `colors` (of 1, 2, ...) over the photo, which is paler where there is none; with outlines."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)[..., None]
    table = np.array([WHITE, *colors], np.float32)
    over = np.where((ids > 0)[..., None], OPACITY, 0.35).astype(np.float32)
    picture = (table[ids] * over + grey * (1 - over)).astype(np.uint8)
    if min(ids.shape) > 64:
        # Coarse pixels need no outline, and would be all outline.
        square = np.ones((3, 3), np.uint8)
        picture[(cv2.erode(ids, square) != ids) | (cv2.dilate(ids, square) != ids)] = BLACK
    return picture


def id_colors(count: int) -> list[Color]:
    """Colors of ids 1, 2, ..., the same every time."""
    more = max(0, count - len(QUALITATIVE))
    return (QUALITATIVE + spread(more, np.random.default_rng(0), avoid=[BLACK, WHITE, *QUALITATIVE]))[:count]


def _named(answer: Answer, ids: NDArray[np.uint16], colors: list[Color]) -> list[tuple[str, Color, float]]:
    shares = np.bincount(ids.ravel(), minlength=len(colors) + 1) / ids.size
    if answer.names:
        names = answer.names
    elif answer.task == "referring":
        names = ["what was asked for"]
    else:
        names = [str(number) for number in range(1, len(colors) + 1)]
    return [(name, color, float(share)) for name, color, share in zip(names, colors, shares[1:], strict=False)]


def _colormap() -> NDArray[np.uint8]:
    """From near to far."""
    return colormap_path("viridis").colors[::-1]


def _fitting(height: int, width: int) -> tuple[int, int]:
    shrink = min(1.0, LONGEST / max(height, width))
    return max(1, round(height * shrink)), max(1, round(width * shrink))


def _enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    times = max(1, 2 * SHORTEST // max(picture.shape[:2]) if max(picture.shape[:2]) < SHORTEST else 1)
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def _beside(picture: NDArray[np.uint8], legend: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The legend at the right of the picture, both at the top; at the bottom of a picture that is wide and low."""
    (high, wide), (tall, broad) = picture.shape[:2], legend.shape[:2]
    if tall <= high or wide < 2 * high:
        page = np.full((max(high, tall), wide + broad, 3), 255, np.uint8)
        page[:high, :wide], page[:tall, wide:] = picture, legend
    else:
        page = np.full((high + tall, max(wide, broad), 3), 255, np.uint8)
        page[:high, :wide], page[high:, :broad] = picture, legend
    return page
