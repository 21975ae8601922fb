import pytest
import torch
from torch import nn

from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.flops import count_flops, peak_bf16
from pipeline.finetune.learner import checkpoint_gradients, compile_network
from pipeline.finetune.optimizer import MuonAdamW, create_optimizer
from pipeline.finetune.progress import Idle, Pace
from pipeline.finetune.trainer import finetune
from tests.finetune.test_trainer import Killed, kill_at, log, preset, weights
from tests.finetune.toy import toy_corpus


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus")


def losses(folder):
    return [line["loss"] for line in log(folder)]


def test_passes_that_are_accumulated_learn_what_one_pass_of_all_examples_learns(corpus, tmp_path):
    whole = finetune([corpus], "tiny", tmp_path / "whole", preset(batch_size=8))
    parts = finetune([corpus], "tiny", tmp_path / "parts", preset(batch_size=2, accumulation=4))
    assert losses(parts) == pytest.approx(losses(whole), abs=2e-5)
    for name, value in weights(parts).items():
        torch.testing.assert_close(value, weights(whole)[name], rtol=0, atol=5e-4)


def test_recomputed_activations_change_no_loss(corpus, tmp_path):
    plain = finetune([corpus], "tiny", tmp_path / "plain", preset())
    again = finetune([corpus], "tiny", tmp_path / "again", preset(gradient_checkpointing=True))
    assert losses(again) == pytest.approx(losses(plain), abs=1e-5)


def test_bfloat16_follows_float32_closely_and_keeps_float32_weights(corpus, tmp_path):
    plain = finetune([corpus], "tiny", tmp_path / "plain", preset())
    half = finetune([corpus], "tiny", tmp_path / "half", preset(precision="bf16"))
    assert losses(half) == pytest.approx(losses(plain), rel=0.05)
    assert losses(half) != losses(plain)
    assert {value.dtype for value in weights(half).values()} == {torch.float32}


def test_the_saved_weights_are_the_average_of_those_of_every_step(corpus, tmp_path, monkeypatch):
    from pipeline.finetune.learner import Learner

    update, trail = Learner.update, []

    def watched(self, *arguments):
        result = update(self, *arguments)
        trail.append({name: weight.detach().clone() for name, weight in self.trained.items()})
        return result

    monkeypatch.setattr(Learner, "update", watched)
    averaged = finetune([corpus], "tiny", tmp_path / "averaged", preset(ema=0.5))
    # The first step's weights begin the average; then the decay grows as 2/11, 3/12, 4/13, ... to at most 0.5.
    decays = [0.0, *(min(0.5, (1 + n) / (10 + n)) for n in range(1, 6))]
    saved = weights(averaged)
    for name in ("network.unet.conv_in.bias", "network.unet.conv_out.weight"):
        expected = trail[0][name]
        for weights_then, decay in zip(trail, decays, strict=True):
            expected = decay * expected + (1 - decay) * weights_then[name]
        torch.testing.assert_close(saved[name.removeprefix("network.")], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("optimizer", "precision"), [("muon", "no"), ("adamw", "no"), ("adamw", "fp16")])
def test_a_stopped_run_goes_on_with_optimizer_averages_and_scale_to_the_same_bits(
    corpus, tmp_path, optimizer, precision
):
    settings = preset(optimizer=optimizer, precision=precision, ema=0.7, accumulation=2, batch_size=2)
    whole = finetune([corpus], "tiny", tmp_path / "whole", settings)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "stopped", settings, on_progress=kill_at(4))
    stopped = finetune([corpus], "tiny", tmp_path / "stopped", settings)
    assert log(stopped) == log(whole)
    assert all(torch.equal(value, weights(whole)[name]) for name, value in weights(stopped).items())


def test_adamw_is_torchs_and_spares_gains_and_biases_the_decay():
    trained = {"a.weight": nn.Parameter(torch.ones(2, 2)), "a.bias": nn.Parameter(torch.ones(2))}
    optimizer = create_optimizer(trained, preset(optimizer="adamw", weight_decay=0.5))
    assert type(optimizer) is torch.optim.AdamW
    decays = {weight: group["weight_decay"] for group in optimizer.param_groups for weight in group["params"]}
    assert (decays[trained["a.weight"]], decays[trained["a.bias"]]) == (0.5, 0.0)
    assert isinstance(create_optimizer(trained, preset(optimizer="muon")), MuonAdamW)


class Blocks(nn.Module):
    """A model as diffusers has them, whose repeated blocks hold a share of its weights."""

    _repeated_blocks = ["Linear"]

    def __init__(self, rest):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(8, 8, bias=False) for _ in range(4)])
        self.rest = nn.Embedding(rest, 8)
        self.compiled = []

    def enable_gradient_checkpointing(self): ...

    def compile_repeated_blocks(self):
        self.compiled.append("blocks")

    def compile(self):
        self.compiled.append("whole")


@pytest.mark.parametrize(("rest", "what"), [(4, "blocks"), (4000, "whole")])
def test_blocks_are_compiled_one_by_one_where_they_are_most_of_a_model(rest, what):
    model = Blocks(rest)
    compile_network(nn.Sequential(model, nn.Linear(1, 1)))
    assert model.compiled == [what]


