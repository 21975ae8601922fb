"""Schema of a sample's json field: what every reader may rely on, and what `validate` checks first."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Annotated[int, Field(ge=0, le=255)]
Color = tuple[Level, Level, Level]
Share = Annotated[float, Field(ge=0, le=1)]
Row3 = tuple[float, float, float]
Row4 = tuple[float, float, float, float]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, allow_inf_nan=False)


class Prompts(_Record):
    """What the generator is asked, one text a task."""

    depth: str
    normal: str
    semantic: str
    instance: str
    referring: str


class DepthCodec(_Record):
    """Arguments of codecs.depth."""

    colormap: Literal["hilbert", "plasma", "inferno", "viridis", "grayscale"]
    lam: Annotated[float, Field(alias="lambda", lt=-1)]
    c: Annotated[float, Field(gt=0)]


class NormalCodec(_Record):
    """Argument of codecs.normals."""

    convention: Literal["vision_banana", "opengl", "opencv", "dsine"]


class ClassColor(_Record):
    """One class of a semantic palette; id 0 is everything that has no other."""

    name: Annotated[str, Field(alias="class")]
    id: Annotated[int, Field(ge=0)]
    color: Color


class SemanticCodec(_Record):
    """Classes with their colours, the background first."""

    palette: Annotated[list[ClassColor], Field(min_length=2)]


class InstanceColor(_Record):
    """The colour in which the target shows one instance."""

    id: Annotated[int, Field(ge=1)]
    color: Color


class InstanceCodec(_Record):
    """The class asked for, and its visible instances."""

    name: Annotated[str, Field(alias="class")]
    background: Color
    colors: Annotated[list[InstanceColor], Field(min_length=1)]


class Referent(_Record):
    """One expression: its words, their parsed form (instructions.referring.Expression), and the ids it means."""

    text: str
    color: Color
    ids: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    parsed: dict[str, Any]


class ReferringCodec(_Record):
    """The expressions of a referring prompt."""

    background: Color
    referents: Annotated[list[Referent], Field(min_length=1)]


class Codecs(_Record):
    """What a decoder must know, by task."""

    depth: DepthCodec
    normal: NormalCodec
    semantic: SemanticCodec
    instance: InstanceCodec
    referring: ReferringCodec


class InstanceRow(_Record):
    """One visible object; fields as in labels.Instance."""

    id: Annotated[int, Field(ge=1, le=65535)]
    name: str
    category: str
    thing: bool
    support: str | None
    attributes: dict[str, str]
    box: tuple[int, int, int, int]
    pixels: Annotated[int, Field(ge=1)]
    visible_fraction: Share
    centroid: tuple[float, float]
    depth_m: Annotated[float, Field(gt=0)]
    size_m: Row3
    source: str


class Meta(_Record):
    """The json field. intrinsics: K [3, 3]; pose: camera-to-world [4, 4], OpenCV axes; environment: source of the sky."""

    key: str
    recipe: str
    seed: Annotated[int, Field(ge=0)]
    index: Annotated[int, Field(ge=0)]
    attempt: Annotated[int, Field(ge=0)]
    prompts: Prompts
    codecs: Codecs
    caption: str
    caption_long: str
    intrinsics: tuple[Row3, Row3, Row3]
    pose: tuple[Row4, Row4, Row4, Row4]
    environment: str
    instances: list[InstanceRow]
    renderer: str
