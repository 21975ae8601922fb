"""People's own captioned pictures, written with the tools they use: webdataset and datasets."""

import io
import json
import os
import tarfile

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ConfigError
from pipeline.finetune import pair_formats
from pipeline.finetune.config import Mixture, PairSource, TrainConfig
from pipeline.finetune.data import fingerprints, open_stream, train_prompts
from pipeline.finetune.pairs import Pairs
from pipeline.finetune.samples import fixed_questions
from pipeline.finetune.trainer import finetune
from pipeline.shards import store
from pipeline.shards.location import location
from tests.finetune.toy import TINY, toy_corpus


def picture(number, shape=(40, 60), extension=".png"):
    """A flat picture whose colour tells its number."""
    return cv2.imencode(extension, np.full((*shape, 3), (number * 20, 40, 90), np.uint8))[1].tobytes()


def tar(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def rows(count=4, start=0):
    """Members of a tar of `count` pairs."""
    members = {}
    for number in range(start, start + count):
        members[f"{number:06d}.png"] = picture(number)
        members[f"{number:06d}.txt"] = f"picture {number}".encode()
    return members


def parquet(path, columns):
    pq.write_table(pa.table(columns), path)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def said(path, **named):
    source = Pairs(PairSource(path=str(path), **named))
    return [pair.caption for shard in source.shards for pair in source.read(shard)]


def fault(path, **named):
    with pytest.raises(ConfigError) as error:
        said(path, **named)
    assert "\n" not in str(error.value)
    return str(error.value)


def passed_over(path, **named):
    """What the first pair of a file lacks."""
    pair = next(pair_formats.pairs_in(path, PairSource(path=str(path), **named)))
    assert not pair.picture and not pair.caption
    return f"{pair.place.name}: {pair.key}: {pair.fault}"


def test_a_file_a_folder_and_a_pattern_name_the_same_pairs(tmp_path):
    (tmp_path / "a.tar").write_bytes(tar(rows(2)))
    (tmp_path / "b.tar").write_bytes(tar(rows(3, start=2)))
    (tmp_path / "notes.md").write_text("mine")
    assert said(tmp_path / "a.tar") == ["picture 0", "picture 1"]
    assert said(tmp_path) == said(tmp_path / "*.tar") == [f"picture {number}" for number in range(5)]


def test_files_of_a_store_are_read_as_those_on_a_disk():
    store.put(location("memory://pairs/a.tar"), tar(rows(2)))
    store.put(location("memory://pairs/b.tar"), tar(rows(3, start=2)))
    every = [f"picture {number}" for number in range(5)]
    for path in ("memory://pairs", "memory://pairs/*.tar"):
        assert said(path) == every
    assert said("memory://pairs/b.tar") == every[2:]


def test_what_the_webdataset_library_writes_is_read(tmp_path):
    webdataset = pytest.importorskip("webdataset")
    with webdataset.TarWriter(str(tmp_path / "x.tar")) as sink:
        for number in range(3):
            sink.write(
                {
                    "__key__": f"dir/{number}",
                    "jpg": picture(number, extension=".jpg"),
                    "json": {"caption": f"c{number}", "width": 60},
                }
            )
    assert said(tmp_path / "x.tar") == ["c0", "c1", "c2"]


def test_what_the_datasets_library_writes_is_read(tmp_path):
    datasets = pytest.importorskip("datasets")
    from PIL import Image

    images = [Image.fromarray(np.full((8, 9, 3), number, np.uint8)) for number in range(3)]
    table = datasets.Dataset.from_dict({"image": images, "text": ["a", "b", "c"]}).cast_column(
        "image", datasets.Image()
    )
    table.to_parquet(str(tmp_path / "x.parquet"))
    assert said(tmp_path / "x.parquet") == ["a", "b", "c"]


def test_columns_are_found_by_their_type_and_may_be_named(tmp_path):
    raw = [picture(number) for number in range(2)]
    parquet(tmp_path / "x.parquet", {"jpg": raw, "caption": ["a", "b"], "url": ["u", "v"]})
    assert said(tmp_path / "x.parquet") == ["a", "b"]
    assert said(tmp_path / "x.parquet", caption="url") == ["u", "v"]
    parquet(tmp_path / "y.parquet", {"one": raw, "other": raw, "words": ["a", "b"]})
    assert "several columns may be the image (one, other); it has one, other, words: name one as `image`" in fault(
        tmp_path / "y.parquet"
    )
    assert said(tmp_path / "y.parquet", image="other") == ["a", "b"]
    assert "'text' is no column with its caption; it has one, other, words" in fault(
        tmp_path / "y.parquet", image="one", caption="text"
    )
    assert "'words' is no column with its image" in fault(tmp_path / "y.parquet", image="words")
    parquet(tmp_path / "z.parquet", {"one": raw, "title": ["a", "b"], "credit": ["c", "d"]})
    assert "several columns may be the caption (title, credit)" in fault(tmp_path / "z.parquet")


def test_members_are_found_by_their_extension_and_may_be_named(tmp_path):
    both = {
        "0.jpg": picture(0, extension=".jpg"),
        "0.png": picture(0),
        "0.txt": b"plain",
        "0.json": b'{"title": "long"}',
    }
    (tmp_path / "x.tar").write_bytes(tar(both))
    assert "x.tar: 0: several pictures (jpg, png); name one as `image`" in fault(tmp_path / "x.tar")
    assert said(tmp_path / "x.tar", image=".PNG") == ["plain"]
    assert said(tmp_path / "x.tar", image="jpg", caption="json.title") == ["long"]
    assert "no text 'caption or text or prompt' (it has title)" in passed_over(
        tmp_path / "x.tar", image="jpg", caption="json"
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"7.png": picture(0)},
            "x.tar: 7: no member .txt or json (it has png); name its caption as `caption`, or leave it out",
        ),
        ({"7.txt": b"words"}, "x.tar: 7: no member .jpg or jpeg or png or webp (it has txt)"),
        ({}, "x.tar: holds no pictures"),
    ],
)
def test_a_fault_names_file_and_member_and_what_to_do(tmp_path, members, message):
    (tmp_path / "x.tar").write_bytes(tar(members))
    assert message in fault(tmp_path / "x.tar")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"7.png": picture(0), "7.txt": b"\xff\xfe"}, "7: .txt is not text in UTF-8"),
        ({"7.png": picture(0), "7.json": b"{"}, "7: .json is not JSON"),
        ({"7.png": picture(0), "7.json": b"[]"}, "7: .json is neither a text nor an object with one"),
        (
            {"7.png": picture(0), "7.json": b'{"title": "t"}'},
            "7: .json has no text 'caption or text or prompt' (it has title); set `caption: json.KEY`",
        ),
        ({"7.png": picture(0)}, "7: no member .txt or json (it has png)"),
        ({"7.txt": b"words"}, "7: no member .jpg or jpeg or png or webp (it has txt)"),
    ],
)
def test_a_pair_of_a_tar_that_cannot_be_used_is_named_and_the_next_one_is_taken_in_its_place(
    tmp_path, members, message, caplog
):
    (tmp_path / "x.tar").write_bytes(tar(members | rows(3)))
    assert passed_over(tmp_path / "x.tar").startswith(f"x.tar: {message}")
    mixture = {"vision": 0, "pairs": [{"path": str(tmp_path / "x.tar")}]}
    config = TrainConfig(steps=1, loader_threads=1, mixture=mixture)
    with open_stream([], config, 16, 8, 8) as stream:
        (batch,) = next(stream)
    assert set(batch.prompts) == {"picture 0", "picture 1", "picture 2"}
    [said] = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"mixture.pairs: {tmp_path}/x.tar: {message}")
    assert said.endswith(": the next one is taken in its place")
    assert list(train_prompts([], config.mixture)) == ["picture 0", "picture 1", "picture 2"]


