"""Doors and drawer fronts of fitted furniture, and what one pulls them by. Fronts face +y."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.lofts import prism
from pipeline.compose.assets.shapes import bar, box, lathe, move, turn
from pipeline.compose.materials import Finish

FRONT_STYLES = ("flat", "shaker", "raised")
HANDLES = ("bar", "knob", "cup", "strip")
THICK_M = 0.018
QUIET_PAINTS = ("white", "white", "white", "gray", "beige", "black", "blue", "green")
REACH_M = 0.03
"""No handle stands out further than this from its front."""


def lacquered(rng: np.random.Generator, names: Sequence[str] = QUIET_PAINTS) -> Finish:
    """Painted boards in good repair: the grain just shows."""
    r, g, b = materials.named_color(names[int(rng.integers(len(names)))], rng)
    # Kitchens and cupboards come in dusty shades of blue and green.
    dust = float(rng.uniform(0.3, 0.7)) * min(1.0, 2.0 * (max(r, g, b) - min(r, g, b)))
    color = (r + dust * (0.45 - r), g + dust * (0.46 - g), b + dust * (0.47 - b))
    return materials.textured(rng, "wood", "wood", color, 0.03, 0.6, float(rng.uniform(0.3, 0.5)))


def joinery(rng: np.random.Generator) -> tuple[Finish, Finish]:
    """What a cupboard and its fronts are made of: one timber or paint, or timber with white, grey or black."""
    wood, kind = materials.wood(rng), rng.random()
    if kind < 0.45:
        return wood, wood
    if kind < 0.75:
        paint = lacquered(rng)
        return paint, paint
    calm = lacquered(rng, ("white", "white", "gray", "black"))
    return (wood, calm) if kind < 0.88 else (calm, wood)


def grip(rng: np.random.Generator, casing: Finish) -> Finish:
    """Metal for a handle that stands out against a grey `casing`."""
    if casing.material.color_name != "gray":
        return materials.steel(rng)
    bright = rng.random() < 0.5
    return materials.plain("metal", (0.9, 0.9, 0.92) if bright else (0.1, 0.1, 0.11), 0.2, 0.3)


def front(width: float, height: float, at: tuple[float, float, float], face: Finish, style: str) -> list[Piece]:
    """A front standing on `at`, which is the middle of its lower back edge. style: one of FRONT_STYLES."""
    x, y, z = at
    if style == "flat" or min(width, height) < 0.13:
        return [(box((width, THICK_M, height), (x, y + THICK_M / 2, z), 0.002), face)]
    edge = min(0.07, 0.3 * min(width, height))
    thin = 0.01
    pieces: list[Piece] = [(box((width - 0.002, thin, height - 0.002), (x, y + thin / 2, z + 0.001), 0), face)]
    for s in (-1, 1):
        upright = (edge, THICK_M, height)
        pieces.append((box(upright, (x + s * (width - edge) / 2, y + THICK_M / 2, z), 0.002), face))
        level = (width - 2 * edge + 0.001, THICK_M - 0.0006, edge)
        pieces.append((box(level, (x, y + (THICK_M - 0.0006) / 2, z if s < 0 else z + height - edge), 0.002), face))
    if style == "raised":
        field = (width - 2 * edge - 0.03, THICK_M - 0.004, height - 2 * edge - 0.03)
        if min(field) > 0.012:
            pieces.append((box(field, (x, y + field[1] / 2, z + edge + 0.015), 0.006), face))
    return pieces


def handle(
    kind: str, at: tuple[float, float, float], finish: Finish, length: float = 0.14, upright: bool = False
) -> list[Piece]:
    """A handle on a front's face; `at` is its middle. kind: one of HANDLES; only a bar can be `upright`."""
    x, y, z = at
    if kind == "knob":
        knob = lathe([(0, 0), (0.007, 0), (0.006, 0.012), (0.014, 0.019), (0.0125, 0.025), (0, 0.027)], 16)
        return [(move(turn(knob, -np.pi / 2, 0), (x, y - 0.001, z)), finish)]
    if kind == "bar":
        along = np.array([0.0, 0.0, 1.0] if upright else [1.0, 0.0, 0.0]) * length / 2
        middle = np.array([x, y + 0.024, z])
        pieces: list[Piece] = [(bar(middle - along, middle + along, 0.0055, sides=10), finish)]
        for s in (-0.75, 0.75):
            foot = np.array([x, y - 0.001, z]) + s * along
            pieces.append((bar(foot, foot + [0, 0.025, 0], 0.0045, sides=8), finish))
        return pieces
    if kind == "cup":
        # A quarter of a drum, its flat sides towards the front and down.
        a = np.linspace(0, np.pi / 2, 7)
        quarter = np.concatenate([[[0.0, 0.0]], 0.026 * np.stack([-np.sin(a), np.cos(a)], 1)])
        shell = turn(prism(quarter, 0.08), np.pi / 2, 1)
        return [(move(shell, (x - 0.04, y - 0.001, z)), finish)]
    return [(box((max(length, 0.1), 0.016, 0.008), (x, y + 0.007, z), 0.002), finish)]
