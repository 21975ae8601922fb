"""What became of generation: on a toy generator whose answers are known, and on `tiny` from training to report."""

import importlib.metadata
import json
import shutil
import sys

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ConfigError
from pipeline.evaluate.generation import measure_generation
from pipeline.evaluate.generation_figures import NO_CLIP, Figure, loss_figure
from pipeline.evaluate.generation_loss import Captioned, held_out_losses, noise_levels
from pipeline.evaluate.intervals import Interval
from pipeline.finetune import bases
from pipeline.finetune.bases.tiny import Tiny, build
from pipeline.finetune.config import TinyModel, TrainConfig
from pipeline.finetune.trainer import finetune
from tests.evaluate.random_clip import random_clip
from tests.finetune.published import finish, settings
from tests.finetune.random_bases import BUILD
from tests.finetune.toy import TINY, assert_same_painting, toy_corpus, toy_sample

VIEWS = [Captioned(s.key, s.image, s.meta["caption"]) for s in map(toy_sample, range(11))]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus", test=6)


@pytest.fixture(scope="module")
def before(corpus, tmp_path_factory):
    config = TrainConfig(model=TINY, steps=2, batch_size=4)
    return finetune([corpus], "tiny", tmp_path_factory.mktemp("model") / "before", config)


@pytest.fixture(scope="module")
def after(corpus, before, tmp_path_factory):
    config = TrainConfig(model=TINY, steps=2, batch_size=4, weights=str(before))
    return finetune([corpus], "tiny", tmp_path_factory.mktemp("model") / "after", config)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {"flux2_klein": BUILD["flux2_klein"](tmp_path_factory.mktemp("bases") / "flux2_klein")}


@pytest.fixture
def tiny():
    return Tiny(build(TinyModel(**TINY), [view.caption for view in VIEWS], seed=0))


def test_a_held_out_loss_is_the_same_again_and_whatever_its_neighbours(tiny):
    sigmas = [0.2, 0.9]
    whole = held_out_losses(tiny, VIEWS, sigmas, seed=3)
    assert whole.shape == (11, 2)
    np.testing.assert_allclose(held_out_losses(tiny, VIEWS, sigmas, seed=3), whole, rtol=1e-5)
    np.testing.assert_allclose(held_out_losses(tiny, VIEWS[:3], sigmas, seed=3), whole[:3], rtol=1e-4)
    assert not np.allclose(held_out_losses(tiny, VIEWS, sigmas, seed=4), whole, rtol=1e-4)


def test_a_held_out_loss_is_the_mean_square_by_which_the_network_misses(tiny, monkeypatch):
    # A network that always says middle grey misses by the picture itself.
    monkeypatch.setattr(
        "pipeline.finetune.bases.tiny.predict_clean", lambda unet, state, *rest: torch.zeros_like(state)
    )
    losses = held_out_losses(tiny, VIEWS, [0.3, 0.8])
    expected = [np.square(view.image / 127.5 - 1).mean() for view in VIEWS]
    np.testing.assert_allclose(losses, np.stack([expected, expected], axis=1), rtol=1e-5)


def test_the_network_sees_words_and_no_picture(tiny, monkeypatch):
    seen = []

    def look(unet, state, condition, conditioned, sigma, text):
        seen.append((bool(conditioned.any()), sigma.unique().tolist()))
        return torch.zeros_like(state)

    monkeypatch.setattr("pipeline.finetune.bases.tiny.predict_clean", look)
    held_out_losses(tiny, VIEWS[:2], [0.25, 0.5])
    assert seen == [(False, [0.25]), (False, [0.5])]


def test_noise_levels_are_the_quantiles_of_those_trained_at(tiny):
    levels = noise_levels(tiny, 4)
    uniform = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    trained = tiny.sigmas(uniform, torch.zeros(100_000, dtype=torch.bool))
    expected = torch.quantile(trained, torch.tensor([0.875, 0.625, 0.375, 0.125]))
    np.testing.assert_allclose(levels, expected, atol=2e-3)


def test_a_model_beside_what_its_card_says_it_was_tuned_from(before, after, corpus, tmp_path):
    seen = []
    report = measure_generation(
        after, corpus, "test", tmp_path, pictures=3, on_progress=lambda done, note, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1]
    written = json.loads((tmp_path / "generation.json").read_text())
    assert written["before"] == str(before)
    assert (written["views"], written["painted"]) == (6, 3)
    loss = report.figure("loss")
    assert written["figures"]["loss"]["change"]["value"] == loss.change.value
    firsts, seconds = np.array([level[1:] for level in report.levels]).T
    assert firsts.mean() == pytest.approx(loss.before.value)
    assert seconds.mean() == pytest.approx(loss.after.value)
    assert [figure.why for figure in report.figures[1:]] == [NO_CLIP] * 3
    assert len(written["words"]) == 2
    assert written["words"][1].startswith("FID over CLIP features, KID over CLIP features, CLIP score: not measured: ")
    sheet = cv2.imread(str(tmp_path / "generation.png"))
    assert min(sheet.shape[:2]) > 500
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"split", "before", "after"}


