"""Leaves by the hundred and the lumpy masses they cover: what trees, bushes and flower beds are made of."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.compose.assets.shapes import cross, ellipsoid
from pipeline.scene import Float, Mesh

# Corners of a folded leaf (root, tip, left, right) and its four faces: a sliver of a tetrahedron, closed as a solid.
_LEAF_FACES = np.array([[0, 1, 2], [1, 0, 3], [0, 2, 3], [1, 3, 2]])


def leaves(root: Float, along: Float, out: Float, length: Float, width: Float, fold: float = 0.12) -> Mesh:
    """k leaves, each a folded diamond of four triangles.

    root: [k, 3]. along: [k, 3] unit vectors from root to tip; out: [k, 3] roughly what the upper side faces.
    length, width: [k] metres. fold: how far the edges rise above the midrib, as a share of the width.
    """
    across = cross(out, along)
    across /= np.maximum(np.sqrt((across**2).sum(-1, keepdims=True)), 1e-9)
    up = cross(along, across)
    length, width = np.asarray(length)[:, None], np.asarray(width)[:, None]
    middle = root + along * length * 0.45 + up * width * fold
    corners = np.stack([root, root + along * length, middle - across * width / 2, middle + across * width / 2], 1)
    triangles = corners[:, _LEAF_FACES]
    normal = cross(triangles[:, :, 1] - triangles[:, :, 0], triangles[:, :, 2] - triangles[:, :, 0])
    normal /= np.maximum(np.sqrt((normal**2).sum(-1, keepdims=True)), 1e-12)
    uv = np.zeros((*triangles.shape[:3], 2))
    flat_u = np.stack([0 * width, 0 * width, -width / 2, width / 2], 1)[:, :, 0]
    flat_v = np.stack([0 * length, length, 0.45 * length, 0.45 * length], 1)[:, :, 0]
    uv[..., 0], uv[..., 1] = flat_v[:, _LEAF_FACES], flat_u[:, _LEAF_FACES]
    count = triangles.shape[0] * 4
    return Mesh(
        triangles.reshape(-1, 3),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        uv.reshape(-1, 2),
        np.repeat(normal.reshape(-1, 3), 3, axis=0),
    )


def scattered(
    rng: np.random.Generator, centres: Float, radii: Float, count: int, length: float, droop: float = 0.3
) -> tuple[Float, Float, Float, Float]:
    """Where leaves grow on ellipsoids about `centres` [b, 3] with half-axes `radii` [b, 3]: root, along, out, length.

    droop: how much the leaves hang, from 0 (they point anywhere along the surface) to 1 (downwards).
    """
    share = radii[:, 0] * radii[:, 2]
    # Twice as many as asked for: those inside a neighbouring mass would never be seen.
    many = 2 * count if len(centres) > 1 else count
    which = rng.choice(len(centres), many, p=share / share.sum())
    out = rng.normal(size=(many, 3))
    out[:, 2] = np.abs(out[:, 2]) * np.where(rng.random(many) < 0.75, 1.0, -1.0)
    out /= np.sqrt((out**2).sum(-1, keepdims=True))
    root = centres[which] + out * radii[which] * rng.uniform(0.85, 1.1, (many, 1))
    depth = (((root[:, None] - centres) / radii) ** 2).sum(-1)
    depth[np.arange(many), which] = 9.0
    chosen = np.argsort(-np.minimum(depth.min(1), 0.8), kind="stable")[:count]
    root, out = root[chosen], out[chosen]
    along = rng.normal(size=(count, 3)) * 0.7 + out * 0.55 + [0, 0, -droop * 1.6]
    along /= np.sqrt((along**2).sum(-1, keepdims=True))
    face = out + rng.normal(size=(count, 3)) * 0.35 + [0, 0, 0.4]
    return root, along, face, length * rng.uniform(0.7, 1.3, count)


@lru_cache(maxsize=4)
def _ball(sides: int) -> tuple[Float, NDArray[np.int32], Float]:
    ball = ellipsoid((1, 1, 1), (0, 0, -1), sides)
    assert ball.uv is not None
    return ball.vertices, ball.faces, ball.uv


def lumps(rng: np.random.Generator, centres: Float, radii: Float, rough: float = 0.16, sides: int = 12) -> Mesh:
    """Closed ellipsoids about `centres` [b, 3] with half-axes `radii` [b, 3], their surfaces bumpy by `rough`."""
    base, faces, uv = _ball(sides)
    b = len(centres)
    waves = rng.normal(size=(b, 5, 3)) * 3.2
    phase = rng.uniform(0, 2 * np.pi, (b, 5, 1))
    bump = np.sin(np.einsum("bkc,vc->bkv", waves, base) + phase).sum(1) / 5
    grow = 1 + rough * 1.8 * bump
    vertices = centres[:, None] + base * radii[:, None] * grow[..., None]
    corners = vertices[:, faces]
    normal = cross(corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0])
    # Vertices that lie on one another (the lathe's seam, its poles) share a normal through a common key.
    _, key = np.unique(np.round(base, 6), axis=0, return_inverse=True)
    key = np.asarray(key).reshape(-1)
    total = np.zeros((b, int(key.max()) + 1, 3))
    for k in range(3):
        np.add.at(total.swapaxes(0, 1), key[faces[:, k]], normal.swapaxes(0, 1))
    smooth = total[:, key]
    smooth /= np.maximum(np.sqrt((smooth**2).sum(-1, keepdims=True)), 1e-12)
    n = len(base)
    index = (faces[None] + (np.arange(b) * n)[:, None, None]).reshape(-1, 3).astype(np.int32)
    scaled = (uv[None] * radii[:, None, :1]).reshape(-1, 2)
    return Mesh(vertices.reshape(-1, 3), index, scaled, smooth.reshape(-1, 3))
