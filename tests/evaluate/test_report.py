"""The constant predictor and the report, on toy views whose answers are known."""

import json

import cv2
import numpy as np
import pytest

from pipeline.config import ConfigError
from pipeline.evaluate import constant, evaluate
from pipeline.evaluate.predict import paint_photo
from pipeline.evaluate.summary import SCORES, Tally
from pipeline.evaluate.truth import read, truth
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
    scores = score([baseline.at(true)], [true])
    for name, value in scores.items():
        assert value == pytest.approx(1.0 if SCORES[name].higher_is_better else 0.0, abs=0.05), name


def test_the_constant_is_no_worse_than_any_single_training_answer_on_the_train_split():
    truths = [truth(sample) for sample in SAMPLES]
    baseline = constant.fit(SAMPLES, len(CLASSES))
    ours = score([baseline.at(true) for true in truths], truths)
    for candidate in truths:
        theirs = score([candidate] * len(truths), truths)
        assert ours["depth_abs_rel"] <= theirs["depth_abs_rel"]
        assert ours["normal_mean_angle"] <= theirs["normal_mean_angle"] * 1.01
        assert ours["referring_ciou"] >= theirs["referring_ciou"]


def test_the_constant_does_not_look_at_the_view():
    baseline = constant.fit(SAMPLES, len(CLASSES))
    one, other = baseline.at(truth(SAMPLES[0])), baseline.at(truth(SAMPLES[1]))
    np.testing.assert_array_equal(one.depth_m, other.depth_m)
    np.testing.assert_array_equal(one.semantic, other.semantic)
    np.testing.assert_array_equal(one.referring[0], other.referring[0])


def test_a_report_holds_every_score_beside_the_constants_and_a_sheet(model, corpus, tmp_path):
    seen = []
    report = evaluate(model, corpus, "test", tmp_path, on_progress=lambda done, note, total: seen.append((done, total)))
    assert seen[-1] == (4, 4)
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["scores"].keys() == SCORES.keys()
    assert written["views"] == report.views == 4
    for line in report.lines:
        entry = written["scores"][line.name]
        assert (entry["model"], entry["constant"]) == (line.model, line.constant)
        assert entry["better"] == ((line.model > line.constant) == line.higher_is_better)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert min(sheet.shape[:2]) > 500


def test_evaluating_twice_gives_the_same_scores(model, corpus, tmp_path):
    one, two = (evaluate(model, corpus, "test", tmp_path / name, limit=2, seed=3) for name in "ab")
    assert one.lines == two.lines
    assert one.views == 2


def test_a_split_that_does_not_exist_is_an_error_that_lists_those_that_do(model, corpus, tmp_path):
    from pipeline.shards.read import CorpusError

    with pytest.raises((ConfigError, CorpusError), match="train, test"):
        evaluate(model, corpus, "holdout", tmp_path)


def test_a_photo_of_any_size_is_painted_at_its_own_size(model):
    photo = np.full((37, 61, 3), 120, np.uint8)
    assert paint_photo(model, photo, "depth").shape == photo.shape
    assert paint_photo(model, photo, "referring", "Paint the red box in white.").dtype == np.uint8


def test_a_task_that_needs_words_says_so_with_an_example(model):
    with pytest.raises(ConfigError, match='needs --prompt, e.g. --prompt "Paint the red sphere'):
        paint_photo(model, np.zeros((8, 8, 3), np.uint8), "referring")
    with pytest.raises(ConfigError, match="unknown task; known tasks: depth"):
        paint_photo(model, np.zeros((8, 8, 3), np.uint8), "colour")
