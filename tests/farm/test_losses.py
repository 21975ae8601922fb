"""Workers that are lost, and drivers that are held up, in ways that must neither stop a run nor make it run for ever."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

import cloudpickle
import pytest

from pipeline.farm import FarmError, crew, generate, schedule
from pipeline.farm.faults import MAX_LOSSES
from pipeline.farm.null import NullSampler
from pipeline.farm.worker import Worker
from tests.farm.faulty import held
from tests.farm.test_faults import NULL, job

pytestmark = [pytest.mark.usefixtures("own_ray"), pytest.mark.timeout(900)]


class Dying(Worker):
    def make(self, orders, period):
        os._exit(1)
        yield


class Dragging(NullSampler):
    """Sample 13 takes its worker along, as when a container is killed whole for the memory of one process in it."""

    def draw(self, prepared):
        if prepared == 13:
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(5)
        return super().draw(prepared)


class OnBadDisk(Worker):
    """The first worker to write cannot, nor can it later."""

    def _write(self, batch):
        bad = str(self.job.output) + ".bad"
        with contextlib.suppress(FileExistsError):
            os.symlink(str(os.getpid()), bad)  # at once and whole, whoever else tries in this moment
        if os.readlink(bad) == str(os.getpid()):
            raise OSError(30, "Read-only file system")
        return super()._write(batch)


class Slow(NullSampler):
    def draw(self, prepared):
        time.sleep(0.1)
        return super().draw(prepared)


cloudpickle.register_pickle_by_value(sys.modules[__name__])


def test_a_driver_that_was_held_up_does_not_give_up_workers_that_spoke_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "SILENT_SECONDS", 0.0)
    gate = tmp_path / "gate"

    def hold_up(progress):
        at_work = [hand for hand in progress.hands if hand.index is not None]
        if len(at_work) == 2 and not gate.exists():
            gate.touch()
            # Longer than what a driver waits that was not held up: ten reports' time.
            time.sleep(12)

    done = generate(job(tmp_path / "a", 80, NULL), 2, sampler=held(gate, base=Slow), on_progress=hold_up)
    assert gate.exists() and done.lost == 0 and done.done == 80


def test_workers_that_die_whenever_they_are_given_work_stop_the_run_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "Worker", Dying)
    with pytest.raises(FarmError, match="no worker can begin.*its worker was lost"):
        generate(job(tmp_path / "a", render=NULL), 2)


def test_a_sample_that_takes_its_workers_along_is_left_out_and_all_others_are_written(tmp_path):
    done = generate(job(tmp_path / "a", 100, NULL, shard_size=10), 2, sampler=Dragging)
    (left_out,) = done.quarantined
    assert done.done == 99 and left_out["index"] == 13 and "its worker was lost" in left_out["reason"]
    # While others of its lease are in hand, too, nobody knows which it is.
    assert MAX_LOSSES <= done.lost <= MAX_LOSSES + 3


def test_a_worker_that_cannot_write_rests_while_others_make_its_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "Worker", OnBadDisk)
    done = generate(job(tmp_path / "a", 80, NULL), 2, sampler=Slow)
    assert done.done == 80 and not done.quarantined and done.retries >= 1


def test_a_disk_that_nobody_can_write_stops_the_run(tmp_path, monkeypatch):
    class OnNoDisk(Worker):
        def _write(self, batch):
            raise OSError(30, "Read-only file system")

    monkeypatch.setattr(schedule, "Worker", OnNoDisk)
    with pytest.raises(FarmError, match="Read-only file system.*resumes"):
        generate(job(tmp_path / "a", 80, NULL), 2)


def test_what_a_killed_worker_left_half_written_is_gone_when_the_run_ends(tmp_path):
    def leave(progress):
        if progress.made:
            (tmp_path / "a/train/.shard-000000.tar.1.tmp").write_bytes(b"half a sha")

    generate(job(tmp_path / "a", 40, NULL), 2, on_progress=leave)
    assert not list((tmp_path / "a").rglob("*.tmp"))
