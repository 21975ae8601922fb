"""What stands round a bed: nightstands, wardrobes, chests of drawers, laundry. Fronts face +y."""

from __future__ import annotations

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, Surface, assemble
from pipeline.compose.assets.fronts import FRONT_STYLES, HANDLES, THICK_M, front, handle, joinery
from pipeline.compose.assets.legs import four_legs
from pipeline.compose.assets.lofts import loft, prism, ring, rounded_rectangle, superellipse
from pipeline.compose.assets.shapes import box, ellipsoid, move, torus, turn
from pipeline.scene import Float, Mesh


def _chest(
    rng: np.random.Generator,
    category: str,
    size: tuple[float, float, float],
    rows: int,
    columns: int,
    open_rows: int = 0,
) -> Asset:
    """Drawers in `rows` and `columns` in a carcass on legs or a plinth; the lowest `open_rows` are a shelf instead."""
    width, depth, height = size
    (body, face), metal = joinery(rng), materials.metal(rng)
    style, pull = FRONT_STYLES[int(rng.integers(3))], HANDLES[int(rng.integers(4))]
    leg = float(rng.uniform(0.05, 0.2)) if rng.random() < 0.7 else 0.0
    thick, top = depth - THICK_M - 0.03, 0.022
    back = -depth / 2
    y = back + thick / 2
    foot = leg or 0.05
    pieces: list[Piece] = []
    if leg:
        style_of_leg = ("square", "tapered", "splayed", "turned")[int(rng.integers(4))]
        pieces += [(move(m, (0, y, 0)), f) for m, f in four_legs(rng, width, thick, leg, body, style_of_leg, 0.01)]
    else:
        pieces.append((box((width - 0.01, thick - 0.02, foot + 0.001), (0, y, 0), 0), body))
    floor = foot
    inside = height - top - foot
    each = inside / rows
    if open_rows:
        board, h = 0.02, each * open_rows
        pieces += [(box((board, thick, h + 0.001), (s * (width - board) / 2, y, foot), 0.002), body) for s in (-1, 1)]
        pieces.append((box((width - 2 * board + 0.002, thick - 0.002, board), (0, y, foot), 0.002), body))
        pieces.append((box((width - 2 * board + 0.002, 0.01, h), (0, back + 0.006, foot), 0), body))
        floor += h
    pieces.append((box((width, thick, height - top - floor + 0.001), (0, y, floor), 0.0016), body))
    wide = width + (0.02 if rng.random() < 0.5 else 0.0)
    pieces.append((box((wide, depth - 0.01, top), (0, -0.005, height - top), 0.004), body))
    for r in range(rows - open_rows):
        z = floor + each * r
        # Upper drawers are often divided.
        n = columns + (1 if columns == 1 and r == rows - open_rows - 1 and width > 0.75 and rng.random() < 0.5 else 0)
        for c in range(n):
            w = width / n
            x = -width / 2 + w * (c + 0.5)
            pieces += front(w - 0.006, each - 0.006, (x, back + thick, z + 0.003), face, style)
            spots = (-0.27, 0.27) if pull in ("knob", "cup") and w > 0.55 else (0.0,)
            for share in spots:
                at = (x + share * w, back + thick + THICK_M, z + each / 2)
                pieces += handle(pull, at, metal, min(0.3, w * 0.4))
    surfaces = [Surface("top", (0, 0, height), (width / 2 - 0.02, depth / 2 - 0.025), 1.2)]
    if open_rows:
        clear = each * open_rows - 0.03
        surfaces.append(Surface("shelf", (0, y, foot + 0.02), (width / 2 - 0.04, thick / 2 - 0.02), clear))
    return assemble(category, pieces, rng, surfaces, (body, face))


