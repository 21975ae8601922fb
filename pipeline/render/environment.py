"""What an Environment sends into a direction and onto a level surface."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Environment, Float, panorama_directions


def hemispheres(background: tuple[float, float, float] | Environment) -> tuple[Float, Float]:
    """Irradiance over pi of a level surface that faces up, and of one that faces down: linear RGB, twice."""
    if not isinstance(background, Environment):
        even = np.asarray(background, float)
        return even, even
    height = len(background.radiance)
    polar = (np.arange(height) + 0.5) / height * np.pi
    # Rows weigh by their solid angle, sin, times the cosine to the zenith.
    weight = np.sin(polar) * np.cos(polar)
    rows = background.radiance.mean(1).astype(float)
    above, below = np.clip(weight, 0, None), np.clip(-weight, 0, None)
    return above @ rows / above.sum(), below @ rows / below.sum()


def harmonics(background: tuple[float, float, float] | Environment, above: Float, below: Float | None) -> Float:
    """What diffuse light differs from that of two even hemispheres `above` and `below`, linear RGB each.

    Coefficients of the real spherical harmonics up to order 2 of irradiance over pi: float64 [9, 3], in the order and
    with the factors of Ramamoorthi & Hanrahan 2001 ("An efficient representation for irradiance environment maps").
    below: None where the scene's own ground hides the lower hemisphere.
    """
    if not isinstance(background, Environment):
        return np.zeros((9, 3))
    radiance = _halved(turned(background).astype(float))
    height = len(radiance)
    d = panorama_directions(height)
    lower = np.zeros(3) if below is None else radiance[height // 2 :] - below
    radiance = np.concatenate([radiance[: height // 2] - above, np.broadcast_to(lower, radiance[height // 2 :].shape)])
    solid = np.sin((np.arange(height) + 0.5) / height * np.pi) * (np.pi / height) ** 2
    # A cosine lobe keeps pi, 2 pi / 3 and pi / 4 of the orders 0, 1 and 2.
    kept = np.repeat([1.0, 2 / 3, 1 / 4], [1, 3, 5])
    return np.asarray(np.einsum("h,hwk,hwc->kc", solid, _basis(d), radiance) * kept[:, None])


def _halved(radiance: Float) -> Float:
    """The panorama at 64 to 127 rows where it has a multiple of that: harmonics are far smoother still."""
    while len(radiance) >= 128 and len(radiance) % 4 == 0:
        height = len(radiance) // 2
        radiance = radiance.reshape(height, 2, 2 * height, 2, 3).mean((1, 3))
    return radiance


def _basis(d: Float) -> Float:
    """Real spherical harmonics of orders 0 to 2 in directions [..., 3]: [..., 9]."""
    x, y, z = np.moveaxis(d, -1, 0)
    terms = [0.282095 + 0 * x, 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z,
             0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y)]  # fmt: skip
    return np.stack(terms, -1)


def turned(background: Environment) -> NDArray[np.float32]:
    """The panorama with its yaw applied by a shift of whole columns: float32 [h, 2h, 3], the middle looks along +X."""
    width = background.radiance.shape[1]
    shift = round(background.yaw_rad / (2 * np.pi) * width)
    return np.ascontiguousarray(np.roll(background.radiance, -shift, axis=1), np.float32)


def as_image(background: Environment) -> NDArray[np.float32]:
    """`turned` as OpenGL and Blender store it, the lowest row first: float32 [h, 2h, 3]."""
    image: NDArray[Any] = turned(background)[::-1]
    return np.ascontiguousarray(image)
