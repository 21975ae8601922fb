from dataclasses import asdict, replace

import numpy as np
import pytest

from pipeline.compose import class_list, compose
from pipeline.compose.assets import CATEGORIES
from pipeline.compose.catalogues.mapping import load_mapping
from pipeline.compose.colors import COLORS
from pipeline.config import load_recipe
from pipeline.instructions.checking import Scenery, referent_fault
from pipeline.instructions.kin import PARTS, may_be_called
from pipeline.instructions.phrasing import parse, say
from pipeline.instructions.referring import (
    KINDS,
    SPOKEN_MATERIALS,
    Expression,
    Facts,
    Relation,
    choose,
    resolve,
    unambiguous,
)
from pipeline.instructions.requests import askable_categories
from pipeline.labels import instance_table, trace
from tests.instructions.scenery import RULES, facts, ground, maps, thing

BOX = Expression("box")
LAMP = thing(5, "lamp", "white", x=100)


def texts(*rows):
    rng = np.random.default_rng(0)
    return {say(e, len(ids), rng): ids for some in unambiguous(facts(*rows)).values() for e, ids in some}


def second_opinion(expression, ids, *rows):
    """What the checker says of `expression` in a hand-drawn view."""
    scenery = Scenery(*maps(*rows), [asdict(row) for row in rows])
    text = say(expression, len(ids), np.random.default_rng(0))
    referent = {"text": text, "parsed": expression.as_json(), "ids": ids}
    known = {"box", "lamp", "ground", "mug", "table", "tray"} | {row.category for row in rows}
    return referent_fault(referent, scenery, RULES, sorted(known))


