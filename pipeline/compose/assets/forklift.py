"""The forklift truck. Its forks point along +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.profiles import boxes, painted, prism, tyre, wheel
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, move, torus, tube, turn
from pipeline.compose.colors import named_color
from pipeline.compose.materials import Finish

FORK_X_M = 0.19
"""Distance of each fork from the middle: between the runners of a EUR pallet."""
FORK_M = 1.15


def forklift(rng: np.random.Generator) -> Asset:
    """A counterbalanced truck: mast and forks before, an overhead guard over the seat, a counterweight behind."""
    paint = painted(
        named_color(("yellow", "orange", "orange", "red", "yellow", "green", "gray")[int(rng.integers(7))], rng), 0.35
    )
    dark, rubber = painted((0.09, 0.09, 0.10), 0.5), tyre()
    rim = painted((0.75, 0.75, 0.74), 0.4) if rng.random() < 0.5 else paint
    width, length = float(rng.uniform(1.06, 1.2)), float(rng.uniform(1.85, 2.1))
    half, roof = width / 2, float(rng.uniform(2.08, 2.2))
    back = -0.28 - length
    pieces: list[Piece] = []
    for s in (-1, 1):
        pieces += wheel(0.33, 0.22, (s * (half - 0.13), -0.55), rubber, rim)
        pieces += wheel(0.26, 0.18, (s * (half - 0.12), back + 0.5), rubber, rim)
    # Frame, step, hood and the iron behind them.
    pieces.append((box((width - 0.52, length - 0.5, 0.32), (0, back / 2 - 0.1, 0.16), 0.02), dark))
    pieces.append((box((width, 0.72, 0.06), (0, -1.25, 0.36), 0.015), dark))
    pieces.append((box((width, 0.52, 0.2), (0, -0.62, 0.68), 0.04, 2), paint))
    pieces.append((box((width - 0.12, 0.14, 0.5), (0, -0.42, 0.55), 0.03, 2), paint))
    pieces.append((box((width - 0.3, 0.75, 0.6), (0, -1.6, 0.42), 0.05, 2), dark))
    weight = [
        (back + 0.04, 0.22),
        (back + 0.95, 0.5),
        (back + 0.95, 1.0),
        (back + 0.22, 1.0),
        (back + 0.05, 0.86),
        (back, 0.5),
    ]
    pieces.append((prism(weight, width - 0.5, 0.0), paint))
    upper = [(back + 0.04, 0.56), (back + 0.95, 0.56), (back + 0.95, 1.0), (back + 0.22, 1.0), (back + 0.05, 0.86)]
    pieces += [(prism(upper, 0.25, s * (half - 0.125)), paint) for s in (-1, 1)]
    pieces += [
        (box((0.12, 0.02, 0.06), (s * (half - 0.16), back + 0.035, 0.7), 0.005), _lamp((0.7, 0.04, 0.03)))
        for s in (-1, 1)
    ]
    # Seat, wheel and levers.
    cloth = materials.plain("leather", (0.07, 0.07, 0.07), 0.6)
    pieces.append((box((0.46, 0.46, 0.14), (0, -1.5, 1.0), 0.05, 2), cloth))
    pieces.append((turn(box((0.44, 0.12, 0.55), (0, -1.72, 1.08), 0.05, 2), 0.15, 0, (0, -1.72, 1.08)), cloth))
    pieces.append((bar((0, -0.72, 0.86), (0, -0.98, 1.12), 0.03), dark))
    pieces.append((move(turn(torus(0.17, 0.014, sides=20, rings=6), 0.75, 0), (0, -0.99, 1.13)), dark))
    pieces += [
        (bar((0.3 + 0.05 * k, -0.66, 0.86), (0.3 + 0.05 * k, -0.74, 1.06), 0.01, sides=6), dark) for k in range(3)
    ]
    # Overhead guard.
    guard_x = half - 0.1
    for s in (-1, 1):
        pieces.append(
            (
                tube(
                    [(s * guard_x, -0.4, 0.86), (s * guard_x, -0.52, 1.5), (s * guard_x, -0.72, roof - 0.03)], 0.03, 8
                ),
                dark,
            )
        )
        pieces.append(
            (
                tube(
                    [
                        (s * guard_x, back + 0.42, 0.98),
                        (s * guard_x, back + 0.45, 1.5),
                        (s * guard_x, back + 0.6, roof - 0.03),
                    ],
                    0.03,
                    8,
                ),
                dark,
            )
        )
        pieces.append(
            (box((0.06, -0.66 - back - 0.54, 0.06), (s * guard_x, (back - 0.12) / 2, roof - 0.06), 0.01), dark)
        )
    slats = np.linspace(-0.7, back + 0.58, 8)
    pieces.append((boxes((2 * guard_x, 0.05, 0.03), [(0, y, roof - 0.05) for y in slats]), dark))
    pieces.append((cylinder(0.05, 0.09, (guard_x - 0.05, back + 0.62, roof - 0.01), 12), _lamp((0.95, 0.45, 0.02))))
    for s in (-1, 1):
        pieces.append(
            (
                move(turn(disc(0.07, 0.06, 0.012, sides=16), -np.pi / 2, 0), (s * guard_x, -0.46, 1.32)),
                _lamp((0.92, 0.92, 0.86)),
            )
        )
    lift = float(rng.uniform(0.075, 0.35))
    pieces += _mast(rng, dark, float(rng.uniform(2.05, 2.25)), lift)
    z = lift + 0.045
    surface = Surface("forks", (0, 0.04 + FORK_M / 2, z), (FORK_X_M + 0.06, FORK_M / 2))
    return assemble("forklift", pieces, rng, [surface], paint)


def _lamp(color: tuple[float, float, float]) -> Finish:
    return materials.plain("plastic", color, 0.25)


def _mast(rng: np.random.Generator, dark: Finish, height: float, lift: float) -> list[Piece]:
    """Two nested pairs of rails, cylinder and chains, and the carriage with its forks raised by `lift`."""
    steel = materials.plain("metal", (0.55, 0.55, 0.56), 0.35, 0.7)
    rails = [(0.07, 0.13, height - 0.08)] * 2 + [(0.06, 0.1, height - 0.14)] * 2
    at = [(s * 0.34, -0.16, 0.08) for s in (-1, 1)] + [(s * 0.268, -0.16, 0.12) for s in (-1, 1)]
    size = [*rails, (0.62, 0.06, 0.1), (0.62, 0.06, 0.08), (0.62, 0.06, 0.08)]
    at += [(0, -0.2, 0.12), (0, -0.2, height * 0.55), (0, -0.16, height - 0.09)]
    pieces: list[Piece] = [(boxes(size, at), dark)]
    pieces += [(bar((s * 0.16, -0.16, 0.15), (s * 0.16, -0.16, height - 0.15), 0.028), steel) for s in (-1, 1)]
    pieces.append((boxes((0.03, 0.012, height - 0.75 - lift), [(s * 0.07, -0.1, 0.6 + lift) for s in (-1, 1)]), steel))
    # Carriage: two bars across, a load guard, two forks bent from flat steel.
    wide = float(rng.uniform(0.92, 1.05))
    size = [(wide, 0.05, 0.1), (wide, 0.05, 0.1), (0.05, 0.05, 0.42), (0.05, 0.05, 0.42)]
    at = [(0, -0.06, lift + 0.08), (0, -0.06, lift + 0.46), (-0.2, -0.065, lift + 0.1), (0.2, -0.065, lift + 0.1)]
    size += [(0.025, 0.03, 0.62)] * 7 + [(wide, 0.035, 0.035)]
    at += [(u, -0.055, lift + 0.54) for u in np.linspace(-wide / 2 + 0.0125, wide / 2 - 0.0125, 7)] + [
        (0, -0.055, lift + 1.16)
    ]
    pieces.append((boxes(size, at), dark))
    fork = painted((0.16, 0.16, 0.17), 0.4)
    tine = [(-0.01, lift), (FORK_M + 0.04, lift + 0.03), (FORK_M + 0.04, lift + 0.045), (-0.01, lift + 0.045)]
    for s in (-1, 1):
        pieces.append((prism(tine, 0.11, s * FORK_X_M), fork))
        pieces.append((boxes((0.11, 0.045, 0.55), (s * FORK_X_M, -0.012, lift + 0.001)), fork))
    return pieces


GENERATORS = {"forklift": forklift}
