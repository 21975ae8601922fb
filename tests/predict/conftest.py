import pytest

from pipeline.finetune.config import TrainConfig
from pipeline.finetune.trainer import finetune
from tests.finetune.toy import TINY, toy_corpus


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Folder of a tiny model that has hardly learnt anything."""
    place = tmp_path_factory.mktemp("predict")
    return finetune(
        [toy_corpus(place / "corpus")], "tiny", place / "tiny", TrainConfig(model=TINY, steps=2, batch_size=4)
    )
