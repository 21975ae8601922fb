import json
import os
import shutil
import signal
import subprocess

import numpy as np
import pytest

import pipeline
from tests.conftest import ROOT, generate_arguments
from tests.farm import held

PRESETS = ["--scene", "scenes/primitives.yaml", "--render", "render_configs/preview.yaml"]


def one_line(done, code):
    assert done.returncode == code, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def test_a_corpus_says_what_it_is(small_corpus):
    info = json.loads((small_corpus / "dataset.json").read_text())
    assert info["classes"][0] == "background"
    assert info["config"]["samples"] == 30
    assert info["packages"]["numpy"]
    manifest = json.loads((small_corpus / "train" / "manifest.json").read_text())
    assert manifest["samples"] == 24
    assert [shard["name"] for shard in manifest["shards"]] == ["shard-000000", "shard-000001", "shard-000002"]
    assert not (small_corpus / ".progress").exists()


def test_a_fresh_corpus_validates(plantain, small_corpus):
    done = plantain("validate", small_corpus)
    assert done.returncode == 0, done.stdout
    assert "0 faults" in done.stdout


def test_validation_names_the_file_that_was_changed(plantain, small_corpus, tmp_path):
    copy = shutil.copytree(small_corpus, tmp_path / "copy")
    shard = copy / "val" / "shard-000000.tar"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 255
    shard.write_bytes(data)
    done = plantain("validate", copy)
    assert done.returncode == 1
    assert str(shard) in done.stdout


def test_running_again_changes_nothing_and_says_so(plantain, small_corpus):
    before = {path: path.read_bytes() for path in small_corpus.rglob("*") if path.is_file()}
    done = plantain(*generate_arguments(small_corpus))
    assert done.returncode == 0, done.stderr
    assert "30 of them already there" in done.stdout
    assert {path: path.read_bytes() for path in small_corpus.rglob("*") if path.is_file()} == before


def test_a_damaged_shard_is_remade_and_the_damaged_one_kept_aside(plantain, small_corpus, tmp_path):
    copy = shutil.copytree(small_corpus, tmp_path / "copy")
    shard = copy / "train" / "shard-000001.parquet"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:1000])
    done = plantain(*generate_arguments(copy))
    assert done.returncode == 0, done.stderr
    assert shard.read_bytes() == whole
    assert shard.with_name(shard.name + ".damaged").read_bytes() == whole[:1000]


