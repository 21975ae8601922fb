"""The arithmetic of benchmarks/finetune_gpu.py, on a network that a CPU trains in no time."""

import pytest
import torch

from benchmarks.finetune_gpu import KLEIN_4B, Klein, Speed, klein_step, picture_flops, timed
from pipeline.finetune.config import Lora

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


def test_time_is_taken_once_a_step_is_warm(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def step(number):
        now[0] += 10.0 if number < 3 else 0.5

    assert timed(step, 4, warm=3) == pytest.approx(0.5)
