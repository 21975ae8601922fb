"""Toilets and bathtubs, and the ware they are made of. Backs lie along -y, fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, move, tube, turn
from pipeline.compose.materials import Finish
from pipeline.scene import Float


def porcelain(rng: np.random.Generator) -> Finish:
    """White glazed ware."""
    return materials.plain("ceramic", (0.94, 0.94, 0.93), float(rng.uniform(0.08, 0.16)))


def chrome_plate() -> Finish:
    """What taps are plated with."""
    return materials.plain("metal", (0.78, 0.79, 0.8), 0.12, 0.8)


def bowl(
    line: Float, z: float, deep: float, wall: float, shift: tuple[float, float] = (0.0, 0.0), low: float = 0.55
) -> list[Float]:
    """Loops of the inside of a bowl from its rim at `z` to its bottom, `deep` below, `wall` inside `line`."""
    reach = np.abs(line).max(0)
    edge = (reach - wall) / reach
    t = np.linspace(0, np.pi / 2, 10)[1:]
    loops = [ring(line, z, (reach - wall * 0.5) / reach, shift), ring(line, z - 0.008, edge, shift)]
    loops += [
        ring(
            line,
            z - 0.008 - (deep - 0.008) * float(np.sin(a)),
            edge * (low + (1 - low) * float(np.cos(a)) ** 0.7),
            shift,
        )
        for a in t
    ]
    return loops


def toilet(rng: np.random.Generator) -> Asset:
    """A bowl with seat, lid and cistern; the lid up or down, the cistern behind it or in the wall."""
    white, chrome = porcelain(rng), chrome_plate()
    seat_finish = white if rng.random() < 0.7 else materials.wood(rng)
    rim_z, half = float(rng.uniform(0.39, 0.42)), float(rng.uniform(0.175, 0.19))
    long = float(rng.uniform(0.26, 0.29))
    rear = 0.2
    line = superellipse(half, rear, 3.2, 48, front=(long, 2.1))
    block = rng.random() < 0.45
    rings = [
        ring(line, 0.0, (0.9, 0.88) if block else (0.62, 0.72), (0, -0.01 if block else -0.03)),
        ring(line, 0.03, (0.9, 0.88) if block else (0.56, 0.7), (0, -0.01 if block else -0.03)),
        ring(line, rim_z * 0.5, (0.92, 0.92) if block else (0.6, 0.7), (0, -0.008 if block else -0.03)),
        ring(line, rim_z * 0.8, (0.96, 0.96) if block else (0.88, 0.9), (0, 0.0 if block else -0.01)),
        ring(line, rim_z - 0.03, 0.99), ring(line, rim_z - 0.006), ring(line, rim_z, 0.985),
    ]  # fmt: skip
    rings += bowl(line, rim_z, 0.16, 0.04, (0, 0.01), 0.35)
    pieces: list[Piece] = [(loft(rings), white)]
    water = materials.plain("water", (0.72, 0.8, 0.83), 0.03)
    pieces.append((prism(superellipse(half * 0.36, 0.09, 2.0, 28), 0.004, (0, 0.02, rim_z - 0.145)), water))
    # The seat is a ring on the rim; its hinge lies at the back.
    reach = np.abs(line).max(0)
    hole = (reach - 0.062) / reach
    seat_line = superellipse(half + 0.006, rear * 0.86, 3.0, 48, front=(long + 0.008, 2.1))
    sz = rim_z + 0.0005
    seat = [
        ring(seat_line, sz, hole, (0, 0.012)),
        ring(seat_line, sz),
        ring(seat_line, sz + 0.014),
        ring(seat_line, sz + 0.02, 0.97),
        ring(seat_line, sz + 0.02, hole * 1.05, (0, 0.012)),
        ring(seat_line, sz + 0.012, hole, (0, 0.012)),
    ]
    pieces.append((loft([*seat, seat[0]], cap=False), seat_finish))
    lid = prism(
        superellipse(half + 0.004, rear * 0.86, 3.0, 48, front=(long + 0.006, 2.1)), 0.018, (0, 0, sz + 0.022), 0.007
    )
    hinge = -rear * 0.86
    if rng.random() < 0.55:
        pieces.append((lid, seat_finish))
        top = [Surface("top", (0.0, 0.03, sz + 0.04), (half * 0.6, 0.14), 0.6)]
    else:
        pieces.append((turn(lid, np.radians(97), 0, (0, hinge - 0.004, sz + 0.024)), seat_finish))
        top = []
    pieces += [
        (bar((s * 0.075 - 0.02, hinge, sz + 0.016), (s * 0.075 + 0.02, hinge, sz + 0.016), 0.009), chrome)
        for s in (-1, 1)
    ]
    wide, deep, tall = float(rng.uniform(0.36, 0.42)), float(rng.uniform(0.16, 0.19)), float(rng.uniform(0.36, 0.42))
    y = -rear - deep / 2 + 0.01 - 0.035
    base = rim_z - 0.03
    tank = rounded_rectangle(wide / 2, deep / 2, 0.035)
    pieces.append((loft([ring(tank, base, 0.9), ring(tank, base + 0.03, 0.96), ring(tank, base + tall)]), white))
    pieces[-1] = (move(pieces[-1][0], (0, y, 0)), white)
    pieces.append((prism(tank * 1.03, 0.028, (0, y, base + tall - 0.001), 0.008), white))
    pieces.append((disc(0.024, 0.006, 0.002, (0, y, base + tall + 0.026), 24), chrome))
    # A neck joins bowl and cistern.
    pieces.append((box((half * 1.3, 0.12, 0.09), (0, -rear + 0.03 - 0.05, rim_z - 0.095), 0.02, 2), white))
    if block:
        pieces.append((box((half * 1.5, 0.2, rim_z - 0.05), (0, -rear - 0.02, 0), 0.02, 2), white))
    tank_top = Surface("top", (0.12, y, base + tall + 0.027), (0.05, deep / 2 - 0.03), 0.5)
    return assemble("toilet", pieces, rng, [*top, tank_top], white)


def bathtub(rng: np.random.Generator) -> Asset:
    """A tub: built in behind a panel, or free-standing on its foot or on claws; with taps."""
    white, chrome = porcelain(rng), chrome_plate()
    length, width = float(rng.uniform(1.5, 1.8)), float(rng.uniform(0.7, 0.8))
    if rng.random() < 0.5:
        z = float(rng.uniform(0.54, 0.6))
        outer = rounded_rectangle(length / 2, width / 2, 0.02, 23)
        inner = superellipse(length / 2 - 0.06, width / 2 - 0.06, 3.2, 96)
        rings = [
            ring(outer, 0.0, 0.985),
            ring(outer, z - 0.06, 0.985),
            ring(outer, z - 0.06),
            ring(outer, z - 0.006),
            ring(outer, z, 0.995),
        ]
        rings += bowl(inner, z, 0.42, 0.004, (0, 0), 0.78)
        pieces: list[Piece] = [(loft(rings), white)]
        panel = white if rng.random() < 0.6 else materials.wood(rng)
        pieces.append((box((length * 0.98, 0.012, z - 0.09), (0, width / 2 - 0.0062, 0.0), 0.003), panel))
        tap_at = (length / 2 - 0.035, 0.0, z - 0.001)
        drain = 0.421
    else:
        z = float(rng.uniform(0.56, 0.66))
        line = superellipse(length / 2, width / 2, 2.5, 96)
        claws = rng.random() < 0.45
        lift = 0.12 if claws else 0.0
        rings = [
            ring(line, lift, 0.62 if claws else 0.8), ring(line, lift + 0.05, 0.78 if claws else 0.83),
            ring(line, z * 0.6, 0.91), ring(line, z - 0.05, 0.97), ring(line, z - 0.02), ring(line, z - 0.004),
            ring(line, z, 0.99),
        ]  # fmt: skip
        rings += bowl(line, z, z - lift - 0.06, 0.03, (0, 0), 0.72)
        out = (
            white
            if rng.random() < 0.7
            else materials.plain(
                "ceramic", materials.named_color(("black", "gray", "blue", "green")[int(rng.integers(4))], rng), 0.3
            )
        )
        pieces = [(loft(rings), out)]
        if claws:
            for sx in (-1, 1):
                for sy in (-1, 1):
                    x, y = sx * length * 0.26, sy * width * 0.3
                    path = [
                        (x * 0.96, y * 0.92, 0.2),
                        (x * 1.1, y * 1.2, 0.12),
                        (x * 1.12, y * 1.26, 0.04),
                        (x * 1.17, y * 1.35, 0.015),
                    ]
                    pieces.append(
                        (tube(fillet(path, 0.04), np.linspace(0.024, 0.013, len(fillet(path, 0.04))), 12), chrome)
                    )
                    pieces.append((ellipsoid((0.026, 0.026, 0.019), (x * 1.17, y * 1.35, 0.0), 14), chrome))
        white = out
        tap_at = (length / 2 - 0.02, 0.0, z - 0.001)
        drain = z - lift - 0.061
    x, y, tz = tap_at
    neck = fillet([(x, y, tz), (x, y, tz + 0.16), (x - 0.14, y, tz + 0.16), (x - 0.14, y, tz + 0.12)], 0.05)
    pieces += [(tube(neck, 0.012, 12), chrome), (cylinder(0.022, 0.012, (x, y, tz), 20), chrome)]
    for s in (-1, 1):
        pieces.append((cylinder(0.016, 0.045, (x, s * 0.09, tz), 18), chrome))
        pieces.append((bar((x - 0.025, s * 0.09, tz + 0.045), (x + 0.012, s * 0.09, tz + 0.045), 0.006), chrome))
    pieces.append((disc(0.03, 0.006, 0.002, (length * 0.28, 0, z - drain - 0.001), 20), chrome))
    return assemble("bathtub", pieces, rng, main=white)


GENERATORS = {
    "bathtub": bathtub,
    "toilet": toilet,
}
