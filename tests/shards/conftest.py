"""Stores to write corpora to, and corpora made without rendering."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pipeline.shards import lease
from pipeline.shards.location import Location, location

_NUMBERS = count()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim of a store takes that long."""
    monkeypatch.setattr(lease, "SETTLE_S", 0.05)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Any]:
    """A store that speaks S3 on this machine, and the environment that drivers find it by; it has the bucket "corpora"."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3fs = pytest.importorskip("s3fs")
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "nobody")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        environment.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("corpora")
        yield server
        s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(params=["disk", "memory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """A folder that does not exist yet, on a disk and in stores."""
    return _place(request, request.param, tmp_path)


@pytest.fixture(params=["memory", "s3"])
def store_place(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """A folder that does not exist yet, in stores."""
    return _place(request, request.param, tmp_path)


def _place(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Location:
    if kind == "disk":
        return tmp_path / "corpus"
    if kind == "s3":
        request.getfixturevalue("s3_server")
    return location(f"{kind}://corpora/{next(_NUMBERS)}")