@pytest.mark.parametrize(
    ("expression", "rows", "ids"),
    [
        (BOX, [thing(1), LAMP], [1]),
        (BOX, [thing(1), thing(2, x=150)], [1, 2]),
        (replace(BOX, color="blue"), [thing(1), thing(2, color="blue", x=150)], [2]),
        (replace(BOX, not_color="red"), [thing(1), thing(2, color="blue", x=150)], [2]),
        (replace(BOX, group=True), [thing(1), thing(2, x=150), LAMP], [1, 2]),
        (replace(BOX, order=("left", 1)), [thing(1), thing(2, x=150)], [1]),
        (replace(BOX, order=("left", 2)), [thing(1), thing(2, x=150), thing(3, x=90)], [3]),
        (replace(BOX, order=("right", 2)), [thing(1), thing(2, x=150), thing(3, x=90)], [3]),
        (replace(BOX, order=("near", 1)), [thing(1), thing(2, x=150, depth_m=3.0)], [1]),
        (replace(BOX, order=("far", 1)), [thing(1), thing(2, x=150, depth_m=3.0)], [2]),
        (replace(BOX, size="largest"), [thing(1), thing(2, x=150, width=40, size_m=(1.0, 1.0, 1.0))], [2]),
        (replace(BOX, size="smallest"), [thing(1), thing(2, x=150, width=40, size_m=(1.0, 1.0, 1.0))], [1]),
        (replace(BOX, relation=Relation("left", Expression("lamp"))), [thing(1), thing(2, x=150), LAMP], [1]),
        (replace(BOX, relation=Relation("right", Expression("lamp"))), [thing(1), thing(2, x=150), LAMP], [2]),
        (
            replace(BOX, relation=Relation("front", Expression("lamp"))),
            [thing(1, x=100, depth_m=1.0), thing(2, x=150, depth_m=3.0), LAMP],
            [1],
        ),
        (
            replace(BOX, relation=Relation("behind", Expression("lamp"))),
            [thing(1, x=60, depth_m=1.0), thing(2, x=104, width=60, depth_m=3.0), LAMP],
            [2],
        ),
        (
            Expression("mug", relation=Relation("on", Expression("table"))),
            [thing(1, "mug", support="table_3"), thing(2, "mug", x=150), thing(3, "table", x=90), ground()],
            [1],
        ),
        (
            Expression("mug", relation=Relation("on", Expression("ground"))),
            [thing(1, "mug", support="table_3"), thing(2, "mug", x=150), thing(3, "table", x=90), ground()],
            [2],
        ),
    ],
)
def test_an_expression_means_what_a_person_would_take_it_for(expression, rows, ids):
    assert resolve(expression, facts(*rows)) == ids


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        (replace(BOX, order=("left", 1)), [thing(1, x=50, width=4), thing(2, x=56, width=4)]),
        (replace(BOX, order=("left", 2)), [thing(1, x=50), thing(2, x=90, width=4), thing(3, x=96, width=4)]),
        (replace(BOX, order=("near", 1)), [thing(1, depth_m=2.0), thing(2, x=150, depth_m=2.1)]),
        # Larger in metres but not to the eye, and the other way round.
        (replace(BOX, size="largest"), [thing(1), thing(2, x=150, size_m=(1.0, 1.0, 1.0))]),
        (replace(BOX, size="largest"), [thing(1), thing(2, x=150, width=40)]),
        # The second box is a little to the left of the lamp: not clearly left, not clearly not.
        (
            replace(BOX, relation=Relation("left", Expression("lamp"))),
            [thing(1), thing(2, x=91, width=4, depth_m=1.0), thing(5, "lamp", x=100, width=8)],
        ),
        (replace(BOX, relation=Relation("left", Expression("lamp"))), [thing(1), LAMP, thing(6, "lamp", x=150)]),
        (replace(BOX, relation=Relation("front", Expression("lamp"))), [thing(1, x=100, depth_m=1.95), LAMP]),
        # The lamp hangs over the box, though it is nearer.
        (
            replace(BOX, relation=Relation("behind", Expression("lamp"))),
            [thing(1, x=100, depth_m=3.0), thing(5, "lamp", x=100, width=8, depth_m=1.0, box=(96, 5, 104, 20))],
        ),
        # On a tray on a table: one may call that on the table.
        (
            Expression("mug", relation=Relation("on", Expression("table"))),
            [
                thing(1, "mug", support="tray_2"),
                thing(2, "tray", x=150, support="table_3", size_m=(0.4, 0.3, 0.02)),
                thing(3, "table", x=90),
            ],
        ),
        # On a carton on a pallet: one may call that on the pallet.
        (
            Expression("carton", relation=Relation("on", Expression("pallet"))),
            [
                thing(1, "carton", support="carton_2"),
                thing(2, "carton", x=150, support="pallet_3"),
                thing(3, "pallet", x=90, size_m=(1.2, 0.8, 0.15)),
            ],
        ),
    ],
)
def test_where_a_person_would_hesitate_nothing_is_meant_and_the_checker_objects(expression, rows):
    assert resolve(expression, facts(*rows)) is None
    for row in rows:
        if row.category == expression.category:
            assert second_opinion(expression, [row.id], *rows) is not None


def test_who_is_nearest_is_so_along_the_axis_and_from_the_eye():
    """Under an angle of view of 90 degrees, what is at the picture's side is farther away than its depth says."""
    wide = np.array([[100.0, 0.0, 99.5], [0.0, 100.0, 49.5], [0.0, 0.0, 1.0]])
    middle, side, behind = thing(1, x=100, depth_m=2.4), thing(2, x=190, depth_m=2.0), thing(3, x=100, depth_m=6.0)
    for axis, rows, meant in (
        ("near", (middle, side), None),
        ("near", (thing(1, x=100, depth_m=1.7), side), [1]),
        ("far", (middle, side), None),
        ("far", (side, behind), [3]),
    ):
        said = replace(BOX, order=(axis, 1))
        assert resolve(said, replace(facts(*rows), intrinsics=wide)) == meant
        scenery = Scenery(*maps(*rows), [asdict(row) for row in rows], wide)
        assert scenery.meant_by(said) == set(meant or [])
    # By depth alone the one at the side would be.
    assert resolve(replace(BOX, order=("near", 1)), facts(middle, side)) == [2]


