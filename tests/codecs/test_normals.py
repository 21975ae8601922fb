import numpy as np
import pytest

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
