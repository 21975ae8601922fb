"""The numbers under the pointer, read by a browser from a target's colours, are those of the exact labels."""

import numpy as np
import pytest

from pipeline.codecs import depth, normals
from tests.conftest import ROOT
from tests.gallery.conftest import PATIENCE, point_at, reading, until

PIXELS = [(3, 5), (20, 40), (32, 32), (45, 9), (60, 63), (63, 0), (38, 50)]


@pytest.fixture(scope="module")
def page(browser, page_file):
    """One page for all tests here, which open one view after the other."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(PATIENCE)
    page.goto(page_file.as_uri())
    yield page
    page.close()


def open_view(page, sample):
    """Go to a view by its address."""
    page.evaluate("key => location.hash = key", sample.key)
    until(page, "key => document.getElementById('view-key').textContent === key", sample.key)


def share(metres, lam, c):
    """f(d) of docs: 1 - (1 - d / (lambda c))^(lambda + 1)."""
    return 1.0 if np.isinf(metres) else 1.0 - (1.0 - metres / (lam * c)) ** (lam + 1.0)


def metres_of(text):
    return np.inf if text == "no surface" else float(text.removesuffix(" m"))


@pytest.mark.parametrize("number", range(5), ids=depth.COLORMAPS)
def test_depth_under_the_pointer_is_the_exact_one_up_to_half_a_colour(page, painted, number):
    sample = painted[number]
    codec = sample.meta["codecs"]["depth"]
    # hilbert has 7 * 255 steps; the other maps no fewer than 250 colours, of which none is wider than 1.2 of 255 parts.
    half_colour = 0.5 / (7 * 255) if codec["colormap"] == "hilbert" else 0.6 / 255
    open_view(page, sample)
    for row, column in PIXELS:
        point_at(page, sample, row, column)
        found = share(metres_of(reading(page, "depth")), codec["lambda"], codec["c"])
        expected = share(sample.exact["depth"][row, column], codec["lambda"], codec["c"])
        # 2e-4: four digits of metres are shown.
        assert found == pytest.approx(expected, abs=half_colour + 2e-4), (row, column)


@pytest.mark.parametrize("number", range(4), ids=list(normals.CONVENTIONS))
def test_normals_under_the_pointer_are_within_a_degree_in_every_convention(page, painted, number):
    sample = painted[number]
    open_view(page, sample)
    for row, column in PIXELS:
        point_at(page, sample, row, column)
        said, exact = reading(page, "normal"), sample.exact["normals"][row, column]
        if not exact.any():
            assert said == "no surface"
            continue
        vector = np.array([float(part.replace("\u2212", "-")) for part in said.split()])
        cosine = vector @ exact / np.linalg.norm(vector)
        assert np.degrees(np.arccos(min(1.0, cosine))) < 1.0


@pytest.mark.parametrize("number", [0, 3, 8])
def test_classes_instances_and_expressions_under_the_pointer_are_the_exact_ids(page, painted, classes, number):
    sample = painted[number]
    codecs = sample.meta["codecs"]
    asked = {entry["id"]: entry["class"] for entry in codecs["semantic"]["palette"]}
    shown = {entry["id"] for entry in codecs["instance"]["colors"]}
    category = {row["id"]: row["category"] for row in sample.meta["instances"]}
    # Beside the usual pixels one of every instance.
    ids = sample.exact["instance"]
    of_each = [tuple(np.argwhere(ids == value)[np.count_nonzero(ids == value) // 2]) for value in np.unique(ids)]
    open_view(page, sample)
    for row, column in [*PIXELS, *of_each]:
        point_at(page, sample, row, column)
        semantic, instance = int(sample.exact["semantic"][row, column]), int(ids[row, column])
        name = classes[semantic] if semantic in asked else "background"
        assert reading(page, "semantic") == name.replace("_", " ")
        one = f"#{instance} {category[instance]}" if instance in shown else "background"
        assert reading(page, "instance") == one.replace("_", " ")
        meant = [item["text"] for item in codecs["referring"]["referents"] if instance in item["ids"]]
        assert reading(page, "referring") == (meant[0] if meant else "background")


@pytest.fixture(scope="module")
def ported(browser):
    """The page's codec script alone."""
    page = browser.new_page()
    maps = (ROOT / "pipeline/codecs/colormaps.txt").read_text()
    page.set_content(f'<script type="text/plain" id="colormaps">{maps}</script>')
    page.add_script_tag(path=ROOT / "pipeline/gallery/page/codecs.js")
    yield page
    page.close()


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
def test_the_port_reads_any_colour_as_the_decoder_does(ported, colormap):
    colors = np.random.default_rng(7).integers(0, 256, (3000, 3), dtype=np.uint8)
    exact = depth.encode(np.append(np.geomspace(0.01, 1e4, 999), np.inf), colormap, -2.5, 4.0)
    colors = np.concatenate([colors, exact.reshape(-1, 3)])
    found = ported.evaluate(
        "([colors, codec]) => colors.map(c => decodeDepth(c, codec)).map(d => d === Infinity ? null : d)",
        [colors.tolist(), {"colormap": colormap, "lambda": -2.5, "c": 4.0}],
    )
    metres = np.array([np.inf if value is None else value for value in found])
    np.testing.assert_allclose(metres, depth.decode(colors, colormap, -2.5, 4.0), rtol=1e-6)


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
def test_the_port_paints_what_is_far_away_as_the_encoder_does(ported, colormap):
    metres = [10.0, 250.0, 400.0, 1e3, 1e5]
    codec = {"colormap": colormap, "lambda": depth.LAMBDA, "c": depth.C}
    found = ported.evaluate(
        "([metres, codec]) => [...metres, Infinity].map(d => depthColor(d, codec))", [metres, codec]
    )
    np.testing.assert_array_equal(found, depth.encode(np.array([*metres, np.inf]), colormap))


@pytest.mark.parametrize("convention", normals.CONVENTIONS)
def test_the_port_reads_any_colour_as_the_normal_decoder_does(ported, convention):
    colors = np.random.default_rng(8).integers(0, 256, (3000, 3), dtype=np.uint8)
    found = ported.evaluate(
        "([colors, convention]) => colors.map(c => decodeNormal(c, {convention}) ?? [0, 0, 0])",
        [colors.tolist(), convention],
    )
    np.testing.assert_allclose(found, normals.decode(colors, convention), atol=1e-6)
