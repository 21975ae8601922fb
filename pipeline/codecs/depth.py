"""Metric depth <-> RGB along the edges of the colour cube.

Depth d in [0, inf] is squeezed to f in [0, 1] by the power transform of Barron, "A Power Transform" (arXiv:2502.10647),

    f(d) = 1 - (1 - d / (lambda c))^(lambda + 1),    lambda = -3, c = 10/3,    so  f = 1 - (1 + d / 10)^-2,

and f is the arc position on a path along seven edges of the RGB cube, the first iteration of a 3D Hilbert curve
(Gabeur et al., arXiv:2604.20329): black, red, yellow, green, cyan, blue, magenta, white. +inf is white.

The path's edges are parallel to the axes, so the point of the path nearest to an 8-bit colour is itself an
8-bit colour: the whole code has 7 * 255 + 1 = 1,786 values, and decoding is exact integer work.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

LAMBDA = -3.0
C = 10.0 / 3.0
CORNERS = np.array(
    [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 0, 1), (1, 1, 1)], dtype=np.int32
)
STEPS = 7 * 255
COLORMAPS = ("hilbert",)


def encode(depth_m: ArrayLike, colormap: str = "hilbert") -> NDArray[np.uint8]:
    """Paint depth: float [..., H, W] in metres, +inf for no surface -> uint8 [..., H, W, 3].

    Raises ValueError for NaN, negative depth or an unknown colormap.
    """
    _check(colormap)
    depth = np.asarray(depth_m)
    if np.isnan(depth).any() or (depth < 0).any():
        raise ValueError("depth must be in [0, inf] metres, without NaN")
    position = normalise(depth.astype(np.float64)) * STEPS
    return _path()[np.rint(position).astype(np.int32)]


def decode(rgb: ArrayLike, colormap: str = "hilbert") -> NDArray[np.float32]:
    """Read depth back: uint8 [..., H, W, 3] -> float32 [..., H, W] metres; white -> +inf.

    Every colour is read as the nearest point of the path; of two equally near, the nearer depth.
    Raises ValueError for an unknown colormap or a shape or dtype that is no RGB image.
    """
    _check(colormap)
    return _metres()[nearest_step(as_rgb(rgb))]


def normalise(depth_m: NDArray[np.floating]) -> NDArray[np.floating]:
    """f(d) of the module docstring: [0, inf] metres -> [0, 1]."""
    return 1.0 - (1.0 - depth_m / (LAMBDA * C)) ** (LAMBDA + 1.0)


def denormalise(f: NDArray[np.floating]) -> NDArray[np.floating]:
    """Inverse of `normalise`: [0, 1] -> [0, inf] metres."""
    with np.errstate(divide="ignore"):
        return LAMBDA * C * (1.0 - (1.0 - f) ** (1.0 / (LAMBDA + 1.0)))


def nearest_step(rgb: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Nearest of the path's 1,786 colours: uint8 [..., 3] -> int32 [...], 0 (black) to 1785 (white)."""
    channels = [rgb[..., i].astype(np.int32) for i in range(3)]
    squared = [[c * c for c in channels], [(255 - c) ** 2 for c in channels]]
    best = step = None
    for edge in range(7):
        start, end = CORNERS[edge], CORNERS[edge + 1]
        axis = int(np.flatnonzero(start != end)[0])
        a, b = (axis + 1) % 3, (axis + 2) % 3
        distance = squared[start[a]][a] + squared[start[b]][b]
        along = channels[axis] if end[axis] else 255 - channels[axis]
        if best is None or step is None:
            best, step = distance, along
        else:
            closer = distance < best
            best = np.where(closer, distance, best)
            step = np.where(closer, along + 255 * edge, step)
    return np.asarray(step, np.int32)


def as_rgb(rgb: ArrayLike) -> NDArray[np.uint8]:
    """`rgb` as uint8 [..., 3]. Raises ValueError for any other dtype or shape."""
    image = np.asarray(rgb)
    if image.dtype != np.uint8 or image.ndim < 1 or image.shape[-1] != 3:
        raise ValueError(f"expected a uint8 RGB image [..., 3], found {image.dtype} {list(image.shape)}")
    return image


@cache
def _path() -> NDArray[np.uint8]:
    steps = np.arange(STEPS + 1)
    edge = np.minimum(steps // 255, 6)
    along = (steps - 255 * edge)[:, None]
    return (CORNERS[edge] * (255 - along) + CORNERS[edge + 1] * along).astype(np.uint8)


@cache
def _metres() -> NDArray[np.float32]:
    return denormalise(np.arange(STEPS + 1) / STEPS).astype(np.float32)


def _check(colormap: str) -> None:
    if colormap not in COLORMAPS:
        raise ValueError(f"unknown depth colormap {colormap!r}; known: {', '.join(COLORMAPS)}")
