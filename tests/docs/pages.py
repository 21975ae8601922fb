"""The pages of docs/, taken apart: blocks of code, code within sentences, headings and links."""

import importlib.util
import re
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt

from tests.conftest import ROOT

PAGES = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
PAGES |= {name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md")}


def script(name):
    """The module docs/NAME.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"docs/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Block:
    """One block of code. language: "" for an indented one. start: its first line, which tells it from the others of its page."""

    page: str
    language: str
    text: str

    @property
    def start(self) -> str:
        return self.text.splitlines()[0]

    def __str__(self) -> str:
        return f"{self.page}: {self.start[:50]}"


def _tokens(text):
    return MarkdownIt().enable("table").parse(text)


def blocks(page):
    """The blocks of code of a page, in order."""
    found = [token for token in _tokens(PAGES[page]) if token.type in ("fence", "code_block")]
    return [Block(page, token.info.strip(), token.content) for token in found]


def spans(page):
    """Code within the sentences and tables of a page."""
    return [one.content for token in _tokens(PAGES[page]) for one in token.children or [] if one.type == "code_inline"]


def links(page):
    """Where the links and pictures of a page lead."""
    inner = [one for token in _tokens(PAGES[page]) for one in token.children or []]
    return [str(one.attrs.get("href") or one.attrs.get("src")) for one in inner if one.type in ("link_open", "image")]


def anchors(page):
    """The names that GitHub gives the headings of a page."""
    tokens = _tokens(PAGES[page])
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
