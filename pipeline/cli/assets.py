"""Commands about catalogues of models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import app
from pipeline.cli.options import Seed, output_folder

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
    from pipeline.tables import catalogue_table
    from pipeline.terminal import progress_bar

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
    output: Annotated[
        Path,
        output_folder("Folder to fill; the source files:FOLDER then reads it"),
    ],
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
