"""OpenGL pictures: where pixels lie, what is lit, and that nothing lingers."""

from __future__ import annotations

import dataclasses
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from example_scenes import (
    CLASSES,
    MATT,
    RED,
    STEEL,
    ball,
    box,
    cylinder,
    linear_to_srgb,
    quad,
    room,
    shining,
    tableau,
    thing,
)

from pipeline.config import CyclesConfig, RasterConfig
from pipeline.errors import ConfigError
from pipeline.labels import trace
from pipeline.render import open_renderer
from pipeline.render.color import srgb_to_linear
from pipeline.scene import Camera, Material, Object, Part, Scene, look_at

OFF_CENTRE = np.array([[150.0, 0.0, 40.3], [0.0, 170.0, 83.6], [0.0, 0.0, 1.0]])


def view(objects: Any, lights: Any = (), camera: Camera | None = None, **rest: Any) -> Scene:
    pose = look_at(np.array([0.4, -3.0, 1.6]), np.array([0.0, 0.0, 0.3]))
    camera = camera or Camera.centred(120, 96, 1.0, pose)
    return Scene("test", tuple(objects), tuple(lights), camera, CLASSES, metered=False, **rest)


@pytest.mark.parametrize("centred", [True, False])
def test_depth_of_a_plane_agrees_with_the_closed_form(raster: Any, centred: bool) -> None:
    pose = look_at(np.array([0.4, -3.0, 1.6]), np.array([0.0, 0.0, 0.3]))
    camera = Camera.centred(120, 96, 1.0, pose) if centred else Camera(120, 96, OFF_CENTRE, pose)
    depth = raster.depth(view([thing("ground", "floor", quad(60, 60), MATT, (0, 0, 0))], camera=camera))
    # z of the ray (x, y, 1) where it meets the world's z = 0.
    down = (camera.rays() @ pose[:3, :3].T)[..., 2]
    expected = np.where(down < 0, -pose[2, 3] / np.minimum(down, -1e-9), np.inf)
    near = expected < 25
    assert near.mean() > 0.5
    assert (np.abs(depth[near] / expected[near] - 1) < 1e-3).mean() > 0.999
    assert np.isinf(depth[down >= 0]).all()


@pytest.mark.parametrize("scene", [tableau(160, 120), room(120, 160)], ids=["tableau", "room"])
def test_depth_agrees_with_the_ray_traced_labels(raster: Any, scene: Scene) -> None:
    depth, labels = raster.depth(scene), trace(scene)
    both = np.isfinite(depth) & np.isfinite(labels.depth)
    assert (np.isfinite(depth) == np.isfinite(labels.depth)).mean() > 0.999
    assert (np.abs(depth[both] / labels.depth[both] - 1) < 1e-3).mean() > 0.99


def test_silhouettes_in_the_picture_are_those_of_the_labels_with_an_off_centre_principal_point(raster: Any) -> None:
    glowing = Material("lamp", (0, 0, 0), "white", emission=(1.0, 1.0, 1.0))
    pose = look_at(np.array([0.4, -3.0, 1.6]), np.array([0.0, 0.0, 0.3]))
    camera = Camera(120, 96, OFF_CENTRE, pose)
    scene = view([thing("ball", "ball", ball(0.6), glowing, (0, 0, 0.5))], camera=camera, background=(0, 0, 0))
    covered = raster.radiance(scene)[..., 0]
    expected = trace(scene).instance > 0
    centre = [np.array(np.nonzero(mask)).mean(1) for mask in (covered > 0.49, expected)]
    assert np.abs(centre[0] - centre[1]).max() < 0.1
    assert ((covered > 0.49) == expected).mean() > 0.995


def test_same_scene_gives_the_same_bytes_in_a_fresh_process(raster: Any) -> None:
    here = raster.render(tableau(96, 64)).tobytes()
    assert raster.render(tableau(96, 64)).tobytes() == here
    program = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from example_scenes import tableau\n"
        "from pipeline.config import RasterConfig\n"
        "from pipeline.render import open_renderer\n"
        "picture = open_renderer(RasterConfig(renderer='raster')).render(tableau(96, 64))\n"
        "sys.stdout.buffer.write(picture.tobytes())"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    there = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2]).stdout
    assert there == here


