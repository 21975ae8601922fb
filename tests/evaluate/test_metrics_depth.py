"""Depth's and classes' scores against torchmetrics, NumPy's least squares, and loops that follow the papers' words."""

import numpy as np
import pytest
import torch
from torchmetrics import MeanAbsolutePercentageError, MeanSquaredError
from torchmetrics.classification import MulticlassJaccardIndex

from pipeline.evaluate import metrics

RNG = np.random.default_rng(0)
TRUE = RNG.uniform(0.4, 60, (24, 31)).astype(np.float32)
TRUE[:3] = np.inf
PREDICTED = (TRUE * RNG.lognormal(0.1, 0.4, TRUE.shape)).astype(np.float32)
PREDICTED[:3] = 5.0
SEEN = np.isfinite(TRUE)


def test_errors_of_depth_are_torchmetrics():
    scores = metrics.depth_scores(PREDICTED, TRUE)
    predicted, true = (torch.tensor(depth[SEEN], dtype=torch.float64) for depth in (PREDICTED, TRUE))
    oracle = lambda metric: float(metric.set_dtype(torch.float64)(predicted, true))  # noqa: E731
    assert scores["abs_rel"] == pytest.approx(oracle(MeanAbsolutePercentageError()), abs=1e-6)
    assert scores["rmse"] == pytest.approx(oracle(MeanSquaredError(squared=False)), abs=1e-6)


def test_deltas_and_log10_are_the_published_formulas():
    scores = metrics.depth_scores(PREDICTED, TRUE)
    factor = np.exp(np.abs(np.log(PREDICTED[SEEN].astype(float)) - np.log(TRUE[SEEN].astype(float))))
    for power in (1, 2, 3):
        assert scores[f"delta{power}"] == pytest.approx(np.mean(factor < 1.25**power))
    assert scores["log10"] == pytest.approx(np.mean(np.log(factor)) / np.log(10))
    assert scores["delta1"] < scores["delta2"] < scores["delta3"] < 1


def test_log10_of_a_black_painting_is_finite():
    assert metrics.depth_scores(np.zeros((2, 2)), np.ones((2, 2)))["log10"] == pytest.approx(6)


@pytest.mark.parametrize("align", ["scale-and-shift", "scale"])
def test_alignment_is_numpys_least_squares(align):
    predicted, true = PREDICTED[SEEN].astype(float), TRUE[SEEN].astype(float)
    columns = [predicted, np.ones_like(predicted)] if align == "scale-and-shift" else [predicted]
    matrix = np.stack(columns, axis=1)
    fitted = matrix @ np.linalg.lstsq(matrix, true, rcond=None)[0]
    expected = np.mean(np.abs(np.maximum(fitted, 1e-6) - true) / true)
    assert metrics.depth_scores(PREDICTED, TRUE, align)["abs_rel"] == pytest.approx(expected, abs=1e-9)


def test_what_an_alignment_forgives_costs_nothing():
    for align in metrics.ALIGNMENTS:
        assert metrics.depth_scores(TRUE * 0.3, TRUE, align)["abs_rel"] == pytest.approx(0, abs=1e-6)
    assert metrics.depth_scores(TRUE * 0.3 + 2, TRUE, "scale-and-shift")["abs_rel"] == pytest.approx(0, abs=1e-6)
    assert metrics.depth_scores(TRUE * 0.3 + 2, TRUE, "median")["abs_rel"] > 0.05
    assert metrics.depth_scores(TRUE * 0.3, TRUE)["abs_rel"] == pytest.approx(0.7, abs=1e-6)


@pytest.mark.parametrize("align", metrics.ALIGNMENTS)
@pytest.mark.parametrize("far", [np.inf, 1000.0, 5e6])
def test_sky_over_a_sliver_of_surface_costs_that_sliver_alone_however_depth_is_aligned(align, far):
    true = np.arange(1.0, 101.0).reshape(10, 10)
    predicted = true / 2
    predicted[0, :2] = far
    aligned = metrics.aligned(predicted, true, align)
    assert np.isinf(aligned[0, :2]).all()
    # The ratio of medians is of the 98 pixels that are left, and 2 like all others.
    np.testing.assert_allclose(aligned[predicted < 1000], true[predicted < 1000])
    scores = metrics.depth_scores(predicted, true, align)
    assert scores["delta1"] == pytest.approx(0.98)
    assert scores["abs_rel"] == pytest.approx((999 / 1 + 998 / 2) / 100)


def test_sky_all_over_a_surface_leaves_nothing_to_align():
    sky, true = np.full((2, 2), np.inf), np.full((2, 2), 10.0)
    for align in metrics.ALIGNMENTS:
        assert metrics.depth_scores(sky, true, align)["abs_rel"] == pytest.approx(99)


def test_a_flat_prediction_is_aligned_to_the_mean():
    true = np.array([[1.0, 3.0]])
    assert metrics.depth_scores(np.full((1, 2), 7.0), true, "scale-and-shift")["rmse"] == pytest.approx(1)


