"""The `plantain` command with runs that hold on: python -m tests.farm.held GATE FIRST generate ...

Its workers wait at samples from number FIRST on, alive, until the file GATE is there. So a test that looks at a run, stops it
or kills it finds it where it is meant to be, however fast the machine is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[2])}
"""What the command needs beside the environment that it is run in."""


def command(gate: Path, first: int, *arguments: Any) -> list[str]:
    """The program and its arguments."""
    return [sys.executable, "-m", "tests.farm.held", *map(str, (gate, first, *arguments))]


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
