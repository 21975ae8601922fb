"""A corpus in a store is read as one on a disk: by our readers, and by the datasets library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest

from pipeline.shards import store
from pipeline.shards.location import Location, location
from pipeline.shards.read import fingerprint, read_metas, read_samples
from pipeline.shards.sample import to_files
from pipeline.shards.write import write_shard
from tests.finetune.toy import toy_corpus, toy_sample


def uploaded(folder: Path, place: Location) -> Location:
    """A copy of a local corpus in a store."""
    for file in folder.rglob("*"):
        if file.is_file():
            store.put(place / file.relative_to(folder).as_posix(), file.read_bytes())
    return place


def test_samples_from_a_store_are_those_on_the_disk(store_place: Location, tmp_path: Path) -> None:
    ours = toy_corpus(tmp_path / "toy")
    there = uploaded(ours, store_place)
    for one, other in zip(read_samples(ours, "train"), read_samples(there, "train"), strict=True):
        assert one.key == other.key and one.meta == other.meta
        np.testing.assert_array_equal(one.image, other.image)
        assert one.exact and other.exact
        np.testing.assert_array_equal(one.exact["depth"], other.exact["depth"])
    assert list(read_metas(ours, "test")) == list(read_metas(there, "test"))
    assert fingerprint(ours, "train") == fingerprint(there, "train")


def test_the_datasets_library_reads_the_parquet_by_its_url(s3_server: Any, tmp_path: Path) -> None:
    samples = [toy_sample(seed) for seed in range(3)]
    write_shard(location("s3://corpora/hub/shard-000000"), [(one.key, to_files(one)) for one in samples], ["parquet"])
    files = {"train": "s3://corpora/hub/shard-000000.parquet"}
    rows = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))["train"]
    assert [row["key"] for row in rows] == [one.key for one in samples]
    np.testing.assert_array_equal(np.array(rows[1]["depth"].convert("RGB")), samples[1].targets["depth"])


@pytest.mark.parametrize("text", ["s3://corpora/none", "memory://none"])
def test_a_url_without_a_corpus_is_named_by_the_command(s3_server: Any, in_turn: Any, text: str) -> None:
    for done in in_turn(["validate", text], ["inspect", text], ["export", "coco", "--output", "x", text]):
        assert done.returncode == 1
        assert (
            done.stderr
            == f"plantain: {text} is not a corpus: it has no dataset.json; make one with `plantain generate`\n"
        )
