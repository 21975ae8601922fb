"""One sample: its arrays in memory, and the same as named files."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.codecs.tasks import TASKS
from pipeline.shards.png import PAETH, UP, encode_png

IMAGES = ("image", *TASKS)
"""Fields that are pictures: the render, and a target of the same name for each task."""
FIELDS = (*IMAGES, "exact", "json")


class CorruptSample(Exception):
    """Bytes that do not decode to what their field promises. Its text names key and field."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A view with every task.

    key: "{recipe}-{seed}-{index:08d}". image: uint8 [H, W, 3] RGB. targets: task -> uint8 [H, W, 3] RGB.
    meta: the json field (prompts, codecs, camera, instances, ...).
    exact: None, or {"depth": float32 [H, W] metres, +inf for nothing; "normals": float32 [H, W, 3];
        "instance", "semantic": uint16 [H, W]}.
    """

    key: str
    image: NDArray[np.uint8]
    targets: dict[str, NDArray[np.uint8]]
    meta: dict[str, Any]
    exact: dict[str, NDArray[Any]] | None = None


def to_files(sample: Sample, image_format: str = "png") -> dict[str, bytes]:
    """The sample as files: "image.png", "depth.png", ..., "exact.exr", "json" -> bytes. Same sample, same bytes."""
    files = {f"image.{image_format}": encode_image(sample.image, image_format)}
    files |= {f"{task}.png": encode_png(sample.targets[task], UP) for task in TASKS}
    if sample.exact is not None:
        files["exact.exr"] = encode_exact(sample.exact)
    files["json"] = json.dumps(sample.meta, separators=(",", ":"), ensure_ascii=False).encode()
    return files


def from_files(key: str, files: dict[str, bytes]) -> Sample:
    """Inverse of `to_files`, whatever the image's format. Raises CorruptSample naming key and field."""
    by_field = {name.split(".")[0]: data for name, data in files.items()}
    missing = [field for field in FIELDS if field not in by_field and field != "exact"]
    if missing:
        raise CorruptSample(f"{key}: field {missing[0]!r} is missing")
    try:
        meta = json.loads(by_field["json"])
    except ValueError:
        raise CorruptSample(f"{key}: field 'json' is not JSON") from None
    return Sample(
        key=key,
        image=decode_image(by_field["image"], f"{key}: field 'image'"),
        targets={task: decode_image(by_field[task], f"{key}: field {task!r}") for task in TASKS},
        meta=meta,
        exact=decode_exact(by_field["exact"], key) if "exact" in by_field else None,
    )


def encode_image(rgb: NDArray[np.uint8], image_format: str = "png") -> bytes:
    """uint8 [H, W, 3] RGB -> the bytes of a PNG, or of a JPEG of quality 95 without chroma subsampling."""
    if image_format == "png":
        return encode_png(rgb, PAETH)
    options = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, data = cv2.imencode(f".{image_format}", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise ValueError(f"cannot encode an image of shape {rgb.shape} as {image_format}")
    return data.tobytes()


def decode_image(data: bytes, what: str) -> NDArray[np.uint8]:
    """Bytes of a PNG or JPEG -> uint8 [H, W, 3] RGB. Raises CorruptSample whose text begins with `what`."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise CorruptSample(f"{what} does not decode as an image")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def encode_exact(exact: dict[str, NDArray[Any]]) -> bytes:
    """Exact labels as a scan-line OpenEXR with channels Z, N.X, N.Y, N.Z (float) and instance, semantic (uint).

    ZIP, the smallest of the lossless compressions that every reader knows: 1,034 KiB and 19 ms at 512x512, where ZIPS
    takes 1,167 KiB and PIZ 1,242 KiB and 50 ms. HTJ2K (920 KiB, 16 ms) needs OpenEXR 3.4 to read and ZSTD (824 KiB,
    23 ms) 3.5, newer than what OpenCV and Blender come with. Measured by benchmarks/encoders.py.
    """
    import OpenEXR

    channels = {"Z": exact["depth"].astype(np.float32)}
    channels |= {
        f"N.{axis}": np.ascontiguousarray(exact["normals"][..., i], np.float32) for i, axis in enumerate("XYZ")
    }
    channels |= {name: exact[name].astype(np.uint32) for name in ("instance", "semantic")}
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    stream = io.BytesIO()
    OpenEXR.File(header, channels).write(stream)
    return stream.getvalue()


def decode_exact(data: bytes, key: str) -> dict[str, NDArray[Any]]:
    """Inverse of `encode_exact`. Raises CorruptSample naming the key."""
    import OpenEXR

    try:
        channels = OpenEXR.File(io.BytesIO(data), separate_channels=True).channels()
        return {
            "depth": channels["Z"].pixels,
            "normals": np.stack([channels[f"N.{axis}"].pixels for axis in "XYZ"], axis=-1),
            "instance": channels["instance"].pixels.astype(np.uint16),
            "semantic": channels["semantic"].pixels.astype(np.uint16),
        }
    except (RuntimeError, ValueError, KeyError, TypeError):
        raise CorruptSample(f"{key}: field 'exact' is not an OpenEXR image with the labels' channels") from None
