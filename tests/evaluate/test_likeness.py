"""FID, KID and CLIP score through a CLIP of random weights, against torchmetrics and against the formulas."""

import numpy as np
import pytest
import scipy.linalg
import torch
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance
from torchmetrics.multimodal.clip_score import CLIPScore
from transformers import CLIPModel, CLIPProcessor

from pipeline.errors import ConfigError
from pipeline.evaluate.likeness import clip_scores, distances, features, open_clip
from tests.evaluate.random_clip import FEATURES, random_clip
from tests.finetune.toy import toy_sample

REAL = [toy_sample(seed).image for seed in range(12)]
PAINTED = [255 - toy_sample(seed, size=40).image for seed in range(12, 24)]
CAPTIONS = [f"a {'red' if seed % 2 else 'green'} box and {seed} spheres" for seed in range(12)]


pytestmark = pytest.mark.filterwarnings("ignore:Metric .Kernel Inception Distance. will save")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return random_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def clip(folder):
    return open_clip(str(folder))


def pixels(pictures):
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)


class Looking(torch.nn.Module):
    """The same CLIP as torchmetrics takes a feature extractor: pictures in, features out."""

    num_features = FEATURES

    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, images):
        return self.clip.get_image_features(self.clip.process(images=list(images))["pixel_values"])


def test_fid_and_kid_are_torchmetrics_own_over_the_same_pictures(clip):
    fid = FrechetInceptionDistance(feature=Looking(clip))
    kid = KernelInceptionDistance(feature=Looking(clip), subset_size=12)
    for metric in (fid, kid):
        metric.update(pixels(REAL), real=True)
        metric.update(pixels(PAINTED), real=False)
    ours = distances(features(clip, REAL), features(clip, PAINTED))
    assert ours["fid"] == pytest.approx(float(fid.compute()), rel=1e-4)
    assert ours["kid"] == pytest.approx(float(kid.compute()[0]), rel=1e-4)


def test_fid_is_the_frechet_distance_and_kid_the_unbiased_kernel_distance():
    rng = np.random.default_rng(0)
    one, other = rng.normal(0, 1, (60, 8)), rng.normal(0.5, 2, (60, 8))
    ours = distances(torch.from_numpy(one), torch.from_numpy(other))
    covariances = np.cov(one.T), np.cov(other.T)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    gap = one.mean(0) - other.mean(0)
    assert ours["fid"] == pytest.approx(gap @ gap + np.trace(sum(covariances) - 2 * root), rel=1e-4)
    kernels = [(a @ b.T / 8 + 1) ** 3 for a, b in ((one, one), (other, other), (one, other))]
    within = sum((k.sum() - np.trace(k)) / (60 * 59) for k in kernels[:2])
    assert ours["kid"] == pytest.approx(within - 2 * kernels[2].mean(), rel=1e-4)


def test_pictures_are_at_no_distance_from_themselves_and_leave_global_randomness_alone(clip):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    seen = features(clip, REAL)
    assert distances(seen, seen)["fid"] == pytest.approx(0, abs=1e-4)
    torch.testing.assert_close(torch.rand(3), expected)


def test_clip_scores_average_to_torchmetrics_clip_score(clip):
    scores = clip_scores(clip, REAL, CAPTIONS)
    # The metric cuts at zero after averaging, hence only pairs that it does not cut.
    alike = np.flatnonzero(scores > 0)
    assert len(alike) > 1
    metric = CLIPScore(model_name_or_path=lambda: (clip, clip.process))
    metric.update(list(pixels([REAL[i] for i in alike])), [CAPTIONS[i] for i in alike])
    assert scores[alike].mean() == pytest.approx(float(metric.compute()), rel=1e-4)


def test_a_clip_score_is_a_hundred_cosines_of_what_transformers_says(clip, folder):
    model, processor = CLIPModel.from_pretrained(folder).eval(), CLIPProcessor.from_pretrained(folder)
    inputs = processor(text=CAPTIONS, images=list(pixels(REAL)), return_tensors="pt", padding=True)
    with torch.no_grad():
        output = model(**inputs)
    cosines = (output.image_embeds * output.text_embeds).sum(-1)
    np.testing.assert_allclose(clip_scores(clip, REAL, CAPTIONS), np.maximum(100 * cosines, 0), rtol=1e-3, atol=1e-3)


def test_a_caption_longer_than_clip_reads_is_cut(clip):
    assert np.isfinite(clip_scores(clip, REAL[:1], ["a very long caption indeed " * 40])).all()


@pytest.mark.parametrize("name", ["nobody/no-such-clip", "a folder"])
def test_a_clip_that_cannot_be_had_is_an_error_that_says_what_to_download(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    given = str(tmp_path) if name == "a folder" else name
    with pytest.raises(ConfigError, match=r"--clip .*: no CLIP can be loaded.*hf download") as error:
        open_clip(given)
    assert "\n" not in str(error.value)
