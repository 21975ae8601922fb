"""The `plantain` command: parse, call, print. Exit 0 done, 1 the work failed, 2 bad usage or bad config."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import pipeline
from pipeline.config import load_recipe, load_render_config
from pipeline.errors import INTERRUPTED, ConfigError, PlantainError
from pipeline.shards.location import Location, location

app = typer.Typer(
    help="Synthetic scenes, exact labels painted as RGB, and the fine-tuning that learns from them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Corpus = Annotated[Any, typer.Argument(parser=location, metavar="CORPUS", help="Folder or URL of the corpus")]
Scene = Annotated[
    Any,
    typer.Option("--scene", parser=location, metavar="FILE", help="Recipe, e.g. scenes/living_room.yaml, or its URL"),
]
Render = Annotated[
    Any,
    typer.Option(
        "--render", parser=location, metavar="FILE", help="Render preset, e.g. render_configs/raster.yaml, or its URL"
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Same seed, same bytes")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one key: camera.fov_deg=60, or render.samples=16 for the preset"),
]
Task = Annotated[str, typer.Option("--task", help="depth, normal, semantic, instance or referring")]
Weights = Annotated[
    str | None, typer.Option("--weights", help="Hub id or folder of the base's weights; default: the base's own")
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what --output holds")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"plantain {pipeline.__version__}")
        raise typer.Exit


@app.callback()
def common(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command."""
    if debug:
        os.environ["PLANTAIN_DEBUG"] = "1"


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

    recipe, preset = _recipe_and_preset(scene, render, set_)
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
    output: Annotated[Path, typer.Option("--output", help="PNG to write")],
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
    recipe, config = _recipe_and_preset(scene, render, set_)
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
    from pipeline.terminal import progress_bar, validation_table

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
            "--output", parser=location, metavar="FILE", help="JSON to write; default: statistics.json in the corpus"
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default: one a core")] = None,
) -> None:
    """What a corpus shows: categories, things a view, depth, normals, brightness, materials, refused views."""
    from pipeline.files import check_suffix, save_bytes
    from pipeline.gallery.statistics import as_json, inspect_corpus
    from pipeline.terminal import progress_bar, statistics_tables

    path = output or corpus / "statistics.json"
    check_suffix(path, ".json")
    with progress_bar("shards") as advance:
        statistics = inspect_corpus(corpus, workers, advance)
    save_bytes(path, as_json(statistics))
    statistics_tables(statistics)
    print(path)


assets = typer.Typer(help="Look at catalogues of models, and make them.", no_args_is_help=True)
app.add_typer(assets, name="assets")


@assets.command("list")
def list_assets(
    source: Annotated[str, typer.Argument(help="As assets.sources has it: sh3f, sh3f:/path, files:/path, hdri:/path")],
    categories: Annotated[Path | None, typer.Option("--categories", help="YAML that maps names to kinds")] = None,
    check: Annotated[bool, typer.Option("--check", help="Read every model and name those that cannot be used")] = False,
) -> None:
    """What a catalogue holds: kinds, models, licences, and what has no kind. Exit 1 when --check finds broken models."""
    from pipeline.compose.catalogues.listing import broken_models, open_catalogue
    from pipeline.terminal import catalogue_table, progress_bar

    catalogue = open_catalogue(source, categories)
    catalogue_table(catalogue)
    if check:
        with progress_bar("models", len(catalogue.entries)) as advance:
            broken = broken_models(catalogue, advance)
        for entry, reason in broken:
            print(f"BROKEN {entry.source} ({entry.name}) {reason}")
        print(f"{source}: {len(catalogue.entries)} models read, {len(broken)} cannot be used")
        if broken:
            raise typer.Exit(1)


baking = typer.Typer(help="Grow models with other people's generators.", no_args_is_help=True)
assets.add_typer(baking, name="bake")


@baking.command("infinigen")
def bake_infinigen(
    output: Annotated[Path, typer.Option("--output", help="Folder to fill; the source files:FOLDER then reads it")],
    categories: Annotated[str, typer.Option("--categories", help="Names separated by commas, or all")] = "all",
    per_category: Annotated[int, typer.Option("--per-category", min=1, help="Models of each")] = 20,
    seed: Seed = 0,
    max_faces: Annotated[int, typer.Option("--max-faces", min=100, help="Triangles a model, about")] = 6000,
    texture: Annotated[int, typer.Option("--texture", min=64, max=8192, help="Width of its textures, pixels")] = 1024,
    minutes_each: Annotated[float, typer.Option("--minutes-each", min=0.1, help="Give a model up after so long")] = 10,
) -> None:
    """Grow furniture and household things with Infinigen, simplified, with baked textures. Run again to go on.

    The first run installs Infinigen (BSD-3) into an environment of its own: some ten minutes. Exit 1 when a model failed.
    """
    from pipeline import bake
    from pipeline.terminal import progress_bar

    names = bake.CATEGORIES if categories == "all" else tuple(name.strip() for name in categories.split(","))
    with progress_bar("models", len(names) * per_category) as advance:
        baked = bake.bake_infinigen(names, per_category, output, seed, max_faces, texture, minutes_each, advance)
    for file, reason in baked.broken:
        print(f"BROKEN {file}: {reason}")
    print(f"{output}: {len(baked.done)} models. Use them: --set 'assets.sources=[plantain, files:{output}]'")
    if baked.broken:
        raise typer.Exit(1)