def test_a_model_beside_itself_lost_nothing(after, corpus, tmp_path):
    report = measure_generation(after, corpus, "test", tmp_path, before=str(after), pictures=0)
    loss = report.figure("loss")
    assert loss.change == Interval(0.0, 0.0, 0.0)
    assert loss.verdict == "kept"


@pytest.mark.parametrize("itself", [True, False])
def test_with_a_clip_all_four_are_measured(itself, before, after, corpus, tmp_path):
    clip = random_clip(tmp_path)
    report = measure_generation(
        after, corpus, "test", tmp_path / "report", str(after if itself else before), pictures=6, clip=str(clip)
    )
    for figure in report.figures:
        assert figure.why is None
        assert (figure.before == figure.after) == itself
        assert " before, " in figure.sentence
    assert (report.figure("clip_score").change == Interval(0.0, 0.0, 0.0)) == itself
    # Two numbers for two sets of pictures have no interval, and so no verdict.
    assert report.figure("kid").verdict == "?"


def test_the_command_prints_figures_and_words_and_says_where_they_lie(after, corpus, tmp_path):
    options = ["--model", str(after), "--data", str(corpus), "--output", str(tmp_path), "--pictures", "1"]
    result = CliRunner().invoke(app, ["generation", *options, "--limit", "3"])
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "generation.json").read_text())
    for sentence in written["words"]:
        assert sentence in result.output
    assert str(tmp_path / "generation.png") in result.output


def test_what_is_painted_lies_there_for_other_tools_at_the_models_size(before, corpus, tmp_path):
    measure_generation(before, corpus, "test", tmp_path, pictures=2)
    folders = [sorted((tmp_path / "pictures" / kind).iterdir()) for kind in ("split", "after")]
    assert [path.name for path in folders[0]] == [path.name for path in folders[1]]
    assert {cv2.imread(str(path)).shape for folder in folders for path in folder} == {(32, 32, 3)}


def test_pictures_of_an_earlier_run_go_and_other_peoples_files_stay(before, corpus, tmp_path):
    measure_generation(before, corpus, "test", tmp_path, before=str(before), pictures=2)
    mine = [tmp_path / "pictures" / name for name in ("split/notes.txt", "inception/picture.png")]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    measure_generation(before, corpus, "test", tmp_path, pictures=1)
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"split", "after", "inception"}
    assert [len(list((tmp_path / "pictures" / name).glob("*.png"))) for name in ("split", "after")] == [1, 1]
    assert all(path.read_bytes() == b"mine" for path in mine)


def test_adapters_whose_base_has_moved_are_set_beside_it_where_it_is_now(folders, corpus, tmp_path):
    config = settings(folders, "flux2_klein")
    model = finish(bases.create("flux2_klein", config, []), config, tmp_path / "model")
    card = json.loads((model / "plantain.json").read_text())
    card["config"]["weights"] = str(tmp_path / "gone")
    (model / "plantain.json").write_text(json.dumps(card))
    place = str(folders["flux2_klein"])
    report = measure_generation(model, corpus, "test", tmp_path / "report", limit=1, pictures=0, steps=1, weights=place)
    assert report.before == place
    # Adapters that were never trained do nothing.
    assert report.figure("loss").change.value == pytest.approx(0, abs=1e-6)


def test_a_model_from_scratch_has_nothing_before_and_the_report_says_so(before, corpus, tmp_path):
    report = measure_generation(before, corpus, "test", tmp_path, pictures=1)
    assert report.before is None
    assert report.figure("loss").verdict == "?"
    assert "nothing before to compare with" in report.figure("loss").sentence


def test_a_model_started_from_weights_begins_where_those_ended(before, corpus):
    config = TrainConfig(model=TINY, steps=1, weights=str(before))
    started, ended = bases.create("tiny", config, []), bases.load(before, "cpu")
    assert_same_painting(*(base.paint([None], ["A red box."])[0] for base in (started, ended)))


def test_a_model_started_from_weights_is_trained_at_the_noise_of_its_own_preset(before):
    model = TINY | {"shift": 20.0, "caption_shift": 2.0}
    pipe = bases.create("tiny", TrainConfig(model=model, steps=1, weights=str(before)), []).pipe
    assert (pipe.shift(True), pipe.shift(False)) == (20.0, 2.0)