def nightstand(rng: np.random.Generator) -> Asset:
    """A bedside cabinet: a drawer or two, or one over an open shelf."""
    size = (float(rng.uniform(0.38, 0.52)), float(rng.uniform(0.34, 0.44)), float(rng.uniform(0.46, 0.62)))
    open_rows = int(rng.choice([0, 0, 1]))
    return _chest(rng, "nightstand", size, 2 + int(rng.random() < 0.3), 1, open_rows)


def dresser(rng: np.random.Generator) -> Asset:
    """A chest of drawers: a tall one, or a wide one in two columns."""
    if rng.random() < 0.5:
        size = (float(rng.uniform(0.72, 1.0)), float(rng.uniform(0.42, 0.5)), float(rng.uniform(0.9, 1.2)))
        return _chest(rng, "dresser", size, int(rng.choice([4, 5])), 1)
    size = (float(rng.uniform(1.1, 1.55)), float(rng.uniform(0.42, 0.5)), float(rng.uniform(0.72, 0.88)))
    return _chest(rng, "dresser", size, 3, int(rng.choice([2, 2, 3])))


def wardrobe(rng: np.random.Generator) -> Asset:
    """A clothes cupboard as tall as a door: hinged or sliding doors, some with a mirror, drawers below or not."""
    doors = int(rng.choice([2, 2, 3, 4]))
    width, height = doors * float(rng.uniform(0.45, 0.56)), float(rng.uniform(1.85, 2.2))
    depth = float(rng.uniform(0.55, 0.63))
    (body, face), metal = joinery(rng), materials.metal(rng)
    mirror = materials.mirror_glass(rng)
    style = FRONT_STYLES[int(rng.integers(3))]
    sliding = doors > 2 and rng.random() < 0.4
    plinth, crown = float(rng.uniform(0.05, 0.1)), 0.03
    thick = depth - THICK_M - (0.04 if sliding else 0.03)
    back = -depth / 2
    y = back + thick / 2
    pieces: list[Piece] = [
        (box((width - 0.01, thick - 0.03, plinth + 0.001), (0, y - 0.01, 0), 0), body),
        (box((width, thick, height - plinth - crown), (0, y, plinth), 0.002), body),
        (
            box(
                (width + (0.04 if style != "flat" else 0.0), depth - 0.012, crown),
                (0, -0.006, height - crown - 0.001),
                0.004,
            ),
            body,
        ),
    ]
    low, high = plinth + 0.01, height - crown - 0.01
    face_y = back + thick
    if not sliding and rng.random() < 0.35:
        tall = float(rng.uniform(0.2, 0.3))
        n = max(1, doors // 2)
        for k in range(n):
            w = width / n
            x = -width / 2 + w * (k + 0.5)
            pieces += front(w - 0.006, tall - 0.006, (x, face_y, low), face, style)
            for share in (-0.25, 0.25):
                pieces += handle("knob", (x + share * w, face_y + THICK_M, low + tall / 2), metal)
        low += tall
    mirrored = {int(rng.integers(doors))} if rng.random() < 0.45 else set()
    if sliding and rng.random() < 0.5:
        mirrored = set(range(1, doors, 2))
    pull = HANDLES[int(rng.choice([0, 1]))]
    for k in range(doors):
        w = width / doors
        x = -width / 2 + w * (k + 0.5)
        ahead = 0.02 * (k % 2) if sliding else 0.0
        over = 0.03 if sliding else -0.005
        flat = "flat" if k in mirrored or sliding else style
        pieces += front(w + over, high - low, (x, face_y + ahead, low), face, flat)
        if k in mirrored:
            pane = (w - 0.06, 0.004, high - low - 0.08)
            pieces.append((box(pane, (x, face_y + ahead + THICK_M, low + 0.04), 0), mirror))
        if not sliding:
            to = 1.0 if k % 2 == 0 else -1.0
            at = (x + to * (w / 2 - 0.03), face_y + THICK_M, 1.0)
            pieces += handle(pull, at, metal, 0.22, upright=True)
    top = Surface("top", (0, 0, height - 0.001), (width / 2 - 0.03, depth / 2 - 0.04), 0.4)
    return assemble("wardrobe", pieces, rng, [top], (body, face))


def laundry_basket(rng: np.random.Generator) -> Asset:
    """A tall hamper of cane, cloth or plastic, open with washing in it, or under a lid."""
    woven = rng.random() < 0.5
    names = ("white", "white", "gray", "gray", "beige", "beige", "black", "blue", "green", "pink")
    plain = materials.fabric if rng.random() < 0.6 else materials.plastic
    body = materials.wicker(rng) if woven else plain(rng, names)
    half, height = float(rng.uniform(0.17, 0.23)), float(rng.uniform(0.45, 0.62))
    foot = float(rng.uniform(0.78, 1.0))
    round_ = rng.random() < 0.5
    line = superellipse(half, half, 2.0, 40) if round_ else rounded_rectangle(half * 1.2, half * 0.85, 0.05)
    wall = 1 - 0.012 / half
    rings = [ring(line, 0.0, foot), ring(line, height * 0.5, (foot + 1) / 2 + 0.02), ring(line, height)]
    rings += [
        ring(line, height, wall),
        ring(line, height * 0.5, ((foot + 1) / 2 + 0.02) * wall),
        ring(line, 0.02, foot * wall),
    ]
    pieces: list[Piece] = [(loft(rings), body)]
    lip = [
        ring(line, height - 0.03, wall),
        ring(line, height - 0.03, 1.03),
        ring(line, height + 0.004, 1.03),
        ring(line, height + 0.004, wall),
    ]
    trim = body if rng.random() < 0.5 else materials.fabric(rng, names)
    pieces.append((_hoop(lip), trim))
    if rng.random() < 0.45:
        lid = materials.wicker(rng) if woven and trim is not body else body
        pieces.append((prism(line * 1.04, 0.025, (0, 0, height + 0.0045), 0.01), lid))
        pieces.append((move(turn(torus(0.03, 0.005, sides=24), np.pi / 2, 1), (0, 0, height + 0.03)), trim))
        return assemble("laundry_basket", pieces, rng, main=body)
    for k in range(4):
        cloth = materials.fabric(rng)
        a, r = k * np.pi / 2 + float(rng.uniform(-0.4, 0.4)), half * 0.36
        heap = ellipsoid((half * 0.52, half * 0.46, 0.07), (0, 0, 0), 16)
        heap = turn(turn(heap, float(rng.uniform(-0.35, 0.35)), 0), a)
        low = height - 0.16 + float(rng.uniform(0.0, 0.06))
        pieces.append((_creased(rng, move(heap, (r * np.cos(a), r * np.sin(a) * 0.75, low))), cloth))
    for s in (-1, 1):
        ear = turn(torus(0.045, 0.007, sides=24), np.pi / 2, 1)
        pieces.append((move(ear, (s * float(np.abs(line[:, 0]).max()) * 1.03, 0, height - 0.03)), trim))
    return assemble("laundry_basket", pieces, rng, main=body)


def _hoop(rings: list[Float]) -> Mesh:
    """A closed band through loops that run round its section; the last meets the first again."""
    return loft([*rings, rings[0]], cap=False)


def _creased(rng: np.random.Generator, mesh: Mesh) -> Mesh:
    """Crumpled a little: every point shifted along its normal."""
    if mesh.normals is None:
        return mesh
    p = mesh.vertices
    wave = np.sin(p @ rng.normal(0, 55, (3, 3)) + rng.uniform(0, 6, 3)).sum(1)
    return Mesh(p + mesh.normals * (0.004 * wave)[:, None], mesh.faces, mesh.uv, mesh.normals)


GENERATORS = {
    "dresser": dresser,
    "laundry_basket": laundry_basket,
    "nightstand": nightstand,
    "wardrobe": wardrobe,
}
