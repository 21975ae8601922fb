"""Schemas of render presets (render_configs/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.fields import Fraction, Strict


class CyclesConfig(Strict):
    """Path tracing: BlenderProc and Blender's Cycles in this process."""

    renderer: Literal["cycles"]
    """Says that the keys below are those of Cycles."""
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    """Pixels."""
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    """Pixels."""
    image_format: Literal["png", "jpg"] = "png"
    """Of the rendered picture: `png` is exact, `jpg` of quality 95. Targets are always PNG."""
    samples: Annotated[int, Field(ge=1, le=65536)] = 64
    """Most samples per pixel."""
    noise_threshold: Fraction = 0.02
    """A pixel is done once the estimated error of its radiance is below this times the root of the radiance, summed over
    channels (Dammertz et al. 2010, "A hierarchical automatic stopping condition for Monte Carlo global illumination"), which
    Cycles looks at after every 16 samples. 0: every pixel gets them all."""
    min_samples: Annotated[int, Field(ge=0, le=65536)] = 0
    """Fewest samples per pixel, never more than `samples`. 0: Cycles decides."""
    denoise: bool = True
    """Whether Open Image Denoise hides what noise remains."""
    denoise_quality: Literal["fast", "medium", "high"] = "high"
    """How long it takes over that."""
    bounces: Annotated[int, Field(ge=0, le=64)] = 6
    """How often light may bounce."""
    device: Literal["auto", "cpu", "gpu"] = "auto"
    """`auto`: a GPU where there is one. Pictures made on a GPU are not bit for bit those made on a CPU: say `cpu` or `gpu`
    where machines of both kinds make a corpus that must be the same each time."""


class RasterConfig(Strict):
    """OpenGL rasterisation by pyrender, off screen."""

    renderer: Literal["raster"]
    """Says that the keys below are those of the rasteriser."""
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    """Pixels."""
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    """Pixels."""
    image_format: Literal["png", "jpg"] = "png"
    """Of the rendered picture: `png` is exact, `jpg` of quality 95. Targets are always PNG."""
    shadows: bool = True
    """Without, it is faster, and everything floats a little."""


class NullConfig(Strict):
    """No picture: for load tests of the farm."""

    renderer: Literal["null"]
    """In quotes: YAML takes a bare null for no value."""
    width: Annotated[int, Field(ge=1, le=8192)] = 16
    """Pixels."""
    height: Annotated[int, Field(ge=1, le=8192)] = 16
    """Pixels."""
    image_format: Literal["png"] = "png"
    """Of the grey picture that takes the place of a view."""


RenderConfig = Annotated[CyclesConfig | RasterConfig | NullConfig, Field(discriminator="renderer")]
