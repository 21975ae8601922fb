import json
import threading
from collections import Counter

import cv2
import numpy as np
import pytest

from pipeline.config import load_recipe
from pipeline.errors import ConfigError
from pipeline.finetune.config import TrainConfig
from pipeline.finetune.data import caption_examples, fit, open_stream, train_prompts
from pipeline.finetune.pictures import decode_reduced, decode_small, to_rgb
from pipeline.shards import store
from pipeline.shards.location import location
from pipeline.shards.read import CorpusError, read_samples
from pipeline.shards.sample import decode_image, encode_image
from tests.finetune.toy import toy_corpus, toy_sample

TASKS = ("depth", "normal", "semantic", "instance", "referring")
AUGMENTED = {"min_crop": 0.6, "flip": 0.5, "jitter": 0.5, "jpeg": 0.5}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return toy_corpus(tmp_path_factory.mktemp("toy") / "corpus", train=6, shard_size=2)


def config(**changes):
    return TrainConfig(**{"steps": 1, "loader_threads": 2} | changes)


def batches(corpus, steps, batch=6, rank=0, world=1, accumulation=1, start=0, **changes):
    """All micro-batches of some steps, in order."""
    total = batch * accumulation * world
    with open_stream([corpus], config(**changes), 32, total, batch, rank, world, start) as stream:
        return [one for _ in range(steps) for one in next(stream)]


def examples(some):
    """What is in batches, one by one, as values that can be compared."""
    return [
        (one.tasks[i], one.prompts[i], one.seeds[i], one.images[i].tobytes(), one.targets[i].tobytes())
        for one in some
        for i in range(len(one))
    ]


def test_the_same_seed_gives_the_same_batches_and_another_seed_others(corpus):
    first, again, other = (examples(batches(corpus, 10, seed=seed, augment=AUGMENTED)) for seed in (0, 0, 1))
    assert first == again
    assert first != other


@pytest.mark.parametrize("memory_gb", [1.0, 8e-6])
@pytest.mark.parametrize("start", [1, 7, 8, 23])
def test_starting_late_gives_what_a_run_from_the_beginning_gives_then(corpus, start, memory_gb):
    changes = {"memory_gb": memory_gb, "augment": AUGMENTED, "mixture": {"captions": 0.5}}
    whole = examples(batches(corpus, start + 5, **changes))
    assert whole[start * 6 :] == examples(batches(corpus, 5, start=start, **changes))


@pytest.mark.parametrize("threads", [1, 4])
def test_processes_and_threads_and_accumulation_change_nothing_about_the_places_of_a_run(corpus, threads):
    alone = examples(batches(corpus, 4, batch=12, loader_threads=1, augment=AUGMENTED))
    shared = [
        examples(
            batches(corpus, 4, batch=2, accumulation=3, rank=rank, world=2, loader_threads=threads, augment=AUGMENTED)
        )
        for rank in (0, 1)
    ]
    assert alone == [example for pair in zip(*shared, strict=True) for example in pair]


def test_two_processes_see_every_task_of_every_sample_once_an_epoch(corpus):
    seen = [batch for rank in (0, 1) for batch in batches(corpus, 3, batch=5, rank=rank, world=2)]
    pairs = Counter((task, image.tobytes()) for one in seen for task, image in zip(one.tasks, one.images, strict=True))
    assert len(pairs) == 30
    assert set(pairs.values()) == {1}


def test_every_image_comes_with_its_own_target_and_prompt(corpus):
    by_image = {sample.image.tobytes(): sample for sample in read_samples(corpus, "train")}
    for batch in batches(corpus, 10):
        for image, target, prompt, task in zip(batch.images, batch.targets, batch.prompts, batch.tasks, strict=True):
            sample = by_image[image.tobytes()]
            np.testing.assert_array_equal(target, sample.targets[task])
            assert prompt == sample.meta["prompts"][task]
        assert batch.conditioned.all()