def test_other_settings_need_overwrite(plantain, small_corpus, tmp_path):
    copy = shutil.copytree(small_corpus, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    line = one_line(plantain(*generate_arguments(copy, seed=1)), 1)
    assert "seed was 0, now 1" in line
    assert "--overwrite" in line
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
    assert plantain(*generate_arguments(copy, samples=10, seed=1), "--overwrite").returncode == 0
    assert plantain("validate", copy).returncode == 0


def test_a_folder_that_is_no_corpus_is_never_touched(plantain, tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    line = one_line(plantain(*generate_arguments(tmp_path), "--overwrite"), 1)
    assert "never deleted" in line
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


BAD = [
    (["generate", *PRESETS, "--samples", "0", "--output", "OUT"], 2, ["--samples", "1"]),
    (["generate", *PRESETS, "--samples", "3", "--output", "/dev/null/x"], 1, ["/dev/null/x", "cannot write"]),
    (["generate", *PRESETS, "--samples", "3", "--output", "OUT", "--set", "cuont=3"], 2, ["cuont", "count"]),
    (["generate", *PRESETS, "--samples", "3", "--output", "OUT", "--splits", "train=2"], 2, ["--splits"]),
    (["generate", *PRESETS, "--samples", "3", "--output", "OUT", "--format", "zip"], 2, ["zip", "parquet"]),
    (
        ["generate", "--scene", "scenes/castle.yaml", *PRESETS[2:], "--samples", "3", "--output", "OUT"],
        2,
        ["castle"],
    ),
    (["preview", *PRESETS, "--output", "OUT.jpg"], 2, [".jpg", ".png"]),
    (["predict", "--model", "x", "--image", "y", "--task", "depth", "--output", "OUT.npy"], 2, [".npy", ".png"]),
    (["generat"], 2, ["generate"]),
    (["validate", "/tmp/there/is/no/corpus"], 1, ["not a corpus"]),
    (["decode", "--task", "depth", "--image", "/tmp/none.png", "--output", "x.npy"], 2, ["/tmp/none.png"]),
    (["finetune", "--data", "/tmp/none", "--base", "tiny", "--output", "OUT"], 1, ["/tmp/none", "not a corpus"]),
    (["finetune", "--base", "tiny", "--output", "OUT"], 2, ["--data", "mixture.pairs"]),
    (["finetune", "--data", "/tmp/none", "--base", "huge", "--output", "OUT"], 2, ["huge", "tiny"]),
]
"""Arguments, the status that they get, and words of the line; OUT is where nothing must be written."""


@pytest.fixture(scope="module")
def refused(in_turn, tmp_path_factory):
    """What each of BAD was told, and the folder that it could have written to."""
    folders = [tmp_path_factory.mktemp("refused") for _ in BAD]
    commands = (
        [argument.replace("OUT", str(folder / "never")) for argument in arguments]
        for folder, (arguments, _, _) in zip(folders, BAD, strict=True)
    )
    return list(zip(in_turn(*commands), folders, strict=True))


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input_gets_one_readable_line(refused, number):
    (_, code, words), (done, folder) = BAD[number], refused[number]
    line = one_line(done, code)
    for word in words:
        assert word in line
    assert not list(folder.iterdir())


def test_an_impossible_recipe_fails_with_the_reason(plantain, tmp_path):
    done = plantain(*generate_arguments(tmp_path / "x", samples=2), "--set", "count=0")
    assert done.returncode == 1
    assert "no thing is seen well enough" in done.stderr.splitlines()[-1]


def test_preview_and_decode_agree_with_the_exact_depth(plantain, small_corpus, tmp_path):
    done = plantain("preview", *PRESETS, "--seed", 3, "--output", tmp_path / "sheet.png")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "sheet.png").stat().st_size > 10_000
    from pipeline.shards.read import read_samples
    from pipeline.shards.sample import encode_image

    sample = next(read_samples(small_corpus, "test"))
    (tmp_path / "depth.png").write_bytes(encode_image(sample.targets["depth"]))
    done = plantain("decode", "--task", "depth", "--image", tmp_path / "depth.png", "--output", tmp_path / "depth.npy")
    assert done.returncode == 0, done.stderr
    metres, exact = np.load(tmp_path / "depth.npy"), sample.exact["depth"]
    near = exact < 40
    assert np.abs(metres[near] / exact[near] - 1).max() < 0.006


@pytest.mark.timeout(900)
def test_an_interrupt_says_how_to_go_on_and_the_run_resumes(plantain, tmp_path):
    output, gate, errors = tmp_path / "x", tmp_path / "gate", tmp_path / "stderr"
    arguments = generate_arguments(output, workers=1)
    with errors.open("w") as log:
        run = subprocess.Popen(
            held.command(gate, 8, *arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log, env=os.environ | held.ENVIRONMENT
        )  # fmt: skip

    try:
        held.until(run, errors, lambda: list(output.glob("train/shard-000000.tar")))
        run.send_signal(signal.SIGINT)
        held.until(run, errors, lambda: "finishing the shards in hand" in errors.read_text())
        gate.touch()
        assert run.wait(400) == 130, errors.read_text()
    finally:
        run.kill()
    last = errors.read_text().splitlines()[-1]
    assert last.startswith(f"plantain: {output}: stopped; ")
    assert last.endswith("; the same command again goes on from there")
    assert "Traceback" not in errors.read_text()
    done = plantain(*arguments)
    assert done.returncode == 0 and "of them already there" in done.stdout


def test_the_version_is_that_of_the_package(plantain):
    assert plantain("--version").stdout.strip() == f"plantain {pipeline.__version__}"
