"""Corpora to compare with: what a run makes that nobody disturbs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.chaos.cluster import Marked
from tests.conftest import ROOT

SAMPLES, SHARD = 96, 4
"""Of the corpus that single drivers make."""
RUN_RECORD = "run.json"
"""Holds wall times: no two are alike."""


def arguments(
    output: Any, samples: int, shard: int, workers: int | None = None, address: str | None = None
) -> list[Any]:
    """Of the generate command, for raster views so small that a worker makes dozens a second."""
    return [
        "generate", "--scene", "scenes/primitives.yaml", "--render", "render_configs/preview.yaml", "--output", output,
        "--samples", samples, "--shard-size", shard, "--set", "render.width=64", "--set", "render.height=64",
        *(("--workers", workers) if workers else ()), *(("--address", address) if address else ()),
    ]  # fmt: skip


def undisturbed(output: Path, samples: int, shard: int) -> Path:
    """A corpus made in peace on this machine."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments(output, samples, shard))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, env=Marked().environment)
    assert done.returncode == 0, done.stderr
    return output


def hashes(corpus: Path) -> dict[str, str]:
    """SHA-256 of every file of a corpus, hidden and temporary ones included, by its path."""
    return {
        str(path.relative_to(corpus)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(corpus.rglob("*"))
        if path.is_file() and path.name != RUN_RECORD
    }


def shards_of(corpus: Path) -> list[Path]:
    """Shard files that are to be seen, one of each shard."""
    return list(corpus.glob("*/shard-*.parquet"))
