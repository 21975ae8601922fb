"""What every recipe has, whatever its layout: cameras, instructions, view rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipeline.config.fields import AnyRange, FieldOfView, Fraction, NonNegative, Positive, Range, Strict, as_list


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
    """A camera that stands or moves on the ground. fov_deg spans the longer side of the image.

    viewpoints: how often the camera looks as from each of VIEWPOINTS, relative to the others.
    height_m (above the ground), pitch_deg (positive looking down): where given, they take the place of every
        viewpoint's own.
    """

    fov_deg: FieldOfView = (45.0, 65.0)
    viewpoints: Annotated[dict[Viewpoint, Positive], Field(min_length=1)] = {"person": 1.0}
    height_m: Range | None = None
    pitch_deg: Annotated[AnyRange, AfterValidator(_off_the_vertical)] | None = None

    @property
    def highest_m(self) -> float:
        """Greatest height above the ground the camera may have, metres."""
        return self.height_m[1] if self.height_m else max(VIEWPOINTS[name][0][1] for name in self.viewpoints)


class OrbitConfig(Strict):
    """A camera that looks at the middle of the scene from a distance, from `pitch_deg` above the horizon."""

    fov_deg: FieldOfView = (45.0, 60.0)
    distance_m: Range = (3.0, 4.5)
    pitch_deg: Annotated[AnyRange, AfterValidator(_below_zenith)] = (20.0, 45.0)


ExpressionKind = Literal["name", "color", "material", "size", "order", "relation", "negation", "group"]
Colormap = Literal["hilbert", "plasma", "inferno", "viridis", "grayscale"]


class InstructionConfig(Strict):
    """How labels are asked for.

    palette: "random" draws new colours for every view; "fixed" gives each class and each rank the same colour in
        every view, which small models learn from few samples.
    expressions: kinds of referring expressions, all drawn equally often.
    depth_colormaps: how often depth is painted in each, relative to the others.
    depth_c: c of the depth codec, metres; half of the colours are used up at 1.24 c. 10/3 is the usual one.
    normal_convention: which way the channels of painted normals count.
    """

    palette: Literal["random", "fixed"] = "random"
    expressions: Annotated[tuple[ExpressionKind, ...], Field(min_length=1)] = (
        "name", "color", "material", "size", "order", "relation", "negation", "group",
    )  # fmt: skip
    depth_colormaps: Annotated[dict[Colormap, Positive], Field(min_length=1)] = {"hilbert": 1.0}
    depth_c: Positive = 10.0 / 3.0
    normal_convention: Literal["vision_banana", "opengl", "opencv", "dsine"] = "vision_banana"


class ViewRules(Strict):
    """A view that breaks one of these is drawn again from its next attempt's seed."""

    min_depth_range_m: NonNegative = 0.5
    max_empty_fraction: Fraction = 0.03
    max_thing_fraction: Annotated[Fraction, Field(description="share of the image that one thing may fill")] = 0.6
    max_dark_fraction: Annotated[Fraction, Field(description="share of the image that may be all but black")] = 0.5
    max_burnt_fraction: Annotated[Fraction, Field(description="share of the image that may be blown out")] = 0.25
    min_instance_pixels: Annotated[float, Field(ge=0, le=1, description="share of the image")] = 0.002
    min_visible_fraction: Fraction = 0.35


SourceKind = Literal["plantain", "sh3f", "files", "hdri"]


class SourceConfig(Strict):
    """One source of assets, written "kind:path", or with its keys where more is to be said.

    kind: "plantain" is what code draws; "sh3f" a Sweet Home 3D catalogue or a folder of them, by default the one that
        Debian's sweethome3d-furniture installs; "files" a folder of GLB, glTF, OBJ, PLY or STL models; "hdri" a folder
        of .hdr or .exr panoramas that light scenes and show behind them.
    weight: how often a thing comes from this source, relative to the others that have one of its kind.
    categories: YAML that maps the names of models to ours, before the shipped rules (compose/catalogues/mapping.py).
    licences: only models under one of these, as SPDX writes it, with a version or for all versions without ("CC0",
        "CC-BY"; the latter admits neither CC-BY-NC nor CC-BY-SA); all when None.
    max_faces: large models are simplified to about so many faces, small ones to a third.
    """

    kind: SourceKind
    path: str | None = None
    weight: Positive = 1.0
    categories: str | None = None
    licences: Annotated[tuple[str, ...], BeforeValidator(as_list)] | None = None
    max_faces: Annotated[int, Field(ge=100)] = 12000

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
    """Where a scene's things come from.

    sources: each as SourceConfig has it. What several have, comes from each as often as its weight says. What none has
        comes from code, whether "plantain" is listed or not: the building, and furniture of which a catalogue has no
        model. `sources: sh3f` thus means catalogue models wherever there are any.
    """

    sources: Annotated[tuple[SourceConfig, ...], BeforeValidator(as_list), Field(min_length=1)] = (
        SourceConfig(kind="plantain"),
    )


class RecipeBase(Strict):
    """What every recipe has, whatever its layout."""

    # Longer ones do not fit into the names of a tar archive, with seed, index and field.
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]
    description: str = ""
    assets: AssetsConfig = AssetsConfig()
    instructions: InstructionConfig = InstructionConfig()
    view: ViewRules = ViewRules()
