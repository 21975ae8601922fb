import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from pipeline.errors import ConfigError, PlantainError
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.faults import Elsewhere, TrainingError
from pipeline.finetune.folder import claim, occupy
from pipeline.finetune.launch import _cores, _reason
from pipeline.finetune.launch import finetune as launch
from pipeline.finetune.processes import Processes
from pipeline.finetune.trainer import finetune
from tests.conftest import ROOT, free_port
from tests.farm.test_machines import cluster
from tests.finetune.test_trainer import log, preset, weights
from tests.finetune.toy import toy_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


@pytest.fixture(scope="module")
def alone(corpus, tmp_path_factory):
    """One process, one epoch: 8 views and 5 tasks in 5 steps of 8."""
    return finetune([corpus], "tiny", tmp_path_factory.mktemp("alone") / "model", preset(steps=5, batch_size=8))


def two(corpus, output, *more, **changes):
    """The same run in two processes of one machine, talking over gloo."""
    settings = json.dumps(preset(**{"steps": 5} | changes).model_dump(mode="json"))
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2",
               "--master-addr", "127.0.0.1", "--master-port", str(free_port()), "tests/finetune/ranks.py", str(corpus), str(output), settings, *map(str, more)]  # fmt: skip
    environment = dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, env=environment)


def told(output, what):
    return [json.loads(output.with_name(f"{output.name}.{what}-{rank}.json").read_text()) for rank in (0, 1)]


def close(ours, theirs):
    """Two runs' logs, line by line: sums in another order, nothing else."""
    assert [line["step"] for line in ours] == [line["step"] for line in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one["tasks"].keys() == other["tasks"].keys()
        assert one["loss"] == pytest.approx(other["loss"], abs=1e-5)
        assert one["grad_norm"] == pytest.approx(other["grad_norm"], abs=1e-4)


def test_two_processes_see_every_sample_once_an_epoch_and_learn_what_one_learns(corpus, alone, tmp_path):
    done = two(corpus, tmp_path / "two", batch_size=2, accumulation=2)
    assert done.returncode == 0, done.stderr
    first, second = told(tmp_path / "two", "seen")
    assert all(len(mine) == len(theirs) == 4 for mine, theirs in zip(first, second, strict=True))
    everything = [example for step in first + second for example in step]
    assert len(everything) == len(set(everything)) == 8 * 5
    close(log(tmp_path / "two"), log(alone))
    ours, theirs = weights(tmp_path / "two"), weights(alone)
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=0, atol=2e-4)


def test_two_processes_of_which_one_keeps_averages_go_on_from_its_checkpoint(corpus, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    settings = {"batch_size": 4, "ema": 0.9}
    assert two(corpus, whole, **settings).returncode == 0
    assert two(corpus, cut, 4, **settings).returncode != 0
    assert (cut / "checkpoint").is_dir()
    done = two(corpus, cut, **settings)
    assert done.returncode == 0, done.stderr
    assert [line["step"] for line in log(cut)] == [1, 2, 3, 4, 5]
    close(log(cut), log(whole))
    ours, theirs = weights(cut), weights(whole)
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=0, atol=1e-6)


def test_two_processes_whose_clocks_differ_take_the_same_steps(corpus, tmp_path):
    done = two(corpus, tmp_path / "two", steps=None, minutes=0.01, batch_size=2)
    assert done.returncode == 0, done.stderr
    first, second = told(tmp_path / "two", "seen")
    assert len(first) == len(second) > 1


# The second step is the one in which torch regroups gradients.
@pytest.mark.parametrize("step", [2, 3])
def test_memory_that_runs_out_in_one_process_stops_both_and_one_process_alone_can_go_on(corpus, alone, tmp_path, step):
    output = tmp_path / "run"
    done = two(corpus, output, step, batch_size=4)
    assert done.returncode != 0
    errors = [output.with_name(f"run.error-{rank}.txt").read_text() for rank in (0, 1)]
    assert "out of GPU memory with batch_size=4: set batch_size=2 and accumulation=2" in errors[1]
    assert errors[0] == f"process 1 of 2 stopped: {errors[1]}"[: len(errors[0])]
    assert not (output / "plantain.json").exists()
    finetune([corpus], "tiny", output, preset(steps=5, batch_size=4, accumulation=2))
    close(log(output), log(alone))


