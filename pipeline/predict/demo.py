"""A page in the browser on which to ask a model about photos. Nothing on it comes from elsewhere, so it works offline."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.codecs.tasks import TASKS
from pipeline.errors import ConfigError, PlantainError, require
from pipeline.finetune import bases
from pipeline.finetune.bases import Base
from pipeline.instructions.reading import told_task
from pipeline.predict.ask import EXAMPLES, PROMPTS, Answer, Question, ask, question
from pipeline.predict.cloud import cloud, field_of_view
from pipeline.predict.photo import Photo, read_photo
from pipeline.predict.run import save_answer
from pipeline.predict.view import view

OWN_WORDS = "own words"
CHOICES = (*TASKS, OWN_WORDS)
SHOWN_POINTS = 200_000
"""Points drawn on the page; the file to download has them all."""
KEPT = 4
"""Answers whose files stay on the disk to be fetched."""
TO_VIEWER_AXES = np.array([1.0, -1.0, -1.0], np.float32)
"""From x right, y down, z forward to what glTF viewers take: y up, z towards the viewer."""
FONT = ["system-ui", "sans-serif"]
BUTTONS: list[Any] = ["download", "fullscreen"]
"""Of a picture; Gradio's third one would send it to a public site."""


def serve(model_dir: Path, host: str, port: int, share: bool, weights: str | None = None) -> None:
    """Load the model and serve the page until Ctrl-C. port: 0 for any free one. weights: as for `bases.load`.

    Raises ConfigError when gradio is not installed, there is no model, or nothing can listen at host and port.
    """
    require("demo", "gradio")
    bases.check_needs(model_dir, bases.read_card(model_dir), weights)
    port = _free_port(host, port)
    with tempfile.TemporaryDirectory(prefix="plantain-demo-") as folder:
        page = build(bases.load(model_dir, weights=weights), Path(folder), f"Plantain: {model_dir.name}")
        launch(page, host, port, share)
        print(f"http://{host}:{port}  (Ctrl-C ends it)", flush=True)
        page.block_thread()


def launch(page: Any, host: str, port: int, share: bool = False) -> None:
    """Start to serve a page of `build`, and return."""
    import gradio

    font = [gradio.themes.Font(name) for name in FONT]
    page.launch(
        server_name=host,
        server_port=port,
        share=share,
        quiet=True,
        show_error=True,
        prevent_thread_lock=True,
        ssr_mode=False,
        theme=gradio.themes.Default(font=font, font_mono=[gradio.themes.Font("monospace")]),
        footer_links=[],
    )


