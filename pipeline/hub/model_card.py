"""The model card: README.md of a tuned model, with its scores where an evaluation has left them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pipeline
from pipeline.errors import ConfigError, require
from pipeline.finetune.bases import CARD, OURS, PUBLISHED, needs_weights, read_card
from pipeline.hub.model_scores import Evaluations, eval_results, read_evaluations, scores_section
from pipeline.hub.snippets import snippet
from pipeline.shards.card_reading import CITATION

DEFAULTS = {
    "flux2_klein": "black-forest-labs/FLUX.2-klein-base-4B",
    "qwen_image_edit": "Qwen/Qwen-Image-Edit-2511",
}
"""Weights of a base where the settings name none, as docs/bases.md lists them. Its classes import torch."""
FLUX = "https://huggingface.co/black-forest-labs/FLUX.2-klein-base-9B/blob/main/LICENSE.md"
LICENCES: dict[str, dict[str, Any]] = {
    "black-forest-labs/FLUX.2-klein-base-4B": {"license": "apache-2.0"},
    "black-forest-labs/FLUX.2-klein-base-9B": {
        "license": "other",
        "license_name": "flux-non-commercial-license",
        "license_link": FLUX,
    },
    "Qwen/Qwen-Image-Edit": {"license": "apache-2.0"},
    "Qwen/Qwen-Image-Edit-2509": {"license": "apache-2.0"},
    "Qwen/Qwen-Image-Edit-2511": {"license": "apache-2.0"},
}
"""Of the published weights, as their own cards have it; what is tuned from them is a derivative."""
HUB_ID = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")


@dataclass(frozen=True)
class Told:
    """What the owner of a model says of it. reports: folders of evaluations or their report.json, beside those that lie in
    evaluation/ of the model. base_model: hub id of its base, where it was tuned from a folder. licence: the hub's name of
    one, where the base does not decide it."""

    reports: tuple[Path, ...] = ()
    base_model: str | None = None
    licence: str | None = None


def describe_model(folder: Path, home: str = "", told: Told | None = None) -> dict[str, bytes]:
    """README.md of the model in `folder`, and the report and sheet that it shows: name -> bytes. Nothing is written.

    home: hub id. Raises ConfigError for a folder without a model, and a report that is of another model or none at all.
    """
    require("hub", "huggingface_hub")
    told = told or Told()
    if told.base_model and not HUB_ID.match(told.base_model):
        raise ConfigError(f"--base-model {told.base_model}: no hub id; write OWNER/NAME, as the base is called there")
    card = read_card(folder)
    found = read_evaluations(folder, card, told.reports)
    text = model_card(card, home or folder.resolve().name, found, home, told)
    return {"README.md": text.encode(), **found.brought}


def renamed_base(folder: Path, base_model: str) -> dict[str, bytes]:
    """plantain.json of the model in `folder` with the hub id of its base: name -> bytes; nothing where it names it already.

    Adapters that were tuned from a folder are found by nobody else otherwise. Raises ConfigError.
    """
    card = read_card(folder)
    config = card.get("config") or {}
    if card["base"] not in PUBLISHED or config.get("weights") == base_model:
        return {}
    # A revision is one of the place that was named before.
    card["config"] = config | {"weights": base_model, "revision": None}
    return {CARD: (json.dumps(card, indent=2) + "\n").encode()}


def model_card(
    card: dict[str, Any], title: str, evaluations: Evaluations, home: str = "", told: Told | None = None
) -> str:
    """The text of README.md. card: plantain.json. The same arguments give the same text."""
    from huggingface_hub import ModelCardData

    told = told or Told()
    base, config = card["base"], card.get("config") or {}
    published = base in PUBLISHED
    weights = told.base_model or config.get("weights") or DEFAULTS.get(base, "")
    if weights and not HUB_ID.match(weights):
        weights = f"path/to/{Path(weights).name}"
    terms: dict[str, Any] = LICENCES.get(weights, {}) if published else {}
    if told.licence:
        terms = {"license": told.licence}
    lora = needs_weights(card)
    listed = published and bool(HUB_ID.match(weights)) and not weights.startswith("path/to/")
    data = ModelCardData(
        **terms,
        language="en",
        library_name="diffusers" if published else None,
        pipeline_tag="image-to-image",
        tags=["plantain", "depth-estimation", "surface-normals", "image-segmentation", *(["lora"] if lora else [])],
        base_model=weights if listed else None,
        base_model_relation=("adapter" if lora else "finetune") if listed else None,
        model_name=title.rpartition("/")[2],
        eval_results=eval_results(evaluations),
    )
    language, code = snippet(base, config, weights, home)
    parts = [
        f"---\n{data.to_yaml()}\n---",
        f"# {title.rpartition('/')[2]}",
        _what(base, weights, lora, listed),
        f"## Asking it\n\n```{language}\n{code}```{_note(language, base)}",
        scores_section(evaluations),
        _training(card, config),
        f"## Licence\n\n{_licence(terms, weights, published, told.licence)}",
        f"## Citation\n\nThe recipe it follows:\n\n```bibtex\n{CITATION}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _what(base: str, weights: str, lora: bool, linked: bool) -> str:
    how = "adapters (LoRA) for" if lora else "all weights tuned from"
    of = f"{how} [{weights}](https://huggingface.co/{weights})" if linked else f"{how} {Path(weights).name}"
    origin = (
        of if base in PUBLISHED else f"the base `{base}`, trained from {'an earlier model' if weights else 'nothing'}"
    )
    return (
        f"An image generator that answers questions about a picture by painting: {origin}.\n"
        "Asked for depth, surface normals, classes, instances or what an expression refers to, it paints an RGB image from "
        f"which the answer\nis decoded. Made by Plantain {pipeline.__version__}, by instruction tuning on synthetic scenes "
        "with exact labels."
    )


def _note(language: str, base: str) -> str:
    if language == "python":
        return "\n\n`plantain predict` does the same, and decodes the painting: metres, unit vectors or ids beside the picture."
    return f"\n\nThe class of `{base}` is Plantain's own." if base in OURS else ""


def _training(card: dict[str, Any], config: dict[str, Any]) -> str:
    trained, mixture = card.get("trained") or {}, config.get("mixture") or {}
    data = ", ".join(f"`{Path(str(place)).name}` (sha256 {str(sha)[:12]})" for place, sha in _pairs(card.get("data")))
    shares = f"tasks {mixture['vision']:g}, captions {mixture['captions']:g}" if "captions" in mixture else ""
    pairs = ", ".join(f"own pairs {pair['weight']:g}" for pair in mixture.get("pairs") or () if "weight" in pair)
    tasks = ", ".join(f"{task} {weight:g}" for task, weight in (config.get("tasks") or {}).items())
    images = trained.get("images")
    rows = {
        "corpora": data,
        "steps": f"{trained['steps']:,}" if "steps" in trained else "",
        "examples": f"{images:,}" if images else "",
        "time": f"{trained['minutes']:.0f} minutes" if "minutes" in trained else "",
        "mixture": ", ".join(part for part in (shares, pairs) if part),
        "tasks": tasks,
        "objective": (config.get("objective") or {}).get("method", "").replace("_", " "),
        "precision": {"no": "float32"}.get(config.get("precision", ""), config.get("precision", "")),
        "versions": ", ".join(f"{name} {number}" for name, number in (card.get("versions") or {}).items()),
    }
    told = "\n".join(f"| {name} | {value} |" for name, value in rows.items() if value)
    return (
        f"## Training\n\n| | |\n| --- | --- |\n{told}\n\n`{CARD}` has every setting, `train_log.jsonl` a line a step."
    )


def _pairs(data: Any) -> list[tuple[Any, Any]]:
    return list(data.items()) if isinstance(data, dict) else []


def _licence(terms: dict[str, str], weights: str, published: bool, chosen: str | None) -> str:
    if chosen:
        return f"{chosen}."
    if "license_name" in terms:
        return f"That of the base, [{terms['license_name']}]({terms['license_link']}): not for commercial use."
    if terms:
        return f"That of the base: {terms['license']}."
    if published:
        return f"A derivative of {Path(weights).name}: the terms of those weights hold."
    return "Its author has named none."
