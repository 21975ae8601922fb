"""Beds and bedding. A bed's head lies along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import joinery
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.lofts import fillet
from pipeline.compose.assets.shapes import bar, box, ellipsoid, move, tube, turn
from pipeline.compose.assets.sheets import drape, ripples, sheet
from pipeline.compose.assets.sheets import pillow as stuffed
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

QUIET_CLOTH = ("gray", "gray", "beige", "beige", "brown", "white", "black", "blue", "green", "pink")
LINEN = ("white", "white", "white", "beige", "gray", "blue", "pink", "green")


def _linen(rng: np.random.Generator) -> Finish:
    return materials.patterned_fabric(rng, LINEN) if rng.random() < 0.3 else materials.fabric(rng, LINEN)


def _cloth(
    rng: np.random.Generator, size: tuple[float, float], hang: tuple[float, float, float, float], thick: float,
    calm: tuple[float, float], rough: float = 0.02,
) -> Mesh:  # fmt: skip
    """A blanket over a mattress, its underside on z = 0: creased, but for the rectangle of half size `calm`."""
    # Creases need several points each.
    cells = (round(size[0] / 0.06), max(4, round(size[1] / 0.06)))
    grid = drape(rng, *size, hang, 0.075, 0.014, cells)
    x, y = grid[..., 0], grid[..., 1]
    far = np.maximum(np.abs(x) / calm[0], np.abs(y) / calm[1]) - 1.0
    grid[..., 2] += thick / 2 + ripples(rng, x, y, 0.34, rough) * np.clip(2.5 * far, 0.06, 1.0)
    return sheet(grid, thick)


def _parted(mesh: Mesh, calm: tuple[float, float]) -> list[Mesh]:
    """A cloth in five: its calm rectangle and what lies left, right, before and behind, so that each gets a box of its own.

    One box round all of it would be as high as its highest crease, and nothing could be put down on it.
    """
    x, y = np.moveaxis(mesh.vertices[mesh.faces][..., :2], -1, 0)
    beyond_x, beyond_y = np.abs(x).max(1) > calm[0], np.abs(y).max(1) > calm[1]
    side = np.where(beyond_x, np.where(x.mean(1) < 0, 1, 2), np.where(beyond_y, np.where(y.mean(1) < 0, 3, 4), 0))
    parts = []
    for k in range(5):
        used, faces = np.unique(mesh.faces[side == k], return_inverse=True)
        if len(used):
            uv = None if mesh.uv is None else mesh.uv[used]
            normals = None if mesh.normals is None else mesh.normals[used]
            parts.append(Mesh(mesh.vertices[used], faces.reshape(-1, 3).astype(np.int32), uv, normals))
    return parts


def bed(rng: np.random.Generator) -> Asset:
    """A made bed, single to king: frame and headboard of wood, cloth or tube, mattress, duvet, pillows, maybe a throw."""
    double = rng.random() < 0.62
    width = float(rng.choice([1.4, 1.6, 1.8]) if double else rng.choice([0.9, 1.0, 1.2])) + float(rng.uniform(0, 0.02))
    length = float(rng.uniform(1.95, 2.06))
    thick = float(rng.uniform(0.18, 0.27))
    base = float(rng.uniform(0.26, 0.36))
    kind = ("wood", "padded", "tube", "platform")[int(rng.choice(4, p=[0.34, 0.36, 0.12, 0.18]))]
    if kind == "padded":
        frame = materials.leather(rng) if rng.random() < 0.15 else materials.fabric(rng, QUIET_CLOTH)
    else:
        frame = materials.metal(rng) if kind == "tube" else joinery(rng)[0]
    pieces = _frame(rng, kind, frame, width, length, base)
    top = base + thick - (0.05 if kind != "padded" else 0.02)
    pieces.append(
        (box((width, length, thick), (0, 0, top - thick), 0.05, 3), materials.fabric(rng, ("white", "white", "beige")))
    )
    cover, under = _linen(rng), _linen(rng)
    # The duvet leaves the pillows free and ends with the mattress or falls over its foot.
    start = -length / 2 + float(rng.uniform(0.42, 0.55))
    deep = length / 2 - start
    fall = float(rng.uniform(0.2, 0.34))
    hang = (fall, fall, 0.0, float(rng.uniform(0.15, 0.3)))
    puff = float(rng.uniform(0.02, 0.032))
    calm = (width * 0.3, deep * 0.24)
    duvet = _cloth(rng, (width + 0.02, deep), hang, puff, calm)
    middle = start + deep / 2
    pieces += [(move(part, (0, middle, top - 0.002)), cover) for part in _parted(duvet, calm)]
    level = (np.abs(duvet.vertices[:, :2]) <= calm).all(1)
    rest = top - 0.002 + float(duvet.vertices[level, 2].max())
    # The faces that leave the calm rectangle begin inside it.
    calm = (calm[0] - 0.07, calm[1] - 0.07)
    if rng.random() < 0.55:
        turned = float(rng.uniform(0.22, 0.36))
        cuff = _cloth(rng, (width + 0.03, turned), (fall * 0.9, fall * 0.9, 0.0, 0.0), puff, (0.01, 0.01), 0.006)
        pieces.append((move(cuff, (0, start + turned / 2 - 0.01, top + puff - 0.006)), under))
    seat = Surface("top", (0.0, middle, rest), calm, 1.0)
    if rng.random() < 0.4:
        band = float(rng.uniform(0.4, 0.6))
        throw = materials.patterned_fabric(rng) if rng.random() < 0.5 else materials.fabric(rng)
        # Lies across the foot, over the duvet's creases.
        y = length / 2 - 0.08 - band / 2
        calm = (min(calm[0], width * 0.3), calm[1])
        over = _cloth(rng, (width + 0.05, band), (fall * 0.75, fall * 0.75, 0.0, 0.0), 0.014, (0.1, 0.1), 0.008)
        pieces.append((move(over, (0, y, top + puff + 0.006)), throw))
        clear = y - band / 2 - 0.03
        low = middle - calm[1]
        seat = Surface("top", (0.0, (low + clear) / 2, rest), (calm[0], (clear - low) / 2), 1.0)
        if clear - low < 0.12:
            seat = Surface("top", (0.0, middle, rest), (0.0, 0.0), 1.0)
    pieces += _pillows(rng, width, -length / 2, top, under, double)
    return assemble("bed", pieces, rng, [seat] if min(seat.half) > 0 else [], (frame, cover))


def _pillows(
    rng: np.random.Generator, width: float, head: float, top: float, under: Finish, double: bool
) -> list[Piece]:
    """One or two pillows a sleeper: flat, or leaning on the headboard behind."""
    across = 2 if double else 1
    second = under if rng.random() < 0.5 else materials.fabric(rng, ("white", "white", "beige", "gray"))
    rows = 2 if double and rng.random() < 0.4 else 1
    pieces: list[Piece] = []
    for k in range(across):
        w = min(float(rng.uniform(0.62, 0.72)), width / across - 0.06)
        d, t = float(rng.uniform(0.38, 0.45)), float(rng.uniform(0.13, 0.17))
        x = (k - (across - 1) / 2) * width / across + float(rng.uniform(-0.015, 0.015))
        for row in range(rows):
            mesh = stuffed(w, d, t)
            if rows == 2 and row == 0:
                mesh = move(turn(mesh, np.radians(62), 0), (x, head + 0.16, top + 0.0))
                low = mesh.vertices[:, 2].min()
                mesh = move(mesh, (0, 0, top - low - 0.015))
            else:
                lean = 0.0 if rows == 2 else float(rng.uniform(0.0, 0.28))
                mesh = turn(mesh, -lean + 0.0, 0)
                mesh = turn(mesh, float(rng.uniform(-0.06, 0.06)), 2)
                shift = head + d / 2 + (0.2 if rows == 2 else 0.03)
                mesh = move(mesh, (x, shift, top - 0.02 - float(mesh.vertices[:, 2].min())))
            pieces.append((mesh, second if row else under))
    return pieces


def _frame(
    rng: np.random.Generator, kind: str, finish: Finish, width: float, length: float, base: float
) -> list[Piece]:
    """What carries the mattress, whose underside lies a little below `base`, and the headboard behind it."""
    outer, rail = width + 0.06, float(rng.uniform(0.12, 0.2))
    back, foot = -length / 2 - 0.03, length / 2 + 0.03
    tall = float(rng.uniform(0.85, 1.2))
    pieces: list[Piece] = []
    if kind == "padded":
        leg = float(rng.uniform(0.03, 0.12))
        pieces += four_legs(rng, outer, length + 0.06, leg, materials.wood(rng), "tapered", 0.06)
        pieces.append((box((outer, length + 0.06, base - leg + 0.02), (0, 0, leg), 0.02, 2), finish))
        deep = float(rng.uniform(0.08, 0.12))
        y = back - deep / 2
        channels = int(rng.choice([0, 2, 3, 8]))
        wide = outer + float(rng.choice([0.0, 0.0, 0.16]))
        pieces.append((box((wide, deep, tall), (0, y, 0.0), 0.025, 2), finish))
        low = base + 0.05
        rows = 3 if channels in (2, 3) else 1
        for column in range(channels):
            w = (wide - 0.06) / channels
            for row in range(rows):
                h = (tall - 0.04 - low) / rows
                at = (-wide / 2 + 0.03 + w * (column + 0.5), y + deep / 2 - 0.005, low + h * row)
                pieces.append((box((w - 0.004, 0.045, h - 0.004), at, 0.02, 3), finish))
        return pieces
    if kind == "tube":
        r, foot_top = 0.016, float(rng.uniform(0.55, 0.75))
        for y, top in ((back, tall), (foot, foot_top)):
            arched = rng.random() < 0.6
            crown = 0.1 if arched else 0.0
            t = np.linspace(-1, 1, 11)
            head = np.stack([t * (outer / 2 - 0.05 * crown), np.full(11, y), top - crown * t**2], 1)
            head[[0, -1], 0] = (-outer / 2, outer / 2)
            path = fillet(np.concatenate([[[-outer / 2, y, 0]], head, [[outer / 2, y, 0]]]), 0.06)
            pieces.append((tube(path, r, 12), finish))
            pieces.append((bar((-outer / 2, y, base), (outer / 2, y, base), 0.012), finish))
            for x in np.linspace(-outer / 2, outer / 2, 3 + round(width / 0.14))[1:-1]:
                end = top - crown * float(2 * x / outer) ** 2
                pieces.append((bar((x, y, base), (x, y, end), 0.006, sides=8), finish))
            pieces += [(ellipsoid((0.02, 0.02, 0.012), (s * outer / 2, y, 0), 10), finish) for s in (-1, 1)]
        for s in (-1, 1):
            pieces.append((box((0.03, length + 0.06, 0.05), (s * (outer / 2 - 0.005), 0, base - 0.05), 0.006), finish))
        pieces.append((box((outer - 0.04, length + 0.02, 0.03), (0, 0, base - 0.06), 0.004), finish))
        return pieces
    low = base - rail
    for s in (-1, 1):
        pieces.append((box((0.03, length + 0.06, rail), (s * (outer - 0.03) / 2, 0, low), 0.004), finish))
    pieces.append((box((outer - 0.06, 0.03, rail), (0, foot - 0.015, low), 0.004), finish))
    pieces.append((box((outer - 0.06, length + 0.02, 0.02), (0, 0, base - 0.075), 0), finish))
    if kind == "platform":
        # A plinth set back, so that the bed seems to float.
        pieces.append((box((outer - 0.3, length - 0.3, low + 0.06), (0, 0, 0), 0), finish))
    else:
        for sx in (-1, 1):
            pieces.append((box((0.06, 0.06, base), (sx * (outer - 0.06) / 2, foot - 0.03, 0), 0.005), finish))
    return pieces + _headboard(rng, finish, outer, back, low, tall)


def _headboard(
    rng: np.random.Generator, finish: Finish, outer: float, back: float, low: float, tall: float
) -> list[Piece]:
    """A wooden headboard: a board, panels, slats or spindles between two posts."""
    y, post = back - 0.025, 0.06
    style = ("board", "panels", "slats", "spindles")[int(rng.integers(4))]
    pieces: list[Piece] = []
    if style == "board":
        pieces.append((box((outer, 0.035, tall - 0.12), (0, y, 0.12), 0.006), finish))
        pieces += [(box((0.06, 0.035, 0.125), (s * (outer / 2 - 0.1), y, 0), 0.003), finish) for s in (-1, 1)]
        return pieces
    for s in (-1, 1):
        x = s * (outer - post) / 2
        pieces.append((box((post, 0.05, tall), (x, y, 0), 0.006), finish))
        if style == "spindles":
            pieces.append((ellipsoid((0.03, 0.03, 0.035), (x, y, tall - 0.006), 14), finish))
    inner = outer - 2 * post + 0.002
    pieces.append((box((inner, 0.035, 0.09), (0, y, tall - 0.12), 0.006), finish))
    pieces.append((box((inner, 0.035, 0.09), (0, y, low + 0.05), 0.006), finish))
    z0, z1 = low + 0.135, tall - 0.115
    if style == "panels":
        count = 2 if outer < 1.3 else 3
        for k in range(count):
            x = -inner / 2 + inner * (k + 0.5) / count
            pieces.append((box((inner / count + 0.001, 0.016, z1 - z0), (x, y, z0), 0), finish))
            if k:
                pieces.append((box((0.06, 0.034, z1 - z0), (x - inner / count / 2, y, z0), 0.004), finish))
    elif style == "slats":
        rows = max(2, round((z1 - z0) / 0.13))
        step = (z1 - z0) / rows
        for r in range(rows):
            pieces.append((box((inner, 0.018, step - 0.035), (0, y, z0 + step * r + 0.0175), 0.004), finish))
    else:
        for x in np.linspace(-inner / 2, inner / 2, 3 + round(inner / 0.12))[1:-1]:
            pieces.append((bar((x, y, z0), (x, y, z1), 0.011, sides=10), finish))
    return pieces


def pillow(rng: np.random.Generator) -> Asset:
    """A bed pillow lying flat."""
    width, depth = float(rng.uniform(0.55, 0.78)), float(rng.uniform(0.4, 0.5))
    mesh = stuffed(width, depth, float(rng.uniform(0.13, 0.18)), 12)
    return assemble("pillow", [(mesh, _linen(rng))], rng)


def blanket(rng: np.random.Generator) -> Asset:
    """A folded blanket: one cloth laid to and fro, its folds towards +y."""
    cloth = materials.patterned_fabric(rng) if rng.random() < 0.5 else materials.fabric(rng)
    width, depth, thick = (float(rng.uniform(*r)) for r in ((0.4, 0.6), (0.3, 0.42), (0.008, 0.014)))
    layers = int(rng.integers(4, 7))
    step = thick * float(rng.uniform(1.35, 1.6))
    path: list[tuple[float, float]] = []
    for k in range(layers):
        way = 1.0 if k % 2 == 0 else -1.0
        jitter = float(rng.uniform(0.0, 0.008))
        z = step * k
        end = depth / 2 + jitter
        path += [(way * float(y), z) for y in np.linspace(-depth / 2 * (1.0 if k == 0 else 0.97), end, 6)]
        if k < layers - 1:
            for a in np.linspace(0, np.pi, 8)[1:-1]:
                path.append((way * (end + 0.56 * step * np.sin(a)), z + step / 2 * (1 - np.cos(a))))
            path.append((way * end, z + step))
    line = np.array(path)
    x = np.linspace(-width / 2, width / 2, 9)
    grid = np.empty((9, len(line), 3))
    sag = ripples(rng, x[:, None], line[None, :, 0], 0.3, 0.0025)
    grid[..., 0] = x[:, None] + 0.003 * np.sin(1.7 * line[None, :, 1] / step)
    grid[..., 1] = line[None, :, 0]
    grid[..., 2] = line[None, :, 1] + thick / 2 + sag * line[None, :, 1] / max(step * (layers - 1), 1e-6)
    return assemble("blanket", [(sheet(grid, thick), cloth)], rng)


GENERATORS = {"bed": bed, "blanket": blanket, "pillow": pillow}
