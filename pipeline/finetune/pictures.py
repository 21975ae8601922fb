"""Encoded pictures -> RGB arrays of the size that a generator is trained on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.shards.sample import CorruptSample

JPEG = b"\xff\xd8"
REDUCED = ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4), (2, cv2.IMREAD_REDUCED_COLOR_2))
"""How many times smaller a JPEG may be decoded at once."""


def resize(image: NDArray[np.uint8], height: int, width: int, label: bool = False) -> NDArray[np.uint8]:
    """The picture as uint8 [height, width, 3]. Labels keep their exact colours: a blend of two would decode as a third."""
    if image.shape[:2] == (height, width):
        return image
    smooth = cv2.INTER_AREA if height * width < image.shape[0] * image.shape[1] else cv2.INTER_LINEAR
    # The pixel in the middle of what a picture averages; cv2.INTER_NEAREST takes the one at its upper left corner.
    interpolation = cv2.INTER_NEAREST_EXACT if label else smooth
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def fit(image: NDArray[np.uint8], size: int, label: bool = False) -> NDArray[np.uint8]:
    """Squeeze or stretch to [size, size, 3]; see `resize`."""
    return resize(image, size, size, label)


def decode(data: bytes, what: str) -> NDArray[np.uint8]:
    """Bytes of a picture -> uint8 [H, W, 3], blue first. Raises CorruptSample whose text begins with `what`."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise CorruptSample(f"{what} does not decode as an image")
    return np.asarray(bgr, np.uint8)


def decode_small(data: bytes, size: int, what: str) -> NDArray[np.uint8]:
    """As `decode`, but a JPEG may come out at a half, a quarter or an eighth, no side below `size`."""
    bgr = decode_reduced(data, size) if data.startswith(JPEG) else None
    return decode(data, what) if bgr is None else bgr


def decode_reduced(data: bytes, size: int) -> NDArray[np.uint8] | None:
    """A JPEG at the smallest of its reduced sizes with no side below `size`; None where there is none."""
    sides = jpeg_sides(data)
    factor, flag = next(((n, flag) for n, flag in REDUCED if sides and min(sides) >= n * size), (1, 0))
    return None if factor == 1 else cv2.imdecode(np.frombuffer(data, np.uint8), flag)


def jpeg_sides(data: bytes) -> tuple[int, int] | None:
    """(height, width) as the frame header of a JPEG says (ITU T.81, B.2.2); None where none is found."""
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        kind = data[place + 1]
        if kind == 0xFF:
            place += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[place + 5 : place + 7], "big"), int.from_bytes(
                data[place + 7 : place + 9], "big"
            )
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None


def to_rgb(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Red first; its own inverse."""
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def centre_square(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle of a picture, as wide as high."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]
