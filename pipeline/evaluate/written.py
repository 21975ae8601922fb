"""The report as files: report.json for programs, report.md for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from math import isfinite
from typing import TYPE_CHECKING, Any

from pipeline.evaluate.intervals import RESAMPLES, Interval, interval
from pipeline.evaluate.summary import SCORES, Tally, scores_of
from pipeline.files import save_bytes

if TYPE_CHECKING:
    from pipeline.evaluate.report import Line, Report

HEADLINES = ("depth_abs_rel", "depth_delta1", "normal_mean_angle", "semantic_miou", "instance_f1", "referring_ciou")
"""What the breakdown by recipe shows."""
ARROWS = {True: "higher", False: "lower"}

Breakdown = dict[str, dict[str, dict[str, Interval]]]
"""Group -> score -> column -> value and interval."""


def write_report(report: Report, cards: Mapping[str, dict[str, Any]], settings: dict[str, Any]) -> None:
    """Write report.json and report.md to the report's folder.

    cards: what each model's folder says of it, by column. Raises ConfigError where they cannot be written.
    """
    recipes, ranges, classes = by_recipe(report.tallies), by_range(report.tallies), by_class(report)
    written = {
        "model": report.model,
        "base": cards[next(iter(cards))]["base"],
        "trained": cards[next(iter(cards))].get("trained"),
        "models": {
            name: {"folder": report.models[name], "base": card["base"], "trained": card.get("trained")}
            for name, card in cards.items()
        },
        "data": report.data,
        "split": report.split,
        "views": report.views,
        "views_in_all": report.views_in_all,
        "settings": settings,
        "intervals": {"share": 0.95, "resamples": RESAMPLES, "drawn": "views"},
        "scores": {line.name: _line(line) for line in report.lines},
        "recipes": {name: {"views": v, "scores": plain(recipes[name])} for name, v in _views(report).items()},
        "depth_ranges": plain(ranges),
        "classes": plain(classes),
        "versions": {name: version(name) for name in ("numpy", "torch", "diffusers", "transformers")},
    }
    save_bytes(report.folder / "report.json", (json.dumps(written, indent=2) + "\n").encode())
    page = "\n".join(_page(report, recipes, ranges, classes, settings)) + "\n"
    save_bytes(report.folder / "report.md", page.encode())


def by_recipe(tallies: Mapping[str, Tally]) -> Breakdown:
    """Recipe -> score -> column. Views are redrawn within a recipe."""
    found: Breakdown = {}
    for column, tally in tallies.items():
        for recipe, part in tally.recipes().items():
            scores, drawn = part.scores(), part.draws()
            for name, value in scores.items():
                found.setdefault(recipe, {}).setdefault(name, {})[column] = interval(value, drawn[name], part.views)
    return found


def by_range(tallies: Mapping[str, Tally]) -> Breakdown:
    """Range of true depth -> score -> column; "pixels" is the range's share of all surface."""
    found: Breakdown = {}
    for column, tally in tallies.items():
        for label, scores in tally.ranges().items():
            for name, value in scores.items():
                found.setdefault(label, {}).setdefault(name, {})[column] = value
    return found


def by_class(report: Report) -> Breakdown:
    """Class -> "iou" -> column, the classes that the split shows, in the corpus's order."""
    ious = {column: tally.class_ious() for column, tally in report.tallies.items()}
    shown = sorted(set.union(*(set(found) for found in ious.values())))
    return {report.classes[i]: {"iou": {column: found[i] for column, found in ious.items()}} for i in shown}


def told(value: float | Interval, unit: str = "") -> str:
    """A value for people: three digits after the point for shares, else as many as matter; with its interval, if any."""
    if isinstance(value, Interval):
        if not isfinite(value.low):
            return told(value.value, unit)
        return f"{told(value.value, unit)} [{told(value.low, unit)}, {told(value.high, unit)}]"
    if not isfinite(value):
        return "-"
    return f"{value:.2f}" if unit else f"{value:.3f}"