def _unlike(number, color="", **changes):
    """A box of a colour, or a material, that nobody could tell."""
    return thing(number, attributes={"color": color, "material": "" if color else "plastic"}, **changes)


@pytest.mark.parametrize(
    "expression",
    [
        replace(BOX, color="red"),
        replace(BOX, color="red", group=True),
        replace(BOX, not_color="red"),
        replace(BOX, not_color="blue", group=True),
        replace(BOX, color="red", order=("left", 1)),
        Expression("lamp", relation=Relation("right", replace(BOX, color="red"))),
    ],
)
def test_what_is_of_no_colour_one_could_name_puts_colours_in_doubt(expression):
    rows = [thing(1, x=30), _unlike(2, x=60), thing(3, color="blue", x=160), LAMP]
    assert resolve(expression, facts(*rows)) is None
    for ids in ([1], [2], [3], [1, 2], [2, 3], [5]):
        assert "in doubt" in second_opinion(expression, ids, *rows)


def test_a_material_that_nobody_could_tell_puts_materials_in_doubt():
    rows = [thing(1, x=30), _unlike(2, "blue", x=60), LAMP]
    assert resolve(replace(BOX, material="plastic"), facts(*rows)) is None
    assert "in doubt" in second_opinion(replace(BOX, material="plastic"), [1], *rows)
    # The other is blue at any rate.
    said = replace(BOX, color="red", material="plastic")
    assert resolve(said, facts(*rows)) == [1]
    assert second_opinion(said, [1], *rows) is None


def test_a_thing_of_unknown_colour_elsewhere_leaves_a_place_clear():
    said = replace(BOX, color="red", relation=Relation("left", Expression("lamp")))
    rows = [thing(1, x=30), _unlike(2, x=160), LAMP]
    assert resolve(said, facts(*rows)) == [1]
    assert second_opinion(said, [1], *rows) is None


def test_nothing_is_said_of_a_colour_that_is_not_known():
    for text in texts(thing(1, x=30), _unlike(2, x=60), thing(3, color="blue", x=160)):
        assert "red" not in text and "blue" not in text, text


@pytest.mark.parametrize(
    ("name", "kin"),
    [
        ("cabinet", "filing_cabinet"), ("cabinet", "wall_cabinet"), ("cabinet", "kitchen_sink"), ("chair", "office_chair"), ("chair", "armchair"),
        ("chair", "garden_chair"), ("box", "cardboard_box"), ("carton", "box"), ("can", "trash_can"), ("pot", "teapot"),
        ("waste_bin", "trash_can"), ("trash_can", "waste_bin"), ("pin_board", "notice_board"), ("car", "toy_car"),
        ("coffee_table", "side_table"), ("potted_plant", "planter"), ("stool", "ottoman"), ("shelving", "bookshelf"),
    ],
)  # fmt: skip
def test_a_plain_name_is_in_doubt_where_something_else_may_be_called_so(name, kin):
    rows = [thing(1, name, x=30), thing(2, kin, x=60), thing(3, name, x=90), LAMP]
    for expression in (
        Expression(name),
        Expression(name, group=True),
        Expression(name, "red"),
        Expression(name, order=("left", 1)),
        Expression("lamp", relation=Relation("right", Expression(name))),
    ):
        assert resolve(expression, facts(*rows)) is None
        assert "in doubt" in second_opinion(expression, [1, 3] if expression.group else [1], *rows)
    # In another colour, or elsewhere, it is not meant.
    apart = [thing(1, name, x=30), thing(2, kin, "blue", x=150), LAMP]
    for expression in (Expression(name, "red"), Expression(name, relation=Relation("left", Expression("lamp")))):
        assert resolve(expression, facts(*apart)) == [1]
        assert second_opinion(expression, [1], *apart) is None


