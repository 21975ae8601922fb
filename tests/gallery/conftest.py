"""A page of known views, opened by a real browser that records whatever leaves it."""

import json
from copy import deepcopy
from dataclasses import replace
from itertools import islice

import pytest

from pipeline.codecs import depth, normals
from pipeline.gallery.html import gallery_page
from pipeline.gallery.statistics import inspect_corpus
from pipeline.gallery.views import SIDE, as_view
from pipeline.shards.read import read_samples

SCALES = {"hilbert": (-3.0, 10 / 3), "plasma": (-3.0, 10 / 3), "inferno": (-3.0, 20.0), "viridis": (-2.0, 5.0)}
"""lambda and c by colormap, so that the page must read both."""
PATIENCE = 120_000
"""Milliseconds that a busy machine may take to answer; what is waited for is always a condition."""
HOSTILE = 'A cone named </script><script>document.title="broken"</script><!-- & "more".'


@pytest.fixture(scope="session")
def painted(small_corpus):
    """Twelve samples in which every colormap, scale and convention occurs, under two recipes."""
    samples = []
    for number, sample in enumerate(islice(read_samples(small_corpus, "train"), 12)):
        meta, targets = deepcopy(sample.meta), dict(sample.targets)
        colormap = depth.COLORMAPS[number % len(depth.COLORMAPS)]
        lam, c = SCALES.get(colormap, (depth.LAMBDA, depth.C))
        convention = list(normals.CONVENTIONS)[number % len(normals.CONVENTIONS)]
        targets["depth"] = depth.encode(sample.exact["depth"], colormap, lam, c)
        targets["normal"] = normals.encode(sample.exact["normals"], convention)
        meta["codecs"]["depth"] = {"colormap": colormap, "lambda": lam, "c": c}
        meta["codecs"]["normal"] = {"convention": convention}
        meta["recipe"] = "solids" if number < 8 else "more_solids"
        if number == 11:
            meta["caption_long"] = HOSTILE
        samples.append(replace(sample, targets=targets, meta=meta))
    return samples


@pytest.fixture(scope="session")
def classes(small_corpus):
    return json.loads((small_corpus / "dataset.json").read_text())["classes"]


@pytest.fixture(scope="session")
def statistics(small_corpus):
    return inspect_corpus(small_corpus, workers=1)


@pytest.fixture(scope="session")
def page_file(painted, statistics, tmp_path_factory):
    """The page of `painted`: splits by turns, the tenth view without targets."""
    views = [
        as_view(sample, ("train", "test")[number % 2], None if number == 9 else SIDE)
        for number, sample in enumerate(painted)
    ]
    file = tmp_path_factory.mktemp("page") / "gallery.html"
    file.write_bytes(gallery_page(statistics, views, total=40, side=SIDE))
    return file


@pytest.fixture
def opened(browser, page_file):
    """opened(width, height, ...) -> the page; at the end of a test nothing may have been asked for or complained about."""
    contexts, asked, complaints = [], [], []

    def open_page(width=1280, height=860, address="", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(page_file.as_uri() + address)
        until(page, "document.querySelectorAll('.cell').length")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith((page_file.as_uri(), "data:", "blob:"))] == []
    assert complaints == []


@pytest.fixture
def page(opened):
    return opened()


def until(page, condition, argument=None):
    """Wait until an expression or function is true in the page, whose policy keeps Playwright from polling by itself."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(condition, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {condition}")


def open_view(page, number, task=None):
    """Open a view by a click on its small picture."""
    page.locator(f'.cell[data-number="{number}"]').click()
    page.wait_for_selector("#view[open]")
    if task:
        page.locator(f"#tile-{task}").click()


def point_at(page, sample, row, column):
    """Put the mouse on the middle of a pixel of the big picture."""
    height, width = sample.image.shape[:2]
    box = page.locator("#stage").bounding_box()
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / width, box["y"] + (row + 0.5) * box["height"] / height)


def reading(page, task):
    """What the page says of the pixel under the pointer."""
    return page.locator(f'[data-value="{task}"] span').inner_text()
