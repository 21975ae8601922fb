"""What is in a file of captioned pictures: a WebDataset tar, or Parquet."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import ConfigError
from pipeline.finetune.config import PairSource
from pipeline.finetune.pair_files import fault
from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.retries import StoreError

PICTURES = ("jpg", "jpeg", "png", "webp")
CAPTIONS = ("caption", "text", "prompt")
"""Keys and columns that are taken for the caption when nobody names one."""
_Group = tuple[str, dict[str, tarfile.TarInfo]]
"""A key of a tar, and its members by their extension."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A picture, encoded, and its caption. place, key: where it was found; fault: what is missing of it."""

    place: Location
    key: str
    picture: bytes
    caption: str
    fault: str = ""


def pairs_in(place: Location, source: PairSource) -> Iterator[Pair]:
    """The pairs of a file, in order, those with a fault among them. Raises ConfigError naming a file that cannot be read, and
    what column is amiss."""
    with _explained(place):
        yield from _in_parquet(place, source) if place.suffix == ".parquet" else _in_tar(place, source)


def count(place: Location, source: PairSource) -> tuple[int, int]:
    """(pairs, bytes of them) of a file, without reading the pictures. Raises ConfigError as `pairs_in` does, and where no
    pair of a tar has the members that are asked for."""
    with _explained(place):
        if place.suffix == ".parquet":
            with _parquet(place) as file:
                wanted = _columns(place, file.schema_arrow, source)
                groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
                columns = [group.column(number) for group in groups for number in range(group.num_columns)]
                used = (one.total_uncompressed_size for one in columns if one.path_in_schema.split(".")[0] in wanted)
                return file.metadata.num_rows, sum(used)
        with store.opened(place) as stream:
            return _counted(place, _groups(stream), source)


class _Unfit(Exception):
    """Why one pair of a tar cannot be used."""


def _counted(place: Location, groups: Iterator[_Group], source: PairSource) -> tuple[int, int]:
    """See `count`."""
    faults, pairs, size = list[str](), 0, 0
    for key, members in groups:
        pairs += 1
        try:
            size += sum(member.size for member in _chosen(members, source))
        except _Unfit as error:
            faults.append(f"{key}: {error}")
    if pairs and len(faults) == pairs:
        raise fault(place, faults[0])
    return pairs, size


def _in_tar(place: Location, source: PairSource) -> Iterator[Pair]:
    with store.opened(place) as stream:
        for key, members in _groups(stream):
            try:
                picture, words = _chosen(members, source)
                caption = _caption(_split(words.name)[1], _content(stream, words), source)
            except _Unfit as error:
                yield Pair(place, key, b"", "", str(error))
            else:
                yield Pair(place, key, _content(stream, picture), caption)


def _groups(stream: BinaryIO) -> Iterator[_Group]:
    """Members of a tar by key, the name up to its first dot; those of a key follow each other."""
    key, members = "", dict[str, tarfile.TarInfo]()
    with tarfile.open(fileobj=stream, mode="r:") as tar:
        for member in tar:
            name = member.name.rpartition("/")[2]
            if not member.isfile() or name.startswith((".", "__")):
                continue
            owner, extension = _split(member.name)
            if members and owner != key:
                yield key, members
                members = {}
            key = owner
            members[extension] = member
    if members:
        yield key, members


def _split(name: str) -> tuple[str, str]:
    folder, slash, file = name.rpartition("/")
    key, _, extension = file.partition(".")
    return folder + slash + key, extension.lower()


def _chosen(members: dict[str, tarfile.TarInfo], source: PairSource) -> tuple[tarfile.TarInfo, tarfile.TarInfo]:
    """(picture, caption) of a key's members. Raises _Unfit."""
    image, caption = _extension(source.image), _extension(source.caption)
    pictures = [image] if image else [name for name in PICTURES if name in members]
    captions = [caption] if caption else [name for name in ("txt", "json") if name in members][:1]
    for what, names, known in (("image", pictures, PICTURES), ("caption", captions, ("txt", "json"))):
        there = ", ".join(sorted(members))
        if len(names) > 1:
            raise _Unfit(f"several pictures ({', '.join(names)}); name one as `image`")
        if not names or names[0] not in members:
            wanted = names[0] if names else " or ".join(known)
            raise _Unfit(f"no member .{wanted} (it has {there}); name its {what} as `{what}`, or leave it out")
    return members[pictures[0]], members[captions[0]]


