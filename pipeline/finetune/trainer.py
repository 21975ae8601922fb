"""Corpora + base -> a tuned model on disk. Killed and started again, it goes on as if nothing had happened."""

from __future__ import annotations

import json
import math
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, PlantainError
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import batches, train_prompts, train_samples, windows
from pipeline.finetune.examples import Batch
from pipeline.shards.location import Location
from pipeline.shards.read import fingerprint

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


class TrainingError(PlantainError):
    """A run that cannot go on. Its text is one line, ready to print."""


def finetune(
    data: list[Location],
    base: str,
    output: Path,
    preset: TrainConfig,
    on_progress: OnProgress = lambda progress: None,
    overwrite: bool = False,
) -> Path:
    """Tune `base` on the train splits of `data` and return the model's folder, which is `output`.

    An unfinished run of the same data, base and preset in `output` is resumed from its last checkpoint; a folder
    that holds anything else is left alone (ConfigError) unless `overwrite`. With `steps` in the preset the
    weights do not depend on where a run was interrupted; with `minutes` the learning rate follows the clock.
    Ctrl-C ends the step at hand and leaves a checkpoint. Raises TrainingError when the loss is no longer finite.
    """
    bases.check(base)
    output = Path(output)
    corpora = {str(corpus.resolve()): fingerprint(corpus, "train") for corpus in data}
    run = {"base": base, "data": corpora, "config": preset.model_dump(mode="json")}
    resume = _claim(output, run, overwrite)
    _Run(data, run, output, preset, on_progress, resume).train()
    return output


class _Run:
    """One process's part of a training run."""

    def __init__(
        self,
        data: list[Location],
        card: dict[str, Any],
        output: Path,
        preset: TrainConfig,
        on_progress: OnProgress,
        resume: bool,
    ) -> None:
        from accelerate import Accelerator
        from accelerate.utils import set_seed

        from pipeline.finetune.checkpoint import load_checkpoint
        from pipeline.finetune.objective import Objective
        from pipeline.finetune.optimizer import MuonAdamW, parameter_groups

        self.card, self.output, self.preset, self.on_progress = card, output, preset, on_progress
        self.accelerator = Accelerator(mixed_precision=preset.precision)
        set_seed(preset.seed)
        self.model = bases.create(card["base"], preset, train_prompts(data), str(self.accelerator.device))
        objective = Objective(self.model, preset.objective)
        groups = parameter_groups(objective, preset.learning_rate, preset.muon_rate, preset.weight_decay)
        self.peaks = [group["lr"] for group in groups]
        self.module, self.optimizer = self.accelerator.prepare(objective, MuonAdamW(groups))
        self.step, self.seconds = (
            load_checkpoint(output, self.module, self.optimizer, self.accelerator) if resume else (0, 0.0)
        )
        self.batch_size = preset.batch_size * self.accelerator.num_processes
        self.stream = batches(
            windows(train_samples(data), self.model.image_size, preset.memory_gb),
            preset.tasks.as_dict(),
            self.batch_size,
            preset.seed,
            start=self.step,
        )

    def train(self) -> None:
        """Step until the budget is used, then save the model."""
        main = self.accelerator.is_main_process
        log = _open_log(self.output, self.step) if main else None
        batch = next(self.stream)
        # Reading the corpus is no training: the clock starts with the first batch.
        begun = saved = time.monotonic()
        started, first = begun - self.seconds, self.step
        self.module.train()
        done = self._fraction(self.seconds)
        with _Interrupt() as interrupt:
            while done < 1:
                loss, rate = self._step(batch, done)
                now = time.monotonic()
                done = self._fraction(now - started)
                if log:
                    log.write(
                        json.dumps({"step": self.step, "loss": round(loss, 6), "lr_scale": round(rate, 6)}) + "\n"
                    )
                if main:
                    self.on_progress(self._progress(loss, (self.step - first) / (now - begun), done))
                if done < 1 and (interrupt.asked or now - saved >= self.preset.checkpoint_seconds):
                    self._checkpoint(log, now - started)
                    saved = now
                if done < 1 and interrupt.asked:
                    raise KeyboardInterrupt
                batch = next(self.stream) if done < 1 else batch
        self.seconds = time.monotonic() - started
        if log:
            log.close()
            self._finish()

    def _step(self, batch: Batch, fraction: float) -> tuple[float, float]:
        """One update; (loss, share of the peak learning rate)."""
        from pipeline.finetune.encoding import encode

        mine = _share(batch, self.accelerator.process_index, self.accelerator.num_processes)
        rate = learning_rate(self.preset, fraction)
        for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
            group["lr"] = peak * rate
        with self.accelerator.autocast():
            loss = self.module(encode(self.model, mine, self.accelerator.device)).mean()
        self.accelerator.backward(loss)
        self.accelerator.clip_grad_norm_(self.module.parameters(), self.preset.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        value = loss.item()
        if not math.isfinite(value):
            raise TrainingError(
                f"the loss became {value} at step {self.step}; lower learning_rate (now {self.preset.learning_rate})"
            )
        return value, rate

    def _fraction(self, seconds: float) -> float:
        return self.step / self.preset.steps if self.preset.steps else seconds / 60 / (self.preset.minutes or 1)

    def _progress(self, loss: float, speed: float, done: float) -> Progress:
        steps, minutes = self.preset.steps, self.preset.minutes
        left = (steps - self.step) / speed if steps else (1 - done) * 60 * (minutes or 0)
        return Progress(self.step, loss, speed * self.batch_size, min(done, 1.0), max(left, 0.0))

    def _checkpoint(self, log: Any, seconds: float) -> None:
        from pipeline.finetune.checkpoint import save_checkpoint

        if log:
            log.flush()
        save_checkpoint(self.output, self.module, self.optimizer, self.accelerator, self.step, seconds)

    def _finish(self) -> None:
        """Save the model and its card; what a resume would have needed goes."""
        self.model.save(self.output)
        summary = {"steps": self.step, "minutes": self.seconds / 60, "images": self.step * self.batch_size}
        packages = {name: version(name) for name in ("torch", "diffusers", "transformers")}
        card = self.card | {"trained": summary, "versions": packages}
        (self.output / bases.CARD).write_text(json.dumps(card, indent=2) + "\n")
        shutil.rmtree(self.output / "checkpoint", ignore_errors=True)
        (self.output / RUN).unlink(missing_ok=True)


class _Interrupt:
    """While it lasts, the first Ctrl-C is a request, `asked`; the second one interrupts."""

    def __init__(self) -> None:
        self.asked = False
        self.before: Any = None

    def __enter__(self) -> _Interrupt:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: Any) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, self.before)

    def __exit__(self, *error: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)


