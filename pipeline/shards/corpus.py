"""The files around the shards: dataset.json, manifests, the dataset card; claiming a folder and clearing it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pipeline
from pipeline.shards.read import CorpusError, read_info
from pipeline.shards.write import digest, write_text

SCHEMA_VERSION = 1
PROGRESS = ".progress"
PACKAGES = (
    "numpy",
    "trimesh",
    "embreex",
    "opencv-python-headless",
    "OpenEXR",
    "pyarrow",
    "pyrender",
    "bpy",
    "blenderproc",
    "ray",
)


def claim(output: Path, config: dict[str, Any], classes: Iterable[str], overwrite: bool) -> None:
    """Make `output` the home of the corpus that `config` describes: new, or the same one to be resumed.

    Raises CorpusError when the folder cannot be written, holds something else, or holds a corpus of other settings
    and `overwrite` is False. Nothing that is not a corpus is ever deleted.
    """
    if output.is_dir() and any(output.iterdir()):
        if not (output / "dataset.json").is_file():
            raise CorpusError(
                f"{output}: not empty and no corpus of ours; choose another --output (it is never deleted)"
            )
        info = read_info(output)
        same = info.get("config") == config and info.get("packages") == _packages()
        if not same and not overwrite:
            what = _difference(info, config)
            raise CorpusError(
                f"{output}: holds a corpus made with other settings ({what}); choose another --output or pass --overwrite"
            )
        if overwrite:
            _clear(output, info)
    try:
        for split in config["splits"]:
            (output / split).mkdir(parents=True, exist_ok=True)
            for leftover in (output / split).glob(".*.tmp"):
                leftover.unlink()
        (output / PROGRESS).mkdir(exist_ok=True)
        info = {
            "schema_version": SCHEMA_VERSION,
            "plantain": pipeline.__version__,
            "config": config,
            "seed": config["seed"],
            "splits": list(config["splits"]),
            "classes": list(classes),
            "asset_licences": [{"source": "procedural", "licence": "CC0-1.0", "attribution": None}],
            "packages": _packages(),
        }
        write_text(output / "dataset.json", json.dumps(info, indent=2) + "\n")
    except OSError as error:
        raise CorpusError(f"{output}: cannot write there ({error.strerror}); choose another --output") from None


def record(output: Path, split: str, entry: dict[str, Any]) -> None:
    """Note a finished shard, so that a killed run knows what it has."""
    write_text(output / PROGRESS / f"{split}-{entry['name']}.json", json.dumps(entry))


def finished(output: Path, split: str, name: str) -> dict[str, Any] | None:
    """The entry of a shard whose files are all there and hash as recorded, else None.

    Files that are there but do not hash as recorded are moved aside as *.damaged, not deleted.
    """
    entry = _recorded(output, split).get(name)
    if entry is None:
        return None
    whole = True
    for file, claimed in entry["files"].items():
        path = output / split / file
        if not path.is_file():
            whole = False
        elif digest(path) != claimed:
            os.replace(path, path.with_name(path.name + ".damaged"))
            whole = False
    return entry if whole else None


def write_manifests(output: Path, entries: dict[str, list[dict[str, Any]]]) -> None:
    """Last act of a run: manifest.json of every split, then the card; the notes of progress go."""
    for split, shards in entries.items():
        manifest = {
            "split": split,
            "samples": sum(shard["samples"] for shard in shards),
            "bytes": sum(file["bytes"] for shard in shards for file in shard["files"].values()),
            "rejected": sum(len(shard["rejected"]) for shard in shards),
            "shards": shards,
        }
        write_text(output / split / "manifest.json", json.dumps(manifest, indent=1) + "\n")
    write_text(output / "README.md", _card(read_info(output), entries))
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
    shutil.rmtree(output / PROGRESS, ignore_errors=True)


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _difference(info: dict[str, Any], config: dict[str, Any]) -> str:
    old = info.get("config") or {}
    for key in config:
        if old.get(key) != config[key]:
            if isinstance(config[key], dict) and isinstance(old.get(key), dict):
                inner = next(k for k in {**config[key], **old[key]} if config[key].get(k) != old[key].get(k))
                return f"{key}.{inner} was {old[key].get(inner)!r}, now {config[key].get(inner)!r}"
            return f"{key} was {old.get(key)!r}, now {config[key]!r}"
    return "package versions differ"


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
    return f"""---
license: cc0-1.0
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

All assets are procedural; the corpus is in the public domain (CC0-1.0).
"""


def _size_category(total: int) -> str:
    for limit, name in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if total < limit:
            return name
    return "n>1M"
