"""Office furniture: swivel chairs, cabinets, screens, bins, water. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import handle
from pipeline.compose.assets.lofts import fillet, loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.compose.materials import Finish
from pipeline.scene import Mesh

OFFICE_CLOTH = ("black", "black", "gray", "gray", "blue", "green", "red", "orange", "beige")


def _black() -> Finish:
    return materials.plain("plastic", (0.07, 0.07, 0.075), 0.5)


def _lacquer(rng: np.random.Generator) -> Finish:
    """Powder-coated sheet steel, as office furniture has it."""
    tones = (
        (0.72, 0.73, 0.74),
        (0.9, 0.9, 0.89),
        (0.45, 0.46, 0.48),
        (0.12, 0.12, 0.13),
        (0.8, 0.77, 0.69),
        (0.28, 0.38, 0.5),
    )
    return materials.plain("metal", tones[int(rng.integers(len(tones)))], float(rng.uniform(0.35, 0.5)), 0.1)


def office_chair(rng: np.random.Generator) -> Asset:
    """A swivel chair: five-star base on castors, gas lift, seat, curved back of cloth, mesh or leather, arms or none."""
    cloth = materials.leather(rng) if rng.random() < 0.3 else materials.fabric(rng, OFFICE_CLOTH)
    black = _black()
    shell = black if rng.random() < 0.75 else materials.plain("plastic", (0.85, 0.85, 0.86), 0.45)
    base = shell if rng.random() < 0.6 else materials.steel(rng)
    seat_z, reach = float(rng.uniform(0.44, 0.52)), float(rng.uniform(0.29, 0.33))
    start = float(rng.uniform(0, 2 * np.pi / 5))
    pieces: list[Piece] = []
    for k in range(5):
        a = start + 2 * np.pi * k / 5
        out = np.array([np.cos(a), np.sin(a), 0.0])
        pieces.append((bar(out * 0.03 + [0, 0, 0.11], out * reach + [0, 0, 0.075], 0.026, 0.016, 12), base))
        # A castor: two wheels on a stem, trailing askew.
        spin = a + float(rng.uniform(-1.2, 1.2))
        axle = np.array([-np.sin(spin), np.cos(spin), 0.0])
        hub = out * reach + [0, 0, 0.027]
        for s in (-1, 1):
            wheel = bar(hub + axle * s * 0.006, hub + axle * s * 0.024, 0.027, sides=16)
            pieces.append((wheel, black))
        pieces.append((bar(hub, hub + [0, 0, 0.05], 0.009, sides=8), black))
    pieces.append((cylinder(0.032, 0.07, (0, 0, 0.085), 18), base))
    pieces.append((cylinder(0.026, 0.16, (0, 0, 0.12), 16), black))
    pieces.append(
        (cylinder(0.014, seat_z - 0.3, (0, 0, 0.25), 14), materials.plain("metal", (0.75, 0.75, 0.76), 0.15, 0.8))
    )
    pieces.append((box((0.2, 0.26, 0.05), (0, -0.02, seat_z - 0.115), 0.012), black))
    pieces.append((bar((0.09, 0.02, seat_z - 0.095), (0.27, 0.03, seat_z - 0.1), 0.006), black))
    half, deep = float(rng.uniform(0.235, 0.26)), float(rng.uniform(0.23, 0.25))
    line = superellipse(half, deep, 3.4, 44)
    pieces.append(
        (
            loft(
                [ring(line, seat_z - 0.075, 0.85), ring(line, seat_z - 0.055, 0.97), ring(line, seat_z - 0.035, 0.99)]
            ),
            shell,
        )
    )
    pad = [
        ring(line, seat_z - 0.036, 0.98),
        ring(line, seat_z - 0.02),
        ring(line, seat_z - 0.006, 0.96),
        ring(line, seat_z, 0.86),
        ring(line, seat_z - 0.002, 0.5),
    ]
    pieces.append((loft(pad), cloth))
    head = rng.random() < 0.35
    tall = float(rng.uniform(0.62, 0.72)) if head else float(rng.uniform(0.42, 0.56))
    pieces += _back(rng, cloth, shell, seat_z, -deep + 0.015, tall, half, head)
    if rng.random() < 0.8:
        pieces += _arms(rng, shell, seat_z, half, rng.random() < 0.5)
    rest = Surface("seat", (0, 0.03, seat_z - 0.001), (half * 0.5, deep * 0.5), 0.5)
    return assemble("office_chair", pieces, rng, [rest], cloth)


def _back(
    rng: np.random.Generator,
    cloth: Finish,
    shell: Finish,
    seat_z: float,
    y: float,
    tall: float,
    half: float,
    head: bool,
) -> list[Piece]:
    """A back rest bowed round the sitter, with a lumbar curve, on a stem from under the seat."""
    low = seat_z + float(rng.uniform(0.06, 0.12))
    v = np.linspace(0, 1, 12)
    u = np.linspace(-1, 1, 11)
    taper = float(rng.uniform(0.7, 0.95))
    width = half * 0.95 * np.interp(v, [0, 0.12, 0.5, 0.9, 1.0], [0.8, 0.94, 1.0, 0.5 + taper / 2, taper * 0.85])
    lean = -0.16 * (v * tall) + 0.025 * np.sin(np.pi * np.clip(v / 0.45, 0, 1)) - 0.02
    bow = float(rng.uniform(0.03, 0.06))
    grid = np.empty((11, 12, 3))
    grid[..., 0] = -u[:, None] * width[None, :]
    grid[..., 1] = y + lean[None, :] + bow * (u[:, None] ** 2)
    grid[..., 2] = low + v[None, :] * (tall - 0.02) - 0.012 * (u[:, None] ** 4) * (2 * v[None, :] - 1)
    thick = float(rng.choice([0.02, 0.045]))
    pieces: list[Piece] = [(sheet(grid, thick), cloth)]
    if thick < 0.03:
        # Mesh stretched in a frame of tube.
        rim = np.concatenate([grid[:-1, 0], grid[-1, :-1], grid[:0:-1, -1], grid[0, :0:-1]])
        rim = np.concatenate([rim, rim[:1]])
        pieces.append((tube(rim, 0.0125, 8), shell))
    mid = int(np.argmin(np.abs(v - 0.35)))
    at = grid[5, mid]
    stem = fillet(
        [
            (0, -0.1, seat_z - 0.09),
            (0, y - 0.075, seat_z - 0.085),
            (0, at[1] - thick / 2 - 0.03, low + 0.03),
            (0, at[1] - thick / 2 - 0.005, at[2]),
        ],
        0.08,
    )
    pieces.append((tube(stem, 0.017, 10), shell))
    if head:
        top = grid[5, -1]
        pad = turn(box((0.26, 0.05, 0.12), (0, 0, 0), 0.022, 3), 0.12, 0)
        pieces.append((move(pad, (0, top[1] + 0.005, top[2] + 0.045)), cloth))
        for s in (-1, 1):
            pieces.append(
                (
                    bar((s * 0.05, top[1] - 0.004, top[2] - 0.05), (s * 0.05, top[1] - 0.012, top[2] + 0.09), 0.007),
                    shell,
                )
            )
    return pieces


def _arms(rng: np.random.Generator, shell: Finish, seat_z: float, half: float, loop: bool) -> list[Piece]:
    pieces: list[Piece] = []
    z = seat_z + float(rng.uniform(0.18, 0.23))
    for s in (-1, 1):
        x = s * (half + 0.035)
        if loop:
            path = [
                (s * 0.12, -0.03, seat_z - 0.085),
                (x, -0.03, seat_z - 0.085),
                (x, 0.1, z - 0.01),
                (x, -0.14, z - 0.01),
                (x, -0.17, seat_z + 0.02),
                (s * half * 0.8, -0.19, seat_z - 0.06),
            ]
            pieces.append((tube(fillet(path, 0.06), 0.012, 10), shell))
        else:
            pieces.append((bar((s * 0.1, 0, seat_z - 0.09), (x, 0, seat_z - 0.09), 0.014), shell))
            pieces.append((box((0.03, 0.06, z - seat_z + 0.085), (x, 0, seat_z - 0.1), 0.006), shell))
        pad = prism(rounded_rectangle(0.042, 0.125, 0.035), 0.028, (x, -0.01, z - 0.01), 0.01)
        pieces.append((pad, shell))
    return pieces


def filing_cabinet(rng: np.random.Generator) -> Asset:
    """Drawers for files, two to four of them, each with a handle and a label."""
    shell, chrome = _lacquer(rng), materials.steel(rng)
    dark, white = _black(), materials.plain("paper", (0.94, 0.94, 0.92), 0.8)
    rows = int(rng.choice([2, 3, 3, 4, 4]))
    width, depth = float(rng.uniform(0.4, 0.47)), float(rng.uniform(0.5, 0.62))
    height = rows * (float(rng.uniform(0.3, 0.33)) if rows > 2 else float(rng.uniform(0.29, 0.34))) + 0.06
    face, z0 = depth / 2 - 0.035, 0.04
    deep = face + depth / 2
    y = (face - depth / 2) / 2
    pieces: list[Piece] = [(box((width, deep, height - z0), (0, y, z0), 0.004), shell)]
    if rows == 2 and rng.random() < 0.6:
        for sx in (-1, 1):
            for sy in (-1, 1):
                cx, cy = sx * (width / 2 - 0.05), y + sy * (deep / 2 - 0.06)
                pieces.append((bar((cx - 0.012, cy, 0.022), (cx + 0.012, cy, 0.022), 0.022, sides=14), dark))
                pieces.append((box((0.03, 0.03, 0.016), (cx, cy, 0.025), 0.002), dark))
    else:
        pieces.append((box((width - 0.02, deep - 0.04, z0 + 0.001), (0, y - 0.01, 0), 0), dark))
    each = (height - z0 - 0.02) / rows
    kind = ("bar", "cup", "strip")[int(rng.integers(3))]
    for r in range(rows):
        z = z0 + 0.01 + each * r
        pieces.append((box((width - 0.02, 0.018, each - 0.008), (0, face + 0.005, z + 0.004), 0.004), shell))
        fy = face + 0.014
        pieces += handle(kind, (0, fy, z + each * 0.62), chrome, 0.13)
        pieces.append((box((0.075, 0.004, 0.036), (0, fy + 0.0005, z + each * 0.75), 0), chrome))
        pieces.append((box((0.066, 0.004, 0.027), (0, fy + 0.0015, z + each * 0.75 + 0.0045), 0), white))
    lock = move(
        turn(disc(0.009, 0.006, 0.001, sides=14), -np.pi / 2, 0), (width / 2 - 0.045, face + 0.013, height - 0.05)
    )
    pieces.append((lock, chrome))
    top = Surface("top", (0, y, height), (width / 2 - 0.02, deep / 2 - 0.03), 1.2)
    return assemble("filing_cabinet", pieces, rng, [top], shell)


def partition_screen(rng: np.random.Generator) -> Asset:
    """An upholstered screen between desks on two feet, or three panels folded against each other."""
    cloth = materials.fabric(rng, OFFICE_CLOTH)
    frame = materials.metal(rng) if rng.random() < 0.7 else materials.wood(rng)
    height = float(rng.uniform(1.3, 1.75))
    if rng.random() < 0.6:
        width, lift, edge = float(rng.uniform(1.1, 1.7)), float(rng.uniform(0.06, 0.14)), 0.03
        pieces: list[Piece] = [
            (box((width - 2 * edge + 0.002, 0.045, height - lift - 2 * edge), (0, 0, lift + edge), 0.008), cloth)
        ]
        for s in (-1, 1):
            x = s * (width - edge) / 2
            pieces.append((box((edge, 0.05, height - lift), (x, 0, lift), 0.004), frame))
            pieces.append((box((0.05, 0.4, 0.02), (x, 0, 0), 0.006), frame))
            pieces.append((box((edge, 0.04, lift + 0.001), (x, 0, 0.0), 0.003), frame))
            pieces.append(
                (box((width - 2 * edge + 0.002, 0.048, edge), (0, 0, lift if s < 0 else height - edge), 0.003), frame)
            )
        if rng.random() < 0.4:
            middle = lift + (height - lift) * float(rng.uniform(0.45, 0.6))
            pieces.append((box((width - 2 * edge + 0.002, 0.049, 0.02), (0, 0, middle), 0), frame))
        return assemble("partition_screen", pieces, rng, main=cloth)
    panels, each = int(rng.choice([3, 3, 4])), float(rng.uniform(0.45, 0.55))
    fold = float(rng.uniform(0.35, 0.6))
    pieces, x = [], 0.0
    for k in range(panels):
        way = fold if k % 2 == 0 else -fold
        panel: list[Piece] = [(box((each - 0.006, 0.03, height - 0.08), (0, 0, 0.06), 0.006), cloth)]
        for s in (-1, 1):
            panel.append((box((0.028, 0.034, height), (s * (each / 2 - 0.014), 0, 0), 0.004), frame))
            panel.append((box((each - 0.05, 0.034, 0.028), (0, 0, 0.05 if s < 0 else height - 0.028), 0.004), frame))
        pieces += [(move(turn(mesh, way), (x, 0, 0)), finish) for mesh, finish in panel]
        x += (each + 0.012) * float(np.cos(fold))
    return assemble("partition_screen", pieces, rng, main=cloth)


def waste_bin(rng: np.random.Generator) -> Asset:
    """A waste-paper basket of wire, plastic or steel with crumpled paper in it; or a pedal bin with a lid."""
    if rng.random() < 0.3:
        shell, dark = (
            materials.steel(rng)
            if rng.random() < 0.6
            else materials.plain(
                "metal", materials.named_color(("white", "black", "red", "gray")[int(rng.integers(4))], rng), 0.3, 0.1
            ),
            _black(),
        )
        r, h = float(rng.uniform(0.115, 0.15)), float(rng.uniform(0.26, 0.62))
        body = lathe([(0, 0.012), (r, 0.012), (r, h), (0, h)], 40)
        foot = lathe([(0, 0), (r * 1.02, 0), (r * 1.03, 0.02), (r, 0.026), (0, 0.026)], 40)
        t = np.linspace(0, np.pi / 2, 6)[1:-1]
        dome = np.stack([r * 1.015 * np.cos(t), h + 0.02 + 0.035 * np.sin(t)], 1)
        lid = lathe(np.concatenate([[[0, h], [r * 1.015, h], [r * 1.015, h + 0.02]], dome, [[0, h + 0.055]]]), 40)
        pieces: list[Piece] = [(body, shell), (foot, dark), (lid, shell)]
        pieces.append((box((0.06, 0.07, 0.012), (0, r + 0.012, 0.012), 0.004), dark))
        pieces.append((box((0.09, 0.02, 0.04), (0, -r - 0.004, h - 0.02), 0.004), dark))
        return assemble("waste_bin", pieces, rng, main=shell)
    r, h = float(rng.uniform(0.12, 0.15)), float(rng.uniform(0.27, 0.34))
    kind = int(rng.integers(3))
    paper = materials.paper(rng, ("white",))
    if kind == 0:
        wire = materials.plain("metal", ((0.06, 0.06, 0.065), (0.7, 0.7, 0.71))[int(rng.integers(2))], 0.4, 0.4)
        pieces = [(cylinder(r * 0.78, 0.004, (0, 0, 0), 32), wire)]
        for z, w in ((0.004, 0.78), (h * 0.33, 0.86), (h * 0.66, 0.93), (h, 1.0)):
            pieces.append((torus(r * w, 0.0035 if w < 1 else 0.005, (0, 0, z), 36, 6), wire))
        for k in range(28):
            a = 2 * np.pi * k / 28
            way = np.array([np.cos(a), np.sin(a), 0.0])
            pieces.append((bar(way * r * 0.78 + [0, 0, 0.003], way * r + [0, 0, h], 0.0016, sides=5), wire))
        main = wire
    else:
        main = (
            materials.plastic(rng, ("black", "gray", "white", "blue", "green", "red")) if kind == 1 else _lacquer(rng)
        )
        line = superellipse(r, r, 2.0, 40) if rng.random() < 0.6 else rounded_rectangle(r * 1.1, r * 0.8, 0.04, 7)
        rings = [ring(line, 0.0, 0.78), ring(line, h), ring(line, h, 0.965), ring(line, 0.01, 0.75)]
        lip = [
            ring(line, h - 0.012, 0.98),
            ring(line, h - 0.012, 1.025),
            ring(line, h + 0.003, 1.025),
            ring(line, h + 0.003, 0.96),
        ]
        pieces = [(loft(rings), main), (loft([*lip, lip[0]], cap=False), main)]
    for k in range(int(rng.integers(0, 10))):
        # Three to a layer, from the bottom up.
        a, z = 2.1 * k + 0.7 * (k // 3), 0.006 + 0.062 * (k // 3)
        out = r * (0.78 + 0.22 * z / h) - 0.055
        ball = _crumpled(rng, ellipsoid((0.043, 0.042, 0.04), (0, 0, 0), 12))
        pieces.append((move(turn(ball, a), (out * np.cos(a), out * 0.7 * np.sin(a), z)), paper))
    return assemble("waste_bin", pieces, rng, main=main)


def _crumpled(rng: np.random.Generator, mesh: Mesh) -> Mesh:
    """A ball pressed into facets."""
    middle = mesh.vertices.mean(0)
    away = mesh.vertices - middle
    pinch = 1 - 0.2 * np.abs(np.sin(away @ rng.normal(0, 60, (3, 4)) + rng.uniform(0, 6, 4))).mean(1, keepdims=True)
    return Mesh(middle + away * pinch, mesh.faces, mesh.uv, mesh.normals)


def water_cooler(rng: np.random.Generator) -> Asset:
    """A dispenser with two taps under an upturned bottle of water."""
    shell = (
        materials.plain("plastic", (0.93, 0.93, 0.93), 0.35)
        if rng.random() < 0.75
        else materials.plain("plastic", (0.12, 0.12, 0.13), 0.35)
    )
    dark = materials.plain("plastic", (0.2, 0.21, 0.22), 0.45)
    water = materials.plain("glass", (0.42, 0.66, 0.84), 0.06)
    half, h = float(rng.uniform(0.14, 0.16)), float(rng.uniform(0.88, 1.0))
    line = rounded_rectangle(half, half, 0.035)
    rings = [ring(line, 0.0), ring(line, h - 0.02), ring(line, h - 0.005, 0.97), ring(line, h, 0.9)]
    pieces: list[Piece] = [(loft(rings), shell)]
    recess = h - 0.33
    pieces.append((box((half * 1.5, 0.012, 0.27), (0, half - 0.004, recess + 0.02), 0.004), dark))
    pieces.append((box((half * 1.4, 0.075, 0.02), (0, half + 0.035, recess), 0.006), dark))
    pieces.append((box((half * 1.25, 0.06, 0.004), (0, half + 0.035, recess + 0.018), 0), materials.steel(rng)))
    for s, color in ((-1, (0.8, 0.12, 0.1)), (1, (0.12, 0.3, 0.8))):
        x = s * half * 0.38
        tap_finish = materials.plain("plastic", color, 0.35)
        pieces.append((bar((x, half, recess + 0.2), (x, half + 0.05, recess + 0.2), 0.014), dark))
        pieces.append((cylinder(0.009, 0.03, (x, half + 0.042, recess + 0.165), 12), dark))
        pieces.append((box((0.022, 0.035, 0.012), (x, half + 0.052, recess + 0.212), 0.004), tap_finish))
    r = half * 0.9
    t = np.linspace(0, 1, 9)
    bottle = [(0.0, h - 0.012), (0.03, h - 0.012), (0.03, h + 0.025)]
    bottle += [
        (0.03 + (r - 0.03) * float(np.sin(a * np.pi / 2)), h + 0.025 + 0.07 * float(1 - np.cos(a * np.pi / 2)))
        for a in t[1:]
    ]
    for k in range(4):
        z = h + 0.13 + 0.06 * k
        bottle += [(r, z), (r * 0.975, z + 0.012), (r, z + 0.024)]
    bottle += [(r, h + 0.38), (r * 0.94, h + 0.41), (0.0, h + 0.41)]
    pieces.append((lathe(bottle, 40), water))
    pieces.append(
        (lathe([(0.045, h - 0.004), (0.09, h - 0.004), (0.085, h + 0.03), (0.045, h + 0.022)], 36, closed=True), dark)
    )
    return assemble("water_cooler", pieces, rng, main=shell)


def fire_extinguisher(rng: np.random.Generator) -> Asset:
    """A red cylinder with its valve, gauge and hose; flat below, its bracket along -y: it stands or hangs."""
    red = materials.plain("metal", (float(rng.uniform(0.68, 0.82)), 0.05, 0.05), 0.25, 0.1)
    dark, steel = _black(), materials.steel(rng)
    white = materials.plain("paper", (0.93, 0.92, 0.88), 0.5)
    r, h = float(rng.uniform(0.065, 0.085)), float(rng.uniform(0.34, 0.46))
    t = np.linspace(0, np.pi / 2, 8)
    dome = [(0.022 + (r - 0.022) * float(np.cos(a)), h - 0.6 * r + 0.6 * r * float(np.sin(a))) for a in t]
    pieces: list[Piece] = [
        (lathe([(0, 0.0), (r * 0.94, 0.0), (r, 0.012), *dome, (0.022, h + 0.02), (0, h + 0.02)], 40), red)
    ]
    pieces.append(
        (lathe([(r - 0.001, 0.0), (r + 0.002, 0.004), (r + 0.002, 0.03), (r - 0.001, 0.032)], 40, closed=True), dark)
    )
    band = [(r - 0.001, h * 0.3), (r + 0.0007, h * 0.3), (r + 0.0007, h * 0.68), (r - 0.001, h * 0.68)]
    pieces.append((_sector(band, 0.25 * np.pi, 0.75 * np.pi), white))
    pieces.append((cylinder(0.02, 0.05, (0, 0, h + 0.015), 18), steel))
    top = h + 0.05
    pieces.append((box((0.022, 0.034, 0.045), (0, -0.008, top - 0.012), 0.004), steel))
    for lift, tilt in ((0.0, 0.02), (0.022, 0.2)):
        lever = turn(box((0.026, 0.12, 0.008), (0, 0.04, 0), 0.003), tilt, 0)
        pieces.append((move(lever, (0, 0, top + lift)), dark if lift else steel))
    gauge = turn(disc(0.018, 0.012, 0.002, sides=24), -np.pi / 2, 0)
    pieces.append((move(gauge, (-0.032, 0.0, h + 0.04)), steel))
    pieces.append((bar((0, 0, h + 0.04), (-0.03, 0.004, h + 0.04), 0.006), steel))
    s = 1.0
    hose = fillet(
        [
            (s * 0.015, 0, h + 0.045),
            (s * (r + 0.03), 0, h + 0.05),
            (s * (r + 0.035), 0.0, h * 0.55),
            (s * (r + 0.018), 0.01, h * 0.25),
        ],
        0.07,
        8,
    )
    pieces.append((tube(hose, 0.009, 10), dark))
    horn = bar((s * (r + 0.018), 0.01, h * 0.28), (s * (r + 0.02), 0.012, h * 0.1), 0.011, 0.02, 14)
    pieces.append((horn, dark))
    back = -r - 0.018
    pieces.append((box((0.06, 0.006, h * 0.5), (0, back + 0.003, h * 0.25), 0.002), steel))
    pieces.append((box((0.03, 0.016, 0.03), (0, back + 0.012, h * 0.55), 0.002), steel))
    pieces.append((torus(r + 0.0005, 0.003, (0, 0, h * 0.75), 40, 6), steel))
    return assemble("fire_extinguisher", pieces, rng, main=red)


def _sector(profile: list[tuple[float, float]], start: float, end: float) -> Mesh:
    """A sticker round a cylinder: the part of a ring of revolution between two angles."""
    (r, low), (_, high) = profile[1], profile[2]
    a = np.linspace(start, end, 17)
    grid = np.empty((17, 2, 3))
    grid[..., 0], grid[..., 1] = (r * np.cos(a))[::-1, None], (r * np.sin(a))[::-1, None]
    grid[..., 2] = np.array([low, high])
    return sheet(grid, 0.001)


GENERATORS = {
    "filing_cabinet": filing_cabinet,
    "fire_extinguisher": fire_extinguisher,
    "office_chair": office_chair,
    "partition_screen": partition_screen,
    "waste_bin": waste_bin,
    "water_cooler": water_cooler,
}
