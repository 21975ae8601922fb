import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageColor

from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.compose import compose
from pipeline.config import load_recipe
from pipeline.instructions import TASKS, CannotAsk, View, make_requests, requests, spelling
from pipeline.instructions.reading import promise, prompt_fault
from pipeline.labels import instance_table, trace


def views(palette, count=12, *changes):
    recipe = load_recipe("scenes/primitives.yaml", [f"instructions.palette={palette}", *changes])
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
        named = np.where(np.isin(view.labels.semantic, list(semantic)), view.labels.semantic, 0)
        np.testing.assert_array_equal(segmentation.decode_semantic(requests["semantic"].target, semantic), named)
        codec = requests["instance"].codec
        for instance in codec["colors"]:
            painted = (requests["instance"].target == np.array(instance["color"], np.uint8)).all(-1)
            np.testing.assert_array_equal(painted, view.labels.instance == instance["id"])
        for referent in requests["referring"].codec["referents"]:
            painted = (requests["referring"].target == np.array(referent["color"], np.uint8)).all(-1)
            np.testing.assert_array_equal(painted, np.isin(view.labels.instance, referent["ids"]))


def test_a_prompt_alone_tells_what_its_colours_mean():
    for seed, view in views("random", 40):
        requests = make_requests(view, np.random.default_rng(seed))
        semantic = promise("semantic", requests["semantic"].prompt)
        rows = {r["id"]: r for r in requests["semantic"].codec["palette"]}
        assert list(semantic.background) == rows[0]["color"]
        named = {spelling.spoken(r["class"]): tuple(r["color"]) for i, r in rows.items() if i}
        assert semantic.colors == named
        instance = promise("instance", requests["instance"].prompt)
        assert list(instance.background) == requests["instance"].codec["background"]
        referring = promise("referring", requests["referring"].prompt)
        codec = requests["referring"].codec
        assert list(referring.background) == codec["background"]
        assert referring.colors == {r["text"]: tuple(r["color"]) for r in codec["referents"]}


@pytest.mark.parametrize(
    "change",
    [
        "instructions.depth_c=30",
        "instructions.normal_convention=opengl",
        "instructions.depth_colormaps={plasma: 1, grayscale: 2}",
    ],
)
def test_every_prompt_says_what_its_codec_holds_and_an_edited_one_does_not(change):
    rng = np.random.default_rng(0)
    for seed, view in views("random", 10, change):
        for task, request in make_requests(view, np.random.default_rng(seed)).items():
            assert prompt_fault(task, request.prompt, request.codec) is None
            words = request.prompt.split(" ")
            cut = int(rng.integers(len(words)))
            for edited in (request.prompt + " Thanks.", " ".join(words[:cut] + words[cut + 1 :])):
                # Some words may go without changing what is asked, as the "metric" of a metric depth map.
                if prompt_fault(task, edited, request.codec) is None:
                    assert edited != request.prompt + " Thanks."


def test_colormap_scale_and_convention_are_those_of_the_recipe_and_are_said():
    seen = set()
    for seed, view in views(
        "random", 30, "instructions.depth_c=30", "instructions.depth_colormaps={hilbert: 1, viridis: 1}"
    ):
        request = make_requests(view, np.random.default_rng(seed))["depth"]
        seen.add(request.codec["colormap"])
        assert "37.3 m" in request.prompt  # 30 * 3 * (sqrt(2) - 1)
        assert ("viridis" in request.prompt) == (request.codec["colormap"] == "viridis")
        metres = depth.decode(request.target, request.codec["colormap"], request.codec["lambda"], request.codec["c"])
        near = view.labels.depth < 40
        assert np.abs(metres[near] / view.labels.depth[near] - 1).max() < (
            0.08 if "viridis" in request.prompt else 0.02
        )
    assert seen == {"hilbert", "viridis"}


def test_semantic_prompts_name_some_classes_all_classes_and_ones_that_are_not_there():
    some = every = absent = 0
    for seed, view in views("random", 60):
        ids = {r["id"] for r in make_requests(view, np.random.default_rng(seed))["semantic"].codec["palette"]} - {0}
        present = set(np.unique(view.labels.semantic).tolist()) - {0}
        some += bool(present - ids)
        every += not present - ids
        absent += bool(ids - present)
    assert min(some, every, absent) >= 5


