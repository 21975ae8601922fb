"""Weights of published pipelines: from the hub or a folder, safetensors alone, with errors that say what to get."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from diffusers import DiffusionPipeline
from safetensors import SafetensorError

from pipeline.errors import ConfigError, one_line

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
FAULTS = (OSError, ValueError, RuntimeError, SafetensorError)
"""What diffusers and transformers raise for files that are missing, cut short, or of another shape."""
WEIGHTS, MODEL = "--weights", "--model"
ANEW = "bring the whole folder here, or train the model again"
LARGE = 2e9
"""Bytes of weights from which on it matters in what precision they are loaded."""


def check_weights(weights: str, revision: str | None, wanted: type, what: str = WEIGHTS) -> dict[str, Any]:
    """model_index.json of `weights`, a folder or a hub id, which must be of the pipeline class `wanted`.

    what: how it was given, an option or a key; MODEL where `plantain finetune` wrote it: for the errors, here and below. Raises
    ConfigError where there is nothing, nothing can be fetched, it is of another class, or only pickles lie there.
    """
    folder = Path(weights)
    if not folder.is_dir() and not HUB_ID.fullmatch(weights):
        raise ConfigError(f"{what} {weights}: no such folder, nor a hub id (owner/name); pass one of the two")
    if folder.is_dir() and not (folder / "model_index.json").is_file():
        whole = f"pass the folder of a whole {wanted.__name__}, as `hf download` or save_pretrained write it"
        raise ConfigError(f"{what} {weights}: no model_index.json there; {ANEW if what == MODEL else whole}")
    try:
        index: dict[str, Any] = DiffusionPipeline.load_config(weights, revision=revision)
    except FAULTS as error:
        raise missing(weights, error, what) from None
    found = index.get("_class_name")
    if found != wanted.__name__:
        raise ConfigError(f"{what} {weights}: holds a {found}, and this base is a {wanted.__name__}; pass one of those")
    if folder.is_dir():
        # A tokenizer that is not there is passed over by the loader, and missed much later.
        parts = [name for name, value in index.items() if isinstance(value, list | tuple) and value[0]]
        if absent := [name for name in parts if not (folder / name).is_dir()]:
            raise ConfigError(
                f"{what} {weights}: {absent[0]}/ is missing, which model_index.json lists; "
                + (ANEW if what == MODEL else "download the folder again")
            )
        _refuse_pickles(folder, what)
    return index


def load_part(weights: str, wanted: Any, what: str = WEIGHTS, **options: Any) -> Any:
    """What `wanted.from_pretrained` makes of `weights`, from safetensors only. Raises ConfigError."""
    try:
        return wanted.from_pretrained(weights, use_safetensors=True, **options)
    except FAULTS as error:
        raise missing(weights, error, what) from None


def load_tuned(folder: Path, wanted: Any, what: str) -> Any:
    """What `wanted.from_pretrained` makes of a pipeline that `plantain finetune` wrote, from safetensors only.

    what: how the folder was given ("--model"), for the error. Raises ConfigError.
    """
    _refuse_pickles(folder, what)
    try:
        return wanted.from_pretrained(folder, use_safetensors=True)
    except (*FAULTS, AttributeError, TypeError) as error:
        raise ConfigError(f"{what} {folder}: cannot be loaded ({one_line(error, 160)}); {ANEW}") from None


def missing(weights: str, error: Exception, what: str = WEIGHTS) -> ConfigError:
    """The one line for weights that cannot be had."""
    reason = one_line(error, 160)
    if Path(weights).is_dir():
        remedy = ANEW if what == MODEL else "download the folder again"
        return ConfigError(f"{what} {weights}: cannot be loaded ({reason}); {remedy}")
    local = weights.rpartition("/")[2]
    option = what if what.startswith("--") and what != MODEL else WEIGHTS
    return ConfigError(
        f"{what} {weights}: not on this machine, and cannot be fetched from the hub ({reason}); where there is a "
        f"network run `hf download {weights} --local-dir {local}`, bring that folder here and pass {option} {local}"
    )


def are_large(weights: str) -> bool:
    """Whether weights are of LARGE bytes, as those on the hub are taken to be."""
    folder = Path(weights)
    return not folder.is_dir() or sum(file.stat().st_size for file in folder.glob("*/*.safetensors")) > LARGE


def _refuse_pickles(folder: Path, what: str) -> None:
    for part in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        pickles = sorted([*part.glob("*.bin"), *part.glob("*.pt"), *part.glob("*.ckpt")])
        if pickles and not any(part.glob("*.safetensors")):
            raise ConfigError(
                f"{what} {folder}: {part.name}/{pickles[0].name} is a pickle, which is never read; "
                "get this part as .safetensors"
            )
