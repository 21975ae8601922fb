"""Writes docs/recipes.md: every key that a recipe or a render preset may have, from the schemas in pipeline/config.

    python docs/reference.py

Type, bounds and default are the schema's; the meaning is the text that stands under the field there.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.config import VIEWPOINTS, MixRecipe, RecipeBase, RenderConfig, SceneRecipe
from pipeline.config.fields import Within, as_list, as_pair
from pipeline.config.recipe import AssetsConfig, CameraConfig, InstructionConfig, SourceConfig, ViewRules

PAGE = Path(__file__).with_name("recipes.md")
HEAD = """\
# Recipes and render presets

<!-- Written by docs/reference.py from the schemas in pipeline/config: make docs. -->

A recipe says what scenes show, a preset how they are rendered. Both are YAML files, and `scenes/` and `render_configs/` hold
the ones that come along, with comments. This page is the whole of what they may say.

```yaml
name: three_balls
layout: primitives
shapes: sphere
count: 3
size_m: [0.2, 0.4]
```

- A range `[low, high]` is drawn from uniformly, once a scene or a thing; a single number means exactly that. A list of one
  entry may be written as the entry.
- Weights are relative to one another: `{kitchen: 3, desk: 1}` is three of four. A chance lies between 0 and 1.
- Keys that end in `_m` are metres, in `_deg` degrees.
- `null` in the column of defaults: the key may be left out.
- An unknown key, or a value out of bounds, is refused with the file, the key and what would be right.
- `--set` changes one key for one run: `--set camera.fov_deg=60`, `--set 'furniture.sofa=0'`, and `render.` before those of the
  preset: `--set render.samples=16`. `dataset.json` of a corpus may stand for its recipe and its preset.
"""
LONG = 64
"""Characters up to which values stand in the table."""
MOST_NAMES = 8


def page() -> str:
    """The text of docs/recipes.md."""
    parts = [HEAD, "## Every recipe\n", "Whatever its layout.\n", table(RecipeBase)]
    parts += ["`layout` says which of the sections below its other keys come from.\n"]
    for title, model in (
        ("assets", AssetsConfig),
        ("assets.sources", SourceConfig),
        ("instructions", InstructionConfig),
        ("view", ViewRules),
        ("camera", CameraConfig),
    ):
        parts += [f"### {title}\n", summary(model), table(model)]
    parts += [_viewpoints()]
    for model in get_args(SceneRecipe):
        parts += [f"## layout: {tag(model)}\n", summary(model), table(model, RecipeBase)]
        parts += [text for field in model.model_fields.values() for text in _own_camera(model, field)]
    parts += ["## layout: mix\n", summary(MixRecipe), table(MixRecipe)]
    parts += ["## Render presets\n", "`renderer` says which of these sections the other keys come from.\n"]
    for model in get_args(get_args(RenderConfig)[0]):
        parts += [f"### renderer: {tag(model)}\n", summary(model), table(model)]
    return "\n".join(parts).rstrip() + "\n"


def table(model: type[BaseModel], base: type[BaseModel] | None = None) -> str:
    """The fields of `model` that `base` has not, as a Markdown table; values too long for it as a list below."""
    rows = ["| key | values | default | meaning |", "| --- | --- | --- | --- |"]
    below: list[str] = []
    for name, field in model.model_fields.items():
        if base is not None and name in base.model_fields:
            continue
        values, default = values_of(field.annotation, field.metadata), _default(field)
        names = _names(field.annotation)
        if len(names) > MOST_NAMES:
            below.append(f"- Names for `{name}`: {', '.join(f'`{one}`' for one in names)}.")
        if len(default) > LONG:
            said = "all of them" if _is_all(field, names) else default
            below.append(f"- `{name}` by default: {said}.")
            default = "below"
        rows.append(f"| `{name}` | {values} | {default} | {meaning(model, name)} |")
    return "\n".join(rows) + "\n" + ("\n" + "\n".join(below) + "\n" if below else "")


def meaning(model: type[BaseModel], name: str) -> str:
    """What stands under a field in its class, on one line. Raises KeyError where nothing does."""
    for owner in model.__mro__:
        if name in inspect.get_annotations(owner):
            return _texts(owner)[name]
    raise KeyError(name)


def summary(model: type[BaseModel]) -> str:
    """The docstring of a schema as Markdown."""
    return inspect.cleandoc(model.__doc__ or "") + "\n"


def tag(model: type[BaseModel]) -> str:
    """The layout or renderer whose keys a schema has."""
    (name,) = get_args(model.model_fields["layout" if "layout" in model.model_fields else "renderer"].annotation)
    return str(name)


@cache
def _texts(owner: type) -> dict[str, str]:
    """Field -> the string that follows it in the source of a class; what the running class keeps no trace of."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = " ".join(str(after.value.value).split())
    return found


