"""Schemas of every YAML file: recipes (scenes/) and render presets (render_configs/).

A file is read by `load_recipe` or `load_render_config`; both raise `ConfigError` with one readable
line that names the file, the key, the value and what would be right. Angles are degrees here and
become radians where code begins. A list of one entry may be written as the entry.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipeline.config_file import bundled, load_config, resolve

__all__ = ["bundled", "load_config", "load_recipe", "load_render_config", "resolve"]


class Strict(BaseModel):
    """Base of every schema: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_pair(value: Any) -> Any:
    return (value, value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"range runs from {pair[0]} down to {pair[1]}; write the smaller number first")
    return pair


def _as_list(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _within(low: float, high: float, unit: str = "") -> AfterValidator:
    def check(pair: tuple[float, float]) -> tuple[float, float]:
        if pair[0] < low or pair[1] > high:
            raise ValueError(f"must lie within {low:g} to {high:g}{unit}")
        return pair

    return AfterValidator(check)


Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Range = Annotated[tuple[Positive, Positive], BeforeValidator(_as_pair), AfterValidator(_ordered)]
"""Positive [low, high], drawn uniformly; a single number means exactly that number."""
CountRange = Annotated[
    tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], BeforeValidator(_as_pair), AfterValidator(_ordered)
]
AnyRange = Annotated[
    tuple[Annotated[float, Field(allow_inf_nan=False)], Annotated[float, Field(allow_inf_nan=False)]],
    BeforeValidator(_as_pair),
    AfterValidator(_ordered),
]
Fraction = Annotated[float, Field(ge=0, le=1)]
FieldOfView = Annotated[
    tuple[Annotated[float, Field(ge=5, le=140)], Annotated[float, Field(ge=5, le=140)]],
    BeforeValidator(_as_pair),
    AfterValidator(_ordered),
]
EYE_TO_CEILING_M = 0.35
"""A camera keeps this far below the ceiling."""


def _below_zenith(pair: tuple[float, float]) -> tuple[float, float]:
    if not 0 < pair[0] <= pair[1] < 89:
        raise ValueError("the camera must be above the ground and below the zenith: give degrees between 0 and 89")
    return pair


def _off_the_vertical(pair: tuple[float, float]) -> tuple[float, float]:
    if not -85 < pair[0] <= pair[1] < 85:
        raise ValueError("a camera in a room looks ahead, more or less: give degrees between -85 (up) and 85 (down)")
    return pair


ColorName = Literal[
    "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "beige", "white", "gray",
    "black",
]  # fmt: skip


class CameraConfig(Strict):
    """A camera held in a room. Height above the floor, pitch positive looking down; fov_deg spans the longer side."""

    fov_deg: FieldOfView = (45.0, 65.0)
    height_m: Range = (1.1, 1.7)
    pitch_deg: Annotated[AnyRange, AfterValidator(_off_the_vertical)] = (0.0, 20.0)


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
    min_instance_pixels: Annotated[float, Field(ge=0, le=1, description="share of the image")] = 0.002
    min_visible_fraction: Fraction = 0.35


