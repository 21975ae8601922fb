"""Gaps along the vertical, against what one can work out by hand."""

import numpy as np
import pytest

from pipeline.compose.assets import solids
from pipeline.compose.assets.shapes import box, lathe
from pipeline.compose.contact import refined, triangles, vertical_gap
from pipeline.scene import upright

CUBE = box((0.1, 0.1, 0.1), bevel=0)


@pytest.mark.parametrize("gap", [0.0, 0.0021, 0.05])
def test_a_cube_over_a_cube(gap):
    below = triangles([CUBE], upright([0, 0, 0]))
    above = triangles([CUBE], upright([0.07, 0.03, 0.1 + gap], 0.5))
    assert vertical_gap(above, below) == pytest.approx(gap, abs=1e-6)


def test_bars_that_cross_touch_in_the_middle_where_they_have_no_vertices():
    bar = box((0.3, 0.01, 0.01), bevel=0)
    below, above = triangles([bar], upright([0, 0, 0])), triangles([bar], upright([0, 0, 0.012], np.pi / 2))
    assert vertical_gap(above, below) == pytest.approx(0.002, abs=1e-6)


def test_a_sphere_over_a_bowl_is_measured_to_its_bottom():
    bowl = lathe([(0, 0), (0.1, 0), (0.1, 0.05), (0.095, 0.05), (0.095, 0.01), (0, 0.01)], 48)
    ball = triangles([solids.sphere(0.02)], upright([0, 0, 0.04]))
    lowest = ball[..., 2].min()
    assert vertical_gap(ball, triangles([bowl], np.eye(4))) == pytest.approx(lowest - 0.01, abs=1e-3)


def test_side_by_side_is_no_contact():
    assert vertical_gap(triangles([CUBE], upright([0.2, 0, 0.1])), triangles([CUBE], np.eye(4))) == np.inf


def test_overlap_is_contact():
    assert vertical_gap(
        triangles([CUBE], upright([0.02, 0.01, 0.0999])), triangles([CUBE], np.eye(4))
    ) == pytest.approx(0, abs=1e-6)


def test_refining_keeps_the_area_and_bounds_the_edges():
    whole = triangles([CUBE], np.eye(4))
    fine = refined(whole, 0.02)

    def area(corners):
        return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2

    assert area(fine) == pytest.approx(area(whole))
    assert np.linalg.norm(fine - np.roll(fine, -1, axis=1), axis=2).max() <= 0.02


def test_things_whose_bounds_overlap_at_a_corner_that_neither_fills_are_not_over_each_other():
    # Two triangles whose bounding rectangles share a corner region while no triangle of either reaches into it.
    left = np.array(
        [[[0.0, 0.0, 0.1], [0.1, 0.0, 0.1], [0.0, 0.1, 0.1]], [[0.2, 0.2, 0.1], [0.21, 0.2, 0.1], [0.2, 0.21, 0.1]]]
    )
    right = np.array([[[0.15, 0.05, 0.0], [0.16, 0.05, 0.0], [0.15, 0.06, 0.0]]])
    assert vertical_gap(left, right) == float("inf")
    assert refined(np.zeros((0, 3, 3)), 0.01).shape == (0, 3, 3)
