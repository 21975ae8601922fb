"""A corpus around its shards: claiming a folder or URL for a run, dataset.json, and whether a run fits what is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pipeline
from pipeline.errors import PlantainError
from pipeline.shards import store
from pipeline.shards.card import PROCEDURAL
from pipeline.shards.journal import Journal
from pipeline.shards.lease import sole_writer
from pipeline.shards.location import Location, is_object_store
from pipeline.shards.manifest import PROGRESS, RUNS, finished, forget_progress, write_manifests
from pipeline.shards.read import SCHEMA_VERSION, CorpusError, read_info
from pipeline.shards.retries import StoreError
from pipeline.shards.write import write_text

__all__ = ["PACKAGES", "PROGRESS", "claimed", "difference", "finished", "write_manifests"]

PACKAGES = (
    "numpy",
    "scipy",
    "trimesh",
    "fast-simplification",
    "embreex",
    "mujoco",
    "opencv-python-headless",
    "pillow",
    "deflate",
    "OpenEXR",
    "pyarrow",
    "pyrender",
    "bpy",
    "blenderproc",
)
"""Those that decide the bytes."""
ABOUT = ("statistics.json", "gallery.html", "croissant.json", "preview.jpg")
"""What `plantain inspect` and `plantain card` leave beside the splits: it tells of the shards that lie there."""


@contextmanager
def claimed(
    output: Location,
    config: dict[str, Any],
    classes: Iterable[str],
    overwrite: bool,
    catalogues: Mapping[str, Mapping[str, Any]] | None = None,
    check_start: Callable[[], None] = lambda: None,
) -> Iterator[Journal]:
    """While it lasts, `output` is the home of the corpus that `config` describes: new, or the same one to be resumed.

    Yields the journal to note finished shards in. catalogues: how many models each source lists and a digest of them, as
    compose.listed_models has it. check_start: called before a corpus is begun or overwritten; what it raises leaves
    everything there as it was. Raises CorpusError when the folder cannot be written, holds something else, is being
    written by another run, or holds a corpus of other settings, classes or models and `overwrite` is False. Nothing that
    is not a corpus is ever deleted.
    """
    made_of = {"classes": list(classes), "catalogues": {name: dict(one) for name, one in (catalogues or {}).items()}}
    with ExitStack() as stack:
        try:
            # Before anything is written there, and once more when nobody else writes there.
            if _check_home(output, config, made_of, overwrite) is None or overwrite:
                check_start()
            check = stack.enter_context(sole_writer(output, output / PROGRESS))
            old = _check_home(output, config, made_of, overwrite)
            if old and overwrite:
                _clear(output, old)
            _furnish(output, config, made_of)
            _set_aside_damaged(output)
            journal = Journal(output, output / PROGRESS, check)
        except OSError as error:
            raise _unwritable(output, error) from None
        try:
            yield journal
        except BaseException:
            # What went wrong first says more than that the journal cannot be written either.
            with suppress(PlantainError, OSError):
                journal.close()
            with suppress(PlantainError, OSError):
                _sweep(output, config["splits"])
            raise
        journal.close()
        _sweep(output, config["splits"])


def _check_home(
    output: Location, config: dict[str, Any], made_of: dict[str, Any], overwrite: bool
) -> dict[str, Any] | None:
    """dataset.json of the corpus in `output`, None for an empty or missing folder."""
    names = store.listing(output).keys()
    if not names:
        return None
    if "dataset.json" not in names:
        if PROGRESS in names and all(name == PROGRESS or _is_leftover(name) for name in names):
            return None  # a run was killed before it got any further
        raise CorpusError(f"{output}: not empty and no corpus of ours; choose another --output (it is never deleted)")
    if overwrite:
        return read_info(output, any_version=True)
    info = read_info(output)
    if what := _difference(info, config):
        raise CorpusError(
            f"{output}: holds a corpus made with other settings ({what}); choose another --output or pass --overwrite"
        )
    if what := _other_models(info, made_of):
        raise CorpusError(
            f"{output}: holds a corpus made with other models ({what}); restore them, choose another --output or pass "
            "--overwrite"
        )
    return info


def _furnish(output: Location, config: dict[str, Any], made_of: dict[str, Any]) -> None:
    info = {
        "schema_version": SCHEMA_VERSION,
        "plantain": pipeline.__version__,
        "config": config,
        "seed": config["seed"],
        "splits": list(config["splits"]),
        **made_of,
        "asset_licences": [PROCEDURAL],
        "packages": packages(),
    }
    # First of all: it is what makes the folder a corpus of ours, whatever happens to this run.
    write_text(output / "dataset.json", json.dumps(info, indent=2) + "\n")
    for split in config["splits"]:
        store.make_folder(output / split)
    _sweep(output, config["splits"])


def _set_aside_damaged(output: Location) -> None:
    """Rename a run.json that cannot be read, so that the account of this run does not take the place of what it held."""
    try:
        sound = isinstance(json.loads(store.get(output / RUNS))["runs"], list)
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        store.rename(output / RUNS, f"{RUNS}.damaged")


def _sweep(output: Location, splits: Iterable[str]) -> None:
    """Remove what processes that were killed left half written, which no object store ever shows."""
    if is_object_store(output):
        return
    for folder in (output, *(output / split for split in splits)):
        for name in store.listing(folder):
            if _is_leftover(name):
                store.remove(folder / name)


def _is_leftover(name: str) -> bool:
    return name.startswith(".") and name.endswith(".tmp")


def _unwritable(output: Location, error: OSError) -> CorpusError:
    reason = error.strerror if not isinstance(error, StoreError) else str(error).removeprefix(f"{output}").lstrip("/: ")
    return CorpusError(f"{output}: cannot write there ({reason}); choose another --output")


def _clear(output: Location, info: dict[str, Any]) -> None:
    # First what tells of the shards, so that nobody reads of some that are gone.
    store.remove_all(output, [*(f"{split}/manifest.json" for split in info["splits"]), RUNS, *ABOUT])
    forget_progress(output / PROGRESS)
    for split in info["splits"]:
        store.remove_all(output / split, [name for name in store.listing(output / split) if name.startswith("shard-")])


def packages() -> dict[str, str]:
    """Versions of PACKAGES that are installed here, by name."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _difference(info: dict[str, Any], config: dict[str, Any]) -> str | None:
    """What would make the next shard unlike those there, in words; None when nothing would."""
    old = info["config"]
    for key in config:
        if what := _change(key, old.get(key), config[key]):
            return what
    then, now = {"plantain": info.get("plantain")}, {"plantain": pipeline.__version__}
    then, now = then | (info.get("packages") or {}), now | packages()
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            return f"{name} was {then.get(name)}, now {now.get(name)}"
    return None


