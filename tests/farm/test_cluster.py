"""A real Ray cluster in processes of its own: joined, worked on, submitted to, and missed."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from pipeline.errors import ConfigError
from pipeline.farm import cluster
from pipeline.farm.cluster import ENV_VARS, resolve_address, runtime_env
from tests.conftest import ROOT, free_port

pytestmark = pytest.mark.timeout(900)

BIN = Path(sys.executable).parent
WHERE = """
import sys
from pipeline.farm.cluster import connect
with connect(sys.argv[1] if len(sys.argv) > 1 else None) as cluster:
    import json, ray
    @ray.remote(num_cpus=1)
    class Actor:
        def where(self):
            import os, pipeline
            return pipeline.__file__, os.environ.get("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"), os.environ.get("SECRET")
    print(json.dumps([cluster.local, cluster.cores, [n.name for n in cluster.nodes], *ray.get(Actor.remote().where.remote())]))
"""


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    """`ray start --head` with two cores and a token, in a folder of its own; ended with all its processes."""
    # Sockets have short names only, so not in pytest's folder.
    folder = tmp_path_factory.mktemp("ray")
    short = Path("/tmp") / f"plantain-{os.getpid()}"
    short.symlink_to(folder)
    token = folder / "token"
    token.write_text("a-token-of-thirty-two-characters-and-more")
    env = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")} | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_TMPDIR": str(short),
    }
    gcs, dashboard, agent = free_port(), free_port(), free_port()
    command = [
        BIN / "ray", "start", "--head", "--block", "--num-cpus=2", "--object-store-memory=80000000", f"--port={gcs}",
        f"--dashboard-port={dashboard}", f"--ray-client-server-port={free_port()}", "--disable-usage-stats",
        f"--dashboard-agent-listen-port={agent}", "--min-worker-port=0", "--max-worker-port=0",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        run = subprocess.Popen(list(map(str, command)), env=env, cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + 400
    # The address is written before those who take jobs listen.
    while not ((short / "ray/ray_current_cluster").exists() and all(map(listens, (gcs, dashboard, agent)))):
        if run.poll() is not None or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    try:
        assert run.poll() is None and all(map(listens, (gcs, dashboard, agent))), (folder / "log").read_text()
        client = {key: value for key, value in env.items() if key not in ("RAY_AUTH_MODE", "RAY_TMPDIR")}
        yield SimpleNamespace(
            address=f"127.0.0.1:{gcs}", dashboard=f"http://127.0.0.1:{dashboard}", env=client, tmp=short
        )
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
            run.terminate()
            _, alive = psutil.wait_procs(family, 30)
            for one in alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        run.wait(200)
        short.unlink()


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def driver(env, *arguments, code=WHERE, cwd=ROOT):
    """Run a driver as its own process. -> (exit status, stdout, stderr)"""
    env = env | {"PYTHONPATH": str(ROOT), "SECRET": "of the driver"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=env, cwd=cwd, capture_output=True, text=True, timeout=400
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("way", ["auto", "address", "RAY_ADDRESS"])
def test_workers_of_a_cluster_run_the_drivers_own_package_and_get_no_secrets(head, way, tmp_path):
    env, arguments = head.env, [head.address]
    if way == "auto":
        env, arguments = env | {"RAY_TMPDIR": str(head.tmp)}, ["auto"]
    elif way == "RAY_ADDRESS":
        env, arguments = env | {"RAY_ADDRESS": head.address}, []
    status, out, err = driver(env, *arguments, cwd=tmp_path)
    assert status == 0, err
    local, cores, names, file, override, secret = json.loads(out)
    assert (local, cores, names) == (False, 2, [socket.gethostname()])
    assert "py_modules_files" in file and Path(file).read_text() == (ROOT / "pipeline/__init__.py").read_text()
    assert (override, secret) == (ENV_VARS["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"], None)


def test_a_submitted_job_joins_the_cluster_that_runs_it_and_makes_the_bytes_of_any_other_run(head, tmp_path, plantain):
    output = tmp_path / "submitted"
    command = [
        "generate", "--scene", "scenes/primitives.yaml", "--render", "render_configs/preview.yaml", "--samples", 2,
        "--shard-size", 2, "--splits", "train=1", "--set", "render.width=64", "--set", "render.height=64",
    ]  # fmt: skip
    submit = [
        BIN / "ray",
        "job",
        "submit",
        "--address",
        head.dashboard,
        "--",
        sys.executable,
        "-m",
        "pipeline",
        *command,
    ]
    env = head.env | {"RAY_AUTH_MODE": "token", "PYTHONPATH": str(ROOT)}
    whole = [*map(str, submit), "--output", str(output)]
    done = subprocess.run(whole, env=env, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0 and "2 samples" in done.stdout, done.stdout + done.stderr
    elsewhere = plantain(*command, "--output", tmp_path / "here")
    assert elsewhere.returncode == 0, elsewhere.stderr
    for name in ("shard-000000.tar", "shard-000000.parquet"):
        assert (output / "train" / name).read_bytes() == (tmp_path / "here/train" / name).read_bytes()


def complaint(env, *arguments, code=WHERE):
    status, _, err = driver(env, *arguments, code=code)
    assert status == 1
    # Ray may have a word to say after the traceback.
    said = [line for line in err.splitlines() if line.startswith("pipeline.errors.ConfigError: ")]
    return said[-1].removeprefix("pipeline.errors.ConfigError: ")


def test_another_ray_version_is_named_in_one_line(head):
    code = "import os; os.environ['RAY_AUTH_MODE'] = 'token'; import ray; ray.__version__ = '2.1.0'\n" + WHERE
    line = complaint(head.env, head.address, code=code)
    assert line.startswith(f"--address {head.address}: cannot be joined: Version mismatch") and "Ray: 2.1.0" in line


def test_a_cluster_whose_token_is_missing_says_so(head, tmp_path):
    env = {key: value for key, value in head.env.items() if not key.startswith("RAY_")} | {"HOME": str(tmp_path)}
    assert complaint(env, head.address).startswith(f"--address {head.address}: the cluster wants its token; copy")


def test_a_cluster_that_is_not_there_is_missed_in_one_line(tmp_path):
    env = {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}
    assert complaint(env | {"RAY_TMPDIR": str(tmp_path)}, "auto") == (
        "--address auto: no Ray cluster is running here; start one with `ray start --head`, or leave --address out"
    )
    with socket.socket() as deaf:  # taken, and nobody listens
        deaf.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        line = complaint(env, address)
    assert line.startswith(f"--address {address}: no Ray cluster answers there (Connection refused)")


def test_what_listens_but_is_no_cluster_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(cluster, "REACH_SECONDS", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with (
            pytest.raises(ConfigError, match=f"--address {address}: what listens there is no Ray cluster"),
            cluster.connect(address),
        ):
            pass


@pytest.mark.parametrize("slow", [1, cluster.STARTS])
def test_a_ray_that_does_not_start_in_time_is_started_again_and_in_the_end_complained_of(monkeypatch, slow):
    import ray

    tries, ended = [], []

    def init(**options):
        tries.append((options["address"], options["num_cpus"]))
        if len(tries) <= slow:
            raise Exception("The current node timed out during startup.\nThis could happen because ...")

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr(ray, "shutdown", lambda: ended.append(len(tries)))
    monkeypatch.setattr(cluster, "living_nodes", tuple)
    monkeypatch.setattr(cluster, "cores", lambda: 3)
    if slow == 1:
        with cluster.connect() as joined:
            assert joined.local and tries == [("local", 3)] * 2 and ended == [1]
    else:
        said = (
            "Ray did not start on this machine, 3 times in a row: The current node timed out during startup. This could"
        )
        with pytest.raises(ConfigError, match=said), cluster.connect():
            pass
        assert len(tries) == 3


@pytest.mark.parametrize("text", ["head", "head:", "head:0", "head:65536", "::1:6379", "http://head:8265", ":6379"])
def test_what_is_no_address_is_refused(monkeypatch, text):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with pytest.raises(ConfigError, match="give auto or HOST:6379"):
        resolve_address(text)


def test_ray_client_is_refused_with_what_to_do_instead():
    with pytest.raises(ConfigError, match="ray job submit --address http://HOST:8265"):
        resolve_address("ray://head:10001")


def test_an_address_wins_over_the_environment_which_wins_over_a_ray_of_ones_own(monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert resolve_address(None) is None
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    assert resolve_address(None) == resolve_address("auto") == "10.0.0.1:6379"
    assert resolve_address("[::1]:6380") == "[::1]:6380"


def test_what_a_submitted_job_ships_is_kept_behind_the_drivers_own_package(monkeypatch):
    job = {"runtime_env": {"py_modules": ["gcs://theirs.zip"], "env_vars": {"A": "1"}, "working_dir": "gcs://w.zip"}}
    monkeypatch.setenv("RAY_JOB_CONFIG_JSON_ENV_VAR", json.dumps(job))
    monkeypatch.setenv("RAY_OVERRIDE_JOB_RUNTIME_ENV", "0")
    shipped = runtime_env()
    assert shipped["py_modules"] == [str(ROOT / "pipeline"), "gcs://theirs.zip"]
    assert shipped["env_vars"] == {**ENV_VARS, "A": "1"}
