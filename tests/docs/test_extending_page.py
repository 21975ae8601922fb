"""docs/extending.md, done: its files are written into a copy of the package, its patches applied, its commands run there."""

import os
import re
import shlex
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


def run(folder, *words):
    environment = os.environ | {"PYTHONPATH": str(folder), "PLANTAIN_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, timeout=280, env=environment
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


def command(folder, start):
    """Run the one command of the page that begins so, on the copy."""
    (line,) = [line for line in COMMANDS if line.startswith(start)]
    return run(folder, "-m", "pipeline", *shlex.split(line)[1:])


def test_a_new_recipe_is_previewed(extended):
    said = command(extended, "plantain preview --scene scenes/kiosk.yaml")
    assert "kiosk-0-00000000" in said
    assert cv2.imread(str(extended / "kiosk.png")).std() > 10


def test_a_new_layout_is_previewed_and_its_keys_are_on_the_page_of_recipes(extended):
    said = command(extended, "plantain preview --scene scenes/row.yaml")
    assert "row-0-00000000" in said and "stool" in said
    page = run(extended, "-c", "import reference; print(reference.page())")
    assert re.search(r"^## layout: row$", page, re.M) and "| `thing` | `ball`, `stool` or `basket` |" in page


def test_a_new_layout_shows_what_its_recipe_asks_for(extended):
    count = run(
        extended, "-c",
        "from pipeline.compose import compose; from pipeline.config import load_recipe\n"
        "recipe = load_recipe('scenes/row.yaml', ['count=4'])\n"
        "print([thing.category for thing in compose(recipe, 0).objects])",
    )  # fmt: skip
    assert count.strip() == "['lawn', 'stool', 'stool', 'stool', 'stool']"


def test_a_new_asset_is_drawn_stands_on_the_ground_and_in_a_room(extended):
    said = run(
        extended, "-c",
        "import numpy as np\n"
        "from pipeline.compose import compose\n"
        "from pipeline.compose.assets import CLASSES, GENERATORS\n"
        "from pipeline.config import load_recipe\n"
        "domino = GENERATORS['domino'](np.random.default_rng(0))\n"
        "assert 'domino' in CLASSES and np.allclose(domino.size, (0.025, 0.0103, 0.05), atol=1e-3)\n"
        "assert abs(domino.boxes[:, 0, 2].min()) < 1e-9\n"
        "recipe = load_recipe('scenes/kiosk.yaml', ['small_things=domino', 'furniture.stool=1', 'clutter=1'])\n"
        "rooms = (compose(recipe, seed) for seed in range(8))\n"
        "print(next(thing.support for room in rooms for thing in room.objects if thing.category == 'domino'))",
    )  # fmt: skip
    assert said.startswith("stool")


def test_a_new_kind_of_catalogue_is_listed_and_its_models_are_read(extended):
    said = command(extended, "plantain assets list text:models --check")
    assert "1 models read, 0 cannot be used" in said and "CC0-1.0" in said


def test_a_new_wording_is_asked_and_understood(extended):
    command(extended, "plantain decode --task depth")
    np.testing.assert_allclose(np.load(extended / "metres.npy"), 2.0, rtol=0.02)


def test_a_new_base_is_trained_saved_loaded_and_paints(extended):
    command(extended, "plantain finetune --base pointwise")
    assert len((extended / "output/pointwise/train_log.jsonl").read_text().splitlines()) == 2
    command(extended, "plantain predict --model output/pointwise")
    assert cv2.imread(str(extended / "painted.png")).shape == (40, 60, 3)


def test_every_command_of_the_page_is_one_of_those_above():
    starts = [line.split("--output")[0].split(" --")[0] for line in COMMANDS]
    assert starts == [
        "plantain preview", "plantain preview", "plantain assets list text:models", "plantain decode",
        "plantain finetune", "plantain predict",
    ]  # fmt: skip