def build(model: Base, folder: Path, title: str) -> Any:
    """The page, a gradio.Blocks. folder: where files to download are kept for a while."""
    # Before gradio is imported: it reads this once, and would ask its makers for news.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio

    held: deque[Path] = deque()

    def run(path: str | None, task: str, words: str, seed: float, steps: float, fov_deg: float) -> tuple[Any, ...]:
        if not path:
            raise gradio.Error("Choose a photo first.")
        try:
            asked = _asked(task, words.strip())
            photo = read_photo(Path(path))
            answer = ask(model, photo.rgb, asked, int(steps or 0) or None, int(seed or 0))
            place = _new_folder(folder, held)
            lines = save_answer(answer, photo, place / "painting.png", fov_deg or None)
        except PlantainError as error:
            raise gradio.Error(_of_the_page(str(error).replace(f"{path}: ", ""))) from None
        files = [str(file) for file in sorted(place.iterdir())]
        picture = None if answer.array is None else view(answer, photo.rgb)
        model_file = _glb(answer, photo, fov_deg or None, place) if answer.task == "depth" else None
        notes = [f"asked: {asked.prompt}", *(_of_the_page(line.replace(f"{place}/", "")) for line in lines)]
        return picture, answer.painting, model_file, files, "\n".join(notes)

    with gradio.Blocks(title=title, analytics_enabled=False, delete_cache=(3600, 3600)) as page:
        gradio.Markdown(f"# {title}")
        with gradio.Row():
            with gradio.Column(scale=1):
                photo: Any = gradio.Image(
                    type="filepath", image_mode=None, sources=["upload"], label="Photo", height=300
                )
                # The file as it came, for `read_photo`: Gradio would open it by itself, and say less of what it cannot read.
                photo.preprocess = lambda file: file.path if file else None
                task = gradio.Radio(list(CHOICES), value="depth", label="Task")
                words = gradio.Textbox(label="Prompt", lines=3, placeholder=PROMPTS["depth"])
                with gradio.Accordion("More", open=False):
                    seed = gradio.Number(0, label="Seed", precision=0, minimum=0)
                    steps = gradio.Number(0, label="Steps (0: the base's own)", precision=0, minimum=0)
                    fov = gradio.Number(
                        0, label="Degrees across the longer side (0: by Exif, or a guess)", minimum=0, maximum=170
                    )
                button = gradio.Button("Paint", variant="primary")
                gradio.Examples(
                    [[name, text] for name, text in (PROMPTS | EXAMPLES).items()],
                    [task, words],
                    label="Prompts to copy",
                )
            with gradio.Column(scale=2):
                picture = gradio.Image(label="Decoded", format="png", buttons=BUTTONS)
                with gradio.Row():
                    painting = gradio.Image(
                        label="Painted, at the model's own size", format="png", buttons=BUTTONS, height=320
                    )
                    points = gradio.Model3D(
                        label="Points", display_mode="point_cloud", camera_position=(90, 90, None), height=320
                    )
                files = gradio.Files(label="Files", interactive=False)
                notes = gradio.Textbox(label="Notes", lines=4, interactive=False)
        task.change(lambda name: gradio.Textbox(placeholder=_hint(name)), task, words, api_visibility="private")
        button.click(
            run,
            [photo, task, words, seed, steps, fov],
            [picture, painting, points, files, notes],
            concurrency_limit=1,
            api_name="ask",
        )
    return page


def _hint(task: str) -> str:
    if task in EXAMPLES:
        return f"needed, e.g. {EXAMPLES[task]}"
    return PROMPTS.get(task, "Anything; wording that the corpora know is decoded, too")


def _asked(task: str, words: str) -> Question:
    """What to ask for one of CHOICES and words, which may be "". Raises ConfigError in the words of the page."""
    own = task == OWN_WORDS
    if not words and (own or task not in PROMPTS):
        example = "" if own else f", e.g.: {EXAMPLES[task]}"
        raise ConfigError(f"Write a prompt: {task if not own else 'this'} needs one{example}")
    if words and not own and (told := told_task(words)) not in (None, task):
        raise ConfigError(f"The prompt asks for {told}: choose that task, or {OWN_WORDS}.")
    return question(None if own else task, words or None)


def _of_the_page(line: str) -> str:
    """A line of the commands without their options, which the page has not."""
    line = line.replace("--image ", "").replace("--output ", "")
    return line.replace("--fov-deg says otherwise", "another can be set under More")


def _glb(answer: Answer, photo: Photo, fov_deg: float | None, place: Path) -> str | None:
    """Points of a depth answer as a file for the page's viewer, thinned out evenly; None where there are none."""
    import trimesh

    points, colors = cloud(answer, photo, field_of_view(photo, fov_deg))
    if not len(points):
        return None
    every = max(1, -(-len(points) // SHOWN_POINTS))
    file = place / "points.glb"
    trimesh.PointCloud(points[::every] * TO_VIEWER_AXES, colors[::every]).export(file)
    return str(file)


def _new_folder(folder: Path, held: deque[Path]) -> Path:
    held.append(Path(tempfile.mkdtemp(dir=folder)))
    while len(held) > KEPT:
        shutil.rmtree(held.popleft(), ignore_errors=True)
    return held[-1]


def _free_port(host: str, port: int) -> int:
    """`port`, or a free one for 0. Raises ConfigError when it cannot be had."""
    try:
        with socket.create_server((host, port)) as listener:
            return int(listener.getsockname()[1])
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(
            f"--host {host} --port {port}: cannot listen there ({reason}); --port 0 takes a free one"
        ) from None
