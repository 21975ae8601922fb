"""What holds for every benchmark: the words a model is asked with, what is written, what is refused before a model is loaded."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.codecs import depth
from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError, Stopped
from pipeline.evaluate.benchmarks import BENCHMARKS, asking
from pipeline.evaluate.benchmarks.cityscapes import CLASSES
from pipeline.evaluate.benchmarks.files import found, reading
from pipeline.evaluate.benchmarks.run import run
from pipeline.evaluate.benchmarks.scoring import FIGURES
from pipeline.evaluate.published import ROWS
from pipeline.finetune import bases
from pipeline.instructions.reading import promise, prompt_fault
from pipeline.tables import benchmark_table
from tests.evaluate.benchmarks import originals


def flat(metres):
    return lambda image, prompt: depth.encode(np.full(image.shape[:2], metres))


@pytest.mark.parametrize(("task", "asked"), [("depth", asking.DEPTH), ("normal", asking.NORMAL),
                                             ("semantic", asking.semantic(list(CLASSES)))])  # fmt: skip
def test_prompts_are_in_the_corpora_s_wording_and_say_what_their_codec_holds(task, asked):
    assert prompt_fault(task, *asked) is None


def test_the_colors_of_masks_can_be_read_back_out_of_their_prompts():
    prompt, codec = asking.referring("the man in the pink t-shirt")
    assert promise("referring", prompt).colors == {"the man in the pink t-shirt": tuple(codec["referents"][0]["color"])}
    prompt, codec = asking.instances("fish balls")
    assert promise("instance", prompt).background == tuple(codec["background"])


def test_every_benchmark_asks_for_a_task_that_has_scores():
    assert {known.task for known in BENCHMARKS.values()} == set(TASKS) == set(FIGURES)


def test_a_report_says_how_much_of_the_benchmark_was_scored_and_has_a_sheet(score, tmp_path):
    root = originals.nyuv2(tmp_path, [np.full((480, 640), 4.0)] * 3, test=[1, 2, 3])
    seen = []
    progress = lambda done, note, total: seen.append((done, total))  # noqa: E731
    report, painter = score("nyuv2", root, flat(4.4), limit=2, seed=3, on_progress=progress)
    written = json.loads((report.folder / "report.json").read_text())
    assert (written["views"], written["views_in_all"], len(painter.prompts)) == (2, 654, 2)
    assert written["settings"] == {"seed": 3, "steps": None, "limit": 2, "align": None, "weights": None}
    assert written["scores"]["abs_rel"] == {
        "title": "AbsRel", "unit": "", "higher_is_better": False, "model": report.scores["abs_rel"],
    }  # fmt: skip
    assert seen[0] == (0, 2) and seen[-1] == (2, 2)
    assert min(cv2.imread(str(report.folder / "sheet.png")).shape[:2]) > 500


def test_only_as_many_large_pictures_are_held_as_fit(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.evaluate.benchmarks.run.MOST_PIXELS", 2 * 480 * 640)
    batches = []
    root = originals.nyuv2(tmp_path, [np.full((480, 640), 4.0)] * 3, test=[1, 2, 3])

    class Counting:
        def paint(self, images, prompts, seed=0, steps=None):
            batches.append(len(images))
            return [flat(4.0)(image, None) for image in images]

    monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "tiny"})
    monkeypatch.setattr(bases, "load", lambda folder, weights=None: Counting())
    run(tmp_path / "model", "nyuv2", root, tmp_path / "report")
    assert batches == [2, 1]


def test_files_behind_a_link_to_another_disk_are_found(tmp_path):
    (tmp_path / "disk/office").mkdir(parents=True)
    (tmp_path / "disk/office/a.png").touch()
    (tmp_path / "root").mkdir()
    (tmp_path / "root/office").symlink_to(tmp_path / "disk/office")
    assert found(tmp_path / "root", ["**/*.png"], "") == [tmp_path / "root/office/a.png"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied"), "x.mat: cannot be read (Permission denied)"),
        (
            OSError("Unable to synchronously open file"),
            "x.mat: is not a list (Unable to synchronously open file); fetch it again",
        ),
        (KeyError("images"), "x.mat: is not a list ('images'); fetch it again"),
    ],
)
def test_a_file_that_cannot_be_opened_is_not_said_to_be_damaged(error, told):
    with pytest.raises(ConfigError) as caught, reading(Path("x.mat"), "a list"):
        raise error
    assert str(caught.value) == told


def test_too_little_memory_is_no_fault_of_a_file():
    with pytest.raises(MemoryError), reading(Path("x.mat"), "a list"):
        raise MemoryError


class Interrupted:
    """Paints each picture at its brightness in metres; Ctrl-C is pressed at the third."""

    def __init__(self):
        self.painted = 0

    def paint(self, images, prompts, seed=0, steps=None):
        for _ in images:
            if self.painted == 2:
                raise KeyboardInterrupt
            self.painted += 1
        return [flat(1 + image.mean() / 64 + seed)(image, None) for image in images]


def test_what_was_painted_before_ctrl_c_is_not_painted_again(tmp_path, monkeypatch, score):
    monkeypatch.setattr("pipeline.evaluate.benchmarks.run.MOST_CASES", 1)
    root = originals.nyuv2(
        tmp_path, [np.full((480, 640), metres) for metres in (2.0, 3.0, 4.0, 5.0)], test=[1, 2, 3, 4]
    )
    monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "tiny"})
    first = Interrupted()
    monkeypatch.setattr(bases, "load", lambda folder, weights=None: first)
    with pytest.raises(Stopped, match="the same command again resumes"):
        run(tmp_path / "model", "nyuv2", root, tmp_path / "report")
    assert len(list((tmp_path / "report/paintings").iterdir())) == 2
    # A file that was cut short counts for nothing.
    next((tmp_path / "report/paintings").iterdir()).write_bytes(b"\x89PNG\r\n")
    (tmp_path / "report/paintings/mine.txt").write_text("stays")
    second = Interrupted()
    second.painted = -1
    monkeypatch.setattr(bases, "load", lambda folder, weights=None: second)
    with pytest.raises(Stopped):
        run(tmp_path / "model", "nyuv2", root, tmp_path / "report", seed=1)
    second.painted = -10
    report = run(tmp_path / "model", "nyuv2", root, tmp_path / "report")
    assert second.painted == -10 + 3
    assert [path.name for path in (tmp_path / "report/paintings").iterdir()] == ["mine.txt"]
    whole, _ = score("nyuv2", root, lambda image, prompt: flat(1 + image.mean() / 64)(image, prompt))
    assert report.scores == whole.scores


def test_a_picture_without_a_pixel_to_score_does_not_count(score, tmp_path):
    root = originals.nyuv2(tmp_path, [np.zeros((480, 640)), np.full((480, 640), 4.0)], test=[1, 2])
    report, _ = score("nyuv2", root, flat(4.0))
    assert report.scores["delta1"] == 1.0


def test_where_no_pixel_is_scored_there_is_no_score(score, tmp_path):
    report, _ = score("nyuv2", originals.nyuv2(tmp_path, [np.zeros((480, 640))], test=[1]), flat(4.0))
    assert json.loads((report.folder / "report.json").read_text())["scores"]["delta1"]["model"] is None


@pytest.fixture
def unloadable(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("loaded before everything was checked")

    monkeypatch.setattr(bases, "read_card", lambda folder: {"base": "tiny"})
    monkeypatch.setattr(bases, "load", refuse)


@pytest.mark.usefixtures("unloadable")
def test_weights_for_a_model_that_holds_its_own_are_an_early_error(tmp_path):
    with pytest.raises(ConfigError, match="--weights some/base: .* holds all its weights and needs no others"):
        run(tmp_path, "nyuv2", tmp_path, tmp_path / "report", weights="some/base")


@pytest.mark.usefixtures("unloadable")
def test_an_unknown_benchmark_is_an_early_error_that_lists_the_known_ones(tmp_path):
    with pytest.raises(ConfigError, match="--benchmark list: unknown benchmark; known: nyuv2, .*saco-gold"):
        run(tmp_path, "list", tmp_path, tmp_path / "report")


@pytest.mark.usefixtures("unloadable")
@pytest.mark.parametrize("name", BENCHMARKS)
def test_files_that_are_not_there_are_an_early_error(tmp_path, name):
    with pytest.raises(ConfigError, match="--root"):
        run(tmp_path, name, tmp_path / "nowhere", tmp_path / "report")


@pytest.mark.usefixtures("unloadable")
def test_a_benchmark_without_its_folder_is_an_early_error(tmp_path):
    with pytest.raises(ConfigError, match="--benchmark nyuv2: needs --root"):
        run(tmp_path, "nyuv2", None, tmp_path / "report")


def test_what_others_published_on_the_same_benchmark_stands_beside_the_score(score, tmp_path, capsys):
    root = originals.nyuv2(tmp_path, [np.full((480, 640), 4.0)], test=[1])
    report, _ = score("nyuv2", root, flat(4.4))
    benchmark_table(report)
    shown = " ".join(capsys.readouterr().out.split())
    assert "0.929 Vision Banana, mean of nyuv2, eth3d, diode, kitti" in shown
    written = json.loads((report.folder / "report.json").read_text())["published"]
    assert {"model": "Vision Banana", "score": "delta1", "value": 0.929}.items() <= written[0].items()


def test_published_scores_are_called_as_ours_are():
    for row in ROWS:
        for name in row.over:
            if name in BENCHMARKS:
                assert row.score in FIGURES[BENCHMARKS[name].task]
