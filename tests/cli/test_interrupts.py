"""What Ctrl-C is answered with: that a command resumes is said of those that do."""

import sys

import pytest

from pipeline.cli import main
from tests.conftest import ROOT

SCENE = ["--scene", str(ROOT / "scenes/primitives.yaml"), "--render", str(ROOT / "render_configs/preview.yaml")]
RESUMING = [
    (["generate", *SCENE, "--samples", "3", "--output", "OUT"], "pipeline.farm.schedule.listed_models"),
    (["finetune", "--data", "CORPUS", "--base", "tiny", "--output", "OUT"], "pipeline.finetune.trainer.finetune"),
    (["assets", "bake", "infinigen", "--output", "OUT"], "pipeline.bake.infinigen_host.ready_environment"),
    (["evaluate", "--model", "M", "--data", "CORPUS", "--output", "OUT"], "pipeline.evaluate.report.column_names"),
    (
        ["evaluate", "--model", "M", "--benchmark", "nyuv2", "--root", "CORPUS", "--output", "OUT"],
        "pipeline.evaluate.benchmarks.run.benchmark",
    ),
]
ENDING = [
    (["validate", "CORPUS"], "pipeline.shards.validate.validate_corpus"),
    (["inspect", "CORPUS"], "pipeline.gallery.statistics.inspect_corpus"),
    (["preview", *SCENE, "--output", "OUT.png"], "pipeline.farm.views.make_sample"),
    (["export", "coco", "CORPUS", "--output", "OUT"], "pipeline.export.coco.export_coco"),
    (["predict", "--model", "M", "--image", "x.png", "--task", "depth", "--output", "OUT.png"], "pipeline.predict.run.predict"),
    (["assets", "list", "plantain"], "pipeline.compose.catalogues.listing.open_catalogue"),
]  # fmt: skip
"""Arguments, and a function of the command's work."""


def interrupted(*_, **__):
    raise KeyboardInterrupt


@pytest.fixture
def stop(monkeypatch, capsys, tmp_path):
    """Run `plantain ARGUMENTS` in this process with Ctrl-C in the function `at`: (exit status, lines complained)."""

    def run(arguments, at):
        monkeypatch.setattr(at, interrupted)
        places = {"OUT": str(tmp_path / "out"), "OUT.png": str(tmp_path / "out.png"), "CORPUS": str(tmp_path)}
        monkeypatch.setattr(sys, "argv", ["plantain", *(places.get(word, word) for word in arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().err.splitlines()

    return run


@pytest.mark.parametrize(("arguments", "at"), RESUMING, ids=lambda value: value[0] if isinstance(value, list) else "")
def test_a_command_that_goes_on_when_it_is_given_again_says_so(stop, arguments, at):
    assert stop(arguments, at) == (130, ["plantain: stopped; the same command again resumes where it was"])


@pytest.mark.parametrize(("arguments", "at"), ENDING, ids=lambda value: value[0] if isinstance(value, list) else "")
def test_a_command_that_would_begin_anew_only_says_that_it_stopped(stop, arguments, at):
    assert stop(arguments, at) == (130, ["plantain: stopped"])


@pytest.mark.parametrize("group", [[], ["assets"], ["export"]])
def test_a_group_without_a_command_prints_its_help_and_complains_of_nothing(group, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["plantain", *group])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert (ended.value.code, told.err) == (2, "")
    assert "Commands" in told.out
