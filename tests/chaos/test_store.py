"""A run into an S3 store, killed on the way: what is to be seen there is whole, and the next run goes on from it."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import ConnectionError as NoAnswer

from tests.chaos.cluster import START_S, Driver, Marked, free_port, kill, wait_for
from tests.chaos.corpora import RUN_RECORD, arguments, hashes, undisturbed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
SAMPLES, SHARD = 160, 4
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
        server.wait(10)


def _answers(client):
    try:
        return client.list_buckets()
    except NoAnswer:
        return None


def objects(client):
    """SHA-256 of every object of the corpus, by its path in it."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="corpus/")
    keys = [row["Key"] for page in pages for row in page.get("Contents", ())]
    return {
        key.removeprefix("corpus/"): hashlib.sha256(
            client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        ).hexdigest()
        for key in keys
        if not key.endswith(f"/{RUN_RECORD}")
    }


def in_splits(hashed):
    return {path: value for path, value in hashed.items() if path.split("/")[0] in ("train", "val", "test")}


def test_what_a_killed_run_leaves_in_a_store_is_whole_and_the_same_command_finishes_it(store, tmp_path):
    sound = hashes(undisturbed(tmp_path / "sound", SAMPLES, SHARD))
    driver = Driver(Marked(), arguments(f"s3://{BUCKET}/corpus", SAMPLES, SHARD, workers=2), tmp_path / "driver.log")

    def there(count):
        wait_for(f"{count} objects ({driver.said[-300:]})", lambda: len(in_splits(objects(store))) >= count, START_S)

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
        assert left and left.items() <= sound.items()
        assert "train/manifest.json" not in left, "the run was done before it was killed"
        driver.start()
        assert driver.wait(START_S) == 0
        assert objects(store) == sound
    finally:
        driver.marked.kill_all()
