"""Where everything in a street belongs, before anything is built: widths, corners, crossings, places along the kerb.

The street runs along +y through x = 0, the road's middle; the road lies at z = 0. Cameras stand between y = 0 and
NEAR_M and look towards +y, so what lies ahead is built out to a T-junction, and little behind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.compose.draws import weighted
from pipeline.config.street import District, StreetRecipe

START_M = -32.0
NEAR_M = 22.0
FAR_M = 450.0
"""Edge of the ground in every direction."""
CROSS_M = 3.6
"""Width of a zebra crossing."""
CORNER_M = 4.0


@dataclass(frozen=True)
class StreetPlan:
    """The plan of one street, in metres.

    road: half the width of the carriageway, bays included. bay: width of a parking bay, 0 for none. kerb: height of
    the kerb. front: x of the building line. setback: depth of front gardens. end: y of the kerb of the cross road
    that closes the street. side: (y of its middle, half its width, -1 or 1: on which side it opens, or 0 for both),
    or None. crossing: y of the middle of the zebra, or None. flow: the side (sign of x) on which one drives towards +y.
    """

    district: District
    lane: float
    lanes: int
    bay: float
    pavement: float
    kerb: float
    setback: float
    end: float
    side: tuple[float, float, int] | None
    side_pavement: float
    crossing: float | None
    flow: int

    @property
    def road(self) -> float:
        return self.lane * self.lanes + self.bay

    @property
    def line(self) -> float:
        """x of the back of the pavement."""
        return self.road + self.pavement

    @property
    def front(self) -> float:
        return self.line + self.setback

    def opens(self, side: int) -> tuple[float, float] | None:
        """y range, pavements included, in which the side street leaves on `side` (the sign of x); None without one."""
        if self.side is None or self.side[2] == -side:
            return None
        reach = self.side[1] + self.side_pavement
        return (self.side[0] - reach, self.side[0] + reach)

    def clear_of_junctions(self, y: float, side: int, margin: float) -> bool:
        """Whether the kerb on `side` at y lies `margin` from the side street and from the crossing."""
        gap = self.opens(side)
        if gap and gap[0] - margin < y < gap[1] + margin:
            return False
        return self.crossing is None or abs(y - self.crossing) > CROSS_M / 2 + margin


def draw_plan(recipe: StreetRecipe, rng: np.random.Generator) -> StreetPlan:
    """A street of the recipe's proportions."""
    district = weighted(recipe.districts, rng)
    lane, lanes = float(rng.uniform(*recipe.lane_m)), int(rng.integers(recipe.lanes[0], recipe.lanes[1] + 1))
    bay = float(rng.uniform(2.25, 2.4)) if rng.random() < recipe.parking else 0.0
    side_half, end = float(rng.uniform(2.8, 3.4)), float(rng.uniform(165.0, 190.0))
    side = None
    if rng.random() < recipe.side_street:
        side = (float(rng.uniform(36.0, 80.0)), side_half, int(rng.choice([-1, 0, 1])))
    crossing = None
    if rng.random() < recipe.crossing:
        near = side[0] - side[1] - 8.0 if side and rng.random() < 0.8 else float(rng.uniform(26.0, 60.0))
        crossing = near
        if side and abs(crossing - side[0]) < side[1] + 7.0:
            crossing = side[0] - side[1] - 8.0
    return StreetPlan(
        district,
        lane,
        lanes,
        bay,
        float(rng.uniform(*recipe.pavement_m)) * (0.75 if district == "suburb" else 1.0),
        float(rng.uniform(0.12, 0.15)),
        float(rng.uniform(4.5, 7.5)) if district == "suburb" else 0.0,
        end,
        side,
        float(rng.uniform(2.2, 3.0)),
        crossing,
        -1 if rng.random() < recipe.left_hand else 1,
    )


def tree_pits(plan: StreetPlan, side: int, rng: np.random.Generator) -> list[float]:
    """y of the trees along one kerb: an even rhythm, broken at junctions and at the crossing."""
    pitch = float(rng.uniform(10.0, 14.0))
    first = START_M + float(rng.uniform(0.0, pitch))
    return [y for y in np.arange(first, plan.end - 8.0, pitch).tolist() if plan.clear_of_junctions(y, side, 7.0)]
