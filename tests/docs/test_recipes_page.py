"""docs/recipes.md is what docs/reference.py makes of the schemas, and says of them what is so."""

import re
from typing import get_args

import pytest
import yaml
from pydantic import TypeAdapter

from pipeline.config import VIEWPOINTS, RenderConfig, SceneRecipe, load_recipe, load_render_config
from pipeline.config.room import EYE_TO_CEILING_M
from pipeline.config.warehouse import EYE_TO_ROOF_M
from pipeline.errors import ConfigError
from tests.conftest import ROOT
from tests.docs.pages import script

PAGE = (ROOT / "docs/recipes.md").read_text()
SECTIONS = dict(re.findall(r"^##+ (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S))
WHOLE = {"room": "room:\n  name: around\n  layout: room\n"}
"""What a recipe of a layout must say besides its name, where it must say anything."""


@pytest.fixture(scope="module")
def reference():
    return script("reference")


def keys_of(section):
    return set(re.findall(r"^\| `(\w+)` \|", SECTIONS[section], re.M))


def test_the_page_is_what_the_schemas_make_of_it(reference):
    assert reference.page() == PAGE, "the schemas have changed: make docs"


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "scenes").glob("*.yaml")))
def test_every_key_of_a_bundled_recipe_is_on_the_page(file):
    recipe = yaml.safe_load((ROOT / "scenes" / file).read_text())
    known = keys_of(f"layout: {recipe['layout']}") | (keys_of("Every recipe") if recipe["layout"] != "mix" else set())
    assert set(recipe) <= known
    for section in ("assets", "instructions", "view"):
        assert set(recipe.get(section) or {}) <= keys_of(section)
    own = f"camera of {recipe['layout']}"
    assert set(recipe.get("camera") or {}) <= keys_of(own if own in SECTIONS else "camera")


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "render_configs").glob("*.yaml")))
def test_every_key_of_a_bundled_preset_is_on_the_page(file):
    preset = yaml.safe_load((ROOT / "render_configs" / file).read_text())
    assert set(preset) <= keys_of(f"renderer: {preset['renderer']}")


@pytest.mark.parametrize("model", get_args(SceneRecipe), ids=lambda model: model.__name__)
def test_a_key_that_is_not_on_the_page_is_refused_and_one_that_is_is_known(model, tmp_path):
    (layout,) = get_args(model.model_fields["layout"].annotation)
    file = tmp_path / "recipe.yaml"
    file.write_text(f"name: some\nlayout: {layout}\n{WHOLE['room'] if layout == 'tabletop' else ''}nonsense: 1\n")
    with pytest.raises(ConfigError) as refused:
        load_recipe(file)
    known = set(re.search(r"known keys: (.*)", str(refused.value))[1].split(", "))
    assert known == keys_of(f"layout: {layout}") | keys_of("Every recipe")


def ranges():
    """(section, key, low, high, whole) of every row that states two bounds."""
    row = re.compile(r"^\| `(\w+)` \| (whole number|number)(?: or \[low, high\])?, ([\d.]+) to ([\d.]+) \|", re.M)
    for section, text in SECTIONS.items():
        if section.startswith(("layout", "renderer")):
            for key, word, low, high in row.findall(text):
                yield section, key, float(low), float(high), word == "whole number"


@pytest.mark.parametrize(("section", "key", "low", "high", "whole"), list(ranges()))
def test_values_are_taken_up_to_the_bounds_that_the_page_states_and_no_farther(
    section, key, low, high, whole, tmp_path
):
    step = 1 if whole else 1e-3
    kind, name = section.split(": ")

    def accepts(value):
        value = round(value) if whole else value
        if kind == "renderer":
            text, load = f'renderer: "{name}"\n', load_render_config
        else:
            text, load = f"name: some\nlayout: {name}\n", load_recipe
            text += WHOLE["room"] if name == "tabletop" else ""
            # Nothing else in the recipe may forbid it: a low camera, and a lamp where there are no windows.
            text += "camera: {height_m: 0.4}\n" if name in ("room", "warehouse") else ""
        file = tmp_path / "some.yaml"
        file.write_text(f"{text}{key}: {value}\n")
        try:
            load(file)
        except ConfigError:
            return False
        return True

    assert accepts(low) and accepts(high)
    assert not accepts(low - step) and not accepts(high + step)


@pytest.mark.parametrize(
    ("section", "layout", "low", "high"),
    [
        ("camera", "room", -85, 85),
        ("camera of primitives", "primitives", 0, 89),
        ("camera of tabletop", "tabletop", 0, 88),
    ],
)
def test_the_pitches_that_the_page_states_in_words_are_those_that_are_taken(section, layout, low, high, tmp_path):
    assert f"between {low} and {high}" in SECTIONS[section]

    def accepts(pitch):
        file = tmp_path / "some.yaml"
        head = f"name: some\nlayout: {layout}\n{WHOLE['room'] if layout == 'tabletop' else ''}"
        file.write_text(f"{head}camera:\n  pitch_deg: {pitch}\n")
        try:
            load_recipe(file)
        except ConfigError:
            return False
        return True

    assert accepts(low + 0.1) and accepts(high - 0.1)
    assert not accepts(low - 0.1) and not accepts(high + 0.1)


def test_the_distances_that_cameras_keep_are_those_of_the_layouts():
    assert f"keeps {EYE_TO_CEILING_M:g} m below" in SECTIONS["layout: room"]
    assert f"keeps {EYE_TO_ROOF_M:g} m below" in SECTIONS["layout: warehouse"]


def test_every_viewpoint_is_listed():
    assert set(VIEWPOINTS) <= keys_of("camera")


def test_every_link_leads_to_a_heading():
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in SECTIONS}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors


def test_the_recipe_at_the_head_of_the_page_is_one():
    text = re.search(r"```yaml\n(.*?)```", PAGE, re.S)[1]
    recipe = TypeAdapter(get_args(SceneRecipe)[0]).validate_python(yaml.safe_load(text))
    assert recipe.shapes == ["sphere"] and recipe.count == (3, 3)


def test_defaults_on_the_page_are_those_of_a_preset_that_says_nothing_else():
    for kind in ("cycles", "raster"):
        preset = TypeAdapter(RenderConfig).validate_python({"renderer": kind}).model_dump()
        rows = re.findall(r"^\| `(\w+)` \| .*? \| `(.*?)` \|", SECTIONS[f"renderer: {kind}"], re.M)
        assert len(rows) >= len(preset) - 1
        for key, default in rows:
            assert yaml.safe_load(default) == preset[key]
