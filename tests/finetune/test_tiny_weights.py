"""Weights of our own bases, as a run starts from them and as a finished model is loaded."""

import shutil

import pytest
from safetensors.torch import load_file

from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from tests.finetune.published import finish
from tests.finetune.toy import TINY


@pytest.fixture
def model(tmp_path):
    config = TrainConfig(model=TINY, steps=1)
    return finish(bases.create("tiny", config, ["Paint it."]), config, tmp_path / "model")


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
