"""Who may write a corpus in a store: one run, until it ends or dies."""

from __future__ import annotations

import errno
import fcntl
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
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.shards import corpus, lease, store
from pipeline.shards.location import Location, location
from pipeline.shards.read import CorpusError
from tests.shards import toy_runs as toys


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


def test_of_many_that_take_over_in_one_moment_one_writes(
    store_place: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(store_place, renewed=0)
    taken, end, held = threading.Barrier(6), threading.Barrier(6), []
    # What the pause is for: when it is over, all who took the lease in this moment have written their notes.
    monkeypatch.setattr(lease, "time", SimpleNamespace(time=time.time, sleep=lambda seconds: taken.wait(200)))

    def take() -> None:
        with ExitStack() as stack:
            try:
                stack.enter_context(lease.sole_writer(store_place, store_place / ".progress"))
                held.append(True)
            except CorpusError:
                held.append(False)
            end.wait(200)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == [False] * 5 + [True]


def test_a_store_that_creates_over_what_is_there_keeps_the_second_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEW_S", 0.01)
    place = location("memory://corpora/unconditional")
    pipe_file, told = place.fs.pipe_file, threading.Event()

    def regardless(path: str, data: bytes, mode: str = "overwrite") -> None:
        pipe_file(path, data)

    monkeypatch.setattr(place.fs, "pipe_file", regardless)
    with lease.sole_writer(place, place / ".progress") as check:
        with (
            pytest.raises(CorpusError, match=f"another run is writing there .*process {os.getpid()}"),
            lease.sole_writer(place, place / ".progress"),
        ):
            pass
        monkeypatch.setattr(place.fs, "pipe_file", lambda *arguments: (regardless(*arguments), told.set()))
        assert told.wait(60)
        check()


def test_two_runs_that_create_the_note_in_one_moment_do_not_both_write(monkeypatch: pytest.MonkeyPatch) -> None:
    place = location("memory://corpora/unconditional-at-once")
    pipe_file = place.fs.pipe_file
    monkeypatch.setattr(place.fs, "pipe_file", lambda path, data, mode="overwrite": pipe_file(path, data))
    pause = SimpleNamespace(time=time.time, sleep=lambda seconds: note(place))
    monkeypatch.setattr(lease, "time", pause)
    with pytest.raises(CorpusError, match="another run is writing there \\(on elsewhere"), claim(place):
        pass


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
            for number in count():
                # The other run renews, too: a renewal of ours may have been under way when it took over.
                note(store_place)
                journal.append("train", toys.make_shard(store_place, "train", number))
                journal.flush()

    lock = store_place / ".progress/lock.json"
    with pytest.raises(CorpusError, match=r"may write there no longer: the run on elsewhere took it over.*resumes"):
        write_until_refused()
    assert json.loads(store.get(lock))["token"] == "theirs"


def test_a_file_system_without_locks_gets_a_lease(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(file: Any, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    place = tmp_path / "corpus"
    said = f"another run is writing there \\(on {platform.node()}, process {os.getpid()}\\)"
    with claim(place), pytest.raises(CorpusError, match=said), claim(place):
        pass
    toys.run(place)
    assert not (place / ".progress").exists()


def test_a_lock_whose_file_was_just_removed_keeps_the_next_run_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, lock = tmp_path / "corpus", fcntl.flock
    with claim(place):
        pass

    def lock_what_the_run_before_removes(file: Any, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        (place / ".progress/lock").unlink()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", lock_what_the_run_before_removes)
    with claim(place), pytest.raises(CorpusError, match="another run is writing there"), claim(place):
        pass


def test_files_that_are_removed_while_open_and_linger_do_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on NFS, where they get another name until they are closed."""
    unlink = os.unlink

    def linger(path: Any, *, dir_fd: int | None = None) -> None:
        name = os.path.basename(path)
        if name in ("journal.jsonl", "lock"):
            os.rename(path, os.path.join(os.path.dirname(path), f".nfs-{name}"), src_dir_fd=dir_fd, dst_dir_fd=dir_fd)
        else:
            unlink(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", linger)
    toys.run(tmp_path / "corpus")
    assert len(toys.run(tmp_path / "corpus")) == 5
    monkeypatch.undo()
    toys.run(tmp_path / "corpus")
    assert not (tmp_path / "corpus/.progress").exists()


def test_what_a_run_may_do_is_looked_at_again_under_the_lock(place: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = corpus.sole_writer

    def after_another_run(output: Location, folder: Location) -> Any:
        monkeypatch.setattr(corpus, "sole_writer", sound)
        toys.run(output, seed=1)
        return sound(output, folder)

    monkeypatch.setattr(corpus, "sole_writer", after_another_run)
    with pytest.raises(CorpusError, match="made with other settings"):
        toys.run(place, seed=2)


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
