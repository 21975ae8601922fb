import errno
import json
import shutil
import signal
from itertools import count
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from pipeline.errors import ConfigError
from pipeline.evaluate.generation import measure_generation
from pipeline.evaluate.report import evaluate
from pipeline.finetune import bases, load_train_config
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.folder import held
from pipeline.finetune.trainer import finetune, learning_rate
from tests.finetune.toy import TINY, toy_corpus


class Killed(Exception):
    """What stands for a kill: raised from the progress callback, it leaves the run where it is."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


def preset(**changes):
    return TrainConfig(**{"model": TINY, "steps": 6, "batch_size": 4, "checkpoint_seconds": 1e-6} | changes)


def weights(folder):
    parts = sorted(folder.glob("*/*.safetensors"))
    assert len(parts) == 2
    return {f"{part.parent.name}.{name}": value for part in parts for name, value in load_file(part).items()}


def log(folder):
    return [json.loads(line) for line in (folder / "train_log.jsonl").read_text().splitlines()]


def kill_at(step):
    def on_progress(progress):
        if progress.step == step:
            raise Killed

    return on_progress


def test_a_run_killed_after_three_steps_and_resumed_ends_with_the_same_weights_and_losses(corpus, tmp_path):
    whole = finetune([corpus], "tiny", tmp_path / "whole", preset())
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "killed", preset(), on_progress=kill_at(4))
    seen = []
    resumed = finetune([corpus], "tiny", tmp_path / "killed", preset(), on_progress=seen.append)
    assert [progress.step for progress in seen] == [4, 5, 6]
    assert log(resumed) == log(whole)
    ours, theirs = weights(resumed), weights(whole)
    assert ours.keys() == theirs.keys()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=0, atol=0)


def test_a_finished_model_is_a_folder_with_card_and_log_and_without_leftovers(corpus, tmp_path):
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=2))
    names = {path.name for path in folder.iterdir()}
    assert {"plantain.json", "train_log.jsonl", "model_index.json", "unet"} <= names
    assert not {"checkpoint", "run.json"} & names
    card = json.loads((folder / "plantain.json").read_text())
    assert card["base"] == "tiny"
    assert card["trained"]["steps"] == 2


def test_a_finished_model_is_replaced_only_when_asked_and_other_files_never(corpus, tmp_path):
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="holds a finished model"):
        finetune([corpus], "tiny", folder, preset(steps=1))
    finetune([corpus], "tiny", folder, preset(steps=2), overwrite=True)
    assert len(log(folder)) == 2
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_model_that_is_replaced_takes_along_what_was_found_about_it(corpus, tmp_path):
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    measure_generation(folder, corpus, pictures=1, limit=1, steps=1)
    evaluate(folder, corpus, limit=1, steps=1)
    assert (folder / "generation").is_dir() and (folder / "evaluation").is_dir()
    finetune([corpus], "tiny", folder, preset(steps=1), overwrite=True)
    assert not (folder / "generation").exists() and not (folder / "evaluation").exists()
    (folder / "generation").mkdir()
    (folder / "generation/notes.txt").write_text("somebody's own")
    finetune([corpus], "tiny", folder, preset(steps=1), overwrite=True)
    assert (folder / "generation/notes.txt").is_file()


@pytest.mark.parametrize(
    ("base", "changes", "message"),
    [
        ("tiny", {"weights": "nowhere"}, "weights: nowhere: no model here"),
        ("tiny", {"image_size": 64}, "image_size: 64 is for published bases"),
        ("tiny", {"mixture": {"pairs": [{"path": "none.tar"}]}}, "none.tar: no such file"),
        ("flux2_klein", {"weights": "./nowhere"}, "--weights ./nowhere: no such folder"),
    ],
)
def test_a_model_is_not_replaced_before_all_that_the_new_one_needs_is_there(corpus, tmp_path, base, changes, message):
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ConfigError, match=message):
        finetune([corpus], base, folder, preset(steps=1, **changes), overwrite=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    with pytest.raises(ConfigError, match=message):
        finetune([corpus], base, tmp_path / "new", preset(steps=1, **changes))
    assert not (tmp_path / "new").exists()


def test_exact_labels_that_are_missing_are_found_out_before_a_model_is_replaced(tmp_path):
    corpus = toy_corpus(tmp_path / "corpus", exact=False)
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    with pytest.raises(ConfigError, match="redraw"):
        finetune([corpus], "tiny", folder, preset(steps=1, augment={"redraw": 0.5}), overwrite=True)
    assert (folder / "plantain.json").is_file()


@pytest.mark.parametrize("place", ["", "unet", ".."])
def test_the_weights_that_a_run_starts_from_are_not_written_over(corpus, tmp_path, place):
    folder = finetune([corpus], "tiny", tmp_path / "models/first", preset(steps=1))
    with pytest.raises(ConfigError, match="holds the weights to start from, or lies among them; name another folder"):
        finetune([corpus], "tiny", folder / place, preset(steps=1, weights=str(folder)), overwrite=True)
    assert len(weights(folder)) > 10 and (folder / "plantain.json").is_file()


def test_an_unfinished_run_is_resumed_though_it_may_be_replaced_and_one_of_other_settings_is_replaced(corpus, tmp_path):
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(), on_progress=kill_at(4), overwrite=True)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(), on_progress=kill_at(4), overwrite=True)
    assert [line["step"] for line in log(tmp_path / "run")] == [1, 2, 3, 4]
    assert (tmp_path / "run/checkpoint").is_dir()
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(seed=1), on_progress=kill_at(1), overwrite=True)
    assert not (tmp_path / "run/checkpoint").exists()


def test_a_second_run_is_kept_out_of_a_folder_while_the_first_one_is_training_there(corpus, tmp_path):
    tried = []

    def second(progress):
        with pytest.raises(ConfigError, match="another run is training there") as error, held(tmp_path / "model"):
            pass
        tried.append(str(error.value))

    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1), on_progress=second)
    assert len(tried) == 1 and "\n" not in tried[0]
    assert not (folder / "lock").exists()


def test_where_the_file_system_knows_no_locks_a_run_goes_on_without(corpus, tmp_path, monkeypatch):
    def none(*arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    assert (folder / "plantain.json").is_file() and not (folder / "lock").exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_somebody_elses_is_left_alone(corpus, tmp_path, overwrite):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ConfigError, match="never deleted"):
        finetune([corpus], "tiny", tmp_path, preset(steps=1), overwrite=overwrite)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_unfinished_run_of_other_settings_is_refused_by_the_setting_that_differs(corpus, tmp_path):
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(), on_progress=kill_at(2))
    with pytest.raises(ConfigError, match=r"config\.learning_rate: 0\.\d+ there, 0\.5 now"):
        finetune([corpus], "tiny", tmp_path / "run", preset(learning_rate=0.5))


def test_an_unknown_base_is_refused_before_anything_is_written(corpus, tmp_path):
    with pytest.raises(ConfigError, match="unknown base; known bases: tiny, small"):
        finetune([corpus], "giant", tmp_path / "model", preset())
    assert not (tmp_path / "model").exists()


def test_a_budget_of_minutes_ends_on_the_clock_and_the_rate_falls_with_it(corpus, tmp_path, monkeypatch):
    seen, looks = [], count()
    # Half a second goes by between two looks at the clock, of which there are a few a step.
    monkeypatch.setattr("pipeline.finetune.run.time", SimpleNamespace(monotonic=lambda: 0.5 * next(looks)))
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=None, minutes=0.2), on_progress=seen.append)
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1 and len(set(fractions)) > 5
    assert seen[-1].seconds_left == 0
    scales = [line["lr_scale"] for line in log(tmp_path / "model")]
    assert scales[-1] < 0.5 * max(scales)


def test_four_samples_are_learnt_by_heart(tmp_path):
    corpus = toy_corpus(tmp_path / "corpus", train=4)
    config = preset(steps=150, batch_size=10, checkpoint_seconds=1e6)
    folder = finetune([corpus], "tiny", tmp_path / "model", config)
    losses = [line["loss"] for line in log(folder)]
    assert sum(losses[-20:]) < 0.2 * sum(losses[:20])


def test_the_rate_warms_up_and_falls():
    config = preset(warmup=0.1)
    rates = [learning_rate(config, fraction) for fraction in (0.0, 0.05, 0.1, 0.5, 1.0)]
    assert rates[0] < rates[1] < rates[2] == 1.0 > rates[3] > rates[4]
    assert learning_rate(preset(schedule="constant"), 1.0) == 1.0


def test_the_shipped_preset_loads_by_name_and_its_budget_can_be_changed():
    assert load_train_config("tiny").minutes == 8
    changed = load_train_config("presets/tiny.yaml", ["steps=50"])
    assert (changed.steps, changed.minutes) == (50, None)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("learning_rat=1", "did you mean 'learning_rate'"),
        ("learning_rate=-1", "learning_rate"),
        ("model.patch=3", "model.patch"),
        ("tasks.depht=1", "did you mean 'depth'"),
        ("model.image_size=100", "multiple of"),
        ("model.attention_levels=4", "attention_levels 4 must be at most 3"),
        ("lora.targets=[]", "lora.targets"),
    ],
)
def test_a_mistake_in_a_preset_is_one_line_that_names_the_key(override, message):
    with pytest.raises(ConfigError, match=message) as error:
        load_train_config("tiny", [override])
    assert "\n" not in str(error.value)


def test_an_unknown_preset_is_an_error_that_lists_the_shipped_ones():
    with pytest.raises(ConfigError, match="shipped presets: .*tiny"):
        load_train_config("huge")


def test_a_model_in_training_says_so_when_asked_to_paint(corpus, tmp_path):
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(), on_progress=kill_at(3))
    with pytest.raises(ConfigError, match="unfinished"):
        bases.load(tmp_path / "run")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_checkpoint_and_the_run_resumes_to_the_same_weights(corpus, tmp_path, number):
    def interrupt(progress):
        if progress.step == 3:
            signal.raise_signal(number)

    slow = preset(checkpoint_seconds=1e6)
    whole = finetune([corpus], "tiny", tmp_path / "whole", slow)
    with pytest.raises(KeyboardInterrupt):
        finetune([corpus], "tiny", tmp_path / "stopped", slow, on_progress=interrupt)
    seen = []
    resumed = finetune([corpus], "tiny", tmp_path / "stopped", slow, on_progress=seen.append)
    assert [progress.step for progress in seen] == [4, 5, 6]
    assert log(resumed) == log(whole)
    theirs = weights(whole)
    assert all(torch.equal(value, theirs[name]) for name, value in weights(resumed).items())


def test_a_corpus_made_anew_under_the_same_name_is_not_resumed_on(corpus, tmp_path):
    copy = tmp_path / "corpus"
    shutil.copytree(corpus, copy)
    with pytest.raises(Killed):
        finetune([copy], "tiny", tmp_path / "run", preset(), on_progress=kill_at(4))
    path = copy / "train/manifest.json"
    manifest = json.loads(path.read_text())
    next(iter(manifest["shards"][0]["files"].values()))["sha256"] = "0" * 64
    path.write_text(json.dumps(manifest))
    with pytest.raises(ConfigError, match="other settings.*data"):
        finetune([copy], "tiny", tmp_path / "run", preset())


def test_replacing_a_model_spares_a_model_of_somebody_elses_in_the_same_folder(corpus, tmp_path):
    folder = finetune([corpus], "tiny", tmp_path / "model", preset(steps=1))
    (folder / "my_clip").mkdir()
    (folder / "my_clip/config.json").write_text("{}")
    finetune([corpus], "tiny", folder, preset(steps=1), overwrite=True)
    assert (folder / "my_clip/config.json").is_file()
