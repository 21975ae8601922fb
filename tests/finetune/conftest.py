import pytest

from tests.finetune import random_bases


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """Random weights of the published bases: name -> folder."""
    place = tmp_path_factory.mktemp("bases")
    return {name: build(place / name) for name, build in random_bases.BUILD.items()}
