import hilbertmap
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codecs import depth


@pytest.mark.parametrize(("low", "high", "percent"), [(0.1, 1, 1.4), (1, 10, 0.2), (10, 40, 0.5), (40, 80, 1.3)])
def test_depth_survives_the_eight_bit_round_trip_within_the_papers_error(low, high, percent):
    metres = np.linspace(low, high, 200_000).reshape(1, -1)
    worst = np.abs(depth.decode(depth.encode(metres)) / metres - 1).max()
    assert round(100 * worst, 1) <= percent  # stated to one decimal


def test_encoding_agrees_with_hilbertmap_to_one_level():
    metres = np.random.default_rng(0).uniform(0, 100, (256, 256))
    theirs = hilbertmap.depth_to_rgb(metres)
    assert np.abs(depth.encode(metres) - theirs * 255).max() <= 1.0


def test_decoding_agrees_with_hilbertmap_wherever_the_nearest_point_is_unique():
    rgb = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    path = depth._path().astype(int)
    distance = np.stack([((rgb.reshape(-1, 3).astype(int) - p) ** 2).sum(1) for p in path], axis=1)
    ordered = np.sort(distance, axis=1)
    unique = ordered[:, 0] < ordered[:, 1]
    ours, theirs = depth.decode(rgb).ravel()[unique], np.asarray(hilbertmap.rgb_to_depth(rgb / 255.0)).ravel()[unique]
    assert unique.mean() > 0.9
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_path_begins_black_ends_white_and_steps_one_level_at_a_time():
    path = depth._path().astype(int)
    assert path[0].tolist() == [0, 0, 0]
    assert path[-1].tolist() == [255, 255, 255]
    assert (np.abs(np.diff(path, axis=0)).sum(1) == 1).all()


def test_infinity_is_white_and_white_is_infinity():
    assert depth.encode(np.array([[np.inf]])).tolist() == [[[255, 255, 255]]]
    assert np.isinf(depth.decode(np.full((1, 1, 3), 255, np.uint8))).all()


def test_every_colour_of_the_path_decodes_to_itself():
    path = depth._path()
    np.testing.assert_array_equal(depth.encode(depth.decode(path)), path)


def test_depth_of_zero_is_black():
    assert depth.encode(np.zeros((1, 1))).tolist() == [[[0, 0, 0]]]


@given(arrays(np.uint8, (4, 4, 3), elements=st.integers(0, 255)))
def test_decoding_never_raises_and_never_gives_nan(rgb):
    metres = depth.decode(rgb)
    assert metres.dtype == np.float32
    assert (metres >= 0).all()


@pytest.mark.parametrize("bad", [np.nan, -1.0])
def test_depth_that_is_no_depth_is_refused(bad):
    with pytest.raises(ValueError, match="depth must be in"):
        depth.encode(np.array([[bad]]))


def test_an_unknown_colormap_is_named():
    with pytest.raises(ValueError, match="'jet'.*hilbert"):
        depth.decode(np.zeros((1, 1, 3), np.uint8), colormap="jet")
