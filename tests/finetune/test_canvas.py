import numpy as np
import pytest

from pipeline.finetune.bases.canvas import canvas_size, noise_seed, paint_noise, resize


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


def test_noise_follows_from_seed_and_content():
    picture = np.zeros((4, 4, 3), np.uint8)
    seeds = {noise_seed(0, picture, "a"), noise_seed(1, picture, "a"), noise_seed(0, picture + 1, "a")}
    assert len(seeds) == 3
    assert noise_seed(0, picture, "a") == noise_seed(0, picture, "b")
    assert noise_seed(0, None, "a") != noise_seed(0, None, "b")
    assert (paint_noise(5, (3, 2)) == paint_noise(5, (3, 2))).all()
