"""NYUv2, KITTI, ETH3D, DIODE and iBims-1 from files as their authors write them; models whose depth is one constant."""

import json

import numpy as np
import pytest

from pipeline.codecs import depth
from pipeline.errors import ConfigError
from pipeline.evaluate import metrics
from pipeline.evaluate.benchmarks.kitti import garg_crop
from pipeline.tables import benchmark_table
from tests.evaluate.benchmarks import originals


def flat(metres):
    """A painter of one depth everywhere; its painting decodes to within a quarter of a percent of it below 10 m."""
    return lambda image, prompt: depth.encode(np.full(image.shape[:2], metres))


def test_nyuv2_scores_raw_depth_of_the_test_pictures_in_eigens_crop_up_to_ten_metres(score, tmp_path):
    near, unseen, far = np.full((480, 640), 4.0), np.full((480, 640), 7.0), np.full((480, 640), 2.0)
    for view in (near, far):
        view[100:200, 100:200] = 0.0
        view[200:300, 100:200] = 10.5
        view[:45], view[471:], view[:, :41], view[:, 601:] = 1.0, 1.0, 1.0, 1.0
    root = originals.nyuv2(tmp_path, [near, unseen, far], test=[1, 3])
    report, painter = score("nyuv2", root, flat(4.4))
    assert report.views == 2
    assert painter.sizes == [(480, 640, 3)] * 2
    # |4.4 - 4| / 4 = 0.1 and |4.4 - 2| / 2 = 1.2.
    assert report.scores["abs_rel"] == pytest.approx((0.1 + 1.2) / 2, rel=0.01)
    assert report.scores["delta1"] == 0.5
    assert report.scores["rmse"] == pytest.approx((0.4 + 2.4) / 2, rel=0.01)


def test_nyuv2_clips_what_is_painted_infinitely_far_to_ten_metres(score, tmp_path):
    root = originals.nyuv2(tmp_path, [np.full((480, 640), 5.0)], test=[1])
    report, _ = score("nyuv2", root, flat(np.inf))
    assert report.scores["abs_rel"] == pytest.approx(1.0)
    assert report.scores["rmse"] == pytest.approx(5.0)


@pytest.mark.parametrize("align", metrics.ALIGNMENTS)
def test_aligned_scores_stand_beside_metric_ones_and_are_clipped_to_the_sets_range_after_the_fit(
    score, tmp_path, align, capsys
):
    # Of the 560 columns of Eigen's crop, 56 are painted infinitely far: ten metres, whatever the fit.
    painted = np.full((480, 640), 2.0)
    painted[:, 41:97] = np.inf
    root = originals.nyuv2(tmp_path, [np.full((480, 640), 4.0)], test=[1])
    report, _ = score("nyuv2", root, lambda image, prompt: depth.encode(painted), align=align)
    assert report.scores["abs_rel"] == pytest.approx(0.9 * 0.5 + 0.1 * 1.5, rel=0.01)
    assert report.scores["aligned_abs_rel"] == pytest.approx(0.1 * 1.5)
    assert (report.scores["delta1"], report.scores["aligned_delta1"]) == (0, pytest.approx(0.9))
    assert report.scores["aligned_rmse"] == pytest.approx(np.sqrt(0.1 * 36))
    written = json.loads((report.folder / "report.json").read_text())
    assert (written["settings"]["align"], written["scores"]["aligned_abs_rel"]["title"]) == (align, f"AbsRel, {align}")
    benchmark_table(report)
    assert f"delta1, {align}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "align", "said"),
    [
        ("cityscapes", "scale", "--align scale: is for depth, and cityscapes asks for semantic; leave it out"),
        ("nyuv2", "affine", "--align affine: unknown alignment; known: scale, scale-and-shift, median"),
    ],
)
def test_an_alignment_that_is_unknown_or_no_depths_is_one_early_line(score, tmp_path, name, align, said):
    with pytest.raises(ConfigError, match=f"^{said}$"):
        score(name, tmp_path, None, align=align)


def test_kitti_scores_gargs_crop_up_to_eighty_metres_and_leaves_out_pictures_without_a_truth(score, tmp_path):
    metres = np.full((100, 200), 3.0)
    metres[40:99, 7:192] = 20.0
    metres[50:60, 50:60] = 0.0
    metres[60:70, 50:60] = 81.0
    report, _ = score("kitti", originals.kitti(tmp_path, metres), flat(22.0))
    assert report.views == 2
    assert report.scores["delta1"] == 1.0
    assert report.scores["abs_rel"] == pytest.approx(0.1, rel=0.05)


