"""What a corpus says of the models it shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, generate
from pipeline.shards.read import read_samples
from pipeline.shards.validate import validate_corpus
from tests.compose import toy_catalogues as toys

pytest.importorskip("ray")


@pytest.fixture(scope="module")
def corpora(own_ray: None, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same eight views under photographed skies, made by one worker and by two."""
    skies = tmp_path_factory.mktemp("skies")
    for name, level in (("noon", 2.0), ("dull", 0.5)):
        toys.panorama(skies / f"{name}.exr", level=level)
    (skies / "index.json").write_text(json.dumps([{"file": "noon.exr", "license": "CC-BY 4.0", "author": "Ada"}]))
    (skies / "broken.hdr").write_bytes(b"no picture")
    recipe = load_recipe("scenes/primitives.yaml", [f"assets.sources=hdri:{skies}"])
    render = load_render_config("render_configs/preview.yaml", ["width=48", "height=48"])
    folders = [tmp_path_factory.mktemp("corpora") / f"by_{workers}" for workers in (1, 2)]
    for workers, folder in enumerate(folders, start=1):
        generate(Job(recipe, render, folder, 8, splits=(("train", 1.0),), shard_size=2, exact=False), workers=workers)
    return folders


def test_dataset_json_names_exactly_the_assets_that_views_show(corpora: list[Path]) -> None:
    shown = set()
    for sample in read_samples(corpora[0], "train"):
        shown |= {row["source"] for row in sample.meta["instances"]} | {sample.meta["environment"]}
    info = json.loads((corpora[0] / "dataset.json").read_text())
    rows = {row["source"]: row for row in info["asset_licences"]}
    assert set(rows) == shown | {"plantain"} and len(shown) > 1
    noon = next(row for source, row in rows.items() if source.endswith("#noon"))
    assert (noon["licence"], noon["author"]) == ("CC-BY-4.0", "Ada")
    assert "CC-BY-4.0" in (corpora[0] / "README.md").read_text()


def test_a_broken_asset_is_listed_and_stops_nothing(corpora: list[Path]) -> None:
    info = json.loads((corpora[0] / "dataset.json").read_text())
    assert [row["source"].rpartition("#")[2] for row in info["broken_assets"]] == ["broken"]


def test_attribution_is_the_same_for_any_number_of_workers(corpora: list[Path]) -> None:
    for file in ("dataset.json", "README.md", "train/manifest.json"):
        assert (corpora[0] / file).read_bytes() == (corpora[1] / file).read_bytes()


def test_validate_misses_a_model_that_is_not_credited(corpora: list[Path]) -> None:
    assert validate_corpus(corpora[1], workers=1).faults == []
    path = corpora[1] / "dataset.json"
    info = json.loads(path.read_text())
    removed = info["asset_licences"].pop()
    path.write_text(json.dumps(info))
    assert any(removed["source"] in fault for fault in validate_corpus(corpora[1], workers=1).faults)
