import hilbertmap
import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codecs import depth
from pipeline.codecs.colormaps import colormap_path, hilbert_path


@pytest.mark.parametrize(("low", "high", "percent"), [(0.1, 1, 1.4), (1, 10, 0.2), (10, 40, 0.5), (40, 80, 1.3)])
def test_depth_survives_the_eight_bit_round_trip_within_the_papers_error(low, high, percent):
    metres = np.linspace(low, high, 200_000).reshape(1, -1)
    worst = np.abs(depth.decode(depth.encode(metres)) / metres - 1).max()
    assert round(100 * worst, 1) <= percent  # stated to one decimal


def test_a_million_depths_agree_with_hilbertmap():
    metres = np.random.default_rng(0).uniform(0, 100, (1000, 1000))
    painted = depth.encode(metres)
    assert np.abs(painted - hilbertmap.depth_to_rgb(metres) * 255).max() <= 1.0
    np.testing.assert_allclose(depth.decode(painted), hilbertmap.rgb_to_depth(painted / 255.0), rtol=1e-5)


def test_decoding_agrees_with_hilbertmap_wherever_the_nearest_point_is_unique():
    rgb = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    path = hilbert_path().colors.astype(int)
    distance = np.stack([((rgb.reshape(-1, 3).astype(int) - p) ** 2).sum(1) for p in path], axis=1)
    ordered = np.sort(distance, axis=1)
    unique = ordered[:, 0] < ordered[:, 1]
    ours, theirs = depth.decode(rgb).ravel()[unique], np.asarray(hilbertmap.rgb_to_depth(rgb / 255.0)).ravel()[unique]
    assert unique.mean() > 0.9
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_path_begins_black_ends_white_and_steps_one_level_at_a_time():
    path = hilbert_path().colors.astype(int)
    assert len(path) == 7 * 255 + 1
    assert path[0].tolist() == [0, 0, 0]
    assert path[-1].tolist() == [255, 255, 255]
    assert (np.abs(np.diff(path, axis=0)).sum(1) == 1).all()


def test_infinity_is_white_and_white_is_infinity():
    assert depth.encode(np.array([[np.inf]])).tolist() == [[[255, 255, 255]]]
    assert np.isinf(depth.decode(np.full((1, 1, 3), 255, np.uint8))).all()


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
@pytest.mark.parametrize("c", [depth.C, 100 / 3])
def test_every_colour_of_a_path_decodes_to_itself(colormap, c):
    path = hilbert_path() if colormap == "hilbert" else colormap_path(colormap)
    np.testing.assert_array_equal(depth.encode(depth.decode(path.colors, colormap, c=c), colormap, c=c), path.colors)


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
@pytest.mark.parametrize(("lam", "c"), [(depth.LAMBDA, depth.C), (-3.0, 100 / 3), (-2.0, 5.0), (-1.5, 1.0)])
def test_zero_and_infinity_are_the_ends_and_come_back(colormap, lam, c):
    ends = np.array([[0.0, np.inf]])
    assert depth.decode(depth.encode(ends, colormap, lam, c), colormap, lam, c).tolist() == ends.tolist()


@given(
    st.lists(st.floats(0, 3e38), min_size=1, max_size=20),
    st.sampled_from(depth.COLORMAPS),
    st.sampled_from([(depth.LAMBDA, depth.C), (-3.0, 100 / 3), (-2.0, 5.0), (-1.5, 1.0)]),
)
def test_no_surface_is_read_as_nothing_however_far(metres, colormap, scale):
    some = np.array([*metres, 300.0, 490.0, 1e6, np.inf])
    read = depth.decode(depth.encode(some, colormap, *scale), colormap, *scale)
    assert np.isfinite(read[:-1]).all() and np.isinf(read[-1])


@pytest.mark.parametrize(
    ("colormap", "metres"), [("hilbert", 412), ("plasma", 359), ("inferno", 359), ("viridis", 216), ("grayscale", 150)]
)
def test_the_farthest_colour_is_read_as_the_docstring_says(colormap, metres):
    assert round(float(depth.decode(depth.encode(np.array([1e5]), colormap), colormap)[0])) == metres
    assert f"{metres} m" in depth.__doc__


