"""Photos as cameras, phones and editors write them -> RGB arrays that stand upright."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from pipeline.errors import ConfigError

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", "AVIF")
"""Readers of Pillow that a photo may go through. Others run programs (EPS) or are no photos."""
SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".ppm", ".pgm", ".avif")
"""What is taken for a photo in a folder; so are UNREAD, which fail there by name."""
RAW = "camera raw"
UNREAD = dict.fromkeys((".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"), RAW)
UNREAD |= dict.fromkeys((".heic", ".heif", ".hif"), "HEIC") | {".jxl": "JPEG XL", ".jp2": "JPEG 2000"}
"""Photos of kinds that are not read."""
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
"""Of a file's first box, "ftyp" (ISO/IEC 23008-12): what phones write, often under another suffix."""
ORIENTATION, EXIF, FOCAL_35MM = 0x0112, 0x8769, 0xA405
"""Tags of Exif 2.32."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Exif orientation -> what sets the picture upright."""
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error, zlib.error)
"""What Pillow's readers raise on damaged files."""


@dataclass(frozen=True, eq=False)
class Photo:
    """rgb: uint8 [H, W, 3], sRGB, upright. focal_35mm: focal length of the equivalent 35 mm camera, mm, where known."""

    rgb: NDArray[np.uint8]
    focal_35mm: float | None = None


def read_photo(path: Path) -> Photo:
    """A photo of a kind in FORMATS; of an animation or a stack, the first picture.

    Exif orientation is applied. Pictures with another color profile are converted to sRGB, CMYK included. Grey becomes
    RGB; 16 bits a channel become 8 over their whole range (of colors, the high byte). What is transparent is laid on
    white. Raises ConfigError naming the file when it is missing, a folder, no picture, of a kind in UNREAD, damaged, of 32
    bits a channel, or larger than Pillow takes for safe (about 179 million pixels).
    """
    if path.is_dir():
        raise ConfigError(f"--image {path}: is a folder; name a picture")
    Image.init()
    known = [name for name in FORMATS if name in Image.OPEN]
    try:
        with warnings.catch_warnings():
            # Photos of 100 million pixels are large, not hostile; above twice Pillow's limit it raises by itself.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(path, formats=known)
        if UNREAD.get(path.suffix.lower()) == RAW:
            # Most of these are TIFF files, of which Pillow would read the small preview.
            raise Image.UnidentifiedImageError
        image.load()
        focal = image.getexif().get_ifd(EXIF).get(FOCAL_35MM)
        # After loading: Pillow's TIFF reader turns pictures itself, and then says so.
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
        upright = _in_srgb(_eight_bits(image, path))
        upright = upright.transpose(turn) if turn is not None else upright
    except FileNotFoundError:
        raise ConfigError(f"--image {path}: no such file") from None
    except Image.UnidentifiedImageError:
        if kind := _unread_kind(path):
            raise ConfigError(f"--image {path}: {kind} is not read; convert it to JPEG or PNG first") from None
        raise ConfigError(f"--image {path}: no picture that can be read ({', '.join(known)} can)") from None
    except Image.DecompressionBombError:
        limit = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6
        raise ConfigError(f"--image {path}: says it has more than {limit} million pixels; shrink it first") from None
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise ConfigError(f"--image {path}: cannot be read ({reason})") from None
    return Photo(np.array(upright), _millimetres(focal))


def _unread_kind(path: Path) -> str | None:
    """What a file is that no reader knows, by its suffix or its first bytes; None where neither tells."""
    with path.open("rb") as file:
        head = file.read(12)
    return "HEIC" if head[4:8] == b"ftyp" and head[8:] in HEIC_BRANDS else UNREAD.get(path.suffix.lower())


def _millimetres(found: Any) -> float | None:
    """A focal length as Exif has it; None for what is no positive number: a bad hint does not spoil a photo."""
    try:
        value = float(found)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return value if 0 < value < float("inf") else None


def find_photos(paths: list[Path]) -> list[Path]:
    """The files that `paths` name, folders by the photos that lie directly in them, in order of name. Some may be
    of kinds that `read_photo` refuses.

    Raises ConfigError for a folder without any.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if _looks_like_photo(p)) if path.is_dir() else [path]
        if not inside:
            raise ConfigError(f"--image {path}: holds no photos ({', '.join(SUFFIXES)})")
        found += inside
    return found


def _looks_like_photo(path: Path) -> bool:
    return path.suffix.lower() in (*SUFFIXES, *UNREAD) and not path.name.startswith(".") and path.is_file()


def _eight_bits(image: Image.Image, path: Path) -> Image.Image:
    """As mode RGB or CMYK, with its color profile still attached."""
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        # Pillow's own conversion cuts off at 255.
        grey = np.rint(np.asarray(image).astype(np.float32) / 257.0).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if image.mode in ("I", "F"):
        raise ConfigError(f"--image {path}: 32 bits a channel, of unknown range; save it with 8 or 16 bits")
    if image.mode in ("RGB", "CMYK") and not image.has_transparency_data:
        return image
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
    image, grey = image.convert("RGB"), image.mode in ("1", "L", "LA")
    # A profile of a grey picture speaks of grey levels, not of colors.
    image.info["icc_profile"] = None if grey else profile
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGB in sRGB, by the picture's own profile if it has one that can be used."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")
