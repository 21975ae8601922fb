"""Things rest on what carries them and go into nothing else; and the check that says so sees when they do not."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.plausibility import examine, faults
from pipeline.compose import compose
from pipeline.config import bundled, load_recipe
from pipeline.scene import CannotPlace

RECIPES = [path.stem for path in sorted(bundled("scenes").glob("*.yaml"))]


@pytest.mark.parametrize("name", RECIPES)
def test_nothing_floats_or_interpenetrates(name):
    for index in range(4):
        assert examine(f"scenes/{name}.yaml", [], 1, index, 128).faults == []


def _moved(scene, number, shift):
    thing = scene.objects[number]
    pose = thing.pose.copy()
    pose[:3, 3] += shift
    return replace(scene, objects=(*scene.objects[:number], replace(thing, pose=pose), *scene.objects[number + 1 :]))


def test_a_thing_lifted_by_a_centimetre_is_found():
    scene = compose(load_recipe("scenes/primitives.yaml"), 0, 64, 64)
    name = scene.objects[2].name
    found = faults(_moved(scene, 2, np.array([0, 0, 0.01])))
    assert len(found) == 1 and found[0].startswith(f"{name} is 10.0 mm from ground")


def test_a_thing_pushed_into_another_is_found():
    for seed in range(20):
        scene = compose(load_recipe("scenes/primitives.yaml", ["shapes=box", "count=2"]), seed, 64, 64)
        apart = scene.objects[1].pose[:3, 3] - scene.objects[2].pose[:3, 3]
        found = faults(_moved(scene, 2, apart * 0.9))
        assert len(found) == 1 and "into box_1" in found[0]


def test_a_recipe_that_leads_nowhere_is_a_fault():
    with pytest.raises(CannotPlace):
        compose(load_recipe("scenes/primitives.yaml", ["spread_m=0.01", "count=5"]), 0)
    found = examine("scenes/primitives.yaml", ["spread_m=0.01", "count=5"], 0, 0, 64)
    assert found.faults == ["no usable view in 64 attempts"]
