"""What every recipe has, whatever its layout: cameras, instructions, view rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

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


class AssetsConfig(Strict):
    """Where a scene's things come from.

    sources: "plantain" is what code draws.
    """

    sources: Annotated[tuple[str, ...], BeforeValidator(as_list), Field(min_length=1)] = ("plantain",)


class RecipeBase(Strict):
    """What every recipe has, whatever its layout."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    description: str = ""
    assets: AssetsConfig = AssetsConfig()
    instructions: InstructionConfig = InstructionConfig()
    view: ViewRules = ViewRules()
