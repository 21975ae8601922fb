"""The small things of a bathroom: towels, bottles, brushes, mats, scales."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, lathe, move, tube, turn, vessel
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

TOWELS = ("white", "white", "gray", "blue", "turquoise", "beige", "pink", "green", "purple", "orange")
BOTTLES = ("white", "white", "green", "blue", "pink", "orange", "purple", "turquoise", "yellow", "black", "beige")


def _chrome(rng: np.random.Generator) -> Finish:
    if rng.random() < 0.7:
        return materials.plain("metal", (0.78, 0.79, 0.8), 0.12, 0.8)
    return materials.plain("metal", (0.08, 0.08, 0.085), 0.4, 0.3)


def _terry(rng: np.random.Generator) -> Finish:
    color = materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng)
    return materials.textured(rng, "fabric", "carpet", color, 0.12, 0.12, 1.0)


def hung_towel(
    rng: np.random.Generator, width: float, front: float, back: float, at: tuple[float, float, float], radius: float
) -> Mesh:
    """A towel over a level rod along x whose middle is `at`; it falls `front` metres before and `back` metres behind it."""
    thick, r = 0.007, radius + 0.006
    a = np.linspace(0, np.pi, 9)
    fall_back, fall_front = np.linspace(-back, 0, 7)[:-1], np.linspace(0, -front, 9)[1:]
    y = np.concatenate([np.full(6, -r), -r * np.cos(a), np.full(8, r)])
    z = np.concatenate([fall_back, r * np.sin(a), fall_front])
    x = np.linspace(-width / 2, width / 2, 11)
    grid = np.empty((11, len(y), 3))
    drop = np.clip(-z, 0, None)
    grid[..., 0] = x[:, None] * (1 + 0.05 * drop[None, :])
    # Folds swing outwards only: the two halves never meet.
    wave = 0.5 + 0.5 * np.sin(x[:, None] * 2 * np.pi / rng.uniform(0.12, 0.2) + rng.uniform(0, 6))
    grid[..., 1] = y[None, :] + np.sign(y)[None, :] * np.minimum(0.05 * drop, 0.012)[None, :] * wave
    grid[..., 2] = z[None, :]
    return move(sheet(grid, thick), at)


def towel_rail(rng: np.random.Generator) -> Asset:
    """A rod on the wall with a towel or two over it, or a heated ladder; its back lies along -y."""
    chrome = _chrome(rng)
    pieces: list[Piece] = []
    main: Finish | None = None
    if rng.random() < 0.6:
        width, z, y = float(rng.uniform(0.45, 0.75)), 0.0, 0.075
        rods = [(0.0, y)] if rng.random() < 0.6 else [(0.0, y + 0.03), (0.09, y - 0.02)]
        for rz, ry in rods:
            pieces.append((bar((-width / 2, ry, rz), (width / 2, ry, rz), 0.008), chrome))
        reach = max(ry for _, ry in rods)
        for s in (-1, 1):
            x = s * (width / 2 - 0.015)
            pieces.append((move(turn(disc(0.022, 0.01, 0.003, sides=20), -np.pi / 2, 0), (x, 0, rods[-1][0])), chrome))
            for rz, ry in rods:
                pieces.append((bar((x, 0.005, rods[-1][0]), (x, ry, rz), 0.007), chrome))
        count = 1 if width < 0.55 or rng.random() < 0.4 else 2
        for k in range(count):
            wide = min(float(rng.uniform(0.3, 0.45)), (width - 0.06) / count - 0.02)
            x = (k - (count - 1) / 2) * (width - 0.04) / count
            main = _terry(rng)
            mesh = hung_towel(
                rng, wide, float(rng.uniform(0.3, 0.5)), float(rng.uniform(0.2, 0.4)), (x, reach, z), 0.008
            )
            pieces.append((mesh, main))
        return assemble("towel_rail", pieces, rng, main=main)
    width, height, y = float(rng.uniform(0.45, 0.6)), float(rng.uniform(0.75, 1.4)), 0.07
    paint = chrome if rng.random() < 0.5 else materials.plain("metal", (0.92, 0.92, 0.92), 0.3, 0.05)
    for s in (-1, 1):
        x = s * (width / 2 - 0.018)
        pieces.append((bar((x, y, 0), (x, y, height), 0.018, sides=16), paint))
        pieces += [(bar((x, 0, z), (x, y, z), 0.011), paint) for z in (0.12, height - 0.12)]
    step = 0.052
    rungs = int((height - 0.08) / step)
    levels = [0.04 + step * k for k in range(rungs) if k % 6 != 5]
    rung = [(bar((-width / 2 + 0.02, y, z), (width / 2 - 0.02, y, z), 0.011, sides=10), paint) for z in levels]
    pieces += rung
    if rng.random() < 0.8:
        main = _terry(rng)
        z = levels[-2]
        fall = min(float(rng.uniform(0.35, 0.55)), z - 0.03)
        # The towel lies over the whole front: rungs below are behind it.
        mesh = hung_towel(rng, width * 0.7, fall, min(0.25, fall), (0.02, y, z), 0.014)
        pieces.append((mesh, main))
    return assemble("towel_rail", pieces, rng, main=main or paint)


def toilet_roll(rng: np.random.Generator) -> Asset:
    """A roll of paper standing on its end."""
    paper = materials.paper(rng, ("white", "white", "white", "white", "white", "beige"))
    card = materials.plain("paper", (0.62, 0.5, 0.37), 0.9)
    r, h = float(rng.uniform(0.045, 0.062)), float(rng.uniform(0.095, 0.105))
    return assemble("toilet_roll", _roll(r, h, paper, card), rng, main=paper)


def _roll(r: float, h: float, paper: Finish, card: Finish) -> list[Piece]:
    """A roll standing on the origin."""
    roll = lathe(
        [(0.0215, 0), (r - 0.002, 0), (r, 0.002), (r, h - 0.002), (r - 0.002, h), (0.0215, h)], 40, closed=True
    )
    core = lathe([(0.02, 0.0005), (0.0218, 0.0005), (0.0218, h - 0.0005), (0.02, h - 0.0005)], 28, closed=True)
    return [(roll, paper), (core, card)]


def toilet_roll_holder(rng: np.random.Generator) -> Asset:
    """A roll on its holder on the wall, a sheet hanging down; its back lies along -y."""
    chrome, paper = _chrome(rng), materials.paper(rng, ("white",))
    card = materials.plain("paper", (0.62, 0.5, 0.37), 0.9)
    r, h, y = float(rng.uniform(0.045, 0.06)), 0.1, 0.085
    pieces: list[Piece] = [(move(turn(mesh, np.pi / 2, 1), (-h / 2, y, 0)), f) for mesh, f in _roll(r, h, paper, card)]
    x = h / 2 + 0.02
    # The roll hangs on the rod: its core rests on it from above.
    arm = fillet([(x, 0.004, 0.012), (x, y, 0.012), (-x, y, 0.012)], 0.02)
    pieces.append((tube(arm, 0.007, 12), chrome))
    pieces.append((move(turn(disc(0.024, 0.008, 0.002, sides=24), -np.pi / 2, 0), (x, 0, 0.012)), chrome))
    long = float(rng.uniform(0.06, 0.13))
    z = np.linspace(0.0, -long, 6)
    grid = np.empty((2, 6, 3))
    grid[..., 0] = np.array([-h / 2 + 0.001, h / 2 - 0.001])[:, None]
    grid[..., 1] = (y + r + 0.0006 + 0.012 * (z / long) ** 2)[None, :]
    grid[..., 2] = z[None, :]
    pieces.append((sheet(grid, 0.001), paper))
    return assemble("toilet_roll", pieces, rng, main=paper)


def soap_dispenser(rng: np.random.Generator) -> Asset:
    """A bottle with a pump and a bent spout."""
    body = (
        materials.ceramic(rng, ("white", "white", "gray", "black", "blue", "green", "beige"))
        if rng.random() < 0.6
        else materials.glass(rng)
    )
    chrome = _chrome(rng)
    r, h = float(rng.uniform(0.032, 0.04)), float(rng.uniform(0.1, 0.14))
    line = (
        superellipse(r, r, 2.0, 32)
        if rng.random() < 0.6
        else rounded_rectangle(r, r * float(rng.uniform(0.7, 1.0)), 0.012)
    )
    taper = float(rng.uniform(0.85, 1.0))
    rings = [
        ring(line, 0.0, 0.95),
        ring(line, 0.004),
        ring(line, h - 0.012, taper),
        ring(line, h - 0.003, taper * 0.9),
        ring(line, h, 0.55),
    ]
    pieces: list[Piece] = [(loft(rings), body), (cylinder(0.016, 0.018, (0, 0, h - 0.001), 20), chrome)]
    pieces.append((cylinder(0.005, 0.03, (0, 0, h + 0.016), 10), chrome))
    pieces.append((disc(0.014, 0.012, 0.003, (0, 0, h + 0.042), 20), chrome))
    z = h + 0.048
    pieces.append(
        (tube(fillet([(0, 0, z), (0, 0.05, z), (0, 0.056, z - 0.014)], 0.012), [0.006] * 7 + [0.004], 10), chrome)
    )
    if rng.random() < 0.4:
        label = [ring(line, h * 0.25, taper**0.25 * 1.01), ring(line, h * 0.7, taper**0.7 * 1.01)]
        pieces.append((loft(label), materials.paper(rng)))
    return assemble("soap_dispenser", pieces, rng, main=body)


def toothbrush_cup(rng: np.random.Generator) -> Asset:
    """A tumbler with one to three toothbrushes in it, sometimes a tube of paste."""
    body = materials.ceramic(rng) if rng.random() < 0.7 else materials.glass(rng)
    r, h = float(rng.uniform(0.034, 0.042)), float(rng.uniform(0.09, 0.115))
    outer = np.array([[r * 0.9, 0], [r * 0.94, 0.004], [r, h - 0.002], [r * 0.99, h]])
    pieces: list[Piece] = [(lathe(vessel(outer, 0.004, 0.008), 32), body)]
    count = int(rng.integers(1, 4))
    start = float(rng.uniform(0, 2 * np.pi))
    white = materials.plain("plastic", (0.95, 0.95, 0.95), 0.6)
    for k in range(count):
        a = start + 2 * np.pi * k / 3
        out = np.array([np.cos(a), np.sin(a), 0.0])
        grip = materials.plastic(rng, ("red", "blue", "green", "orange", "pink", "turquoise", "purple"))
        foot, rim = out * -(r * 0.45) + [0, 0, 0.014], out * (r - 0.011) + [0, 0, h]
        way = (rim - foot) / np.linalg.norm(rim - foot)
        tip = foot + way * float(rng.uniform(0.185, 0.2))
        neck = foot + way * 0.12
        pieces.append((tube([foot, foot + way * 0.07, neck, tip], [0.005, 0.006, 0.0032, 0.0042], 8), grip))
        across = np.cross(way, [0.0, 0.0, 1.0])
        across /= np.linalg.norm(across)
        side = np.cross(across, way)
        for m in range(3):
            base = tip - way * (0.006 + 0.008 * m)
            pieces.append((bar(base, base + side * 0.015, 0.0048, sides=8), white))
    if count < 3 and rng.random() < 0.6:
        a = start + 2 * np.pi * 2 / 3
        color = materials.plastic(rng, ("white", "red", "blue", "green"))
        lean = 0.18
        t = np.linspace(0, 1, 6)
        line = superellipse(1.0, 1.0, 2.0, 20)
        rings = [ring(line, 0.0, (0.008, 0.008)), ring(line, 0.018, (0.008, 0.008)), ring(line, 0.024, (0.014, 0.014))]
        rings += [
            ring(line, 0.03 + 0.1 * float(s), (0.014 + 0.004 * float(s), 0.014 * (1 - float(s)) + 0.0015)) for s in t
        ]
        paste = move(turn(turn(loft(rings), lean, 1), a), (-np.cos(a) * r * 0.12, -np.sin(a) * r * 0.12, 0.012))
        pieces.append((paste, color))
    return assemble("toothbrush_cup", pieces, rng, main=body)


def shampoo_bottle(rng: np.random.Generator) -> Asset:
    """A flat, round or waisted bottle of shampoo or shower gel with a cap or a pump, and a label."""
    color = BOTTLES[int(rng.integers(len(BOTTLES)))]
    body = materials.plain("plastic", materials.named_color(color, rng), float(rng.uniform(0.2, 0.4)))
    cap = body if rng.random() < 0.3 else materials.plastic(rng, ("white", "black", "gray", color))
    half, h = float(rng.uniform(0.03, 0.042)), float(rng.uniform(0.14, 0.2))
    line = superellipse(half, half * float(rng.uniform(0.5, 1.0)), float(rng.uniform(2.0, 3.2)), 36)
    waist = float(rng.uniform(0.84, 1.05))
    low, high = float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.75, 1.0))
    rings = [
        ring(line, 0.0, low * 0.94),
        ring(line, 0.005, low),
        ring(line, h * 0.45, waist),
        ring(line, h * 0.85, high),
    ]
    rings += [ring(line, h * 0.95, high * 0.85), ring(line, h, 0.42)]
    pieces: list[Piece] = [(loft(rings), body)]
    kind = int(rng.integers(3))
    if kind == 0:
        pieces.append(
            (loft([ring(line, h - 0.002, 0.6), ring(line, h + 0.022, 0.56), ring(line, h + 0.026, 0.5)]), cap)
        )
    elif kind == 1:
        pieces.append((cylinder(0.014, 0.03, (0, 0, h - 0.001), 20, top=0.012), cap))
    else:
        pieces += [
            (cylinder(0.013, 0.018, (0, 0, h - 0.001), 18), cap),
            (cylinder(0.004, 0.03, (0, 0, h + 0.015), 8), cap),
        ]
        pieces.append(
            (tube([(0, -0.012, h + 0.047), (0, 0.02, h + 0.048), (0, 0.045, h + 0.04)], [0.008, 0.007, 0.004], 10), cap)
        )
    # The label follows the waist.
    t = np.linspace(0.2, 0.72, 6)
    scale = np.interp(t, [0.0, 0.45, 0.85], [low, waist, high]) + 0.012
    band = [ring(line, h * float(u), float(s)) for u, s in zip(t, scale, strict=True)]
    ink = materials.plain("paper", materials.named_color(BOTTLES[int(rng.integers(len(BOTTLES)))], rng), 0.5)
    pieces.append((loft(band), ink))
    return assemble("shampoo_bottle", pieces, rng, main=body)


def bath_mat(rng: np.random.Generator) -> Asset:
    """A thick tufted mat with round corners, or a rail of wooden slats."""
    if rng.random() < 0.8:
        color = materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng)
        pile = materials.textured(rng, "carpet", "carpet", color, 0.3, float(rng.uniform(0.1, 0.2)), 1.0)
        width, depth, thick = (
            float(rng.uniform(0.55, 0.9)),
            float(rng.uniform(0.4, 0.55)),
            float(rng.uniform(0.014, 0.024)),
        )
        line = (
            rounded_rectangle(width / 2, depth / 2, 0.05)
            if rng.random() < 0.75
            else superellipse(width / 2, depth / 2, 2.0, 56)
        )
        pieces: list[Piece] = [(prism(line, thick, bevel=thick * 0.45), pile)]
        if rng.random() < 0.4:
            pieces.append(
                (
                    prism(line * 0.75, 0.004, (0, 0, thick - 0.002), 0.002),
                    materials.textured(
                        rng,
                        "carpet",
                        "carpet",
                        materials.named_color(TOWELS[int(rng.integers(len(TOWELS)))], rng),
                        0.3,
                        0.15,
                        1.0,
                    ),
                )
            )
        return assemble("bath_mat", pieces, rng, main=pile)
    wood = materials.wood(rng)
    width, depth = float(rng.uniform(0.6, 0.75)), float(rng.uniform(0.4, 0.48))
    slats = int(rng.integers(7, 11))
    step = width / slats
    pieces = [(box((width * 0.92, 0.03, 0.01), (0, s * depth * 0.32, 0), 0.002), wood) for s in (-1, 0, 1)]
    for k in range(slats):
        x = -width / 2 + step * (k + 0.5)
        pieces.append((box((step - 0.014, depth, 0.014), (x, 0, 0.0095), 0.003), wood))
    return assemble("bath_mat", pieces, rng, main=wood)


def bathroom_scale(rng: np.random.Generator) -> Asset:
    """A flat glass scale with a display, or a rounded one with a dial under a window."""
    half = float(rng.uniform(0.14, 0.165))
    line = rounded_rectangle(half, half * float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.015, 0.06)), 7)
    dark, chrome = materials.plain("plastic", (0.09, 0.09, 0.1), 0.5), _chrome(rng)
    if rng.random() < 0.6:
        plate = materials.plain(
            "glass", ((0.1, 0.1, 0.11), (0.9, 0.92, 0.92), (0.6, 0.72, 0.75))[int(rng.integers(3))], 0.08
        )
        z = float(rng.uniform(0.018, 0.026))
        pieces: list[Piece] = [(prism(line, 0.006, (0, 0, z), 0.002), plate)]
        for sx in (-1, 1):
            for sy in (-1, 1):
                pieces.append((cylinder(0.022, z + 0.001, (sx * half * 0.72, sy * half * 0.68, 0), 18, top=0.03), dark))
                pieces.append((cylinder(0.02, 0.0012, (sx * half * 0.72, sy * half * 0.6, z + 0.0058), 24), chrome))
        pieces.append((box((0.08, 0.034, 0.012), (0, -half * 0.62, z - 0.008), 0.002), dark))
        screen = materials.plain("glass", (0.55, 0.62, 0.55), 0.15)
        pieces.append((box((0.07, 0.028, 0.0012), (0, -half * 0.62, z + 0.0058), 0), screen))
        return assemble(
            "bathroom_scale", pieces, rng, [Surface("top", (0, 0.03, z + 0.006), (half * 0.5, half * 0.5), 1.0)], plate
        )
    shell = materials.plastic(rng, ("white", "gray", "black", "pink", "blue", "turquoise"))
    z = float(rng.uniform(0.04, 0.05))
    rings = [
        ring(line, 0.004, 0.94),
        ring(line, 0.012),
        ring(line, z * 0.6),
        ring(line, z * 0.92, 0.97),
        ring(line, z, 0.9),
    ]
    pieces = [(loft(rings), shell), (prism(line * 0.85, 0.006), dark)]
    grip = materials.textured(rng, "rubber", "leather", (0.16, 0.16, 0.17), 0.3, 0.1, 0.9)
    pieces.append((prism(rounded_rectangle(half * 0.78, half * 0.5, 0.02), 0.003, (0, 0.03, z - 0.001), 0.001), grip))
    face = materials.plain("paper", (0.95, 0.95, 0.93), 0.3)
    pieces.append((prism(superellipse(0.06, 0.032, 2.0, 28), 0.004, (0, -half * 0.6, z - 0.0015)), face))
    hand = turn(
        box((0.002, 0.028, 0.001), (0, -half * 0.6, z + 0.0025), 0),
        float(rng.uniform(-0.8, 0.8)),
        2,
        (0, -half * 0.6, 0),
    )
    pieces.append((hand, materials.plain("plastic", (0.8, 0.1, 0.08), 0.4)))
    return assemble(
        "bathroom_scale", pieces, rng, [Surface("top", (0, 0.03, z + 0.002), (half * 0.6, half * 0.4), 1.0)], shell
    )


GENERATORS = {
    "bath_mat": bath_mat,
    "bathroom_scale": bathroom_scale,
    "shampoo_bottle": shampoo_bottle,
    "soap_dispenser": soap_dispenser,
    "toilet_roll": toilet_roll,
    "toilet_roll_holder": toilet_roll_holder,
    "toothbrush_cup": toothbrush_cup,
    "towel_rail": towel_rail,
}
