import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs import palettes
from pipeline.codecs.tasks import TASKS
from pipeline.compose.assets import CATEGORIES
from pipeline.compose.catalogues.mapping import load_mapping
from pipeline.compose.colors import COLORS as COLORS_SAID
from pipeline.instructions import spelling
from pipeline.instructions.bank import fill, load, recognise, surface_forms
from pipeline.instructions.captions import long_caption, short_caption, with_article
from pipeline.instructions.phrasing import parse, say
from pipeline.instructions.referring import SPOKEN_MATERIALS, Expression, Relation, unambiguous
from tests.instructions.scenery import facts, ground, thing

COLORS = st.one_of(st.sampled_from(sorted(palettes.NAMED.values())), st.tuples(*[st.integers(0, 255)] * 3))
NAMES = st.lists(st.sampled_from(["box", "tv stand", "floor", "potted plant", "rug", "cone"]), min_size=1, unique=True)


@pytest.mark.parametrize("task", TASKS)
def test_the_bank_has_many_surface_forms_and_none_twice(task):
    templates = load(task)["prompts"]
    assert len(templates) >= 20
    assert sum(surface_forms(template) for template in templates) >= 40
    slots = {name: f"<{name}>" for name in ("how", "mapping", "sentences", "rest", "one", "many", "background", "list")}
    rng = np.random.default_rng(0)
    forms = {fill(template, slots, rng) for template in templates for _ in range(60)}
    assert len(forms) >= 40
    patterns = {name: f"<{name}>" for name in slots}
    for form in forms:
        assert len(list(recognise(form, templates, patterns))) == 1


@pytest.mark.parametrize("task", TASKS)
def test_no_article_stands_before_a_slot_and_no_blank_before_a_stop(task):
    """What fills a slot may begin with a vowel: an orange background."""
    rng = np.random.default_rng(0)
    slots = dict.fromkeys(("how", "rest"), "") | dict.fromkeys(("one", "many", "background", "list"), "X")
    slots |= {"mapping": "X", "sentences": "X."}
    for template in load(task)["prompts"]:
        assert not re.search(r"\ban? {", template)
        for _ in range(8):
            assert not re.search(r" [.,;:]|  ", fill(template, slots, rng)), template


def test_depth_is_asked_for_along_the_axis_and_never_as_the_distance_from_the_eye():
    for template in load("depth")["prompts"]:
        if re.search("distance|how far", template):
            assert "camera plane" in template


@given(COLORS, st.sampled_from(spelling.STYLES))
def test_a_colour_in_any_spelling_is_read_back(color, style):
    assert spelling.read_color(spelling.spell(color, style)) == color


@given(NAMES, st.data(), st.sampled_from(spelling.STYLES), st.integers(0, 99))
def test_a_mapping_in_any_spelling_is_read_back(names, data, style, seed):
    pairs = [(name, data.draw(COLORS)) for name in names]
    assert spelling.read_mapping(spelling.mapping(pairs, style, np.random.default_rng(seed))) == dict(pairs)
    assert spelling.read_sentences(spelling.sentences(pairs, style)) == dict(pairs)


def test_some_mappings_are_json():
    written = [spelling.mapping([("box", (1, 2, 3))], "tuple", np.random.default_rng(seed)) for seed in range(40)]
    assert any(text.startswith("{") and json.loads(text) == {"box": [1, 2, 3]} for text in written)


@pytest.mark.parametrize(
    "text",
    ["", "box", "box: nocolor", "box: red, box: blue", "box: red and more", '{"box": [1, 2]}', '{"box": "?"}', "{"],
)
def test_what_is_no_mapping_is_read_as_none(text):
    assert spelling.read_mapping(text) is None


@pytest.mark.parametrize("text", ["", "(1, 2)", "(1, 2, 300)", "#12345", "redd", "<1, 2, 3"])
def test_what_is_no_colour_is_read_as_none(text):
    assert spelling.read_color(text) is None


def test_the_short_caption_counts_what_is_seen():
    rows = [thing(1), thing(2), thing(3, "torus", "orange", width=60), thing(4, "cone", "blue", pixels=1)]
    assert short_caption(facts(*rows)) == "An orange torus and two red boxes."


