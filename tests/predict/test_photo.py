"""Photos as cameras, phones and editors write them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from pipeline.errors import ConfigError
from pipeline.predict.photo import find_photos, read_photo
from tests.predict.conftest import damaged_avif

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (6, 9, 3), dtype=np.uint8)
COARSE = np.repeat(np.repeat(RNG.integers(40, 216, (3, 5, 3), dtype=np.uint8), 16, 0), 16, 1)
"""Flat squares, of which lossy formats keep the middles."""
MIDDLES = np.s_[8::16, 8::16]


def wrong_way(orientation, upright):
    """`upright` as a camera held another way stores it: row 0 and column 0 lie where Exif 2.32, table 6, says."""
    stored = upright.transpose(1, 0, 2) if orientation >= 5 else upright
    # The visual sides of the stored row 0 and column 0.
    row, column = {1: "tl", 2: "tr", 3: "br", 4: "bl", 5: "lt", 6: "rt", 7: "rb", 8: "lb"}[orientation]
    stored = stored[::-1] if row in "br" else stored
    return stored[:, ::-1] if column in "br" else stored


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(wrong_way(orientation, COARSE)))
    stored.save(tmp_path / f"x.{suffix}", exif=exif, quality=95)
    read = read_photo(tmp_path / f"x.{suffix}").rgb
    assert read.shape == COARSE.shape
    assert np.abs(read[MIDDLES].astype(int) - COARSE[MIDDLES]).max() <= (12 if suffix in ("jpg", "webp") else 0)


def test_grey_indexed_and_black_and_white_pictures_become_rgb(tmp_path):
    grey = PICTURE[..., 0]
    Image.fromarray(grey).save(tmp_path / "grey.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "grey.png").rgb, np.stack([grey] * 3, -1))
    Image.fromarray(grey > 100).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read_photo(tmp_path / "bits.png").rgb[..., 1], 255 * (grey > 100))
    indexed = Image.fromarray(grey % 3).convert("P")
    indexed.putpalette([250, 1, 2, 3, 250, 4, 5, 6, 250])
    indexed.save(tmp_path / "indexed.png")
    colors = np.array([(250, 1, 2), (3, 250, 4), (5, 6, 250)])
    np.testing.assert_array_equal(read_photo(tmp_path / "indexed.png").rgb, colors[grey % 3])


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_of_grey_keep_their_whole_range(tmp_path, suffix):
    levels = np.linspace(0, 65535, 54).reshape(6, 9).astype(np.uint16)
    Image.fromarray(levels).save(tmp_path / f"x.{suffix}")
    np.testing.assert_array_equal(read_photo(tmp_path / f"x.{suffix}").rgb[..., 0], np.rint(levels / 257))


def test_sixteen_bits_of_color_keep_their_whole_range(tmp_path):
    levels = RNG.integers(0, 65536, (6, 9, 3), dtype=np.uint16)
    levels[0, 0], levels[0, 1] = 0, 65535
    (tmp_path / "x.png").write_bytes(
        png_file(9, 6, 16, 2, b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels))
    )
    read = read_photo(tmp_path / "x.png").rgb
    assert np.abs(read - levels / 257).max() < 1
    assert read[0, 0].tolist() == [0] * 3 and read[0, 1].tolist() == [255] * 3


def test_what_is_transparent_lies_on_white(tmp_path):
    alpha = np.zeros((6, 9, 1), np.uint8)
    alpha[:, 3:6], alpha[:, 6:] = 51, 255
    Image.fromarray(np.concatenate([PICTURE, alpha], -1)).save(tmp_path / "x.png")
    read = read_photo(tmp_path / "x.png").rgb
    assert (read[:, :3] == 255).all()
    assert np.abs(read[:, 3:6] - (0.2 * PICTURE[:, 3:6] + 0.8 * 255)).max() <= 1
    np.testing.assert_array_equal(read[:, 6:], PICTURE[:, 6:])
    Image.fromarray(PICTURE[..., 0]).save(tmp_path / "key.png", transparency=int(PICTURE[0, 0, 0]))
    assert (read_photo(tmp_path / "key.png").rgb[0, 0] == 255).all()
    Image.fromarray(PICTURE).save(tmp_path / "color.png", transparency=tuple(PICTURE[0, 0].tolist()))
    assert (read_photo(tmp_path / "color.png").rgb[0, 0] == 255).all()


def test_a_cmyk_jpeg_has_the_colors_that_it_prints(tmp_path):
    Image.fromarray(COARSE).convert("CMYK").save(tmp_path / "x.jpg", quality=95)
    assert np.abs(read_photo(tmp_path / "x.jpg").rgb[MIDDLES].astype(int) - COARSE[MIDDLES]).max() <= 12


@pytest.mark.parametrize("suffix", ["bmp", "tif", "ppm", "gif", "webp"])
def test_other_formats_are_read_as_well(tmp_path, suffix):
    picture = COARSE if suffix in ("gif", "webp") else PICTURE
    Image.fromarray(picture).save(tmp_path / f"x.{suffix}", **({"lossless": True} if suffix == "webp" else {}))
    read = read_photo(tmp_path / f"x.{suffix}").rgb
    np.testing.assert_array_equal(read, picture)


def test_a_linear_profile_that_calls_itself_srgb_is_followed(tmp_path):
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    start = profile.index(b"para") + 8
    # A parametric curve of type 0, y = x ** 1.0 (ICC.1, 10.18), in place of sRGB's of type 3.
    profile[start : start + 8] = struct.pack(">HHi", 0, 0, 1 << 16)
    Image.fromarray(np.full((4, 4, 3), 55, np.uint8)).save(tmp_path / "x.png", icc_profile=bytes(profile))
    # IEC 61966-2-1: 1.055 * (55 / 255) ** (1 / 2.4) - 0.055 = 0.502.
    assert np.abs(read_photo(tmp_path / "x.png").rgb.astype(int) - 128).max() <= 1


def test_a_color_profile_is_followed(tmp_path):
    # sRGB with the tags of red and blue exchanged: what is red in the file is blue to the eye.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    Image.fromarray(PICTURE).save(tmp_path / "x.png", icc_profile=bytes(profile))
    assert np.abs(read_photo(tmp_path / "x.png").rgb[..., ::-1].astype(int) - PICTURE).max() <= 3
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for unneeded in (b"no profile", own):
        Image.fromarray(PICTURE).save(tmp_path / "y.png", icc_profile=unneeded)
        np.testing.assert_array_equal(read_photo(tmp_path / "y.png").rgb, PICTURE)


def test_the_focal_length_is_read_where_the_camera_wrote_it(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 26
    Image.fromarray(PICTURE).save(tmp_path / "x.jpg", exif=exif)
    assert read_photo(tmp_path / "x.jpg").focal_35mm == 26
    Image.fromarray(PICTURE).save(tmp_path / "y.jpg")
    assert read_photo(tmp_path / "y.jpg").focal_35mm is None
    for odd in ("28 mm", (26, 28), 0):
        exif.get_ifd(0x8769)[0xA405] = odd
        Image.fromarray(PICTURE).save(tmp_path / "z.jpg", exif=exif)
        assert read_photo(tmp_path / "z.jpg").focal_35mm is None


def png_file(width, height, bits, kind, rows):
    """A PNG by hand (W3C PNG, section 5)."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def truncated(suffix):
    stream = io.BytesIO()
    Image.fromarray(np.repeat(np.repeat(PICTURE, 20, 0), 20, 1)).save(stream, suffix)
    return stream.getvalue()[: len(stream.getvalue()) // 2]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("text.jpg", b"Dear diary, ...", "no picture that can be read.*JPEG, .*PNG"),
        ("empty.png", b"", "no picture"),
        ("half.jpg", truncated("jpeg"), "cannot be read .*truncated"),
        ("half.png", truncated("png"), "cannot be read"),
        ("damaged.avif", damaged_avif(), "cannot be read .*Decoding of color planes failed"),
        ("bomb.png", png_file(60000, 60000, 8, 0, b""), "more than 178 million pixels; shrink"),
        ("script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
    ],
)
def test_what_is_no_photo_is_one_line_that_names_the_file(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError, match=rf"--image .*{name}: .*{words}") as raised:
        read_photo(tmp_path / name)
    assert "\n" not in str(raised.value)


