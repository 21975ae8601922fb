"""Damage of every kind, hidden from the hashes where it can be: `validate` names each."""

import json
import shutil

import numpy as np
import pytest

from pipeline.shards.read import read_rows
from pipeline.shards.sample import decode_exact, decode_image, encode_exact, encode_image
from pipeline.shards.validate import validate_corpus
from pipeline.shards.write import digest, write_shard

SHARD = "shard-000000"
VICTIM = 1


@pytest.fixture
def corpus(small_corpus, tmp_path):
    return shutil.copytree(small_corpus, tmp_path / "corpus")


def rewrite(corpus, change, formats=("webdataset", "parquet")):
    """Change sample VICTIM of a shard in both formats and bring the manifest up to date, as a careful forger would."""
    folder = corpus / "val"
    rows = list(read_rows(folder / f"{SHARD}.tar"))
    key, files = rows[VICTIM]
    changed = dict(files)
    change(changed)
    rows[VICTIM] = (key, changed)
    written = write_shard(folder / SHARD, rows, formats)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["shards"][0]["files"] |= written
    manifest["bytes"] = sum(file["bytes"] for shard in manifest["shards"] for file in shard["files"].values())
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return key


def faults(corpus):
    return validate_corpus(corpus, workers=1).faults


def edit(**changes):
    """A change of the json field: dotted path -> function of the old value."""

    def change(files):
        meta = json.loads(files["json"])
        for path, function in changes.items():
            *parents, last = path.split("__")
            place = meta
            for part in parents:
                place = place[int(part) if part.isdigit() else part]
            last = int(last) if last.isdigit() else last
            place[last] = function(place[last])
        files["json"] = json.dumps(meta).encode()

    return change


def paint(task, function):
    def change(files):
        files[f"{task}.png"] = encode_image(function(decode_image(files[f"{task}.png"], task)))

    return change


def swap(files):
    files["depth.png"], files["normal.png"] = files["normal.png"], files["depth.png"]


def spoil_exact(files):
    exact = decode_exact(files["exact.exr"], "x")
    exact["depth"] = exact["depth"] * 1.02
    files["exact.exr"] = encode_exact(exact)


def nan_exact(files):
    exact = decode_exact(files["exact.exr"], "x")
    exact["depth"][3, 3] = np.nan
    files["exact.exr"] = encode_exact(exact)


def drop(name):
    return lambda files: files.pop(name)


def test_a_sound_corpus_has_no_faults_and_is_counted(small_corpus):
    report = validate_corpus(small_corpus, workers=2)
    assert report.faults == []
    assert {name: part.samples for name, part in report.splits.items()} == {"train": 24, "val": 3, "test": 3}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (swap, "depth is not the exact labels encoded"),
        (paint("depth", lambda rgb: np.roll(rgb, 1, axis=1)), "depth is not the exact labels encoded"),
        (paint("normal", lambda rgb: rgb[:, ::-1].copy()), "normal is not the exact labels encoded"),
        (paint("semantic", lambda rgb: np.roll(rgb, 9, axis=1)), "semantic differs from the exact labels"),
        (paint("instance", lambda rgb: np.zeros_like(rgb)), "instance"),
        (paint("referring", lambda rgb: 255 - rgb), "referring"),
        (paint("depth", lambda rgb: rgb[:-1]), "the image (64, 64, 3)"),
        (spoil_exact, "depth is not the exact labels encoded"),
        (nan_exact, "negative or no number"),
        (drop("normal.png"), "'normal' is missing"),
        (lambda files: files.update({"image.png": b"no picture"}), "'image' does not decode"),
        (lambda files: files.update(json=b"{"), "'json' is not JSON"),
        (edit(prompts__depth=lambda text: text.replace("depth", "height")), "depth: the prompt is no wording"),
        (edit(prompts__semantic=lambda text: text + " Please."), "semantic: the prompt is no wording"),
        (edit(prompts__instance=lambda text: "Paint it."), "instance: the prompt is no wording"),
        (edit(prompts=lambda prompts: {"depth": "x"}), "json: prompts.normal: Field required"),
        (edit(codecs__depth__colormap=lambda name: "jet"), "json: codecs.depth.colormap"),
        (edit(codecs__depth__c=lambda c: c * 2), "depth"),
        (edit(codecs__referring__referents__0__ids=lambda ids: [ids[0] + 1]), "referring: 'the"),
        (edit(codecs__referring__referents__0__text=lambda text: text + " on the moon"), "does not say"),
        (edit(codecs__semantic__palette__1__color=lambda color: [1, 2, 3]), "semantic"),
        (edit(codecs__semantic__palette__1__id=lambda number: 99), "the palette calls id 99"),
        (edit(instances__0__pixels=lambda pixels: pixels + 1), "box or pixel count"),
        (edit(instances=lambda rows: rows[1:]), "the table lists"),
        (edit(instances=lambda rows: [row | {"name": "box_1"} for row in rows]), "are called 'box_1'"),
        (edit(intrinsics__1__1=lambda f: f * 1.2), "intrinsics, depth and normals disagree"),
        (edit(intrinsics__0__1=lambda skew: 4.0), "intrinsics are no camera's"),
        (edit(pose__0=lambda row: [0, 0, 0, 0]), "pose is no rigid motion"),
        (edit(caption=lambda text: "A cat."), "caption: does not say"),
        (edit(key=lambda key: "primitives-0-00000099"), "json: key is"),
        (edit(index=lambda number: number + 1), "json: key is"),
    ],
)
def test_a_fault_that_the_hashes_do_not_show_is_named_with_its_sample(corpus, change, reason):
    key = rewrite(corpus, change)
    found = faults(corpus)
    assert found
    assert all(key in fault and f"{SHARD}." in fault for fault in found)
    assert any(reason in fault for fault in found), found


