"""The card of a tuned model, read by the hub's own library and held against docs/bases.md."""

import json
import re
import shutil
from dataclasses import asdict

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from huggingface_hub import ModelCard

from pipeline.evaluate import published
from pipeline.hub.model_card import DEFAULTS, LICENCES
from pipeline.shards import store
from pipeline.shards.location import location
from tests.conftest import ROOT
from tests.hub.conftest import put

pytestmark = pytest.mark.usefixtures("no_hub")
BASES = re.findall(r"```python\n(.*?)```", (ROOT / "docs/bases.md").read_text(), re.S)


def test_the_hub_reads_base_licence_and_scores(command, model):
    done = command("card", model, "--repo", "ada/klein")
    assert done.returncode == 0, done.stderr
    data = ModelCard.load(model / "README.md").data
    assert (data.base_model, data.base_model_relation) == ("black-forest-labs/FLUX.2-klein-base-4B", "adapter")
    assert (data.license, data.library_name, data.pipeline_tag) == ("apache-2.0", "diffusers", "image-to-image")
    scores = {one.metric_type: (one.task_type, one.metric_value, one.dataset_split) for one in data.eval_results}
    # The score that the report has no number for is left out.
    assert scores == {
        "depth_abs_rel": ("depth-estimation", 0.125, "test"),
        "depth_rmse": ("depth-estimation", 3.0, "test"),
        "normal_mean_angle": ("image-to-image", 8.5, "test"),
        "semantic_miou": ("image-segmentation", 0.75, "test"),
        "instance_pq": ("image-segmentation", 0.5, "test"),
    }


def test_the_card_shows_scores_with_intervals_and_in_bold_only_what_is_surely_better(command, model):
    assert command("card", model).returncode == 0
    text = (model / "README.md").read_text()
    assert "| depth | AbsRel ↓ | **0.125 [0.113, 0.138]** | 0.500 [0.450, 0.550] |" in text
    assert "| depth | RMSE ↓ | 3.000 m [2.700, 3.300] | **2.000 m [1.800, 2.200]** |" in text
    assert "| instance | PQ ↑ | 0.500 [0.450, 0.550] | 0.400 [0.360, 0.440] |" in text
    assert "| instance | F1 at IoU 0.5 ↑ | - | 0.000 [0.000, 0.000] |" in text
    assert "](evaluation/sheet.png)" in text
    assert "1,200" in text and "`solids`" in text and "/somewhere/private" not in text


@pytest.mark.parametrize(
    ("base", "changes", "block"),
    [
        ("flux2_klein", {}, 0),
        ("qwen_image_edit", {}, 1),
        ("flux2_klein", {"tune": "full"}, 2),
        ("flux2_klein", {"objective": {"method": "single_step"}}, 3),
    ],
)
def test_the_code_on_the_card_is_that_of_the_page_which_is_tested(command, model, base, changes, block):
    edit(model, base, changes)
    assert command("card", model).returncode == 0
    (code,) = re.findall(r"```python\n(.*?)```", (model / "README.md").read_text(), re.S)
    there = re.sub(r"output/models/\w+", "path/to/this/folder", BASES[block])
    assert code == there


def test_what_plain_diffusers_cannot_say_is_a_command(command, model):
    edit(model, "tiny", {})
    assert command("card", model, "--repo", "ada/tiny").returncode == 0
    text = (model / "README.md").read_text()
    assert "hf download ada/tiny --local-dir model\nplantain predict --model model" in text
    assert "license" not in text.partition("\n---\n")[0]


@pytest.mark.parametrize(
    ("weights", "licence"),
    [
        ("black-forest-labs/FLUX.2-klein-base-9B", "flux-non-commercial-license"),
        ("Qwen/Qwen-Image-Edit-2509", "apache-2.0"),
        ("/models/my-own", None),
    ],
)
def test_a_model_has_the_licence_of_what_it_was_tuned_from(command, model, weights, licence):
    edit(model, "flux2_klein", {"weights": weights})
    assert command("card", model).returncode == 0
    data = ModelCard.load(model / "README.md").data
    assert (data.license_name or data.license) == licence
    assert data.base_model == (weights if licence else None)
    assert "/models/" not in (model / "README.md").read_text()


def test_an_owner_may_say_what_the_folder_it_was_tuned_from_holds(command, model):
    edit(model, "flux2_klein", {"weights": "/models/my-own"})
    assert command("card", model, "--base-model", "black-forest-labs/FLUX.2-klein-base-9B").returncode == 0
    data = ModelCard.load(model / "README.md").data
    assert (data.base_model, data.license) == ("black-forest-labs/FLUX.2-klein-base-9B", "other")


