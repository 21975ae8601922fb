"""A panorama shows the same in both renderers, where Blender's convention says, and lights what lies under it."""

import numpy as np
import pytest
from example_scenes import ball, linear_to_srgb, thing

from pipeline.config import CyclesConfig
from pipeline.labels import trace
from pipeline.render.environment import _basis, harmonics, hemispheres
from pipeline.scene import Camera, Environment, Material, Scene, look_at, panorama_directions

AXES = {"x": (1, 0, 0), "-x": (-1, 0, 0), "y": (0, 1, 0), "-y": (0, -1, 0)}
COLORS = {"x": (0.6, 0.1, 0.1), "-x": (0.1, 0.6, 0.1), "y": (0.1, 0.1, 0.6), "-y": (0.5, 0.5, 0.1)}
CLASSES = ("background", "ball")
QUICK = CyclesConfig(renderer="cycles", samples=64, noise_threshold=0.0, denoise=True, bounces=3)


def quarters(yaw: float = 0.0) -> Environment:
    """A panorama whose four quarters, one about each level axis, have a colour each."""
    d = panorama_directions(64)
    radiance = np.zeros((64, 128, 3), np.float32)
    nearest = np.argmax([d @ np.array(axis) for axis in AXES.values()], axis=0)
    for k, color in enumerate(COLORS.values()):
        radiance[nearest == k] = color
    return Environment(radiance, yaw)


def seen(axis, yaw: float = 0.0) -> Scene:
    camera = Camera.centred(32, 24, 0.6, look_at(np.array([0, 0, 1.0]), np.array([*axis[:2], 1.0])))
    return Scene("sky", (), (), camera, CLASSES, metered=False, background=quarters(yaw))


@pytest.mark.parametrize("name", AXES)
def test_every_quarter_is_seen_where_it_lies(raster, name):
    image = raster.render(seen(AXES[name]))
    np.testing.assert_allclose(image, np.broadcast_to(linear_to_srgb(COLORS[name]) * 255, image.shape), atol=1.5)


def test_yaw_turns_the_panorama_counter_clockwise(raster):
    image = raster.render(seen(AXES["y"], np.pi / 2))
    np.testing.assert_allclose(image, np.broadcast_to(linear_to_srgb(COLORS["x"]) * 255, image.shape), atol=1.5)


def test_what_is_above_in_the_panorama_is_above_in_the_picture(raster):
    radiance = np.zeros((64, 128, 3), np.float32)
    radiance[:32] = 0.5
    camera = Camera.centred(32, 24, 0.6, look_at(np.zeros(3), np.array([1.0, 0, 0])))
    image = raster.render(Scene("half", (), (), camera, CLASSES, metered=False, background=Environment(radiance)))
    assert image[:10].min() > 180 and image[14:].max() < 5


def test_directions_are_unit_and_the_middle_looks_along_x():
    d = panorama_directions(128)
    np.testing.assert_allclose(np.linalg.norm(d, axis=-1), 1.0)
    assert d[63:65, 127:129].mean((0, 1)) @ [1, 0, 0] > 0.999
    assert d[64, 160, 1] < 0 < d[64, 96, 1]
    assert d[0, 0, 2] > 0.99


def test_an_even_panorama_lights_like_one_colour():
    above, below = hemispheres(Environment(np.full((64, 128, 3), 0.3, np.float32)))
    np.testing.assert_allclose([above, below], 0.3, rtol=1e-5)


def test_light_from_a_cone_about_the_zenith_has_its_closed_form():
    # Irradiance over pi of radiance 1 within the angle a of the normal is sin(a)^2.
    d = panorama_directions(512)
    angle = np.radians(40)
    radiance = np.repeat((d[..., 2:] > np.cos(angle)).astype(np.float32), 3, axis=2)
    above, below = hemispheres(Environment(radiance))
    np.testing.assert_allclose(above, np.sin(angle) ** 2, rtol=0.01)
    assert not below.any()


def test_both_renderers_show_and_light_alike(blender, raster):
    white = Material("plaster", (0.8, 0.8, 0.8), "white", roughness=1.0)
    camera = Camera.centred(64, 48, 1.2, look_at(np.array([0, -3.0, 0.2]), np.zeros(3)))
    shown = (thing("ball", "ball", ball(0.8), white, (0, 0, 0)),)
    sky = quarters(0.7)
    sky.radiance[:20] += 0.2
    scene = Scene("ball", shown, (), camera, CLASSES, metered=False, background=sky)
    photo, fast = blender.render(scene, QUICK).astype(float), raster.render(scene).astype(float)
    on_ball = trace(scene).instance == 1
    difference = np.abs(photo - fast).max(-1)
    # A seam of the panorama falls on one pixel or on the next.
    assert np.median(difference[~on_ball]) < 2 and np.quantile(difference[~on_ball], 0.9) < 10
    assert np.abs(photo[on_ball].mean(0) - fast[on_ball].mean(0)).max() < 20


def test_a_panorama_leaves_nothing_behind(blender):
    plain = Scene("plain", (), (), seen(AXES["x"]).camera, CLASSES, metered=False, background=(0.2, 0.3, 0.1))
    before = blender.render(plain, QUICK)
    blender.render(seen(AXES["y"]), QUICK)
    np.testing.assert_array_equal(blender.render(plain, QUICK), before)


def test_harmonics_give_the_irradiance_of_a_smooth_sky():
    # Radiance 1 + x: a surface that faces n receives pi (1 + 2/3 n.x).
    d = panorama_directions(128)
    sky = Environment(np.repeat((1 + d[..., :1]).astype(np.float32), 3, axis=2))
    above, below = hemispheres(sky)
    uneven = harmonics(sky, above, below)
    for n in np.random.default_rng(0).normal(size=(20, 3)):
        n /= np.linalg.norm(n)
        even = below + (above - below) * (0.5 + 0.5 * n[2])
        got = even + np.einsum("k,kc->c", _basis(n), uneven)
        np.testing.assert_allclose(got, 1 + 2 / 3 * n[0], atol=0.01)
