"""Tables. The long side lies along x."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.legs import STYLES, four_legs, pedestal
from pipeline.compose.assets.shapes import box, disc, lathe
from pipeline.compose.materials import Finish


def _top_finish(rng: np.random.Generator, frame: Finish) -> Finish:
    pick = rng.random()
    return frame if pick < 0.6 else (materials.stone(rng) if pick < 0.75 else materials.wood(rng))


def _rectangular(
    rng: np.random.Generator, category: str, width: float, depth: float, height: float, shelf: bool
) -> Asset:
    frame = materials.cabinet(rng) if rng.random() < 0.75 else materials.metal(rng)
    top = _top_finish(rng, frame) if frame.material.name == "wood" else materials.cabinet(rng)
    thick = float(rng.uniform(0.018, 0.045))
    style = (
        STYLES[int(rng.integers(len(STYLES)))]
        if height < 0.6
        else ("square", "tapered", "turned", "sled")[int(rng.integers(4))]
    )
    if frame.material.name != "wood":
        style = ("square", "hairpin", "sled")[int(rng.integers(3))]
    inset = float(rng.uniform(0.0, 0.05))
    pieces: list[Piece] = [(box((width, depth, thick), (0, 0, height - thick), 0.004, 2), top)]
    pieces += four_legs(rng, width, depth, height - thick, frame, style, inset)
    if style in ("square", "turned", "tapered") and rng.random() < 0.7:
        apron = 0.05 + 0.03 * (height > 0.6)
        ax, ay = width - 2 * inset - 0.05, depth - 2 * inset - 0.05
        pieces += [(box((ax - 0.02, 0.018, apron), (0, s * (ay / 2), height - thick - apron)), frame) for s in (-1, 1)]
        pieces += [(box((0.018, ay - 0.02, apron), (s * (ax / 2), 0, height - thick - apron)), frame) for s in (-1, 1)]
    surfaces = [Surface("top", (0, 0, height), (width / 2 - 0.01, depth / 2 - 0.01))]
    if shelf and style in ("square", "tapered", "turned") and height > 0.36:
        z, sx, sy = 0.1 * height + 0.05, width - 2 * inset - 0.05, depth - 2 * inset - 0.05
        pieces.append((box((sx, sy, 0.015), (0, 0, z - 0.015), 0.002), frame))
        surfaces.append(Surface("shelf", (0, 0, z), (sx / 2 - 0.05, sy / 2 - 0.05), height - thick - 0.09 - z))
    return assemble(category, pieces, rng, surfaces)


def _round(rng: np.random.Generator, category: str, radius: float, height: float) -> Asset:
    frame = materials.cabinet(rng) if rng.random() < 0.7 else materials.metal(rng)
    top = _top_finish(rng, frame)
    thick = float(rng.uniform(0.018, 0.04))
    pieces: list[Piece] = [(disc(radius, thick, 0.006, (0, 0, height - thick), 48), top)]
    if rng.random() < 0.5:
        pieces += pedestal(rng, radius * 0.62, height - thick, frame)
    else:
        pieces += four_legs(
            rng,
            radius * 1.35,
            radius * 1.35,
            height - thick,
            frame,
            ("tapered", "splayed", "square")[int(rng.integers(3))],
        )
    return assemble(category, pieces, rng, [Surface("top", (0, 0, height), (radius * 0.69, radius * 0.69))])


def coffee_table(rng: np.random.Generator) -> Asset:
    """A low table: rectangular on legs, round, or a drum."""
    height = float(rng.uniform(0.36, 0.46))
    pick = rng.random()
    if pick < 0.62:
        return _rectangular(
            rng,
            "coffee_table",
            float(rng.uniform(0.85, 1.25)),
            float(rng.uniform(0.48, 0.65)),
            height,
            rng.random() < 0.5,
        )
    if pick < 0.9:
        return _round(rng, "coffee_table", float(rng.uniform(0.36, 0.48)), height)
    radius, finish = (
        float(rng.uniform(0.34, 0.44)),
        materials.wicker(rng) if rng.random() < 0.5 else materials.wood(rng),
    )
    return assemble(
        "coffee_table",
        [(disc(radius, height, 0.02, sides=48), finish)],
        rng,
        [Surface("top", (0, 0, height), (radius * 0.68, radius * 0.68))],
    )


def side_table(rng: np.random.Generator) -> Asset:
    """A small table beside a seat; some have a drawer."""
    height = float(rng.uniform(0.46, 0.6))
    pick = rng.random()
    if pick < 0.4:
        return _round(rng, "side_table", float(rng.uniform(0.2, 0.27)), height)
    width = float(rng.uniform(0.38, 0.5))
    if pick < 0.75:
        return _rectangular(rng, "side_table", width, width * float(rng.uniform(0.85, 1.0)), height, rng.random() < 0.6)
    finish, knob, depth = materials.cabinet(rng), materials.metal(rng), width * 0.9
    pieces: list[Piece] = four_legs(
        rng, width, depth, height - 0.2, finish, ("square", "tapered", "turned")[int(rng.integers(3))]
    )
    pieces.append((box((width, depth, 0.18), (0, 0, height - 0.2)), finish))
    pieces.append((box((width + 0.03, depth + 0.03, 0.02), (0, 0, height - 0.02), 0.005), finish))
    pieces.append((box((width - 0.05, 0.012, 0.14), (0, depth / 2 + 0.004, height - 0.18)), finish))
    pieces.append((box((0.09, 0.015, 0.012), (0, depth / 2 + 0.016, height - 0.115), 0.004), knob))
    return assemble("side_table", pieces, rng, [Surface("top", (0, 0, height), (width / 2, depth / 2))], finish)


def dining_table(rng: np.random.Generator) -> Asset:
    """Seats four to six: rectangular on legs, or round."""
    height = float(rng.uniform(0.72, 0.77))
    if rng.random() < 0.3:
        return _round(rng, "dining_table", float(rng.uniform(0.48, 0.6)), height)
    return _rectangular(
        rng, "dining_table", float(rng.uniform(1.2, 1.8)), float(rng.uniform(0.75, 0.95)), height, False
    )


def desk(rng: np.random.Generator) -> Asset:
    """A writing desk with drawers under one end or a plain top; the sitter is at +y."""
    finish, metal = materials.cabinet(rng), materials.metal(rng)
    width, depth, height = (float(rng.uniform(*r)) for r in ((1.0, 1.4), (0.55, 0.7), (0.72, 0.76)))
    pieces: list[Piece] = [(box((width, depth, 0.028), (0, 0, height - 0.028), 0.004, 2), finish)]
    pieces += four_legs(
        rng,
        width,
        depth,
        height - 0.028,
        finish if rng.random() < 0.5 else metal,
        ("square", "tapered", "sled")[int(rng.integers(3))],
    )
    side = float(rng.choice([-1, 1]))
    if rng.random() < 0.7:
        w = 0.38
        x = side * (width / 2 - w / 2 - 0.06)
        tall = float(rng.choice([0.14, 0.45]))
        pieces.append((box((w, depth - 0.12, tall), (x, 0, height - 0.029 - tall)), finish))
        count = max(1, round(tall / 0.15))
        for k in range(count):
            h = tall / count - 0.012
            z = height - 0.029 - (k + 1) * tall / count + 0.006
            pieces.append((box((w - 0.03, 0.014, h), (x, depth / 2 - 0.056, z)), finish))
            pieces.append((box((0.1, 0.014, 0.01), (x, depth / 2 - 0.044, z + h * 0.6), 0.003), metal))
    return assemble("desk", pieces, rng, [Surface("top", (0, 0, height), (width / 2 - 0.02, depth / 2 - 0.02))], finish)


def drum_table(rng: np.random.Generator) -> Asset:
    """A side table turned from one block, waisted like an hourglass."""
    height, radius = float(rng.uniform(0.42, 0.52)), float(rng.uniform(0.19, 0.25))
    finish = materials.ceramic(rng) if rng.random() < 0.5 else materials.wood(rng)
    t = np.linspace(0, 1, 12)
    waist = radius * (1 - 0.3 * np.sin(np.pi * t))
    profile = np.concatenate([[[0, 0]], np.stack([waist, t * height], 1), [[0, height]]])
    return assemble(
        "side_table",
        [(lathe(profile, 36), finish)],
        rng,
        [Surface("top", (0, 0, height), (radius * 0.66, radius * 0.66))],
    )


GENERATORS = {
    "coffee_table": coffee_table,
    "desk": desk,
    "dining_table": dining_table,
    "drum_table": drum_table,
    "side_table": side_table,
}