def test_gargs_crop_of_a_kitti_picture_is_the_one_that_the_field_uses():
    assert garg_crop(375, 1242) == (slice(153, 371), slice(44, 1197))


def test_eth3d_reads_raw_floats_and_leaves_out_infinity(score, tmp_path):
    metres = np.full((30, 40), 8.0)
    metres[:10] = np.inf
    metres[20:] = 2.0
    report, _ = score("eth3d", originals.eth3d(tmp_path, metres), flat(8.0))
    assert report.scores["delta1"] == 0.5
    assert report.scores["abs_rel"] == pytest.approx((0 + 3) / 2, rel=0.01)


def test_diode_scores_its_mask_within_the_scanners_range(score, tmp_path):
    metres, mask = np.full((30, 40), 5.0), np.ones((30, 40))
    metres[:10], metres[10:15] = 0.5, 400.0
    metres[15:20], mask[15:20] = 1.0, 0
    report, _ = score("diode", originals.diode(tmp_path, metres, mask), flat(4.5))
    assert report.scores["delta1"] == 1.0
    assert report.scores["abs_rel"] == pytest.approx(0.1, rel=0.03)


def test_ibims_leaves_out_invalid_and_transparent_pixels_and_those_without_depth(score, tmp_path):
    metres, invalid, transparent = np.full((30, 40), 5.0), np.zeros((30, 40), bool), np.zeros((30, 40), bool)
    metres[:5], invalid[:5] = 1.0, True
    metres[5:10], transparent[5:10] = 1.0, True
    metres[10:15] = 0.0
    report, _ = score("ibims", originals.ibims(tmp_path, metres, invalid, transparent), flat(4.5))
    assert report.scores["delta1"] == 1.0
    assert report.scores["abs_rel"] == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("name", ["nyuv2", "kitti", "eth3d", "diode", "ibims"])
def test_a_depth_benchmark_that_is_not_there_is_one_line_that_says_where_to_get_it(score, tmp_path, name):
    with pytest.raises(ConfigError, match=r"--root.*; (download|take|unpack)") as error:
        score(name, tmp_path, flat(1.0))
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_hdf5_is_an_error_that_names_it(score, tmp_path):
    root = originals.nyuv2(tmp_path, [np.ones((480, 640))], test=[1])
    (root / "nyu_depth_v2_labeled.mat").write_bytes(b"an error page")
    with pytest.raises(ConfigError, match=r"nyu_depth_v2_labeled.mat: is not NYU's labeled dataset .*fetch it again"):
        score("nyuv2", root, flat(1.0))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no more"])
def test_a_depth_map_that_broke_off_is_an_error_that_names_it(score, tmp_path, data):
    root = originals.diode(tmp_path, np.ones((30, 40)), np.ones((30, 40)))
    next(root.rglob("*_depth.npy")).write_bytes(data)
    with pytest.raises(ConfigError, match=r"_depth.npy: is not a depth map of DIODE"):
        score("diode", root, flat(1.0))


def test_undistorted_pictures_beside_eth3ds_depth_maps_are_an_error_that_says_which_to_use(score, tmp_path):
    root = originals.eth3d(tmp_path, np.ones((30, 40)))
    originals.write_image(root / "office/images/dslr_images/DSC_0219.JPG", originals.photo(20, 30))
    with pytest.raises(
        ConfigError, match=r"DSC_0219.JPG: has 1200 values, its picture 30 x 20 pixels; use the original"
    ):
        score("eth3d", root, flat(1.0))


def test_a_depth_map_of_the_list_that_is_missing_is_an_error_before_anything_is_painted(score, tmp_path):
    root = originals.kitti(tmp_path, np.ones((100, 200)))
    (root / "val/2011_09_26_drive_0002_sync/proj_depth/groundtruth/image_02/0000000069.png").unlink()
    with pytest.raises(ConfigError, match=r"0002_sync/proj_depth/.*is missing; unpack data_depth_annotated.zip"):
        score("kitti", root, flat(1.0))


def test_a_numpy_file_with_objects_in_it_is_refused(score, tmp_path):
    root = originals.diode(tmp_path, np.ones((30, 40)), np.ones((30, 40)))
    path = next(root.rglob("*_depth.npy"))
    np.save(path, np.array([{"any": "thing"}], object), allow_pickle=True)
    with pytest.raises(ConfigError, match=r"_depth.npy: is not a depth map of DIODE"):
        score("diode", root, flat(1.0))
