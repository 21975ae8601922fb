"""Schemas of render presets (render_configs/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.fields import Strict


class CyclesConfig(Strict):
    """Path tracing: BlenderProc and Blender's Cycles in this process.

    noise_threshold: a pixel is done once the estimated error of its radiance is below this times the root of the radiance,
        summed over channels (Dammertz et al. 2010, "A hierarchical automatic stopping condition for Monte Carlo global
        illumination"). Cycles looks at it after every 16 samples.
    min_samples: never more than samples.
    device: pictures made on a GPU are not bit for bit those made on a CPU; say "cpu" or "gpu" where a corpus is made by
        machines of both kinds and must be the same each time.
    """

    renderer: Literal["cycles"]
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    image_format: Literal["png", "jpg"] = "png"
    samples: Annotated[int, Field(ge=1, le=65536, description="most samples per pixel")] = 64
    noise_threshold: Annotated[float, Field(ge=0, le=1, description="adaptive sampling; 0 turns it off")] = 0.02
    min_samples: Annotated[int, Field(ge=0, le=65536, description="fewest samples per pixel; 0: Cycles decides")] = 0
    denoise: bool = True
    denoise_quality: Literal["fast", "medium", "high"] = "high"
    bounces: Annotated[int, Field(ge=0, le=64)] = 6
    device: Annotated[Literal["auto", "cpu", "gpu"], Field(description="auto: a GPU where there is one")] = "auto"


class RasterConfig(Strict):
    """OpenGL rasterisation by pyrender, off screen."""

    renderer: Literal["raster"]
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    image_format: Literal["png", "jpg"] = "png"
    shadows: bool = True


class NullConfig(Strict):
    """No picture: for load tests of the farm."""

    renderer: Literal["null"]
    width: Annotated[int, Field(ge=1, le=8192)] = 16
    height: Annotated[int, Field(ge=1, le=8192)] = 16
    image_format: Literal["png"] = "png"


RenderConfig = Annotated[CyclesConfig | RasterConfig | NullConfig, Field(discriminator="renderer")]
