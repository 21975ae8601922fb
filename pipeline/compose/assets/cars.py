"""Cars: hatchback, saloon, estate and sport utility, noses towards +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.bodies import decal, patch, plate, rounded_outline
from pipeline.compose.assets.coachwork import Glasshouse, Stance, glasshouse, shell
from pipeline.compose.assets.shapes import box, ellipsoid, move, turn
from pipeline.compose.assets.wheels import number_plate, put, road_wheel
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

PAINTS = (
    "white",
    "white",
    "gray",
    "gray",
    "black",
    "black",
    "blue",
    "red",
    "blue",
    "green",
    "beige",
    "brown",
    "orange",
    "yellow",
)


def car(rng: np.random.Generator) -> Asset:
    """A passenger car, 3.6 to 4.9 m long."""
    style = ("hatchback", "hatchback", "saloon", "estate", "suv")[int(rng.integers(5))]
    u = rng.uniform(0.0, 1.0, 8)
    length = {"hatchback": 3.7, "saloon": 4.4, "estate": 4.4, "suv": 4.2}[style] + 0.45 * float(u[0])
    tall = style == "suv"
    height = (1.62 + 0.1 * u[1]) if tall else (1.42 + 0.08 * u[1] + (0.04 if style == "hatchback" else 0.0))
    wheel = (0.345 if tall else 0.305) + 0.02 * float(u[2])
    width = float(1.72 + 0.03 * (length - 3.7) / 0.5 + 0.04 * u[3])
    half = length / 2
    base = length * (0.615 + 0.02 * float(u[4]))
    front = half - (0.84 + 0.06 * (length - 4.0))
    stance = Stance(length, width, 0.24 if tall else 0.19, (front, front - base), wheel, wheel + 0.055)
    belt = height * (0.63 if tall else 0.635)
    bonnet = belt - (0.06 if tall else 0.1) - 0.03 * float(u[5])
    scuttle = front - 0.42 - 0.08 * float(u[6])
    roof = height - 0.055
    lid = {"hatchback": belt, "saloon": belt + 0.02, "estate": belt, "suv": belt}[style]
    top = np.array(
        [
            (-half, lid - (0.06 if style == "saloon" else 0.04)), (-half + 0.12, lid - 0.005), (-half + 0.6, lid),
            (scuttle, belt - 0.01),
            (scuttle + 0.25, bonnet + 0.075), (front + 0.1, bonnet), (half - 0.22, bonnet - 0.09), (half - 0.06, bonnet - 0.17),
            (half, bonnet - 0.24),
        ]
    )  # fmt: skip
    body = shell(stance, top)
    back = {
        "hatchback": (-half + 0.09, -half + 0.42), "saloon": (-half + 0.62, -half + 1.2),
        "estate": (-half + 0.09, -half + 0.3), "suv": (-half + 0.1, -half + 0.34),
    }[style]  # fmt: skip
    rake = 0.62 if tall else 0.7
    windows = (
        ((0.06, 0.44), (0.5, 0.9)) if style in ("hatchback", "saloon") else ((0.05, 0.34), (0.38, 0.65), (0.69, 0.93))
    )
    cabin, panes = glasshouse(
        Glasshouse(
            (belt - 0.01, roof),
            (scuttle + 0.12, scuttle + 0.12 - rake),
            back,
            (width / 2 - 0.075, width / 2 - 0.2),
            windows,
        )
    )
    paint = _paint(rng)
    dark = materials.plain("glass", (0.035, 0.042, 0.05), 0.06)
    black = materials.plain("plastic", (0.035, 0.035, 0.038), 0.55)
    pieces: list[Piece] = [(body, paint), (cabin, paint)]
    pieces += [(pane, dark) for pane in panes]
    pieces += _face(rng, body, stance, bonnet, black)
    pieces += _tail(rng, body, stance, lid, black)
    pieces += _sides(body, stance, belt, scuttle, paint, black, dark)
    if tall or (style == "estate" and rng.random() < 0.7):
        for s in (-1, 1):
            rail = box((0.035, 1.5, 0.035), (s * (width / 2 - 0.27), back[1] * 0.45, height - 0.022), 0.01, 1)
            pieces.append((rail, black))
    tyre = materials.plain("rubber", (0.045, 0.045, 0.047), 0.85)
    rim = materials.plain(
        "metal", ((0.62, 0.63, 0.65), (0.62, 0.63, 0.65), (0.12, 0.12, 0.13))[int(rng.integers(3))], 0.3, 0.6
    )
    wide = 0.2 if not tall else 0.225
    made = road_wheel(rng, wheel, wide, tyre, rim)
    x = width / 2 - wide / 2 - 0.012
    for y in (stance.front, stance.rear):
        pieces += put(made, (x, y, wheel)) + put(made, (-x, y, wheel), mirrored=True)
    return assemble("car", pieces, rng, main=paint)


def _paint(rng: np.random.Generator, names: tuple[str, ...] = PAINTS) -> Finish:
    color = materials.named_color(names[int(rng.integers(len(names)))], rng)
    return materials.plain("metal", color, float(rng.uniform(0.16, 0.3)), 0.15)


def _face(rng: np.random.Generator, body: Mesh, stance: Stance, bonnet: float, black: Finish) -> list[Piece]:
    """Headlights, grille, lower intake, plate."""
    w, high = stance.width / 2, bonnet - 0.2
    lens = materials.plain("glass", (0.86, 0.9, 0.94), 0.08, 0.2)
    pieces: list[Piece] = []
    slim = float(rng.uniform(0.1, 0.16))
    inner, tilt = float(rng.uniform(0.48, 0.58)), float(rng.uniform(0.0, 0.05))
    for s in (-1, 1):
        lamp = [
            (s * w * inner, high - slim),
            (s * w * 0.86, high - slim + tilt),
            (s * w * 0.88, high + tilt),
            (s * w * inner, high - 0.02),
        ]
        pieces.append((decal(body, patch(lamp, 9, 5), 1, 1, 0.02, 0.004), lens))
    wide = inner * w - 0.04
    grille = patch(
        [
            (-wide * 0.92, high - slim - 0.06),
            (wide * 0.92, high - slim - 0.06),
            (wide, high - 0.03),
            (-wide, high - 0.03),
        ],
        11,
        4,
    )
    pieces.append((decal(body, grille, 1, 1, 0.02, 0.0), black))
    chrome = materials.plain("metal", (0.7, 0.7, 0.72), 0.2, 0.7)
    bars = int(rng.integers(2, 4))
    for k in range(bars):
        z = high - 0.045 - (slim + 0.0) * k / bars
        pieces.append(
            (
                decal(
                    body,
                    patch([(-wide * 0.9, z - 0.012), (wide * 0.9, z - 0.012), (wide * 0.9, z), (-wide * 0.9, z)], 9, 2),
                    1,
                    1,
                    0.02,
                    0.006,
                ),
                chrome,
            )
        )
    sill = stance.sill + 0.1
    low = patch([(-w * 0.62, sill), (w * 0.62, sill), (w * 0.66, sill + 0.09), (-w * 0.66, sill + 0.09)], 11, 3)
    pieces.append((decal(body, low, 1, 1, 0.02, 0.0), black))
    sheet, finish = number_plate(rng)
    pieces.append((move(sheet, (0, stance.length / 2 + 0.008, high - slim - 0.13)), finish))
    return pieces


def _tail(rng: np.random.Generator, body: Mesh, stance: Stance, lid: float, black: Finish) -> list[Piece]:
    w, high = stance.width / 2, lid - 0.1
    red = materials.plain("glass", (0.62, 0.03, 0.03), 0.12)
    pieces: list[Piece] = []
    inner, deep = float(rng.uniform(0.5, 0.66)), float(rng.uniform(0.12, 0.2))
    for s in (-1, 1):
        lamp = [(s * w * inner, high - deep), (s * w * 0.9, high - deep), (s * w * 0.9, high), (s * w * inner, high)]
        pieces.append((decal(body, patch(lamp, 7, 4), 1, -1, 0.02, 0.004), red))
    low = stance.sill + 0.1
    strip = patch([(-w * 0.75, low), (w * 0.75, low), (w * 0.78, low + 0.1), (-w * 0.78, low + 0.1)], 11, 3)
    pieces.append((decal(body, strip, 1, -1, 0.02, 0.0), black))
    sheet, finish = number_plate(rng)
    pieces.append((move(turn(sheet, np.pi), (0, -stance.length / 2 - 0.008, low + 0.2)), finish))
    return pieces


def _sides(
    body: Mesh, stance: Stance, belt: float, scuttle: float, paint: Finish, black: Finish, glass: Finish
) -> list[Piece]:
    """Door seams and handles, mirrors, sill strips."""
    pieces: list[Piece] = []
    w = stance.width / 2
    seams = [scuttle - 0.12, scuttle - 1.22, max(stance.rear + stance.arch + 0.08, scuttle - 2.15)]
    low, high = stance.sill + 0.1, belt - 0.05
    for s in (-1, 1):
        for y in seams:
            line = patch([(y - 0.005, low), (y + 0.005, low), (y + 0.005, high), (y - 0.005, high)], 2, 7)
            pieces.append((decal(body, line, 0, s, 0.006, 0.002), black))
        for y in seams[1:]:
            at = (s * (w - 0.018), y + 0.13, belt - 0.14)
            pieces.append((box((0.05, 0.17, 0.028), at, 0.01), paint))
        a, b = stance.rear + stance.arch + 0.02, stance.front - stance.arch - 0.02
        strip = patch(
            [(a, stance.sill + 0.012), (b, stance.sill + 0.012), (b, stance.sill + 0.08), (a, stance.sill + 0.08)],
            10,
            2,
        )
        pieces.append((decal(body, strip, 0, s, 0.016, 0.0), black))
        mirror = np.array([s * (w + 0.055), scuttle - 0.32, belt + 0.0])
        pieces.append((ellipsoid((0.11, 0.055, 0.07), mirror, 14), paint))
        pieces.append((move(plate(rounded_outline(0.15, 0.09, 0.03, 3), 0.012), mirror + [0, -0.049, 0.07]), glass))
    return pieces


GENERATORS = {"car": car}
