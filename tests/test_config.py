import pytest

from pipeline.compose.colors import COLORS
from pipeline.config import ColorName, bundled, load_recipe, load_render_config
from pipeline.errors import ConfigError


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
        ("camera.fov_deg=sixty", ["camera.fov_deg", "must be a number, or a range [low, high] (found 'sixty')"]),
        ("camera.fov=60", ["camera.fov", "did you mean 'fov_deg'"]),
        ("instructions.expressions=3", ["instructions.expressions: must be a list (found 3)"]),
        ("name=Living Room", ["name: must be small letters, digits and _, a letter first (found 'Living Room')"]),
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


def test_a_key_of_scenes_is_refused_in_a_mix_with_where_it_belongs():
    with pytest.raises(
        ConfigError, match=r"mix.yaml: camera: is no key of a mix; write it in the recipes that it names"
    ):
        load_recipe("scenes/mix.yaml", ["camera.fov_deg=60"])


def test_a_number_in_words_is_refused_in_words():
    with pytest.raises(ConfigError, match=r"width: must be a whole number, written in digits \(found '1e3'\)"):
        load_render_config("scenes/../render_configs/raster.yaml", ["width=1e3"])


def test_a_single_number_stands_for_a_range():
    assert load_recipe("scenes/primitives.yaml", ["camera.fov_deg=60"]).camera.fov_deg == (60, 60)


def test_a_single_entry_stands_for_a_list():
    assert load_recipe("scenes/living_room.yaml", ["light=day"]).light == ["day"]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("furniture.sofaa=1", ["furniture.sofaa: unknown key", "did you mean 'sofa'?", "coffee_table"]),
        ("light=noon", ["light.0", "must be one of day, overcast, evening, night", "'noon'"]),
        ("camera.pitch_deg=90", ["camera.pitch_deg", "between -85", "90"]),
        ("camera.pitch_deg=[-95, 0]", ["camera.pitch_deg", "between -85"]),
        ("camera.height_m=2.4", ["camera.height_m", "below the ceiling", "2.45"]),
        ("width_m=[1, 4]", ["width_m", "1.2 to 30 m", "[1, 4]"]),
        ("windows=4", ["windows", "0 to 3", "4"]),
        ("camera=3", ["camera", "keys", "3"]),
    ],
)
def test_a_bad_value_in_a_room_gets_one_line_with_key_value_and_remedy(override, words):
    with pytest.raises(ConfigError) as caught:
        load_recipe("scenes/living_room.yaml", [override])
    text = str(caught.value)
    assert "\n" not in text
    for word in words:
        assert word in text


def test_a_fault_of_several_keys_names_them_and_not_the_whole_recipe():
    with pytest.raises(ConfigError) as caught:
        load_recipe("scenes/living_room.yaml", ["windows=0", "furniture={sofa: 1.0}"])
    text = str(caught.value)
    assert text.startswith("scenes/living_room.yaml: windows: ")
    assert "floor_lamp" in text
    assert "found" not in text


def test_only_a_near_key_is_suggested():
    with pytest.raises(ConfigError) as caught:
        load_recipe("scenes/living_room.yaml", ["zzzzz=1"])
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize(
    "path", ["elsewhere/scenes/primitives.yaml", "/elsewhere/scenes/primitives.yaml", "primitives.yaml"]
)
def test_only_the_shipped_relative_path_stands_for_a_shipped_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_recipe("scenes/primitives.yaml").name == "primitives"
    with pytest.raises(ConfigError, match="no such file.*primitives.yaml"):
        load_recipe(path)


def test_a_missing_preset_names_presets_not_recipes(tmp_path):
    with pytest.raises(ConfigError, match="raster.yaml") as caught:
        load_render_config(tmp_path / "nowhere" / "rastr.yaml")
    assert "living_room" not in str(caught.value)


