"""Paper, pictures and writing: what the report's sheets are drawn with."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

PAPER, INK, FAINT, GOOD, POOR = (250, 249, 246), (38, 40, 48), (122, 124, 130), (22, 120, 74), (184, 60, 48)
SMALL = 0.4


def paste(page: NDArray[np.uint8], picture: NDArray[np.uint8], corner: tuple[int, int], cell: int) -> None:
    """Draw a picture, uint8 [H, W, 3], into the square of `cell` pixels whose upper left is `corner` (x, y)."""
    height, width = picture.shape[:2]
    scale = cell / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    x, y = corner[0] + (cell - size[0]) // 2, corner[1] + (cell - size[1]) // 2
    page[y : y + size[1], x : x + size[0]] = fitted


def write(
    page: NDArray[np.uint8],
    text: str,
    corner: tuple[int, int],
    color: tuple[int, int, int] = INK,
    scale: float = SMALL,
    bold: bool = False,
) -> int:
    """Write one line of text whose baseline begins at `corner` (x, y); returns its width in pixels."""
    plain = text.encode("ascii", "replace").decode()
    cv2.putText(page, plain, corner, cv2.FONT_HERSHEY_DUPLEX, scale, color, 2 if bold else 1, cv2.LINE_AA)
    return wide(text, scale)


def trim(text: str, width: int, scale: float = SMALL) -> str:
    """As much of the text as is at most `width` pixels wide, with dots where something is left out."""
    if wide(text, scale) <= width:
        return text
    while text and wide(text + "...", scale) > width:
        text = text[:-1]
    return text.rstrip(" ,;:(") + "..."


def wide(text: str, scale: float) -> int:
    """Width of a line of text in pixels."""
    return int(cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, 1)[0][0])
