"""The files around the shards: dataset.json, manifests, the dataset card; claiming a folder and clearing it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pipeline
from pipeline.shards.read import SCHEMA_VERSION, CorpusError, read_info
from pipeline.shards.write import digest, write_text

PROGRESS = ".progress"
PACKAGES = (
    "numpy",
    "scipy",
    "trimesh",
    "fast-simplification",
    "embreex",
    "mujoco",
    "opencv-python-headless",
    "pillow",
    "OpenEXR",
    "pyarrow",
    "pyrender",
    "bpy",
    "blenderproc",
)
"""Those that decide the bytes."""
PROCEDURAL = {"source": "plantain", "name": "drawn by code", "author": "", "licence": "CC0-1.0", "url": ""}
"""What asset_licences says of the assets that are nobody's model."""


@contextmanager
def claimed(
    output: Path,
    config: dict[str, Any],
    classes: Iterable[str],
    overwrite: bool,
    catalogues: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[None]:
    """While it lasts, `output` is the home of the corpus that `config` describes: new, or the same one to be resumed.

    catalogues: how many models each source lists and a digest of them, as compose.listed_models has it. Raises CorpusError
    when the folder cannot be written, holds something else, is being written by another run, or holds a corpus of
    other settings, classes or models and `overwrite` is False. Nothing that is not a corpus is ever deleted.
    """
    made_of = {"classes": list(classes), "catalogues": {name: dict(one) for name, one in (catalogues or {}).items()}}
    old = _check_home(output, config, made_of, overwrite)
    try:
        (output / PROGRESS).mkdir(parents=True, exist_ok=True)
        lock = (output / PROGRESS / "lock").open("w")
    except OSError as error:
        raise _unwritable(output, error) from None
    with lock:
        try:
            # The kernel lets go of it when the process ends, however it ends.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CorpusError(
                f"{output}: another run is writing there; wait for it or choose another --output"
            ) from None
        try:
            if old and overwrite:
                _clear(output, old)
            _furnish(output, config, made_of)
        except OSError as error:
            raise _unwritable(output, error) from None
        yield


def _check_home(
    output: Path, config: dict[str, Any], made_of: dict[str, Any], overwrite: bool
) -> dict[str, Any] | None:
    """dataset.json of the corpus in `output`, None for an empty or missing folder."""
    if not output.is_dir() or not any(output.iterdir()):
        return None
    if not (output / "dataset.json").is_file():
        if {path.name for path in output.iterdir()} == {PROGRESS}:
            return None
        raise CorpusError(f"{output}: not empty and no corpus of ours; choose another --output (it is never deleted)")
    if overwrite:
        return read_info(output, any_version=True)
    info = read_info(output)
    if what := _difference(info, config):
        raise CorpusError(
            f"{output}: holds a corpus made with other settings ({what}); choose another --output or pass --overwrite"
        )
    if what := _other_models(info, made_of):
        raise CorpusError(
            f"{output}: holds a corpus made with other models ({what}); restore them, choose another --output or pass "
            "--overwrite"
        )
    return info


def _furnish(output: Path, config: dict[str, Any], made_of: dict[str, Any]) -> None:
    for split in config["splits"]:
        (output / split).mkdir(exist_ok=True)
        for leftover in (output / split).glob(".*.tmp"):
            leftover.unlink()
    info = {
        "schema_version": SCHEMA_VERSION,
        "plantain": pipeline.__version__,
        "config": config,
        "seed": config["seed"],
        "splits": list(config["splits"]),
        **made_of,
        "asset_licences": [PROCEDURAL],
        "packages": _packages(),
    }
    write_text(output / "dataset.json", json.dumps(info, indent=2) + "\n")


def _unwritable(output: Path, error: OSError) -> CorpusError:
    return CorpusError(f"{output}: cannot write there ({error.strerror}); choose another --output")


def record(output: Path, split: str, entry: dict[str, Any]) -> None:
    """Note a finished shard, so that a killed run knows what it has. Raises CorpusError when its files are not there."""
    for file, claimed in entry["files"].items():
        path = output / split / file
        if not path.is_file() or path.stat().st_size != claimed["bytes"]:
            raise CorpusError(
                f"{path}: a worker wrote it, yet it is not there; --output must be on storage all nodes share"
            )
    write_text(output / PROGRESS / f"{split}-{entry['name']}.json", json.dumps(entry))


