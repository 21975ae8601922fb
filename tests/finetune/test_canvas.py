import numpy as np
import pytest

from pipeline.finetune.bases.canvas import canvas_size, noise_seed, paint_noise
from pipeline.finetune.pictures import fit, resize


@pytest.mark.parametrize("shape", [(480, 640), (100, 100), (33, 1000), (1000, 33), (64, 96), (2160, 3840)])
def test_a_canvas_keeps_the_area_and_nearly_the_ratio_of_a_picture(shape):
    height, width = canvas_size(*shape, 512, 16, 64)
    assert height % 16 == width % 16 == 0
    assert 0.9 < height * width / 512**2 < 1.1
    ratio = np.clip(shape[1] / shape[0], 1 / 7, 7)
    assert abs(np.log(width / height / ratio)) < 0.08


def test_a_square_picture_has_the_trained_square_for_a_canvas_and_no_side_is_too_short():
    assert canvas_size(77, 77, 512, 16, 64) == (512, 512)
    assert canvas_size(10, 1000, 64, 16, 64)[0] == 64


def test_a_label_that_is_resized_has_no_new_colors():
    label = np.random.default_rng(0).choice(np.array([0, 90, 255], np.uint8), (31, 17, 3))
    assert set(np.unique(resize(label, 64, 48, label=True))) <= {0, 90, 255}
    assert resize(label, 31, 17) is label


def middle(picture):
    """Centre of what is white, in shares of the sides."""
    weight = picture[..., 0].astype(float)
    places = [(np.arange(side) + 0.5) / side for side in weight.shape]
    return weight.sum(1) @ places[0] / weight.sum(), weight.sum(0) @ places[1] / weight.sum()


@pytest.mark.parametrize("shape", [(320, 320), (480, 640), (288, 512), (40, 40), (1000, 1000)])
def test_a_label_stays_where_its_picture_is_when_both_are_resized(shape):
    """Were the upper left pixel taken for a label, it would move by (k - 1) / 2 pixels when k become one."""
    height, width = shape
    picture = np.zeros((*shape, 3), np.uint8)
    picture[height // 4 : height // 2, width // 3 : width - width // 5] = 255
    for size in (64, 32):
        wanted = middle(fit(picture, size))
        np.testing.assert_allclose(wanted, middle(picture), atol=0.1 / size)
        found = middle(fit(picture, size, label=True))
        # An edge is rounded to whole pixels: by half of one at most, whichever way.
        np.testing.assert_allclose(found, wanted, atol=0.5 / size)
    seconds = [
        np.subtract(middle(resize(disc, 64, 64, label=True)), middle(resize(disc, 64, 64)))
        for disc in (disc_at(x, y, 320) for x in range(60, 260, 13) for y in range(60, 260, 17))
    ]
    assert np.abs(np.mean(seconds, axis=0)).max() < 0.02 / 64


def disc_at(x, y, side):
    v, u = np.mgrid[:side, :side]
    return np.repeat(((u - x) ** 2 + (v - y) ** 2 < 37**2)[..., None], 3, 2).astype(np.uint8) * 255


def test_noise_follows_from_seed_and_content():
    picture = np.zeros((4, 4, 3), np.uint8)
    seeds = {noise_seed(0, picture, "a"), noise_seed(1, picture, "a"), noise_seed(0, picture + 1, "a")}
    assert len(seeds) == 3
    assert noise_seed(0, picture, "a") == noise_seed(0, picture, "b")
    assert noise_seed(0, None, "a") != noise_seed(0, None, "b")
    assert (paint_noise(5, (3, 2)) == paint_noise(5, (3, 2))).all()
