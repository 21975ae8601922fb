"""Metric depth <-> RGB.

Depth d in [0, inf] metres is squeezed to f in [0, 1] by the power transform of Barron, "A Power Transform"
(arXiv:2502.10647),

    f(d) = 1 - (1 - d / (lambda c))^(lambda + 1),    lambda = -3, c = 10/3,    so  f = 1 - (1 + d / 10)^-2,

and f is the position on a path of colours (Gabeur et al., arXiv:2604.20329). The default path, "hilbert", runs along
seven edges of the RGB cube, the first iteration of a 3D Hilbert curve: black, red, yellow, green, cyan, blue, magenta,
white. "plasma", "inferno", "viridis" and "grayscale" are the usual colormaps of the same f, for augmentation.
A larger c serves scenes of larger scale: half of the path is used up at d = 1.24 c.

In 8 bits a path has finitely many colours: hilbert 7 * 255 + 1 = 1,786, the others 256 (grayscale) to 771 (inferno).
Decoding takes the nearest of these; since hilbert's edges are parallel to the axes, that is also the nearest point of the
whole path. Zero is the first colour, +inf the last one, which no surface is painted in: what is farther than the last colour
but one reaches is painted in that. With the usual lambda and c it is read as 412 m in hilbert, 359 m in plasma and inferno,
216 m in viridis and 150 m in grayscale.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.codecs.colormaps import Path, colormap_path, hilbert_path, rgb_keys, write_rgb

LAMBDA = -3.0
C = 10.0 / 3.0
COLORMAPS = ("hilbert", "plasma", "inferno", "viridis", "grayscale")
INFINITY_BITS = 0x7F800000
"""+inf in float32."""
BLOCK = 1 << 15
"""Pixels worked on at a time, so that what is between two steps stays in the processor's cache."""


def encode(depth_m: ArrayLike, colormap: str = "hilbert", lam: float = LAMBDA, c: float = C) -> NDArray[np.uint8]:
    """Paint depth: float [..., H, W] in metres, +inf for no surface -> uint8 [..., H, W, 3]. Only +inf is read back as +inf.

    lam < -1 and c > 0 are lambda and c of the module docstring. Any float dtype, computed in float32. Raises
    ValueError for NaN or negative depth, an unknown colormap or other lam and c.
    """
    path = _path(colormap)
    _check_scale(lam, c)
    depth = np.asarray(depth_m)
    flat = np.ascontiguousarray(depth, np.float32).reshape(-1)
    out = np.empty((flat.size, 3), np.uint8)
    size = min(BLOCK, flat.size)
    position, step, color = np.empty(size, np.float32), np.empty(size, np.intp), np.empty(size, np.uint32)
    with np.errstate(over="ignore"):
        last_bits = denormalise(np.array([path.last_finite / path.steps]), lam, c).astype(np.float32).view(np.uint32)[0]
        for start in range(0, flat.size, BLOCK):
            some = flat[start : start + BLOCK]
            count = len(some)
            # As integers, negative numbers and NaN lie above +inf, and this maximum is found faster than a minimum.
            largest = some.view(np.uint32).max()
            if largest > INFINITY_BITS and not some.min() >= 0:
                raise ValueError("depth must be in [0, inf] metres, without NaN")
            # f * steps + 1/2, rounded down: the nearest step.
            left = _share_left(some, lam, c, path.steps, out=position[:count])
            np.subtract(np.float32(path.steps + 0.5), left, out=left)
            np.copyto(step, position, casting="unsafe")
            # Few blocks show anything so far away.
            if largest >= last_bits:
                np.putmask(step[:count], (step[:count] > path.last_finite) & (some < np.inf), path.last_finite)
            # No step is out of bounds; "wrap" is the mode that takes least time to look.
            path.packed.take(step, out=color, mode="wrap")
            write_rgb(color[:count], out[start : start + count])
    return out.reshape(*depth.shape, 3)


def decode(rgb: ArrayLike, colormap: str = "hilbert", lam: float = LAMBDA, c: float = C) -> NDArray[np.float32]:
    """Read depth back: uint8 [..., H, W, 3] -> float32 [..., H, W] metres; the path's last colour -> +inf.

    Every colour is read as the nearest one of the path (Euclidean); of two equally near, the nearer depth.
    Raises ValueError for an unknown colormap, or a shape or dtype that is no RGB image.
    """
    path = _path(colormap)
    _check_scale(lam, c)
    image = as_rgb(rgb)
    metres = _metres(colormap, lam, c)
    flat = np.ascontiguousarray(image).reshape(-1, 3)
    out = np.empty(len(flat), np.float32)
    for start in range(0, len(flat), BLOCK):
        metres.take(path.nearest(rgb_keys(flat[start : start + BLOCK])), out=out[start : start + BLOCK], mode="clip")
    return out.reshape(image.shape[:-1])


def denormalise(f: NDArray[np.floating], lam: float = LAMBDA, c: float = C) -> NDArray[np.floating]:
    """Inverse of f(d) of the module docstring: [0, 1] -> [0, inf] metres."""
    with np.errstate(divide="ignore"):
        return lam * c * (1.0 - (1.0 - f) ** (1.0 / (lam + 1.0)))


def as_rgb(rgb: ArrayLike) -> NDArray[np.uint8]:
    """`rgb` as uint8 [..., 3]. Raises ValueError for any other dtype or shape."""
    image = np.asarray(rgb)
    if image.dtype != np.uint8 or image.ndim < 1 or image.shape[-1] != 3:
        raise ValueError(f"expected a uint8 RGB image [..., 3], found {image.dtype} {list(image.shape)}")
    return image


@cache
def _path(colormap: str) -> Path:
    if colormap not in COLORMAPS:
        raise ValueError(f"unknown depth colormap {colormap!r}; known: {', '.join(COLORMAPS)}")
    return hilbert_path() if colormap == "hilbert" else colormap_path(colormap)


@lru_cache(maxsize=64)
def _metres(colormap: str, lam: float, c: float) -> NDArray[np.float32]:
    """Depth of each of the path's colours."""
    with np.errstate(over="ignore"):
        return denormalise(_path(colormap).positions, lam, c).astype(np.float32)


def _share_left(
    depth_m: NDArray[np.floating], lam: float, c: float, of: float, out: NDArray[np.floating]
) -> NDArray[np.floating]:
    """of * (1 - f) = of * ((d + L) / L)^(lambda + 1) with L = -lambda c, into `out`.

    The usual lambda is a square and a division, which are faster than a power.
    """
    length = -lam * c
    np.add(depth_m, length, out=out)
    if lam == LAMBDA:
        np.multiply(out, out, out=out)
        return np.divide(of * length * length, out, out=out)
    np.multiply(out, 1.0 / length, out=out)
    np.power(out, lam + 1.0, out=out)
    return np.multiply(out, of, out=out)


def _check_scale(lam: float, c: float) -> None:
    if not lam < -1 or not 0 < c < np.inf:
        raise ValueError(f"lambda must be below -1 and c positive and finite, found {lam} and {c}")
