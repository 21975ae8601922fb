"""The scores of a model card: what an evaluation has left, as a table and as the hub's own entries."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.finetune.folder import REPORTS

HUB_TASKS = {"depth": "depth-estimation", "normal": "image-to-image"}
"""The hub's names of our tasks; the other three are image-segmentation."""
EVALUATION = Path("evaluation")
REPORT, SHEET, PAGE = REPORTS["evaluation"], "sheet.png", "report.md"


@dataclass(frozen=True)
class Evaluation:
    """report.json as `plantain evaluate` writes it, and the contact sheet and report.md beside it, b"" where there is none."""

    report: dict[str, Any]
    text: bytes
    sheet: bytes
    page: bytes


def read_evaluation(folder: Path, card: dict[str, Any], report: Path | None) -> Evaluation | None:
    """The evaluation of the model in `folder`; None where it has none and `report` names none. Raises ConfigError."""
    place = report or folder / EVALUATION
    path = place / REPORT if place.is_dir() or place.suffix != ".json" else place
    try:
        text = path.read_bytes()
        value = json.loads(text)
        if "benchmark" in value:
            raise ConfigError(
                f"{path}: is of the benchmark {value['benchmark']}, and cards show scores on corpora only; name a report of "
                "`plantain evaluate --data`"
            )
        value["scores"].items(), value["views"], value["split"], value["data"]
    except FileNotFoundError:
        if report is None:
            return None
        raise ConfigError(f"--report {report}: no {REPORT} there; `plantain evaluate` writes one") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigError(f"{path}: not a report of `plantain evaluate`; run it again") from None
    for key in ("base", "trained"):
        if value.get(key) != card.get(key):
            raise ConfigError(f"{path}: is of another model ({key}: {value.get(key)}, not {card.get(key)})")
    beside = (path.with_name(name) for name in (SHEET, PAGE))
    return Evaluation(value, text, *(file.read_bytes() if file.is_file() else b"" for file in beside))


def scores_section(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return ""
    report = evaluation.report
    rows = "\n".join(
        f"| {row.get('task', '')} | {row.get('title', name)} {'↑' if row.get('higher_is_better') else '↓'} | "
        f"{_value(row, 'model', 'better')} | {_value(row, 'constant', 'worse')} |"
        for name, row in report["scores"].items()
    )
    picture = (
        f"\n\n![Views, targets, paintings, and what they decode to]({EVALUATION / SHEET})" if evaluation.sheet else ""
    )
    return (
        f"## Scores\n\nOn {report['views']} views of the {report['split']} split of `{Path(str(report['data'])).name}`, "
        "beside the best answer that does not look at the\npicture. In brackets: 95 % of redraws of the views. Bold is better, "
        "where the interval of the difference on the same views\nleaves no doubt of it.\n\n"
        f"| task | score | model | constant |\n| --- | --- | --- | --- |\n{rows}{picture}"
    )


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


def eval_results(report: dict[str, Any]) -> list[Any] | None:
    """The hub's `model-index`: scores that are finite numbers."""
    from huggingface_hub import EvalResult

    name = Path(str(report["data"])).name
    return [
        EvalResult(
            task_type=HUB_TASKS.get(row.get("task", ""), "image-segmentation"),
            dataset_type="plantain",
            dataset_name=name,
            dataset_split=str(report["split"]),
            metric_type=score,
            metric_name=f"{row.get('task', '')} {row.get('title', score)}".strip(),
            metric_value=row["model"],
        )
        for score, row in report["scores"].items()
        if _is_number(row.get("model"))
    ] or None
