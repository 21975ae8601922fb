"""The temporary folders of processes that are killed: none outlives its process for long, none is taken from a living one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile

import cloudpickle
import pytest

from pipeline.farm.null import NullSampler
from pipeline.farm.scratch import Scratch, sweep
from tests.farm.test_child import child_of

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from pipeline.farm.scratch import Scratch
one = Scratch(Path(sys.argv[1]))
heir = subprocess.Popen(["sleep", "60"], pass_fds=[one.descriptor], stdout=subprocess.DEVNULL)
print(one.folder, heir.pid, flush=True)
time.sleep(60)
"""


class Littering(NullSampler):
    """Leaves a folder where temporary files belong, as Blender does."""

    def __init__(self, job, threads, beat):
        super().__init__(job, threads, beat)
        tempfile.mkdtemp(prefix="blender_")


cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.mark.parametrize(("sampler", "render"), [(Littering, "null"), (None, "cycles_preview")])
def test_a_process_that_is_killed_leaves_no_folder_behind(tmp_path, monkeypatch, sampler, render):
    from pipeline.farm import scratch
    from pipeline.farm.maker import Sampler

    monkeypatch.setattr(scratch, "MEMORY", tmp_path / "memory")
    (tmp_path / "memory").mkdir()
    child = child_of(tmp_path, sampler or Sampler, render=render)
    while not child.open():
        pass
    left = {path.name.split("_")[0] for path in (tmp_path / "memory").glob("*/*")}
    child.close()
    assert left == ({"blender"} if sampler else {"blender", "plantain"})
    assert not list((tmp_path / "memory").iterdir())


def test_folders_are_swept_once_neither_their_worker_nor_its_process_lives(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    folder, heir = holder.stdout.readline().split()
    held = Scratch(tmp_path)
    assert os.path.isdir(folder)
    holder.kill()
    holder.wait()
    sweep(tmp_path)
    assert os.path.isdir(folder)
    os.kill(int(heir), signal.SIGKILL)
    holder.stdout.close()
    while os.path.isdir(folder):  # until the kernel has buried it
        sweep(tmp_path)
    assert held.folder.is_dir()
    held.close()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_another_process_sweeps_before_it_is_held_is_made_anew(tmp_path, monkeypatch):
    make, lost = tempfile.mkdtemp, []

    def make_and_lose(**options):
        folder = make(**options)
        if not lost:
            lost.append(folder)
            sweep(tmp_path)
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", make_and_lose)
    one = Scratch(tmp_path)
    assert one.folder.is_dir() and str(one.folder) not in lost
    one.close()
    assert not list(tmp_path.iterdir())
