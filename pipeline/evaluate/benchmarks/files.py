"""Original files of public benchmarks, read with errors that name the file and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, PlantainError, one_line


def required(path: Path, remedy: str) -> Path:
    """`path`, which must be there. Raises ConfigError with the remedy."""
    if not path.exists():
        raise ConfigError(f"--root: {path} is missing; {remedy}")
    return path


def first(paths: Sequence[Path], remedy: str) -> Path:
    """The first of `paths` that is there. Raises ConfigError naming the first of them, with the remedy."""
    return next((path for path in paths if path.exists()), None) or required(paths[0], remedy)


def found(root: Path, patterns: Sequence[str], remedy: str) -> list[Path]:
    """All files under `root` that the first glob pattern with any finds, sorted. Raises ConfigError with the remedy."""
    required(root, remedy)
    for pattern in patterns:
        # Path.glob passes over folders that are links, as to another disk.
        if paths := sorted(root / name for name in glob(pattern, root_dir=root, recursive=True)):
            return paths
    raise ConfigError(f"--root {root}: holds no {patterns[0]}; {remedy}")


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Turn what goes wrong while `path` is read as `what` into a ConfigError."""
    try:
        yield
    except (PlantainError, MemoryError):
        raise
    except Exception as error:  # those of SciPy, OpenCV, zlib and pycocotools share no other base
        # An OSError without a number is h5py's own, of a file that it cannot make sense of.
        if isinstance(error, OSError) and error.errno is not None:
            raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
        reason = one_line(error, 160) or type(error).__name__
        raise ConfigError(f"{path}: is not {what} ({reason}); fetch it again") from None


def read_json(path: Path) -> Any:
    """A JSON file's value. Raises ConfigError."""
    with reading(path, "a JSON file"):
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            # Some of ReasonSeg's were written on Windows.
            return json.loads(path.read_text(encoding="cp1252"))


def read_rgb(path: Path, upright: bool = False) -> NDArray[np.uint8]:
    """A picture, uint8 [H, W, 3] RGB. upright: turned as EXIF says; else as stored, as most truths are.

    Raises ConfigError.
    """
    flags = cv2.IMREAD_COLOR | (0 if upright else cv2.IMREAD_IGNORE_ORIENTATION)
    return np.ascontiguousarray(_decoded(path, flags)[..., ::-1])


def read_png(path: Path) -> NDArray[Any]:
    """A PNG's own values: uint8 or uint16, [H, W] or RGB [H, W, 3]. Raises ConfigError."""
    pixels = _decoded(path, cv2.IMREAD_UNCHANGED)
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., 2::-1])


def same_size(path: Path, truth: NDArray[Any], image: NDArray[np.uint8]) -> None:
    """Raise ConfigError unless the truth read from `path` is as large as its picture."""
    if truth.shape[:2] != image.shape[:2]:
        sizes = " and ".join(f"{array.shape[1]} x {array.shape[0]}" for array in (truth, image))
        raise ConfigError(f"{path}: the truth and its picture differ in size ({sizes}); use the original files of both")


def _decoded(path: Path, flags: int) -> NDArray[Any]:
    with reading(path, "a file that can be read"):
        data = np.frombuffer(path.read_bytes(), np.uint8)
    pixels = cv2.imdecode(data, flags) if len(data) else None
    if pixels is None:
        raise ConfigError(f"{path}: is not a picture; fetch it again")
    return np.asarray(pixels)
