"""The number of workers shows in no byte. That kills do not either is for the other tests here."""

from tests.chaos.corpora import hashes
from tests.conftest import generate_arguments


def test_one_worker_and_two_make_the_same_bytes(plantain, small_corpus, tmp_path):
    done = plantain(*generate_arguments(tmp_path / "one", workers=1))
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "one") == hashes(small_corpus)
