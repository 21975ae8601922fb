"""Filing cabinets and screens between desks, and what offices are made of. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import handle
from pipeline.compose.assets.shapes import bar, box, disc, move, turn
from pipeline.compose.materials import Finish

OFFICE_CLOTH = ("black", "black", "gray", "gray", "blue", "green", "red", "orange", "beige")


def black_plastic() -> Finish:
    """Castors, knobs and feet."""
    return materials.plain("plastic", (0.07, 0.07, 0.075), 0.5)


def lacquer(rng: np.random.Generator) -> Finish:
    """Powder-coated sheet steel, as office furniture has it."""
    tones = (
        (0.72, 0.73, 0.74),
        (0.9, 0.9, 0.89),
        (0.45, 0.46, 0.48),
        (0.12, 0.12, 0.13),
        (0.8, 0.77, 0.69),
        (0.28, 0.38, 0.5),
    )
    return materials.plain("metal", tones[int(rng.integers(len(tones)))], float(rng.uniform(0.35, 0.5)), 0.1)


def filing_cabinet(rng: np.random.Generator) -> Asset:
    """Drawers for files, two to four of them, each with a handle and a label."""
    shell, chrome = lacquer(rng), materials.steel(rng)
    dark, white = black_plastic(), materials.plain("paper", (0.94, 0.94, 0.92), 0.8)
    rows = int(rng.choice([2, 3, 3, 4, 4]))
    width, depth = float(rng.uniform(0.4, 0.47)), float(rng.uniform(0.5, 0.62))
    height = rows * (float(rng.uniform(0.3, 0.33)) if rows > 2 else float(rng.uniform(0.29, 0.34))) + 0.06
    face, z0 = depth / 2 - 0.035, 0.04
    deep = face + depth / 2
    y = (face - depth / 2) / 2
    pieces: list[Piece] = [(box((width, deep, height - z0), (0, y, z0), 0.004), shell)]
    if rows == 2 and rng.random() < 0.6:
        for sx in (-1, 1):
            for sy in (-1, 1):
                cx, cy = sx * (width / 2 - 0.05), y + sy * (deep / 2 - 0.06)
                pieces.append((bar((cx - 0.012, cy, 0.022), (cx + 0.012, cy, 0.022), 0.022, sides=14), dark))
                pieces.append((box((0.03, 0.03, 0.016), (cx, cy, 0.025), 0.002), dark))
    else:
        pieces.append((box((width - 0.02, deep - 0.04, z0 + 0.001), (0, y - 0.01, 0), 0), dark))
    each = (height - z0 - 0.02) / rows
    kind = ("bar", "cup", "strip")[int(rng.integers(3))]
    for r in range(rows):
        z = z0 + 0.01 + each * r
        pieces.append((box((width - 0.02, 0.018, each - 0.008), (0, face + 0.005, z + 0.004), 0.004), shell))
        fy = face + 0.014
        pieces += handle(kind, (0, fy, z + each * 0.62), chrome, 0.13)
        pieces.append((box((0.075, 0.004, 0.036), (0, fy + 0.0005, z + each * 0.75), 0), chrome))
        pieces.append((box((0.066, 0.004, 0.027), (0, fy + 0.0015, z + each * 0.75 + 0.0045), 0), white))
    lock = move(
        turn(disc(0.009, 0.006, 0.001, sides=14), -np.pi / 2, 0), (width / 2 - 0.045, face + 0.013, height - 0.05)
    )
    pieces.append((lock, chrome))
    top = Surface("top", (0, y, height), (width / 2 - 0.02, deep / 2 - 0.03), 1.2)
    return assemble("filing_cabinet", pieces, rng, [top], shell)


def partition_screen(rng: np.random.Generator) -> Asset:
    """An upholstered screen between desks on two feet, or three panels folded against each other."""
    cloth = materials.fabric(rng, OFFICE_CLOTH)
    frame = materials.metal(rng) if rng.random() < 0.7 else materials.wood(rng)
    height = float(rng.uniform(1.3, 1.75))
    if rng.random() < 0.6:
        width, lift, edge = float(rng.uniform(1.1, 1.7)), float(rng.uniform(0.06, 0.14)), 0.03
        pieces: list[Piece] = [
            (box((width - 2 * edge + 0.002, 0.045, height - lift - 2 * edge), (0, 0, lift + edge), 0.008), cloth)
        ]
        for s in (-1, 1):
            x = s * (width - edge) / 2
            pieces.append((box((edge, 0.05, height - lift), (x, 0, lift), 0.004), frame))
            pieces.append((box((0.05, 0.4, 0.02), (x, 0, 0), 0.006), frame))
            pieces.append((box((edge, 0.04, lift + 0.001), (x, 0, 0.0), 0.003), frame))
            pieces.append(
                (box((width - 2 * edge + 0.002, 0.048, edge), (0, 0, lift if s < 0 else height - edge), 0.003), frame)
            )
        if rng.random() < 0.4:
            middle = lift + (height - lift) * float(rng.uniform(0.45, 0.6))
            pieces.append((box((width - 2 * edge + 0.002, 0.049, 0.02), (0, 0, middle), 0), frame))
        return assemble("partition_screen", pieces, rng, main=cloth)
    panels, each = int(rng.choice([3, 3, 4])), float(rng.uniform(0.45, 0.55))
    fold = float(rng.uniform(0.35, 0.6))
    pieces, x = [], 0.0
    for k in range(panels):
        way = fold if k % 2 == 0 else -fold
        panel: list[Piece] = [(box((each - 0.006, 0.03, height - 0.08), (0, 0, 0.06), 0.006), cloth)]
        for s in (-1, 1):
            panel.append((box((0.028, 0.034, height), (s * (each / 2 - 0.014), 0, 0), 0.004), frame))
            panel.append((box((each - 0.05, 0.034, 0.028), (0, 0, 0.05 if s < 0 else height - 0.028), 0.004), frame))
        pieces += [(move(turn(mesh, way), (x, 0, 0)), finish) for mesh, finish in panel]
        x += (each + 0.012) * float(np.cos(fold))
    return assemble("partition_screen", pieces, rng, main=cloth)


GENERATORS = {
    "filing_cabinet": filing_cabinet,
    "partition_screen": partition_screen,
}
