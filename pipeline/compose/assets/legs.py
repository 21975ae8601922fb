"""What furniture stands on: several leg styles shared by seats, tables and cupboards."""

from __future__ import annotations

import numpy as np

from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.shapes import bar, box, disc, lathe, move
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

STYLES = ("square", "tapered", "turned", "splayed", "hairpin", "sled")


def four_legs(
    rng: np.random.Generator,
    width: float,
    depth: float,
    height: float,
    finish: Finish,
    style: str = "",
    inset: float = 0.0,
) -> list[Piece]:
    """Four legs under the corners of a `width` x `depth` plate whose underside is at `height`.

    style: one of STYLES, or "" to draw one. The legs reach a millimetre into the plate so that no light shows between.
    """
    style = style or STYLES[int(rng.integers(len(STYLES)))]
    thick = float(np.clip(0.022 + 0.02 * height * rng.uniform(0.8, 1.6), 0.02, 0.06))
    x, y = width / 2 - inset - thick / 2 - 0.005, depth / 2 - inset - thick / 2 - 0.005
    top = height + 0.001
    corners = [(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1)]
    if style == "square":
        return [(box((thick, thick, top), (cx, cy, 0)), finish) for cx, cy in corners]
    if style == "tapered":
        return [(bar((cx, cy, 0), (cx, cy, top), thick * 0.32, thick * 0.6), finish) for cx, cy in corners]
    if style == "turned":
        rings = np.array(
            [
                [0, 0],
                [0.3, 0],
                [0.45, 0.08],
                [0.3, 0.2],
                [0.38, 0.45],
                [0.5, 0.7],
                [0.3, 0.76],
                [0.5, 0.8],
                [0.55, 1],
                [0, 1],
            ]
        )
        post = lathe(rings * [thick, top], 14)
        return [(move(post, (cx, cy, 0)), finish) for cx, cy in corners]
    if style == "splayed":
        lean = 0.12 * height
        foot = thick * 0.35
        pull = min(lean, 0.5 * min(x, y))
        return [
            (
                flat_foot(bar((cx, cy, 0), (cx - np.sign(cx) * pull, cy - np.sign(cy) * pull, top), foot, thick * 0.6)),
                finish,
            )
            for cx, cy in corners
        ]
    if style == "hairpin":
        rod = 0.006
        return [
            (bar((cx, cy, 0), (cx + dx, cy + dy, top), rod, sides=8), finish)
            for cx, cy in corners
            for dx, dy in ((-np.sign(cx) * 0.09, 0.0), (0.0, -np.sign(cy) * 0.09))
        ]
    rail = thick * 0.7
    sled: list[Piece] = []
    for sx in (-1, 1):
        sled.append((box((rail, 2 * y + rail, rail), (sx * x, 0, 0)), finish))
        sled += [(box((rail, rail, top - rail + 0.001), (sx * x, sy * y, rail - 0.001)), finish) for sy in (-1, 1)]
    return sled


def flat_foot(mesh: Mesh) -> Mesh:
    """A leaning bar's foot cut level, so that it stands on its whole end."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)
    return Mesh(vertices, mesh.faces, mesh.uv, mesh.normals)


def pedestal(rng: np.random.Generator, radius: float, height: float, finish: Finish) -> list[Piece]:
    """One central column on a round or cross-shaped foot, `radius` wide, for a plate whose underside is at `height`."""
    column = float(np.clip(radius * 0.14, 0.015, 0.05))
    if rng.random() < 0.5:
        foot = np.array(
            [[0, 0], [radius, 0], [radius, 0.012], [radius * 0.85, 0.022], [column * 1.4, 0.045], [column, 0.09]]
        )
        return [(lathe(np.concatenate([foot, [[column, height + 0.001], [0, height + 0.001]]]), 28), finish)]
    pieces: list[Piece] = [(bar((0, 0, 0.03), (0, 0, height + 0.001), column, sides=16), finish)]
    for angle in (0.0, np.pi / 2):
        c, s = float(np.cos(angle)), float(np.sin(angle))
        size = (2 * radius * abs(c) + 0.05 * abs(s), 2 * radius * abs(s) + 0.05 * abs(c), 0.035)
        pieces.append((box(size, (0, 0, 0.0 if angle == 0 else 0.001), 0.008), finish))
    pieces.append((disc(column * 1.6, 0.02, 0.004, (0, 0, 0.034), 20), finish))
    return pieces