def finished(output: Path, splits: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """Entries of the shards whose files are all there and hash as recorded, by (split, name).

    Files that are there but do not hash as recorded are moved aside as *.damaged, not deleted.
    """
    claims = [(split, entry) for split in splits for entry in _recorded(output, split).values()]
    with ThreadPoolExecutor() as pool:
        whole = pool.map(lambda claim: _whole(output / claim[0], claim[1]), claims)
    return {(split, entry["name"]): entry for (split, entry), good in zip(claims, whole, strict=True) if good}


def _whole(folder: Path, entry: dict[str, Any]) -> bool:
    good = True
    for file, claimed in entry["files"].items():
        path = folder / file
        if not path.is_file():
            good = False
        elif digest(path) != claimed:
            os.replace(path, path.with_name(path.name + ".damaged"))
            good = False
    return good


def assets_used(entries: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Sources of the catalogue models that the views of these shards show or are lit by."""
    return {source for shards in entries.values() for shard in shards for source in shard.get("assets", [])}


def write_manifests(
    output: Path, entries: dict[str, list[dict[str, Any]]], attribution: Iterable[dict[str, str]] = ()
) -> None:
    """Last act of a run: manifest.json of every split, the assets in dataset.json, then the card; the notes of progress go.

    attribution: source, name, author, licence and url of every catalogue model that the views show.
    """
    for split, shards in entries.items():
        manifest = {
            "split": split,
            "samples": sum(shard["samples"] for shard in shards),
            "bytes": sum(file["bytes"] for shard in shards for file in shard["files"].values()),
            "rejected": sum(len(shard["rejected"]) for shard in shards),
            "quarantined": [sample for shard in shards for sample in shard["quarantined"]],
            "shards": shards,
        }
        write_text(output / split / "manifest.json", json.dumps(manifest, indent=1) + "\n")
    broken = {
        source: why for shards in entries.values() for s in shards for source, why in s.get("broken_assets", {}).items()
    }
    info = read_info(output) | {"asset_licences": [PROCEDURAL, *attribution]}
    info |= {"broken_assets": [{"source": source, "reason": broken[source]} for source in sorted(broken)]}
    write_text(output / "dataset.json", json.dumps(info, indent=2, ensure_ascii=False) + "\n")
    write_text(output / "README.md", _card(info, entries))
    shutil.rmtree(output / PROGRESS)


def _recorded(output: Path, split: str) -> dict[str, dict[str, Any]]:
    found = {}
    manifest = output / split / "manifest.json"
    try:
        if manifest.is_file():
            found = {shard["name"]: shard for shard in json.loads(manifest.read_text())["shards"]}
        for note in sorted((output / PROGRESS).glob(f"{split}-shard-*.json")):
            entry = json.loads(note.read_text())
            found[entry["name"]] = entry
    except (ValueError, KeyError, TypeError):
        raise CorpusError(
            f"{output}: its manifest or progress notes are damaged; pass --overwrite to start again"
        ) from None
    return found


def _clear(output: Path, info: dict[str, Any]) -> None:
    for split in info["splits"]:
        for file in [*(output / split).glob("shard-*"), output / split / "manifest.json"]:
            file.unlink(missing_ok=True)
    for note in (output / PROGRESS).glob("*.json"):
        note.unlink()


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _difference(info: dict[str, Any], config: dict[str, Any]) -> str | None:
    """What would make the next shard unlike those there, in words; None when nothing would."""
    old = info["config"]
    for key in config:
        if old.get(key) != config[key]:
            if isinstance(config[key], dict) and isinstance(old.get(key), dict):
                inner = next(k for k in {**config[key], **old[key]} if config[key].get(k) != old[key].get(k))
                return f"{key}.{inner} was {old[key].get(inner)!r}, now {config[key].get(inner)!r}"
            return f"{key} was {old.get(key)!r}, now {config[key]!r}"
    then, now = {"plantain": info.get("plantain")}, {"plantain": pipeline.__version__}
    then, now = then | (info.get("packages") or {}), now | _packages()
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            return f"{name} was {then.get(name)}, now {now.get(name)}"
    return None


def _other_models(info: dict[str, Any], made_of: dict[str, Any]) -> str | None:
    """How the catalogues are unlike those that the finished shards were made with, in words; None when they are not."""
    then, now = info.get("catalogues", {}), made_of["catalogues"]
    for source in sorted(then.keys() | now.keys()):
        before, after = then.get(source), now.get(source)
        if before != after:
            counts = [one["models"] if one else "none" for one in (before, after)]
            what = f"listed {counts[0]} models, now {counts[1]}" if counts[0] != counts[1] else "has changed files"
            classes = difference(info["classes"], made_of["classes"])
            return f"{source} {what}" + (f"; {classes}" if classes else "")
    return difference(info["classes"], made_of["classes"])


def difference(then: Sequence[str], now: Sequence[str]) -> str | None:
    """How one class list differs from another, in words; None when it does not."""
    if list(then) == list(now):
        return None
    lost, new = [name for name in then if name not in now], [name for name in now if name not in then]
    said = [f"{what} {', '.join(names[:5])}" for what, names in (("without", lost), ("with", new)) if names]
    return f"the class list is now {' and '.join(said)}" if said else "the classes are in another order"


def _card(info: dict[str, Any], entries: dict[str, list[dict[str, Any]]]) -> str:
    config, render = info["config"], info["config"]["render"]
    suffix = "parquet" if "parquet" in config["formats"] else "tar"
    names = {"val": "validation"}
    files = "\n".join(
        f"  - split: {names.get(split, split)}\n    path: {split}/*.{suffix}"
        for split, shards in entries.items()
        if shards
    )
    rows = "\n".join(
        f"| {split} | {sum(s['samples'] for s in shards)} | {len(shards)} | {sum(len(s['rejected']) for s in shards)} |"
        for split, shards in entries.items()
    )
    total = sum(shard["samples"] for shards in entries.values() for shard in shards)
    exact = (
        "`exact` is an OpenEXR image: Z (metres along the optical axis), N.X, N.Y, N.Z, instance and semantic ids.\n"
    )
    licences = sorted({row["licence"] for row in info["asset_licences"]})
    return f"""---
license: {"cc0-1.0" if licences == ["CC0-1.0"] else "other"}
pretty_name: {config["recipe"]["name"]}
task_categories:
- depth-estimation
- image-segmentation
- image-to-image
tags:
- synthetic
- plantain
size_categories:
- {_size_category(total)}
configs:
- config_name: default
  data_files:
{files}
---
# {config["recipe"]["name"]}

{config["recipe"].get("description") or "Synthetic views with exact labels painted as RGB."}
Made by Plantain {info["plantain"]}: {render["width"]}x{render["height"]} pixels, {render["renderer"]}, seed {info["seed"]}.

| split | samples | shards | views drawn again |
| --- | --- | --- | --- |
{rows}

Every sample has an RGB `image`, five RGB targets (`depth`, `normal`, `semantic`, `instance`, `referring`), and `json`
with the prompt and decoding parameters of each target, camera intrinsics and pose, and a table of instances.
{exact if config["exact"] else ""}
Classes: {", ".join(info["classes"][1:])}.

{_credits(info["asset_licences"], licences)}
"""


def _credits(assets: list[dict[str, str]], licences: list[str]) -> str:
    """The closing words of the card: whose models the pictures show, and under which terms."""
    models = [row for row in assets if row["source"] != PROCEDURAL["source"]]
    if not models:
        return "All assets are procedural; the corpus is in the public domain (CC0-1.0)."
    lines = [
        f"- {name}: {sum(row['licence'] == name for row in models)} models"
        + (f", by {', '.join(authors)}" if (authors := _authors(models, name)) else "")
        for name in licences
        if any(row["licence"] == name for row in models)
    ]
    return (
        "The views show models made by others, under these licences; what code drew is in the public domain (CC0-1.0).\n"
        "`asset_licences` in dataset.json names every model with its author, licence and origin.\n\n" + "\n".join(lines)
    )


def _authors(models: list[dict[str, str]], licence: str) -> list[str]:
    return sorted({row["author"] for row in models if row["licence"] == licence and row["author"]}, key=str.lower)


def _size_category(total: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if total < limit:
            return name
    return "n>1M"