@pytest.mark.parametrize("palette", ["random", "fixed"])
def test_semantic_prompts_list_all_kin_in_view_or_none_and_no_absent_kin(palette):
    classes = ["background", "chair", "office_chair", "mug", "cup", "tree", "car", *(f"thing_{k}" for k in range(16))]
    semantic = np.zeros((4, 6), np.uint16)
    semantic.ravel()[:21] = [1, 2, 3, 5, *range(6, 23)]
    _, view = next(views(palette, 1))
    view = replace(view, labels=replace(view.labels, semantic=semantic), classes=classes)
    chairs, trees, cars = 0, 0, 0
    for seed in range(60):
        rows = make_requests(view, np.random.default_rng(seed), ["semantic"])["semantic"].codec["palette"]
        listed = {row["class"] for row in rows}
        assert len({"chair", "office_chair"} & listed) != 1
        # Somebody calls the mug a cup.
        assert "cup" not in listed
        assert len(listed) <= 17
        chairs, trees, cars = chairs + ("chair" in listed), trees + ("tree" in listed), cars + ("car" in listed)
    assert 0 < chairs < 60 and 0 < trees < 60 and 0 < cars < 60


@pytest.mark.parametrize("whole", ["building", "house"])
def test_semantic_prompts_list_no_absent_parts_of_what_is_in_view(whole):
    classes = ["background", "door", whole, "lamp", "window"]
    _, view = next(views("random", 1))
    semantic = np.array([[0, 2]], np.uint16)
    view = replace(view, labels=replace(view.labels, semantic=semantic), classes=classes)
    listed = {i for seed in range(500) for i in requests._listed(view, np.random.default_rng(seed))}
    assert {classes[i] for i in listed} == {whole, "lamp"}


def test_semantic_prompts_list_a_thing_and_its_parts_in_view_together():
    classes = ["background", "bed", "lamp", "pillow"]
    _, view = next(views("random", 1))
    view = replace(view, labels=replace(view.labels, semantic=np.array([[1, 2, 3]], np.uint16)), classes=classes)
    drawn = {frozenset(requests._listed(view, np.random.default_rng(seed))) for seed in range(60)}
    assert drawn == {frozenset({2}), frozenset({1, 3}), frozenset({1, 2, 3})}


def test_a_referent_is_never_of_nearly_its_background(monkeypatch):
    """Half of the backgrounds are nearly white here, where one in some hundred is."""
    _, view = next(views("random", 1))
    near = [(230, 230, 250), (240, 248, 255), (255, 255, 255), (180, 30, 40)]
    monkeypatch.setattr(requests, "_background", lambda style, rng: near[int(rng.integers(4))])
    white = 0
    for seed in range(80):
        codec = make_requests(view, np.random.default_rng(seed), ["referring"])["referring"].codec
        background = tuple(codec["background"])
        for referent in codec["referents"]:
            assert palettes.min_rgb_distance([background, tuple(referent["color"])]) >= 50
            white += referent["color"] == [255, 255, 255]
    assert white > 20


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


def test_a_view_without_things_cannot_be_asked_about():
    _, view = next(views("random", 1))
    empty = View(view.labels, [r for r in view.table if not r.thing], view.classes, view.rules, view.config)
    with pytest.raises(CannotAsk):
        make_requests(empty, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("one", "many"), [("box", "boxes"), ("torus", "tori"), ("tv_stand", "tv stands"), ("bookshelf", "bookshelves")]
)
def test_plurals_are_english(one, many):
    assert spelling.plural(one) == many


def test_more_instances_than_colours_one_can_tell_apart_are_not_asked_for():
    crowd = ["shapes=[box]", "count=45", "spread_m=2.2", "size_m=0.3", "camera.distance_m=8"]
    _, view = next(views("random", 1, *crowd))
    assert sum(row.category == "box" for row in view.table) > 31
    with pytest.raises(CannotAsk, match="too many"):
        make_requests(view, np.random.default_rng(0))
