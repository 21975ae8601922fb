import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import ConfigError
from pipeline.evaluate.roundtrip import roundtrip
from pipeline.evaluate.summary import SCORES
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from pipeline.tables import roundtrip_table
from tests.finetune.published import finish
from tests.finetune.random_bases import BUILD
from tests.finetune.toy import TINY, toy_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus", train=1, test=3)


def config(**changes):
    return TrainConfig(**{"steps": 1, "model": TINY} | changes)


def test_folding_pixels_loses_nothing_which_takes_one_line_to_say(corpus, tmp_path, capsys):
    found = roundtrip("tiny", config(), corpus, output=tmp_path)
    assert [loss.name for loss in found.losses] == list(SCORES)
    assert all(loss.target == loss.canvas == loss.autoencoder for loss in found.losses)
    assert set(found.levels.values()) == {0.0}
    assert found.views == 3
    capsys.readouterr()
    roundtrip_table(found)
    assert capsys.readouterr().out.startswith("tiny on 3 views, split test: nothing is lost")


def test_what_is_lost_is_told_score_by_score(corpus, tmp_path, capsys):
    found = roundtrip("tiny", config(model=TINY | {"image_size": 64}), corpus, output=tmp_path)
    assert found.lossless
    changed = replace(found, losses=[replace(found.losses[0], autoencoder=0.5), *found.losses[1:]])
    assert not changed.lossless and not replace(found, levels=found.levels | {"depth": 0.1}).lossless
    roundtrip_table(changed)
    assert capsys.readouterr().out.count("is better") == len(SCORES)


def test_a_small_canvas_loses_edges_before_any_autoencoder_does(corpus, tmp_path):
    found = roundtrip("tiny", config(model=TINY | {"image_size": 32, "widths": [32, 64]}), corpus, output=tmp_path)
    small = toy_corpus(tmp_path / "large", train=1, test=2, size=64)
    shrunk = roundtrip("tiny", config(), small, output=tmp_path)
    scores = {loss.name: loss for loss in shrunk.losses}
    assert scores["semantic_miou"].canvas < scores["semantic_miou"].target
    assert scores["semantic_miou"].autoencoder == scores["semantic_miou"].canvas
    assert {loss.name: loss for loss in found.losses}["semantic_miou"].canvas == 1


def test_our_own_bases_have_the_size_of_the_weights_they_would_start_from(corpus, tmp_path):
    model = finish(bases.create("tiny", config(), ["words"]), config(), tmp_path / "model")
    roundtrip("tiny", config(model=TINY | {"image_size": 64}, weights=str(model)), corpus, output=tmp_path / "report")
    written = json.loads((tmp_path / "report/roundtrip.json").read_text())
    assert (written["image_size"], written["weights"]) == (32, str(model))
    with pytest.raises(ConfigError, match="weights: nowhere: no model here"):
        roundtrip("tiny", config(weights="nowhere"), corpus, output=tmp_path / "report")


@pytest.mark.parametrize("name", BUILD)
def test_a_published_autoencoder_is_measured_against_the_exact_targets(corpus, tmp_path, name):
    weights = str(BUILD[name](tmp_path / "weights"))
    found = roundtrip(name, config(weights=weights, image_size=64), corpus, output=tmp_path / "report", limit=2)
    written = json.loads((tmp_path / "report/roundtrip.json").read_text())
    assert (written["views"], written["weights"], written["base"]) == (2, weights, name)
    assert written["image_size"] == 64
    scores = {loss.name: loss for loss in found.losses}
    # Random weights know nothing of pictures; bringing 32 pixels to 64 and back costs nothing.
    assert scores["semantic_miou"].target == scores["semantic_miou"].canvas == 1
    assert scores["semantic_miou"].autoencoder < 0.9
    assert all(np.isfinite(value) and value > 5 for value in found.levels.values())
    assert written["scores"]["depth_delta1"]["target"] == scores["depth_delta1"].target


def test_a_split_that_is_not_there_is_named_before_weights_are_looked_for(corpus, tmp_path):
    with pytest.raises(ConfigError, match="--split val: .* has no such split; it has train, test"):
        roundtrip("flux2_klein", config(weights="no/where"), corpus, split="val", output=tmp_path)
