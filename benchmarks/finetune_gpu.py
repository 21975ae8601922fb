"""How fast training goes on a GPU, and how much of what the chip can do that is.

    python benchmarks/finetune_gpu.py klein [--size 512] [--batch 4] [--steps 20] [--variants plain,checkpointing,...]
    python benchmarks/finetune_gpu.py small --data CORPUS [--minutes 8] [--output output/benchmarks/small]

klein: FLUX.2 [klein] 4B at its real size with random weights, adapters of rank 32, encodings as they come from the cache:
the trainer's own step in bfloat16, with and without recomputed activations and compiled blocks. small: whole runs of
the preset `small` at 256 x 256, from corpus to weights, with and without compiling: how fast, how busy the GPU was, whether it
waited for the loader, and how the model, which is kept in --output, scores on the test split beside the constant predictor.

Operations are those that the model needs, as pipeline.finetune.flops counts them for the trainer, too: what checkpointing
computes twice is no work done. The share is of the chip's dense bfloat16 rate on its data sheet. Memory is the most that
torch's allocator gave out.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from diffusers import Flux2Transformer2DModel
from diffusers.utils.logging import set_verbosity_error

from pipeline.evaluate.report import Report, evaluate
from pipeline.finetune import TrainConfig, load_train_config
from pipeline.finetune.bases.flux2_klein import Flux2Klein, Flux2Network
from pipeline.finetune.bases.lora import add_lora
from pipeline.finetune.config import Lora
from pipeline.finetune.flops import chip_peak, count_flops
from pipeline.finetune.learner import Learner
from pipeline.finetune.objective import Inputs
from pipeline.finetune.processes import Processes
from pipeline.finetune.progress import Progress
from pipeline.finetune.trainer import finetune
from pipeline.shards.location import Location, location
from pipeline.tables import score_table
from pipeline.terminal import training_bar

KLEIN_4B = {
    "in_channels": 128, "num_layers": 5, "num_single_layers": 20, "attention_head_dim": 128, "num_attention_heads": 24,
    "joint_attention_dim": 7680, "guidance_embeds": False,
}  # fmt: skip
"""Of black-forest-labs/FLUX.2-klein-base-4B's transformer/config.json."""
PIXELS = 16
"""Along the side of a token."""
WORDS = 512
WARM = 5
VARIANTS = ("plain", "checkpointing", "compile", "compile+checkpointing")
SMALL_VARIANTS = ("plain", "compile")
SLOW_LOADER = 0.05
"""Share of the time without work from which on a loader is called the bottleneck."""


@dataclass(frozen=True)
class Speed:
    """seconds: of a step, without the first ones. flops: of a picture, forward and backward. memory_gb: at most."""

    batch: int
    seconds: float
    flops: int
    memory_gb: float

    @property
    def images_per_s(self) -> float:
        """Pictures trained on a second."""
        return self.batch / self.seconds

    def share(self, peak: float | None) -> float | None:
        """Of `peak` operations a second; None where that is unknown."""
        return self.flops * self.images_per_s / peak if peak else None


@dataclass(frozen=True)
class Whole:
    """A run from corpus to scores. busy, waiting: means over its later half, see Progress; None where nobody could tell."""

    variant: str
    steps: int
    speed: Speed
    busy: float | None
    waiting: float | None
    report: Report

    @property
    def sentence(self) -> str:
        """What it did, and what held it up."""
        busy = "GPU's utilisation unknown" if self.busy is None else f"GPU busy {self.busy:.0%} of the time"
        if self.waiting is None:
            return f"{self.steps} steps; {busy}"
        verdict = "is the bottleneck: raise loader_threads" if self.waiting >= SLOW_LOADER else "keeps up"
        return f"{self.steps} steps; {busy}; without work for want of data {self.waiting:.1%}: the loader {verdict}"


