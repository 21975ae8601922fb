"""Questions about photos, and the files that answer them; commands as a person types them."""

import sys

import numpy as np
import pytest
import trimesh
from PIL import Image

from pipeline.cli import main
from pipeline.codecs import depth, segmentation
from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.predict.ask import EXAMPLES, PROMPTS, ask, question
from tests.predict.conftest import damaged_avif

REFER = "Paint the red box in white. Paint everything else black."


class Painter:
    """A model that paints the same whatever it is asked, at its own size."""

    def __init__(self, painting):
        self.painting, self.asked = painting, []

    def paint(self, images, prompts, seed=0, steps=None, stretch=True):
        assert not stretch
        self.asked += prompts
        return [self.painting] * len(images)


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `plantain ...` in this process: run("predict", ...) -> (exit code, lines printed, lines complained)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["plantain", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out.splitlines(), said.err.splitlines()

    return call


def photo(path, size=(20, 30)):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)).save(path)
    return path


def test_one_photo_becomes_a_painting_numbers_a_view_and_points(model, run, tmp_path):
    file = photo(tmp_path / "photo.jpg")
    output = tmp_path / "out" / "depth.png"
    code, said, _ = run("predict", "--model", model, "--image", file, "--task", "depth", "--output", output)
    assert code == 0
    assert sorted(p.name for p in output.parent.iterdir()) == ["depth.npy", "depth.ply", "depth.png", "depth.view.png"]
    array = np.load(tmp_path / "out/depth.npy")
    assert array.shape == (20, 30) and array.dtype == np.float32
    assert Image.open(output).size == (30, 20)
    assert len(trimesh.load(tmp_path / "out/depth.ply").vertices) == np.isfinite(array).sum()
    assert str(output) in said[0] and "60.0 degrees, assumed" in said[1]


def test_the_painting_of_a_photo_is_read_where_it_was_painted_and_kept_as_it_was():
    metres = np.array([[1.0, 4.0], [2.0, np.inf]], np.float32)
    painter = Painter(depth.encode(metres))
    answer = ask(painter, np.zeros((100, 60, 3), np.uint8), question("depth", None))
    assert painter.asked == [PROMPTS["depth"]]
    np.testing.assert_allclose(answer.array, metres, rtol=0.01)
    assert np.unique(answer.painted(100, 60).reshape(-1, 3), axis=0).shape[0] == 4
    assert set(np.unique(answer.read(100, 60))) == set(np.unique(answer.array))


def test_a_task_that_needs_words_says_so_with_an_example():
    for task, example in EXAMPLES.items():
        with pytest.raises(ConfigError, match="needs --prompt, e.g. --prompt") as raised:
            question(task, None)
        assert example in str(raised.value)
        assert question(task, example) == question(None, example)
        assert question(None, example).told
    with pytest.raises(ConfigError, match="unknown task; known tasks: depth"):
        question("colour", None)
    with pytest.raises(ConfigError, match="say what to paint: depth, .*--prompt"):
        question(None, None)


def test_words_tell_the_task_where_the_corpora_know_them():
    assert question(None, PROMPTS["normal"]).task == "normal"
    assert question(None, "Paint it in the manner of Vermeer.").task is None
    with pytest.raises(ConfigError, match="asks for normal; leave --task out, or pass --task normal"):
        question("depth", PROMPTS["normal"])


