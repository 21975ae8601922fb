"""A run into an S3 store, killed on the way: what is to be seen there is whole, and the next run goes on from it."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import ConnectionError as NoAnswer

from tests.chaos.cluster import START_S, Driver, Marked, kill, wait_for
from tests.chaos.corpora import RUN_RECORD, SAMPLES, SHARD, arguments, hashes
from tests.conftest import free_port

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"), pytest.mark.timeout(900)]
HELD = 64
"""The sample at which the run waits to be killed: 16 shards in two formats come before."""
BUCKET = "corpora"


@pytest.fixture
def store(monkeypatch):
    """A store in a process of its own, which outlives whatever writes to it; what is started from here on finds it."""
    marked = Marked()
    endpoint = f"http://127.0.0.1:{free_port()}"
    reach = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "chaos",
        "AWS_SECRET_ACCESS_KEY": "chaos",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in reach.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", endpoint.rpartition(":")[2]]
    server = subprocess.Popen(
        command, env=marked.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        client = boto3.client("s3")
        wait_for("the store", lambda: _answers(client), START_S)
        client.create_bucket(Bucket=BUCKET)
        yield client
    finally:
        marked.kill_all()
        server.wait(START_S)


def _answers(client):
    try:
        return client.list_buckets()
    except NoAnswer:
        return None


def names(client):
    """The objects of the corpus, by their paths in it."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="corpus/")
    keys = (row["Key"] for page in pages for row in page.get("Contents", ()))
    return [key.removeprefix("corpus/") for key in keys if not key.endswith(f"/{RUN_RECORD}")]


def objects(client):
    """SHA-256 of every object of the corpus, by its path in it."""
    return {
        name: hashlib.sha256(client.get_object(Bucket=BUCKET, Key=f"corpus/{name}")["Body"].read()).hexdigest()
        for name in names(client)
    }


def in_splits(hashed):
    return {path: value for path, value in hashed.items() if in_split(path)}


def in_split(path):
    return path.split("/")[0] in ("train", "val", "test")


def test_what_a_killed_run_leaves_in_a_store_is_whole_and_the_same_command_finishes_it(store, sound, tmp_path):
    whole = hashes(sound)
    command = arguments(f"s3://{BUCKET}/corpus", SAMPLES, SHARD, workers=2)
    driver = Driver(Marked(), command, tmp_path / "driver.log", (tmp_path / "never", HELD))

    def there(count):
        what = f"{count} objects ({driver.said[-300:]})"
        wait_for(what, lambda: sum(map(in_split, names(store))) >= count, START_S, 0.2)

    try:
        driver.start()
        there(4)
        kill(wait_for("a process that makes samples", driver.marked.makers, START_S)[0])
        there(12)
        kill(wait_for("a worker", driver.marked.actors, START_S)[0])
        there(24)
        driver.kill()
        driver.marked.kill_all()
        left = in_splits(objects(store))
        assert left and left.items() <= whole.items()
        assert "train/manifest.json" not in left
        driver.hold = None
        driver.start()
        assert driver.wait(START_S) == 0
        assert objects(store) == whole
    finally:
        driver.marked.kill_all()
