import os
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.errors import ConfigError
from pipeline.finetune import bases
from pipeline.finetune.bases.tiny import Tiny
from pipeline.finetune.cache import Cache
from pipeline.finetune.config import Augment
from pipeline.finetune.encoding import QUIET, Encoder, Repeats, encode, open_cache
from pipeline.finetune.examples import Example, collate
from pipeline.finetune.objective import to_signed
from pipeline.finetune.trainer import finetune
from tests.conftest import ROOT
from tests.finetune.test_trainer import Killed, kill_at, log, preset
from tests.finetune.toy import toy_corpus, toy_sample


class Frozen:
    """A base with frozen parts that count what they encode: halves of pictures, lengths of words."""

    name, encoder_id, reads_images = "frozen", "half-1", False

    def __init__(self):
        self.encoded, self.parked = [], 0

    def encode_images(self, images):
        self.encoded.append(len(images))
        return torch.as_tensor(images).permute(0, 3, 1, 2).to(torch.bfloat16) / 2

    def encode_text(self, prompts, images, conditioned):
        self.encoded.append(len(prompts))
        seen = [float(image.mean()) * bool(there) for image, there in zip(images, conditioned, strict=True)]
        return [{"length": torch.tensor([len(prompt), one])} for prompt, one in zip(prompts, seen, strict=True)]

    def collate_text(self, rows):
        return {"length": torch.stack([row["length"] for row in rows])}

    def sigmas(self, uniform, conditioned):
        return 1 - uniform

    def park(self):
        self.parked += 1


def batch(count=3, prompts=None):
    samples = [toy_sample(seed) for seed in range(count)]
    prompts = prompts or [sample.meta["prompts"]["referring"] for sample in samples]
    return collate([
        Example(sample.image, sample.targets["depth"], prompt, "depth", seed)
        for seed, (sample, prompt) in enumerate(zip(samples, prompts, strict=True))
    ])  # fmt: skip


def same(ours, theirs):
    for name in ("target", "condition", "noise", "sigma"):
        assert torch.equal(getattr(ours, name), getattr(theirs, name)), name
    assert all(torch.equal(ours.text[name], theirs.text[name]) for name in theirs.text)


def test_what_comes_from_the_disk_is_what_the_frozen_parts_would_make(tmp_path):
    fresh = encode(Frozen(), batch(), "cpu")
    base, cache = Frozen(), Cache(tmp_path, "half-1")
    same(encode(base, batch(), "cpu", cache), fresh)
    assert cache.hit_rate == 0 and sum(base.encoded) == 9
    again = Cache(tmp_path, "half-1")
    base.encoded.clear()
    same(encode(base, batch(), "cpu", again), fresh)
    assert again.hit_rate == 1 and not base.encoded


def test_what_comes_twice_in_a_batch_is_encoded_once(tmp_path):
    base = Frozen()
    encode(base, batch(4, ["one", "two", "one", "one"]), "cpu", Cache(tmp_path, "half-1"))
    assert base.encoded == [4, 4, 2]


@pytest.mark.parametrize("cached", [False, True])
def test_only_pictures_that_are_looked_at_are_encoded(tmp_path, cached):
    whole = batch(4)
    mixed = replace(whole, conditioned=np.array([True, False, False, True]))
    base, all_seen = Frozen(), encode(Frozen(), whole, "cpu")
    inputs = encode(base, mixed, "cpu", Cache(tmp_path, "half-1") if cached else None)
    assert base.encoded == [4, 2, 4]
    assert torch.equal(inputs.condition[[0, 3]], all_seen.condition[[0, 3]]) and not inputs.condition[[1, 2]].any()
    assert torch.equal(inputs.target, all_seen.target)
    blind = encode(base, replace(whole, conditioned=np.zeros(4, bool)), "cpu")
    assert base.encoded[3:] == [4, 4] and not blind.condition.any()
    assert blind.condition.shape == inputs.condition.shape


def test_pictures_themselves_go_to_the_device_only_for_a_loss_that_looks_at_them():
    assert encode(Frozen(), batch(), "cpu").pixels is None
    assert Encoder(Frozen(), "cpu", None)(batch()).pixels is None
    for inputs in (encode(Frozen(), batch(), "cpu", pixels=True), Encoder(Frozen(), "cpu", None, pixels=True)(batch())):
        assert torch.equal(inputs.pixels, to_signed(batch().targets))


def test_a_loss_over_pixels_is_given_them(tmp_path):
    corpus = toy_corpus(tmp_path / "corpus")
    weighted = preset(steps=1, objective={"pixel_weight": 1.0})
    plain, more = (
        log(finetune([corpus], "tiny", tmp_path / str(p is weighted), p)) for p in (preset(steps=1), weighted)
    )
    assert more[0]["loss"] > plain[0]["loss"]


