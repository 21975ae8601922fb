"""A corpus, one view at a time, decoded no further than an export needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_info, read_manifest, read_rows, shard_files
from pipeline.shards.sample import CorruptSample, decode_exact, decode_image, encode_image

Progress = Callable[[int, str, int], None]
"""Called with (views done, a note, views in all)."""
MAX_DEPTH_MM = 65535


@dataclass(frozen=True, eq=False)
class View:
    """A sample as its shard holds it.

    image: bytes of the picture file; suffix: ".png" or ".jpg". targets: task -> bytes of a PNG, those asked for.
    meta: the json field. exact: as in `Sample`; empty unless asked for.
    """

    key: str
    image: bytes
    suffix: str
    meta: dict[str, Any]
    targets: dict[str, bytes]
    exact: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Source:
    """A split to export. info: dataset.json. manifest: manifest.json of the split."""

    corpus: Location
    split: str
    info: dict[str, Any]
    manifest: dict[str, Any]

    def views(self, *fields: str, on_progress: Progress | None = None) -> Iterator[View]:
        """Every view in order of key with image, meta and `fields` (tasks, "exact"). One batch is in memory at a time.

        Raises CorpusError naming file and key for what cannot be read.
        """
        done = 0
        for path in shard_files(self.corpus, self.split):
            for key, files in read_rows(path, ["image", "json", *fields]):
                try:
                    view = _view(key, files, fields)
                except (CorruptSample, KeyError, ValueError) as error:
                    reason = str(error) if isinstance(error, CorruptSample) else f"{key}: a field is missing or damaged"
                    raise CorpusError(
                        f"{path}: {reason}; run `plantain validate {self.corpus}` for all faults"
                    ) from None
                yield view
                done += 1
                if on_progress:
                    on_progress(done, "", self.manifest["samples"])


def open_source(corpus: Location, split: str, exact_for: str | None = None) -> Source:
    """The split to export. `exact_for` names the format that needs exact labels.

    Raises CorpusError for a corpus or split that is missing or unfinished, ConfigError for an empty split and for a
    corpus without the exact labels needed.
    """
    source = Source(corpus, split, read_info(corpus), read_manifest(corpus, split))
    if not source.manifest["samples"]:
        raise ConfigError(f"{corpus}: split {split!r} is empty; choose another --split")
    if exact_for and not source.info["config"].get("exact"):
        raise ConfigError(
            f"{corpus}: made with --no-exact, and {exact_for} needs exact labels; "
            "run its `plantain generate` again with --exact --overwrite"
        )
    return source


def depth_mm(depth_m: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Metres [H, W] -> whole millimetres, uint16 [H, W]; 0 where nothing is hit or it is past 65.535 m."""
    millimetres = np.rint(depth_m.astype(np.float64) * 1000.0)
    return np.where(millimetres <= MAX_DEPTH_MM, millimetres, 0).astype(np.uint16)


def image_png(view: View) -> bytes:
    """The view's picture as PNG: untouched when it is one, else decoded and encoded without further loss."""
    return view.image if view.suffix == ".png" else encode_image(decode_image(view.image, f"{view.key}: field 'image'"))


def _view(key: str, files: dict[str, bytes], fields: tuple[str, ...]) -> View:
    named = {name.partition(".")[0]: name for name in files}
    return View(
        key=key,
        image=files[named["image"]],
        suffix="." + named["image"].partition(".")[2],
        meta=json.loads(files["json"]),
        targets={field: files[named[field]] for field in fields if field != "exact"},
        exact=decode_exact(files[named["exact"]], key) if "exact" in fields else {},
    )
