"""What the commands make of a URL as their --output."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import typer

from pipeline.cli import app
from pipeline.errors import ConfigError
from pipeline.shards import store
from pipeline.shards.location import location


def writing(command: Any, name: str = "plantain") -> Iterator[Any]:
    """Every command that has an --output."""
    for word, one in getattr(command, "commands", {}).items():
        yield from writing(one, f"{name} {word}")
    if any("--output" in one.opts for one in command.params):
        yield pytest.param(command, id=name)


@pytest.mark.parametrize("command", writing(typer.main.get_command(app)))
def test_a_url_is_written_to_or_refused_and_never_taken_for_a_folder(command: Any) -> None:
    (option,) = (one for one in command.params if "--output" in one.opts)
    try:
        place = option.process_value(command.make_context("", [], resilient_parsing=True), "memory://b/x.png")
    except ConfigError as error:
        place = str(error)
    assert place == location("memory://b/x.png") or place == (
        "--output memory://b/x.png: this is written to a disk; name a folder, and copy that to a store with its own tool "
        "(e.g. aws s3 sync)"
    )


def test_numbers_are_written_to_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2.imwrite(str(tmp_path / "painting.png"), np.zeros((4, 6, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    order = ["decode", "--task", "depth", "--image", "painting.png", "--output", "memory://b/d.npy"]
    app(order, standalone_mode=False)
    assert np.load(BytesIO(store.get(location("memory://b/d.npy")))).shape == (4, 6)
    assert [path.name for path in tmp_path.iterdir()] == ["painting.png"]
