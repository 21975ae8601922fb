"""Every block of code in the docs is run here made small, or parsed for the reason given, or run by the test that is named.

A block that TABLE and ELSEWHERE do not name fails, and so does a name that no block has.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tests.conftest import ROOT
from tests.docs import commands
from tests.docs.pages import PAGES, Block, blocks

ELSEWHERE = {
    ("README.md", "bash"): "tests/integration/test_readme.py",
    ("README.md", "python"): "tests/integration/test_readme.py",
    ("README.md", "py"): "tests/finetune/test_bases_page.py",
    ("bases.md", "python"): "tests/finetune/test_bases_page.py",
    ("recipes.md", "yaml"): "tests/docs/test_recipes_page.py",
    ("corpus.md", "*"): "tests/docs/test_corpus_page.py",
    ("codecs.md", "*"): "tests/docs/test_codecs_page.py",
    ("extending.md", "*"): "tests/docs/test_extending_page.py",
    ("evaluation.md", "*"): "tests/evaluate",
    ("benchmarks.md", "*"): "tests/evaluate/benchmarks",
    ("predict.md", "*"): "tests/predict",
    ("gallery.md", "*"): "tests/gallery",
    ("hub.md", "*"): "tests/hub",
}
"""(page, language, * for all) -> the test, or the folder with the test, that runs those blocks and names the page."""

RUN = "run"
DRAWING = "a drawing"
TABLE = {
    ("README.md", "plantain generate --scene scenes/mix.yaml"): "28 core-hours, weights of 8 GB; made small in finetuning.md",
    ("CONTRIBUTING.md", "make setup"): "installs everything",
    ("architecture.md", "recipe (scenes/*.yaml) + seed"): DRAWING,
    ("architecture.md", "driver"): DRAWING,
    ("assets.md", "apt-get install sweethome3d-furniture"): "a package of 100 MB; toy ones: test_catalogues.py",
    ("assets.md", "assets:"): RUN,
    ("assets.md", '{"file": "chairs/a.glb"'): RUN,
    ("assets.md", "plantain assets bake infinigen"): "installs 2.3 GB; its parts: tests/bake",
    ("bases.md", "hf download"): "weights of 8 GB from the hub",
    ("bases.md", "plantain roundtrip"): RUN,
    ("farm.md", "plantain generate --scene scenes/living_room.yaml"): RUN,
    ("farm.md", "ray start --head"): "several machines; two nodes on one: tests/chaos",
    ("farm.md", "ray job submit"): "a cluster, and a bucket",
    ("farm.md", "docker build"): "docker; the Dockerfile is linted in tests/deploy",
    ("farm.md", "ray get-auth-token"): "machines of a cloud; the file is checked in tests/deploy",
    ("farm.md", "kubectl create secret"): "a Kubernetes cluster; the file is checked in tests/deploy",
    ("farm.md", "plantain preview --scene OUTPUT/dataset.json"): RUN,
    ("farm.md", "scrape_configs:"): RUN,
    ("finetuning.md", "corpora, captioned pictures"): DRAWING,
    ("finetuning.md", "plantain finetune --data output/living_room"): RUN,
    ("finetuning.md", "mixture:"): RUN,
    ("finetuning.md", "accelerate launch"): "GPUs; two processes on a CPU: test_trainer_processes.py",
}  # fmt: skip
"""(page, how the block begins) -> RUN, DRAWING, or why it is only parsed."""

SMALL = {
    "generate": "--render render_configs/preview.yaml --samples 2 --splits train=1 --workers 1 "
    "--set render.width=32 --set render.height=32",
    "preview": "",
    "finetune": "--weights klein --set image_size=64 --set steps=2 --set batch_size=1 --set precision=no "
    "--set accumulation=1 --set gradient_checkpointing=false --set compile=false --overwrite",
    "evaluate": "--limit 2 --steps 1",
    "generation": "--limit 2 --pictures 1 --steps 1",
    "roundtrip": "--set image_size=64 --limit 2",
}
"""What makes a command small, added at its end: the last of two options counts."""
WORDS = {"OUTPUT/dataset.json": "output/living_room/dataset.json", "S": "0", "I": "2"}
"""Words in capitals, and what stands for them here."""


def elsewhere(block):
    return ELSEWHERE.get((block.page, block.language)) or ELSEWHERE.get((block.page, "*"))


def entry(block):
    """What TABLE says of a block."""
    said = [what for (page, start), what in TABLE.items() if page == block.page and block.start.startswith(start)]
    return said[0] if len(said) == 1 else None


ALL = [block for page in PAGES for block in blocks(page)]
OURS = [block for block in ALL if not elsewhere(block)]
RUNS = [block for block in OURS if entry(block) == RUN]


@pytest.mark.parametrize("block", OURS, ids=str)
def test_every_block_is_run_or_says_why_it_is_not(block):
    assert entry(block), f"{block}: run it, or say in TABLE why it is only parsed, or in ELSEWHERE where it is run"


def test_nothing_is_listed_that_no_page_has():
    for page, start in TABLE:
        assert any(block.page == page and block.start.startswith(start) for block in OURS), (page, start)


@pytest.mark.parametrize("key", ELSEWHERE, ids=": ".join)
def test_a_page_that_is_run_elsewhere_is_named_there(key):
    page, _ = key
    if page not in PAGES:
        pytest.skip("no such page yet")
    place = ROOT / ELSEWHERE[key]
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    assert any(page in file.read_text() for file in files), f"no test in {place} names {page}"


@pytest.mark.parametrize(
    # Those of extending.md are about files that only the page makes.
    "block",
    [b for b in ALL if b.language in ("bash", "sh") and b.page != "extending.md"],
    ids=str,
)
def test_every_command_would_be_taken_by_the_program_it_calls(block):
    lines = commands.lines_of(block.text)
    assert lines
    for words in lines:
        commands.check(words)


def test_the_commands_of_the_readme_that_need_weights_are_those_of_the_page_on_fine_tuning_with_a_larger_corpus():
    (one,) = [block for block in blocks("README.md") if block.language == "sh"]
    (page,) = [block for block in blocks("finetuning.md") if block.start.startswith("plantain finetune")]
    generate, finetune, evaluate = commands.lines_of(one.text.replace("output/mix", "output/living_room"))
    tuned, scored, _ = commands.lines_of(page.text)
    assert (generate[1], finetune) == ("generate", tuned)
    assert scored[:-1] == [word for word in evaluate if word not in ("--limit", "100")][:-1]


@pytest.fixture(scope="module")
def place(small_corpus, tmp_path_factory):
    """A folder with what a checkout has beside the package, a photo, a corpus, and weights of a base."""
    from tests.finetune.random_bases import flux2_klein

    folder = tmp_path_factory.mktemp("docs")
    for name in ("scenes", "render_configs"):
        (folder / name).symlink_to(ROOT / name)
    assert cv2.imwrite(str(folder / "photo.png"), np.full((90, 120, 3), 127, np.uint8))
    (folder / "output").mkdir()
    (folder / "output/living_room").symlink_to(small_corpus)
    flux2_klein(folder / "klein")
    return folder


DRIVER = """
import json, sys
from typer.testing import CliRunner
from pipeline.cli import app

