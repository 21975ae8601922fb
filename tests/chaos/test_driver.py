"""The command that drives a run, killed or started twice: what it leaves, and who may take over."""

from __future__ import annotations

import sys

import pytest

from tests.chaos.cluster import GONE_S, START_S, Driver, Marked, wait_for
from tests.chaos.corpora import SAMPLES, SHARD, arguments, hashes, shards_of

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"), pytest.mark.timeout(900)]
HELD = 24
"""The sample at which the first run waits."""


@pytest.fixture
def start(tmp_path):
    """Start the command on one folder, several times over: start() -> Driver; all of them are gone at the end.

    start(gate): one that waits for the file `gate` when it has made HELD samples.
    """
    drivers = []

    def start_one(gate=None):
        command = arguments(tmp_path / "corpus", SAMPLES, SHARD, workers=2)
        hold = (gate, HELD) if gate else None
        drivers.append(Driver(Marked(), command, tmp_path / f"driver-{len(drivers)}.log", hold))
        drivers[-1].start()
        return drivers[-1]

    yield start_one
    for driver in drivers:
        driver.marked.kill_all()


def wait_for_shards(folder, count):
    wait_for(f"{count} shards", lambda: len(shards_of(folder)) >= count, START_S)


def test_a_killed_driver_takes_all_its_processes_along_and_the_next_one_goes_on_at_once(start, sound, tmp_path):
    first = start(tmp_path / "never")
    wait_for_shards(tmp_path / "corpus", 3)
    first.kill()
    second = start()
    wait_for("the end of the first run's processes", lambda: not first.marked.processes(), GONE_S)
    assert second.wait(START_S) == 0
    wait_for("the end of the second run's processes", lambda: not second.marked.processes(), GONE_S)
    assert "already there" in second.said
    assert hashes(tmp_path / "corpus") == hashes(sound)


def test_of_two_drivers_on_one_folder_the_second_is_refused_in_one_line(start, sound, tmp_path):
    first = start(tmp_path / "gate")
    wait_for_shards(tmp_path / "corpus", 1)
    second = start()
    assert second.wait(START_S) == 1
    assert first.status is None
    (tmp_path / "gate").touch()
    (line,) = second.said.strip().splitlines()
    assert line.startswith(f"plantain: {tmp_path / 'corpus'}: another run is writing there")
    assert first.wait(START_S) == 0
    assert hashes(tmp_path / "corpus") == hashes(sound)
