"""The shell of an industrial hall: columns, trusses, roof lights, painted lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets.asset import Asset, Piece, assemble
from pipeline.compose.assets.profiles import boxes
from pipeline.compose.assets.shapes import bar, box
from pipeline.compose.materials import Finish

MARKING_M = 0.001
"""Thickness of paint on the floor."""


def column(height: float, edge: float, finish: Finish, rng: np.random.Generator, steel: bool) -> Asset:
    """A steel I-section whose web runs along y, or a square concrete pillar, `edge` metres wide."""
    if not steel:
        return assemble("column", [(box((edge, edge, height), bevel=0.015), finish)], rng)
    t = 0.016
    size = [(edge, t, height), (edge, t, height), (0.01, edge - 2 * t, height), (edge * 1.3, edge * 1.3, 0.015)]
    at = [(0, (edge - t) / 2, 0), (0, (t - edge) / 2, 0), (0, 0, 0), (0, 0, 0)]
    return assemble("column", [(boxes(size, at), finish)], rng)


def truss(span: float, depth: float, finish: Finish, rng: np.random.Generator) -> Asset:
    """A parallel-chord truss `span` metres long along x, `depth` high: chords, posts and diagonals."""
    pieces: list[Piece] = [(boxes((span, 0.14, 0.1), [(0, 0, 0), (0, 0, depth - 0.1)]), finish)]
    panels = max(4, 2 * round(span / depth / 2.6))
    xs = np.linspace(-span / 2 + 0.06, span / 2 - 0.06, panels + 1)
    pieces.append((boxes((0.07, 0.07, depth - 0.19), [(x, 0, 0.095) for x in xs]), finish))
    for k in range(panels):
        low, high = (xs[k], xs[k + 1]) if k < panels / 2 else (xs[k + 1], xs[k])
        pieces.append((bar((high, 0, 0.09), (low, 0, depth - 0.09), 0.03, sides=6), finish))
    return assemble("roof_truss", pieces, rng)


def girder(span: float, depth: float, finish: Finish, rng: np.random.Generator) -> Asset:
    """A solid-web I-girder `span` metres long along x."""
    t = 0.025
    size = [(span, 0.2, t), (span, 0.2, t), (span, 0.014, depth - 2 * t)]
    return assemble("roof_truss", [(boxes(size, [(0, 0, 0), (0, 0, depth - t), (0, 0, t)]), finish)], rng)


def skylight(length: float, width: float, sky: tuple[float, float, float], rng: np.random.Generator) -> Asset:
    """A light band under the roof, `length` along x: glowing panes between bars."""
    r, g, b = sky
    pane = materials.plain("plastic", (0.8, 0.82, 0.82), 0.5, 0.0, (float(r), float(g), float(b)))
    frame = materials.plain("metal", (0.75, 0.76, 0.77), 0.5, 0.3)
    bars = max(2, round(length / 1.2)) + 1
    xs = np.linspace(-length / 2 + 0.03, length / 2 - 0.03, bars)
    pieces: list[Piece] = [(boxes((length - 0.04, width - 0.04, 0.02), (0, 0, 0.02)), pane)]
    pieces.append((boxes((0.06, width, 0.04), [(x, 0, 0) for x in xs]), frame))
    pieces.append((boxes((length, 0.06, 0.04), [(0, s * (width / 2 - 0.03), 0) for s in (-1, 1)]), frame))
    return assemble("skylight", pieces, rng, main=pane)


def markings(rectangles: Any, finish: Finish, rng: np.random.Generator) -> Asset:
    """Painted stripes, world rectangles [n, 4] of (x, y, width along x, width along y)."""
    table = np.asarray(rectangles, float)
    size = np.column_stack([table[:, 2:], np.full(len(table), MARKING_M)])
    at = np.column_stack([table[:, :2], np.zeros(len(table))])
    return assemble("floor_marking", [(boxes(size, at), finish)], rng, recentre=False)