def test_depth_of_zero_is_black():
    assert depth.encode(np.zeros((1, 1))).tolist() == [[[0, 0, 0]]]


@pytest.mark.parametrize("name", ["plasma", "inferno", "viridis"])
def test_colormaps_are_matplotlibs(name):
    f = np.linspace(0, 1, 256)
    metres = depth.denormalise(f)[None]
    ours = depth.encode(metres, name)[0].astype(int)
    theirs = np.rint(np.array(matplotlib.colormaps[name](f))[:, :3] * 255).astype(int)
    # A fine step may round to the neighbouring level of a channel.
    assert np.abs(ours - theirs).max() <= 1


def test_grayscale_is_f_itself():
    metres = np.array([[0.0, 1.0, 10.0, 50.0]])
    f = 1 - (1 + metres / 10) ** -2
    assert np.abs(depth.encode(metres, "grayscale")[..., 0] - f * 255).max() <= 0.6


@given(
    arrays(np.uint8, (4, 4, 3), elements=st.integers(0, 255)),
    st.sampled_from(depth.COLORMAPS),
    st.floats(-9, -1.01),
    st.floats(0.01, 1e3),
)
def test_decoding_never_raises_and_never_gives_nan(rgb, colormap, lam, c):
    metres = depth.decode(rgb, colormap, lam, c)
    assert metres.dtype == np.float32
    assert (metres >= 0).all()


@given(arrays(np.uint8, (3, 5, 3), elements=st.integers(0, 255)), st.sampled_from(depth.COLORMAPS))
def test_any_colour_is_read_as_the_nearest_one_of_the_path(rgb, colormap):
    path = hilbert_path() if colormap == "hilbert" else colormap_path(colormap)
    distance = ((rgb[..., None, :].astype(int) - path.colors.astype(int)) ** 2).sum(-1)
    expected = depth.denormalise(path.positions)[distance.argmin(-1)].astype(np.float32)
    np.testing.assert_array_equal(depth.decode(rgb, colormap), expected)


@given(
    arrays(np.float64, (2, 3, 4), elements=st.floats(0, 1e30)),
    st.sampled_from(depth.COLORMAPS),
    st.sampled_from([np.float16, np.float32, np.float64]),
)
def test_a_batch_is_its_images_one_by_one_in_any_dtype_and_layout(metres, colormap, dtype):
    with np.errstate(over="ignore"):
        batch = metres.astype(dtype)
    painted = depth.encode(batch, colormap)
    assert np.array_equal(painted, np.stack([depth.encode(image, colormap) for image in batch]))
    assert np.array_equal(painted, depth.encode(np.asfortranarray(batch), colormap))
    flipped = painted[:, :, ::-1]
    read = np.stack([depth.decode(image, colormap) for image in flipped])
    assert np.array_equal(depth.decode(flipped, colormap), read)


@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=40), st.sampled_from(depth.COLORMAPS), st.floats(0.1, 100))
def test_farther_is_never_read_as_nearer(metres, colormap, c):
    ordered = np.sort(np.array(metres))[None]
    read = depth.decode(depth.encode(ordered, colormap, c=c), colormap, c=c)[0]
    assert (read[1:] >= read[:-1]).all()


@pytest.mark.parametrize(("lam", "c"), [(-1.0, 1.0), (0.5, 1.0), (-3.0, 0.0), (-3.0, np.inf), (np.nan, 1.0)])
def test_a_scale_that_does_not_end_is_refused(lam, c):
    with pytest.raises(ValueError, match="lambda must be below -1"):
        depth.encode(np.ones((1, 1)), lam=lam, c=c)


@pytest.mark.parametrize("bad", [np.nan, -1.0])
def test_depth_that_is_no_depth_is_refused(bad):
    with pytest.raises(ValueError, match="depth must be in"):
        depth.encode(np.array([[bad]]))


def test_an_unknown_colormap_is_named():
    with pytest.raises(ValueError, match="'jet'.*hilbert"):
        depth.decode(np.zeros((1, 1, 3), np.uint8), colormap="jet")
