"""Sanitary ware and what is fixed in a bathroom. Backs lie along -y, fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import FRONT_STYLES, HANDLES, THICK_M, front, handle, joinery
from pipeline.compose.assets.kitchen import tap
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, tube, turn
from pipeline.compose.materials import Finish
from pipeline.scene import Float


def _porcelain(rng: np.random.Generator) -> Finish:
    return materials.plain("ceramic", (0.94, 0.94, 0.93), float(rng.uniform(0.08, 0.16)))


def _chrome() -> Finish:
    return materials.plain("metal", (0.78, 0.79, 0.8), 0.12, 0.8)


def _bowl(
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
    white, chrome = _porcelain(rng), _chrome()
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
    rings += _bowl(line, rim_z, 0.16, 0.04, (0, 0.01), 0.35)
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


def washbasin(rng: np.random.Generator) -> Asset:
    """A basin on a pedestal, let into a vanity unit, or a bowl standing on one; with a tap."""
    white, chrome = _porcelain(rng), _chrome() if rng.random() < 0.75 else materials.metal(rng)
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
                *_bowl(bowl_line, z, 0.13, 0.006, shift, 0.4),
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
                *_bowl(line, z, 0.12, 0.006, shift, 0.6),
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
                ring(line, z + high, 0.99, (side, 0.02)), *_bowl(line, z + high, high - 0.015, 0.012, (side, 0.02), 0.5),
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
    return assemble("washbasin", pieces, rng, surfaces, body)


def bathtub(rng: np.random.Generator) -> Asset:
    """A tub: built in behind a panel, or free-standing on its foot or on claws; with taps."""
    white, chrome = _porcelain(rng), _chrome()
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
        rings += _bowl(inner, z, 0.42, 0.004, (0, 0), 0.78)
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
        rings += _bowl(line, z, z - lift - 0.06, 0.03, (0, 0), 0.72)
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
    chrome = _chrome() if rng.random() < 0.7 else materials.plain("metal", (0.07, 0.07, 0.075), 0.4, 0.3)
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
    chrome, dark = _chrome(), materials.plain("plastic", (0.1, 0.1, 0.11), 0.4)
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
    "bathtub": bathtub,
    "shower_cabin": shower_cabin,
    "toilet": toilet,
    "washbasin": washbasin,
    "washing_machine": washing_machine,
}
