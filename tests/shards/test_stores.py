"""Corpora on a disk, in memory and in S3: the same files, whole or not there, whatever interrupts."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.farm.maker import fault_of
from pipeline.shards import corpus, journal, store
from pipeline.shards.location import Location, location
from pipeline.shards.manifest import indented
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows, shard_files
from pipeline.shards.retries import StoreError
from pipeline.shards.validate import _manifest_faults
from pipeline.shards.write import digest, write_shard
from tests.shards import toy_runs as toys


def everything(folder: Location) -> dict[str, bytes]:
    """All files of a corpus by their paths in it."""
    found = {}
    for name in store.listing(folder):
        if store.size(folder / name) is None:
            found |= {f"{name}/{inner}": data for inner, data in everything(folder / name).items()}
        else:
            found[name] = store.get(folder / name)
    return found


def test_a_corpus_is_the_same_wherever_it_is_written(place: Location, tmp_path: Path) -> None:
    toys.run(place)
    toys.run(tmp_path / "other")
    files = everything(place)
    assert files == everything(tmp_path / "other")
    assert sorted(files) == sorted(
        ["README.md", "dataset.json", "train/manifest.json", "val/manifest.json"]
        + [f"{split}/shard-{n:06d}{suffix}" for split, shards in toys.SPLITS.items() for n in range(shards) for suffix in (".tar", ".parquet")]
    )  # fmt: skip


def test_what_was_written_is_read_back_from_either_format(place: Location) -> None:
    toys.run(place)
    for path in shard_files(place, "train"):
        number = int(path.name[6:12])
        assert list(read_rows(path)) == toys.rows("train", number)
        assert list(read_rows(path.with_suffix(".tar"))) == toys.rows("train", number)
        only = [files.keys() for _, files in read_rows(path.with_suffix(".tar"), ["depth", "json"])]
        assert only == [{"depth.png", "json"}] * 2
    manifest = read_manifest(place, "train")
    assert (manifest["samples"], manifest["rejected"], len(manifest["shards"])) == (6, 3, 3)
    for shard in manifest["shards"]:
        assert all(digest(place / "train" / file) == claimed for file, claimed in shard["files"].items())
    assert list(_manifest_faults(place / "train", manifest)) == []


def test_an_overwritten_corpus_holds_nothing_of_the_old_one(place: Location, tmp_path: Path) -> None:
    toys.run(place, seed=1)
    for name in ("statistics.json", "gallery.html", "croissant.json", "preview.jpg"):
        store.put(place / name, b"of the old one")
    with pytest.raises(CorpusError, match="other settings"):
        toys.run(place, seed=2)
    toys.run(place, seed=2, overwrite=True)
    toys.run(tmp_path / "other", seed=2)
    assert everything(place) == everything(tmp_path / "other")


def test_a_store_is_asked_to_remove_an_old_corpus_in_a_handful_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    place = location("memory://corpora/thousands")
    toys.run(place, seed=1)
    for name in ("run.json", "statistics.json", "gallery.html", "croissant.json", "preview.jpg"):
        store.put(place / name, b"of the old one")
    for number in range(1200):
        store.put(place / f"train/shard-{number:06d}.tar", b"")
    asked: list[list[str]] = []
    rm, remove, by_itself = place.fs.rm, store.remove, []
    monkeypatch.setattr(place.fs, "rm", lambda paths: asked.append(paths) or rm(paths))
    monkeypatch.setattr(store, "remove", lambda file: by_itself.append(file.name) or remove(file))
    toys.run(place, seed=2, overwrite=True)
    # What tells of the shards, those of both splits, and in the end the new run's journal.
    assert [len(paths) for paths in asked] == [7, 1000, 203, 4, 1]
    assert {name for name in asked[0] if name.endswith("manifest.json")} == {
        f"/corpora/thousands/{split}/manifest.json" for split in toys.SPLITS
    }
    assert by_itself == ["lock.json"]


def test_a_stopped_run_is_resumed_where_it_was_and_ends_the_same(place: Location, tmp_path: Path) -> None:
    with pytest.raises(toys.Killed):
        toys.run(place, before=toys.kill_at("val", 1))
    with pytest.raises(CorpusError, match="unfinished"):
        read_manifest(place, "train")
    there = toys.run(place)
    assert there == [f"train/shard-{n:06d}" for n in range(3)] + ["val/shard-000000"]
    toys.run(tmp_path / "other")
    assert everything(place) == everything(tmp_path / "other")
    assert len(toys.run(place)) == 5
    assert everything(place) == everything(tmp_path / "other")


def test_a_shard_that_is_not_as_recorded_is_moved_aside_and_made_again(place: Location, tmp_path: Path) -> None:
    toys.run(place)
    store.put(place / "train/shard-000001.tar", b"cut short")
    store.remove(place / "val/shard-000000.parquet")
    there = toys.run(place)
    assert there == ["train/shard-000000", "train/shard-000002", "val/shard-000001"]
    assert store.get(place / "train/shard-000001.tar.damaged") == b"cut short"
    store.remove(place / "train/shard-000001.tar.damaged")
    toys.run(tmp_path / "other")
    assert everything(place) == everything(tmp_path / "other")


def test_a_shard_that_cannot_be_read_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "corpus"
    toys.run(place)

    def failing(path: Path) -> Any:
        if path == place / "train/shard-000001.tar":
            raise OSError(errno.EIO, "Input/output error")
        return digest(path)

    monkeypatch.setattr("pipeline.shards.manifest.digest", failing)
    there = toys.run(place)
    assert there == ["train/shard-000000", "train/shard-000002", "val/shard-000000", "val/shard-000001"]
    assert (place / "train/shard-000001.tar.damaged").is_file() and (place / "train/shard-000001.tar").is_file()


@pytest.mark.parametrize("damaged", [b'{"runs": [', b"[]", b'{"runs": 1}'])
def test_a_damaged_account_of_earlier_runs_is_moved_aside(place: Location, damaged: bytes) -> None:
    toys.run(place)
    store.put(place / "run.json", damaged)
    toys.run(place)
    assert store.get(place / "run.json.damaged") == damaged and not store.exists(place / "run.json")
    store.put(place / "run.json", b'{"runs": []}')
    toys.run(place)
    assert store.get(place / "run.json") == b'{"runs": []}'


def test_a_folder_of_something_else_is_never_touched(place: Location) -> None:
    store.make_folder(place)
    store.put(place / "thesis.txt", b"years of work")
    for overwrite in (False, True):
        with pytest.raises(CorpusError, match="no corpus of ours"):
            toys.run(place, overwrite=overwrite)
    assert everything(place) == {"thesis.txt": b"years of work"}


def test_a_shard_that_the_driver_cannot_see_is_not_noted(place: Location, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/train").mkdir(parents=True)
    entry = toys.make_shard(tmp_path / "elsewhere", "train", 0)
    with corpus.claimed(place, toys.config(), toys.CLASSES, False, {}) as notes:
        with pytest.raises(CorpusError, match="on storage all nodes share"):
            notes.append("train", entry)
        assert list(corpus.finished(place, ["train"])) == []


def test_manifests_are_not_written_before_every_sample_is_recorded(place: Location) -> None:
    with corpus.claimed(place, toys.config(), toys.CLASSES, False, {}) as notes:
        notes.append("train", toys.make_shard(place, "train", 0))
        notes.flush()
        with pytest.raises(CorpusError, match="2 of 10 samples are recorded"):
            corpus.write_manifests(place, toys.SPLITS)


def test_a_store_is_told_of_finished_shards_in_parts(store_place: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "FLUSH_ENTRIES", 2)
    seen: list[int] = []

    def look(notes: journal.Journal, split: str, number: int) -> None:
        seen.append(len([name for name in store.listing(store_place / ".progress") if name.startswith("journal-")]))

    toys.run(store_place, before=look)
    assert seen == [0, 0, 1, 1, 2]


def test_a_journal_whose_last_line_was_cut_is_read_up_to_there_and_written_on(tmp_path: Path) -> None:
    with pytest.raises(toys.Killed):
        toys.run(tmp_path / "a", before=toys.kill_at("train", 2))
    file = tmp_path / "a/.progress/journal.jsonl"
    whole = file.read_bytes()
    for cut in (1, 30, len(whole.splitlines(True)[1]) - 1):
        file.write_bytes(whole[:-cut])
        with pytest.raises(toys.Killed):
            toys.run(tmp_path / "a", before=toys.kill_at("train", 2))
        assert file.read_bytes() == whole
    file.write_bytes(b"nonsense\n" + whole)
    with pytest.raises(CorpusError, match=r"journal\.jsonl: damaged; pass --overwrite"):
        toys.run(tmp_path / "a")


@pytest.mark.parametrize(
    "value",
    [{}, [], {"a": []}, {"a": {}, "b": [1, "ü\n"]}, [[{"a": None}, {"b": [True, 1.5e-9]}], "x"], {"a": {"b": {"c": 1}}, "d": 'q"'}],
)  # fmt: skip
def test_a_manifest_is_printed_as_json_prints_it(value: Any) -> None:
    assert indented(value, 0) == json.dumps(value, indent=1)
    assert "[\n " + indented(value, 1) + "\n]" == json.dumps([value], indent=1)


@pytest.mark.parametrize("printed", [True, False])
def test_the_manifest_is_that_of_the_json_module_and_is_read_in_any_print(place: Location, printed: bool) -> None:
    toys.run(place)
    manifest = read_manifest(place, "train")
    assert store.get(place / "train/manifest.json").decode() == json.dumps(manifest, indent=1) + "\n"
    if not printed:
        store.put(place / "train/manifest.json", json.dumps(manifest).encode())
    assert [entry for split, entry in corpus.finished(place, ["train"])] == manifest["shards"]


@pytest.mark.parametrize(
    "damage", [lambda text: text[: len(text) // 2], lambda text: text.replace('"files"', '"fils"')]
)
def test_a_damaged_manifest_stops_a_resume_with_its_name(tmp_path: Path, damage: Any) -> None:
    toys.run(tmp_path / "a")
    path = tmp_path / "a/train/manifest.json"
    path.write_text(damage(path.read_text()))
    with pytest.raises(CorpusError, match=r"train/manifest\.json: damaged; pass --overwrite"):
        toys.run(tmp_path / "a")


def test_the_assets_of_all_shards_are_credited(place: Location) -> None:
    toys.run(place)
    info = read_info(place)
    assert [row["source"] for row in info["asset_licences"]] == ["plantain", "files:models#1", "files:models#2"]
    assert info["broken_assets"] == [{"source": "files:models#x", "reason": "no mesh"}]


@pytest.mark.parametrize(
    ("text", "path"),
    [("output/x", "output/x"), ("file:///a/b%20c", "/a/b c"), ("file://localhost/a", "/a"), ("s:x", "s:x")],
)
def test_paths_and_file_urls_are_paths(text: str, path: str) -> None:
    assert location(text) == Path(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s4://bucket/x", "s4://bucket/x: unknown protocol 's4'"),
        ("file://server/share", "names no host; write file:///server/share"),
        ("memory://", "names no folder"),
        ("s3://bucket", "names no folder; write s3://bucket/folder"),
        ("", "an empty path; name a folder"),
    ],
)
def test_a_place_that_cannot_be_is_named_in_one_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        location(text)


def test_a_missing_driver_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(
        ConfigError, match=r"driver of gs:// is not installed; run: pip install '\.\[gcs\]' in Plantain's folder"
    ):
        location("gs://bucket/x")


def test_a_missing_driver_without_an_extra_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.sftp", raising=False)
    with pytest.raises(ConfigError, match="driver of sftp:// is not installed; run: pip install paramiko"):
        location("sftp://host/x")


def test_a_store_that_failed_a_worker_is_told_in_its_own_words() -> None:
    assert fault_of(StoreError(5, "s3://b/x: denied"), None).reason == "s3://b/x: denied"
    assert fault_of(KeyError("x"), 1).reason == "KeyError: 'x'"


def test_a_shard_of_one_format_has_one_file(place: Location) -> None:
    store.make_folder(place)
    assert write_shard(place / "shard-000000", toys.rows("train", 0), ["parquet"]).keys() == {"shard-000000.parquet"}
    assert store.listing(place).keys() == {"shard-000000.parquet"}
