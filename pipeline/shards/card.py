"""The dataset card: README.md of a corpus, whose front matter the Hugging Face hub reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROCEDURAL = {"source": "plantain", "name": "drawn by code", "author": "", "licence": "CC0-1.0", "url": ""}
"""What asset_licences says of the assets that are nobody's model."""


@dataclass
class SplitTotals:
    """What all shards of a split hold together. rejected: views drawn again; quarantined: samples left out."""

    shards: int = 0
    samples: int = 0
    bytes: int = 0
    rejected: int = 0
    quarantined: int = 0


def card(info: dict[str, Any], totals: Mapping[str, SplitTotals]) -> str:
    """The text of the card. info: dataset.json. totals: by split."""
    config, render = info["config"], info["config"]["render"]
    suffix = "parquet" if "parquet" in config["formats"] else "tar"
    names = {"val": "validation"}
    files = "\n".join(
        f"  - split: {names.get(split, split)}\n    path: {split}/*.{suffix}"
        for split, sums in totals.items()
        if sums.shards
    )
    rows = "\n".join(
        f"| {split} | {sums.samples} | {sums.shards} | {sums.rejected} |" for split, sums in totals.items()
    )
    total = sum(sums.samples for sums in totals.values())
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
{exact if config["exact"] else ""}`run.json` tells how long making it took, and what took the time.
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
