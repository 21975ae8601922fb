"""Schemas of every YAML file: recipes (scenes/) and render presets (render_configs/).

A file is read by `load_recipe` or `load_render_config`; both raise `ConfigError` with one readable
line that names the file, the key, the value and what would be right. Angles are degrees here and
become radians where code begins.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)


class ConfigError(Exception):
    """Bad input from a person: a config file, a path or an option. Its text is one line, ready to print."""


class Strict(BaseModel):
    """Base of every schema: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_pair(value: Any) -> Any:
    return (value, value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"range runs from {pair[0]} down to {pair[1]}; write the smaller number first")
    return pair


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


def _below_zenith(pair: tuple[float, float]) -> tuple[float, float]:
    if not 0 < pair[0] <= pair[1] < 89:
        raise ValueError("the camera must be above the ground and below the zenith: give degrees between 0 and 89")
    return pair


ColorName = Literal[
    "red",
    "orange",
    "yellow",
    "green",
    "turquoise",
    "blue",
    "purple",
    "pink",
    "brown",
    "beige",
    "white",
    "gray",
    "black",
]


class CameraConfig(Strict):
    """A camera held in a room. Height above the floor, pitch positive looking down; fov_deg spans the longer side."""

    fov_deg: FieldOfView = (45.0, 65.0)
    height_m: Range = (1.1, 1.7)
    pitch_deg: AnyRange = (0.0, 20.0)


class OrbitConfig(Strict):
    """A camera that looks at the middle of the scene from a distance, from `pitch_deg` above the horizon."""

    fov_deg: FieldOfView = (45.0, 60.0)
    distance_m: Range = (3.0, 4.5)
    pitch_deg: Annotated[AnyRange, AfterValidator(_below_zenith)] = (20.0, 45.0)


class InstructionConfig(Strict):
    """How labels are asked for.

    palette: "random" draws new colours for every view; "fixed" gives each class and each rank the same
    colour in every view, which small models learn from few samples.
    """

    palette: Literal["random", "fixed"] = "random"


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
        list[Literal["box", "sphere", "cylinder", "cone", "torus", "capsule", "pyramid"]], Field(min_length=1)
    ] = ["box", "sphere", "cylinder", "cone", "torus"]
    colors: Annotated[list[ColorName], Field(min_length=1)] = ["red", "green", "blue", "yellow", "purple", "orange"]
    count: CountRange = (3, 6)
    size_m: Range = (0.3, 0.8)
    spread_m: Positive = 1.6
    ground: Literal["plain", "checker"] = "checker"


class RoomRecipe(RecipeBase):
    """A closed, furnished room.

    furniture: chance of each piece; what is not listed does not appear. Pieces that come in groups (chairs round
    a table, a television on its stand) follow their leader's chance.
    """

    layout: Literal["room"]
    width_m: Annotated[Range, Field(description="between the two side walls, 3 to 12")] = (4.4, 6.4)
    depth_m: Annotated[Range, Field(description="between the other two, 3 to 12")] = (4.0, 5.6)
    height_m: Annotated[Range, Field(description="floor to ceiling, 2.3 to 5")] = (2.45, 2.9)
    floors: Annotated[
        list[Literal["planks", "parquet", "tiles", "carpet", "concrete", "marble"]], Field(min_length=1)
    ] = ["planks", "planks", "parquet", "tiles", "carpet"]
    walls: Annotated[list[Literal["plaster", "wallpaper", "concrete"]], Field(min_length=1)] = [
        "plaster",
        "plaster",
        "wallpaper",
    ]
    accent_wall: Annotated[Fraction, Field(description="chance that one wall has a covering of its own")] = 0.35
    windows: Annotated[CountRange, Field(description="0 to 3, one wall each")] = (1, 2)
    light: Annotated[list[Literal["day", "overcast", "evening"]], Field(min_length=1)] = [
        "day",
        "day",
        "overcast",
        "evening",
    ]
    furniture: dict[
        Literal[
            "sofa",
            "television",
            "coffee_table",
            "rug",
            "armchair",
            "side_table",
            "floor_lamp",
            "dining_table",
            "bookshelf",
            "sideboard",
            "cabinet",
            "desk",
            "potted_plant",
            "ottoman",
            "stool",
            "basket",
            "coat_stand",
            "wall_shelf",
            "clock",
            "curtain",
            "cushion",
            "ball",
            "box",
        ],
        Fraction,
    ] = {
        "sofa": 1.0,
        "television": 0.7,
        "coffee_table": 0.9,
        "rug": 0.75,
        "armchair": 0.6,
        "bookshelf": 0.7,
        "potted_plant": 0.8,
    }
    pictures: Annotated[CountRange, Field(description="framed pictures on the walls")] = (1, 5)
    books: Annotated[CountRange, Field(description="books standing on shelves")] = (8, 24)
    clutter: Annotated[Fraction, Field(description="how full tables and shelves are, 0 bare to 1 full")] = 0.6

    @model_validator(mode="after")
    def _rooms_can_be_built(self) -> RoomRecipe:
        for key, low, high in (("width_m", 3.0, 12.0), ("depth_m", 3.0, 12.0), ("height_m", 2.3, 5.0)):
            smallest, largest = getattr(self, key)
            if smallest < low or largest > high:
                raise ValueError(f"{key} must lie within {low:g} to {high:g} m, found {smallest:g} to {largest:g}")
        if self.windows[1] > 3:
            raise ValueError(f"windows: a room has at most 3, one per wall without the door, found {self.windows[1]}")
        return self

    camera: CameraConfig = CameraConfig()


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
    return _load(path, overrides or [], Recipe)


