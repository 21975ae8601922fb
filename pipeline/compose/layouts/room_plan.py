"""The plan of a room: a polygon of right angles, its walls, and what of its bounding rectangle is not room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.compose.draws import weighted
from pipeline.compose.placement import GAP_M, Boxes, boxes_at
from pipeline.config import RoomRecipe
from pipeline.scene import Float

Corner = tuple[float, float]
Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1."""

ARM_M = 1.7
"""Narrowest part of a room that has a corner cut out."""
CUT_M = 0.6
"""Least edge of a corner that is cut out."""
OUTSIDE_M = 0.004
"""What is not room begins this far behind the face of its walls."""


@dataclass(frozen=True)
class Wall:
    """One straight wall. In its frame x runs along it from its middle, +y into the room, z up; the inner face is y = 0.

    middle: of the inner face, (x, y). length: metres. turn: quarter turns of the frame against the world.
    convex: whether the room's corner at either end (-x, +x) is less than a straight angle; else the wall ends at a
        corner that juts into the room.
    """

    middle: Corner
    length: float
    turn: int
    convex: tuple[bool, bool]

    @property
    def yaw(self) -> float:
        """Turn of the frame, radians: what stands with its back to the wall faces the room."""
        return self.turn * np.pi / 2

    @property
    def along(self) -> Float:
        """Unit vector along the wall, [2]; the room lies on its left."""
        return np.array(((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[self.turn])

    @property
    def inward(self) -> Float:
        """Unit vector into the room, [2]."""
        return np.array(((0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0))[self.turn])

    def local(self, point: Float) -> tuple[float, float]:
        """(x, y) of a world point in the wall's frame."""
        offset = np.asarray(point)[:2] - self.middle
        return float(offset @ self.along), float(offset @ self.inward)


@dataclass(frozen=True, eq=False)
class Plan:
    """A floor plan whose bounding rectangle, `size` (x, y) metres, is centred on the origin.

    corners: counter-clockwise. cuts: rectangles of the bounding one that are not room.
    """

    size: tuple[float, float]
    corners: tuple[Corner, ...]
    cuts: tuple[Rect, ...] = ()

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """One wall between each two corners, in their order."""
        points = np.array(self.corners)
        steps = np.roll(points, -1, 0) - points
        turns = [round(float(np.arctan2(dy, dx)) / (np.pi / 2)) % 4 for dx, dy in steps]
        count = len(points)
        convex = [(turns[k] - turns[k - 1]) % 4 == 1 for k in range(count)]
        walls = []
        for k in range(count):
            x, y = (points[k] + points[(k + 1) % count]) / 2
            ends = (convex[k], convex[(k + 1) % count])
            walls.append(Wall((float(x), float(y)), float(np.abs(steps[k]).sum()), turns[k], ends))
        return tuple(walls)

    @property
    def area_m2(self) -> float:
        """Of the floor."""
        x, y = self.size
        return x * y - sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in self.cuts)

    @property
    def perimeter_m(self) -> float:
        """All walls' inner lengths together."""
        return sum(wall.length for wall in self.walls)

    def wall_distance(self, points: Float) -> Float:
        """Metres from points [n, 2] on the floor to the nearest wall, below zero outside the room: float64 [n]."""
        gap = (np.array(self.size) / 2 - np.abs(points)).min(1)
        for x0, y0, x1, y1 in self.cuts:
            beyond = np.maximum([x0, y0] - points, points - [x1, y1])
            away = np.where((beyond > 0).any(1), np.hypot(*np.maximum(beyond, 0.0).T), beyond.max(1))
            gap = np.minimum(gap, away)
        return np.asarray(gap)

    def outside(self, height: float) -> Boxes | None:
        """What of the bounding rectangle, up to `height`, is solid as far as placement is concerned; None for none."""
        if not self.cuts:
            return None
        x, y = np.array(self.size) / 2 - 1e-9
        # What hangs on a wall may touch its face: the cut begins just behind it.
        boxes = [
            [
                [x0 + OUTSIDE_M * (x0 > -x), y0 + OUTSIDE_M * (y0 > -y), -1.0],
                [x1 - OUTSIDE_M * (x1 < x), y1 - OUTSIDE_M * (y1 < y), height + 1.0],
            ]
            for x0, y0, x1, y1 in self.cuts
        ]
        return boxes_at(np.array(boxes), np.zeros(3), 0.0)


def wall_pose(wall: Wall, x: float, y: float, z: float = GAP_M) -> tuple[Float, float]:
    """World position and yaw, facing the room, of a point `x` along a wall, `y` before it, `z` above the floor."""
    spot = np.asarray(wall.middle) + x * wall.along + y * wall.inward
    return np.array([spot[0], spot[1], z]), wall.yaw


def rectangle(x: float, y: float) -> Plan:
    """The plan of a rectangular room; its walls 0 to 3 run round it from the one at -y."""
    return Plan((x, y), tuple(_corners(x, y, [])))


def draw_plan(recipe: RoomRecipe, rng: np.random.Generator) -> Plan:
    """A plan of one of the recipe's kinds. A room too small for a corner to be cut out of it is a rectangle."""
    kind = weighted(recipe.plans, rng)
    width, depth = float(rng.uniform(*recipe.width_m)), float(rng.uniform(*recipe.depth_m))
    if kind == "bend":
        return _bend(width, depth, rng)
    quarter = int(rng.integers(4))
    x, y = (width, depth) if quarter % 2 == 0 else (depth, width)
    if kind == "L":
        cuts = _l_cut(x, y, rng)
    elif kind == "T":
        cuts = _t_cuts(x, y, rng)
    elif kind == "U":
        cuts = _u_cut(x, y, rng)
    else:
        cuts = []
    return _turned((x, y), _corners(x, y, cuts), cuts, quarter)


def _bend(width: float, length: float, rng: np.random.Generator) -> Plan:
    """A passage `width` wide whose two legs are `length` long together."""
    first = float(np.clip(length * rng.uniform(0.35, 0.65), width + 1.5, length - width - 1.5))
    x, y = first, length - first
    if min(x, y) < width + CUT_M:
        return rectangle(width, length)
    cuts = [(x / 2 - (x - width), y / 2 - (y - width), x / 2, y / 2)]
    return _turned((x, y), _corners(x, y, cuts), cuts, int(rng.integers(4)))


def _l_cut(x: float, y: float, rng: np.random.Generator) -> list[Rect]:
    """One corner, a quarter to a half of either side."""
    a, b = (min(side * float(rng.uniform(0.25, 0.5)), side - ARM_M) for side in (x, y))
    return [(x / 2 - a, y / 2 - b, x / 2, y / 2)] if min(a, b) >= CUT_M else []


def _t_cuts(x: float, y: float, rng: np.random.Generator) -> list[Rect]:
    """Two corners of one side: what is left between them is a bay."""
    left, right = (x * float(rng.uniform(0.15, 0.3)) for _ in range(2))
    depth = min(y * float(rng.uniform(0.2, 0.35)), y - ARM_M)
    if min(left, right, depth) < CUT_M or x - left - right < ARM_M:
        return []
    return [(-x / 2, y / 2 - depth, -x / 2 + left, y / 2), (x / 2 - right, y / 2 - depth, x / 2, y / 2)]


def _u_cut(x: float, y: float, rng: np.random.Generator) -> list[Rect]:
    """A chimney breast or a shaft: a block that steps out of the middle of a wall."""
    width, depth = float(rng.uniform(0.9, 1.6)), float(rng.uniform(0.35, 0.6))
    slack = (x - width) / 2 - 0.8
    if slack < 0 or y - depth < ARM_M:
        return []
    middle = float(rng.uniform(-1, 1)) * slack
    return [(middle - width / 2, y / 2 - depth, middle + width / 2, y / 2)]


def _corners(x: float, y: float, cuts: list[Rect]) -> list[Corner]:
    """The rectangle's corners, counter-clockwise, around cuts that all lie at its upper side, from left to right."""
    right, left = x / 2, -x / 2
    points: list[Corner] = [(left, -y / 2), (right, -y / 2)]
    pen = right
    for x0, y0, x1, _ in reversed(cuts):
        if x1 < right - 1e-9:
            points += [(pen, y / 2)] if pen == right else []
            points += [(x1, y / 2)]
        points += [(x1, y0), (x0, y0)]
        pen = x0
        if x0 > left + 1e-9:
            points += [(x0, y / 2)]
    if pen > left + 1e-9:
        points += [(pen, y / 2)] if pen == right else []
        points += [(left, y / 2)]
    return points


def _turned(size: tuple[float, float], corners: list[Corner], cuts: list[Rect], quarter: int) -> Plan:
    """The plan after `quarter` quarter turns."""
    for _ in range(quarter):
        corners = [(-y, x) for x, y in corners]
        cuts = [(-y1, x0, -y0, x1) for x0, y0, x1, y1 in cuts]
        size = (size[1], size[0])
    return Plan(size, tuple(corners), tuple(cuts))
