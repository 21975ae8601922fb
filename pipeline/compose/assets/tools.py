"""Hand tools and what lies in a workshop drawer, all lying on their side."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Mesh

HALF_TURN = np.pi / 2


def _along_y(mesh: Mesh, height: float) -> Mesh:
    """A lathe laid down: its axis along +y at `height`."""
    return move(turn(mesh, -HALF_TURN, 0), (0, 0, height))


def _grip(rng: np.random.Generator) -> materials.Finish:
    return materials.plastic(rng, ("red", "yellow", "blue", "green", "orange", "black"))


def hammer(rng: np.random.Generator) -> Asset:
    """A claw hammer."""
    steel = materials.steel(rng)
    shaft = materials.wood(rng) if rng.random() < 0.6 else _grip(rng)
    length = float(rng.uniform(0.26, 0.33))
    thick = 0.0125
    head = lathe([(0, 0), (0.013, 0), (0.0145, 0.004), (0.0145, 0.014), (0.01, 0.022), (0.011, 0.05), (0, 0.05)], 18)
    face = move(turn(head, HALF_TURN, 1), (-0.055, length - 0.02, 0.0145))
    claw = [
        tube([(-0.006, length - 0.02 + s * 0.004, 0.0145), (0.03, length - 0.018 + s * 0.009, 0.0145),
              (0.062, length - 0.032 + s * 0.011, 0.0145)], [0.011, 0.0075, 0.0025], 10)
        for s in (-1, 1)
    ]  # fmt: skip
    handle = np.array(
        [(0, 0), (thick, 0), (thick * 1.1, 0.03), (thick * 0.85, 0.12), (thick * 0.7, length), (0, length)]
    )
    pieces: list[Piece] = [
        (_along_y(lathe(handle, 16), 0.0145), shaft),
        (face, steel),
        *((mesh, steel) for mesh in claw),
    ]
    return assemble("hammer", pieces, rng, main=steel)


def screwdriver(rng: np.random.Generator) -> Asset:
    """A screwdriver with a fluted grip."""
    grip, steel = _grip(rng), materials.steel(rng)
    r, hold = float(rng.uniform(0.011, 0.016)), float(rng.uniform(0.085, 0.11))
    blade = float(rng.uniform(0.07, 0.14))
    profile = [(0, 0), (r * 0.7, 0), (r, 0.008), (r, hold * 0.7), (r * 0.68, hold * 0.82), (r * 0.85, hold), (0, hold)]
    pieces: list[Piece] = [
        (_along_y(lathe(profile, 8), r), grip),
        (bar((0, hold - 0.004, r), (0, hold + blade, r), 0.003, sides=10), steel),
        (box((0.0075, 0.012, 0.0018), (0, hold + blade + 0.003, r - 0.0009), 0), steel),
    ]
    return assemble("screwdriver", pieces, rng, main=grip)


def wrench(rng: np.random.Generator) -> Asset:
    """A combination spanner: an open jaw at one end, a ring at the other."""
    steel = materials.steel(rng) if rng.random() < 0.8 else materials.plain("metal", (0.2, 0.2, 0.21), 0.4, 0.5)
    length = float(rng.uniform(0.13, 0.24))
    w, thick = length * 0.075, length * 0.035
    jaw = w * 1.5
    pieces: list[Piece] = [(box((w, length, thick * 0.8), (0, 0, thick * 0.1), 0.0015), steel)]
    ring = np.array([(jaw * 0.62, 0), (jaw * 1.05, 0), (jaw * 1.05, thick), (jaw * 0.62, thick)])
    pieces.append((move(lathe(ring, 24, closed=True), (0, -length / 2 - jaw * 0.8, 0)), steel))
    a = np.linspace(np.radians(55), np.radians(325), 15)
    inner, outer = jaw * 0.55, jaw * 1.12
    grid = np.stack(
        [np.stack([radius * np.sin(a), -radius * np.cos(a), 0 * a + thick / 2], 1) for radius in (outer, inner)], 1
    )
    open_end = sheet(grid, thick)
    pieces.append((move(turn(open_end, np.pi + 0.26), (0, length / 2 + jaw * 0.75, 0)), steel))
    return assemble("wrench", pieces, rng)


def scissors(rng: np.random.Generator) -> Asset:
    """A pair of scissors, a little open."""
    grip, steel = _grip(rng), materials.steel(rng)
    length, spread = float(rng.uniform(0.15, 0.21)), float(rng.uniform(0.06, 0.3))
    pieces: list[Piece] = []
    for s in (-1.0, 1.0):
        z = 0.006 + 0.0011 * s
        t = np.linspace(0, 1, 8)
        half = 0.0065 * (1 - 0.85 * t)
        grid = np.stack([np.stack([k * half - s * 0.002, t * length * 0.55, 0 * t + z], 1) for k in (-1, 1)], 1)
        arm = tube(
            [(s * 0.001, 0.004, z), (s * 0.012, -length * 0.14, 0.006), (s * 0.014, -length * 0.2, 0.006)], 0.0042, 8
        )
        loop = move(torus(0.017, 0.0045, sides=24), (s * 0.022, -length * 0.2 - 0.014, 0.006))
        for mesh, finish in ((sheet(grid, 0.0016), steel), (arm, grip), (loop, grip)):
            pieces.append((turn(mesh, s * spread / 2), finish))
    pieces.append((cylinder(0.004, 0.0075, (0, 0, 0.002), 14), steel))
    return assemble("scissors", pieces, rng, main=grip)


def tape_roll(rng: np.random.Generator) -> Asset:
    """A roll of tape lying flat."""
    color = ("beige", "brown", "gray", "black", "yellow", "red", "blue", "white")[int(rng.integers(8))]
    tape = materials.plain("plastic", materials.named_color(color, rng), 0.3)
    core = materials.paper(rng, ("beige", "brown"))
    r, h = float(rng.uniform(0.035, 0.058)), float(rng.uniform(0.015, 0.05))
    hole = 0.026
    pieces: list[Piece] = [
        (lathe([(hole + 0.003, 0), (r, 0), (r, h), (hole + 0.003, h)], 36, closed=True), tape),
        (
            lathe(
                [(hole, 0.0005), (hole + 0.0035, 0.0005), (hole + 0.0035, h - 0.0005), (hole, h - 0.0005)],
                36,
                closed=True,
            ),
            core,
        ),
    ]
    return assemble("tape_roll", pieces, rng, main=tape)


def flashlight(rng: np.random.Generator) -> Asset:
    """A pocket torch lying on its side."""
    body = _grip(rng) if rng.random() < 0.5 else materials.plain("metal", (0.13, 0.13, 0.14), 0.35, 0.5)
    lens = materials.plain("glass", (0.86, 0.88, 0.86), 0.05)
    r, head, length = float(rng.uniform(0.012, 0.017)), float(rng.uniform(0.02, 0.028)), float(rng.uniform(0.13, 0.2))
    profile = np.array([(0, 0), (r * 0.9, 0), (r, 0.004), (r, length * 0.72), (head * 0.9, length * 0.82), (head, length * 0.88),
                        (head, length), (head * 0.9, length), (head * 0.88, length - 0.005), (0, length - 0.005)])  # fmt: skip
    pieces: list[Piece] = [
        (_along_y(lathe(profile, 24), head), body),
        (_along_y(move(disc(head * 0.86, 0.002, 0.0004, sides=24), (0, 0, length - 0.0055)), head), lens),
        (
            box((0.009, 0.016, 0.004), (0, length * 0.55, head + r - 0.002), 0.0012),
            materials.plastic(rng, ("black", "red")),
        ),
    ]
    return assemble("flashlight", pieces, rng, main=body)


def pencil(rng: np.random.Generator) -> Asset:
    """A hexagonal pencil with a point, sometimes with an eraser."""
    paint = materials.plastic(rng, ("yellow", "yellow", "red", "blue", "green", "black", "orange"))
    wood = materials.plain("wood", (0.82, 0.66, 0.45), 0.7)
    lead = materials.plain("graphite", (0.1, 0.1, 0.1), 0.4)
    length, r = float(rng.uniform(0.11, 0.175)), 0.0037
    pieces: list[Piece] = [
        (_along_y(lathe([(0, 0), (r, 0), (r, length), (0, length)], 6), r), paint),
        (
            _along_y(
                lathe(
                    [(0, length - 0.001), (r * 0.98, length - 0.001), (0.0012, length + 0.014), (0, length + 0.014)], 12
                ),
                r,
            ),
            wood,
        ),
        (_along_y(lathe([(0, length + 0.013), (0.0012, length + 0.013), (0, length + 0.019)], 8), r), lead),
    ]
    if rng.random() < 0.6:
        rubber = materials.plain("rubber", (0.85, 0.45, 0.45), 0.8)
        pieces.append((_along_y(cylinder(r * 1.06, 0.014, (0, 0, -0.012), 14), r * 1.06), materials.steel(rng)))
        pieces.append((_along_y(cylinder(r, 0.008, (0, 0, -0.019), 14), r), rubber))
    return assemble("pencil", pieces, rng, main=paint)


GENERATORS = {
    "flashlight": flashlight, "hammer": hammer, "pencil": pencil, "scissors": scissors, "screwdriver": screwdriver,
    "tape_roll": tape_roll, "wrench": wrench,
}  # fmt: skip
