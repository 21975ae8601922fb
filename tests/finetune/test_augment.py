"""Whatever is done to a view, its answer must be true of it. The oracle is the checker of instructions: it reads the prompt
back, finds what it means in the label maps alone, and shares no code with what changes views."""

import json
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codecs import depth, normals
from pipeline.codecs.palettes import BLACK, fixed
from pipeline.compose.colors import SHADES, color_name
from pipeline.finetune.answers import Plan, answer, in_shape
from pipeline.finetune.augment import augmented, captioned
from pipeline.finetune.config import Augment
from pipeline.finetune.photometric import jittered, recompressed
from pipeline.finetune.pictures import to_rgb
from pipeline.finetune.views import Kind, View
from pipeline.instructions import referring
from pipeline.instructions.bank import load, recognise
from pipeline.instructions.captions import long_caption, short_caption
from pipeline.instructions.checking import Scenery, referent_fault
from pipeline.instructions.mirror import mirrored, mirrored_caption, mirrored_prompt, mirrored_words
from pipeline.instructions.phrasing import parse, say
from pipeline.instructions.reading import decode_by_prompt, promise
from pipeline.instructions.referring import Expression, Facts, Relation, unambiguous
from pipeline.instructions.spelling import COLOR, plural, spoken
from pipeline.labels import changed, instance_table, trace
from pipeline.shards.sample import encode_image
from tests.finetune.real import SIZE, real_views, without_exact

WIDTH, HEIGHT = SIZE
RECIPES = [("primitives", ()), ("primitives", ("instructions.palette=fixed",)), ("living_room", ())]
AUGMENT = Augment(redraw=1, colormaps={"hilbert": 1, "plasma": 1, "grayscale": 1})
PLANS = [
    Plan(side, right, down, flip, redraw)
    for side, right, down in ((1.0, 0.0, 0.0), (0.9, 0.5, 0.4), (0.75, 0.0, 1.0), (0.75, 1.0, 0.3), (0.6, 0.4, 0.6))
    for flip in (False, True)
    for redraw in (False, True)
]


@pytest.fixture(scope="module", params=RECIPES, ids=lambda recipe: "-".join([recipe[0], *recipe[1]]))
def views(request):
    return real_views(request.param[0], 6, request.param[1])


def answers(views, task, plans=PLANS, exact=True):
    """(Prepared, labels as the answer shows them, answer) for all views and plans, each answer at the size of its view."""
    for number, (prepared, view) in enumerate(views):
        for place, plan in enumerate(plans):
            view = view if exact else without_exact(view)
            found = answer(view, task, plan, AUGMENT, np.random.default_rng([number, place]), HEIGHT)
            labels = prepared.labels
            labels = changed.cropped(labels, found.box) if found.box else labels
            yield prepared, changed.mirrored(labels) if found.flip else labels, found


def resized(array, size=HEIGHT):
    return cv2.resize(array, (size, size), interpolation=cv2.INTER_NEAREST_EXACT)


def ids_meant(text, labels, prepared):
    """What an expression means in label maps, by the checker."""
    scenery = Scenery(labels.instance, labels.depth, prepared.meta["instances"])
    colors = {row["attributes"].get("color") for row in prepared.meta["instances"]} - {None, ""}
    said = parse(text, prepared.scene.classes, sorted(colors), referring.SPOKEN_MATERIALS)
    assert said is not None, text
    return scenery.meant_by(said)


@pytest.mark.parametrize("exact", [True, False])
def test_depth_and_normals_of_every_changed_view_decode_to_its_labels(views, exact):
    for _, labels, found in answers(views, "depth", exact=exact):
        read = decode_by_prompt("depth", found.target, found.prompt)[0]
        truth = resized(labels.depth)
        near = truth < 30
        np.testing.assert_allclose(read[near], truth[near], rtol=0.08, atol=0.05)
    for _, labels, found in answers(views, "normal", exact=exact):
        read = decode_by_prompt("normal", found.target, found.prompt)[0]
        truth = resized(np.ascontiguousarray(labels.normals))
        assert (read.any(-1) == truth.any(-1)).all()
        assert (read * truth).sum(-1)[truth.any(-1)].min() > np.cos(np.radians(1.5))


