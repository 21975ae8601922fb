"""Commands that write a corpus in other tools' formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import app
from pipeline.cli.options import Corpus, Overwrite, output_folder

exporting = typer.Typer(help="Write a corpus as the files that other tools read.", no_args_is_help=True)
app.add_typer(exporting, name="export")
ExportFolder = Annotated[
    Path,
    output_folder("Folder to fill: new, empty, or an export to overwrite"),
]
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
