"""What a training step sees of the published families."""

import json
import shutil

import numpy as np
import pytest
import torch

from pipeline.finetune import bases
from pipeline.finetune.bases.weights import check_weights
from pipeline.finetune.config import ObjectiveConfig
from pipeline.finetune.encoding import encode
from pipeline.finetune.examples import GENERATE, collate
from pipeline.finetune.learner import checkpoint_gradients
from pipeline.finetune.objective import Objective, to_signed
from tests.finetune.published import PHOTO, PROMPT, examples, settings
from tests.finetune.random_bases import BUILD

families = pytest.mark.parametrize("name", bases.PUBLISHED)


@families
def test_latents_are_the_pipelines_own_and_decoding_lets_gradients_through(folders, name):
    base = bases.create(name, settings(folders, name), [])
    latents = base.encode_images(PHOTO[None])
    picture = to_signed(PHOTO[None])
    pipe = base.pipe
    if name == "flux2_klein":
        theirs = pipe._encode_vae_image(picture, None)
    else:
        packed = pipe._encode_vae_image(picture[:, :, None], None)
        theirs = pipe._pack_latents(packed, 1, 4, *packed.shape[3:]).mT.reshape(latents.shape)
    torch.testing.assert_close(latents, theirs)
    latents.requires_grad_(True)
    base.decode_latents(latents).square().mean().backward()
    assert latents.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in base.pipe.vae.parameters())


@families
def test_in_a_mixed_batch_every_example_has_the_loss_that_it_has_alone(folders, name):
    base = bases.create(name, settings(folders, name), [])
    objective = Objective(base, ObjectiveConfig())
    mixed = examples(GENERATE, "depth", GENERATE, "normal")
    with torch.no_grad():
        together = objective(encode(base, collate(mixed), "cpu"))
        alone = torch.cat([objective(encode(base, collate([one]), "cpu")) for one in mixed])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    assert len(set(together.tolist())) == 4


@families
def test_a_picture_that_is_not_there_changes_nothing_and_one_that_is_does(folders, name):
    base = bases.create(name, settings(folders, name), [])
    inputs = encode(base, collate(examples(GENERATE, "depth")), "cpu")
    other = torch.zeros_like(inputs.condition)
    with torch.no_grad():
        answers = [
            base.network(inputs.noise, inputs.sigma, condition, inputs.conditioned, inputs.text)
            for condition in (inputs.condition, other)
        ]
    torch.testing.assert_close(answers[0][0], answers[1][0], rtol=0, atol=0)
    assert (answers[0][1] - answers[1][1]).abs().max() > 1e-3


@families
def test_what_the_words_become_depends_on_the_picture_where_the_base_says_so(folders, name):
    base = bases.create(name, settings(folders, name), [])
    seen = np.array([True])
    one, other = (base.encode_text(["Paint it."], image[None], seen)[0]["embeds"] for image in (PHOTO, 255 - PHOTO))
    assert base.reads_images == bool((one != other).any())


@families
def test_gradient_checkpointing_gives_the_same_gradients(folders, name):
    found = []
    for checkpointing in (False, True):
        base = bases.create(name, settings(folders, name, gradient_checkpointing=checkpointing), [])
        assert not base.network.transformer.is_gradient_checkpointing
        if checkpointing:
            checkpoint_gradients(base)
            assert base.network.transformer.is_gradient_checkpointing
        base.network.train()
        Objective(base, ObjectiveConfig())(encode(base, collate(examples(GENERATE, "depth")), "cpu")).mean().backward()
        found.append({n: w.grad for n, w in base.network.named_parameters() if w.grad is not None})
    assert found[0].keys() == found[1].keys() and len(found[0]) > 10
    for key, value in found[0].items():
        torch.testing.assert_close(value, found[1][key])


