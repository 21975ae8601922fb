"""The Ray that a run works on: one of its own on this machine, or a cluster that is already there.

Workers on a cluster run the driver's own `pipeline`: Ray uploads the package (well under a megabyte) once and unpacks
it on every node that starts a worker, before anything that is installed there. So nodes need the image and nothing
else, and all of them make the same bytes. Credentials are never copied: nodes have their own roles or environments.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pipeline
from pipeline.errors import ConfigError, one_line, require
from pipeline.farm.machines import Cluster, living_nodes
from pipeline.machine import cores

ENV_VARS = {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""What every worker's process is started with. 0: a worker that reserves no GPU keeps the GPUs it can see."""

OBJECT_STORE_BYTES = 200 * 2**20
"""Of a Ray started here: shards go to disk, not through Ray; only events do."""

REACH_SECONDS = 10
"""How long an address may take to answer. Ray itself would wait for two minutes, then abort the process."""

STARTS = 3
"""Times that Ray is started on this machine. It gives its processes half a minute, which on a very busy machine is short."""

ALIVE = "/ray.rpc.NodeInfoGcsService/CheckAlive"
"""A question that every Ray head understands, and does not answer without its token where it has one."""


@contextmanager
def connect(address: str | None = None, workers: int | None = None) -> Iterator[Cluster]:
    """Ray, connected, for the time of a `with` block; yields what it has to give.

    address: "auto" (a cluster that `ray start` began on this machine) or "HOST:PORT". None: what RAY_ADDRESS names, as it
        does inside `ray job submit` and in a cluster's pods; without it, a Ray of this process's own, on this machine's
        cores, which ends with the block.
    workers: how many the run asks for; a Ray of its own gets at least so many slots.

    A process that is connected to Ray already keeps that connection, and keeps it afterwards. Raises ConfigError, one
    line, when there is no cluster, when it cannot be reached, or when its versions are not the driver's.
    """
    require("farm", "ray")
    target = resolve_address(address)
    # Ray reads these when it is imported: no usage reports, and no rewriting of other libraries' variables.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray would run workers at niceness 15: beside anything else that computes, a run would all but stand still.
    os.environ.setdefault("RAY_worker_niceness", "0")
    for name, value in ENV_VARS.items():
        os.environ.setdefault(name, value)
    if target is not None:
        called = f"--address {address or target}" + (f" ({target})" if address not in (None, target) else "")
        _check_reachable(called, target)
    import ray

    if ray.is_initialized():
        yield Cluster(target is None, living_nodes())
        return
    if target is None:
        _start(max(workers or 0, cores()))
    else:
        _join(called, target)
    try:
        yield Cluster(target is None, living_nodes())
    finally:
        ray.shutdown()


def resolve_address(address: str | None) -> str | None:
    """The cluster that `--address` and RAY_ADDRESS lead to, as "HOST:PORT"; None for a Ray of one's own.

    Raises ConfigError for "auto" where no cluster was started, and for what is no address.
    """
    named = address
    if address in (None, "auto"):
        named = os.environ.get("RAY_ADDRESS") or address
    if named is None or named == "local":
        return None
    if named == "auto":
        named = _started_here()
    _host_and_port(named)
    return named


def _started_here() -> str:
    """The address that `ray start` left on this machine. Ray's own "auto" would join other processes' private Rays, too."""
    folder = Path(os.environ.get("RAY_TMPDIR") or os.environ.get("TMPDIR") or "/tmp") / "ray"
    try:
        return (folder / "ray_current_cluster").read_text().strip()
    except OSError:
        raise ConfigError(
            "--address auto: no Ray cluster is running here; start one with `ray start --head`, or leave --address out"
        ) from None


