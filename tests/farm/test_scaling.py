from benchmarks.scaling import requests

DAY = 86_400.0


def test_a_run_that_takes_longer_asks_the_store_more_often_though_it_writes_the_same():
    minute, day = (requests(1000, 1e6, seconds) for seconds in (60.0, DAY))
    # The lease alone: read and renewed four times a minute.
    assert minute >= 1000 and day - minute > 2 * 4 * 60 * 23


def test_a_shard_of_several_parts_is_several_requests():
    assert requests(100, 500 * 2**20, DAY) - requests(100, 2**20, DAY) == 100 * (10 + 2 - 1)


def test_there_is_no_journal_segment_without_a_shard():
    assert requests(1, 1e6, DAY) - requests(0, 1e6, DAY) == 1 + 4
