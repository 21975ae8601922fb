"""Side by side: what a model made of the same words before and after it was tuned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.page import FAINT, INK, PAPER, paste, trim, write
from pipeline.files import save_bytes
from pipeline.shards.sample import encode_image

CELL, GAP, MARGIN, LINE, TITLE = 176, 4, 28, 30, 96


@dataclass(frozen=True, eq=False)
class Card:
    """One prompt, and pictures with a heading each, uint8 [H, W, 3]."""

    prompt: str
    pictures: dict[str, NDArray[np.uint8]]


def draw_generation_sheet(columns: Mapping[str, Sequence[Card]], words: Sequence[str], path: Path) -> None:
    """Write the sheet as a PNG: a column of cards under each heading, and what was measured above them.

    Raises ConfigError naming the path when it cannot be written.
    """
    columns = {name: cards for name, cards in columns.items() if cards}
    wide = [max(len(card.pictures) for card in cards) * (CELL + GAP) for cards in columns.values()]
    width = max(sum(wide) + MARGIN * (len(wide) + 1), 1100)
    top = TITLE + 18 * len(words)
    height = top + max(len(cards) for cards in columns.values()) * (CELL + LINE) + MARGIN
    page = np.full((height, width, 3), PAPER, np.uint8)
    for number, sentence in enumerate(words):
        write(page, trim(sentence, width - 2 * MARGIN), (MARGIN, 30 + 18 * number), INK)
    x = MARGIN
    for (name, cards), along in zip(columns.items(), wide, strict=True):
        write(page, name, (x, top - 36), INK, 0.6)
        for place, heading in enumerate(cards[0].pictures):
            write(page, heading, (x + place * (CELL + GAP), top - 12), FAINT)
        for number, card in enumerate(cards):
            y = top + number * (CELL + LINE)
            for place, picture in enumerate(card.pictures.values()):
                paste(page, picture, (x + place * (CELL + GAP), y), CELL)
            write(page, trim(card.prompt, along), (x, y + CELL + 16), FAINT)
        x += along + MARGIN
    save_bytes(path, encode_image(page))
