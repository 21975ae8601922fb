"""Who may write a corpus in a store: one run, until it ends or dies."""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from pipeline.shards import corpus, lease, store
from pipeline.shards.location import Location, location
from pipeline.shards.read import CorpusError
from tests.shards import toy_runs as toys


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SETTLE_S", 0.3)


def claim(place: Location) -> Any:
    return corpus.claimed(place, toys.config(), toys.CLASSES, False, {})


def note(place: Location, **changes: Any) -> Location:
    """Leave the lock of another run."""
    holder = {"host": "elsewhere", "pid": 1, "token": "theirs", "renewed": time.time()} | changes
    store.make_folder(place / ".progress")
    store.put(place / ".progress/lock.json", json.dumps(holder).encode())
    return place / ".progress/lock.json"


def dead_pid() -> int:
    return int(subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True).stdout)


def test_a_second_run_is_refused_and_told_who_writes(place: Location) -> None:
    with claim(place), pytest.raises(CorpusError, match="another run is writing there"), claim(place):
        pass
    with claim(place):
        pass


def test_a_run_on_another_machine_is_respected_while_it_renews(store_place: Location) -> None:
    lock = note(store_place, renewed=time.time() - 0.7 * lease.STALE_S)
    with (
        pytest.raises(CorpusError, match=r"another run is writing there \(on elsewhere, process 1\)"),
        claim(store_place),
    ):
        pass
    assert json.loads(store.get(lock))["token"] == "theirs"


@pytest.mark.parametrize("left", ["stale", "dead here", "same number in a new container", "garbage"])
def test_what_a_dead_run_left_is_taken_over_at_once(store_place: Location, left: str) -> None:
    lock = note(store_place)
    if left == "stale":
        note(store_place, renewed=time.time() - 2 * lease.STALE_S)
    elif left == "dead here":
        note(store_place, host=platform.node(), pid=dead_pid())
    elif left == "garbage":
        store.put(lock, b"{")
    else:
        note(store_place, host=platform.node(), pid=os.getpid())
    with claim(store_place):
        assert json.loads(store.get(lock))["pid"] == os.getpid()
    assert store.size(lock) is None


def test_of_many_that_take_over_in_one_moment_one_writes(store_place: Location) -> None:
    note(store_place, renewed=0)
    start, end, held = threading.Barrier(6), threading.Barrier(6), []

    def take() -> None:
        with ExitStack() as stack:
            start.wait()
            try:
                stack.enter_context(lease.sole_writer(store_place, store_place / ".progress"))
                held.append(True)
            except CorpusError:
                held.append(False)
            end.wait()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == [False] * 5 + [True]


def test_a_lease_is_renewed_and_given_back(store_place: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEW_S", 0.02)
    lock = store_place / ".progress/lock.json"
    with claim(store_place):
        first = json.loads(store.get(lock))["renewed"]
        while json.loads(store.get(lock))["renewed"] == first:
            time.sleep(0.02)
    assert store.size(lock) is None


def test_a_run_that_lost_its_lease_stops_and_leaves_the_others_alone(
    store_place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RENEW_S", 0.02)

    def write_until_refused() -> None:
        with claim(store_place) as journal:
            note(store_place)
            for number in count():
                journal.append("train", toys.make_shard(store_place, "train", number))
                journal.flush()

    lock = store_place / ".progress/lock.json"
    with pytest.raises(CorpusError, match=r"may write there no longer: the run on elsewhere took it over.*resumes"):
        write_until_refused()
    assert json.loads(store.get(lock))["token"] == "theirs"


CHILD = """
import sys, time
from pipeline.shards.location import location
from tests.shards import toy_runs as toys

def hold(journal, split, number):
    if number == 2:
        journal.flush()
        print("here", flush=True)
        time.sleep(600)

toys.run(location(sys.argv[1]), before=hold)
"""


def test_a_killed_driver_is_followed_at_once_and_loses_no_noted_shard(s3_server: Any) -> None:
    url = "s3://corpora/killed"
    with subprocess.Popen([sys.executable, "-c", CHILD, url], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "here\n"
        with pytest.raises(CorpusError, match=f"process {child.pid}"):
            toys.run(location(url))
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert toys.run(location(url)) == ["train/shard-000000", "train/shard-000001"]
