"""A finished corpus that tests may spoil, a tuned model's folder, a hub of this machine, and the command in this process."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub import constants as hub_constants

from pipeline import farm
from pipeline.cli import _run
from pipeline.compose import class_list
from pipeline.config import load_recipe, load_render_config
from pipeline.farm.views import make_sample
from pipeline.finetune.config import choose
from pipeline.render import open_renderer
from pipeline.shards import corpus as corpora
from pipeline.shards.sample import to_files
from pipeline.shards.write import write_shard
from tests.conftest import ROOT
from tests.hub.hub_server import TOKEN, Hub, serving

SHARDS = {"train": 3, "val": 1, "test": 1}
"""Of two views each."""


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """Ten views of solids at 32 x 32 in both formats, made and finished as the farm does, in this process."""
    output = tmp_path_factory.mktemp("hub") / "solids"
    recipe = load_recipe(ROOT / "scenes/primitives.yaml", [])
    preset = load_render_config(ROOT / "render_configs/preview.yaml", ["width=32", "height=32"])
    job = farm.Job(
        recipe=recipe, render=preset, output=output, samples=10, seed=0, splits=farm.parse_splits("train=0.6,val=0.2,test=0.2"),
        formats=farm.parse_formats("webdataset,parquet"), shard_size=2, exact=True,
    )  # fmt: skip
    claim = corpora.claimed(output, job.describe(), class_list(recipe), False, {})
    with open_renderer(preset) as renderer, claim as journal:
        index = 0
        for split, shards in SHARDS.items():
            for number in range(shards):
                rows = []
                for _ in range(2):
                    sample, _ = make_sample(recipe, renderer, (32, 32), 0, index, exact=True)
                    rows.append((sample.key, to_files(sample)))
                    index += 1
                name = f"shard-{number:06d}"
                files = write_shard(output / split / name, rows, job.formats)
                journal.append(split, {"name": name, "samples": 2, "files": files, "rejected": [], "quarantined": []})
        journal.flush()
        corpora.write_manifests(output, SHARDS)
    return output


@pytest.fixture
def corpus(made, tmp_path) -> Path:
    """A copy of `made`."""
    return Path(shutil.copytree(made, tmp_path / "solids"))


@pytest.fixture
def command(monkeypatch, capsys) -> Callable[..., Any]:
    """Run `plantain` in this process: command("push", ...) -> returncode, stdout, stderr."""

    def run(*arguments: Any) -> Any:
        monkeypatch.setattr(sys, "argv", ["plantain", *map(str, arguments)])
        capsys.readouterr()
        status = _run()
        told = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=told.out, stderr=told.err)

    return run


@pytest.fixture
def model(tmp_path) -> Path:
    """Adapters for FLUX.2 [klein] as `finetune` leaves them, but for the weights, and a report."""
    folder = tmp_path / "klein"
    _, preset = choose("flux2_klein", None, None, [])
    card: dict[str, Any] = {
        "id": "0",
        "base": "flux2_klein",
        "data": {"/somewhere/private/solids": "ab" * 32},
        "config": preset.model_dump(mode="json"),
        "processes": 1,
        "trained": {"steps": 1200, "minutes": 61.2, "images": 9600},
        "versions": {"torch": "2.11.0"},
    }
    scores = {
        "depth_abs_rel": score("depth", "AbsRel", 0.125, 0.5, False),
        "depth_rmse": score("depth", "RMSE", 3.0, 2.0, False, "m"),
        "normal_mean_angle": score("normal", "mean angle", 8.5, 20.0, False, "deg"),
        "semantic_miou": score("semantic", "mIoU", 0.75, 0.25, True),
        "instance_pq": score("instance", "PQ", 0.5, 0.4, True, sure=False),
        "instance_f1": score("instance", "F1 at IoU 0.5", None, 0.0, True),
    }
    report = {"base": "flux2_klein", "trained": card["trained"], "data": "/somewhere/private/solids", "split": "test"}
    put(folder, "plantain.json", card)
    put(folder, "evaluation/report.json", report | {"views": 80, "views_in_all": 80, "scores": scores})
    (folder / "evaluation/sheet.png").write_bytes(b"a picture")
    (folder / "pytorch_lora_weights.safetensors").write_bytes(b"weights")
    (folder / "train_log.jsonl").write_text("{}\n")
    for name in ("checkpoint/state.safetensors", "run.json", "samples/step-10.png", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"not for others")
    return folder


def score(
    task: str, title: str, ours: float | None, constant: float, higher: bool, unit: str = "", sure: bool = True
) -> dict[str, Any]:
    """A row of report.json. Its intervals are a tenth of a value wide."""
    better = ours is not None and (ours > constant) == higher
    row = {"task": task, "title": title, "unit": unit, "higher_is_better": higher}
    columns = {name: around(value) for name, value in (("klein", ours), ("constant", constant))}
    verdicts = {"klein": ("better" if better else "worse") if sure and ours is not None else "not sure"}
    return row | {"model": ours, "constant": constant, "columns": columns, "verdicts": verdicts}


def around(value: float | None) -> dict[str, float | None]:
    return {"value": value, "low": value and value * 0.9, "high": value and value * 1.1}


def put(folder: Path, name: str, value: Any) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value))


@pytest.fixture(params=["regular", "large"])
def hub(request, tmp_path, monkeypatch) -> Iterator[Hub]:
    """A hub that takes files in the commit itself, and one that takes them by git LFS; where the client looks for it."""
    with serving(large=request.param == "large") as found:
        monkeypatch.setattr(hub_constants, "ENDPOINT", found.url)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        # Xet, what the hub prefers for large files, is a service of its own.
        monkeypatch.setattr(hub_constants, "HF_HUB_DISABLE_XET", found.large)
        yield found


@pytest.fixture
def no_hub(tmp_path, monkeypatch) -> None:
    """No token, and no network: whoever opens a connection fails."""

    def refuse(*arguments: Any) -> None:
        raise ConnectionRefusedError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(hub_constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(hub_constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
