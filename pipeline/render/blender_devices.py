"""What Cycles renders on: a GPU where there is one, through the fastest interface it speaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pipeline.errors import ConfigError

INTERFACES = ("OPTIX", "CUDA", "HIP", "METAL")
"""Fastest first: OptiX traces on an NVIDIA card's ray-tracing cores, CUDA beside them."""


def choose(device: Literal["auto", "cpu", "gpu"], found: Mapping[str, Sequence[str]]) -> str | None:
    """The interface to render through, one of INTERFACES, or None for the CPU.

    found: names of the cards that each interface offers. Raises ConfigError when a GPU is asked for and there is none.
    """
    if device == "cpu":
        return None
    best = next((interface for interface in INTERFACES if found.get(interface)), None)
    if best is None and device == "gpu":
        raise ConfigError(
            "device: 'gpu' asks for a graphics card (so does 'auto' where Ray reserves one) and Cycles finds none it can "
            "use (OptiX, CUDA, HIP, Metal); check its driver, or set device to cpu"
        )
    return best


def use_device(device: Literal["auto", "cpu", "gpu"]) -> bool:
    """Set this process's Blender to render as `choose` says; whether that is on a GPU. Raises ConfigError as it does."""
    import bpy

    from pipeline.render.bproc import blenderproc, quiet

    with quiet():
        preferences = bpy.context.preferences.addons["cycles"].preferences
        found = {} if device == "cpu" else {interface: _cards(preferences, interface) for interface in INTERFACES}
        interface = choose(device, found)
        # The cards alone, by number: BlenderProc would add the processor, and which of the two renders which part of
        # a picture depends on how busy they are.
        cards = list(range(len(found[interface]))) if interface else None
        blenderproc.renderer.set_render_devices(interface is None, interface, cards)
    return interface is not None


def _cards(preferences: Any, interface: str) -> list[str]:
    """Names of the cards that Blender can use through an interface, in its order; the processor it lists last is none."""
    return [name for name, kind, *_ in preferences.get_device_list(interface) if kind == interface]
