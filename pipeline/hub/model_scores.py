"""The scores of a model card: what an evaluation has left, as a table and as the hub's own entries."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.finetune.folder import REPORTS

HUB_TASKS = {"depth": "depth-estimation", "normal": "image-to-image"}
"""The hub's names of our tasks; the other three are image-segmentation."""
EVALUATION = Path("evaluation")
NAME = re.compile(r"^[a-z0-9][a-z0-9-]*$")
"""Of a benchmark, and of its folder in EVALUATION."""
REPORT, SHEET, PAGE = REPORTS["evaluation"], "sheet.png", "report.md"


@dataclass(frozen=True)
class Evaluation:
    """report.json as `plantain evaluate` writes it, and the contact sheet and report.md beside it, b"" where there is none."""

    report: dict[str, Any]
    text: bytes
    sheet: bytes = b""
    page: bytes = b""

    @property
    def on(self) -> str:
        """The benchmark; "" for a corpus."""
        return str(self.report.get("benchmark", ""))


@dataclass(frozen=True)
class Evaluations:
    """What was found about a model: on a corpus, if it was; and on public benchmarks, by their names.

    brought: the files of those that do not lie in the model's folder, by the name they get there.
    """

    corpus: Evaluation | None = None
    benchmarks: Mapping[str, Evaluation] = field(default_factory=dict)
    brought: Mapping[str, bytes] = field(default_factory=dict)


def read_evaluations(folder: Path, card: dict[str, Any], reports: Sequence[Path] = ()) -> Evaluations:
    """The evaluations of the model in `folder`: `reports`, and those in its evaluation/ that none of them replaces.

    A report on a corpus replaces that on another, for which evaluation/ itself has room, a benchmark's the one in
    evaluation/NAME/. Raises ConfigError for a file that is no report, or one of another model.
    """
    found: dict[str, Evaluation] = {}
    named: dict[str, Path] = {}
    brought: dict[str, bytes] = {}
    for place in reports:
        path = place / REPORT if place.is_dir() or place.suffix != ".json" else place
        if not path.is_file():
            raise ConfigError(f"--report {place}: no {REPORT} there; `plantain evaluate` writes one")
        one = _read(path, card)
        if one.on in named:
            raise ConfigError(
                f"--report {place}: on {one.on or 'a corpus'}, as is {named[one.on]}; a card has room for one of them"
            )
        found[one.on], named[one.on] = one, place
        beside = {REPORT: one.text, SHEET: one.sheet, PAGE: one.page}
        brought |= {str(EVALUATION / one.on / name): data for name, data in beside.items() if data}
    if "" not in found and (path := folder / EVALUATION / REPORT).is_file():
        one = _read(path, card)
        if one.on:
            raise ConfigError(f"{path}: is of the benchmark {one.on}; its place is {folder / EVALUATION / one.on}")
        found[""] = one
    found = {name: _read(path, card) for name, path in benchmark_reports(folder).items()} | found
    return Evaluations(found.pop("", None), dict(sorted(found.items())), brought)


def benchmark_reports(folder: Path) -> dict[str, Path]:
    """Reports on public benchmarks in the model's folder by their names; reports on other things there are left alone."""
    found = {}
    for path in sorted((folder / EVALUATION).glob(f"*/{REPORT}")):
        with suppress(OSError, ValueError, AttributeError):
            if json.loads(path.read_bytes()).get("benchmark") == path.parent.name:
                found[path.parent.name] = path
    return found