def _change(key: str, then: Any, now: Any) -> str | None:
    """How a setting is not what it was, in words; None where it is. What has names is drawn, or dealt out, in their order."""
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return None if then == now else f"{key} was {then!r}, now {now!r}"
    for name in {**now, **then}:
        if what := _change(f"{key}.{name}", then.get(name), now.get(name)):
            return what
    order, new = ([name for name in names if name in then and name in now] for names in (then, now))
    return None if order == new else f"{key} are in another order ({', '.join(order)}; now {', '.join(new)})"


def _other_models(info: dict[str, Any], made_of: dict[str, Any]) -> str | None:
    """How the catalogues are unlike those that the finished shards were made with, in words; None when they are not."""
    then, now = info.get("catalogues", {}), made_of["catalogues"]
    for source in sorted(then.keys() | now.keys()):
        before, after = then.get(source), now.get(source)
        if before != after:
            counts = [one["models"] if one else "none" for one in (before, after)]
            what = f"listed {counts[0]} models, now {counts[1]}" if counts[0] != counts[1] else "has changed files"
            classes = difference(info["classes"], made_of["classes"])
            return f"{source} {what}" + (f"; {classes}" if classes else "")
    return difference(info["classes"], made_of["classes"])


def difference(then: Sequence[str], now: Sequence[str]) -> str | None:
    """How one class list differs from another, in words; None when it does not."""
    if list(then) == list(now):
        return None
    lost, new = [name for name in then if name not in now], [name for name in now if name not in then]
    said = [f"{what} {', '.join(names[:5])}" for what, names in (("without", lost), ("with", new)) if names]
    return f"the class list is now {' and '.join(said)}" if said else "the classes are in another order"
