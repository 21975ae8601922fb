"""A corpus alone is enough to make one of its samples again: its dataset.json stands for recipe and preset."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.config import bundled, load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import Job
from pipeline.shards import store
from pipeline.shards.location import location


def dataset_json(folder: Path, scene: str, changes: list[str] | None = None) -> tuple[Path, Job]:
    """What `generate` would write of a job, and the job."""
    recipe = load_recipe(f"scenes/{scene}.yaml", changes)
    job = Job(recipe, load_render_config("render_configs/raster.yaml", ["width=96"]), folder, 4)
    path = folder / "dataset.json"
    path.write_text(json.dumps({"config": job.describe()}))
    return path, job


@pytest.mark.parametrize("scene", ["primitives", "living_room", "warehouse", "mix"])
def test_the_same_recipe_and_preset_come_back_from_a_corpus(tmp_path: Path, scene: str) -> None:
    path, job = dataset_json(tmp_path, scene)
    assert load_recipe(path) == job.recipe
    assert load_render_config(path) == job.render


def test_a_mix_comes_back_without_the_files_it_was_read_from(tmp_path: Path) -> None:
    path, job = dataset_json(tmp_path, "mix", ["instructions.palette=fixed"])
    again = load_recipe(path)
    assert again == job.recipe and list(again.members) == list(job.recipe.members)
    assert {member.instructions.palette for member in again.members.values()} == {"fixed"}


def test_a_corpus_takes_changes_as_a_recipe_does(tmp_path: Path) -> None:
    path, _ = dataset_json(tmp_path, "primitives")
    assert load_recipe(path, ["view.min_depth_range_m=0.7"]).view.min_depth_range_m == 0.7
    with pytest.raises(ConfigError, match=r"dataset\.json: .*unknown key"):
        load_recipe(path, ["view.colour=1"])


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "line 1: not valid JSON"), ("{}", "config.recipe: missing"), ('{"config": {"recipe": 3}}', "missing")],
)
def test_json_that_is_no_corpus_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "dataset.json").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_recipe(tmp_path / "dataset.json")


def test_a_corpus_in_a_store_is_enough_too(tmp_path: Path) -> None:
    path, job = dataset_json(tmp_path, "mix")
    url = "memory://config/corpus/dataset.json"
    store.put(location(url), path.read_bytes())
    assert load_recipe(url) == load_recipe(location(url)) == job.recipe
    assert load_render_config(location(url)) == job.render


def test_a_mix_at_a_url_finds_the_recipes_beside_it(tmp_path: Path) -> None:
    folder = location("memory://config/scenes")
    for file in bundled("scenes").glob("*.yaml"):
        store.put(folder / file.name, file.read_bytes())
    assert load_recipe(folder / "mix.yaml") == load_recipe("scenes/mix.yaml")
    store.remove(folder / "living_room.yaml")
    with pytest.raises(ConfigError, match=r"memory://config/scenes/mix\.yaml: recipes.living_room: no such file"):
        load_recipe(folder / "mix.yaml")


def test_the_command_line_takes_the_url_of_a_corpus(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "memory://nowhere/dataset.json"
    command = ["plantain", "preview", "--scene", url, "--render", url, "--output", "x.png"]
    monkeypatch.setattr(sys, "argv", command)
    assert cli._run() == 2
    assert f"plantain: {url}: no such file" in capsys.readouterr().err
