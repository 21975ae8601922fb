"""Things come to rest where gravity says: held against closed forms and a second simulation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from pipeline.compose.assets import solids
from pipeline.compose.assets.shapes import box, lathe
from pipeline.compose.physics import Body, convex_pieces, settle
from pipeline.scene import Mesh, upright

TABLE = (0.5, 0.4)


def body(mesh: Mesh, *at: float, density: float = 700.0) -> Body:
    return Body(convex_pieces([mesh]), density, upright(at))


def lowest(mesh: Mesh, pose: np.ndarray) -> float:
    return float((mesh.vertices @ pose[:3, :3].T + pose[:3, 3])[:, 2].min())


CUBE = box((0.06, 0.06, 0.06), bevel=0)
BOWL = lathe([(0, 0), (0.06, 0), (0.12, 0.07), (0.112, 0.07), (0.055, 0.008), (0, 0.008)], 24)


@pytest.mark.parametrize("mesh", [CUBE, solids.sphere(0.04), BOWL], ids=["cube", "sphere", "bowl"])
def test_what_is_dropped_lies_on_the_table(mesh):
    rest = settle([body(mesh, 0.0, 0.0, 0.08)], TABLE)
    assert rest.still.all() and rest.below == (-1,)
    assert abs(lowest(mesh, rest.poses[0])) < 0.001


def test_a_cube_set_down_stays_where_it_is():
    rest = settle([body(CUBE, 0.1, -0.2, 0.0004)], TABLE)
    np.testing.assert_allclose(rest.poses[0], upright([0.1, -0.2, 0.0]), atol=0.001)


def test_each_of_a_stack_rests_on_the_one_below():
    rest = settle([body(CUBE, 0.0, 0.002 * k, 0.061 * k + 0.001) for k in range(3)], TABLE)
    assert rest.below == (-1, 0, 1)
    np.testing.assert_allclose(rest.poses[:, 2, 3], [0.0, 0.06, 0.12], atol=0.001)


def test_what_misses_the_table_is_carried_by_nothing():
    rest = settle([body(CUBE, 0.6, 0.0, 0.05), body(CUBE, 0.0, 0.0, 0.001)], TABLE)
    assert rest.below == (None, -1)
    assert rest.poses[0, 2, 3] < -0.5


def test_a_bowl_is_hollow():
    die = box((0.016, 0.016, 0.016), bevel=0)
    rest = settle([body(BOWL, 0.0, 0.0, 0.0004), body(die, 0.01, 0.0, 0.09)], TABLE)
    assert rest.below == (-1, 0)
    assert 0.004 < lowest(die, rest.poses[1]) < 0.03


def test_what_rests_stays_when_time_goes_on():
    rng = np.random.default_rng(3)
    heap = [
        replace(
            body(mesh, *rng.uniform(-0.1, 0.1, 2), 0.05 + 0.13 * k),
            pose=upright([*rng.uniform(-0.1, 0.1, 2), 0.05 + 0.13 * k], k),
        )
        for k, mesh in enumerate([CUBE, BOWL, CUBE, solids.sphere(0.03), CUBE])
    ]
    first = settle(heap, TABLE, 3.0)
    assert first.still.all()
    again = settle([replace(b, pose=pose) for b, pose in zip(heap, first.poses, strict=True)], TABLE, 0.5)
    assert np.abs(again.poses[:, :3, 3] - first.poses[:, :3, 3]).max() < 0.002


def test_solid_things_are_one_piece_and_hollow_ones_several():
    assert len(convex_pieces([CUBE])) == 1
    assert len(convex_pieces([solids.sphere(0.05)])) == 1
    assert len(convex_pieces([BOWL])) > 8


def test_pieces_enclose_the_whole_mesh():
    for mesh in (CUBE, BOWL, solids.torus(0.1, 0.03)):
        planes = [ConvexHull(points).equations for points in convex_pieces([mesh])]
        outside = [(mesh.vertices @ sides[:, :3].T + sides[:, 3]).max(1) for sides in planes]
        assert np.min(outside, axis=0).max() < 2e-6
