"""Weights, adapters and presets of the published families: what is taken and what is refused."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import ConfigError
from pipeline.finetune import bases, load_train_config
from pipeline.finetune.config import Lora, TrainConfig, choose
from pipeline.shards.location import local_folder
from tests.finetune.published import PHOTO, PROMPT, SIZE, finish, settings
from tests.finetune.random_bases import BUILD
from tests.finetune.toy import assert_same_painting, toy_corpus

families = pytest.mark.parametrize("name", bases.PUBLISHED)


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
        ({"image_size": 1040}, "at most 1024"),
    ],
)
def test_a_base_that_cannot_be_had_is_one_line_that_says_what_to_do(folders, changes, message, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match=message) as error:
        bases.create("flux2_klein", settings(folders, "flux2_klein", **changes), [])
    assert "\n" not in str(error.value)


def test_a_size_that_a_base_of_ours_would_not_heed_is_refused():
    with pytest.raises(ConfigError, match="image_size: 64 is for published bases; tiny takes model.image_size"):
        bases.create("tiny", TrainConfig(steps=1, image_size=64), [])


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


@families
@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda folder: (folder / "model_index.json").unlink(), "no model_index.json there; bring"),
        (
            lambda folder: next((folder / "transformer").glob("*.safetensors")).write_bytes(b""),
            r"cannot be .*\); bring",
        ),
        (lambda folder: shutil.rmtree(folder / "text_encoder"), "text_encoder/ is missing, which .*; bring"),
        (lambda folder: shutil.rmtree(folder / "tokenizer"), "tokenizer/ is missing, which .*; bring"),
        (
            lambda folder: next((folder / "vae").glob("*.safetensors")).rename(folder / "vae/x.bin"),
            "vae/x.bin is a pick",
        ),
    ],
)
def test_a_broken_model_that_was_tuned_whole_is_named_as_the_model(folders, name, tmp_path, harm, message):
    model = shutil.copytree(folders[name], tmp_path / "model")
    card = {"base": name, "config": settings(folders, name, tune="full").model_dump(mode="json")}
    (model / bases.CARD).write_text(json.dumps(card))
    harm(model)
    with pytest.raises(ConfigError, match=f"^--model {model}: {message}") as error:
        bases.load(model, "cpu")
    assert "\n" not in str(error.value) and "--weights" not in str(error.value)


def test_a_large_base_says_before_it_is_loaded_that_there_is_no_gpu(folders, monkeypatch, caplog):
    bases.create("flux2_klein", settings(folders, "flux2_klein"), [])
    assert not caplog.records
    monkeypatch.setattr("pipeline.finetune.bases.weights.LARGE", 1e4)
    monkeypatch.setattr("pipeline.finetune.bases.latent.load_part", lambda *arguments, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bases.create("flux2_klein", settings(folders, "flux2_klein"), [])
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"{folders['flux2_klein']}: no GPU: frozen parts load as float32")


@pytest.mark.parametrize("name", bases.BASES)
def test_every_base_has_a_preset_of_its_name(name):
    config = load_train_config(name)
    assert config.base in (None, name)


@families
def test_a_tuned_model_whose_base_has_moved_or_whose_adapters_are_cut_short_says_so_and_takes_the_new_place(
    name, tmp_path
):
    folder = BUILD[name](tmp_path / "base")
    config = settings({name: folder}, name)
    base = bases.create(name, config, [])
    model = finish(base, config, tmp_path / "model")
    adapters = model / "pytorch_lora_weights.safetensors"
    whole = adapters.read_bytes()
    adapters.write_bytes(whole[:2000])
    with pytest.raises(ConfigError, match="pytorch_lora_weights.safetensors") as error:
        bases.load(model, "cpu")
    assert "\n" not in str(error.value)
    adapters.unlink()
    with pytest.raises(ConfigError, match="pytorch_lora_weights.safetensors"):
        bases.load(model, "cpu")
    adapters.write_bytes(whole)
    before = bases.load(model, "cpu").paint([PHOTO], [PROMPT], steps=1)
    moved = folder.rename(tmp_path / "moved")
    with pytest.raises(
        ConfigError, match=r"plantain.json: config.weights: .* is gone: say by --weights .*no such folder"
    ):
        bases.load(model, "cpu")
    with pytest.raises(ConfigError, match=r"^--weights \./nowhere: no such folder"):
        bases.load(model, "cpu", "./nowhere")
    assert_same_painting(before[0], bases.load(model, "cpu", str(moved)).paint([PHOTO], [PROMPT], steps=1)[0])


def test_a_model_whose_weights_were_all_tuned_needs_no_others(tmp_path, folders):
    config = settings(folders, "flux2_klein", tune="full")
    (tmp_path / bases.CARD).write_text(json.dumps({"base": "flux2_klein", "config": config.model_dump(mode="json")}))
    with pytest.raises(ConfigError, match=f"--weights some/base: {tmp_path} holds all its weights and needs no others"):
        bases.load(tmp_path, "cpu", "some/base")


def test_a_base_is_chosen_by_its_name_or_by_its_preset_and_never_against_it(folders, monkeypatch):
    assert choose(None, None)[0] == "tiny"
    assert choose(None, "flux2_klein")[0] == "flux2_klein"
    base, preset = choose("small", None)
    assert (base, preset.model.image_size) == ("small", 256)
    monkeypatch.chdir(folders["flux2_klein"].parent)
    assert choose("flux2_klein", None, "flux2_klein")[1].weights == str(folders["flux2_klein"].resolve())
    with pytest.raises(
        ConfigError, match="--base tiny: flux2_klein is a preset for flux2_klein; pass --base flux2_klein"
    ):
        choose("tiny", "flux2_klein")
    with pytest.raises(ConfigError, match="--base giant: unknown base.*known bases: flux2_klein"):
        choose("giant", None)


def test_folders_of_a_preset_are_full_paths_however_they_are_named(folders, tmp_path, monkeypatch):
    place = folders["flux2_klein"].parent
    monkeypatch.chdir(place)
    whole = str(folders["flux2_klein"].resolve())
    preset = tmp_path / "mine.yaml"
    preset.write_text("base: flux2_klein\nsteps: 1\nweights: flux2_klein\ncache: encodings\n")
    for config in (
        load_train_config(preset),
        load_train_config("flux2_klein", ["weights=flux2_klein", "cache=encodings"]),
        choose("flux2_klein", None, None, ["weights=flux2_klein", "cache=encodings"])[1],
    ):
        assert (config.weights, config.cache) == (whole, str(place.resolve() / "encodings"))
    assert load_train_config("flux2_klein", ["weights=some/where"]).weights == "some/where"
    assert load_train_config("tiny").weights is None and load_train_config("tiny").cache is None


def test_a_home_folder_is_understood_and_pairs_are_full_paths_for_processes_that_begin_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    paths = ["~/photos", "drawings/*.tar", "s3://bucket/x", "/data/y.tar"]
    pairs = f"mixture.pairs={[{'path': path} for path in paths]}"
    config = load_train_config("flux2_klein", ["weights=~/base", "cache=~/encodings", pairs])
    assert (config.weights, config.cache) == (f"{tmp_path}/base", f"{tmp_path}/encodings")
    full = [f"{tmp_path}/photos", f"{tmp_path}/drawings/*.tar", "s3://bucket/x", "/data/y.tar"]
    assert [pair.path for pair in config.mixture.pairs] == full


def test_a_cache_that_is_a_url_is_refused():
    with pytest.raises(ConfigError, match="cache: s3://bucket/x: encodings are kept on a disk; name a folder"):
        load_train_config("tiny", ["cache=s3://bucket/x"])


@pytest.mark.parametrize(
    "command",
    [
        ["finetune"],
        ["roundtrip", "--base", "tiny", "--data", "corpus"],
        ["generation", "--model", "model", "--data", "corpus"],
        ["evaluate", "--model", "model", "--data", "corpus"],
    ],
)
def test_commands_that_write_to_a_disk_refuse_a_url(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*command, "--output", "s3://bucket/x"])
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).startswith("--output s3://bucket/x: this is written to a disk; name a folder")
    assert not list(tmp_path.iterdir())
    assert local_folder(f"file://{tmp_path}/x") == tmp_path / "x"


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


def test_other_weights_of_a_base_have_no_revision_of_those_before():
    config = TrainConfig(steps=1, weights="some/base", revision="abc")
    assert config.on(None) == config.on("some/base") == config
    assert config.on("else/where") == TrainConfig(steps=1, weights="else/where")