def test_an_owner_may_name_a_licence(command, model):
    assert command("card", model, "--license", "cc-by-4.0").returncode == 0
    assert ModelCard.load(model / "README.md").data.license == "cc-by-4.0"


def test_the_default_weights_are_those_of_the_page():
    page = (ROOT / "docs/bases.md").read_text()
    for base, weights in DEFAULTS.items():
        assert re.search(rf"\| `{base}` \|.*`{re.escape(weights)}` \|", page)
        assert LICENCES[weights] == {"license": "apache-2.0"}


def test_a_report_from_elsewhere_joins_the_model(command, model, tmp_path):
    (model / "evaluation").rename(tmp_path / "report")
    assert command("card", model).returncode == 0
    assert "## Scores" not in (model / "README.md").read_text()
    assert command("card", model, "--report", tmp_path / "report").returncode == 0
    assert "## Scores" in (model / "README.md").read_text()
    for name in ("report.json", "sheet.png"):
        assert (model / "evaluation" / name).read_bytes() == (tmp_path / "report" / name).read_bytes()


@pytest.mark.parametrize("page", [b"# New scores", None])
def test_a_report_from_elsewhere_leaves_no_page_of_an_older_one_beside_it(command, model, tmp_path, page):
    shutil.copytree(model / "evaluation", tmp_path / "report")
    (tmp_path / "report/sheet.png").unlink()
    if page:
        (tmp_path / "report/report.md").write_bytes(page)
    (model / "evaluation/report.md").write_text("# Old scores")
    assert command("push", model, "--repo", "ada/klein", "--report", tmp_path / "report", "--dry-run").returncode == 0
    assert (model / "evaluation/report.md").read_text() == "# Old scores"
    assert command("card", model, "--report", tmp_path / "report").returncode == 0
    there = {path.name: path.read_bytes() for path in (model / "evaluation").iterdir()}
    assert there.keys() == ({"report.json", "report.md"} if page else {"report.json"})
    assert there.get("report.md") == page


def test_a_base_that_is_no_hub_id_is_refused(command, model):
    done = command("card", model, "--base-model", "/models/klein")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--base-model /models/klein: no hub id; write OWNER/NAME" in done.stderr


def test_a_report_of_another_model_is_refused(command, model):
    path = model / "evaluation/report.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"trained": {"steps": 3}}))
    done = command("card", model)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is of another model" in done.stderr


@pytest.mark.parametrize("text", ["{", "[]", '{"scores": {}}'])
def test_a_file_that_is_no_report_is_refused_by_name(command, model, text):
    (model / "evaluation/report.json").write_text(text)
    done = command("card", model)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "evaluation/report.json" in done.stderr


def test_reports_on_benchmarks_stand_below_and_whole_ones_reach_the_index(command, model, tmp_path):
    on_benchmark(model, model / "evaluation/reasonseg", "reasonseg", "referring", ("giou", "gIoU", 0.5), 200, 200)
    on_benchmark(model, tmp_path / "nyu", "nyuv2", "depth", ("delta1", "delta1", 0.8), 50, 654)
    (tmp_path / "nyu/sheet.png").write_bytes(b"somebody's pictures")
    done = command("card", model, "--report", tmp_path / "nyu")
    assert done.returncode == 0, done.stderr
    text = (model / "README.md").read_text()
    assert "| nyuv2 | 50 of 654 | delta1 ↑ | 0.800 |  |" in text
    assert "| reasonseg | 200 | gIoU ↑ | 0.500 | 0.793 Vision Banana, 0.770 SAM 3 Agent |" in text
    assert "arXiv:2604.20329" in text and "0.929" not in text
    assert "| depth | AbsRel ↓ | **0.125 [0.113, 0.138]**" in text
    index = {one.dataset_name: one for one in ModelCard.load(model / "README.md").data.eval_results}
    assert index.keys() == {"solids", "reasonseg"}
    one = index["reasonseg"]
    assert (one.dataset_type, one.metric_type, one.metric_value) == ("reasonseg", "giou", 0.5)
    assert sorted(path.name for path in (model / "evaluation/nyuv2").iterdir()) == ["report.json"]
    listed = command("push", model, "--repo", "ada/klein", "--dry-run").stdout
    assert "evaluation/nyuv2/report.json" in listed and "evaluation/reasonseg/report.json" in listed


