"""What goods travel in: cartons, crates, drums and sacks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.profiles import LABEL_M, LABELS, boxes, label, painted, prism, shipping_label, worn
from pipeline.compose.assets.shapes import box, cylinder, disc, lathe, move, turn
from pipeline.compose.colors import named_color
from pipeline.compose.materials import Finish


def _cardboard(rng: np.random.Generator) -> Finish:
    if rng.random() < 0.12:
        return materials.textured(rng, "cardboard", "paper", (0.88, 0.87, 0.84), 0.05, 0.3, 0.85)
    return materials.cardboard(rng)


def carton(rng: np.random.Generator, size: Sequence[float], opened: bool = False) -> Asset:
    """A cardboard box of outer `size` (x, y, z), taped shut along x, or with its four flaps spread; front +y."""
    x, y, z = (float(s) for s in size)
    finish = _cardboard(rng)
    tape = materials.plain(
        "plastic", ((0.62, 0.44, 0.24), (0.80, 0.72, 0.55), (0.75, 0.62, 0.42))[int(rng.integers(3))], 0.3
    )
    pieces: list[Piece] = []
    if opened:
        t = 0.005
        pieces.append((boxes(
            [(x, y, t), (x, t, z - t), (x, t, z - t), (t, y - 2 * t, z - t), (t, y - 2 * t, z - t)],
            [(0, 0, 0), (0, y / 2 - t / 2, t), (0, t / 2 - y / 2, t), (x / 2 - t / 2, 0, t), (t / 2 - x / 2, 0, t)],
        ), finish))  # fmt: skip
        for k, (span, reach) in enumerate(((x, y), (y, x), (x, y), (y, x))):
            flap = boxes((span - 0.01, 0.45 * min(x, y), 0.004), (0, 0.225 * min(x, y), -0.002))
            flap = turn(flap, float(np.radians(rng.uniform(-50, 10))), 0)
            pieces.append((turn(move(flap, (0, reach / 2 + 0.001, z - 0.004)), k * np.pi / 2), finish))
    else:
        pieces.append((boxes((x, y, z - LABEL_M), (0, 0, 0)), finish))
        reach = min(0.07, z / 3)
        pieces.append((boxes(
            [(x, 0.05, LABEL_M), (LABEL_M, 0.05, reach), (LABEL_M, 0.05, reach)],
            [(0, 0, z - LABEL_M), (x / 2 + LABEL_M / 2, 0, z - reach), (-x / 2 - LABEL_M / 2, 0, z - reach)],
        ), tape))  # fmt: skip
    if rng.random() < 0.75:
        w = float(np.clip(0.28 * x, 0.07, 0.16))
        h = min(w * 0.8, 0.5 * z)
        stuck = shipping_label(int(rng.integers(LABELS)))
        for side in range(4 if rng.random() < 0.3 else 2):
            across, away = (x, y) if side % 2 == 0 else (y, x)
            u = float(rng.uniform(-1, 1)) * max(across / 2 - w / 2 - 0.02, 0)
            up = float(rng.uniform(0.35, 0.65)) * z
            pieces.append((turn(label(w, h, (u, away / 2, up)), side * np.pi / 2), stuck))
    if rng.random() < 0.6:
        pieces += _marks(rng, x, y, z)
    return assemble("cardboard_box", pieces, rng, [] if opened else [Surface("top", (0, 0, z), (x / 2, y / 2))], finish)


def _marks(rng: np.random.Generator, x: float, y: float, z: float) -> list[Piece]:
    """Printed on two sides: arrows for "this way up", or a bar of the maker's colour."""
    if rng.random() < 0.6:
        ink, s = materials.plain("paper", (0.12, 0.10, 0.09), 0.9), min(0.06, 0.2 * z, 0.1 * x)
        pieces: list[Piece] = []
        for yaw, across, away in ((0.0, x, y), (np.pi, x, y)):
            for k in (0, 1):
                u, up = -across / 2 + 0.035 + s * (0.6 + 1.3 * k), z - 0.03 - 1.6 * s
                head = turn(prism([(-s / 2, 0), (s / 2, 0), (0, s * 0.8)], LABEL_M), np.pi / 2)
                stem = boxes((s * 0.3, LABEL_M, s * 0.8), (0, 0, -s * 0.8))
                for part in (head, stem):
                    pieces.append((turn(move(part, (u, away / 2 + LABEL_M / 2, up + 0.4 * s)), yaw), ink))
        return pieces
    ink = materials.plain("paper", named_color(("blue", "red", "green", "black")[int(rng.integers(4))], rng), 0.9)
    h, up = float(rng.uniform(0.12, 0.25)) * z, float(rng.uniform(0.1, 0.2)) * z
    return [(boxes((0.8 * x, LABEL_M, h), (0, s * (y / 2 + LABEL_M / 2), up)), ink) for s in (-1, 1)]


