"""Tiny pipelines of random weights, of the very classes that the published bases are made of. A second each."""

import json

import torch
from diffusers import (
    AutoencoderKLFlux2,
    AutoencoderKLQwenImage,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
    QwenImageEditPlusPipeline,
    QwenImageTransformer2DModel,
)
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2TokenizerFast,
    Qwen2VLImageProcessorPil,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from pipeline.finetune.bases.qwen_image_edit import PictureProcessor

WORDS = [
    "Generate a metric depth map of this image. Paint the surface normals. Segment every box in a different color.",
    "Describe the key features of the input image (color, shape, size, texture, objects, background).",
    "system user assistant Picture: red green blue white black sphere box ground",
]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>",
           "<|video_pad|>"]  # fmt: skip
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tokenizer():
    """A byte-level BPE of a few hundred words, of Qwen's own class."""
    learnt = Tokenizer(models.BPE())
    learnt.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learnt.train_from_iterator(
        WORDS, trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    )
    model = json.loads(learnt.to_str())["model"]
    merges = [tuple(pair) for pair in model["merges"]]
    found = Qwen2TokenizerFast(vocab=model["vocab"], merges=merges, extra_special_tokens=SPECIAL[1:])
    found.chat_template = CHAT
    return found


def scheduler(**changes):
    return FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, time_shift_type="exponential", **changes)


def spread(*parts):
    """Layers that start at nothing would hide mistakes: give every weight of one dimension or none some spread."""
    for part in parts:
        for weight in part.parameters():
            if weight.ndim < 2:
                weight.data += 0.1 * torch.randn(weight.shape)
            elif not weight.any():
                weight.data.normal_(std=0.1)


def flux2_klein(folder, distilled=False, seed=0):
    """A Flux2KleinPipeline of some hundred thousand weights in `folder`; returns it."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        words = tokenizer()
        vae = AutoencoderKLFlux2(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=(8, 8, 8, 8),
            layers_per_block=1,
            latent_channels=4,
            norm_num_groups=4,
            sample_size=64,
        )
        vae.bn.running_mean.normal_(std=0.1)
        vae.bn.running_var.uniform_(0.5, 2.0)
        # As many layers as it takes for the pipeline's own three to be there: 9, 18 and 27.
        text_encoder = Qwen3ForCausalLM(
            Qwen3Config(
                vocab_size=len(words) + 8,
                hidden_size=16,
                intermediate_size=16,
                num_hidden_layers=28,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
            )
        )
        transformer = Flux2Transformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=48,
            timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        )
        spread(vae, transformer)
        pipe = Flux2KleinPipeline(scheduler(shift=3.0), vae, text_encoder, words, transformer, is_distilled=distilled)
        pipe.save_pretrained(folder)
    return folder


def qwen_image_edit(folder, seed=0):
    """A QwenImageEditPlusPipeline of some hundred thousand weights in `folder`; returns it."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        words = tokenizer()
        ids = dict(zip(SPECIAL[1:], words.convert_tokens_to_ids(SPECIAL[1:]), strict=True))
        vae = AutoencoderKLQwenImage(base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
                                     latents_mean=[0.1, -0.2, 0.3, 0.0], latents_std=[0.8, 1.1, 0.9, 1.3])  # fmt: skip
        text_encoder = Qwen2_5_VLForConditionalGeneration(
            Qwen2_5_VLConfig(
                text_config={
                    "vocab_size": len(words) + 8,
                    "hidden_size": 16,
                    "intermediate_size": 16,
                    "num_hidden_layers": 2,
                    "num_attention_heads": 2,
                    "num_key_value_heads": 1,
                    "bos_token_id": 0,
                    "eos_token_id": 0,
                    "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0},
                },
                vision_config={
                    "depth": 1,
                    "hidden_size": 16,
                    "intermediate_size": 16,
                    "num_heads": 2,
                    "out_hidden_size": 16,
                    "fullatt_block_indexes": [0],
                },
                image_token_id=ids["<|image_pad|>"],
                video_token_id=ids["<|video_pad|>"],
                vision_start_token_id=ids["<|vision_start|>"],
                vision_end_token_id=ids["<|vision_end|>"],
            )
        )
        transformer = QwenImageTransformer2DModel(
            in_channels=16,
            out_channels=4,
            num_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            axes_dims_rope=(4, 6, 6),
            zero_cond_t=True,
        )
        spread(vae, transformer)
        processor = PictureProcessor(Qwen2VLImageProcessorPil(), words)
        steps = scheduler(base_shift=0.5, max_shift=0.9, max_image_seq_len=8192, shift_terminal=0.02)
        pipe = QwenImageEditPlusPipeline(steps, vae, text_encoder, words, processor, transformer)
        pipe.save_pretrained(folder)
    index = json.loads((folder / "model_index.json").read_text())
    index["processor"] = ["transformers", "Qwen2VLProcessor"]
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


BUILD = {"flux2_klein": flux2_klein, "qwen_image_edit": qwen_image_edit}
