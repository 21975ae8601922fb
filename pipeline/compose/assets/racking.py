"""Racks for pallets, built to measure, and light shelves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.profiles import boxes, painted
from pipeline.compose.assets.shapes import bar
from pipeline.compose.colors import named_color
from pipeline.compose.grid import MESH_DECIMALS, rounded
from pipeline.scene import Mesh

POST_M = 0.09
BEAM_M = (0.05, 0.12)
"""Depth and height of a beam."""


@dataclass(frozen=True)
class RackPlan:
    """Measures of a run of bays, metres.

    bay_m: clear width between two frames. levels_m: heights of the tops of the beams, from below; what is stored
    under the first stands on the floor. depth_m: over the frames. height_m: of the frames. decked: with
    mesh decks. head_m: free height over the highest beams.
    """

    bays: int
    bay_m: float
    levels_m: tuple[float, ...]
    depth_m: float
    height_m: float
    decked: bool
    head_m: float = 1.5

    @property
    def length_m(self) -> float:
        """Over the outer frames."""
        return self.bays * (self.bay_m + POST_M) + POST_M

    def bay_x(self, bay: int) -> float:
        """Middle of a bay, from the middle of the run."""
        return (bay - (self.bays - 1) / 2) * (self.bay_m + POST_M)

    def clear_m(self, level: int) -> float:
        """Free height above a level, 0 being the floor: up to the beams above."""
        floor = (0.0, *self.levels_m)[level]
        if level < len(self.levels_m):
            return self.levels_m[level] - BEAM_M[1] - floor
        return self.head_m


def rack(rng: np.random.Generator, plan: RackPlan, frame: str = "blue", beam: str = "orange") -> Asset:
    """A run of pallet racking along x: braced frames, beams, decks; `surfaces` bay by bay, level by level.

    frame, beam: names of their colours.
    """
    finishes = [painted(named_color(name, rng)) for name in (frame, beam)]
    galvanised = materials.plain("metal", (0.62, 0.63, 0.64), 0.45, 0.6)
    xs = (np.arange(plan.bays + 1) - plan.bays / 2) * (plan.bay_m + POST_M)
    inset = plan.depth_m / 2 - 0.04
    posts = [(x, s * inset) for x in xs for s in (-1, 1)]
    size = [(POST_M, 0.07, plan.height_m - 0.006)] * len(posts)
    at = [(x, y, 0.006) for x, y in posts]
    rungs = np.arange(0.2, plan.height_m - 0.1, 1.2)
    size += [(0.03, 2 * inset - 0.07, 0.04)] * (len(xs) * len(rungs))
    at += [(x, 0.0, z) for x in xs for z in rungs]
    upright: list[Mesh] = [boxes(size, at)]
    for x in xs:
        for k, (low, high) in enumerate(pairwise(rungs)):
            side = inset - 0.04 if k % 2 == 0 else 0.04 - inset
            upright.append(bar((x, -side, low + 0.05), (x, side, high - 0.01), 0.016, sides=4))
    pieces: list[Piece] = [(mesh, finishes[0]) for mesh in upright]
    feet = [(x, y, 0.0) for x, y in posts]
    pieces.append((boxes((0.13, 0.11, 0.006), feet), galvanised))
    spans = [(plan.bay_x(k), s * (plan.depth_m / 2 - BEAM_M[0] / 2 - 0.005), z - BEAM_M[1]) for z in plan.levels_m
             for k in range(plan.bays) for s in (-1, 1)]  # fmt: skip
    pieces.append((boxes((plan.bay_m, *BEAM_M), spans), finishes[1]))
    if plan.decked:
        inner = plan.depth_m - 2 * BEAM_M[0] - 0.01
        steps = np.arange(-plan.bay_m / 2 + 0.08, plan.bay_m / 2 - 0.05, 0.16)
        wires = [(plan.bay_x(k) + u, 0.0, z - 0.012) for z in plan.levels_m for k in range(plan.bays) for u in steps]
        pieces.append((boxes((0.014, inner, 0.012), wires), galvanised))
        struts = [
            (plan.bay_x(k), v * inner, z - 0.02) for z in plan.levels_m for k in range(plan.bays) for v in (-0.3, 0.3)
        ]
        pieces.append((boxes((plan.bay_m, 0.02, 0.008), struts), galvanised))
    surfaces = [
        Surface("shelf", (plan.bay_x(k), 0.0, z), (plan.bay_m / 2, plan.depth_m / 2), plan.clear_m(level + 1))
        for k in range(plan.bays)
        for level, z in enumerate(plan.levels_m)
    ]
    made = assemble("pallet_rack", pieces, rng, surfaces, finishes[0])
    return replace(made, boxes=_bay_boxes(plan, xs, made))


def _bay_boxes(plan: RackPlan, xs: np.ndarray, made: Asset) -> np.ndarray:
    """Frames and beam lines, one box each: decks and braces lie inside them."""
    half = plan.depth_m / 2 + 0.03
    frames = [[[x - 0.07, -half, 0.0], [x + 0.07, half, plan.height_m]] for x in xs]
    reach = plan.length_m / 2
    levels = [[[-reach, -half, z - BEAM_M[1]], [reach, half, z]] for z in plan.levels_m]
    every = np.array(frames + levels)
    bounds = np.array([part.mesh.bounds for part in made.parts])
    low, high = bounds[:, 0].min(0), bounds[:, 1].max(0)
    return np.asarray(rounded(np.clip(every, low, high), MESH_DECIMALS))


COLORS: Sequence[tuple[str, str]] = (
    ("blue", "orange"), ("blue", "orange"), ("gray", "orange"), ("green", "orange"), ("gray", "yellow"),
    ("blue", "yellow"), ("orange", "blue"), ("red", "gray"),
)  # fmt: skip
"""Of frames and beams."""


def pallet_rack(rng: np.random.Generator) -> Asset:
    """One or two bays of pallet racking."""
    levels, step = int(rng.integers(2, 4)), float(rng.uniform(1.2, 1.7))
    heights = tuple(step * (k + 1) for k in range(levels))
    plan = RackPlan(
        int(rng.integers(1, 3)),
        float(rng.choice([1.83, 2.7])),
        heights,
        1.1,
        heights[-1] + 0.3,
        bool(rng.random() < 0.5),
    )
    return rack(rng, plan, *COLORS[int(rng.integers(len(COLORS)))])


def shelving(rng: np.random.Generator) -> Asset:
    """Light shelves on four slotted posts, open at the front; some have crossed braces at the back."""
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.9, 1.3), (0.4, 0.6), (1.8, 2.3)))
    metal = painted(named_color(("gray", "gray", "blue", "white", "black", "green")[int(rng.integers(6))], rng))
    deck = (
        metal if rng.random() < 0.5 else materials.textured(rng, "wood", "speckle", (0.72, 0.60, 0.43), 0.25, 0.5, 0.8)
    )
    count, t = int(rng.integers(4, 7)), 0.03
    x, y = width / 2 - 0.02, depth / 2 - 0.02
    pieces: list[Piece] = [(boxes((0.04, 0.04, height), [(s * x, u * y, 0) for s in (-1, 1) for u in (-1, 1)]), metal)]
    levels = np.linspace(0.1, height - 0.03, count)
    surfaces = []
    for k, z in enumerate(levels):
        pieces.append((boxes((width - 0.01, depth - 0.01, t), (0, 0, z - t)), deck))
        if deck is not metal:
            pieces.append((boxes((width - 0.08, 0.012, 0.045), [(0, s * y, z - 0.045) for s in (-1, 1)]), metal))
        clear = float(levels[k + 1] - z - t - 0.02) if k + 1 < count else 0.6
        surfaces.append(Surface("shelf", (0, 0, float(z)), (width / 2 - 0.045, depth / 2 - 0.045), clear))
    if rng.random() < 0.7:
        for s in (-1, 1):
            pieces.append((bar((-s * x, -y - 0.018, 0.15), (s * x, -y - 0.018, height - 0.15), 0.006, sides=4), metal))
    return assemble("shelving", pieces, rng, surfaces, metal)


GENERATORS = {"pallet_rack": pallet_rack, "shelving": shelving}
