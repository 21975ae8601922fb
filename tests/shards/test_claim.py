"""Resuming a corpus whose catalogues are not what they were: semantic ids must not shift under finished shards."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.compose import _open_stock, class_list, listed_models
from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import Job
from pipeline.farm.worker import check_catalogues
from pipeline.shards.corpus import PACKAGES, claimed
from pipeline.shards.read import CorpusError
from tests.compose import toy_catalogues as toys

MAPPING = "extras: {sideboard: [aquarium]}\nrules:\n  - {name: [aquarium], kind: aquarium}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models/chair").mkdir(parents=True)
    toys.chair().export(tmp_path / "models/chair/a.glb")
    (tmp_path / "m.yaml").write_text(MAPPING)
    return tmp_path / "models"


def job(folder: Path) -> Job:
    """A job as a new process would see the folder now."""
    _open_stock.cache_clear()
    said = f"assets.sources=[plantain, {{kind: files, path: {folder}, categories: {folder.parent / 'm.yaml'}}}]"
    recipe = load_recipe("scenes/living_room.yaml", [said])
    made = Job(recipe, load_render_config("render_configs/raster.yaml"), folder.parent / "corpus", 10)
    return replace(made, classes=class_list(recipe), catalogues=listed_models(recipe))


def claim(work: Job, overwrite: bool = False) -> None:
    with claimed(work.output, work.describe(), work.classes, overwrite, work.catalogues):
        pass


def test_the_same_catalogue_is_resumed(folder: Path) -> None:
    claim(job(folder))
    claim(job(folder))


def test_a_model_of_a_new_class_is_refused_and_both_are_named(folder: Path) -> None:
    claim(job(folder))
    (folder / "aquarium").mkdir()
    toys.card(folder / "aquarium/b.glb")
    with pytest.raises(CorpusError, match="listed 1 models, now 2; the class list is now with aquarium.*restore"):
        claim(job(folder))
    classes = json.loads((folder.parent / "corpus/dataset.json").read_text())["classes"]
    assert "aquarium" not in classes
    claim(job(folder), overwrite=True)


@pytest.mark.parametrize("changed", ["model", "mapping", "texture"])
def test_changed_files_are_refused(folder: Path, changed: str) -> None:
    (folder / "chair/t.png").write_bytes(b"1")
    claim(job(folder))
    if changed == "model":
        toys.chair(1.1).export(folder / "chair/a.glb")
    elif changed == "texture":
        (folder / "chair/t.png").write_bytes(b"2")
    else:
        (folder.parent / "m.yaml").write_text(MAPPING + "longest_m: {chair: [0.1, 0.4]}\n")
    with pytest.raises(CorpusError, match="has changed files"):
        claim(job(folder))


def test_what_is_dealt_out_or_drawn_in_another_order_is_refused(tmp_path: Path) -> None:
    render = load_render_config("render_configs/raster.yaml")
    (tmp_path / "mix.yaml").write_text("name: both\nlayout: mix\nrecipes: {primitives: 1, office: 2}\n")
    (tmp_path / "xim.yaml").write_text("name: both\nlayout: mix\nrecipes: {office: 2, primitives: 1}\n")
    for name in ("primitives", "office"):
        shutil.copy(f"scenes/{name}.yaml", tmp_path)
    splits = (("train", 0.8), ("val", 0.2))
    work = Job(load_recipe(tmp_path / "mix.yaml"), render, tmp_path / "corpus", 10, splits=splits)
    claim(work)
    claim(work)
    with pytest.raises(CorpusError, match=r"settings \(splits are in another order \(train, val; now val, train\)\)"):
        claim(replace(work, splits=splits[::-1]))
    said = r"\(recipe.recipes are in another order \(primitives, office; now office, primitives\)\)"
    with pytest.raises(CorpusError, match=said):
        claim(replace(work, recipe=load_recipe(tmp_path / "xim.yaml")))
    with pytest.raises(CorpusError, match="recipe.recipes.office was 2.0, now 3.0"):
        claim(replace(work, recipe=load_recipe(tmp_path / "mix.yaml", ["recipes.office=3"])))


def test_a_class_list_that_code_changed_is_refused(folder: Path) -> None:
    work = job(folder)
    claim(work)
    with pytest.raises(CorpusError, match="the class list is now with zeppelin"):
        claim(replace(work, classes=(*work.classes, "zeppelin")))


def test_a_worker_with_other_models_in_the_folder_refuses_to_start(folder: Path) -> None:
    work = job(folder)
    check_catalogues(work)
    toys.chair(1.1).export(folder / "chair/b.glb")
    _open_stock.cache_clear()
    with pytest.raises(ConfigError, match=r"has other models there \(2\).*\(1\); give all nodes the same files"):
        check_catalogues(work)


def test_every_package_that_shapes_models_or_pictures_is_noted() -> None:
    assert {"fast-simplification", "scipy", "mujoco", "pillow", "numpy", "trimesh"} <= set(PACKAGES)