def test_the_long_caption_says_once_what_lies_on_the_same_or_on_what_looks_the_same():
    rows = [
        *(thing(k, "cushion", x=20 + 10 * k, width=8, support="sofa_4") for k in (1, 2)),
        thing(3, "cushion", "green", x=60, width=8, support="sofa_4"),
        thing(4, "sofa", "green", x=50, width=80),
        thing(5, "carton", "brown", x=150, width=16, support="carton_6"),
        thing(6, "carton", "brown", x=150, width=16, support="carton_7"),
        thing(7, "carton", "brown", x=150, width=16),
    ]
    text = long_caption(facts(*rows))
    assert text.count("Red plastic cushions are on a green sofa.") == 1
    assert text.count("A green plastic cushion is on a green sofa.") == 1
    assert text.count("A brown plastic carton is on a brown carton.") == 1


def test_what_is_called_by_its_material_is_not_called_by_it_twice():
    rubber = {"color": "yellow", "material": "rubber"}
    rows = [
        thing(1, "rubber_duck", attributes=rubber),
        thing(2, "box", x=150, attributes={"color": "", "material": "rubber"}),
    ]
    fruit = thing(1, "orange", "orange")
    assert short_caption(facts(fruit, thing(2, "orange", "orange"))) == "Two oranges."
    assert unambiguous(facts(fruit)).keys() == {"name", "material"}
    assert "A yellow rubber duck is nearest" in long_caption(facts(*[replace(rows[0], depth_m=1.0), rows[1]]))
    assert [str(e.category) for e, _ in unambiguous(facts(*rows))["material"]] == ["box"]


def test_the_long_caption_tells_places_materials_and_the_ground():
    rows = [
        thing(1, "mug", "white", x=30, support="table_2", depth_m=1.5, width=10),
        thing(2, "table", "brown", x=60, width=40, attributes={"color": "brown", "material": "wood"}),
        thing(3, "box", "red", x=160, depth_m=4.0),
        ground(),
    ]
    text = long_caption(facts(*rows))
    assert text.startswith("A brown table, a red box and a white mug.")
    assert "A white plastic mug is on a brown table." in text
    assert "A white mug is farthest to the left and a red box farthest to the right." in text
    assert "A white plastic mug is nearest to the camera." in text
    assert text.endswith("The ground is gray plastic.")
    wall = replace(ground(), category="wall")
    assert long_caption(facts(rows[0], wall)) == "A white mug. The wall is gray plastic."
    # A house has walls of its own.
    assert "wall" not in long_caption(facts(thing(1, "house", "white"), wall))


def test_captions_do_not_count_what_they_leave_out():
    hidden = thing(3, x=150, visible_fraction=0.1)
    assert short_caption(facts(thing(1), thing(2, x=90))) == "Two red boxes."
    assert short_caption(facts(thing(1), thing(2, x=90), hidden)) == "Red boxes."
    assert short_caption(facts(thing(1), thing(2, x=90), replace(hidden, pixels=1))) == "Two red boxes."
    assert (
        short_caption(facts(thing(1), thing(2, x=90), replace(hidden, attributes={"color": "blue"})))
        == "Two red boxes."
    )
    # Somebody may count a carton among the boxes.
    assert short_caption(facts(thing(1), thing(2, x=90), replace(hidden, category="carton"))) == "Red boxes."
    # Nor what a bed has of its own.
    cushions, bed = [thing(1, "cushion"), thing(2, "cushion", x=90)], thing(3, "bed", "white", x=150, width=80)
    assert short_caption(facts(*cushions, bed)) == "A white bed and red cushions."
    assert short_caption(facts(*cushions)) == "Two red cushions."
    assert short_caption(facts(hidden)) == "A scene."


def test_captions_name_the_nearest_and_those_at_the_sides_only_where_that_is_clear():
    mug, box = thing(1, "mug", x=40, depth_m=1.5), thing(2, x=150)
    assert "A red plastic mug is nearest to the camera." in long_caption(facts(mug, box))
    for third in (
        thing(3, "cone", x=46, depth_m=1.6),
        thing(3, "cone", x=16, depth_m=1.2, visible_fraction=0.1),
        thing(3, "cone", x=152, depth_m=1.45),
    ):
        said = long_caption(facts(mug, box, third))
        assert "nearest" not in said and "farthest" not in said
    wide = np.array([[100.0, 0.0, 99.5], [0.0, 100.0, 49.5], [0.0, 0.0, 1.0]])
    rows = thing(1, "mug", x=10, depth_m=1.8), thing(2, x=110, depth_m=2.2)
    assert "mug is nearest" in long_caption(facts(*rows))
    assert "nearest" not in long_caption(replace(facts(*rows), intrinsics=wide))


