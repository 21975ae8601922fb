import pytest

from pipeline.farm.display import counts
from pipeline.farm.progress import WINDOW_SECONDS, Hand, Pace, Progress, parts, whole


def run(pace, events, workers=1):
    """Marks a list of (time, made)."""
    for now, made in events:
        pace.mark(now, made, workers)


def test_the_rate_is_that_of_the_recent_past_not_of_the_whole_run():
    pace = Pace()
    slow = [(t, t // 10) for t in range(0, 600, 10)]
    fast = [(600 + t, 60 + 5 * t) for t in range(300)]
    run(pace, slow)
    assert pace.rate(590) == pytest.approx(0.1, rel=0.01)
    run(pace, fast)
    assert pace.rate(899) == pytest.approx(5.0, rel=0.01)


def test_the_window_of_a_slow_run_is_long_enough_for_twenty_samples():
    pace = Pace()
    # A sample every 50 s, in turns a little early and a little late.
    run(pace, [(50 * k + (10 if k % 2 else 0), k) for k in range(100)])
    assert pace.rate(50 * 99 + 10) == pytest.approx(1 / 50, rel=0.02)


def test_workers_that_all_finish_their_first_sample_together_promise_nothing_yet():
    pace = Pace()
    # 64 workers, a minute a sample: every minute brings 64 samples within five seconds.
    rounds = [(60 * n + 5 * k / 64, 64 * (n - 1) + k + 1) for n in range(1, 9) for k in range(64)]
    run(pace, [(0, 0)], workers=64)
    rates = []
    for now, made in rounds:
        pace.mark(now, made, 64)
        rates.append(pace.rate(now))
    assert max(rate for rate in rates if rate is not None) < 1.3 * 64 / 60
    assert rates[-1] == pytest.approx(64 / 60, rel=0.3)


def test_the_clock_starts_with_the_first_worker():
    pace = Pace()
    run(pace, [(t, 0) for t in range(30)], workers=0)
    run(pace, [(30 + t, t) for t in range(11)])
    assert pace.rate(40) == pytest.approx(1.0)


def test_nothing_is_known_before_the_first_sample():
    pace = Pace()
    run(pace, [(t, 0) for t in range(100)])
    assert pace.rate(100) is None
    assert Progress(10).seconds_left is None


def test_the_rate_falls_when_nothing_comes_any_more():
    pace = Pace()
    run(pace, [(t, t) for t in range(61)])
    assert pace.rate(61) == pytest.approx(1.0)
    assert pace.rate(61 + 600) < 0.11


def test_the_marks_that_are_kept_do_not_grow_with_the_run():
    pace = Pace()
    run(pace, [(t / 10, t) for t in range(50_000)])
    assert len(pace._marks) <= WINDOW_SECONDS + 2


def test_resumed_samples_shorten_the_time_left_and_do_not_speed_it_up(monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    progress = Progress(total=1000, resumed=800, done=800)
    for now in range(21):
        progress.made, progress.done = now, 800 + now
        progress.see([Hand("a", 1)])
    assert progress.rate == pytest.approx(1.0)
    assert progress.seconds_left == pytest.approx(180.0)


def test_samples_left_out_are_not_waited_for():
    progress = Progress(total=10, done=9)
    progress.quarantined.append({"index": 3})
    assert progress.seconds_left == 0.0


def test_a_run_remembers_the_most_workers_it_had_and_all_its_nodes():
    progress = Progress(10)
    progress.see([Hand("a", 1), Hand("b", 2), Hand()])
    progress.see([Hand("c", 3)])
    assert (progress.most_workers, progress.nodes) == (2, {"a", "b", "c"})


def test_the_share_of_views_drawn_in_vain_counts_all_that_were_drawn():
    assert counts(Progress(100, done=30, rejected=10), 0) == ["10 drawn again (25.0%)"]


def test_parts_of_a_stage_are_not_counted_beside_it():
    seconds = {"write": 1.0, "render.cycles": 6.0, "render": 8.0, "compose": 2.0, "render.build": 1.5, "new": 1.0}
    assert whole(seconds) == {"compose": 2.0, "render": 8.0, "write": 1.0, "new": 1.0}
    assert list(whole(seconds)) == ["compose", "render", "write", "new"]
    assert parts(seconds, "render") == {"cycles": 6.0, "build": 1.5}
