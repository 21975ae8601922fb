"""What ends a training run, as one line that says how to go on."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from pipeline.errors import ConfigError, PlantainError, one_line
from pipeline.finetune import bases
from pipeline.finetune.config import TrainConfig

FULL = (errno.ENOSPC, errno.EDQUOT)
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)
GPU = "GPU"
AGAIN = "run the same command again: it goes on from the last checkpoint"


class TrainingError(PlantainError):
    """A run that cannot go on. Its text is one line, ready to print."""


class Elsewhere(TrainingError):
    """Another process of the run failed, and this one stopped with it."""


def explain(error: BaseException, base: str, preset: TrainConfig, output: Path) -> PlantainError | None:
    """What a person can do about `error`; None for a fault that nobody foresaw, which is raised as it is."""
    if isinstance(error, PlantainError):
        return error
    if where := _out_of_memory(error):
        return TrainingError(
            f"out of {where} memory with batch_size={preset.batch_size}: {_smaller(base, preset, where)}"
        )
    code = _system_error(error)
    place = getattr(error, "filename", None) or output
    if code in FULL:
        return TrainingError(f"{place}: the disk is full; free some space and {AGAIN}")
    if code in UNWRITABLE and isinstance(error, OSError) and error.filename and _inside(error.filename, output):
        return ConfigError(f"{place}: cannot write there ({error.strerror}); make it writable and {AGAIN}")
    if isinstance(error, RuntimeError) and _lost_peer(error):
        return Elsewhere(
            f"another process of this run is gone (its own last line says why) or out of reach: {one_line(error)}; {AGAIN}"
        )
    return None


def _smaller(base: str, preset: TrainConfig, where: str) -> str:
    """What to set so that a run fits: what may be changed in the middle of one, or what it must begin anew with."""
    published = base not in bases.OURS
    cut = next((n for n in range(2, preset.batch_size + 1) if preset.batch_size % n == 0), None)
    passes = f"batch_size={preset.batch_size // cut} and accumulation={preset.accumulation * cut}" if cut else ""
    # Dropout is drawn pass by pass: cut up otherwise, it is another run.
    fixed = preset.lora.dropout > 0
    ways = [f"{passes} (the same steps in smaller passes)"] if passes and not fixed else []
    if not preset.gradient_checkpointing:
        ways.append("gradient_checkpointing=true")
    if published and where == GPU and not preset.offload:
        # In the first epoch a cache alone spares nothing.
        once = " (slow; with cache=FOLDER in the first epoch only)" if _cache_helps(base, preset) else ""
        ways.append(f"offload=true{once}")
    if ways:
        return f"set {' or '.join(ways)}; then {AGAIN}"
    less = (
        ["a smaller image_size", "a smaller lora.rank"] if published else ["a smaller model.image_size or model.widths"]
    )
    if published and preset.tune == "full":
        less = ["a smaller image_size", "tune=lora"]
    return f"set {' or '.join([passes] * bool(passes) + less)} and pass --overwrite, for that is another run"


def _cache_helps(base: str, preset: TrainConfig) -> bool:
    """Whether a cache, which there is none of yet, would have the text encoder rest in later epochs."""
    if preset.cache is not None or base not in bases.PUBLISHED:
        return False
    from pipeline.finetune.encoding import Repeats

    return Repeats.under(preset.augment).words(preset.mixture, bases.published(base).reads_images)


def _out_of_memory(error: BaseException) -> str | None:
    """Whose memory ran out, if that is what happened."""
    import torch

    if isinstance(error, torch.OutOfMemoryError):
        return GPU
    # The CPU's allocator has no exception of its own.
    if isinstance(error, MemoryError) or "DefaultCPUAllocator: can't allocate memory" in str(error):
        return "main"
    return None


def _system_error(error: BaseException) -> int | None:
    """errno of an OSError, or of what safetensors, which is written in Rust, makes of one."""
    if isinstance(error, OSError):
        return error.errno
    told = re.search(r"\(os error (\d+)\)", str(error)) if type(error).__name__ == "SafetensorError" else None
    return int(told[1]) if told else None


def _inside(path: str, folder: Path) -> bool:
    return Path(path).resolve().is_relative_to(folder.resolve())


def _lost_peer(error: RuntimeError) -> bool:
    import torch.distributed as dist

    if not (dist.is_available() and dist.is_initialized()):
        return False
    network = (dist.DistBackendError, dist.DistNetworkError)
    return isinstance(error, network) or bool(re.search(r"gloo|NCCL|[Cc]onnection (closed|reset)", str(error)))
