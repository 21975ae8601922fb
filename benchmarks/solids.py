"""What the benchmarks of training share: the corpus of `make demo`, runs that are done once, and their scores."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import farm
from pipeline.config import load_recipe, load_render_config
from pipeline.evaluate import evaluate
from pipeline.evaluate.generation import SHEET_CAPTIONS, measure_generation
from pipeline.evaluate.summary import SCORES
from pipeline.finetune import TrainConfig
from pipeline.finetune.bases import CARD, read_card
from pipeline.finetune.folder import differences
from pipeline.finetune.trainer import finetune, settings
from pipeline.shards.read import read_info
from pipeline.terminal import training_bar

RECIPE = ["instructions.palette=fixed", "instructions.expressions=[name, color, order]"]
SPLITS = "train=0.9,val=0.02,test=0.08"
HEADLINES = ("depth_delta1", "normal_mean_angle", "semantic_miou", "instance_f1", "referring_ciou")
"""One score a task."""


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Options that all of them have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=Path("output/benchmarks/solids"), help="corpus; made where missing"
    )
    parser.add_argument("--views", type=int, default=1000, help="of the corpus")
    parser.add_argument("--output", type=Path, required=True, help="folder of the runs; finished ones are not repeated")
    parser.add_argument("--limit", type=int, help="score so many test views")
    parser.add_argument("--set", action="append", default=[], help="change one key of the preset `tiny`")
    return parser


def corpus(folder: Path, views: int) -> Path:
    """A corpus of coloured solids with the demo's settings; made, or gone on with, where it is not finished.

    Exits where a finished one is of another number of views.
    """
    job = farm.Job(
        recipe=load_recipe(Path("scenes/primitives.yaml"), RECIPE),
        render=load_render_config(Path("render_configs/preview.yaml")),
        output=folder,
        samples=views,
        splits=farm.parse_splits(SPLITS),
    )
    if not all((folder / split / "manifest.json").is_file() for split, _ in job.splits):
        print(f"making {folder}", file=sys.stderr, flush=True)
        farm.generate(job)
    if (there := read_info(folder)["config"].get("samples")) != views:
        sys.exit(f"--data {folder}: is a corpus of {there} views, not {views}; pass --views {there} or another --data")
    return folder


def trained(output: Path, data: Path, preset: TrainConfig, base: str = "tiny") -> Path:
    """The model of a run: trained now, gone on with, or there already. Exits where one of other settings is there."""
    if (output / CARD).is_file():
        if changed := differences(read_card(output), settings([data], base, preset)):
            sys.exit(f"{output}: holds a model of other settings ({changed}); name another --output")
    else:
        print(f"training {output}", file=sys.stderr, flush=True)
        with training_bar() as show:
            finetune([data], base, output, preset, on_progress=show)
    return output


def scores(model: Path, data: Path, limit: int | None = None, steps: int | None = None) -> dict[str, dict[str, Any]]:
    """`scores` of the model's report on the test split, written now, or read where it holds every score.

    Exits where the report is of another corpus or model.
    """
    folder = model / f"evaluation-{steps or 'own'}-{limit or 'all'}"
    written = folder / "report.json"
    found = _read(written, model, data)["scores"] if written.is_file() else {}
    if not SCORES.keys() <= found.keys():
        print(f"scoring {model}", file=sys.stderr, flush=True)
        evaluate(model, data, "test", folder, limit, steps)
        found = json.loads(written.read_text())["scores"]
    return found


def generation_loss(model: Path, data: Path, limit: int | None = None) -> float:
    """The model's loss on held-out captions, measured now or read. Exits as `scores` does."""
    written = model / f"generation-{limit or 256}" / "generation.json"
    if not written.is_file():
        measure_generation(model, data, "test", written.parent, limit=limit or 256, pictures=SHEET_CAPTIONS)
    return float(_read(written, model, data)["figures"]["loss"]["after"]["value"])


def _read(report: Path, model: Path, data: Path) -> dict[str, Any]:
    """What was written about the model on `data`."""
    found: dict[str, Any] = json.loads(report.read_text())
    for name, there, now in (
        ("data", Path(found["data"]).resolve(), data.resolve()),
        ("trained", found["trained"], read_card(model)["trained"]),
    ):
        if there != now:
            sys.exit(f"{report}: is about something else ({name}: {there} there, {now} now); delete its folder")
    return found


def steps_of(model: Path) -> int:
    """How many steps a finished model took."""
    return int(json.loads((model / CARD).read_text())["trained"]["steps"])


def margin(name: str, ours: float, constant: float) -> float:
    """By how much better than the constant, as a share of the constant's value; negative where it is worse."""
    better = ours - constant if SCORES[name].higher_is_better else constant - ours
    return better / constant if constant else float("inf") if better > 0 else 0.0


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their headings, the first column to the left."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]))
