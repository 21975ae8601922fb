"""A machine that only trains: nothing that composes, renders, traces or spreads work is installed."""

import json
import subprocess
import sys

import cv2

from tests.finetune.toy import TINY, toy_corpus, toy_sample

ELSEWHERE = (
    "embreex", "trimesh", "mujoco", "fast_simplification", "ray", "webdataset", "pyrender", "bpy", "blenderproc",
    "torchmetrics",
)  # fmt: skip
COMMANDS = """
import sys
{blocked}
from typer.testing import CliRunner
from pipeline.cli import app
for command in {commands!r}:
    result = CliRunner().invoke(app, command)
    if result.exit_code:
        sys.exit(f"{{command}}: {{result.output}} {{result.exception!r}}")
"""


def test_training_and_scoring_need_nothing_that_makes_a_corpus(tmp_path):
    corpus, model = str(toy_corpus(tmp_path / "corpus", train=4, test=2)), str(tmp_path / "model")
    photo = str(tmp_path / "photo.png")
    cv2.imwrite(photo, toy_sample(3).image)
    settings = {"steps": 2, "batch_size": 4, "loader_threads": 1, "model": TINY, "tasks": {"referring": 2}}
    settings |= {"augment": {"min_crop": 0.6, "flip": 0.5}, "mixture": {"captions": 0.5}}
    preset = tmp_path / "preset.yaml"
    preset.write_text(json.dumps(settings))
    there = ["--data", corpus, "--output"]
    commands = [
        ["finetune", "--config", str(preset), *there, model],
        ["evaluate", "--model", model, *there, str(tmp_path / "report"), "--steps", "1"],
        ["generation", "--model", model, *there, str(tmp_path / "kept"), "--pictures", "1", "--steps", "1"],
        ["roundtrip", "--base", "tiny", "--config", str(preset), *there, str(tmp_path / "trip")],
        ["predict", "--model", model, "--image", photo, "--task", "depth", "--output", str(tmp_path / "depth.png")],
        ["decode", "--task", "depth", "--image", str(tmp_path / "depth.png"), "--output", str(tmp_path / "again.npy")],
    ]
    blocked = "\n".join(f"sys.modules[{name!r}] = None" for name in ELSEWHERE)
    code = COMMANDS.format(blocked=blocked, commands=commands)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    for name in ("report/report.json", "kept/generation.json", "trip/roundtrip.json", "again.npy"):
        assert (tmp_path / name).is_file()
