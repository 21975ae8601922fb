"""Small things for tables and shelves."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.shapes import box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn, vessel


def _book(rng: np.random.Generator) -> tuple[list[Piece], float, float, float]:
    """A closed book lying flat, its spine along -x: pieces, width, depth and thickness."""
    cover, leaves = materials.paper(rng, materials.SOFT_COLORS), materials.pages(rng)
    depth, thick = float(rng.uniform(0.18, 0.27)), float(rng.uniform(0.018, 0.045))
    width, board = depth * float(rng.uniform(0.66, 0.76)), 0.0025
    pieces: list[Piece] = [(box((width, depth, board), (0, 0, z), 0), cover) for z in (0.0, thick - board)]
    pieces.append((box((board, depth, thick - 2 * board), (-width / 2 + board / 2, 0, board), 0), cover))
    pieces.append((box((width - 0.006, depth - 0.008, thick - 2 * board), (-0.001, 0, board), 0), leaves))
    if rng.random() < 0.7:
        label = materials.plain(
            "paper", materials.named_color("white" if cover.material.color_name != "white" else "black", rng), 0.8
        )
        pieces.append((box((width * 0.5, depth * 0.2, 0.0006), (0, depth * 0.15, thick - 0.0003), 0), label))
        pieces.append(
            (box((0.0006, depth * 0.22, thick * 0.6), (-width / 2 - 0.0001, depth * 0.15, thick * 0.2), 0), label)
        )
    return pieces, width, depth, thick


def book(rng: np.random.Generator) -> Asset:
    """A closed book lying flat."""
    pieces, width, depth, thick = _book(rng)
    return assemble(
        "book", pieces, rng, [Surface("top", (0, 0, thick + 0.0004), (width / 2, depth / 2), 0.5)], pieces[0][1]
    )


def standing_book(rng: np.random.Generator) -> Asset:
    """A book on its lower edge, spine towards +y."""
    pieces = [(turn(turn(mesh, np.pi / 2, 0), -np.pi / 2, 2), finish) for mesh, finish in _book(rng)[0]]
    return assemble("book", pieces, rng, main=pieces[0][1])


def mug(rng: np.random.Generator) -> Asset:
    """A cup with a handle."""
    glaze = materials.ceramic(rng)
    r, h = float(rng.uniform(0.037, 0.046)), float(rng.uniform(0.08, 0.105))
    taper = float(rng.uniform(0.85, 1.0))
    outer = np.array([[r * taper * 0.94, 0], [r * taper, 0.006], [r, h]])
    t = np.linspace(-0.42 * np.pi, 0.42 * np.pi, 9)
    handle = np.stack([r * 0.9 + 0.032 * np.cos(t), 0 * t, h * 0.52 + h * 0.33 * np.sin(t)], 1)
    handle[[0, -1], 0] = r * taper * 0.96
    pieces: list[Piece] = [(lathe(vessel(outer, 0.004, 0.007), 28), glaze), (tube(handle, 0.0055, 8), glaze)]
    if rng.random() < 0.6:
        pieces.append(
            (
                cylinder(r * taper - 0.0045, 0.002, (0, 0, h * 0.8), 24),
                materials.plain("liquid", (0.16, 0.08, 0.04), 0.1),
            )
        )
    return assemble("mug", pieces, rng, main=glaze)


def bowl(rng: np.random.Generator) -> Asset:
    """An open bowl, sometimes with fruit."""
    finish = materials.ceramic(rng) if rng.random() < 0.7 else materials.wood(rng)
    r, h = float(rng.uniform(0.08, 0.15)), float(rng.uniform(0.055, 0.09))
    t = np.linspace(0.12, 1, 9)
    outer = np.concatenate(
        [
            [[r * 0.4, 0], [r * 0.42, 0.006]],
            np.stack([r * (0.4 + 0.6 * np.sin(t * np.pi / 2)), 0.006 + (h - 0.006) * t**1.6], 1),
        ]
    )
    pieces: list[Piece] = [(lathe(vessel(outer, 0.005, 0.011), 32), finish)]
    if rng.random() < 0.5:
        fruit = materials.plain(
            "fruit", materials.named_color(("red", "green", "orange", "yellow")[int(rng.integers(4))], rng), 0.4
        )
        for k in range(int(rng.integers(3, 5))):
            a, f = k * 2 * np.pi / 3, r * 0.36
            place = (0.42 * r * np.cos(a), 0.42 * r * np.sin(a), h * 0.35) if k < 3 else (0, 0, h * 0.35 + f * 1.2)
            pieces.append((ellipsoid((f, f, f * 0.94), place, 14), fruit))
    return assemble("bowl", pieces, rng, main=finish)


def bottle(rng: np.random.Generator) -> Asset:
    """A wine bottle, a water bottle or a carafe."""
    finish = materials.glass(rng) if rng.random() < 0.7 else materials.plastic(rng)
    cap = materials.plain("metal", (0.16, 0.15, 0.15), 0.4)
    r, h = float(rng.uniform(0.033, 0.042)), float(rng.uniform(0.22, 0.31))
    shoulder, neck = float(rng.uniform(0.55, 0.68)), r * float(rng.uniform(0.36, 0.5))
    t = np.linspace(0, 1, 6)
    curve = np.stack([neck + (r - neck) * np.cos(t * np.pi / 2) ** 1.5, h * (shoulder + 0.17 * t)], 1)
    body = lathe(np.concatenate([[[0, 0], [r * 0.92, 0], [r, 0.008]], curve, [[neck, h * 0.96], [0, h * 0.96]]]), 28)
    pieces: list[Piece] = [(body, finish), (cylinder(neck * 1.12, h * 0.09, (0, 0, h * 0.92), 20), cap)]
    if rng.random() < 0.7:
        pieces.append((cylinder(r + 0.0006, h * 0.22, (0, 0, h * 0.18), 28), materials.paper(rng)))
    return assemble("bottle", pieces, rng, main=finish)


def vase(rng: np.random.Generator) -> Asset:
    """A hollow vase, bare or with a bunch of flowers."""
    finish = materials.ceramic(rng) if rng.random() < 0.8 else materials.glass(rng)
    h, r = float(rng.uniform(0.16, 0.32)), float(rng.uniform(0.05, 0.085))
    t = np.linspace(0, 1, 11)
    belly, phase = float(rng.uniform(0.25, 0.45)), float(rng.uniform(0.8, 1.5))
    outer = np.stack([r * (1 - belly + belly * np.sin(np.pi * (0.15 + phase * t))), h * t], 1)
    pieces: list[Piece] = [(lathe(vessel(outer, 0.006, 0.012), 26), finish)]
    if rng.random() < 0.5:
        green, petal = (
            materials.foliage(rng),
            materials.plain(
                "petals",
                materials.named_color(
                    ("red", "yellow", "pink", "white", "purple", "orange")[int(rng.integers(6))], rng
                ),
                0.8,
            ),
        )
        mouth = float(outer[-1, 0]) - 0.012
        for _ in range(int(rng.integers(5, 10))):
            a, spread = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 1.0)
            top = np.array([spread * 0.1 * np.cos(a), spread * 0.1 * np.sin(a), h + rng.uniform(0.08, 0.18)])
            stem = np.stack(
                [
                    [0.006 * np.cos(a), 0.006 * np.sin(a), h * 0.4],
                    [spread * mouth * 0.6 * np.cos(a), spread * mouth * 0.6 * np.sin(a), h],
                    top,
                ]
            )
            pieces.append((tube(stem, 0.0025, 5), green))
            size = float(rng.uniform(0.016, 0.028))
            pieces.append((ellipsoid((size, size, size * 0.8), top - [0, 0, size * 0.5], 10), petal))
    return assemble("vase", pieces, rng, main=finish)


def plate(rng: np.random.Generator) -> Asset:
    """A dinner plate with a raised rim."""
    finish, r = materials.ceramic(rng), float(rng.uniform(0.095, 0.135))
    profile = (
        np.array(
            [
                [0, 0],
                [0.55, 0],
                [0.6, 0.03],
                [0.97, 0.16],
                [1, 0.18],
                [0.97, 0.2],
                [0.66, 0.08],
                [0.55, 0.06],
                [0, 0.06],
            ]
        )
        * r
    )
    return assemble("plate", [(lathe(profile, 40), finish)], rng)


def storage_box(rng: np.random.Generator) -> Asset:
    """A lidded box of card, wood or cane."""
    finish = (
        materials.paper(rng, materials.BRIGHT_COLORS)
        if rng.random() < 0.5
        else (materials.wicker, materials.cabinet)[int(rng.integers(2))](rng)
    )
    lid = finish if rng.random() < 0.6 else materials.paper(rng, materials.SOFT_COLORS)
    w, d, h = (float(rng.uniform(*r)) for r in ((0.16, 0.34), (0.14, 0.24), (0.09, 0.2)))
    pieces: list[Piece] = [
        (box((w, d, h - 0.01), bevel=0.004), finish),
        (box((w + 0.008, d + 0.008, 0.035), (0, 0, h - 0.035), 0.004), lid),
    ]
    return assemble("box", pieces, rng, main=finish)


def ball(rng: np.random.Generator) -> Asset:
    """A toy or sports ball."""
    r = float(rng.uniform(0.05, 0.12))
    skin = materials.plastic(rng) if rng.random() < 0.6 else materials.leather(rng)
    pieces: list[Piece] = [(ellipsoid((r, r, r), sides=28), skin)]
    band = materials.plastic(rng)
    for lean in (0.7, 2.2):
        pieces.append((move(turn(torus(r * 0.985, r * 0.03, sides=28), lean, 0), (0, 0, r)), band))
    return assemble("ball", pieces, rng, main=skin)


def basket(rng: np.random.Generator) -> Asset:
    """A round open basket for the floor."""
    finish, r = materials.wicker(rng), float(rng.uniform(0.16, 0.24))
    h = r * float(rng.uniform(1.2, 1.7))
    outer = np.array([[r * 0.8, 0], [r * 0.86, 0.02], [r, h * 0.6], [r * 0.94, h]])
    pieces: list[Piece] = [(lathe(vessel(outer, 0.012, 0.02), 36), finish)]
    pieces.append((torus(r * 0.93, 0.011, (0, 0, h)), finish))
    return assemble("basket", pieces, rng, main=finish)


def candle(rng: np.random.Generator) -> Asset:
    """A pillar candle on a dish."""
    wax, dish = (
        materials.plain(
            "wax", materials.named_color(("white", "beige", "red", "green", "yellow")[int(rng.integers(5))], rng), 0.5
        ),
        materials.ceramic(rng),
    )
    r, h = float(rng.uniform(0.025, 0.04)), float(rng.uniform(0.08, 0.18))
    wick = materials.plain("cotton", (0.1, 0.09, 0.08), 0.9)
    pieces: list[Piece] = [
        (disc(r * 1.7, 0.01, 0.004), dish),
        (disc(r, h, 0.004, (0, 0, 0.009), 28), wax),
        (cylinder(0.0015, 0.012, (0, 0, h + 0.008), 6), wick),
    ]
    return assemble("candle", pieces, rng, main=wax)


def sculpture(rng: np.random.Generator) -> Asset:
    """An abstract ornament: stacked pebbles, or a ring on a plinth."""
    finish = materials.stone(rng) if rng.random() < 0.5 else materials.ceramic(rng)
    base = materials.wood(rng)
    pieces: list[Piece] = [(box((0.1, 0.07, 0.025), bevel=0.004), base)]
    if rng.random() < 0.5:
        z = 0.024
        for size in np.sort(rng.uniform(0.022, 0.048, 4))[::-1]:
            pieces.append(
                (ellipsoid((size, size * 0.85, size * 0.55), (float(rng.uniform(-0.006, 0.006)), 0, z), 16), finish)
            )
            z += 1.06 * size
    else:
        r = float(rng.uniform(0.055, 0.08))
        pieces.append((move(turn(torus(r, 0.014), np.pi / 2, 0), (0, 0, r + 0.03)), finish))
    return assemble("sculpture", pieces, rng, main=finish)


def tray(rng: np.random.Generator) -> Asset:
    """A shallow tray with raised sides."""
    finish = materials.wood(rng) if rng.random() < 0.6 else materials.metal(rng)
    w, d = float(rng.uniform(0.32, 0.42)), float(rng.uniform(0.22, 0.28))
    pieces: list[Piece] = [(box((w, d, 0.01), bevel=0.003), finish)]
    pieces += [(box((w, 0.01, 0.035), (0, s * (d / 2 - 0.005), 0.002), 0.003), finish) for s in (-1, 1)]
    pieces += [(box((0.01, d, 0.045), (s * (w / 2 - 0.005), 0, 0.002), 0.003), finish) for s in (-1, 1)]
    return assemble(
        "tray",
        pieces,
        rng,
        [Surface("top", (0, 0, 0.01), (w / 2 - 0.015, d / 2 - 0.015), 0.5)],
        finish,
    )


GENERATORS = {
    "ball": ball,
    "basket": basket,
    "book": book,
    "bottle": bottle,
    "bowl": bowl,
    "box": storage_box,
    "candle": candle,
    "mug": mug,
    "plate": plate,
    "sculpture": sculpture,
    "standing_book": standing_book,
    "tray": tray,
    "vase": vase,
}
