"""Pictures and arrays as files that people name. Every error names the path."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, complain
from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.retries import StoreError

ARRAYS = (".npy", ".png", ".exr")
"""What `save_array` writes."""
FARTHEST_MM = 65535
"""What 16 bits hold."""


def read_image(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 [H, W, 3] RGB. Raises ConfigError naming the file."""
    if not path.is_file():
        raise ConfigError(f"{path}: no such image file")
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ConfigError(f"{path}: not an image that can be read (PNG and JPEG can)")
    return np.ascontiguousarray(bgr[..., ::-1]).astype(np.uint8, copy=False)


def save_bytes(path: Location, data: bytes, option: str = "--output") -> None:
    """Write a file, making its folder. Raises ConfigError when that is impossible, naming the path and the option that
    says where to write; "" for a command without one.
    """
    said = f"{option} " if option else ""
    try:
        store.make_folder(path.parent)
        store.put(path, data)
    except StoreError as error:
        raise ConfigError(f"{said}{error}") from None
    except OSError as error:
        raise ConfigError(f"{said}{path}: cannot write there ({error.strerror})") from None


def save_array(path: Location, array: NDArray[Any], warn: Callable[[str], None] = complain) -> None:
    """Write decoded numbers, in the format that the path's suffix names (ARRAYS).

    float32 [H, W] metres, float32 [H, W, 3] normals or uint16 [H, W] ids. .npy: as they are. .exr: channel Z; N.X, N.Y
    and N.Z; or id. .png: 16 bits, as millimetres (0 for none, 65535 for that or farther), as (n + 1) / 2 of 65535, or as
    the ids. warn: told in one line how many depths such a PNG has no number for; by default stderr. Raises ConfigError
    naming the path when writing is impossible.
    """
    writers = {".npy": npy, ".exr": _exr, ".png": _png16}
    save_bytes(path, writers[path.suffix.lower()](array))
    if path.suffix.lower() == ".png" and (lost := _lost_depths(array)):
        warn(f"{path}: {lost}, of {array.size} pixels; .npy and .exr hold every depth")


def check_suffix(path: Location, *suffixes: str) -> None:
    """Raise ConfigError unless an --output ends as what will be written there."""
    if path.name in ("", ".."):
        raise ConfigError(f"--output {path}: names a folder; name a file in it, ending in {' or '.join(suffixes)}")
    if path.suffix.lower() not in suffixes:
        names = " or ".join(path.with_suffix(suffix).name for suffix in suffixes)
        raise ConfigError(f"--output {path}: ends in {path.suffix or 'no suffix'}; name it {names}")


def npy(array: NDArray[Any]) -> bytes:
    """The bytes of a .npy file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def png(array: NDArray[Any]) -> bytes:
    """uint8 or uint16, grey [H, W] or BGR [H, W, 3] -> the bytes of a PNG of that depth."""
    done, data = cv2.imencode(".png", array, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise ValueError(f"cannot encode {array.dtype} {array.shape} as PNG")
    return data.tobytes()


def _exr(array: NDArray[Any]) -> bytes:
    import OpenEXR

    if array.ndim == 3:
        channels = {f"N.{axis}": np.ascontiguousarray(array[..., i], np.float32) for i, axis in enumerate("XYZ")}
    elif array.dtype == np.float32:
        channels = {"Z": array}
    else:
        channels = {"id": array.astype(np.uint32)}
    stream = io.BytesIO()
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels).write(stream)
    return stream.getvalue()


def _png16(array: NDArray[Any]) -> bytes:
    if array.ndim == 3:
        # OpenCV writes blue first.
        pixels = np.rint((array[..., ::-1] + 1.0) / 2.0 * 65535.0).astype(np.uint16)
    elif array.dtype == np.float32:
        millimetres = np.minimum(_millimetres(array), FARTHEST_MM)
        pixels = np.where(np.isfinite(array), millimetres, 0).astype(np.uint16)
    else:
        pixels = array.astype(np.uint16)
    return png(pixels)


def _lost_depths(array: NDArray[Any]) -> str:
    """What `_png16` writes in place of metres [H, W] that it has no number for; "" where there are none, or no metres."""
    if array.ndim == 3 or array.dtype != np.float32:
        return ""
    seen = np.isfinite(array)
    far, none = (seen & (_millimetres(array) > FARTHEST_MM)).sum(), (~seen).sum()
    parts = [f"beyond {FARTHEST_MM / 1000} m, written as {FARTHEST_MM}: {far}"] if far else []
    parts += [f"without depth, written as 0: {none}"] if none else []
    return "; ".join(parts)


def _millimetres(metres: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.rint(metres.astype(np.float64) * 1000.0)
