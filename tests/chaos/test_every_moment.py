"""A run killed just before any one of the changes that it makes on a disk, from the first folder to the last file it removes."""

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_whenever_a_run_is_killed_the_next_one_makes_the_same_corpus_and_leaves_nothing_else(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.dying", tmp_path],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 30
