"""Corpora + base -> a tuned model on disk. Killed and started again, it goes on as if nothing had happened."""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.config import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.config import TASKS, TrainConfig
from pipeline.finetune.data import Batch, Source, batches, train_samples, windows

LOG = "train_log.jsonl"
RUN = "run.json"
"""Settings of an unfinished run; a finished model has them in its card."""


@dataclass(frozen=True)
class Progress:
    """Where a run stands after one step.

    step: steps done; loss: of this step; images_per_s: over this process's run; fraction: of the budget used;
    seconds_left: an estimate.
    """

    step: int
    loss: float
    images_per_s: float
    fraction: float
    seconds_left: float


OnProgress = Callable[[Progress], None]


def finetune(
    data: list[Path],
    base: str,
    output: Path,
    preset: TrainConfig,
    on_progress: OnProgress | None = None,
    overwrite: bool = False,
) -> Path:
    """Tune `base` on the train splits of `data` and return the model's folder, which is `output`.

    An unfinished run of the same data, base and preset in `output` is resumed from its last checkpoint; a folder
    that holds anything else is left alone (ConfigError) unless `overwrite`. With `steps` in the preset the
    weights do not depend on where a run was interrupted; with `minutes` the learning rate follows the clock.
    """
    bases.check(base)
    output = Path(output)
    run = {"base": base, "data": [str(Path(path).resolve()) for path in data], "config": preset.model_dump(mode="json")}
    resume = _claim(output, run, overwrite)
    _train(train_samples(data), run, base, output, preset, on_progress, resume)
    return output


def _train(
    source: Source,
    run: dict[str, Any],
    base: str,
    output: Path,
    preset: TrainConfig,
    on_progress: OnProgress | None,
    resume: bool,
) -> None:
    import torch
    from accelerate import Accelerator
    from accelerate.utils import set_seed

    from pipeline.finetune.checkpoint import load_checkpoint, save_checkpoint
    from pipeline.finetune.optimizer import MuonAdamW

    accelerator = Accelerator(mixed_precision=preset.precision)
    set_seed(preset.seed)
    prompts = (sample.meta["prompts"][task] for sample in source() for task in TASKS)
    model = bases.create(base, preset, prompts)
    groups = model.groups(preset)
    peaks = [group["lr"] for group in groups]
    module, optimizer = accelerator.prepare(model.module, MuonAdamW(groups))
    step, seconds = load_checkpoint(output, module, optimizer, accelerator) if resume else (0, 0.0)
    started, first = time.monotonic() - seconds, step
    stream = batches(
        windows(source, model.image_size, preset.memory_gb),
        preset.tasks.as_dict(),
        preset.batch_size * accelerator.num_processes,
        preset.seed,
        start=step,
    )
    log = _open_log(output, step) if accelerator.is_main_process else None
    saved = begun = time.monotonic()
    module.train()
    while (fraction := _fraction(preset, step, time.monotonic() - started)) < 1:
        batch = _share(next(stream), accelerator.process_index, accelerator.num_processes)
        generator = torch.Generator().manual_seed(_seed(preset.seed, step, accelerator.process_index))
        rate = learning_rate(preset, fraction)
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * rate
        with accelerator.autocast():
            loss = module(torch.from_numpy(batch.images), torch.from_numpy(batch.targets), batch.prompts, generator)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(module.parameters(), preset.clip_norm)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
        now, value = time.monotonic(), loss.item()
        if not math.isfinite(value):
            raise ConfigError(
                f"the loss became {value} at step {step}; lower learning_rate (now {preset.learning_rate})"
            )
        done = _fraction(preset, step, now - started)
        speed = (step - first) / (now - begun)
        left = (1 - done) * preset.minutes * 60 if preset.minutes else ((preset.steps or 0) - step) / speed
        progress = Progress(
            step, value, speed * preset.batch_size * accelerator.num_processes, min(done, 1.0), max(left, 0.0)
        )
        if log:
            log.write(json.dumps({"step": step, "loss": round(value, 6), "lr_scale": round(rate, 6)}) + "\n")
        if on_progress and accelerator.is_main_process:
            on_progress(progress)
        if now - saved >= preset.checkpoint_seconds and done < 1:
            if log:
                log.flush()
            save_checkpoint(output, module, optimizer, accelerator, step, now - started)
            saved = now
    if log:
        log.close()
    if accelerator.is_main_process:
        model.save(output)
        summary = {"steps": step, "minutes": (time.monotonic() - started) / 60, "images": step * preset.batch_size}
        packages = {name: version(name) for name in ("torch", "diffusers", "transformers")}
        card = run | {"trained": summary, "versions": packages}
        (output / bases.CARD).write_text(json.dumps(card, indent=2) + "\n")
        shutil.rmtree(output / "checkpoint", ignore_errors=True)
        (output / RUN).unlink(missing_ok=True)


