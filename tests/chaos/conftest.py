"""What the tests of one driver share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.corpora import SAMPLES, SHARD, undisturbed


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of SAMPLES that a run makes in peace."""
    return undisturbed(tmp_path_factory.mktemp("sound") / "corpus", SAMPLES, SHARD)
