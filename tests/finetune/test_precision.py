from contextlib import contextmanager

import pytest
import torch

from pipeline.finetune import bases
from pipeline.finetune.precision import fast_float32, full_float32
from pipeline.finetune.trainer import finetune
from tests.finetune.published import PHOTO, settings
from tests.finetune.test_trainer import preset
from tests.finetune.toy import toy_corpus

CUDA = torch.device("cuda")


def flags():
    """What kernels on a GPU read, and what compiled code does."""
    backends = torch.backends
    return (
        backends.cudnn.conv.fp32_precision,
        backends.cuda.matmul.fp32_precision,
        torch.get_float32_matmul_precision(),
        backends.cudnn.allow_tf32,
        backends.cuda.matmul.allow_tf32,
        backends.cudnn.benchmark,
    )


@pytest.mark.parametrize("outside", ["highest", "high"])
def test_full_float32_is_without_tf32_and_what_was_set_before_comes_back(outside):
    known = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(outside)
    try:
        before = flags()
        with full_float32(CUDA):
            kinds = torch.backends.cudnn.conv, torch.backends.cuda.matmul
            assert [kind.fp32_precision for kind in kinds] == ["ieee", "ieee"]
        assert flags() == before
        with full_float32(torch.device("cpu")):
            assert flags() == before
    finally:
        torch.set_float32_matmul_precision(known)


def test_a_run_leaves_the_processs_settings_as_they_were(monkeypatch):
    before = flags()
    with fast_float32(tf32=True):
        assert flags() == before
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with fast_float32(tf32=True):
        assert torch.backends.cudnn.benchmark and torch.get_float32_matmul_precision() == "high"
    assert flags()[2:] == before[2:]
    with fast_float32(tf32=False):
        assert torch.backends.cudnn.benchmark and torch.get_float32_matmul_precision() == before[2]


def recorded(monkeypatch, name):
    """Whether the context `name` is open, in a list, and how often it was."""
    inside = []

    @contextmanager
    def record(*arguments, **named):
        inside.append(True)
        yield
        inside[-1] = False

    monkeypatch.setattr(name, record)
    return inside


@pytest.mark.parametrize("name", bases.PUBLISHED)
def test_the_autoencoder_computes_in_full_float32(folders, name, monkeypatch):
    base = bases.create(name, settings(folders, name), [])
    inside = recorded(monkeypatch, "pipeline.finetune.bases.latent.full_float32")
    seen = []
    base.autoencoder.model.register_forward_hook(lambda *_: seen.append(inside[-1]))
    for part in (base.autoencoder.model.encoder, base.autoencoder.model.decoder):
        part.register_forward_hook(lambda *_: seen.append(inside[-1]))
    base.decode_latents(base.encode_images(PHOTO[None]))
    assert len(seen) >= 2 and all(seen) and inside == [False, False]


def test_training_runs_inside_of_its_own_settings(tmp_path, monkeypatch):
    inside, seen = recorded(monkeypatch, "pipeline.finetune.precision.fast_float32"), []
    corpus = toy_corpus(tmp_path / "corpus", train=4, test=1)
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=1), on_progress=lambda _: seen.append(inside[-1]))
    assert seen == [True] and inside == [False]
