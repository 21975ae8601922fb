"""What tuning each base holds in memory and computes, counted without a GPU: python benchmarks/memory.py [--size 512].

Models are built at their real sizes of tensors that have a shape and no values, adapters are put on them, and one forward
and backward pass runs: every tensor that autograd keeps is counted, and every multiplication. One and two blocks of a
kind are counted and the rest follows in proportion. Counts, not measurements: an allocator's fragments, kernels' scratch
space and the CUDA context (some 1 to 3 GB) come on top.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import torch
from diffusers import Flux2Transformer2DModel, QwenImageTransformer2DModel
from diffusers.utils.logging import set_verbosity_error
from torch.utils.flop_counter import FlopCounterMode

from pipeline.finetune import load_train_config
from pipeline.finetune.bases.flux2_klein import Flux2Klein, Flux2Network
from pipeline.finetune.bases.lora import add_lora
from pipeline.finetune.bases.qwen_image_edit import QwenImageEdit, QwenNetwork
from pipeline.finetune.bases.tiny import TinyNetwork, build
from pipeline.finetune.config import Lora

GB = 1e9
Blocks = tuple[int, ...]


def klein(heads: int, text: int) -> Callable[[Blocks], Any]:
    """FLUX.2 [klein]: blocks = (double-stream, single-stream)."""
    return lambda blocks: Flux2Transformer2DModel(
        in_channels=128, num_layers=blocks[0], num_single_layers=blocks[1], attention_head_dim=128,
        num_attention_heads=heads, joint_attention_dim=text, guidance_embeds=False,
    )  # fmt: skip


def qwen(blocks: Blocks) -> Any:
    """Qwen-Image-Edit-2511: blocks = (double-stream,)."""
    return QwenImageTransformer2DModel(num_layers=blocks[0], zero_cond_t=True)


# Maker, blocks, base, network, width of an embedded prompt, words of it, GB of the text encoder in bfloat16.
MODELS: dict[str, tuple[Callable[[Blocks], Any], Blocks, Any, Any, int, int, float]] = {
    "flux2_klein 4B": (klein(24, 7680), (5, 20), Flux2Klein, Flux2Network, 7680, 512, 8.0),
    "flux2_klein 9B": (klein(32, 12288), (8, 24), Flux2Klein, Flux2Network, 12288, 512, 16.4),
    "qwen_image_edit": (qwen, (60,), QwenImageEdit, QwenNetwork, 3584, 400, 16.6),
}


def step(make: Callable[[Blocks], Any], blocks: Blocks, base: Any, network: Any, size: int, text: int, words: int,
         full: bool) -> tuple[float, float, float, float]:  # fmt: skip
    """(weights, trained weights, bytes that autograd keeps, FLOP) of one picture's pass forward and backward."""
    with torch.device("meta"):
        transformer = make(blocks)
        if not full:
            add_lora(transformer, Lora(rank=32), base.targets, 0)
        # As autocast computes; the float32 of what is trained is added by the caller.
        transformer.to(torch.bfloat16)
        module = network(transformer, torch.bfloat16)
        side = size // 16
        channels = transformer.config.in_channels
        state = torch.empty(1, channels, side, side)
        length = 2 * side * side + words
        inputs = {"embeds": torch.empty(1, words, text, dtype=torch.bfloat16)}
        parameters = list(transformer.parameters())
        held = {id(weight.untyped_storage()) for weight in parameters}
        kept: dict[int, int] = {}
        alive = []

        def note(tensor: torch.Tensor) -> torch.Tensor:
            storage = tensor.untyped_storage()
            # Attention never holds its own matrix: flash attention computes it again.
            if id(storage) not in held and tensor.shape[-2:] != (length, length):
                alive.append(storage)
                kept[id(storage)] = storage.nbytes()
            return tensor

        counter = FlopCounterMode(display=False)
        with counter:
            with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
                answer = module._pass(state, torch.empty(1), state, inputs)
            answer.sum().backward()
        trained = sum(weight.numel() for weight in parameters if weight.requires_grad)
        return sum(w.numel() for w in parameters), trained, sum(kept.values()), counter.get_total_flops()


def whole(name: str, size: int, full: bool) -> dict[str, float]:
    """The counts of `step` for all blocks, and what checkpointing leaves of the activations."""
    make, blocks, base, network, text, words, _ = MODELS[name]
    ones = tuple(1 for _ in blocks)
    first = step(make, ones, base, network, size, text, words, full)
    totals, kept_blocks = list(first), []
    for kind, count in enumerate(blocks):
        more = tuple(2 if other == kind else 1 for other in range(len(blocks)))
        each = [b - a for a, b in zip(first, step(make, more, base, network, size, text, words, full), strict=True)]
        totals = [total + (count - 1) * part for total, part in zip(totals, each, strict=True)]
        kept_blocks.append((count, each[2]))
    tokens = 2 * (size // 16) ** 2 + words
    with torch.device("meta"):
        inner = make(ones).inner_dim
    rest = totals[2] - sum(count * kept for count, kept in kept_blocks)
    inputs = sum(count for count, _ in kept_blocks) * tokens * inner * 2
    checkpointed = rest + inputs + max(kept for _, kept in kept_blocks)
    return {
        "weights": totals[0],
        "trained": totals[1],
        "kept": totals[2],
        "checkpointed": checkpointed,
        "flop": totals[3],
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=512)
    size = parser.parse_args().size
    set_verbosity_error()
    small = build(load_train_config("small").model, ["a"], 0)
    count = sum(weight.numel() for weight in TinyNetwork(small).parameters())
    print(f"small: {count / 1e6:.1f} M weights; with gradients and two averages in float32 {16 * count / GB:.2f} GB")
    for name, (*_, encoder) in MODELS.items():
        for full in (False, True):
            found = whole(name, size, full)
            frozen = 0 if full else 2 * (found["weights"] - found["trained"])
            # Weights, gradients, two averages; and the bfloat16 copies that autocast keeps.
            state = 18 * found["trained"]
            print(
                f"{name}, {'full' if full else 'lora'}, {size} x {size}: {found['weights'] / 1e9:.2f} B weights, "
                f"{found['trained'] / 1e6:.1f} M trained; frozen bfloat16 {frozen / GB:.1f} GB; trained weights, gradients "
                f"and Adam {state / GB:.1f} GB; activations a picture {found['kept'] / GB:.1f} GB, checkpointed "
                f"{found['checkpointed'] / GB:.1f} GB; text encoder {encoder:.1f} GB; {found['flop'] / 1e12:.1f} TFLOP a picture"
            )


if __name__ == "__main__":
    main()