@pytest.mark.parametrize("exact", [True, False])
def test_every_changed_view_shows_the_classes_its_prompt_names_in_their_colours(views, exact):
    for prepared, labels, found in answers(views, "semantic", exact=exact):
        said = promise("semantic", found.prompt)
        truth = np.full((HEIGHT, HEIGHT, 3), said.background, np.uint8)
        names = [spoken(name) for name in prepared.scene.classes]
        for name, color in said.colors.items():
            truth[resized(labels.semantic) == names.index(name)] = color
        np.testing.assert_array_equal(found.target, truth)


@pytest.mark.parametrize("exact", [True, False])
def test_what_a_changed_view_is_asked_to_refer_to_is_what_its_answer_shows(views, exact):
    """Every expression of the prompt means, by the checker, exactly the things painted in its colour."""
    for prepared, labels, found in answers(views, "referring", exact=exact):
        said = promise("referring", found.prompt)
        truth = np.full((HEIGHT, HEIGHT, 3), said.background, np.uint8)
        for text, color in said.colors.items():
            meant = ids_meant(text, labels, prepared)
            assert meant, (text, found)
            truth[np.isin(resized(labels.instance), sorted(meant))] = color
        np.testing.assert_array_equal(found.target, truth)


@pytest.mark.parametrize("exact", [True, False])
def test_a_changed_view_has_one_colour_for_each_instance_of_the_class_asked_for_and_no_other(views, exact):
    for prepared, labels, found in answers(views, "instance", exact=exact):
        background = promise("instance", found.prompt).background
        names = asked_for(found.prompt, prepared.scene.classes)
        assert len(names) == 1, found.prompt
        rows = [row for row in prepared.meta["instances"] if row["category"] in names]
        shown = resized(labels.instance)
        colors = [np.unique(found.target[shown == row["id"]], axis=0) for row in rows if (shown == row["id"]).any()]
        assert colors and all(len(one) == 1 for one in colors)
        assert len({tuple(one[0]) for one in colors} | {background}) == len(colors) + 1
        assert (found.target[~np.isin(shown, [row["id"] for row in rows])] == background).all()


@pytest.mark.parametrize("exact", [True, False])
def test_a_fixed_palette_runs_from_left_to_right_in_every_changed_view(exact):
    several = 0
    for prepared, labels, found in answers(
        real_views("primitives", 8, ["instructions.palette=fixed"]), "instance", exact=exact
    ):
        assert promise("instance", found.prompt).background == BLACK
        asked = asked_for(found.prompt, prepared.scene.classes)
        present = [row["id"] for row in prepared.meta["instances"] if row["category"] in asked]
        middles = {
            number: np.nonzero(labels.instance == number)[1].mean()
            for number in present
            if (labels.instance == number).any()
        }
        order = sorted(middles, key=middles.get)
        several += len(order) > 1
        for number, color in zip(order, fixed(len(order)), strict=True):
            assert (found.target[resized(labels.instance) == number] == color).all()
    assert several > 10


def test_without_exact_labels_crops_and_flips_of_all_tasks_do_happen(views):
    """Else all of the above would hold for views that are never changed."""
    for task, least in (("depth", 1.0), ("instance", 0.3), ("referring", 0.3)):
        plans = [plan for plan in PLANS if plan.side < 1 and plan.flip]
        found = [one for _, _, one in answers(views, task, plans, exact=False)]
        assert np.mean([one.flip for one in found]) > 0.9
        assert np.mean([one.box is not None for one in found]) >= least, task


def test_crops_have_nearly_the_shape_of_their_view_however_they_had_to_grow(views):
    crops = 0
    for task in ("depth", "instance", "referring"):
        for exact in (True, False):
            for _, _, found in answers(views, task, exact=exact):
                if found.box:
                    x0, y0, x1, y1 = found.box
                    assert 0 <= x0 < x1 <= WIDTH and 0 <= y0 < y1 <= HEIGHT
                    assert 0.78 < (x1 - x0) / (y1 - y0) / (WIDTH / HEIGHT) < 1.28
                    crops += 1
    assert crops > 50


@given(st.tuples(*[st.integers(0, 400)] * 4), st.integers(20, 400), st.integers(20, 400))
def test_a_box_in_shape_holds_the_box_and_has_nearly_the_ratio_of_its_view(corners, width, height):
    (x0, x1), (y0, y1) = (
        (min(low % side, high % side), max(low % side, high % side) + 1)
        for low, high, side in ((corners[0], corners[1], width), (corners[2], corners[3], height))
    )
    box = in_shape((x0, y0, x1, y1), width, height)
    assert 0 <= box[0] <= x0 and x1 <= box[2] <= width and 0 <= box[1] <= y0 and y1 <= box[3] <= height
    wide, high = box[2] - box[0], box[3] - box[1]
    # To a pixel.
    assert (wide + 1) / width * 1.25 > high / height and (high + 1) / height * 1.25 > wide / width