class RecipeBase(Strict):
    """What every recipe has, whatever its layout."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    description: str = ""
    instructions: InstructionConfig = InstructionConfig()
    view: ViewRules = ViewRules()


class PrimitivesRecipe(RecipeBase):
    """Coloured solids resting on a ground."""

    layout: Literal["primitives"]
    camera: OrbitConfig = OrbitConfig()
    shapes: Annotated[
        list[Literal["box", "sphere", "cylinder", "cone", "torus", "capsule", "pyramid"]],
        BeforeValidator(_as_list),
        Field(min_length=1),
    ] = ["box", "sphere", "cylinder", "cone", "torus"]
    colors: Annotated[list[ColorName], BeforeValidator(_as_list), Field(min_length=1)] = [
        "red",
        "green",
        "blue",
        "yellow",
        "purple",
        "orange",
    ]
    count: CountRange = (3, 6)
    size_m: Range = (0.3, 0.8)
    spread_m: Positive = 1.6
    ground: Literal["plain", "checker"] = "checker"


Furniture = Literal[
    "sofa", "television", "coffee_table", "rug", "armchair", "side_table", "floor_lamp", "ceiling_lamp",
    "dining_table", "bookshelf", "sideboard", "cabinet", "desk", "potted_plant", "ottoman", "stool", "basket",
    "coat_stand", "wall_shelf", "clock", "curtain", "cushion", "ball", "box",
]  # fmt: skip
SmallThing = Literal[
    "ball", "basket", "book", "bottle", "bowl", "box", "candle", "laptop", "mug", "plate", "sculpture",
    "small_plant", "speaker", "standing_picture", "table_lamp", "tray", "vase",
]  # fmt: skip


class RoomRecipe(RecipeBase):
    """A closed, furnished room.

    furniture: chance that a piece appears, decided once a scene; it is then placed if it finds room. What is not
    listed does not stand on the floor nor hang on a wall or from the ceiling. Chairs come with the tables they belong
    to, a television with its stand; cushions need a seat, curtains a window.
    small_things: what may stand or lie on tables and shelves, as much of it as `clutter` says.
    pictures, books: at most so many, fewer where walls or shelves have no room for them.
    """

    layout: Literal["room"]
    width_m: Annotated[Range, _within(3, 12, " m"), Field(description="between the two side walls")] = (4.4, 6.4)
    depth_m: Annotated[Range, _within(3, 12, " m"), Field(description="between the other two")] = (4.0, 5.6)
    height_m: Annotated[Range, _within(2.3, 5, " m"), Field(description="floor to ceiling")] = (2.45, 2.9)
    floors: Annotated[
        list[Literal["planks", "parquet", "tiles", "carpet", "concrete", "marble"]],
        BeforeValidator(_as_list),
        Field(min_length=1),
    ] = ["planks", "planks", "parquet", "tiles", "carpet"]
    walls: Annotated[
        list[Literal["plaster", "wallpaper", "concrete"]], BeforeValidator(_as_list), Field(min_length=1)
    ] = ["plaster", "plaster", "wallpaper"]
    accent_wall: Annotated[Fraction, Field(description="chance that one wall has a covering of its own")] = 0.35
    windows: Annotated[
        CountRange, _within(0, 3, ", one per wall without the door"), Field(description="one wall each")
    ] = (1, 2)
    light: Annotated[list[Literal["day", "overcast", "evening"]], BeforeValidator(_as_list), Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "evening",
    ]
    furniture: dict[Furniture, Fraction] = {
        "sofa": 1.0,
        "television": 0.7,
        "coffee_table": 0.9,
        "rug": 0.75,
        "armchair": 0.6,
        "ceiling_lamp": 1.0,
        "bookshelf": 0.7,
        "potted_plant": 0.8,
    }
    small_things: Annotated[list[SmallThing], BeforeValidator(_as_list)] = list(get_args(SmallThing))
    pictures: Annotated[CountRange, _within(0, 50), Field(description="framed pictures on the walls")] = (1, 5)
    books: Annotated[CountRange, _within(0, 1000), Field(description="books standing on shelves")] = (8, 24)
    clutter: Annotated[Fraction, Field(description="how full tables and shelves are, 0 bare to 1 full")] = 0.6
    camera: CameraConfig = CameraConfig()

    @model_validator(mode="after")
    def _keys_agree(self) -> RoomRecipe:
        highest, ceiling = self.camera.height_m[1], self.height_m[0]
        if highest > ceiling - EYE_TO_CEILING_M:
            raise ValueError(
                f"camera.height_m: a camera at {highest:g} m is not {EYE_TO_CEILING_M:g} m below the ceiling of the "
                f"lowest room (height_m: {ceiling:g}); lower the one or raise the other"
            )
        lamps = {piece for piece, chance in self.furniture.items() if piece.endswith("_lamp") and chance > 0}
        if self.windows[1] == 0 and not lamps:
            raise ValueError("windows: a room without any needs a ceiling_lamp or a floor_lamp in its furniture")
        return self


Recipe = Annotated[PrimitivesRecipe | RoomRecipe, Field(discriminator="layout")]


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


RenderConfig = Annotated[CyclesConfig | RasterConfig, Field(discriminator="renderer")]


def load_recipe(path: str | Path, overrides: list[str] | None = None) -> PrimitivesRecipe | RoomRecipe:
    """Read and check a recipe. `overrides` are "dotted.key=value" strings from --set, values in YAML.

    Raises ConfigError naming file, key, value and remedy.
    """
    recipe: PrimitivesRecipe | RoomRecipe = load_config(path, overrides or [], Recipe, "scenes")
    return recipe


def load_render_config(path: str | Path, overrides: list[str] | None = None) -> CyclesConfig | RasterConfig:
    """Read and check a render preset; as `load_recipe`."""
    preset: CyclesConfig | RasterConfig = load_config(path, overrides or [], RenderConfig, "render_configs")
    return preset
