import builtins
import json

import cv2
import numpy as np
import pytest

from pipeline import terminal
from pipeline.errors import ConfigError
from pipeline.finetune import tracking
from pipeline.finetune.progress import Progress
from pipeline.finetune.samples import fixed_questions
from pipeline.finetune.trainer import finetune
from pipeline.shards.read import read_samples
from tests.finetune.test_trainer import Killed, kill_at, log, preset
from tests.finetune.toy import toy_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


def events(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder / "tensorboard"), size_guidance={"images": 0, "scalars": 0})
    read.Reload()
    return read


def test_tensorboard_shows_every_step_once_and_painted_samples_of_a_run_that_was_killed(corpus, tmp_path):
    settings = preset(track=("tensorboard",), sample_steps=2)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", settings, on_progress=kill_at(4))
    finetune([corpus], "tiny", tmp_path / "run", settings)
    shown = events(tmp_path / "run")
    assert [event.step for event in shown.Scalars("loss")] == [1, 2, 3, 4, 5, 6]
    for event, line in zip(shown.Scalars("loss"), log(tmp_path / "run"), strict=True):
        assert event.value == pytest.approx(line["loss"], abs=1e-5)
    names = set(shown.Tags()["scalars"])
    assert {"grad_norm", "learning_rate", "speed/images_per_s", "speed/memory_gb", "loss/depth"} <= names
    assert [event.step for event in shown.Images("samples/referring")] == [2, 4, 6]
    picture = cv2.imdecode(np.frombuffer(shown.Images("samples/depth")[0].encoded_image_string, np.uint8), 1)
    assert picture.shape == (32, 3 * 32, 3)
    held_out = next(iter(read_samples(corpus, "test", exact=False)))
    assert np.array_equal(picture[:, :32, ::-1], held_out.image)
    assert np.array_equal(picture[:, 32:64, ::-1], held_out.targets["depth"])
    sheets = sorted(path.name for path in (tmp_path / "run/samples").iterdir())
    assert sheets == ["step-0000002.png", "step-0000004.png", "step-0000006.png"]
    finetune([corpus], "tiny", tmp_path / "run", preset(steps=1), overwrite=True)
    assert not (tmp_path / "run/samples").exists() and not (tmp_path / "run/tensorboard").exists()


def test_painting_samples_changes_nothing_of_what_is_learnt(corpus, tmp_path):
    settings = preset(steps=4, ema=0.9)
    finetune([corpus], "tiny", tmp_path / "plain", settings)
    finetune([corpus], "tiny", tmp_path / "painted", settings.model_copy(update={"sample_steps": 1}))
    assert log(tmp_path / "plain") == log(tmp_path / "painted")


def test_questions_are_of_trained_tasks_about_held_out_views(corpus):
    questions = fixed_questions([corpus], 32, preset(tasks={"depth": 0, "normal": 0}))
    assert [question.task for question in questions] == ["semantic", "instance", "referring"]
    held_out = [sample.image for sample in read_samples(corpus, "test", exact=False)]
    for number, question in enumerate(questions):
        assert np.array_equal(question.image, held_out[number])


def test_the_log_tells_the_loss_of_every_task_which_average_to_the_steps(corpus, tmp_path):
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=2, batch_size=20))
    for line in log(tmp_path / "model"):
        assert set(line) == {"step", "loss", "lr_scale", "grad_norm", "tasks"}
        assert min(line["tasks"].values()) <= line["loss"] <= max(line["tasks"].values())


def test_a_tracker_that_is_not_installed_is_an_error_before_anything_is_written(corpus, tmp_path):
    with pytest.raises(ConfigError, match="track: wandb is not installed; run: pip install wandb"):
        finetune([corpus], "tiny", tmp_path / "model", preset(track=("wandb",)))
    assert not (tmp_path / "model").exists()