exporting = typer.Typer(help="Write a corpus as the files that other tools read.", no_args_is_help=True)
app.add_typer(exporting, name="export")
ExportFolder = Annotated[Path, typer.Option("--output", help="Folder to fill: new, empty, or an export to overwrite")]
Split = Annotated[str, typer.Option("--split", help="Split to write")]


@exporting.command("coco")
def export_coco(corpus: Corpus, output: ExportFolder, split: Split = "train", overwrite: Overwrite = False) -> None:
    """COCO instance segmentation: pictures and annotations.json with RLE masks."""
    from pipeline.export.coco import export_coco as write

    _export(write, corpus, split, output, overwrite)


@exporting.command("bop")
def export_bop(corpus: Corpus, output: ExportFolder, split: Split = "train", overwrite: Overwrite = False) -> None:
    """BOP layout: cameras, 16-bit depth, visible masks; no object poses."""
    from pipeline.export.bop import export_bop as write

    _export(write, corpus, split, output, overwrite)


@exporting.command("hypersim")
def export_hypersim(corpus: Corpus, output: ExportFolder, split: Split = "train", overwrite: Overwrite = False) -> None:
    """Depth and normals as Marigold's training code reads Hypersim."""
    from pipeline.export.hypersim import export_hypersim as write

    _export(write, corpus, split, output, overwrite)


