"""What a camera would see, roughly: a coarse grid of rays against the bounds of things. Layouts judge views by it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.scene import Camera, Float


def rays_through(camera: Camera, across: Float, down: Float) -> Float:
    """Rays of depth 1 in world axes through a grid of places in the picture, row by row: [len(down) * len(across), 3].

    across, down: shares of the picture's width from the left and of its height from the top.
    """
    u, v = (grid.ravel() for grid in np.meshgrid(across, down))
    k = camera.intrinsics
    x = (u * (camera.width - 1) - k[0, 2]) / k[0, 0]
    y = (v * (camera.height - 1) - k[1, 2]) / k[1, 1]
    return np.asarray(np.stack([x, y, np.ones_like(x)], 1) @ camera.pose[:3, :3].T)


def first_hits(eye: Float, rays: Float, low: Float, high: Float) -> tuple[Float, NDArray[np.int64]]:
    """How far along each of `rays` [n, 3] its first box begins, in lengths of the ray (+inf for none), and which it is.

    low, high: corners of the boxes [m, 3]. A box around the eye begins at 0. Slab by slab (Kay & Kajiya 1986).
    """
    enter, leave = np.zeros((len(rays), len(low))), np.full((len(rays), len(low)), np.inf)
    for axis in range(3):
        inverse = 1.0 / np.where(np.abs(rays[:, axis]) < 1e-9, 1e-9, rays[:, axis])
        a = np.multiply.outer(inverse, low[:, axis] - eye[axis])
        b = np.multiply.outer(inverse, high[:, axis] - eye[axis])
        np.maximum(enter, np.minimum(a, b), out=enter)
        np.minimum(leave, np.maximum(a, b), out=leave)
    distance = np.where((leave >= enter) & (leave > 0), enter, np.inf)
    which = distance.argmin(1)
    return distance[np.arange(len(rays)), which], which
