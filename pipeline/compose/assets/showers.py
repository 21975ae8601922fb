"""Showers, and the washing machine beside them. Backs lie along -y, fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.bathroom import chrome_plate
from pipeline.compose.assets.lofts import fillet, loft, ring, rounded_rectangle
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, lathe, move, tube, turn
from pipeline.compose.materials import Finish


def _panes(
    rng: np.random.Generator, width: float, depth: float, upright: tuple[float, float], glass: Finish, chrome: Finish
) -> list[Piece]:
    """Glass for the open sides of a shower, on -x and +y, in a frame; half of the front slides. upright: foot, height."""
    z, tall = upright
    back, side = -depth / 2 + 0.02, width / 2 - 0.02
    pieces: list[Piece] = [(box((0.008, depth - 0.07, tall - 0.03), (-side, 0, z), 0), glass)]
    for x, y in ((-side, back), (-side, depth / 2 - 0.02), (side, depth / 2 - 0.02), (side, back)):
        pieces.append((box((0.028, 0.028, tall), (x, y, z), 0.003), chrome))
    front_y = depth / 2 - 0.02
    for rail in (z, z + tall - 0.035):
        pieces.append((box((width - 0.06, 0.034, 0.035), (0, front_y, rail), 0.003), chrome))
        pieces.append((box((0.03, depth - 0.06, 0.035), (-side, 0, rail), 0.003), chrome))
    half = width / 2 - 0.03
    open_ = float(rng.uniform(0.3, 1.0))
    pieces.append((box((half, 0.008, tall - 0.07), (-half / 2 - 0.01, front_y - 0.007, z + 0.034), 0), glass))
    slid = half / 2 - open_ * half * 0.85
    pieces.append((box((half, 0.008, tall - 0.07), (slid, front_y + 0.008, z + 0.034), 0), glass))
    pieces += [
        (
            bar((slid + half / 2 - 0.05, front_y + 0.03, 1.0), (slid + half / 2 - 0.05, front_y + 0.03, 1.25), 0.008),
            chrome,
        )
    ]
    pieces += [
        (bar((slid + half / 2 - 0.05, front_y + 0.008, h), (slid + half / 2 - 0.05, front_y + 0.03, h), 0.006), chrome)
        for h in (1.02, 1.23)
    ]
    return pieces


def shower_cabin(rng: np.random.Generator) -> Asset:
    """A shower in a corner: tray, two panelled sides, frosted panes with a sliding door or one pane; mixer and heads."""
    chrome = chrome_plate() if rng.random() < 0.7 else materials.plain("metal", (0.07, 0.07, 0.075), 0.4, 0.3)
    white = materials.plain("plastic", (0.93, 0.93, 0.93), 0.2)
    panel = (
        white
        if rng.random() < 0.5
        else materials.plain(
            "plastic", ((0.8, 0.84, 0.85), (0.35, 0.37, 0.4), (0.86, 0.83, 0.76))[int(rng.integers(3))], 0.2
        )
    )
    glass = materials.plain("glass", (0.77, 0.86, 0.87), 0.12)
    width, depth = float(rng.uniform(0.85, 1.15)), float(rng.uniform(0.8, 0.92))
    tray, height = float(rng.uniform(0.06, 0.16)), float(rng.uniform(1.95, 2.1))
    outer = rounded_rectangle(width / 2, depth / 2, 0.02, 5)
    inner = rounded_rectangle(width / 2 - 0.06, depth / 2 - 0.06, 0.05, 5)
    rings = [
        ring(outer, 0.0),
        ring(outer, tray - 0.005),
        ring(outer, tray, 0.99),
        ring(inner, tray),
        ring(inner, tray - 0.035, 0.98),
    ]
    pieces: list[Piece] = [(loft(rings), white), (disc(0.045, 0.004, 0.001, (0.0, 0.1, tray - 0.0355), 24), chrome)]
    tall, t = height - tray, 0.012
    back, side = -depth / 2 + 0.02, width / 2 - 0.02
    z = tray - 0.001
    pieces.append((box((width - 0.04, t, tall), (0, back, z), 0), panel))
    pieces.append((box((t, depth - 0.04, tall), (side, 0, z), 0), panel))
    if rng.random() < 0.4:
        # A walk-in: one pane held by a bar, the front open.
        pane = depth * float(rng.uniform(0.75, 0.95))
        pieces.append((box((0.01, pane, tall - 0.1), (-side, (pane - depth) / 2 + 0.02, z), 0), glass))
        pieces.append((box((0.024, 0.024, tall - 0.1), (-side, back, z), 0.003), chrome))
        y = pane - depth / 2 - 0.06
        pieces.append((bar((-side, y, height - 0.12), (side, y, height - 0.12), 0.009), chrome))
    else:
        pieces += _panes(rng, width, depth, (z, tall), glass, chrome)
    # Mixer, riser and heads on the back wall.
    x, wall = width * 0.12, back + t / 2
    pieces.append((bar((x - 0.1, wall + 0.03, 1.1), (x + 0.1, wall + 0.03, 1.1), 0.02, sides=16), chrome))
    pieces.append((bar((x, wall - 0.001, 1.1), (x, wall + 0.03, 1.1), 0.014), chrome))
    riser = fillet([(x, wall + 0.03, 1.1), (x, wall + 0.03, height - 0.06), (x, wall + 0.32, height - 0.06)], 0.08)
    pieces.append((tube(riser, 0.011, 12), chrome))
    pieces.append((cylinder(float(rng.uniform(0.09, 0.12)), 0.012, (x, wall + 0.31, height - 0.085), 32), chrome))
    pieces.append((bar((x + 0.03, wall + 0.05, 1.55), (x + 0.03, wall + 0.09, 1.75), 0.012, 0.014), chrome))
    pieces.append((move(turn(cylinder(0.045, 0.014, sides=24), -1.9, 0), (x + 0.03, wall + 0.1, 1.75)), chrome))
    hose = fillet(
        [
            (x + 0.05, wall + 0.03, 1.1),
            (x + 0.14, wall + 0.05, 0.75),
            (x + 0.16, wall + 0.06, 1.2),
            (x + 0.03, wall + 0.05, 1.55),
        ],
        0.3,
        10,
    )
    pieces.append((tube(hose, 0.0065, 8), chrome))
    return assemble("shower_cabin", pieces, rng, main=panel)


def washing_machine(rng: np.random.Generator) -> Asset:
    """A front loader: porthole, drawer, dial and buttons."""
    shell = (
        materials.plain("metal", (0.93, 0.93, 0.93), 0.3, 0.05)
        if rng.random() < 0.75
        else materials.plain("metal", (0.3, 0.31, 0.33), 0.35, 0.3)
    )
    chrome, dark = chrome_plate(), materials.plain("plastic", (0.1, 0.1, 0.11), 0.4)
    trim = (chrome, dark, shell)[int(rng.integers(3))]
    glass = materials.plain("glass", (0.11, 0.13, 0.16), 0.05)
    width, depth, height = 0.6, float(rng.uniform(0.53, 0.6)), float(rng.uniform(0.83, 0.86))
    face = depth / 2 - 0.055
    middle = (face - depth / 2) / 2
    pieces: list[Piece] = [(box((width, face + depth / 2, height - 0.03), (0, middle, 0.02), 0.008, 2), shell)]
    pieces += [
        (cylinder(0.022, 0.022, (sx * 0.25, middle + sy * 0.19, 0), 14), dark) for sx in (-1, 1) for sy in (-1, 1)
    ]
    pieces.append((box((width, face + depth / 2 + 0.012, 0.025), (0, middle + 0.004, height - 0.025), 0.006, 2), shell))
    panel_z = height - 0.14
    pieces.append(
        (box((width - 0.008, 0.012, 0.108), (0, face + 0.003, panel_z), 0.004), dark if rng.random() < 0.3 else shell)
    )
    pieces.append((box((0.18, 0.012, 0.08), (0.185, face + 0.007, panel_z + 0.014), 0.004), shell))
    pieces.append((box((0.1, 0.008, 0.012), (0.185, face + 0.0145, panel_z + 0.024), 0.002), dark))
    dial = lathe([(0, 0), (0.034, 0), (0.032, 0.024), (0.028, 0.028), (0, 0.028)], 28)
    pieces.append(
        (move(turn(dial, -np.pi / 2, 0), (-0.02, face + 0.006, panel_z + 0.054)), chrome if trim is not shell else dark)
    )
    pieces.append((box((0.1, 0.006, 0.04), (-0.14, face + 0.008, panel_z + 0.034), 0.0016), dark))
    for k in range(3):
        pieces.append((box((0.018, 0.008, 0.012), (-0.215 - 0.026 * k, face + 0.008, panel_z + 0.048), 0.002), chrome))
    r, z = float(rng.uniform(0.17, 0.195)), height * 0.47
    door = lathe(
        [(r * 0.66, 0.0), (r, 0.0), (r, 0.022), (r * 0.94, 0.034), (r * 0.76, 0.036), (r * 0.66, 0.022)],
        48,
        closed=True,
    )
    dome = lathe([(0, 0), (r * 0.7, 0), (r * 0.69, 0.016), (r * 0.5, 0.036), (r * 0.25, 0.045), (0, 0.047)], 48)
    pieces.append((move(turn(door, -np.pi / 2, 0), (0, face - 0.001, z)), trim))
    pieces.append((move(turn(dome, -np.pi / 2, 0), (0, face + 0.004, z)), glass))
    # Seen from the front, the grip is on the left.
    pieces.append(
        (box((0.024, 0.016, 0.09), (r * 0.87, face + 0.031, z - 0.045), 0.005, 2), dark if trim is not dark else chrome)
    )
    pieces.append((box((0.13, 0.006, 0.06), (-0.2, face, 0.05), 0.002), shell))
    top = Surface("top", (0, middle, height), (width / 2 - 0.04, (face + depth / 2) / 2 - 0.04), 0.6)
    return assemble("washing_machine", pieces, rng, [top], shell)


GENERATORS = {
    "shower_cabin": shower_cabin,
    "washing_machine": washing_machine,
}
