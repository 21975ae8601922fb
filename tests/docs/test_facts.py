"""Numbers and names that the docs state and the code decides."""

import re

from pipeline.compose.assets import GENERATORS
from pipeline.compose.materials import FAMILIES
from pipeline.finetune import bases
from pipeline.finetune.config import PRESETS
from pipeline.hub.snippets import QUESTION
from pipeline.instructions.reading import told_task
from tests.conftest import ROOT
from tests.docs.pages import PAGES, blocks, spans

README, FARM = PAGES["README.md"], PAGES["farm.md"]


def test_the_readme_counts_the_kinds_of_things_and_finishes_that_there_are():
    assert int(re.search(r"drawn by code: (\d+)\s+kinds of things", README)[1]) == len(GENERATORS)
    assert int(re.search(r"in (\d+) finishes", README)[1]) == len(FAMILIES)


def test_the_table_of_the_readme_has_every_recipe_that_mix_draws_from():
    rows = re.findall(r"^\| `(\w+)` \|", README, re.M)
    files = {path.stem for path in (ROOT / "scenes").glob("*.yaml")}
    assert len(rows) == len(set(rows))
    assert set(rows) == files - {"mix", "primitives"}


def test_the_metrics_of_the_farm_are_those_that_workers_and_driver_send():
    sent = re.findall(r'"plantain_(\w+)", ', (ROOT / "pipeline/farm/metrics.py").read_text())
    said = {re.sub(r"\{\w+\}$", "", span).removeprefix("ray_plantain_") for span in spans("farm.md")}
    assert len(sent) == len(set(sent)) == 12
    assert set(sent) <= said


def test_the_page_of_the_bases_lists_every_base_and_each_has_a_preset():
    rows = re.findall(r"^\| `(\w+)` \|", PAGES["bases.md"], re.M)
    assert tuple(rows) == bases.BASES
    assert all((PRESETS / f"{name}.yaml").is_file() for name in rows)


def test_the_page_on_scaling_has_presets_that_there_are():
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGES["scaling.md"], re.M))
    assert rows and rows <= {path.stem for path in (ROOT / "render_configs").glob("*.yaml")}


def test_what_the_python_of_the_docs_and_of_model_cards_asks_is_in_the_wording_that_models_learn():
    python = [block.text for page in PAGES for block in blocks(page) if block.language in ("python", "py")]
    asked = re.findall(r'^prompt = "(.*)"$', "\n".join([*python, QUESTION]), re.M)
    assert len(asked) >= 5
    assert {told_task(prompt) for prompt in asked} == {"normal"}
