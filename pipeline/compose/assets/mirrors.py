"""Mirrors on walls and on feet. Backs lie along -y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.legs import flat_foot
from pipeline.compose.assets.lofts import loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, ellipsoid, move, turn
from pipeline.compose.materials import Finish
from pipeline.scene import Float


def _outline(rng: np.random.Generator, width: float, height: float) -> Float:
    """The edge of a mirror [m, 2] about its middle: a rectangle, a round or an arch."""
    kind = int(rng.integers(4))
    if kind == 0:
        return rounded_rectangle(width / 2, height / 2, 0.002, 2)
    if kind == 1:
        return rounded_rectangle(width / 2, height / 2, 0.25 * width)
    if kind == 2:
        return superellipse(width / 2, height / 2, 2.0, 56)
    arch = np.linspace(0, np.pi, 25)
    top = np.stack([width / 2 * np.cos(arch), height / 2 - width / 2 + width / 2 * np.sin(arch)], 1)
    return np.concatenate([top, [[-width / 2, -height / 2], [width / 2, -height / 2]]])


def _pane(rng: np.random.Generator, outline: Float, edge: float, deep: float, frame: Finish) -> list[Piece]:
    """A mirror in its frame, lying on its back about the origin: the frame is `edge` wide and `deep` high."""
    reach = np.abs(outline).max(0)
    inner = (reach - edge) / reach
    step = min(0.004, 0.3 * edge)
    hull = loft([
        ring(outline, 0.0), ring(outline, deep - step), ring(outline, deep, (reach - step) / reach),
        ring(outline, deep, inner + step / reach), ring(outline, deep - step, inner), ring(outline, deep - 0.009, inner),
    ])  # fmt: skip
    glass = prism(outline * (inner + 0.0005), 0.003, (0, 0, deep - 0.0095))
    return [(hull, frame), (glass, materials.mirror_glass(rng))]


def wall_mirror(rng: np.random.Generator) -> Asset:
    """A mirror that hangs on the wall: round, oval, arched or rectangular, framed."""
    frame = materials.cabinet(rng) if rng.random() < 0.5 else materials.metal(rng)
    width = float(rng.uniform(0.45, 0.75))
    height = width * float(rng.choice([1.0, 1.0, 1.4, 1.6]))
    pieces = _pane(
        rng, _outline(rng, width, height), float(rng.uniform(0.008, 0.05)), float(rng.uniform(0.02, 0.035)), frame
    )
    # Stood up from its back, which then lies along -y.
    return assemble("wall_mirror", [(turn(mesh, -np.pi / 2, 0), finish) for mesh, finish in pieces], rng, main=frame)


def standing_mirror(rng: np.random.Generator) -> Asset:
    """A mirror as tall as a person: swung between two posts, or leaning on a strut behind it."""
    frame = materials.cabinet(rng) if rng.random() < 0.6 else materials.metal(rng)
    width, height = float(rng.uniform(0.4, 0.55)), float(rng.uniform(1.35, 1.6))
    edge, deep = float(rng.uniform(0.025, 0.05)), 0.03
    pieces: list[Piece] = []
    lean = float(rng.uniform(0.05, 0.12))
    pane = [(turn(mesh, -np.pi / 2, 0), f) for mesh, f in _pane(rng, _outline(rng, width, height), edge, deep, frame)]
    # A turn about x by a positive angle takes the upper edge back, away from +y.
    pane = [(turn(mesh, lean, 0), f) for mesh, f in pane]
    if rng.random() < 0.5:
        middle = height / 2 + float(rng.uniform(0.1, 0.2))
        pieces += [(move(mesh, (0, 0, middle)), f) for mesh, f in pane]
        for s in (-1, 1):
            x = s * (width / 2 + 0.035)
            pieces.append((bar((x, 0, 0.04), (x, 0, middle + 0.16), 0.014, 0.011, 14), frame))
            pieces.append((ellipsoid((0.019, 0.019, 0.024), (x, 0, middle + 0.15), 14), frame))
            pieces.append((bar((x, 0, middle), (x - s * 0.06, 0, middle), 0.008), frame))
            for sy in (-1, 1):
                foot = bar((x, 0, 0.07), (x, sy * 0.22, 0.012), 0.016, 0.012)
                pieces.append((flat_foot(foot), frame))
        pieces.append((bar((-width / 2 - 0.035, 0, 0.1), (width / 2 + 0.035, 0, 0.1), 0.011), frame))
    else:
        low = min(float(mesh.bounds[0, 2]) for mesh, _ in pane)
        pieces += [(move(mesh, (0, 0, -low)), f) for mesh, f in pane]
        head = -low + 0.2 * height
        back = -np.sin(lean) * 0.2 * height - 0.01
        for s in (-1, 1):
            strut = bar((s * 0.12, back, head), (s * 0.17, back - 0.34, 0.0), 0.01, 0.01)
            pieces.append((flat_foot(strut), frame))
        pieces.append((bar((-0.155, back - 0.22, head * 0.3), (0.155, back - 0.22, head * 0.3), 0.006), frame))
    return assemble("standing_mirror", pieces, rng, main=frame)


GENERATORS = {
    "standing_mirror": standing_mirror,
    "wall_mirror": wall_mirror,
}