def learning_rate(preset: TrainConfig, fraction: float) -> float:
    """Share of the peak learning rate at `fraction` in [0, 1] of the budget: linear warm-up, then the schedule."""
    if fraction < preset.warmup:
        return max(fraction / preset.warmup, 0.02)
    if preset.schedule == "constant":
        return 1.0
    along = (fraction - preset.warmup) / (1 - preset.warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * along))


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
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / RUN).write_text(json.dumps(run, indent=2) + "\n")
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot write there ({error.strerror}); name another folder") from None
    return False


def _clear(output: Path) -> bool:
    """Delete a model or an unfinished run; False for a folder that holds neither. Files that are not ours stay."""
    if not any((output / name).is_file() for name in (bases.CARD, RUN)):
        return False
    folders = ["checkpoint", "checkpoint.partial"]
    with suppress(OSError, ValueError):
        # diffusers' index names a component's folder beside its library and class; its own entries begin with "_".
        index = json.loads((output / "model_index.json").read_text())
        folders += [name for name, value in index.items() if not name.startswith("_") and isinstance(value, list)]
    for name in folders:
        shutil.rmtree(output / name, ignore_errors=True)
    for name in ("model_index.json", bases.LORA, LOG, RUN, bases.CARD):
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
    return Batch(
        batch.images[mine],
        batch.conditioned[mine],
        batch.targets[mine],
        batch.prompts[mine],
        batch.tasks[mine],
        batch.seeds[mine],
    )


def _open_log(output: Path, step: int) -> Any:
    """train_log.jsonl, cut back to what the checkpoint at `step` knows."""
    path = output / LOG
    kept = path.read_text().splitlines(keepends=True)[:step] if step and path.is_file() else []
    path.write_text("".join(kept))
    return path.open("a", buffering=1)
