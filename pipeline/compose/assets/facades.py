"""Town buildings from 6 to 30 m high: a front with real windows and doors, closed sides and back, a roof.

A building stands in the frame of its plot: x along the street, its front at y = 0 looking along +y, the rest behind
it, z up from the pavement. Only awnings, balconies, sills and eaves come before the front.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import roofs
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.facade_trim import balconies, balcony_stack, cornice, downpipe, shutters
from pipeline.compose.assets.masonry import blocks, prism
from pipeline.compose.assets.openings import REVEAL_M, Scheme, doors, glazing, grid_of, pierced, scheme
from pipeline.compose.assets.shopsigns import fascia
from pipeline.scene import Float

FrontStyle = Literal["brick", "plaster", "stone", "modern", "office"]
AWNING_M = 1.3


def building(
    rng: np.random.Generator, style: FrontStyle, width: float, depth: float, storeys: int, shop: bool, lit: float = 0.0
) -> Asset:
    """A town building of so many storeys. shop: whether its ground floor is one. lit: share of lit windows."""
    return _STYLES[style](rng, width, depth, storeys, shop, lit)


def _classic(style: FrontStyle) -> Callable[[np.random.Generator, float, float, int, bool, float], Asset]:
    def draw(rng: np.random.Generator, width: float, depth: float, storeys: int, shop: bool, lit: float) -> Asset:
        finish = {
            "brick": materials.brick,
            "plaster": materials.stucco if rng.random() < 0.4 else materials.plaster,
            "stone": materials.concrete,
        }[style](rng)
        look = scheme(rng, finish, _trim(rng), lit)
        ground, floor = float(rng.uniform(3.5, 4.1) if shop else rng.uniform(3.0, 3.4)), float(rng.uniform(2.9, 3.4))
        top = ground + floor * (storeys - 1)
        columns = _columns(width, float(rng.uniform(2.1, 3.0)))
        wide = min(float(rng.uniform(0.95, 1.35)), (width / len(columns)) - 0.6)
        tall = float(rng.uniform(1.45, min(1.95, floor - 1.15)))
        levels = ground + floor * np.arange(storeys - 1)
        sill = float(rng.uniform(0.75, 0.95))
        windows = grid_of(columns, wide, list(levels + sill), tall)
        chosen_balconies = balconies(rng, columns, 0 if style == "stone" else storeys)
        french = np.zeros((0, 4))
        if chosen_balconies:
            chosen = np.array([(columns[k], levels[f]) for k, f in chosen_balconies])
            french = np.stack(
                [chosen[:, 0] - wide / 2, chosen[:, 0] + wide / 2, chosen[:, 1] + 0.05, chosen[:, 1] + sill + tall], 1
            )
            taken = (np.abs(windows[:, None, 0] - french[None, :, 0]) < 1e-6) & (
                np.abs(windows[:, None, 3] - french[None, :, 3]) < 1e-6
            )
            windows = windows[~taken.any(1)]
        below, entrance, shopfront = _ground_floor(rng, columns, width, ground, wide, shop)
        pitched = storeys <= 5 and rng.random() < 0.55
        parapet = 0.0 if pitched else float(rng.uniform(0.5, 1.0))
        bands = [(ground - 0.12, ground + 0.16)] if rng.random() < 0.7 else []
        lintel = 0.0 if rng.random() < 0.25 else float(rng.uniform(0.18, 0.28))
        holes = np.concatenate([windows, french, below, entrance, shopfront])
        span = (-width / 2, width / 2, 0.0, top + parapet)
        pieces = pierced(span, holes, look, lintel, 0.0 if shop else float(rng.uniform(0.4, 0.7)), bands)
        sashes = [(), (0.5,), (0.68,), (0.33, 0.66)][int(rng.integers(4))]
        leaves = int(rng.integers(1, 3)) if sashes == (0.5,) else 2
        pieces += glazing(rng, np.concatenate([windows, below]), look, leaves, sashes)
        pieces += glazing(rng, french, look, 2, (), sills=False)
        pieces += doors(rng, entrance, look)
        if shop:
            pieces += _shop(rng, shopfront, entrance, look, width, ground)
        for x in columns:
            column = french[np.abs(french[:, 0] + wide / 2 - x) < 1e-6]
            pieces += balcony_stack(column, look, levels) if len(column) else []
        if len(windows) and rng.random() < 0.25:
            pieces += shutters(rng, windows, width / len(columns))
        pieces += cornice(rng, width, top, look) if not pitched else []
        pieces += downpipe(rng, width, top, look)
        pieces += _body(rng, width, depth, top, parapet, pitched, look)
        return assemble("building", pieces, rng, main=look.wall, recentre=False)

    return draw


def _modern(rng: np.random.Generator, width: float, depth: float, storeys: int, shop: bool, lit: float) -> Asset:
    """Wide windows in a grid of deep reveals, rows of balconies."""
    finish = [materials.concrete, materials.plaster, materials.stucco, materials.brick][int(rng.integers(4))](rng)
    look = scheme(rng, finish, _trim(rng), lit, ("black", "gray", "gray", "white"))
    ground, floor = float(rng.uniform(3.4, 4.2)), float(rng.uniform(2.8, 3.2))
    top, parapet = ground + floor * (storeys - 1), float(rng.uniform(0.4, 0.9))
    columns = _columns(width, float(rng.uniform(2.8, 4.0)))
    pitch = width / len(columns)
    wide, sill = pitch * float(rng.uniform(0.6, 0.8)), float(rng.uniform(0.1, 0.7))
    levels = ground + floor * np.arange(storeys - 1)
    windows = grid_of(columns, wide, list(levels + sill), floor - sill - float(rng.uniform(0.3, 0.5)))
    below, entrance, shopfront = _ground_floor(rng, columns, width, ground, wide, shop)
    span = (-width / 2, width / 2, 0.0, top + parapet)
    bands = [(z - 0.1, z + 0.1) for z in levels] if rng.random() < 0.4 else []
    pieces = pierced(span, np.concatenate([windows, below, entrance, shopfront]), look, bands=bands)
    pieces += glazing(rng, windows, look, int(rng.integers(2, 4)), (), 0.05, sills=False)
    pieces += glazing(rng, below, look, 2) + doors(rng, entrance, look)
    if shop:
        pieces += _shop(rng, shopfront, entrance, look, width, ground)
    if rng.random() < 0.6:
        chosen = [k for k in range(len(columns)) if (k + int(rng.integers(2))) % 2 == 0]
        solid = bool(rng.random() < 0.5)
        for k in chosen:
            column = windows[np.abs((windows[:, 0] + windows[:, 1]) / 2 - columns[k]) < 1e-6]
            pieces += balcony_stack(column, look, levels, solid)
    pieces += _body(rng, width, depth, top, parapet, False, look)
    return assemble("building", pieces, rng, main=look.wall, recentre=False)


def _office(rng: np.random.Generator, width: float, depth: float, storeys: int, shop: bool, lit: float) -> Asset:
    """A curtain wall: glass between slender bars, with a spandrel at each floor."""
    metal = materials.plain("metal", materials.color_of(rng, ("gray", "black", "white", "gray")), 0.4, 0.4)
    spandrel = materials.plain(
        "metal", materials.tone_of(rng, ((0.2, 0.25, 0.28), (0.3, 0.3, 0.3), (0.16, 0.2, 0.2))), 0.2
    )
    look = scheme(rng, metal, spandrel if rng.random() < 0.6 else metal, lit, ("gray", "black"))
    ground, floor = float(rng.uniform(3.8, 4.6)), float(rng.uniform(3.2, 3.7))
    top, parapet = ground + floor * (storeys - 1), float(rng.uniform(0.5, 1.1))
    columns = _columns(width, float(rng.uniform(1.5, 2.2)))
    pitch, reveal = width / len(columns), 0.12
    levels = ground + floor * np.arange(storeys - 1)
    windows = grid_of(columns, pitch - 0.1, list(levels + 0.75), floor - 0.85)
    door = np.array([columns[len(columns) // 2]])
    others = [x for x in columns if abs(x - door[0]) > 1e-6]
    lobby = grid_of(others, pitch - 0.1, [0.3], ground - 0.7)
    entrance = grid_of(list(door), min(pitch - 0.2, 1.8), [0.0], 2.6)
    span = (-width / 2, width / 2, 0.0, top + parapet)
    bands = [(z + 0.0, z + 0.7) for z in levels]
    holes = np.concatenate([windows, lobby, entrance])
    pieces = pierced(span, holes, look, 0.0, 0.0, bands, reveal)
    pieces += glazing(rng, windows, look, 1, (), 0.03, sills=False, blinds=0.2, reveal=reveal)
    pieces += glazing(rng, np.concatenate([lobby, entrance]), look, 1, (), 0.05, sills=False, blinds=0.0, reveal=reveal)
    canopy = blocks([door[0] - 1.6, -0.01, 2.9], [door[0] + 1.6, 1.2, 3.05])
    pieces.append((canopy, look.rails))
    if shop:
        pieces += fascia(rng, -width * 0.2, width * 0.2, ground - 0.38, ground - 0.04, 0.08)
    pieces += _body(rng, width, depth, top, parapet, False, look, reveal)
    return assemble("building", pieces, rng, main=look.wall, recentre=False)


_STYLES: dict[FrontStyle, Callable[[np.random.Generator, float, float, int, bool, float], Asset]] = {
    "brick": _classic("brick"),
    "plaster": _classic("plaster"),
    "stone": _classic("stone"),
    "modern": _modern,
    "office": _office,
}


def _trim(rng: np.random.Generator) -> materials.Finish:
    tones = ((0.78, 0.74, 0.66), (0.86, 0.84, 0.8), (0.62, 0.6, 0.56), (0.7, 0.62, 0.5))
    return materials.textured(rng, "stone", "concrete", materials.tone_of(rng, tones), 0.1, 1.2, 0.85)


def _columns(width: float, pitch: float) -> list[float]:
    count = max(2, round(width / pitch))
    return [float(x) for x in (np.arange(count) + 0.5) * width / count - width / 2]


def _ground_floor(
    rng: np.random.Generator, columns: list[float], width: float, ground: float, wide: float, shop: bool
) -> tuple[Float, Float, Float]:
    """Holes of the ground floor: windows, doors and shop windows."""
    none = np.zeros((0, 4))
    if not shop:
        door = int(rng.integers(len(columns)))
        others = [x for k, x in enumerate(columns) if k != door]
        head = min(ground - 0.5, 2.75)
        return (
            grid_of(others, wide, [1.0], head - 1.0),
            grid_of([columns[door]], max(min(wide, 1.2), 1.0), [0.0], head),
            none,
        )
    head, pier = ground - 0.85, float(rng.uniform(0.3, 0.55))
    inner = (-width / 2 + pier, width / 2 - pier)
    at = float(rng.choice([0.12, 0.5, 0.88]))
    middle = inner[0] + 0.6 + (inner[1] - inner[0] - 1.2) * at
    entrance = np.array([[middle - 0.55, middle + 0.55, 0.0, min(head, 2.6)]])
    sill = float(rng.uniform(0.3, 0.65))
    panes = [(inner[0], middle - 0.55 - pier), (middle + 0.55 + pier, inner[1])]
    glass = [(a, b, sill, head) for a, b in panes if b - a > 0.7]
    return none, entrance, np.array(glass) if glass else none


def _shop(
    rng: np.random.Generator, panes: Float, entrance: Float, look: Scheme, width: float, ground: float
) -> list[Piece]:
    """Shop windows, the board over them, and often an awning."""
    pieces: list[Piece] = []
    for hole in panes:
        leaves = max(1, round((hole[1] - hole[0]) / float(rng.uniform(1.2, 2.0))))
        pieces += glazing(rng, hole[None], look, leaves, [(), (0.78,)][int(rng.integers(2))], 0.06, blinds=0.0)
    edge = width / 2 - 0.15
    pieces += fascia(rng, -edge, edge, ground - 0.72, ground - 0.16, float(rng.uniform(0.06, 0.14)))
    if rng.random() < 0.5:
        cloth = materials.patterned_fabric(rng, ("red", "green", "blue", "beige", "brown", "orange", "yellow"))
        left, right, high, low = -edge + 0.1, edge - 0.1, ground - 0.76, ground - 1.25
        low = max(low, 2.3)
        slope = [(0.0, high), (0.0, high - 0.03), (AWNING_M, low), (AWNING_M, low + 0.03)]
        pieces.append((prism(slope, left, right), cloth))
        pieces.append((blocks([left, AWNING_M, low - 0.16], [right, AWNING_M + 0.012, low + 0.03]), cloth))
    return pieces


def _body(
    rng: np.random.Generator, width: float, depth: float, top: float, parapet: float, pitched: bool, look: Scheme,
    reveal: float = REVEAL_M,
) -> list[Piece]:  # fmt: skip
    """Everything behind the front: sides, back and roof, with a chimney or a stair house."""
    x, y = (-width / 2, width / 2), (-depth, 0.0)
    pieces: list[Piece] = [(blocks([x[0], -depth, 0.0], [x[1], -reveal, top]), look.wall)]
    if pitched:
        rise = depth / 2 * float(np.tan(np.radians(rng.uniform(28, 42))))
        pieces += roofs.gabled(x, y, top, rise, look, 0.0, 0.32)
        if rng.random() < 0.75:
            side = float(rng.choice([-1, 1])) * (width / 2 - 0.8)
            pieces += roofs.chimney(rng, side, -depth * 0.4, top, top + rise + float(rng.uniform(0.6, 1.2)), look)
        return pieces
    pieces += roofs.flat(x, y, top, parapet, materials.asphalt(rng), look, reveal)
    for _ in range(int(rng.integers(0, 3))):
        w, d, h = rng.uniform(1.2, 3.2), rng.uniform(1.2, 3.0), rng.uniform(1.0, 2.6)
        cx, cy = rng.uniform(-0.3, 0.3) * width, -depth * rng.uniform(0.35, 0.7)
        pieces.append((blocks([cx - w / 2, cy - d / 2, top + 0.02], [cx + w / 2, cy + d / 2, top + h]), look.trim))
    return pieces