def test_a_changed_question_is_a_new_one_where_exact_labels_allow_it(views):
    plans = [Plan(1.0, 0, 0, False, True)]
    for task in ("depth", "semantic", "referring"):
        old = [view.words[task] for _, view in views]
        new = [found.prompt for _, _, found in answers(views, task, plans)]
        assert sum(one != other for one, other in zip(old, new, strict=True)) >= len(old) / 2


def test_the_colormaps_of_redrawn_depth_are_those_that_were_asked_for(views):
    said = [found.prompt for _, _, found in answers(views, "depth", [Plan(1.0, 0, 0, False, True)] * 4)]
    assert any("plasma" in prompt for prompt in said) and any("gray" in prompt for prompt in said)


def test_the_table_of_a_crop_is_the_one_that_a_camera_of_that_crop_would_give(views):
    """The oracle traces outlines and labels again with a smaller picture and a moved principal point."""
    box = (30, 20, 150, 110)
    for prepared, _ in views:
        table = instance_table(prepared.scene, prepared.labels)
        ours = changed.table_of(changed.cropped(prepared.labels, box), table)
        camera = prepared.scene.camera
        shift = np.array([[0, 0, box[0]], [0, 0, box[1]], [0, 0, 0]])
        smaller = replace(camera, width=120, height=90, intrinsics=camera.intrinsics - shift)
        np.testing.assert_array_equal(changed.intrinsics_of(camera.intrinsics, box, False, WIDTH), smaller.intrinsics)
        # In the mirror of the crop its principal point lies as far from the other border.
        there = changed.intrinsics_of(camera.intrinsics, box, True, WIDTH)
        assert there[0, 2] + smaller.intrinsics[0, 2] == 119 and there[1, 2] == smaller.intrinsics[1, 2]
        scene = replace(prepared.scene, camera=smaller)
        labels = trace(scene)
        theirs = instance_table(scene, labels)
        assert (labels.instance != changed.cropped(prepared.labels, box).instance).mean() < 1e-3
        for one, other in zip(ours, theirs, strict=True):
            assert abs(one.pixels - other.pixels) <= 2
            assert np.abs(np.array(one.box) - other.box).max() <= 1
            np.testing.assert_allclose(one.centroid, other.centroid, atol=1)
            assert one.depth_m == pytest.approx(other.depth_m, rel=0.02)
            # The outline is traced no farther than one picture beyond the border, which is nearer now.
            assert one.visible_fraction == pytest.approx(other.visible_fraction, abs=0.12)
            keep = ("id", "name", "category", "thing", "support", "attributes", "size_m")
            assert all(getattr(one, name) == getattr(other, name) for name in keep)


def test_a_table_measured_again_is_the_table_and_its_mirror_image_twice_too(views):
    for prepared, _ in views:
        table = instance_table(prepared.scene, prepared.labels)
        assert changed.table_of(prepared.labels, table) == table
        there = changed.table_of(changed.mirrored(prepared.labels), table)
        assert there == changed.mirrored_table(table, WIDTH)
        assert changed.mirrored_table(there, WIDTH) == table


def test_the_table_of_a_crop_that_cuts_nothing_needs_no_labels(views):
    known = 0
    for prepared, _ in views:
        table = instance_table(prepared.scene, prepared.labels)
        for start in ((20, 10, 120, 90), (60, 40, 150, 115), (5, 5, 150, 110)):
            box = changed.without_cuts(table, start)
            ours = changed.cropped_table(table, box)
            truth = changed.table_of(changed.cropped(prepared.labels, box), table)
            assert [row for row in ours if row.thing] == [row for row in truth if row.thing]
            known += box != (0, 0, WIDTH, HEIGHT)
    assert known > 5


def test_a_crop_that_cuts_a_thing_has_no_table_without_labels(views):
    for prepared, _ in views:
        table = instance_table(prepared.scene, prepared.labels)
        thing = next(row for row in table if row.thing and row.box[2] - row.box[0] > 2)
        assert changed.cropped_table(table, (thing.box[0] + 1, 0, WIDTH, HEIGHT)) is None


