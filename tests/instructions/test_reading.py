import numpy as np
import pytest

from pipeline.codecs import depth, normals, segmentation
from pipeline.errors import ConfigError
from pipeline.instructions.reading import decode_by_prompt

METRES = np.linspace(0.5, 60, 64, dtype=np.float32).reshape(8, 8)


@pytest.mark.parametrize(
    ("prompt", "colormap", "c"),
    [
        ("Generate a depth map of this image.", "hilbert", depth.C),
        ("Show how far from the camera plane everything is with the plasma colormap.", "plasma", depth.C),
        ("Paint the depth of every pixel in grayscale, with 37.3 m at the middle of the range.", "grayscale", 30.0),
    ],
)
def test_a_depth_prompt_tells_colormap_and_scale(prompt, colormap, c):
    read, legend = decode_by_prompt("depth", depth.encode(METRES, colormap, c=c), prompt)
    # The prompt states the scale in three digits.
    np.testing.assert_allclose(read, depth.decode(depth.encode(METRES, colormap, c=c), colormap, c=c), rtol=2e-3)
    assert legend == []


def test_a_normal_prompt_tells_the_convention():
    n = np.random.default_rng(0).normal(size=(8, 8, 3))
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    prompt = "Paint the surface normals in the OpenGL convention."
    read, _ = decode_by_prompt("normal", normals.encode(n, "opengl"), prompt)
    assert (read * n).sum(-1).min() > 0.999


def test_a_semantic_prompt_tells_classes_and_background():
    prompt = (
        "Segment the image by class with these colors: box: lime, tv stand: (9, 8, 200). Everything else is #FF8000."
    )
    ids = np.array([[0, 1, 2, 1]], np.uint16)
    painted = segmentation.encode(ids, {0: (255, 128, 0), 1: (0, 255, 0), 2: (9, 8, 200)})
    read, legend = decode_by_prompt("semantic", painted, prompt)
    np.testing.assert_array_equal(read, ids)
    assert legend == ["box", "tv stand"]


def test_an_instance_prompt_tells_the_background():
    painted = np.full((32, 32, 3), (0, 0, 255), np.uint8)
    painted[4:14, 4:14], painted[18:28, 18:28] = (0, 0, 0), (255, 0, 0)
    prompt = "Paint each box a different solid color; everything else is <0, 0, 255>."
    read, _ = decode_by_prompt("instance", painted, prompt)
    assert np.unique(read).tolist() == [0, 1, 2]
    assert read[0, 0] == 0 and read[5, 5] and read[20, 20]


def test_a_referring_prompt_tells_each_expression_and_its_colour():
    prompt = (
        "Paint a mask. The chair in front of the sofa is white. Both cushions that are not red are (1, 200, 3). "
        "Everything else is yellow."
    )
    ids = np.array([[0, 1, 2]], np.uint16)
    painted = segmentation.encode(ids, {0: (255, 255, 0), 1: (255, 255, 255), 2: (1, 200, 3)})
    read, legend = decode_by_prompt("referring", painted, prompt)
    np.testing.assert_array_equal(read, ids)
    assert legend == ["the chair in front of the sofa", "both cushions that are not red"]


@pytest.mark.parametrize("task", ["depth", "normal", "semantic", "instance", "referring"])
def test_words_of_ones_own_tell_nothing_and_say_so(task):
    picture = np.zeros((4, 4, 3), np.uint8)
    with pytest.raises(ConfigError, match="not in the corpora's wording"):
        decode_by_prompt(task, picture, "Do something nice.")
    assert decode_by_prompt(task, picture, None)[1] == []
