"""Catalogues as sources of things: what is listed, what it is called, what is drawn."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from pipeline.compose.assets import CATEGORIES
from pipeline.compose.catalogues.entry import admits, licence_id
from pipeline.compose.catalogues.listing import broken_models, open_catalogue
from pipeline.compose.catalogues.mapping import Naming, kind_of, load_mapping
from pipeline.compose.stock import Stock
from pipeline.config import AssetsConfig, load_recipe
from pipeline.errors import ConfigError
from tests.compose import toy_catalogues as toys

KNOWN = frozenset(CATEGORIES)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTAIN_CACHE", str(tmp_path / "cache"))


def stock(*sources: object) -> Stock:
    return Stock(AssetsConfig.model_validate({"sources": list(sources)}))


def test_a_recipe_takes_sources_as_words_or_as_keys() -> None:
    one = load_recipe("scenes/living_room.yaml", ["assets.sources=sh3f"]).assets
    two = load_recipe("scenes/living_room.yaml", ["assets.sources=[plantain, 'files:/a/b']"]).assets
    keys = load_recipe("scenes/living_room.yaml", ["assets.sources={kind: sh3f, weight: 2, licences: CC0}"]).assets
    assert [source.kind for source in one.sources] == ["sh3f"]
    assert [(source.kind, source.path) for source in two.sources] == [("plantain", None), ("files", "/a/b")]
    assert (keys.sources[0].weight, keys.sources[0].licences) == (2.0, ("CC0",))


@pytest.mark.parametrize(
    ("value", "word"), [("sh2f", "did you mean 'sh3f'"), ("files", "needs a folder"), ("plantain:/x", "has no path")]
)
def test_a_bad_source_is_one_line_that_says_what_would_be_right(value: str, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        load_recipe("scenes/living_room.yaml", [f"assets.sources='{value}'"])


def test_a_missing_debian_catalogue_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = str(tmp_path / "furniture")
    monkeypatch.setattr("pipeline.compose.catalogues.DEBIAN", missing)
    monkeypatch.setattr("pipeline.compose.catalogues.sh3f.DEBIAN", missing)
    with pytest.raises(ConfigError, match="apt-get install sweethome3d-furniture"):
        stock("sh3f")


def test_a_sweet_home_catalogue_tells_kind_size_author_and_licence(tmp_path: Path) -> None:
    catalogue = open_catalogue(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    chair = next(entry for entry in catalogue.entries if entry.id == "redChair")
    assert (chair.kind, chair.source, chair.author, chair.licence) == ("chair", "toys#redChair", "Józef", "CC-BY-3.0")
    assert chair.size_m == (0.5, 0.6, 1.0)


def test_doors_and_windows_of_a_catalogue_are_left_to_the_building(tmp_path: Path) -> None:
    catalogue = open_catalogue(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    assert [entry.id for entry in catalogue.entries] == ["redChair", "table"]


def test_a_broken_model_is_passed_over_and_told_once(tmp_path: Path) -> None:
    made = stock(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    with pytest.warns(RuntimeWarning, match="toys#table"):
        asset = made.draw("dining_table", np.random.default_rng(0))
    assert asset.source == "plantain"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made.draw("dining_table", np.random.default_rng(1))
    assert list(made.take_broken()) == ["toys#table"]
    assert made.take_broken() == {}


def test_listing_with_a_check_names_every_broken_model(tmp_path: Path) -> None:
    catalogue = open_catalogue(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    assert [entry.id for entry, _ in broken_models(catalogue)] == ["table"]


def test_what_no_source_has_comes_from_code(tmp_path: Path) -> None:
    made = stock(f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}")
    assert made.draw("chair", np.random.default_rng(0)).source == "toys#redChair"
    assert made.draw("sofa", np.random.default_rng(0)).source == "plantain"


def test_weights_share_out_between_code_and_catalogue(tmp_path: Path) -> None:
    file = str(toys.sh3f(tmp_path / "toys.sh3f"))
    made = stock("plantain", {"kind": "sh3f", "path": file, "weight": 3})
    rng = np.random.default_rng(0)
    drawn = [made.draw("chair", rng).source for _ in range(400)]
    assert 0.68 < np.mean([source != "plantain" for source in drawn]) < 0.82


def test_only_allowed_licences_are_drawn(tmp_path: Path) -> None:
    file = str(toys.sh3f(tmp_path / "toys.sh3f"))
    made = stock({"kind": "sh3f", "path": file, "licences": "CC0"})
    assert made.draw("chair", np.random.default_rng(0)).source == "plantain"


def test_code_alone_draws_what_it_drew_without_the_stock() -> None:
    from pipeline.compose.assets import GENERATORS

    ours, theirs = (
        stock("plantain").draw("chair", np.random.default_rng(5)),
        GENERATORS["chair"](np.random.default_rng(5)),
    )
    assert all((a.mesh.vertices == b.mesh.vertices).all() for a, b in zip(ours.parts, theirs.parts, strict=True))


def test_the_cache_changes_nothing_about_an_asset(tmp_path: Path) -> None:
    source = f"files:{tmp_path / 'models'}"
    (tmp_path / "models").mkdir()
    toys.card(tmp_path / "models" / "box.glb")
    cold = stock(source).draw("box", np.random.default_rng(0))
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 1
    warm = stock(source).draw("box", np.random.default_rng(0))
    for a, b in zip(cold.parts, warm.parts, strict=True):
        assert (a.mesh.vertices == b.mesh.vertices).all() and (a.mesh.uv == b.mesh.uv).all()
        assert (a.material.texture == b.material.texture).all() and (
            a.material.normal_map == b.material.normal_map
        ).all()
        assert (a.material.color, a.material.roughness) == (b.material.color, b.material.roughness)
    assert (cold.surfaces and [vars(s) for s in cold.surfaces]) == (warm.surfaces and [vars(s) for s in warm.surfaces])
    assert (cold.boxes == warm.boxes).all() and cold.attributes == warm.attributes


def test_a_damaged_cache_is_built_again(tmp_path: Path) -> None:
    source = f"sh3f:{toys.sh3f(tmp_path / 'toys.sh3f')}"
    stock(source).draw("chair", np.random.default_rng(0))
    (kept,) = (tmp_path / "cache").glob("*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    assert stock(source).draw("chair", np.random.default_rng(0)).source == "toys#redChair"


def test_an_index_gives_name_category_size_and_licence(tmp_path: Path) -> None:
    toys.card(tmp_path / "a.glb")
    row = {"file": "a.glb", "category": "vase", "size_m": [0.2, 0.1, 0.5], "license": "CC-BY 4.0", "author": "A"}
    (tmp_path / "index.json").write_text(json.dumps({"assets": [row]}))
    made = stock(f"files:{tmp_path}")
    asset = made.draw("vase", np.random.default_rng(0))
    assert np.allclose(asset.size, [0.2, 0.1, 0.5], atol=1e-5)
    assert made.attribution({asset.source})[0]["licence"] == "CC-BY-4.0"
    assert made.attribution({asset.source})[0]["author"] == "A"


@pytest.mark.parametrize("name", ["index.jsonl", "index.csv"])
def test_an_index_may_be_lines_of_json_or_a_table(tmp_path: Path, name: str) -> None:
    toys.card(tmp_path / "a.glb")
    text = '{"file": "a.glb", "category": "vase"}\n' if name.endswith("jsonl") else "file,category\na.glb,vase\n"
    (tmp_path / name).write_text(text)
    assert [entry.kind for entry in open_catalogue(f"files:{tmp_path}").entries] == ["vase"]


def test_an_index_row_without_a_file_is_refused_by_number(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text('[{"name": "x"}]')
    with pytest.raises(ConfigError, match="model 1: has no key `file`"):
        open_catalogue(f"files:{tmp_path}")


def test_without_an_index_folder_and_file_names_tell_the_kind(tmp_path: Path) -> None:
    for file in ("chair/0001/model.glb", "officeChairs/x.glb", "flower_vase.glb", "whatnot.glb"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        toys.card(tmp_path / file)
    kinds = {entry.id: entry.kind for entry in open_catalogue(f"files:{tmp_path}").entries}
    assert kinds["chair/0001/model"] == "chair"
    assert kinds["whatnot"] is None


def test_rules_of_ones_own_come_before_the_shipped_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("rules:\n  - {name: chair, kind: throne}\nextras: {floor: [throne]}\n")
    file = str(toys.sh3f(tmp_path / "toys.sh3f"))
    made = stock({"kind": "sh3f", "path": file, "categories": str(own)})
    assert made.extras("floor") == ("throne",)
    assert "throne" in made.categories and made.categories == tuple(sorted(made.categories))
    drawn = made.draw_extra("throne", np.random.default_rng(0))
    assert drawn is not None and drawn.category == "throne"


@pytest.mark.parametrize(
    ("name", "group", "size", "kind"),
    [
        ("Table", "Living room", (1.4, 0.9, 0.75), "dining_table"),
        ("Table", "Living room", (1.2, 0.7, 0.45), "coffee_table"),
        ("Apple iBook", "Office", (0.28, 0.27, 0.23), "laptop"),
        ("Cup cake", "Kitchen", (0.06, 0.06, 0.08), "cake"),
        ("Ceiling fan", "Miscellaneous", (0.9, 0.8, 0.4), None),
        ("Truck", "Vehicles", (2.9, 21.0, 4.0), None),
        ("leather_armchair2", "", (0.9, 0.9, 0.9), "armchair"),
    ],
)
def test_shipped_rules_name_things_as_people_would(
    name: str, group: str, size: tuple[float, float, float], kind: str | None
) -> None:
    assert kind_of(Naming(name, group, size), load_mapping(None), KNOWN) == kind


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("Public domain", "CC0-1.0"),
        ("Creative Commons Attribution 3.0 Unported license, by X", "CC-BY-3.0"),
        ("CC-BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"),
        ("", "unknown"),
        ("My own terms", "My own terms"),
        ("CC-BY", "CC-BY"),
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CC0", "CC0-1.0"),
        ("CC BY-NC-ND 3.0 US", "CC-BY-NC-ND-3.0-US"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/", "CC-BY-NC-4.0"),
        ("http://creativecommons.org/licenses/by/3.0/us/", "CC-BY-3.0-US"),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("These files are under the Creative Commons Attribution 3.0 United States license", "CC-BY-3.0-US"),
    ],
)
def test_licences_are_known_by_their_spdx_ids(text: str, spdx: str) -> None:
    assert licence_id(text) == spdx


@pytest.mark.parametrize(
    "text",
    [
        "Copyright 2020 by John Doe. All rights reserved.",
        "Models made by ACME; internal use only",
        "Not in the public domain",
        "Not under Creative Commons Attribution 4.0",
        "Creative Commons Attribution 4.0, except for commercial use",
        "CC BY 4.0 by ACME, internal use only",
        "Creative Commons",
        "MIT",
        "https://example.com/licenses/by/4.0/",
    ],
)
def test_what_is_no_known_licence_is_said_as_it_was_found(text: str) -> None:
    assert licence_id(text) == text


@pytest.mark.parametrize(
    ("allowed", "licence", "good"),
    [
        ("CC-BY", "CC-BY-3.0", True),
        ("CC-BY", "CC-BY-3.0-US", True),
        ("cc-by", "CC-BY", True),
        ("CC0", "CC0-1.0", True),
        ("CC-BY-3.0", "CC-BY-3.0-US", True),
        ("CC-BY-3.0-US", "CC-BY-3.0", False),
        ("CC-BY-4.0", "CC-BY-3.0", False),
        ("CC-BY-4.0", "CC-BY", False),
        ("CC-BY", "CC-BY-NC-4.0", False),
        ("CC-BY", "CC-BY-SA-4.0", False),
        ("CC", "CC-BY-4.0", False),
        ("CC0", "unknown", False),
        ("Apache", "Apache-2.0", True),
        ("My own terms", "my own terms", True),
    ],
)
def test_an_allowed_licence_admits_its_own_versions_and_nothing_more(allowed: str, licence: str, good: bool) -> None:
    assert admits((allowed,), licence) is good


def test_panoramas_keep_their_light_when_they_are_made_smaller(tmp_path: Path) -> None:
    from pipeline.compose.catalogues.hdri import read_panorama

    toys.panorama(tmp_path / "sky.hdr", 256)
    small, whole = read_panorama(str(tmp_path / "sky.hdr"), 64), read_panorama(str(tmp_path / "sky.hdr"), 256)
    assert small.shape == (64, 128, 3)
    assert np.allclose(small.mean(), whole.mean(), rtol=1e-4)


def test_a_panorama_names_its_source_and_licence_and_lights_the_primitives(tmp_path: Path) -> None:
    from pipeline.compose import compose

    sky = tmp_path / "skies"
    sky.mkdir()
    toys.panorama(sky / "noon.exr")
    (sky / "noon.json").write_text('{"licence": "CC0", "author": "B"}')
    recipe = load_recipe("scenes/primitives.yaml", [f"assets.sources=hdri:{sky}"])
    scene = compose(recipe, 0, 64, 64)
    assert scene.background.source == "skies#noon"
    assert stock(f"hdri:{sky}").attribution({"skies#noon"})[0]["licence"] == "CC0-1.0"
    assert stock("plantain").panorama(np.random.default_rng(0)) is None


@pytest.mark.parametrize(("time", "source"), [("day", "skies#noon"), ("dusk", "plantain")])
def test_a_panorama_lights_a_garden_by_day_only(tmp_path: Path, time: str, source: str) -> None:
    from pipeline.compose import compose

    sky = tmp_path / "skies"
    sky.mkdir()
    toys.panorama(sky / "noon.exr")
    recipe = load_recipe("scenes/yard.yaml", [f"assets.sources=hdri:{sky}", f"light={time}"])
    assert compose(recipe, 1, 64, 64).background.source == source


def test_a_picture_that_is_no_panorama_is_passed_over(tmp_path: Path) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "a.hdr"), np.ones((64, 64, 3), np.float32))
    toys.panorama(tmp_path / "b.hdr")
    with pytest.warns(RuntimeWarning, match="twice as wide as high"):
        drawn = {stock(f"hdri:{tmp_path}").panorama(np.random.default_rng(k)).source for k in range(6)}
    assert drawn == {f"{tmp_path.name}#b"}
