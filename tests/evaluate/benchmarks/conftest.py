"""A model that paints what a test tells it, and the run of a benchmark on it."""

import pytest

from pipeline.evaluate.benchmarks.run import run
from pipeline.finetune import bases


class Painter:
    """A base whose painting is what `answer(image, prompt)` returns; it remembers what it was asked."""

    def __init__(self, answer):
        self.answer, self.prompts, self.sizes = answer, [], []

    def paint(self, images, prompts, seed=0, steps=None):
        self.prompts += prompts
        self.sizes += [image.shape for image in images]
        return [self.answer(image, prompt) for image, prompt in zip(images, prompts, strict=True)]


@pytest.fixture
def score(monkeypatch, tmp_path_factory):
    """score(name, root, answer) -> the report of a model that paints `answer(image, prompt)`, with its `painter`."""

    def scored(name, root, answer, **settings):
        painter = Painter(answer)
        monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "tiny"})
        monkeypatch.setattr(bases, "load", lambda folder, weights=None: painter)
        report = run(root / "model", name, root, tmp_path_factory.mktemp("report"), **settings)
        return report, painter

    return scored
