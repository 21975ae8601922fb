"""Chairs, tables and parasols of gardens. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.assets.street_furniture import coated
from pipeline.scene import Mesh


def garden_chair(rng: np.random.Generator) -> Asset:
    """A slatted folding chair, an Adirondack chair or a stacking plastic chair."""
    kind = int(rng.integers(3))
    if kind == 0:
        return _folding_chair(rng)
    if kind == 1:
        return _deep_chair(rng)
    plastic = materials.plastic(rng, ("white", "white", "green", "blue", "gray", "red"))
    wide, deep, seat = float(rng.uniform(0.46, 0.52)), 0.46, float(rng.uniform(0.42, 0.45))
    x, y = np.linspace(-wide / 2, wide / 2, 9), np.linspace(deep / 2, -deep / 2, 7)
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), -1)
    dip = seat - 0.012 * (1 - (2 * grid[..., 0] / wide) ** 2) - 0.02 * (grid[..., 1] < -deep / 2 + 0.08)
    pieces: list[Piece] = [(sheet(np.concatenate([grid, dip[..., None]], -1), 0.014), plastic)]
    high = float(rng.uniform(0.4, 0.46))
    count = 6
    for k in range(count):
        u = (k + 0.5) / count * 2 - 1
        t = np.linspace(0, 1, 6)
        line = np.stack(
            [
                0 * t + u * wide * 0.44,
                -deep / 2 - 0.02 - 0.14 * t**1.3 + 0.035 * u**2,
                seat - 0.02 + (high + 0.03 - 0.06 * u**2) * t,
            ],
            1,
        )
        half = wide / count * 0.36
        pieces.append((sheet(np.stack([line - [half, 0, 0], line + [half, 0, 0]], 0), 0.012), plastic))
    arch = np.linspace(0, np.pi, 11)
    rail = np.stack(
        [
            0.48 * wide * np.cos(arch),
            -deep / 2 - 0.16 + 0.035 * np.cos(arch) ** 2,
            seat + high - 0.07 + 0.075 * np.sin(arch),
        ],
        1,
    )
    pieces.append((tube(rail, 0.016, 8), plastic))
    for s in (-1, 1):
        foot = (s * (wide / 2 + 0.045), deep / 2 + 0.03, 0.0)
        arm = [
            foot,
            (s * (wide / 2 + 0.02), deep / 2 - 0.01, seat),
            (s * (wide / 2 + 0.025), deep / 2 - 0.04, seat + 0.2),
            (s * (wide / 2 + 0.02), -0.02, seat + 0.23),
            (s * wide * 0.48, -deep / 2 - 0.11, seat + 0.24),
        ]
        pieces.append((tube(arm, 0.02, 8), plastic))
        pieces.append(
            (
                tube(
                    [(s * (wide / 2 + 0.03), -deep / 2 - 0.06, 0.0), (s * wide * 0.47, -deep / 2 + 0.02, seat - 0.01)],
                    np.array([0.018, 0.024]),
                    8,
                ),
                plastic,
            )
        )
    top = Surface("seat", (0.0, 0.02, seat - 0.005), (wide / 2 - 0.08, deep / 2 - 0.1), 0.8)
    return assemble("garden_chair", pieces, rng, [top], plastic)


def _folding_chair(rng: np.random.Generator) -> Asset:
    wood = (
        materials.wood(rng)
        if rng.random() < 0.6
        else materials.painted_wood(rng, ("green", "white", "blue", "red", "yellow"))
    )
    iron = wood if rng.random() < 0.4 else coated(rng, ("black", "gray", "white"))
    wide, deep, seat, high = (
        float(rng.uniform(0.4, 0.46)),
        0.38,
        float(rng.uniform(0.43, 0.46)),
        float(rng.uniform(0.84, 0.92)),
    )
    pieces: list[Piece] = []
    for k in range(6):
        pieces.append(
            (box((wide, deep / 6 * 0.78, 0.016), (0, -deep / 2 + deep / 6 * (k + 0.5), seat - 0.016), 0.004), wood)
        )
    for s in (-1, 1):
        x = s * (wide / 2 - 0.012)
        pieces.append((bar((x, deep / 2 + 0.04, 0.0), (x, -deep / 2 - 0.1, high), 0.012, sides=8), iron))
        pieces.append(
            (
                bar(
                    (x - s * 0.028, -deep / 2 - 0.04, 0.0),
                    (x - s * 0.028, deep / 2 - 0.03, seat - 0.02),
                    0.012,
                    sides=8,
                ),
                iron,
            )
        )
        pieces.append((box((0.016, deep, 0.022), (x - s * 0.014, 0, seat - 0.038), 0.003), iron))
    for z in np.linspace(seat + 0.16, high - 0.03, 3):
        y = np.interp(z, [0, high], [deep / 2 + 0.04, -deep / 2 - 0.1])
        pieces.append((turn(box((wide, 0.016, 0.06), (0, y + 0.012, z - 0.03), 0.004), 0.45, 0, (0, y, z)), wood))
    top = Surface("seat", (0.0, 0.02, seat), (wide / 2 - 0.06, deep / 2 - 0.06), 0.8)
    return assemble("garden_chair", pieces, rng, [top], wood)


def _deep_chair(rng: np.random.Generator) -> Asset:
    """Wide arms, a fanned back that leans, a seat that slopes backwards."""
    wood = (
        materials.painted_wood(rng, ("white", "green", "blue", "red", "yellow", "turquoise"))
        if rng.random() < 0.6
        else materials.wood(rng)
    )
    wide, front = float(rng.uniform(0.52, 0.58)), float(rng.uniform(0.36, 0.4))
    pieces: list[Piece] = []
    slope = 0.2
    for k in range(6):
        y = 0.3 - 0.085 * k
        pieces.append((turn(box((wide, 0.072, 0.02), (0, y, front - 0.02), 0.004), slope, 0, (0, 0.3, front)), wood))
    low = front - 0.5 * np.sin(slope)
    fan = 7
    for k in range(fan):
        u = (k - (fan - 1) / 2) / ((fan - 1) / 2)
        tall = 0.78 - 0.16 * u**2
        slat = box((wide / fan * 0.86, 0.018, tall), (0, 0, 0), 0.004)
        slat = move(turn(turn(slat, 0.1 * u, 1), 0.42, 0), (u * wide * 0.4, -0.18, low - 0.03))
        pieces.append((slat, wood))
    arm = front + 0.2
    for s in (-1, 1):
        pieces.append((box((0.12, 0.68, 0.022), (s * (wide / 2 + 0.07), 0.0, arm - 0.022), 0.006), wood))
        pieces.append((box((0.09, 0.026, arm - 0.02), (s * (wide / 2 + 0.03), 0.27, 0.0), 0.004), wood))
        pieces.append((box((0.026, 0.09, arm - 0.02), (s * (wide / 2 + 0.03), -0.3, 0.0), 0.004), wood))
        rail = turn(
            box((0.024, 0.62, 0.1), (s * (wide / 2 - 0.012), 0.0, front - 0.125), 0.004), slope, 0, (0, 0.3, front)
        )
        pieces.append((rail, wood))
    pieces.append((box((wide + 0.1, 0.026, 0.07), (0, -0.32, arm - 0.09), 0.004), wood))
    return assemble("garden_chair", pieces, rng, main=wood)


def garden_table(rng: np.random.Generator) -> Asset:
    """A round or oblong table of slats, or a picnic table with its benches."""
    wood = (
        materials.wood(rng) if rng.random() < 0.65 else materials.painted_wood(rng, ("white", "green", "gray", "blue"))
    )
    iron = coated(rng, ("black", "gray", "white", "green"))
    kind, high = int(rng.integers(3)), float(rng.uniform(0.7, 0.76))
    if kind == 0:
        long, deep = float(rng.uniform(1.5, 1.9)), 0.72
        pieces = [
            (box((long, 0.135, 0.035), (0, -deep / 2 + 0.072 + 0.144 * k, high - 0.035), 0.005), wood) for k in range(5)
        ]
        seat = 0.44
        for s in (-1, 1):
            pieces += [
                (box((long, 0.13, 0.035), (0, s * (0.64 + 0.14 * k), seat - 0.035), 0.005), wood) for k in range(2)
            ]
        for x in (-long / 2 + 0.25, long / 2 - 0.25):
            pieces.append((box((0.045, 1.66, 0.09), (x, 0, seat - 0.124), 0.004), wood))
            pieces.append((box((0.045, deep - 0.04, 0.08), (x, 0, high - 0.114), 0.004), wood))
            for s in (-1, 1):
                leg = bar((x + 0.045, s * 0.6, 0.0), (x + 0.045, s * 0.2, high - 0.04), 0.05, sides=4)
                pieces.append((Mesh(np.maximum(leg.vertices, [-9, -9, 0]), leg.faces, leg.uv, leg.normals), wood))
        tops = [Surface("top", (0.0, 0.0, high), (long / 2 - 0.04, deep / 2 - 0.04))]
        return assemble("garden_table", pieces, rng, tops, wood)
    if kind == 1:
        radius = float(rng.uniform(0.34, 0.6))
        pieces = [(disc(radius, 0.025, 0.008, (0, 0, high - 0.025)), wood if rng.random() < 0.6 else iron)]
        pieces.append((torus(radius - 0.01, 0.014, (0, 0, high - 0.024), 36, 6), iron))
        for k in range(3):
            a = k * 2 * np.pi / 3 + 0.5
            cos, sin = float(np.cos(a)), float(np.sin(a))
            r = np.array([0.75, 0.5, 0.16, 0.1, 0.3, 0.7]) * radius
            z = np.array([0.014, 0.06, 0.3, 0.5, 0.64, high - 0.03])
            pieces.append((tube(np.stack([r * cos, r * sin, z], 1), 0.014, 8), iron))
        pieces.append((torus(0.13 * radius + 0.01, 0.01, (0, 0, 0.42), 20, 6), iron))
        top = Surface("top", (0.0, 0.0, high), (radius * 0.66, radius * 0.66))
        return assemble("garden_table", pieces, rng, [top])
    long, deep = float(rng.uniform(1.2, 2.0)), float(rng.uniform(0.75, 0.95))
    count = int(deep / 0.11)
    step = deep / count
    pieces = [
        (box((long, step * 0.88, 0.025), (0, -deep / 2 + step * (k + 0.5), high - 0.025), 0.005), wood)
        for k in range(count)
    ]
    pieces += [
        (box((0.06, deep - 0.06, 0.05), (x, 0, high - 0.074), 0.004), wood)
        for x in (-long / 2 + 0.15, 0, long / 2 - 0.15)
    ]
    pieces += four_legs(rng, long - 0.06, deep - 0.06, high - 0.025, wood, "square")
    return assemble(
        "garden_table", pieces, rng, [Surface("top", (0.0, 0.0, high), (long / 2 - 0.02, deep / 2 - 0.02))], wood
    )


def parasol(rng: np.random.Generator) -> Asset:
    """An open parasol on its foot: eight panels, plain or striped by turns."""
    cloth = materials.fabric(rng, ("red", "blue", "green", "white", "yellow", "orange", "beige", "turquoise"))
    second = cloth if rng.random() < 0.5 else materials.fabric(rng, ("white", "beige"))
    pole = materials.wood(rng) if rng.random() < 0.5 else coated(rng, ("white", "gray", "black"))
    foot = materials.concrete(rng) if rng.random() < 0.6 else coated(rng, ("black", "gray"))
    radius, high = float(rng.uniform(1.15, 1.6)), float(rng.uniform(2.25, 2.55))
    rise = radius * float(rng.uniform(0.26, 0.36))
    ribs = 8
    pieces: list[Piece] = [
        (lathe([(0, 0), (0.26, 0), (0.26, 0.05), (0.2, 0.075), (0.05, 0.09), (0.04, 0.3), (0, 0.3)], 28), foot)
    ]
    pieces.append((bar((0, 0, 0.05), (0, 0, high + 0.03), 0.019, sides=12), pole))
    pieces.append((ellipsoid((0.03, 0.03, 0.04), (0, 0, high + 0.02), 12), pole))
    u = np.linspace(0, 1, 5)
    t = np.linspace(0.02, 1, 6)
    for k in range(ribs):
        a, b = (2 * np.pi * (k + s) / ribs for s in (0, 1))
        edge_a, edge_b = np.array([np.cos(a), np.sin(a)]), np.array([np.cos(b), np.sin(b)])
        flat = edge_a * (1 - u[:, None]) + edge_b * u[:, None]
        # Cloth hangs a little between the ribs, more towards the rim.
        sag = 0.035 * radius * 4 * (u * (1 - u))[:, None] * t**2
        z = high - rise * t[None, :] ** 1.25 - sag
        grid = np.concatenate([flat[:, None] * (radius * t)[None, :, None], z[..., None]], -1)
        finish = cloth if k % 2 == 0 else second
        pieces.append((sheet(grid, 0.006), finish))
        hem = grid[:, -1]
        drop = np.stack([hem + [0, 0, 0.004], hem * [0.995, 0.995, 1] - [0, 0, 0.12]], 1)
        drop[..., 2] -= np.array([0.0, 1.0])[None, :] * 0.025 * np.sin(np.pi * 2 * u)[:, None] ** 2
        pieces.append((sheet(drop, 0.005), finish))
        rib = np.stack([edge_a[0] * radius * t * 0.98, edge_a[1] * radius * t * 0.98, high - rise * t**1.25 - 0.016], 1)
        pieces.append((tube(rib, 0.006, 5), pole))
        mid = rib[3]
        pieces.append((bar((0, 0, high - rise - 0.12), mid, 0.005, sides=5), pole))
    pieces.append((cylinder(0.032, 0.08, (0, 0, high - rise - 0.16), 12), pole))
    return assemble("parasol", pieces, rng, main=cloth)


GENERATORS = {"garden_chair": garden_chair, "garden_table": garden_table, "parasol": parasol}
