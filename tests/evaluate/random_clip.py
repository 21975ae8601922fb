"""A CLIP of random weights, of transformers' own classes, small enough to be made within a test."""

import json

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPProcessor, CLIPTokenizer

FEATURES = 8


def random_clip(folder, seed=1):
    """Write a CLIP in safetensors with the files of its processor, and return its folder. It reads 40 letters.

    With seed 1 pictures and captions are alike enough to score above 0.
    """
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    tokens = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = {"vocab_size": len(tokens), "max_position_embeddings": 40, "eos_token_id": len(tokens) - 1}
    config = CLIPConfig(
        text_config=tower | text | {"bos_token_id": len(tokens) - 2, "pad_token_id": len(tokens) - 1},
        vision_config=tower | {"image_size": 32, "patch_size": 8},
        projection_dim=FEATURES,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        CLIPModel(config).save_pretrained(folder)
    tokenizer = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=40)
    size = {"height": 32, "width": 32}
    CLIPProcessor(CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=size), tokenizer).save_pretrained(folder)
    return folder
