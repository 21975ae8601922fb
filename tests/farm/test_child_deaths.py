"""Deaths of the process that makes samples at the worst moments: in the middle of a word, before its first, with no room left."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import tempfile

import cloudpickle
import psutil
import pytest

from pipeline.farm.beat import Beat
from pipeline.farm.null import NullSampler
from tests.farm.test_child import child_of, made


class HalfAWord(NullSampler):
    """Dies when it has sent the length of a sample and the beginning of it."""

    def pack(self, prepared, image):
        if prepared == 2:
            os.write(int(sys.argv[1]), struct.pack("!i", 2**20) + b"half")
            os.kill(os.getpid(), 9)
        return super().pack(prepared, image)


cloudpickle.register_pickle_by_value(sys.modules[__name__])


def test_a_process_that_dies_in_the_middle_of_a_sample_is_told_from_a_worker_that_fails(tmp_path):
    keys, fault = made(child_of(tmp_path, HalfAWord), range(5), alone=True)
    assert (keys, fault.kind, fault.index) == ([0, 1], "killed", 2)


def test_a_process_that_is_dead_before_it_is_given_work_fails_like_any_other(tmp_path, monkeypatch):
    from pipeline.farm import child

    monkeypatch.setattr(child, "COMMAND", "raise SystemExit(7)")
    # More than a pipe holds, so that giving it must meet the dead.
    heavy = b"0" * 2**24
    one = child.Child(heavy, 1, child.Limits(), 2**30)

    def wait():
        with contextlib.closing(one):
            while not one.open():
                pass

    with pytest.raises(child.ChildFailed) as failed:
        wait()
    assert failed.value.fault.index is None and "status 7" in failed.value.fault.reason


def test_processes_that_come_and_go_leave_no_descriptor_behind(tmp_path):
    made(child_of(tmp_path, NullSampler), [0])
    before = psutil.Process().num_fds()
    made(child_of(tmp_path, NullSampler), [0])
    child = child_of(tmp_path, NullSampler)
    child.process.kill()
    child.close()
    del child
    assert psutil.Process().num_fds() == before


def test_the_beat_needs_no_room_on_any_disk(monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    beat, page = Beat.new()
    os.close(page)
    beat.at("render", 3)
    assert (beat.read().index, beat.read().stage) == (3, "render")