HEIC = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(100)
"""How an iPhone's photo begins (ISO/IEC 14496-12, 4.3)."""


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("IMG_0001.HEIC", HEIC, "HEIC"),
        ("renamed.jpg", HEIC, "HEIC"),
        ("new.jxl", b"\xff\x0a", "JPEG XL"),
        ("old.cr3", struct.pack(">I4s4s", 24, b"ftyp", b"crx "), "camera raw"),
    ],
)
def test_a_photo_of_a_kind_that_is_not_read_is_named_with_the_remedy(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError, match=rf"--image .*{name}: {kind} is not read; convert it to JPEG"):
        read_photo(tmp_path / name)


def test_the_small_preview_in_a_raw_file_is_not_taken_for_the_photo(tmp_path):
    Image.fromarray(PICTURE).save(tmp_path / "preview.tif")
    (tmp_path / "preview.tif").rename(tmp_path / "IMG.DNG")
    with pytest.raises(ConfigError, match=r"IMG\.DNG: camera raw is not read"):
        read_photo(tmp_path / "IMG.DNG")


def test_missing_files_folders_and_numbers_without_a_range_are_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.png: no such file"):
        read_photo(tmp_path / "none.png")
    with pytest.raises(ConfigError, match="is a folder"):
        read_photo(tmp_path)
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "f.tif")
    with pytest.raises(ConfigError, match=r"f\.tif: 32 bits a channel"):
        read_photo(tmp_path / "f.tif")


def test_a_folder_stands_for_the_photos_in_it(tmp_path):
    for name in ("b.JPG", "a.png", "c.HEIC", ".hidden.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "deeper.png").mkdir()
    assert [path.name for path in find_photos([tmp_path])] == ["a.png", "b.JPG", "c.HEIC"]
    with pytest.raises(ConfigError, match=r"holds no photos .*\.jpg"):
        find_photos([tmp_path / "deeper.png"])
