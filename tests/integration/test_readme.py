"""Runs what the README tells a newcomer to run, made small: fewer views, fewer pixels, fewer steps."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = {language: re.findall(rf"```{language}\n(.*?)```", README, re.S) for language in ("bash", "python")}
COMMANDS = [line for block in BLOCKS["bash"] for line in block.splitlines() if line.strip()]
SMALL = {
    "generate": ["--samples", "12", "--set", "render.width=64", "--set", "render.height=64"],
    "preview": ["--set", "render.width=64", "--set", "render.height=64"],
    "finetune": ["--set", "steps=2", "--set", "batch_size=4"],
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder with what a checkout has beside the package, and a photo."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("scenes", "render_configs"):
        (folder / name).symlink_to(ROOT / name)
    picture = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    assert cv2.imwrite(str(folder / "photo.png"), picture)
    return folder


def test_the_two_commands_are_targets_of_the_makefile():
    made = [shlex.split(line)[1] for line in COMMANDS if line.startswith("make ")]
    assert made == ["demo", "test"]
    for target in made:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


@pytest.mark.timeout(1800)
def test_every_plantain_command_of_the_readme_works_in_its_order(checkout):
    ran = []
    for line in COMMANDS:
        if line.startswith(("make ", "source ")):
            continue
        program, command, *rest = shlex.split(line)
        assert program == "plantain"
        if "--set" in rest and command == "finetune":
            rest = rest[: rest.index("--set")]
        call = [str(Path(sys.executable).parent / "plantain"), command, *rest, *SMALL.get(command, [])]
        done = subprocess.run(call, cwd=checkout, capture_output=True, text=True, timeout=600, env=dict(os.environ))
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        ran.append(command)
    assert ran == [
        "preview",
        "generate",
        "validate",
        "inspect",
        "status",
        "export",
        "export",
        "generate",
        "finetune",
        "evaluate",
        "predict",
        "decode",
    ]
    assert np.load(checkout / "output/metres.npy").shape == (90, 120)


def test_the_python_of_the_readme_reads_the_corpus(checkout, monkeypatch, tmp_path):
    monkeypatch.chdir(checkout)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    names: dict = {}
    for block in BLOCKS["python"]:
        exec(block, names)
    assert names["rows"][0]["image"].size == (64, 64)
    assert next(iter(names["shards"]))["depth.png"].size == (64, 64)


def test_every_file_the_readme_links_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).is_file(), target