def test_a_name_that_says_more_is_clear():
    rows = [
        thing(1, "filing_cabinet", x=30),
        thing(2, "wall_cabinet", x=60),
        thing(3, "armchair", x=120),
        thing(4, "chair", x=160),
    ]
    for number, name in ((1, "filing_cabinet"), (2, "wall_cabinet"), (3, "armchair")):
        assert resolve(Expression(name), facts(*rows)) == [number]
        assert second_opinion(Expression(name), [number], *rows) is None


def test_kinds_people_tell_apart_are_not_confused():
    for one, other in (
        ("car", "van"),
        ("bus", "bus_shelter"),
        ("bicycle", "bicycle_rack"),
        ("cup", "bowl"),
        ("dog", "doghouse"),
    ):
        assert not may_be_called(one, other) and not may_be_called(other, one)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("cushion", "bed"),
        ("keyboard", "laptop"),
        ("apple", "bowl"),
        ("wall_mirror", "wardrobe"),
        ("bench", "bus_shelter"),
    ],
)
def test_a_thing_is_not_spoken_of_beside_another_that_may_have_one_as_its_part(name, whole):
    alone = [thing(1, name, x=100, support=f"{whole}_2"), thing(3, "lamp", x=20)]
    # Whatever its own colour and place are: those of its parts are others.
    rows = [*alone, thing(2, whole, "blue", x=150)]
    for expression in (
        Expression(name),
        Expression(name, "red"),
        Expression(name, relation=Relation("right", Expression("lamp"))),
        Expression(name, relation=Relation("left", Expression(whole))),
        Expression(name, relation=Relation("on", Expression(whole))),
    ):
        assert resolve(expression, facts(*rows)) is None
        assert "in doubt" in second_opinion(expression, [1], *rows)
    beside = Expression("lamp", relation=Relation("left", Expression(name)))
    assert resolve(beside, facts(*rows)) is None
    assert "in doubt" in second_opinion(beside, [3], *rows)
    assert askable_categories(facts(*rows)) == sorted([whole, "lamp"])
    # Without it, all is clear.
    assert askable_categories(facts(*alone)) == sorted([name, "lamp"])
    assert resolve(Expression(name), facts(*alone)) == [1] and resolve(beside, facts(*alone)) == [3]
    assert second_opinion(Expression(name), [1], *alone) is None and second_opinion(beside, [3], *alone) is None


def test_wholes_and_parts_are_known_classes():
    known = {*CATEGORIES, *(rule.kind for rule in load_mapping(None).rules)}
    assert {*PARTS, *(part for parts in PARTS.values() for part in parts)} <= known


def test_an_expression_shared_by_two_things_is_not_used():
    found = texts(thing(1), thing(2, x=150))
    assert "the red box" not in found
    assert ["the leftmost red box" in found or "the red box on the far left" in found] == [True]


def test_two_are_both_or_the_two_and_three_may_be_all_three():
    two, three = ({say(replace(BOX, group=True), n, np.random.default_rng(s)) for s in range(40)} for n in (2, 3))
    assert two == {"both boxes", "the two boxes"}
    assert {"all three boxes", "the three boxes"} < three


def test_what_is_true_but_odd_is_not_said():
    alone = texts(thing(1), LAMP)
    assert not any(word in text for text in alone for word in ("leftmost", "largest", "nearest", "that is not", "both"))


def test_things_too_small_to_notice_make_nothing_ambiguous_and_are_not_spoken_of():
    rows = [thing(1), thing(2, pixels=2, x=150, color="blue")]
    assert resolve(BOX, facts(*rows)) == [1]
    assert all(ids == [1] for ids in texts(*rows).values())


def test_things_that_are_noticed_but_hardly_seen_make_others_ambiguous_and_are_not_spoken_of():
    rows = [thing(1), thing(2, x=150, visible_fraction=0.1)]
    assert resolve(BOX, facts(*rows)) == [1, 2]
    assert all(2 not in ids for ids in texts(*rows).values())