def test_captions_ask_for_the_render_itself_without_a_picture_at_the_set_ratio(corpus):
    by_image = {sample.image.tobytes(): sample.meta for sample in read_samples(corpus, "train")}
    said = set()
    drawn = batches(corpus, 10, batch=20, mixture={"vision": 1, "captions": 3})
    for batch in drawn:
        for row, task in enumerate(batch.tasks):
            if task == "generate":
                meta = by_image[batch.targets[row].tobytes()]
                assert batch.prompts[row] in (meta["caption"], meta["caption_long"])
                said.add(batch.prompts[row] == meta["caption"])
                assert not batch.conditioned[row] and not batch.images[row].any()
    assert said == {True, False}
    assert abs(sum(task == "generate" for batch in drawn for task in batch.tasks) - 150) <= 2


def test_tasks_are_drawn_by_weight_and_a_weight_of_zero_is_not_even_read(corpus, tmp_path):
    folder = toy_corpus(tmp_path / "corpus", drop=("depth",))
    weights = {"depth": 0, "referring": 3}
    tasks = Counter(task for batch in batches(folder, 20, batch=24, tasks=weights) for task in batch.tasks)
    assert "depth" not in tasks
    assert tasks["referring"] / tasks["normal"] == pytest.approx(3, rel=0.1)
    with pytest.raises(CorpusError, match="field 'depth' is missing"):
        batches(folder, 1)


@pytest.mark.parametrize("fmt", ["webdataset", "parquet"])
def test_what_is_skipped_is_not_read(tmp_path, fmt, monkeypatch):
    from pipeline.finetune import views

    folder = toy_corpus(tmp_path / "corpus", train=40, shard_size=2, formats=(fmt,))
    opened = []
    read = views.read_rows
    monkeypatch.setattr(views, "read_rows", lambda place, fields: opened.append(place.name) or read(place, fields))
    # Of twenty shards two fill a window of twenty draws; one batch and those decoded ahead of it are as many.
    batches(folder, 1, batch=5, start=87, memory_gb=1.5e-5)
    assert len(set(opened)) <= 7


def test_a_corpus_in_a_store_gives_the_stream_of_the_one_on_the_disk(corpus):
    there = location("memory://streamed/toy")
    for file in corpus.rglob("*.*"):
        store.put(there / file.relative_to(corpus).as_posix(), file.read_bytes())
    assert examples(batches(there, 6, memory_gb=8e-6)) == examples(batches(corpus, 6, memory_gb=8e-6))


def test_jpeg_renders_come_out_as_if_decoded_whole_and_made_smaller(tmp_path):
    """At a half, a quarter or an eighth the decoder leaves frequencies out instead of averaging: nearly the same."""
    smooth = cv2.resize(toy_sample(0, 64).image, (512, 512), interpolation=cv2.INTER_CUBIC)
    data = encode_image(smooth, "jpg")
    for size in (256, 128, 100, 64):
        small = to_rgb(fit(decode_small(data, size, "x"), size)).astype(int)
        assert np.abs(small - fit(decode_image(data, "x"), size)).mean() < 1.5
    assert decode_reduced(data, 300) is None and decode_reduced(data, 256).shape == (256, 256, 3)


def test_resizing_a_label_makes_no_new_colours():
    target = toy_sample(0, size=50).targets["semantic"]
    colors = {tuple(color) for color in fit(target, 32, label=True).reshape(-1, 3)}
    assert colors <= {tuple(color) for color in target.reshape(-1, 3)}


def loading_threads():
    return {thread for thread in threading.enumerate() if thread.name.startswith(("read", "decode"))}


def test_closing_ends_the_threads(corpus):
    before = loading_threads()
    stream = open_stream([corpus], config(), 32, 6, 6)
    next(stream)
    assert loading_threads() - before
    stream.close()
    assert not loading_threads() - before


