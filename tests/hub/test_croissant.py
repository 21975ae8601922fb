"""mlcroissant, the reference reader, judges croissant.json."""

import hashlib
import json

import mlcroissant
import numpy as np
import pytest

from pipeline.shards.read import read_samples


@pytest.mark.usefixtures("no_hub")
def test_the_reference_reader_finds_no_fault_and_reads_every_view(command, corpus):
    assert command("card", corpus).returncode == 0
    dataset = mlcroissant.Dataset(corpus / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors and not recommended(dataset)
    for split in ("train", "val", "test"):
        ours = list(read_samples(corpus, split))
        records = list(dataset.records(split))
        assert [record[f"{split}/key"].decode() for record in records] == [sample.key for sample in ours]
        for record, sample in zip(records, ours, strict=True):
            np.testing.assert_array_equal(np.asarray(record[f"{split}/image"].convert("RGB")), sample.image)
            for task, target in sample.targets.items():
                np.testing.assert_array_equal(np.asarray(record[f"{split}/{task}"].convert("RGB")), target)
            assert json.loads(record[f"{split}/json"]) == sample.meta
            assert record[f"{split}/exact"][:4] == b"\x76\x2f\x31\x01"  # OpenEXR's first four


@pytest.mark.usefixtures("no_hub")
def test_every_shard_and_manifest_is_named_with_its_size_and_hash(command, corpus):
    assert command("card", corpus).returncode == 0
    files = [one for one in described(corpus)["distribution"] if one["@type"] == "cr:FileObject"]
    there = sorted(str(p.relative_to(corpus)) for p in corpus.glob("*/*") if p.suffix in (".tar", ".parquet", ".json"))
    assert sorted(one["contentUrl"] for one in files) == there
    for one in files:
        data = (corpus / one["contentUrl"]).read_bytes()
        assert one["sha256"] == hashlib.sha256(data).hexdigest()
        assert one["contentSize"] == f"{len(data)} B"


@pytest.mark.usefixtures("no_hub")
def test_a_published_corpus_is_read_from_its_repository(command, corpus):
    assert command("card", corpus, "--repo", "ada/solids").returncode == 0
    # As if the repository had been fetched.
    dataset = mlcroissant.Dataset(corpus / "croissant.json", mapping={"repo": corpus})
    assert not dataset.metadata.ctx.issues.errors and not recommended(dataset)
    assert described(corpus)["url"] == "https://huggingface.co/datasets/ada/solids"
    assert len(list(dataset.records("train"))) == 6


@pytest.mark.usefixtures("no_hub")
def test_a_corpus_of_tars_alone_is_described_without_records(command, corpus):
    keep_only(corpus, "webdataset", ".tar")
    assert command("card", corpus).returncode == 0
    dataset = mlcroissant.Dataset(corpus / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    assert dataset.metadata.record_sets == []
    assert {one["@id"] for one in described(corpus)["distribution"] if one["@type"] == "cr:FileSet"} == {
        "train.tar", "val.tar", "test.tar",
    }  # fmt: skip


@pytest.mark.usefixtures("no_hub")
def test_of_a_large_corpus_the_manifests_stand_for_the_shards(command, corpus, monkeypatch):
    monkeypatch.setattr("pipeline.hub.croissant.LISTED", 9)
    assert command("card", corpus).returncode == 0
    files = [one for one in described(corpus)["distribution"] if one["@type"] == "cr:FileObject"]
    assert {one["contentUrl"] for one in files} == {f"{split}/manifest.json" for split in ("train", "val", "test")}
    assert len(list(mlcroissant.Dataset(corpus / "croissant.json").records("train"))) == 6


@pytest.mark.usefixtures("no_hub")
def test_writing_it_again_gives_the_same_bytes_and_the_first_date(command, corpus):
    names = ("README.md", "croissant.json", "preview.jpg")
    assert command("card", corpus).returncode == 0
    path = corpus / "croissant.json"
    path.write_text(json.dumps(described(corpus) | {"datePublished": "2026-05-04T00:00:00"}))
    assert command("card", corpus).returncode == 0
    first = {name: (corpus / name).read_bytes() for name in names}
    assert described(corpus)["datePublished"].startswith("2026-05-04")
    assert command("card", corpus).returncode == 0
    assert {name: (corpus / name).read_bytes() for name in names} == first


def described(corpus):
    return json.loads((corpus / "croissant.json").read_text())


def recommended(dataset):
    """What the reader would like to see beside what it demands. A corpus on a disk has no address."""
    return {text for text in dataset.metadata.ctx.issues.warnings if "schema.org/url" not in str(text)}


def keep_only(corpus, kind, suffix):
    """Make it a corpus of one format."""
    info = json.loads((corpus / "dataset.json").read_text())
    info["config"]["formats"] = [kind]
    (corpus / "dataset.json").write_text(json.dumps(info))
    for path in corpus.glob("*/manifest.json"):
        manifest = json.loads(path.read_text())
        for shard in manifest["shards"]:
            shard["files"] = {name: file for name, file in shard["files"].items() if name.endswith(suffix)}
        path.write_text(json.dumps(manifest))
    for path in corpus.glob("*/shard-*"):
        if path.suffix != suffix:
            path.unlink()
