"""What lines a street: rows of buildings, or houses behind front gardens, and what closes its far end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from pipeline.compose import materials
from pipeline.compose.assets import facades, fences, grounds, houses
from pipeline.compose.assets.facades import FrontStyle
from pipeline.compose.layouts.street_ground import END_HALF_M, END_PAVEMENT_M
from pipeline.compose.layouts.street_plan import START_M, StreetPlan
from pipeline.compose.placement import GAP_M, Arrangement
from pipeline.config.street import District

LOOKS: dict[District, tuple[FrontStyle, ...]] = {
    "old_town": ("brick", "plaster", "plaster", "stone"),
    "high_street": ("brick", "brick", "plaster", "stone"),
    "modern": ("modern", "modern", "office"),
    "suburb": ("brick", "plaster"),
}
WIDTHS_M: dict[District, tuple[float, float]] = {
    "old_town": (8.0, 14.0), "high_street": (8.0, 15.0), "modern": (15.0, 24.0), "suburb": (14.0, 19.0),
}  # fmt: skip
STOREYS: dict[District, tuple[int, int]] = {
    "old_town": (3, 5),
    "high_street": (2, 4),
    "modern": (4, 8),
    "suburb": (1, 2),
}
SHOPS: dict[District, float] = {"old_town": 0.35, "high_street": 0.9, "modern": 0.5, "suburb": 0.0}
GAPS: dict[District, float] = {"old_town": 0.08, "high_street": 0.12, "modern": 0.45, "suburb": 1.0}
UNIQUE_M = 62.0
PARTY_M = 0.004
"""Between two buildings that stand wall to wall."""
DRIVE_M, PATH_M = 3.0, 1.2
HOUSE_M = 8.4
"""Depth of a house in a suburb."""


@dataclass(frozen=True)
class Plot:
    """A stretch of one side of the street, from y = `low` to `high`.

    model: plots of one model get the same building. drive, path: y of the middle of the driveway and of the garden
    path of a house; None for a building on the line. garage: side of the garage in the house's own frame.
    """

    side: int
    low: float
    high: float
    width: float
    model: int
    garage: int = 0
    drive: float | None = None
    path: float | None = None

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


def draw_plots(plan: StreetPlan, rng: np.random.Generator) -> list[Plot]:
    """Both sides divided into plots, from behind the camera to the cross road at the end."""
    plots: list[Plot] = []
    for side in (-1, 1):
        gap = plan.opens(side)
        end = plan.end - plan.side_pavement - 0.05
        spans = [(START_M, gap[0] - 0.05), (gap[1] + 0.05, end)] if gap else [(START_M, end)]
        for low, high in spans:
            y, least = low, WIDTHS_M[plan.district][0]
            while high - y > least:
                # What is close is unlike anything else; further away and behind, buildings come again.
                near = [plot for plot in plots if plot.side == side]
                again = near[int(rng.integers(len(near)))] if near and not 0.0 < y < UNIQUE_M else None
                width = again.high - again.low if again else float(rng.uniform(*WIDTHS_M[plan.district]))
                if again and width < high - y:
                    plots.append(_moved(again, y))
                else:
                    width = high - y if high - y - width < 0.75 * least else width
                    plots.append(_plot(plan, side, y, y + width, len(plots), rng))
                y += width
    return plots


def _moved(plot: Plot, low: float) -> Plot:
    """The same plot again, from y = `low`."""
    shift = low - plot.low
    drive, path = (None if y is None else y + shift for y in (plot.drive, plot.path))
    return replace(plot, low=low, high=plot.high + shift, drive=drive, path=path)


def _plot(plan: StreetPlan, side: int, low: float, high: float, model: int, rng: np.random.Generator) -> Plot:
    if plan.district != "suburb":
        gap = float(rng.uniform(1.5, 5.0)) if rng.random() < GAPS[plan.district] else PARTY_M
        return Plot(side, low, high, high - low - gap, model)
    garage = int(rng.choice([-1, 1]))
    room = high - low - 1.6
    width = min(room - houses.GARAGE_M[0], float(rng.uniform(8.0, 11.0)))
    # The house's own x runs along +y on the right, against it on the left.
    towards = garage * side
    middle = (low + high) / 2
    drive = middle - towards * houses.GARAGE_M[0] / 2 + towards * (width / 2 + houses.GARAGE_M[0] / 2)
    return Plot(side, low, high, width, model, garage, drive, middle - towards * houses.GARAGE_M[0] / 2)


def raise_fronts(world: Arrangement, plan: StreetPlan, plots: list[Plot], lit: float, rng: np.random.Generator) -> None:
    """Build on every plot, and close the far end."""
    models: dict[int, facades.Asset] = {}
    for plot in plots:
        yaw, base = plot.side * np.pi / 2, plan.kerb + GAP_M
        if plot.model not in models:
            models[plot.model] = _model(plan, plot, lit, rng)
        asset = models[plot.model]
        if plot.path is None:
            world.put(asset, np.array([plot.side * plan.front, plot.middle, base]), yaw, "pavement_1", check=False)
        else:
            x = plot.side * (plan.front + HOUSE_M / 2)
            world.put(asset, np.array([x, plot.path, base]), yaw, "lawn_1", check=False)
            kind = str(rng.choice(["hedge", "hedge", "wall", "none", *fences.FENCES]))
            if kind != "none":
                _boundary(world, plan, plot, kind, rng)
    backdrop = [_backdrop(plan, lit, rng) for _ in range(2)]
    y, x = plan.end + 2 * END_HALF_M + END_PAVEMENT_M, -46.0
    while x < 46.0:
        width, asset = backdrop[int(rng.integers(2))]
        world.put(asset, np.array([x + width / 2, y, plan.kerb + GAP_M]), np.pi, "pavement_1", check=False)
        x += width + (float(rng.uniform(2.0, 6.0)) if rng.random() < 0.3 else 0.0)


def ring_hills(world: Arrangement, plan: StreetPlan, rng: np.random.Generator) -> None:
    """Close the horizon with hills."""
    ring = grounds.hills(rng, 300.0, float(rng.uniform(18.0, 50.0)))
    world.put(ring, np.array([0.0, 100.0, plan.kerb + GAP_M]), 0.0, "lawn_1", thing=False, check=False)


def _backdrop(plan: StreetPlan, lit: float, rng: np.random.Generator) -> tuple[float, facades.Asset]:
    """A building for the far end, and the width of its plot."""
    width = float(rng.uniform(13.0, 22.0))
    storeys = int(rng.integers(2, 5)) if plan.district == "suburb" else int(rng.integers(3, 7))
    looks = LOOKS[plan.district]
    style = looks[int(rng.integers(len(looks)))]
    return width, facades.building(rng, style, width - PARTY_M, 12.0, storeys, False, lit)


def _model(plan: StreetPlan, plot: Plot, lit: float, rng: np.random.Generator) -> facades.Asset:
    if plan.district == "suburb":
        return houses.house(rng, plot.width, HOUSE_M, int(rng.integers(1, 3)), plot.garage, lit)
    looks = LOOKS[plan.district]
    low, high = STOREYS[plan.district]
    return facades.building(
        rng, looks[int(rng.integers(len(looks)))], plot.width, float(rng.uniform(10.0, 13.0)), int(rng.integers(low, high + 1)),
        bool(rng.random() < SHOPS[plan.district]), lit,
    )  # fmt: skip


def _boundary(world: Arrangement, plan: StreetPlan, plot: Plot, kind: str, rng: np.random.Generator) -> None:
    """Hedge, wall or fence along the pavement, open at the drive and the path, and back along one side."""
    assert plot.drive is not None and plot.path is not None
    base, x = plan.kerb + GAP_M, plot.side * (plan.line + 0.42)
    openings = sorted([(plot.drive - DRIVE_M / 2, plot.drive + DRIVE_M / 2), (plot.path - 0.7, plot.path + 0.7)])
    ends = [plot.low + 0.1, *(edge for opening in openings for edge in opening), plot.high - 0.1]
    runs = [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if b - a > 0.8]
    brick, cap = materials.brick(rng), materials.concrete(rng)
    style: fences.FenceKind = next((name for name in fences.FENCES if name == kind), "picket")
    finish = fences.fence_finish(rng, style)
    low, high = fences.HEIGHTS_M[style]
    height = min(float(rng.uniform(low, high)), 1.2)
    tall = float(rng.uniform(0.7, 1.3))

    def run(length: float) -> facades.Asset:
        if kind == "hedge":
            return fences.hedge(rng, length, tall, 0.55, sprigs=plot.low < UNIQUE_M)
        if kind == "wall":
            return fences.garden_wall(rng, length, tall * 0.8, brick, cap)
        return fences.fence(rng, style, length, height, finish)

    countable = kind != "wall"
    for a, b in runs:
        world.put(run(b - a), np.array([x, (a + b) / 2, base]), np.pi / 2, "lawn_1", thing=countable)
    if kind in get_args(fences.FenceKind) and rng.random() < 0.6:
        leaf = fences.gate(rng, style, 1.3, height, finish)
        world.put(leaf, np.array([x, plot.path, base]), np.pi / 2, "pavement_1")
    across = run(plan.setback - 0.9)
    side_x = plot.side * (plan.line + 0.8 + (plan.setback - 0.9) / 2)
    world.put(across, np.array([side_x, plot.high - 0.35, base]), 0.0, "lawn_1", thing=countable)