def test_files_that_are_damaged_missing_or_something_else_are_named(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar(rows(2))[:700])
    (tmp_path / "y.parquet").write_bytes(b"no parquet")
    (tmp_path / "z.zip").write_bytes(b"")
    assert "x.tar: damaged (" in fault(tmp_path / "x.tar")
    assert "y.parquet: damaged (" in fault(tmp_path / "y.parquet")
    assert "z.zip: is neither .tar nor .parquet" in fault(tmp_path / "z.zip")
    assert "no such file or folder" in fault(tmp_path / "none")
    assert "no .tar or .parquet file matches" in fault(tmp_path / "none" / "*.tar")
    raw = [picture(0), None]
    parquet(tmp_path / "w.parquet", {"image": raw, "text": ["a", "b"]})
    rows_there = list(pair_formats.pairs_in(tmp_path / "w.parquet", PairSource(path="w.parquet")))
    assert [pair.fault for pair in rows_there] == ["", "column 'image' is empty"]


def test_files_are_counted_once_and_again_only_when_they_change(tmp_path, monkeypatch):
    counted = []
    count = pair_formats.count
    monkeypatch.setattr(
        "pipeline.finetune.pairs.count", lambda place, source: counted.append(place.name) or count(place, source)
    )
    (tmp_path / "a.tar").write_bytes(tar(rows(2)))
    (tmp_path / "b.tar").write_bytes(tar(rows(2)))
    source = PairSource(path=str(tmp_path))
    first = Pairs(source).shards
    assert sorted(counted) == ["a.tar", "b.tar"]
    assert Pairs(source).shards == first and len(counted) == 2
    (tmp_path / "b.tar").write_bytes(tar(rows(3)))
    # A tar's size goes in steps, and a disk's clock too: it may not have moved on since the file was first written.
    os.utime(tmp_path / "b.tar", (0, 0))
    assert [shard.samples for shard in Pairs(source, None).shards] == [2, 3]
    assert counted[2:] == ["b.tar"]
    assert first[0].bytes == sum(map(len, rows(2).values()))
    Pairs(source, str(tmp_path / "kept"))
    assert len(counted) == 5 and list((tmp_path / "kept").iterdir())


