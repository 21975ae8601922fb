"""A tuned model, and a photo that a camera's card has spoilt."""

import io

import numpy as np
import pytest
from PIL import Image

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


def damaged_avif():
    """An AVIF with one wrong byte, the first of its coded picture."""
    stream = io.BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).convert("RGB").save(stream, "AVIF")
    head, box, coded = stream.getvalue().partition(b"mdat")
    return head + box + bytes([coded[0] ^ 0xFF]) + coded[1:]
