"""Washbasins: on a pedestal, let into a vanity unit or standing on one. Backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.bathroom import bowl, chrome_plate, porcelain
from pipeline.compose.assets.fronts import FRONT_STYLES, HANDLES, THICK_M, front, handle, joinery
from pipeline.compose.assets.lofts import loft, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.plumbing import tap
from pipeline.compose.assets.shapes import box, disc, move


def washbasin(rng: np.random.Generator) -> Asset:
    """A basin on a pedestal, let into a vanity unit, or a bowl standing on one; with a tap."""
    white, chrome = porcelain(rng), chrome_plate() if rng.random() < 0.75 else materials.metal(rng)
    kind = ("pedestal", "vanity", "bowl")[int(rng.choice(3, p=[0.3, 0.4, 0.3]))]
    drain = materials.plain("metal", (0.5, 0.5, 0.51), 0.25, 0.7)
    if kind == "pedestal":
        width, depth, z = float(rng.uniform(0.5, 0.64)), float(rng.uniform(0.42, 0.5)), float(rng.uniform(0.82, 0.88))
        line = superellipse(width / 2, depth / 2, 6.0, 56, front=(depth / 2, 2.6))
        bowl_line = superellipse(width / 2 - 0.05, depth / 2 - 0.09, 2.6, 56)
        shift = (0.0, 0.045)
        pieces: list[Piece] = [(
            loft([
                ring(line, z - 0.19, (0.36, 0.42), (0, -0.05)), ring(line, z - 0.14, (0.66, 0.7), (0, -0.02)),
                ring(line, z - 0.07, (0.94, 0.95)), ring(line, z - 0.02), ring(line, z - 0.004), ring(line, z, 0.985),
                *bowl(bowl_line, z, 0.13, 0.006, shift, 0.4),
            ]),
            white,
        )]  # fmt: skip
        post = superellipse(0.095, 0.085, 2.6, 32)
        pieces.append((
            loft([
                ring(post, 0.0, 1.2), ring(post, 0.02, 1.2), ring(post, 0.1, 0.9), ring(post, z * 0.6, 0.82),
                ring(post, z - 0.16, 1.15),
            ]),
            white,
        ))  # fmt: skip
        pieces[-1] = (move(pieces[-1][0], (0, -0.07, 0)), white)
        pieces.append((disc(0.024, 0.004, 0.001, (0, 0.045, z - 0.131), 20), drain))
        pieces += tap(rng, (0, -depth / 2 + 0.055, z - 0.001), chrome, 0.18)
        surfaces = [
            Surface("top", (s * (width / 2 - 0.085), -depth / 2 + 0.055, z), (0.045, 0.035), 0.4) for s in (-1, 1)
        ]
        return assemble("washbasin", pieces, rng, surfaces, white)
    width, depth = float(rng.uniform(0.6, 1.2)), float(rng.uniform(0.46, 0.52))
    z = float(rng.uniform(0.82, 0.88)) if kind == "vanity" else float(rng.uniform(0.74, 0.8))
    (body, face), metal = joinery(rng), materials.metal(rng)
    thick, top_t = depth - 0.06, 0.03
    pieces = []
    floor = float(rng.choice([0.08, 0.22]))
    y = -depth / 2 + thick / 2
    if floor < 0.1:
        pieces.append((box((width - 0.06, thick - 0.05, floor + 0.001), (0, y, 0), 0), body))
    else:
        legs = [(sx * (width / 2 - 0.05), y + sy * (thick / 2 - 0.05)) for sx in (-1, 1) for sy in (-1, 1)]
        pieces += [(box((0.04, 0.04, floor + 0.001), (lx, ly, 0), 0.003), metal) for lx, ly in legs]
    hollow = 0.13 if kind == "vanity" else 0.0
    pieces.append((box((width - 0.02, thick, z - top_t - floor - hollow), (0, y, floor), 0.002), body))
    if hollow:
        for s in (-1, 1):
            at = (s * (width / 2 - 0.019), y, z - top_t - hollow - 0.001)
            pieces.append((box((0.018, thick, hollow + 0.002), at, 0), body))
    rows = 2 if rng.random() < 0.5 else 1
    columns = 1 if width < 0.7 else 2
    style, pull = FRONT_STYLES[int(rng.integers(3))], HANDLES[int(rng.integers(4))]
    tall, each = (z - top_t - floor) / rows, (width - 0.02) / columns
    for r in range(rows):
        for c in range(columns):
            x = -(width - 0.02) / 2 + each * (c + 0.5)
            pieces += front(each - 0.006, tall - 0.006, (x, y + thick / 2, floor + r * tall + 0.003), face, style)
            hz = floor + r * tall + tall * (0.8 if rows == 1 else 0.6)
            pieces += handle(pull, (x, y + thick / 2 + THICK_M, hz), metal, each * 0.4)
    half_x, half_y = min(0.24, width / 2 - 0.06), depth / 2 - 0.1
    side = 0.0 if width < 0.85 or rng.random() < 0.6 else float(rng.choice([-1, 1])) * (width / 2 - half_x - 0.06)
    if kind == "vanity":
        slab = rounded_rectangle(width / 2, depth / 2, 0.015)
        line = rounded_rectangle(half_x, half_y, 0.08) if rng.random() < 0.5 else superellipse(half_x, half_y, 2.4, 24)
        # Both outlines have 24 points, from the same direction on, so that the slab can be lofted into its basin.
        slab = slab if len(slab) == len(line) else rounded_rectangle(width / 2, depth / 2, 0.015, len(line) // 4 - 1)
        shift = (side, 0.03)
        pieces.append((
            loft([
                ring(line, z - 0.15, 0.7, shift), ring(line, z - 0.1, 1.06, shift), ring(line, z - top_t, 1.08, shift),
                ring(slab, z - top_t), ring(slab, z - 0.004), ring(slab, z, 1 - 0.006 / depth),
                *bowl(line, z, 0.12, 0.006, shift, 0.6),
            ]),
            white,
        ))  # fmt: skip
        pieces.append((disc(0.024, 0.004, 0.001, (side, 0.03, z - 0.121), 20), drain))
        pieces += tap(rng, (side, -depth / 2 + 0.055, z - 0.001), chrome, 0.19)
        rest = z
    else:
        stone = materials.stone(rng) if rng.random() < 0.6 else materials.wood(rng)
        pieces.append((box((width, depth, top_t), (0, 0, z - top_t), 0.004), stone))
        round_ = rng.random() < 0.5
        line = superellipse(0.2, 0.2, 2.0, 48) if round_ else rounded_rectangle(min(0.24, half_x), 0.17, 0.06, 11)
        high = float(rng.uniform(0.1, 0.15))
        pieces.append((
            loft([
                ring(line, z - 0.0005, 0.55, (side, 0.02)), ring(line, z + 0.01, 0.68, (side, 0.02)),
                ring(line, z + high * 0.5, 0.93, (side, 0.02)), ring(line, z + high - 0.004, 1.0, (side, 0.02)),
                ring(line, z + high, 0.99, (side, 0.02)), *bowl(line, z + high, high - 0.015, 0.012, (side, 0.02), 0.5),
            ]),
            white,
        ))  # fmt: skip
        pieces.append((disc(0.022, 0.004, 0.001, (side, 0.02, z + 0.0145), 20), drain))
        pieces += tap(rng, (side, -depth / 2 + 0.045, z - 0.001), chrome, high + 0.17)
        rest = z
    surfaces = []
    for x0, x1 in ((-width / 2, side - half_x), (side + half_x, width / 2)):
        if x1 - x0 > 0.13:
            surfaces.append(Surface("top", ((x0 + x1) / 2, 0.0, rest), ((x1 - x0) / 2 - 0.02, depth / 2 - 0.03), 0.4))
    return assemble("washbasin", pieces, rng, surfaces, (body, face, white))


GENERATORS = {
    "washbasin": washbasin,
}