def cardboard_box(rng: np.random.Generator) -> Asset:
    """A carton of any size, one in four open."""
    x, z = float(rng.uniform(0.3, 0.65)), float(rng.uniform(0.18, 0.5))
    return carton(rng, (x, x * float(rng.uniform(0.6, 0.95)), z), bool(rng.random() < 0.25))


def crate(rng: np.random.Generator) -> Asset:
    """A ribbed plastic crate without lid, or a wooden case of boards."""
    return plastic_crate(rng, 0.22 + 0.02 * float(rng.integers(7))) if rng.random() < 0.55 else wooden_case(rng)


def plastic_crate(rng: np.random.Generator, height: float) -> Asset:
    """A stackable crate 0.6 x 0.4 m with ribs, a rim and handle holes that are just dark."""
    x, y, t = 0.574, 0.374 + float(rng.uniform(-0.002, 0.002)), 0.006
    finish = materials.plastic(rng, ("blue", "gray", "green", "red", "yellow", "black", "orange"))
    size = [(x, y, t)] + [(x, t, height - t)] * 2 + [(t, y - 2 * t, height - t)] * 2
    at = [(0, 0, 0)] + [(0, s * (y - t) / 2, t) for s in (-1, 1)] + [(s * (x - t) / 2, 0, t) for s in (-1, 1)]
    rim = 0.009
    for z0, h in ((height - 0.03, 0.03), (0.05, 0.012), (height * 0.55, 0.012)):
        size += [(x + 2 * rim, rim, h)] * 2 + [(rim, y, h)] * 2
        at += [(0, s * (y + rim) / 2, z0) for s in (-1, 1)] + [(s * (x + rim) / 2, 0, z0) for s in (-1, 1)]
    for u in np.linspace(-0.42, 0.42, 6) * x:
        size += [(0.01, rim * 0.9, height - 0.05)] * 2
        at += [(u, s * (y + rim * 0.9) / 2, 0.01) for s in (-1, 1)]
    pieces: list[Piece] = [(boxes(size, at), finish)]
    dark = materials.plain("plastic", (0.05, 0.05, 0.05), 0.6)
    grip = [(s * (x / 2 + rim / 2), 0, height * 0.55 + 0.02) for s in (-1, 1)]
    pieces.append((boxes((0.011, 0.11, min(0.035, height * 0.15)), grip), dark))
    return assemble("crate", pieces, rng, main=finish)


def wooden_case(rng: np.random.Generator, size: Sequence[float] | None = None) -> Asset:
    """A closed case of rough boards with battens at its corners, of `size` (x, y, z) where given."""
    drawn = (rng.uniform(0.5, 0.8), rng.uniform(0.4, 0.6), rng.uniform(0.35, 0.6))
    x, y, z = (float(s) for s in (drawn if size is None else size))
    tone = ((0.74, 0.60, 0.42), (0.63, 0.50, 0.34))[int(rng.integers(2))]
    finish = materials.textured(rng, "wood", "wood", tone, 0.3, 0.6, 0.8)
    rows, t, gap = max(3, round(z / 0.11)), 0.018, 0.006
    sizes, at = [(x - 0.05, y - 0.05, 0.02)], [(0.0, 0.0, 0.03)]
    h = z / rows
    for k in range(rows):
        sizes += [(x - 2 * t, t, h - gap)] * 2 + [(t, y - 2 * t, h - gap)] * 2
        at += [(0, s * (y / 2 - t * 1.5), k * h) for s in (-1, 1)] + [
            (s * (x / 2 - t * 1.5), 0, k * h) for s in (-1, 1)
        ]
    boards = max(3, round(y / 0.12))
    w = (y - 2 * t) / boards
    sizes += [(x - 2 * t, w - gap, t)] * boards
    at += [(0, -y / 2 + t + w * (k + 0.5), z - t) for k in range(boards)]
    for s in (-1, 1):
        for u in (-1, 1):
            sizes += [(0.07, t, z), (t, 0.06, z)]
            at += [(u * (x / 2 - 0.035 - t), s * (y - t) / 2, 0), (u * (x - t) / 2, s * (y / 2 - 0.03 - t), 0)]
    return assemble("crate", [(worn(boxes(sizes, at), rng), finish)], rng)


def barrel(rng: np.random.Generator) -> Asset:
    """A steel drum with two rolling hoops, or a plastic one with a screw lid."""
    return drum(rng, float(rng.uniform(0.27, 0.292)), bool(rng.random() < 0.4))


