"""Weights of our own bases, as a run starts from them and as a finished model is loaded."""

import shutil

import pytest
from safetensors.torch import load_file

from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.config import TinyModel, TrainConfig
from pipeline.finetune.trainer import finetune
from tests.finetune.published import finish
from tests.finetune.toy import TINY, toy_corpus


@pytest.fixture
def model(tmp_path):
    config = TrainConfig(model=TINY, steps=1)
    return finish(bases.create("tiny", config, ["Paint it."]), config, tmp_path / "model")


def test_a_run_that_goes_on_from_a_model_says_and_keeps_that_ones_size_and_its_own_noise(model, tmp_path, caplog):
    corpus = toy_corpus(tmp_path / "corpus", train=2, test=1)
    other = TINY | {"image_size": 64, "widths": [16, 32, 64], "attention_levels": 1, "vocabulary": 999, "shift": 7.0}
    config = TrainConfig(model=other, steps=1, batch_size=1, weights=str(model))
    card = bases.read_card(finetune([corpus], "tiny", tmp_path / "second", config))
    assert bases.read_config(tmp_path, card).model == TinyModel(**TINY | {"shift": 7.0})
    [said] = [record.getMessage() for record in caplog.records if record.name.startswith("pipeline")]
    assert said.startswith(
        f"weights: {model}: its model stays as it is: image_size 32, not 64, widths (32, 64), not (16"
    )
    caplog.clear()
    finetune([corpus], "tiny", tmp_path / "third", config.model_copy(update={"model": TinyModel(**TINY)}))
    assert not caplog.records


def pickle(folder):
    import torch

    [weights] = (folder / "unet").glob("*.safetensors")
    torch.save(load_file(weights), weights.with_suffix(".bin"))
    weights.unlink()


def cut(folder):
    [weights] = (folder / "text_encoder").glob("*.safetensors")
    weights.write_bytes(weights.read_bytes()[:2000])


def lose(part):
    return lambda folder: shutil.rmtree(folder / part)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (pickle, r"unet/.*\.bin is a pickle, which is never read; get this part as .safetensors"),
        (cut, "cannot be loaded .*; bring the whole folder here, or train the model again"),
        (lose("unet"), "cannot be loaded .*; bring the whole folder here, or train the model again"),
        (lose("text_encoder"), "cannot be loaded .*; bring the whole folder here, or train the model again"),
        (lose("tokenizer"), "cannot be loaded .*; bring the whole folder here, or train the model again"),
        (lose("scheduler"), "cannot be loaded .*; bring the whole folder here, or train the model again"),
        (
            lambda folder: (folder / "model_index.json").unlink(),
            "cannot be loaded .*; bring the whole folder here, or train the model again",
        ),
    ],
)
def test_weights_that_cannot_be_read_are_one_line_with_a_remedy(model, harm, message):
    harm(model)
    with pytest.raises(ConfigError, match=f"--model {model}: {message}") as loaded:
        bases.load(model, "cpu")
    with pytest.raises(ConfigError, match=f"weights: {model}: {message}") as created:
        bases.create("tiny", TrainConfig(model=TINY, steps=1, weights=str(model)), [])
    assert "\n" not in str(loaded.value) + str(created.value)
