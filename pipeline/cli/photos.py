"""Commands that ask a model about photos, and read paintings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import app
from pipeline.cli.options import Seed, Task
from pipeline.errors import ConfigError


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
