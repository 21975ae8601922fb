"""The ground of a street: one road with its markings, one pavement with its kerbs, and lawn to the horizon."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import grounds
from pipeline.compose.assets.asset import Asset, Piece
from pipeline.compose.assets.grounds import KERB_M, Rectangle
from pipeline.compose.layouts.street_plan import CORNER_M, CROSS_M, FAR_M, START_M, StreetPlan

ASPHALT, WHITE, MIDDLE, BAY, IRON, PATCH = range(6)
FLAGS, STONE, SOIL, TACTILE, DRIVE = range(5)
END_HALF_M, END_PAVEMENT_M = 3.6, 4.0
"""Half width of the cross road that closes the street, and of the pavement beyond it."""


BAY_M = 5.8
"""Length of a parking bay."""
Drive = tuple[int, float, float]
"""A paved strip from the pavement to a house: side of the street, and its edges in y."""


def lay(plan: StreetPlan, pits: dict[int, list[float]], drives: list[Drive], rng: np.random.Generator) -> list[Asset]:
    """Road, pavement and lawn in world coordinates. pits: y of the trees by the side of the street they stand on."""
    asphalt = materials.asphalt(rng)
    white = grounds.paint(rng)
    road = [
        asphalt,
        white,
        grounds.paint(rng, yellow=True) if rng.random() < 0.3 else white,
        materials.cobble(rng) if rng.random() < 0.4 else asphalt,
        materials.plain("iron", (0.16, 0.15, 0.14), 0.5, 0.6),
        materials.asphalt(rng),
    ]
    flags = materials.paving(rng) if rng.random() < 0.75 else materials.cobble(rng)
    tactile = materials.textured(rng, "paving", "dots", (0.72, 0.6, 0.32), 0.2, 0.4, 0.85)
    drive = [materials.gravel, materials.paving, materials.concrete, materials.asphalt][int(rng.integers(4))](rng)
    pavement = [
        flags,
        materials.textured(rng, "stone", "concrete", (0.6, 0.59, 0.57), 0.12, 1.1, 0.85),
        materials.soil(rng),
        tactile,
        drive,
    ]
    corners = _corners(plan)
    gores: list[Piece] = [(piece.outside, asphalt) for piece in corners]
    rounded: list[Piece] = [(piece.kerb, pavement[STONE]) for piece in corners]
    rounded += [(piece.inside, flags) for piece in corners]
    return [
        grounds.slab("road", _road(plan, rng), 0.0, road, rng, gores),
        grounds.slab("pavement", _pavement(plan, pits, drives), plan.kerb, pavement, rng, rounded),
        grounds.slab("lawn", _lawn(plan, drives), plan.kerb, [materials.grass(rng)], rng),
    ]


def _notches(plan: StreetPlan) -> list[tuple[float, float, int, int]]:
    """Corners of the pavement where two kerbs meet: x, y, and the signs of the directions into the pavement."""
    found = []
    for side in (-1, 1):
        if plan.opens(side) and plan.side:
            y, half, _ = plan.side
            found += [(side * plan.road, y - half, side, -1), (side * plan.road, y + half, side, 1)]
        found.append((side * plan.road, plan.end, side, -1))
    return found


def _radius(plan: StreetPlan) -> float:
    return min(CORNER_M, plan.pavement - 0.6, plan.side_pavement - 0.3)


def _corners(plan: StreetPlan) -> list[grounds.Corner]:
    return [grounds.corner(x, y, _radius(plan), sx, sy, 0.0, plan.kerb) for x, y, sx, sy in _notches(plan)]


def _road(plan: StreetPlan, rng: np.random.Generator) -> list[list[Rectangle]]:
    """Sheets along the street, cut where markings change, then the side street and the cross road."""
    w, lane = plan.road, plan.lane * plan.lanes
    stops = [START_M - 260.0, plan.end]
    if plan.crossing is not None:
        stops += [plan.crossing - CROSS_M / 2 - 1.6, plan.crossing + CROSS_M / 2 + 1.6]
    if plan.side:
        stops += [plan.side[0] - plan.side[1] - 0.5, plan.side[0] + plan.side[1] + 0.5]
    stops = sorted(stops)
    sheets = []
    for low, high in pairwise(stops):
        sheet: list[Rectangle] = [(-w, w, low, high, ASPHALT)]
        middle = (low + high) / 2
        if plan.crossing is not None and abs(middle - plan.crossing) < 1.0:
            sheet += grounds.stripes(-w + 0.3, w - 0.3, plan.crossing - CROSS_M / 2, plan.crossing + CROSS_M / 2, WHITE)
            f = plan.flow
            for sign, y in ((f, low + 0.5), (-f, high - 0.5)):
                x = sorted((0.1 * sign, sign * lane - 0.1 * sign))
                sheet.append((x[0], x[1], y - 0.2, y + 0.2, WHITE))
        elif not (plan.side and abs(middle - plan.side[0]) < 1.0):
            sheet += _lines(plan, low, high, rng)
        sheets.append(sheet)
    if plan.side:
        y, half, which = plan.side
        for side in (-1, 1):
            if which in (0, side):
                x = sorted((side * w, side * FAR_M))
                give_way = sorted((side * (w + 0.6), side * (w + 1.0)))
                sheets.append(
                    [
                        (x[0], x[1], y - half, y + half, ASPHALT),
                        (give_way[0], give_way[1], y - half + 0.2, y - 0.1, WHITE),
                    ]
                )
    y0, y1 = plan.end, plan.end + 2 * END_HALF_M
    sheets.append([(-FAR_M, FAR_M, y0, y1, ASPHALT)])
    return sheets


def _lines(plan: StreetPlan, low: float, high: float, rng: np.random.Generator) -> list[Rectangle]:
    """Lane lines, bays, manholes and mended patches between two heights of y."""
    lane, w = plan.lane * plan.lanes, plan.road
    marks: list[Rectangle] = []
    far = max(low, START_M)
    for _ in range(int(rng.integers(0, 4))):
        left, y = float(rng.uniform(-lane * 0.8, lane * 0.5)), float(rng.uniform(far, max(far + 0.1, high - 5.0)))
        marks.append((left, left + float(rng.uniform(0.6, 1.2)), y, min(y + float(rng.uniform(1.5, 9.0)), high), PATCH))
    if plan.bay:
        marks += [(-w, -lane - 0.08, low, high, BAY), (lane + 0.08, w, low, high, BAY)]
    dash, gap = (2.0, 4.0) if plan.lane < 3.2 else (3.0, 5.0)
    starts = np.arange(far + 1.0, high - dash, dash + gap).tolist()
    for y in starts:
        marks.append((-0.06, 0.06, y, y + dash, MIDDLE))
        for k in range(1, plan.lanes):
            marks += [(s * plan.lane * k - 0.05, s * plan.lane * k + 0.05, y, y + dash, WHITE) for s in (-1, 1)]
    for side in (-1, 1):
        if plan.bay:
            line = sorted((side * (lane - 0.02), side * (lane + 0.08)))
            marks.append((line[0], line[1], far, high, WHITE))
            bay = sorted((side * lane, side * w))
            ends = [y for y in bays(plan) if far < y < high]
            marks += [(bay[0], bay[1], y - 0.05, min(y + 0.05, high), WHITE) for y in ends]
        else:
            line = sorted((side * (lane - 0.35), side * (lane - 0.25)))
            marks.append((line[0], line[1], far, high, WHITE))
    for _ in range(int(rng.integers(1, 4))):
        at, y = float(rng.uniform(-lane * 0.7, lane * 0.7)), float(rng.uniform(far, max(far + 0.1, high - 1.0)))
        marks.append((at - 0.32, at + 0.32, y, min(y + 0.64, high), IRON))
    return [mark for mark in marks if mark[3] - mark[2] > 1e-3]


def bays(plan: StreetPlan) -> list[float]:
    """y at which one parking bay ends and the next begins, along the whole street."""
    return [float(y) for y in np.arange(START_M, plan.end - 6.0, BAY_M)]


def _pavement(plan: StreetPlan, pits: dict[int, list[float]], drives: list[Drive]) -> list[list[Rectangle]]:
    sheets = []
    r, back = _radius(plan), plan.line
    for side in (-1, 1):
        gap = plan.opens(side)
        spans = [(START_M - 260.0, plan.end)]
        if gap and plan.side:
            y, half, _ = plan.side
            spans = [(START_M - 260.0, y - half), (y + half, plan.end)]
        for low, high in spans:
            x = sorted((side * plan.road, side * back))
            sheet: list[Rectangle] = [(x[0], x[1], low, high, FLAGS)]
            sheet += grounds.kerbed(x[0], x[1], low, high, "W" if side > 0 else "E", STONE)
            for y in pits[side]:
                if low + 1 < y < high - 1:
                    middle = side * pit_x(plan)
                    sheet.append((middle - 0.55, middle + 0.55, y - 0.55, y + 0.55, SOIL))
            if plan.crossing is not None and low < plan.crossing < high:
                edge = sorted((side * (plan.road + KERB_M), side * (plan.road + KERB_M + 0.8)))
                sheet.append((edge[0], edge[1], plan.crossing - 1.5, plan.crossing + 1.5, TACTILE))
            for end in (low, high):
                if end > START_M:
                    ends = sorted((end, end + (r if end == low else -r)))
                    notch = sorted((side * plan.road, side * (plan.road + r)))
                    # The kerb turns the corner and goes on along the side street.
                    strip = sorted((end, end + (KERB_M if end == low else -KERB_M)))
                    sheet.append((x[0], x[1], strip[0], strip[1], STONE))
                    sheet.append((notch[0], notch[1], ends[0], ends[1], -1))
            sheets.append(sheet)
        if gap and plan.side:
            y, half, _ = plan.side
            x = sorted((side * back, side * FAR_M))
            for low, high, kerb in ((gap[0], y - half, "N"), (y + half, gap[1], "S")):
                sheets.append([(x[0], x[1], low, high, FLAGS), *grounds.kerbed(x[0], x[1], low, high, kerb, STONE)])
        x = sorted((side * back, side * FAR_M))
        low, high = plan.end - plan.side_pavement, plan.end
        sheets.append([(x[0], x[1], low, high, FLAGS), *grounds.kerbed(x[0], x[1], low, high, "N", STONE)])
    for side, a, b in drives:
        x = sorted((side * plan.line, side * plan.front))
        sheets.append([(x[0], x[1], a, b, DRIVE)])
    low = plan.end + 2 * END_HALF_M
    far = (-FAR_M, FAR_M, low, low + END_PAVEMENT_M)
    sheets.append([(*far, FLAGS), *grounds.kerbed(*far, "S", STONE)])
    return sheets


def pit_x(plan: StreetPlan) -> float:
    """Distance of the trees from the road's middle."""
    return plan.road + KERB_M + 0.75


def _lawn(plan: StreetPlan, drives: list[Drive]) -> list[list[Rectangle]]:
    """What is neither road nor pavement, to the edge of the world."""
    sheets: list[list[Rectangle]] = []
    for side in (-1, 1):
        x = sorted((side * plan.line, side * FAR_M))
        gap = plan.opens(side)
        low, high = -FAR_M, plan.end - plan.side_pavement
        spans = [(low, gap[0]), (gap[1], high)] if gap else [(low, high)]
        front = sorted((side * plan.line, side * plan.front))
        cuts: list[Rectangle] = [(front[0], front[1], a, b, -1) for where, a, b in drives if where == side]
        for a, b in spans:
            sheets.append([(x[0], x[1], a, b, 0), *(cut for cut in cuts if a < cut[2] and cut[3] < b)])
    low = plan.end + 2 * END_HALF_M + END_PAVEMENT_M
    return [*sheets, [(-FAR_M, FAR_M, low, FAR_M + 200.0, 0)], [(-plan.line, plan.line, -FAR_M, START_M - 260.0, 0)]]
