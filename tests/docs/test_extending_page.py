"""docs/extending.md, done: its files are written into a copy of the package, its patches applied, its commands run there."""

import json
import os
import re
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest

from pipeline.codecs import depth
from tests.compose.toy_catalogues import chair
from tests.conftest import ROOT
from tests.docs.pages import blocks
from tests.finetune.toy import toy_corpus

pytestmark = pytest.mark.timeout(900)
BLOCKS = blocks("extending.md")
COMMANDS = [line for block in BLOCKS if block.language == "bash" for line in block.text.splitlines()]


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the package with everything on the page in it, and what the commands read."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("pipeline", "scenes", "render_configs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "docs/reference.py", folder)
    for block in BLOCKS:
        if block.language in ("python", "yaml"):
            path = folder / block.start.removeprefix("# ")
            assert not path.exists(), path
            path.write_text(block.text.partition("\n")[2])
    for block in BLOCKS:
        if block.language == "diff":
            # Outside a repository git takes its place from the folder alone.
            done = subprocess.run(
                ["git", "apply", "-"], input=block.text, text=True, capture_output=True, cwd=folder,
                env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
            )  # fmt: skip
            assert done.returncode == 0, f"{block}\n{done.stderr}"
    (folder / "models").mkdir()
    chair().export(folder / "models/seat.glb")
    (folder / "models/models.txt").write_text("chair seat.glb CC0\n")
    cv2.imwrite(str(folder / "photo.png"), np.full((40, 60, 3), 127, np.uint8))
    cv2.imwrite(str(folder / "depth.png"), depth.encode(np.full((8, 8), 2.0), "plasma")[..., ::-1])
    (folder / "output").mkdir()
    toy_corpus(folder / "output/solids")
    return folder


DRIVER = """
import json, shlex, sys
from typer.testing import CliRunner
from pipeline.cli import app

said = {}
for line in json.load(sys.stdin):
    done = CliRunner().invoke(app, shlex.split(line)[1:])
    said[line] = done.output if done.exit_code == 0 else f"FAILED {done.output} {done.exception!r}"

import numpy as np
import reference
from pipeline.compose import compose
from pipeline.compose.assets import CLASSES, GENERATORS
from pipeline.config import load_recipe

row = compose(load_recipe("scenes/row.yaml", ["count=4"]), 0)
changes = ["small_things=domino", "furniture.stool=1", "clutter=1"]
rooms = (compose(load_recipe("scenes/kiosk.yaml", changes), seed) for seed in range(8))
domino = GENERATORS["domino"](np.random.default_rng(0))
found = {
    "page": reference.page(),
    "row": [thing.category for thing in row.objects],
    "classes": CLASSES,
    "size": domino.size.tolist(),
    "underside": float(domino.boxes[:, 0, 2].min()),
    "support": next(thing.support for room in rooms for thing in room.objects if thing.category == "domino"),
}
json.dump({"said": said, "found": found}, open("told.json", "w"))
"""
"""Runs the commands it is given in one process, which imports everything once, and then looks at what is new."""


@pytest.fixture(scope="module")
def told(extended):
    """What the commands of the page said, and what else was found, on the copy."""
    environment = os.environ | {"PYTHONPATH": str(extended), "PLANTAIN_CACHE": str(extended / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER], cwd=extended, input=json.dumps(COMMANDS), capture_output=True, text=True,
        timeout=800, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads((extended / "told.json").read_text())


@pytest.fixture
def said(told):
    """What the one command that begins so said."""

    def of(start):
        (line,) = [line for line in COMMANDS if line.startswith(start)]
        assert not told["said"][line].startswith("FAILED"), told["said"][line]
        return told["said"][line]

    return of


def test_a_new_recipe_is_previewed(extended, said):
    assert "kiosk-0-00000000" in said("plantain preview --scene scenes/kiosk.yaml")
    assert cv2.imread(str(extended / "kiosk.png")).std() > 10


def test_a_new_layout_is_previewed_and_shows_what_its_recipe_asks_for(extended, said, told):
    assert "row-0-00000000" in said("plantain preview --scene scenes/row.yaml")
    assert cv2.imread(str(extended / "row.png")).std() > 10
    assert told["found"]["row"] == ["lawn", "stool", "stool", "stool", "stool"]


def test_the_keys_of_a_new_layout_come_to_the_page_of_recipes(told):
    assert re.search(r"^## layout: row$", told["found"]["page"], re.M)
    assert "| `thing` | `ball`, `stool` or `basket` |" in told["found"]["page"]


def test_a_new_asset_has_its_size_and_stands_where_the_layout_puts_it(told):
    assert "domino" in told["found"]["classes"]
    np.testing.assert_allclose(told["found"]["size"], (0.025, 0.0106, 0.05), atol=1e-3)
    assert abs(told["found"]["underside"]) < 1e-9
    assert told["found"]["support"].startswith("stool")


def test_a_new_kind_of_catalogue_is_listed_and_its_models_are_read(said):
    listed = said("plantain assets list text:models --check")
    assert "1 models read, 0 cannot be used" in listed and "CC0-1.0" in listed


def test_a_new_wording_is_asked_and_understood(extended, said):
    said("plantain decode --task depth")
    np.testing.assert_allclose(np.load(extended / "metres.npy"), 2.0, rtol=0.02)


def test_a_new_base_is_trained_saved_loaded_and_paints(extended, said):
    said("plantain finetune --base pointwise")
    assert len((extended / "output/pointwise/train_log.jsonl").read_text().splitlines()) == 2
    said("plantain predict --model output/pointwise")
    assert cv2.imread(str(extended / "painted.png")).shape == (40, 60, 3)


def test_every_command_of_the_page_is_one_of_those_above():
    starts = [line.split("--output")[0].split(" --")[0] for line in COMMANDS]
    assert starts == [
        "plantain preview", "plantain preview", "plantain assets list text:models", "plantain decode",
        "plantain finetune", "plantain predict",
    ]  # fmt: skip
