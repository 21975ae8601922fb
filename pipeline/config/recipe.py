"""What every recipe has, whatever its layout: cameras, instructions, view rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipeline.config.fields import NAME, AnyRange, FieldOfView, Fraction, NonNegative, Positive, Range, Strict, as_list


def _below_zenith(pair: tuple[float, float]) -> tuple[float, float]:
    if not 0 < pair[0] <= pair[1] < 89:
        raise ValueError("the camera must be above the ground and below the zenith: give degrees between 0 and 89")
    return pair


def _off_the_vertical(pair: tuple[float, float]) -> tuple[float, float]:
    if not -85 < pair[0] <= pair[1] < 85:
        raise ValueError("a camera in a room looks ahead, more or less: give degrees between -85 (up) and 85 (down)")
    return pair


Viewpoint = Literal["person", "seated", "robot", "car", "driver"]
VIEWPOINTS: dict[Viewpoint, tuple[tuple[float, float], tuple[float, float]]] = {
    "person": ((1.4, 1.8), (-4.0, 22.0)),
    "seated": ((1.0, 1.3), (-4.0, 20.0)),
    "robot": ((0.3, 1.1), (-12.0, 18.0)),
    "car": ((1.2, 1.7), (-3.0, 8.0)),
    "driver": ((1.9, 2.5), (-6.0, 14.0)),
}
"""Height above the ground in metres and downward pitch in degrees, from whose eyes the camera looks."""


class CameraConfig(Strict):
    """A camera that stands or moves on the ground."""

    fov_deg: FieldOfView = (45.0, 65.0)
    """Angle of view across the longer side of the image."""
    viewpoints: Annotated[dict[Viewpoint, Positive], Field(min_length=1)] = {"person": 1.0}
    """From whose eyes it looks, how often each relative to the others: height and pitch follow."""
    height_m: Range | None = None
    """Above the ground; where given, in place of every viewpoint's own."""
    pitch_deg: Annotated[AnyRange, AfterValidator(_off_the_vertical)] | None = None
    """Downwards, between -85 and 85; where given, in place of every viewpoint's own."""

    @property
    def highest_m(self) -> float:
        """Greatest height above the ground the camera may have, metres."""
        return self.height_m[1] if self.height_m else max(VIEWPOINTS[name][0][1] for name in self.viewpoints)


class OrbitConfig(Strict):
    """A camera that looks at the middle of the scene from a distance."""

    fov_deg: FieldOfView = (45.0, 60.0)
    """Angle of view across the longer side of the image."""
    distance_m: Range = (3.0, 4.5)
    """From the middle."""
    pitch_deg: Annotated[AnyRange, AfterValidator(_below_zenith)] = (20.0, 45.0)
    """How high above the horizon it stands, looking down: between 0 and 89."""


ExpressionKind = Literal["name", "color", "material", "size", "order", "relation", "negation", "group"]
Colormap = Literal["hilbert", "plasma", "inferno", "viridis", "grayscale"]


class InstructionConfig(Strict):
    """How labels are asked for."""

    palette: Literal["random", "fixed"] = "random"
    """`random` draws new colours for every view; `fixed` gives each class and each rank the same colour in every view, which
    small models learn from few samples."""
    expressions: Annotated[tuple[ExpressionKind, ...], Field(min_length=1)] = (
        "name", "color", "material", "size", "order", "relation", "negation", "group",
    )  # fmt: skip
    """Kinds of referring expressions, all drawn equally often."""
    depth_colormaps: Annotated[dict[Colormap, Positive], Field(min_length=1)] = {"hilbert": 1.0}
    """How often depth is painted in each, relative to the others."""
    depth_c: Positive = 10.0 / 3.0
    """c of the depth codec, metres: half of the colours are used up at 1.24 c."""
    normal_convention: Literal["vision_banana", "opengl", "opencv", "dsine"] = "vision_banana"
    """Which way the channels of painted normals count."""


class ViewRules(Strict):
    """A view that breaks one of these is drawn again from its next attempt's seed."""

    min_depth_range_m: NonNegative = 0.5
    """Between the nearest and the farthest surface in view."""
    max_empty_fraction: Fraction = 0.03
    """Share of pixels that may see no surface; of rooms and halls alone, for open ground has a sky."""
    max_thing_fraction: Fraction = 0.6
    """Share of the image that one thing may fill."""
    max_dark_fraction: Fraction = 0.5
    """Share of the image that may be all but black."""
    max_burnt_fraction: Fraction = 0.25
    """Share of the image that may be blown out."""
    min_instance_pixels: Fraction = 0.002
    """Share of the image that a thing must cover before an instruction may speak of it."""
    min_visible_fraction: Fraction = 0.35
    """Share of a thing's whole outline that must be in view before an instruction may speak of it."""


SourceKind = Literal["plantain", "sh3f", "files", "hdri"]


class SourceConfig(Strict):
    """One source of assets, written "kind:path", or with its keys where more is to be said."""

    kind: SourceKind
    """`plantain` is what code draws; `sh3f` a Sweet Home 3D catalogue or a folder of them; `files` a folder of GLB, glTF,
    OBJ, PLY or STL models; `hdri` a folder of .hdr or .exr panoramas that light scenes and show behind them."""
    path: str | None = None
    """File or folder of the catalogue. Without one `sh3f` is what Debian's sweethome3d-furniture installs; `files` and
    `hdri` need one, `plantain` has none."""
    weight: Positive = 1.0
    """How often a thing comes from this source, relative to the others that have one of its kind."""
    categories: str | None = None
    """YAML file that maps the names of models to ours, before the shipped rules."""
    licences: Annotated[tuple[str, ...], BeforeValidator(as_list)] | None = None
    """Only models under one of these, as SPDX writes it, with a version or for all versions without ("CC0", "CC-BY"; the
    latter admits neither CC-BY-NC nor CC-BY-SA). Without it, all."""
    max_faces: Annotated[int, Field(ge=100)] = 12000
    """Large models are simplified to about so many faces, small ones to a third."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        kind, colon, path = value.partition(":")
        return {"kind": kind.strip(), **({"path": path.strip()} if colon else {})}

    @model_validator(mode="after")
    def _has_path(self) -> SourceConfig:
        if self.kind in ("files", "hdri") and not self.path:
            raise ValueError(f'{self.kind}: needs a folder; write "{self.kind}:/path/to/folder"')
        if self.kind == "plantain" and self.path:
            raise ValueError("plantain: is what code draws, and has no path")
        return self


class AssetsConfig(Strict):
    """Where a scene's things come from."""

    sources: Annotated[tuple[SourceConfig, ...], BeforeValidator(as_list), Field(min_length=1)] = (
        SourceConfig(kind="plantain"),
    )
    """What several have comes from each as often as its weight says. What none has comes from code, listed or not: the
    building, and furniture of which a catalogue has no model. `sources: sh3f` thus means catalogue models wherever there
    are any."""


class RecipeBase(Strict):
    """What every recipe has, whatever its layout."""

    # Longer ones do not fit into the names of a tar archive, with seed, index and field.
    name: Annotated[str, Field(pattern=NAME, max_length=48)]
    """The first part of every sample's key."""
    description: str = ""
    """A line for the dataset card."""
    assets: AssetsConfig = AssetsConfig()
    """Where things come from."""
    instructions: InstructionConfig = InstructionConfig()
    """How labels are asked for."""
    view: ViewRules = ViewRules()
    """Which views are drawn again."""
