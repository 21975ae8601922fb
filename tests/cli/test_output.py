"""What a command prints: names as they are, and what becomes of it when nobody reads it."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from pipeline.evaluate.intervals import Interval
from pipeline.evaluate.report import Line
from pipeline.tables import benchmark_table, generation_table, roundtrip_table, score_table
from pipeline.terminal import progress_bar
from tests.conftest import ROOT

NAMES = ["klein[lr=1e-4]", "klein[/a]", "klein:cat:"]
"""Which rich would read as a style, the end of one, and a picture."""

PRINTS = """
from pipeline import cli
cli.app = lambda **options: print("a line that waits for the end")
cli.main()
"""


def test_a_reader_that_has_gone_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-c", PRINTS], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
        )  # fmt: skip
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_tables_name_a_model_as_it_is(name, capsys):
    sure = Interval(0.5, 0.4, 0.6)
    line = Line("pq", "instance", "PQ", "", True, dict.fromkeys((name, "constant", "perfect"), sure), {name: sure})
    names = dict.fromkeys(("model", "before", "benchmark", "base", "partial"), name)
    empty = {"scores": {}, "published": [], "figures": [], "levels": {}, "losses": []}
    views = {"views": 6, "counted": "6 views", "split": "test"}
    report = SimpleNamespace(**names, **empty, **views, models={name: name}, lines=[line], lossless=False)
    score_table(report)
    title, _, header, *_ = capsys.readouterr().out.splitlines()
    assert name in title and name in header
    for table in (benchmark_table, generation_table, roundtrip_table):
        table(report)
        assert name in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_bar_names_a_model_as_it_is(name, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress_bar("views") as advance:
        advance(1, name, 2)
    assert name in capsys.readouterr().err
