"""Infinigen's indoor generators (Raistrick et al. 2024, "Infinigen Indoors", arXiv:2406.11824; BSD-3) as an asset source.

Its assets are shaders and modifiers. Here each becomes one mesh of limited size with base colour, roughness, metalness
and normals baked into textures: infinigen_worker.py does that inside Infinigen's environment, a batch of assets a
process. An asset that fails, hangs or takes its process along is named and passed over.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import yaml

from pipeline.bake.environment import ready_environment
from pipeline.errors import ConfigError, PlantainError, resumable
from pipeline.files import save_bytes
from pipeline.shards.lease import kernel_lock

HERE = Path(__file__).parent
VERSION = "1.15.5"
FACTORIES: dict[str, dict[str, float]] = {
    category: made if isinstance(made, dict) else dict.fromkeys(made, 1.0)
    for category, made in yaml.safe_load((HERE / "infinigen_factories.yaml").read_text()).items()
}
"""Category -> factories, each with the factor that brings what it draws to true size."""
CATEGORIES = tuple(FACTORIES)
BATCH = 8
"""Assets a process: Blender leaks, and starting it takes ten seconds."""
MARK = "@bake "
LOCK = ".baking"
"""Folder in the output, for as long as a bake writes there."""
ATTRIBUTION = {
    "licence": "BSD-3-Clause",
    "author": f"Infinigen {VERSION} (Princeton Vision & Learning Lab)",
    "url": "https://github.com/princeton-vl/infinigen",
}


@dataclass(frozen=True)
class Baked:
    """How a bake went. done: files written or found there; broken: (file, what went wrong) of those left out."""

    done: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]


def jobs(categories: Sequence[str], per_category: int, seed: int) -> list[dict[str, Any]]:
    """What to grow: factory, seed and file of each asset, the same for the same arguments.

    A category's factories take turns. Raises ConfigError for a category that Infinigen has no generator for.
    """
    if unknown := [name for name in categories if name not in FACTORIES]:
        raise ConfigError(f"--categories {unknown[0]}: Infinigen draws no such thing; known: {', '.join(CATEGORIES)}")
    made = []
    for name in categories:
        for k in range(per_category):
            # By name, so that a category more or less in the table changes none of the others.
            key = (zlib.crc32(name.encode()), k)
            number = int(np.random.SeedSequence(seed, spawn_key=key).generate_state(1)[0]) % 10**8
            factories = list(FACTORIES[name].items())
            factory, scale = factories[k % len(factories)]
            made.append({"category": name, "factory": factory, "scale": scale, "seed": number,
                         "file": f"{name}/{name}_{seed}_{k:04d}.glb"})  # fmt: skip
    return made


@resumable()
def bake_infinigen(
    categories: Sequence[str],
    per_category: int,
    output: Path,
    seed: int = 0,
    max_faces: int = 6000,
    texture_px: int = 1024,
    minutes_each: float = 10.0,
    advance: Callable[..., None] = lambda *_: None,
) -> Baked:
    """Grow `per_category` assets of each category into `output`, and an index.json that the source `files` reads.

    The same call again goes on where it was stopped; what was made with other settings is made anew.
    minutes_each: an asset that takes longer is given up.
    advance: called with (number, file) for each asset done or given up: so many are, counting this one. Raises
    ConfigError, before anything is installed, for an output that cannot be written to, CorpusError when another bake is
    writing there, PlantainError when no asset could be made, Stopped after Ctrl-C.
    """
    wanted = jobs(categories, per_category, seed)
    _check_writable(output)
    with kernel_lock(output, output / LOCK):
        index = _read_index(output)
        python = ready_environment(f"infinigen-{VERSION}", f"infinigen=={VERSION}", HERE / "infinigen_constraints.txt")
        broken: list[tuple[str, str]] = []
        todo = []
        gone = 0
        for job in wanted:
            made = index.get(job["file"], {}).get("made_with")
            if made == _settings(job, max_faces, texture_px) and (output / job["file"]).is_file():
                gone += 1
                advance(gone, job["file"])
            else:
                todo.append(job)
        while todo:
            batch, todo = todo[:BATCH], todo[BATCH:]
            for answer in _grow(python, batch, output, max_faces, texture_px, minutes_each * 60):
                job = batch.pop(0)
                if "error" in answer:
                    broken.append((job["file"], answer["error"]))
                else:
                    index[job["file"]] = _entry(job, answer) | {"made_with": _settings(job, max_faces, texture_px)}
                    _write_index(output, index)
                gone += 1
                advance(gone, job["file"])
            # What a lost process had not begun gets another one.
            todo = batch + todo
    done = tuple(job["file"] for job in wanted if job["file"] in index)
    if not done:
        raise PlantainError(f"{output}: not one asset could be made; the first failure: {broken[0][0]}: {broken[0][1]}")
    return Baked(done, tuple(broken))


def _settings(job: dict[str, Any], max_faces: int, texture_px: int) -> dict[str, Any]:
    kept = {key: job[key] for key in ("factory", "scale", "seed")}
    return kept | {"version": VERSION, "max_faces": max_faces, "texture_px": texture_px}


def _entry(job: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    name = f"Infinigen {job['factory'].rsplit('.', 1)[-1]} {job['seed']}"
    depth, width, height = answer["size_m"]  # Infinigen's fronts look along +x
    facts = {"file": job["file"], "name": name, "category": job["category"], "size_m": [width, depth, height]}
    return facts | {"faces": answer["faces"], "front": "+x"} | ATTRIBUTION


def _grow(
    python: Path, batch: list[dict[str, Any]], output: Path, max_faces: int, texture_px: int, seconds: float
) -> list[dict[str, Any]]:
    """Answers for the first jobs of a batch, in order: for all of them unless the process hangs or dies.

    The job it hangs or dies at is answered for here, so that at least one answer comes back.
    """
    for job in batch:
        (output / job["file"]).parent.mkdir(parents=True, exist_ok=True)
    order = {
        "jobs": [job | {"file": str((output / job["file"]).absolute())} for job in batch],
        "max_faces": max_faces,
        "texture_px": texture_px,
    }
    with (output / "bake.log").open("a") as log:
        process = subprocess.Popen(
            [str(python), str(HERE / "infinigen_worker.py"), json.dumps(order)],
            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, errors="replace",
        )  # fmt: skip
        watch = _Watch(process, seconds)
        answers: list[dict[str, Any]] = []
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(MARK):
                answers.append(json.loads(line[len(MARK) :]))
                watch.reset()
            else:
                log.write(line)
        status = process.wait()
        watch.stop()
    if len(answers) < len(batch):
        if watch.fired:
            why = f"took longer than {seconds / 60:g} minutes"
        else:
            why = f"its process ended with status {status}; see {output / 'bake.log'}"
        answers.append({"error": why})
    return answers


class _Watch:
    """Kills a process that has not been heard of for `seconds`. Owns a thread until `stop`."""

    def __init__(self, process: subprocess.Popen[str], seconds: float) -> None:
        self.fired = False
        self._process, self._seconds = process, seconds
        self._heard = time.monotonic()
        self._done = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def reset(self) -> None:
        self._heard = time.monotonic()

    def stop(self) -> None:
        self._done.set()

    def _run(self) -> None:
        while not self._done.wait(0.2):
            if time.monotonic() - self._heard > self._seconds:
                self.fired = True
                self._process.kill()
                return


def _check_writable(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=output):
            pass
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot write there ({error.strerror}); name another folder") from None


def _read_index(output: Path) -> dict[str, dict[str, Any]]:
    file = output / "index.json"
    if not file.is_file():
        return {}
    try:
        return {entry["file"]: entry for entry in json.loads(file.read_text())["assets"]}
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); choose another --output") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{file}: not an index of assets ({error}); remove it or choose another --output") from None


def _write_index(output: Path, index: dict[str, dict[str, Any]]) -> None:
    entries = [index[file] for file in sorted(index)]
    save_bytes(output / "index.json", (json.dumps({"assets": entries}, indent=1) + "\n").encode())
