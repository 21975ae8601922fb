import pytest

from pipeline.compose.colors import COLORS
from pipeline.config import ColorName, ConfigError, bundled, load_recipe, load_render_config


@pytest.mark.parametrize("file", sorted(bundled("scenes").glob("*.yaml")), ids=lambda f: f.stem)
def test_shipped_recipes_load(file):
    assert load_recipe(file).name == file.stem


@pytest.mark.parametrize("file", sorted(bundled("render_configs").glob("*.yaml")), ids=lambda f: f.stem)
def test_shipped_presets_load(file):
    assert load_render_config(file).width > 0


def test_colours_a_recipe_may_name_are_the_colours_there_are():
    assert set(ColorName.__args__) == set(COLORS)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("camera.fov_degs=60", ["primitives.yaml", "camera.fov_degs", "did you mean 'fov_deg'"]),
        ("cuont=3", ["cuont", "did you mean 'count'"]),
        ("camera.fov_deg=[60, 50]", ["camera.fov_deg", "smaller number first"]),
        ("camera.fov_deg=500", ["camera.fov_deg", "140", "500"]),
        ("camera.pitch_deg=[-5, 20]", ["camera.pitch_deg", "above the ground"]),
        ("size_m=-1", ["size_m", "greater than 0", "-1"]),
        ("colors=[mauve]", ["colors", "mauve"]),
        ("layout=castle", ["layout", "primitives", "room"]),
        ("count.deep=1", ["count"]),
        ("count", ["key=value"]),
    ],
)
def test_a_bad_value_gets_one_line_with_file_key_value_and_remedy(override, words):
    with pytest.raises(ConfigError) as caught:
        load_recipe("scenes/primitives.yaml", [override])
    text = str(caught.value)
    assert "\n" not in text
    for word in words:
        assert word in text


def test_a_single_number_stands_for_a_range():
    assert load_recipe("scenes/primitives.yaml", ["camera.fov_deg=60"]).camera.fov_deg == (60, 60)


def test_a_missing_file_names_those_there_are(tmp_path):
    with pytest.raises(ConfigError, match="no such file.*primitives.yaml"):
        load_recipe("scenes/castle.yaml")


def test_broken_yaml_is_one_line(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [1,\nb: }")
    with pytest.raises(ConfigError, match="not valid YAML") as caught:
        load_recipe(tmp_path / "bad.yaml")
    assert "\n" not in str(caught.value)
