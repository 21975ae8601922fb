"""What commands have found, as tables on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any


def score_table(report: Any) -> None:
    """Print a report's scores, each model's with its interval, between the two ends of the scale."""
    from rich.table import Table

    from pipeline.evaluate.written import told

    title = f"{', '.join(report.models.values())} on {report.counted}, split {report.split}"
    table = Table(title=title, caption="[ ] 95 % of redraws of the views; ? the constant may be as good")
    table.add_column("task")
    table.add_column("score", no_wrap=True)
    table.add_column("better is")
    for name in report.models:
        table.add_column(name, no_wrap=True)
    for name in ("constant", "perfect"):
        table.add_column(name, justify="right")
    for line in report.lines:
        scores = []
        for name in report.models:
            mark = {"better": "", "worse": " worse", "not sure": " ?"}[line.verdict(name)]
            scores.append(told(line.columns[name], line.unit) + mark)
        way = "higher" if line.higher_is_better else "lower"
        name = f"{line.title}, {line.unit}" if line.unit else line.title
        ends = (told(line.constant, line.unit), told(line.perfect, line.unit))
        table.add_row(line.task, name, way, *scores, *ends)
    _console(70 + 34 * len(report.models)).print(table)


def benchmark_table(report: Any) -> None:
    """Print a public benchmark's scores, and what others published on it or on several of which it is one."""
    from rich.table import Table

    part = f"{report.partial}: no published number" if report.partial else ""
    title = f"{report.model} on {report.benchmark}: {report.views} cases{part}"
    table = Table("score", "better is", "model", "published", title=title)
    for name, value in report.scores.items():
        figure = report.figures[name]
        way = "higher" if figure.higher_is_better else "lower"
        score = f"{value:.2f} {figure.unit}" if figure.unit else f"{value:.3f}"
        said = [f"{row.value:g} {row.model}{_mean_of(row.over)}" for row in report.published if row.score == name]
        table.add_row(figure.title, way, score, "\n".join(said))
    _console(120).print(table)


def _mean_of(benchmarks: tuple[str, ...]) -> str:
    return f", mean of {', '.join(benchmarks)}" if len(benchmarks) > 1 else ""


def roundtrip_table(found: Any) -> None:
    """Print what a base's autoencoder loses: a row a score, then the error of a colour by task; one line for nothing."""
    if found.lossless:
        print(
            f"{found.base} on {found.views} views, split {found.split}: nothing is lost: every target comes back as it was, "
            "and scores as exact ones do"
        )
        return
    from rich.table import Table

    levels = ", ".join(f"{task} {value:.2f}" for task, value in found.levels.items())
    table = Table(
        "task", "score", "", "exact targets", "on the canvas", "autoencoded",
        title=f"{found.base} on {found.views} views, split {found.split}",
        caption=f"mean error of a colour, of 255 levels: {levels}",
    )  # fmt: skip
    for loss in found.losses:
        way = "higher is better" if loss.higher_is_better else "lower is better"
        table.add_row(loss.task, loss.title, way, *(f"{v:.4f}" for v in (loss.target, loss.canvas, loss.autoencoder)))
    _console(100).print(table)


def generation_table(report: Any) -> None:
    """Print what became of generation: each measure before and after, then the same in words."""
    from rich.table import Table

    from pipeline.evaluate.generation_figures import sentences, short

    title = f"{report.model}, {report.views} captions of {report.split}; before: {report.before or 'nothing'}"
    table = Table("generation", "", "before", "after", "verdict", title=title)
    for figure in report.figures:
        way = "higher is better" if figure.higher_is_better else "lower is better"
        table.add_row(figure.title, way, short(figure.before), short(figure.after), figure.verdict)
    for sigma, before, after in report.levels:
        table.add_row(f"  loss at noise {sigma:.3f}", "", short(before), short(after), "")
    _console(120).print(table)
    for sentence in sentences(report.figures):
        print(sentence)


