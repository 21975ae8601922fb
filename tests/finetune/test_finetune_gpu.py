"""The arithmetic of benchmarks/finetune_gpu.py, on a network that a CPU trains in no time."""

import json
from dataclasses import replace

import pytest
import torch

from benchmarks.finetune_gpu import KLEIN_4B, Klein, Speed, Whole, klein_step, picture_flops, small, timed
from pipeline.evaluate.summary import SCORES
from pipeline.finetune.config import Lora
from tests.finetune.toy import TINY, toy_corpus

SHAPE = {
    "in_channels": 16, "num_layers": 1, "num_single_layers": 2, "attention_head_dim": 16, "num_attention_heads": 2,
    "joint_attention_dim": 48, "timestep_guidance_channels": 32, "axes_dims_rope": (4, 4, 4, 4), "guidance_embeds": False,
}  # fmt: skip


@pytest.mark.parametrize("variant", ["plain", "checkpointing"])
def test_a_step_of_a_small_klein_is_the_trainers_own_and_is_timed(variant):
    speed = klein_step(SHAPE, variant, size=64, batch=2, steps=2, words=8, rank=4)
    assert speed.batch == 2 and speed.seconds > 0
    assert speed.images_per_s == pytest.approx(2 / speed.seconds)
    assert speed.flops == picture_flops(SHAPE, 64, words=8, rank=4)


def test_the_blocks_of_a_klein_compile_whole_and_each_kind_once(monkeypatch):
    from torch._dynamo.utils import counters

    # Graphs are captured as for a GPU; making kernels of them takes a CPU minutes.
    compile_module = torch.nn.Module.compile
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: compile_module(self, backend="aot_eager"))
    counters.clear()
    klein_step(SHAPE, "compile+checkpointing", size=64, batch=2, steps=1, words=8, rank=4)
    assert counters["stats"]["unique_graphs"] == 2
    assert not counters["graph_break"]


def test_a_share_is_operations_a_second_of_the_chips():
    speed = Speed(batch=8, seconds=0.5, flops=10**12, memory_gb=1.0)
    assert speed.images_per_s == 16
    assert speed.share(64e12) == pytest.approx(0.25)
    assert speed.share(None) is None


def test_the_4b_klein_has_its_four_billion_weights():
    base = Klein(KLEIN_4B, Lora(rank=32), torch.device("meta"))
    frozen = sum(weight.numel() for weight in base.network.parameters() if not weight.requires_grad)
    assert 3.8e9 < frozen < 4.1e9


def test_a_pictures_operations_are_those_of_its_tokens_through_frozen_weights_forward_and_back():
    base = Klein(KLEIN_4B, Lora(rank=32), torch.device("meta"))
    # Blocks that every token passes; of two streams each token passes one. Backward costs as much as forward again,
    # for no gradient of a frozen weight is computed; attention and adapters come on top.
    double = sum(w.numel() for w in base.network.transformer.transformer_blocks.parameters() if not w.requires_grad)
    single = sum(
        w.numel() for w in base.network.transformer.single_transformer_blocks.parameters() if not w.requires_grad
    )
    tokens = 2 * (512 // 16) ** 2 + 512
    dense = 4 * tokens * (single + double / 2)
    assert dense < picture_flops(KLEIN_4B, 512) < 1.6 * dense


def test_one_command_trains_small_keeps_the_model_and_tells_its_speed_and_scores(tmp_path, capsys):
    corpus = toy_corpus(tmp_path / "corpus")
    sizes = [f"model.{name}={json.dumps(value)}" for name, value in TINY.items()]
    changes = ["steps=6", "batch_size=4", "precision=no", *sizes]
    (run,) = small(corpus, tmp_path / "models", changes, ["plain"], limit=2)
    card = json.loads((tmp_path / "models/plain/plantain.json").read_text())
    assert (card["base"], card["trained"]["images"], run.steps, run.report.views) == ("small", 24, 6, 2)
    assert run.speed.images_per_s > 0 and 0 < run.waiting <= 1 and run.busy is None
    told = capsys.readouterr().out
    for title in ("delta1", "mean angle", "mIoU", "F1", "cIoU", "constant", "images/s", "GB", "for want of data"):
        assert title in told
    assert {line.name for line in run.report.lines} == set(SCORES)


def test_a_loader_is_blamed_where_the_gpu_had_nothing_to_do():
    run = Whole("plain", 9, Speed(8, 0.5, 0, 1.0), busy=0.9, waiting=0.2, report=None)
    assert "busy 90% of the time" in run.sentence and "is the bottleneck" in run.sentence
    assert "keeps up" in replace(run, waiting=0.01).sentence
    assert "loader" not in replace(run, waiting=None, busy=None).sentence


def test_time_is_taken_once_a_step_is_warm(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def step(number):
        now[0] += 10.0 if number < 3 else 0.5

    assert timed(step, 4, warm=3) == pytest.approx(0.5)