def values_of(annotation: Any, metadata: Any = ()) -> str:
    """In words, what values a field of this type may have."""
    if get_origin(annotation) is Annotated:
        return values_of(annotation.__origin__, [*annotation.__metadata__, *metadata])
    metadata = [one for m in metadata for one in (m.metadata if isinstance(m, FieldInfo) else [m])]
    checks = [getattr(m, "func", None) for m in metadata]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        if annotation == SceneRecipe:
            return "a recipe of a layout above"
        return " or ".join(values_of(one) for one in arguments if one is not NoneType)
    if origin is Literal:
        return "a name below" if len(arguments) > MOST_NAMES else _listed(arguments)
    if origin is dict:
        return f"{values_of(arguments[0])}: {values_of(arguments[1])}"
    if origin is tuple and arguments[-1] is not Ellipsis:
        bounds = next((f", {c.low:g} to {c.high:g}" for c in checks if isinstance(c, Within)), "")
        one = values_of(arguments[0])
        bounds = bounds or "".join(_split_bounds(one)[1:])
        return f"{_split_bounds(one)[0] + ' or ' if as_pair in checks else ''}[low, high]{bounds}"
    if origin in (list, tuple):
        one = values_of(arguments[0])
        return f"{one}, or a list of them" if as_list in checks else f"list of {one}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[keys](#{_anchor(annotation)})"
    word = {bool: "true or false", int: "whole number", float: "number", str: "text"}[annotation]
    return word + _bounds(metadata)


def _bounds(metadata: list[Any]) -> str:
    of = {name: getattr(m, name) for m in metadata for name in ("gt", "ge", "le", "max_length") if hasattr(m, name)}
    of = {name: value for name, value in of.items() if value is not None}
    patterns = [m.pattern for m in metadata if getattr(m, "pattern", None)]
    if patterns:
        longest = f", at most {of['max_length']}" if "max_length" in of else ""
        return f" of small letters, digits and `_`, a letter first{longest}"
    if "le" in of:
        return f", {of['ge']:g} to {of['le']:g}"
    if "gt" in of:
        return f" above {of['gt']:g}"
    return f", {of['ge']:g} or more" if "ge" in of else ""


def _split_bounds(words: str) -> tuple[str, str]:
    """ "whole number, 0 or more" -> ("whole number", ", 0 or more")."""
    word = "whole number" if words.startswith("whole number") else "number"
    return word, words.removeprefix(word)


def _listed(names: Any) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _names(annotation: Any) -> tuple[str, ...]:
    """The literal names anywhere in a type."""
    if get_origin(annotation) is Literal:
        return tuple(str(name) for name in get_args(annotation))
    return tuple(name for part in get_args(annotation) for name in _names(part))


def _is_all(field: FieldInfo, names: tuple[str, ...]) -> bool:
    return isinstance(field.default, (list, tuple)) and set(field.default) == set(names)


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, BaseModel):
        usual = {name: f.default for name, f in type(value).model_fields.items()}
        own = {name: v for name, v in value if v != usual[name]}
        return f"`{_yaml(own)}`" if own else "as there"
    if value is None:
        return "null"
    return f"`{_yaml(value)}`"


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(_plain(value), default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("...").removesuffix("\n")


def _plain(value: Any) -> Any:
    """Models, tuples and whole floats as a person would write them in YAML."""
    if isinstance(value, BaseModel):
        return value.kind if isinstance(value, SourceConfig) else _plain(value.model_dump())
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        same = len(value) == 2 and value[0] == value[1] and isinstance(value[0], (int, float))
        return _plain(value[0]) if same else [_plain(one) for one in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.4g}")
    return value


def _anchor(model: type[BaseModel]) -> str:
    named = {AssetsConfig: "assets", SourceConfig: "assetssources", InstructionConfig: "instructions"}
    named |= {ViewRules: "view", CameraConfig: "camera"}
    if model in named:
        return named[model]
    return f"layout-{tag(model)}" if "layout" in model.model_fields else _camera_title(model)


def _camera_title(model: type[BaseModel]) -> str:
    """Named after the first layout that has such a camera."""
    owner = next(one for one in get_args(SceneRecipe) if one.model_fields["camera"].annotation is model)
    return f"camera-of-{tag(owner)}"


def _own_camera(model: type[BaseModel], field: FieldInfo) -> list[str]:
    """The section of a camera that this layout is the first to have."""
    kind = field.annotation
    is_own = field is model.model_fields["camera"] and kind is not CameraConfig
    if not is_own or not isinstance(kind, type) or _camera_title(kind) != f"camera-of-{tag(model)}":
        return []
    return [f"### {_camera_title(kind).replace('-', ' ')}\n", summary(kind), table(kind)]


def _viewpoints() -> str:
    rows = ["| viewpoint | height above the ground | pitch, downwards |", "| --- | --- | --- |"]
    for name, (height, pitch) in VIEWPOINTS.items():
        rows.append(f"| `{name}` | {height[0]:g} to {height[1]:g} m | {pitch[0]:g} to {pitch[1]:g} degrees |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
