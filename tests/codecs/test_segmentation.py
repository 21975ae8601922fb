import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codecs import palettes, segmentation
from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.labels import trace


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


def test_thin_parts_of_a_clean_painting_are_exact_too():
    """A one-pixel pole on a disc: nothing of it is flat, yet its colour is clear."""
    picture, ids = discs(palettes.fixed(3))
    picture[10:200, 40] = palettes.fixed(1)[0]
    ids[10:200, 40] = 1
    masks = segmentation.decode_instances(picture, palettes.BLACK)
    assert sorted(mask.tobytes() for mask in masks) == sorted((ids == n).tobytes() for n in range(1, 4))


def test_a_colour_that_recurs_is_split_only_when_asked():
    picture, ids = discs([(255, 0, 0), (0, 255, 0), (255, 0, 0)])
    together = segmentation.decode_instances(picture, palettes.BLACK)
    apart = segmentation.decode_instances(picture, palettes.BLACK, split=True)
    assert [mask.sum() for mask in together] == [((ids == 1) | (ids == 3)).sum(), (ids == 2).sum()]
    assert sorted(mask.tobytes() for mask in apart) == sorted((ids == n).tobytes() for n in range(1, 4))


def test_specks_are_dropped_and_smeared_edges_are_no_instances():
    picture, _ = discs([(255, 255, 255)])
    picture[200:203, 200:203] = (255, 0, 255)
    blurred = cv2.GaussianBlur(picture, (9, 9), 0)
    assert len(segmentation.decode_instances(picture, palettes.BLACK)) == 1
    assert len(segmentation.decode_instances(blurred, palettes.BLACK)) == 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [3, 8])
def test_furniture_is_found_again_after_noise_blur_and_jpeg(seed, count):
    """Real outlines: the largest things of a living room, chair legs, shelves and leaves included."""
    # A lens that shows a shelf's boards wider than the pixel that blur and JPEG smear away.
    labels = trace(compose(load_recipe("scenes/living_room.yaml", ["camera.fov_deg=[45, 55]"]), seed, 256, 256))
    sizes = np.bincount(labels.instance.ravel())
    numbers = [int(n) for n in np.argsort(-sizes)[:count]]
    rng = np.random.default_rng(seed)
    palette = dict(zip(numbers, palettes.spread(count, rng, avoid=[palettes.BLACK]), strict=True))
    clean = segmentation.encode(labels.instance, {0: palettes.BLACK} | palette)
    smeared = cv2.GaussianBlur(clean, (3, 3), 0).astype(int) + rng.integers(-12, 13, clean.shape)
    code = cv2.imencode(".jpg", np.clip(smeared, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    masks = segmentation.decode_instances(cv2.imdecode(code, cv2.IMREAD_COLOR), palettes.BLACK)
    assert len(masks) == count
    for number in numbers:
        truth = labels.instance == number
        assert max((m & truth).sum() / (m | truth).sum() for m in masks) > 0.7
    exact = {mask.tobytes() for mask in segmentation.decode_instances(clean, palettes.BLACK)}
    assert exact == {(labels.instance == number).tobytes() for number in numbers}


def test_a_colour_far_from_all_that_were_asked_for_is_rejected_only_within_the_given_distance():
    palette = {0: (0, 0, 0), 1: (250, 0, 0)}
    rgb = np.array([[(250, 0, 0), (200, 0, 0), (0, 250, 250), (140, 90, 90)]], np.uint8)
    assert segmentation.decode_semantic(rgb, palette).tolist() == [[1, 1, 0, 1]]
    assert segmentation.decode_semantic(rgb, palette, reject=60).tolist() == [[1, 1, 0, 0]]


@given(arrays(np.uint8, (2, 3, 5, 3)), st.integers(1, 9), st.integers(0, 99))
def test_semantic_ids_are_of_the_nearest_colour_and_a_batch_is_its_pictures(rgb, count, seed):
    colors = palettes.spread(count, np.random.default_rng(seed))
    palette = {3 * i: color for i, color in enumerate(colors)}
    distance = ((rgb[..., None, :].astype(int) - np.array(colors)) ** 2).sum(-1)
    ids = segmentation.decode_semantic(rgb, palette)
    assert ids.dtype == np.uint16
    np.testing.assert_array_equal(ids, 3 * distance.argmin(-1))
    np.testing.assert_array_equal(ids, np.stack([segmentation.decode_semantic(image, palette) for image in rgb]))


@given(st.integers(1, 24), st.integers(0, 999), st.booleans())
def test_ids_painted_in_any_palette_come_back(count, seed, named):
    rng = np.random.default_rng(seed)
    colors = palettes.spread(count, rng, avoid=[palettes.WHITE], named=named)
    palette = dict(enumerate([palettes.WHITE, *colors]))
    ids = rng.integers(0, count + 1, (9, 7))
    np.testing.assert_array_equal(segmentation.decode_semantic(segmentation.encode(ids, palette), palette), ids)


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
    ("count", "named", "lab", "rgb"), [(12, False, 35, 70), (31, False, 25, 50), (12, True, 35, 70), (31, True, 12, 25)]
)
def test_palettes_keep_their_stated_distance(count, named, lab, rgb):
    for seed in range(30):
        colors = palettes.spread(count, np.random.default_rng(seed), avoid=[palettes.BLACK], named=named)
        assert palettes.min_distance([palettes.BLACK, *colors]) >= lab
        assert palettes.min_rgb_distance([palettes.BLACK, *colors]) >= rgb


def test_the_same_seed_gives_the_same_palette():
    assert palettes.spread(9, np.random.default_rng(4)) == palettes.spread(9, np.random.default_rng(4))


def test_lab_agrees_with_opencv():
    rgb = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    theirs = cv2.cvtColor((rgb / 255).astype(np.float32), cv2.COLOR_RGB2Lab)
    assert np.abs(palettes.to_lab(rgb) - theirs).max() < 0.5
