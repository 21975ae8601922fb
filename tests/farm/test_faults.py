"""Samples, workers and stores that fail, injected into real Ray runs."""

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from pipeline.compose import class_list
from pipeline.config import load_recipe, load_render_config
from pipeline.errors import ConfigError
from pipeline.farm import FarmError, Job, Limits, generate
from pipeline.farm.maker import Sampler
from pipeline.farm.null import NullSampler
from pipeline.shards.corpus import claimed
from pipeline.shards.read import CorpusError, read_manifest, read_samples
from tests.conftest import ROOT
from tests.farm import faulty as faults
from tests.farm import held
from tests.farm.faulty import fail, faulty, hang, hoard, leave, segfault, vanish

RECIPE, RENDER = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/preview.yaml")
NULL = load_render_config("render_configs/null.yaml")
LIMITS = Limits(sample_seconds=120.0, silent_seconds=60.0, memory_bytes=2**30)
IMPATIENT = replace(LIMITS, silent_seconds=4.0)
"""A sample that a busy machine holds up for so long is made again: that costs a retry, which those who use this allow."""


pytestmark = [pytest.mark.usefixtures("own_ray"), pytest.mark.timeout(900)]


def job(folder, samples=8, render=RENDER, shard_size=4, **changes):
    return Job(RECIPE, render, folder, samples, splits=(("train", 1.0),), shard_size=shard_size, exact=False, **changes)


def keys(folder):
    return [sample.key for sample in read_samples(folder, "train")]


def shards(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "train").iterdir())}


@pytest.mark.parametrize("action", [segfault, fail, vanish])
def test_a_sample_that_fails_once_leaves_no_trace_in_the_bytes(tmp_path, action):
    sampler = faulty(action, 5, marker=tmp_path / "marker", base=Sampler)
    done = generate(job(tmp_path / "faulty"), 2, sampler=sampler, limits=LIMITS)
    generate(job(tmp_path / "sound"), 2)
    assert (done.retries, done.done, done.quarantined) == (1, 8, [])
    assert shards(tmp_path / "faulty") == shards(tmp_path / "sound")


@pytest.mark.parametrize(
    ("action", "step", "words"),
    [
        (hang, "prepare", "hung: no sign of life for 4 s"),
        (segfault, "draw", "SIGSEGV"),
        (hoard, "draw", "more than the 1.0 GiB allowed"),
        (fail, "pack", "RuntimeError: the scene is poisoned"),
    ],
)
def test_of_a_hundred_samples_the_poisoned_one_is_left_out_and_ninety_nine_are_written(tmp_path, action, step, words):
    work = job(tmp_path / "a", 100, NULL, shard_size=10)
    done = generate(work, 2, sampler=faulty(action, 57, step), limits=IMPATIENT if action is hang else LIMITS)
    assert done.done == 99
    manifest = read_manifest(tmp_path / "a", "train")
    assert manifest["samples"] == 99
    (left_out,) = manifest["quarantined"]
    assert left_out["index"] == 57 and words in left_out["reason"] and f"in {action.__name__}" in left_out["traceback"]
    assert "preview" in left_out["replay"] and "--seed 0 --index 57" in left_out["replay"]
    again = generate(work, 2)
    assert again.resumed == 99 and again.quarantined == done.quarantined


def test_the_replay_command_makes_the_sample_that_was_left_out(plantain, tmp_path):
    work = job(tmp_path / "a", 8)
    (left_out,) = generate(work, 2, sampler=faulty(fail, 5, base=Sampler), limits=LIMITS).quarantined
    *command, output = left_out["replay"].split()
    done = plantain(*command[1:], tmp_path / output)
    assert done.returncode == 0 and "primitives-0-00000005" in done.stdout


