"""The picture of a dataset card: some views of a corpus beside their targets, in the words of their prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.shards.location import Location
from pipeline.shards.read import CorpusError, read_rows
from pipeline.shards.sample import CorruptSample, Sample, from_files

VIEWS = 4
CELL, GAP, MARGIN, HEAD, WORDS = 232, 8, 16, 36, 62
"""Pixels: side of a picture, between two, around all, above them, and below each for LINES lines of SMALL letters."""
SMALL, LINES = 13, 3
PAPER, INK, FAINT = (250, 249, 246), (38, 40, 48), (104, 106, 112)
TITLES = {"normal": "normals"}


def chosen(shards: Sequence[Location]) -> list[Sample]:
    """VIEWS samples, or as many as there are, from shards spread evenly over `shards`, files in their order.

    Raises CorpusError for a shard that is missing or damaged.
    """
    count = min(VIEWS, len(shards))
    places = [round(place) for place in np.linspace(0, len(shards) - 1, count)]
    samples: list[Sample] = []
    for number, place in enumerate(places):
        wanted = -(-(VIEWS - len(samples)) // (count - number))
        for key, files in islice(read_rows(shards[place]), wanted):
            try:
                samples.append(from_files(key, {name: data for name, data in files.items() if name != "exact.exr"}))
            except CorruptSample as error:
                raise CorpusError(f"{shards[place]}: {error}; run `plantain validate` for all faults") from None
    return samples


def draw(samples: Sequence[Sample]) -> NDArray[np.uint8]:
    """A row a view: the picture over its caption, the five targets over what was asked; uint8 [H, W, 3]."""
    from PIL import Image, ImageDraw, ImageFont

    heading, small = ImageFont.load_default(17), ImageFont.load_default(SMALL)
    columns = ("image", *TASKS)
    width = 2 * MARGIN + len(columns) * CELL + (len(columns) - 1) * GAP
    page = Image.new("RGB", (width, HEAD + len(samples) * (CELL + WORDS) + MARGIN), PAPER)
    pen = ImageDraw.Draw(page)
    for column, name in enumerate(columns):
        x = MARGIN + column * (CELL + GAP)
        pen.text((x, HEAD - 8), TITLES.get(name, name), INK, heading, anchor="ls")
        for row, sample in enumerate(samples):
            y = HEAD + row * (CELL + WORDS)
            picture = Image.fromarray(sample.image if name == "image" else sample.targets[name])
            scale = CELL / max(picture.size)
            fitted = picture.resize([max(1, round(side * scale)) for side in picture.size], _filter(scale))
            page.paste(fitted, (x + (CELL - fitted.width) // 2, y + (CELL - fitted.height) // 2))
            words = sample.meta["caption"] if name == "image" else sample.meta["prompts"][name]
            lines = "\n".join(wrapped(words, CELL, small.getlength))
            pen.multiline_text((x, y + CELL + 4), lines, FAINT, small, spacing=3)
    return np.asarray(page)


def wrapped(text: str, width: float, length: Callable[[str], float]) -> list[str]:
    """At most LINES lines of `text`, each at most `width` long, with dots where words are left out."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if length(longer) <= width:
            lines[-1] = longer
        elif len(lines) < LINES:
            lines.append(word)
        else:
            while lines[-1] and length(lines[-1] + "...") > width:
                lines[-1] = lines[-1][:-1]
            lines[-1] = lines[-1].rstrip(" ,;:(") + "..."
            break
    return lines


def _filter(scale: float) -> Any:
    from PIL.Image import Resampling

    return Resampling.BOX if scale < 1 else Resampling.NEAREST