def test_the_mirrored_form_of_every_expression_means_the_same_things_in_the_mirror(views):
    """By the checker, from mirrored label maps; the words are the mirrored words."""
    count = 0
    for prepared, view in views:
        facts = Facts(instance_table(prepared.scene, prepared.labels), view.rules, WIDTH, HEIGHT)
        there = changed.mirrored(prepared.labels)
        scenery = Scenery(there.instance, there.depth, prepared.meta["instances"])
        for some in unambiguous(facts).values():
            for expression, ids in some:
                text = mirrored_words(say(expression, len(ids), np.random.default_rng(count)))
                referent = {"text": text, "parsed": mirrored(expression).as_json(), "ids": ids}
                assert referent_fault(referent, scenery, view.rules, prepared.scene.classes) is None
                count += 1
    assert count > 50


EXPRESSIONS = st.builds(
    Expression,
    st.sampled_from(["box", "tv_stand", "person"]),
    order=st.none() | st.tuples(st.sampled_from(referring.AXES), st.just(1)),
    relation=st.none() | st.builds(Relation, st.sampled_from(referring.RELATIONS), st.just(Expression("lamp"))),
)


@given(EXPRESSIONS)
def test_an_expression_in_two_mirrors_is_the_same_again(expression):
    assert mirrored(mirrored(expression)) == expression


@given(
    st.text() | st.sampled_from(["The leftmost box; a Right-hand one", "left of the RIGHT bright cleft", "Leftmost"])
)
def test_words_in_two_mirrors_are_the_same_again(text):
    again = mirrored_words(mirrored_words(text))
    assert again.lower() == text.lower() and mirrored_words("bright cleft") == "bright cleft"


def in_a_mirror(task, painted):
    """The answer to a stored question about the mirror image of a square view."""
    files = {task: encode_image(painted), "json": json.dumps({"codecs": {task: {}}}).encode()}
    view = View(None, "toy-0-0", files, {task: "Paint what is there."}, Kind())
    found = answer(view, task, Plan(1.0, 0, 0, True, False), Augment(), np.random.default_rng(0), len(painted))
    assert found.flip
    return found.target


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (4, 4, 3), elements=st.floats(-1, 1)), st.sampled_from(sorted(normals.CONVENTIONS)))
def test_a_mirrored_painting_of_normals_decodes_to_the_mirrored_normals(vectors, convention):
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = np.where(length > 0.1, vectors / np.maximum(length, 0.1), 0.0)
    painted = normals.encode(unit, convention)
    flipped = in_a_mirror("normal", painted)
    truth = normals.decode(painted, convention)[:, ::-1] * [-1, 1, 1]
    np.testing.assert_allclose(normals.decode(flipped, convention), truth, atol=1e-6)
    np.testing.assert_array_equal(in_a_mirror("normal", flipped), painted)


@given(arrays(np.float32, (4, 4), elements=st.floats(0, 50, width=32)))
def test_a_painting_of_depth_in_two_mirrors_is_the_same_again(metres):
    painted = depth.encode(metres)
    np.testing.assert_array_equal(in_a_mirror("depth", in_a_mirror("depth", painted)), painted)


def test_words_of_the_colour_code_stay_as_they_are():
    prompt = "Paint the surface normals in camera space, red for left, green for up, blue for towards the viewer."
    assert mirrored_prompt("normal", prompt, {}) == prompt


def test_a_side_in_the_name_of_a_thing_is_not_mirrored():
    said = {"text": "the leftmost right shoe", "parsed": {"category": "right_shoe", "order": ["left", 1]}, "ids": [1]}
    codec = {"referents": [said]}
    assert mirrored_prompt("referring", "Paint the leftmost right shoe in white.", codec) is None
    assert mirrored_prompt("instance", "Segment every right shoe.", {}) is None
    assert mirrored_caption("A right shoe and a box.") is None


def test_captions_of_changed_views_say_what_is_seen(views):
    kinds = set()
    for number, (prepared, view) in enumerate(views):
        table = instance_table(prepared.scene, prepared.labels)
        for seed in range(6):
            augment = Augment(min_crop=0.7, flip=0.5, redraw=seed % 2)
            target, caption = captioned(view, augment, np.random.default_rng([number, seed]), HEIGHT)
            plan = Plan.draw(augment, np.random.default_rng([number, seed]))
            box = plan.box(HEIGHT, WIDTH) if plan.redraw else None
            labels = changed.cropped(prepared.labels, box) if box else prepared.labels
            labels = changed.mirrored(labels) if plan.flip else labels
            k = changed.intrinsics_of(prepared.scene.camera.intrinsics, box, plan.flip, WIDTH)
            height, width = labels.depth.shape
            facts = Facts(changed.table_of(labels, table), view.rules, width, height, k)
            assert _facts_said(caption) in (_facts_said(short_caption(facts)), _facts_said(long_caption(facts)))
            assert target.shape == (HEIGHT, HEIGHT, 3)
            kinds.add((plan.flip, plan.redraw))
    assert len(kinds) == 4


