"""Workers that are lost, and drivers that are held up, in ways that must neither stop a run nor make it run for ever."""

from __future__ import annotations

import os
import sys
import time

import cloudpickle
import pytest

from pipeline.farm import FarmError, generate, schedule
from pipeline.farm.null import NullSampler
from pipeline.farm.worker import Worker
from tests.farm.test_faults import NULL, cluster, job  # noqa: F401  # one Ray for all


class Dying(Worker):
    def make(self, orders, period):
        os._exit(1)
        yield


class Slow(NullSampler):
    def draw(self, prepared):
        time.sleep(0.3)
        return super().draw(prepared)


cloudpickle.register_pickle_by_value(sys.modules[__name__])


def test_a_driver_that_was_held_up_does_not_give_up_workers_that_spoke_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "SILENT_SECONDS", 0.0)
    slept = []

    def hold_up(progress):
        at_work = [hand for hand in progress.hands if hand.index is not None]
        if len(at_work) == 2 and not slept:
            slept.append(True)
            time.sleep(12)

    done = generate(job(tmp_path / "a", 80, NULL), 2, sampler=Slow, on_progress=hold_up)
    assert slept and done.lost == 0 and done.done == 80


def test_workers_that_die_whenever_they_are_given_work_stop_the_run_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "Worker", Dying)
    with pytest.raises(FarmError, match="no worker can begin.*its worker was lost"):
        generate(job(tmp_path / "a", render=NULL), 2)


def test_what_a_killed_worker_left_half_written_is_gone_when_the_run_ends(tmp_path):
    def leave(progress):
        if progress.made:
            (tmp_path / "a/train/.shard-000000.tar.1.tmp").write_bytes(b"half a sha")

    generate(job(tmp_path / "a", 40, NULL), 2, on_progress=leave)
    assert not list((tmp_path / "a").rglob("*.tmp"))
