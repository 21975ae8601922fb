"""Runs what docs/predict.md tells, in its order."""

import re
import shlex
import sys

import numpy as np
import pytest
from PIL import Image

from pipeline.cli import main
from tests.conftest import ROOT

PAGE = (ROOT / "docs/predict.md").read_text()
BLOCKS = {language: re.findall(rf"```{language}\n(.*?)```", PAGE, re.S) for language in ("bash", "python", "sh")}


def test_every_command_of_the_page_works_and_writes_what_it_says(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "output/models").mkdir(parents=True)
    (tmp_path / "output/models/tiny").symlink_to(model)
    (tmp_path / "album").mkdir()
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8))
    for name in ("photo.jpg", "album/one.png", "album/two.webp"):
        picture.save(name)
    commands = [line for block in BLOCKS["bash"] for line in block.splitlines()]
    assert len(commands) == 7
    for line in commands:
        monkeypatch.setattr(sys, "argv", shlex.split(line))
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0, line
    for name in re.findall(r"^\| `(depth\..+?)`", PAGE, re.M):
        assert (tmp_path / "output" / name).is_file(), name
    assert sorted(p.name for p in (tmp_path / "output").glob("evening*")) == ["evening.png"]
    assert sorted(p.stem for p in (tmp_path / "output/album").glob("*.npy")) == ["one", "photo", "two"]
    names: dict = {}
    for block in BLOCKS["python"]:
        exec(block, names)
    assert names["cloud"].vertices.shape[1] == 3


def test_the_page_names_the_demo_and_links_to_what_is_there():
    assert BLOCKS["sh"] == ["plantain demo --model output/models/tiny\n"]
    for target in re.findall(r"\]\((?!http)([^)]+)\)", PAGE):
        assert (ROOT / "docs" / target).is_file(), target