class Klein:
    """What Learner asks of a base: the transformer of `shape` with adapters, its weights random, nothing else."""

    name, predicts = "flux2_klein", "velocity"

    def __init__(self, shape: dict[str, Any], lora: Lora, device: torch.device) -> None:
        with torch.device("meta"):
            transformer = Flux2Transformer2DModel(**shape)
        dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        if device.type != "meta":
            transformer = transformer.to_empty(device=device)
            for weight in transformer.parameters():
                # Ones for gains, else small: what flows through stays finite.
                torch.nn.init.ones_(weight) if weight.ndim < 2 else torch.nn.init.normal_(weight, std=0.02)
        transformer.to(dtype)
        with device:
            add_lora(transformer, lora, Flux2Klein.targets, 0)
        self.network = Flux2Network(transformer, dtype)


def encoded(shape: dict[str, Any], size: int, batch: int, words: int, device: torch.device) -> Inputs:
    """A batch as it comes from the cache: random latents and words."""
    side = size // PIXELS
    latents = [torch.randn(batch, shape["in_channels"], side, side, device=device) for _ in range(3)]
    return Inputs(
        target=latents[0],
        condition=latents[1],
        conditioned=torch.ones(batch, dtype=torch.bool, device=device),
        text={"embeds": torch.randn(batch, words, shape["joint_attention_dim"], device=device)},
        noise=latents[2],
        sigma=torch.rand(batch, device=device),
        pixels=torch.zeros(batch, 3, 1, 1, device=device),
    )


def picture_flops(shape: dict[str, Any], size: int, words: int = WORDS, rank: int = 32) -> int:
    """Operations of one picture's step, forward and backward, counted on tensors without values."""
    device = torch.device("meta")
    base, inputs = Klein(shape, Lora(rank=rank), device), encoded(shape, size, 1, words, device)
    return count_flops(
        lambda: base.network._pass(inputs.target, inputs.sigma, inputs.condition, inputs.text).sum().backward()
    )


def klein_step(
    shape: dict[str, Any], variant: str, size: int, batch: int, steps: int, words: int = WORDS, rank: int = 32
) -> Speed:
    """Train on random encodings with the trainer's own step, on the GPU where there is one."""
    preset = TrainConfig(
        steps=steps,
        batch_size=batch,
        optimizer="adamw",
        learning_rate=1e-4,
        precision="bf16" if torch.cuda.is_available() else "no",
        compile="compile" in variant,
        gradient_checkpointing="checkpointing" in variant,
    )
    accelerator = Accelerator(mixed_precision=preset.precision, cpu=not torch.cuda.is_available())
    device = accelerator.device
    try:
        base: Any = Klein(shape, Lora(rank=rank), device)
        learner = Learner(base, preset, accelerator, first=True)
        processes = Processes(accelerator, lambda error: None)
        inputs = encoded(shape, size, batch, words, device)
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()

        def step(number: int) -> None:
            # Reading the losses waits for the GPU, as the trainer does after each step.
            learner.update([inputs], 1.0, number, processes).tolist()

        seconds = timed(step, steps)
        memory = torch.cuda.max_memory_allocated() / 1e9 if device.type == "cuda" else 0.0
    finally:
        accelerator.free_memory()
        AcceleratorState._reset_state(True)
        torch._dynamo.reset()
    return Speed(batch, seconds, picture_flops(shape, size, words, rank), memory)


def timed(step: Callable[[int], None], steps: int, warm: int = WARM) -> float:
    """Mean seconds of `step`, once it has run `warm` times: compiled, and with its memory."""
    for number in range(warm):
        step(number)
    started = time.monotonic()
    for number in range(warm, warm + steps):
        step(number)
    return (time.monotonic() - started) / steps


def show(name: str, speed: Speed, peak: float | None) -> None:
    """Print one row."""
    share = speed.share(peak)
    told = f"{share:.1%} of {(peak or 0) / 1e12:.0f} TFLOP/s" if share is not None else "share unknown"
    print(
        f"{name:>24}  batch {speed.batch:3d}  {speed.seconds * 1e3:8.1f} ms/step  {speed.images_per_s:8.2f} images/s  "
        f"{f'{speed.flops / 1e12:.2f} TFLOP/image  ' if speed.flops else ''}{told}  {speed.memory_gb:.1f} GB",
        flush=True,
    )


