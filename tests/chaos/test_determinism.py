import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT, generate_arguments


def hashes(corpus):
    return {
        str(path.relative_to(corpus)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(corpus.rglob("*"))
        if path.is_file() and path.name != "run.json"  # the only file with clock times in it
    }


def test_one_worker_and_two_make_the_same_bytes(plantain, small_corpus, tmp_path):
    done = plantain(*generate_arguments(tmp_path / "one", workers=1))
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "one") == hashes(small_corpus)


def test_a_run_killed_midway_resumes_to_the_same_bytes(plantain, small_corpus, tmp_path):
    output = tmp_path / "killed"
    command = [str(Path(sys.executable).parent / "plantain"), *map(str, generate_arguments(output, workers=1))]
    run = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 120
    while not list(output.glob("train/shard-000000.tar")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert list(output.glob("train/shard-000000.tar")), "no shard was written before the deadline"
    assert not (output / "train" / "manifest.json").exists(), "the run finished before it could be killed"
    done = plantain(*generate_arguments(output))
    assert done.returncode == 0, done.stderr
    assert hashes(output) == hashes(small_corpus)
