"""Wheels of cars and of bicycles, and the small parts that vehicles share."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Piece
from pipeline.compose.assets.bodies import plate, rounded_outline
from pipeline.compose.assets.shapes import bar, box, lathe, move, torus, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Float, Mesh

QUARTER = np.pi / 2


def road_wheel(
    rng: np.random.Generator, radius: float, width: float, tyre: Finish, rim: Finish, rim_share: float = 0.68
) -> list[Piece]:
    """A wheel about the x axis, its outer side towards +x: a tyre, and a rim with spokes or a pressed steel dish."""
    half, inner = width / 2, radius * rim_share
    shoulder = 0.1 * radius
    profile = [
        (inner, -half * 0.9), (radius - shoulder, -half), (radius - 0.2 * shoulder, -half * 0.86), (radius, -half * 0.6),
        (radius, half * 0.6), (radius - 0.2 * shoulder, half * 0.86), (radius - shoulder, half), (inner, half * 0.9),
    ]  # fmt: skip
    pieces: list[Piece] = [(laid(lathe(profile, 28, closed=True)), tyre)]
    hub, dark = radius * 0.17, materials.plain("metal", (0.07, 0.07, 0.075), 0.6, 0.3)
    lip = [
        (inner + 0.002, -half * 0.85), (inner + 0.002, half * 0.92), (inner * 0.93, half * 0.92), (inner * 0.9, half * 0.5),
        (inner * 0.9, -half * 0.85),
    ]  # fmt: skip
    pieces.append((laid(lathe(lip, 28, closed=True)), rim))
    spokes = int(rng.choice([0, 5, 5, 6, 7, 10]))
    face = half * 0.62
    if spokes:
        pieces.append((laid(lathe([(0, 0), (inner * 0.91, 0), (inner * 0.91, 0.01), (0, 0.01)], 24)), dark))
        broad = inner * {5: 0.24, 6: 0.19, 7: 0.16, 10: 0.11}[spokes]
        for k in range(spokes):
            spoke = box((half * 0.3, broad, inner * 0.86), (face, 0, inner * 0.06), 0)
            pieces.append((turn(spoke, 2 * np.pi * k / spokes, 0), rim))
    else:
        dish = [
            (0, half * 0.1),
            (inner * 0.91, half * 0.1),
            (inner * 0.8, half * 0.55),
            (hub * 1.6, half * 0.3),
            (0, half * 0.3),
        ]
        pieces.append((laid(lathe(dish, 24)), rim))
    cap = [(0, 0), (hub, 0), (hub, half * 0.8), (hub * 0.7, half * 0.9), (0, half * 0.9)]
    pieces.append((laid(lathe(cap, 16)), rim))
    return pieces


def put(pieces: list[Piece], at: tuple[float, float, float], mirrored: bool = False) -> list[Piece]:
    """The pieces moved to `at`, turned about first where `mirrored`."""
    return [(move(turn(mesh, np.pi) if mirrored else mesh, at), finish) for mesh, finish in pieces]


def cycle_wheel(
    radius: float, tyre_half: float, tyre: Finish, rim: Finish, spokes: int = 18, hub: float = 0.018
) -> list[Piece]:
    """A thin wheel about the x axis with wire spokes."""
    pieces: list[Piece] = [
        (laid(torus(radius - tyre_half, tyre_half, sides=40, rings=7)), tyre),
        (laid(torus(radius - 2.3 * tyre_half, 0.55 * tyre_half, sides=40, rings=5)), rim),
        (bar((-0.045, 0, 0), (0.045, 0, 0), hub, sides=10), rim),
    ]
    for k in range(spokes):
        a = 2 * np.pi * k / spokes
        end = (radius - 2.3 * tyre_half) * np.array([0.0, np.cos(a), np.sin(a)])
        start = 0.8 * hub * np.array([0.0, np.cos(a + 0.9), np.sin(a + 0.9)]) + [0.03 * (-1) ** k, 0, 0]
        pieces.append((bar(start, end, 0.0015, sides=4), rim))
    return pieces


def picture(finish: Finish, pixels: np.ndarray) -> Finish:
    """`finish` showing `pixels` (uint8 [h, w, 3] sRGB) once over a plate."""
    return replace(finish, material=replace(finish.material, color=(1.0, 1.0, 1.0), texture=pixels), repeat_m=1.0)


def number_plate(rng: np.random.Generator, width: float = 0.5, height: float = 0.11) -> Piece:
    """A plate with letters and digits, facing +y, its middle at the origin."""
    ground = ((245, 245, 240), (245, 245, 240), (250, 215, 60))[int(rng.integers(3))]
    image = np.full((64, 256, 3), ground, np.uint8)
    letters = "".join("ABCDEFGHJKLMNPRSTUVWXYZ"[int(k)] for k in rng.integers(0, 23, 3))
    text = f"{letters} {int(rng.integers(100, 999))}"
    cv2.putText(image, text, (22, 46), cv2.FONT_HERSHEY_SIMPLEX, 1.45, (20, 20, 25), 4, cv2.LINE_8)
    cv2.rectangle(image, (2, 2), (253, 61), (20, 20, 25), 2)
    r, g, b = (c / 255 for c in ground)
    finish = picture(materials.plain("plastic", (r, g, b), 0.4), image)
    return plate(rounded_outline(width, height, 0.012, 3), 0.012), finish


def laid(mesh: Mesh) -> Mesh:
    """A turned piece laid over, its axis along x."""
    return turn(mesh, np.pi / 2, 1)


def mudguard(y: Float, z: Float, half: float) -> Mesh:
    """A bent sheet over a wheel: along the points (y, z) of its rim, `half` its width to each side."""
    ring = np.stack([np.stack([np.full(len(y), x), y, z], 1) for x in (-half, half)], 1)
    return sheet(ring, 0.004)
