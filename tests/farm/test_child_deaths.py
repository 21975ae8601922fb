"""Deaths of the process that makes samples at the worst moments: in the middle of a word, before its first, with no room left."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
import tempfile
import time

import cloudpickle
import numpy as np
import pytest

from pipeline.farm import child as child_module
from pipeline.farm.beat import Beat
from pipeline.farm.child import ChildFailed
from pipeline.farm.limits import Limits
from pipeline.farm.null import NullSampler
from tests.farm.faulty import faulty, hoard
from tests.farm.test_child import child_of, made


class HalfAWord(NullSampler):
    """Dies when it has sent the length of a sample and the beginning of it."""

    def pack(self, prepared, image):
        if prepared == 2:
            os.write(int(sys.argv[1]), struct.pack("!i", 2**20) + b"half")
            os.kill(os.getpid(), 9)
        return super().pack(prepared, image)


class Leak(NullSampler):
    """Quick, and never silent, and holds on to all that it makes."""

    held = []

    def pack(self, prepared, image):
        self.held.append(np.ones(2**21))
        return super().pack(prepared, image)


class Chatty(NullSampler):
    """Warns of every sample at length, and then meets its end."""

    def draw(self, prepared):
        for _ in range(40):
            sys.stderr.write("a warning that nobody reads\n" * 1000)
        if prepared == 9:
            raise SystemExit("the last word")


cloudpickle.register_pickle_by_value(sys.modules[__name__])


def made_of(child, indices):
    """Keys of the samples that a process makes when it is asked for them; it stays. Raises ChildFailed."""
    while not child.open():
        pass
    child.order(indices, True)
    keys = []
    while len(keys) < len(indices):
        if (one := child.poll()) is not None:
            keys.append(one.index)
    return keys


def test_a_process_that_dies_in_the_middle_of_a_sample_is_told_from_a_worker_that_fails(tmp_path):
    keys, fault = made(child_of(tmp_path, HalfAWord), range(5), alone=True)
    assert (keys, fault.kind, fault.index) == ([0, 1], "killed", 2)


def test_a_process_that_is_dead_before_it_is_given_work_fails_like_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr(child_module, "COMMAND", "raise SystemExit(7)")
    # More than a pipe holds, so that giving it must meet the dead.
    heavy = b"0" * 2**24
    one = child_module.Child(heavy, 1, Limits(), 2**30)

    def wait():
        with contextlib.closing(one):
            while not one.open():
                pass

    with pytest.raises(ChildFailed) as failed:
        wait()
    assert failed.value.fault.index is None and "status 7" in failed.value.fault.reason


def test_a_process_that_leaks_while_it_makes_one_sample_after_the_other_is_stopped_at_its_limit(tmp_path):
    keys, fault = made(child_of(tmp_path, Leak, memory=2**30), range(1000))
    assert fault is not None and fault.kind == "memory" and len(keys) < 1000


def descriptors():
    """This process's, and what each stands for. Others' may be closed meanwhile: threads of libraries end when they end."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.add((int(number), os.readlink(f"/proc/self/fd/{number}")))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_that_come_and_go_leave_no_descriptor_behind(tmp_path):
    made(child_of(tmp_path, NullSampler), [0])
    before = descriptors()
    made(child_of(tmp_path, NullSampler), [0])
    child = child_of(tmp_path, NullSampler)
    child.process.kill()
    child.close()
    del child
    # But for the one through which this list was read.
    assert {what for _, what in descriptors() - before if not what.endswith("/fd")} == set()


def test_the_beat_needs_no_room_on_any_disk(monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    beat, page = Beat.new()
    os.close(page)
    beat.at("render", 3)
    assert (beat.read().index, beat.read().stage) == (3, "render")


def test_what_a_chatty_process_writes_does_not_grow_without_end_and_its_last_words_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.farm.child.WEIGH_SECONDS", 0.0)
    child, sizes = child_of(tmp_path, Chatty), []
    weigh = child._weigh

    def look():
        weigh()
        sizes.append(os.fstat(child.log.fileno()).st_size)

    child._weigh = look
    # One by one: none is begun, and nothing is said of it, before there was a look at what was said of the one before.
    for index in range(9):
        assert made_of(child, [index]) == [index]
    with pytest.raises(ChildFailed) as failed, contextlib.closing(child):
        made_of(child, [9])
    # Ten samples say ten megabytes; one look lets the excess of what was said since the last one pass.
    assert sizes and max(sizes) < 4 * 2**20
    assert "the last word" in failed.value.fault.traceback + failed.value.fault.reason


def test_last_words_are_kept_however_late_somebody_looks(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.farm.child.WEIGH_SECONDS", 0.0)
    with contextlib.closing(child_of(tmp_path, Chatty)) as child:
        while not child.open():
            pass
        child.order([9], True)
        child.process.wait()
        with pytest.raises(ChildFailed) as failed:
            child.poll()
    assert failed.value.fault.reason.endswith("at render: SystemExit: the last word")


def test_what_was_said_before_the_log_began_anew_is_kept_too(tmp_path):
    with contextlib.closing(child_of(tmp_path, NullSampler)) as child:
        while not child.open():
            pass
        os.write(child.log.fileno(), b"x" * child_module.LOG_BYTES + b"a first word, ")
        child._weigh()
        assert os.fstat(child.log.fileno()).st_size == 0
        os.write(child.log.fileno(), b"a last word")
        assert child._trace().endswith("a first word, a last word")
        assert len(child._trace()) == child_module.TRACE_CHARACTERS


def test_a_process_that_leaks_while_its_worker_waits_for_the_store_is_stopped_and_what_it_made_is_kept(tmp_path):
    child = child_of(tmp_path, faulty(hoard, 2, "pack"), memory=2**30)
    while not child.open():
        pass
    child.order(range(5), False)
    while child.mind():
        time.sleep(0.1)
    assert child.process.poll() is not None
    keys = []

    def rest():
        with contextlib.closing(child):
            while True:
                if (one := child.poll()) is not None:
                    keys.append(one.index)

    with pytest.raises(ChildFailed) as failed:
        rest()
    assert (keys, failed.value.fault.kind) == ([0, 1], "memory")
