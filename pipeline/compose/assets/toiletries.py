"""The small things of a bathroom: bottles, brushes, scales."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, lathe, move, tube, turn, vessel
from pipeline.compose.materials import Finish

BOTTLES = ("white", "white", "green", "blue", "pink", "orange", "purple", "turquoise", "yellow", "black", "beige")


def chromed(rng: np.random.Generator) -> Finish:
    """Chrome, or black as fittings now also come."""
    if rng.random() < 0.7:
        return materials.plain("metal", (0.78, 0.79, 0.8), 0.12, 0.8)
    return materials.plain("metal", (0.08, 0.08, 0.085), 0.4, 0.3)


def soap_dispenser(rng: np.random.Generator) -> Asset:
    """A bottle with a pump and a bent spout."""
    body = (
        materials.ceramic(rng, ("white", "white", "gray", "black", "blue", "green", "beige"))
        if rng.random() < 0.6
        else materials.glass(rng)
    )
    chrome = chromed(rng)
    r, h = float(rng.uniform(0.032, 0.04)), float(rng.uniform(0.1, 0.14))
    line = (
        superellipse(r, r, 2.0, 32)
        if rng.random() < 0.6
        else rounded_rectangle(r, r * float(rng.uniform(0.7, 1.0)), 0.012)
    )
    taper = float(rng.uniform(0.85, 1.0))
    rings = [
        ring(line, 0.0, 0.95),
        ring(line, 0.004),
        ring(line, h - 0.012, taper),
        ring(line, h - 0.003, taper * 0.9),
        ring(line, h, 0.55),
    ]
    pieces: list[Piece] = [(loft(rings), body), (cylinder(0.016, 0.018, (0, 0, h - 0.001), 20), chrome)]
    pieces.append((cylinder(0.005, 0.03, (0, 0, h + 0.016), 10), chrome))
    pieces.append((disc(0.014, 0.012, 0.003, (0, 0, h + 0.042), 20), chrome))
    z = h + 0.048
    pieces.append(
        (tube(fillet([(0, 0, z), (0, 0.05, z), (0, 0.056, z - 0.014)], 0.012), [0.006] * 7 + [0.004], 10), chrome)
    )
    if rng.random() < 0.4:
        label = [ring(line, h * 0.25, taper**0.25 * 1.01), ring(line, h * 0.7, taper**0.7 * 1.01)]
        pieces.append((loft(label), materials.paper(rng)))
    return assemble("soap_dispenser", pieces, rng, main=body)


def toothbrush_cup(rng: np.random.Generator) -> Asset:
    """A tumbler with one to three toothbrushes in it, sometimes a tube of paste."""
    body = materials.ceramic(rng) if rng.random() < 0.7 else materials.glass(rng)
    r, h = float(rng.uniform(0.034, 0.042)), float(rng.uniform(0.09, 0.115))
    outer = np.array([[r * 0.9, 0], [r * 0.94, 0.004], [r, h - 0.002], [r * 0.99, h]])
    pieces: list[Piece] = [(lathe(vessel(outer, 0.004, 0.008), 32), body)]
    count = int(rng.integers(1, 4))
    start = float(rng.uniform(0, 2 * np.pi))
    white = materials.plain("plastic", (0.95, 0.95, 0.95), 0.6)
    for k in range(count):
        a = start + 2 * np.pi * k / 3
        out = np.array([np.cos(a), np.sin(a), 0.0])
        grip = materials.plastic(rng, ("red", "blue", "green", "orange", "pink", "turquoise", "purple"))
        foot, rim = out * -(r * 0.45) + [0, 0, 0.014], out * (r - 0.011) + [0, 0, h]
        way = (rim - foot) / np.linalg.norm(rim - foot)
        tip = foot + way * float(rng.uniform(0.185, 0.2))
        neck = foot + way * 0.12
        pieces.append((tube([foot, foot + way * 0.07, neck, tip], [0.005, 0.006, 0.0032, 0.0042], 8), grip))
        across = np.cross(way, [0.0, 0.0, 1.0])
        across /= np.linalg.norm(across)
        side = np.cross(across, way)
        for m in range(3):
            base = tip - way * (0.006 + 0.008 * m)
            pieces.append((bar(base, base + side * 0.015, 0.0048, sides=8), white))
    if count < 3 and rng.random() < 0.6:
        a = start + 2 * np.pi * 2 / 3
        color = materials.plastic(rng, ("white", "red", "blue", "green"))
        lean = 0.18
        t = np.linspace(0, 1, 6)
        line = superellipse(1.0, 1.0, 2.0, 20)
        rings = [ring(line, 0.0, (0.008, 0.008)), ring(line, 0.018, (0.008, 0.008)), ring(line, 0.024, (0.014, 0.014))]
        rings += [
            ring(line, 0.03 + 0.1 * float(s), (0.014 + 0.004 * float(s), 0.014 * (1 - float(s)) + 0.0015)) for s in t
        ]
        paste = move(turn(turn(loft(rings), lean, 1), a), (-np.cos(a) * r * 0.12, -np.sin(a) * r * 0.12, 0.012))
        pieces.append((paste, color))
    return assemble("toothbrush_cup", pieces, rng, main=body)


def shampoo_bottle(rng: np.random.Generator) -> Asset:
    """A flat, round or waisted bottle of shampoo or shower gel with a cap or a pump, and a label."""
    color = BOTTLES[int(rng.integers(len(BOTTLES)))]
    body = materials.plain("plastic", materials.named_color(color, rng), float(rng.uniform(0.2, 0.4)))
    cap = body if rng.random() < 0.3 else materials.plastic(rng, ("white", "black", "gray", color))
    half, h = float(rng.uniform(0.03, 0.042)), float(rng.uniform(0.14, 0.2))
    line = superellipse(half, half * float(rng.uniform(0.5, 1.0)), float(rng.uniform(2.0, 3.2)), 36)
    waist = float(rng.uniform(0.84, 1.05))
    low, high = float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.75, 1.0))
    rings = [
        ring(line, 0.0, low * 0.94),
        ring(line, 0.005, low),
        ring(line, h * 0.45, waist),
        ring(line, h * 0.85, high),
    ]
    rings += [ring(line, h * 0.95, high * 0.85), ring(line, h, 0.42)]
    pieces: list[Piece] = [(loft(rings), body)]
    kind = int(rng.integers(3))
    if kind == 0:
        pieces.append(
            (loft([ring(line, h - 0.002, 0.6), ring(line, h + 0.022, 0.56), ring(line, h + 0.026, 0.5)]), cap)
        )
    elif kind == 1:
        pieces.append((cylinder(0.014, 0.03, (0, 0, h - 0.001), 20, top=0.012), cap))
    else:
        pieces += [
            (cylinder(0.013, 0.018, (0, 0, h - 0.001), 18), cap),
            (cylinder(0.004, 0.03, (0, 0, h + 0.015), 8), cap),
        ]
        pieces.append(
            (tube([(0, -0.012, h + 0.047), (0, 0.02, h + 0.048), (0, 0.045, h + 0.04)], [0.008, 0.007, 0.004], 10), cap)
        )
    # The label follows the waist.
    t = np.linspace(0.2, 0.72, 6)
    scale = np.interp(t, [0.0, 0.45, 0.85], [low, waist, high]) + 0.012
    band = [ring(line, h * float(u), float(s)) for u, s in zip(t, scale, strict=True)]
    ink = materials.plain("paper", materials.named_color(BOTTLES[int(rng.integers(len(BOTTLES)))], rng), 0.5)
    pieces.append((loft(band), ink))
    return assemble("shampoo_bottle", pieces, rng, main=body)


def bathroom_scale(rng: np.random.Generator) -> Asset:
    """A flat glass scale with a display, or a rounded one with a dial under a window."""
    half = float(rng.uniform(0.14, 0.165))
    line = rounded_rectangle(half, half * float(rng.uniform(0.9, 1.0)), float(rng.uniform(0.015, 0.06)), 7)
    dark, chrome = materials.plain("plastic", (0.09, 0.09, 0.1), 0.5), chromed(rng)
    if rng.random() < 0.6:
        plate = materials.plain(
            "glass", ((0.1, 0.1, 0.11), (0.9, 0.92, 0.92), (0.6, 0.72, 0.75))[int(rng.integers(3))], 0.08
        )
        z = float(rng.uniform(0.018, 0.026))
        pieces: list[Piece] = [(prism(line, 0.006, (0, 0, z), 0.002), plate)]
        for sx in (-1, 1):
            for sy in (-1, 1):
                pieces.append((cylinder(0.022, z + 0.001, (sx * half * 0.72, sy * half * 0.68, 0), 18, top=0.03), dark))
                pieces.append((cylinder(0.02, 0.0012, (sx * half * 0.72, sy * half * 0.6, z + 0.0058), 24), chrome))
        pieces.append((box((0.08, 0.034, 0.012), (0, -half * 0.62, z - 0.008), 0.002), dark))
        screen = materials.plain("glass", (0.55, 0.62, 0.55), 0.15)
        pieces.append((box((0.07, 0.028, 0.0012), (0, -half * 0.62, z + 0.0058), 0), screen))
        return assemble(
            "bathroom_scale", pieces, rng, [Surface("top", (0, 0.03, z + 0.006), (half * 0.5, half * 0.5), 1.0)], plate
        )
    shell = materials.plastic(rng, ("white", "gray", "black", "pink", "blue", "turquoise"))
    z = float(rng.uniform(0.04, 0.05))
    rings = [
        ring(line, 0.004, 0.94),
        ring(line, 0.012),
        ring(line, z * 0.6),
        ring(line, z * 0.92, 0.97),
        ring(line, z, 0.9),
    ]
    pieces = [(loft(rings), shell), (prism(line * 0.85, 0.006), dark)]
    grip = materials.textured(rng, "rubber", "leather", (0.16, 0.16, 0.17), 0.3, 0.1, 0.9)
    pieces.append((prism(rounded_rectangle(half * 0.78, half * 0.5, 0.02), 0.003, (0, 0.03, z - 0.001), 0.001), grip))
    face = materials.plain("paper", (0.95, 0.95, 0.93), 0.3)
    pieces.append((prism(superellipse(0.06, 0.032, 2.0, 28), 0.004, (0, -half * 0.6, z - 0.0015)), face))
    hand = turn(
        box((0.002, 0.028, 0.001), (0, -half * 0.6, z + 0.0025), 0),
        float(rng.uniform(-0.8, 0.8)),
        2,
        (0, -half * 0.6, 0),
    )
    pieces.append((hand, materials.plain("plastic", (0.8, 0.1, 0.08), 0.4)))
    return assemble(
        "bathroom_scale", pieces, rng, [Surface("top", (0, 0.03, z + 0.002), (half * 0.6, half * 0.4), 1.0)], shell
    )


GENERATORS = {
    "bathroom_scale": bathroom_scale,
    "shampoo_bottle": shampoo_bottle,
    "soap_dispenser": soap_dispenser,
    "toothbrush_cup": toothbrush_cup,
}
