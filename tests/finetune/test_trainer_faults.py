import contextlib
import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from pipeline.errors import ConfigError
from pipeline.finetune.bases.tiny import Tiny
from pipeline.finetune.faults import TrainingError, explain
from pipeline.finetune.objective import Objective
from pipeline.finetune.trainer import finetune
from tests.conftest import ROOT
from tests.finetune.test_trainer import Killed, kill_at, log, preset, weights
from tests.finetune.toy import toy_corpus

STATE = "checkpoint/state.safetensors"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


@pytest.fixture
def stopped(corpus, tmp_path):
    """An unfinished run with a checkpoint of its second step."""
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", preset(), on_progress=kill_at(3))
    return tmp_path / "run"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 MB: room for a few checkpoints."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk]).returncode:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def steps_of(state):
    with safe_open(state, "pt") as file:
        return json.loads(file.metadata()["plantain"])["step"]


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    return text


def fail_on_pass(monkeypatch, number, failure):
    """Have the network fail on its pass `number`, counted from 1."""
    forward, passes = Objective.forward, []

    def failing(self, inputs):
        passes.append(None)
        return failure(self) if len(passes) == number else forward(self, inputs)

    monkeypatch.setattr(Objective, "forward", failing)


def no_memory(message, kind=RuntimeError):
    def failure(objective):
        raise kind(message)

    return failure


HELD = """
import time
from pipeline.cli import main
from pipeline.finetune.objective import Objective

forward, passes = Objective.forward, []

def forward_for_ten_steps(self, inputs):
    passes.append(None)
    if len(passes) > 20:
        time.sleep(600)
    return forward(self, inputs)

Objective.forward = forward_for_ten_steps
main()
"""
"""The command, which gets no further than its tenth step of two passes: it is alive when it is killed."""


@pytest.mark.timeout(900)
def test_a_run_killed_by_force_at_any_step_goes_on_with_the_same_losses(corpus, tmp_path):
    settings = preset(steps=12, optimizer="adamw", ema=0.9, accumulation=2, batch_size=2)
    whole = finetune([corpus], "tiny", tmp_path / "whole", settings)
    config = tmp_path / "config.yaml"
    config.write_text(json.dumps(settings.model_dump(mode="json")))
    output = tmp_path / "killed"
    command = [sys.executable, "-c", HELD, "finetune", "--data", str(corpus), "--config", str(config)]
    process = subprocess.Popen([*command, "--output", str(output)], cwd=ROOT, start_new_session=True)
    at = random.randrange(2, 10)
    deadline = time.monotonic() + 400
    lines = output / "train_log.jsonl"
    while not (lines.is_file() and lines.read_text().count("\n") >= at):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert at - 1 <= steps_of(output / STATE) < 12
    assert (output / "lock/lock").is_file()
    finetune([corpus], "tiny", output, settings)
    ours, theirs = log(output), log(whole)
    assert [line["step"] for line in ours] == list(range(1, 13))
    for one, other in zip(ours, theirs, strict=True):
        assert one["loss"] == pytest.approx(other["loss"], abs=1e-5), at
    for name, value in weights(output).items():
        torch.testing.assert_close(value, weights(whole)[name], rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("failure", "whose"),
    [
        (no_memory("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has ...", torch.OutOfMemoryError), "GPU"),
        (no_memory("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't allocate memory: ..."), "main"),
        (no_memory("", MemoryError), "main"),
    ],
)
def test_running_out_of_memory_names_the_settings_that_help_and_following_them_resumes_the_run(
    corpus, tmp_path, monkeypatch, failure, whose
):
    fail_on_pass(monkeypatch, 3, failure)
    with pytest.raises(TrainingError, match=f"out of {whose} memory") as error:
        finetune([corpus], "tiny", tmp_path / "run", preset(steps=4))
    assert "set batch_size=2 and accumulation=2" in one_line(error)
    assert "gradient_checkpointing=true" in one_line(error)
    assert steps_of(tmp_path / "run" / STATE) == 2
    seen = []
    smaller = preset(steps=4, batch_size=2, accumulation=2, gradient_checkpointing=True)
    finetune([corpus], "tiny", tmp_path / "run", smaller, on_progress=seen.append)
    assert [progress.step for progress in seen] == [3, 4]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_run_with_the_checkpoint_before_it(corpus, tmp_path, monkeypatch, value):
    fail_on_pass(monkeypatch, 3, lambda self: next(self.network.parameters()).sum() * torch.tensor([value] * 4))
    with pytest.raises(TrainingError, match=f"the loss became {value} at step 3; lower learning_rate") as error:
        finetune([corpus], "tiny", tmp_path / "run", preset(steps=5))
    assert "(now 0.002)" in one_line(error) and "run the same command again" not in one_line(error)
    assert steps_of(tmp_path / "run" / STATE) == 2
    assert one_line(error).endswith("and pass --overwrite")
    assert all(torch.isfinite(tensor).all() for tensor in load_file(tmp_path / "run" / STATE).values())


