"""A corpus of several recipes is one corpus: one class list, keys that tell the recipe, rules of each."""

import json

import pytest

from pipeline.shards.read import read_info, read_metas


@pytest.fixture(scope="module")
def mixed(plantain, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mix")
    (folder / "solids.yaml").write_text("name: solids\nlayout: primitives\nview: {min_depth_range_m: 0.6}\n")
    (folder / "room.yaml").write_text("name: room\nlayout: room\nview: {min_instance_pixels: 0.01}\n")
    (folder / "both.yaml").write_text(
        "name: both\nlayout: mix\nrecipes: {solids: 1, room.yaml: 1, absent: 0}\ninstructions: {palette: fixed}\n"
    )
    output = folder / "corpus"
    done = plantain(
        "generate", "--scene", folder / "both.yaml", "--render", "render_configs/raster.yaml", "--set", "render.width=64",
        "--set", "render.height=64", "--samples", 16, "--shard-size", 4, "--output", output, "--splits", "train=1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return output


def test_every_sample_says_which_recipe_made_it(mixed):
    metas = list(read_metas(mixed, "train"))
    assert {meta["recipe"] for meta in metas} == {"solids", "room"}
    assert all(meta["key"] == f"{meta['recipe']}-0-{meta['index']:08d}" for meta in metas)


def test_all_recipes_share_one_class_list(mixed):
    classes = read_info(mixed)["classes"]
    assert {"torus", "ground", "sofa", "floor"} <= set(classes)
    for meta in read_metas(mixed, "train"):
        for row in meta["codecs"]["semantic"]["palette"][1:]:
            assert classes[row["id"]] == row["class"]


def test_the_corpus_is_valid_and_says_what_each_recipe_gave(plantain, mixed):
    done = plantain("validate", mixed)
    assert done.returncode == 0, done.stdout
    assert "16 samples checked, 0 faults" in done.stdout
    done = plantain("inspect", mixed)
    assert done.returncode == 0, done.stderr
    statistics = json.loads((mixed / "statistics.json").read_text())
    assert statistics["recipes"].keys() == {"solids", "room"}
    assert sum(part["views"] for part in statistics["recipes"].values()) == statistics["all"]["views"] == 16
