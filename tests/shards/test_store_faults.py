"""Stores and disks that fail: what may pass is tried again, what will not is said in one line, and nothing half is seen."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from pipeline.shards import corpus, retries, store
from pipeline.shards.location import Location, location
from pipeline.shards.read import CorpusError, read_info, read_rows
from pipeline.shards.retries import StoreError
from pipeline.shards.write import write_shard, write_text
from tests.shards import toy_runs as toys


def of_status(status: int) -> OSError:
    """As s3fs translates what botocore raises."""
    from botocore.exceptions import ClientError

    said = {"Error": {"Code": "x", "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = OSError(errno.EIO, "m")
    error.__cause__ = ClientError(said, "PutObject")
    return error


def broken_connection() -> Exception:
    from aiohttp import ClientPayloadError

    return ClientPayloadError("cut")


PASSING = [
    TimeoutError(),
    ConnectionResetError(),
    OSError(errno.EBUSY, "slow down"),
    broken_connection(),
    of_status(503),
    of_status(429),
]
LASTING = [
    PermissionError("denied"),
    OSError(errno.ENOSPC, "full"),
    OSError(errno.EDQUOT, "quota"),
    FileNotFoundError("no bucket"),
    of_status(400),
]


SOUND = MemoryFileSystem.pipe_file


class Failing:
    """pipe_file of a store that fails `times` times with `error`."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.calls = error, times, 0

    def __call__(self, path: str, value: bytes, **options: Any) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        SOUND(MemoryFileSystem(), path, value, **options)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    def make(error: Exception, times: int) -> Failing:
        fault = Failing(error, times)
        monkeypatch.setattr(MemoryFileSystem, "pipe_file", staticmethod(fault))
        return fault

    monkeypatch.setattr(retries, "PAUSE_S", 0.0)
    return make


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_may_pass_is_tried_again(failing: Any, error: Exception) -> None:
    fault = failing(error, 2)
    write_text(location("memory://faults/a"), "there")
    assert fault.calls == 3 and store.get(location("memory://faults/a")) == b"there"


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_does_not_pass_is_said_in_one_line_with_the_url(failing: Any, error: Exception) -> None:
    fault = failing(error, 99)
    with pytest.raises(StoreError, match=r"^memory://faults/b: .+$") as caught:
        write_text(location("memory://faults/b"), "x")
    assert fault.calls == retries.TRIES and isinstance(caught.value, OSError) and "\n" not in str(caught.value)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_is_refused_for_good_is_not_asked_twice(failing: Any, error: Exception) -> None:
    fault = failing(error, 99)
    with pytest.raises(StoreError, match=r"^memory://faults/c: .+$"):
        write_text(location("memory://faults/c"), "x")
    assert fault.calls == 1


def test_a_mistake_of_ours_is_no_fault_of_the_store(failing: Any) -> None:
    failing(TypeError("wrong argument"), 1)
    with pytest.raises(TypeError, match="wrong argument"):
        write_text(location("memory://faults/d"), "x")


def test_a_store_that_hangs_up_is_not_taken_for_a_reader_that_has_gone(failing: Any) -> None:
    failing(BrokenPipeError(errno.EPIPE, "Broken pipe"), 99)
    with pytest.raises(StoreError, match=r"^memory://faults/e: Broken pipe$") as caught:
        write_text(location("memory://faults/e"), "x")
    assert caught.value.errno == errno.EIO


def test_a_store_error_says_the_same_in_another_process() -> None:
    import pickle

    error = StoreError(errno.ENOSPC, "s3://b/x: full")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.errno) == (str(error), errno.ENOSPC) == ("s3://b/x: full", errno.ENOSPC)


def test_a_fault_in_the_middle_of_a_run_is_resumed_from(failing: Any, tmp_path: Path) -> None:
    place = location("memory://faults/run")
    failing(PermissionError("denied"), 0)

    def deny(journal: Any, split: str, number: int) -> None:
        if (split, number) == ("val", 0):
            failing(PermissionError("denied"), 1)

    with pytest.raises(StoreError, match="memory://faults/run/val/shard-000000.tar: denied"):
        toys.run(place, before=deny)
    assert len(toys.run(place)) == 3


def test_a_missing_bucket_is_named(s3_server: Any) -> None:
    with pytest.raises(CorpusError, match=r"s3://nowhere/x: cannot write there \(.*bucket does not exist.*\)"):
        toys.run(location("s3://nowhere/x"))
    with pytest.raises(CorpusError, match="s3://nowhere/x is not a corpus"):
        read_info(location("s3://nowhere/x"))


