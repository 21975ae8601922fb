"""The published families, on tiny models of their own classes: learnt, saved, and painted with by plain diffusers."""

import json
import shutil

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, Flux2KleinPipeline, QwenImageEditPlusPipeline, QwenImagePipeline
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus
from PIL import Image
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ConfigError
from pipeline.evaluate import evaluate
from pipeline.finetune import bases, load_train_config
from pipeline.finetune.bases.canvas import canvas_size, noise_seed, resize
from pipeline.finetune.bases.qwen_image_edit import PictureProcessor
from pipeline.finetune.config import Lora, ObjectiveConfig, TrainConfig
from pipeline.finetune.encoding import encode
from pipeline.finetune.examples import GENERATE, Example, collate
from pipeline.finetune.objective import Objective, to_signed
from pipeline.finetune.trainer import finetune
from tests.finetune.random_bases import BUILD
from tests.finetune.toy import toy_corpus, toy_sample

SIZE = 64
SAMPLES = [toy_sample(seed, SIZE) for seed in range(4)]
PHOTO, PROMPT = SAMPLES[0].image, SAMPLES[0].meta["prompts"]["referring"]
families = pytest.mark.parametrize("name", bases.PUBLISHED)


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bases")
    return {name: build(folder / name) for name, build in BUILD.items()}


def settings(folders, name, **changes):
    given = {"base": name, "weights": str(folders[name]), "image_size": SIZE, "steps": 1}
    return TrainConfig(**given | {"lora": {"rank": 8, "alpha": 12}} | changes)


def examples(*tasks):
    return [
        Example(
            None if task == GENERATE else sample.image, sample.targets.get(task, sample.image), "Paint it.", task, seed
        )
        for seed, (sample, task) in enumerate(zip(SAMPLES, tasks, strict=False))
    ]


def descend(base, batch, steps, rate=2e-2, method="flow"):
    """Losses of so many steps on one batch whose noise is drawn once."""
    objective = Objective(base, ObjectiveConfig(method=method))
    optimizer = torch.optim.AdamW([w for w in objective.parameters() if w.requires_grad], rate, weight_decay=0)
    inputs = encode(base, batch, "cpu")
    losses = []
    for _ in range(steps):
        loss = objective(inputs).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def finish(base, config, folder):
    """Save as the trainer does, card included."""
    base.save(folder)
    card = {"base": base.name, "config": config.model_dump(mode="json")}
    (folder / bases.CARD).write_text(json.dumps(card))
    return folder


def plain(name, folder, **extra):
    """A pipeline as anybody loads it; without torchvision Qwen's processor cannot be loaded, so it is handed over."""
    if name == "qwen_image_edit":
        extra["processor"] = PictureProcessor.beside(str(folder), None)
    return DiffusionPipeline.from_pretrained(folder, **extra)


def plain_painting(name, pipe, photo, prompt, steps, monkeypatch):
    generator = torch.Generator().manual_seed(noise_seed(0, photo, prompt))
    asked = {"image": Image.fromarray(photo), "prompt": prompt, "num_inference_steps": steps, "generator": generator}
    asked |= {"height": photo.shape[0], "width": photo.shape[1]}
    pipe.set_progress_bar_config(disable=True)
    if name == "flux2_klein":
        return np.asarray(pipe(**asked, guidance_scale=1.0).images[0])
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "VAE_IMAGE_SIZE", photo.shape[0] * photo.shape[1])
    return np.asarray(pipe(**asked, true_cfg_scale=1.0).images[0])


@families
@pytest.mark.parametrize("tune", ["lora", "full"])
def test_two_examples_are_learnt_and_plain_diffusers_paints_the_same_with_what_was_saved(
    folders, name, tune, tmp_path, monkeypatch
):
    config = settings(folders, name, tune=tune)
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
    np.testing.assert_array_equal(plain_painting(name, pipe, PHOTO, PROMPT, 3, monkeypatch), ours)
    again = bases.load(folder, "cpu")
    np.testing.assert_array_equal(again.paint([PHOTO], [PROMPT], steps=3)[0], ours)


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
    np.testing.assert_array_equal(ours, resize(theirs, *photo.shape[:2], label=True))


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
    np.testing.assert_array_equal(ours, np.asarray(theirs))


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
def test_gradient_checkpointing_gives_the_same_gradients(folders, name):
    found = []
    for checkpointing in (False, True):
        base = bases.create(name, settings(folders, name, gradient_checkpointing=checkpointing), [])
        base.network.train()
        Objective(base, ObjectiveConfig())(encode(base, collate(examples(GENERATE, "depth")), "cpu")).mean().backward()
        found.append({n: w.grad for n, w in base.network.named_parameters() if w.grad is not None})
    assert found[0].keys() == found[1].keys() and len(found[0]) > 10
    for key, value in found[0].items():
        torch.testing.assert_close(value, found[1][key])


@families
def test_a_single_step_painting_is_learnt_by_heart_and_has_no_noise(folders, name):
    config = settings(folders, name, tune="full", objective={"method": "single_step"})
    base = bases.create(name, config, [])
    losses = descend(base, collate(examples("depth")), 60, 5e-3, "single_step")
    assert losses[-1] < 0.3 * losses[0]
    one, other = (base.paint([PHOTO], ["Paint it."], seed=seed)[0] for seed in (0, 1))
    np.testing.assert_array_equal(one, other)
    latents = base.encode_images(SAMPLES[0].targets["depth"][None])
    wanted = ((base.decode_latents(latents).clamp(-1, 1) + 1) * 127.5).permute(0, 2, 3, 1)[0].numpy()
    fresh = bases.create(name, config, []).paint([PHOTO], ["Paint it."])[0]
    assert np.abs(one - wanted).mean() < 0.7 * np.abs(fresh - wanted).mean()


