"""What offices and corridors keep for everybody: bins, water, extinguishers. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.lofts import fillet, loft, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.office import black_plastic, lacquer
from pipeline.compose.assets.shapes import bar, box, cylinder, disc, ellipsoid, lathe, move, torus, tube, turn
from pipeline.compose.assets.sheets import sheet
from pipeline.scene import Mesh


def waste_bin(rng: np.random.Generator) -> Asset:
    """A waste-paper basket of wire, plastic or steel with crumpled paper in it; or a pedal bin with a lid."""
    if rng.random() < 0.3:
        shell, dark = (
            materials.steel(rng)
            if rng.random() < 0.6
            else materials.plain(
                "metal", materials.named_color(("white", "black", "red", "gray")[int(rng.integers(4))], rng), 0.3, 0.1
            ),
            black_plastic(),
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
        main = materials.plastic(rng, ("black", "gray", "white", "blue", "green", "red")) if kind == 1 else lacquer(rng)
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
    dark, steel = black_plastic(), materials.steel(rng)
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
    "fire_extinguisher": fire_extinguisher,
    "waste_bin": waste_bin,
    "water_cooler": water_cooler,
}
