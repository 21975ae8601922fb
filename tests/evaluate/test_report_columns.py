"""Several models between the two ends of the scale, and the page that people read, on toy views."""

import gc
import json
import shutil
import weakref
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.evaluate import evaluate, published
from pipeline.evaluate.report import column_names, score_lines
from pipeline.evaluate.roundtrip import roundtrip
from pipeline.evaluate.summary import ALIGNED, SCORES, Tally
from pipeline.evaluate.truth import read, truth
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.trainer import finetune
from pipeline.shards.location import location
from pipeline.shards.read import read_samples
from pipeline.tables import score_table
from tests.finetune.toy import CLASSES, TINY, toy_corpus

VIEWS = 6


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus", test=VIEWS)


@pytest.fixture(scope="module")
def models(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    first = finetune([corpus], "tiny", folder / "first", TrainConfig(model=TINY, steps=1, batch_size=2))
    shutil.copytree(first, folder / "second")
    return [folder / "first", folder / "second"]


class Knowing:
    """Paints the exact targets, which it looks up by the picture."""

    def __init__(self, corpus):
        self.targets = {
            (sample.image.tobytes(), sample.meta["prompts"][task]): target
            for sample in read_samples(location(str(corpus)), "test")
            for task, target in sample.targets.items()
        }

    def paint(self, images, prompts, seed=0, steps=None):
        return [self.targets[image.tobytes(), prompt] for image, prompt in zip(images, prompts, strict=True)]


class Blank:
    """Paints black whatever it is asked."""

    def paint(self, images, prompts, seed=0, steps=None):
        return [np.zeros_like(image) for image in images]


@pytest.fixture(scope="module")
def report(models, corpus, tmp_path_factory):
    painters = {"first": Knowing(corpus), "second": Blank()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bases, "load", lambda folder, weights=None: painters[folder.name])
        return evaluate(models, corpus, "test", tmp_path_factory.mktemp("report"), align="scale-and-shift")


def test_a_model_that_paints_the_exact_targets_scores_at_the_codecs_ceiling(report, corpus, tmp_path):
    ceiling = roundtrip("tiny", TrainConfig(steps=1, model=TINY), corpus, output=tmp_path / "trip")
    scores = {loss.name: loss.target for loss in ceiling.losses}
    for line in report.lines:
        assert line.columns["first"] == line.columns["perfect"]
        if line.name in SCORES:
            assert line.perfect == scores[line.name]
        if line.task in ("semantic", "instance", "referring"):
            assert line.perfect == 1
    assert {line.name for line in report.lines} == {*SCORES, *ALIGNED}


def test_the_constant_in_the_place_of_a_model_gains_nothing_and_a_perfect_one_gains_surely(report):
    again = score_lines(
        {"model": report.tallies["constant"], **{n: report.tallies[n] for n in ("constant", "perfect")}}
    )
    for line in again:
        gain = line.gains["model"]
        assert (gain.value, gain.low, gain.high) == (0, 0, 0)
        assert line.verdict("model") == "not sure"
    verdicts = {line.name: line.verdict("first") for line in report.lines}
    assert {verdicts[n] for n in ("depth_abs_rel", "semantic_miou", "referring_ciou", "normal_mean_angle")} == {
        "better"
    }


def test_black_paintings_are_worse_than_the_constant(report):
    lines = {line.name: line for line in report.lines}
    assert lines["referring_ciou"].columns["second"].value == 0
    assert lines["referring_ciou"].verdict("second") == "worse"
    assert lines["depth_abs_rel"].columns["second"].value == pytest.approx(1)
    assert lines["depth_abs_rel"].verdict("second") == "worse"


def test_the_report_holds_every_column_with_its_interval_and_every_breakdown(report):
    written = json.loads((report.folder / "report.json").read_text())
    assert written["models"].keys() == {"first", "second"}
    assert list(written["scores"]) == [line.name for line in report.lines]
    for line in report.lines:
        entry = written["scores"][line.name]
        assert list(entry["columns"]) == ["first", "second", "constant", "perfect"]
        assert entry["columns"]["constant"]["value"] == entry["constant"] == line.constant
        assert entry["perfect"] == line.perfect and entry["model"] == line.columns["first"].value
        for name, gain in entry["gains"].items():
            sure = gain["low"] > 0 or gain["high"] < 0
            assert entry["verdicts"][name] == (("better" if gain["value"] > 0 else "worse") if sure else "not sure")
    assert written["recipes"]["toy"]["views"] == VIEWS
    assert written["recipes"]["toy"]["scores"]["semantic_miou"]["first"]["value"] == 1
    assert list(written["depth_ranges"]) == ["1 to 3 m", "3 to 10 m", "10 to 40 m"]
    assert list(written["classes"]) == CLASSES
    assert written["settings"]["align"] == "scale-and-shift"


def test_the_page_has_every_score_column_and_meaning(report):
    page = (report.folder / "report.md").read_text()
    header = next(line for line in page.splitlines() if line.startswith("| task"))
    cells = len(header.split("|"))
    assert [cell.strip() for cell in header.split("|")][4:8] == ["first", "second", "constant", "perfect"]
    for line in report.lines:
        row = next(row for row in page.splitlines() if row.startswith(f"| {line.task} | {line.title}"))
        assert len(row.split("|")) == cells
        assert f"**{line.title}** ({line.task})" in page
    assert "## IoU by class" in page and "| sphere |" in page
    assert "1.000 [1.000, 1.000]" in page


def test_the_sheet_has_a_row_for_each_view_and_model(report, models, corpus, tmp_path, monkeypatch):
    tall = cv2.imread(str(report.folder / "sheet.png"))
    monkeypatch.setattr(bases, "load", lambda _, weights=None: Blank())
    evaluate(models[0], corpus, "test", tmp_path / "one")
    single = cv2.imread(str(tmp_path / "one/sheet.png"))
    assert tall.shape[1] == single.shape[1]
    assert tall.shape[0] > 1.7 * single.shape[0]


def adapters(model, folder):
    """A copy of the model that calls itself adapters for a published base."""
    shutil.copytree(model, folder)
    card = json.loads((folder / "plantain.json").read_text())
    (folder / "plantain.json").write_text(json.dumps(card | {"base": "flux2_klein"}))
    return folder


def test_weights_go_to_adapters_alone_and_are_refused_where_there_are_none(models, corpus, tmp_path, monkeypatch):
    asked = {}

    def load(folder, weights=None):
        asked[folder.name] = weights
        return Blank()

    monkeypatch.setattr(bases, "load", load)
    both = [models[0], adapters(models[0], tmp_path / "adapters")]
    evaluate(both, corpus, "test", tmp_path / "report", limit=1, weights="some/base")
    assert asked == {"first": None, "adapters": "some/base"}
    with pytest.raises(ConfigError, match="--weights some/base: .*first holds all its weights and needs no others"):
        evaluate(models, corpus, "test", tmp_path / "report", weights="some/base")


def test_a_model_is_gone_from_memory_before_the_next_is_loaded(models, corpus, tmp_path, monkeypatch):
    held = []

    def load(folder, weights=None):
        assert [one for one in held if one() is not None] == []
        painter = Blank()
        painter.itself = painter
        held.append(weakref.ref(painter))
        return painter

    monkeypatch.setattr(bases, "load", load)
    gc.disable()
    try:
        evaluate(models, corpus, "test", tmp_path / "report", limit=1)
    finally:
        gc.enable()
    assert len(held) == 2


def test_the_table_names_every_model_and_marks_what_is_not_sure(report, capsys):
    score_table(report)
    told = capsys.readouterr().out
    for word in ("first", "second", "constant", "perfect", "mask AP", "median angle, deg", "boundary F1", "PQ", "pmF1"):
        assert word in told
    assert "0.000 [0.000, 0.000] worse" in told


def test_models_of_the_same_name_are_told_apart_by_their_folders(tmp_path):
    folders = [tmp_path / "a/model", tmp_path / "b/model", tmp_path / "c/other", tmp_path / "constant"]
    assert list(column_names(folders)) == [str(folders[0]), str(folders[1]), "other", str(folders[3])]
    with pytest.raises(ConfigError, match="--model .*model: named twice"):
        column_names([folders[0], folders[0]])


def test_a_model_never_takes_the_column_of_an_end_of_the_scale(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert list(column_names([Path("constant"), Path("./perfect")])) == [
        str(tmp_path / "constant"),
        str(tmp_path / "perfect"),
    ]


def test_an_unknown_alignment_is_an_early_error_that_lists_the_known_ones(models, corpus, tmp_path):
    with pytest.raises(ConfigError, match="--align affine: unknown alignment; known: scale, scale-and-shift, median"):
        evaluate(models, corpus, "test", tmp_path, align="affine")


def test_a_corpus_without_exact_labels_is_scored_too(tmp_path):
    tally = Tally(len(CLASSES))
    for sample in read_samples(location(str(toy_corpus(tmp_path / "corpus", exact=False))), "test"):
        tally.add(read(sample.targets, sample.meta["codecs"]), truth(sample))
    assert tally.scores()["depth_abs_rel"] == 0


def test_published_rows_are_found_by_every_benchmark_that_they_are_the_mean_over():
    assert [(row.model, row.value) for row in published.rows("refcocog")] == [
        ("Vision Banana", 0.738),
        ("SAM 3 Agent", 0.734),
    ]
    depth = [row for row in published.rows("ibims") if row.score == "delta1"]
    assert [row.value for row in depth] == [0.882, 0.823] and all(len(row.over) == 6 for row in depth)
    assert published.rows("a corpus of one's own") == []
