"""The commands of docs/benchmarks.md, on tiny sets in the folders that the page names."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.evaluate.benchmarks import BENCHMARKS
from pipeline.evaluate.benchmarks.cityscapes import CLASSES
from pipeline.evaluate.benchmarks.refcocog import CONVERT
from pipeline.finetune import bases
from tests.evaluate.benchmarks import originals
from tests.evaluate.benchmarks.conftest import Painter

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md").read_text()
LINES = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
COMMANDS = [shlex.split(line)[1:] for line in LINES if line.startswith("plantain ")]
METRES = np.full((30, 40), 5.0)
MASK = np.arange(1200).reshape(30, 40) % 40 < 20
WRITERS = {
    "nyuv2": lambda root: originals.nyuv2(root, [np.full((480, 640), 5.0)], test=[1]),
    "kitti": lambda root: originals.kitti(root, METRES),
    "eth3d": lambda root: originals.eth3d(root, METRES),
    "diode": lambda root: originals.diode(root, METRES, METRES),
    "ibims": lambda root: originals.ibims(root, METRES, METRES < 0, METRES < 0),
    "dsine_eval": lambda root: originals.dsine(root, np.broadcast_to((0.0, 0.0, 1.0), (30, 40, 3))),
    "cityscapes": lambda root: originals.cityscapes(root, np.full((30, 40), CLASSES["road"])),
    "refcocog": lambda root: originals.refcocog(root, [originals.rectangle(10, 10, 20, 10)], ["the box"]),
    "reasonseg": lambda root: originals.reasonseg(root, [("target", [[0, 0], [9, 0], [9, 9]])], "it", False),
    "saco": lambda root: originals.saco(root, "crowded", [[[MASK]]] * 3),
}
"""By the name of the folder on the page."""


def option(command, name):
    return command[command.index(name) + 1]


def test_the_page_has_a_command_and_a_row_for_every_benchmark():
    assert [option(command, "--benchmark") for command in COMMANDS] == list(BENCHMARKS)
    rows = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert re.findall(r"`([a-z0-9-]+)`(?=,| \|)", rows.replace("| `", "\n| `"))
    assert all(f"`{name}`" in rows for name in BENCHMARKS)


def test_the_page_converts_references_as_the_error_says():
    assert CONVERT in LINES


@pytest.mark.parametrize("command", COMMANDS, ids=[option(command, "--benchmark") for command in COMMANDS])
def test_a_command_of_the_page_writes_a_report_and_a_sheet(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = Path(option(command, "--root"))
    root.mkdir(parents=True)
    WRITERS[root.name](root)
    monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "flux2_klein"})
    monkeypatch.setattr(
        bases, "load", lambda folder, weights=None: Painter(lambda image, prompt: np.full_like(image, 200))
    )
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    output = Path(option(command, "--output"))
    assert (output / "report.json").is_file() and (output / "sheet.png").is_file()
    assert option(command, "--benchmark") in done.output


def test_the_command_hands_on_where_the_base_lies_and_how_depth_is_aligned(tmp_path, monkeypatch):
    asked = []

    def load(folder, weights=None):
        asked.append(weights)
        return Painter(lambda image, prompt: np.full_like(image, 200))

    monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "flux2_klein"})
    monkeypatch.setattr(bases, "load", load)
    WRITERS["eth3d"](tmp_path)
    command = ["evaluate", "--model", "m", "--benchmark", "eth3d", "--root", str(tmp_path), "--weights", "some/base"]
    done = CliRunner().invoke(app, [*command, "--align", "median", "--output", str(tmp_path / "report")])
    assert done.exit_code == 0, done.output
    assert asked == ["some/base"] and "delta1, median" in done.output


def test_a_benchmark_without_its_folder_is_an_error_that_asks_for_it(tmp_path):
    done = CliRunner().invoke(app, ["evaluate", "--model", "m", "--benchmark", "nyuv2", "--output", str(tmp_path)])
    assert done.exit_code != 0
    assert "--root" in str(done.exception)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--benchmark", "nyuv2", "--root", "r", "--split", "val"],
            "--split val: is for --data; --benchmark nyuv2 has",
        ),
        (["--data", "corpus", "--root", "r"], "--root r: is for --benchmark; with --data leave it out"),
    ],
)
def test_an_option_that_would_not_be_heeded_is_an_error_that_says_what_it_is_for(options, said, tmp_path):
    done = CliRunner().invoke(app, ["evaluate", "--model", "m", *options, "--output", str(tmp_path)])
    assert str(done.exception).startswith(said) and "\n" not in str(done.exception)