@pytest.mark.parametrize(
    ("base", "weights", "message"),
    [("tiny", "nowhere", "nowhere: no model here"), ("small", None, "is a tiny, not a small; pass --base tiny")],
)
def test_weights_of_no_model_or_another_base_are_refused_in_one_line(base, weights, message, before):
    config = TrainConfig(steps=1, weights=weights or str(before))
    with pytest.raises(ConfigError, match=message) as error:
        bases.create(base, config, [])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"split": "holdout"}, "--split holdout.*train, test"),
        ({"clip": "/nowhere"}, "--clip /nowhere"),
        ({"before": "/nowhere"}, "--before /nowhere: no model here"),
        ({"weights": "some/base"}, "--weights some/base: .* holds all its weights and needs no others; leave it out"),
    ],
)
def test_what_is_missing_is_named_in_one_line_before_a_model_is_loaded(
    change, message, before, corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(bases, "load", None)
    with pytest.raises(ConfigError, match=message) as error:
        measure_generation(before, corpus, **{"split": "test", "output": tmp_path, "pictures": 0, "limit": 1} | change)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("/nowhere", "--before /nowhere: no such folder, nor a hub id"),
        (None, "--before .*: is tiny, the model flux2_klein; losses of unlike models do not compare"),
    ],
)
def test_what_a_published_base_cannot_be_compared_with_is_known_before_it_is_loaded(
    start, message, before, corpus, tmp_path, monkeypatch
):
    monkeypatch.setattr(bases, "load", None)
    (tmp_path / "klein").mkdir()
    card = json.loads((before / bases.CARD).read_text()) | {"base": "flux2_klein"}
    (tmp_path / "klein" / bases.CARD).write_text(json.dumps(card))
    with pytest.raises(ConfigError, match=message):
        measure_generation(tmp_path / "klein", corpus, output=tmp_path, before=start or str(before))


def test_a_card_of_another_version_or_of_an_unknown_base_is_one_line(before, corpus, tmp_path):
    for change, message in (
        ({"config": {"steps": 1, "unheard_of": 2}}, "plantain.json: config: cannot be read .*train the model again"),
        ({"base": "giant"}, "plantain.json: base: giant: unknown base; known bases: tiny"),
    ):
        folder = tmp_path / next(iter(change))
        shutil.copytree(before, folder)
        card = json.loads((folder / "plantain.json").read_text())
        (folder / "plantain.json").write_text(json.dumps(card | change))
        with pytest.raises(ConfigError, match=message) as error:
            measure_generation(folder, corpus, "test", tmp_path / "report", pictures=0, limit=1)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(("module", "clip"), [("diffusers", None), ("torchmetrics", "some-clip")])
def test_what_is_not_installed_is_named_before_anything_is_read(module, clip, before, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=f"^{module} is not installed; run: pip install"):
        measure_generation(before, tmp_path / "no corpus", "test", tmp_path / "report", clip=clip)


def test_without_a_clip_torchmetrics_is_not_asked_for(before, corpus, tmp_path, monkeypatch):
    known = importlib.metadata.version

    def version(name):
        if name == "torchmetrics":
            raise importlib.metadata.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr("pipeline.evaluate.generation.version", version)
    measure_generation(before, corpus, "test", tmp_path, pictures=0, limit=1)
    assert "torch" in json.loads((tmp_path / "generation.json").read_text())["versions"]


def test_losses_of_unlike_models_are_not_compared(before, corpus, tmp_path):
    config = TrainConfig(model=TINY | {"image_size": 64}, steps=1, batch_size=2)
    larger = finetune([corpus], "tiny", tmp_path / "larger", config)
    with pytest.raises(ConfigError, match="is tiny at 64 pixels, the model tiny at 32"):
        measure_generation(before, corpus, "test", tmp_path / "report", before=str(larger), pictures=0, limit=1)


def test_a_verdict_needs_an_interval_that_leaves_zero_out():
    def verdict(low, high, higher=False):
        return Figure("x", "x", higher, 1.0, 1.0, Interval((low + high) / 2, low, high)).verdict

    assert [verdict(-1, 1), verdict(1, 2), verdict(-2, -1)] == ["kept", "lost", "gained"]
    assert [verdict(1, 2, higher=True), verdict(-2, -1, higher=True)] == ["gained", "lost"]


def test_a_loss_that_rose_on_every_view_is_called_worse_with_its_share():
    rng = np.random.default_rng(0)
    first = rng.gamma(4, 1, (50, 3))
    figure = loss_figure({"before": first, "after": first * 1.1})
    assert figure.verdict == "lost"
    assert "+10.00 % (95 %: +10.00 to +10.00), worse." in figure.sentence
