"""The typer app that every command joins, and the options that stand before a command."""

from __future__ import annotations

import os
from typing import Annotated

import typer

import pipeline

app = typer.Typer(
    help="Synthetic scenes, exact labels painted as RGB, and the fine-tuning that learns from them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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