def test_noise_drawn_by_several_threads_is_the_same(tmp_path):
    with closing(Encoder(Frozen(), "cpu", None, threads=3)) as encoder:
        same(encoder(batch(5)), encode(Frozen(), batch(5), "cpu"))


def test_other_frozen_parts_read_nothing_of_these(tmp_path):
    encode(Frozen(), batch(), "cpu", Cache(tmp_path, "half-1"))
    other = Cache(tmp_path, "half-2")
    encode(Frozen(), batch(), "cpu", other)
    assert other.hits == 0


def test_a_prompt_is_kept_beside_its_picture_only_for_bases_that_read_both(tmp_path):
    for reads, texts in ((False, 1), (True, 3)):
        base, cache = Frozen(), Cache(tmp_path / str(reads), "half-1")
        base.reads_images = reads
        encode(base, batch(3, ["same"] * 3), "cpu", cache)
        assert base.encoded == [3, 3, texts]


@pytest.mark.parametrize("damage", [b"", b"\x00" * 4096, "cut", "bit"])
def test_a_damaged_file_is_encoded_again_and_mended_with_a_note(tmp_path, caplog, damage):
    encode(Frozen(), batch(), "cpu", Cache(tmp_path, "half-1"))
    victim = max((path for path in tmp_path.rglob("*.safetensors")), key=lambda path: path.stat().st_size)
    whole = victim.read_bytes()
    victim.write_bytes({"cut": whole[:-7], "bit": whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:]}.get(damage, damage))
    cache = Cache(tmp_path, "half-1")
    same(encode(Frozen(), batch(), "cpu", cache), encode(Frozen(), batch(), "cpu"))
    assert cache.misses == 1
    assert victim.name in caplog.text and "damaged" in caplog.text
    assert victim.read_bytes() == whole


def fill(folder, seed):
    cache = Cache(folder, "half-1")
    rng = np.random.default_rng(seed)
    for _ in range(60):
        content = str(rng.integers(20)).encode()
        row = cache.rows("text", [content], lambda places, value=int(content): [{"x": torch.full((500,), value)}])[0]
        assert (row["x"] == int(content)).all()


FILLING = """
import multiprocessing, sys
from pathlib import Path
from tests.finetune.test_trainer_cache import fill

context = multiprocessing.get_context("fork")
writers = [context.Process(target=fill, args=(Path(sys.argv[1]), seed)) for seed in range(3)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()
sys.exit(any(writer.exitcode for writer in writers))
"""
"""In a process of its own: one that has threads must not be forked."""