@families
def test_noise_levels_lean_as_far_to_noise_as_the_sampler_does(folders, name):
    base = bases.create(name, settings(folders, name), [])
    sigma = base.sigmas(torch.linspace(0, 1, 2001)[:-1])
    assert ((sigma > 0) & (sigma <= 1)).all()
    assert (sigma.diff() > 0).all()
    mu = base.shift(16, 20)
    torch.testing.assert_close(sigma[1000], torch.tensor(mu).sigmoid())
    shifted = base.pipe.scheduler.time_shift(mu, 1.0, torch.special.ndtri(torch.tensor(0.3)).sigmoid())
    torch.testing.assert_close(base.sigmas(torch.tensor([0.3]))[0], shifted)


@families
def test_encodings_have_the_name_of_their_weights(folders, name, tmp_path):
    one = bases.create(name, settings(folders, name), []).encoder_id
    assert one.startswith(name)
    assert bases.create(name, settings(folders, name, tune="full"), []).encoder_id == one
    other = BUILD[name](tmp_path / "other", seed=1)
    assert bases.create(name, settings({name: other}, name), []).encoder_id != one


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


def test_targets_of_ones_own_replace_the_bases_and_one_that_matches_nothing_is_named(folders):
    base = bases.create("flux2_klein", settings(folders, "flux2_klein", lora=Lora(targets=("to_q",))), [])
    trained = {key for key, weight in base.network.named_parameters() if weight.requires_grad}
    assert trained and all(".to_q.lora_" in key for key in trained)
    with pytest.raises(
        ConfigError, match=r"lora.targets: 'to_qq' matches no linear layer; some that exist: .*to_q"
    ) as error:
        bases.create("flux2_klein", settings(folders, "flux2_klein", lora=Lora(targets=("to_qq",))), [])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": "nowhere/at-all"}, r"hf download nowhere/at-all --local-dir at-all"),
        ({"weights": "./nowhere"}, "no such folder"),
        ({"image_size": 72}, "multiple of 16"),
        ({"image_size": 32}, "at least 64"),
    ],
)
def test_a_base_that_cannot_be_had_is_one_line_that_says_what_to_do(folders, changes, message, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=message) as error:
        bases.create("flux2_klein", settings(folders, "flux2_klein", **changes), [])
    assert "\n" not in str(error.value)


def test_a_folder_of_another_pipeline_is_refused_by_its_class(folders):
    with pytest.raises(ConfigError, match="holds a QwenImageEditPlusPipeline, and this base is a Flux2KleinPipeline"):
        bases.create("flux2_klein", settings({"flux2_klein": folders["qwen_image_edit"]}, "flux2_klein"), [])


def test_a_distilled_base_is_refused_with_the_one_to_take(tmp_path):
    folder = BUILD["flux2_klein"](tmp_path / "distilled", distilled=True)
    with pytest.raises(ConfigError, match="distilled.*FLUX.2-klein-base-4B"):
        bases.create("flux2_klein", settings({"flux2_klein": folder}, "flux2_klein"), [])


@families
def test_pickles_are_never_read(folders, name, tmp_path):
    folder = tmp_path / "pickled"
    shutil.copytree(folders[name], folder)
    [part] = (folder / "transformer").glob("*.safetensors")
    part.rename(part.with_suffix(".bin"))
    with pytest.raises(ConfigError, match=r"transformer/.*\.bin is a pickle, which is never read"):
        bases.create(name, settings({name: folder}, name), [])


@families
def test_weights_cut_short_are_an_error_in_one_line(folders, name, tmp_path):
    folder = tmp_path / "cut"
    shutil.copytree(folders[name], folder)
    [part] = (folder / "transformer").glob("*.safetensors")
    part.write_bytes(part.read_bytes()[:5000])
    with pytest.raises(ConfigError, match="cannot be loaded") as error:
        bases.create(name, settings({name: folder}, name), [])
    assert "\n" not in str(error.value)


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


@pytest.mark.parametrize("name", bases.BASES)
def test_every_base_has_a_preset_of_its_name(name):
    config = load_train_config(name)
    assert config.base in (None, name)


def test_the_command_takes_weights_from_anywhere_and_the_preset_of_the_base(folders, tmp_path, monkeypatch):
    corpus = toy_corpus(tmp_path / "corpus", train=2, test=1, size=SIZE)
    monkeypatch.chdir(folders["flux2_klein"].parent)
    asked = ["finetune", "--data", str(corpus), "--base", "flux2_klein", "--weights", "flux2_klein", "--output"]
    for change in ("steps=1", "batch_size=2", "accumulation=1", "precision=no", f"image_size={SIZE}"):
        asked[1:1] = ["--set", change]
    result = CliRunner().invoke(app, [*asked, str(tmp_path / "model")])
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path)
    assert bases.load(tmp_path / "model", "cpu").image_size == SIZE
    asked = ["roundtrip", "--base", "flux2_klein", "--weights", str(folders["flux2_klein"]), "--data", str(corpus)]
    result = CliRunner().invoke(app, [*asked, "--set", f"image_size={SIZE}", "--output", str(tmp_path / "trip")])
    assert result.exit_code == 0, result.output
    assert "autoencoded" in result.output and (tmp_path / "trip/roundtrip.json").is_file()