def drum(rng: np.random.Generator, radius: float, plastic: bool) -> Asset:
    """A drum of `radius`, half as high again as wide."""
    height = radius * float(rng.uniform(2.95, 3.1))
    r, h = radius - 0.008, height
    if plastic:
        finish = materials.plain(
            "plastic", named_color(("blue", "blue", "black", "white")[int(rng.integers(4))], rng), 0.4
        )
        body = [(0, 0), (r * 0.9, 0), (r, 0.05 * h), (r, 0.3 * h), (radius, 0.33 * h), (r, 0.36 * h), (r, 0.8 * h)]
        body += [(radius, 0.83 * h), (radius, 0.87 * h), (r * 0.86, 0.94 * h), (r * 0.86, 0.96 * h), (0, 0.96 * h)]
        lid = disc(r * 0.89, 0.05 * h, 0.005, (0, 0, 0.95 * h), 32)
        trim = materials.plain("plastic", named_color(("black", "red", "blue")[int(rng.integers(3))], rng), 0.4)
        pieces: list[Piece] = [(lathe(body, 32), finish), (lid, trim)]
        return assemble("barrel", pieces, rng, [Surface("top", (0, 0, h), (r * 0.6, r * 0.6))], finish)
    finish = painted(
        named_color(("blue", "red", "green", "black", "gray", "yellow", "orange")[int(rng.integers(7))], rng), 0.4
    )
    body = [(0, 0.015), (r * 0.96, 0.015), (r * 0.97, 0), (radius, 0), (radius, 0.015), (r, 0.025)]
    for z in (0.33, 0.66):
        body += [(r, z * h - 0.02), (radius, z * h - 0.006), (radius, z * h + 0.006), (r, z * h + 0.02)]
    body += [(r, h - 0.025), (radius, h - 0.015), (radius, h), (r * 0.97, h), (r * 0.96, h - 0.015), (0, h - 0.015)]
    steel = materials.plain("metal", (0.6, 0.6, 0.6), 0.35, 0.7)
    pieces = [(lathe(body, 32), finish)]
    pieces += [(cylinder(s, 0.012, (u * r, 0, h - 0.0155), 12), steel) for s, u in ((0.035, 0.65), (0.02, -0.68))]
    if rng.random() < 0.5:
        band = lathe([(r, 0.43 * h), (r + 0.0015, 0.43 * h), (r + 0.0015, 0.56 * h), (r, 0.56 * h)], 32, closed=True)
        pieces.append(
            (band, materials.plain("paper", named_color(("white", "yellow")[int(rng.integers(2))], rng), 0.6))
        )
    return assemble("barrel", pieces, rng, [Surface("top", (0, 0, h), (r * 0.6, r * 0.6))], finish)


def sack(rng: np.random.Generator) -> Asset:
    """A filled sack lying flat: paper with a printed panel, or woven plastic."""
    x, y, z = (
        0.545 + float(rng.uniform(-0.02, 0.02)),
        0.37 + float(rng.uniform(-0.015, 0.015)),
        float(rng.uniform(0.1, 0.15)),
    )
    if rng.random() < 0.6:
        finish = materials.textured(
            rng, "paper", "paper", ((0.76, 0.62, 0.44), (0.86, 0.84, 0.78))[int(rng.integers(2))], 0.12, 0.5, 0.85
        )
    else:
        finish = materials.textured(
            rng, "fabric", "weave", ((0.85, 0.84, 0.8), (0.6, 0.5, 0.34))[int(rng.integers(2))], 0.2, 0.1, 0.9
        )
    body = box((x, y, z), (0, 0, 0), 0.45 * z, 2)
    seam = boxes((0.02, y * 0.8, 0.012), [(s * (x / 2 + 0.004), 0, z / 2 - 0.006) for s in (-1, 1)])
    pieces: list[Piece] = [(body, finish), (seam, finish)]
    ink = materials.plain(
        "paper", named_color(("blue", "red", "green", "orange", "black")[int(rng.integers(5))], rng), 0.85
    )
    w, h = 0.45 * x, z * 0.09
    pieces.append((boxes((w, LABEL_M * 1.5, h), [(0, s * (y / 2 + LABEL_M / 4), z / 2 - h / 2) for s in (-1, 1)]), ink))
    return assemble("sack", pieces, rng, [Surface("top", (0, 0, z), (x / 2 - z / 2, y / 2 - z / 2))], finish)


GENERATORS = {
    "barrel": barrel,
    "cardboard_box": cardboard_box,
    "crate": crate,
    "sack": sack,
}
