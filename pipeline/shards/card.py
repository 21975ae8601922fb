"""The dataset card: README.md of a corpus, whose front matter the Hugging Face hub reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.shards.card_reading import CITATION, colors_to_numbers, how_to_read

PROCEDURAL = {"source": "plantain", "name": "drawn by code", "author": "", "licence": "CC0-1.0", "url": ""}
"""What asset_licences says of the assets that are nobody's model."""
SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B")
"""Where the hub's size categories begin and end."""
MOST_LISTED = 24
"""Categories that the figures of a card name."""
SPDX = re.compile(r"^[A-Za-z0-9.+]+(-[A-Za-z0-9.+]+)+$")
"""Licence names that have a page at spdx.org: CC0-1.0, CC-BY-4.0, Apache-2.0."""


def licence_page(name: str) -> str:
    """Address of a licence's text, "" for terms that are no SPDX id."""
    return f"https://spdx.org/licenses/{name}.html" if SPDX.match(name) else ""


@dataclass
class SplitTotals:
    """What all shards of a split hold together. rejected: views drawn again; quarantined: samples left out."""

    shards: int = 0
    samples: int = 0
    bytes: int = 0
    rejected: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class Figures:
    """What a card shows once there is time to look at the corpus; at the end of a run there is none.

    picture: file beside the card. shown: key of the view whose prompts follow, by task. statistics: statistics.json, as
    `plantain inspect` writes it of these samples. home: hub id, "user/rooms"; "" where it has none yet.
    """

    picture: str = ""
    shown: str = ""
    prompts: Mapping[str, str] | None = None
    statistics: Mapping[str, Any] | None = None
    home: str = ""


def card(info: dict[str, Any], totals: Mapping[str, SplitTotals], figures: Figures | None = None) -> str:
    """The text of the card. info: dataset.json. totals: by split. The same arguments give the same text."""
    figures = figures or Figures()
    config, render = info["config"], info["config"]["render"]
    name = config["recipe"]["name"]
    licences = sorted({row["licence"] for row in info["asset_licences"]})
    parts = [
        _front_matter(info, totals, licences),
        f"# {name}",
        f"{_sentence(config['recipe'].get('description') or 'synthetic views with exact labels painted as RGB')}\n"
        f"Made by Plantain {info['plantain']}: {render['width']}x{render['height']} pixels, {render['renderer']}, "
        f"seed {info['seed']}.",
        _picture(figures),
        _splits(totals),
        _fields(config["exact"]),
        how_to_read(config["formats"], figures.home, _first_split(totals), render.get("image_format", "png")),
        colors_to_numbers("parquet" in config["formats"]),
        _statistics(figures.statistics),
        f"## Classes\n\n{', '.join(info['classes'][1:])}.",
        f"## Licence\n\n{_credits(info['asset_licences'], licences)}",
        f"## Citation\n\nThe recipe that these targets and prompts follow:\n\n```bibtex\n{CITATION}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(info: dict[str, Any], totals: Mapping[str, SplitTotals], licences: list[str]) -> str:
    config = info["config"]
    suffix = "parquet" if "parquet" in config["formats"] else "tar"
    names = {"val": "validation"}
    files = "\n".join(
        f"  - split: {names.get(split, split)}\n    path: {split}/*.{suffix}"
        for split, sums in totals.items()
        if sums.shards
    )
    return f"""---
license: {"cc0-1.0" if licences == ["CC0-1.0"] else "other"}
pretty_name: {config["recipe"]["name"]}
language:
- en
task_categories:
- depth-estimation
- image-segmentation
- image-to-image
tags:
- synthetic
- plantain
- surface-normals
- referring-expressions
size_categories:
- {_size_category(sum(sums.samples for sums in totals.values()))}
configs:
- config_name: default
  data_files:
{files}
---"""


def _picture(figures: Figures) -> str:
    if not figures.picture:
        return ""
    asked = "\n".join(f"| {task} | {_cell(prompt)} |" for task, prompt in (figures.prompts or {}).items())
    return (
        f"![Views, and the five targets of each]({figures.picture})\n\n"
        f"What the first of these views ({figures.shown}) was asked:\n\n| task | prompt |\n| --- | --- |\n{asked}"
    )


def _splits(totals: Mapping[str, SplitTotals]) -> str:
    rows = "\n".join(
        f"| {split} | {sums.samples} | {sums.shards} | {sums.bytes / 1e6:.1f} | {sums.rejected} |"
        for split, sums in totals.items()
    )
    return f"| split | samples | shards | MB | views drawn again |\n| --- | --- | --- | --- | --- |\n{rows}"


def _fields(exact: bool) -> str:
    rows = [
        ("`key`", "recipe, seed and number of the view"),
        ("`image`", "the rendered RGB picture"),
        ("`depth`, `normal`, `semantic`, `instance`, `referring`", "RGB targets, without anti-aliasing"),
        ("`exact`", "OpenEXR: Z (metres along the optical axis), N.X, N.Y, N.Z, instance and semantic ids"),
        (
            "`json`",
            "prompt and decoding parameters of each target, captions, intrinsics, camera-to-world pose (x right, y down, "
            "z forward, metres), and a table of instances with boxes, attributes and visible share",
        ),
    ]
    told = "\n".join(f"| {name} | {what} |" for name, what in rows if exact or name != "`exact`")
    return (
        f"## A sample\n\nEvery sample has all five tasks.\n\n| field | content |\n| --- | --- |\n{told}\n\n"
        "`dataset.json` holds the whole recipe, from which the same version makes the same bytes; `manifest.json` of each "
        "split the sha256 of\nevery file; `run.json` how long making it took, and what took the time."
    )


def _statistics(statistics: Mapping[str, Any] | None) -> str:
    if not statistics:
        return ""
    recipes = statistics["recipes"]
    rows = [(name, recipes[name]) for name in recipes]
    if len(rows) > 1:
        rows.append(("all", statistics["all"]))
    lines = "\n".join(
        f"| {name} | {part['views']} | {part['things_per_view']['50']:.0f} / {part['categories_per_view']['50']:.0f} | "
        f"{_depths(part['depth_m'])} | {part['mean_brightness']:.0f} |"
        for name, part in rows
    )
    categories = statistics["all"]["categories"]
    most = ", ".join(f"{name} ({count['instances']})" for name, count in list(categories.items())[:MOST_LISTED])
    more = f" and {len(categories) - MOST_LISTED} more" if len(categories) > MOST_LISTED else ""
    return (
        "## What it shows\n\n"
        "| recipe | views | things / categories in view, median | depth m, 1 / 50 / 99 % of pixels | mean level of 255 |\n"
        f"| --- | --- | --- | --- | --- |\n{lines}\n\n"
        f"{len(categories)} categories of things cover a 2000th of a view or more somewhere: {most}{more}."
    )


def _depths(depth_m: Mapping[str, float]) -> str:
    return " / ".join(f"{depth_m[p]:.3g}" for p in ("1", "50", "99")) if depth_m else "-"


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


def _first_split(totals: Mapping[str, SplitTotals]) -> tuple[str, int]:
    """The first split that has shards, and how many."""
    return next(((split, sums.shards) for split, sums in totals.items() if sums.shards), ("train", 1))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _cell(text: str) -> str:
    """Text as a Markdown table shows it: prompts may hold bars and <r, g, b>."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _size_category(total: int) -> str:
    if total < 1_000:
        return "n<1K"
    for power, (low, high) in enumerate(pairwise(SIZES), start=4):
        if total < 10**power:
            return f"{low}<n<{high}"
    return f"n>{SIZES[-1]}"