@families
def test_noise_levels_lean_as_far_to_noise_as_the_sampler_does(folders, name):
    base = bases.create(name, settings(folders, name), [])
    sigma = base.sigmas(torch.linspace(0, 1, 2001)[:-1], torch.ones(2000, dtype=torch.bool))
    assert ((sigma > 0) & (sigma <= 1)).all()
    assert (sigma.diff() > 0).all()
    mu = base.shift(16, 20)
    torch.testing.assert_close(sigma[1000], torch.tensor(mu).sigmoid())
    shifted = base.pipe.scheduler.time_shift(mu, 1.0, torch.special.ndtri(torch.tensor(0.3)).sigmoid())
    torch.testing.assert_close(base.sigmas(torch.tensor([0.3]), torch.tensor([True]))[0], shifted)


@families
def test_encodings_have_the_name_of_their_weights(folders, name, tmp_path):
    one = bases.create(name, settings(folders, name), []).encoder_id
    assert one.startswith(name)
    assert bases.create(name, settings(folders, name, tune="full"), []).encoder_id == one
    other = BUILD[name](tmp_path / "other", seed=1)
    assert bases.create(name, settings({name: other}, name), []).encoder_id != one


def other_statistics(folder, name):
    """Other statistics of the latents; the weights stay."""
    path = folder / "vae/config.json"
    config = json.loads(path.read_text())
    config |= {"batch_norm_eps": 0.5} if name == "flux2_klein" else {"latents_mean": [0.1, -0.2, 0.3, 0.5]}
    path.write_text(json.dumps(config))


def other_template(folder, name):
    for path in folder.glob("*/chat_template.jinja"):
        path.write_text("{# Politely. #}" + path.read_text())


def other_words(folder, name):
    """Two of the vocabulary's words change places."""
    for path in folder.glob("*/tokenizer.json"):
        content = json.loads(path.read_text())
        words = content["model"]["vocab"]
        one, other = list(words)[-2:]
        words[one], words[other] = words[other], words[one]
        path.write_text(json.dumps(content))


@families
@pytest.mark.parametrize("change", [other_statistics, other_template, other_words])
def test_encodings_have_the_name_of_all_that_they_depend_on_but_of_no_place(folders, name, change, tmp_path):
    def encoder_id(folder):
        return bases.create(name, settings({name: folder}, name), []).encoder_id

    shutil.copytree(folders[name], tmp_path / "copy")
    assert encoder_id(tmp_path / "copy") == encoder_id(folders[name])
    change(tmp_path / "copy", name)
    assert encoder_id(tmp_path / "copy") != encoder_id(folders[name])


@families
def test_encodings_of_other_releases_of_the_libraries_have_another_name(folders, name, monkeypatch):
    ids = []
    for release in ("1.0", "1.1"):
        monkeypatch.setattr("transformers.__version__", release)
        ids.append(bases.create(name, settings(folders, name), []).encoder_id)
    assert ids[0] != ids[1]


@families
def test_an_index_is_read_once(folders, name, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "pipeline.finetune.bases.latent.check_weights",
        lambda *arguments: asked.append(arguments) or check_weights(*arguments),
    )
    bases.create(name, settings(folders, name), [])
    assert len(asked) == 1


@families
def test_frozen_parts_are_in_no_gradient_and_adapters_are_all_that_trains(folders, name):
    base = bases.create(name, settings(folders, name), [])
    trained = [key for key, weight in base.network.named_parameters() if weight.requires_grad]
    assert trained and all("lora_" in key for key in trained)
    assert not any(w.requires_grad for part in (base.pipe.vae, base.pipe.text_encoder) for w in part.parameters())
    base.park()
    assert base.paint([PHOTO], [PROMPT], steps=1)[0].shape == PHOTO.shape


@families
@pytest.mark.parametrize("tune", ["lora", "full"])
@pytest.mark.parametrize("tasks", [("depth", GENERATE), ("depth", "normal"), (GENERATE, GENERATE)])
def test_whatever_the_batch_every_weight_that_trains_has_a_gradient(folders, name, tune, tasks):
    base = bases.create(name, settings(folders, name, tune=tune), [])
    Objective(base, ObjectiveConfig())(encode(base, collate(examples(*tasks)), "cpu")).mean().backward()
    assert not [key for key, weight in base.network.named_parameters() if weight.requires_grad and weight.grad is None]