def validation_table(report: Any) -> None:
    """Print what a validation checked, a row a split."""
    from rich.table import Table

    columns = ("split", "shards", "samples", "MB", "drawn again", "left out", "faults")
    table = Table(
        *columns, caption=None if report.exact else "no exact labels: targets could not be compared with them"
    )
    for name, part in report.splits.items():
        size = f"{part.bytes / 1e6:.1f}"
        table.add_row(name, *map(str, (part.shards, part.samples, size, part.rejected, part.quarantined, part.faults)))
    _console(100).print(table)


def statistics_tables(statistics: dict[str, Any]) -> None:
    """Print what `inspect_corpus` counted: a row a recipe, then what the corpus shows most."""
    from rich.table import Table
    from rich.text import Text

    console = _console(120)
    columns = ("recipe", "views", "things a view", "categories", "depth m 1 / 50 / 99 %", "brightness", "dark", "burnt",
               "refused")  # fmt: skip
    table = Table(*columns)
    refused = {name: sum(kinds.values()) for name, kinds in statistics["rejected"].items()}
    rows = {**statistics["recipes"], "all": statistics["all"]}
    for name, part in rows.items() if len(rows) > 2 else list(rows.items())[:1]:
        depth_m = " / ".join(f"{part['depth_m'][p]:.3g}" for p in ("1", "50", "99")) if part["depth_m"] else "-"
        again = sum(refused.values()) if name == "all" else refused.get(name, 0)
        table.add_row(
            name, str(part["views"]), f"{part['things_per_view']['50']:.0f}", f"{part['categories_per_view']['50']:.0f}",
            depth_m, f"{part['mean_brightness']:.0f}", f"{part['dark_share']:.1%}", f"{part['burnt_share']:.1%}", str(again),
        )  # fmt: skip
    console.print(table)
    whole = statistics["all"]
    for title, counts in (
        ("categories", {name: n["instances"] for name, n in whole["categories"].items()}),
        ("materials", whole["materials"]),
        ("colors", whole["colors"]),
        ("assets from", whole["sources"]),
        ("skies from", whole["environments"]),
        ("refused for", _summed(statistics["rejected"].values())),
        ("surfaces facing", {way: f"{share:.0%}" for way, share in whole["facing"].items()}),
    ):
        if counts:
            listed = ", ".join(f"{name} {n}" for name, n in list(counts.items())[:40])
            more = f" and {len(counts) - 40} more" if len(counts) > 40 else ""
            console.print(Text.assemble((title, "bold"), f" ({len(counts)}): {listed}{more}"))


def _summed(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    whole: Counter[str] = Counter()
    for part in counts:
        whole.update(part)
    return dict(whole.most_common())


def catalogue_table(catalogue: Any) -> None:
    """Print the kinds of a catalogue with their models, its licences, and how many models have no kind."""
    from rich.table import Table

    table = Table("kind", "models", "names", title=f"{len(catalogue.entries)} models")
    for kind, entries in sorted(catalogue.of_kind().items()):
        names = Counter(entry.name for entry in entries)
        told = [name if count == 1 else f"{name} x{count}" for name, count in names.most_common(5)]
        table.add_row(kind, str(len(entries)), ", ".join(told) + (", ..." if len(names) > 5 else ""))
    nameless = [entry for entry in catalogue.entries if entry.kind is None]
    if nameless:
        table.add_row("(none)", str(len(nameless)), "no rule of the mapping knows them: never drawn")
    _console(120).print(table)
    for licence, count in Counter(entry.licence for entry in catalogue.entries).most_common():
        authors = {entry.author for entry in catalogue.entries if entry.licence == licence and entry.author}
        print(f"{licence}: {count} models by {len(authors)} authors")


def contents_table(contents: Any, repo: str) -> None:
    """Print what goes to the hub: a row a file, or all shards of a split together; then the sum."""
    from rich.table import Table

    table = Table("file", "files", "MB", "", title=f"{contents.kind} {repo}")
    for name, count, size in contents.groups():
        table.add_row(name, str(count), f"{size / 1e6:.3f}", "written anew" if name in contents.written else "")
    _console(100).print(table)
    sizes = contents.sizes()
    print(f"{contents.folder}: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB; whatever else lies there stays")


def _console(width: int) -> Any:
    """A terminal of `width` columns that takes no brackets or colons in a name for styles or pictures."""
    from rich.console import Console

    return Console(width=width, markup=False, emoji=False)
