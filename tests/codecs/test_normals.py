import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codecs import normals


def test_normals_survive_the_eight_bit_round_trip_within_half_a_degree():
    n = np.random.default_rng(0).normal(size=(200, 200, 3))
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    cosine = (normals.decode(normals.encode(n)) * n).sum(-1).clip(-1, 1)
    assert np.degrees(np.arccos(cosine)).max() < 0.5


@pytest.mark.parametrize(
    ("direction", "color"),
    [
        ((-1, 0, 0), (255, 128, 128)),
        ((0, 1, 0), (128, 255, 128)),
        ((0, 0, 1), (128, 128, 255)),
        ((0, 0, 0), (128, 128, 128)),
    ],
)
def test_colours_are_those_the_paper_states(direction, color):
    assert normals.encode(np.array(direction, float)).tolist() == list(color)


def test_grey_decodes_to_no_normal_and_everything_else_to_unit_length():
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    rgb[0, 0] = 128
    length = np.linalg.norm(normals.decode(rgb), axis=-1)
    assert length[0, 0] == 0
    assert (np.isclose(length, 1, atol=1e-5) | (length == 0)).all()


def test_conventions_are_the_same_vectors_on_other_axes():
    """Oracle: the vector turned into the convention's own axes by hand, then (v + 1) / 2."""
    n = np.random.default_rng(0).normal(size=(50, 50, 3))
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    x, y, z = np.moveaxis(n, -1, 0)
    right_down_front = np.stack([x, -y, -z], axis=-1)
    own = {"opengl": n, "opencv": right_down_front, "dsine": -right_down_front, "vision_banana": -right_down_front}
    assert own.keys() == normals.CONVENTIONS.keys()
    for convention, vectors in own.items():
        painted = normals.encode(n, convention)
        assert np.abs(painted - (vectors + 1) / 2 * 255).max() <= 0.5001
        cosine = (normals.decode(painted, convention) * n).sum(-1).clip(-1, 1)
        assert np.degrees(np.arccos(cosine)).max() < 0.5


def test_no_surface_is_mid_grey_and_no_normal_in_every_convention():
    for convention in normals.CONVENTIONS:
        painted = normals.encode(np.zeros((1, 2, 3)), convention)
        assert (painted == 128).all()
        assert not normals.decode(painted, convention).any()


@given(arrays(np.uint8, (2, 3, 4, 3)), st.sampled_from(sorted(normals.CONVENTIONS)))
def test_any_picture_decodes_and_a_batch_is_its_pictures(rgb, convention):
    read = normals.decode(rgb, convention)
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, np.stack([normals.decode(image, convention) for image in rgb]))
    length = np.linalg.norm(read, axis=-1)
    assert (np.isclose(length, 1, atol=1e-5) == read.any(-1)).all()
    # Painting what was read and reading it again moves no normal by more than the rounding.
    again = normals.decode(normals.encode(read, convention), convention)
    assert ((again * read).sum(-1)[read.any(-1)] > np.cos(np.radians(0.5))).all()


def test_an_unknown_convention_is_named():
    with pytest.raises(ValueError, match="'directx'.*opengl"):
        normals.encode(np.zeros((1, 1, 3)), "directx")
