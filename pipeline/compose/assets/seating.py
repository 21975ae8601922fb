"""Things to sit on, and cushions. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.legs import four_legs, pedestal
from pipeline.compose.assets.shapes import bar, box, disc, move, torus, turn
from pipeline.compose.assets.sheets import pillow, sheet
from pipeline.compose.materials import Finish


def _couch(rng: np.random.Generator, category: str, seats: int, seat_width: float) -> Asset:
    """A row of `seats` upholstered seats between two arms; an armchair is a sofa with one."""
    cloth = materials.upholstery(rng)
    wood = materials.wood(rng) if rng.random() < 0.7 else materials.metal(rng)
    arm = float(rng.uniform(0.1, 0.24)) if seats > 1 else float(rng.uniform(0.07, 0.16))
    leg = float(rng.uniform(0.04, 0.17))
    base_h = float(rng.uniform(0.14, 0.2))
    cushion = float(rng.uniform(0.12, 0.18))
    depth = float(rng.uniform(0.84, 0.96)) if seats > 1 else float(rng.uniform(0.76, 0.86))
    back_t = float(rng.uniform(0.1, 0.16))
    pad_t = float(rng.uniform(0.13, 0.2))
    width = seats * seat_width + 2 * arm
    seat_z = leg + base_h + cushion
    total_h = seat_z + float(rng.uniform(0.34, 0.48))
    soft = float(rng.uniform(0.025, 0.06))
    pieces: list[Piece] = four_legs(
        rng, width, depth, leg, wood, ("square", "tapered", "splayed")[int(rng.integers(3))], 0.03
    )
    pieces.append((box((width - 0.02, depth - 0.02, base_h), (0, 0, leg), 0.02, 2), cloth))
    arm_h = seat_z - leg + float(rng.uniform(0.06, 0.2))
    for sx in (-1, 1):
        at = (sx * (width - arm) / 2, 0, leg)
        pieces.append((box((arm, depth, arm_h), at, min(soft, arm * 0.45), 2), cloth))
    inner = seats * seat_width
    pieces.append(
        (box((inner + 0.01, back_t, total_h - leg - 0.05), (0, -depth / 2 + back_t / 2, leg), soft, 2), cloth)
    )
    seat_depth = depth - back_t - 0.005
    split = 1 if rng.random() < 0.2 else seats
    each = inner / split
    for k in range(split):
        x = -inner / 2 + each * (k + 0.5)
        pieces.append(
            (box((each - 0.006, seat_depth, cushion), (x, back_t / 2, leg + base_h - 0.004), min(soft, 0.05), 2), cloth)
        )
    lean = float(np.radians(rng.uniform(4, 10)))
    pad_h = total_h - seat_z + float(rng.uniform(-0.02, 0.05))
    tufted = rng.random() < 0.3
    for k in range(seats):
        x = -inner / 2 + seat_width * (k + 0.5)
        y = -depth / 2 + back_t + pad_t / 2 + 0.02
        pad = box((seat_width - 0.012, pad_t, pad_h), (x, y, seat_z - 0.012), min(pad_t * 0.45, soft + 0.03), 3)
        pieces.append((turn(pad, lean, 0, (x, y, seat_z)), cloth))
        if tufted:
            front = y + pad_t / 2
            for bx in (-0.25, 0.25):
                button = turn(disc(0.014, 0.012, 0.004, (0, 0, 0), 12), -np.pi / 2, 0)
                pieces.append(
                    (
                        turn(
                            move(button, (x + bx * seat_width, front - 0.004, seat_z + pad_h * 0.55)),
                            lean,
                            0,
                            (x, y, seat_z),
                        ),
                        cloth,
                    )
                )
    front_y = depth / 2
    pad_front = -depth / 2 + back_t + pad_t + 0.03
    seat = Surface(
        "seat",
        (0.0, (front_y + pad_front) / 2, seat_z - 0.004),
        (inner / 2 - 0.02, (front_y - pad_front) / 2 - min(soft, 0.05)),
        1.0,
    )
    return assemble(category, pieces, rng, [seat], cloth)


def sofa(rng: np.random.Generator) -> Asset:
    """Two or three seats: 1.5 to 2.7 m wide."""
    seats = int(rng.choice([2, 3, 3]))
    return _couch(rng, "sofa", seats, float(rng.uniform(0.64, 0.76) if seats == 2 else rng.uniform(0.58, 0.7)))


def armchair(rng: np.random.Generator) -> Asset:
    """One upholstered seat, or a wooden frame with two cushions."""
    if rng.random() < 0.6:
        return _couch(rng, "armchair", 1, float(rng.uniform(0.54, 0.64)))
    wood, cloth = materials.wood(rng), materials.upholstery(rng)
    width, depth, seat_z = rng.uniform(0.64, 0.74), rng.uniform(0.72, 0.8), rng.uniform(0.38, 0.43)
    arm_z, thick = seat_z + rng.uniform(0.17, 0.22), 0.04
    pieces: list[Piece] = []
    for sx in (-1, 1):
        x = sx * (width / 2 - thick / 2)
        pieces.append((bar((x, depth / 2 - 0.06, 0), (x, depth / 2 - 0.09, arm_z), 0.016, 0.02), wood))
        pieces.append((bar((x, -depth / 2 + 0.1, 0), (x, -depth / 2 + 0.16, arm_z), 0.016, 0.02), wood))
        pieces.append((box((0.06, depth - 0.06, 0.025), (x, 0.01, arm_z - 0.002), 0.01, 2), wood))
        pieces.append((box((0.03, depth - 0.16, 0.04), (x, 0.0, seat_z - 0.16)), wood))
    pieces.append((box((width - 0.05, 0.03, 0.05), (0, depth / 2 - 0.11, seat_z - 0.17)), wood))
    pieces.append((box((width - 0.05, 0.03, 0.05), (0, -depth / 2 + 0.15, seat_z - 0.17)), wood))
    inner = width - 2 * thick - 0.03
    pieces.append((box((inner, depth - 0.14, 0.13), (0, 0.03, seat_z - 0.13), 0.04, 3), cloth))
    pad = box((inner, 0.12, 0.52), (0, -depth / 2 + 0.15, seat_z - 0.01), 0.045, 3)
    pieces.append((turn(pad, 0.2, 0, (0, -depth / 2 + 0.15, seat_z)), cloth))
    seat = Surface("seat", (0.0, 0.12, float(seat_z)), (inner / 2 - 0.05, depth / 2 - 0.27), 1.0)
    return assemble("armchair", pieces, rng, [seat], cloth)


def chair(rng: np.random.Generator) -> Asset:
    """A dining chair: slatted, ladder, spindle, panel or upholstered back."""
    frame = materials.cabinet(rng) if rng.random() < 0.75 else materials.metal(rng)
    width, depth, seat_z = (float(rng.uniform(*r)) for r in ((0.41, 0.47), (0.40, 0.46), (0.44, 0.47)))
    total = float(rng.uniform(0.78, 0.98))
    style = ("slats", "ladder", "spindles", "panel", "padded")[int(rng.integers(5))]
    seat_finish: Finish = materials.upholstery(rng) if style == "padded" or rng.random() < 0.35 else frame
    seat_t = 0.05 if seat_finish is not frame else 0.025
    legs = (
        ("square", "tapered", "turned", "splayed")[int(rng.integers(4))] if frame.material.name == "wood" else "square"
    )
    pieces: list[Piece] = four_legs(rng, width, depth, seat_z - seat_t, frame, legs)
    pieces.append((box((width, depth, seat_t), (0, 0, seat_z - seat_t), min(0.018, seat_t * 0.45), 2), seat_finish))
    y, lean, x = -depth / 2 + 0.02, float(rng.uniform(0.05, 0.1)), width / 2 - 0.02
    top_y = y - lean * (total - seat_z)
    post = 0.014
    for sx in (-1, 1):
        pieces.append((bar((sx * x, y, seat_z - 0.01), (sx * x, top_y, total), post, post * 0.85), frame))
    t = np.linspace(-1, 1, 7)

    def rail(z0: float, z1: float, finish: Finish, thick: float = 0.016) -> Piece:
        z = np.linspace(z0, z1, 4)
        bow = -0.03 * (1 - t**2)
        yy = y - lean * (z - seat_z)
        grid = np.stack(
            [np.broadcast_to(-t[:, None] * x, (7, 4)), bow[:, None] + yy[None, :], np.broadcast_to(z, (7, 4))], -1
        )
        return sheet(grid, thick), finish

    pieces.append(rail(total - 0.07, total, frame, 0.02))
    low = seat_z + 0.1
    if style == "ladder":
        for z in np.linspace(low, total - 0.18, 3):
            pieces.append(rail(float(z), float(z) + 0.045, frame))
    elif style in ("slats", "spindles"):
        count = int(rng.integers(4, 7))
        for tx in np.linspace(-0.75, 0.75, count):
            bow = -0.03 * (1 - tx**2)
            start, end = (
                np.array([tx * x, y, seat_z - 0.005]),
                np.array([tx * x, top_y + bow + lean * 0.05, total - 0.04]),
            )
            if style == "spindles":
                pieces.append((bar(start, end, 0.008, sides=8), frame))
            else:
                grid = start + np.linspace(0, 1, 3)[None, :, None] * (end - start)
                grid = grid + np.array([0.018, -0.018])[:, None, None] * np.array([1.0, 0, 0])
                pieces.append((sheet(grid, 0.01), frame))
    else:
        pieces.append(
            rail(low, total - 0.03, seat_finish if style == "padded" else frame, 0.05 if style == "padded" else 0.012)
        )
    return assemble("chair", pieces, rng)


def stool(rng: np.random.Generator) -> Asset:
    """A round or square stool, wooden or padded."""
    frame = materials.cabinet(rng)
    top = materials.upholstery(rng) if rng.random() < 0.4 else frame
    half, height = float(rng.uniform(0.15, 0.19)), float(rng.uniform(0.42, 0.5))
    thick = 0.05 if top is not frame else 0.03
    pieces: list[Piece] = []
    if rng.random() < 0.5:
        pieces += four_legs(rng, 2 * half * 0.78, 2 * half * 0.78, height - thick, frame, "tapered")
        pieces.append((disc(half, thick, 0.012, (0, 0, height - thick)), top))
    elif rng.random() < 0.7:
        pieces += four_legs(
            rng, 2 * half, 2 * half, height - thick, frame, ("square", "splayed", "turned")[int(rng.integers(3))]
        )
        pieces.append((box((2 * half, 2 * half, thick), (0, 0, height - thick), 0.012, 2), top))
    else:
        pieces += pedestal(rng, half, height - thick, frame)
        pieces.append((disc(half, thick, 0.012, (0, 0, height - thick)), top))
    return assemble("stool", pieces, rng, [Surface("seat", (0, 0, height), (half * 0.65, half * 0.65), 1.0)])


def ottoman(rng: np.random.Generator) -> Asset:
    """An upholstered footstool: a box on feet, a drum with a piped rim or a round pouf."""
    cloth, wood = materials.upholstery(rng), materials.wood(rng)
    kind = int(rng.integers(3))
    if kind == 0:
        width, depth, height = rng.uniform(0.5, 0.8), rng.uniform(0.4, 0.55), rng.uniform(0.36, 0.42)
        pieces: list[Piece] = four_legs(rng, width, depth, 0.1, wood, "tapered", 0.02)
        pieces.append((box((width, depth, height - 0.1), (0, 0, 0.1), 0.03, 3), cloth))
        half = (float(width) / 2 - 0.06, float(depth) / 2 - 0.06)
    else:
        radius, height = rng.uniform(0.22, 0.3), rng.uniform(0.32, 0.42)
        pieces = [(disc(radius, height, 0.03 if kind == 1 else 0.1), cloth)]
        if kind == 1:
            pieces.append((torus(float(radius), 0.006, (0, 0, height - 0.03)), cloth))
        half = (float(radius) * 0.45, float(radius) * 0.45)
    return assemble("ottoman", pieces, rng, [Surface("seat", (0, 0, float(height)), half, 1.0)], cloth)


def cushion(rng: np.random.Generator) -> Asset:
    """A throw pillow lying flat."""
    return assemble("cushion", [_cushion(rng)], rng)


def leaning_cushion(rng: np.random.Generator) -> Asset:
    """A throw pillow leaning back as it does against a sofa."""
    mesh, cloth = _cushion(rng)
    return assemble("cushion", [(turn(mesh, float(np.radians(rng.uniform(62, 78))), 0), cloth)], rng)


def _cushion(rng: np.random.Generator) -> Piece:
    cloth = materials.patterned_fabric(rng) if rng.random() < 0.5 else materials.fabric(rng)
    width = float(rng.uniform(0.36, 0.5))
    height = width if rng.random() < 0.7 else width * 0.65
    return pillow(width, height, float(rng.uniform(0.1, 0.15))), cloth


GENERATORS = {
    "armchair": armchair,
    "chair": chair,
    "cushion": cushion,
    "leaning_cushion": leaning_cushion,
    "ottoman": ottoman,
    "sofa": sofa,
    "stool": stool,
}
