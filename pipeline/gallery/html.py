"""gallery.html: a corpus as one page that needs nothing but itself.

The page's sources lie in page/: a template, a style sheet and scripts, which share one scope in the order of SCRIPTS.
What the page shows is inert text between script tags, parsed when it is looked at: small pictures and words in blocks of
CHUNK views, and a block for each view that has its targets. These blocks come last, so that the browser draws the grid
before it has read them all. A content security policy lets the page fetch nothing and run only its own script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from string import Template
from typing import Any

import pipeline
from pipeline.gallery.views import View, as_json

SCRIPTS = (
    "codecs.js",
    "blocks.js",
    "elements.js",
    "plots.js",
    "charts.js",
    "grid.js",
    "legends.js",
    "view.js",
    "main.js",
)
CHUNK = 50
POLICY = (
    "default-src 'none'; img-src data: blob:; style-src '{style}'; script-src '{script}'; "
    "base-uri 'none'; form-action 'none'"
)


def gallery_page(statistics: dict[str, Any], views: Sequence[View], total: int, side: int) -> bytes:
    """The page as UTF-8. Same arguments, same bytes.

    statistics: what `inspect_corpus` gave. total: views of the corpus. side: what targets were made smaller to.
    """
    style, script = _source("gallery.css"), _script()
    page = Template(_source("gallery.html"))
    blocks = [f'<script type="application/json" id="{name}">{text}</script>' for name, text in _blocks(views)]
    return page.substitute(
        title=_escaped(statistics["corpus"]),
        policy=POLICY.format(style=_digest(style), script=_digest(script)),
        style=style,
        script=script,
        about=as_json(_about(statistics, views, total, side)),
        statistics=as_json(statistics),
        index=as_json(_index(views)),
        colormaps=(files("pipeline.codecs") / "colormaps.txt").read_text(encoding="utf-8"),
        blocks="\n".join(blocks),
    ).encode()


def _about(statistics: dict[str, Any], views: Sequence[View], total: int, side: int) -> dict[str, Any]:
    return {
        "corpus": statistics["corpus"],
        "plantain": pipeline.__version__,
        "total": total,
        "whole": sum(view.whole is not None for view in views),
        "side": side,
        "smaller": sum(view.whole is not None and max(view.size) > side for view in views),
        "chunk": CHUNK,
    }


def _index(views: Sequence[View]) -> dict[str, Any]:
    """What the grid filters by, in columns: names once, then numbers of names."""
    recipes = sorted({view.recipe for view in views})
    splits = list(dict.fromkeys(view.split for view in views))
    categories = sorted({name for view in views for name in view.categories})
    number = {name: place for place, name in enumerate(categories)}
    return {
        "recipes": recipes,
        "splits": splits,
        "categories": categories,
        "key": [view.key for view in views],
        "recipe": [recipes.index(view.recipe) for view in views],
        "split": [splits.index(view.split) for view in views],
        "shows": [[number[name] for name in view.categories] for view in views],
        "whole": [int(view.whole is not None) for view in views],
    }


def _blocks(views: Sequence[View]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(views), CHUNK):
        yield f"thumbs-{start // CHUNK}", as_json([view.thumb for view in views[start : start + CHUNK]])
    for start in range(0, len(views), CHUNK):
        yield f"texts-{start // CHUNK}", as_json([view.text for view in views[start : start + CHUNK]])
    for number, view in enumerate(views):
        if view.whole is not None:
            yield f"view-{number}", view.whole


def _script() -> str:
    # One function, so that nothing of it is a global of the page.
    return '(() => {\n"use strict";\n' + "\n".join(_source(name) for name in SCRIPTS) + "})();\n"


def _source(name: str) -> str:
    return (files("pipeline.gallery") / "page" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