@pytest.mark.usefixtures("own_ray")
def test_workers_on_ray_learn_what_one_process_learns_and_tell_their_progress(corpus, alone, tmp_path):
    seen = []
    settings = preset(steps=5, batch_size=4)
    launch([corpus], "tiny", tmp_path / "model", settings, workers=2, on_progress=seen.append)
    with pytest.raises(ConfigError, match="the cluster has 2 cores; ask for at most 2"):
        launch([corpus], "tiny", tmp_path / "more", settings, workers=3)
    assert [progress.step for progress in seen] == [1, 2, 3, 4, 5]
    close(log(tmp_path / "model"), log(alone))


def test_of_what_workers_raised_the_line_that_says_what_happened_is_shown():
    from ray.train import WorkerGroupError

    cause = TrainingError("out of memory")
    error = WorkerGroupError("...", {0: Elsewhere("process 1 stopped"), 1: cause})
    assert _reason(error) is cause
    assert str(_reason(WorkerGroupError("...", {0: Elsewhere("process 1 is gone")}))) == "process 1 is gone"
    died = _reason(WorkerGroupError("...", {0: OSError("the actor\ndied")}))
    assert str(died).startswith("the actor died; run the same command again")


@pytest.mark.usefixtures("own_ray")
def test_a_model_that_workers_trained_out_of_sight_is_no_run_that_was_stopped(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.finetune.launch.bases.CARD", "not-here.json")
    with pytest.raises(TrainingError, match="the model is trained, .*but not here; .*every node shares"):
        launch([corpus], "tiny", tmp_path / "model", preset(steps=1), workers=1)
    assert (tmp_path / "model/plantain.json").is_file()


def test_an_address_without_workers_is_an_error_that_names_the_option(corpus, tmp_path):
    with pytest.raises(ConfigError, match="--workers"):
        launch([corpus], "tiny", tmp_path / "model", preset(), address="auto")


class _Accelerator:
    """What Processes asks of accelerate's."""

    def __init__(self, kind="NO", size=1):
        self.distributed_type = type("Kind", (), {"value": kind})
        self.num_processes, self.process_index = size, 0


def test_shardings_of_weights_are_refused_by_name():
    with pytest.raises(ConfigError, match="asks for FSDP: training is data-parallel only"):
        Processes(_Accelerator("FSDP", 2), lambda error: None)


def test_one_process_raises_what_it_met_explained_where_that_is_possible():
    processes = Processes(_Accelerator(), lambda error: Elsewhere("gone") if isinstance(error, OSError) else None)
    assert processes.once(lambda: 3) == processes.everywhere(lambda: 3) == 3
    assert processes.each(lambda: 3) == [3]
    with pytest.raises(ZeroDivisionError):
        processes.everywhere(lambda: 1 / 0)
    with pytest.raises(PlantainError, match="gone"):
        processes.once(lambda: Path("/nowhere/at/all").read_text())


def run(processes, **changes):
    return {
        "id": "1",
        "base": "tiny",
        "data": {},
        "processes": processes,
        "config": TrainConfig(steps=1, **changes).model_dump(mode="json"),
    }


def test_a_run_is_resumed_with_its_batch_cut_up_or_held_in_memory_in_another_way_and_with_no_other_batch(tmp_path):
    occupy(tmp_path / "run", run(2, batch_size=8), "begin")
    claim(tmp_path / "run", run(1, batch_size=4, accumulation=4, gradient_checkpointing=True, loader_threads=7), False)
    claim(tmp_path / "run", run(2, batch_size=8, offload=True), False)
    with pytest.raises(ConfigError, match=r"batch_size x accumulation x processes: 16 there, 32 now"):
        claim(tmp_path / "run", run(2, batch_size=16), False)


def test_a_run_with_dropout_is_resumed_only_as_it_was_cut_up(tmp_path):
    occupy(tmp_path / "run", run(2, batch_size=8, lora={"dropout": 0.1}), "begin")
    with pytest.raises(ConfigError, match=r"\(batch_size: 8 there, 16 now, processes: 2 there, 1 now\)"):
        claim(tmp_path / "run", run(1, batch_size=16, lora={"dropout": 0.1}), False)


@pytest.mark.parametrize(
    ("nodes", "workers", "gpus", "cores"),
    [
        ([(16, 0)], 1, False, 16),
        ([(16, 0)], 3, False, 5),
        ([(2, 0)], 2, False, 1),
        ([(16, 0), (4, 0)], 2, False, 8),
        ([(96, 8)], 8, True, 12),
        ([(64, 0), (16, 2)], 2, True, 8),
    ],
)
def test_workers_on_ray_have_all_cores_that_there_are_between_them(nodes, workers, gpus, cores):
    assert _cores(cluster(*nodes), workers, gpus) == cores