told = []
for words in json.load(sys.stdin):
    done = CliRunner().invoke(app, words)
    told.append([done.exit_code, done.output + repr(done.exception)])
    json.dump(told, open("told.json", "w"))
"""
"""Runs commands in one process: most of the time of a small one goes into imports."""


@pytest.fixture(scope="module")
def told(place):
    """(exit status, output) of every command of the blocks that are run."""
    lines = [words for block in RUNS if block.language == "bash" for words in commands.lines_of(block.text)]
    assert all(words[0] == "plantain" for words in lines)
    calls = {tuple(words): small(words) for words in lines}
    subprocess.run(
        [sys.executable, "-c", DRIVER], cwd=place, input=json.dumps([words[1:] for words in calls.values()]), text=True,
        capture_output=True, timeout=800, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return dict(zip(calls, json.loads((place / "told.json").read_text()), strict=True))


def small(words):
    """A command of the docs as it is run here."""
    return [WORDS.get(word, word) for word in words] + shlex.split(SMALL[words[1]])


@pytest.mark.timeout(900)
@pytest.mark.parametrize("block", [b for b in RUNS if b.language == "bash"], ids=str)
def test_commands_work_made_small(block, place, told):
    for words in commands.lines_of(block.text):
        status, output = told[tuple(words)]
        assert status == 0, f"{small(words)}\n{output}"
        made = place / words[words.index("--output") + 1]
        assert made.is_file() or any(made.iterdir())


def test_the_sources_of_assets_md_are_a_section_that_recipes_have():
    from pipeline.config import AssetsConfig

    (block,) = [b for b in RUNS if b.start == "assets:"]
    sources = AssetsConfig.model_validate(yaml.safe_load(block.text)["assets"]).sources
    assert [(one.kind, one.path) for one in sources] == [
        ("plantain", None), ("sh3f", None), ("files", "/data/gso"), ("hdri", "/data/panoramas"),
    ]  # fmt: skip
    assert sources[2].weight == 2 and sources[2].licences == ("CC0", "CC-BY-4.0")


def test_the_index_of_assets_md_lists_a_chair(tmp_path):
    from pipeline.compose.catalogues.listing import open_catalogue
    from tests.compose.toy_catalogues import chair

    (block,) = [b for b in RUNS if b.language == "json"]
    row = json.loads(block.text)
    (tmp_path / "chairs").mkdir()
    chair().export(tmp_path / row["file"])
    (tmp_path / "index.json").write_text(json.dumps([row]))
    (found,) = open_catalogue(f"files:{tmp_path}").entries
    assert (found.kind, found.licence, found.author, found.size_m) == ("chair", "CC0-1.0", "A. Maker", (0.45, 0.5, 0.9))


def test_the_mixture_of_finetuning_md_is_a_section_that_presets_have(tmp_path):
    from pipeline.finetune.config import load_train_config

    (block,) = [b for b in RUNS if b.start == "mixture:"]
    file = tmp_path / "my.yaml"
    file.write_text(f"steps: 1\n{block.text}")
    mixture = load_train_config(file).mixture
    assert (mixture.vision, mixture.captions) == (0.1, 0.2)
    assert [(pair.path, pair.weight) for pair in mixture.pairs] == [
        ("/data/photos/*.tar", 0.7),
        ("s3://bucket/drawings", 0.3),
    ]


def test_the_file_that_prometheus_is_told_to_read_is_the_one_that_ray_writes():
    from ray._private import ray_constants

    (block,) = [b for b in RUNS if b.start == "scrape_configs:"]
    (file,) = yaml.safe_load(block.text)["scrape_configs"][0]["file_sd_configs"][0]["files"]
    assert Path(file).name == ray_constants.PROMETHEUS_SERVICE_DISCOVERY_FILE


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("plantain generate --scenes scenes/mix.yaml ...", "NoSuchOption"),
        ("plantain generate --scene scenes/street.yaml --set camera.fov=60 ...", "ConfigError"),
        ("plantain generate --scene scenes/moon.yaml ...", "ConfigError"),
        ("plantain finetune --base tiny --set minuts=5 --output x", "ConfigError"),
        ("ray start --heads", "NoSuchOption"),
        ("ray up deploy/clusters.yaml", "AssertionError"),
        ("hf download some/weights --folder x", "AssertionError"),
        ("accelerate launch --num_gpu 8 -m pipeline finetune --output x", "SystemExit"),
        ("kubectl get rayjob plantains", "AssertionError"),
        ("python benchmarks/scaling.py --presets raster=1", "AssertionError"),
        ("make dinner", "AssertionError"),
        ("teleport --now", "KeyError"),
    ],
)
def test_a_command_that_its_program_would_refuse_is_found(line, error):
    with pytest.raises(BaseException) as refused:  # noqa: PT011 - each program has an exception of its own
        commands.check(shlex.split(line))
    assert type(refused.value).__name__ == error


def test_a_block_that_nobody_lists_would_be_found():
    assert entry(Block("farm.md", "bash", "plantain brew --tea\n")) is None
