"""Skies against standards, closed forms and what photometry measures outdoors."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from pipeline.compose import atmosphere
from pipeline.compose.blackbody import chromaticity, planckian
from pipeline.compose.daylight import LUMINANCE, Time, outdoor_light
from pipeline.compose.grid import RADIANCE_BITS, radiance_on_grid
from pipeline.compose.panorama import without_sun
from pipeline.render.environment import hemispheres
from pipeline.scene import Environment, panorama_directions

TIMES = get_args(Time)
SEEDS = range(3)


def light(time, seed):
    return outdoor_light(time, np.random.default_rng(seed))


def level(daylight) -> float:
    """Luminance of irradiance over pi on level ground."""
    total = hemispheres(daylight.background)[0]
    for sun in daylight.lights:
        total = total + np.asarray(sun.color) * sun.power * sun.pose[2, 2] / np.pi
    return float(total @ LUMINANCE)


@pytest.mark.parametrize("time", TIMES)
def test_every_sky_is_light_everywhere_and_its_lights_shine_downwards(time):
    for seed in SEEDS:
        drawn = light(time, seed)
        assert np.isfinite(drawn.background.radiance).all() and (drawn.background.radiance > 0).all()
        for sun in drawn.lights:
            assert sun.kind == "sun" and sun.pose[2, 2] > 0.04 and max(sun.color) == 1.0
            np.testing.assert_allclose(sun.pose[:3, :3] @ sun.pose[:3, :3].T, np.eye(3), atol=1e-12)


def test_hours_are_as_bright_as_they_say_and_in_this_order():
    levels = {time: [level(light(time, seed)) for seed in SEEDS] for time in TIMES}
    assert min(levels["day"]) > 0.3 and max(levels["day"]) < 1.5
    assert min(levels["overcast"]) > 0.28 and max(levels["overcast"]) < 0.55
    assert min(levels["golden"]) > 0.04 and max(levels["golden"]) < 0.5
    assert min(levels["dusk"]) > 0.025 and max(levels["dusk"]) < 0.08
    assert min(levels["night"]) > 0.003 and max(levels["night"]) < 0.012


def test_an_overcast_sky_is_three_times_as_bright_at_the_zenith_as_at_the_horizon():
    skies = np.mean([light("overcast", seed).background.radiance for seed in range(8)], axis=0) @ LUMINANCE
    rows = skies[: len(skies) // 2].mean(1)
    sine = panorama_directions(len(skies))[: len(rows), 0, 2]
    expected = (1 + 2 * sine) / 3
    np.testing.assert_allclose(rows / rows[3:40].mean() * expected[3:40].mean(), expected, rtol=0.12)


def test_the_clear_sky_gives_a_tenth_to_a_third_of_the_light_of_a_high_sun():
    d = panorama_directions(64)
    heights, turns = np.arcsin(d[:, 0, 2]), np.arctan2(d[32, :, 1], d[32, :, 0])
    for haze in (3.0, 8.0, 18.0):
        everywhere = atmosphere.sky(heights, turns, np.radians(50), haze)
        sky = Environment(np.where(d[..., 2:] > 0, everywhere, 0).astype(np.float32))
        diffuse = np.pi * hemispheres(sky)[0] @ LUMINANCE
        direct = atmosphere.sunlight(np.radians(50), haze) @ LUMINANCE * np.sin(np.radians(50))
        assert 0.08 < diffuse / (diffuse + direct) < 0.33


def test_air_at_the_zenith_passes_what_its_optical_depth_says():
    # Rayleigh's optical depth is scattering times scale height; haze and ozone add theirs.
    depth = atmosphere.RAYLEIGH * 8.0 + atmosphere.MIE_EXTINCTION * 5.0 * 1.2 + atmosphere.OZONE * 15.0
    np.testing.assert_allclose(atmosphere.sunlight(np.pi / 2, 5.0), np.exp(-depth), rtol=0.02)


def test_the_sun_reddens_and_fades_as_it_sinks_and_is_gone_below_the_horizon():
    colors = np.array([atmosphere.sunlight(np.radians(angle), 6.0) for angle in (60, 20, 8, 3, 0.5)])
    assert (np.diff(colors @ LUMINANCE) < 0).all()
    assert (np.diff(colors[:, 0] / colors[:, 2]) > 0).all()
    assert not atmosphere.sunlight(np.radians(-3), 6.0).any()


def test_the_sky_is_blue_above_and_brightest_towards_the_sun():
    sky = atmosphere.sky(np.array([np.pi / 2, np.arcsin(0.6)]), np.array([0.0, np.pi]), np.radians(30), 6.0)
    up, towards, away = sky[0, 0], sky[1, 0], sky[1, 1]
    assert up[2] > 1.5 * up[0]
    assert towards @ LUMINANCE > 2 * away @ LUMINANCE


def test_the_same_state_draws_the_same_sky_and_its_radiance_lies_on_the_grid():
    for time in TIMES:
        one, two = light(time, 5), light(time, 5)
        np.testing.assert_array_equal(one.background.radiance, two.background.radiance)
        steps = np.ldexp(np.frexp(one.background.radiance.astype(float))[0], RADIANCE_BITS)
        np.testing.assert_array_equal(steps, np.rint(steps))


def test_rounding_errors_do_not_survive_the_grid():
    rng = np.random.default_rng(0)
    exact = np.exp(rng.normal(size=(200, 400, 3)))
    blurred = exact * (1 + 1e-14 * rng.normal(size=exact.shape))
    np.testing.assert_array_equal(radiance_on_grid(exact), radiance_on_grid(blurred))
    np.testing.assert_allclose(radiance_on_grid(exact), exact, rtol=2.0**-RADIANCE_BITS)


def photographed(irradiance: float = 3.0, elevation: float = 40.0, size_deg: float = 1.5) -> Environment:
    """An even sky with a sun of `irradiance` in it."""
    d = panorama_directions(256)
    towards = np.array([np.cos(np.radians(elevation)), 0.0, np.sin(np.radians(elevation))])
    radiance = np.full((256, 512, 3), 0.3, np.float32)
    disc = d @ towards > np.cos(np.radians(size_deg))
    solid = np.broadcast_to(np.sin((np.arange(256) + 0.5) / 256 * np.pi)[:, None] * (np.pi / 256) ** 2, disc.shape)
    radiance[disc] += np.array([1.0, 0.9, 0.7], np.float32) * np.float32(irradiance / solid[disc].sum())
    return Environment(radiance, 0.0, "catalogue#sky")


def test_a_photographed_sun_becomes_a_light_of_its_direction_colour_and_energy():
    panorama = photographed()
    sky, sun = without_sun(panorama)
    assert sun is not None and sky.source == panorama.source
    assert sun.power == pytest.approx(3.0, rel=0.02)
    np.testing.assert_allclose(sun.color, (1.0, 0.9, 0.7), atol=0.01)
    expected = [np.cos(np.radians(40)), 0.0, np.sin(np.radians(40))]
    np.testing.assert_allclose(sun.pose[:3, 2], expected, atol=0.01)
    assert sky.radiance.max() < 0.31
    before, after = hemispheres(panorama)[0], hemispheres(sky)[0]
    direct = np.asarray(sun.color) * sun.power * sun.pose[2, 2] / np.pi
    np.testing.assert_allclose(after + direct, before, rtol=0.02)


def test_the_light_of_a_panorama_turns_with_it():
    turned = without_sun(replace(photographed(), yaw_rad=np.pi / 2))[1]
    np.testing.assert_allclose(turned.pose[:2, 2], [0.0, np.cos(np.radians(40))], atol=0.01)


def test_a_panorama_without_a_sun_keeps_its_light():
    for faint in (photographed(irradiance=0.05), Environment(np.full((64, 128, 3), 0.5, np.float32))):
        sky, sun = without_sun(faint)
        assert sun is None
        np.testing.assert_allclose(sky.radiance, faint.radiance, rtol=2.0**-RADIANCE_BITS)


def test_outdoor_light_takes_a_panorama_for_a_sky():
    drawn = outdoor_light("day", np.random.default_rng(1), photographed())
    assert drawn.background.source == "catalogue#sky" and len(drawn.lights) == 1


def test_black_bodies_have_the_chromaticity_that_the_cie_gives():
    # Illuminant A, and points of the Planckian locus (Wyszecki & Stiles, table 1(3.11)).
    for kelvin, known in {2856: (0.4476, 0.4074), 4000: (0.3805, 0.3767), 6500: (0.3135, 0.3236)}.items():
        np.testing.assert_allclose(chromaticity(kelvin), known, atol=0.003)


def test_light_is_warm_below_its_white_and_cool_above():
    np.testing.assert_allclose(planckian(5000.0, 5000.0), 1.0)
    warm, cool = planckian(2700.0), planckian(9000.0)
    assert warm[0] == 1.0 > warm[1] > warm[2] and cool[2] == 1.0 > cool[1] > cool[0]