def test_own_words_for_a_task_are_read_in_the_usual_colors():
    painting = np.zeros((16, 16, 3), np.uint8)
    painting[4:9, 4:9] = 255
    asked = question("referring", "that thing over there")
    assert not asked.told
    answer = ask(Painter(painting), painting, asked)
    np.testing.assert_array_equal(answer.array, painting[..., 0] // 255)


def test_the_names_of_a_prompt_go_with_their_ids():
    painting = segmentation.encode(np.array([[0, 1], [2, 1]]), {0: (0, 0, 0), 1: (0, 255, 0), 2: (255, 0, 0)})
    answer = ask(Painter(painting), painting, question(None, EXAMPLES["semantic"]))
    assert (answer.task, answer.names) == ("semantic", ["box", "ground"])
    np.testing.assert_array_equal(answer.array, [[0, 1], [2, 1]])


def test_words_that_tell_no_task_give_a_painting_alone(model, run, tmp_path):
    file = photo(tmp_path / "photo.png")
    code, said, _ = run(
        "predict", "--model", model, "--image", file, "--prompt", "A sunny day.", "--output", tmp_path / "x/p.png"
    )
    assert (code, said) == (0, [f"{tmp_path / 'x/p.png'}: painted"])
    assert [p.name for p in (tmp_path / "x").iterdir()] == ["p.png"]


def test_of_many_photos_those_that_cannot_be_read_are_a_line_each_and_the_rest_goes_on(model, run, tmp_path):
    album = tmp_path / "album"
    album.mkdir()
    photo(album / "a.png", (10, 10))
    photo(album / "b.jpg")
    photo(album / "b.png")
    (album / "text.jpg").write_text("no picture")
    (album / "damaged.avif").write_bytes(damaged_avif())
    (album / "z.heic").write_text("an iPhone's")
    (album / "notes.txt").write_text("no photo")
    gone, output = tmp_path / "gone.jpg", tmp_path / "out"
    code, said, errors = run(
        "predict", "--model", model, "--image", album, "--image", gone, "--prompt", REFER, "--output", output
    )
    assert code == 1
    assert sorted(path.name for path in output.glob("*.npy")) == ["a.npy", "b.jpg.npy", "b.png.npy"]
    assert np.load(output / "a.npy").shape == (10, 10)
    assert sum("painted" in line for line in said) == 3
    assert len(errors) == 5
    assert "damaged.avif: cannot be read" in errors[0] and "text.jpg: no picture" in errors[1]
    assert "z.heic: HEIC is not read" in errors[2] and "gone.jpg: no such file" in errors[3]
    assert f"4 of 7 photos failed; the others are in {output}" in errors[4]
    alone = tmp_path / "none"
    code, _, errors = run("predict", "--model", model, *["--image", gone] * 2, "--prompt", REFER, "--output", alone)
    assert (code, errors[-1]) == (1, "plantain: 1 of 1 photos failed") and not alone.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--image", "PHOTO", "--task", "depth", "--output", "out.jpg"], "out.jpg: ends in .jpg"),
        (["--image", "PHOTO", "--task", "depth", "--output", "PHOTO"], "would overwrite the photo"),
        (["--image", "PHOTO", "--image", "PHOTO", "--task", "depth", "--output", "x.png"], "name a folder"),
        (["--image", "FOLDER", "--task", "depth", "--output", "FOLDER"], "holds the photos"),
        (["--image", "FOLDER/none.png", "--task", "depth", "--output", "x.png"], "none.png: no such file"),
        (["--image", "FOLDER", "--image", "PHOTO", "--task", "instance", "--output", "out"], "needs --prompt"),
        (["--image", "PHOTO", "--output", "x.png"], "say what to paint"),
        (["--image", "PHOTO", "--task", "depth", "--output", "x.png", "--fov-deg", "190"], "--fov-deg"),
    ],
)
def test_what_cannot_be_done_is_one_line_before_a_model_is_loaded(model, run, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bases, "load", lambda *_, **__: pytest.fail("loaded"))
    (tmp_path / "album").mkdir()
    file = photo(tmp_path / "album/photo.png")
    given = [text.replace("PHOTO", str(file)).replace("FOLDER", str(tmp_path / "album")) for text in arguments]
    code, said, errors = run("predict", "--model", model, *given)
    assert (code, said, len(errors)) == (2, [], 1)
    assert words in errors[0]
    assert [path.name for path in tmp_path.iterdir()] == ["album"]


def test_a_folder_without_a_model_is_named_and_no_photo_is_touched(run, tmp_path):
    file = photo(tmp_path / "photo.png")
    code, _, errors = run(
        "predict", "--model", tmp_path, "--image", file, "--task", "depth", "--output", tmp_path / "x.png"
    )
    assert code == 2 and len(errors) == 1 and "no tuned model here" in errors[0]


@pytest.mark.parametrize("size", [(1, 1), (10, 10), (37, 61), (300, 20)])
def test_a_photo_of_any_size_is_answered_at_its_own_size(model, size):
    base = bases.load(model)
    for task in ("depth", "normal", "referring"):
        answer = ask(base, np.full((*size, 3), 120, np.uint8), question(task, REFER if task == "referring" else None))
        assert answer.painting.shape == (32, 32, 3)
        assert answer.read(*size).shape[:2] == size and answer.painted(*size).shape == (*size, 3)