@pytest.fixture(scope="module", params=["primitives", "living_room"])
def views(request):
    recipe = load_recipe(f"scenes/{request.param}.yaml")
    found = []
    for seed in range(12):
        scene = compose(recipe, seed, 160, 120)
        labels = trace(scene)
        found.append((labels, Facts(instance_table(scene, labels), recipe.view, 160, 120, scene.camera.intrinsics)))
    return class_list(recipe), found


def test_all_that_the_chooser_would_say_the_checker_confirms(views):
    classes, found = views
    count = 0
    for labels, view in found:
        scenery = Scenery(labels.instance, labels.depth, [asdict(row) for row in view.table], view.intrinsics)
        for some in unambiguous(view).values():
            for expression, ids in some:
                for seed in range(2):
                    text = say(expression, len(ids), np.random.default_rng([count, seed]))
                    referent = {"text": text, "parsed": expression.as_json(), "ids": ids}
                    assert referent_fault(referent, scenery, view.rules, classes) is None
                count += 1
    assert count > 300


def test_the_checker_catches_expressions_that_mean_more_less_or_something_else(views):
    """Each mutation of a sound referent that changes what is meant is caught, by its reason."""
    classes, found = views
    rng = np.random.default_rng(0)
    caught = dict.fromkeys(("other", "several", "text", "nothing"), 0)
    for labels, view in found:
        table = [asdict(row) for row in view.table]
        scenery = Scenery(labels.instance, labels.depth, table, view.intrinsics)
        things = [row.id for row in view.table if row.thing]
        for expression, ids in choose(view, 3, rng):
            text = say(expression, len(ids), rng)
            sound = {"text": text, "parsed": expression.as_json(), "ids": ids}
            others = [number for number in things if number not in ids]
            if others:
                fault = referent_fault(sound | {"ids": [others[0]]}, scenery, view.rules, classes)
                assert fault and "means" in fault
                caught["other"] += 1
            bare = Expression(expression.category)
            if bare != expression and len(resolve(bare, view) or []) > 1:
                vague = {"text": f"the {expression.category.replace('_', ' ')}", "parsed": bare.as_json(), "ids": ids}
                assert referent_fault(vague, scenery, view.rules, classes)
                caught["several"] += 1
            assert "does not say" in referent_fault(
                sound | {"text": "the purple unicorn"}, scenery, view.rules, classes
            )
            caught["text"] += 1
            blank = Scenery(np.zeros_like(labels.instance), labels.depth, table)
            assert referent_fault(sound, blank, view.rules, classes)
            caught["nothing"] += 1
    assert min(caught.values()) >= 5, caught


def test_all_kinds_of_expressions_are_drawn(views):
    _, found = views
    said = {kind for _, view in found for kind in unambiguous(view)}
    assert said >= set(KINDS) - {"material"}


def test_words_and_expressions_are_each_others_inverse(views):
    classes, found = views
    for _, view in found[:4]:
        for some in unambiguous(view).values():
            for expression, ids in some:
                for seed in range(4):
                    text = say(expression, len(ids), np.random.default_rng(seed))
                    for spelled in (text, text[0].upper() + text[1:]):
                        assert parse(spelled, classes, COLORS, SPOKEN_MATERIALS) == expression, text
                assert Expression.from_json(expression.as_json()) == expression


@pytest.mark.parametrize("text", ["", "the", "box", "the red", "the box on the", "a red box", "the box near the lamp"])
def test_words_that_say_no_expression_parse_to_none(text):
    assert parse(text, ["box", "lamp"], ["red"], ["wood"]) is None


def test_the_same_generator_chooses_the_same(views):
    _, found = views
    view = found[0][1]
    assert choose(view, 3, np.random.default_rng(7)) == choose(view, 3, np.random.default_rng(7))


def test_referents_of_one_prompt_share_no_object(views):
    _, found = views
    for seed, (_, view) in enumerate(found):
        ids = [number for _, some in choose(view, 3, np.random.default_rng(seed)) for number in some]
        assert ids and len(set(ids)) == len(ids)