def learning_rate(preset: TrainConfig, fraction: float) -> float:
    """Share of the peak learning rate at `fraction` in [0, 1] of the budget: linear warm-up, then the schedule."""
    if fraction < preset.warmup:
        return max(fraction / preset.warmup, 0.02)
    if preset.schedule == "constant":
        return 1.0
    along = (fraction - preset.warmup) / (1 - preset.warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * along))


def _seed(*numbers: int) -> int:
    # torch's CPU generator reads 32 bits of a seed and drops the rest.
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _fraction(preset: TrainConfig, step: int, seconds: float) -> float:
    return step / preset.steps if preset.steps else seconds / 60 / (preset.minutes or 1)


def _claim(output: Path, run: dict[str, Any], overwrite: bool) -> bool:
    """Make `output` ours. True where an unfinished run of the same settings waits there to be resumed."""
    if output.exists() and not output.is_dir():
        raise ConfigError(f"--output {output}: is a file; name a folder")
    cleared = overwrite and _clear(output)
    if not cleared and output.is_dir() and any(output.iterdir()):
        if (output / bases.CARD).is_file():
            raise ConfigError(f"--output {output}: holds a finished model; name another folder or pass --overwrite")
        try:
            before = json.loads((output / RUN).read_text())
        except (OSError, ValueError):
            raise ConfigError(
                f"--output {output}: holds something else (which is never deleted); name another folder"
            ) from None
        if before != run:
            changed = ", ".join(_differences(before, run))
            raise ConfigError(
                f"--output {output}: holds an unfinished run with other settings ({changed}); "
                "repeat those to resume it, name another folder, or pass --overwrite"
            )
        return (output / "checkpoint").is_dir()
    output.mkdir(parents=True, exist_ok=True)
    (output / RUN).write_text(json.dumps(run, indent=2) + "\n")
    return False


def _clear(output: Path) -> bool:
    """Delete a model or an unfinished run; False for a folder that holds neither. Files that are not ours stay."""
    if not any((output / name).is_file() for name in (bases.CARD, RUN)):
        return False
    parts = [folder for folder in output.iterdir() if (folder / "config.json").is_file()]
    parts += [output / name for name in ("tokenizer", "scheduler", "checkpoint", "checkpoint.partial")]
    for folder in parts:
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("model_index.json", LOG, RUN, bases.CARD):
        (output / name).unlink(missing_ok=True)
    return True


def _differences(before: Any, now: Any, name: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            yield from _differences(before.get(key), now.get(key), f"{name}.{key}".lstrip("."))
    elif before != now:
        yield f"{name}: {before} there, {now} now"


def _share(batch: Batch, index: int, count: int) -> Batch:
    """The part of a batch that process `index` of `count` works on."""
    mine = slice(index, None, count)
    return Batch(batch.images[mine], batch.targets[mine], batch.prompts[mine], batch.tasks[mine])


def _open_log(output: Path, step: int) -> Any:
    """train_log.jsonl, cut back to what the checkpoint at `step` knows."""
    path = output / LOG
    kept = path.read_text().splitlines(keepends=True)[:step] if step and path.is_file() else []
    path.write_text("".join(kept))
    return path.open("a", buffering=1)
