"""What people do with the page: narrow it, open and swipe, by mouse, keys and fingers, in light and dark, on a phone."""

import json
from copy import deepcopy
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from threading import Thread

import cv2
import numpy as np
import pytest

from pipeline.gallery.html import gallery_page
from pipeline.gallery.statistics import NOTICED
from pipeline.gallery.views import SIDE, as_view
from tests.gallery.conftest import HOSTILE, open_view, point_at, reading, until

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (css) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const color = rgba(getComputedStyle(element).backgroundColor);
      if (color[3] > 200) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  let checked = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest(".cell, script, style, option, :disabled")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgba(element instanceof SVGElement ? style.fill : style.color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    checked++;
    if (ratio < 4.5) poor.push(`${element.tagName} ${element.className} "${element.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return [checked, poor];
}"""
NAMELESS = """() => [...document.querySelectorAll("button, input, select")]
  .filter(e => e.checkVisibility() && !(e.getAttribute("aria-label") || e.labels?.length || e.textContent.trim()))
  .map(e => e.outerHTML)"""
OVERFLOW = "() => [document.documentElement.scrollWidth - innerWidth, document.getElementById('view').scrollWidth - innerWidth]"


def shown(page):
    return [int(cell.get_attribute("data-number")) for cell in page.locator(".cell:visible").all()]


def settled(page, count):
    until(page, "text => document.getElementById('count').textContent === text", count)


def cut(page):
    return page.evaluate("parseFloat(document.getElementById('stage').style.getPropertyValue('--cut'))")


def test_every_visible_small_picture_is_the_view_it_stands_for(page, painted):
    until(page, "[...document.querySelectorAll('.cell img')].every(i => i.complete && i.naturalWidth)")
    pixels = page.evaluate("""() => [...document.querySelectorAll('.cell img')].map(img => {
      const context = Object.assign(document.createElement('canvas'), { width: 64, height: 64 }).getContext('2d');
      context.drawImage(img, 0, 0);
      return [...context.getImageData(0, 0, 64, 64).data];
    })""")
    for sample, data in zip(painted, pixels, strict=True):
        found = np.array(data).reshape(64, 64, 4)[..., :3]
        assert np.abs(found - sample.image.astype(int)).mean() < 8


def test_filters_by_recipe_split_and_category_keep_what_the_corpus_says(page, painted):
    page.locator("#recipe").select_option(label="more solids (4)")
    settled(page, "4 of 12 views")
    assert shown(page) == [8, 9, 10, 11]
    page.locator("#split").select_option(label="test (6)")
    settled(page, "2 of 12 views")
    assert shown(page) == [9, 11]
    page.locator("#clear").click()
    settled(page, "12 views")
    having = [
        number
        for number, sample in enumerate(painted)
        if any(
            row["thing"] and row["category"] == "cone" and row["pixels"] >= NOTICED * 64 * 64
            for row in sample.meta["instances"]
        )
    ]
    assert 0 < len(having) < 12
    page.locator("#category").select_option(label=f"cone ({len(having)})")
    settled(page, f"{len(having)} of 12 views")
    assert shown(page) == having


def test_words_are_found_in_prompts_and_captions_and_all_must_occur(page, painted):
    def text(sample):
        meta = sample.meta
        return " ".join([sample.key, meta["caption"], meta["caption_long"], *meta["prompts"].values()]).lower()

    for words in ("sphere", "green cone", "zebra"):
        expected = [n for n, sample in enumerate(painted) if all(word in text(sample) for word in words.split())]
        page.locator("#query").fill(words)
        settled(page, "12 views" if len(expected) == 12 else f"{len(expected)} of 12 views")
        assert shown(page) == expected
    assert page.locator("#nothing").is_visible()


def test_views_without_targets_are_counted_and_say_so(page):
    assert "12 of the corpus's 40 views" in page.locator("#notes").inner_text()
    assert "11 hold their targets here, the other 1 only a small picture" in page.locator("#notes").inner_text()
    open_view(page, 9)
    assert page.locator("#left-out").is_visible() and not page.locator("#tiles").is_visible()
    assert page.locator("#prompts dd").count() == 5


def test_dragging_uncovers_the_target_in_its_own_codes_and_the_picture(page, painted):
    sample = painted[0]
    open_view(page, 0, "semantic")
    box = page.locator("#stage").bounding_box()
    x, y = box["x"], box["y"] + 0.8 * box["height"]
    page.mouse.move(x + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(x + box["width"] / 4, y, steps=4)
    page.mouse.up()
    assert cut(page) == pytest.approx(25, abs=0.5)
    assert float(page.locator("#swipe").input_value()) == pytest.approx(25, abs=1)
    page.mouse.move(x + 3, y)
    picture = cv2.imdecode(np.frombuffer(page.locator("#stage").screenshot(), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    scale = picture.shape[0] / 64
    row, columns = 40, np.arange(64)
    line = picture[int((row + 0.5) * scale), ((columns + 0.5) * scale).astype(int)].astype(int)
    right, left = columns > 18, (columns < 14) & (columns > 2)
    assert (line[right] == sample.targets["semantic"][row][right]).all()
    assert np.abs(line[left] - sample.image[row][left].astype(int)).mean() < 12


def test_a_finger_that_drags_swipes_and_one_that_taps_reads(opened, painted):
    page = opened(390, 844, has_touch=True, is_mobile=True, device_scale_factor=2)
    open_view(page, 0)
    box = page.locator("#stage").bounding_box()
    touch = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2
    places = [box["x"] + share * box["width"] for share in (0.5, 0.6, 0.7, 0.8)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": places[0], "y": y}]})
    for x in places[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(page, "parseFloat(document.getElementById('stage').style.getPropertyValue('--cut')) > 79")
    page.touchscreen.tap(box["x"] + 10.5 / 64 * box["width"], box["y"] + 50.5 / 64 * box["height"])
    until(page, "document.getElementById('code').textContent.startsWith('pixel (10, 50)')")
    assert tuple(painted[0].targets["depth"][50, 10]) == read_code(page)


def read_code(page):
    return tuple(json.loads("[" + page.locator("#code").inner_text().split("(")[-1].rstrip(")") + "]"))


def test_keys_do_what_the_foot_of_the_page_says(page, painted):
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.press("Escape")
    page.locator('.cell[data-number="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.dataset.number") == "1"
    page.keyboard.press("ArrowDown")
    columns = page.evaluate("getComputedStyle(document.getElementById('grid')).gridTemplateColumns.split(' ').length")
    assert page.evaluate("Number(document.activeElement.dataset.number)") == 1 + columns
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view[open]")
    assert page.locator("#view-key").inner_text() == painted[1].key
    for number, task in enumerate(("depth", "normal", "semantic", "instance", "referring"), start=1):
        page.keyboard.press(str(number))
        assert page.locator("#tiles [aria-pressed=true]").get_attribute("data-task") == task
        assert page.url.endswith(f"#{painted[1].key}/{task}")
    page.keyboard.press("ArrowRight")
    until(page, "key => document.getElementById('view-key').textContent === key", painted[2].key)
    before = page.locator("#code").inner_text()
    page.keyboard.press("Shift+ArrowDown")
    assert before.startswith("pixel (32, 32)") and page.locator("#code").inner_text().startswith("pixel (32, 33)")
    page.locator("#swipe").focus()
    page.keyboard.press("ArrowRight")
    assert cut(page) == 51 and page.locator("#view-key").inner_text() == painted[2].key
    page.keyboard.press("Escape")
    page.wait_for_selector("#view[open]", state="detached")
    # The browser gives the focus back first; what the page does on closing comes after.
    until(page, "document.activeElement.dataset.number === '2'")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view[open]")
    page.keyboard.press("/")
    until(page, "!document.querySelector('#view[open]') && !location.hash")
    until(page, "document.activeElement.id === 'query'")
    page.keyboard.type("zebra")
    settled(page, "0 of 12 views")
    page.locator("#clear").focus()
    page.keyboard.press("Enter")
    settled(page, "12 views")
    assert page.evaluate("document.activeElement.id") == "query"
    page.locator("#show-statistics").click()
    page.locator("figure").nth(4).locator("button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.number") == str(shown(page)[0])


def test_an_address_leads_to_a_view_and_a_target(opened, painted):
    page = opened(address=f"#{painted[3].key}/normal")
    page.wait_for_selector("#view[open]")
    assert page.locator("#view-key").inner_text() == painted[3].key
    assert page.locator("#tiles [aria-pressed=true]").get_attribute("data-task") == "normal"
    page.locator("#close").click()
    page.locator("#recipe").select_option(label="more solids (4)")
    settled(page, "4 of 12 views")
    page.evaluate("hash => (location.hash = hash)", painted[5].key)
    until(page, "key => document.getElementById('view-key').textContent === key", painted[5].key)
    assert page.locator("#view-place").inner_text() == "test, 6 of 12"
    page.locator("#after").click()
    until(page, "key => document.getElementById('view-key').textContent === key", painted[6].key)


def test_text_that_looks_like_a_script_is_text(page, painted):
    open_view(page, 11)
    assert page.locator("#caption").inner_text() == HOSTILE
    assert page.title() != "broken"


def test_the_page_forbids_itself_to_ask_a_server_for_anything(browser, page_file):
    pages = {"/free.html": b"<p>A page without a policy</p>", "/gallery.html": page_file.read_bytes()}
    asked = []

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serving)
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    fetched = "() => fetch('/other').then(() => 'answered', () => 'refused')"
    drawn = """() => new Promise(done => Object.assign(new Image(),
      { onload: () => done('answered'), onerror: () => done('refused'), src: '/picture' }))"""
    page.goto(f"http://127.0.0.1:{server.server_port}/free.html")
    assert page.evaluate(fetched) == "answered" and "/other" in asked
    page.goto("about:blank")
    asked.clear()
    page.goto(f"http://127.0.0.1:{server.server_port}/gallery.html")
    open_view(page, 0)
    assert page.evaluate(fetched) == page.evaluate(drawn) == "refused"
    assert asked == ["/gallery.html"]
    page.close()
    server.shutdown()


def test_statistics_are_drawn_from_the_numbers_and_a_category_leads_to_its_views(page, statistics):
    page.locator("#show-statistics").click()
    whole = statistics["all"]
    titles = [figure.locator("h2").inner_text() for figure in page.locator("figure").all()]
    assert titles == [
        "Depth",
        "Things a view",
        "Brightness",
        "Normals",
        "Categories",
        "Materials",
        "Colors",
        "Views refused",
    ]
    bars = page.locator("figure").nth(4).locator("li")
    assert [bar.locator(".count").inner_text() for bar in bars.all()] == [
        str(n["instances"]) for n in whole["categories"].values()
    ]
    heights = (
        page.locator("figure").nth(2).locator("rect.mark").evaluate_all("all => all.map(r => r.height.baseVal.value)")
    )
    counts = np.array(whole["brightness_histogram"])
    np.testing.assert_allclose(np.array(heights) / max(heights), counts / counts.max(), atol=1e-3)
    name = bars.first.locator(".name").inner_text()
    bars.first.locator("button").click()
    until(page, "document.getElementById('views-section').checkVisibility()")
    assert page.locator("#category option:checked").inner_text().startswith(name)


def test_a_category_leads_to_views_of_the_recipe_that_is_charted_and_only_where_the_page_has_some(
    browser, painted, statistics, tmp_path
):
    whole = statistics["all"]
    rare = whole | {"categories": whole["categories"] | {"zeppelin": {"instances": 1, "views": 1}}}
    recipes = dict.fromkeys(("more_solids", "solids", "unlisted"), rare)
    views = [as_view(sample, "train", None) for sample in painted]
    (tmp_path / "gallery.html").write_bytes(
        gallery_page(statistics | {"all": rare, "recipes": recipes}, views, total=40, side=SIDE)
    )
    page = browser.new_page()
    page.goto((tmp_path / "gallery.html").as_uri())
    bars = page.locator("figure").nth(4).locator("li")
    page.locator("#show-statistics").click()
    rarest = bars.filter(has_text="zeppelin")
    assert rarest.count() == 1 and rarest.locator("button").count() == 0
    page.locator("#charted").select_option("unlisted")
    assert bars.count() and bars.locator("button").count() == 0
    page.locator("#charted").select_option("solids")
    name = bars.locator("button .name").first.inner_text()
    bars.locator("button").first.click()
    until(page, "document.getElementById('views-section').checkVisibility()")
    assert page.locator("#category option:checked").inner_text().startswith(name)
    assert page.locator("#recipe option:checked").inner_text().startswith("solids")
    until(page, "document.getElementById('count').textContent.includes(' of ')")
    assert shown(page) and all(painted[number].meta["recipe"] == "solids" for number in shown(page))
    page.close()


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_reaches_past_the_edge_of_a_phone(opened, width):
    page = opened(width, 700, has_touch=True, is_mobile=True, device_scale_factor=2)
    assert page.evaluate(OVERFLOW)[0] <= 0
    open_view(page, 0)
    for task in ("depth", "normal", "semantic", "instance", "referring"):
        page.locator(f"#tile-{task}").click()
        assert max(page.evaluate(OVERFLOW)) <= 0, task
    page.locator("#close").click()
    page.locator("#show-statistics").click()
    assert page.evaluate(OVERFLOW)[0] <= 0


@pytest.mark.parametrize("width", [320, 430])
def test_long_words_for_a_tapped_pixel_lie_within_the_picture_of_a_phone(browser, painted, statistics, tmp_path, width):
    words = "the small green cylinder that stands behind the second sphere from the left"
    meta = deepcopy(painted[0].meta)
    meta["codecs"]["referring"]["referents"] = [{"text": words, "color": [255, 255, 255]}]
    white = np.full_like(painted[0].image, 255)
    sample = replace(painted[0], meta=meta, targets=painted[0].targets | {"referring": white})
    file = tmp_path / "gallery.html"
    file.write_bytes(gallery_page(statistics, [as_view(sample, "train", SIDE)], total=1, side=SIDE))
    page = browser.new_page(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    page.goto(f"{file.as_uri()}#{sample.key}/referring")
    page.wait_for_selector("#view[open]")
    stage = page.locator("#stage").bounding_box()
    for column, row in product((6, 32, 38, 57), (6, 32, 44, 57)):
        page.touchscreen.tap(
            stage["x"] + (column + 0.5) / 64 * stage["width"], stage["y"] + (row + 0.5) / 64 * stage["height"]
        )
        assert page.locator("#code").inner_text().startswith(f"pixel ({column}, {row})")
        assert page.locator("#reading").inner_text() == words
        box = page.locator("#reading").bounding_box()
        assert box["x"] >= stage["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"]
        assert box["y"] >= stage["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for_and_every_control_a_name(opened, painted, scheme):
    page = opened(color_scheme=scheme)
    for _ in range(3):
        checked, poor = page.evaluate(CONTRAST)
        assert checked > 10 and poor == []
        assert page.evaluate(NAMELESS) == []
        if not page.locator("#view[open]").count() and page.locator("#views-section").is_visible():
            open_view(page, 2)
            point_at(page, painted[2], 30, 30)
            assert reading(page, "depth")
        else:
            page.keyboard.press("Escape")
            page.locator("#show-statistics").click()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) < 100) == (scheme == "dark")