def _host_and_port(address: str) -> tuple[str, int]:
    """ "HOST:PORT" or "[::1]:PORT" -> host without brackets, port."""
    if address.startswith("ray://"):
        raise ConfigError(
            f"--address {address}: Ray Client carries no streams, which workers report through; give auto or HOST:6379 on "
            "a machine of the cluster, or send the command there: ray job submit --address http://HOST:8265 -- plantain ..."
        )
    host, _, port = address.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or "/" in bare or not port.isdecimal() or not 0 < int(port) < 65536 or (":" in bare and bare == host):
        raise ConfigError(f"--address {address}: not an address; give auto or HOST:6379")
    return bare, int(port)


def _check_reachable(called: str, target: str) -> None:
    """Make sure that a Ray cluster answers, and that this process will show it the token that it wants.

    Raises ConfigError where nothing, or something else, answers within REACH_SECONDS, and when no token is here.
    """
    import grpc

    remedy = "start one with `ray start --head`, or leave --address out"
    try:
        socket.create_connection(_host_and_port(target), REACH_SECONDS).close()
    except OSError as error:
        raise ConfigError(f"{called}: no Ray cluster answers there ({error.strerror or error}); {remedy}") from None
    if os.environ.get("RAY_USE_TLS", "0") != "0":
        return  # Only Ray knows with which certificates.
    with grpc.insecure_channel(target) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=REACH_SECONDS)
            channel.unary_unary(ALIVE)(b"", timeout=REACH_SECONDS)
        except grpc.FutureTimeoutError:
            raise ConfigError(
                f"{called}: what listens there is no Ray cluster, or hangs: no answer within {REACH_SECONDS} s; {remedy}"
            ) from None
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                _show_token(called)


def _show_token(called: str) -> None:
    """Have Ray show its token, which it does by itself only to clusters that it found by itself."""
    named = os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH")
    if not named and not (Path.home() / ".ray" / "auth_token").is_file():
        raise ConfigError(
            f"{called}: the cluster wants its token; copy the head's ~/.ray/auth_token here, or set RAY_AUTH_TOKEN_PATH"
        )
    os.environ.setdefault("RAY_AUTH_MODE", "token")


def _start(cores: int) -> None:
    """A Ray of this process's own. Raises ConfigError when it does not come up, STARTS times in a row."""
    import ray

    for number in range(1, STARTS + 1):
        try:
            ray.init(
                address="local",
                num_cpus=cores,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                log_to_driver=False,
                logging_level="ERROR",
            )
            return
        except Exception as error:  # Ray raises no narrower one when its processes take longer than it waits for them
            ray.shutdown()
            if number == STARTS:
                raise ConfigError(
                    f"Ray did not start on this machine, {STARTS} times in a row: {one_line(error, 300)}; when less runs here, "
                    "the same command again goes on"
                ) from error


def _join(called: str, target: str) -> None:
    """Connect to the cluster at `target`, shipping this package."""
    import ray

    try:
        ray.init(address=target, runtime_env=runtime_env(), log_to_driver=False, logging_level="ERROR")
    except (RuntimeError, ValueError, OSError, ray.exceptions.RayError) as error:
        # Another version of Ray or Python there, a port that is not Ray's main one, a token that is not the cluster's.
        ray.shutdown()
        raise ConfigError(f"{called}: cannot be joined: {one_line(error, 300)}") from error


def runtime_env() -> dict[str, Any]:
    """What workers of a cluster get from the driver: its `pipeline` package, and ENV_VARS.

    Inside `ray job submit` the job has a runtime environment already: what it ships is kept, after ours.
    """
    submitted = json.loads(os.environ.get("RAY_JOB_CONFIG_JSON_ENV_VAR") or "{}").get("runtime_env") or {}
    # The keys are ours and the job's together, which Ray takes for a conflict unless it is told that it is meant.
    os.environ["RAY_OVERRIDE_JOB_RUNTIME_ENV"] = "1"
    return {
        "py_modules": [pipeline.__path__[0], *submitted.get("py_modules", [])],
        "env_vars": {**ENV_VARS, **submitted.get("env_vars", {})},
    }