@exporting.command("edit-pairs")
def export_edit_pairs(
    corpus: Corpus,
    output: ExportFolder,
    split: Split = "train",
    task: Annotated[list[str] | None, typer.Option("--task", help="Repeat for several; default: all five")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Picture, target and prompt, as SimpleTuner and ai-toolkit train image editors on them."""
    from pipeline.codecs.tasks import TASKS
    from pipeline.export.edit_pairs import export_edit_pairs as write

    _export(write, corpus, split, output, overwrite, tasks=task or TASKS)


def _export(write: Any, corpus: Any, split: str, output: Path, overwrite: bool, **more: Any) -> None:
    from pipeline.terminal import progress_bar

    with progress_bar("views") as advance:
        views = write(corpus, split, output, overwrite, on_progress=advance, **more)
    print(f"{output}: {views} views of {split}")


@app.command()
def finetune(
    output: Annotated[Path, typer.Option("--output", help="Folder of the model")],
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
    overwrite: Overwrite = False,
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
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    data: Annotated[Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")],
    output: Annotated[Path, typer.Option("--output", help="Folder for report.json and sheet.png")],
    split: Annotated[str, typer.Option("--split", help="Split to score")] = "test",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Score only the first samples")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Sampling steps; default: the base's own")] = None,
    seed: Seed = 0,
) -> None:
    """Paint the split's views, decode the paintings, score them beside the constant predictor."""
    from pipeline.evaluate.report import evaluate as score
    from pipeline.terminal import progress_bar, score_table

    with progress_bar("views") as advance:
        report = score(model, data, split, output, limit, steps, seed, on_progress=advance)
    score_table(report)
    print(f"{output / 'report.json'}  {output / 'sheet.png'}")


@app.command()
def roundtrip(
    base: Annotated[str, typer.Option("--base", help="tiny, small, flux2_klein or qwen_image_edit")],
    data: Annotated[Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")],
    output: Annotated[Path, typer.Option("--output", help="Folder for roundtrip.json")],
    weights: Weights = None,
    config: Annotated[str | None, typer.Option("--config", help="Training preset; default: the base's")] = None,
    split: Annotated[str, typer.Option("--split", help="Split whose targets to send through")] = "test",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first samples")] = None,
    set_: Set = None,
) -> None:
    """What a base's autoencoder and size alone cost: targets encoded, decoded, read back and scored."""
    from pipeline.evaluate.roundtrip import roundtrip as measure
    from pipeline.finetune.config import choose
    from pipeline.terminal import progress_bar, roundtrip_table

    base, preset = choose(base, config, weights, set_)
    with progress_bar("views") as advance:
        found = measure(base, preset, data, split, output, limit, on_progress=advance)
    roundtrip_table(found)
    print(output / "roundtrip.json")


@app.command()
def predict(
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    image: Annotated[Path, typer.Option("--image", help="Photo")],
    task: Task,
    output: Annotated[Path, typer.Option("--output", help="PNG to write; the decoded array goes beside it as .npy")],
    prompt: Annotated[str | None, typer.Option("--prompt", help="Own words instead of the task's")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Sampling steps; default: the base's own")] = None,
    seed: Seed = 0,
) -> None:
    """Ask a tuned model about a photo."""
    from pipeline.evaluate.predict import paint_photo
    from pipeline.files import check_suffix, read_image, save_array, save_bytes
    from pipeline.instructions.reading import decode_by_prompt
    from pipeline.shards.sample import encode_image

    check_suffix(output, ".png")
    painted = paint_photo(model, read_image(image), task, prompt, steps=steps, seed=seed)
    array, legend = decode_by_prompt(task, painted, prompt)
    save_bytes(output, encode_image(painted))
    save_array(output.with_suffix(".npy"), array)
    print(f"{output}: painted; {output.with_suffix('.npy')}: {array.dtype} {list(array.shape)}")
    _print_legend(legend)


@app.command()
def generation(
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    data: Annotated[Any, typer.Option("--data", parser=location, metavar="CORPUS", help="Folder or URL of the corpus")],
    output: Annotated[Path, typer.Option("--output", help="Folder for generation.json, generation.png and pictures/")],
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
    seed: Seed = 0,
) -> None:
    """What a model lost of its own trade, pictures from captions: losses and pictures before and after tuning."""
    from pipeline.evaluate.generation import measure_generation
    from pipeline.terminal import generation_table, progress_bar

    with progress_bar("losses and pictures") as advance:
        report = measure_generation(
            model, data, split, output, before, limit, pictures, steps, seed, clip, on_progress=advance
        )
    generation_table(report)
    print(f"{output / 'generation.json'}  {output / 'generation.png'}")


@app.command()
def decode(
    task: Task,
    image: Annotated[Path, typer.Option("--image", help="Target or painting")],
    output: Annotated[Path, typer.Option("--output", help=".npy, .exr or 16-bit .png to write")],
    prompt: Annotated[str | None, typer.Option("--prompt", help="What was asked: tells colours and scale")] = None,
) -> None:
    """Read a painted label back into numbers."""
    from pipeline.codecs.tasks import TASKS
    from pipeline.files import ARRAYS, check_suffix, read_image, save_array
    from pipeline.instructions.reading import decode_by_prompt

    if task not in TASKS:
        raise ConfigError(f"--task {task}: unknown task; known: {', '.join(TASKS)}")
    check_suffix(output, *ARRAYS)
    array, legend = decode_by_prompt(task, read_image(image), prompt)
    save_array(output, array)
    print(f"{output}: {array.dtype} {list(array.shape)}")
    _print_legend(legend)


def _print_legend(legend: list[str]) -> None:
    for number, name in enumerate(legend, start=1):
        print(f"  {number}: {name}")


def _recipe_and_preset(scene: Location, render: Location, changes: list[str] | None) -> tuple[Any, Any]:
    of_preset = [c.removeprefix("render.") for c in changes or [] if c.startswith("render.")]
    of_recipe = [c for c in changes or [] if not c.startswith("render.")]
    return load_recipe(scene, of_recipe), load_render_config(render, of_preset)


def main() -> None:
    """Entry point of the `plantain` command."""
    status = _run()
    sys.stdout.flush()
    sys.stderr.flush()
    # A process that has imported bpy crashes when it exits in the ordinary way.
    if "bpy" in sys.modules:
        os._exit(status)
    sys.exit(status)


def _run() -> int:
    try:
        result: Any = app(standalone_mode=False)
        if result == INTERRUPTED:
            return _complain("stopped; the same command again resumes where it was", INTERRUPTED)
        return int(result or 0)
    except Exception as error:
        if os.environ.get("PLANTAIN_DEBUG"):
            raise
        if isinstance(error, PlantainError):
            return _complain(str(error), error.exit_code)
        if hasattr(error, "format_message"):  # click's usage errors
            return _complain(error.format_message(), getattr(error, "exit_code", 2))
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return _complain(f"{text} (run `plantain --debug ...` for the traceback)", 1)


def _complain(text: str, status: int) -> int:
    print(f"plantain: {text}", file=sys.stderr)
    return status
