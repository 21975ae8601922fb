"""Commands that train a model and score it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import app
from pipeline.cli.options import BaseWeights, Seed, Set, Weights, output_folder
from pipeline.errors import ConfigError
from pipeline.shards.location import location


@app.command()
def finetune(
    output: Annotated[Path, output_folder("Folder of the model")],
    data: Annotated[
        list[Any] | None,
        typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL; repeat; none for pairs alone"),
    ] = None,
    base: Annotated[str | None, typer.Option("--base", help="Generator to start from; default: the preset's")] = None,
    config: Annotated[
        str | None, typer.Option("--config", help="Training preset: a file, or a shipped name; default: the base's")
    ] = None,
    weights: Weights = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Change one key, e.g. --set minutes=5")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes on Ray, a GPU each")] = None,
    address: Annotated[str | None, typer.Option("--address", help="Ray cluster, e.g. auto; for --workers")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a model or another run; one of the same settings is resumed")
    ] = False,
) -> None:
    """Teach an image generator to paint labels. The same command again resumes a run that was stopped."""
    from pipeline.finetune.config import choose
    from pipeline.finetune.launch import finetune as train
    from pipeline.terminal import training_bar, training_done

    base, preset = choose(base, config, weights, set_)
    with training_bar() as show:
        model = train(data or [], base, output, preset, workers, address, on_progress=show, overwrite=overwrite)
    training_done(model)


@app.command()
def evaluate(
    model: Annotated[list[Path], typer.Option("--model", help="Folder of the model; repeat for a column each")],
    output: Annotated[
        Path,
        output_folder("Folder for report.md, report.json and sheet.png"),
    ],
    data: Annotated[
        Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", help="Split of --data to score; default: test")] = None,
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", help="Public benchmark instead of --data, e.g. nyuv2: docs/benchmarks.md"),
    ] = None,
    root: Annotated[Path | None, typer.Option("--root", help="Folder of the benchmark's original files")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Score only the first samples")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Sampling steps; default: the base's own")] = None,
    align: Annotated[
        str | None, typer.Option("--align", help="Score depth aligned, too: scale, scale-and-shift or median")
    ] = None,
    weights: BaseWeights = None,
    seed: Seed = 0,
) -> None:
    """Paint the split's views, decode the paintings, score them beside the constant predictor and the codecs' ceiling."""
    from pipeline.evaluate.report import evaluate as score
    from pipeline.tables import score_table
    from pipeline.terminal import progress_bar

    if (data is None) == (benchmark is None):
        raise ConfigError("evaluate: needs either --data CORPUS or --benchmark NAME with --root FOLDER")
    if benchmark is not None and split is not None:
        raise ConfigError(
            f"--split {split}: is for --data; --benchmark {benchmark} has a split of its own, leave it out"
        )
    if data is not None and root is not None:
        raise ConfigError(f"--root {root}: is for --benchmark; with --data leave it out")
    if benchmark is not None:
        if len(model) > 1:
            raise ConfigError(f"--benchmark {benchmark}: takes one --model")
        _evaluate_on(benchmark, model[0], root, output, limit, steps, seed, align, weights)
        return
    with progress_bar("views") as advance:
        report = score(
            model, data, split or "test", output, limit, steps, seed, on_progress=advance, align=align, weights=weights
        )
    score_table(report)
    print("  ".join(str(output / name) for name in ("report.md", "report.json", "sheet.png")))


def _evaluate_on(
    name: str,
    model: Path,
    root: Path | None,
    output: Path,
    limit: int | None,
    steps: int | None,
    seed: int,
    align: str | None,
    weights: str | None,
) -> None:
    from pipeline.evaluate.benchmarks.run import run
    from pipeline.tables import benchmark_table
    from pipeline.terminal import progress_bar

    with progress_bar("pictures") as advance:
        report = run(model, name, root, output, limit, steps, seed, on_progress=advance, align=align, weights=weights)
    benchmark_table(report)
    print(f"{output / 'report.json'}  {output / 'sheet.png'}")


@app.command()
def roundtrip(
    base: Annotated[str, typer.Option("--base", help="tiny, small, flux2_klein or qwen_image_edit")],
    data: Annotated[Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")],
    output: Annotated[Path, output_folder("Folder for roundtrip.json")],
    weights: Weights = None,
    config: Annotated[str | None, typer.Option("--config", help="Training preset; default: the base's")] = None,
    split: Annotated[str, typer.Option("--split", help="Split whose targets to send through")] = "test",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first samples")] = None,
    set_: Set = None,
) -> None:
    """What a base's autoencoder and size alone cost: targets encoded, decoded, read back and scored."""
    from pipeline.evaluate.roundtrip import roundtrip as measure
    from pipeline.finetune.config import choose
    from pipeline.tables import roundtrip_table
    from pipeline.terminal import progress_bar

    base, preset = choose(base, config, weights, set_)
    with progress_bar("views") as advance:
        found = measure(base, preset, data, split, output, limit, on_progress=advance)
    roundtrip_table(found)
    print(output / "roundtrip.json")


@app.command()
def generation(
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    data: Annotated[Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")],
    output: Annotated[
        Path,
        output_folder("Folder for generation.json, generation.png and pictures/"),
    ],
    before: Annotated[
        str | None,
        typer.Option("--before", help="A tuned model's folder, or its base's weights; default: what it was tuned from"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="Split whose captions are asked for")] = "test",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Captions at most")] = 256,
    pictures: Annotated[int, typer.Option("--pictures", min=0, help="Captions to paint, by both models")] = 64,
    clip: Annotated[
        str | None, typer.Option("--clip", help="CLIP for FID, KID and CLIP score: a folder or hub id in safetensors")
    ] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Sampling steps; default: the base's own")] = None,
    weights: BaseWeights = None,
    seed: Seed = 0,
) -> None:
    """What a model lost of its own trade, pictures from captions: losses and pictures before and after tuning."""
    from pipeline.evaluate.generation import measure_generation
    from pipeline.tables import generation_table
    from pipeline.terminal import progress_bar

    with progress_bar("losses and pictures") as advance:
        report = measure_generation(
            model, data, split, output, before, limit, pictures, steps, seed, clip, on_progress=advance, weights=weights
        )
    generation_table(report)
    print(f"{output / 'generation.json'}  {output / 'generation.png'}")
