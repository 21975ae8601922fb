import io
import re

import pytest
from rich.console import Console

from pipeline.farm import display
from pipeline.farm.display import duration, line, pace, picture, print_end, print_status, progress_display, stages_table
from pipeline.farm.progress import Hand, Progress
from pipeline.farm.status import Status


def busy(workers=3, **changes):
    """A run in the middle of things, on a cluster whose names are long."""
    progress = Progress(total=100_000, done=41_234, rejected=1023, retries=12, lost=3, **changes)
    progress.quarantined = [{"index": 5, "reason": "hung", "replay": "plantain preview --index 5"}]
    node = "ip-192-0-2-17.eu-central-1.compute.internal"
    progress.see([Hand(node, 100000 + k, 41_000 + k, "render", 12.4, 3 * 2**30) for k in range(workers)] + [Hand()])
    return progress


def at_rate(monkeypatch, rate):
    monkeypatch.setattr(display.Progress, "rate", property(lambda self: rate))


def drawn(renderable, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()


def test_a_line_tells_what_is_done_how_fast_and_what_went_wrong(monkeypatch):
    at_rate(monkeypatch, 2.0)
    assert line(busy(note="finishing the shards in hand")) == (
        "41234 of 100000 views, 2/s, 8 h 9 min left, 1023 drawn again (2.4%), 12 retries, 3 workers lost, 1 left out, "
        "finishing the shards in hand"
    )


def test_a_run_where_nothing_went_wrong_has_nothing_to_tell_of_it(monkeypatch):
    at_rate(monkeypatch, 2.0)
    assert line(Progress(total=10, done=4)) == "4 of 10 views, 2/s, 3 s left"


def test_nothing_is_said_of_a_rate_that_is_not_known():
    assert line(Progress(total=10)) == "0 of 10 views"


@pytest.mark.parametrize("workers", [1, 5, 3000])
def test_a_terminal_of_80_columns_and_24_lines_shows_it_all(monkeypatch, workers):
    at_rate(monkeypatch, 0.02)
    lines = drawn(picture(busy(workers, note="finishing the shards in hand"))).splitlines()
    assert len(lines) < 20 and max(map(len, lines)) <= 80
    text = "\n".join(lines)
    for words in ("41234/100000", "1.2/min", "34 d 0 h left", "3 workers lost", "1 left out", "finishing", "render"):
        assert words in text
    assert ("3001 workers on 1 node: 3000 render, 1 starting" in text) == (workers == 3000)


@pytest.mark.parametrize(
    ("rate", "text"),
    [(312.4, "312/s"), (1.42, "1.42/s"), (0.5, "0.5/s"), (0.499, "29.9/min"), (0.002, "7.2/h"), (0.0, "0/s")],
)
def test_a_pace_is_told_in_a_unit_that_leaves_something_to_read(rate, text):
    assert pace(rate) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s"), (3600 * 3 + 61, "3 h 1 min"), (86400 * 2.5, "2 d 12 h")],
)
def test_a_time_is_told_in_its_two_largest_units(seconds, text):
    assert duration(seconds) == text


def test_shares_of_the_stages_sum_to_one_and_parts_to_their_stage():
    seconds = {"compose": 1.0, "render": 8.0, "render.cycles": 7.0, "render.build": 1.0, "write": 1.0}
    rows = [row.split() for row in drawn(stages_table(seconds, 10)).splitlines()[1:]]
    assert [row[0] for row in rows] == ["compose", "render", "cycles", "build", "write"]
    shares = {row[0]: float(row[2].rstrip("%")) for row in rows}
    assert shares["compose"] + shares["render"] + shares["write"] == pytest.approx(100)
    assert shares["cycles"] + shares["build"] == pytest.approx(shares["render"])
    assert rows[1][1] == "0.8000"


def test_without_a_terminal_a_line_comes_every_ten_seconds(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with progress_display() as show:
        for now[0] in range(31):
            show(Progress(total=10, done=4))
    assert capsys.readouterr().err.splitlines() == ["4 of 10 views"] * 3


def test_the_end_of_a_run_tells_what_was_left_out_and_what_a_sample_took(capsys):
    progress = busy(made=10)
    progress.seconds.update({"render": 8.0, "compose": 2.0})
    print_end(progress, "output/x")
    text = capsys.readouterr().out
    assert "output/x: 41234 samples; 1023 views drawn again, 12 shards retried, 3 workers lost" in text
    assert "output/x: sample 5 left out: hung" in text and "  to see it: plantain preview --index 5" in text
    assert re.search(r"render +0\.8000 +80\.0%", text)


def test_a_status_tells_of_a_run_that_died_and_how_to_go_on(capsys):
    print_status(Status(state="died", host="node7", written=1e9, total=10, done=4, note="", retries=1), "s3://b/x")
    text = capsys.readouterr().out
    assert re.search(r"s3://b/x: died at 2001-09-\d\d .* on node7; the same command again resumes", text)
    assert "4 of 10 samples (40%)" in text and "1 retry" in text


def test_a_status_names_the_left_out_samples_with_their_replay_command(capsys):
    left_out = [{"index": 3, "reason": "hung", "replay": "plantain preview --seed 0 --index 3" + " --x" * 40}]
    print_status(Status(state="finished", total=10, done=8, left_out=2, left_out_samples=left_out), "x")
    lines = capsys.readouterr().out.splitlines()
    assert f"    to see it: {left_out[0]['replay']}" in lines
    assert lines[-1] == "  and 1 more, in the manifests"
