from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest

from pipeline.errors import ConfigError
from pipeline.files import check_suffix, read_image, save_array

METRES = np.array([[0.0, 1.5, 60.0], [70.0, np.inf, 0.0004]], np.float32)


def test_depth_as_png_is_millimetres_and_nothing_is_zero(tmp_path):
    save_array(tmp_path / "d.png", METRES)
    read = cv2.imread(str(tmp_path / "d.png"), cv2.IMREAD_UNCHANGED)
    assert read.dtype == np.uint16
    assert read.tolist() == [[0, 1500, 60000], [65535, 0, 0]]


def test_what_a_png_of_depth_cannot_hold_is_one_line_with_counts(tmp_path, capsys):
    save_array(tmp_path / "d.png", METRES)
    said = capsys.readouterr().err
    lost = "beyond 65.535 m, written as 65535: 1; without depth, written as 0: 1, of 6 pixels"
    assert said == f"plantain: {tmp_path / 'd.png'}: {lost}; .npy and .exr hold every depth\n"
    save_array(tmp_path / "d.png", np.array([[65.535, 65.5354]], np.float32))
    for name in ("d.npy", "d.exr"):
        save_array(tmp_path / name, METRES)
    save_array(tmp_path / "ids.png", np.full((2, 2), 65535, np.uint16))
    save_array(tmp_path / "normals.png", np.zeros((2, 2, 3), np.float32))
    assert capsys.readouterr().err == ""
    lines = []
    save_array(tmp_path / "none.png", np.full((2, 2), np.inf, np.float32), lines.append)
    assert len(lines) == 1 and "without depth, written as 0: 4, of 4 pixels" in lines[0] and "beyond" not in lines[0]


def test_normals_as_png_and_exr_keep_their_axes(tmp_path):
    n = np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    save_array(tmp_path / "n.png", n)
    read = cv2.imread(str(tmp_path / "n.png"), cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert np.abs(read / 65535 * 2 - 1 - n).max() < 2e-5
    save_array(tmp_path / "n.exr", n)
    channels = OpenEXR.File(str(tmp_path / "n.exr"), separate_channels=True).channels()
    np.testing.assert_array_equal(np.stack([channels[f"N.{axis}"].pixels for axis in "XYZ"], -1), n)


def test_depth_and_ids_come_back_exactly_from_exr_and_npy(tmp_path):
    ids = np.array([[0, 7], [65535, 1]], np.uint16)
    for name, array in (("Z", METRES), ("id", ids)):
        save_array(tmp_path / "x.exr", array)
        np.testing.assert_array_equal(OpenEXR.File(str(tmp_path / "x.exr")).channels()[name].pixels, array)
        save_array(tmp_path / "x.npy", array)
        np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), array)
    save_array(tmp_path / "x.png", ids)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "x.png"), cv2.IMREAD_UNCHANGED), ids)


def test_a_wrong_suffix_and_a_file_that_is_no_image_are_named(tmp_path):
    with pytest.raises(ConfigError, match=r"x\.jpg.*x\.npy or x\.png"):
        check_suffix(tmp_path / "x.jpg", ".npy", ".png")
    for folder in ("", ".", "..", "/"):
        with pytest.raises(
            ConfigError, match=r"^--output \S+: names a folder; name a file in it, ending in \.npy or \.png$"
        ):
            check_suffix(Path(folder), ".npy", ".png")
    (tmp_path / "y.png").write_text("no picture")
    with pytest.raises(ConfigError, match=r"y\.png: not an image"):
        read_image(tmp_path / "y.png")
    with pytest.raises(ConfigError, match=r"none\.png: no such"):
        read_image(tmp_path / "none.png")
