"""What keeps a run of many days small and its end sure: joined segments, sizes looked at again, a fingerprint of samples."""

from __future__ import annotations

import ast
import json
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.shards import corpus, journal, store
from pipeline.shards.location import Location, location
from pipeline.shards.read import CorpusError, fingerprint
from tests.shards import toy_runs as toys
from tests.shards.test_stores import everything

NO_SAY = {"fsspec", "upath", "pydantic", "yaml", "OpenGL", "mathutils"}
"""Packages that read or call and leave no trace in a sample; mathutils is a part of bpy."""


def segments(place: Location) -> list[str]:
    return sorted(name for name in store.listing(place / ".progress") if name.startswith("journal-"))


def note_one_by_one(place: Location) -> None:
    """A run that puts every shard into a segment of its own and dies before the last shard."""

    def before(notes: journal.Journal, split: str, number: int) -> None:
        notes.flush()
        toys.kill_at("val", 1)(notes, split, number)

    with pytest.raises(toys.Killed):
        toys.run(place, before=before)


def test_the_segments_of_a_run_are_joined_by_the_next(store_place: Location) -> None:
    note_one_by_one(store_place)
    assert len(segments(store_place)) == 4
    before = list(journal.read_journal(store_place / ".progress"))
    assert journal.join_segments(store_place / ".progress") == 4
    assert segments(store_place) == ["journal-000003.jsonl"]
    assert list(journal.read_journal(store_place / ".progress")) == before
    assert len(toys.run(store_place)) == 4


def test_segments_are_joined_up_to_a_size(store_place: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    note_one_by_one(store_place)
    sizes = store.listing(store_place / ".progress")
    before = list(journal.read_journal(store_place / ".progress"))
    monkeypatch.setattr(journal, "JOINED", sizes["journal-000000.jsonl"] + sizes["journal-000001.jsonl"])
    journal.join_segments(store_place / ".progress")
    assert "journal-000001.jsonl" in segments(store_place) and "journal-000000.jsonl" not in segments(store_place)
    assert list(journal.read_journal(store_place / ".progress")) == before


def test_a_join_that_is_interrupted_loses_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    place = location("memory://corpora/interrupted")

    def die(folder: Location, names: Any) -> None:
        raise toys.Killed

    note_one_by_one(place)
    monkeypatch.setattr(store, "remove_all", die)
    with pytest.raises(toys.Killed):
        journal.join_segments(place / ".progress")
    monkeypatch.undo()
    assert len(toys.run(place)) == 4
    toys.run(tmp_path / "other")
    assert everything(place) == everything(tmp_path / "other")


def test_a_store_is_not_asked_for_leftovers_that_it_cannot_have(
    store_place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.run(store_place)
    listed, listing = [], store.listing
    monkeypatch.setattr(store, "listing", lambda folder: listed.append(folder.name) or listing(folder))
    toys.run(store_place)
    # Once to see what is there, once to see that it still is.
    assert listed.count("train") == 2
    assert not [path for path in getattr(store_place.fs, "dircache", {}) if path.endswith("/train")]


@pytest.mark.parametrize("changed", [b"one sample fewer", None])
def test_a_shard_that_changed_after_it_was_noted_stops_the_run_and_is_made_again(
    place: Location, tmp_path: Path, changed: bytes | None
) -> None:
    shard = place / "train/shard-000001.tar"

    def change(notes: journal.Journal, split: str, number: int) -> None:
        if (split, number) == ("val", 1):
            store.remove(shard) if changed is None else store.put(shard, changed)

    said = "is gone" if changed is None else f"has {len(changed)} bytes"
    with pytest.raises(
        CorpusError, match=rf"train/shard-000001\.tar: {said}, and had \d+ when it was finished; the same"
    ):
        toys.run(place, before=change)
    toys.run(place)
    toys.run(tmp_path / "other")
    assert store.get(shard) == store.get(tmp_path / "other/train/shard-000001.tar")


def test_the_fingerprint_is_that_of_the_samples_alone(tmp_path: Path) -> None:
    toys.run(tmp_path / "a")
    before = fingerprint(tmp_path / "a", "train")
    path = tmp_path / "a/train/manifest.json"
    manifest = json.loads(path.read_text())
    manifest["quarantined"] = [{"index": 9, "traceback": "File /home/ada/x.py, line 3"}]
    path.write_text(json.dumps(manifest))
    assert fingerprint(tmp_path / "a", "train") == before
    toys.run(tmp_path / "b", seed=1)
    assert fingerprint(tmp_path / "b", "train") != before


def test_every_package_behind_the_bytes_of_a_sample_is_recorded() -> None:
    owners = packages_distributions()
    recorded = {name.lower().replace("_", "-") for name in corpus.PACKAGES}
    missing = set()
    root = Path(pipeline.__file__).parent
    for folder in ("codecs", "compose", "instructions", "labels", "render", "shards"):
        for file in (root / folder).rglob("*.py"):
            for name in _imported(ast.parse(file.read_text())) - sys.stdlib_module_names - NO_SAY - {"pipeline"}:
                names = {owner.lower().replace("_", "-") for owner in owners.get(name, [name])}
                if not names & recorded:
                    missing.add(name)
    assert missing == set()


def _imported(tree: ast.Module) -> set[str]:
    """Top-level names of what a module imports, wherever in it."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return {name.partition(".")[0] for name in names}
