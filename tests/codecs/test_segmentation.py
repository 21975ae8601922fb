import cv2
import numpy as np
import pytest

from pipeline.codecs import palettes, segmentation


def discs(colors, background=(0, 0, 0), size=256):
    picture = np.full((size, size, 3), background, np.uint8)
    ids = np.zeros((size, size), int)
    for number, color in enumerate(colors, start=1):
        centre = (size * (2 * ((number - 1) % 3) + 1) // 6, size * (2 * ((number - 1) // 3) + 1) // 6)
        cv2.circle(ids_f := ids.astype(np.uint8), centre, size // 9, number, -1)
        ids = ids_f.astype(int)
        picture[ids == number] = color
    return picture, ids


@pytest.mark.parametrize("seed", range(5))
def test_semantic_ids_survive_noise_of_twelve_levels(seed):
    rng = np.random.default_rng(seed)
    colors = palettes.spread(8, rng, avoid=[palettes.BLACK])
    palette = dict(enumerate([palettes.BLACK, *colors]))
    ids = rng.integers(0, 9, (64, 64))
    noisy = np.clip(segmentation.encode(ids, palette).astype(int) + rng.integers(-12, 13, (64, 64, 3)), 0, 255)
    np.testing.assert_array_equal(segmentation.decode_semantic(noisy.astype(np.uint8), palette), ids)


@pytest.mark.parametrize("seed", range(5))
def test_instances_are_found_again_after_noise_blur_and_jpeg(seed):
    rng = np.random.default_rng(seed)
    picture, ids = discs(palettes.spread(6, rng, avoid=[palettes.BLACK]))
    picture = cv2.GaussianBlur(picture, (3, 3), 0)
    picture = np.clip(picture.astype(int) + rng.integers(-12, 13, picture.shape), 0, 255).astype(np.uint8)
    picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])[1], cv2.IMREAD_COLOR)
    masks = segmentation.decode_instances(picture, palettes.BLACK)
    assert len(masks) == 6
    for number in range(1, 7):
        truth = ids == number
        assert max((m & truth).sum() / (m | truth).sum() for m in masks) > 0.9


def test_a_clean_painting_decodes_to_its_very_masks():
    picture, ids = discs(palettes.fixed(6))
    masks = segmentation.decode_instances(picture, palettes.BLACK)
    assert sorted(mask.tobytes() for mask in masks) == sorted((ids == n).tobytes() for n in range(1, 7))


def test_an_empty_painting_has_no_instances():
    assert segmentation.decode_instances(np.full((32, 32, 3), 7, np.uint8), (0, 0, 0)) == []


def test_no_picture_makes_the_instance_decoder_raise():
    rng = np.random.default_rng(0)
    for shape in ((1, 1, 3), (5, 3, 3), (64, 64, 3)):
        for _ in range(10):
            masks = segmentation.decode_instances(rng.integers(0, 256, shape, dtype=np.uint8), (0, 0, 0))
            assert all(mask.shape == shape[:2] for mask in masks)


def test_ids_without_a_colour_get_the_backgrounds():
    assert segmentation.encode(np.array([[0, 1, 9]]), {0: (1, 2, 3), 1: (4, 5, 6)})[0].tolist() == [
        [1, 2, 3],
        [4, 5, 6],
        [1, 2, 3],
    ]


@pytest.mark.parametrize(
    ("count", "named", "apart"), [(12, False, 35), (31, False, 25), (12, True, 35), (31, True, 12)]
)
def test_palettes_keep_their_stated_distance(count, named, apart):
    for seed in range(30):
        colors = palettes.spread(count, np.random.default_rng(seed), avoid=[palettes.BLACK], named=named)
        assert palettes.min_distance([palettes.BLACK, *colors]) >= apart


def test_the_same_seed_gives_the_same_palette():
    assert palettes.spread(9, np.random.default_rng(4)) == palettes.spread(9, np.random.default_rng(4))


def test_lab_agrees_with_opencv():
    rgb = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    theirs = cv2.cvtColor((rgb / 255).astype(np.float32), cv2.COLOR_RGB2Lab)
    assert np.abs(palettes.to_lab(rgb) - theirs).max() < 0.5