def test_an_empty_split_is_an_error_that_says_what_to_do(tmp_path):
    folder = toy_corpus(tmp_path / "corpus", train=0)
    with pytest.raises(ConfigError, match="holds no samples; run `plantain generate`"):
        batches(folder, 1)


def test_shards_of_another_schema_are_refused_in_one_line(tmp_path):
    folder = toy_corpus(tmp_path / "corpus")
    info = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps(info | {"schema_version": 1}))
    with pytest.raises(CorpusError, match="schema_version is 1, this version reads 2; make the corpus again") as error:
        batches(folder, 1)
    assert "\n" not in str(error.value)


def test_a_damaged_picture_reaches_the_reader_as_one_line_with_file_key_and_field(tmp_path):
    folder, before = toy_corpus(tmp_path / "corpus", damage=("normal",)), loading_threads()
    with pytest.raises(CorpusError, match=r"shard-000000.tar: toy-0-\d+: field 'normal' does not decode") as error:
        batches(folder, 1, batch=40)
    assert "\n" not in str(error.value)
    assert not loading_threads() - before


def test_a_shard_with_fewer_samples_than_promised_is_an_error(tmp_path):
    folder = toy_corpus(tmp_path / "corpus")
    path = folder / "train" / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["shards"][0]["samples"] += 1
    path.write_text(json.dumps(manifest))
    with pytest.raises(CorpusError, match="8 samples, the manifest says 9"):
        batches(folder, 1)


def test_a_vocabulary_hears_captions_only_where_they_are_drawn(corpus):
    plain = set(train_prompts([corpus]))
    assert all(sample.meta["prompts"][task] in plain for sample in read_samples(corpus, "train") for task in TASKS)
    both = set(train_prompts([corpus], config(mixture={"captions": 1}).mixture))
    captions = {sample.meta[name] for sample in read_samples(corpus, "train") for name in ("caption", "caption_long")}
    assert both == plain | captions and not captions <= plain


def test_held_out_views_come_as_captions_and_renders_in_the_order_of_the_split(corpus):
    found = list(caption_examples(corpus, "test", 16, limit=3))
    samples = list(read_samples(corpus, "test"))[:3]
    assert [one.prompt for one in found] == [
        samples[0].meta["caption"], samples[1].meta["caption_long"], samples[2].meta["caption"],
    ]  # fmt: skip
    for one, sample in zip(found, samples, strict=True):
        assert one.image is None and one.task == "generate"
        np.testing.assert_array_equal(one.target, fit(sample.image, 16))


def describe(corpus, recipe, exact):
    """Have a corpus's dataset.json say that its views are of a recipe and have exact labels."""
    info = json.loads((corpus / "dataset.json").read_text())
    info["config"] = {"exact": exact} | (
        {"recipe": load_recipe("scenes/primitives.yaml").model_dump(mode="json")} if recipe else {}
    )
    (corpus / "dataset.json").write_text(json.dumps(info))
    return corpus


def test_questions_that_no_corpus_lets_be_asked_anew_are_an_error_and_a_note_where_some_do(tmp_path, caplog):
    whole, bare, strange = (toy_corpus(tmp_path / name, train=2) for name in ("whole", "bare", "strange"))
    describe(whole, True, True)
    describe(bare, True, False)
    describe(strange, False, True)
    redrawn = config(augment={"redraw": 0.5})
    with pytest.raises(
        ConfigError, match="augment.redraw: .*bare: no exact labels; .*strange: dataset.json names no rec"
    ):
        open_stream([bare, strange], redrawn, 32, 2, 2)
    open_stream([whole], redrawn, 32, 2, 2).close()
    assert not caplog.text
    open_stream([whole, bare], redrawn, 32, 2, 2).close()
    assert "bare: no exact labels" in caplog.text and "whole" not in caplog.text


def test_colormaps_without_redrawing_are_refused():
    with pytest.raises(ValueError, match="give redraw a share above 0"):
        config(augment={"colormaps": {"plasma": 1}})
