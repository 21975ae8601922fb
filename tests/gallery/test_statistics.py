"""What `inspect` counts is what an independent look at the files finds."""

import json
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import datasets
import numpy as np
import pytest

from pipeline.gallery import statistics
from pipeline.gallery.statistics import (
    NOTICED,
    Tally,
    depth_percentiles,
    inspect_corpus,
    tally_shard,
)
from pipeline.shards.read import CorpusError, read_samples, shard_files
from pipeline.shards.sample import Sample


@pytest.fixture(scope="module")
def found(small_corpus):
    return inspect_corpus(small_corpus, workers=2)


@pytest.fixture(scope="module")
def rows(small_corpus):
    files = [str(path) for path in sorted(small_corpus.glob("*/*.parquet"))]
    return datasets.load_dataset("parquet", data_files=files)["train"]


def test_views_things_and_categories_are_those_the_datasets_library_reads(found, rows):
    metas = [json.loads(row["json"]) for row in rows]
    seen = [[r for r in m["instances"] if r["thing"] and r["pixels"] >= NOTICED * 64 * 64] for m in metas]
    assert found["all"]["views"] == len(metas) == 30
    assert found["all"]["things_per_view"]["50"] == np.median([len(things) for things in seen])
    expected = Counter(row["category"] for things in seen for row in things)
    assert {name: n["instances"] for name, n in found["all"]["categories"].items()} == expected
    assert sum(found["all"]["materials"].values()) == sum(expected.values())
    assert found["recipes"].keys() == {"primitives"}


def test_mean_brightness_is_that_of_the_pictures(found, rows):
    weights = np.array([0.2126, 0.7152, 0.0722])
    luma = np.mean([np.asarray(row["image"], float) @ weights for row in rows])
    assert found["all"]["mean_brightness"] == pytest.approx(luma, abs=256 / 32 / 4)


def test_depth_percentiles_are_those_of_all_pixels(found, small_corpus):
    metres = [
        sample.exact["depth"] for split in ("train", "val", "test") for sample in read_samples(small_corpus, split)
    ]
    pixels = np.concatenate([depth[np.isfinite(depth)] for depth in metres])
    for percent, value in found["all"]["depth_m"].items():
        assert value == pytest.approx(np.percentile(pixels, int(percent)), rel=0.01)


def test_labels_read_from_targets_give_nearly_the_same_depths(small_corpus):
    path = next(shard_files(small_corpus, "train"))
    whole = tally_shard(path)["primitives"]
    painted = Tally()
    for sample in list(read_samples(small_corpus, "train"))[: whole.views]:
        painted.add(Sample(sample.key, sample.image, sample.targets, sample.meta, exact=None))
    for percent, value in depth_percentiles(whole.depth).items():
        assert depth_percentiles(painted.depth)[percent] == pytest.approx(value, rel=0.03)


@pytest.mark.parametrize(
    ("normal", "way"),
    [
        ((0, 1, 0), "up"),
        ((0, -1, 0), "down"),
        ((0, 0, 1), "viewer"),
        ((0.9, 0, 0.1), "right"),
        ((-0.9, 0, 0.1), "left"),
    ],
)
def test_a_surface_is_counted_the_way_it_faces(normal, way, small_corpus):
    sample = next(iter(read_samples(small_corpus, "train")))
    bent = np.broadcast_to(np.asarray(normal, np.float32) / np.linalg.norm(normal), (64, 64, 3))
    tally = Tally()
    tally.add(Sample(sample.key, sample.image, sample.targets, sample.meta, sample.exact | {"normals": bent}))
    assert tally.summary()["facing"] == {name: float(name == way) for name in ("up", "down", "viewer", "left", "right")}


def test_tallies_add_up_whatever_the_number_of_processes(small_corpus, found):
    assert inspect_corpus(small_corpus, workers=1) == found


def test_what_a_shard_shows_is_dropped_once_it_is_counted(small_corpus, monkeypatch):
    made, alive = [], []

    def tally_one(path):
        tally = Tally(views=1, things=[1], kinds=[1])
        made.append(weakref.ref(tally))
        return {"primitives": tally}

    def progress(done, note="", total=None):
        if done == total:
            alive.append(sum(tally() is not None for tally in made))

    monkeypatch.setattr(statistics, "tally_shard", tally_one)
    monkeypatch.setattr(statistics, "ProcessPoolExecutor", lambda workers, context: ThreadPoolExecutor(workers))
    shards = inspect_corpus(small_corpus, workers=1, on_progress=progress)["all"]["views"]
    assert shards == len(made) > 2
    assert alive == [1]


def test_refused_views_are_counted_by_kind(small_corpus, found):
    noted = Counter(
        refusal["kind"]
        for manifest in Path(small_corpus).glob("*/manifest.json")
        for shard in json.loads(manifest.read_text())["shards"]
        for refusal in shard["rejected"]
    )
    assert found["rejected"].get("primitives", {}) == noted


def test_a_folder_that_is_no_corpus_is_named(tmp_path):
    with pytest.raises(CorpusError, match="not a corpus"):
        inspect_corpus(tmp_path)


def test_the_command_prints_the_table_and_writes_the_file(plantain, small_corpus, tmp_path):
    done = plantain("inspect", small_corpus, "--output", tmp_path / "statistics.json")
    assert done.returncode == 0, done.stderr
    assert "primitives" in done.stdout and "materials" in done.stdout
    assert json.loads((tmp_path / "statistics.json").read_text())["all"]["views"] == 30
