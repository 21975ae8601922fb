"""What a model has painted, kept on disk until the report is there: an evaluation that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pipeline
from pipeline.files import save_bytes
from pipeline.finetune import bases
from pipeline.shards.sample import CorruptSample, decode_image, encode_image

FOLDER = "paintings"
NAME = re.compile(r"^[0-9a-f]{32}\.png$")


class Paintings:
    """The paintings of one model below `output`, each under the hash of all that it depends on: a changed question, seed or
    model has another name, so nothing stale is ever read.

    card: of the model's folder. weights: of the base of adapters, as for `bases.load`. seed, steps: as for `bases.Base.paint`.
    """

    def __init__(
        self, output: Path, model: Path, card: dict[str, Any], weights: str | None, seed: int, steps: int | None
    ) -> None:
        self.folder, self.seed, self.steps = output / FOLDER, seed, steps
        files = [(file.stat(), str(file.relative_to(model))) for file in sorted(model.glob("**/*.safetensors"))]
        known = [(name, stat.st_size, stat.st_mtime_ns) for stat, name in files]
        self._about = json.dumps(
            [pipeline.__version__, str(model.resolve()), card, known, weights, seed, steps]
        ).encode()

    def paint(
        self, base: bases.Base, images: Sequence[NDArray[np.uint8]], prompts: Sequence[str]
    ) -> list[NDArray[np.uint8]]:
        """As `base.paint`, which is asked only for what is not there yet. Raises ConfigError where the disk is full."""
        places = [self._place(image, prompt) for image, prompt in zip(images, prompts, strict=True)]
        found = [_read(place, image.shape) for place, image in zip(places, images, strict=True)]
        missing = [number for number, painting in enumerate(found) if painting is None]
        if missing:
            asked, words = [images[number] for number in missing], [prompts[number] for number in missing]
            for number, painting in zip(missing, base.paint(asked, words, self.seed, self.steps), strict=True):
                save_bytes(places[number], encode_image(painting))
                found[number] = painting
        return [painting for painting in found if painting is not None]

    def _place(self, image: NDArray[np.uint8], prompt: str) -> Path:
        digest = hashlib.sha256(self._about)
        digest.update(json.dumps([prompt, image.shape]).encode())
        digest.update(np.ascontiguousarray(image).data)
        return self.folder / f"{digest.hexdigest()[:32]}.png"


def forget(output: Path) -> None:
    """Delete the paintings below `output`, where the report on them is written."""
    folder = output / FOLDER
    with suppress(OSError):
        for file in folder.iterdir():
            if NAME.match(file.name):
                file.unlink()
        folder.rmdir()


def _read(place: Path, shape: tuple[int, ...]) -> NDArray[np.uint8] | None:
    """The painting, if it is there and whole."""
    with suppress(OSError, CorruptSample):
        painting = decode_image(place.read_bytes(), str(place))
        return painting if painting.shape == shape else None
    return None
