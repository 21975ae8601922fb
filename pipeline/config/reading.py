"""YAML file -> checked settings, and errors that a person can act on. Knows no schema; those are in pipeline.config."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from pipeline.config.fields import NAME
from pipeline.errors import ConfigError
from pipeline.shards import store
from pipeline.shards.location import Location, location
from pipeline.shards.retries import StoreError

SHIPPED = ("scenes", "render_configs")
"""Folders of files that come with the package."""
NEAR, VERY_NEAR = 0.6, 0.75
"""Share of letters (difflib's ratio) from which one key may be meant for another."""
PLAINLY = {
    "int_parsing": "must be a whole number, written in digits",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text; put it in quotes",
}
"""What pydantic says in Python's terms, in those of a YAML file."""
PATTERNS = {NAME: "must be small letters, digits and _, a letter first"}
"""Regular expressions in words."""


def bundled(folder: str) -> Path:
    """Where `scenes` or `render_configs` lie: beside the package in a checkout, inside it in an installed wheel."""
    inside = Path(__file__).resolve().parents[1] / folder
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / folder


def resolve(path: str | Location) -> Location:
    """The file a person means: as given, or for the relative path "scenes/x.yaml" the shipped recipe x.yaml.

    Any other path stands for itself, so that a typing error never ends in a recipe of the same name.
    """
    given = location(path)
    if not isinstance(given, Path) or given.is_file() or str(given.parent) not in SHIPPED:
        return given
    shipped = bundled(str(given.parent)) / given.name
    return shipped if shipped.is_file() else given


def load_config(
    path: str | Location, overrides: Sequence[str], schema: Any, folder: str = "", section: str = ""
) -> Any:
    """The settings in a YAML file, checked against `schema` (a pydantic model or a discriminated union of models).

    path: on a disk or a URL. overrides: "dotted.key=value" strings from --set, values in YAML. folder: one of SHIPPED, whose
    files are named when `path` leads nowhere. section: what is taken from the `config` of a file that ends in .json, which
    must be the dataset.json of a corpus. Raises ConfigError naming file, key, value and remedy.
    """
    data = _read(path, folder)
    if section and location(path).suffix == ".json":
        data = _of_corpus(path, data, section)
    for override in overrides:
        _apply(data, override)
    try:
        return TypeAdapter(schema).validate_python(data)
    except ValidationError as error:
        raise ConfigError(explain(str(path), error, schema)) from None


def _read(path: str | Location, folder: str) -> dict[str, Any]:
    file = resolve(path)
    if isinstance(file, Path) and not file.is_file():
        if file.is_dir():
            raise ConfigError(f"{path}: is a folder; name one of its files: {_names(file) or 'it holds no YAML files'}")
        near = file.parent if _names(file.parent) or not folder else bundled(folder)
        raise ConfigError(f"{path}: no such file; {near} holds {_names(near) or 'no YAML files'}")
    try:
        text = store.get(file).decode("utf-8")
        data = json.loads(text) if file.suffix == ".json" else _parse(text)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; name a YAML file, or the dataset.json of a corpus") from None
    except StoreError:
        raise
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not a text file in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}: line {error.lineno}: not valid JSON: {error.msg}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ConfigError(f"{path}: {line}not valid YAML: {problem}") from None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected a mapping of keys to values, found {type(data).__name__}")
    return data


def _of_corpus(path: str | Location, data: dict[str, Any], section: str) -> dict[str, Any]:
    config = data.get("config")
    part = config.get(section) if isinstance(config, dict) else None
    if not isinstance(part, dict):
        raise ConfigError(f"{path}: config.{section}: missing; give a YAML file, or the dataset.json of a corpus")
    return part


def _names(folder: Path) -> str:
    return ", ".join(sorted(file.name for file in folder.glob("[!.]*.yaml")))


