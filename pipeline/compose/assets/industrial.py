"""What stands and hangs about in halls: ladders, steps, barriers, cones, lamps, doors for lorries."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Mouth, Piece, Surface, assemble
from pipeline.compose.assets.profiles import boxes, painted, prism, wheel
from pipeline.compose.assets.shapes import bar, box, cylinder, lathe, tube
from pipeline.compose.colors import named_color

YELLOW, BLACK = (0.93, 0.74, 0.05), (0.07, 0.07, 0.07)
DAYLIGHT_LED = (0.95, 1.0, 1.0)


def ladder(rng: np.random.Generator) -> Asset:
    """A stepladder, opened: broad steps before, a strut behind, a platform on top."""
    metal = (
        materials.plain("metal", (0.72, 0.73, 0.74), 0.35, 0.6)
        if rng.random() < 0.65
        else painted(named_color(("orange", "yellow", "blue")[int(rng.integers(3))], rng))
    )
    steps = int(rng.integers(4, 9))
    height, width = 0.26 * (steps + 1) * float(rng.uniform(0.97, 1.03)), 0.38 + 0.03 * steps
    spread = 0.32 * height
    rubber = materials.plain("rubber", (0.08, 0.08, 0.08), 0.7)
    pieces: list[Piece] = []
    for s in (-1, 1):
        for y, wide in ((spread, width / 2), (-spread * 0.8, width / 2 - 0.04)):
            run = [
                (y - 0.03, 0.02),
                (y + 0.03, 0.02),
                (0.06 * np.sign(y) + 0.03, height),
                (0.06 * np.sign(y) - 0.03, height),
            ]
            pieces.append((prism(run, 0.022, s * wide), metal))
            pieces.append((boxes((0.034, 0.075, 0.035), (s * wide, y, 0.0)), rubber))
    for k in range(1, steps):
        z = height * k / steps
        y = spread + (0.06 - spread) * (z - 0.02) / (height - 0.02)
        pieces.append((boxes((width - 0.022, 0.085, 0.025), (0, y, z - 0.025)), metal))
    for z in (0.25 * height, 0.6 * height):
        y = -spread * 0.8 + (spread * 0.8 - 0.06) * z / height
        pieces.append((bar((-width / 2 + 0.04, y, z), (width / 2 - 0.04, y, z), 0.012, sides=8), metal))
    red = materials.plastic(rng, ("red", "black", "yellow", "blue"))
    pieces.append((box((width + 0.04, 0.26, 0.045), (0, 0, height - 0.005), 0.01), red))
    return assemble("ladder", pieces, rng, [Surface("top", (0, 0, height + 0.04), (width / 2, 0.12))], metal)


def rolling_stairs(rng: np.random.Generator) -> Asset:
    """Warehouse steps on castors with handrails; one climbs towards -y."""
    paint = painted(named_color(("yellow", "blue", "red", "gray", "orange")[int(rng.integers(5))], rng), 0.45)
    tread = materials.plain("metal", (0.32, 0.33, 0.34), 0.6, 0.4)
    steps, rise, run = int(rng.integers(5, 9)), 0.25, 0.2
    width, height = float(rng.uniform(0.6, 0.75)), steps * rise
    half, front = width / 2, steps * run / 2
    pieces: list[Piece] = []
    at = [(0, front - run * (k + 0.5), (k + 1) * rise - 0.03) for k in range(steps)]
    size = [(width - 0.05, run + 0.03, 0.03)] * (steps - 1) + [(width - 0.05, 0.5, 0.03)]
    at[-1] = (0, at[-1][1] - 0.15, at[-1][2])
    pieces.append((boxes(size, at), tread))
    rear = at[-1][1] - 0.25
    for s in (-1, 1):
        x = s * half
        pieces.append((bar((x, front, 0.1), (x, at[-1][1] + 0.1, height - 0.03), 0.019, sides=8), paint))
        pieces.append((bar((x, rear, 0.1), (x, rear, height + 0.95), 0.019, sides=8), paint))
        pieces.append((bar((x, front, 0.11), (x, rear, 0.11), 0.019, sides=8), paint))
        pieces.append((bar((x, rear, 0.16), (x, front - run * steps * 0.55, height * 0.5), 0.014, sides=8), paint))
        pieces.append(
            (
                tube(
                    [
                        (x, front - run, rise),
                        (x, front - run, rise + 0.85),
                        (x, at[-1][1] + 0.2, height + 0.95),
                        (x, rear, height + 0.95),
                    ],
                    0.017,
                    8,
                ),
                paint,
            )
        )
        pieces.append(
            (bar((x, at[-1][1] + 0.2, height - 0.02), (x, at[-1][1] + 0.2, height + 0.95), 0.014, sides=8), paint)
        )
        for y in (front - 0.04, rear + 0.04):
            pieces += wheel(0.05, 0.03, (x, y), materials.plain("rubber", (0.08, 0.08, 0.08), 0.7), tread)
    pieces.append((bar((-half, rear, height + 0.95), (half, rear, height + 0.95), 0.017, sides=8), paint))
    pieces.append((bar((-half, rear, height + 0.45), (half, rear, height + 0.45), 0.014, sides=8), paint))
    return assemble("rolling_stairs", pieces, rng, [Surface("top", (0, at[-1][1], height), (half - 0.05, 0.22))], paint)


def safety_barrier(rng: np.random.Generator) -> Asset:
    """A guard rail: posts bolted to the floor, one or two rails striped in yellow and black, along x."""
    return guard_rail(rng, float(rng.uniform(1.2, 2.4)))


def guard_rail(rng: np.random.Generator, length: float) -> Asset:
    """A safety barrier `length` metres long."""
    yellow, black = painted(YELLOW, 0.4), painted(BLACK, 0.45)
    height = float(rng.uniform(0.4, 1.1))
    rails = 1 if height < 0.6 else 2
    posts = np.linspace(-length / 2 + 0.06, length / 2 - 0.06, max(2, round(length / 1.3) + 1))
    pieces: list[Piece] = [(boxes((0.09, 0.09, height), [(x, 0, 0.01) for x in posts]), yellow)]
    pieces.append((boxes((0.18, 0.18, 0.01), [(x, 0, 0) for x in posts]), yellow))
    bands = max(3, 2 * round(length / 0.3) // 2 + 1)
    xs = (np.arange(bands) - (bands - 1) / 2) * length / bands
    for k in range(rails):
        z = height - 0.13 - 0.42 * k
        for start, finish in ((0, yellow), (1, black)):
            pieces.append((boxes((length / bands, 0.05, 0.11), [(x, 0.07, z) for x in xs[start::2]]), finish))
    return assemble("safety_barrier", pieces, rng, main=yellow)


def traffic_cone(rng: np.random.Generator) -> Asset:
    """A cone of orange plastic with white bands on a square foot."""
    height = float(rng.choice([0.35, 0.5, 0.75])) * float(rng.uniform(0.97, 1.03))
    foot = 0.52 * height
    orange = materials.plain("plastic", (0.93, 0.32, 0.05) if rng.random() < 0.85 else named_color("yellow", rng), 0.5)
    white, black = (
        materials.plain("plastic", (0.92, 0.92, 0.9), 0.35),
        materials.plain("rubber", (0.08, 0.08, 0.08), 0.7),
    )
    base = 0.05 * height
    edges = np.array([base, 0.34, 0.52, 0.66, 0.8, 1.0]) * np.array([1, *[height] * 5])
    radius = np.interp(edges, [base, height], [foot * 0.38, foot * 0.07])
    pieces: list[Piece] = [(box((foot, foot, base), (0, 0, 0), 0.008), orange if rng.random() < 0.6 else black)]
    for k in range(5):
        lift = 0.0015 if k % 2 else 0.0
        ring = [(0, edges[k]), (radius[k] + lift, edges[k]), (radius[k + 1] + lift, edges[k + 1]), (0, edges[k + 1])]
        pieces.append((lathe(ring, 24), white if k % 2 else orange))
    return assemble("traffic_cone", pieces, rng, main=orange)


def high_bay_lamp(rng: np.random.Generator) -> Asset:
    """A hall lamp on a rod: a bell of spun metal or a flat round LED body. Shines straight down."""
    return bay_lamp(rng, float(rng.uniform(0.4, 1.0)))


def bay_lamp(rng: np.random.Generator, drop: float) -> Asset:
    """A high-bay lamp that hangs `drop` metres from its canopy to its lower rim."""
    metal = materials.plain("metal", (0.6, 0.6, 0.62), 0.3, 0.6) if rng.random() < 0.6 else painted((0.1, 0.1, 0.11))
    glass = materials.plain("glass", (0.9, 0.9, 0.88), 0.4, 0.0, (7.0, 7.2, 7.2))
    radius = float(rng.uniform(0.19, 0.27))
    if rng.random() < 0.55:
        tall = 0.25
        bell = [
            (0.0, tall),
            (0.07, tall),
            (0.09, tall - 0.03),
            (radius * 0.7, tall * 0.45),
            (radius, 0.02),
            (radius, 0.0),
        ]
        shell = [*bell[::-1][:-1], (0.0, tall)]
        inner = [(radius - 0.012, 0.0), (radius - 0.012, 0.015), (0, 0.015)]
        body = lathe([(0, 0.015), *inner[1::-1], *shell[:1], *shell[1:]], 28)
        light = cylinder(radius - 0.014, 0.012, (0, 0, 0.002), 28)
        top = tall
    else:
        top = 0.12
        body = lathe(
            [(0, 0.012), (radius, 0.012), (radius, 0.07), (radius * 0.6, 0.085), (radius * 0.5, top), (0, top)], 28
        )
        light = cylinder(radius * 0.88, 0.0125, (0, 0, 0), 28)
    pieces: list[Piece] = [(body, metal), (light, glass)]
    pieces.append((cylinder(0.05, 0.03, (0, 0, drop - 0.03), 12), metal))
    pieces.append((bar((0, 0, top - 0.01), (0, 0, drop - 0.02), 0.01, sides=8), metal))
    return assemble("high_bay_lamp", pieces, rng, main=metal, mouths=[Mouth((0, 0, -0.008), 1.4 * radius)])


def loading_door(rng: np.random.Generator) -> Asset:
    """A sectional door for lorries."""
    return dock_door(rng, float(rng.uniform(2.6, 3.6)), float(rng.uniform(2.8, 3.8)))


def dock_door(rng: np.random.Generator, width: float, height: float) -> Asset:
    """A closed sectional door of clear `width` and `height` in its tracks: panels, a row of panes, rubber buffers."""
    leaf = painted(
        named_color(("white", "gray", "blue", "green", "red", "white", "yellow")[int(rng.integers(7))], rng), 0.5
    )
    dark, steel = (
        materials.plain("rubber", (0.09, 0.09, 0.09), 0.7),
        materials.plain("metal", (0.6, 0.61, 0.62), 0.4, 0.5),
    )
    count = max(4, round(height / 0.55))
    tall = height / count
    panels = [(0, 0.025, k * tall + 0.004) for k in range(count)]
    pieces: list[Piece] = [(boxes((width, 0.03, tall - 0.012), panels), leaf)]
    pieces.append((boxes((width, 0.014, height), (0, 0.008, 0)), steel))
    ribs = [(0, 0.043, k * tall + tall * f) for k in range(count) for f in (0.3, 0.65)]
    pieces.append((boxes((width - 0.06, 0.008, 0.035), ribs), leaf))
    pane = (
        materials.plain("glass", (0.2, 0.24, 0.28), 0.15)
        if rng.random() < 0.5
        else materials.plain("glass", (0.2, 0.22, 0.24), 0.2, 0.0, (0.9, 1.0, 1.1))
    )
    row, panes = int(rng.integers(2, 4)), max(3, round(width / 0.75))
    xs = (np.arange(panes) - (panes - 1) / 2) * width / panes
    pieces.append((boxes((0.42, 0.014, min(0.28, tall - 0.16)), [(x, 0.046, row * tall + 0.1) for x in xs]), pane))
    pieces.append((boxes((0.12, 0.09, height + 0.15), [(s * (width / 2 + 0.06), 0.047, 0) for s in (-1, 1)]), steel))
    pieces.append((boxes((width + 0.3, 0.2, 0.3), (0, 0.102, height + 0.03)), steel))
    bands = 8
    for start, finish in ((0, painted(YELLOW)), (1, painted(BLACK))):
        spots = [(s * (width / 2 + 0.21), 0.08, 1.1 * k / bands) for s in (-1, 1) for k in range(start, bands, 2)]
        pieces.append((boxes((0.12, 0.12, 1.1 / bands), spots), finish))
    pieces.append((boxes((0.3, 0.03, 0.05), (width * 0.3, 0.055, 0.35)), dark))
    return assemble("loading_door", pieces, rng, main=leaf)


GENERATORS = {
    "high_bay_lamp": high_bay_lamp,
    "ladder": ladder,
    "loading_door": loading_door,
    "rolling_stairs": rolling_stairs,
    "safety_barrier": safety_barrier,
    "traffic_cone": traffic_cone,
}