def test_an_unknown_alignment_is_refused_by_name():
    with pytest.raises(ValueError, match="unknown alignment 'affine'; known: scale, scale-and-shift, median"):
        metrics.depth_scores(PREDICTED, TRUE, "affine")


def test_sums_by_range_add_up_to_the_whole():
    sums = metrics.depth_sums(PREDICTED, TRUE, (1, 3, 10, 40))
    whole = metrics.depth_scores(PREDICTED, TRUE)
    assert sums[:, 0].tolist() == np.histogram(TRUE[SEEN], [0, 1, 3, 10, 40, np.inf])[0].tolist()
    assert sums[:, 1].sum() / SEEN.sum() == pytest.approx(whole["abs_rel"])
    assert sums[:, 2].sum() / SEEN.sum() == pytest.approx(whole["delta1"])
    near = np.where(TRUE < 1, TRUE, np.inf)
    assert sums[0, 1] / sums[0, 0] == pytest.approx(metrics.depth_scores(PREDICTED, near)["abs_rel"])


def literal_boundary_f1(predicted, true):
    """Pixel by pixel: q lies behind p when it is more than r times as far."""
    found, weights = [], []
    height, width = true.shape
    for r in np.linspace(1.05, 1.25, 10):
        precisions, recalls = [], []
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            edges = {"p": set(), "t": set()}
            for y in range(height):
                for x in range(width):
                    if 0 <= y + dy < height and 0 <= x + dx < width:
                        for name, depth in (("p", predicted), ("t", true)):
                            here, there = depth[y, x], depth[y + dy, x + dx]
                            if np.isfinite(here) and there > r * here:
                                edges[name].add((y, x))
            both = len(edges["p"] & edges["t"])
            precisions.append(both / max(len(edges["p"]), 1))
            recalls.append(both / max(len(edges["t"]), 1))
        p, q = np.mean(precisions), np.mean(recalls)
        found.append(2 * p * q / (p + q) if p + q else 0)
        weights.append(r)
    return np.average(found, weights=weights)


def test_boundary_f1_is_what_its_definition_says_pixel_by_pixel():
    true = np.kron(RNG.uniform(1, 2, (4, 5)), np.ones((4, 3)))
    true[:2] = np.inf
    predicted = true * RNG.lognormal(0, 0.06, true.shape)
    assert metrics.boundary_f1(predicted, true) == pytest.approx(literal_boundary_f1(predicted, true), abs=1e-9)
    assert 0.2 < metrics.boundary_f1(predicted, true) < 0.95


def test_boundaries_do_not_depend_on_scale_and_a_shifted_edge_is_a_missed_one():
    true = np.full((12, 12), 4.0)
    true[3:9, 3:9] = 2.0
    assert metrics.boundary_f1(true * 7, true) == pytest.approx(1)
    assert metrics.boundary_f1(np.roll(true, (1, 1), (0, 1)), true) < 0.9
    assert metrics.boundary_f1(np.roll(true, (3, 3), (0, 1)), true) == 0
    assert metrics.boundary_f1(np.full_like(true, 3.0), true) == 0


def test_a_truth_without_boundaries_has_no_boundary_score_and_unknown_pixels_are_none():
    assert metrics.boundary_f1(PREDICTED, np.ones_like(TRUE)) is None
    holes = np.full((6, 6), 2.0)
    holes[2:4] = 0
    assert metrics.boundary_f1(holes, holes) is None


def test_iou_of_each_class_is_torchmetrics():
    true, predicted = RNG.integers(0, 5, (20, 20)), RNG.integers(0, 6, (20, 20))
    true[RNG.random(true.shape) < 0.5] = 1
    predicted = np.where(RNG.random(true.shape) < 0.6, true, predicted)
    ours = metrics.class_ious(metrics.class_sums(metrics.confusion(predicted, true, 7)))
    theirs = MulticlassJaccardIndex(7, average="none")(torch.tensor(predicted), torch.tensor(true)).numpy()
    np.testing.assert_allclose(ours[:5], theirs[:5], atol=1e-6)
    assert np.isnan(ours[5:]).all()
    seen = MulticlassJaccardIndex(7, average="none")(torch.tensor(predicted), torch.tensor(true))[:5].mean()
    assert metrics.mean_iou(metrics.confusion(predicted, true, 7)) == pytest.approx(float(seen), abs=1e-6)


def test_a_median_from_coarse_counts_is_near_the_median():
    angles = RNG.gamma(2, 8, 4000).clip(0, 180)
    counts = metrics.coarse(metrics.angle_counts(angles))
    assert counts.sum() == len(angles)
    assert metrics.coarse_median(counts) == pytest.approx(np.median(angles), abs=0.05)
    assert np.isnan(metrics.coarse_median(np.zeros(720)))
