"""What the tests of the published families share."""

import json

import numpy as np
import torch
from diffusers import DiffusionPipeline
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus
from PIL import Image

from pipeline.finetune import bases
from pipeline.finetune.bases.canvas import noise_seed
from pipeline.finetune.bases.qwen_image_edit import PictureProcessor
from pipeline.finetune.config import ObjectiveConfig, TrainConfig
from pipeline.finetune.encoding import encode
from pipeline.finetune.examples import GENERATE, Example
from pipeline.finetune.objective import Objective
from tests.finetune.toy import toy_sample

SIZE = 64
SAMPLES = [toy_sample(seed, SIZE) for seed in range(4)]
PHOTO, PROMPT = SAMPLES[0].image, SAMPLES[0].meta["prompts"]["referring"]


def settings(folders, name, **changes):
    given = {"base": name, "weights": str(folders[name]), "image_size": SIZE, "steps": 1}
    return TrainConfig(**given | {"lora": {"rank": 8, "alpha": 12}} | changes)


def examples(*tasks):
    return [
        Example(
            None if task == GENERATE else sample.image, sample.targets.get(task, sample.image), "Paint it.", task, seed
        )
        for seed, (sample, task) in enumerate(zip(SAMPLES, tasks, strict=False))
    ]


def descend(base, batch, steps, rate=2e-2, method="flow"):
    """Losses of so many steps on one batch whose noise is drawn once."""
    objective = Objective(base, ObjectiveConfig(method=method))
    optimizer = torch.optim.AdamW([w for w in objective.parameters() if w.requires_grad], rate, weight_decay=0)
    inputs = encode(base, batch, "cpu")
    losses = []
    for _ in range(steps):
        loss = objective(inputs).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def finish(base, config, folder):
    """Save as the trainer does, card included."""
    base.save(folder)
    card = {"base": base.name, "config": config.model_dump(mode="json")}
    (folder / bases.CARD).write_text(json.dumps(card))
    return folder


def plain(name, folder, **extra):
    """A pipeline as anybody loads it; without torchvision Qwen's processor cannot be loaded, so it is handed over."""
    if name == "qwen_image_edit":
        extra["processor"] = PictureProcessor.beside(str(folder), None)
    return DiffusionPipeline.from_pretrained(folder, **extra)


def plain_painting(name, pipe, photo, prompt, steps, monkeypatch, **extra):
    generator = torch.Generator().manual_seed(noise_seed(0, photo, prompt))
    asked = {"image": Image.fromarray(photo), "prompt": prompt, "num_inference_steps": steps, "generator": generator}
    asked |= extra
    asked |= {"height": photo.shape[0], "width": photo.shape[1]}
    pipe.set_progress_bar_config(disable=True)
    if name == "flux2_klein":
        return np.asarray(pipe(**asked, guidance_scale=1.0).images[0])
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "VAE_IMAGE_SIZE", photo.shape[0] * photo.shape[1])
    return np.asarray(pipe(**asked, true_cfg_scale=1.0).images[0])
