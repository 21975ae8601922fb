"""docs/codecs.md: its figures are computed again, its pictures drawn again, its commands and code run."""

import re
import shlex

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.codecs import depth, normals, palettes, segmentation
from pipeline.codecs.colormaps import colormap_path, hilbert_path
from tests.conftest import ROOT
from tests.docs.pages import PAGES, blocks, links, script

PAGE = PAGES["codecs.md"]
RANGES = [(0.1, 1.0), (1.0, 10.0), (10.0, 40.0), (40.0, 80.0)]


@pytest.fixture(scope="module")
def pictures():
    return script("pictures")


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
def test_the_errors_of_depth_on_the_page_are_those_of_a_round_trip(colormap):
    (row,) = re.findall(rf"^\| `{colormap}` \| (.*) \|$", PAGE, re.M)
    found = []
    for low, high in RANGES:
        line = np.linspace(low, high, 500_000)[None]
        found.append(100 * np.abs(depth.decode(depth.encode(line, colormap), colormap) / line - 1).max())
    assert row.split(" | ") == [f"{error:.1f}" for error in found]


def test_the_limits_on_the_page_are_those_of_the_paths():
    text = " ".join(PAGE.split())
    limits = [round(float(depth.decode(depth.encode(np.array([1e5]), name), name)[0])) for name in depth.COLORMAPS]
    said = "read as {} m in `hilbert`, {} m in `plasma` and `inferno`, {} m in `viridis`, {} m in `grayscale`"
    assert limits[1] == limits[2] and said.format(*limits[:2], *limits[3:]) in text


def test_the_numbers_of_colours_on_the_page_are_those_of_the_paths():
    counts = {name: len(colormap_path(name).colors) for name in depth.COLORMAPS[1:]}
    counts["hilbert"] = len(hilbert_path().colors)
    others = [count for name, count in counts.items() if name not in ("hilbert", "grayscale")]
    said = f"`hilbert` {counts['hilbert']:,} colours, `grayscale` {counts['grayscale']}, the others {min(others)} to {max(others)}."
    assert said in PAGE


def test_the_formulas_on_the_page_are_the_inverse_of_each_other_and_the_codecs():
    f = np.linspace(0, 0.999, 1000)
    d = 10 * ((1 - f) ** -0.5 - 1)
    np.testing.assert_allclose(1 - (1 + d / 10) ** -2, f, atol=1e-12)
    lam, c = -3.0, 10 / 3
    np.testing.assert_allclose(1 - (1 - d / (lam * c)) ** (lam + 1), f, atol=1e-12)
    np.testing.assert_allclose(depth.denormalise(f), d, rtol=1e-9, atol=1e-12)
    assert depth.denormalise(np.array([0.5]))[0] / depth.C == pytest.approx(1.24, abs=0.005)


def test_no_normal_turns_farther_than_the_page_says():
    (said,) = re.findall(r"turns no normal by more than ([\d.]+) degrees", PAGE)
    n = np.random.default_rng(0).normal(size=(1000, 1000, 3))
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    cosine = (normals.decode(normals.encode(n)) * n).sum(-1).clip(-1, 1)
    worst = np.degrees(np.arccos(cosine)).max()
    assert float(said) - 0.03 < worst <= float(said)


def test_the_table_of_conventions_says_what_is_painted():
    signs = {"-": -1, "+": 1}
    rows = re.findall(r"^\| `(\w+)` \| \(1 (.) x\) / 2 \| \(1 (.) y\) / 2 \| \(1 (.) z\) / 2 \|", PAGE, re.M)
    assert {name for name, *_ in rows} == set(normals.CONVENTIONS)
    n = np.array([[[0.6, 0.48, 0.64]]])
    for name, *channels in rows:
        expected = [127.5 * (1 + signs[sign] * value) for sign, value in zip(channels, n[0, 0], strict=True)]
        np.testing.assert_allclose(normals.encode(n, name)[0, 0], expected, atol=0.5)


@pytest.mark.parametrize(("most", "lab", "rgb"), [(12, 35, 70), (31, 25, 50)])
def test_palettes_keep_the_distances_of_the_page(most, lab, rgb):
    assert re.search(rf"[Uu]p to {most} (colours beside black are )?at least {lab}\b[^,]* and {rgb}", PAGE)
    for seed in range(5):
        colors = [palettes.BLACK, *palettes.spread(most, np.random.default_rng(seed), [palettes.BLACK])]
        assert palettes.min_distance(colors) >= lab and palettes.min_rgb_distance(colors) >= rgb


def test_the_thresholds_of_the_page_are_those_of_the_decoder():
    assert f"within {segmentation.CLUSTER_RADIUS:g} levels" in PAGE
    assert f"less than {100 * segmentation.MIN_SHARE:.2f} % of the picture" in PAGE
    assert f"among {len(palettes.NAMED)} colours of CSS" in PAGE


def test_every_picture_of_the_page_is_what_the_script_draws(pictures, tmp_path):
    assert {f"images/{name}" for name in pictures.PICTURES} == {
        link for link in links("codecs.md") if link[-4:] == ".png"
    }
    for name, draw in pictures.PICTURES.items():
        draw().savefig(tmp_path / name)
        here, there = cv2.imread(str(tmp_path / name)), cv2.imread(str(ROOT / "docs/images" / name))
        assert here.shape == there.shape, name
        # Another processor may round a colour or a line's edge the other way.
        assert np.abs(here.astype(int) - there).mean() < 0.5, f"{name}: make docs"


def test_the_picture_of_the_error_agrees_with_the_papers_bound(pictures):
    for low, high, percent in ((0.1, 1, 1.4), (1, 10, 0.2), (10, 40, 0.5), (40, 80, 1.3)):
        worst = pictures.errors("hilbert", np.geomspace(low, high, 20)).max()
        assert round(100 * worst, 1) <= percent


def test_the_code_of_the_page_runs_and_the_command_reads_what_was_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for block in blocks("codecs.md"):
        if block.language == "python":
            exec(block.text, names)
    np.testing.assert_allclose(names["read"], names["metres"], rtol=0.003)
    np.testing.assert_array_equal(names["classes"], names["ids"])
    assert [int(mask.sum()) for mask in names["masks"]] == [26 * 30, 22 * 22]
    cv2.imwrite("depth.png", names["painted"][..., ::-1])
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:3], picture[3:5] = (135, 206, 235), (128, 128, 128)
    cv2.imwrite("classes.png", picture[..., ::-1])
    (block,) = [block for block in blocks("codecs.md") if block.language == "bash"]
    for line in block.text.splitlines():
        done = CliRunner().invoke(app, shlex.split(line)[1:])
        assert done.exit_code == 0, done.output
    np.testing.assert_array_equal(np.load("metres.npy"), names["read"])
    assert np.load("ids.npy")[:, 0].tolist() == [1, 1, 1, 2, 2, 0, 0, 0]
    assert "1: sky" in done.output and "2: road" in done.output


def test_the_languages_of_the_page_are_those_that_are_run():
    assert [block.language for block in blocks("codecs.md")] == ["python", "", "python", "bash"]
