"""Swivel chairs. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.office import OFFICE_CLOTH, black_plastic
from pipeline.compose.assets.shapes import bar, box, cylinder, move, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish


def office_chair(rng: np.random.Generator) -> Asset:
    """A swivel chair: five-star base on castors, gas lift, seat, curved back of cloth, mesh or leather, arms or none."""
    cloth = materials.leather(rng) if rng.random() < 0.3 else materials.fabric(rng, OFFICE_CLOTH)
    black = black_plastic()
    shell = black if rng.random() < 0.75 else materials.plain("plastic", (0.85, 0.85, 0.86), 0.45)
    base = shell if rng.random() < 0.6 else materials.steel(rng)
    seat_z, reach = float(rng.uniform(0.44, 0.52)), float(rng.uniform(0.29, 0.33))
    start = float(rng.uniform(0, 2 * np.pi / 5))
    pieces: list[Piece] = []
    for k in range(5):
        a = start + 2 * np.pi * k / 5
        out = np.array([np.cos(a), np.sin(a), 0.0])
        pieces.append((bar(out * 0.03 + [0, 0, 0.11], out * reach + [0, 0, 0.075], 0.026, 0.016, 12), base))
        # A castor: two wheels on a stem, trailing askew.
        spin = a + float(rng.uniform(-1.2, 1.2))
        axle = np.array([-np.sin(spin), np.cos(spin), 0.0])
        hub = out * reach + [0, 0, 0.027]
        for s in (-1, 1):
            wheel = bar(hub + axle * s * 0.006, hub + axle * s * 0.024, 0.027, sides=16)
            pieces.append((wheel, black))
        pieces.append((bar(hub, hub + [0, 0, 0.05], 0.009, sides=8), black))
    pieces.append((cylinder(0.032, 0.07, (0, 0, 0.085), 18), base))
    pieces.append((cylinder(0.026, 0.16, (0, 0, 0.12), 16), black))
    pieces.append(
        (cylinder(0.014, seat_z - 0.3, (0, 0, 0.25), 14), materials.plain("metal", (0.75, 0.75, 0.76), 0.15, 0.8))
    )
    pieces.append((box((0.2, 0.26, 0.05), (0, -0.02, seat_z - 0.115), 0.012), black))
    pieces.append((bar((0.09, 0.02, seat_z - 0.095), (0.27, 0.03, seat_z - 0.1), 0.006), black))
    half, deep = float(rng.uniform(0.235, 0.26)), float(rng.uniform(0.23, 0.25))
    line = superellipse(half, deep, 3.4, 44)
    pieces.append(
        (
            loft(
                [ring(line, seat_z - 0.075, 0.85), ring(line, seat_z - 0.055, 0.97), ring(line, seat_z - 0.035, 0.99)]
            ),
            shell,
        )
    )
    pad = [
        ring(line, seat_z - 0.036, 0.98),
        ring(line, seat_z - 0.02),
        ring(line, seat_z - 0.006, 0.96),
        ring(line, seat_z, 0.86),
        ring(line, seat_z - 0.002, 0.5),
    ]
    pieces.append((loft(pad), cloth))
    head = rng.random() < 0.35
    tall = float(rng.uniform(0.62, 0.72)) if head else float(rng.uniform(0.42, 0.56))
    pieces += _back(rng, cloth, shell, seat_z, -deep + 0.015, tall, half, head)
    if rng.random() < 0.8:
        pieces += _arms(rng, shell, seat_z, half, rng.random() < 0.5)
    rest = Surface("seat", (0, 0.03, seat_z - 0.001), (half * 0.5, deep * 0.5), 0.5)
    return assemble("office_chair", pieces, rng, [rest], cloth)


def _back(
    rng: np.random.Generator,
    cloth: Finish,
    shell: Finish,
    seat_z: float,
    y: float,
    tall: float,
    half: float,
    head: bool,
) -> list[Piece]:
    """A back rest bowed round the sitter, with a lumbar curve, on a stem from under the seat."""
    low = seat_z + float(rng.uniform(0.06, 0.12))
    v = np.linspace(0, 1, 12)
    u = np.linspace(-1, 1, 11)
    taper = float(rng.uniform(0.7, 0.95))
    width = half * 0.95 * np.interp(v, [0, 0.12, 0.5, 0.9, 1.0], [0.8, 0.94, 1.0, 0.5 + taper / 2, taper * 0.85])
    lean = -0.16 * (v * tall) + 0.025 * np.sin(np.pi * np.clip(v / 0.45, 0, 1)) - 0.02
    bow = float(rng.uniform(0.03, 0.06))
    grid = np.empty((11, 12, 3))
    grid[..., 0] = -u[:, None] * width[None, :]
    grid[..., 1] = y + lean[None, :] + bow * (u[:, None] ** 2)
    grid[..., 2] = low + v[None, :] * (tall - 0.02) - 0.012 * (u[:, None] ** 4) * (2 * v[None, :] - 1)
    thick = float(rng.choice([0.02, 0.045]))
    pieces: list[Piece] = [(sheet(grid, thick), cloth)]
    if thick < 0.03:
        # Mesh stretched in a frame of tube.
        rim = np.concatenate([grid[:-1, 0], grid[-1, :-1], grid[:0:-1, -1], grid[0, :0:-1]])
        rim = np.concatenate([rim, rim[:1]])
        pieces.append((tube(rim, 0.0125, 8), shell))
    mid = int(np.argmin(np.abs(v - 0.35)))
    at = grid[5, mid]
    stem = fillet(
        [
            (0, -0.1, seat_z - 0.09),
            (0, y - 0.075, seat_z - 0.085),
            (0, at[1] - thick / 2 - 0.03, low + 0.03),
            (0, at[1] - thick / 2 - 0.005, at[2]),
        ],
        0.08,
    )
    pieces.append((tube(stem, 0.017, 10), shell))
    if head:
        top = grid[5, -1]
        pad = turn(box((0.26, 0.05, 0.12), (0, 0, 0), 0.022, 3), 0.12, 0)
        pieces.append((move(pad, (0, top[1] + 0.005, top[2] + 0.045)), cloth))
        for s in (-1, 1):
            pieces.append(
                (
                    bar((s * 0.05, top[1] - 0.004, top[2] - 0.05), (s * 0.05, top[1] - 0.012, top[2] + 0.09), 0.007),
                    shell,
                )
            )
    return pieces


def _arms(rng: np.random.Generator, shell: Finish, seat_z: float, half: float, loop: bool) -> list[Piece]:
    pieces: list[Piece] = []
    z = seat_z + float(rng.uniform(0.18, 0.23))
    for s in (-1, 1):
        x = s * (half + 0.035)
        if loop:
            path = [
                (s * 0.12, -0.03, seat_z - 0.085),
                (x, -0.03, seat_z - 0.085),
                (x, 0.1, z - 0.01),
                (x, -0.14, z - 0.01),
                (x, -0.17, seat_z + 0.02),
                (s * half * 0.8, -0.19, seat_z - 0.06),
            ]
            pieces.append((tube(fillet(path, 0.06), 0.012, 10), shell))
        else:
            pieces.append((bar((s * 0.1, 0, seat_z - 0.09), (x, 0, seat_z - 0.09), 0.014), shell))
            pieces.append((box((0.03, 0.06, z - seat_z + 0.085), (x, 0, seat_z - 0.1), 0.006), shell))
        pad = prism(rounded_rectangle(0.042, 0.125, 0.035), 0.028, (x, -0.01, z - 0.01), 0.01)
        pieces.append((pad, shell))
    return pieces


GENERATORS = {
    "office_chair": office_chair,
}
