"""The constant predictor and the report, on toy views whose answers are known."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.evaluate import constant, constant_maps, evaluate, intervals
from pipeline.evaluate.sheet import draw_sheet
from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import Question, question, read, truth
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.trainer import finetune
from tests.finetune.toy import CLASSES, TINY, toy_corpus, toy_sample

SAMPLES = [toy_sample(seed) for seed in range(12)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


@pytest.fixture(scope="module")
def model(corpus, tmp_path_factory):
    config = TrainConfig(model=TINY, steps=2, batch_size=4)
    return finetune([corpus], "tiny", tmp_path_factory.mktemp("model") / "tiny", config)


def score(answers, truths):
    tally = Tally(len(CLASSES))
    for answer, true in zip(answers, truths, strict=True):
        tally.add(answer, true)
    return tally.scores()


def blind(baseline, sample):
    return baseline.at(question(sample), *sample.image.shape[:2])


def one_thing(kind, where):
    sample = toy_sample(0)
    ids = np.zeros((32, 32), np.uint16)
    ids[where] = 1
    labels = {**sample.exact, "instance": ids}
    codecs = {**sample.meta["codecs"]}
    codecs["instance"] = {"class": kind, "background": [0, 0, 0], "colors": [{"id": 1, "color": [255, 0, 0]}]}
    codecs["referring"] = {**codecs["referring"], "referents": [{"ids": [1], "parsed": {"category": kind}}]}
    return replace(sample, meta={**sample.meta, "codecs": codecs}, exact=labels)


def test_the_targets_themselves_score_perfectly_but_for_eight_bits():
    scores = score([read(s.targets, s.meta["codecs"]) for s in SAMPLES], [truth(s) for s in SAMPLES])
    assert scores.keys() == SCORES.keys()
    for name in ("depth_delta1", "semantic_miou", "instance_f1", "referring_ciou", "referring_giou"):
        assert scores[name] == 1
    assert scores["depth_abs_rel"] < 0.005
    assert scores["normal_mean_angle"] < 0.5


def test_a_corpus_without_exact_labels_has_the_truth_of_its_targets():
    for seed in range(4):
        exact, decoded = truth(toy_sample(seed)), truth(toy_sample(seed, exact=False))
        np.testing.assert_array_equal(exact.semantic, decoded.semantic)
        np.testing.assert_array_equal(exact.instances, decoded.instances)
        np.testing.assert_array_equal(exact.referring, decoded.referring)
        np.testing.assert_allclose(exact.depth_m, decoded.depth_m, rtol=0.02)


def test_on_views_all_alike_the_constant_is_perfect():
    twins = [SAMPLES[0]] * 5
    baseline = constant.fit(twins, len(CLASSES))
    true = truth(SAMPLES[0])
    scores = score([blind(baseline, SAMPLES[0])], [true])
    # It expects a surface even beyond the horizon, and so draws no horizon.
    assert 0.8 < scores.pop("depth_boundary_f1") < 1
    for name, value in scores.items():
        assert value == pytest.approx(1.0 if SCORES[name].higher_is_better else 0.0, abs=0.05), name


def test_the_constant_is_no_worse_than_any_single_training_answer_on_the_train_split():
    truths = [truth(sample) for sample in SAMPLES]
    baseline = constant.fit(SAMPLES, len(CLASSES))
    ours = score([blind(baseline, sample) for sample in SAMPLES], truths)
    for candidate in truths:
        theirs = score([candidate] * len(truths), truths)
        assert ours["depth_abs_rel"] <= theirs["depth_abs_rel"]
        assert ours["normal_mean_angle"] <= theirs["normal_mean_angle"] * 1.01
        for name in ("semantic_miou", "instance_f1", "referring_ciou"):
            assert ours[name] >= theirs[name], name


def test_the_constant_does_not_look_at_the_view():
    baseline = constant.fit(SAMPLES, len(CLASSES))
    alike = [sample for sample in SAMPLES if question(sample) == question(SAMPLES[0])]
    assert len(alike) > 1
    one, other = (blind(baseline, sample) for sample in alike[:2])
    np.testing.assert_array_equal(one.depth_m, other.depth_m)
    np.testing.assert_array_equal(one.normals, other.normals)
    np.testing.assert_array_equal(one.semantic, other.semantic)
    np.testing.assert_array_equal(one.instances, other.instances)
    np.testing.assert_array_equal(one.referring, other.referring)


def test_the_constant_answers_with_the_listed_classes_only():
    baseline = constant.fit(SAMPLES, len(CLASSES))
    assert set(np.unique(baseline.at(Question((0, 2), "box", ()), 32, 32).semantic)) <= {0, 2}
    assert np.all(baseline.at(Question((3,), "box", ()), 32, 32).semantic == 3)


def test_the_constant_uses_the_category_asked_for_where_that_helps():
    corners = {"box": (slice(2, 12), slice(2, 12)), "sphere": (slice(18, 30), slice(18, 30))}
    baseline = constant.fit([one_thing(kind, where) for kind, where in corners.items()] * 3, len(CLASSES))
    for kind, where in corners.items():
        answer = baseline.at(Question((0, 1), kind, (kind,)), 32, 32)
        for mask in (answer.instances[0], answer.referring[0]):
            assert mask[where].all()
            assert mask.sum() == mask[where].size
    never_asked = baseline.at(Question((0, 1), "plant", (None, "plant")), 32, 32)
    assert len(never_asked.referring) == 2


def test_the_constant_expects_a_surface_where_no_training_view_has_one():
    baseline = constant.fit(SAMPLES, len(CLASSES))
    assert not np.isfinite([sample.exact["depth"][0] for sample in SAMPLES]).any()
    top = blind(baseline, SAMPLES[0]).depth_m[0]
    assert np.all((top > 1) & (top < 20))


def test_a_constant_of_many_views_is_the_same_however_few_rows_are_worked_on_at_once(monkeypatch):
    whole = constant.fit(SAMPLES, len(CLASSES))
    monkeypatch.setattr(constant_maps, "BLOCK", 5 * 32 * len(SAMPLES))
    parts = constant.fit(SAMPLES, len(CLASSES))
    np.testing.assert_allclose(parts.normals, whole.normals, atol=1e-6)
    np.testing.assert_allclose(parts.depth_m[4:], whole.depth_m[4:])


def test_a_sliver_of_an_instance_is_neither_asked_for_nor_wrong_to_find():
    sample = toy_sample(0)
    sample.exact["instance"][:] = 0
    sample.exact["instance"][5:15, 5:15] = 1
    sample.exact["instance"][20:31, 20] = 2
    sample.exact["instance"][25, 5:8] = 3
    sample.meta["codecs"]["instance"]["colors"] = [{"id": i, "color": [90 * i - 80, 0, 0]} for i in (1, 2, 3, 4)]
    true = truth(sample)
    assert [mask.sum() for mask in true.instances] == [100]
    assert [mask.sum() for mask in true.ignored] == [11, 3]


def test_a_report_holds_every_score_beside_the_constants_and_a_sheet(model, corpus, tmp_path):
    seen = []
    report = evaluate(model, corpus, "test", tmp_path, on_progress=lambda done, note, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["scores"].keys() == SCORES.keys()
    assert written["settings"]["constant"]["knows"].keys() == written["settings"]["constant"]["choice"].keys()
    assert written["views"] == report.views == 4
    for line in report.lines:
        entry = written["scores"][line.name]
        assert (entry["model"], entry["constant"]) == (line.model, line.constant)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert min(sheet.shape[:2]) > 500


def test_of_too_few_views_nothing_is_sure(model, corpus, tmp_path):
    report = evaluate(model, corpus, "test", tmp_path)
    assert report.views < intervals.FEWEST
    assert {line.verdict("tiny") for line in report.lines} == {"not sure"}
    written = json.loads((tmp_path / "report.json").read_text())
    assert all(row["columns"]["constant"]["low"] is None for row in written["scores"].values())
    assert "[" not in (tmp_path / "report.md").read_text().partition("## Scores")[2].partition("## ")[0]


def test_a_sheet_that_cannot_be_written_is_an_error_that_names_it(tmp_path):
    (tmp_path / "sheet.png").mkdir()
    with pytest.raises(ConfigError, match="sheet.png"):
        draw_sheet([], [], tmp_path / "sheet.png")


def test_evaluating_twice_gives_the_same_scores(model, corpus, tmp_path):
    one, two = (evaluate(model, corpus, "test", tmp_path / name, limit=2, seed=3) for name in "ab")
    assert one.lines == two.lines
    assert one.views == 2


@pytest.fixture
def unloadable(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("loaded before everything was checked")

    monkeypatch.setattr(bases, "load", refuse)


@pytest.mark.usefixtures("unloadable")
def test_a_split_that_does_not_exist_is_an_early_error_that_lists_those_that_do(model, corpus, tmp_path):
    with pytest.raises(ConfigError, match="--split holdout.*train, test"):
        evaluate(model, corpus, "holdout", tmp_path)


@pytest.mark.usefixtures("unloadable")
def test_a_corpus_without_a_train_split_is_an_early_error_that_says_how_to_make_one(model, tmp_path):
    corpus = toy_corpus(tmp_path / "corpus", train=1, test=1)
    info = json.loads((corpus / "dataset.json").read_text())
    (corpus / "dataset.json").write_text(json.dumps(info | {"splits": ["test"]}))
    with pytest.raises(ConfigError, match="--data.*train split.*--splits train="):
        evaluate(model, corpus, "test", tmp_path / "report")


@pytest.mark.usefixtures("unloadable")
@pytest.mark.parametrize("empty", ["train", "test"])
def test_an_empty_split_is_an_early_error_that_names_it(model, tmp_path, empty):
    corpus = toy_corpus(tmp_path / "corpus", **({"train": 1, "test": 1} | {empty: 0}))
    with pytest.raises(ConfigError, match=f"--data.*'{empty}' holds no views"):
        evaluate(model, corpus, "test", tmp_path / "report")


@pytest.mark.usefixtures("unloadable")
def test_an_output_that_cannot_be_a_folder_is_an_early_error(model, corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="--output .*file"):
        evaluate(model, corpus, "test", tmp_path / "file")
