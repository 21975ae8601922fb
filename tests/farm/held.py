"""The `plantain` command with runs that hold on: python -m tests.farm.held GATE FIRST generate ...

Its workers wait at samples from number FIRST on, alive, until the file GATE is there. So a test that looks at a run, stops it
or kills it finds it where it is meant to be, however fast the machine is.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2])}
"""What the command needs beside the environment that it is run in."""


def command(gate: Path, first: int, *arguments: Any) -> list[str]:
    """The program and its arguments."""
    return [sys.executable, "-m", "tests.farm.held", *map(str, (gate, first, *arguments))]


def until(run: subprocess.Popen[Any], errors: Path, happened: Callable[[], Any]) -> None:
    """Wait until something has happened while the process `run`, whose stderr goes to the file `errors`, lives."""
    deadline = time.monotonic() + 400
    while not happened():
        assert run.poll() is None and time.monotonic() < deadline, errors.read_text()
        time.sleep(0.05)


def main() -> None:
    """Run the command."""
    from pipeline.cli import main as plantain
    from pipeline.farm import schedule
    from tests.farm.faulty import held

    gate, first = Path(sys.argv.pop(1)), int(sys.argv.pop(1))
    usual = schedule.sampler_for
    schedule.sampler_for = lambda job: held(gate, first, usual(job))
    plantain()


if __name__ == "__main__":
    main()