def test_a_scene_leaves_no_trace_in_the_next_picture_nor_buffers_behind(raster: Any) -> None:
    before = raster.render(room(64, 64))
    raster.render(tableau(64, 64))
    assert np.array_equal(raster.render(room(64, 64)), before)
    assert not raster._passes._meshes
    assert not raster._passes._mesh_textures


def test_an_empty_scene_shows_its_background_at_its_exposure(raster: Any) -> None:
    picture = raster.render(view([], background=(0.2, 0.3, 0.1), exposure=1.0))
    assert np.abs(picture[0, 0] / 255.0 - linear_to_srgb((0.4, 0.6, 0.2))).max() < 0.004
    assert (picture == picture[0, 0]).all()


def test_a_matt_plane_under_the_sun_has_the_radiance_of_lambert(raster: Any) -> None:
    paint = Material("paint", (0.6, 0.5, 0.4), "brown", roughness=1.0)
    sun = shining("sun", (1.5, 0, 2), (0, 0, 0), 2.0, (0.01, 0.01))
    ground = thing("ground", "floor", quad(20, 20), paint, (0, 0, 0))
    camera = Camera.centred(32, 32, 0.5, look_at(np.array([0.0, -1.0, 3.0]), np.zeros(3)))
    picture = raster.render(view([ground], [sun], camera, background=(0, 0, 0)))
    expected = srgb_to_linear(paint.color) / np.pi * 2.0 * 0.8
    # A dielectric's mirror-like four per cent come on top of, or out of, what Lambert says.
    assert np.allclose(srgb_to_linear(picture[16, 16] / 255.0), expected, rtol=0.12)


def test_a_rectangle_overhead_pours_its_power_on_the_floor(raster: Any) -> None:
    paint = Material("paint", (0.5, 0.5, 0.5), "grey", roughness=1.0)
    lamp = shining("area", (0, 1e-4, 2), (0, 0, 0), 30.0, (0.4, 0.4))
    ground = thing("ground", "floor", quad(20, 20), paint, (0, 0, 0))
    camera = Camera.centred(33, 33, 0.2, look_at(np.array([0.0, -2.0, 2.0]), np.zeros(3)))
    scene = view([ground], [lamp], camera, background=(0, 0, 0))
    # On the axis, far from a Lambertian emitter: E = power / (pi d^2).
    expected = srgb_to_linear(0.5) / np.pi * 30.0 / (np.pi * 4.0)
    assert srgb_to_linear(raster.render(scene)[16, 16] / 255.0) == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("kind", ["sun", "area", "point"])
def test_every_light_casts_a_shadow_where_the_light_is_blocked_and_nowhere_else(raster: Any, kind: str) -> None:
    power = {"sun": 3.0, "area": 60.0, "point": 200.0}[kind]
    light = shining(kind, (1.2, 0.01, 2.4), (0, 0, 0), power, (0.02, 0.02))
    ground = thing("ground", "floor", quad(6, 6), MATT, (0, 0, 0))
    cube = thing("cube", "box", box(0.4, 0.4, 0.4), RED, (0, 0, 0.5))
    camera = Camera.centred(128, 128, 0.9, look_at(np.array([0.0, -2.5, 3.5]), np.zeros(3)))
    scene = view([ground, cube], [light], camera, background=(0, 0, 0))
    shaded = raster.render(scene)[..., 1].astype(float)
    free = raster.render(dataclasses.replace(scene, objects=(ground,)))[..., 1].astype(float)
    labels = trace(scene)
    depth = np.where(np.isfinite(labels.depth), labels.depth, 1.0)[..., None]
    points = camera.pose[:3, 3] + (camera.rays() * depth) @ camera.pose[:3, :3].T
    to_light = light.pose[:3, 2] if kind == "sun" else light.pose[:3, 3] - points
    to_light = np.broadcast_to(to_light, points.shape)

    def blocked(margin: float) -> Any:
        """Slab test of the way to the light against the cube, grown by `margin`."""
        low, high = np.array([-0.2, -0.2, 0.5]) - margin, np.array([0.2, 0.2, 0.9]) + margin
        with np.errstate(divide="ignore"):
            a, b = (low - points) / to_light, (high - points) / to_light
        return np.minimum(a, b).max(-1) < np.maximum(a, b).min(-1)

    floor = labels.instance == 1
    dark, lit = floor & blocked(-0.06), floor & ~blocked(0.06)
    assert dark.sum() > 50
    assert (shaded[dark] < 0.6 * free[dark]).mean() > 0.97
    assert (np.abs(shaded[lit] - free[lit]) <= 12).mean() > 0.98


