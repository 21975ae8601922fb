"""Cycles pictures through BlenderProc, and what they have in common with the labels and with OpenGL's."""

from __future__ import annotations

import colorsys
import dataclasses
import os
from typing import Any

import numpy as np
import pytest
from example_scenes import CLASSES, MATT, RED, ball, box, linear_to_srgb, quad, room, tableau, thing

from pipeline.config import CyclesConfig
from pipeline.labels import trace
from pipeline.scene import Camera, Material, Scene, look_at

QUICK = CyclesConfig(renderer="cycles", samples=16, noise_threshold=0.0, bounces=4)
ADAPTIVE = CyclesConfig(renderer="cycles", samples=64, noise_threshold=0.1, min_samples=16)
PLAIN = CyclesConfig(renderer="cycles", samples=4, noise_threshold=0.0, denoise=False, bounces=2)
OFF_CENTRE = np.array([[150.0, 0.0, 40.3], [0.0, 150.0, 83.6], [0.0, 0.0, 1.0]])
STRETCHED = np.array([[150.0, 0.0, 70.0], [0.0, 180.0, 40.0], [0.0, 0.0, 1.0]])


def with_intrinsics(scene: Scene, intrinsics: Any) -> Scene:
    camera = dataclasses.replace(scene.camera, intrinsics=intrinsics)
    return dataclasses.replace(scene, camera=camera)


@pytest.mark.parametrize(
    "scene",
    [
        tableau(256, 192),
        room(192, 256),
        with_intrinsics(tableau(120, 96), OFF_CENTRE),
        with_intrinsics(tableau(96, 120), STRETCHED),
    ],
    ids=["landscape", "portrait", "off-centre", "stretched"],
)
def test_cycles_sees_the_same_object_depth_and_normal_through_every_pixel_centre_as_the_labels(
    blender: Any, scene: Scene
) -> None:
    passes, labels = blender.passes(scene, PLAIN), trace(scene)
    same = passes["instance"] == labels.instance
    assert same.mean() >= 0.999
    assert (np.isinf(passes["depth"]) == np.isinf(labels.depth)).mean() >= 0.999
    hit = same & np.isfinite(labels.depth)
    assert np.quantile(np.abs(passes["depth"][hit] / labels.depth[hit] - 1), 0.999) < 1e-4
    cosine = np.abs((passes["normals"] * labels.normals).sum(-1)[hit])
    assert np.quantile(cosine, 0.01) > 0.999


@pytest.mark.parametrize("scene", [tableau(96, 96), room(96, 96)], ids=["tableau", "room"])
def test_both_renderers_show_a_scene_alike(blender: Any, raster: Any, scene: Scene) -> None:
    photo, fast = blender.render(scene, QUICK), raster.render(scene)
    assert np.abs(photo.mean((0, 1)) - fast.mean((0, 1))).max() < 12, "exposure"
    instance = trace(scene).instance
    for number, thing_ in enumerate(scene.objects, start=1):
        mask = instance == number
        if mask.sum() < 150 or thing_.parts[0].material.metallic:  # metal mirrors its neighbours, in Cycles alone
            continue
        one, two = photo[mask].mean(0) / 255.0, fast[mask].mean(0) / 255.0
        assert np.abs(one - two).max() < 0.16, thing_.name
        (hue, saturation, _), (other, _, _) = colorsys.rgb_to_hsv(*one), colorsys.rgb_to_hsv(*two)
        turned = abs((hue - other + 0.5) % 1.0 - 0.5) * 360.0
        assert saturation < 0.25 or turned < 15.0, thing_.name


def test_silhouettes_of_both_renderers_match(blender: Any, raster: Any) -> None:
    glowing = Material("lamp", (0, 0, 0), "white", emission=(1.0, 1.0, 1.0))
    camera = Camera(120, 96, OFF_CENTRE, look_at(np.array([0.4, -3.0, 1.6]), np.array([0.0, 0.0, 0.3])))
    objects = (thing("ball", "ball", ball(0.6), glowing, (0, 0, 0.5)),)
    scene = Scene("test", objects, (), camera, CLASSES, metered=False, background=(0, 0, 0))
    one, two = blender.radiance(scene, PLAIN)[..., 0] > 0.5, raster.radiance(scene)[..., 0] > 0.49
    assert (one == two).mean() > 0.99
    centres = [np.array(np.nonzero(mask)).mean(1) for mask in (one, two)]
    assert np.abs(centres[0] - centres[1]).max() < 0.15


