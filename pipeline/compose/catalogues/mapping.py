"""From what a catalogue calls a model to what layouts ask for, by ordered rules in YAML.

    rules:                       # the first that fits decides
      - {name: [desk lamp], kind: desk_lamp}
      - {name: [table], height_m: [0.3, 0.56], longest_m: [0.75, 1.6], kind: coffee_table}
      - {group: [doors and windows], kind: null}        # known, and not wanted
    longest_m: {chair: [0.4, 1.5]}   # the greatest extent that such a thing may have
    extras: {sideboard: [radio]}     # classes that code does not draw, and the furniture they are put on;
                                     # named with small letters, digits and _, a letter first

`name` and `group`: words or phrases, whole words, any case, singular or plural; one of each list must occur. A name is
the catalogue's own, or the file's with "_" and "-" taken as blanks and its number apart ("chair2"). A rule with sizes
fits only a model whose size is known. Without a rule, a name or group that is itself a kind stands for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml
from pydantic import AfterValidator, BeforeValidator, TypeAdapter, ValidationError

from pipeline.config.fields import Range, Strict, as_list
from pipeline.config.reading import explain, meant
from pipeline.errors import ConfigError

SHIPPED = Path(__file__).with_name("categories.yaml")
WIDEST_M = (0.02, 4.0)
"""Greatest extent of a thing of which nothing is known."""

Words = Annotated[tuple[str, ...], BeforeValidator(as_list)]


def _all_spoken(phrases: tuple[str, ...]) -> tuple[str, ...]:
    for phrase in phrases:
        if not _spoken(phrase):
            raise ValueError(f"{phrase!r} holds no letter or digit, and would fit every model")
    return phrases


def _class_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError("a class is named with small letters, digits and _, a letter first")
    return name


Phrases = Annotated[Words, AfterValidator(_all_spoken)]
Classes = Annotated[tuple[Annotated[str, AfterValidator(_class_name)], ...], BeforeValidator(as_list)]


class Rule(Strict):
    """One line of a mapping; see the module."""

    name: Phrases = ()
    group: Phrases = ()
    height_m: Range | None = None
    longest_m: Range | None = None
    kind: str | None


class Mapping(Strict):
    """A mapping file; see the module."""

    rules: tuple[Rule, ...] = ()
    longest_m: dict[str, Range] = {}
    extras: dict[str, Classes] = {}

    def after(self, first: Mapping) -> Mapping:
        """This mapping where `first` has nothing to say."""
        extras = {
            host: (*first.extras.get(host, ()), *self.extras.get(host, ())) for host in {**first.extras, **self.extras}
        }
        return Mapping(
            rules=(*first.rules, *self.rules), longest_m={**self.longest_m, **first.longest_m}, extras=extras
        )


@dataclass(frozen=True)
class Naming:
    """What is known of a model when it is to be named. size_m: extents (x, y, z), or None."""

    name: str
    group: str
    size_m: tuple[float, float, float] | None


def load_mapping(path: str | Path | None, known: frozenset[str] | None = None) -> Mapping:
    """The shipped mapping, and before it the rules of the file at `path`.

    known: what code draws; kinds and hosts of the file that are neither that nor new classes are refused. Raises
    ConfigError for a bad file.
    """
    shipped = _read(SHIPPED)
    if path is None:
        return shipped
    own = _read(Path(path))
    whole = shipped.after(own)
    if known is not None:
        _check(own, whole, known, path)
    return whole


def _check(own: Mapping, whole: Mapping, known: frozenset[str], path: str | Path) -> None:
    """Raises ConfigError for a kind of which nothing could ever be drawn, or furniture that there is not."""
    for host in own.extras:
        if host not in known and host != "floor":
            raise ConfigError(
                f"{path}: extras.{host}: {meant(host, {*known, 'floor'})}must be furniture that code draws, or floor"
            )
    kinds = {*known, *(kind for kinds in whole.extras.values() for kind in kinds)}
    for number, rule in enumerate(own.rules):
        if rule.kind is not None and rule.kind not in kinds:
            raise ConfigError(
                f"{path}: rules.{number}.kind: {meant(rule.kind, kinds)}must be what code draws, a class listed under "
                f"extras, or null (found {rule.kind!r})"
            )


def _read(path: Path) -> Mapping:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        if data is not None and not isinstance(data, dict):
            raise ConfigError(
                f"{path}: expected the keys {', '.join(Mapping.model_fields)}, found a {type(data).__name__} by itself"
            )
        return TypeAdapter(Mapping).validate_python(data or {})
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); assets: categories names a YAML file") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ConfigError(explain(str(path), error, Mapping)) from None


def kind_of(thing: Naming, mapping: Mapping, known: frozenset[str]) -> str | None:
    """The kind that `mapping` gives a model, or one of `known` that it is named after; None for neither."""
    name, group = _spoken(thing.name), _spoken(thing.group)
    # Rules part tables by their sizes; without one a name that says it all is taken at its word.
    if thing.size_m is None and (kind := _named(name, group, known)):
        return kind
    for rule in mapping.rules:
        named = (not rule.name or _says(name, rule.name)) and (not rule.group or _says(group, rule.group))
        if named and _sized(rule, thing.size_m):
            return rule.kind
    kind = _named(name, group, known)
    low, high = mapping.longest_m.get(kind or "", (0.0, np.inf))
    # A "truck" with a trailer is no truck of ours.
    return kind if thing.size_m is None or low <= max(thing.size_m) <= high else None


def _named(name: str, group: str, known: frozenset[str]) -> str | None:
    for spoken in (name, group):
        said = " ".join(word for word in spoken.split() if not word.isdigit())
        for form in (said, said.removesuffix("s"), said.removesuffix("es")):
            if (kind := form.replace(" ", "_")) in known:
                return kind
    return None


def _spoken(text: str) -> str:
    # A file's name: "officeChair2" -> "office chair"; but "Apple iBook" is no book.
    words = text if " " in text else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    said = re.sub(r"[\W_]+", " ", words).lower()
    # "chair2" is a chair; "mp3" is a word, and so are the digits and letters of a hash.
    return " ".join(re.sub(r"\b([^\W\d]{3,})(\d{1,4})\b", r"\1 \2", said).split())


def _says(text: str, phrases: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{re.escape(_spoken(phrase))}(s|es)?\b", text) for phrase in phrases)


def _sized(rule: Rule, size: tuple[float, float, float] | None) -> bool:
    if rule.height_m is None and rule.longest_m is None:
        return True
    if size is None:
        return False
    tall, long = rule.height_m, rule.longest_m
    return (tall is None or tall[0] <= size[2] <= tall[1]) and (long is None or long[0] <= max(size[:2]) <= long[1])
