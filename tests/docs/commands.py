"""Commands of the docs, parsed by the programs they name without being run: options that exist, files that are there."""

import inspect
import re
import shlex
from itertools import pairwise

import typer.main
import yaml

from pipeline.cli import app
from pipeline.config import load_recipe, load_render_config
from pipeline.finetune.config import choose
from tests.conftest import ROOT

REQUIRED = {
    "--scene": "scenes/mix.yaml",
    "--render": "render_configs/cycles.yaml",
    "--samples": "8",
    "--output": "output/x",
}
"""What stands for the "..." that ends a command."""
NUMBERS = {"S": "0", "I": "0"}
"""Words in capitals where a number is meant."""


def lines_of(text):
    """The commands of a block, each as words without comments; lines that end in a backslash go on."""
    lines = text.replace("\\\n", " ").splitlines()
    return [words for words in (shlex.split(line, comments=True) for line in lines) if words]


def check(words):
    """Raises unless the program that `words` call would take them. Unknown programs are errors: nothing is let through."""
    words = [word for word in words if word != "&"]
    while re.fullmatch(r"[A-Z_]+=\S*", words[0]):
        words = words[1:]
    program = words[0]
    CHECKS[program](words[1:])


def plantain(words):
    """By typer. Recipes, presets and the keys that --set changes must exist, too."""
    command, names = typer.main.get_command(app), []
    while hasattr(command, "commands"):
        names.append(words[0])
        command, words = command.commands[words[0]], words[1:]
    words = list(_spelled_out(words, [option for parameter in command.params for option in parameter.opts]))
    with command.make_context(" ".join(names), [NUMBERS.get(word, word) for word in words]) as context:
        given = context.params
    if "scene" in given and not str(given["scene"]).endswith(".json"):
        changes = given.get("set_") or []
        of_preset = [change.removeprefix("render.") for change in changes if change.startswith("render.")]
        load_recipe(given["scene"], [change for change in changes if not change.startswith("render.")])
        load_render_config(given["render"], of_preset)
    if "base" in given:
        choose(given["base"], given["config"], None, given["set_"])
    return given


def _spelled_out(words, known):
    """The words with something for every "...": for the value of an option, or for the options that are left out."""
    for before, word in pairwise(["", *words]):
        if word != "...":
            yield word
        elif before.startswith("--"):
            yield "x"
        else:
            yield from (
                w for name, value in REQUIRED.items() if name in known and name not in words for w in (name, value)
            )


def ray(words):
    """By Ray's own command line; what is submitted is a command, too."""
    from ray.scripts.scripts import cli

    own, inner = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    command, names = cli, []
    while hasattr(command, "commands"):
        names.append(own[0])
        command, own = command.commands[own[0]], own[1:]
    # click would take what is submitted for its own options: to Ray it comes after "--".
    rest = ["--", *inner] if inner else []
    with command.make_context(" ".join(names), [*own, *rest]) as context:
        for value in context.params.values():
            if isinstance(value, str) and value.startswith("deploy/"):
                assert (ROOT / value).is_file(), value
    if inner:
        check(inner)


def accelerate(words):
    """By accelerate's parser, and the module that it would start as our command."""
    from accelerate.commands.launch import launch_command_parser

    assert words[0] == "launch"
    given = launch_command_parser().parse_args(words[1:])
    assert given.module and given.training_script == "pipeline"
    plantain(given.training_script_args)


def docker(words):
    """There is no docker here to ask: the files it reads, and the command that runs inside."""
    if words[0] == "build":
        assert words[-1] == "." and (ROOT / "Dockerfile").is_file()
    if words[0] == "run":
        plantain(words[words.index("plantain") + 1 :])
    assert words[0] in ("build", "run", "push")


def kubectl(words):
    """There is no cluster here to ask: the file it reads, and the names of what that file makes."""
    job = yaml.safe_load((ROOT / "deploy/kuberay.yaml").read_text())
    if words[:2] == ["create", "-f"]:
        assert (ROOT / words[2]).is_file()
    elif words[1:2] == ["rayjob"]:
        assert words[2] == job["metadata"]["name"]
    elif words[:3] == ["create", "secret", "generic"]:
        assert f"name: {words[3]}" in (ROOT / "deploy/kuberay.yaml").read_text()
    else:
        assert words[0] == "logs" and words[-1] == f"job-name={job['metadata']['name']}"


def hf(words):
    """By the function of the hub's command line that takes the options."""
    from huggingface_hub.cli.download import download

    assert words[0] == "download"
    known = {f"--{name.replace('_', '-')}" for name in inspect.signature(download).parameters}
    assert {word for word in words if word.startswith("--")} <= known


def make(words):
    """A target of the Makefile."""
    for target in words:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M), target


def source(words):
    """The environment that the Makefile makes."""
    assert words == [".venv/bin/activate"] and "-m venv .venv" in (ROOT / "Makefile").read_text()


def python(words):
    """A line of code that compiles, or a script of ours: its source, or what it imports from beside it, knows the options."""
    if words[0] == "-c":
        compile(words[1], "<line>", "exec")
        return
    script = ROOT / words[0]
    text = script.read_text()
    for name in re.findall(r"^from (\w+) import", text, re.M):
        beside = script.with_name(f"{name}.py")
        text += beside.read_text() if beside.is_file() else ""
    for word in words[1:]:
        assert not word.startswith("--") or f'"{word.partition("=")[0]}"' in text, f"{words[0]}: {word}"


def elsewhere(words):
    """Programs that the system or others bring; their options are theirs."""


CHECKS = {
    "plantain": plantain, "ray": ray, "accelerate": accelerate, "docker": docker, "kubectl": kubectl, "hf": hf,
    "make": make, "source": source, "python": python, "apt-get": elsewhere, "pip": elsewhere, "pre-commit": elsewhere,
    "fidelity": elsewhere,
}  # fmt: skip
