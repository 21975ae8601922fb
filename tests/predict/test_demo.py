"""The page on which to ask a model about photos, served and used."""

import importlib.util
import socket
import sys

import cv2
import gradio_client
import numpy as np
import pytest
import trimesh
from gradio_client.exceptions import AppError
from PIL import Image

from pipeline.cli import main
from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.predict import demo
from pipeline.predict.ask import EXAMPLES, Answer
from pipeline.predict.photo import Photo


@pytest.fixture(scope="module")
def served(model, tmp_path_factory):
    """Address of the page, served by this process."""
    page = demo.build(bases.load(model), tmp_path_factory.mktemp("demo"), "Plantain: tiny")
    port = demo._free_port("127.0.0.1", 0)
    demo.launch(page, "127.0.0.1", port)
    yield f"http://127.0.0.1:{port}/"
    page.close()


@pytest.fixture(scope="module")
def client(served, tmp_path_factory):
    return gradio_client.Client(served, verbose=False, download_files=str(tmp_path_factory.mktemp("fetched")))


@pytest.fixture
def photo(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.full((30, 20, 3), 90, np.uint8)).save(tmp_path / "photo.jpg", exif=exif)
    return tmp_path / "photo.jpg"


def ask(client, photo, task, words="", fov=0):
    return client.predict(gradio_client.handle_file(photo), task, words, 0, 0, fov, api_name="/ask")


def test_the_page_answers_with_pictures_points_and_files(client, photo):
    picture, painting, points, files, notes = ask(client, photo, "depth", fov=90)
    assert max(cv2.imread(picture).shape) >= 480
    assert cv2.imread(painting).shape == (32, 32, 3)
    by_name = {path.rsplit("/", 1)[-1]: path for path in files}
    assert sorted(by_name) == ["painting.npy", "painting.ply", "painting.png", "painting.view.png"]
    # The camera was held upright.
    assert np.load(by_name["painting.npy"]).shape == (20, 30)
    cloud, shown = trimesh.load(by_name["painting.ply"]).vertices, trimesh.load(points).geometry.values()
    assert sum(len(part.vertices) for part in shown) == len(cloud)
    assert "asked: Generate a metric depth map" in notes and "90.0 degrees, as given" in notes


def test_own_words_are_painted_and_read_where_they_can_be(client, photo):
    picture, painting, points, files, _ = ask(client, photo, demo.OWN_WORDS, "A sunny day.")
    assert (picture, points) == (None, None)
    assert cv2.imread(painting).shape == (32, 32, 3)
    assert [path.rsplit("/", 1)[-1] for path in files] == ["painting.png"]
    picture, *_, notes = ask(client, photo, demo.OWN_WORDS, EXAMPLES["semantic"])
    assert picture is not None and "2: ground" in notes


def test_what_cannot_be_asked_or_read_is_said_on_the_page(client, photo, tmp_path):
    for task, words, said in (
        ("referring", "", "Write a prompt: referring needs one, e.g.: Paint the red sphere"),
        (demo.OWN_WORDS, " ", "Write a prompt"),
        ("depth", EXAMPLES["semantic"], "The prompt asks for semantic: choose that task, or own words"),
    ):
        with pytest.raises(AppError, match=said) as caught:
            ask(client, photo, task, words)
        assert "--" not in str(caught.value)
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(AppError, match="no picture that can be read"):
        ask(client, tmp_path / "text.jpg", "depth")


def test_notes_speak_of_the_page_and_not_of_a_command_line(client, photo):
    *_, notes = ask(client, photo, "depth")
    assert "60.0 degrees, assumed; another can be set under More" in notes and "--" not in notes


def test_a_painting_without_a_surface_has_no_points_to_show(tmp_path):
    nothing = Answer("depth", np.zeros((8, 8, 3), np.uint8), np.full((8, 8), np.inf, np.float32), [])
    assert demo._glb(nothing, Photo(np.zeros((8, 8, 3), np.uint8)), None, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_shows_the_page_asks_nobody_else(served, browser):
    asked = []
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(served)
        page.get_by_role("button", name="Paint", exact=True).wait_for()
        page.wait_for_load_state("load")
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []


def test_only_the_last_few_answers_stay_on_the_disk(tmp_path):
    from collections import deque

    held = deque()
    made = [demo._new_folder(tmp_path, held) for _ in range(9)]
    assert sorted(tmp_path.iterdir()) == sorted(made[-demo.KEPT :])


def test_a_port_that_is_taken_is_named_with_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--port {port}: cannot listen there .*--port 0"):
            demo._free_port("127.0.0.1", port)


def test_without_gradio_the_command_says_what_to_install(model, monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr("pipeline.errors.find_spec", lambda name: None if name == "gradio" else found(name))
    monkeypatch.setattr(sys, "argv", ["plantain", "demo", "--model", str(model)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "gradio is not installed; run: pip install '.[demo]' in Plantain's folder" in capsys.readouterr().err
