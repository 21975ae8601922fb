"""What other shells see of a run: while it goes, when it was stopped, failed or killed, and when it is finished."""

import os
import platform
import subprocess
import sys
import threading
from dataclasses import replace

import psutil
import pytest

from pipeline.config import load_recipe, load_render_config
from pipeline.errors import Stopped
from pipeline.farm import Job, Limits, Progress, generate
from pipeline.farm.runs import read_runs
from pipeline.farm.status import Status, judged, last_word, read_status
from pipeline.farm.watch import Watch
from pipeline.shards.corpus import claimed
from pipeline.shards.location import location
from pipeline.shards.read import CorpusError
from tests.farm.faulty import fail, faulty, held

RECIPE, NULL = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")


def job(folder, samples=8, shard_size=4):
    return Job(RECIPE, NULL, folder, samples, splits=(("train", 1.0),), shard_size=shard_size, exact=False)


def said(**changes):
    """What a driver on this machine, this process, wrote at time 1000."""
    mine = Status.of(Progress(total=100, done=40), every=2.0)
    return replace(mine, **{"written": 1000.0, **changes})


def gone():
    """A process that has been and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def started(output):
    """Begin a corpus; `with` holds it."""
    work = job(output)
    return claimed(output, work.describe(), ["background"], False)


def test_a_driver_on_another_machine_is_believed_while_it_keeps_writing():
    elsewhere = said(host="another", pid=gone())
    assert judged(elsewhere, now=1030).state == "running"
    assert judged(elsewhere, now=1100).state == "died"
    assert judged(replace(elsewhere, every=30.0), now=1100).state == "running"


def test_a_driver_on_this_machine_is_believed_while_its_process_lives():
    assert judged(said(), now=10_000).state == "running"
    assert judged(said(pid=gone()), now=1001).state == "died"


def test_another_process_with_the_number_of_a_dead_driver_is_not_taken_for_it():
    later = said(process_began=psutil.Process().create_time() - 3600)
    assert judged(later, now=1001).state == "died"


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_a_run_that_has_ended_stays_as_it_ended(state):
    ended = said(state=state, reason="why", pid=gone())
    assert judged(ended, now=10**9) == ended


@pytest.mark.parametrize("place", ["disk", "memory"])
def test_a_run_can_be_watched_from_outside(tmp_path, place):
    output = tmp_path / "a" if place == "disk" else location(f"memory://{tmp_path.name}/a")
    progress = Progress(total=8)
    with started(output), Watch(output, progress) as watch:
        progress.done = progress.made = 3
        progress.seconds.update({"render": 6.0, "render.cycles": 5.0})
        watch.see()
        watch.finish()
        seen = read_status(output)
        assert (seen.state, seen.done, seen.total, seen.pid) == ("running", 3, 8, os.getpid())
        assert seen.stages == {"render": 6.0, "render.cycles": 5.0}


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Stopped("told to"), "stopped", "told to"),
        (KeyboardInterrupt(), "stopped", ""),
        (CorpusError("the disk is full"), "failed", "the disk is full"),
        (ZeroDivisionError("division\nby zero"), "failed", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_run_that_ends_early_says_why_and_leaves_its_account(tmp_path, error, state, reason):
    output, progress = tmp_path / "a", Progress(total=8)

    def run():
        with started(output), Watch(output, progress):
            progress.made = 5
            raise error

    with pytest.raises(type(error)):
        run()
    assert (read_status(output).state, read_status(output).reason) == (state, reason)
    (run,) = read_runs(output)
    assert (run["ended"], run["reason"], run["samples"]) == (state, reason, 5)


def test_the_account_of_a_killed_run_is_given_by_the_next_one(tmp_path):
    output = tmp_path / "a"
    with started(output):
        killed = said(pid=gone(), began=900.0, made=40, stages={"render": 80.0})
        (output / ".progress" / "status.json").write_text(killed.as_json())
    assert read_status(output).state == "died"
    with started(output), Watch(output, Progress(total=100)):
        assert read_status(output).state == "running"
    (run,) = read_runs(output)
    assert (run["ended"], run["seconds"], run["samples"]) == ("died", 100.0, 40)
    assert run["stages_per_sample"] == {"render": 2.0}


def test_a_status_that_cannot_be_written_does_not_end_the_run_and_is_told(tmp_path):
    output, progress = tmp_path / "a", Progress(total=8)
    with started(output), Watch(output, progress) as watch:
        (output / ".progress" / "status.json").unlink(missing_ok=True)
        (output / ".progress" / "status.json").mkdir()
        watch.finish()
        assert f"{output / '.progress' / 'status.json'}: cannot write" in watch.trouble


def test_a_status_of_another_version_does_not_end_the_run(tmp_path):
    output = tmp_path / "a"
    with started(output):
        (output / ".progress" / "status.json").write_text('{"phase": 3}')
    with pytest.raises(CorpusError, match="not a status of this version"):
        read_status(output)
    with started(output), Watch(output, Progress(total=8)) as watch:
        watch.finish()
        assert read_status(output).state == "running"


def test_what_is_no_corpus_has_no_status(tmp_path):
    with pytest.raises(CorpusError, match="is not a corpus"):
        read_status(tmp_path)


@pytest.mark.timeout(900)
def test_a_real_run_is_seen_at_work_and_then_finished(own_ray, tmp_path, monkeypatch):
    output, seen, gate = tmp_path / "a", [], tmp_path / "gate"
    looked, keep_writing = threading.Event(), Watch._keep_writing

    def keep_writing_once_looked_at(watch):
        looked.wait(60)
        keep_writing(watch)

    monkeypatch.setattr(Watch, "_keep_writing", keep_writing_once_looked_at)

    def look(progress):
        if last_word(output) is not None:
            seen.append(read_status(output))
            looked.set()
            # No sample is made before both were seen: the status lags behind, and one might make all by itself.
            if sum(bool(worker["node"]) for worker in seen[-1].workers) == 2:
                gate.touch()

    sampler = faulty(fail, 13, base=held(gate))
    done = generate(job(output, 40), 2, on_progress=look, sampler=sampler, limits=Limits(silent_seconds=120.0))
    assert {status.state for status in seen} == {"running"}
    assert seen[0].note == "looking at what is there" and seen[0].workers == []
    # A worker that is only just starting, or being replaced, has no node yet.
    nodes = {worker["node"] for status in seen for worker in status.workers}
    assert nodes - {""} == {platform.node()}
    last = read_status(output)
    assert (last.state, last.done, last.total, last.left_out, last.workers) == ("finished", 39, 40, 1, ())
    assert last.left_out_samples[0]["index"] == 13 and "--index 13" in last.left_out_samples[0]["replay"]
    (run,) = read_runs(output)
    assert (run["ended"], run["workers"], run["nodes"], run["retries"]) == (
        "finished",
        2,
        [platform.node()],
        done.retries,
    )
    assert run["devices"] == ["cpu"]
    assert run["samples"] >= 39 and run["stages"].keys() == {"encode", "write"}
    before = (output / "run.json").read_bytes()
    generate(job(output, 40), 2)
    assert (output / "run.json").read_bytes() == before, "a run that had nothing to do has nothing to account for"
    generate(job(output, 12), 2, overwrite=True)
    assert [run["samples"] for run in read_runs(output)] == [12], "the runs of a corpus that is no more are forgotten"
