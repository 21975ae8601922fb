"""The card of a corpus: its front matter as the hub's own library reads it, its picture, and its code, which is run."""

import json
import re

import cv2
import numpy as np
import pytest
from huggingface_hub import DatasetCard

from pipeline.hub.preview import LINES, wrapped
from pipeline.shards.card import SplitTotals, card
from pipeline.shards.read import read_samples
from tests.hub.test_croissant import keep_only

pytestmark = pytest.mark.usefixtures("no_hub")
BLOCK = re.compile(r"```python\n(.*?)```", re.S)


def test_the_hub_reads_the_front_matter(command, corpus):
    assert command("card", corpus).returncode == 0
    data = DatasetCard.load(corpus / "README.md").data
    assert (data.license, data.pretty_name, data.size_categories) == ("cc0-1.0", "primitives", ["n<1K"])
    files = {one["split"]: one["path"] for one in data.configs[0]["data_files"]}
    assert files == {"train": "train/*.parquet", "validation": "val/*.parquet", "test": "test/*.parquet"}


@pytest.mark.parametrize("formats", ["both", "tars"])
def test_the_code_on_the_card_reads_and_decodes_the_corpus(command, corpus, tmp_path, monkeypatch, formats):
    if formats == "tars":
        keep_only(corpus, "webdataset", ".tar")
    assert command("card", corpus).returncode == 0
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    blocks = BLOCK.findall((corpus / "README.md").read_text())
    assert len(blocks) == (3 if formats == "both" else 2)
    names: dict = {}
    for block in blocks:
        exec(block.replace("path/to/this/folder", str(corpus)), names)
    true = next(read_samples(corpus, "train"))
    seen = np.isfinite(true.exact["depth"])
    np.testing.assert_allclose(names["depth_m"][seen], true.exact["depth"][seen], rtol=0.05)
    assert names["sample"]["__key__"] == true.key


def test_the_picture_shows_views_beside_their_targets_and_the_card_their_prompts(command, corpus):
    assert command("card", corpus).returncode == 0
    text = (corpus / "README.md").read_text()
    assert "](preview.jpg)" in text
    picture = cv2.imread(str(corpus / "preview.jpg"))
    height, width = picture.shape[:2]
    assert 1200 < width < 1600 and 900 < height < 1400
    first = next(read_samples(corpus, "train"))
    for prompt in first.meta["prompts"].values():
        assert prompt.replace("<", "&lt;").replace("|", "\\|") in text


def test_statistics_are_shown_once_inspect_has_counted_and_only_while_they_are_of_this_corpus(command, corpus):
    assert command("inspect", corpus, "--workers", 1).returncode == 0
    found = json.loads((corpus / "statistics.json").read_text())
    depths = " / ".join(f"{found['all']['depth_m'][p]:.3g}" for p in ("1", "50", "99"))
    assert command("card", corpus).returncode == 0
    text = (corpus / "README.md").read_text()
    assert depths in text and "sphere" in text.partition("## What it shows")[2].partition("##")[0]
    assert "statistics.json" in command("push", corpus, "--repo", "ada/solids", "--dry-run").stdout
    # Another corpus of the same size.
    manifest = json.loads((corpus / "val/manifest.json").read_text())
    for file in manifest["shards"][0]["files"].values():
        file["sha256"] = "0" * 64
    (corpus / "val/manifest.json").write_text(json.dumps(manifest))
    assert command("card", corpus).returncode == 0
    assert "## What it shows" not in (corpus / "README.md").read_text()
    listed = command("push", corpus, "--repo", "ada/solids", "--dry-run")
    assert listed.returncode == 0 and "statistics.json" not in listed.stdout


def test_the_card_that_ends_a_run_needs_no_look_at_the_pictures_and_says_the_same(made, command, corpus):
    plain = (made / "README.md").read_text()
    assert "preview.jpg" not in plain
    assert command("card", corpus).returncode == 0
    text = (corpus / "README.md").read_text()
    for heading in re.findall(r"^## .*$", plain, re.M):
        assert text.partition(heading)[2].partition("\n## ")[0] == plain.partition(heading)[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("views", "category"),
    [(999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (1_000_000, "1M<n<10M"), (2_000_000_000, "n>1B")],
)
def test_the_size_is_one_of_the_hubs_categories(made, views, category):
    info = json.loads((made / "dataset.json").read_text())
    assert f"\n- {category}\n" in card(info, {"train": SplitTotals(1, views)})


def test_words_under_a_picture_are_cut_at_a_width_and_say_so():
    lines = wrapped("one two three four five six seven eight nine ten", 12, len)
    assert lines == ["one two", "three four", "five six..."]
    assert len(lines) == LINES
    assert wrapped("one two", 12, len) == ["one two"]


def test_a_corpus_on_a_url_gets_its_card_there(command, corpus):
    from pipeline.shards import store
    from pipeline.shards.location import location

    place = location("memory://cards/solids")
    for path in corpus.rglob("*"):
        if path.is_file():
            store.put(place / path.relative_to(corpus).as_posix(), path.read_bytes())
    done = command("card", "memory://cards/solids")
    assert done.returncode == 0, done.stderr
    assert store.get(place / "preview.jpg")[:3] == b"\xff\xd8\xff"  # JPEG
    assert b"croissant/1.0" in store.get(place / "croissant.json")
