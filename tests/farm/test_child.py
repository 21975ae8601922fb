"""A process that makes samples, in every way it can fail: what is told of it, and how soon."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from types import SimpleNamespace

import cloudpickle
import psutil
import pytest

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import Job, Limits
from pipeline.farm.child import Child, ChildFailed
from pipeline.farm.null import NullSampler
from tests.farm.faulty import fail, faulty, hang, hoard, leave, segfault, spin, vanish

RECIPE = load_recipe("scenes/primitives.yaml")
LIMITS = Limits(sample_seconds=250.0, silent_seconds=120.0)
"""More than a busy machine needs for a sample of nothing."""


def child_of(tmp_path, sampler, limits=LIMITS, memory=2 * 2**30, render="null"):
    job = Job(RECIPE, load_render_config(f"render_configs/{render}.yaml"), tmp_path, 100)
    return Child(cloudpickle.dumps((job, 1, sampler)), 1, limits, memory)


def made(child, indices, alone=False):
    """Keys of the samples made until the end or the first failure, and the failure."""
    keys = []
    try:
        while not child.open():
            pass
        child.order(indices, alone)
        while len(keys) < len(indices):
            if (one := child.poll()) is not None:
                keys.append(one.index)
        return keys, None
    except ChildFailed as failed:
        return keys, failed.fault
    finally:
        child.close()


@pytest.fixture
def marker(tmp_path, monkeypatch):
    """A file: from when it is there to a verdict time flies for whoever watches a process, however busy the machine is."""
    marker, ahead, verdicts = tmp_path / "marker", [0.0], []
    killed = Child._killed

    def monotonic():
        if marker.exists() and not verdicts:
            ahead[0] += 1.5
        return time.monotonic() + ahead[0]

    def judge(self, *arguments):
        verdicts.append(arguments)
        return killed(self, *arguments)

    monkeypatch.setattr("pipeline.farm.child.time", SimpleNamespace(monotonic=monotonic, sleep=time.sleep))
    monkeypatch.setattr(Child, "_killed", judge)
    return marker


def test_samples_come_in_the_order_asked_for(tmp_path):
    assert made(child_of(tmp_path, NullSampler), [3, 1, 4, 15]) == ([3, 1, 4, 15], None)


@pytest.mark.parametrize(
    ("action", "step", "kind", "words"),
    [
        (segfault, "draw", "crash", "SIGSEGV"),
        (segfault, "prepare", "crash", "SIGSEGV"),
        (fail, "pack", "exception", "RuntimeError: the scene is poisoned"),
        (vanish, "draw", "killed", "killed from outside"),
        (leave, "pack", "crash", "ended with status 3"),
    ],
)
def test_a_sample_made_alone_is_blamed_for_what_it_does(tmp_path, action, step, kind, words):
    keys, fault = made(child_of(tmp_path, faulty(action, 5, step)), range(10), alone=True)
    assert (keys, fault.index, fault.kind) == ([0, 1, 2, 3, 4], 5, kind) and words in fault.reason


@pytest.mark.parametrize("action", [hang, spin])
def test_a_sample_that_hangs_is_blamed_even_while_it_holds_pythons_lock(tmp_path, marker, action):
    sampler = faulty(action, 5, marker=marker)
    keys, fault = made(child_of(tmp_path, sampler), range(10), alone=True)
    assert (keys, fault.index, fault.kind) == ([0, 1, 2, 3, 4], 5, "hung")
    assert "no sign of life for 120 s" in fault.reason


@pytest.mark.parametrize("step", ["prepare", "draw", "pack"])
def test_an_exception_is_blamed_on_its_sample_though_others_are_in_hand(tmp_path, step):
    keys, fault = made(child_of(tmp_path, faulty(fail, 5, step)), range(10))
    assert (keys, fault.index, fault.kind) == ([0, 1, 2, 3, 4], 5, "exception")


def test_a_crash_while_others_are_in_hand_is_noticed_and_what_came_before_is_kept(tmp_path):
    keys, fault = made(child_of(tmp_path, faulty(segfault, 5, "prepare")), range(10))
    assert fault.kind == "crash" and keys == list(range(len(keys))) and 2 <= len(keys) <= 5


@pytest.mark.parametrize("action", [hang, segfault])
def test_the_traceback_leads_to_the_line_at_fault(tmp_path, marker, action):
    _, fault = made(child_of(tmp_path, faulty(action, 0, marker=marker)), [0], alone=True)
    assert f"in {action.__name__}" in fault.traceback


def test_a_process_that_is_slow_to_say_where_it_hangs_is_heard_out(tmp_path, marker):
    """As on a busy machine: between the question and the answer is the time that a process waits for its turn."""
    child = child_of(tmp_path, faulty(hang, 0, marker=marker))
    send = child.process.send_signal

    def send_late(number):
        if number == signal.SIGUSR1:
            threading.Timer(1.0, send, [number]).start()
        else:
            send(number)

    child.process.send_signal = send_late
    _, fault = made(child, [0], alone=True)
    assert fault.kind == "hung" and "in hang" in fault.traceback


def test_a_process_that_eats_memory_is_killed_at_its_limit(tmp_path):
    _, fault = made(child_of(tmp_path, faulty(hoard, 1), memory=2**30), range(3))
    assert (fault.kind, fault.index) == ("memory", 1)
    took = re.fullmatch(r"took (.+) GiB of memory, more than the 1\.0 GiB allowed", fault.reason)
    assert 1 <= float(took[1]) < 10


def test_a_slow_sample_that_shows_signs_of_life_is_waited_for(tmp_path, monkeypatch):
    child = child_of(tmp_path, faulty(lambda: None, 1, beats=4.0), Limits(sample_seconds=1000.0, silent_seconds=40.0))
    # To its watcher every sign of life is two seconds after the one before: 160 s for this sample.
    signs = SimpleNamespace(monotonic=lambda: 2.0 * child.beat.read().ticks, sleep=time.sleep)
    monkeypatch.setattr("pipeline.farm.child.time", signs)
    assert made(child, range(3)) == ([0, 1, 2], None)
    assert 2.0 * child.beat.read().ticks > 160


def test_patience_with_a_slow_sample_ends(tmp_path, marker):
    slow = faulty(lambda: None, 1, marker=marker, beats=600.0)
    _, fault = made(child_of(tmp_path, slow), range(3), alone=True)
    assert (fault.kind, fault.index) == ("slow", 1) and "longer than 250 s" in fault.reason


def test_a_renderer_that_cannot_be_opened_says_why(tmp_path):
    class Unopened(NullSampler):
        def __init__(self, job, threads, beat):
            raise OSError("no display")

    cloudpickle.register_pickle_by_value(__import__("sys").modules[__name__])
    keys, fault = made(child_of(tmp_path, Unopened), [0])
    assert keys == [] and fault.index is None and fault.reason == "OSError: no display"


def test_the_process_ends_with_its_worker(tmp_path):
    child = child_of(tmp_path, NullSampler)
    while not child.open():
        pass
    process = psutil.Process(child.process.pid)
    os.close(child._lifeline)  # what the kernel does for a worker that dies, however it dies
    process.wait(120)
    child.close()
