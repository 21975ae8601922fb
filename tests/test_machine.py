"""What a process may use of a machine that is not all its own."""

import os
import subprocess
import sys

import pytest

from pipeline import machine
from pipeline.machine import cores, machine_memory


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    """A folder in place of the system's: no limits."""
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(64)), raising=False)
    (tmp_path / "cpu").mkdir()
    (tmp_path / "memory").mkdir()
    return tmp_path


def test_a_containers_memory_counts_not_its_hosts(cgroup):
    whole = machine_memory()
    (cgroup / "memory.max").write_text(f"{whole // 2}\n")
    assert machine_memory() == whole // 2
    (cgroup / "memory.max").write_text("max\n")
    assert machine_memory() == whole
    (cgroup / "memory/memory.limit_in_bytes").write_text(f"{whole // 4}\n")
    assert machine_memory() == whole // 4


@pytest.mark.parametrize(
    ("quota", "usable"), [("400000 100000", 4), ("350000 100000", 4), ("10000 100000", 1), ("max 100000", 64)]
)
def test_a_containers_share_of_time_counts_not_its_hosts_cores(cgroup, quota, usable):
    (cgroup / "cpu.max").write_text(f"{quota}\n")
    assert cores() == usable


@pytest.mark.parametrize(("quota", "usable"), [(150000, 3), (-1, 64)])
def test_a_share_of_time_of_the_older_kind_counts_too(cgroup, quota, usable):
    (cgroup / "cpu/cpu.cfs_quota_us").write_text(f"{quota}\n")
    (cgroup / "cpu/cpu.cfs_period_us").write_text("50000\n")
    assert cores() == usable


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no processes are pinned here")
def test_a_process_that_is_pinned_to_one_core_uses_one():
    code = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); from pipeline.machine import cores; print(cores())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "1\n"