def test_the_picture_of_an_example_is_changed_as_its_answer_is():
    """With the picture itself as target, both stay one picture through crops and flips."""
    for _, view in real_views("primitives", 3):
        files = view.files | {"semantic": view.files["image"]}
        same = replace(view, files={name: data for name, data in files.items() if name != "exact"})
        for seed in range(8):
            image, target, _ = augmented(
                same, "semantic", Augment(min_crop=0.5, flip=0.5), np.random.default_rng(seed), WIDTH
            )
            smooth = cv2.blur(image, (9, 9)).astype(int) - cv2.blur(target, (9, 9))
            assert np.abs(smooth).mean() < 12


def test_jitter_and_jpeg_change_the_picture_and_never_the_answer():
    _, view = real_views("primitives", 1)[0]
    plain = augmented(view, "depth", Augment(), np.random.default_rng(0), 64)
    changed_ = augmented(view, "depth", Augment(jitter=1, jpeg=1), np.random.default_rng(0), 64)
    assert (plain[0] != changed_[0]).any()
    np.testing.assert_array_equal(plain[1], changed_[1])
    assert plain[2] == changed_[2]


def test_a_picture_to_be_generated_is_never_jittered_or_compressed():
    _, view = real_views("primitives", 1)[0]
    plain = captioned(view, Augment(), np.random.default_rng(0), 64)
    np.testing.assert_array_equal(captioned(view, Augment(jitter=1, jpeg=1), np.random.default_rng(0), 64)[0], plain[0])


@given(st.integers(0, 1000), st.integers(0, 255))
def test_where_words_speak_of_colours_jitter_keeps_greys_grey_and_hues_where_they_are(seed, level):
    rng = np.random.default_rng(seed)
    grey = np.full((4, 4, 3), level, np.uint8)
    out = jittered(grey, 1.0, rng, colors_matter=True).astype(int)
    assert np.ptp(out, axis=-1).max() <= 1
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 2] = 200
    out = jittered(red, 1.0, rng, colors_matter=True).astype(int)
    assert (out[..., 2] >= out[..., 0] + 40).all() and (np.abs(out[..., 0] - out[..., 1]) <= 1).all()


@pytest.mark.parametrize("around", [40, 120, 220])
def test_where_words_speak_of_colours_no_white_gray_or_black_gets_the_name_of_another(around):
    """By the words that people have for colours; at full strength, in dark pictures and bright ones."""
    shades = [tuple(bytes.fromhex(code)) for name in ("white", "gray", "black") for code in SHADES[name].split()]
    named = [color_name([value / 255 for value in shade]) for shade in shades]
    for seed in range(200):
        picture = np.full((40, 40, 3), around, np.uint8)
        picture[0, : len(shades)] = shades
        out = to_rgb(jittered(to_rgb(picture), 1.0, np.random.default_rng(seed), colors_matter=True))
        for name, color in zip(named, out[0] / 255, strict=False):
            assert color_name(color) in (name, ""), (name, color * 255)


def test_recompressing_a_smooth_picture_changes_it_little():
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8)[:, None, None], (1, 64, 3))
    out = recompressed(ramp, np.random.default_rng(0))
    assert np.abs(out.astype(int) - ramp).max() < 24


def asked_for(prompt, classes):
    """Categories whose name stands where an instance prompt of the bank has one."""
    words = {"one": "[a-z0-9 ]+?", "many": "[a-z0-9 ]+?", "background": COLOR}
    said = list(recognise(prompt, load("instance")["prompts"], words))
    return {
        name
        for name in classes
        if any(f.get("one", spoken(name)) == spoken(name) and f.get("many", plural(name)) == plural(name) for f in said)
    }


def _facts_said(caption):
    """Sentences, with what is at either side whatever comes first."""
    found = re.search(
        r"(An? [^.]*?) is farthest to the (left|right) and (an? [^.]*?) farthest to the (left|right)\.", caption
    )
    if not found:
        return caption
    sides = {found[2]: found[1].lower(), found[4]: found[3].lower()}
    return caption.replace(found[0], ""), sides["left"], sides["right"]
