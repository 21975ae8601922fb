"""The film: what the meter finds, and what the tone curve leaves alone."""

import numpy as np
import pytest

from pipeline.render.color import dark_and_burnt, srgb_to_linear
from pipeline.render.film import BRIGHTEST, DIM, HIGHLIGHT_SHARE, KNEE, develop, encode, meter, shoulder


def frame(middle: float = 0.25, spread: float = 0.8, seed: int = 0) -> np.ndarray:
    """Light of a scene of surfaces from dark to white, log-normal about `middle`."""
    rng = np.random.default_rng(seed)
    tones = np.exp(rng.normal(np.log(middle), spread, (48, 64, 1)))
    return (np.minimum(tones, 4 * middle) * rng.uniform(0.7, 1.3, (48, 64, 3))).astype(np.float32)


@pytest.mark.parametrize("stops", [1, 2, 5, 10])
def test_a_well_lit_scene_looks_the_same_in_any_unit_of_light(stops):
    light = frame()
    assert meter(light * 2**stops) == pytest.approx(meter(light) - stops, abs=1e-6)
    np.testing.assert_array_equal(develop(light * np.float32(2**stops)), develop(light))


def test_a_uniform_card_becomes_middle_grey():
    for level in (0.15, 0.5, 40.0):
        picture = develop(np.full((8, 8, 3), level, np.float32))
        np.testing.assert_allclose(srgb_to_linear(picture / 255.0), 0.2, atol=0.005)


def test_dim_scenes_are_shown_darker_the_dimmer_they_are_but_never_black():
    medians = [np.median(develop(frame(DIM * share))) for share in (1.0, 0.3, 0.1, 0.03, 0.01)]
    assert all(np.diff(medians) < 0)
    assert medians[-1] > 25
    assert dark_and_burnt(develop(frame(DIM * 0.03)))[0] < 0.02


def test_a_window_brings_exposure_down_and_a_lamp_does_so_only_a_little():
    light = frame()
    window, lamp = light.copy(), light.copy()
    window[:12, :16] = 3.0
    lamp[:2, :2] = 500.0
    assert 0.1 < meter(light) - meter(window) <= 1.6
    assert 0.0 <= meter(light) - meter(lamp) < 0.15
    assert dark_and_burnt(develop(window))[1] == 0.0


def test_the_brightest_part_of_a_frame_is_kept_below_white_where_that_costs_little():
    light = frame(0.25, 0.3)
    light[:3, :] = 2.5
    assert (light.max(2) == 2.5).mean() > HIGHLIGHT_SHARE
    assert 2.5 * 2 ** meter(light) <= BRIGHTEST * 1.001


def test_the_tone_curve_is_the_identity_below_its_knee():
    light = np.linspace(0, KNEE, 500, dtype=np.float32)
    np.testing.assert_array_equal(shoulder(light), light)
    np.testing.assert_array_equal(develop(light.reshape(1, -1, 1).repeat(3, 2), 0.0, False)[0, :, 0], encode(light))


def test_the_tone_curve_rises_smoothly_and_stays_below_white():
    light = np.concatenate([np.linspace(0, 4, 4001), np.geomspace(4.01, 1000, 500)]).astype(np.float32)
    shown = shoulder(light).astype(float)
    assert (np.diff(shown) > 0).all() and shown.max() < 1.0
    slope = np.diff(shown[:4001]) / 0.001
    assert slope.max() < 1.001 and np.abs(np.diff(slope)).max() < 0.02


def test_the_fixed_film_shows_radiance_one_as_white_and_clips():
    light = np.array([[[0.0, 0.5, 1.0], [2.0, 9.0, 0.25]]], np.float32)
    np.testing.assert_array_equal(develop(light, 0.0, False), [[[0, 188, 255], [255, 255, 137]]])
    np.testing.assert_array_equal(develop(light, -1.0, False), [[[0, 137, 188], [255, 255, 99]]])


def test_srgb_survives_a_round_trip():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(encode(srgb_to_linear(levels / 255.0).astype(np.float32)), levels)


def test_a_frame_without_light_is_black():
    assert not develop(np.zeros((4, 4, 3), np.float32)).any()
