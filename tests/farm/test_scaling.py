import pytest

from benchmarks.scaling import core_seconds, requests

DAY = 86_400.0


def test_a_run_that_takes_longer_asks_the_store_more_often_though_it_writes_the_same():
    minute, day = (requests(1000, 1e6, seconds) for seconds in (60.0, DAY))
    # The lease alone: read and renewed four times a minute.
    assert minute >= 1000 and day - minute > 2 * 4 * 60 * 23


def test_a_shard_of_several_parts_is_several_requests():
    assert requests(100, 500 * 2**20, DAY) - requests(100, 2**20, DAY) == 100 * (10 + 2 - 1)


def test_there_is_no_journal_segment_without_a_shard():
    assert requests(1, 1e6, DAY) - requests(0, 1e6, DAY) == 1 + 4


@pytest.mark.parametrize("apart", [0.0, 1.0])
def test_the_pace_of_a_few_samples_is_that_of_many(apart):
    """Two cores, ten seconds a sample each, the second core so much later than the first."""
    finished = [(10.0 * turn + apart * core, 2 * turn + core - 1) for turn in (1, 2, 3) for core in (0, 1)]
    assert core_seconds(finished, 2) == pytest.approx(10.0)


def test_too_few_samples_tell_no_pace():
    with pytest.raises(ValueError, match="make at least 4"):
        core_seconds([(10.0, 1), (11.0, 2)], 2)
