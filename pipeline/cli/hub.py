"""Commands that publish corpora and models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import app
from pipeline.errors import ConfigError
from pipeline.shards.location import location

Folder = Annotated[
    Any, typer.Argument(parser=location, metavar="FOLDER", help="Corpus (folder or URL), or folder of a tuned model")
]
Type = Annotated[str | None, typer.Option("--type", help="dataset or model; default: what lies in the folder")]
Reports = Annotated[
    list[Path] | None,
    typer.Option("--report", help="Of a model: what `evaluate` wrote, beside its own evaluation/; repeat for more"),
]
BaseModel = Annotated[
    str | None, typer.Option("--base-model", help="Of a model tuned from a folder: what that holds, as the hub has it")
]
Licence = Annotated[
    str | None, typer.Option("--license", help="Of a model: the hub's name of one; default: as its base's")
]


@app.command()
def card(
    folder: Folder,
    repo: Annotated[str | None, typer.Option("--repo", help="USER/NAME on the hub, if it is to lie there")] = None,
    type_: Type = None,
    report: Reports = None,
    base_model: BaseModel = None,
    license_: Licence = None,
) -> None:
    """Write the card of a corpus or a tuned model: README.md with figures; for corpora croissant.json and preview.jpg too."""
    from pipeline.hub.push import check_repo, held, write_card

    home = check_repo(repo) if repo else ""
    kind = _kind(folder, type_, report, base_model, license_)
    with held(folder, kind):
        contents = _contents(folder, kind, home, report, base_model, license_)
        write_card(contents)
    for name in contents.written:
        print(folder / name)


@app.command()
def push(
    folder: Folder,
    repo: Annotated[str, typer.Option("--repo", help="USER/NAME on the hub; made where it is missing")],
    private: Annotated[bool, typer.Option("--private", help="Make it private, if it is made now")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, and list what would go; send and write nothing")
    ] = False,
    type_: Type = None,
    report: Reports = None,
    base_model: BaseModel = None,
    license_: Licence = None,
) -> None:
    """Publish a finished corpus or a tuned model on the Hugging Face hub, with its card. Run again to go on or to update."""
    from pipeline.hub.push import check_local, check_repo, held
    from pipeline.hub.push import push as upload
    from pipeline.tables import contents_table

    check_repo(repo)
    kind = _kind(check_local(folder), type_, report, base_model, license_)
    if dry_run:
        contents = _contents(folder, kind, repo, report, base_model, license_)
        contents_table(contents, repo)
        return
    with held(folder, kind):
        contents = _contents(folder, kind, repo, report, base_model, license_)
        contents_table(contents, repo)
        url = upload(contents, repo, private)
    print(url)


def _kind(folder: Any, said: str | None, *of_models: Any) -> Any:
    from pipeline.hub.contents import kind_of

    kind = kind_of(folder, said)
    if kind == "dataset" and any(of_models):
        raise ConfigError(f"{folder}: a corpus; --report, --base-model and --license are for models")
    return kind


def _contents(folder: Any, kind: Any, home: str, report: list[Path] | None, *of_models: Any) -> Any:
    from pipeline.hub.contents import corpus_contents, model_contents
    from pipeline.hub.model_card import Told

    if kind == "dataset":
        return corpus_contents(folder, home)
    if not isinstance(folder, Path):
        raise ConfigError(f"{folder}: the card of a model is written on a disk only; copy the model to a folder first")
    return model_contents(folder, home, Told(tuple(report or ()), *of_models))
