import json
import tarfile

import datasets
import numpy as np
import pytest
import webdataset

from pipeline.shards.read import CorpusError, read_samples
from pipeline.shards.sample import TASKS, from_files, to_files


def test_a_sample_survives_its_files(small_corpus):
    for sample in list(read_samples(small_corpus, "train"))[:3]:
        again = from_files(sample.key, to_files(sample))
        np.testing.assert_array_equal(again.image, sample.image)
        for task in TASKS:
            np.testing.assert_array_equal(again.targets[task], sample.targets[task])
        for name, values in sample.exact.items():
            np.testing.assert_array_equal(again.exact[name], values)
        assert again.meta == sample.meta


def test_the_datasets_library_shows_the_parquet_as_images(small_corpus, tmp_path):
    files = {split: str(small_corpus / split / "*.parquet") for split in ("train", "val", "test")}
    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 24, "val": 3, "test": 3}
    row = loaded["train"][0]
    for name in ("image", *TASKS):
        assert row[name].size == (64, 64)
    ours = next(read_samples(small_corpus, "train"))
    np.testing.assert_array_equal(np.array(row["depth"].convert("RGB")), ours.targets["depth"])
    assert json.loads(row["json"])["key"] == row["key"] == ours.key


def test_the_dataset_card_lets_the_folder_itself_be_loaded(small_corpus, tmp_path):
    loaded = datasets.load_dataset(str(small_corpus), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 24, "validation": 3, "test": 3}


def test_the_webdataset_library_iterates_the_tars(small_corpus):
    tars = sorted(str(path) for path in (small_corpus / "train").glob("*.tar"))
    rows = list(webdataset.WebDataset(tars, shardshuffle=False).decode("pil"))
    assert len(rows) == 24
    for row, ours in zip(rows, read_samples(small_corpus, "train"), strict=True):
        assert row["__key__"] == ours.key
        np.testing.assert_array_equal(np.array(row["image.png"].convert("RGB")), ours.image)
        assert row["json"]["prompts"]["depth"]


def test_tar_and_parquet_hold_the_same_samples(small_corpus):
    from pipeline.shards.read import read_rows

    for tar in sorted(small_corpus.glob("*/*.tar")):
        assert list(read_rows(tar)) == list(read_rows(tar.with_suffix(".parquet")))


def test_nothing_of_the_machine_or_the_hour_is_in_a_tar(small_corpus):
    with tarfile.open(next(small_corpus.glob("train/*.tar"))) as tar:
        assert {(m.mtime, m.uid, m.gid, m.uname, m.gname) for m in tar} == {(0, 0, 0, "", "")}


@pytest.mark.parametrize("suffix", [".parquet", ".tar"])
def test_a_damaged_shard_is_named_in_one_line(small_corpus, tmp_path, suffix):
    from pipeline.shards.read import read_rows

    data = bytearray((small_corpus / "train" / f"shard-000000{suffix}").read_bytes())
    broken = tmp_path / f"broken{suffix}"
    broken.write_bytes(data[: len(data) // 2])
    with pytest.raises(CorpusError, match=r"broken.*damaged") as caught:
        list(read_rows(broken))
    assert "\n" not in str(caught.value)


def test_a_missing_corpus_and_a_missing_split_are_named(small_corpus, tmp_path):
    with pytest.raises(CorpusError, match="not a corpus"):
        list(read_samples(tmp_path, "train"))
    with pytest.raises(CorpusError, match="no split 'dev'.*train"):
        list(read_samples(small_corpus, "dev"))
