"""Gardens: furniture, tools and ornaments. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.lofts import loft, rings
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.assets.street_furniture import coated
from pipeline.compose.materials import Finish
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
            c, s = float(np.cos(a)), float(np.sin(a))
            r = np.array([0.75, 0.5, 0.16, 0.1, 0.3, 0.7]) * radius
            z = np.array([0.014, 0.06, 0.3, 0.5, 0.64, high - 0.03])
            pieces.append((tube(np.stack([r * c, r * s, z], 1), 0.014, 8), iron))
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


def barbecue(rng: np.random.Generator) -> Asset:
    """A kettle grill on three legs, or a gas grill on a trolley with side tables."""
    black, steel = materials.rubber(rng), materials.steel(rng)
    wood = materials.wood(rng)
    if rng.random() < 0.55:
        paint = materials.plain("enamel", materials.color_of(rng, ("black", "black", "red", "green", "blue")), 0.15)
        r, z = float(rng.uniform(0.25, 0.3)), float(rng.uniform(0.72, 0.8))
        t = np.linspace(-np.pi / 2, -0.04, 8)
        bowl = np.stack([r * np.cos(t), z + 0.85 * r * np.sin(t)], 1)
        bowl[0, 0] = 0.0
        pieces: list[Piece] = [
            (lathe(np.concatenate([bowl, [[r * 1.02, z], [r * 1.02, z + 0.012], [0, z + 0.012]]]), 32), paint)
        ]
        lid = np.stack([1.01 * r * np.cos(t), z + 0.014 - 0.72 * r * np.sin(t)], 1)[::-1]
        lid[-1, 0] = 0.0
        pieces.append((lathe(np.concatenate([[[0, z + 0.012], [r * 1.01, z + 0.012]], lid]), 32), paint))
        top = z + 0.014 + 0.72 * r
        pieces += [
            (bar((s * 0.05, 0, top - 0.012), (s * 0.05, 0, top + 0.045), 0.007, sides=8), steel) for s in (-1, 1)
        ]
        pieces.append((bar((-0.075, 0, top + 0.045), (0.075, 0, top + 0.045), 0.016, sides=12), wood))
        pieces.append((disc(0.035, 0.01, 0.003, (r * 0.45, r * 0.3, top - 0.065), 16), steel))
        for k in range(3):
            a = np.pi / 2 + k * 2 * np.pi / 3
            foot = np.array([0.92 * r * np.cos(a), 0.92 * r * np.sin(a), 0.016 if k else 0.016])
            pieces.append((bar(foot, (0.6 * r * np.cos(a), 0.6 * r * np.sin(a), z - 0.5 * r), 0.013, sides=10), steel))
            if k:
                wheel = turn(move(disc(0.075, 0.03, 0.008, sides=22), (0, 0, -0.015)), np.pi / 2, 1)
                pieces.append((move(wheel, (foot[0] + (0.03 if foot[0] > 0 else -0.03), foot[1], 0.075)), black))
            else:
                pieces.append((cylinder(0.018, 0.02, (foot[0], foot[1], 0.0), 12), black))
        pieces.append((lathe([(0, 0.3), (0.16, 0.31), (0.19, 0.33), (0.18, 0.33), (0, 0.318)], 24), steel))
        pieces.append((bar((-r - 0.04, 0.05, z - 0.03), (-r - 0.04, -0.05, z - 0.03), 0.013, sides=8), wood))
        pieces.append((bar((-r * 0.9, 0, z - 0.03), (-r - 0.04, 0, z - 0.03), 0.007, sides=8), steel))
        return assemble("barbecue", pieces, rng, main=paint)
    paint = materials.plain("metal", materials.color_of(rng, ("black", "gray", "red")), 0.3, 0.3)
    wide, deep, z = float(rng.uniform(0.6, 0.8)), 0.46, 0.82
    pieces = [(box((wide, deep, 0.2), (0, 0, z), 0.02, 2), paint)]
    angle = np.linspace(0, np.pi, 13)
    arch = np.stack([0 * angle, deep / 2 * np.cos(angle), z + 0.19 + 0.23 * np.sin(angle) ** 0.8], 1)
    pieces.append(
        (loft(np.stack([arch - [wide / 2, 0, 0], arch + [wide / 2, 0, 0]])), paint if rng.random() < 0.5 else steel)
    )
    pieces.append(
        (
            bar((-wide * 0.38, deep / 2 + 0.05, z + 0.27), (wide * 0.38, deep / 2 + 0.05, z + 0.27), 0.014, sides=10),
            steel,
        )
    )
    pieces += [
        (
            bar(
                (s * wide * 0.34, deep / 2 - 0.03, z + 0.27),
                (s * wide * 0.34, deep / 2 + 0.05, z + 0.27),
                0.009,
                sides=8,
            ),
            steel,
        )
        for s in (-1, 1)
    ]
    pieces.append((turn(move(disc(0.04, 0.02, 0.004, sides=18), (0, 0, 0)), -np.pi / 2, 0), steel))
    pieces[-1] = (move(pieces[-1][0], (0, deep / 2 - 0.035, z + 0.33)), steel)
    for k in range(3):
        knob = turn(disc(0.028, 0.035, 0.006, sides=16), -np.pi / 2, 0)
        pieces.append((move(knob, ((k - 1) * wide * 0.26, deep / 2 - 0.002, z + 0.09)), black))
    pieces.append((box((wide * 0.92, deep * 0.88, z - 0.19), (0, 0, 0.2), 0.01), paint))
    pieces += [
        (box((wide * 0.43, 0.014, z - 0.26), (s * wide * 0.225, deep * 0.44 + 0.003, 0.24), 0.006), steel)
        for s in (-1, 1)
    ]
    pieces += [
        (bar((s * 0.03, deep * 0.44 + 0.03, 0.45), (s * 0.03, deep * 0.44 + 0.03, 0.65), 0.008, sides=8), black)
        for s in (-1, 1)
    ]
    pieces += [(box((0.34, deep * 0.85, 0.03), (s * (wide / 2 + 0.165), 0, z + 0.11), 0.008), steel) for s in (-1, 1)]
    for sx in (-1, 1):
        for sy in (-1, 1):
            wheel = turn(move(disc(0.055, 0.03, 0.006, sides=18), (0, 0, -0.015)), np.pi / 2, 1)
            pieces.append((move(wheel, (sx * wide * 0.4, sy * deep * 0.34, 0.055)), black))
            pieces.append((box((0.05, 0.05, 0.16), (sx * wide * 0.4, sy * deep * 0.34, 0.055), 0.004), paint))
    shelf = [Surface("shelf", (s * (wide / 2 + 0.18), 0.0, z + 0.14), (0.13, deep * 0.38), 0.8) for s in (-1, 1)]
    return assemble("barbecue", pieces, rng, shelf, paint)


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


def garden_gnome(rng: np.random.Generator) -> Asset:
    """A bearded gnome with a pointed hat, sometimes with a lantern or a spade."""
    s = float(rng.uniform(0.85, 1.5))
    hat = materials.plain("ceramic", materials.color_of(rng, ("red", "red", "blue", "green", "orange")), 0.35)
    coat = materials.plain("ceramic", materials.color_of(rng, ("blue", "green", "red", "yellow", "purple")), 0.4)
    skin, beard = (
        materials.plain("ceramic", (0.88, 0.66, 0.53), 0.45),
        materials.plain("ceramic", (0.92, 0.91, 0.88), 0.6),
    )
    dark, boots = (
        materials.plain("ceramic", (0.05, 0.04, 0.04), 0.3),
        materials.plain("ceramic", (0.28, 0.16, 0.09), 0.4),
    )
    trousers = materials.plain("ceramic", materials.color_of(rng, ("brown", "gray", "blue", "green")), 0.45)

    def blob(
        radii: tuple[float, float, float], at: tuple[float, float, float], finish: Finish, sides: int = 16
    ) -> None:
        pieces.append((ellipsoid(np.array(radii) * s, np.array(at) * s, sides), finish))

    pieces: list[Piece] = []
    for side in (-1, 1):
        blob((0.03, 0.048, 0.022), (side * 0.036, 0.018, 0.0), boots)
        pieces.append(
            (
                bar(
                    np.array([side * 0.034, 0, 0.03]) * s, np.array([side * 0.03, 0, 0.11]) * s, 0.03 * s, 0.034 * s, 14
                ),
                trousers,
            )
        )
        arm = np.array([[side * 0.055, 0.0, 0.205], [side * 0.085, 0.02, 0.165], [side * 0.06, 0.062, 0.15]]) * s
        pieces.append((tube(arm, np.array([0.024, 0.022, 0.018]) * s, 12), coat))
        blob((0.017, 0.017, 0.017), (side * 0.056, 0.07, 0.134), skin, 12)
        blob((0.006, 0.004, 0.007), (side * 0.019, 0.05, 0.272), dark, 10)
        blob((0.012, 0.012, 0.016), (side * 0.053, 0.0, 0.255), skin, 10)
    body = lathe(
        np.array([(0, 0.085), (0.07, 0.085), (0.072, 0.12), (0.068, 0.17), (0.05, 0.22), (0.03, 0.235), (0, 0.236)])
        * s,
        22,
    )
    pieces.append((body, coat))
    pieces.append(
        (lathe(np.array([(0.05, 0.132), (0.074, 0.13), (0.074, 0.146), (0.05, 0.148)]) * s, 22, closed=True), dark)
    )
    blob((0.012, 0.006, 0.01), (0, 0.07, 0.129), materials.plain("ceramic", (0.9, 0.75, 0.2), 0.3), 8)
    blob((0.052, 0.05, 0.052), (0, 0, 0.222), skin, 20)
    z = np.array([0.285, 0.262, 0.235, 0.2, 0.165, 0.145])
    half = np.array([[0.05, 0.02], [0.052, 0.026], [0.05, 0.028], [0.04, 0.024], [0.02, 0.015], [0, 0]])[:6]
    at = np.stack([0 * z, np.array([0.012, 0.034, 0.046, 0.054, 0.06, 0.062]), z], 1)
    pieces.append((loft(rings(at[1:] * s, half[1:] * s, 2, 2, 18), 70.0), beard))
    blob((0.013, 0.014, 0.013), (0, 0.054, 0.25), skin, 12)
    for side in (-1, 1):
        blob((0.022, 0.01, 0.008), (side * 0.018, 0.05, 0.242), beard, 10)
    lean = float(rng.uniform(-0.03, 0.03))
    cone = (
        np.array(
            [
                [0, 0.0, 0.286],
                [0, 0.0, 0.3],
                [lean * 0.3, -0.006, 0.35],
                [lean, -0.018, 0.41],
                [lean * 1.8, -0.03, 0.445],
            ]
        )
        * s
    )
    pieces.append((tube(cone, np.array([0.058, 0.056, 0.036, 0.015, 0.003]) * s, 20), hat))
    pieces.append((torus(0.055 * s, 0.008 * s, (0, 0, 0.288 * s), 24, 6), hat))
    tool = rng.random()
    if tool < 0.4:
        wood = materials.wood(rng)
        pieces.append(
            (bar(np.array([0.065, 0.085, 0.0]) * s, np.array([0.065, 0.085, 0.3]) * s, 0.006 * s, sides=8), wood)
        )
        pieces.append(
            (box((0.045 * s, 0.008 * s, 0.06 * s), np.array([0.065, 0.085, 0.0]) * s, 0.002), materials.steel(rng))
        )
    elif tool < 0.7:
        glow = materials.plain("glass", (1.0, 0.85, 0.4), 0.3, 0.0, (0.7, 0.5, 0.15))
        blob((0.018, 0.018, 0.022), (-0.056, 0.094, 0.085), glow, 12)
        pieces.append(
            (bar(np.array([-0.056, 0.092, 0.124]) * s, np.array([-0.056, 0.08, 0.15]) * s, 0.003 * s, sides=6), dark)
        )
        pieces.append((cylinder(0.014 * s, 0.008 * s, np.array([-0.056, 0.094, 0.124]) * s, 12), dark))
    return assemble("garden_gnome", pieces, rng, main=hat)


GENERATORS = {
    "barbecue": barbecue, "garden_chair": garden_chair, "garden_gnome": garden_gnome, "garden_table": garden_table,
    "parasol": parasol,
}  # fmt: skip
