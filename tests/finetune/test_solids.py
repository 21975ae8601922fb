"""What the benchmarks of training keep is never shown as the result of other settings."""

import json

import pytest

from benchmarks.solids import corpus, generation_loss, scores, trained
from pipeline.evaluate.summary import SCORES
from tests.finetune.test_trainer import preset
from tests.finetune.toy import toy_corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = toy_corpus(tmp_path_factory.mktemp("toy") / "corpus", train=2, test=1)
    info = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps(info | {"config": {"samples": 3}}))
    (folder / "val").mkdir()
    (folder / "val/manifest.json").write_text(json.dumps({"shards": []}))
    return folder


@pytest.fixture(scope="module")
def model(data, tmp_path_factory):
    return trained(tmp_path_factory.mktemp("runs") / "model", data, preset(steps=1))


def test_a_finished_model_of_other_settings_is_named_and_not_taken_for_the_one_that_is_asked_for(data, model, tmp_path):
    card = (model / "plantain.json").read_text()
    assert trained(model, data, preset(steps=1, loader_threads=1)) == model
    with pytest.raises(SystemExit, match=r"holds a model of other settings \(config.seed: 0 there, 1 now\)"):
        trained(model, data, preset(steps=1, seed=1))
    with pytest.raises(SystemExit, match=r"data\..*/other: None there"):
        trained(model, toy_corpus(tmp_path / "other", train=1, test=1), preset(steps=1))
    assert (model / "plantain.json").read_text() == card


def test_a_report_on_another_corpus_or_model_is_named_and_not_read(data, model, tmp_path):
    about = {"data": str(data), "trained": json.loads((model / "plantain.json").read_text())["trained"]}
    figures = {"scores": {name: {"model": 0.5} for name in SCORES}, "figures": {"loss": {"after": {"value": 0.25}}}}
    places = [model / "evaluation-own-all/report.json", model / "generation-256/generation.json"]
    for place in places:
        place.parent.mkdir()
        place.write_text(json.dumps(about | figures))
    assert scores(model, data) == figures["scores"]
    assert generation_loss(model, data) == 0.25
    for changes, named in (({"data": str(tmp_path)}, "data"), ({"trained": {"steps": 7}}, "trained")):
        for place, read in zip(places, (scores, generation_loss), strict=True):
            place.write_text(json.dumps(about | figures | changes))
            with pytest.raises(SystemExit, match=rf"is about something else \({named}: "):
                read(model, data)


def test_a_corpus_of_another_number_of_views_is_named_with_its_own(data):
    assert corpus(data, 3) == data
    with pytest.raises(SystemExit, match="is a corpus of 3 views, not 1000; pass --views 3 or another --data"):
        corpus(data, 1000)
