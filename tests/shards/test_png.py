import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from pipeline.shards.png import PAETH, UP, encode_png

PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 12), st.just(3)))


@pytest.mark.parametrize("filter_type", [UP, PAETH])
@given(rgb=PICTURES)
@settings(max_examples=60, deadline=None)
def test_pillow_and_opencv_read_what_was_written(filter_type, rgb):
    data = encode_png(rgb, filter_type)
    picture = Image.open(io.BytesIO(data))
    assert picture.mode == "RGB"
    np.testing.assert_array_equal(np.array(picture), rgb)
    np.testing.assert_array_equal(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1], rgb)


@pytest.mark.parametrize("filter_type", [UP, PAETH])
def test_every_row_has_the_filter_that_was_asked_for(filter_type):
    rgb = np.random.default_rng(0).integers(0, 256, (70, 9, 3), np.uint8)
    data = encode_png(rgb, filter_type)
    length, kind = struct.unpack(">I4s", data[33:41])
    assert kind == b"IDAT"
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(70, -1)
    assert set(rows[:, 0]) == {filter_type}


def test_a_view_of_an_array_is_written_as_its_copy():
    rgb = np.random.default_rng(1).integers(0, 256, (50, 60, 3), np.uint8)
    for view in (rgb[::-1], rgb[:, ::2], rgb[..., ::-1], rgb.transpose(1, 0, 2)):
        assert encode_png(view, PAETH) == encode_png(view.copy(), PAETH)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3), (4, 0, 3)])
def test_what_is_no_picture_is_refused_with_its_shape(shape):
    with pytest.raises(ValueError, match="shape"):
        encode_png(np.zeros(shape, np.uint8), UP)