def test_a_gradient_that_overflows_under_a_finite_loss_is_noticed_before_it_reaches_a_checkpoint(
    corpus, tmp_path, monkeypatch
):
    class Overflow(torch.autograd.Function):
        @staticmethod
        def forward(ctx, value):
            return value.clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient * float("inf")

    forward, passes = Objective.forward, []

    def overflowing(self, inputs):
        passes.append(None)
        loss = forward(self, inputs)
        return Overflow.apply(loss) if len(passes) == 3 else loss

    monkeypatch.setattr(Objective, "forward", overflowing)
    with pytest.raises(TrainingError, match="the gradient became (nan|inf) at step 3"):
        finetune([corpus], "tiny", tmp_path / "run", preset(steps=5))
    assert all(torch.isfinite(tensor).all() for tensor in load_file(tmp_path / "run" / STATE).values())


def test_a_disk_that_fills_up_keeps_the_last_checkpoint_and_the_run_resumes_when_there_is_room(corpus, small_disk):
    output = small_disk / "run"
    settings = preset(optimizer="adamw")

    def fill(progress):
        if progress.step == 3:
            with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as file:
                while True:
                    file.write(bytes(2**14))

    with pytest.raises(TrainingError, match="the disk is full; free some space and run the same command") as error:
        finetune([corpus], "tiny", output, settings, on_progress=fill)
    assert str(small_disk) in one_line(error)
    assert steps_of(output / STATE) == 2
    assert not list(output.rglob("*.partial"))
    (small_disk / "filler").unlink()
    seen = []
    finetune([corpus], "tiny", output, settings, on_progress=seen.append)
    assert [progress.step for progress in seen] == [3, 4, 5, 6]


def test_a_model_that_finds_no_room_at_the_end_is_saved_later_without_training_again(corpus, tmp_path, monkeypatch):
    def no_room(self, folder):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "unet"))

    with monkeypatch.context() as patch:
        patch.setattr(Tiny, "save", no_room)
        with pytest.raises(TrainingError, match="model/unet: the disk is full"):
            finetune([corpus], "tiny", tmp_path / "model", preset())
    seen = []
    finetune([corpus], "tiny", tmp_path / "model", preset(), on_progress=seen.append)
    assert not seen
    assert (tmp_path / "model/plantain.json").is_file()


@pytest.mark.parametrize("damage", ["cut", "emptied", "replaced by a pickle"])
def test_a_damaged_checkpoint_is_an_error_that_says_what_to_do(corpus, stopped, damage):
    state = stopped / STATE
    if damage == "replaced by a pickle":
        torch.save({"weights": {}}, state)
    else:
        state.write_bytes(state.read_bytes()[: 1000 if damage == "cut" else 0])
    with pytest.raises(ConfigError, match="cannot be resumed from .*; delete it to start again") as error:
        finetune([corpus], "tiny", stopped, preset())
    assert str(state) in one_line(error)
    state.unlink()
    seen = []
    finetune([corpus], "tiny", stopped, preset(), on_progress=seen.append)
    assert seen[0].step == 1


