"""Lights that are fixed to the building: sconces on walls (backs along -y) and panels under ceilings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Mouth, Piece, assemble
from pipeline.compose.assets.lamps import WARM
from pipeline.compose.assets.lofts import fillet
from pipeline.compose.assets.shapes import bar, box, disc, ellipsoid, lathe, move, tube, turn
from pipeline.compose.materials import Finish

COOL = (0.95, 0.98, 1.0)


def _milk(rng: np.random.Generator, tint: tuple[float, float, float] = WARM) -> Finish:
    glow = float(rng.uniform(1.0, 1.6))
    r, g, b = (glow * c for c in tint)
    return materials.plain("glass", (0.94, 0.93, 0.9), 0.3, 0.0, (r, g, b))


def _plate(radius: float, finish: Finish, z: float) -> Piece:
    """A round plate on the wall at y = 0, its middle at height `z`."""
    return move(turn(disc(radius, 0.018, 0.004, sides=28), -np.pi / 2, 0), (0, 0, z)), finish


def wall_lamp(rng: np.random.Generator) -> Asset:
    """A sconce: a globe on an arm, a cloth shade on a bracket, or a tube that shines up and down."""
    metal = materials.metal(rng)
    kind = int(rng.integers(3))
    if kind == 0:
        r, y = float(rng.uniform(0.06, 0.085)), float(rng.uniform(0.1, 0.14))
        milk = _milk(rng)
        pieces: list[Piece] = [(ellipsoid((r, r, r), (0, y, 0.03), 24), milk)]
        pieces.append(_plate(0.05, metal, -0.03))
        arm = fillet([(0, 0.012, -0.03), (0, y, -0.03), (0, y, 0.035)], 0.05)
        pieces.append((tube(arm, 0.008, 10), metal))
        pieces.append((lathe([(0, 0.018), (0.03, 0.018), (0.034, 0.042), (0, 0.042)], 24), metal))
        pieces[-1] = (move(pieces[-1][0], (0, y, 0)), metal)
        up = Mouth((0.0, y, 2 * r + 0.06), 1.4 * r, up=True, share=0.5)
        down = Mouth((0.0, y + 0.02, -0.08), 1.4 * r, share=0.5)
        return assemble("wall_lamp", pieces, rng, main=milk, mouths=[up, down])
    if kind == 1:
        bottom, tall, y = (
            float(rng.uniform(0.085, 0.12)),
            float(rng.uniform(0.13, 0.18)),
            float(rng.uniform(0.12, 0.16)),
        )
        top = bottom * float(rng.choice([1.0, 0.75, 0.6]))
        color = materials.COLORS[("white", "beige", "white", "gray", "red")[int(rng.integers(5))]]
        r, g, b = (0.7 * c**2.2 * w for c, w in zip(color, WARM, strict=True))
        shade = materials.plain("fabric", color, 0.9, 0.0, (r, g, b))
        wall = [(bottom - 0.004, 0.0), (bottom, 0.0), (top, tall), (top - 0.004, tall)]
        pieces = [(move(lathe(wall, 32, closed=True), (0, y, 0)), shade)]
        pieces.append(_plate(0.05, metal, -0.05))
        arm = fillet([(0, 0.012, -0.05), (0, y, -0.05), (0, y, tall * 0.5)], 0.06)
        pieces.append((tube(arm, 0.007, 10), metal))
        pieces.append((bar((-top, y, tall - 0.012), (top, y, tall - 0.012), 0.0025, sides=6), metal))
        pieces.append((bar((0, y, tall * 0.45), (0, y, tall - 0.01), 0.004, sides=8), metal))
        up = Mouth((0.0, y, tall + 0.04), 1.2 * top, up=True, share=0.6)
        # Beside the arm that comes up from below.
        down = Mouth((0.03, y + 0.03, -0.09), 0.9 * bottom, share=0.4)
        return assemble("wall_lamp", pieces, rng, main=shade, mouths=[up, down])
    r, tall = float(rng.uniform(0.045, 0.065)), float(rng.uniform(0.16, 0.3))
    y, milk = r + 0.035, _milk(rng)
    shell = [(r - 0.004, 0.0), (r, 0.0), (r, tall), (r - 0.004, tall)]
    pieces = [(move(lathe(shell, 32, closed=True), (0, y, 0)), metal)]
    for z in (0.02, tall - 0.026):
        pieces.append((move(disc(r - 0.003, 0.006, 0.001, (0, 0, z), 28), (0, y, 0)), milk))
    pieces.append((box((0.05, 0.045, 0.08), (0, 0.0225, tall / 2 - 0.04), 0.004), metal))
    up = Mouth((0.0, y, tall + 0.04), 1.5 * r, up=True, share=0.5)
    return assemble("wall_lamp", pieces, rng, main=metal, mouths=[up, replace(up, centre=(0.0, y, -0.04), up=False)])


def light_panel(rng: np.random.Generator) -> Asset:
    """A flat luminaire under the ceiling, from which it hangs by its upper face: a pane of light in a thin frame."""
    width, depth = ((0.6, 0.6), (1.2, 0.3), (1.2, 0.6), (0.62, 0.62))[int(rng.integers(4))]
    width, depth = width - float(rng.uniform(0.0, 0.02)), depth - float(rng.uniform(0.0, 0.01))
    thick, edge = float(rng.uniform(0.012, 0.035)), float(rng.uniform(0.01, 0.022))
    warm = float(rng.uniform(0.0, 1.0))
    tint = tuple(warm * w + (1 - warm) * c for w, c in zip((1.0, 0.88, 0.72), COOL, strict=True))
    milk = _milk(rng, (tint[0], tint[1], tint[2]))
    frame = materials.plain("metal", (0.92, 0.92, 0.92), 0.4, 0.1) if rng.random() < 0.8 else materials.metal(rng)
    inner = (width - 2 * edge, depth - 2 * edge)
    pieces: list[Piece] = [(box((*inner, thick - 0.004), (0, 0, 0.002), 0), milk)]
    for s in (-1, 1):
        pieces.append((box((width, edge, thick), (0, s * (depth - edge) / 2, 0), 0.002), frame))
        pieces.append((box((edge, inner[1] + 0.001, thick), (s * (width - edge) / 2, 0, 0), 0.002), frame))
    pieces.append((box((width - 0.02, depth - 0.02, 0.004), (0, 0, thick - 0.001), 0), frame))
    if width < 1.5 * depth:
        return assemble("light_panel", pieces, rng, main=milk, mouths=[Mouth((0.0, 0.0, -0.03), 0.85 * depth)])
    # A long panel shines from two squares.
    each = min(0.85 * depth, 0.45 * width)
    pair = [Mouth((s * width / 4, 0.0, -0.03), each, share=0.5) for s in (-1, 1)]
    return assemble("light_panel", pieces, rng, main=milk, mouths=pair)


GENERATORS = {"light_panel": light_panel, "wall_lamp": wall_lamp}