def test_scores_on_a_part_of_a_split_say_so_and_are_none_of_the_hubs_own(command, model):
    report = model / "evaluation/report.json"
    report.write_text(json.dumps(json.loads(report.read_text()) | {"views": 8}))
    assert command("card", model).returncode == 0
    assert "On 8 of 80 views of the test split" in (model / "README.md").read_text()
    assert not ModelCard.load(model / "README.md").data.eval_results


def test_a_benchmark_alone_makes_scores_and_keeps_the_report_on_a_corpus_apart(command, model, tmp_path):
    (model / "evaluation").rename(tmp_path / "corpus")
    on_benchmark(model, tmp_path / "saco", "saco-gold", "instance", ("pmf1", "pmF1", 0.25), 9, 9, ["crowded"])
    assert command("card", model, "--report", tmp_path / "saco").returncode == 0
    text = (model / "README.md").read_text()
    assert "| saco-gold | 9, without crowded | pmF1 ↑ | 0.250 | 0.540 Vision Banana" in text
    assert "sheet.png" not in text and not ModelCard.load(model / "README.md").data.eval_results
    assert command("card", model, "--report", tmp_path / "corpus").returncode == 0
    text = (model / "README.md").read_text()
    assert "saco-gold" in text and "](evaluation/sheet.png)" in text


def test_reports_on_other_things_in_the_models_folder_are_neither_shown_nor_published(command, model):
    report = json.loads((model / "evaluation/report.json").read_text())
    put(model, "evaluation/street/report.json", report)
    put(model, "evaluation/compared/report.json", report | {"trained": {"steps": 3}})
    put(model, "evaluation/broken/report.json", [])
    assert command("card", model).returncode == 0
    listed = command("push", model, "--repo", "ada/klein", "--dry-run").stdout
    assert "evaluation/report.json" in listed
    assert not any(name in listed for name in ("street", "compared", "broken"))


def test_two_reports_on_the_same_benchmark_are_refused(command, model, tmp_path):
    for name in ("a", "b"):
        on_benchmark(model, tmp_path / name, "nyuv2", "depth", ("delta1", "delta1", 0.8), 654, 654)
    done = command("card", model, "--report", tmp_path / "a", "--report", tmp_path / "b")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"--report {tmp_path / 'b'}: on nyuv2, as is {tmp_path / 'a'}" in done.stderr


def test_a_benchmark_where_a_corpus_belongs_is_told_its_place(command, model):
    on_benchmark(model, model / "evaluation", "nyuv2", "depth", ("delta1", "delta1", 0.8), 654, 654)
    done = command("card", model)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"is of the benchmark nyuv2; its place is {model / 'evaluation/nyuv2'}" in done.stderr


def test_the_card_of_a_model_in_a_store_is_refused_with_the_remedy(command, model):
    store.put(location("memory://models/klein/plantain.json"), (model / "plantain.json").read_bytes())
    done = command("card", "memory://models/klein")
    assert done.returncode == 2
    said = "the card of a model is written on a disk only; copy the model to a folder first"
    assert done.stderr == f"plantain: memory://models/klein: {said}\n"


def test_a_store_that_does_not_say_what_it_holds_is_one_line(command, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError("no right to list")

    monkeypatch.setattr(MemoryFileSystem, "info", refuse)
    done = command("card", "memory://models/klein")
    assert (done.returncode, done.stderr) == (1, "plantain: memory://models/klein/dataset.json: no right to list\n")


def test_options_of_models_are_refused_for_a_corpus(command, corpus):
    done = command("card", corpus, "--license", "mit")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def edit(model, base, changes):
    """Make it a model of another base or with other settings."""
    path = model / "plantain.json"
    card = json.loads(path.read_text())
    card["base"] = base
    card["config"] |= changes
    path.write_text(json.dumps(card))
    report = model / "evaluation/report.json"
    report.write_text(json.dumps(json.loads(report.read_text()) | {"base": base}))


def on_benchmark(model, folder, name, task, score, views, in_all, missing=()):
    """report.json as `plantain evaluate --benchmark` leaves it in `folder`. score: name, title, value."""
    card = json.loads((model / "plantain.json").read_text())
    key, title, value = score
    row = {"title": title, "unit": "", "higher_is_better": True, "model": value}
    report = {"benchmark": name, "task": task, "base": card["base"], "trained": card["trained"], "views": views}
    report |= {"views_in_all": in_all, "missing": list(missing), "scores": {key: row}}
    put(folder, "report.json", report | {"published": [asdict(one) for one in published.rows(name)]})
