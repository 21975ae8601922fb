"""What the sentences of the docs name is there: files, headings, options, targets, keys."""

import re
import shlex

import pytest
import typer.main

from pipeline.cli import app
from pipeline.finetune.config import TrainConfig
from tests.conftest import ROOT
from tests.docs import commands
from tests.docs.pages import PAGES, anchors, links, spans

FOLDERS = ("pipeline", "benchmarks", "deploy", "docs", "scenes", "render_configs", "tests")
OTHERS = {"--build-arg", "--gpus"}
"""Options of programs that are not ours, named by themselves."""
NAMED = {"my.yaml", "gso.yaml"}
"""Files that a reader is told to write."""


def options(command):
    found = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return found.union(*(options(one) for one in getattr(command, "commands", {}).values()))


FILES = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".yaml")}
OPTIONS = options(typer.main.get_command(app))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page):
    here = ROOT / ("" if page in ("README.md", "CONTRIBUTING.md") else "docs")
    for link in links(page):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        assert not path or (here / path).exists(), f"{page}: {link}"
        if anchor:
            name = path or page
            assert anchor in anchors(name), f"{page}: {link}: {name} has the headings {sorted(anchors(name))}"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_sentence_names_is_there(page):
    for span in spans(page):
        for word in span.split():
            if word.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
                assert list(ROOT.glob(word.rstrip("/"))), f"{page}: {word}"
            elif re.fullmatch(r"[\w-]+\.(py|yaml)", word):
                assert word in FILES | NAMED, f"{page}: {word}"


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_sentence_names_has_these_options(page):
    for span in spans(page):
        if span.count("'") % 2 or not span.strip():
            continue  # prose
        words = [word for word in shlex.split(span) if word != "..."]
        if words[0] in ("make", "python") and len(words) > 1:
            commands.check(words)
        elif words[0].startswith("benchmarks/") and words[0].endswith(".py"):
            commands.python(words)
        elif words[0] == "plantain" and len(words) > 1:
            command, rest = typer.main.get_command(app), words[1:]
            while rest and hasattr(command, "commands"):
                assert rest[0] in command.commands, f"{page}: {span}"
                command, rest = command.commands[rest[0]], rest[1:]
            assert {word for word in rest if word.startswith("--")} <= options(command), f"{page}: {span}"
        elif words[0].startswith("--"):
            assert {w.partition("=")[0] for w in words if w.startswith("--")} <= OPTIONS | OTHERS, f"{page}: {span}"


def test_every_key_of_training_that_the_page_names_is_one():
    def known(model, prefix=""):
        for name, field in model.model_fields.items():
            yield f"{prefix}{name}"
            if hasattr(field.annotation, "model_fields"):
                yield from known(field.annotation, f"{prefix}{name}.")

    keys = set(known(TrainConfig))
    named = {s for page in ("finetuning.md", "bases.md") for s in spans(page)}
    dotted = {
        s.partition(":")[0] for s in named if re.fullmatch(r"(augment|objective|mixture|model|lora)\.\w+(: .*)?", s)
    }
    set_ = {key for s in named for key in re.findall(r"--set '?([\w.]+)=", s)}
    assert len(dotted) > 8 and dotted | set_ <= keys


def test_no_page_and_no_message_has_pip_fetch_a_package_of_our_name():
    """The plantain on PyPI is another project."""
    texts = PAGES | {str(path): path.read_text() for path in (ROOT / "pipeline").rglob("*.py")}
    fetching = re.compile(r"pip install\s+(-\S+\s+)*['\"]?plantain\b")
    assert [name for name, text in texts.items() if fetching.search(text)] == []
