"""Placement: the box test agrees with FCL and shapely, and nothing is put where it does not fit."""

from __future__ import annotations

import fcl
import numpy as np
import pytest
import shapely
from shapely import affinity

from pipeline.compose.assets import GENERATORS
from pipeline.compose.placement import GAP_M, Arrangement, Boxes, boxes_at


def _random_box(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    return rng.uniform(0.05, 0.6, 3), rng.uniform(-0.5, 0.5, 3), float(rng.uniform(-4, 4))


def _as_boxes(size: np.ndarray, position: np.ndarray, yaw: float) -> Boxes:
    return boxes_at(np.stack([-size / 2, size / 2])[None], position, yaw)


def test_boxes_overlap_exactly_when_fcl_says_so() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        pair = [_random_box(rng) for _ in range(2)]
        shapes = []
        for size, position, yaw in pair:
            c, s = np.cos(yaw), np.sin(yaw)
            turn = fcl.Transform(np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]), position)
            shapes.append(fcl.CollisionObject(fcl.Box(*size), turn))
        truth = fcl.collide(*shapes, fcl.CollisionRequest(), fcl.CollisionResult()) > 0
        a, b = (_as_boxes(*box) for box in pair)
        assert a.overlaps(b) == truth
        assert b.overlaps(a) == truth


def test_extent_is_the_bounds_of_the_turned_rectangle() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        size, position, yaw = _random_box(rng)
        rectangle = affinity.rotate(
            shapely.box(*(-size[:2] / 2), *(size[:2] / 2)), yaw, origin=(0, 0), use_radians=True
        )
        bounds = affinity.translate(rectangle, *position[:2]).bounds
        extent = _as_boxes(size, position, yaw).extent
        np.testing.assert_allclose([*extent[0, :2], *extent[1, :2]], bounds, atol=1e-9)


def _room() -> Arrangement:
    room = Arrangement((5.0, 4.0, 2.6))
    return room


def test_two_things_never_share_a_place() -> None:
    rng = np.random.default_rng(2)
    room, chair = _room(), GENERATORS["chair"](rng)
    first = room.stand(chair, 0.0, 0.0, 0.3)
    assert first is not None
    assert room.stand(chair, 0.1, 0.05, 1.0) is None
    assert room.stand(chair, 1.5, 0.0, 1.0) is not None


def test_a_name_is_never_given_twice_whatever_is_taken_away() -> None:
    room, chair = _room(), GENERATORS["chair"](np.random.default_rng(2))
    first, second = (room.stand(chair, x, 0.0, 0.0) for x in (0.0, 1.2))
    assert first is not None and second is not None
    room.remove({first.name})
    third = room.stand(chair, 0.0, 0.0, 0.0)
    assert third is not None and third.name not in (first.name, second.name)


def test_nothing_is_placed_through_a_wall() -> None:
    room = _room()
    sofa = GENERATORS["sofa"](np.random.default_rng(3))
    assert room.stand(sofa, 2.4, 0.0, 0.0) is None
    assert room.stand(sofa, 0.0, 0.0, 0.0) is not None


def test_furniture_keeps_off_the_walkways() -> None:
    room = _room()
    room.keep_free(0.0, 0.0, 1.0, 1.0)
    stool = GENERATORS["stool"](np.random.default_rng(4))
    assert room.stand(stool, 0.2, 0.2, 0.0) is None
    assert room.stand(stool, 1.2, 0.2, 0.0) is not None


def test_things_on_a_table_rest_on_its_top_within_its_edges() -> None:
    rng = np.random.default_rng(5)
    room = _room()
    table = room.stand(GENERATORS["dining_table"](rng), 0.3, -0.4, 0.7)
    assert table is not None
    top = table.asset.surfaces[0]
    for _ in range(12):
        mug = room.put_on(GENERATORS["mug"](rng), table, top, rng)
        if mug is not None:
            assert mug.support == table.name
            assert mug.extent[0, 2] == pytest.approx(table.position[2] + top.centre[2] + GAP_M)
            assert (mug.extent[0] >= table.extent[0] - 1e-9)[:2].all()
            assert (mug.extent[1] <= table.extent[1] + 1e-9)[:2].all()
    assert sum(p.asset.category == "mug" for p in room.placed) >= 6


def test_a_thing_too_tall_for_a_shelf_stays_off_it() -> None:
    rng = np.random.default_rng(6)
    room = _room()
    shelf = room.stand(GENERATORS["bookshelf"](rng), 0.0, 0.0, 0.0)
    assert shelf is not None
    lamp = GENERATORS["floor_lamp"](rng)
    assert all(room.put_on(lamp, shelf, surface, rng) is None for surface in shelf.asset.surfaces)


def test_a_table_wholly_on_a_rug_is_carried_by_the_rug() -> None:
    rng = np.random.default_rng(7)
    room = _room()
    from pipeline.compose.assets import decor

    rug = room.put(decor.rug(rng, 2.5, 2.0), np.array([0.0, 0.0, GAP_M]), 0.0, "floor_1")
    table = room.stand(GENERATORS["coffee_table"](rng), 0.0, 0.0, 0.0)
    assert rug is not None
    assert table is not None
    assert table.support == rug.name
    assert table.position[2] > rug.extent[1, 2]


def test_clearance_is_the_distance_to_the_nearest_surface() -> None:
    room = _room()
    chest = room.stand(GENERATORS["box"](np.random.default_rng(8)), 1.0, 0.5, 0.0)
    assert chest is not None
    x, y, top = chest.extent[1]
    points = np.array(
        [[-1.5, -1.0, 1.3], [-2.3, 0.0, 1.3], [x - 0.1, y - 0.1, top + 0.3], [x + 0.2, y + 0.3, top + 0.6]]
    )
    middle, near_wall, above, off_the_corner = room.clearance(points)
    assert near_wall == pytest.approx(0.2)
    assert middle == pytest.approx(1.0)
    assert above == pytest.approx(0.3)
    assert off_the_corner == pytest.approx(0.7)


def test_clearance_may_leave_a_thing_out() -> None:
    room = _room()
    stool = room.stand(GENERATORS["stool"](np.random.default_rng(8)), 1.0, 0.5, 0.0)
    room.stand(GENERATORS["stool"](np.random.default_rng(9)), -1.0, 0.5, 0.0)
    inside = np.array([[1.0, 0.5, 0.3]])
    assert room.clearance(inside)[0] < 0.2
    assert room.clearance(inside, but=stool)[0] == pytest.approx(0.3)
