"""Shelves and cupboards; their backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.shapes import bar, box, disc, move, turn
from pipeline.compose.materials import Finish


def bookshelf(rng: np.random.Generator) -> Asset:
    """A tall open shelf: boards between sides with or without a back, or boards in a metal ladder frame."""
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.6, 1.2), (0.26, 0.34), (1.3, 2.1)))
    board, wood = 0.022, materials.cabinet(rng)
    shelves = int(np.clip(round(height / rng.uniform(0.33, 0.42)), 3, 6))
    pieces: list[Piece] = []
    looks = [wood]
    ladder = rng.random() < 0.25
    plinth = 0.06 if not ladder else 0.12
    levels = np.linspace(plinth, height - board, shelves + 1)
    # The boards' ends are pulled in by half a millimetre: coplanar faces flicker.
    inner = width - 2 * board
    if ladder:
        frame = materials.metal(rng)
        for sx in (-1, 1):
            for sy in (-1, 1):
                pieces.append(
                    (box((0.025, 0.025, height), (sx * (width / 2 - 0.0125), sy * (depth / 2 - 0.0125), 0)), frame)
                )
            pieces.append((box((0.02, depth - 0.03, 0.02), (sx * (width / 2 - 0.0125), 0, height - 0.03)), frame))
        inner = width - 0.052
    else:
        pieces += [(box((board, depth, height), (s * (width - board) / 2, 0, 0), 0.002), wood) for s in (-1, 1)]
        pieces.append((box((inner + 0.004, 0.015, plinth), (0, depth / 2 - 0.02, 0), 0.001), wood))
        if rng.random() < 0.75:
            back = wood if rng.random() < 0.7 else materials.painted_wood(rng)
            pieces.append(
                (box((inner + 0.004, 0.008, height - plinth - 0.004), (0, -depth / 2 + 0.006, plinth), 0), back)
            )
            looks.append(back)
    surfaces = []
    divider = (not ladder) and width > 0.85 and rng.random() < 0.5
    for k, z in enumerate(levels):
        pieces.append((box((inner + 0.002, depth - 0.004, board), (0, 0, float(z)), 0.0015), wood))
        if k == shelves:
            surfaces.append(Surface("top", (0, 0, float(z) + board), (width / 2 - 0.02, depth / 2 - 0.02), 0.6))
            continue
        clear = float(levels[k + 1] - z) - board
        columns = 2 if divider else 1
        if divider:
            pieces.append((box((board, depth - 0.02, clear + 0.002), (0, 0, float(z) + board - 0.001), 0.001), wood))
        w = inner / columns
        for c in range(columns):
            x = -inner / 2 + w * (c + 0.5)
            surfaces.append(
                Surface("shelf", (x, 0.0, float(z) + board), (w / 2 - 0.016, depth / 2 - 0.016), clear - 0.005)
            )
    return assemble("bookshelf", pieces, rng, surfaces, looks)


def _fronts(
    rng: np.random.Generator,
    width: float,
    depth: float,
    z0: float,
    height: float,
    face: Finish,
    knob: Finish,
    open_middle: bool,
) -> tuple[list[Piece], list[tuple[float, float]]]:
    """Doors and drawers across a carcass front; also the (x, width) of bays left open."""
    bays = int(np.clip(round(width / rng.uniform(0.42, 0.6)), 1, 4))
    each, pieces, free = width / bays, [], []
    round_knob = rng.random() < 0.5
    for b in range(bays):
        x = -width / 2 + each * (b + 0.5)
        if open_middle and bays >= 3 and 0 < b < bays - 1:
            free.append((x, each))
            continue
        rows = int(rng.integers(2, 4)) if rng.random() < 0.4 and height < 0.9 else 1
        for r in range(rows):
            h = height / rows
            z = z0 + r * h
            pieces.append((box((each - 0.006, 0.018, h - 0.006), (x, depth / 2 + 0.009, z + 0.003), 0.003), face))
            kx = x if rows > 1 else x + (0.4 if b % 2 == 0 else -0.4) * each
            kz = z + h * (0.6 if rows > 1 else 0.62)
            if round_knob:
                ball = turn(disc(0.014, 0.025, 0.006, (0, 0, 0), 14), -np.pi / 2, 0)
                pieces.append((move(ball, (kx, depth / 2 + 0.017, kz)), knob))
            else:
                size = (0.14, 0.02, 0.012) if rows > 1 else (0.012, 0.02, 0.16)
                pieces.append((box(size, (kx, depth / 2 + 0.027, kz - size[2] / 2), 0.004), knob))
    return pieces, free


def _size(rng: np.random.Generator, *ranges: tuple[float, float]) -> tuple[float, float, float]:
    width, depth, height = (float(rng.uniform(*limits)) for limits in ranges)
    return width, depth, height


def _cupboard(rng: np.random.Generator, category: str, size: tuple[float, float, float], open_middle: bool) -> Asset:
    """A carcass on legs with doors and drawers; `size` is (width, depth, height)."""
    width, depth, height = size
    body, knob = materials.cabinet(rng), materials.metal(rng)
    face = body if rng.random() < 0.6 else materials.cabinet(rng)
    leg = float(rng.uniform(0.06, 0.18))
    board, thick = 0.02, depth - 0.02
    inner = width - 2 * board
    pieces: list[Piece] = four_legs(
        rng, width, thick, leg, body, ("square", "tapered", "splayed")[int(rng.integers(3))], 0.02
    )
    pieces += [(box((board, thick, height - leg), (s * (width - board) / 2, 0, leg), 0.002), body) for s in (-1, 1)]
    pieces.append((box((inner + 0.002, thick, board), (0, 0, leg), 0.001), body))
    pieces.append((box((width + 0.01, thick + 0.02, 0.024), (0, 0.01, height - 0.022), 0.004), body))
    pieces.append((box((inner + 0.002, 0.008, height - leg - 0.03), (0, -thick / 2 + 0.006, leg + 0.01), 0), body))
    fronts, free = _fronts(rng, inner, thick, leg + board, height - leg - board - 0.024, face, knob, open_middle)
    pieces += fronts
    surfaces = [Surface("top", (0, 0, height + 0.002), (width / 2 - 0.01, depth / 2 - 0.015), 1.0)]
    clear = height - leg - board - 0.024
    # Neighbouring open bays share the board between them.
    for edge in sorted({round(x + s * w / 2, 6) for x, w in free for s in (-1, 1)}):
        pieces.append((box((0.016, thick - 0.02, clear), (edge, 0, leg + board - 0.001), 0.001), body))
    for x, w in free:
        if clear > 0.34:
            mid = leg + board + clear * 0.5
            pieces.append((box((w - 0.002, thick - 0.02, 0.016), (x, 0, mid), 0.001), body))
            surfaces.append(
                Surface("shelf", (x, 0.0, mid + 0.016), (w / 2 - 0.02, thick / 2 - 0.03), clear * 0.5 - 0.022)
            )
            clear_low = clear * 0.5 - 0.004
        else:
            clear_low = clear - 0.004
        surfaces.append(Surface("shelf", (x, 0.0, leg + board), (w / 2 - 0.02, thick / 2 - 0.03), clear_low))
    return assemble(category, pieces, rng, surfaces, (body, face))


def sideboard(rng: np.random.Generator) -> Asset:
    """A cupboard at table height, its middle sometimes open."""
    return _cupboard(rng, "sideboard", _size(rng, (1.1, 1.7), (0.38, 0.46), (0.7, 0.88)), rng.random() < 0.4)


def wardrobe(rng: np.random.Generator) -> Asset:
    """A tall cabinet with doors."""
    return _cupboard(rng, "cabinet", _size(rng, (0.7, 1.0), (0.38, 0.45), (1.2, 1.9)), False)


def tv_stand(rng: np.random.Generator) -> Asset:
    """A low, wide bench for a television with doors and open bays."""
    return _cupboard(rng, "tv_stand", _size(rng, (1.3, 1.9), (0.38, 0.45), (0.42, 0.56)), rng.random() < 0.7)


def coat_stand(rng: np.random.Generator) -> Asset:
    """A pole with hooks on a cross-shaped foot."""
    finish = materials.wood(rng) if rng.random() < 0.5 else materials.metal(rng)
    height = float(rng.uniform(1.6, 1.85))
    pieces: list[Piece] = [(bar((0, 0, 0.02), (0, 0, height), 0.02, 0.016, 16), finish)]
    for k in range(4):
        c, s = float(np.cos(k * np.pi / 2)), float(np.sin(k * np.pi / 2))
        pieces.append(
            (
                box((0.24 * abs(c) + 0.03 * abs(s), 0.24 * abs(s) + 0.03 * abs(c), 0.025), (0.115 * c, 0.115 * s, 0)),
                finish,
            )
        )
        for z in (height - 0.06, height - 0.4):
            a = k * np.pi / 2 + (np.pi / 4 if z < height - 0.2 else 0.0)
            d = np.array([np.cos(a), np.sin(a), 0.0])
            pieces.append((bar(np.array([0, 0, z]), d * 0.14 + [0, 0, z + 0.1], 0.01, 0.008), finish))
    return assemble("coat_stand", pieces, rng)


GENERATORS = {
    "bookshelf": bookshelf,
    "cabinet": wardrobe,
    "coat_stand": coat_stand,
    "sideboard": sideboard,
    "tv_stand": tv_stand,
}
