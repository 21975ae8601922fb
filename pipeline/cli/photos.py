"""Commands that ask a model about photos, and read paintings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import app
from pipeline.cli.options import BaseWeights, Seed, Task, output_folder
from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError, complain
from pipeline.shards.location import location


@app.command()
def predict(
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    image: Annotated[list[Path], typer.Option("--image", help="Photo, or a folder of photos; repeat")],
    output: Annotated[
        Path,
        output_folder("PNG of one photo's painting, the rest goes beside it; or a folder for many", "PATH"),
    ],
    task: Annotated[
        str | None, typer.Option("--task", help=f"{', '.join(TASKS)}; default: what --prompt asks for")
    ] = None,
    prompt: Annotated[str | None, typer.Option("--prompt", help="Own words instead of the task's")] = None,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Sampling steps; default: the base's own")] = None,
    fov_deg: Annotated[
        float | None,
        typer.Option(
            "--fov-deg", min=1, max=170, help="Angle across the longer side, for points; default: Exif's, or 60"
        ),
    ] = None,
    weights: BaseWeights = None,
    seed: Seed = 0,
) -> None:
    """Ask a tuned model about photos: painting, numbers, a picture for people, and points of depth."""
    from pipeline.predict.ask import question
    from pipeline.predict.run import predict as answer

    answer(model, image, question(task, prompt), output, steps, seed, fov_deg, complain=complain, weights=weights)


@app.command()
def demo(
    model: Annotated[Path, typer.Option("--model", help="Folder of the model")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free one")] = 7860,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets others in")] = "127.0.0.1",
    share: Annotated[bool, typer.Option("--share/--no-share", help="Through Gradio's servers, for anyone")] = False,
    weights: BaseWeights = None,
) -> None:
    """A page in the browser on which to ask a tuned model about photos. Runs until Ctrl-C."""
    from pipeline.predict.demo import serve

    serve(model, host, port, share, weights)


@app.command()
def decode(
    task: Task,
    image: Annotated[Path, typer.Option("--image", help="Target or painting")],
    output: Annotated[
        Any,
        typer.Option(
            "--output",
            parser=location,
            metavar="FILE",
            help=".npy, .exr or 16-bit .png (depth: millimetres up to 65.535 m, 0 where none)",
        ),
    ],
    prompt: Annotated[str | None, typer.Option("--prompt", help="What was asked: tells colours and scale")] = None,
) -> None:
    """Read a painted label back into numbers."""
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