def test_weights_and_biases_gets_the_same_numbers_under_the_runs_own_name(corpus, tmp_path, monkeypatch):
    class Wandb:
        """The few functions of wandb that are called."""

        begun, told = {}, []

        @classmethod
        def init(cls, **named):
            cls.begun = named
            return cls

        @classmethod
        def log(cls, values, step):
            cls.told.append((step, values))

        @classmethod
        def finish(cls):
            cls.told.append("finished")

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", lambda name, *rest: Wandb if name == "wandb" else real(name, *rest))
    monkeypatch.setattr(tracking, "require", lambda *names: None)
    settings = preset(steps=3, track=("wandb",), learning_rate=0.003, muon_rate=0.05, schedule="constant", warmup=0)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "mine", settings, on_progress=kill_at(2))
    first = Wandb.begun["id"]
    finetune([corpus], "tiny", tmp_path / "mine", settings)
    assert (Wandb.begun["project"], Wandb.begun["name"], Wandb.begun["resume"]) == ("plantain", "mine", "allow")
    assert Wandb.begun["id"] == first
    told = [one for one in Wandb.told if one != "finished"]
    assert [step for step, values in told if "loss" in values] == [1, 2, 2, 3]
    rates = [(values["learning_rate"], values["muon_rate"]) for _, values in told if "loss" in values]
    assert rates == [(0.003, 0.05)] * 4
    assert Wandb.told[-1] == "finished"
    finetune([corpus], "tiny", tmp_path / "mine", settings, overwrite=True)
    assert Wandb.begun["id"] != first


def test_progress_tells_speed_memory_and_time_left_in_a_line(capsys):
    told = Progress(7, 0.5, 20.5, 0.5, 3725.0, memory_gb=3.21, busy=0.97, flops_share=0.41, waiting=0.02, cached=0.5)
    with terminal.training_bar() as show:
        show(told)
    line = "step 7  loss 0.5000  20.5 images/s  3.2 GB  97% GPU  41% of peak FLOP/s  2% waiting for data  50% cached"
    assert capsys.readouterr().err == f"{line}  1:02:05 left\n"


def test_without_a_terminal_the_last_step_has_a_line_even_where_the_run_ends_by_a_fault(capsys):
    def run():
        with terminal.training_bar() as show:
            for step in range(1, 21):
                show(Progress(step, 0.5, 20.5, step / 20, 20.0 - step))
            raise Killed

    with pytest.raises(Killed):
        run()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["step 1", "step 20"]


def test_a_run_that_is_resumed_says_from_which_step_and_ends_with_a_summary_of_the_whole(corpus, tmp_path, capsys):
    settings = preset(steps=20)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "model", settings, on_progress=kill_at(9))
    with terminal.training_bar() as show:
        terminal.training_done(finetune([corpus], "tiny", tmp_path / "model", settings, on_progress=show))
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert lines[0] == "resuming: goes on from the checkpoint of step 8"
    assert lines[1].startswith("step 9  ") and lines[-1].startswith("step 20  ")
    losses = [line["loss"] for line in log(tmp_path / "model")]
    summary, place = told.out.splitlines()
    assert summary.startswith("20 steps in 0:")
    assert f"loss {sum(losses[:2]) / 2:.4f} in the first tenth, {sum(losses[-2:]) / 2:.4f} in the last" in summary
    assert place == f"{tmp_path / 'model'}: model saved; loss per step in {tmp_path / 'model/train_log.jsonl'}"


def test_progress_of_a_run_tells_the_memory_of_this_process(corpus, tmp_path):
    seen = []
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=1), on_progress=seen.append)
    assert 0.1 < seen[0].memory_gb < 100
    assert (seen[0].busy, seen[0].flops_share, seen[0].cached) == (None, None, None)


def test_a_card_tells_how_much_was_trained(corpus, tmp_path):
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=3, batch_size=2, accumulation=2))
    trained = json.loads((tmp_path / "model/plantain.json").read_text())["trained"]
    assert (trained["steps"], trained["images"]) == (3, 12)
