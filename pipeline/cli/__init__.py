"""The `plantain` command: parse, call, print. Exit 0 done, 1 the work failed, 2 bad usage or bad config."""

from __future__ import annotations

import os
import sys
from typing import Any

# Each adds its commands to the app; the help lists them in this order.
from pipeline.cli import assets, corpora, exports, hub, models, photos
from pipeline.cli.app import app
from pipeline.errors import INTERRUPTED, PlantainError, complain

__all__ = ["app", "assets", "corpora", "exports", "hub", "main", "models", "photos"]


def main() -> None:
    """Entry point of the `plantain` command."""
    status = _run()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # `plantain ... | head`: what is left has no reader, and Python would try once more as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stderr.flush()
    # A process that has imported bpy crashes when it exits in the ordinary way.
    if "bpy" in sys.modules:
        os._exit(status)
    sys.exit(status)


def _run() -> int:
    try:
        result: Any = app(standalone_mode=False)
        if result == INTERRUPTED:
            return _complain("stopped", INTERRUPTED)
        return int(result or 0)
    except Exception as error:
        if os.environ.get("PLANTAIN_DEBUG"):
            raise
        if isinstance(error, PlantainError):
            return _complain(str(error), error.exit_code)
        if hasattr(error, "format_message"):  # click's usage errors
            text, status = error.format_message(), int(getattr(error, "exit_code", 2))
            # A group without a command has printed its help, which says it all.
            return _complain(text, status) if text else status
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return _complain(f"{text} (run `plantain --debug ...` for the traceback)", 1)


def _complain(text: str, status: int) -> int:
    complain(text)
    return status
