"""The folder of a model, while it is made: whose it is, what may be resumed in it, and what may be cleared away."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import ConfigError
from pipeline.finetune.bases import CARD, LORA
from pipeline.finetune.checkpoint import FILE, FOLDER
from pipeline.shards.lease import kernel_lock
from pipeline.shards.read import CorpusError

LOG = "train_log.jsonl"
"""A line a step: step, loss, lr_scale (share of the peak learning rate), grad_norm, tasks (mean loss of each)."""
RUN = "run.json"
"""Settings of an unfinished run; a finished model has them in its card."""
LOCK = "lock"
"""Folder of the lock that a run at work holds."""
SAMPLES = "samples"
REPORTS = {"generation": "generation.json", "evaluation": "report.json"}
"""What was found about the model lies in these folders, unless it was put elsewhere, with a file by which to know them."""
TENSORBOARD = "tensorboard"
FREE = (
    "loader_threads", "cache", "offload", "track", "sample_steps", "checkpoint_seconds", "gradient_checkpointing",
    "compile",
)  # fmt: skip
"""Settings that change how fast and in how much memory a run goes, not what it learns: a resumed one may have others."""
Claim = Literal["begin", "resume", "replace"]


@contextmanager
def held(output: Path) -> Iterator[None]:
    """While it lasts, no other run writes `output`, which is made where it is missing, and goes if it was and stays empty.

    Where the file system knows no locks nobody is kept out. Raises ConfigError.
    """
    if output.exists() and not output.is_dir():
        raise ConfigError(f"--output {output}: is a file; name a folder")
    made = not output.exists()
    try:
        with ExitStack() as stack:
            try:
                stack.enter_context(kernel_lock(output, output / LOCK))
            except CorpusError:
                raise ConfigError(
                    f"--output {output}: another run is training there; wait for it, stop it, or name another folder"
                ) from None
            except OSError as error:
                raise _unwritable(output, error) from None
            yield
    finally:
        if made:
            with suppress(OSError):
                output.rmdir()


def claim(output: Path, run: dict[str, Any], overwrite: bool) -> Claim:
    """What is to become of what lies in `output`, where nothing is changed yet: nothing, or that of an earlier start
    ("begin"), an unfinished run of the same settings ("resume"), or a model or another run that goes ("replace").

    run: base, data, config and processes, to compare, and an id, which becomes that of the run that is resumed. The same
    global batch in other passes, or shared out among another number of processes, is the same run; it is resumed with
    `overwrite`, too. Raises ConfigError where something there is not ours, and for an output among the weights to start from.
    """
    _check_apart(output, run["config"].get("weights"))
    if not output.is_dir() or {entry.name for entry in output.iterdir()} <= {LOCK}:
        return "begin"
    if (output / CARD).is_file():
        if not overwrite:
            raise ConfigError(f"--output {output}: holds a finished model; name another folder or pass --overwrite")
        return "replace"
    try:
        before = dict(json.loads((output / RUN).read_text()))
    except (OSError, ValueError, TypeError):
        if overwrite and (output / RUN).is_file():
            return "replace"
        raise ConfigError(
            f"--output {output}: holds something else (which is never deleted); name another folder"
        ) from None
    if changed := differences(before, run):
        if overwrite:
            return "replace"
        raise ConfigError(
            f"--output {output}: holds an unfinished run with other settings ({changed}); "
            "repeat those to resume it, name another folder, or pass --overwrite"
        )
    run["id"] = before.get("id", run["id"])
    return "resume" if (output / FOLDER / FILE).is_file() else "begin"


def occupy(output: Path, run: dict[str, Any], claimed: Claim) -> None:
    """Make `output` ours, as it was claimed: delete what is replaced, and keep the settings. Raises ConfigError."""
    try:
        if claimed == "replace":
            _clear(output)
        output.mkdir(parents=True, exist_ok=True)
        partial = output / f"{RUN}.partial"
        partial.write_text(json.dumps(run, indent=2) + "\n")
        os.replace(partial, output / RUN)
    except OSError as error:
        raise _unwritable(output, error) from None


def finish(output: Path, card: dict[str, Any]) -> None:
    """Write the card, which makes the folder a model; what a resume would have needed goes."""
    partial = output / f"{CARD}.partial"
    partial.write_text(json.dumps(card, indent=2) + "\n")
    os.replace(partial, output / CARD)
    shutil.rmtree(output / FOLDER, ignore_errors=True)
    (output / RUN).unlink(missing_ok=True)


def differences(before: dict[str, Any], run: dict[str, Any]) -> str:
    """What decides what is learnt and differs between two runs' settings (base, data, config, processes), in words."""
    return ", ".join(_differing(_essence(before), _essence(run)))


def _unwritable(output: Path, error: OSError) -> ConfigError:
    return ConfigError(f"--output {output}: cannot write there ({error.strerror}); name another folder")


def _check_apart(output: Path, weights: str | None) -> None:
    """Raise ConfigError where a run would write among the weights that it starts from, or they lie in its folder."""
    if weights is None or not Path(weights).is_dir():
        return
    here, there = output.resolve(), Path(weights).resolve()
    if here.is_relative_to(there) or there.is_relative_to(here):
        raise ConfigError(
            f"--output {output}: holds the weights to start from, or lies among them; name another folder"
        )


def _clear(output: Path) -> None:
    """Delete a model or an unfinished run. Files that are not ours stay."""
    folders = [FOLDER, SAMPLES, TENSORBOARD]
    # Those on public benchmarks lie in folders of their own below.
    folders += [name for name, file in REPORTS.items() if any((output / name).rglob(file))]
    with suppress(OSError, ValueError):
        # diffusers' index names a component's folder beside its library and class; its own entries begin with "_".
        index = json.loads((output / "model_index.json").read_text())
        folders += [name for name, value in index.items() if not name.startswith("_") and isinstance(value, list)]
    for name in folders:
        shutil.rmtree(output / name, ignore_errors=True)
    for name in ("model_index.json", LORA, LOG, RUN, f"{RUN}.partial", f"{CARD}.partial", CARD):
        (output / name).unlink(missing_ok=True)


def _essence(run: dict[str, Any]) -> dict[str, Any]:
    """What of a run's settings decides what it learns."""
    config = dict(run.get("config") or {})
    batch = [config.pop("batch_size", 1), config.pop("accumulation", 1), run.get("processes", 1)]
    kept = {name: value for name, value in config.items() if name not in FREE}
    essence = {"base": run.get("base"), "data": run.get("data"), "config": kept}
    essence["batch_size x accumulation x processes"] = batch[0] * batch[1] * batch[2]
    if (config.get("lora") or {}).get("dropout"):
        # Dropout is drawn pass by pass in each process.
        essence |= dict(zip(("batch_size", "accumulation", "processes"), batch, strict=True))
    return essence


def _differing(before: Any, now: Any, name: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            yield from _differing(before.get(key), now.get(key), f"{name}.{key}".lstrip("."))
    elif before != now:
        yield f"{name}: {before} there, {now} now"
