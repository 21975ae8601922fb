"""Decoded numbers brought from a model's canvas to a photo's size."""

import numpy as np

from pipeline.predict.stretch import stretch

SIZES = [(96, 128), (61, 37), (24, 32), (10, 10)]


def test_a_plane_stays_the_same_plane_at_any_size():
    def depth(height, width):
        # The cone of view of a square picture, whatever the number of pixels along each side.
        y, x = ((np.arange(n) + 0.5) / n - 0.5 for n in (height, width))
        return (2.0 / (1 + 0.4 * x[None, :] + 0.7 * y[:, None])).astype(np.float32)

    for height, width in SIZES:
        inner = np.s_[height // 8 : -height // 8, width // 8 : -width // 8]
        rtol = 1e-4 if min(height, width) >= 24 else 0.01
        np.testing.assert_allclose(stretch(depth(48, 48), height, width)[inner], depth(height, width)[inner], rtol=rtol)


def test_nothing_floats_between_two_surfaces():
    depth_m = np.full((16, 16), 2.0, np.float32)
    depth_m[4:12, 4:12], depth_m[:4] = 1.0, np.inf
    for height, width in SIZES:
        assert set(np.unique(stretch(depth_m, height, width))) == {1.0, 2.0, np.inf}


def test_depth_of_zero_and_of_infinity_come_back():
    depth_m = np.zeros((8, 8), np.float32)
    depth_m[:, 4:] = np.inf
    assert set(np.unique(stretch(depth_m, 40, 40))) <= {0.0, np.float32(1e-3), np.inf}


def test_ids_are_never_blended():
    ids = np.random.default_rng(0).choice(np.array([0, 7, 65535], np.uint16), (12, 16))
    for height, width in SIZES:
        big = stretch(ids, height, width)
        assert big.dtype == np.uint16 and set(np.unique(big)) <= {0, 7, 65535}
    np.testing.assert_array_equal(stretch(ids, 36, 48), ids.repeat(3, 0).repeat(3, 1))


def test_normals_turn_smoothly_on_a_ball_and_stay_of_unit_length():
    def ball(size):
        y, x = ((np.arange(size) + 0.5) / size - 0.5 for _ in range(2))
        n = np.stack(np.broadcast_arrays(x[None], -y[:, None], 0.0), -1)
        n[..., 2] = np.sqrt(1 - (n**2).sum(-1))
        return n.astype(np.float32)

    big = stretch(ball(32), 96, 96)
    np.testing.assert_allclose(np.linalg.norm(big, axis=-1), 1, atol=1e-6)
    cosine = (big * ball(96)).sum(-1)[2:-2, 2:-2].clip(-1, 1)
    assert np.degrees(np.arccos(cosine)).max() < 0.5


def test_normals_of_two_faces_and_of_none_are_kept_apart():
    n = np.zeros((12, 12, 3), np.float32)
    n[:, 4:8], n[:, 8:] = (0, 0, 1), (-1, 0, 0)
    big = stretch(n, 50, 50).reshape(-1, 3)
    assert {tuple(v) for v in np.unique(big, axis=0).tolist()} == {(0, 0, 0), (0, 0, 1), (-1, 0, 0)}
