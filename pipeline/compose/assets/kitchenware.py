"""Small machines for worktops, and the stools before them. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import grip
from pipeline.compose.assets.legs import flat_foot
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle
from pipeline.compose.assets.shapes import bar, box, cylinder, lathe, move, torus, tube, turn, vessel
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

DARK = (0.06, 0.06, 0.065)


def _shell(rng: np.random.Generator) -> Finish:
    """Steel or plastic, mostly quiet, now and then a cheerful colour."""
    kind = rng.random()
    if kind < 0.35:
        return materials.steel(rng)
    return materials.plastic(rng, ("white", "white", "black", "black", "gray", "red", "turquoise", "beige"))


def _dark() -> Finish:
    return materials.plain("plastic", DARK, 0.5)


def microwave(rng: np.random.Generator) -> Asset:
    """A box with a window in its door and a panel of buttons or dials beside it."""
    shell, dark = _shell(rng), _dark()
    glass = materials.plain("glass", (0.035, 0.035, 0.04), 0.07)
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.44, 0.53), (0.32, 0.4), (0.25, 0.31)))
    face = depth / 2 - 0.045
    pieces: list[Piece] = [
        (box((width, face + depth / 2, height - 0.012), (0, (face - depth / 2) / 2, 0.012), 0.008), shell)
    ]
    pieces += [
        (cylinder(0.014, 0.013, (sx * (width / 2 - 0.05), sy * 0.1 - 0.03, 0), 12), dark)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    panel = width * 0.24
    # Seen from the front, +x lies to the left: the panel is on the right.
    door_x = panel / 2
    trim = dark if rng.random() < 0.5 else shell
    pieces.append((box((width - panel - 0.006, 0.02, height - 0.02), (door_x, face + 0.009, 0.016), 0.004), trim))
    pieces.append((box((width - panel - 0.09, 0.004, height - 0.1), (door_x + 0.01, face + 0.018, 0.056), 0), glass))
    px = -(width - panel) / 2
    pieces.append((box((panel - 0.004, 0.018, height - 0.02), (px, face + 0.008, 0.016), 0.004), trim))
    front = face + 0.017
    if rng.random() < 0.55:
        glow = materials.plain("glass", (0.05, 0.3, 0.3), 0.2, 0.0, (0.05, 0.6, 0.55))
        pieces.append((box((panel * 0.7, 0.003, 0.03), (px, front - 0.001, height - 0.07), 0), glow))
        light = materials.plain("plastic", (0.62, 0.63, 0.65), 0.5)
        for r in range(4):
            for c in range(3):
                at = (px + (c - 1) * panel * 0.25, front - 0.001, height - 0.115 - r * 0.03)
                pieces.append((box((panel * 0.19, 0.003, 0.018), at, 0), light))
    else:
        dial = lathe([(0, 0), (0.024, 0), (0.022, 0.016), (0, 0.018)], 24)
        for z in (height * 0.32, height * 0.68):
            pieces.append(
                (
                    move(turn(dial, -np.pi / 2, 0), (px, front - 0.001, z)),
                    materials.plain("metal", (0.7, 0.7, 0.71), 0.3, 0.6),
                )
            )
    hx = px + panel / 2 + 0.02
    pieces.append((bar((hx, face + 0.038, 0.05), (hx, face + 0.038, height - 0.045), 0.007), grip(rng, trim)))
    pieces += [(bar((hx, face + 0.016, z), (hx, face + 0.038, z), 0.005), shell) for z in (0.06, height - 0.055)]
    top = Surface("top", (0, (face - depth / 2) / 2, height), (width / 2 - 0.03, (face + depth / 2) / 2 - 0.03), 0.4)
    return assemble("microwave", pieces, rng, [top], shell)


def toaster(rng: np.random.Generator) -> Asset:
    """A rounded body with two slots, a lever at its end and now and then toast popping out."""
    shell, dark, steel = _shell(rng), _dark(), materials.steel(rng)
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.26, 0.33), (0.15, 0.19), (0.17, 0.2)))
    line = rounded_rectangle(width / 2, depth / 2, 0.035)
    r, flat = 0.04, height - 0.0
    rings = [ring(line, 0.012, 0.97), ring(line, 0.03)]
    rings += [
        ring(line, flat - r + r * float(np.sin(a)), 1 - (1 - float(np.cos(a))) * np.array([r / width, r / depth]) * 2)
        for a in np.linspace(0, np.pi / 2, 6)
    ]
    pieces: list[Piece] = [(loft(rings), shell), (prism(line * 0.94, 0.02), dark)]
    slots = 2
    toast = materials.textured(rng, "bread", "speckle", (0.72, 0.5, 0.27), 0.25, 0.1, 0.9)
    popped = rng.random() < 0.5
    long = width - 0.11
    for k in range(slots):
        y = (k - 0.5) * depth * 0.36
        pieces.append((move(_slot(long, 0.036, height), (0, y, 0)), steel))
        pieces.append((box((long - 0.008, 0.026, 0.004), (0, y, height - 0.003), 0), dark))
        if popped:
            pieces.append((box((0.105, 0.014, 0.08), (0.0, y, height - 0.03), 0.005, 2), toast))
    lever = -width / 2
    pieces.append((box((0.004, 0.014, height * 0.5), (lever - 0.001, 0, height * 0.3), 0), dark))
    up = height * (0.72 if popped else 0.35)
    pieces.append((box((0.03, 0.045, 0.014), (lever - 0.013, 0, up), 0.005, 2), dark))
    knob = lathe([(0, 0), (0.017, 0), (0.015, 0.014), (0, 0.016)], 18)
    pieces.append((move(turn(knob, -np.pi / 2, 1), (lever + 0.001, depth * 0.24, height * 0.28)), steel))
    return assemble("toaster", pieces, rng, main=shell)


def _slot(long: float, wide: float, z: float) -> Mesh:
    """The raised rim of a slot in a top at `z`."""
    outer, inner = (
        rounded_rectangle(long / 2 + 0.006, wide / 2 + 0.006, 0.012),
        rounded_rectangle(long / 2, wide / 2, 0.008),
    )
    loop = [ring(inner, z - 0.004), ring(outer, z - 0.004), ring(outer, z + 0.0025), ring(inner, z + 0.0025)]
    return loft([*loop, loop[0]], cap=False)


def coffee_machine(rng: np.random.Generator) -> Asset:
    """An espresso machine with a portafilter, or a filter machine with its jug."""
    shell, dark, steel = _shell(rng), _dark(), materials.steel(rng)
    pieces: list[Piece] = []
    if rng.random() < 0.5:
        width, depth, height = (float(rng.uniform(*r)) for r in ((0.2, 0.3), (0.26, 0.32), (0.3, 0.36)))
        tray, head = 0.055, height * 0.3
        rear = depth * 0.5
        back = -depth / 2
        pieces.append((box((width, depth - 0.02, tray), (0, -0.01, 0), 0.008, 2), shell))
        pieces.append((box((width - 0.004, rear, height), (0, back + rear / 2 + 0.001, 0), 0.012, 2), shell))
        pieces.append(
            (
                box(
                    (width + 0.004, depth * 0.82, head),
                    (0, back + depth * 0.41 + 0.001, height - head + 0.001),
                    0.014,
                    2,
                ),
                shell,
            )
        )
        pieces.append(
            (
                box((width - 0.03, depth * 0.42, 0.004), (0, depth / 2 - 0.02 - depth * 0.22, tray - 0.001), 0.0016),
                steel,
            )
        )
        y = back + rear + depth * 0.17
        pieces.append((cylinder(0.034, 0.03, (0, y, height - head - 0.028), 24), steel))
        pieces.append((cylinder(0.037, 0.022, (0, y, height - head - 0.046), 24), steel))
        grip = [
            (0, y + 0.03, height - head - 0.036),
            (0, y + 0.06, height - head - 0.038),
            (0, y + 0.15, height - head - 0.05),
        ]
        pieces.append((tube(grip, [0.008, 0.012, 0.014], 12), dark))
        pieces.append((tube([(0, y, height - head - 0.045), (0, y, height - head - 0.07)], [0.012, 0.008], 10), steel))
        wand = fillet(
            [
                (width * 0.36, y, height - head + 0.01),
                (width * 0.36, y + 0.02, height - head - 0.03),
                (width * 0.42, y + 0.04, tray + 0.06),
            ],
            0.02,
        )
        pieces.append((tube(wand, 0.005, 8), steel))
        face = back + depth * 0.82
        for k, x in enumerate((-0.3, -0.1, 0.3)):
            r = 0.016 if k < 2 else 0.022
            knob = lathe([(0, 0), (r, 0), (r * 0.9, 0.014), (0, 0.016)], 20)
            pieces.append(
                (
                    move(turn(knob, -np.pi / 2, 0), (x * width, face - 0.002, height - head * 0.45)),
                    steel if k == 2 else dark,
                )
            )
        pieces.append((box((width - 0.05, rear - 0.05, 0.012), (0, back + rear / 2, height - 0.001), 0.004), steel))
        return assemble("coffee_machine", pieces, rng, main=shell)
    width, depth, height = (float(rng.uniform(*r)) for r in ((0.17, 0.2), (0.22, 0.26), (0.31, 0.36)))
    back = -depth / 2
    pieces.append((box((width, depth, 0.04), (0, 0, 0), 0.012, 3), shell))
    pieces.append((box((width - 0.004, depth * 0.38, height), (0, back + depth * 0.19 + 0.001, 0), 0.02, 3), shell))
    pieces.append(
        (box((width + 0.004, depth * 0.95, 0.11), (0, back + depth * 0.475 + 0.001, height - 0.109), 0.02, 3), shell)
    )
    y, r, h = back + depth * 0.66, 0.062, 0.13
    jug = vessel(np.array([[r * 0.8, 0.002], [r, 0.03], [r * 0.98, 0.07], [r * 0.75, h]]), 0.003, 0.006)
    glass = materials.plain("glass", (0.36, 0.27, 0.2), 0.06)
    pieces.append((cylinder(0.07, 0.006, (0, y, 0.0395), 28), dark))
    pieces.append((move(lathe(jug, 32), (0, y, 0.0455)), glass))
    pieces.append((cylinder(r * 0.78, 0.012, (0, y, 0.0455 + h - 0.004), 28), dark))
    handle = [(0, y + r * 0.8, 0.15), (0, y + r + 0.045, 0.155), (0, y + r + 0.04, 0.08), (0, y + r * 0.97, 0.075)]
    pieces.append((tube(fillet(handle, 0.02), 0.007, 10), dark))
    pieces.append((box((0.05, 0.004, 0.03), (0, back + depth * 0.95, height - 0.07), 0), dark))
    return assemble("coffee_machine", pieces, rng, main=shell)


def blender(rng: np.random.Generator) -> Asset:
    """A jug with a lid and a handle on a motor base with a knob."""
    shell, dark, steel = _shell(rng), _dark(), materials.steel(rng)
    glass = materials.plain(
        "glass", materials.named_color(("turquoise", "gray", "green", "pink")[int(rng.integers(4))], rng), 0.06
    )
    if rng.random() < 0.6:
        glass = materials.plain("glass", (0.68, 0.76, 0.78), 0.06)
    r, base, tall = float(rng.uniform(0.075, 0.09)), float(rng.uniform(0.12, 0.16)), float(rng.uniform(0.2, 0.25))
    line = rounded_rectangle(r, r, r * float(rng.uniform(0.35, 0.95)))
    foot = loft(
        [
            ring(line, 0.0),
            ring(line, 0.02),
            ring(line, base * 0.6, 0.88),
            ring(line, base - 0.01, 0.68),
            ring(line, base, 0.62),
        ]
    )
    pieces: list[Piece] = [(foot, shell), (cylinder(r * 0.55, 0.025, (0, 0, base - 0.001), 24), dark)]
    z = base + 0.022
    jug = [ring(line, z, 0.6), ring(line, z + tall, 0.82), ring(line, z + tall, 0.79), ring(line, z + 0.008, 0.57)]
    pieces.append((loft(jug), glass))
    pieces.append((prism(line * 0.84, 0.022, (0, 0, z + tall - 0.004), 0.005), dark))
    pieces.append((cylinder(0.025, 0.02, (0, 0, z + tall + 0.016), 18, top=0.022), dark))
    x = 0.72 * r
    handle = [
        (x * 0.95, 0, z + 0.05),
        (x + 0.05, 0, z + 0.055),
        (x + 0.055, 0, z + tall - 0.03),
        (x * 1.05, 0, z + tall - 0.03),
    ]
    pieces.append((tube(fillet(handle, 0.03), 0.0085, 10), dark))
    knob = lathe([(0, 0), (0.022, 0), (0.02, 0.02), (0, 0.022)], 20)
    pieces.append((move(turn(knob, -np.pi / 2 + 0.12, 0), (0, r * 0.9, base * 0.38)), steel))
    for s in (-1, 1):
        pieces.append((box((0.016, 0.012, 0.008), (s * r * 0.55, r * 0.93, base * 0.3), 0.002), dark))
    return assemble("blender", pieces, rng, main=shell)


def bar_stool(rng: np.random.Generator) -> Asset:
    """A stool for a counter: four legs with a footrest, or a column on a round foot; with a low back or none."""
    frame = materials.wood(rng) if rng.random() < 0.5 else materials.metal(rng)
    pad = materials.upholstery(rng) if rng.random() < 0.55 else frame
    seat, half = float(rng.uniform(0.62, 0.78)), float(rng.uniform(0.16, 0.19))
    thick = 0.05 if pad is not frame else 0.028
    pieces: list[Piece] = []
    line = rounded_rectangle(half, half, half * (0.999 if rng.random() < 0.5 else 0.35))
    pieces.append((prism(line, thick, (0, 0, seat - thick), 0.35 * thick), pad))
    low = seat - thick + 0.004
    if rng.random() < 0.6:
        spread, r = half + float(rng.uniform(0.01, 0.05)), 0.016 if frame.material.name == "wood" else 0.011
        rest = float(rng.uniform(0.2, 0.3))
        corners = []
        for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            foot, head = np.array([sx * spread, sy * spread, 0.0]), np.array([sx * half * 0.62, sy * half * 0.62, low])
            pieces.append((flat_foot(bar(foot, head, r * 0.85, r)), frame))
            corners.append(foot + (head - foot) * rest / low)
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
            pieces.append((bar(a, b, r * 0.7), frame))
    else:
        plate = float(rng.uniform(0.19, 0.22))
        pieces.append(
            (
                lathe(
                    [(0, 0), (plate, 0), (plate, 0.01), (plate * 0.4, 0.025), (0.03, 0.04), (0.026, low), (0, low)], 36
                ),
                frame,
            )
        )
        pieces.append((torus(0.14, 0.01, (0, 0.05, 0.28), 32), frame))
        pieces.append((bar((0, 0, 0.28), (0, -0.085, 0.28), 0.009), frame))
    if rng.random() < 0.4:
        tall = float(rng.uniform(0.16, 0.28))
        a = np.linspace(np.pi + 0.35, 2 * np.pi - 0.35, 11)
        z = np.array([0.0, 0.5, 1.0]) * tall * 0.6 + tall * 0.4
        grid = np.empty((11, 3, 3))
        grid[..., 0], grid[..., 1] = (half * np.cos(a))[:, None], (half * 0.95 * np.sin(a))[:, None]
        grid[..., 2] = seat + z
        grid[..., 1] -= 0.08 * z[None, :]
        pieces.append((sheet(grid, 0.016 if pad is frame else 0.03), pad))
        for k in (2, 8):
            x, y = float(grid[k, 0, 0]), float(grid[k, 0, 1])
            pieces.append(
                (bar((x * 0.9, y * 0.92, seat - thick * 0.6), (x, y - 0.02, seat + tall * 0.6), 0.009), frame)
            )
    return assemble("bar_stool", pieces, rng, [Surface("seat", (0, 0, seat), (half * 0.55, half * 0.55), 1.0)], pad)


GENERATORS = {
    "bar_stool": bar_stool,
    "blender": blender,
    "coffee_machine": coffee_machine,
    "microwave": microwave,
    "toaster": toaster,
}