def test_a_checkpoint_of_another_network_is_told_by_the_weight_that_does_not_fit(corpus, stopped):
    tensors, name = load_file(stopped / STATE), "weights.network.unet.conv_in.bias"
    with safe_open(stopped / STATE, "pt") as file:
        header = file.metadata()
    for changed, reason in (
        (tensors | {name: torch.zeros(7)}, rf"{name} has shape \[7\], here it is \[32\]"),
        ({key: value for key, value in tensors.items() if key != name}, f"no {name}"),
        (tensors | {"weights.network.head": torch.zeros(1)}, "weights.network.head belongs to nothing"),
    ):
        save_file(changed, stopped / STATE, header)
        with pytest.raises(ConfigError, match=reason) as error:
            finetune([corpus], "tiny", stopped, preset())
        one_line(error)


def test_an_output_that_cannot_be_written_is_an_error_before_anything_is_trained(corpus):
    with pytest.raises(ConfigError, match="--output /proc/model: cannot write there"):
        finetune([corpus], "tiny", Path("/proc/model"), preset())


def test_what_safetensors_says_of_a_full_disk_is_understood(tmp_path):
    from safetensors import SafetensorError

    fault = SafetensorError(f"Error while serializing: I/O error: No space left on device (os error {errno.ENOSPC})")
    assert "the disk is full" in str(explain(fault, "tiny", preset(), tmp_path))
    assert explain(SafetensorError("header too small"), "tiny", preset(), tmp_path) is None
    assert explain(RuntimeError("shapes do not match"), "tiny", preset(), tmp_path) is None


def out_of_memory(base, error=None, **changes):
    return str(explain(error or torch.OutOfMemoryError(), base, preset(**changes), Path("run")))


def test_out_of_memory_a_published_base_is_told_of_what_its_frozen_parts_could_spare():
    text = out_of_memory("flux2_klein")
    assert "batch_size=2 and accumulation=2" in text and text.endswith("it goes on from the last checkpoint")
    once = " (slow; with cache=FOLDER in the first epoch only)"
    assert f"gradient_checkpointing=true or offload=true{once}; then run" in text
    assert not {"offload", "cache"} & set(re.findall(r"\w+", out_of_memory("tiny")))
    # The text encoder would only move to where there is no room.
    assert "offload" not in out_of_memory("flux2_klein", MemoryError())
    assert not any(
        "cache" in out_of_memory("flux2_klein", **changes) for changes in ({"offload": True}, {"cache": "x"})
    )


@pytest.mark.parametrize(
    ("base", "changes", "helps"),
    [
        ("flux2_klein", {"augment": {"min_crop": 0.5}}, True),
        ("flux2_klein", {"augment": {"redraw": 0.5}}, False),
        ("flux2_klein", {"augment": {"redraw": 0.5}, "mixture": {"vision": 0, "captions": 1}}, True),
        ("qwen_image_edit", {"augment": {"jitter": 0.5}}, False),
        ("qwen_image_edit", {"augment": {"flip": 0.5}}, True),
    ],
)
def test_out_of_memory_a_cache_is_advised_only_where_all_words_come_again(base, changes, helps):
    assert ("cache=FOLDER" in out_of_memory(base, **changes)) == helps


def test_out_of_memory_nothing_is_advised_that_is_set_already_or_that_a_resumed_run_refuses():
    text = out_of_memory("tiny", batch_size=1)
    assert "accumulation" not in text and "set gradient_checkpointing=true; then run" in text
    assert "batch_size=5 and accumulation=6" in out_of_memory("tiny", batch_size=15, accumulation=2)
    spared = {"gradient_checkpointing": True, "offload": True, "cache": "here"}
    dropout = {"lora": {"dropout": 0.1}}
    assert "accumulation" not in out_of_memory("flux2_klein", **dropout)
    text = out_of_memory("flux2_klein", **spared, **dropout)
    assert "set batch_size=2 and accumulation=2 or" in text and "pass --overwrite" in text
    text = out_of_memory("flux2_klein", batch_size=1, **spared)
    assert "set a smaller image_size or a smaller lora.rank and pass --overwrite" in text
    assert "tune=lora" in out_of_memory("qwen_image_edit", batch_size=1, tune="full", **spared)
    text = out_of_memory("tiny", batch_size=1, gradient_checkpointing=True)
    assert "model.image_size" in text and "pass --overwrite" in text
