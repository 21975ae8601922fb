import re

import numpy as np
import pytest
from PIL import ImageColor

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.compose import compose
from pipeline.config import ViewRules, load_recipe
from pipeline.instructions import TASKS, CannotAsk, View, make_requests, spelling
from pipeline.instructions.captions import caption
from pipeline.instructions.referring import Expression, resolve, unambiguous
from pipeline.labels import Instance, instance_table, trace

RULES = ViewRules()


def row(number, category="box", color="red", u=50.0, depth_m=2.0, pixels=400):
    return Instance(
        number, f"{category}_{number}", category, True, "ground", {"color": color}, (0, 0, 9, 9), pixels, 1.0,
        (u, 50.0), depth_m, (1.0, 1.0, 1.0),
    )  # fmt: skip


def views(palette, count=12):
    recipe = load_recipe("scenes/primitives.yaml", [f"instructions.palette={palette}"])
    for seed in range(count):
        scene = compose(recipe, seed, 96, 96)
        labels = trace(scene)
        yield seed, View(labels, instance_table(scene, labels), scene.classes, recipe.view, recipe.instructions)


@pytest.mark.parametrize("palette", ["random", "fixed"])
def test_every_target_decodes_to_the_labels_it_was_painted_from(palette):
    for seed, view in views(palette):
        requests = make_requests(view, np.random.default_rng(seed))
        assert tuple(requests) == TASKS
        seen = np.isfinite(view.labels.depth)
        metres = depth.decode(requests["depth"].target)
        near = seen & (view.labels.depth < 40)
        assert np.abs(metres[near] / view.labels.depth[near] - 1).max() < 0.006
        cosine = (normals.decode(requests["normal"].target) * view.labels.normals).sum(-1)[seen]
        assert cosine.min() > np.cos(np.radians(0.5))
        semantic = {r["id"]: tuple(r["color"]) for r in requests["semantic"].codec["palette"]}
        np.testing.assert_array_equal(
            segmentation.decode_semantic(requests["semantic"].target, semantic), view.labels.semantic
        )
        codec = requests["instance"].codec
        for instance in codec["colors"]:
            painted = (requests["instance"].target == np.array(instance["color"], np.uint8)).all(-1)
            np.testing.assert_array_equal(painted, view.labels.instance == instance["id"])
        for referent in requests["referring"].codec["referents"]:
            painted = (requests["referring"].target == np.array(referent["color"], np.uint8)).all(-1)
            np.testing.assert_array_equal(painted, np.isin(view.labels.instance, referent["ids"]))


def test_prompts_state_the_colours_that_the_target_shows():
    for seed, view in views("random"):
        request = make_requests(view, np.random.default_rng(seed))["referring"]
        for referent in request.codec["referents"]:
            spelled = {spelling.spell(tuple(referent["color"]), style) for style in spelling.STYLES}
            assert any(text in request.prompt for text in spelled)
            assert referent["text"].lower() in request.prompt.lower()


def test_no_prompt_keeps_a_placeholder():
    for seed, view in views("random", 30):
        for request in make_requests(view, np.random.default_rng(seed)).values():
            assert not re.search(r"{[a-z_]+}", request.prompt)
            assert "  " not in request.prompt


def test_prompts_vary_in_wording():
    prompts = {make_requests(view, np.random.default_rng(seed))["normal"].prompt for seed, view in views("random", 30)}
    assert len(prompts) > 10


def test_fixed_palettes_give_a_class_one_colour_in_every_view():
    colors = {}
    for seed, view in views("fixed"):
        for r in make_requests(view, np.random.default_rng(seed))["semantic"].codec["palette"]:
            assert colors.setdefault(r["class"], r["color"]) == r["color"]


def test_css_names_mean_what_css_says():
    for name, color in palettes.NAMED.items():
        assert ImageColor.getrgb(name) == color


def test_an_expression_shared_by_two_things_is_not_used():
    table = [row(1), row(2, u=80.0)]
    assert resolve(Expression("box", "red"), table, 100, 100) == [1, 2]
    texts = {e.text for found in unambiguous(table, RULES, 100, 100).values() for e in found}
    assert "the red box" not in texts
    assert "the leftmost red box" in texts


def test_left_and_near_need_a_clear_margin():
    close = [row(1, u=50.0, depth_m=2.0), row(2, u=52.0, depth_m=2.1)]
    assert unambiguous(close, RULES, 100, 100) == {}
    apart = [row(1, u=20.0, depth_m=2.0), row(2, u=80.0, depth_m=3.0)]
    assert resolve(Expression("box", None, "nearest"), apart, 100, 100) == [1]
    assert resolve(Expression("box", None, "rightmost"), apart, 100, 100) == [2]


def test_things_too_small_to_notice_make_nothing_ambiguous_and_are_not_spoken_of():
    table = [row(1), row(2, pixels=2, color="blue")]
    assert resolve(Expression("box"), table, 100, 100) == [1]
    assert 2 not in unambiguous(table, RULES, 100, 100)


def test_a_view_without_things_cannot_be_asked_about():
    _, view = next(views("random", 1))
    empty = View(view.labels, [r for r in view.table if not r.thing], view.classes, view.rules, view.config)
    with pytest.raises(CannotAsk):
        make_requests(empty, np.random.default_rng(0))


def test_captions_count_what_is_seen():
    table = [row(1), row(2), row(3, "torus", "orange", pixels=900), row(4, "cone", "blue", pixels=1)]
    assert caption(table, RULES, 100, 100) == "An orange torus and two red boxes."


@pytest.mark.parametrize(
    ("one", "many"), [("box", "boxes"), ("torus", "tori"), ("tv_stand", "tv stands"), ("bookshelf", "bookshelves")]
)
def test_plurals_are_english(one, many):
    assert spelling.plural(one) == many
