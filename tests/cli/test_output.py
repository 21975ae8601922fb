"""What becomes of what a command prints when nobody reads it."""

import os
import subprocess
import sys

from tests.conftest import ROOT

PRINTS = """
from pipeline import cli
cli.app = lambda **options: print("a line that waits for the end")
cli.main()
"""


def test_a_reader_that_has_gone_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", PRINTS], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
        )  # fmt: skip
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")
