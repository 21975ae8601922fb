"""The same seed is the same scene on another processor, bit for bit."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compose import compose
from pipeline.config import bundled, load_recipe
from pipeline.scene import CannotPlace, fingerprint

RECIPES = [path for path in sorted(bundled("scenes").glob("*.yaml")) if "layout: mix" not in path.read_text()]
SCENES = 6
PRINT = """
import sys
from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.scene import CannotPlace, fingerprint
for seed in range({scenes}):
    try:
        print(fingerprint(compose(load_recipe({path!r}), seed, 128, 96)))
    except CannotPlace as error:
        print(error)
"""
OTHER = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3 AVX512_ICL AVX512_SPR AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"}
"""NumPy then takes the code it has for processors of 2009; names it does not know only make it warn."""


def started(code, extra):
    """A Python that has begun to run `code` with `extra` in its environment."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.Popen(command, env=os.environ | extra, stdout=subprocess.PIPE, text=True)


def said(process):
    """The lines that it prints until it ends, which must be well."""
    lines = process.communicate(timeout=600)[0].splitlines()
    assert process.returncode == 0
    return lines


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_scene_is_the_same_without_vector_instructions(path):
    code = PRINT.format(scenes=SCENES, path=str(path))
    # Both at once, on a machine with two cores.
    with started(code, OTHER) as other:
        here = []
        for seed in range(SCENES):
            try:
                here.append(fingerprint(compose(load_recipe(path), seed, 128, 96)))
            except CannotPlace as error:
                here.append(str(error))
        assert said(other) == here


SKIES = """
import hashlib
import numpy as np
from pipeline.compose.daylight import outdoor_light
for time in ("day", "overcast", "golden", "dusk", "night"):
    for seed in range(3):
        light = outdoor_light(time, np.random.default_rng(seed))
        print(hashlib.sha256(light.background.radiance.tobytes()).hexdigest())
        print([np.round(lamp.pose, 9).tolist() + [round(lamp.power, 9)] for lamp in light.lights])
"""


def test_a_sky_is_the_same_without_vector_instructions():
    with started(SKIES, {}) as one, started(SKIES, OTHER) as other:
        lines = said(one)
        assert lines == said(other) and len(lines) == 30


def test_the_fingerprint_sees_every_field():
    scene = compose(load_recipe("scenes/primitives.yaml"), 0, 64, 64)
    thing = scene.objects[1]
    moved = thing.pose.copy()
    moved[0, 3] += 1e-9
    part = thing.parts[0]
    tinted = replace(part.material, roughness=part.material.roughness + 1e-12)
    others = [
        replace(scene, exposure=0.25),
        replace(scene, metered=False),
        replace(scene, objects=scene.objects[:-1]),
        replace(scene, objects=(scene.objects[0], replace(thing, pose=moved), *scene.objects[2:])),
        replace(
            scene,
            objects=(scene.objects[0], replace(thing, parts=(replace(part, material=tinted),)), *scene.objects[2:]),
        ),
        replace(scene, lights=(replace(scene.lights[0], power=1.0),)),
        replace(scene, camera=replace(scene.camera, width=65)),
        replace(scene, background=(0.1, 0.1, 0.1)),
    ]
    assert len({fingerprint(other) for other in [scene, *others]}) == len(others) + 1
    assert fingerprint(scene) == fingerprint(compose(load_recipe("scenes/primitives.yaml"), 0, 64, 64))


def test_poses_stay_rotations():
    for path in RECIPES:
        scene = compose(load_recipe(path), 1, 64, 64)
        for pose in (
            [thing.pose for thing in scene.objects] + [light.pose for light in scene.lights] + [scene.camera.pose]
        ):
            assert np.abs(pose[:3, :3].T @ pose[:3, :3] - np.eye(3)).max() < 5e-9
