"""What a run leaves behind to look at: a line a step, and TensorBoard or Weights & Biases where the preset asks for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, require
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.examples import Example
from pipeline.finetune.folder import LOG, SAMPLES, TENSORBOARD
from pipeline.finetune.progress import Progress
from pipeline.finetune.samples import sheet_png, strip


def check_trackers(preset: TrainConfig) -> None:
    """Raise ConfigError unless what `track` names is installed."""
    for tracker in preset.track:
        if tracker == "tensorboard":
            require("train", tracker)
            continue
        try:
            require("train", tracker)
        except ConfigError:
            raise ConfigError(f"track: {tracker} is not installed; run: pip install {tracker}") from None


class Record:
    """The log of the run in `output` from step `step` on, and its trackers. Only the first process keeps one."""

    def __init__(self, output: Path, preset: TrainConfig, card: dict[str, Any], step: int) -> None:
        self._output = output
        path = output / LOG
        # Cut back to what the checkpoint knows.
        kept = path.read_text().splitlines(keepends=True)[:step] if step and path.is_file() else []
        path.write_text("".join(kept))
        self._file = path.open("a", buffering=1)
        self._peaks = {"learning_rate": preset.learning_rate}
        if preset.optimizer == "muon":
            self._peaks["muon_rate"] = preset.muon_rate
        self._trackers = [_tracker(name, output, card["id"], step) for name in preset.track]
        for tracker in self._trackers:
            tracker.start()
            tracker.log({"settings": f"```\n{json.dumps(card, indent=2)}\n```"}, step=step)

    def step(self, line: dict[str, Any], progress: Progress) -> None:
        """Write one step: `line` to the log, and with the speed, and rates for their share of the peak, to the trackers."""
        self._file.write(json.dumps({key: _rounded(value) for key, value in line.items()}) + "\n")
        if self._trackers:
            told = {"loss": line["loss"], "grad_norm": line["grad_norm"]}
            told |= {name: peak * line["lr_scale"] for name, peak in self._peaks.items()}
            told |= {f"loss/{task}": loss for task, loss in line["tasks"].items()}
            speed = asdict(progress)
            for name in ("images_per_s", "memory_gb", "busy", "flops_share", "waiting", "cached"):
                if speed[name] is not None:
                    told[f"speed/{name}"] = speed[name]
            for tracker in self._trackers:
                tracker.log(told, step=line["step"])

    def samples(self, questions: Sequence[Example], paintings: Sequence[NDArray[np.uint8]], step: int) -> None:
        """Keep photo | target | painting of every question."""
        strips = [strip(question, painting) for question, painting in zip(questions, paintings, strict=True)]
        folder = self._output / SAMPLES
        folder.mkdir(exist_ok=True)
        (folder / f"step-{step:07d}.png").write_bytes(sheet_png(strips))
        for tracker in self._trackers:
            form = {"dataformats": "NHWC"} if tracker.name == "tensorboard" else {}
            for question, picture in zip(questions, strips, strict=True):
                tracker.log_images({f"samples/{question.task}": picture[None]}, step=step, **form)

    def flush(self) -> None:
        """Have the log on the disk no later than the checkpoint that follows."""
        self._file.flush()

    def close(self) -> None:
        """End the log and the trackers."""
        self._file.close()
        for tracker in self._trackers:
            tracker.finish()


def _tracker(name: str, output: Path, run: str, step: int) -> Any:
    from accelerate.tracking import TensorBoardTracker, WandBTracker

    if name == "tensorboard":
        # What an interrupted run told after its last checkpoint is taken back.
        return TensorBoardTracker(TENSORBOARD, output, purge_step=step + 1)
    return WandBTracker("plantain", dir=str(output), name=output.name, id=run, resume="allow")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, 6) if isinstance(value, float) else value
