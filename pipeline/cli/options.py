"""Options that several commands have, and what they are read into."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipeline.config import load_recipe, load_render_config
from pipeline.shards.location import Location, local_folder, location

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
BaseWeights = Annotated[
    str | None,
    typer.Option("--weights", help="Of adapters: hub id or folder of their base, if not where they were tuned"),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what --output holds")]


def output_folder(help: str, metavar: str = "FOLDER") -> Any:
    """An --output on a disk: where a URL would become a folder of that name, it is refused."""
    return typer.Option("--output", parser=local_folder, metavar=metavar, help=help)


def recipe_and_preset(scene: Location, render: Location, changes: list[str] | None) -> tuple[Any, Any]:
    """The recipe and the render preset with the changes of --set. Raises ConfigError."""
    of_preset = [c.removeprefix("render.") for c in changes or [] if c.startswith("render.")]
    of_recipe = [c for c in changes or [] if not c.startswith("render.")]
    return load_recipe(scene, of_recipe), load_render_config(render, of_preset)
