"""What lies on a desk and runs on electricity, and the cup that holds the pens."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.shapes import bar, box, disc, ellipsoid, lathe, move, torus, tube, turn, vessel
from pipeline.compose.materials import Finish

HALF_TURN = np.pi / 2


def _dark(rng: np.random.Generator) -> Finish:
    tone = float(rng.uniform(0.04, 0.1))
    return materials.plain("plastic", (tone, tone, tone * 1.04), float(rng.uniform(0.35, 0.5)))


def _screen() -> Finish:
    return materials.plain("glass", (0.02, 0.022, 0.026), 0.08)


def _casing(rng: np.random.Generator) -> Finish:
    """Black, white or silver."""
    kind = int(rng.integers(3))
    if kind == 0:
        return _dark(rng)
    return materials.plain("plastic", (0.88, 0.88, 0.87), 0.4) if kind == 1 else materials.steel(rng)


def smartphone(rng: np.random.Generator) -> Asset:
    """A telephone lying on its back or on its face."""
    case = materials.plastic(rng) if rng.random() < 0.6 else _dark(rng)
    black = _screen()
    w, d, thick = float(rng.uniform(0.066, 0.077)), float(rng.uniform(0.14, 0.162)), 0.0085
    pieces: list[Piece] = [(box((w, d, thick), (0, 0, 0), 0.004, 2), case)]
    if rng.random() < 0.6:
        pieces.append((box((w * 0.93, d * 0.96, 0.001), (0, 0, thick - 0.0006), 0), black))
    else:
        pieces.append((box((w * 0.4, d * 0.2, 0.002), (-w * 0.24, d * 0.36, thick - 0.0008), 0), _dark(rng)))
        for k in range(int(rng.integers(2, 4))):
            at = (-w * 0.34 + 0.016 * (k % 2), d * 0.4 - 0.017 * (k // 2) - 0.004 * (k % 2), thick + 0.001)
            pieces.append((disc(0.006, 0.001, 0.0002, at, 18), black))
    return assemble("smartphone", pieces, rng, main=case)


def camera(rng: np.random.Generator) -> Asset:
    """A camera with a lens towards +y, standing on its base."""
    body, top = _dark(rng), (_dark(rng) if rng.random() < 0.5 else materials.steel(rng))
    glass = materials.plain("glass", (0.05, 0.05, 0.1), 0.04)
    w, h, d = float(rng.uniform(0.11, 0.14)), float(rng.uniform(0.068, 0.085)), float(rng.uniform(0.036, 0.05))
    r, reach = h * float(rng.uniform(0.38, 0.46)), float(rng.uniform(0.03, 0.075))
    inside = reach - 0.007
    barrel = [(0, 0), (r, 0), (r, reach * 0.4), (r * 0.94, reach * 0.45), (r * 0.94, reach), (r * 0.8, reach),
              (r * 0.7, inside), (0, inside)]  # fmt: skip
    lens = turn(lathe(barrel, 28), -HALF_TURN, 0)
    front = turn(ellipsoid((r * 0.68, r * 0.68, 0.004), (0, 0, reach - 0.0105), 20), -HALF_TURN, 0)
    at = (w * 0.06, d / 2 - 0.002, h * 0.47)
    pieces: list[Piece] = [
        (box((w, d, h), (0, 0, 0), 0.006, 2), body),
        (box((w * 0.97, d * 0.9, h * 0.12), (0, 0, h - 0.002), 0.003), top),
        (box((w * 0.34, d * 0.86, h * 0.26), (w * 0.06, 0, h + 0.004), 0.006, 2), top),
        (box((w * 0.2, d * 0.5, h * 0.84), (-w * 0.42, d * 0.35, h * 0.04), 0.008, 2), body),
        (move(lens, at), body),
        (move(front, at), glass),
        (disc(0.006, 0.006, 0.001, (-w * 0.4, d * 0.2, h * 1.08), 16), materials.steel(rng)),
        (disc(0.0095, 0.008, 0.001, (w * 0.36, 0, h * 1.08), 18), body),
    ]
    return assemble("camera", pieces, rng, main=body)


def headphones(rng: np.random.Generator) -> Asset:
    """Over-ear headphones lying on the flat of their cups."""
    shell = materials.plastic(rng) if rng.random() < 0.6 else _dark(rng)
    pad = materials.plain("leather", (0.07, 0.06, 0.06), 0.5)
    r, span = float(rng.uniform(0.036, 0.042)), float(rng.uniform(0.075, 0.085))
    a = np.linspace(np.radians(8), np.radians(172), 21)
    arch = np.stack([span * np.cos(a), span * 1.15 * np.sin(a) + 0.012, np.full(21, 0.02)], 1)
    pieces: list[Piece] = [(tube(arch, 0.007, 10), shell)]
    inner = arch[6:15] - [0, 0.011, 0]
    pieces.append((tube(inner, 0.008, 10), pad))
    for s in (-1.0, 1.0):
        cup = turn(lathe([(0, 0), (r * 0.8, 0), (r, 0.008), (r, 0.02), (0, 0.02)], 26), s * HALF_TURN, 1)
        ring = turn(torus(r * 0.68, 0.0115, (0, 0, 0.0), 26, 8), HALF_TURN, 1)
        pieces.append((move(cup, (s * (span - 0.006), 0, r)), shell))
        pieces.append((move(ring, (s * (span - 0.014), 0, r)), pad))
        pieces.append((bar((s * (span - 0.001), 0.02, 0.02), (s * (span + 0.002), 0, r * 0.95), 0.005), shell))
    return assemble("headphones", pieces, rng, main=shell)


def keyboard(rng: np.random.Generator) -> Asset:
    """A computer keyboard, its space bar towards the typist at +y."""
    case = _casing(rng)
    keys = _dark(rng) if rng.random() < 0.6 else materials.plain("plastic", (0.85, 0.85, 0.84), 0.5)
    columns, pitch = int(rng.choice([15, 15, 18, 21])), 0.019
    w, d = columns * pitch + 0.014, 6 * pitch + 0.014
    pieces: list[Piece] = [(box((w, d, 0.014), (0, 0, 0), 0.003), case)]
    for row in range(6):
        y = (row - 2.5) * pitch
        if row == 5:
            widths = [1.25] * 3 + [6.25] + [1.25] * 3 + [1.0] * (columns - 15) + [1.25]
        else:
            widths = [1.0 + 0.25 * row] + [1.0] * (columns - 2 - (row > 2)) + [1.0]
        scale = columns / sum(widths)
        x = -columns * pitch / 2
        for width in widths:
            step = width * scale * pitch
            pieces.append((box((step - 0.003, pitch - 0.003, 0.007), (-x - step / 2, y, 0.0135), 0), keys))
            x += step
    return assemble("keyboard", pieces, rng, main=case)


def mouse(rng: np.random.Generator) -> Asset:
    """A computer mouse with a wheel, its buttons away from the hand, towards -y."""
    shell = _casing(rng) if rng.random() < 0.7 else materials.plastic(rng)
    wheel = materials.plain("rubber", (0.1, 0.1, 0.1), 0.7)
    w, d, h = float(rng.uniform(0.056, 0.066)), float(rng.uniform(0.1, 0.118)), float(rng.uniform(0.034, 0.04))
    hull = ellipsoid((w / 2, d / 2, h * 0.62), (0, 0, 0), 28)
    vertices = hull.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2] - h * 0.24, 0.0)
    body = type(hull)(vertices, hull.faces, hull.uv, hull.normals)
    roller = turn(move(disc(0.009, 0.006, 0.001, sides=18), (0, 0, -0.003)), HALF_TURN, 1)
    pieces: list[Piece] = [(body, shell), (move(roller, (0, -d * 0.24, h * 0.76)), wheel)]
    return assemble("mouse", pieces, rng, main=shell)


def monitor(rng: np.random.Generator) -> Asset:
    """A flat screen on a foot, facing +y; off, or with a bright page on it."""
    case, black = _dark(rng) if rng.random() < 0.7 else _casing(rng), _screen()
    w = float(rng.uniform(0.48, 0.72))
    h, lift = w * float(rng.choice([0.5625, 0.5625, 0.625])), float(rng.uniform(0.09, 0.16))
    rim = 0.009
    pieces: list[Piece] = [
        (box((w + 2 * rim, 0.024, h + 2 * rim), (0, 0, lift), 0.004), case),
        (box((w * 0.4, 0.03, h * 0.5), (0, -0.022, lift + h * 0.25), 0.008), case),
        (box((0.05, 0.018, lift + h * 0.3), (0, -0.042, 0.006), 0.003), case),
        (box((w * 0.42, 0.2, 0.012), (0, -0.03, 0), 0.004), case),
    ]
    if rng.random() < 0.5:
        pieces.append((box((w, 0.002, h), (0, 0.0118, lift + rim), 0), black))
    else:
        shade = np.asarray(materials.named_color(("white", "blue", "gray", "green")[int(rng.integers(4))], rng)) * 0.5
        glow = (float(shade[0]), float(shade[1]), float(shade[2]))
        pieces.append(
            (
                box((w, 0.002, h), (0, 0.0118, lift + rim), 0),
                materials.plain("glass", (0.05, 0.05, 0.05), 0.2, 0.0, glow),
            )
        )
        for k in range(int(rng.integers(1, 4))):
            ww, hh = w * float(rng.uniform(0.2, 0.45)), h * float(rng.uniform(0.2, 0.5))
            x, z = float(rng.uniform(-0.25, 0.25)) * w, lift + rim + float(rng.uniform(0.1, 0.9)) * (h - hh)
            page = materials.plain(
                "glass", (0.05, 0.05, 0.05), 0.2, 0.0, (0.5, 0.5, 0.5) if k % 2 == 0 else (0.06, 0.07, 0.1)
            )
            pieces.append((box((ww, 0.002, hh), (x, 0.0124 + 0.0006 * k, z), 0), page))
    return assemble("monitor", pieces, rng, main=case)


def pen_cup(rng: np.random.Generator) -> Asset:
    """A beaker with pens and pencils."""
    finish = (materials.ceramic, materials.plastic, materials.wicker, materials.wood)[int(rng.integers(4))](rng)
    r, h = float(rng.uniform(0.034, 0.042)), float(rng.uniform(0.09, 0.11))
    outer = np.array([[r * 0.94, 0], [r, 0.004], [r, h]])
    pieces: list[Piece] = [(lathe(vessel(outer, 0.003, 0.005), 28), finish)]
    count = int(rng.integers(3, 7))
    for k in range(count):
        a = 2 * np.pi * (k + float(rng.uniform(-0.2, 0.2))) / count
        foot = np.array([-0.35 * r * np.cos(a), -0.35 * r * np.sin(a), 0.008])
        lean = np.array([(r - 0.008) * np.cos(a), (r - 0.008) * np.sin(a), h])
        along = (lean - foot) / np.linalg.norm(lean - foot)
        tip = foot + along * float(rng.uniform(0.135, 0.165))
        pen = materials.plastic(rng)
        pieces += [
            (bar(foot, tip, 0.0038, sides=8), pen),
            (bar(tip - along * 0.001, tip + along * 0.012, 0.0032, 0.0012, 8), _dark(rng)),
        ]
    return assemble("pen_cup", pieces, rng, main=finish)


def telephone(rng: np.random.Generator) -> Asset:
    """A desk telephone: handset across a sloping base with keys."""
    case = _dark(rng) if rng.random() < 0.6 else materials.plastic(rng)
    keys = materials.plain("plastic", (0.8, 0.8, 0.78), 0.5)
    w, d = float(rng.uniform(0.17, 0.2)), float(rng.uniform(0.18, 0.21))
    pieces: list[Piece] = [
        (box((w, d, 0.035), (0, 0, 0), 0.006, 2), case),
        (box((w, d * 0.55, 0.03), (0, -d * 0.22, 0.03), 0.008, 2), case),
    ]
    for row in range(4):
        for column in range(3):
            at = (w * 0.16 + (column - 1) * 0.02, d * 0.38 - row * 0.0165, 0.0348)
            pieces.append((box((0.014, 0.011, 0.004), at, 0), keys))
    pieces.append((box((w * 0.42, 0.03, 0.003), (w * 0.17, -d * 0.14, 0.0595), 0), _screen()))
    hold = -w * 0.31
    pieces.append((box((0.042, d * 0.94, 0.02), (hold, 0, 0.072), 0.008, 2), case))
    pieces += [
        (box((0.05, 0.055, 0.03), (hold, s * d * 0.38, 0.0595 if s < 0 else 0.034), 0.01, 2), case) for s in (-1, 1)
    ]
    pieces.append((box((0.05, 0.055, 0.035), (hold, d * 0.38, 0.052), 0.01, 2), case))
    return assemble("telephone", pieces, rng, main=case)


GENERATORS = {
    "camera": camera, "headphones": headphones, "keyboard": keyboard, "monitor": monitor, "mouse": mouse, "pen_cup": pen_cup,
    "smartphone": smartphone, "telephone": telephone,
}  # fmt: skip
