"""The steps of a training run, from the first or the last checkpoint's to the saved model."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from pipeline.finetune import bases
from pipeline.finetune.checkpoint import load_checkpoint, save_checkpoint
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import open_stream, train_prompts
from pipeline.finetune.encoding import Encoder, Repeats, open_cache
from pipeline.finetune.faults import TrainingError
from pipeline.finetune.flops import chip_peak, count_flops
from pipeline.finetune.folder import finish
from pipeline.finetune.interrupt import Interrupt
from pipeline.finetune.learner import Learner
from pipeline.finetune.objective import Inputs
from pipeline.finetune.processes import Processes
from pipeline.finetune.progress import Busy, Idle, OnProgress, Pace, Progress, memory_gb
from pipeline.finetune.samples import fixed_questions
from pipeline.finetune.schedule import fraction, learning_rate
from pipeline.finetune.tracking import Record
from pipeline.shards.location import Location

_Encoded = tuple[list[Inputs], list[str]]
"""What a process trains on in a step, pass by pass, and the tasks of all its examples in their order."""


@dataclass
class _Told:
    """What a process tells the others after a step.

    losses: of its examples, with their tasks. norm: the gradient's. interrupted: whether somebody asked it to stop.
    seconds: of training; save: whether a checkpoint is due. Of these two the first process's count.
    """

    losses: list[tuple[str, float]]
    norm: float
    interrupted: bool
    seconds: float
    save: bool


class Run:
    """One process's part of a training run."""

    def __init__(
        self,
        data: list[Location],
        card: dict[str, Any],
        output: Path,
        preset: TrainConfig,
        accelerator: Any,
        processes: Processes,
    ) -> None:
        self.data, self.card, self.output, self.preset, self.processes = data, card, output, preset, processes
        self.device = accelerator.device
        torch.manual_seed(preset.seed)
        prompts = train_prompts(data, preset.mixture)
        self.base = processes.everywhere(lambda: bases.create(card["base"], preset, prompts, str(self.device)))
        cache = processes.everywhere(lambda: open_cache(self.base, preset))
        repeats, pixels = Repeats.under(preset.augment), preset.objective.pixel_weight > 0
        self.encoder = Encoder(self.base, self.device, cache, preset.loader_threads, repeats, pixels)
        samples = preset.sample_steps is not None and processes.first
        self.questions = processes.everywhere(
            lambda: fixed_questions(data, self.base.image_size, preset) if samples else []
        )
        # Here processes meet without being asked how they fared: nothing that may fail in one alone comes with it.
        self.learner = Learner(self.base, preset, accelerator, processes.first)
        self.batch_size = preset.batch_size * preset.accumulation * processes.size
        self.step, self.seconds, self.resumed = 0, 0.0, 0
        self.idle = Idle(self.device)
        # Compiled code does not tell what it multiplies.
        self.peak, self.flops = None if preset.compile else chip_peak(), 0

    def resume(self) -> None:
        """Go on from the checkpoint. Raises ConfigError."""
        self.step, self.seconds = load_checkpoint(self.output, self.learner)
        self.resumed = self.step

    def train(self, on_progress: OnProgress) -> None:
        """Step until the budget is used, then save the model."""
        with ExitStack() as stack:
            stack.enter_context(closing(self.encoder))
            record = None
            if self.processes.first:
                record = stack.enter_context(closing(Record(self.output, self.preset, self.card, self.step)))
            if self._done() < 1:
                interrupt = stack.enter_context(Interrupt(alone=self.processes.size == 1))
                stream = stack.enter_context(closing(self._encoded()))
                self._loop(stream, interrupt, record, on_progress)
        self.processes.once(self._finish)

    def _loop(
        self, stream: Iterator[_Encoded], interrupt: Interrupt, record: Record | None, on_progress: OnProgress
    ) -> None:
        self._ready = self.processes.everywhere(lambda: next(stream))
        self.idle.forget()
        # Reading the corpus is no training: the clock starts with the first batch.
        self._saved = time.monotonic()
        self._started = self._saved - self.seconds
        pace, busy = Pace(), Busy(self.device)
        while (done := self._done()) < 1:
            passes, tasks = self._ready
            rate = learning_rate(self.preset, done)
            values = self._update(passes, rate)
            told = self.processes.each(lambda: self._settle(stream, tasks, values, interrupt))  # noqa: B023
            self.step, self.seconds = self.step + 1, told[0].seconds
            line = self._line(told, rate)
            if record:
                progress = self._progress(line["loss"], pace(), busy())
                record.step(line, progress)
                on_progress(progress)
            if self.preset.sample_steps and self.step % self.preset.sample_steps == 0:
                self.processes.once(lambda: self._paint(record))
            asked = any(one.interrupted for one in told) or (self.processes.size == 1 and interrupt.asked)
            if (asked or told[0].save) and self._done() < 1:
                self.processes.once(self._checkpoint)
                self._saved = time.monotonic()
                if asked:
                    raise KeyboardInterrupt

    def _settle(self, stream: Iterator[_Encoded], tasks: list[str], values: Any, interrupt: Interrupt) -> _Told:
        """End the step at hand: the next one's examples are made ready while the device still works on it."""
        if self.preset.steps is None or self.step + 1 < self.preset.steps:
            self._ready = next(stream)
        *losses, norm = values.tolist()
        now = time.monotonic()
        due = now - self._saved >= self.preset.checkpoint_seconds
        return _Told(list(zip(tasks, losses, strict=True)), norm, interrupt.asked, now - self._started, due)

    def _encoded(self) -> Generator[_Encoded, None, None]:
        """What every step trains on, encoded, and the tasks of its examples."""
        preset, processes = self.preset, self.processes
        stream = open_stream(
            self.data,
            preset,
            self.base.image_size,
            self.batch_size,
            preset.batch_size,
            processes.rank,
            processes.size,
            self.step,
        )
        with closing(stream):
            while True:
                with self.idle():
                    batches = next(stream)
                yield [self.encoder(batch) for batch in batches], [task for batch in batches for task in batch.tasks]

    def _update(self, passes: list[Inputs], rate: float) -> Any:
        def step() -> Any:
            return self.learner.update(passes, rate, self.step, self.processes)

        if self.peak is None or self.flops:
            return step()
        values: list[Any] = []
        self.flops = count_flops(lambda: values.append(step()))
        return values[0]

    def _line(self, told: list[_Told], rate: float) -> dict[str, Any]:
        """The log's line of the step that was just made. Raises TrainingError unless its numbers are finite."""
        by_task: dict[str, list[float]] = defaultdict(list)
        for task, loss in (pair for one in told for pair in one.losses):
            by_task[task].append(loss)
        loss, norm = _mean(part for one in told for _, part in one.losses), told[0].norm
        # float16 finds its scale by overflowing now and then.
        for name, value in (("loss", loss), ("gradient", 0.0 if self.learner.scaler is not None else norm)):
            if not math.isfinite(value):
                # Steps repeat exactly: gone on with as it is, the run would end here again.
                rates = [f"learning_rate (now {self.preset.learning_rate:g})"]
                if self.preset.optimizer == "muon":
                    rates.append(f"muon_rate (now {self.preset.muon_rate:g})")
                raise TrainingError(
                    f"the {name} became {value} at step {self.step}; lower {' and '.join(rates)} and pass --overwrite"
                )
        tasks = {task: _mean(losses) for task, losses in sorted(by_task.items())}
        return {"step": self.step, "loss": loss, "lr_scale": rate, "grad_norm": norm, "tasks": tasks}

    def _progress(self, loss: float, pace: float, busy: float | None) -> Progress:
        steps, minutes, done = self.preset.steps, self.preset.minutes, self._done()
        idle = self.idle.seconds()
        cache = self.encoder.cache
        return Progress(
            step=self.step,
            loss=loss,
            images_per_s=pace * self.batch_size,
            fraction=min(done, 1.0),
            seconds_left=max((steps - self.step) / pace if steps else (1 - done) * 60 * (minutes or 0), 0.0),
            memory_gb=memory_gb(self.device),
            busy=busy,
            flops_share=self.flops * pace / self.peak if self.peak and self.flops else None,
            waiting=None if idle is None else min(idle * pace, 1.0),
            cached=cache.hit_rate if cache else None,
            resumed=self.resumed,
        )

    def _done(self) -> float:
        return fraction(self.preset, self.step, self.seconds)

    def _paint(self, record: Record | None) -> None:
        if record and self.questions:
            with self.learner.averaged():
                images = [question.image for question in self.questions]
                paintings = self.base.paint(images, [question.prompt for question in self.questions])
            record.samples(self.questions, paintings, self.step)
            self.encoder.make_room()
        self.learner.module.train()

    def _checkpoint(self) -> None:
        save_checkpoint(self.output, self.learner, self.step, self.seconds)

    def _finish(self) -> None:
        """Save the model and its card. A checkpoint first: what the disk has no room for now can be saved later."""
        self._checkpoint()
        with self.learner.averaged():
            self.base.save(self.output)
        trained: dict[str, Any] = {"steps": self.step, "minutes": self.seconds / 60}
        trained["images"] = self.step * self.batch_size
        if self.encoder.cache:
            trained["cache_hit_rate"] = round(self.encoder.cache.hit_rate, 4)
        packages = {name: version(name) for name in ("torch", "diffusers", "transformers", "accelerate")}
        finish(self.output, self.card | {"trained": trained, "versions": packages})


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.fsum(numbers) / len(numbers)
