"""What many tests share: a small corpus made once by the real command, and the command itself."""

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's matter: Hypothesis would fail one that a busy machine held up for 0.2 s.
settings.register_profile("plantain", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("plantain")

# Read by Ray when it starts: at its usual niceness of 15 workers starve on a busy machine.
os.environ.setdefault("RAY_worker_niceness", "0")

# With a process a core, more threads in each would only wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def own_ray():
    """One Ray with two cores for all tests that want one in this process: it takes seconds to start.

    A run finds it and leaves it running. Its metrics are a second old at most.
    """
    ray = pytest.importorskip("ray")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _system_config={"metrics_report_interval_ms": 1000},
    )
    yield
    ray.shutdown()


@pytest.fixture(scope="session")
def plantain():
    """Run the command as a user would: plantain("generate", ...) -> CompletedProcess with text."""

    def run(*arguments, timeout=600):
        command = [str(Path(sys.executable).parent / "plantain"), *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, env=dict(os.environ))

    return run


IN_TURN = """
import contextlib, io, json, sys
from pipeline import cli

for arguments in json.load(sys.stdin):
    sys.argv = ["plantain", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        status = cli._run()
    print(json.dumps([status, out.getvalue(), err.getvalue()]), flush=True)
"""


@pytest.fixture(scope="session")
def in_turn():
    """Run several commands in one process, which spares each its start: in_turn([...], ...) -> CompletedProcess of each."""

    def run(*commands):
        orders = json.dumps([list(map(str, arguments)) for arguments in commands])
        done = subprocess.run(
            [sys.executable, "-c", IN_TURN], input=orders, cwd=ROOT, capture_output=True, text=True, timeout=600
        )
        assert (done.returncode, done.stderr) == (0, "")
        rows = map(json.loads, done.stdout.splitlines())
        return [subprocess.CompletedProcess(one, *row) for one, row in zip(commands, rows, strict=True)]

    return run


@pytest.fixture(scope="session")
def small_corpus(plantain, tmp_path_factory):
    """30 raster views of primitives at 64x64, shards of 8, both formats."""
    output = tmp_path_factory.mktemp("corpus") / "primitives"
    done = plantain(*generate_arguments(output))
    assert done.returncode == 0, done.stderr
    return output


def free_port():
    """A port that nobody listens at, from below those that the system hands out by itself: nobody else is given it meanwhile."""
    while True:
        port = random.SystemRandom().randrange(15_000, 30_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def generate_arguments(output, samples=30, workers=2, seed=0):
    """Arguments of the generate command that makes a small corpus."""
    return [
        "generate", "--scene", "scenes/primitives.yaml", "--render", "render_configs/preview.yaml",
        "--samples", samples, "--shard-size", 8, "--seed", seed, "--workers", workers, "--output", output,
        "--set", "render.width=64", "--set", "render.height=64",
    ]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    """A real browser without a window. One for all tests: Playwright allows a thread no second one while the first runs."""
    found = [path for path in map(shutil.which, BROWSERS) if path is not None]
    # One from a snap has a /tmp of its own, and finds none of our pages.
    program = next((path for path in found if not os.path.realpath(path).startswith(("/snap/", "/usr/bin/snap"))), None)
    if program is None:
        pytest.skip(f"no {' or '.join(BROWSERS)} here; deploy/apt-dev.txt lists it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=program,
            timeout=120_000,
            args=["--no-sandbox", "--force-color-profile=srgb", "--disable-dev-shm-usage"],
        )
        yield found
        found.close()
