"""The published families, learnt, saved, and painted with by plain diffusers."""

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, QwenImageEditPlusPipeline, QwenImagePipeline

from pipeline.evaluate import evaluate
from pipeline.finetune import bases, load_train_config
from pipeline.finetune.bases.canvas import canvas_size, noise_seed
from pipeline.finetune.examples import collate
from pipeline.finetune.pictures import resize
from pipeline.finetune.trainer import finetune
from tests.finetune.published import (
    PHOTO,
    PROMPT,
    SAMPLES,
    SIZE,
    descend,
    examples,
    finish,
    plain,
    plain_painting,
    settings,
)
from tests.finetune.toy import assert_same_painting, toy_corpus

families = pytest.mark.parametrize("name", bases.PUBLISHED)


@families
@pytest.mark.parametrize("tune", ["lora", "full"])
def test_two_examples_are_learnt_and_plain_diffusers_paints_the_same_with_what_was_saved(
    folders, name, tune, tmp_path, monkeypatch
):
    # Dropout is of training alone.
    config = settings(folders, name, tune=tune, lora={"rank": 8, "alpha": 12, "dropout": 0.3})
    base = bases.create(name, config, [])
    before = base.paint([PHOTO], [PROMPT], steps=3)[0]
    losses = descend(base, collate(examples("depth", "normal")), 40, 2e-2 if tune == "lora" else 3e-3)
    assert losses[-1] < 0.7 * losses[0]
    ours = base.paint([PHOTO], [PROMPT], steps=3)[0]
    assert np.abs(ours.astype(int) - before).max() > 2
    folder = finish(base, config, tmp_path)
    if tune == "lora":
        assert [path.name for path in sorted(folder.iterdir())] == [bases.CARD, "pytorch_lora_weights.safetensors"]
        pipe = plain(name, folders[name])
        pipe.load_lora_weights(folder)
    else:
        pipe = plain(name, folder)
    assert_same_painting(plain_painting(name, pipe, PHOTO, PROMPT, 3, monkeypatch), ours)
    again = bases.load(folder, "cpu")
    assert_same_painting(again.paint([PHOTO], [PROMPT], steps=3)[0], ours)


@families
def test_a_photo_of_another_shape_is_painted_as_plain_diffusers_does_at_its_ratio(folders, name, monkeypatch):
    base = bases.create(name, settings(folders, name, image_size=96), [])
    photo = np.repeat(PHOTO[:41], 2, axis=1)
    ours = base.paint([photo], [PROMPT], steps=2)[0]
    assert ours.shape == photo.shape
    height, width = canvas_size(*photo.shape[:2], 96, base.multiple, base.shortest)
    assert width > 1.4 * height
    canvas = resize(photo, height, width)
    theirs = plain_painting(name, plain(name, folders[name]), canvas, PROMPT, 2, monkeypatch)
    assert_same_painting(ours, resize(theirs, *photo.shape[:2], label=True))


@families
def test_a_picture_from_words_alone_is_the_plain_pipelines(folders, name):
    base = bases.create(name, settings(folders, name), [])
    ours = base.paint([None], ["A red box."], steps=3)[0]
    generator = torch.Generator().manual_seed(noise_seed(0, None, "A red box."))
    asked = {"height": SIZE, "width": SIZE, "num_inference_steps": 3, "generator": generator}
    if name == "flux2_klein":
        theirs = plain(name, folders[name])(prompt="A red box.", **asked).images[0]
    else:
        parts = plain(name, folders[name]).components
        parts.pop("processor")
        theirs = QwenImagePipeline(**parts)(prompt="A red box.", negative_prompt=" ", **asked).images[0]
    assert_same_painting(ours, np.asarray(theirs))


@families
def test_a_single_step_painting_is_learnt_by_heart_and_has_no_noise(folders, name):
    config = settings(folders, name, tune="full", objective={"method": "single_step"})
    base = bases.create(name, config, [])
    losses = descend(base, collate(examples("depth")), 60, 5e-3, "single_step")
    assert losses[-1] < 0.3 * losses[0]
    one, other = (base.paint([PHOTO], ["Paint it."], seed=seed)[0] for seed in (0, 1))
    assert_same_painting(one, other)
    latents = base.encode_images(SAMPLES[0].targets["depth"][None])
    wanted = ((base.decode_latents(latents).clamp(-1, 1) + 1) * 127.5).permute(0, 2, 3, 1)[0].numpy()
    fresh = bases.create(name, config, []).paint([PHOTO], ["Paint it."])[0]
    assert np.abs(one - wanted).mean() < 0.7 * np.abs(fresh - wanted).mean()


def test_the_classes_are_the_published_ones(folders):
    assert type(plain("flux2_klein", folders["flux2_klein"])) is Flux2KleinPipeline
    assert type(plain("qwen_image_edit", folders["qwen_image_edit"])) is QwenImageEditPlusPipeline


@families
def test_a_run_from_corpus_to_evaluation_on_the_bases_own_preset(folders, name, tmp_path):
    corpus = toy_corpus(tmp_path / "corpus", train=2, test=1, size=SIZE)
    changes = [
        "steps=2",
        "batch_size=2",
        "accumulation=1",
        f"image_size={SIZE}",
        f"weights={folders[name]}",
        "precision=no",
    ]
    config = load_train_config(name, changes)
    assert (config.base, config.tune, config.optimizer) == (name, "lora", "adamw")
    folder = finetune([corpus], name, tmp_path / "model", config)
    assert {"plantain.json", "pytorch_lora_weights.safetensors"} <= {path.name for path in folder.iterdir()}
    report = evaluate(folder, corpus, output=tmp_path / "report", steps=1)
    assert report.views == 1
    finetune([corpus], name, folder, config, overwrite=True)


@families
def test_plain_diffusers_paints_in_a_single_step_from_nothing(folders, name, monkeypatch):
    base = bases.create(name, settings(folders, name, objective={"method": "single_step"}), [])
    ours = base.paint([PHOTO], [PROMPT])[0]
    pipe = plain(name, folders[name])
    nothing = torch.zeros(1, 16, SIZE // 16, SIZE // 16)
    if name == "qwen_image_edit":
        # Its scheduler stretches the steps to an end above zero, which one step alone cannot be.
        steps = pipe.scheduler.config
        pipe.scheduler = FlowMatchEulerDiscreteScheduler.from_config(steps, shift_terminal=None)
        nothing = nothing.flatten(2).mT
    assert_same_painting(plain_painting(name, pipe, PHOTO, PROMPT, 1, monkeypatch, latents=nothing), ours)
