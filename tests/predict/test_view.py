"""Pictures of answers: what colors stand for."""

import numpy as np
import pytest

from pipeline.codecs import normals
from pipeline.codecs.palettes import min_distance
from pipeline.predict.ask import Answer
from pipeline.predict.legend import Scale, names_legend, normal_legend
from pipeline.predict.view import NO_SURFACE, color_depth, depth_scale, id_colors, overlay, view

SIZES = [(1, 1), (10, 10), (64, 64), (3000, 4000), (900, 600), (90, 3000)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("task", ["depth", "normal", "semantic"])
def test_a_view_of_a_photo_of_any_size_can_be_read_on_a_screen(task, size):
    array = {
        "depth": np.linspace(1, 9, 256, dtype=np.float32).reshape(16, 16),
        "normal": np.tile(np.float32([0, 0, 1]), (16, 16, 1)),
        "semantic": (np.arange(256).reshape(16, 16) % 3).astype(np.uint16),
    }[task]
    answer = Answer(task, np.zeros((16, 16, 3), np.uint8), array, ["box", "ground"] if task == "semantic" else [])
    picture = view(answer, np.full((*size, 3), 90, np.uint8))
    assert 480 <= max(picture.shape[:2]) <= 1800
    assert picture.dtype == np.uint8


def luma(rgb):
    return rgb.astype(float) @ [0.299, 0.587, 0.114]


def test_near_is_brighter_than_far_throughout_and_nothing_is_grey():
    depth_m = np.geomspace(0.5, 50, 101, dtype=np.float32)[None]
    picture = color_depth(depth_m, depth_scale(depth_m))
    assert np.all(np.diff(luma(picture[0, 2:-2])) < 0)
    depth_m[0, 0] = np.inf
    assert tuple(color_depth(depth_m, depth_scale(depth_m))[0, 0]) == NO_SURFACE
    assert depth_scale(np.full((2, 2), np.inf, np.float32)) is None
    assert np.all(color_depth(np.full((2, 2), np.inf, np.float32), None) == NO_SURFACE)


@pytest.mark.parametrize("ends", [(0.3, 90), (2.31, 2.38), (1, 6), (0.02, 0.9), (95, 105), (1.9, 2.1), (1e-2, 1e5)])
def test_ticks_are_round_within_the_bar_and_few(ends):
    ticks = Scale(*ends).ticks()
    assert 3 <= len(ticks) <= 9
    assert ends[0] <= min(ticks) and max(ticks) <= ends[1]
    for tick in ticks:
        assert len(f"{tick:.6g}".replace(".", "").strip("0")) <= 3
    places = Scale(*ends).position(np.array([ends[0], *ticks, ends[1]]))
    assert places[0] == 0 and places[-1] == pytest.approx(1) and np.all(np.diff(places[1:-1]) > 0)


def test_a_scale_of_one_distance_has_two_ends_around_it():
    scale = depth_scale(np.full((4, 4), 3.0, np.float32))
    assert scale.near < 3 < scale.far
    assert not scale.nearer and not scale.farther


def test_the_sphere_shows_the_colors_that_normals_are_painted_in():
    shown = {tuple(color) for color in normal_legend().reshape(-1, 3).tolist()}
    for direction in ((0.6, 0, 0.8), (-0.6, 0, 0.8), (0, 0.6, 0.8), (0, -0.6, 0.8)):
        wanted = normals.encode(np.array(direction, np.float32)).astype(int)
        assert min(np.abs(np.array(color) - wanted).max() for color in shown) <= 3
    # Left of the middle is redder than right of it, as the codec has it.
    row = normal_legend()[normal_legend().shape[0] // 2 - 14]
    ball = row[np.ptp(row, axis=-1) > 20].astype(int)
    assert ball[0, 0] > ball[-1, 0] + 100


def test_colors_of_many_ids_are_told_apart_and_stay_the_same():
    assert min_distance(id_colors(7)) > 20
    assert min_distance(id_colors(20)) > 12
    assert id_colors(20)[:7] == id_colors(7)
    assert len(set(id_colors(300))) > 290


def test_an_overlay_leaves_the_photo_where_nothing_was_found():
    rgb = np.full((8, 8, 3), 100, np.uint8)
    ids = np.zeros((8, 8), np.uint16)
    ids[:4] = 1
    picture = overlay(rgb, ids, [(255, 0, 0)])
    assert np.ptp(picture[6, 6]) == 0
    assert picture[1, 1, 0] > picture[1, 1, 1] + 100


def test_long_names_and_long_lists_stay_within_the_legend():
    rows = [("the chair that stands behind the second table from the left, by the window " * 2, (9, 9, 200), 0.5)]
    assert names_legend(rows).shape[1] <= 450
    many = [(str(number), (9, 9, 200), 0.01) for number in range(500)]
    assert names_legend(many).shape[0] < 700
    assert (names_legend(many)[:, -3:] == 255).all()
    assert names_legend([]).std() > 0