def test_a_compiled_run_keeps_the_names_of_its_weights_and_resumes_without(corpus, tmp_path, monkeypatch):
    # Whether compiled code is right is its maker's to test; it takes minutes on a CPU.
    monkeypatch.setattr(torch, "compile", lambda model, **named: model)
    settings = preset(compile=True)
    with pytest.raises(Killed):
        finetune([corpus], "tiny", tmp_path / "run", settings, on_progress=kill_at(3))
    finetune([corpus], "tiny", tmp_path / "run", preset())
    finetune([corpus], "tiny", tmp_path / "plain", preset())
    assert losses(tmp_path / "run") == pytest.approx(losses(tmp_path / "plain"), abs=1e-5)


def test_a_base_without_layers_to_recompute_says_so():
    base = type("Bare", (), {"name": "bare", "network": nn.Linear(1, 1)})
    with pytest.raises(ConfigError, match="base bare has no layers to recompute"):
        checkpoint_gradients(base)


def test_a_base_of_which_nothing_is_trained_says_so(corpus, tmp_path, monkeypatch):
    create = bases.create

    def frozen(*arguments):
        base = create(*arguments)
        base.network.requires_grad_(False)
        return base

    monkeypatch.setattr(bases, "create", frozen)
    with pytest.raises(ConfigError, match="none of its weights is set to be trained"):
        finetune([corpus], "tiny", tmp_path / "model", preset())


def test_operations_of_a_linear_layer_are_counted_as_the_textbook_has_it():
    layer, rows = nn.Linear(32, 64, bias=False), torch.randn(10, 32)
    assert count_flops(lambda: layer(rows)) == 2 * 10 * 32 * 64
    # Backward: the weight's gradient, but none of the input's.
    assert count_flops(lambda: layer(rows).sum().backward()) == 2 * 2 * 10 * 32 * 64


def test_work_done_again_by_checkpointing_and_the_optimizers_own_is_not_the_models():
    from torch.utils.checkpoint import checkpoint

    block = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 32))
    rows = torch.randn(10, 32, requires_grad=True)
    plain = count_flops(lambda: block(rows).square().sum().backward())
    again = count_flops(lambda: checkpoint(block, rows, use_reentrant=False).square().sum().backward())
    # Forward, and back to rows and weights.
    assert plain == again == 2 * 3 * 10 * (32 * 64 + 64 * 32)
    optimizer = MuonAdamW([{"params": [block[0].weight], "muon": True, "lr": 0.02, "weight_decay": 0.0}])
    assert count_flops(optimizer.step) == 0


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_the_trainer_tells_a_share_of_the_chip_that_checkpointing_leaves_as_it_is(
    corpus, tmp_path, monkeypatch, optimizer
):
    monkeypatch.setattr("pipeline.finetune.run.chip_peak", lambda: 1e12)
    counted = []
    for again in (False, True):
        seen = []
        settings = preset(steps=1, gradient_checkpointing=again, optimizer=optimizer)
        finetune([corpus], "tiny", tmp_path / str(again), settings, on_progress=seen.append)
        counted.append(seen[0].flops_share * 1e12 / seen[0].images_per_s)
    assert counted[0] == pytest.approx(counted[1])


def test_time_without_work_is_what_the_next_examples_took_beyond_the_work_at_hand(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    idle = Idle(torch.device("cpu"))
    assert idle.seconds() is None
    for seconds in (9.0, 0.25, 0.75):
        with idle():
            now[0] += seconds
        now[0] += 1.0
        if seconds == 9.0:
            idle.forget()
    assert idle.seconds() == pytest.approx(0.5)


def test_a_run_tells_which_share_of_its_time_went_to_waiting_for_examples(corpus, tmp_path):
    seen = []
    finetune([corpus], "tiny", tmp_path / "model", preset(steps=3), on_progress=seen.append)
    assert all(0 < progress.waiting <= 1 for progress in seen)


def test_chips_are_known_by_the_names_that_drivers_give_them():
    assert peak_bf16("NVIDIA H100 80GB HBM3") == peak_bf16("NVIDIA H200") == 989e12
    assert peak_bf16("NVIDIA H100 PCIe") == 756e12
    assert peak_bf16("NVIDIA A100-SXM4-80GB") == 312e12
    assert peak_bf16("NVIDIA L40S") == 362e12
    assert peak_bf16("NVIDIA L4") == 121e12
    assert peak_bf16("NVIDIA GeForce RTX 4090") == 165e12
    assert peak_bf16("NVIDIA H100 NVL") == 835e12
    assert peak_bf16("NVIDIA A10") == 125e12
    assert peak_bf16("NVIDIA A10G") == 70e12
    assert peak_bf16("NVIDIA GeForce RTX 4090 Laptop GPU") is None
    assert peak_bf16("Abacus 3000") is None


def test_pace_is_of_late(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    pace = Pace()
    now[0] = 100.0
    assert pace() == pytest.approx(0.01)
    for _ in range(200):
        now[0] += 0.5
        last = pace()
    assert last == pytest.approx(2.0)