def test_an_empty_scene_shows_its_background_at_its_exposure(blender: Any) -> None:
    camera = Camera.centred(32, 24, 1.0, look_at(np.array([0.0, -1.0, 1.0]), np.zeros(3)))
    scene = Scene("empty", (), (), camera, CLASSES, metered=False, background=(0.2, 0.3, 0.1), exposure=1.0)
    picture = blender.render(scene, PLAIN)
    assert picture.shape == (24, 32, 3)
    assert np.abs(picture / 255.0 - linear_to_srgb((0.4, 0.6, 0.2))).max() < 0.006


def test_the_red_thing_is_red(blender: Any) -> None:
    camera = Camera.centred(48, 48, 0.9, look_at(np.array([0.0, -2.0, 0.8]), np.zeros(3)))
    scene = Scene(
        "red",
        (thing("ball", "ball", ball(0.5), RED, (0, 0, 0)),),
        (),
        camera,
        CLASSES,
        metered=False,
        background=(1, 1, 1),
    )
    red, green, blue = blender.render(scene, PLAIN)[24, 24].astype(int)
    assert red > 2 * max(green, blue)


def test_same_scene_gives_the_same_bytes_in_a_fresh_process_with_another_thread_count(blender: Any) -> None:
    from blender_process import BlenderProcess

    here = [blender.render(tableau(64, 48), config) for config in (QUICK, ADAPTIVE)]
    blender.render(room(48, 48), PLAIN)
    assert np.array_equal(blender.render(tableau(64, 48), QUICK), here[0])
    other = BlenderProcess(threads=1 if (os.cpu_count() or 1) > 1 else 2)
    try:
        for config, picture in zip((QUICK, ADAPTIVE), here, strict=True):
            assert np.array_equal(other.render(tableau(64, 48), config), picture)
    finally:
        other.close()


def test_blender_that_starts_over_makes_the_same_pictures_and_still_shows_headway(blender: Any) -> None:
    # It does so every 32 scenes.
    first, *others = [blender.render(tableau(32, 32), QUICK) for _ in range(34)]
    assert all(np.array_equal(first, other) for other in others)
    assert blender.timing()["headway"] >= 5


def test_cycles_says_that_it_makes_headway_and_where_the_time_went(blender: Any) -> None:
    blender.render(tableau(48, 48), PLAIN)
    timing = blender.timing()
    assert timing["headway"] >= 5
    assert set(timing["seconds"]) == {"build", "cycles", "develop"}
    assert all(seconds > 0 for seconds in timing["seconds"].values())
    assert sum(timing["seconds"].values()) <= timing["wall"]


def test_what_glows_without_casting_a_shadow_lights_a_room_no_more_than_it_is_seen_to(blender: Any) -> None:
    """A box that glows hides those inside it; rays towards lamps pass it, and must not find them behind."""
    glow = Material("screen", (0, 0, 0), "white", emission=(2.0, 2.0, 2.0), casts_shadow=False)

    def lit(*sizes: float) -> float:
        boxes = [thing(f"box_{k}", "box", box(size, size, size), glow, (0, 0, 0.6)) for k, size in enumerate(sizes)]
        ground = thing("ground", "floor", quad(6, 6), MATT, (0, 0, 0))
        camera = Camera.centred(32, 32, 0.6, look_at(np.array([2.0, -2.0, 2.5]), np.array([0.9, -0.9, 0.0])))
        scene = Scene("glow", (ground, *boxes), (), camera, CLASSES, background=(0, 0, 0), metered=False)
        return float(blender.radiance(scene, QUICK.model_copy(update={"samples": 256, "denoise": False})).mean())

    assert lit(0.6, 0.5, 0.4) == pytest.approx(lit(0.6), rel=0.03)


def test_cycles_uses_the_processor_when_told_to_and_a_graphics_card_only_where_there_is_one(blender: Any) -> None:
    assert blender.devices("cpu") is False
    there = blender.devices("auto")
    asked = blender.devices("gpu")
    assert asked is True if there else "Cycles finds none" in asked
    blender.devices("cpu")


def test_a_render_leaves_no_datablocks_behind(blender: Any) -> None:
    blender.render(room(32, 32), PLAIN)
    after_one = blender.datablocks()
    blender.render(tableau(32, 32), PLAIN)
    blender.passes(tableau(32, 32), PLAIN)
    assert blender.datablocks() == after_one
    assert after_one["meshes"] == after_one["materials"] == after_one["images"] == after_one["lights"] == 0


def test_the_picture_taken_after_passes_is_that_taken_before(blender: Any) -> None:
    before = blender.render(tableau(48, 48), PLAIN)
    blender.passes(tableau(48, 48), PLAIN)
    assert np.array_equal(blender.render(tableau(48, 48), PLAIN), before)
