"""What people cook with."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.shapes import box, disc, ellipsoid, lathe, move, torus, tube, vessel
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh


def _pot_finish(rng: np.random.Generator) -> Finish:
    if rng.random() < 0.55:
        return materials.steel(rng)
    color = materials.named_color(("red", "black", "blue", "green", "orange", "white")[int(rng.integers(6))], rng)
    return materials.plain("metal", color, 0.3, 0.1)


def _ear(side: float, radius: float, height: float, width: float, out: float) -> Mesh:
    """A loop handle at x = side * radius."""
    t = np.linspace(-np.pi / 2, np.pi / 2, 9)
    path = np.stack([side * (radius - 0.003 + out * np.cos(t)), width / 2 * np.sin(t), np.full(9, height)], 1)
    return tube(path, 0.005, 8)


def teapot(rng: np.random.Generator) -> Asset:
    """A round pot with a spout, a handle and a lid."""
    glaze = materials.ceramic(rng) if rng.random() < 0.8 else _pot_finish(rng)
    r = float(rng.uniform(0.07, 0.09))
    h = r * float(rng.uniform(1.3, 1.6))
    t = np.linspace(0, 1, 12)
    side = np.stack([r * np.sin(np.pi * (0.2 + 0.62 * t)) ** 0.75, h * t], 1)
    neck = float(side[-1, 0])
    body = np.concatenate([[[0, 0]], side, [[0, h]]])
    lid = np.array(
        [
            [0, 0],
            [neck * 0.9, 0],
            [neck * 0.92, 0.006],
            [neck * 0.5, 0.018],
            [0.006, 0.022],
            [0.011, 0.032],
            [0.008, 0.042],
            [0, 0.044],
        ]
    )
    s = np.linspace(0, 1, 9)
    spout = np.stack([0 * s, r * 0.86 + r * 0.85 * s, h * (0.35 + 0.55 * s**1.3) + 0.0 * s], 1)
    a = np.linspace(-0.45 * np.pi, 0.45 * np.pi, 11)
    handle = np.stack([0 * a, -(r * 0.84 + r * 0.55 * np.cos(a)), h * 0.52 + h * 0.34 * np.sin(a)], 1)
    pieces: list[Piece] = [
        (lathe(body, 32), glaze),
        (move(lathe(lid, 28), (0, 0, h - 0.001)), glaze),
        (tube(spout, np.linspace(0.018, 0.008, 9), 12), glaze),
        (tube(handle, 0.0075, 10), glaze),
    ]
    return assemble("teapot", pieces, rng, main=glaze)


def pot(rng: np.random.Generator) -> Asset:
    """A cooking pot with two handles, with or without its lid."""
    finish = _pot_finish(rng)
    r, h = float(rng.uniform(0.08, 0.13)), float(rng.uniform(0.08, 0.16))
    outer = np.array([[r * 0.96, 0], [r, 0.006], [r, h], [r * 1.03, h + 0.003]])
    pieces: list[Piece] = [(lathe(vessel(outer, 0.004, 0.006), 36), finish)]
    pieces += [(_ear(s, r, h * 0.8, 0.07, 0.03), finish) for s in (-1.0, 1.0)]
    if rng.random() < 0.5:
        lid = np.array(
            [
                [0, 0],
                [r * 1.03, 0],
                [r * 1.03, 0.004],
                [r * 0.6, 0.022],
                [0.01, 0.03],
                [0.01, 0.04],
                [0.018, 0.046],
                [0.016, 0.056],
                [0, 0.058],
            ]
        )
        pieces.append((move(lathe(lid, 36), (0, 0, h + 0.0025)), finish))
    return assemble("pot", pieces, rng, main=finish)


def pan(rng: np.random.Generator) -> Asset:
    """A frying pan with a long handle towards +x."""
    iron = materials.plain("metal", (0.09, 0.09, 0.095), float(rng.uniform(0.35, 0.5)), 0.3)
    grip = materials.plastic(rng, ("black", "red", "brown")) if rng.random() < 0.6 else materials.wood(rng)
    r, h = float(rng.uniform(0.1, 0.145)), float(rng.uniform(0.035, 0.055))
    outer = np.array([[r * 0.78, 0], [r * 0.82, 0.003], [r, h]])
    reach = float(rng.uniform(0.16, 0.2))
    path = [(r * 0.95, 0, h * 0.78), (r + 0.05, 0, h * 0.95), (r + reach, 0, h + 0.02)]
    pieces: list[Piece] = [
        (lathe(vessel(outer, 0.003, 0.005), 40), iron),
        (tube(path[:2], [0.006, 0.007], 8), materials.steel(rng)),
        (tube([path[1], path[2]], [0.009, 0.012], 10), grip),
    ]
    return assemble("pan", pieces, rng, main=iron)


def cutting_board(rng: np.random.Generator) -> Asset:
    """A wooden board with a grip hole, lying flat."""
    wood = materials.wood(rng)
    w, d = float(rng.uniform(0.2, 0.26)), float(rng.uniform(0.3, 0.4))
    thick = float(rng.uniform(0.014, 0.022))
    pieces: list[Piece] = [(box((w, d, thick), (0, 0, 0), 0.004, 2), wood)]
    if rng.random() < 0.6:
        pieces.append((box((w * 0.3, 0.1, thick), (0, d / 2 + 0.046, 0), 0.004, 2), wood))
        pieces.append((torus(0.012, 0.0022, (0, d / 2 + 0.07, thick), 18, 6), materials.steel(rng)))
    top = Surface("top", (0, 0, thick), (w / 2 - 0.01, d / 2 - 0.01), 0.5)
    return assemble("cutting_board", pieces, rng, [top], wood)


def kettle(rng: np.random.Generator) -> Asset:
    """An electric kettle on its base."""
    finish = materials.steel(rng) if rng.random() < 0.5 else materials.plastic(rng, ("white", "black", "red", "blue"))
    dark = materials.plastic(rng, ("black",))
    r, h = float(rng.uniform(0.07, 0.08)), float(rng.uniform(0.19, 0.23))
    body = np.array(
        [[0, 0.022], [r, 0.022], [r, 0.03], [r * 0.97, h * 0.4], [r * 0.72, h], [r * 0.66, h + 0.006], [0, h + 0.012]]
    )
    spout = [(0, r * 0.62, h * 0.82), (0, r * 0.9, h * 0.94), (0, r * 1.08, h * 1.0)]
    a = np.linspace(0, 1, 10)
    handle = np.stack([0 * a, -(r * 0.72 + 0.062 * np.sin(np.pi * a) ** 0.6 + 0.02 * (1 - a)), h * (0.2 + 0.76 * a)], 1)
    pieces: list[Piece] = [
        (lathe(body, 32), finish),
        (disc(r * 1.04, 0.022, 0.004, sides=32), dark),
        (tube(spout, [0.022, 0.017, 0.012], 12), finish),
        (tube(handle, 0.0095, 10), dark),
        (ellipsoid((0.012, 0.012, 0.008), (0, 0, h + 0.01), 12), dark),
    ]
    return assemble("kettle", pieces, rng, main=finish)


GENERATORS = {"cutting_board": cutting_board, "kettle": kettle, "pan": pan, "pot": pot, "teapot": teapot}
