"""Pictures and arrays as files that people name. Every error names the path."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.config import ConfigError


def read_image(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 [H, W, 3] RGB. Raises ConfigError naming the file."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such image file")
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ConfigError(f"{path}: not an image that can be read (PNG and JPEG can)")
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8, copy=False)


def save_bytes(path: Path, data: bytes) -> None:
    """Write a file, making its folder. Raises ConfigError naming the path when that is impossible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ConfigError(f"--output {path}: cannot write there ({error.strerror})") from None


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file. Raises ConfigError naming the path when that is impossible."""
    stream = io.BytesIO()
    np.save(stream, array)
    save_bytes(path, stream.getvalue())


def check_suffix(path: Path, suffix: str) -> None:
    """Raise ConfigError unless an --output ends as what will be written there."""
    if path.suffix.lower() != suffix:
        raise ConfigError(f"--output {path}: a {suffix} file is written; name it {path.with_suffix(suffix).name}")
