from pipeline.farm.limits import Limits


def test_patience_grows_with_pictures_of_more_than_512_by_512():
    small, large = Limits.of_size(512, 512), Limits.of_size(1024, 1024)
    assert small == Limits()
    assert large.silent_seconds == 4 * small.silent_seconds and large.sample_seconds == 4 * small.sample_seconds
