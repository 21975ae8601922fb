"""Runs what docs/evaluation.md tells to run, on toy views and models of one step."""

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.evaluate.summary import SCORES
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.trainer import finetune
from tests.conftest import ROOT
from tests.finetune.toy import TINY, toy_corpus

PAGE = (ROOT / "docs/evaluation.md").read_text()


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with the corpus and the models that the page supposes."""
    corpus = toy_corpus(tmp_path / "output/solids", train=3, test=2)
    model = tmp_path / "output/models/tiny"
    finetune([corpus], "tiny", model, TrainConfig(model=TINY, steps=1, batch_size=2))
    shutil.copytree(model, model.with_name("longer"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_and_the_python_of_the_page_work(checkout):
    commands = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.S) for line in block.splitlines()]
    assert len(commands) == 4
    for line in commands:
        program, *arguments = shlex.split(line)
        assert program == "plantain"
        small = ["--steps", "1"] if arguments[0] == "evaluate" else []
        result = CliRunner().invoke(app, [*arguments, *small])
        assert result.exit_code == 0, f"{line}\n{result.output}{result.exception!r}"
    for name in ("report.md", "report.json", "sheet.png"):
        assert (checkout / "output/report" / name).is_file()
    assert json.loads((checkout / "output/compared/report.json").read_text())["models"].keys() == {"tiny", "longer"}
    assert "depth_aligned_abs_rel" in json.loads((checkout / "output/aligned/report.json").read_text())["scores"]
    names: dict = {}
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    exec(block, names)
    assert 0 <= names["report"].value("semantic_miou") <= 1


def test_every_score_is_explained_on_the_page():
    told = PAGE.replace("`depth_delta1`, `2`, `3`", "`depth_delta1` `depth_delta2` `depth_delta3`")
    told = told.replace("`_22_5`, `_30`", "`normal_under_22_5` `normal_under_30`")
    assert [name for name in SCORES if f"`{name}`" not in told] == []


def test_every_file_the_page_links_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", PAGE):
        assert (ROOT / "docs" / Path(target)).is_file(), target
