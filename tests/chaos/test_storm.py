"""A run on a cluster of several nodes, shot at from all sides: nothing is lost, nothing comes twice, not a byte differs.

`make chaos` is the long form: CHAOS_KILLS and CHAOS_SEED choose how many kills there are, and when.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import webdataset as wds

from tests.chaos.cluster import GONE_S, START_S, Cluster, Driver, cluster, wait_for
from tests.chaos.corpora import arguments, hashes, undisturbed
from tests.chaos.storm import KINDS, Storm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
SEED = int(os.environ.get("CHAOS_SEED", "0"))
SHARD = 4
SHARDS = 24 + 5 * KILLS
SAMPLES = SHARD * SHARDS
DISK_BYTES = 1024 * 2**20


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of its own at `folder`, of DISK_BYTES. None where nobody may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the space there is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def keys_of(corpus: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each key is there: in the tar files as webdataset reads them, and in the Parquet files."""
    tars = sorted(str(path) for path in corpus.glob("*/shard-*.tar"))
    in_tars = Counter(sample["__key__"] for sample in wds.WebDataset(tars, shardshuffle=False, empty_check=False))
    tables = [pq.read_table(path, columns=["key"]) for path in corpus.glob("*/shard-*.parquet")]
    return in_tars, Counter(key for table in tables for key in table["key"].to_pylist())


def check_whole(corpus: Path, samples: int, sound: Path) -> None:
    """Every sample is there exactly once, all bytes are those of the undisturbed corpus, and there is nothing else."""
    once = Counter(f"primitives-0-{index:08d}" for index in range(samples))
    assert keys_of(corpus) == (once, once)
    for manifest in corpus.glob("*/manifest.json"):
        assert json.loads(manifest.read_text())["quarantined"] == []
    assert hashes(corpus) == hashes(sound)


def check_gone(made: Cluster) -> None:
    """Neither an actor nor a process that makes samples outlives the driver by much."""
    wait_for("the end of the workers", lambda: not made.marked.makers() and not made.marked.actors(), GONE_S)


@pytest.mark.timeout(900 + 60 * KILLS)
def test_after_a_storm_of_kills_every_sample_is_there_once_and_byte_for_byte(tmp_path):
    sound = undisturbed(tmp_path / "sound", SAMPLES, SHARD)
    with small_disk(tmp_path / "disk") as disk, cluster(nodes=2) as made:
        output = (disk or tmp_path) / "corpus"
        command = arguments(output, SAMPLES, SHARD, workers=2, address=made.address)
        # The last tenth is made when all is broken that is to be.
        gate = tmp_path / "gate"
        driver = Driver(made.marked, command, tmp_path / "driver.log", (gate, SHARD * int(0.9 * SHARDS)))
        storm = Storm(made, driver, output, SHARDS, KILLS, SEED)

        def disk_runs_full() -> None:
            assert disk is not None
            storm.say("the disk is full")
            filler = fill(disk)
            status = driver.wait(START_S)
            # After it, Ray may tell of the machines that were killed.
            *_, last = [line for line in driver.said.splitlines() if line.startswith("plantain: ")]
            storm.say(f"the driver stopped with status {status}: {last}")
            assert status == 1 and last.startswith(f"plantain: {output}") and "No space left" in last
            assert "Traceback" not in driver.said
            filler.unlink()
            storm.say("there is room again")

        storm.rage(disk_runs_full if disk else None)
        gate.touch()
        assert storm.finish() == 0, driver.said
        check_gone(made)
        check_whole(output, SAMPLES, sound)
    counts = ", ".join(f"{storm.killed[kind]} {kind}s" for kind in KINDS)
    full = "1 full disk" if disk else "no full disk (mounting one needs root)"
    print(f"chaos: {storm.killed.total()} kills ({counts}), {full}; {SAMPLES} samples, each once, no byte differs")
    assert min(storm.killed[kind] for kind in KINDS) >= 1
