"""Commands that make a corpus and look at it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipeline.cli.app import app
from pipeline.cli.options import Corpus, Overwrite, Render, Scene, Seed, Set, recipe_and_preset
from pipeline.shards.location import location


@app.command()
def generate(
    scene: Scene,
    render: Render,
    samples: Annotated[int, typer.Option("--samples", min=1, help="Views over all splits")],
    output: Annotated[
        Any,
        typer.Option(
            "--output", parser=location, metavar="FOLDER", help="Folder of the corpus, or a URL: s3://bucket/x"
        ),
    ],
    seed: Seed = 0,
    splits: Annotated[str, typer.Option("--splits", help="Shares that sum to 1")] = "train=0.8,val=0.1,test=0.1",
    format: Annotated[str, typer.Option("--format", help="Any of webdataset, parquet")] = "webdataset,parquet",
    shard_size: Annotated[int, typer.Option("--shard-size", min=1, help="Samples a shard")] = 64,
    exact: Annotated[bool, typer.Option("--exact/--no-exact", help="Float labels beside the RGB targets")] = True,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Default: one a core")] = None,
    address: Annotated[
        str | None, typer.Option("--address", help="Ray cluster, e.g. auto; default: this machine")
    ] = None,
    sample_timeout: Annotated[
        float | None,
        typer.Option("--sample-timeout", min=1, help="Seconds a sample may take; default: 3600, more above 512x512"),
    ] = None,
    hang_timeout: Annotated[
        float | None,
        typer.Option("--hang-timeout", min=1, help="Seconds without sign of life; default: 180, more above 512x512"),
    ] = None,
    sample_memory_gb: Annotated[
        float | None,
        typer.Option("--sample-memory-gb", min=0.1, help="Memory a worker may hold; default: its share of the machine"),
    ] = None,
    recycle_after: Annotated[
        int, typer.Option("--recycle-after", min=0, help="Samples after which a worker's process is renewed; 0: never")
    ] = 500,
    gpus_per_worker: Annotated[
        float | None,
        typer.Option(
            "--gpus-per-worker", min=0, help="Share of a GPU, e.g. 0.25; default: what the machines have a core"
        ),
    ] = None,
    set_: Set = None,
    overwrite: Overwrite = False,
) -> None:
    """Compose, render, label and pack a corpus. The same command again resumes it."""
    from pipeline import farm
    from pipeline.farm.display import print_end, progress_display

    recipe, preset = recipe_and_preset(scene, render, set_)
    job = farm.Job(
        recipe=recipe,
        render=preset,
        output=output,
        samples=samples,
        seed=seed,
        splits=farm.parse_splits(splits),
        formats=farm.parse_formats(format),
        shard_size=shard_size,
        exact=exact,
    )
    memory = None if sample_memory_gb is None else int(sample_memory_gb * 2**30)
    usual = farm.Limits.of_size(preset.width, preset.height)
    limits = farm.Limits(
        sample_timeout or usual.sample_seconds, hang_timeout or usual.silent_seconds, memory, recycle_after
    )
    with progress_display() as show:
        done = farm.generate(job, workers, address, overwrite, show, limits, gpus_per_worker=gpus_per_worker)
    print_end(done, output)


@app.command()
def status(
    corpus: Corpus,
    json: Annotated[bool, typer.Option("--json", help="Print the whole record")] = False,
) -> None:
    """How the run that makes a corpus stands, from any shell: rate, time left, faults, workers, time by stage."""
    from pipeline.farm.display import print_status
    from pipeline.farm.status import read_status

    found = read_status(corpus)
    if json:
        print(found.as_json(), end="")
    else:
        print_status(found, corpus)


@app.command()
def preview(
    scene: Scene,
    render: Render,
    output: Annotated[Any, typer.Option("--output", parser=location, metavar="FILE", help="PNG to write")],
    seed: Seed = 0,
    index: Annotated[int, typer.Option("--index", min=0, help="Sample of the run to show")] = 0,
    set_: Set = None,
) -> None:
    """One view with every target, and every target decoded back, as a picture."""
    from pipeline.evaluate.pictures import preview_sheet
    from pipeline.farm.views import make_sample
    from pipeline.files import check_suffix, save_bytes
    from pipeline.render import open_renderer
    from pipeline.shards.sample import encode_image

    check_suffix(output, ".png")
    recipe, config = recipe_and_preset(scene, render, set_)
    renderer = open_renderer(config)
    sample, record = make_sample(recipe, renderer, (config.width, config.height), seed, index, exact=True)
    save_bytes(output, encode_image(preview_sheet(sample)))
    again = f" (attempt {len(record.rejected)}; {record.rejected[-1]['reason']})" if record.rejected else ""
    print(f"{output}: {sample.key}{again}")
    for task, prompt in sample.meta["prompts"].items():
        print(f"  {task}: {prompt}")


@app.command()
def validate(
    corpus: Corpus,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one a core")] = None,
) -> None:
    """Check hashes, schema, targets against exact labels, prompts and expressions. Exit 1 with a list of faults."""
    from pipeline.shards.validate import validate_corpus
    from pipeline.tables import validation_table
    from pipeline.terminal import progress_bar

    with progress_bar("shards") as advance:
        report = validate_corpus(corpus, workers, advance)
    for fault in report.faults:
        print(f"FAULT {fault}")
    validation_table(report)
    samples = sum(part.samples for part in report.splits.values())
    print(f"{corpus}: {samples} samples checked, {len(report.faults)} faults")
    if report.faults:
        raise typer.Exit(1)


@app.command()
def inspect(
    corpus: Corpus,
    output: Annotated[
        Any,
        typer.Option(
            "--output",
            parser=location,
            metavar="FILE",
            help="JSON or HTML to write, the other one beside it; default: statistics.json and gallery.html in the corpus",
        ),
    ] = None,
    views: Annotated[
        int,
        typer.Option("--views", min=0, help="Views that the page holds with every target; others have a small picture"),
    ] = 500,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one a core")] = None,
) -> None:
    """What a corpus shows, as numbers and as a page to look at: every target, with exact values under the pointer."""
    from pipeline.files import check_suffix, save_bytes
    from pipeline.gallery.html import gallery_page
    from pipeline.gallery.statistics import as_json, inspect_corpus
    from pipeline.gallery.views import SIDE, choose, read_views
    from pipeline.tables import statistics_tables
    from pipeline.terminal import progress_bar

    asked = output or corpus / "statistics.json"
    check_suffix(asked, ".json", ".html")
    as_page = asked.suffix.lower() == ".html"
    path, page = (asked.with_suffix(".json"), asked) if as_page else (asked, asked.with_suffix(".html"))
    if output is None:
        page = corpus / "gallery.html"
    with progress_bar("shards") as advance:
        statistics = inspect_corpus(corpus, workers, advance)
    save_bytes(path, as_json(statistics))
    parts, total = choose(corpus, views)
    with progress_bar("shards, for the page") as advance:
        shown = read_views(parts, SIDE, workers, advance)
    save_bytes(page, gallery_page(statistics, shown, total, SIDE))
    statistics_tables(statistics)
    print(path)
    print(page)