def klein(size: int, batch: int, steps: int, variants: list[str]) -> None:
    """Print a row a variant; those that find no room say so."""
    for variant in variants:
        try:
            show(variant, klein_step(KLEIN_4B, variant, size, batch, steps), chip_peak())
        except torch.OutOfMemoryError:
            print(f"{variant:>24}  batch {batch:3d}  out of memory", flush=True)
        gc.collect()
        torch.cuda.empty_cache()


def small(
    data: Path, output: Path, changes: list[str], variants: Sequence[str] = SMALL_VARIANTS, limit: int | None = None
) -> list[Whole]:
    """Train the preset `small` once a variant, keep the models in `output`, and print their speed and their test scores.

    changes: of the preset, as --set takes them. limit: score so many test views. What an earlier call left there is replaced.
    """
    found: list[Whole] = []
    flops = 0.0
    for variant in variants:
        preset = load_train_config("small", [f"compile={str(variant == 'compile').lower()}", *changes])
        model, corpus = output / variant, location(str(data))
        told = followed(corpus, model, preset)
        last, peak = told[-1], chip_peak()
        if last.flops_share and peak:
            # Compiled code does not tell its operations, but they are the same.
            flops = last.flops_share * peak / last.images_per_s
        late = told[len(told) // 2 :]
        speed = Speed(preset.batch_size, preset.batch_size / last.images_per_s, round(flops), last.memory_gb)
        busy, waiting = (late_mean(late, name) for name in ("busy", "waiting"))
        report = evaluate(model, corpus, "test", model / "evaluation", limit)
        found.append(Whole(variant, last.step, speed, busy, waiting, report))
        show(variant, speed, peak if flops else None)
        print(f"{'':>24}  {found[-1].sentence}", flush=True)
        score_table(report)
    return found


def followed(corpus: Location, model: Path, preset: TrainConfig) -> list[Progress]:
    """Train `small` into the folder `model`: what was told of every step."""
    told: list[Progress] = []
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    with training_bar() as bar:

        def tell(progress: Progress) -> None:
            told.append(progress)
            bar(progress)

        finetune([corpus], "small", model, preset, on_progress=tell, overwrite=True)
    return told


def late_mean(told: Sequence[Progress], name: str) -> float | None:
    """Mean of what progress told under `name`; None where it told nothing."""
    values = [value for one in told if (value := getattr(one, name)) is not None]
    return sum(values) / len(values) if values else None


def main() -> None:
    """Read the arguments and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_klein = kinds.add_parser("klein")
    of_klein.add_argument("--size", type=int, default=512)
    of_klein.add_argument("--batch", type=int, default=4)
    of_klein.add_argument("--steps", type=int, default=20)
    of_klein.add_argument("--variants", type=lambda text: text.split(","), default=list(VARIANTS))
    of_small = kinds.add_parser("small")
    of_small.add_argument("--data", type=Path, required=True)
    of_small.add_argument("--output", type=Path, default=Path("output/benchmarks/small"), help="folder of the models")
    of_small.add_argument("--minutes", type=float, help="of each run; default: the preset's")
    of_small.add_argument("--variants", type=lambda text: text.split(","), default=list(SMALL_VARIANTS))
    of_small.add_argument("--limit", type=int, help="score so many test views")
    of_small.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    set_verbosity_error()
    gpu = torch.cuda.is_available()
    if not gpu and asked.kind == "klein":
        parser.exit(2, "finetune_gpu: klein needs a CUDA GPU; on a CPU its arithmetic is tested by tests/finetune\n")
    print(torch.cuda.get_device_name() if gpu else "no GPU", f"torch {torch.__version__}", flush=True)
    if asked.kind == "klein":
        klein(asked.size, asked.batch, asked.steps, asked.variants)
    else:
        budget = [] if asked.minutes is None else [f"minutes={asked.minutes}"]
        small(asked.data, asked.output, [*budget, *asked.set], asked.variants, asked.limit)


if __name__ == "__main__":
    main()
