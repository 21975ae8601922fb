"""How a tuned model is asked in plain diffusers: the code of docs/bases.md, with a model's own names in it."""

from __future__ import annotations

from typing import Any

QUESTION = """photo = Image.open("photo.png").convert("RGB").resize(({size}, {size}))
prompt = "Generate a surface normal map of this image."
"""
LOAD = {
    "flux2_klein": """import torch
from diffusers import Flux2KleinPipeline
from PIL import Image

pipe = Flux2KleinPipeline.from_pretrained("{weights}", dtype=torch.bfloat16).to("cuda")
pipe.load_lora_weights("{model}")
""",
    "qwen_image_edit": """import torch
from diffusers import QwenImageEditPlusPipeline
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus
from PIL import Image

pipeline_qwenimage_edit_plus.VAE_IMAGE_SIZE = {size} * {size}
pipe = QwenImageEditPlusPipeline.from_pretrained("{weights}", dtype=torch.bfloat16).to("cuda")
pipe.load_lora_weights("{model}")
""",
}
WHOLE = {
    "flux2_klein": """import torch
from diffusers import DiffusionPipeline
from PIL import Image

pipe = DiffusionPipeline.from_pretrained("{model}", dtype=torch.bfloat16).to("cuda")
""",
    "qwen_image_edit": """import torch
from diffusers import DiffusionPipeline
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus
from PIL import Image

pipeline_qwenimage_edit_plus.VAE_IMAGE_SIZE = {size} * {size}
pipe = DiffusionPipeline.from_pretrained("{model}", dtype=torch.bfloat16).to("cuda")
""",
}
ASK = {
    "flux2_klein": """painting = pipe(image=photo, prompt=prompt, num_inference_steps=20, guidance_scale=1.0).images[0]
painting.save("normals.png")
""",
    "qwen_image_edit": (
        "painting = pipe(photo, prompt, num_inference_steps=20, true_cfg_scale=1.0, "
        "height={size}, width={size}).images[0]\n"
        'painting.save("normals.png")\n'
    ),
}
ONCE = {
    "flux2_klein": """nothing = torch.zeros(1, pipe.transformer.config.in_channels, {size} // 16, {size} // 16)
painting = pipe(image=photo, prompt=prompt, num_inference_steps=1, guidance_scale=1.0, latents=nothing).images[0]
""",
}
"""Bases that docs/bases.md asks for an answer in one step."""
FETCH = """hf download {model} --local-dir model
"""
PREDICT = """plantain predict --model {model} --image photo.png --task normal --output normals.png
"""
FOLDER = "path/to/this/folder"
"""Stands for a model that has no place on the hub."""
SIZE = 512
"""`image_size` of a published base where the settings name none."""


def snippet(base: str, config: dict[str, Any], weights: str, home: str) -> tuple[str, str]:
    """(language, code) that asks a model about a photo: "python" in plain diffusers, or "sh" where that has no words for it.

    base, config: of plantain.json. weights: what it was tuned from. home: hub id of the model, or "".
    """
    once = config.get("objective", {}).get("method") == "single_step"
    if base not in LOAD or (once and base not in ONCE):
        return "sh", FETCH.format(model=home) + PREDICT.format(model="model") if home else PREDICT.format(model=FOLDER)
    code = (WHOLE if config.get("tune") == "full" else LOAD)[base] + QUESTION + (ONCE if once else ASK)[base]
    return "python", code.format(weights=weights, model=home or FOLDER, size=config.get("image_size") or SIZE)