def _read(path: Path, card: dict[str, Any]) -> Evaluation:
    """A report, of a corpus with what lies beside it; the pictures of a benchmark are not ours to publish."""
    try:
        text = path.read_bytes()
        value = json.loads(text)
        value["scores"].items(), value["views"], value["views_in_all"]
        if "benchmark" in value:
            value["missing"], value["published"]
            if not NAME.match(value["benchmark"]):
                raise ValueError
        else:
            value["split"], value["data"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{path}: not a report of `plantain evaluate`; run it again") from None
    for key in ("base", "trained"):
        if value.get(key) != card.get(key):
            raise ConfigError(f"{path}: is of another model ({key}: {value.get(key)}, not {card.get(key)})")
    if "benchmark" in value:
        return Evaluation(value, text)
    beside = (path.with_name(name) for name in (SHEET, PAGE))
    return Evaluation(value, text, *(file.read_bytes() if file.is_file() else b"" for file in beside))


def scores_section(evaluations: Evaluations) -> str:
    """The scores in Markdown; "" where there are none."""
    parts = [_corpus_scores(evaluations.corpus), _benchmark_scores(evaluations.benchmarks)]
    told = "\n\n".join(part for part in parts if part)
    return f"## Scores\n\n{told}" if told else ""


def _corpus_scores(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return ""
    report = evaluation.report
    rows = "\n".join(
        f"| {row.get('task', '')} | {_titled(name, row)} | "
        f"{_value(row, 'model', 'better')} | {_value(row, 'constant', 'worse')} |"
        for name, row in report["scores"].items()
    )
    picture = (
        f"\n\n![Views, targets, paintings, and what they decode to]({EVALUATION / SHEET})" if evaluation.sheet else ""
    )
    return (
        f"On {report['views']}{_left_out(report)} views of the {report['split']} split of `{Path(str(report['data'])).name}`, "
        "beside the best answer that does not look at the\npicture. In brackets: 95 % of redraws of the views. Bold is better, "
        "where the interval of the difference on the same views\nleaves no doubt of it.\n\n"
        f"| task | score | model | constant |\n| --- | --- | --- | --- |\n{rows}{picture}"
    )


def _benchmark_scores(benchmarks: Mapping[str, Evaluation]) -> str:
    if not benchmarks:
        return ""
    rows, sources = [], set()
    for name, evaluation in benchmarks.items():
        report = evaluation.report
        part = f"{report['views']:,}{_left_out(report)}"
        for score, row in report["scores"].items():
            # A mean over several sets is nothing to hold one of them against.
            beside = [one for one in report["published"] if one["score"] == score and list(one["over"]) == [name]]
            sources |= {one["source"] for one in beside}
            said = ", ".join(f"{one['value']:.3f} {one['model']}" for one in beside)
            rows.append(f"| {name} | {part} | {_titled(score, row)} | {_value(row, 'model', 'better')} | {said} |")
    note = f"; published numbers are of {', '.join(sorted(sources))}" if sources else ""
    head = "| benchmark | questions | score | model | published |\n| --- | --- | --- | --- | --- |\n"
    return (
        f"On public benchmarks, each by its own protocol{note}. A row that counts a part of a set is no number to compare.\n\n"
        + head
        + "\n".join(rows)
    )


def _left_out(report: dict[str, Any]) -> str:
    """What of a benchmark or a split was not scored, in words; "" for all of it."""
    count = f" of {report['views_in_all']:,}" if report["views"] < report["views_in_all"] else ""
    return count + (f", without {', '.join(report['missing'])}" if report.get("missing") else "")


def _titled(name: str, row: dict[str, Any]) -> str:
    return f"{row.get('title', name)} {'↑' if row.get('higher_is_better') else '↓'}"


def _value(row: dict[str, Any], whose: str, wins: str) -> str:
    """A score with its interval; bold where the verdict on the report's first model is `wins`."""
    if not _is_number(row.get(whose)):
        return "-"
    columns = row.get("columns") or {}
    name = next(iter(columns), "") if whose == "model" else whose
    ends = [(columns.get(name) or {}).get(end) for end in ("low", "high")]
    text = f"{row[whose]:.3f}" + (f" {row['unit']}" if row.get("unit") else "")
    text += f" [{ends[0]:.3f}, {ends[1]:.3f}]" if all(_is_number(end) for end in ends) else ""
    return f"**{text}**" if next(iter((row.get("verdicts") or {}).values()), "") == wins else text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def eval_results(evaluations: Evaluations) -> list[Any] | None:
    """The hub's `model-index`: scores that are finite numbers, on whole splits and whole benchmarks."""
    from huggingface_hub import EvalResult

    found = []
    for report in [evaluations.corpus, *evaluations.benchmarks.values()]:
        if report is None or _left_out(report.report):
            continue
        value = report.report
        named = report.on or Path(str(value["data"])).name
        for score, row in value["scores"].items():
            task = row.get("task") or value.get("task", "")
            if _is_number(row.get("model")):
                found.append(
                    EvalResult(
                        task_type=HUB_TASKS.get(task, "image-segmentation"),
                        dataset_type=report.on or "plantain",
                        dataset_name=named,
                        dataset_split=value.get("split"),
                        metric_type=score,
                        metric_name=f"{task} {row.get('title', score)}".strip(),
                        metric_value=row["model"],
                    )
                )
    return found or None