def _screened(material: Material) -> Scene:
    sun = shining("sun", (0.0, 0.01, 4.0), (0, 0, 0), 3.0, (0.01, 0.01))
    ground = thing("ground", "floor", quad(6, 6), MATT, (0, 0, 0))
    screen = thing("screen", "wall", box(1.5, 1.5, 0.02), material, (0, 0, 1.0))
    camera = Camera.centred(32, 32, 0.6, look_at(np.array([0.0, -3.0, 0.6]), np.array([0.0, 0.0, 0.0])))
    return view([ground, screen], [sun], camera, background=(0.05, 0.05, 0.05))


def test_light_passes_what_casts_no_shadow(raster: Any, blender: Any) -> None:
    cycles = CyclesConfig(renderer="cycles", samples=16, noise_threshold=0.0, denoise=False, bounces=1)
    for picture in (lambda scene: blender.radiance(scene, cycles), raster.radiance):
        dark = picture(_screened(MATT))[16, 16, 1]
        lit = picture(_screened(dataclasses.replace(MATT, casts_shadow=False)))[16, 16, 1]
        expected = srgb_to_linear(0.8) / np.pi * 3.0
        assert dark < 0.15 * expected
        assert lit == pytest.approx(expected, rel=0.15)


def test_a_post_casts_a_shadow_though_the_scene_reaches_to_buildings_far_away(raster: Any) -> None:
    sun = shining("sun", (3.0, 2.0, 4.0), (0, 0, 0), 3.0, (0.0093, 0.0093))
    ground = thing("ground", "floor", quad(400, 400), MATT, (0, 0, 0))
    post = thing("post", "cylinder", cylinder(0.04, 1.6), RED, (0, 0, 0))
    towns = [
        thing(f"house_{i}", "box", box(12, 12, 15), MATT, at) for i, at in enumerate([(40, 150, 0), (-90, 140, 0)])
    ]
    camera = Camera.centred(256, 192, np.radians(60), look_at(np.array([0.0, -5.0, 1.6]), np.array([0.0, 0.0, 0.6])))
    scene = view([ground, post, *towns], [sun], camera, background=(0.2, 0.25, 0.3))
    shaded = raster.radiance(scene)[..., 1]
    free = raster.radiance(dataclasses.replace(scene, objects=(ground, *towns)))[..., 1]
    # The middle line of the shadow, from 20 to 90 % of its length.
    tip = -1.6 * np.array([3.0, 2.0]) / 4.0
    line = np.column_stack([np.linspace(0.2, 0.9, 30)[:, None] * tip, np.zeros(30)])
    pixels = (line - camera.pose[:3, 3]) @ camera.pose[:3, :3] @ camera.intrinsics.T
    u, v = np.rint(pixels[:, :2] / pixels[:, 2:]).astype(int).T
    assert np.median(shaded[v, u] / free[v, u]) < 0.55
    away = line + [0.0, -0.3, 0.0]
    pixels = (away - camera.pose[:3, 3]) @ camera.pose[:3, :3] @ camera.intrinsics.T
    u, v = np.rint(pixels[:, :2] / pixels[:, 2:]).astype(int).T
    assert (shaded[v, u] / free[v, u]).min() > 0.97


