"""Errors meant for people: each text is one line that names what is wrong and the remedy, ready to print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

INTERRUPTED = 130
"""What shells call a command that Ctrl-C ended: 128 + SIGINT."""


class PlantainError(Exception):
    """The work failed. `exit_code` is what the command returns."""

    exit_code = 1


class ConfigError(PlantainError):
    """Bad input from a person: a file, a key, a path or an option. Nothing was begun."""

    exit_code = 2


class Stopped(PlantainError):
    """Ctrl-C ended work that goes on from there when it is asked for again. Its text says so."""

    exit_code = INTERRUPTED


@contextmanager
def resumable() -> Iterator[None]:
    """What marks work that, asked for again, goes on where Ctrl-C ended it: that becomes Stopped. Also a decorator."""
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped("stopped; the same command again resumes where it was") from None


def one_line(error: object, most: int | None = 200) -> str:
    """An error's text without its line breaks, cut to `most` characters."""
    return " ".join(str(error).split())[:most]


def complain(text: str) -> None:
    """A line to stderr, as commands say what went wrong."""
    print(f"plantain: {text}", file=sys.stderr)


def require(extra: str, *modules: str) -> None:
    """Raise ConfigError naming the extra to install unless all `modules` can be imported."""
    for module in modules:
        if find_spec(module) is None:
            raise ConfigError(f"{module} is not installed; run: {installing(extra)}")


def installing(extra: str) -> str:
    """The command that installs an extra, and where. By its name, pip would fetch a project of others from PyPI."""
    return f"pip install '.[{extra}]' in Plantain's folder"