def load_render_config(path: str | Path, overrides: list[str] | None = None) -> CyclesConfig | RasterConfig:
    """Read and check a render preset; as `load_recipe`."""
    return _load(path, overrides or [], RenderConfig)


def bundled(folder: str) -> Path:
    """Where `scenes` or `render_configs` lie: beside the package in a checkout, inside it in an installed wheel."""
    inside = Path(__file__).resolve().parent / folder
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / folder


def resolve(path: str | Path) -> Path:
    """The file a person means: as given, or the shipped file of that name ("scenes/primitives.yaml")."""
    given = Path(path)
    if given.is_file() or given.parent.name not in ("scenes", "render_configs"):
        return given
    shipped = bundled(given.parent.name) / given.name
    return shipped if shipped.is_file() else given


def _load(path: str | Path, overrides: list[str], schema: Any) -> Any:
    file = resolve(path)
    if not file.is_file():
        folder = file.parent if file.parent.is_dir() else bundled("scenes")
        known = ", ".join(sorted(entry.name for entry in folder.glob("*.yaml"))) or "no YAML files"
        raise ConfigError(f"{path}: no such file; {folder} holds {known}")
    try:
        data = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping of keys to values, found {type(data).__name__}")
    for override in overrides:
        _apply(data, override)
    try:
        return TypeAdapter(schema).validate_python(data)
    except ValidationError as error:
        raise ConfigError(_explain(str(path), error, schema)) from None


def _apply(data: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {override}: write it as key=value, e.g. --set camera.fov_deg=60")
    *parents, last = key.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
        if not isinstance(data, dict):
            raise ConfigError(f"--set {override}: {parent} holds a single value and has no keys below it")
    try:
        data[last] = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"--set {override}: {text!r} is not a YAML value") from None


def _explain(path: str, error: ValidationError, schema: Any) -> str:
    """The first fault of a ValidationError as one line: file: key: what is wrong; what would be right."""
    fault = error.errors()[0]
    models = {m.__name__: m for m in _models(schema)}
    tags = {tag for m in models.values() for tag in _tags(m)}
    keys = [str(part) for part in fault["loc"] if not (part in tags and part == fault["loc"][0])]
    key = ".".join(keys) or "(top level)"
    if fault["type"] == "extra_forbidden":
        known = _known_keys(schema, fault["loc"])
        near = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.0)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"{path}: {key}: unknown key; {hint}known keys: {', '.join(sorted(known))}"
    if fault["type"] in ("union_tag_invalid", "union_tag_not_found"):
        which = fault.get("ctx", {}).get("discriminator", "").strip("'")
        return f"{path}: {which}: must be one of {', '.join(sorted(tags))}"
    value = "" if fault["type"] == "missing" else f" (found {fault['input']!r})"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{path}: {key}: {message[:1].lower()}{message[1:]}{value}"


def _models(schema: Any) -> list[type[BaseModel]]:
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return [schema]
    return [model for argument in get_args(schema) for model in _models(argument)]


def _tags(model: type[BaseModel]) -> list[str]:
    for key in ("layout", "renderer"):
        if key in model.model_fields:
            return [str(tag) for tag in get_args(model.model_fields[key].annotation)]
    return []


def _known_keys(schema: Any, loc: tuple[int | str, ...]) -> list[str]:
    models = _models(schema)
    if len(models) > 1:
        models = [m for m in models if loc[0] in _tags(m)]
        loc = loc[1:]
    model: Any = models[0]
    for part in loc[:-1]:
        if isinstance(part, str):
            nested = _models(model.model_fields[part].annotation)
            model = nested[0] if nested else model
    return list(model.model_fields)