def test_several_processes_share_a_folder_and_leave_only_whole_files(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", FILLING, tmp_path], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("*.partial"))
    files = list(tmp_path.rglob("*.safetensors"))
    cache = Cache(tmp_path, "half-1")
    assert files and all(cache._read("text", path.stem) is not None for path in files)


def test_a_full_disk_ends_the_writing_and_not_the_run(tmp_path, caplog, monkeypatch):
    def no_room(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", no_room)
    same(encode(Frozen(), batch(), "cpu", Cache(tmp_path, "half-1")), encode(Frozen(), batch(), "cpu"))
    assert caplog.text.count("the disk is full; nothing more is written there") == 1
    assert not list(tmp_path.rglob("*.partial"))


def test_frozen_parts_leave_the_gpu_once_everything_comes_from_the_cache(tmp_path):
    base = Frozen()
    with closing(Encoder(base, "cpu", Cache(tmp_path, "half-1"))) as encoder:
        for _ in range(QUIET + 1):
            assert base.parked == 0
            encoder(batch())
        encoder(batch())
    assert base.parked == 1


def test_a_base_without_frozen_parts_goes_without_a_cache_and_says_so(tmp_path, caplog):
    tiny = bases.create("tiny", preset(cache=str(tmp_path / "cache")), ["words"])
    assert open_cache(tiny, preset(cache=str(tmp_path / "cache"))) is None
    assert "base tiny has no frozen parts" in caplog.text
    assert not (tmp_path / "cache").exists()


def test_random_crops_go_without_a_cache_for_no_picture_comes_twice(tmp_path, caplog):
    base = Frozen()
    base.reads_images = True
    assert open_cache(base, preset(cache=str(tmp_path), augment={"min_crop": 0.5})) is None
    assert "with augment.min_crop=0.5 nothing comes twice" in caplog.text
    assert open_cache(Frozen(), preset(cache=str(tmp_path), augment={"min_crop": 0.5})) is not None
    assert open_cache(Frozen(), preset(cache=str(tmp_path), augment={"min_crop": 0.5, "redraw": 0.5})) is None


def test_a_cache_that_is_not_used_is_told_by_all_settings_that_leave_nothing_as_it_was(tmp_path, caplog):
    assert open_cache(Frozen(), preset(cache=str(tmp_path), augment={"redraw": 0.5, "jitter": 1})) is None
    assert "with augment.redraw=0.5, augment.jitter=1 nothing comes twice" in caplog.text


@pytest.mark.parametrize(
    ("augment", "reads", "images", "texts"),
    [
        ({}, False, 4 + 4, 4),
        ({"flip": 0.5}, True, 4 + 4, 4),
        ({"jitter": 0.5}, False, 4, 4),
        ({"jpeg": 0.5}, True, 4, 0),
        ({"redraw": 0.5}, False, 4, 0),
        ({"redraw": 0.5, "jitter": 0.5}, False, 0, 0),
        ({"min_crop": 0.5}, False, 0, 4),
    ],
)
def test_only_what_comes_again_under_an_augmentation_is_written(tmp_path, augment, reads, images, texts):
    base, cache = Frozen(), Cache(tmp_path, "half-1")
    base.reads_images = reads
    examples = batch(4, ["one", "two", "three", "four"])
    repeats = Repeats.under(Augment(**augment))
    for _ in range(2):
        same(encode(base, examples, "cpu", cache, repeats=repeats), encode(Frozen(), examples, "cpu"))
    assert len(list(tmp_path.rglob("image/*/*.safetensors"))) == images
    assert len(list(tmp_path.rglob("text/*/*.safetensors"))) == texts
    assert (cache.hits, cache.misses) == (images + texts, 24 - images - texts)


def test_pictures_to_be_generated_are_kept_while_questions_are_asked_anew(tmp_path):
    sample = toy_sample(0)
    examples = collate([Example(None, sample.image, "a caption", "generate", 0)])
    for augment, images in (({"redraw": 1.0, "jitter": 1.0}, 1), ({"redraw": 1.0, "min_crop": 0.5}, 0)):
        cache = Cache(tmp_path / str(images), "half-1")
        encode(Frozen(), examples, "cpu", cache, repeats=Repeats.under(Augment(**augment)))
        assert len(list(cache.folder.rglob("image/*/*.safetensors"))) == images


def noise_threads():
    return {thread for thread in threading.enumerate() if thread.name.startswith("noise")}


def test_a_closed_encoder_has_no_threads_left():
    before = noise_threads()
    encoder = Encoder(Frozen(), "cpu", None, threads=2)
    encoder(batch())
    assert noise_threads() - before
    encoder.close()
    assert not noise_threads() - before


def test_a_run_leaves_no_threads_of_its_encoder(tmp_path):
    before = noise_threads()
    finetune([toy_corpus(tmp_path / "corpus")], "tiny", tmp_path / "model", preset(steps=1))
    assert not noise_threads() - before


def test_a_cache_that_cannot_be_written_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cache: .*file: cannot write there"):
        Cache(tmp_path / "file", "half-1")


def test_a_cached_run_learns_what_an_uncached_one_does_and_tells_its_share(tmp_path, monkeypatch):
    corpus = toy_corpus(tmp_path / "corpus")
    plain = finetune([corpus], "tiny", tmp_path / "plain", preset())
    monkeypatch.setattr(Tiny, "encoder_id", "pixels")
    seen = []
    cached = preset(cache=str(tmp_path / "cache"))
    finetune([corpus], "tiny", tmp_path / "cached", cached, on_progress=seen.append)
    assert log(tmp_path / "cached") == log(plain)
    assert seen[0].cached < seen[-1].cached
    finetune([corpus], "tiny", tmp_path / "again", cached, on_progress=seen.append)
    assert seen[-1].cached == 1


@pytest.mark.parametrize("name", bases.PUBLISHED)
def test_a_published_base_learns_the_same_from_its_cache_and_resumes_in_the_middle(folders, tmp_path, name):
    corpus = toy_corpus(tmp_path / "corpus")
    shared = {"weights": str(folders[name]), "image_size": 64, "optimizer": "adamw", "steps": 4, "batch_size": 2}
    shared |= {"mixture": {"captions": 0.5}, "gradient_checkpointing": True, "ema": 0.9}
    plain = finetune([corpus], name, tmp_path / "plain", preset(**shared))
    seen, cached = [], preset(cache=str(tmp_path / "cache"), **shared)
    with pytest.raises(Killed):
        finetune([corpus], name, tmp_path / "cached", cached, on_progress=kill_at(3))
    finetune([corpus], name, tmp_path / "cached", cached, on_progress=seen.append)
    assert seen[-1].cached > 0
    for ours, theirs in zip(log(tmp_path / "cached"), log(plain), strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-4)
    assert bases.load(tmp_path / "cached").name == name