def test_pairs_join_the_stream_at_their_ratio_as_their_middle_square_with_their_own_caption(tmp_path):
    corpus = toy_corpus(tmp_path / "corpus")
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "x.tar").write_bytes(tar(rows(6)))
    mixture = {"vision": 1, "pairs": [{"path": str(tmp_path / "pairs"), "weight": 3}]}
    config = TrainConfig(steps=1, mixture=mixture, augment={"flip": 1, "min_crop": 0.5, "jitter": 1, "jpeg": 1})
    with open_stream([corpus], config, 32, 40, 40) as stream:
        (batch,) = next(stream)
    drawn = [row for row, task in enumerate(batch.tasks) if task == "generate"]
    assert abs(len(drawn) - 30) <= 2
    for row in drawn:
        number = int(batch.prompts[row].split()[1])
        assert (batch.targets[row] == (90, 40, number * 20)).all()
        assert not batch.conditioned[row]
    assert {"picture 0", "picture 5"} <= set(train_prompts([corpus], config.mixture))


def test_pairs_that_are_others_have_another_fingerprint(tmp_path):
    def found():
        return fingerprints([], Mixture(pairs=[PairSource(path=str(tmp_path / "x.tar"))]))

    (tmp_path / "x.tar").write_bytes(tar(rows(3)))
    first = found()
    (tmp_path / "x.tar").write_bytes(tar(rows(3)))
    assert found() == first
    (tmp_path / "x.tar").write_bytes(tar(rows(4)))
    assert found() != first


def test_a_run_may_have_pairs_alone(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar(rows(3)))
    config = TrainConfig(steps=1, mixture={"vision": 0, "pairs": [{"path": str(tmp_path / "x.tar")}]})
    with open_stream([], config, 16, 6, 6) as stream:
        (batch,) = next(stream)
    assert sorted(batch.prompts) == sorted([f"picture {number}" for number in range(3)] * 2)


def test_a_model_is_trained_on_pairs_alone_and_paints_one_of_their_captions(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar(rows(3)))
    mixture = {"vision": 0, "pairs": [{"path": str(tmp_path / "x.tar")}]}
    config = TrainConfig(model=TINY, steps=2, batch_size=2, sample_steps=1, mixture=mixture)
    model = finetune([], "tiny", tmp_path / "model", config)
    assert len(list(model.glob("samples/*.png"))) == 2
    (question,) = fixed_questions([], 32, config)
    assert question.image is None and question.prompt == "picture 0"


def test_a_run_that_draws_views_needs_a_corpus(tmp_path):
    with pytest.raises(ConfigError, match="--data: no corpus named"):
        finetune([], "tiny", tmp_path / "model", TrainConfig(model=TINY, steps=1))
    assert not (tmp_path / "model").exists()


def test_a_picture_that_does_not_decode_is_named(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar({"a.jpg": b"no picture", "a.txt": b"words"}))
    config = TrainConfig(steps=1, mixture={"vision": 0, "pairs": [{"path": str(tmp_path / "x.tar")}]})
    with (
        pytest.raises(ConfigError, match=r"x.tar: a does not decode as an image, nor can those that follow it be used"),
        open_stream([], config, 16, 2, 2) as s,
    ):
        next(s)


def test_a_pair_that_cannot_be_used_is_passed_over_and_named_once(tmp_path, caplog):
    empty = pa.table({"image": [picture(1), None, b"<html>", picture(3)], "caption": ["one", "two", "three", "four"]})
    pq.write_table(empty, tmp_path / "x.parquet")
    mixture = {"vision": 0, "pairs": [{"path": str(tmp_path / "x.parquet")}]}
    config = TrainConfig(steps=1, loader_threads=1, mixture=mixture)

    def drawn():
        with open_stream([], config, 16, 8, 8) as stream:
            (batch,) = next(stream)
        return batch

    first, again = drawn(), drawn()
    # In the place of each the next that can be used: two epochs of four, of which the fourth stands for three.
    assert sorted(first.prompts) == ["four"] * 6 + ["one"] * 2
    assert first.prompts == again.prompts
    said = [record.getMessage() for record in caplog.records][:2]
    assert {text.partition(": row ")[2][:1] for text in said} == {"1", "2"}
    assert all(text.endswith("the next one is taken in its place") for text in said)
    assert len(caplog.records) == 4  # once for each of the two streams


def test_a_caption_in_json_may_be_a_text_alone(tmp_path):
    (tmp_path / "x.tar").write_bytes(tar({"a.png": picture(0), "a.json": json.dumps("words").encode()}))
    assert said(tmp_path / "x.tar") == ["words"]