def _extension(named: str | None) -> str:
    """Of the members that a person means by "jpg", ".JPG" or, for a text inside one, "json.title"."""
    extension = (named or "").lstrip(".").lower()
    return "json" if extension.startswith("json.") else extension


def _content(stream: BinaryIO, member: tarfile.TarInfo) -> bytes:
    """From the file itself: what iterates over the archive stands behind the member already."""
    stream.seek(member.offset_data)
    data = stream.read(member.size)
    if len(data) != member.size:
        raise ValueError(f"{member.name} is cut short")
    return data


def _caption(extension: str, data: bytes, source: PairSource) -> str:
    """The text in the member of that extension. Raises _Unfit."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _Unfit(f".{extension} is not text in UTF-8") from None
    if extension != "json":
        return text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _Unfit(".json is not JSON") from None
    named = (source.caption or "").lstrip(".").partition(".")[2]
    if isinstance(value, dict):
        found = [name for name in ([named] if named else CAPTIONS) if isinstance(value.get(name), str)]
        if len(found) != 1:
            wanted = named or " or ".join(CAPTIONS)
            what = "several texts" if found else f"no text {wanted!r}"
            raise _Unfit(f".json has {what} (it has {', '.join(value)}); set `caption: json.KEY`")
        value = value[found[0]]
    if not isinstance(value, str):
        raise _Unfit(".json is neither a text nor an object with one")
    return value.strip()


def _in_parquet(place: Location, source: PairSource) -> Iterator[Pair]:
    with _parquet(place) as file:
        image, caption = _columns(place, file.schema_arrow, source)
        number = 0
        for batch in file.iter_batches(batch_size=64, columns=[image, caption]):
            for row in batch.to_pylist():
                cell = row[image]
                data = cell["bytes"] if isinstance(cell, dict) else cell
                empty = [name for name, value in ((image, data), (caption, row[caption])) if value is None]
                said = f"column {empty[0]!r} is empty" if empty else ""
                yield Pair(place, f"row {number}", data or b"", (row[caption] or "").strip(), said)
                number += 1


def _columns(place: Location, schema: Any, source: PairSource) -> tuple[str, str]:
    """Names of the columns with pictures and captions."""
    import pyarrow as pa

    pictures, texts = [], []
    for column in schema:
        kind = column.type
        if pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
            kind = kind.field("bytes").type
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            pictures.append(column.name)
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            texts.append(column.name)
    usual = [name for name in texts if name in CAPTIONS] if len(texts) > 1 else []
    return (
        _only("image", source.image, pictures, place, schema),
        _only("caption", source.caption, texts if source.caption else usual or texts, place, schema),
    )


def _only(what: str, named: str | None, fitting: list[str], place: Location, schema: Any) -> str:
    """The column that is named, or the only one whose type fits."""
    found = [name for name in fitting if named in (None, name)]
    if len(found) == 1:
        return found[0]
    several = f"several columns may be the {what} ({', '.join(found)})"
    none = f"{named!r} is no column with its {what}" if named else f"no column is its {what}"
    raise fault(place, f"{several if found else none}; it has {', '.join(schema.names)}: name one as `{what}`")


@contextmanager
def _parquet(place: Location) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with store.opened(place, cache="none") as stream:
        yield pq.ParquetFile(stream, pre_buffer=not isinstance(place, Path))


@contextmanager
def _explained(place: Location) -> Iterator[None]:
    """What a damaged file raises, as one line that names it."""
    import pyarrow as pa

    try:
        yield
    except (ConfigError, StoreError):
        raise
    except FileNotFoundError:
        raise fault(place, "the file is gone") from None
    except (OSError, ValueError, KeyError, tarfile.TarError, pa.ArrowException) as error:
        raise fault(place, f"damaged ({' '.join(str(error).split())[:160]}); leave it out or get it again") from None