def test_one_format_that_differs_from_the_other_is_named(corpus):
    key = rewrite(corpus, edit(caption=lambda text: "A cat."), formats=("parquet",))
    assert any(key in fault and "json differs from" in fault for fault in faults(corpus))


def test_a_flipped_byte_is_named(corpus):
    shard = corpus / "train" / f"{SHARD}.tar"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    assert f"{shard}: size or sha256 differs from the manifest" in faults(corpus)


def test_a_tar_cut_short_is_named(corpus):
    shard = corpus / "train" / f"{SHARD}.tar"
    shard.write_bytes(shard.read_bytes()[:70_000])
    found = faults(corpus)
    assert any(fault.startswith(f"{shard}: damaged shard") for fault in found)


def test_a_file_that_cannot_be_read_is_a_fault_and_the_rest_is_checked(corpus):
    shard = corpus / "train" / f"{SHARD}.tar"
    shard.unlink()
    shard.symlink_to("/proc/self/mem")  # opens, and fails to read its first byte
    report = validate_corpus(corpus, workers=1)
    assert report.faults == [f"{shard}: cannot be read (Input/output error)"]
    assert report.splits["train"].samples == 24


def test_missing_and_stray_and_doubled_shards_are_named(corpus):
    (corpus / "train" / "shard-000001.tar").unlink()
    shutil.copy(corpus / "val" / f"{SHARD}.parquet", corpus / "test" / "shard-000009.parquet")
    found = faults(corpus)
    assert f"{corpus}/train/shard-000001.tar: missing" in found
    assert any("shard-000009.parquet: not in the manifest" in fault for fault in found)
    for name in (f"{SHARD}.tar", f"{SHARD}.parquet"):
        shutil.copy(corpus / "val" / name, corpus / "test" / name)
    manifest = json.loads((corpus / "test/manifest.json").read_text())
    manifest["shards"][0]["files"] = {name: digest(corpus / "test" / name) for name in manifest["shards"][0]["files"]}
    (corpus / "test/manifest.json").write_text(json.dumps(manifest))
    assert any("occurs in 2 places" in fault for fault in faults(corpus))


@pytest.mark.parametrize("text", ["{", "[]", '{"shards": [{"name": 3}]}'])
def test_a_damaged_manifest_is_a_fault_and_the_rest_is_checked(corpus, text):
    (corpus / "val/manifest.json").write_text(text)
    report = validate_corpus(corpus, workers=1)
    assert any("val/manifest.json" in fault for fault in report.faults)
    assert report.splits["train"].samples == 24
