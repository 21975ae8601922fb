"""Corpora + base -> a tuned model on disk. Killed and started again, it goes on as if nothing had happened."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, one_line
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import fingerprints
from pipeline.finetune.faults import TrainingError, explain
from pipeline.finetune.folder import Claim, claim, held, occupy
from pipeline.finetune.loader import check_named, weighted_sources
from pipeline.finetune.processes import Processes
from pipeline.finetune.progress import OnProgress, Progress
from pipeline.finetune.schedule import learning_rate
from pipeline.finetune.tracking import check_trackers
from pipeline.shards.location import Location

__all__ = ["OnProgress", "Progress", "TrainingError", "finetune", "learning_rate"]


def finetune(
    data: list[Location],
    base: str,
    output: Path,
    preset: TrainConfig,
    on_progress: OnProgress = lambda progress: None,
    overwrite: bool = False,
) -> Path:
    """Tune `base` on the train splits of `data` and return the model's folder, which is `output`.

    An unfinished run of the same data, base and preset in `output` is resumed from its last checkpoint. Another one, or a
    finished model, is replaced with `overwrite`, once this run has all that it needs to begin; without, and where the
    folder holds anything else, it is left alone (ConfigError). So it is while another run is training there. With `steps`
    in the preset the weights do not depend on where a run was interrupted; with `minutes` the learning rate follows the
    clock. Ctrl-C ends the step at hand and leaves a checkpoint.

    `data` may be empty for a run on `mixture.pairs` alone.

    Started in several processes, by `accelerate launch` or `pipeline.finetune.launch`, each does its share of every
    step; only the first one writes, and calls `on_progress`. Raises TrainingError when the loss is no longer finite,
    memory runs out or the disk is full; the last checkpoint stays as it was.
    """
    bases.check(base)
    check_named(data, preset.mixture)
    check_trackers(preset)
    output = Path(output)
    from pipeline.finetune.precision import fast_float32

    with fast_float32(tf32=preset.precision != "no"):
        _train(data, base, output, preset, on_progress, overwrite)
    return output


def settings(data: list[Location], base: str, preset: TrainConfig, processes: int = 1) -> dict[str, Any]:
    """What a run's folder, and its model's card, say that it was started with. Raises ConfigError and CorpusError."""
    from pipeline.finetune.bases.earlier import as_trained

    corpora = fingerprints(data, preset.mixture, preset.cache)
    config = as_trained(base, preset).model_dump(mode="json")
    return {"base": base, "data": corpora, "config": config, "processes": processes}


def _train(
    data: list[Location], base: str, output: Path, preset: TrainConfig, on_progress: OnProgress, overwrite: bool
) -> None:
    accelerator = _accelerator(preset)
    from pipeline.finetune.run import Run

    stack = ExitStack()
    try:
        processes = Processes(accelerator, lambda error: explain(error, base, preset, output))

        def begin() -> tuple[dict[str, Any], Claim]:
            weighted_sources(data, preset)
            run = {"id": uuid.uuid4().hex} | settings(data, base, preset, processes.size)
            stack.enter_context(held(output))
            return run, claim(output, run, overwrite)

        card, claimed = processes.once(begin)
        run = Run(data, card, output, preset, accelerator, processes)
        # What was there goes no sooner than all that may be wrong with the options has been found out.
        processes.once(lambda: occupy(output, card, claimed))
        if claimed == "resume":
            processes.everywhere(run.resume)
        run.train(on_progress)
        if processes.size > 1:
            accelerator.end_training()
    except Exception as error:
        if (known := explain(error, base, preset, output)) is None or known is error:
            raise
        raise known from error
    finally:
        stack.close()
        _release(accelerator)


def _accelerator(preset: TrainConfig) -> Any:
    """accelerate's, for the processes that a launcher started, or for this one alone."""
    import torch
    from accelerate import Accelerator, DistributedDataParallelKwargs

    wrapping = DistributedDataParallelKwargs(gradient_as_bucket_view=True)
    try:
        # Without `cpu` accelerate overlooks launchers on machines that have no accelerator.
        alone = not torch.accelerator.is_available()
        return Accelerator(mixed_precision=preset.precision, cpu=alone, kwargs_handlers=[wrapping])
    except ValueError as error:
        raise ConfigError(f"precision: {preset.precision}: {one_line(error)}") from None


def _release(accelerator: Any) -> None:
    """Forget accelerate's global state: the next run in this process may have another precision."""
    from accelerate.state import AcceleratorState

    accelerator.free_memory()
    AcceleratorState._reset_state(reset_partial_state=accelerator.num_processes == 1)
