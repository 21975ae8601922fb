"""Numbers and names that the docs state and the code decides."""

import re

from pipeline.codecs.tasks import TASKS
from pipeline.compose.assets import GENERATORS
from pipeline.compose.materials import FAMILIES
from pipeline.finetune import bases
from pipeline.finetune.config import PRESETS, load_train_config
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


def test_the_corpus_that_the_readme_tunes_a_published_base_on_costs_what_the_page_on_scaling_says():
    views = int(
        re.search(r"mix\.yaml --render render_configs/cycles_fast\.yaml --samples (\d+) --format webdataset ", README)[
            1
        ]
    )
    row = re.search(r"^\| `cycles_fast` \| 512 x 512 \| ([\d,]+) \| ([\d,]+) \|", PAGES["scaling.md"], re.M)
    an_hour, kilobytes = (int(cell.replace(",", "")) for cell in row.groups())
    said = re.search(r"some (\d+) core-hours and (\d+) GB", README)
    assert (int(said[1]), int(said[2])) == (round(views / an_hour), round(views * kilobytes / 1e6))


def test_the_readme_says_how_often_the_preset_of_flux2_klein_asks_about_a_view():
    preset = load_train_config("flux2_klein")
    said = re.search(r"([\d,]+) steps of (\d+) pictures, which asks about each training view some (\d+) times", README)
    steps, pictures, times = (int(number.replace(",", "")) for number in said.groups())
    assert (steps, pictures) == (preset.steps, preset.batch_size * preset.accumulation)
    shown = 0.8 * int(re.search(r"mix\.yaml .*--samples (\d+)", README)[1])
    of_tasks = preset.mixture.vision / (preset.mixture.vision + preset.mixture.captions)
    assert times == round(steps * pictures * of_tasks / len(TASKS) / shown)


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