@pytest.mark.parametrize(
    ("noun", "said"),
    [
        ("utility pole", "a utility pole"),
        ("umbrella", "an umbrella"),
        ("orange box", "an orange box"),
        ("box", "a box"),
    ],
)
def test_an_article_is_as_the_noun_sounds(noun, said):
    assert with_article(noun) == said


def test_captions_are_silent_about_colours_and_materials_that_are_not_known():
    unknown = {"attributes": {"color": "", "material": ""}}
    view = facts(
        thing(1, "mug", support="table_2", x=30, depth_m=1.5, **unknown),
        thing(2, "table", x=90, **unknown),
        replace(ground(), **unknown),
    )
    assert long_caption(view) == (
        "A mug and a table. A mug is on a table. A mug is farthest to the left and a table farthest to the right. "
        "A mug is nearest to the camera."
    )


def test_a_view_of_nothing_says_so():
    assert short_caption(facts()) == long_caption(facts()) == "An empty scene."


@pytest.mark.parametrize(
    ("category", "one", "many"),
    [
        ("tv_stand", "tv stand", "tv stands"), ("bench", "bench", "benches"), ("knife", "knife", "knives"),
        ("bread", "loaf of bread", "loaves of bread"), ("scissors", "pair of scissors", "pairs of scissors"),
        ("bus", "bus", "buses"), ("die", "die", "dice"), ("person", "person", "people"), ("toy_car", "toy car", "toy cars"),
        ("battery", "battery", "batteries"), ("tray", "tray", "trays"),
    ],
)  # fmt: skip
def test_a_category_is_said_as_people_say_it(category, one, many):
    assert (spelling.spoken(category), spelling.plural(category)) == (one, many)


IRREGULAR = {
    "bookshelf": "bookshelves", "bread": "loaves of bread", "bunch_of_keys": "bunches of keys", "die": "dice",
    "headphones": "pairs of headphones", "knife": "knives", "mouse": "mice", "pack_of_cards": "packs of cards",
    "pair_of_glasses": "pairs of glasses", "pair_of_shoes": "pairs of shoes", "paper_towel": "rolls of paper towels",
    "person": "people", "pile_of_clothes": "piles of clothes", "rolling_stairs": "sets of rolling stairs",
    "salad": "bowls of salad", "scissors": "pairs of scissors", "shelving": "shelving units",
    "skirting": "skirting boards", "tape_roll": "rolls of tape", "toilet_roll": "rolls of toilet paper",
    "wall_shelf": "wall shelves",
}  # fmt: skip


def test_several_of_every_category_are_said_as_people_say_them():
    extras = load_mapping(None).extras
    for category in {*CATEGORIES, *(kind for kinds in extras.values() for kind in kinds)}:
        noun = category.replace("_", " ")
        ending = "es" if noun.endswith(("s", "x", "ch", "sh")) else "s"
        regular = noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + ending
        assert spelling.plural(category) == IRREGULAR.get(category, regular)


def test_no_two_categories_are_said_alike():
    said = [spelling.spoken(category) for category in CATEGORIES]
    assert len(set(said)) == len(said)
    assert all(re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", name) for name in said)


@pytest.mark.parametrize("several", [False, True])
def test_an_expression_of_any_category_and_colour_is_read_back(several):
    rng = np.random.default_rng(0)
    for category in CATEGORIES:
        for color in (None, *COLORS_SAID):
            for material in (None, "wood", "glass") if category != "person" else (None,):
                meant = Expression(category, color, material, group=several)
                text = say(meant, 3 if several else 1, rng)
                assert parse(text, CATEGORIES, COLORS_SAID, SPOKEN_MATERIALS) == meant, text


def test_a_person_is_not_of_a_colour_but_in_it():
    rng = np.random.default_rng(0)
    people = ["person", "car"]
    for meant, count, text in (
        (Expression("person", "red"), 1, "the person in red"),
        (Expression("person", "red", order=("left", 2)), 1, "the second person in red from the left"),
        (Expression("person", "red", group=True), 2, "both people in red"),
        (Expression("person", not_color="red"), 1, "the person that is not in red"),
        (
            Expression("car", relation=Relation("front", Expression("person", "blue"))),
            1,
            "the car in front of the person in blue",
        ),
    ):
        said = {say(meant, count, rng) for _ in range(20)}
        assert text in said
        assert all(parse(one, people, COLORS_SAID, SPOKEN_MATERIALS) == meant for one in said)
    assert short_caption(facts(thing(1, "person"), thing(2, "person", x=90))) == "Two people in red."
    assert short_caption(facts(thing(1, "person", "blue"))) == "A person in blue."
