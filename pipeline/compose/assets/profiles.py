"""Many boxes at once, extruded outlines and printed labels: what industrial things are built from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.compose import materials
from pipeline.compose.assets.shapes import box, cross, turn
from pipeline.compose.materials import Finish, Rgb
from pipeline.scene import Float, Material, Mesh

LABEL_M = 0.001
"""Thickness of a label or a strip of tape: less would flicker from afar."""


def boxes(sizes: Any, at: Any) -> Mesh:
    """n boxes with sharp edges as one mesh: `sizes` [n, 3], their undersides centred on `at` [n, 3].

    As shapes.box makes them one by one, twenty times as fast; either argument may have one row for all.
    """
    sizes, at = np.broadcast_arrays(np.atleast_2d(np.asarray(sizes, float)), np.atleast_2d(np.asarray(at, float)))
    signs, normals, faces = _unit()
    count, corners = len(sizes), len(signs)
    vertices = signs * (sizes / 2)[:, None] + at[:, None]
    vertices[..., 2] += sizes[:, 2, None] / 2
    # The texture's u direction runs along the longer edge of each face.
    axis = np.abs(normals).argmax(1)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    longer = sizes[:, first] >= sizes[:, second]
    along, across = np.where(longer, first, second), np.where(longer, second, first)
    uv = np.stack([np.take_along_axis(vertices, k[..., None], 2)[..., 0] for k in (along, across)], -1)
    starts = corners * np.arange(count)[:, None, None]
    return Mesh(
        vertices.reshape(-1, 3),
        (faces[None] + starts).reshape(-1, 3).astype(np.int32),
        uv.reshape(-1, 2),
        np.tile(normals, (count, 1)),
    )


@lru_cache(maxsize=1)
def _unit() -> tuple[Float, Float, NDArray[np.int32]]:
    cube = box((2, 2, 2), (0, 0, -1), bevel=0)
    assert cube.normals is not None
    return cube.vertices, cube.normals, cube.faces


def bounds_of(sizes: Any, at: Any) -> Float:
    """Lower and upper corners [n, 2, 3] of what `boxes` makes of the same arguments."""
    sizes, at = np.broadcast_arrays(np.atleast_2d(np.asarray(sizes, float)), np.atleast_2d(np.asarray(at, float)))
    half = sizes / 2 * [1, 1, 0]
    return np.stack([at - half, at + half + sizes * [0, 0, 1]], 1)


def prism(outline: Any, width: float, x: float = 0.0) -> Mesh:
    """A convex `outline` [n, 2] of (y, z), counter-clockwise as seen from +x, drawn out to `width` along x about `x`."""
    line = np.asarray(outline, float)
    n = len(line)
    ends = [np.column_stack([np.full(n, x + s * width / 2), line]) for s in (1, -1)]
    fan = np.array([[0, k, k + 1] for k in range(1, n - 1)])
    following = np.roll(np.arange(n), -1)
    sides = np.stack([ends[0], ends[1], ends[1][following], ends[0][following]], 1)
    normal = cross(sides[:, 1] - sides[:, 0], sides[:, 3] - sides[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    start = 2 * n + 4 * np.arange(n)[:, None]
    quads = np.concatenate([start + [0, 1, 2], start + [0, 2, 3]])
    vertices = np.concatenate([*ends, sides.reshape(-1, 3)])
    length = np.linalg.norm(line[following] - line, axis=1)
    strip = np.stack([np.tile([0.0, 0.0, 1.0, 1.0], n) * np.repeat(length, 4), np.tile([0, 1, 1, 0], n) * width], 1)
    return Mesh(
        vertices,
        np.concatenate([fan, fan[:, ::-1] + n, quads]).astype(np.int32),
        np.concatenate([line, line, strip]),
        np.concatenate([np.tile([1.0, 0, 0], (n, 1)), np.tile([-1.0, 0, 0], (n, 1)), np.repeat(normal, 4, axis=0)]),
    )


def wheel(radius: float, width: float, at: Any, tyre: Finish, hub: Finish) -> list[tuple[Mesh, Finish]]:
    """A tyre and its hub, rolling along y, that touch the ground under `at` = (x, y)."""
    from pipeline.compose.assets.shapes import cylinder, disc, move

    pieces = []
    for part, finish in (
        (disc(radius, width, min(0.02, width / 4), (0, 0, -width / 2), 24), tyre),
        (cylinder(radius * 0.55, width + 0.01, (0, 0, -width / 2 - 0.005), 16), hub),
    ):
        pieces.append((move(turn(part, np.pi / 2, 1), (at[0], at[1], radius)), finish))
    return pieces


def label(width: float, height: float, at: Any, yaw: float = 0.0) -> Mesh:
    """A sticker that stands before the point `at`, its face towards +y turned by `yaw`; the whole texture once on it."""
    mesh = boxes((width, LABEL_M, height), (0, LABEL_M / 2, -height / 2))
    points = mesh.vertices
    uv = np.stack([0.5 - points[:, 0] / width, 0.5 + points[:, 2] / height], 1)
    turned = turn(Mesh(points, mesh.faces, uv, mesh.normals), yaw)
    return Mesh(turned.vertices + np.asarray(at, float), turned.faces, uv, turned.normals)


LABELS = 6


@lru_cache(maxsize=LABELS)
def shipping_label(variant: int) -> Finish:
    """A white address label: a bar code, lines of small print, a block of large print."""
    rng = np.random.default_rng([variant, 4711])
    paper = np.full((96, 96, 3), 243, np.uint8)
    bars = np.repeat(rng.integers(0, 2, 40), 2)
    paper[58:86, 8:88][:, bars == 1] = 20
    for row in range(10, 50, 8):
        paper[row : row + (3 if row > 14 else 5), 8 : 8 + int(rng.integers(24, 70))] = 60
    if variant % 2:
        paper[6:30, 66:90] = np.array([(200, 30, 30), (30, 60, 160), (20, 20, 20)][variant // 2 % 3], np.uint8)
    return Finish(Material("paper", (1.0, 1.0, 1.0), "white", paper, 0.6))


def painted(color: Rgb, roughness: float = 0.45) -> Finish:
    """Powder-coated or painted steel."""
    return materials.plain("metal", color, roughness, 0.1)


def worn(mesh: Mesh, rng: np.random.Generator) -> Mesh:
    """What `boxes` made, every board cut from another place of the texture."""
    assert mesh.uv is not None
    offsets = np.repeat(rng.uniform(0, 5, (len(mesh.vertices) // 24, 2)), 24, axis=0)
    return Mesh(mesh.vertices, mesh.faces, mesh.uv + offsets, mesh.normals)


def tyre() -> Finish:
    """Black rubber."""
    return materials.plain("rubber", (0.06, 0.06, 0.065), 0.8)
