"""Machines and trays for desks. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.lofts import loft, ring, rounded_rectangle
from pipeline.compose.assets.shapes import bar, box, cylinder, move, turn
from pipeline.compose.assets.sheets import sheet


def printer(rng: np.random.Generator) -> Asset:
    """A printer: body with a paper slot and an output tray, a control panel, a sheet coming out; some with a scanner lid."""
    light = rng.random() < 0.6
    shell = materials.plain("plastic", (0.88, 0.88, 0.87) if light else (0.15, 0.15, 0.16), 0.45)
    dark = materials.plain("plastic", (0.17, 0.17, 0.18) if light else (0.06, 0.06, 0.065), 0.5)
    glow = materials.plain("glass", (0.1, 0.2, 0.35), 0.15, 0.0, (0.05, 0.15, 0.35))
    paper = materials.paper(rng, ("white",))
    width, depth = float(rng.uniform(0.38, 0.48)), float(rng.uniform(0.32, 0.42))
    drawer, body = float(rng.uniform(0.04, 0.07)), float(rng.uniform(0.1, 0.16))
    scanner = rng.random() < 0.6
    line = rounded_rectangle(width / 2, depth / 2, 0.02)
    pieces: list[Piece] = [(loft([ring(line, 0.0, 0.98), ring(line, 0.006), ring(line, drawer)]), shell)]
    pieces.append((box((width * 0.8, 0.006, drawer - 0.018), (0, depth / 2, 0.008), 0.002), shell))
    pieces.append((box((0.1, 0.006, 0.01), (0, depth / 2 + 0.003, drawer * 0.4), 0.002), dark))
    # Above the paper drawer the front is open across the middle: a floor, two cheeks, a back, a head.
    gap, cheek = 0.075, width * 0.12
    z = drawer - 0.0005
    pieces.append((box((width - 0.004, depth * 0.5, gap + 0.002), (0, -depth * 0.25, z), 0), dark))
    for s in (-1, 1):
        pieces.append((box((cheek, depth - 0.01, gap + 0.002), (s * (width - cheek) / 2, 0, z), 0.004), shell))
    pieces.append((box((width - 2 * cheek, depth * 0.49, 0.008), (0, depth * 0.245, z), 0.002), dark))
    top = drawer + gap
    pieces.append(
        (
            loft(
                [
                    ring(line, top),
                    ring(line, top + body - 0.02),
                    ring(line, top + body - 0.006, 0.985),
                    ring(line, top + body, 0.95),
                ]
            ),
            shell,
        )
    )
    high = top + body
    # A4 paper lies in the output, its end hanging out a little.
    y = np.linspace(-0.02, 0.297, 7)
    grid = np.empty((2, 7, 3))
    grid[..., 0] = np.array([-0.105, 0.105])[:, None]
    grid[..., 1] = (y * 0.72 + depth * 0.1)[None, :]
    grid[..., 2] = drawer + 0.012 + np.array([0.02, 0.015, 0.01, 0.006, 0.003, 0.001, 0.0])
    if width - 2 * cheek > 0.22:
        pieces.append((sheet(grid, 0.0012), paper))
    slope = turn(box((width * 0.5, 0.01, 0.075), (0, 0, 0), 0.004), 0.5, 0)
    pieces.append((move(slope, (-width * 0.16, depth / 2 + 0.003, high - 0.085)), dark))
    screen = turn(box((0.085, 0.004, 0.045), (0, 0, 0), 0), 0.5, 0)
    pieces.append((move(screen, (-width * 0.1, depth / 2 + 0.0022, high - 0.067)), glow))
    for k, color in enumerate(((0.2, 0.7, 0.3), (0.7, 0.7, 0.72), (0.7, 0.7, 0.72))):
        at = (-width * 0.3 + 0.022 * k - 0.02, depth / 2 + 0.001, high - 0.06)
        pieces.append(
            (
                move(turn(box((0.014, 0.006, 0.014), (0, 0, 0), 0.002), 0.5, 0), at),
                materials.plain("plastic", color, 0.4),
            )
        )
    if scanner:
        lid = rounded_rectangle(width / 2 - 0.004, depth / 2 - 0.015, 0.02)
        pieces.append(
            (
                loft(
                    [
                        ring(lid, high, 0.98),
                        ring(lid, high + 0.004),
                        ring(lid, high + 0.028),
                        ring(lid, high + 0.034, 0.97),
                    ]
                ),
                dark if rng.random() < 0.5 else shell,
            )
        )
        rest = high + 0.034
    else:
        # Paper stands in a feeder behind.
        feeder = turn(box((0.25, 0.012, 0.13), (0, 0, 0), 0.004), 0.32, 0)
        pieces.append((move(feeder, (0, -depth * 0.36, high - 0.02)), dark))
        stack = turn(box((0.21, 0.01, 0.2), (0, 0, 0), 0), 0.32, 0)
        pieces.append((move(stack, (0, -depth * 0.36 + 0.012, high - 0.03)), paper))
        return assemble("printer", pieces, rng, main=shell)
    return assemble(
        "printer", pieces, rng, [Surface("top", (0, 0, rest), (width / 2 - 0.05, depth / 2 - 0.06), 0.3)], shell
    )


def paper_tray(rng: np.random.Generator) -> Asset:
    """Letter trays on top of each other, open towards +y, with paper in some; of plastic, wire or wood."""
    kind = int(rng.integers(3))
    finish = (materials.plastic, materials.metal, materials.wood)[kind](rng)
    paper = materials.paper(rng, ("white",))
    width, depth, pitch = (
        float(rng.uniform(0.25, 0.28)),
        float(rng.uniform(0.33, 0.36)),
        float(rng.uniform(0.062, 0.08)),
    )
    count = int(rng.integers(1, 5))
    wall, side = 0.004, 0.045
    pieces: list[Piece] = []
    for k in range(count):
        z = 0.004 + pitch * k
        if kind == 1:
            for x in np.linspace(-width / 2 + 0.004, width / 2 - 0.004, 11):
                pieces.append((bar((x, -depth / 2, z), (x, depth / 2, z), 0.0022, sides=6), finish))
            for y in np.linspace(-depth / 2 + 0.004, depth / 2 - 0.004, 5):
                pieces.append((bar((-width / 2, y, z), (width / 2, y, z), 0.0024, sides=6), finish))
            rim = z + side
            for s in (-1, 1):
                pieces.append(
                    (bar((s * width / 2, -depth / 2, rim), (s * width / 2, depth / 2, rim), 0.0032, sides=8), finish)
                )
                for y in np.linspace(-depth / 2 + 0.004, depth / 2 - 0.004, 9):
                    pieces.append((bar((s * width / 2, y, z), (s * width / 2, y, rim), 0.002, sides=6), finish))
            pieces.append((bar((-width / 2, -depth / 2, rim), (width / 2, -depth / 2, rim), 0.0032, sides=8), finish))
            for x in np.linspace(-width / 2 + 0.004, width / 2 - 0.004, 8):
                pieces.append((bar((x, -depth / 2, z), (x, -depth / 2, rim), 0.002, sides=6), finish))
        else:
            pieces.append((box((width, depth, wall), (0, 0, z - 0.004), 0), finish))
            for s in (-1, 1):
                x = s * (width - wall) / 2
                pieces.append((box((wall, depth - 0.03, side), (x, -0.015, z - 0.001), 0.0016), finish))
            pieces.append((box((width - 2 * wall + 0.001, wall, side), (0, -(depth - wall) / 2, z - 0.001), 0), finish))
            lip = 0.012
            for s in (-1, 1):
                at = (s * (width / 2 - 0.035), depth / 2 - wall / 2, z - 0.001)
                pieces.append((box((0.07, wall, lip), at, 0), finish))
        if k:
            for sx in (-1, 1):
                for sy in (-1, 1):
                    foot = (sx * (width / 2 - 0.004), sy * (depth / 2 - 0.05) - 0.01, z - pitch + 0.0005)
                    pieces.append((cylinder(0.0042, pitch - 0.001, foot, 8), finish))
        if rng.random() < 0.75:
            rest = z + (0.0022 if kind == 1 else 0.0004)
            high = float(rng.uniform(0.004, 0.026))
            for m in range(3):
                leaf = box((0.21, 0.297, high / 3), (0, 0.004 * m - 0.006, rest + high / 3 * m), 0)
                pieces.append((turn(leaf, float(rng.uniform(-0.02, 0.02))), paper))
    return assemble("paper_tray", pieces, rng, main=finish)


GENERATORS = {"paper_tray": paper_tray, "printer": printer}
