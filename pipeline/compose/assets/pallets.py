"""Pallets and what fills one by itself: a bale under film, a reel of cable."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.profiles import LABELS, boxes, label, shipping_label, worn
from pipeline.compose.assets.shapes import box, cylinder, disc, lathe, turn
from pipeline.compose.colors import named_color
from pipeline.compose.materials import Finish
from pipeline.scene import Material

PALLET_M = (1.2, 0.8)
"""Length and width of a EUR pallet (EN 13698-1)."""
FORK_ROOM_M = 0.1
"""Height of a pallet's openings above the ground: forks lift it by what is above."""
FILMS = 6


def pallet(rng: np.random.Generator) -> Asset:
    """A EUR pallet: five deck boards on three cross boards, nine blocks, three runners. Its length lies along x."""
    tone = ((0.72, 0.58, 0.40), (0.62, 0.49, 0.34), (0.55, 0.47, 0.38), (0.48, 0.42, 0.36))[int(rng.integers(4))]
    finish = materials.textured(rng, "wood", "wood", tone, rng.uniform(0.25, 0.4), 0.7, 0.8)
    length, width = PALLET_M
    board = 0.022 + float(rng.uniform(-0.001, 0.001))
    z = FORK_ROOM_M + board
    deck_y, deck_w = np.array([-0.3275, -0.1865, 0.0, 0.1865, 0.3275]), np.array([0.145, 0.1, 0.145, 0.1, 0.145])
    size = [np.column_stack([np.full(5, length), deck_w, np.full(5, board)])]
    at = [np.column_stack([np.zeros(5), deck_y, np.full(5, z)])]
    size.append(np.tile([0.145, width, board], (3, 1)))
    at.append(np.column_stack([[-0.5275, 0.0, 0.5275], np.zeros(3), np.full(3, FORK_ROOM_M)]))
    rows, across = np.array([-0.35, 0.0, 0.35]), np.array([0.1, 0.145, 0.1])
    for y, w in zip(rows, across, strict=True):
        size.append(np.tile([0.145, w, FORK_ROOM_M - board], (3, 1)))
        at.append(np.column_stack([[-0.5275, 0.0, 0.5275], np.full(3, y), np.full(3, board)]))
        size.append(np.array([[length, w, board]]))
        at.append(np.array([[0.0, y, 0.0]]))
    mesh = boxes(np.concatenate(size), np.concatenate(at))
    shades = [worn(mesh, rng)]
    top = Surface("top", (0, 0, z + board), (length / 2, width / 2))
    return assemble("pallet", [(piece, finish) for piece in shades], rng, [top])


def wrapped_load(rng: np.random.Generator, height: float | None = None) -> Asset:
    """Cartons under stretch film as one bale, 1.16 x 0.76 m: what stands on most pallets. The pallet is its own thing."""
    z = float(rng.uniform(0.7, 1.5)) if height is None else height
    x, y = 1.16 + float(rng.uniform(-0.02, 0.01)), 0.76 + float(rng.uniform(-0.02, 0.01))
    film = _film(int(rng.integers(FILMS)))
    pieces: list[Piece] = [(box((x, y, z), (0, 0, 0), 0.02, 2), film)]
    if rng.random() < 0.6:
        w = 0.15
        for side in range(2):
            spot = (float(rng.uniform(-0.25, 0.25)), (y, x)[side % 2] / 2, z * float(rng.uniform(0.5, 0.75)))
            stuck = turn(label(w, w * 0.8, spot), side * np.pi / 2)
            pieces.append((stuck, shipping_label(int(rng.integers(LABELS)))))
    return assemble("wrapped_load", pieces, rng, [Surface("top", (0, 0, z), (x / 2 - 0.05, y / 2 - 0.05))], film)


@lru_cache(maxsize=FILMS)
def _film(variant: int) -> Finish:
    """Box fronts seen through film: bricks of 0.4 x 0.27 m under oblique streaks, clear, milky or black."""
    rng = np.random.default_rng([variant, 815])
    n = 128
    rows, columns = np.mgrid[0:n, 0:n]
    base = np.array(
        (
            (0.70, 0.56, 0.41),
            (0.66, 0.52, 0.38),
            (0.82, 0.82, 0.80),
            (0.62, 0.60, 0.57),
            (0.12, 0.12, 0.13),
            (0.45, 0.55, 0.68),
        )[variant]
    )
    course = rows * 3 // n
    brick = (columns + np.where(course % 2, n // 4, 0)) % n * 2 // n
    tone = rng.uniform(0.9, 1.06, (3, 2))[course, brick]
    joint = ((rows * 3 % n) < 5) | (((columns + np.where(course % 2, n // 4, 0)) * 2 % n) < 3)
    image = base * np.where(joint, 0.72, tone)[..., None]
    # Film pulled round in a spiral: streaks that climb one repeat, so that they tile.
    phase = (rows + 0.25 * columns * 4 / 1.0) / n * 2 * np.pi
    streak = sum(rng.uniform(0.3, 1.0) * np.sin(k * phase + rng.uniform(0, 6)) for k in (3, 7, 11, 19)) / 3
    veil = np.clip(0.16 + 0.14 * streak, 0.0, 0.5)[..., None]
    image = image * (1 - veil) + np.array([0.86, 0.88, 0.9]) * veil * (0.35 if variant == 4 else 1.0)
    texture = np.clip(image * 255, 0, 255).astype(np.uint8)
    mean = texture.mean((0, 1)) / 255
    name = materials.nearest_color_name((float(mean[0]), float(mean[1]), float(mean[2])))
    return Finish(Material("plastic", (1.0, 1.0, 1.0), name, texture, 0.25), 0.8)


def cable_reel(rng: np.random.Generator) -> Asset:
    """A wooden reel with cable on it, lying flat like a table."""
    radius, height = float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.4, 0.75))
    wood = materials.textured(rng, "wood", "planks", (0.68, 0.54, 0.37), 0.35, 0.8, 0.8)
    cable = materials.plain(
        "rubber", named_color(("black", "black", "orange", "blue", "gray")[int(rng.integers(5))], rng), 0.6
    )
    core, t = radius * float(rng.uniform(0.5, 0.8)), 0.04
    coils = max(4, round((height - 2 * t) / 0.05))
    z = np.linspace(t, height - t, 4 * coils + 1)
    wound = core - 0.012 + 0.012 * np.abs(np.sin(np.linspace(0, np.pi * coils, 4 * coils + 1)))
    drum_ = lathe([(0, t), *zip(wound, z, strict=True), (0, height - t)], 32)
    pieces: list[Piece] = [(disc(radius, t, 0.004, (0, 0, s), 36), wood) for s in (0.0, height - t)]
    pieces.append((drum_, cable))
    steel = materials.plain("metal", (0.35, 0.35, 0.36), 0.4, 0.6)
    pieces.append((cylinder(0.05, 0.006, (0, 0, height - 0.001), 16), steel))
    bolts = [
        (0.2 * radius * np.cos(a) * 2, 0.2 * radius * np.sin(a) * 2, height - 0.001) for a in np.arange(6) * np.pi / 3
    ]
    pieces += [(cylinder(0.012, 0.005, spot, 8), steel) for spot in bolts]
    return assemble("cable_reel", pieces, rng, main=wood)


GENERATORS = {"cable_reel": cable_reel, "pallet": pallet, "wrapped_load": wrapped_load}
