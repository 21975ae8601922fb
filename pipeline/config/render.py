"""Schemas of render presets (render_configs/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipeline.config.fields import Strict


class CyclesConfig(Strict):
    """Path tracing: BlenderProc and Blender's Cycles in this process.

    device: pictures made on a GPU are not bit for bit those made on a CPU; say "cpu" or "gpu" where a corpus is made by
        machines of both kinds and must be the same each time.
    """

    renderer: Literal["cycles"]
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    image_format: Literal["png", "jpg"] = "png"
    samples: Annotated[int, Field(ge=1, le=65536, description="most samples per pixel")] = 64
    noise_threshold: Annotated[float, Field(ge=0, le=1, description="adaptive sampling; 0 turns it off")] = 0.02
    min_samples: Annotated[int, Field(ge=0, le=4096, description="fewest samples per pixel; 0: Cycles decides")] = 0
    denoise: bool = True
    denoise_quality: Literal["fast", "high"] = "high"
    bounces: Annotated[int, Field(ge=0, le=64)] = 6
    device: Annotated[Literal["auto", "cpu", "gpu"], Field(description="auto: a GPU where there is one")] = "auto"

    @model_validator(mode="after")
    def _fewest_below_most(self) -> CyclesConfig:
        if self.min_samples > self.samples:
            raise ValueError(
                f"min_samples: {self.min_samples} is more than samples, {self.samples}; make it that at most"
            )
        return self


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
