"""When a run ends because no worker can begin."""

from pipeline.farm.crew import STARTING_SECONDS, Crew, Member
from pipeline.farm.faults import MAX_TRIES
from pipeline.farm.progress import Hand

NOW = 1_000_000.0


def crew(monkeypatch, *nodes):
    """Members hired at NOW, of which those with a node have started."""
    monkeypatch.setattr("time.monotonic", lambda: NOW)
    made = Crew(lambda: None, 1.0)
    made.members = [Member(n, None, None, NOW, Hand(node=node)) for n, node in enumerate(nodes)]
    return made


def test_all_rest_only_when_the_last_has_failed_too(monkeypatch):
    two = crew(monkeypatch, "a", "b")
    first, second = two.members
    assert [two.bench(first, at_once=False) for _ in range(MAX_TRIES)] == [False] * MAX_TRIES
    assert first.resting and not second.resting
    assert two.bench(second, at_once=True)


def test_a_bad_machine_that_comes_first_does_not_end_a_run_whose_others_still_start(monkeypatch):
    growing = crew(monkeypatch, "bad", "", "")
    assert not growing.bench(growing.members[0], at_once=True)
    monkeypatch.setattr("time.monotonic", lambda: NOW + STARTING_SECONDS + 1)
    assert growing.bench(growing.members[0], at_once=True)
