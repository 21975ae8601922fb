"""Schemas of render presets (render_configs/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.fields import Strict


class CyclesConfig(Strict):
    """Path tracing: BlenderProc and Blender's Cycles in this process."""

    renderer: Literal["cycles"]
    width: Annotated[int, Field(ge=16, le=8192)] = 512
    height: Annotated[int, Field(ge=16, le=8192)] = 512
    image_format: Literal["png", "jpg"] = "png"
    samples: Annotated[int, Field(ge=1, le=65536, description="most samples per pixel")] = 64
    noise_threshold: Annotated[float, Field(ge=0, le=1, description="adaptive sampling; 0 turns it off")] = 0.02
    denoise: bool = True
    bounces: Annotated[int, Field(ge=0, le=64)] = 6


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