def test_a_key_written_twice_is_refused_with_its_line(tmp_path):
    (tmp_path / "twice.yaml").write_text("name: a\nlayout: room\ncamera:\n  fov_deg: 60\n  fov_deg: 70\n")
    with pytest.raises(ConfigError, match="line 5.*'fov_deg' is written twice"):
        load_recipe(tmp_path / "twice.yaml")


def test_what_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("name: caf\xe9".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_recipe(tmp_path / "latin.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        load_recipe(tmp_path)


def test_a_missing_file_names_those_there_are(tmp_path):
    with pytest.raises(ConfigError, match="no such file.*primitives.yaml"):
        load_recipe("scenes/castle.yaml")


def test_broken_yaml_is_one_line(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [1,\nb: }")
    with pytest.raises(ConfigError, match="not valid YAML") as caught:
        load_recipe(tmp_path / "bad.yaml")
    assert "\n" not in str(caught.value)


MIX = "name: both\nlayout: mix\nrecipes: {%s}\n"


@pytest.mark.parametrize(
    ("recipes", "words"),
    [
        ("prim: 1", ["recipes.prim", "no such file"]),
        ("one: 0", ["all weights are 0"]),
        ("one: -1", ["recipes.one", "greater than or equal to 0", "-1"]),
        ("one: 1, again: 1", ["two of them are named 'one'"]),
    ],
)
def test_a_bad_mix_gets_one_line(tmp_path, recipes, words):
    for file in ("one", "again"):
        (tmp_path / f"{file}.yaml").write_text("name: one\nlayout: primitives\n")
    (tmp_path / "mix.yaml").write_text(MIX % recipes)
    with pytest.raises(ConfigError) as caught:
        load_recipe(tmp_path / "mix.yaml")
    assert "\n" not in str(caught.value)
    for word in ["mix.yaml", *words]:
        assert word in str(caught.value)


def test_what_a_mix_says_of_assets_and_instructions_holds_for_all_its_recipes(tmp_path):
    (tmp_path / "one.yaml").write_text("name: one\nlayout: primitives\ncount: 2\n")
    (tmp_path / "mix.yaml").write_text(MIX % "one: 1")
    mix = load_recipe(tmp_path / "mix.yaml", ["instructions.palette=fixed"])
    assert mix.members["one"].instructions.palette == "fixed"
    assert mix.members["one"].count == (2, 2)


@pytest.mark.parametrize(
    ("member", "words"),
    [
        ("{name: one, layout: primitives, cout: 2}", ["members.one.cout: unknown key; did you mean 'count'?"]),
        ("{name: one, layout: room, wals: 2}", ["members.one.wals: unknown key", "known keys: ", "clutter"]),
        (
            "{name: one, layout: room, furniture: {sofaa: 1}}",
            ["members.one.furniture.sofaa: unknown key; did you mean 'sofa'?"],
        ),
        ("{name: one, layout: room, clutter: 7}", ["members.one.clutter: ", "(found 7)"]),
        ("{name: one}", ["members.one: layout: must be one of primitives, room, street"]),
    ],
)
def test_a_fault_in_a_member_of_a_mix_is_told_by_the_keys_of_the_file(tmp_path, member, words):
    (tmp_path / "mix.yaml").write_text(MIX % "one: 1" + f"members: {{one: {member}}}\n")
    with pytest.raises(ConfigError) as caught:
        load_recipe(tmp_path / "mix.yaml")
    for word in ["mix.yaml: ", *words]:
        assert word in str(caught.value)
    assert "mix" not in str(caught.value).removeprefix(str(tmp_path / "mix.yaml"))


def test_a_section_that_is_left_empty_takes_settings(tmp_path):
    (tmp_path / "one.yaml").write_text("name: one\nlayout: primitives\ncount: 2\ncamera:\n")
    assert load_recipe(tmp_path / "one.yaml", ["camera.fov_deg=50"]).camera.fov_deg == (50, 50)
