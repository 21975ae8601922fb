"""The virtual environment that a foreign generator lives in: made once, in the cache, with pinned packages."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.compose.catalogues import cache
from pipeline.errors import ConfigError, PlantainError

PYTHON = (3, 11)
"""Infinigen's Blender, bpy 4.2.0, has wheels for no other version."""


def ready_environment(name: str, requirement: str, constraints: Path) -> Path:
    """Path of a Python that can import `requirement`; the environment `name` is made on the first call.

    Raises ConfigError where there is no Python 3.11 or no cache can be kept, PlantainError where the installation fails.
    """
    folder = cache.folder() / name
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = (folder.parent / f"{name}.lock").open("w")
    except OSError as error:
        raise ConfigError(
            f"{folder.parent}: cannot write there ({error.strerror}); set PLANTAIN_CACHE to a folder for it"
        ) from None
    # Two runs that start together must not both install: the second waits for the first.
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").is_file():
            _install(folder, requirement, constraints)
    return folder / "bin" / "python"


def _install(folder: Path, requirement: str, constraints: Path) -> None:
    # What an interrupted installation left behind is not worth mending.
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    log = folder.parent / f"{folder.name}.log"
    print(f"Installing {requirement} into {folder}: some ten minutes, once. Log: {log}", file=sys.stderr, flush=True)
    steps = [
        [_base_python(), "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-c", str(constraints), requirement],
    ]
    with log.open("w") as stream:
        for step in steps:
            if subprocess.run(step, stdout=stream, stderr=subprocess.STDOUT, check=False).returncode:
                last = next((line for line in reversed(log.read_text().splitlines()) if line.strip()), "no output")
                raise PlantainError(f"{requirement}: the installation failed ({last.strip()}); see {log}")
    (folder / ".ready").touch()


def _base_python() -> str:
    if sys.version_info[:2] == PYTHON:
        return sys.executable
    name = f"python{PYTHON[0]}.{PYTHON[1]}"
    found = shutil.which(name)
    if found is None:
        raise ConfigError(f"{name} is needed (Infinigen's bpy 4.2.0 has no other wheels): install it first")
    return found