def test_a_building_far_away_still_casts_its_shadow(raster: Any) -> None:
    sun = shining("sun", (-4.0, 0.0, 3.0), (0, 0, 0), 3.0, (0.0093, 0.0093))
    ground = thing("ground", "floor", quad(400, 400), MATT, (0, 0, 0))
    house = thing("house", "box", box(12, 12, 15), MATT, (-10, 100, 0))
    near = thing("cube", "box", box(0.4, 0.4, 0.4), RED, (0.5, 0, 0))
    camera = Camera.centred(256, 192, np.radians(60), look_at(np.array([0.0, -5.0, 9.0]), np.array([0.0, 60.0, 0.0])))
    scene = view([ground, near, house], [sun], camera, background=(0.2, 0.25, 0.3))
    # Its shadow lies on the ground from x = -4 to x = 16; the camera sees the middle of it.
    spots = np.array([[5.0, 100.0, 0.0], [5.0, 80.0, 0.0]])
    pixels = (spots - camera.pose[:3, 3]) @ camera.pose[:3, :3] @ camera.intrinsics.T
    u, v = np.rint(pixels[:, :2] / pixels[:, 2:]).astype(int).T
    dark, lit = raster.radiance(scene)[v, u, 1]
    assert dark < 0.5 * lit


def test_a_sun_outside_a_closed_room_does_not_shine_into_it(raster: Any) -> None:
    dark = dataclasses.replace(room(64, 64), lights=(shining("sun", (1, 2, 5), (0, 0, 0), 5.0, (0.01, 0.01)),))
    assert raster.render(dark).mean() < 3


def test_a_room_is_neither_black_nor_blown(raster: Any) -> None:
    picture = raster.render(room())
    assert (picture.max(-1) < 12).mean() < 0.01
    assert (picture.min(-1) > 250).mean() < 0.02


def test_texture_rows_of_any_width_stand_upright(raster: Any) -> None:
    texture = np.zeros((5, 7, 3), np.uint8)
    texture[:2] = (255, 0, 0)
    texture[2:, :3] = (0, 255, 0)
    texture[2:, 3:] = (0, 0, 255)
    plain = Material("paint", (1, 1, 1), "white", texture=texture, roughness=1.0)
    pose = np.eye(4)
    pose[:3, :3] = np.array([[1, 0, 0], [0, -1, 0], [0, 0, -1]]).T
    pose[2, 3] = 3.0
    camera = Camera.centred(70, 70, 2 * np.arctan(0.5 / 3.0), pose)
    scene = view([Object("card", "box", (Part(quad(1, 1), plain),), np.eye(4))], camera=camera, background=(1, 1, 1))
    picture = raster.render(scene).astype(int)
    assert picture[10, 35].argmax() == 0
    assert picture[60, 10].argmax() == 1
    assert picture[60, 60].argmax() == 2


def test_metal_shows_its_surroundings_in_its_own_colour(raster: Any) -> None:
    gold = dataclasses.replace(STEEL, color=(0.9, 0.7, 0.3))
    picture = raster.render(view([thing("ball", "ball", ball(0.6), gold, (0, 0, 0.3))], background=(0.6, 0.6, 0.6)))
    red, green, blue = picture[48, 60].astype(float)
    assert red > green > blue


def test_a_missing_extra_is_one_readable_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for config, extra in (
        (RasterConfig(renderer="raster"), r"pip install '\.\[raster\]' in"),
        (CyclesConfig(renderer="cycles"), r"pip install '\.\[blender\]' in"),
    ):
        with pytest.raises(ConfigError, match=extra) as caught:
            open_renderer(config)
        assert "\n" not in str(caught.value)


def test_a_renderer_that_is_closed_leaves_others_of_its_process_at_work(raster: Any) -> None:
    scene = tableau(64, 48)
    before = raster.render(scene)
    with open_renderer(RasterConfig(renderer="raster")) as other:
        np.testing.assert_array_equal(other.render(scene), before)
    np.testing.assert_array_equal(raster.render(scene), before)
    del other
    for _ in range(2):
        np.testing.assert_array_equal(raster.render(scene), before)
