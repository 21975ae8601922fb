"""Lamps, all lit. The shade glows faintly; `Asset.mouths` says where the light leaves it: shades are opaque."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Mouth, Piece, assemble
from pipeline.compose.assets.legs import flat_foot
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, tube
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

WARM = (1.0, 0.78, 0.52)


def _shade_finish(rng: np.random.Generator) -> Finish:
    color = materials.COLORS[("white", "beige", "white", "gray", "red", "yellow", "turquoise")[int(rng.integers(7))]]
    glow = float(rng.uniform(0.5, 0.9))
    r, g, b = (glow * c**2.2 * w for c, w in zip(color, WARM, strict=True))
    return materials.plain("fabric", color, 0.9, 0.0, (r, g, b))


def _shade(bottom: float, top: float, height: float, z: float, wall: float = 0.004) -> Mesh:
    """An open frustum of cloth whose lower rim is at `z`."""
    return lathe([(bottom - wall, z), (bottom, z), (top, z + height), (top - wall, z + height)], 36, closed=True)


def _shape(rng: np.random.Generator, radius: float) -> tuple[float, float]:
    return radius, radius * float(rng.choice([1.0, 0.8, 0.6]))


def floor_lamp(rng: np.random.Generator) -> Asset:
    """A standing lamp: a pole, a tripod or an arch over a cloth shade."""
    frame = materials.metal(rng) if rng.random() < 0.65 else materials.wood(rng)
    shade = _shade_finish(rng)
    height, radius, tall = float(rng.uniform(1.4, 1.7)), float(rng.uniform(0.17, 0.24)), float(rng.uniform(0.22, 0.32))
    kind, x = int(rng.integers(3)), 0.0
    # Under an arch hangs a smaller shade: a large one would meet the arch.
    bottom, top = _shape(rng, 0.8 * radius if kind == 2 else radius)
    z, arch = height - tall, None
    if kind == 0:
        pieces: list[Piece] = [(disc(float(rng.uniform(0.12, 0.15)), 0.025, 0.008), frame)]
        pieces.append((bar((0, 0, 0.02), (0, 0, z + tall * 0.6), 0.012), frame))
    elif kind == 1:
        pieces = []
        for k in range(3):
            a = 2 * np.pi * k / 3
            foot, head = (0.26 * np.cos(a), 0.26 * np.sin(a), 0.0), (0.02 * np.cos(a), 0.02 * np.sin(a), z + 0.02)
            pieces.append((flat_foot(bar(foot, head, 0.012, 0.016)), frame))
        pieces.append((cylinder(0.03, 0.05, (0, 0, z - 0.02)), frame))
        pieces.append((bar((0, 0, z), (0, 0, z + tall * 0.6), 0.01), frame))
    else:
        t, x, rise = np.linspace(0, np.pi / 2, 18), 0.5, height + 0.12
        arch = tube(np.stack([x * (1 - np.cos(t)), 0 * t, 0.02 + rise * np.sin(t)], 1), 0.011)
        pieces = [(disc(0.15, 0.03, 0.008), frame), (arch, frame)]
        pieces.append((bar((x, 0, z + tall * 0.6), (x, 0, 0.02 + rise), 0.006), frame))
    # A spider of wires carries the shade.
    pieces += [(bar((x - top, 0, z + tall - 0.015), (x + top, 0, z + tall - 0.015), 0.003, sides=6), frame)]
    pieces.append((bar((x, 0, z + tall * 0.55), (x, 0, z + tall - 0.012), 0.004, sides=6), frame))
    pieces.append((move(_shade(bottom, top, tall, z), (x, 0, 0)), shade))
    # Beside the pole, between two legs of a tripod: a light inside the frame would shine on nothing.
    down = Mouth((x if arch else -0.55 * bottom, 0.0, z - 0.03), 0.7 * bottom)
    if arch:
        return assemble("floor_lamp", pieces, rng, main=shade, mouths=[down], bent=arch)
    up = Mouth((0.0, 0.0, height + 0.03), 1.2 * top, up=True, share=0.4)
    return assemble("floor_lamp", pieces, rng, main=shade, mouths=[replace(down, share=0.6), up])


def table_lamp(rng: np.random.Generator) -> Asset:
    """A turned, round or columnar foot under a cloth shade."""
    foot = (materials.ceramic, materials.wood, materials.metal)[int(rng.integers(3))](rng)
    shade = _shade_finish(rng)
    stem, radius, tall = float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.11, 0.16)), float(rng.uniform(0.14, 0.2))
    bottom, top = _shape(rng, radius)
    kind = int(rng.integers(3))
    if kind == 0:
        w = float(rng.uniform(0.055, 0.085))
        body = lathe(
            np.array(
                [
                    [0, 0],
                    [0.6 * w, 0],
                    [0.7 * w, 0.04 * stem],
                    [w, 0.35 * stem],
                    [0.85 * w, 0.6 * stem],
                    [0.3 * w, 0.85 * stem],
                    [0.2 * w, stem],
                    [0, stem],
                ]
            ),
            28,
        )
    elif kind == 1:
        body = lathe(np.array([[0, 0], [0.07, 0], [0.07, 0.014], [0.02, 0.024], [0.012, stem], [0, stem]]), 28)
    else:
        w = float(rng.uniform(0.035, 0.055))
        body = lathe(np.array([[0, 0], [w, 0], [w, stem * 0.9], [0.012, stem * 0.92], [0.012, stem], [0, stem]]), 28)
    pieces: list[Piece] = [(body, foot), (bar((0, 0, stem - 0.01), (0, 0, stem + tall * 0.95), 0.004, sides=6), foot)]
    z = stem - 0.02
    pieces.append((bar((-top, 0, z + tall - 0.01), (top, 0, z + tall - 0.01), 0.0025, sides=6), foot))
    pieces.append((_shade(bottom, top, tall, z), shade))
    up = Mouth((0.0, 0.0, z + tall + 0.04), 1.2 * top, up=True, share=0.85)
    down = Mouth((0.6 * bottom, 0.0, z - 0.02), 0.6 * bottom, share=0.15)
    return assemble("table_lamp", pieces, rng, main=shade, mouths=[up, down])


def ceiling_lamp(rng: np.random.Generator) -> Asset:
    """Hangs from its highest point: a pendant with a cloth drum, a globe, or a flat dish under the ceiling."""
    metal = materials.metal(rng)
    kind = int(rng.integers(3))
    glow = float(rng.uniform(1.0, 1.6))
    milk = materials.plain("glass", (0.93, 0.92, 0.88), 0.3, 0.0, (glow * WARM[0], glow * WARM[1], glow * WARM[2]))
    if kind == 0:
        radius = float(rng.uniform(0.18, 0.26))
        dish = lathe([(0, 0), (radius * 0.6, 0.008), (radius * 0.9, 0.03), (radius, 0.06), (0, 0.06)], 40)
        pieces: list[Piece] = [(dish, milk), (disc(radius * 0.7, 0.03, 0.004, (0, 0, 0.059)), metal)]
        return assemble("ceiling_lamp", pieces, rng, main=milk, mouths=[Mouth((0.0, 0.0, -0.06), 0.45)])
    cord = float(rng.uniform(0.3, 0.55))
    if kind == 1:
        radius = float(rng.uniform(0.11, 0.16))
        pieces = [(ellipsoid((radius, radius, radius * 0.95), sides=28), milk)]
        top = 1.9 * radius
        main = milk
    else:
        radius, tall = float(rng.uniform(0.19, 0.26)), float(rng.uniform(0.18, 0.26))
        main = _shade_finish(rng)
        pieces = [
            (_shade(radius, radius * 0.85, tall, 0.0), main),
            (disc(radius * 0.8, 0.006, 0.002, (0, 0, 0.02)), milk),
        ]
        pieces.append((box((2 * radius * 0.86, 0.008, 0.006), (0, 0, tall - 0.02), 0), metal))
        top = tall - 0.02
    pieces.append((bar((0, 0, top - 0.01), (0, 0, top + cord), 0.004, sides=8), metal))
    pieces.append((disc(0.05, 0.025, 0.006, (0, 0, top + cord - 0.024)), metal))
    return assemble("ceiling_lamp", pieces, rng, main=main, mouths=[Mouth((0.0, 0.0, -0.06), 0.45)])


GENERATORS = {
    "ceiling_lamp": ceiling_lamp,
    "floor_lamp": floor_lamp,
    "table_lamp": table_lamp,
}
