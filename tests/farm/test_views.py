"""Views that would teach nothing are refused, each for its own reason."""

import numpy as np
import pytest

from pipeline.compose import choose, class_list, compose
from pipeline.config import ViewRules, load_recipe
from pipeline.farm.views import Unusable, check_picture, check_view
from pipeline.labels import Labels, trace

RECIPE = load_recipe("scenes/primitives.yaml")


def _scene_and_labels(seed: int = 0):
    scene = compose(RECIPE, seed, 96, 72)
    return scene, trace(scene)


def test_an_ordinary_view_is_kept():
    scene, labels = _scene_and_labels()
    check_view(scene, labels, ViewRules())
    check_picture(np.full((8, 8, 3), 120, np.uint8), ViewRules())


def test_a_thing_that_fills_the_frame_is_named():
    scene, labels = _scene_and_labels()
    filled = np.full_like(labels.instance, 2)
    with pytest.raises(Unusable, match=f"{scene.objects[1].name} fills 100%") as caught:
        check_view(scene, Labels(labels.depth, labels.normals, filled, labels.semantic), ViewRules())
    assert caught.value.kind == "filled"


def test_the_ground_may_fill_the_frame():
    scene, labels = _scene_and_labels()
    ground = np.ones_like(labels.instance)
    check_view(scene, Labels(labels.depth, labels.normals, ground, labels.semantic), ViewRules())


def test_a_flat_view_is_refused():
    scene, labels = _scene_and_labels()
    flat = Labels(np.full_like(labels.depth, 2.0), labels.normals, labels.instance, labels.semantic)
    with pytest.raises(Unusable, match="0.00 m") as caught:
        check_view(scene, flat, ViewRules())
    assert caught.value.kind == "flat"


@pytest.mark.parametrize(("level", "kind"), [(0, "dark"), (6, "dark"), (255, "burnt"), (253, "burnt")])
def test_a_picture_without_drawing_is_refused(level, kind):
    with pytest.raises(Unusable) as caught:
        check_picture(np.full((8, 8, 3), level, np.uint8), ViewRules())
    assert caught.value.kind == kind


def test_one_bright_channel_is_neither_dark_nor_burnt():
    check_picture(np.full((8, 8, 3), (255, 0, 0), np.uint8), ViewRules())


def test_members_of_a_mix_are_drawn_as_often_as_their_weights_say(tmp_path):
    for name, layout in (("one", "primitives"), ("two", "room")):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\nlayout: {layout}\n")
    mix = tmp_path / "mix.yaml"
    mix.write_text("name: both\nlayout: mix\nrecipes: {one: 3, two: 1}\n")
    recipe = load_recipe(mix)
    names = [choose(recipe, np.random.SeedSequence(7, spawn_key=(i,))).name for i in range(2000)]
    assert abs(names.count("one") / 2000 - 0.75) < 0.03
    classes = class_list(recipe)
    assert classes[0] == "background" and list(classes[1:]) == sorted(set(classes[1:]))
    assert {"torus", "sofa"} <= set(classes)
    assert compose(recipe.members["one"], 0, 64, 64, classes).classes == classes