class _UniqueKeys(yaml.SafeLoader):
    """YAML forbids a key that is written twice; PyYAML takes the last and says nothing."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key if key is not None else object())
        return super().construct_mapping(node, deep)


def _parse(text: str) -> Any:
    return yaml.load(text, _UniqueKeys)


def _apply(data: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {override}: write it as key=value, e.g. --set camera.fov_deg=60")
    *parents, last = key.split(".")
    for parent in parents:
        # A section that is left empty, or null in a dataset.json, is as good as none.
        if data.get(parent) is None:
            data[parent] = {}
        data = data[parent]
        if not isinstance(data, dict):
            raise ConfigError(f"--set {override}: {parent} holds a single value and has no keys below it")
    try:
        data[last] = _parse(text)
    except yaml.YAMLError:
        raise ConfigError(f"--set {override}: {text!r} is not a YAML value") from None


def explain(path: str, error: ValidationError, schema: Any) -> str:
    """The first fault of a ValidationError as one line: file: key: what is wrong; what would be right."""
    fault = error.errors()[0]
    loc = fault["loc"]
    models, keys = _walk(schema, loc)
    where = ": ".join([path, *filter(None, [".".join(keys)])])
    context, found = fault.get("ctx", {}), f" (found {fault['input']!r})"
    if fault["type"] == "extra_forbidden" or loc[-1:] == ("[key]",):
        known = _literals(context) if loc[-1] == "[key]" else _walk(schema, loc[:-1])[0][0].model_fields
        return f"{where}: unknown key; {meant(keys[-1], known)}known keys: {', '.join(sorted(known))}"
    if fault["type"] in ("union_tag_invalid", "union_tag_not_found"):
        which = str(context.get("discriminator", "")).strip("'")
        given = f" (found {context['tag']!r})" if "tag" in context else ""
        tags = sorted(tag for model in models for tag in _tags(model))
        return f"{where}: {which}: must be one of {', '.join(tags)}{given}"
    if fault["type"] == "literal_error":
        allowed = _literals(context)
        return f"{where}: {meant(str(fault['input']), allowed)}must be one of {', '.join(allowed)}{found}"
    if fault["type"] in ("model_type", "dict_type"):
        return f"{where}: expected keys and values below it{found}"
    if fault["type"] == "tuple_type":
        field = _walk(schema, loc[:-1])[0][0].model_fields.get(str(loc[-1]))
        listed = field is not None and _is_list(field.annotation)
        return f"{where}: must be {'a list' if listed else 'a number, or a range [low, high]'}{found}"
    if fault["type"] == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        return f"{where}: {PATTERNS[context['pattern']]}{found}"
    if fault["type"] in PLAINLY:
        return f"{where}: {PLAINLY[fault['type']]}{found}"
    message = fault["msg"].removeprefix("Value error, ")
    message = f"{message[:1].lower()}{message[1:]}"
    # What concerns several keys names them itself; all the values of the file would hide it.
    several = fault["type"] == "value_error" and isinstance(fault["input"], (dict, BaseModel))
    return f"{where}: {message}{'' if several or fault['type'] == 'missing' else found}"


def meant(given: str, known: Iterable[str]) -> str:
    """ "did you mean 'x'? " with the nearest of `known`, "" where none is near."""
    # Few mistype the first letter: of those that differ in it, only what is very near is meant.
    near = [
        key
        for key in difflib.get_close_matches(given, sorted(known), cutoff=NEAR)
        if key[:1] == given[:1] or difflib.SequenceMatcher(None, given, key).ratio() >= VERY_NEAR
    ]
    return f"did you mean {near[0]!r}? " if near else ""


def _is_list(annotation: Any) -> bool:
    """Whether it is of any number of entries: tuple[X, ...], alone or in a union."""
    return any(part is ... or _is_list(part) for part in get_args(annotation))


def _literals(context: dict[str, Any]) -> list[str]:
    """The values that pydantic lists as "'day', 'overcast' or 'evening'"."""
    return re.findall(r"'([^']*)'", str(context.get("expected", "")))


def _models(schema: Any) -> list[type[BaseModel]]:
    if isinstance(schema, type) and issubclass(schema, BaseModel):
        return [schema]
    return [model for argument in get_args(schema) for model in _models(argument)]


def _tags(model: type[BaseModel]) -> list[str]:
    for key in ("layout", "renderer"):
        if key in model.model_fields:
            return [str(tag) for tag in get_args(model.model_fields[key].annotation)]
    return []


def _walk(schema: Any, loc: Sequence[int | str]) -> tuple[list[type[BaseModel]], list[str]]:
    """The models that may stand where pydantic's `loc` leads, and the keys on the way as the file has them.

    Of `loc`, the tag by which a model of a union was chosen, and the mark of a mapping's key, are no keys of the file.
    """
    models, keys, entry = _models(schema), [], False
    for part in loc:
        chosen = [model for model in models if part in _tags(model)]
        if len(models) > 1 and chosen and not entry:
            models = chosen
            continue
        if part != "[key]":
            keys.append(str(part))
        field = None if entry or isinstance(part, int) else models[0].model_fields.get(part)
        entry = False
        if field is not None:
            models = _models(field.annotation) or models
            entry = any(get_origin(kind) is dict for kind in (field.annotation, *get_args(field.annotation)))
    return models, keys