def _line(line: Line) -> dict[str, Any]:
    about = {"task": line.task, "title": line.title, "unit": line.unit, "higher_is_better": line.higher_is_better}
    ends = {"model": line.model, "constant": line.constant, "perfect": line.perfect}
    verdicts = {name: line.verdict(name) for name in line.gains}
    return about | dict(plain(ends | {"columns": line.columns, "gains": line.gains, "verdicts": verdicts}))


def plain(value: Any) -> Any:
    """Intervals and mappings of them as JSON has them; what is not finite as null, which JSON lacks a number for."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Interval):
        return plain(asdict(value))
    return None if isinstance(value, float) and not isfinite(value) else value


def _views(report: Report) -> dict[str, int]:
    return {name: tally.views for name, tally in next(iter(report.tallies.values())).recipes().items()}


def _page(
    report: Report, recipes: Breakdown, ranges: Breakdown, classes: Breakdown, settings: Mapping[str, Any]
) -> Iterator[str]:
    columns = list(report.tallies)
    yield f"# {', '.join(report.models)} on {report.counted}"
    yield ""
    yield f"Corpus `{report.data}`, split `{report.split}`. In brackets: 95 % of {RESAMPLES} redraws of the views."
    yield ""
    yield (
        "`constant` answers without the picture: the best it can from the train split and a prompt's words. `perfect` is the "
        "exact targets encoded and decoded: what a painting can say at best. `docs/evaluation.md` of Plantain has every "
        "formula and its source."
    )
    if settings.get("align"):
        yield f"Aligned scores fit {settings['align']} to the truth of each view first; all others are metric."
    yield ""
    yield "![What was asked, painted and read](sheet.png)"
    yield ""
    yield "## Scores"
    yield ""
    verdicts = [f"{name} is" for name in report.models]
    yield from _table(
        ["task", "score", "better is", *columns, *verdicts],
        [
            [line.task, _titled(line.title, line.unit), ARROWS[line.higher_is_better]]
            + [told(line.columns[column], line.unit) for column in columns]
            + [line.verdict(name) for name in report.models]
            for line in report.lines
        ],
    )
    yield ""
    yield "The last columns compare with `constant` on the same views: not sure where the interval of the gain holds zero."
    if len(recipes) > 1:
        counts = _views(report)
        yield from _section(
            "By recipe", recipes, columns, HEADLINES, {name: f"{n} views" for name, n in counts.items()}
        )
    shares = {label: f"{scores['pixels'][columns[0]].value:.0%} of surface" for label, scores in ranges.items()}
    names = ("depth_abs_rel", "depth_delta1", "normal_mean_angle", "normal_under_11_25")
    yield from _section("By true depth, pixels of all views pooled", ranges, columns, names, shares)
    if classes:
        yield ""
        yield "## IoU by class"
        yield ""
        rows = [[name, *(told(found["iou"][column]) for column in columns)] for name, found in classes.items()]
        yield from _table(["class", *columns], rows)
    yield ""
    yield "## What the scores are"
    yield ""
    known = scores_of(settings.get("align"))
    for line in report.lines:
        yield f"- **{line.title}** ({line.task}): {known[line.name].meaning}."


def _section(
    title: str, groups: Breakdown, columns: Sequence[str], names: Sequence[str], notes: Mapping[str, str]
) -> Iterator[str]:
    if not groups:
        return
    yield ""
    yield f"## {title}"
    for name in names:
        having = {group: scores[name] for group, scores in groups.items() if name in scores}
        if not having:
            continue
        score = SCORES[name]
        yield ""
        yield f"{_titled(score.title, score.unit)} of {score.task}, {ARROWS[score.higher_is_better]} is better:"
        yield ""
        rows = [
            [group, notes[group], *(told(found[c], score.unit) if c in found else "-" for c in columns)]
            for group, found in having.items()
        ]
        yield from _table(["", "", *columns], rows)


def _titled(title: str, unit: str) -> str:
    return f"{title}, {unit}" if unit else title


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