def test_what_a_failed_worker_had_made_is_not_made_again(tmp_path):
    class Counting(NullSampler):
        def draw(self, prepared):
            with (tmp_path / "drawn").open("a") as file:
                file.write(f"{prepared}\n")
            if prepared == 3 and not (tmp_path / "marker").exists():
                (tmp_path / "marker").touch()
                raise RuntimeError("once")
            return super().draw(prepared)

    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    generate(job(tmp_path / "a", 4, NULL), 1, sampler=Counting, limits=LIMITS)
    assert (tmp_path / "drawn").read_text().split() == ["0", "1", "2", "3", "3"]


def test_a_machine_that_makes_nothing_stops_the_run_with_the_reason(tmp_path):
    class Broken(NullSampler):
        def draw(self, prepared):
            raise RuntimeError("no display")

    with pytest.raises(
        FarmError, match="3 of 8 samples could not be made, the first for this: RuntimeError: no display"
    ):
        generate(job(tmp_path / "a", render=NULL), 1, sampler=Broken)
    assert generate(job(tmp_path / "a", render=NULL), 1).done == 8


def test_workers_that_cannot_begin_stop_the_run_with_the_reason(tmp_path):
    class Unopened(NullSampler):
        def __init__(self, *args):
            leave()

    with pytest.raises(FarmError, match="no worker can begin.*ended with status 3"):
        generate(job(tmp_path / "a", render=NULL), 1, sampler=Unopened)


def test_a_recipe_that_cannot_be_met_is_named_without_trying_the_same_again(tmp_path):
    recipe = load_recipe("scenes/primitives.yaml", ["spread_m=0.2", "count=6"])
    impossible = Job(recipe, RENDER, tmp_path / "a", 4, splits=(("train", 1.0),), shard_size=4)
    with pytest.raises(FarmError, match=r"none of 64 attempts gave a usable view.*no room"):
        generate(impossible, 1)


def test_workers_are_replaced_by_fresh_ones_and_nothing_shows(tmp_path):
    class Telling(NullSampler):
        def __init__(self, *args):
            super().__init__(*args)
            with (tmp_path / "opened").open("a") as file:
                file.write("one\n")

    generate(job(tmp_path / "a", 20, NULL), 1, sampler=Telling, limits=Limits(recycle_after=3))
    generate(job(tmp_path / "b", 20, NULL), 1)
    assert len((tmp_path / "opened").read_text().split()) == 7
    assert shards(tmp_path / "a") == shards(tmp_path / "b")


def test_a_killed_worker_is_replaced_and_its_shards_are_made_elsewhere(tmp_path):
    killed = tmp_path / "killed"

    def kill_one(progress):
        # Whoever is at sample 2 waits there to be killed; another one might be idle by now.
        for hand in progress.hands:
            if hand.index == 2 and not killed.exists():
                os.kill(hand.pid, signal.SIGKILL)
                killed.touch()

    done = generate(job(tmp_path / "a", 200, NULL), 2, sampler=faults.held(killed, 2), on_progress=kill_one)
    generate(job(tmp_path / "b", 200, NULL), 2)
    assert done.lost == 1 and done.done == 200
    assert shards(tmp_path / "a") == shards(tmp_path / "b")


def test_a_shard_that_the_driver_cannot_see_is_not_recorded(tmp_path, monkeypatch):
    from pipeline.farm import schedule

    (tmp_path / "elsewhere/train").mkdir(parents=True)
    monkeypatch.setattr(schedule, "portable", lambda job: replace(job, output=tmp_path / "elsewhere"))
    with pytest.raises(CorpusError, match="storage all nodes share"):
        generate(job(tmp_path / "a", render=NULL), 1)


def test_a_bad_configuration_found_by_a_worker_is_reported_as_such(tmp_path):
    class Refusing(NullSampler):
        def __init__(self, *args):
            raise ConfigError("render_configs/x.yaml: no such thing")

    with pytest.raises(ConfigError, match="no such thing"):
        generate(job(tmp_path / "a", render=NULL), 1, sampler=Refusing)


