"""`plantain status` from another shell: beside a run, after its death, and when all is done."""

import json
import os
import signal
import subprocess
import time

import pytest

from tests.conftest import ROOT, generate_arguments
from tests.farm import held


@pytest.mark.timeout(900)
def test_a_run_is_seen_from_another_shell_alive_dead_and_finished(plantain, tmp_path):
    output, samples = tmp_path / "x", 16
    arguments = generate_arguments(output, samples=samples, workers=1)
    run = subprocess.Popen(
        held.command(tmp_path / "never", 8, *arguments), cwd=ROOT, env=os.environ | held.ENVIRONMENT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        place, deadline = output / ".progress" / "status.json", time.monotonic() + 400
        while not (place.exists() and json.loads(place.read_text())["done"]):
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        record = json.loads(plantain("status", output, "--json").stdout)
        assert (record["state"], record["pid"], record["total"]) == ("running", run.pid, samples)
        assert record["workers"][0]["node"] and record["workers"][0]["resident_bytes"] > 0
        seen = plantain("status", output)
        assert seen.returncode == 0 and f"running on {record['host']} (process {run.pid})" in seen.stdout
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    seen = plantain("status", output)
    assert seen.returncode == 0 and "died at" in seen.stdout and "the same command again resumes" in seen.stdout
    done = plantain(*arguments)
    assert done.returncode == 0, done.stderr
    assert "seconds a sample" in done.stdout and "write" in done.stdout
    seen = plantain("status", output)
    assert seen.stdout.startswith(f"{output}: finished\n  {samples} of {samples} samples (100%)\n")
    assert "seconds a sample" in seen.stdout
    runs = json.loads((output / "run.json").read_text())["runs"]
    assert [one["ended"] for one in runs] == ["died", "finished"]
    assert 0 < runs[0]["samples"] < samples


def test_the_time_by_stage_of_real_samples_is_in_run_json(small_corpus):
    (run,) = json.loads((small_corpus / "run.json").read_text())["runs"]
    assert run["samples"] == 30
    assert list(run["stages"]) and run["stages"].keys() == {"compose", "label", "ask", "render", "encode", "write"}
    assert all(seconds > 0 for seconds in run["stages"].values())


def test_what_is_no_corpus_gets_one_line(plantain, tmp_path):
    done = plantain("status", tmp_path)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"plantain: {tmp_path} is not a corpus")
