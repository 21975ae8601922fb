"""Floor plans: polygons of right angles whose walls, cuts and distances agree. Shapely is the second opinion."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from shapely.geometry import Point, Polygon, box

from pipeline.compose.layouts.room_plan import Plan, draw_plan, wall_pose
from pipeline.compose.layouts.room_shell import build_shell
from pipeline.compose.placement import boxes_at
from pipeline.compose.stock import Stock
from pipeline.config import AssetsConfig, RoomRecipe

KINDS = ("rectangle", "L", "T", "U", "bend")
CORNERS = {"rectangle": 4, "L": 6, "T": 8, "U": 8, "bend": 6}


def _recipe(kind: str, **keys: object) -> RoomRecipe:
    size = {"width_m": (1.4, 2.4), "depth_m": (8.0, 16.0)} if kind == "bend" else {}
    return RoomRecipe.model_validate({"name": "room", "layout": "room", "plans": {kind: 1.0}, **size, **keys})


def _plans(kind: str, count: int = 40) -> list[Plan]:
    return [draw_plan(_recipe(kind), np.random.default_rng(seed)) for seed in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_a_simple_polygon_with_the_corners_of_its_kind(kind: str) -> None:
    for plan in _plans(kind):
        outline = Polygon(plan.corners)
        assert outline.is_valid and outline.exterior.is_ccw
        assert len(plan.corners) == CORNERS[kind]
        assert plan.area_m2 == pytest.approx(outline.area)
        assert plan.perimeter_m == pytest.approx(outline.length)
        assert np.allclose(outline.bounds, [-plan.size[0] / 2, -plan.size[1] / 2, plan.size[0] / 2, plan.size[1] / 2])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_cut_out_is_what_the_polygon_lacks(kind: str) -> None:
    for plan in _plans(kind):
        outline = Polygon(plan.corners)
        lacking = box(*outline.bounds).difference(outline)
        cuts = [box(*cut) for cut in plan.cuts]
        assert sum(cut.area for cut in cuts) == pytest.approx(lacking.area)
        assert all(cut.difference(lacking).area < 1e-9 for cut in cuts)


@pytest.mark.parametrize("kind", KINDS)
def test_every_wall_faces_the_room_and_runs_between_two_corners(kind: str) -> None:
    for plan in _plans(kind):
        outline = Polygon(plan.corners)
        for k, wall in enumerate(plan.walls):
            before, yaw = wall_pose(wall, 0.0, 0.05)
            behind, _ = wall_pose(wall, 0.0, -0.05)
            assert outline.contains(Point(before[:2])) and not outline.contains(Point(behind[:2]))
            assert np.allclose([-np.sin(yaw), np.cos(yaw)], wall.inward)
            start, end = (wall_pose(wall, side * wall.length / 2, 0.0)[0][:2] for side in (-1, 1))
            assert np.allclose(start, plan.corners[k])
            assert np.allclose(end, plan.corners[(k + 1) % len(plan.corners)])
            assert np.allclose(wall.local(before), (0.0, 0.05))


@pytest.mark.parametrize("kind", KINDS)
def test_the_distance_to_the_walls_is_that_to_the_outline(kind: str) -> None:
    rng = np.random.default_rng(0)
    for plan in _plans(kind, 8):
        outline = Polygon(plan.corners)
        points = rng.uniform(-0.5, 0.5, (60, 2)) * plan.size
        for point, distance in zip(points, plan.wall_distance(points), strict=True):
            if outline.contains(Point(point)):
                assert distance == pytest.approx(outline.exterior.distance(Point(point)))
            else:
                assert distance <= 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_fits_where_a_room_is_not(kind: str) -> None:
    rng = np.random.default_rng(1)
    for seed in range(6):
        shell = build_shell(_recipe(kind), (0.5, 0.5, 0.5), False, np.random.default_rng(seed), Stock(AssetsConfig()))
        outline = Polygon(shell.plan.corners)
        for _ in range(120):
            x, y = rng.uniform(-0.5, 0.5, 2) * shell.plan.size
            yaw = float(rng.uniform(-np.pi, np.pi))
            footprint = boxes_at(np.array([[[-0.2, -0.1, 0.0], [0.2, 0.1, 1.0]]]), np.array([x, y, 0.5]), yaw)
            corners = [
                np.array([x, y]) + u * 0.2 * np.array([np.cos(yaw), np.sin(yaw)]) + v * 0.1 * np.array([-np.sin(yaw), np.cos(yaw)])
                for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
            ]  # fmt: skip
            if shell.room.fits(footprint):
                assert outline.buffer(1e-6).contains(Polygon(corners))


@pytest.mark.parametrize("kind", KINDS)
def test_doors_and_windows_lie_within_their_walls_and_apart(kind: str) -> None:
    recipe = _recipe(kind, doors=(1, 5), windows=(0, 3), window_rows=0.5)
    for seed in range(20):
        shell = build_shell(recipe, (0.5, 0.5, 0.5), False, np.random.default_rng(seed), Stock(AssetsConfig()))
        assert 1 <= len(shell.doors) <= 5
        assert not {wall for wall, _ in shell.doors} & {wall for wall, _ in shell.windows}
        for k, wall in enumerate(shell.walls):
            holes = sorted((o.left, o.right) for at, o in shell.windows if at == k)
            holes += sorted((x - 0.55, x + 0.55) for at, x in shell.doors if at == k)
            assert all(x0 >= -wall.length / 2 and x1 <= wall.length / 2 for x0, x1 in holes)
            assert all(a[1] < b[0] for a, b in itertools.pairwise(holes))


def test_a_room_too_small_for_a_corner_to_be_cut_out_is_a_rectangle() -> None:
    for kind in ("L", "T", "U"):
        small = _recipe(kind, width_m=2.0, depth_m=2.0)
        assert len(draw_plan(small, np.random.default_rng(0)).corners) == 4