def test_a_disk_that_fills_up_stops_the_run_and_it_resumes_when_there_is_room(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", disk]).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        work = job(disk / "a", 1000, NULL)

        def fill(progress):
            if progress.done > 100 and not (disk / "filler").exists():
                with contextlib.suppress(OSError), (disk / "filler").open("wb") as file:
                    while True:
                        file.write(bytes(2**16))

        with pytest.raises((FarmError, CorpusError), match="No space left on device"):
            generate(work, 2, on_progress=fill)
        assert not list((disk / "a").rglob("*.tmp"))
        (disk / "filler").unlink()
        done = generate(work, 2)
        assert done.resumed >= 100 and done.done == 1000
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def interrupt(tmp_path, signals, samples):
    """A run of the command that gets `signals` in turn once it has begun to write: its status and what it said."""
    gate, errors = tmp_path / "gate", tmp_path / "stderr"
    command = held.command(
        gate, 16, "generate", "--scene", "scenes/primitives.yaml", "--render", "render_configs/null.yaml",
        "--samples", samples, "--no-exact", "--shard-size", 4, "--splits", "train=1", "--output", tmp_path / "a",
    )  # fmt: skip
    with errors.open("w") as log:
        run = subprocess.Popen(
            command, cwd=ROOT, stderr=log, stdout=subprocess.DEVNULL, env=os.environ | held.ENVIRONMENT
        )

    try:
        journal = tmp_path / "a/.progress/journal.jsonl"
        held.until(run, errors, lambda: journal.exists() and journal.stat().st_size)
        for number in signals:
            run.send_signal(number)
            if number == signal.SIGINT and not gate.exists():
                held.until(run, errors, lambda: "finishing the shards in hand" in errors.read_text())
        if signals == [signal.SIGINT]:
            gate.touch()
        return run.wait(400), errors.read_text()
    finally:
        run.kill()


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGINT, signal.SIGINT], [signal.SIGTERM]])
def test_a_run_that_is_told_to_stop_says_how_to_go_on_and_does(tmp_path, signals):
    status, said = interrupt(tmp_path, signals, 400)
    assert status == 130, said
    assert said.strip().splitlines()[-1].startswith("plantain: ") and "the same command again goes on" in said
    assert not list((tmp_path / "a").rglob("*.tmp"))
    again = generate(job(tmp_path / "a", 400, NULL), 2)
    assert 0 < again.resumed < 400 and again.done == 400


def test_a_run_that_cannot_begin_overwrites_and_leaves_nothing(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyrender" else find(name))
    made = job(tmp_path / "a", render=NULL)
    generate(made, 1)
    before = {path: path.read_bytes() for path in made.output.rglob("*") if path.is_file()}
    for wrong, render, said in (
        ({"address": "127.0.0.1:1"}, NULL, "no Ray cluster answers there"),
        ({"gpus_per_worker": 4.0}, NULL, "no place for a worker"),
        ({}, RENDER, "renderer: raster needs pyrender, not installed"),
    ):
        for folder in (made.output, tmp_path / "b"):
            with pytest.raises(ConfigError, match=said):
                generate(job(folder, render=render, seed=1), overwrite=True, **wrong)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "b").exists()


def test_two_runs_cannot_write_one_folder(tmp_path):
    work = job(tmp_path / "a", render=NULL)
    with (
        claimed(work.output, work.describe(), class_list(RECIPE), False),
        pytest.raises(CorpusError, match="another run is writing"),
    ):
        generate(work, 1)
    assert generate(work, 1).done == 8


def test_another_version_does_not_mix_its_views_in(tmp_path):
    work = job(tmp_path / "a", render=NULL)
    generate(work, 1)
    info = json.loads((work.output / "dataset.json").read_text())
    info["packages"]["numpy"] = "1.0"
    (work.output / "dataset.json").write_text(json.dumps(info))
    with pytest.raises(CorpusError, match="numpy was 1.0, now"):
        generate(work, 1)
