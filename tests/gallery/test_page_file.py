"""What goes into the page's file: which views, in what size, and the same bytes each time."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import typer.main
from PIL import Image

from pipeline.cli import app
from pipeline.gallery.html import gallery_page
from pipeline.gallery.views import LISTED, SIDE, THUMB, WHOLE, as_view, choose, part_views, picked, read_views
from pipeline.shards.read import read_metas
from tests.conftest import ROOT


def picture(text):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"))


def large(sample, height, width):
    """The sample blown up, with no two pixels of its targets alike."""
    codes = np.arange(height * width, dtype=np.uint32)
    unique = np.stack([codes & 255, codes >> 8 & 255, codes >> 16], axis=-1).astype(np.uint8).reshape(height, width, 3)
    image = np.resize(sample.image, (height, width, 3))
    return replace(sample, image=image, targets=dict.fromkeys(sample.targets, unique))


def test_all_views_of_a_small_corpus_are_shown_in_order_with_their_targets(small_corpus):
    parts, total = choose(small_corpus)
    views = read_views(parts, workers=2)
    keys = [meta["key"] for split in ("train", "val", "test") for meta in read_metas(small_corpus, split)]
    assert [view.key for view in views] == keys and total == len(keys) == 30
    assert all(view.whole for view in views)


def test_limits_take_views_evenly_from_every_shard(small_corpus):
    parts, total = choose(small_corpus, whole=5, listed=10)
    views = [view for part in parts for view in part_views(part)]
    keys = [meta["key"] for split in ("train", "val", "test") for meta in read_metas(small_corpus, split)]
    listed = [keys.index(view.key) for view in views]
    whole = [keys.index(view.key) for view in views if view.whole]
    assert total == 30
    assert len(listed) == 10 and set(np.diff(listed)) == {3}
    assert len(whole) == 5 and set(np.diff(whole)) == {6}
    assert choose(small_corpus, whole=5, listed=10)[0] == parts
    assert not any(view.whole for part in choose(small_corpus, whole=0)[0] for view in part_views(part))


def test_targets_in_the_page_are_those_of_the_corpus_to_the_last_bit(painted):
    for sample in painted[:5]:
        whole = json.loads(as_view(sample, "train", 512).whole)
        for task, target in sample.targets.items():
            assert (picture(whole["targets"][task]) == target).all()


def test_smaller_targets_hold_only_pixels_of_the_corpus_from_evenly_spaced_places(painted):
    sample = large(painted[0], 100, 150)
    target = sample.targets["depth"]
    small = picture(json.loads(as_view(sample, "train", 60).whole)["targets"]["depth"])
    assert small.shape == (40, 60, 3)
    places = small[..., 0].astype(int) + 256 * small[..., 1].astype(int)
    rows, columns = places // 150, places % 150
    assert (rows == rows[:, :1]).all() and (columns == columns[:1]).all()
    # The middle of a small pixel, in pixels of the large picture.
    np.testing.assert_allclose(rows[:, 0], (np.arange(40) + 0.5) * 2.5 - 0.5, atol=0.5)
    np.testing.assert_allclose(columns[0], (np.arange(60) + 0.5) * 2.5 - 0.5, atol=0.5)
    assert picked(target, 150) is target


@pytest.mark.parametrize("shape", [(64, 64), (300, 200), (100, 500)])
def test_small_pictures_have_the_views_shape_and_a_bounded_side(painted, shape):
    thumb = picture(as_view(large(painted[0], *shape), "train", None).thumb)
    height, width = thumb.shape[:2]
    assert max(height, width) == min(THUMB, max(shape))
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.03)


def test_the_same_views_give_the_same_bytes_whatever_the_number_of_processes(small_corpus, statistics):
    parts, total = choose(small_corpus, whole=6)
    one, two = (gallery_page(statistics, read_views(parts, 64, workers), total, 64) for workers in (1, 2))
    assert one == two


def test_the_page_names_no_other_file(page_file):
    text = page_file.read_text(encoding="utf-8")
    markup = re.sub(r"(?s)<script.*?</script>", "", text)
    assert re.findall(r'(?:src|href)="([^"]*)"', markup) == ["data:,"]
    assert "@import" not in markup and "url(" not in markup


def test_the_command_writes_numbers_and_page_side_by_side(plantain, small_corpus, tmp_path):
    done = plantain("inspect", small_corpus, "--output", tmp_path / "found.json", "--views", 7)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [str(tmp_path / "found.json"), str(tmp_path / "found.html")]
    text = (tmp_path / "found.html").read_text(encoding="utf-8")
    about = json.loads(re.search(r'id="about">(.*?)</script>', text).group(1))
    assert (about["total"], about["whole"]) == (30, 7)
    assert json.loads(re.search(r'id="statistics">(.*?)</script>', text).group(1)) == json.loads(
        (tmp_path / "found.json").read_text()
    )


def test_an_output_may_name_the_page_instead_and_anything_else_is_refused(plantain, small_corpus, tmp_path):
    done = plantain("inspect", small_corpus, "--output", tmp_path / "look.html", "--views", 0)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "look.html").is_file() and (tmp_path / "look.json").is_file()
    done = plantain("inspect", small_corpus, "--output", tmp_path / "look.txt")
    assert done.returncode == 2 and "look.json or look.html" in done.stderr


def test_the_numbers_of_the_docs_page_are_those_of_the_command():
    (option,) = [p for p in typer.main.get_command(app).commands["inspect"].params if "--views" in p.opts]
    assert option.default == WHOLE
    text = " ".join((ROOT / "docs/gallery.md").read_text().split())
    assert f"lists at most {LISTED:,} views, {WHOLE} of them with targets" in text
    assert f"Above {SIDE} pixels a side" in text


def test_the_browser_is_installed_for_tests_and_not_into_the_image():
    assert "chromium" in (ROOT / "deploy/apt-dev.txt").read_text().split()
    assert "deploy/apt-dev.txt" in (ROOT / "Makefile").read_text()
    assert "apt-dev" not in (ROOT / "Dockerfile").read_text() + (ROOT / ".dockerignore").read_text()


def test_the_commands_of_the_docs_page_work(plantain, small_corpus, tmp_path):
    text = (ROOT / "docs/gallery.md").read_text()
    lines = [line for block in re.findall(r"```bash\n(.*?)```", text, re.S) for line in block.splitlines()]
    commands = [line.split() for line in lines if line.startswith("plantain ")]
    assert [command[1] for command in commands] == ["inspect", "inspect"]
    for number, command in enumerate(commands):
        named = {"output/living_room": small_corpus, "output/look/living_room.html": tmp_path / f"{number}.html"}
        arguments = [named.get(word, word) for word in command[1:]]
        if "--output" not in arguments:
            arguments += ["--output", tmp_path / f"{number}.html"]
        done = plantain(*arguments)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / f"{number}.html").stat().st_size > 100_000
