"""What stands out from a town building's front: balconies, shutters, a cornice, a downpipe. In a wall's frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.masonry import blocks
from pipeline.compose.assets.openings import Scheme
from pipeline.compose.assets.shapes import bar
from pipeline.scene import Float

BALCONY_M = 1.1


def balconies(rng: np.random.Generator, columns: list[float], storeys: int) -> list[tuple[int, int]]:
    """(column, upper floor) pairs that get one: whole columns of them, on a few buildings of three storeys and more."""
    if storeys < 3 or rng.random() < 0.6:
        return []
    chosen = [k for k in range(len(columns)) if rng.random() < 0.45]
    return [(k, f) for k in chosen for f in range(storeys - 1)]


def balcony_stack(openings: Float, look: Scheme, levels: NDArray[np.floating], solid: bool = False) -> list[Piece]:
    """A balcony at the floor of each opening: slab, posts and rails, or a solid front."""
    x0, x1 = openings[:, 0] - 0.25, openings[:, 1] + 0.25
    floor = levels[np.abs(levels[None] - openings[:, 2:3]).argmin(1)] - 0.02
    out, thick, tall = BALCONY_M, 0.14, 1.05

    def at(x: Float, y: float, z: Float) -> Float:
        return np.stack([x, np.full(len(x), y), z], 1)

    pieces: list[Piece] = [(blocks(at(x0, -0.02, floor - thick), at(x1, out, floor)), look.trim)]
    if solid:
        parts = [
            ((x0, out - 0.06), (x1, out)),
            ((x0, 0.0), (x0 + 0.05, out - 0.06)),
            ((x1 - 0.05, 0.0), (x1, out - 0.06)),
        ]
        low = np.concatenate([at(a[0], a[1], floor) for a, _ in parts])
        high = np.concatenate([at(b[0], b[1], floor + tall) for _, b in parts])
        return [*pieces, (blocks(low, high), look.blind)]
    rail_low, rail_high, lows, highs = [], [], [], []
    for a, ya, b, yb in (
        (x0, out - 0.05, x1, out - 0.01),
        (x0, 0.0, x0 + 0.04, out - 0.05),
        (x1 - 0.04, 0.0, x1, out - 0.05),
    ):
        rail_low.append(at(a, ya, floor + tall - 0.05))
        rail_high.append(at(b, yb, floor + tall))
    for k in range(len(openings)):
        xs = np.arange(x0[k] + 0.02, x1[k], 0.13)
        spots = np.concatenate(
            [np.column_stack([xs, np.full(len(xs), out - 0.03)])]
            + [np.column_stack([np.full(7, x), np.linspace(0.08, out - 0.16, 7)]) for x in (x0[k] + 0.02, x1[k] - 0.02)]
        )
        base = np.column_stack([spots, np.full(len(spots), floor[k])])
        lows.append(base - [0.008, 0.008, 0.0])
        highs.append(base + [0.008, 0.008, tall - 0.05])
    rails = blocks(np.concatenate(rail_low + lows), np.concatenate(rail_high + highs))
    return [*pieces, (rails, look.rails)]


def shutters(rng: np.random.Generator, windows: Float, pitch: float) -> list[Piece]:
    """A folded leaf on either side of each window, half as wide as it where there is room between two of them."""
    paint = materials.painted_wood(rng, ("green", "blue", "brown", "gray", "white"))
    wide = windows[:, 1] - windows[:, 0]
    half = np.minimum(wide * 0.45, (pitch - wide) / 2 - 0.03)
    lows, highs = [], []
    for x0, x1 in (
        (windows[:, 0] - half, windows[:, 0] - 0.02),
        (windows[:, 1] + 0.02, windows[:, 1] + half),
    ):
        lows.append(np.stack([x0, np.full(len(x0), -0.005), windows[:, 2]], 1))
        highs.append(np.stack([x1, np.full(len(x0), 0.04), windows[:, 3]], 1))
    return [(blocks(np.concatenate(lows), np.concatenate(highs)), paint)]


def cornice(rng: np.random.Generator, width: float, top: float, look: Scheme) -> list[Piece]:
    """Two courses that stand out under the parapet, often on brackets."""
    half = width / 2
    pieces: list[Piece] = [
        (
            blocks([[-half, -0.02, top - 0.2], [-half, -0.02, top]], [[half, 0.16, top], [half, 0.3, top + 0.16]]),
            look.trim,
        )
    ]
    if rng.random() < 0.5:
        x = np.arange(-half + 0.2, half - 0.1, 0.55)
        low = np.stack([x - 0.07, np.full(len(x), 0.0), np.full(len(x), top - 0.34)], 1)
        pieces.append((blocks(low, low + [0.14, 0.13, 0.14]), look.trim))
    return pieces


def downpipe(rng: np.random.Generator, width: float, top: float, look: Scheme) -> list[Piece]:
    """A pipe from the gutter to the pavement, on most buildings."""
    x = width / 2 - 0.16
    return [(bar((x, 0.07, 0.0), (x, 0.07, top - 0.36), 0.05, sides=8), look.rails)] if rng.random() < 0.7 else []
