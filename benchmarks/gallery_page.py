"""How fast the page of `plantain inspect` is: first paint, first pictures, a view opened, filters, for 500 and 5,000 views.

    python benchmarks/gallery_page.py output/solids --output output/benchmarks/gallery

The views of the corpus are repeated under other keys until there are enough. Every figure is the median of --runs fresh
loads of the file by headless Chromium, in milliseconds since the load began, or since the click or key.
"""

from __future__ import annotations

import argparse
import shutil
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from pipeline.gallery.html import gallery_page
from pipeline.gallery.statistics import inspect_corpus
from pipeline.gallery.views import SIDE, WHOLE, View, choose, read_views

# Each resolves with the time at which what it waits for has been drawn.
DRAWN = "await new Promise(r => requestAnimationFrame(() => setTimeout(r)));"
PICTURES = f"""async () => {{
  const seen = () => [...document.querySelectorAll('.cell img')].slice(0, 20);
  while (seen().length === 0 || !seen().every(i => i.complete && i.naturalWidth)) {DRAWN}
  return performance.now();
}}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
OPEN = f"""async () => {{
  const start = performance.now();
  document.querySelector('.cell:not(.part)').click();
  while (!document.querySelector('#view[open] .value span')) {DRAWN}
  return performance.now() - start;
}}"""
FILTER = f"""async () => {{
  const start = performance.now();
  const before = document.getElementById('count').textContent;
  const select = document.getElementById('category');
  select.selectedIndex = 1;
  select.dispatchEvent(new Event('change'));
  while (document.getElementById('count').textContent === before) {DRAWN}
  return performance.now() - start;
}}"""
SEARCH = f"""async () => {{
  const start = performance.now();
  const query = document.getElementById('query');
  query.value = 'nosuchword';
  query.dispatchEvent(new Event('input'));
  while (document.getElementById('nothing').hidden) {DRAWN}
  return performance.now() - start;
}}"""
COLUMNS = ("first paint", "first pictures", "all read", "open a view", "filter", "search")


def repeated(views: list[View], count: int, whole: int) -> list[View]:
    """`count` views, the first `whole` of them with targets."""
    several = islice(cycle(views), count)
    return [
        replace(view, key=f"{view.key}-{number}", whole=view.whole if number < whole else None)
        for number, view in enumerate(several)
    ]


def figures(browser, file: Path) -> list[float]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(file.resolve().as_uri(), wait_until="commit")
    pictures = page.evaluate(PICTURES)
    page.wait_for_load_state("load")
    found = [
        page.evaluate(PAINT),
        pictures,
        page.evaluate("performance.timing.domInteractive - performance.timing.navigationStart"),
    ]
    found.append(page.evaluate(OPEN))
    page.keyboard.press("Escape")
    found += [page.evaluate(FILTER), page.evaluate(SEARCH)]
    page.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--output", type=Path, default=Path("output/benchmarks/gallery"))
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    statistics = inspect_corpus(asked.corpus)
    views = read_views(choose(asked.corpus, whole=WHOLE, listed=WHOLE)[0], SIDE)
    print(f"{'views':>6} {'whole':>6} {'MB':>6}" + "".join(f"{name:>16}" for name in COLUMNS) + "   (ms)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for count, whole in ((500, 500), (5000, 500), (5000, 5000)):
            file = asked.output / f"gallery-{count}-{whole}.html"
            file.write_bytes(gallery_page(statistics, repeated(views, count, whole), count, SIDE))
            runs = [figures(browser, file) for _ in range(asked.runs)]
            middle = "".join(f"{median(column):16.0f}" for column in zip(*runs))
            print(f"{count:6d} {whole:6d} {file.stat().st_size / 1e6:6.1f}{middle}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
