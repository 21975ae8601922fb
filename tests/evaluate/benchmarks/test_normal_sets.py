"""DSINE's four sets of normals, whose axes are x right, y down, z forward and whose normals point away from the viewer."""

import numpy as np
import pytest

from pipeline.codecs import normals
from pipeline.errors import ConfigError
from tests.evaluate.benchmarks import originals

SETS = ["nyuv2-normals", "scannet-normals", "ibims-normals", "vkitti-normals"]
OUTWARD = {"wall before the camera": (0, 0, 1), "floor": (0, 1, 0), "wall on the right": (1, 0, 0)}
"""What DSINE says of three surfaces."""
FACING = {"wall before the camera": (0, 0, 1), "floor": (0, 1, 0), "wall on the right": (-1, 0, 0)}
"""Where they face in our axes: x right, y up, z towards the viewer."""


def room(of, size=30):
    """A third of the picture is each surface; one row has none."""
    view = np.zeros((size, size, 3))
    for number, direction in enumerate(of.values()):
        view[:, number * 10 : number * 10 + 10] = direction
    view[0] = 0
    return view


@pytest.mark.parametrize("name", SETS)
def test_a_model_that_paints_every_surface_as_it_faces_is_right(score, tmp_path, name):
    root = originals.dsine(tmp_path, room(OUTWARD))
    report, painter = score(name, root, lambda image, prompt: normals.encode(room(FACING)))
    assert report.scores["mean_angle"] < 0.5
    assert report.scores["under_11_25"] == 1.0
    assert painter.sizes == [(30, 30, 3)]


@pytest.mark.parametrize("name", SETS)
def test_a_model_that_sees_only_walls_before_it_is_right_in_a_third_of_the_pixels(score, tmp_path, name):
    wall = normals.encode(np.broadcast_to((0.0, 0.0, 1.0), (30, 30, 3)))
    report, _ = score(name, originals.dsine(tmp_path, room(OUTWARD)), lambda image, prompt: wall)
    assert report.scores["mean_angle"] == pytest.approx(60, abs=0.5)
    assert report.scores["median_angle"] == pytest.approx(90, abs=0.5)
    assert report.scores["under_30"] == pytest.approx(1 / 3)


def test_the_folder_may_be_the_one_that_the_archive_makes_or_its_parent(score, tmp_path):
    (tmp_path / "dsine_eval").mkdir()
    originals.dsine(tmp_path / "dsine_eval", room(OUTWARD))
    report, _ = score("scannet-normals", tmp_path, lambda image, prompt: normals.encode(room(FACING)))
    assert report.views == 1


def test_normals_that_are_not_there_are_an_error_that_says_what_to_unpack(score, tmp_path):
    with pytest.raises(ConfigError, match=r"holds no vkitti/.*; unpack dsine_eval.zip"):
        score("vkitti-normals", tmp_path, None)


def test_a_normal_map_in_grey_is_an_error_that_names_it(score, tmp_path):
    root = originals.dsine(tmp_path, room(OUTWARD))
    originals.write_image(root / "nyuv2/test/000000_normal.png", np.zeros((30, 30), np.uint8))
    with pytest.raises(ConfigError, match=r"000000_normal.png: is not a normal map"):
        score("nyuv2-normals", root, None)