def test_a_damaged_shard_in_a_store_is_told_from_a_store_that_fails(place: Location) -> None:
    toys.run(place)
    for suffix in (".tar", ".parquet"):
        shard = place / f"train/shard-000000{suffix}"
        store.put(shard, store.get(shard)[: store.size(shard) // 2])
        with pytest.raises(CorpusError, match=r"shard-000000\.\w+: damaged shard"):
            list(read_rows(shard))
    with pytest.raises(CorpusError, match="the file is missing"):
        list(read_rows(place / "train/shard-000009.parquet"))


class _Busy(BaseHTTPRequestHandler):
    """Too busy for the first two requests."""

    protocol_version = "HTTP/1.1"
    answered: list[int] = []

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answered.append(503 if len(self.answered) < 2 else 200)
        self.send_response(self.answered[-1])
        self.send_header("ETag", '"0"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


def test_a_server_that_is_busy_at_first_gets_the_shard_in_the_end(s3_server: Any) -> None:
    from upath import UPath

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Busy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        write_text(UPath("s3://corpora/x", endpoint_url=f"http://127.0.0.1:{server.server_port}"), "text")
    finally:
        server.shutdown()
    assert _Busy.answered == [503, 503, 200]


UPLOAD = """
import sys, time
from s3fs import S3FileSystem
from pipeline.shards import retries, store
from pipeline.shards.location import location

PART = 5 * 2**20
S3FileSystem._pipe_file.__defaults__ = (PART, 1, "overwrite")
call = S3FileSystem._call_s3

async def halting(self, method, *arguments, **options):
    answer = await call(self, method, *arguments, **options)
    if method == "upload_part" and options["PartNumber"] == 2:
        print("here", flush=True)
        if sys.argv[2] == "raise":
            raise RuntimeError("in the middle")
        time.sleep(600)
    return answer

S3FileSystem._call_s3 = halting
store.put(location(sys.argv[1]), bytes(3 * PART))
"""


@pytest.mark.parametrize("end", ["kill", "raise"])
@pytest.mark.parametrize("before", [None, b"the shard of an earlier run"])
def test_an_upload_that_ends_in_the_middle_shows_nothing(s3_server: Any, end: str, before: bytes | None) -> None:
    place = location(f"s3://corpora/halves/{end}-{before is not None}")
    if before:
        store.put(place, before)
    command = [sys.executable, "-c", UPLOAD, str(place), end]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout and child.stdout.readline() == "here\n"
        if end == "kill":
            child.send_signal(signal.SIGKILL)
        child.wait()
    assert child.returncode != 0
    assert (store.get(place) if store.exists(place) else None) == before


PUT = """
import sys
from pipeline.shards import retries, store
from pipeline.shards.location import location
place, data = location(sys.argv[1]), b"shard" * (8 * 2**20)
store.exists(place)
print("here", flush=True)
store.put(place, data)
"""


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.2])
def test_a_process_killed_during_a_large_put_leaves_all_or_nothing(s3_server: Any, after_s: float) -> None:
    place = location(f"s3://corpora/large/{after_s}")
    with subprocess.Popen([sys.executable, "-c", PUT, str(place)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "here\n"
        time.sleep(after_s)
        child.send_signal(signal.SIGKILL)
        child.wait()
    whole = hashlib.sha256(b"shard" * (8 * 2**20)).hexdigest()
    assert not store.exists(place) or hashlib.sha256(store.get(place)).hexdigest() == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_up(disk: Path) -> None:
    """Leave no room at all."""
    with suppress(OSError):
        (disk / "ballast").write_bytes(bytes(4 * 2**20))


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_a_full_disk_is_named_and_keeps_what_was_there(small_disk: Path) -> None:
    rows = toys.rows("train", 0)
    write_shard(small_disk / "shard-000000", rows, ["webdataset"])
    fill_up(small_disk)
    with pytest.raises(
        StoreError, match=r"shard-000000\.tar: cannot write there \(No space left on device\)$"
    ) as caught:
        write_shard(small_disk / "shard-000000", toys.rows("train", 1, size=9000), ["webdataset"])
    assert caught.value.errno == errno.ENOSPC
    assert files(small_disk) == {"shard-000000.tar", "ballast"}
    assert list(read_rows(small_disk / "shard-000000.tar")) == rows


def test_a_run_on_a_full_disk_stops_in_one_line_and_resumes(small_disk: Path) -> None:
    place = small_disk / "corpus"

    def fill(journal: Any, split: str, number: int) -> None:
        if (split, number) == ("train", 1):
            fill_up(small_disk)

    with pytest.raises(StoreError, match="No space left on device"):
        toys.run(place, before=fill)
    with pytest.raises(CorpusError, match=r"corpus: cannot write there \(.*No space left on device\)"):
        toys.run(place)
    assert not [name for name in files(place) if name.endswith(".tmp")]
    (small_disk / "ballast").unlink()
    assert toys.run(place) == ["train/shard-000000"]


def test_a_journal_on_a_full_disk_is_named(small_disk: Path) -> None:
    place = small_disk / "corpus"

    def note_on_a_full_disk() -> None:
        with corpus.claimed(place, toys.config(), toys.CLASSES, False) as journal:
            entry = toys.make_shard(place, "train", 0)
            fill_up(small_disk)
            journal.append("train", entry)

    with pytest.raises(CorpusError, match=r"journal\.jsonl: cannot be written \(No space left on device\)$"):
        note_on_a_full_disk()


def test_a_journal_that_cannot_be_synced_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(journal: Any, split: str, number: int) -> None:
        def fsync(file: int) -> None:
            raise OSError(errno.EDQUOT, "Disk quota exceeded")

        monkeypatch.setattr(os, "fsync", fsync)
        journal.flush()

    with pytest.raises(CorpusError, match=r"journal\.jsonl: cannot be written \(Disk quota exceeded\)$"):
        toys.run(tmp_path / "corpus", before=fail)


def test_a_disk_that_may_only_be_read_is_named(small_disk: Path) -> None:
    toys.run(small_disk / "corpus")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for folder in (small_disk / "corpus", small_disk / "new"):
        with pytest.raises(CorpusError, match=r"cannot write there \(Read-only file system\)"):
            toys.run(folder)
    with pytest.raises(StoreError, match="Read-only file system"):
        write_shard(small_disk / "corpus/train/shard-000000", toys.rows("train", 0), ["parquet"])
