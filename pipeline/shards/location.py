"""Where a corpus lies: a folder of this machine, or a URL that fsspec knows (s3://, gs://, memory://, ...)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlsplit

from pipeline.errors import ConfigError, installing

if TYPE_CHECKING:
    from upath import UPath

Location: TypeAlias = "Path | UPath"
"""A local path, or a URL with the same operators: `/`, `.name`, `.suffix`, `.parent`, `.with_name`."""
URL = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)
LOCAL = ("file", "local")
OBJECT_STORES = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "adl", "az", "oss", "oci", "tos", "memory")
"""Protocols whose `pipe_file` shows a file only when all of it has arrived. There are no folders and no renaming."""
EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
"""Protocols whose driver an extra of ours installs."""
DRIVERS = {"sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol", "hdfs": "pyarrow"}
DRIVERS |= dict.fromkeys(("abfs", "abfss", "adl", "az"), "adlfs")
"""Packages that hold the driver of others."""


def location(text: str | Path | UPath) -> Location:
    """A path or URL as a person writes it: "output/x" and "file:///x" become a Path, "s3://bucket/x" a UPath.

    Raises ConfigError for an empty text, a bucket without a folder, a protocol that fsspec does not know, and one whose
    driver is not installed. How a store is reached and with whose keys is its driver's business: for S3 the AWS environment
    variables and ~/.aws.
    """
    if isinstance(text, str) and not text.strip():
        raise ConfigError("an empty path; name a folder or file, or give . for the current folder")
    if not isinstance(text, str) or not URL.match(text):
        return Path(text) if isinstance(text, str) else text
    protocol = text.partition("://")[0].lower()
    if protocol in LOCAL:
        parts = urlsplit(text)
        if parts.netloc not in ("", "localhost"):
            raise ConfigError(f"{text}: a file URL names no host; write file:///{parts.netloc}{parts.path}")
        return Path(unquote(parts.path))
    from fsspec import available_protocols
    from upath import UPath

    if protocol not in available_protocols():
        raise ConfigError(f"{text}: unknown protocol {protocol!r}; give a folder, or a URL such as s3://bucket/folder")
    try:
        place = UPath(text)
        place.fs  # noqa: B018  # The driver is imported here, where a missing one can still be named.
    except ImportError as error:
        extra = EXTRAS.get(protocol)
        package = DRIVERS.get(protocol)
        command = installing(extra) if extra else f"pip install {package}" if package else None
        remedy = f"run: {command}" if command else " ".join(str(error).split())
        raise ConfigError(f"{text}: the driver of {protocol}:// is not installed; {remedy}") from None
    except ValueError as error:
        raise ConfigError(f"{text}: not a URL of a folder ({' '.join(str(error).split())})") from None
    inside = place.path.strip("/")
    if is_object_store(place) and protocol != "memory":
        inside = inside.partition("/")[2]
    if not inside:
        raise ConfigError(f"{text}: names no folder; write {protocol}://bucket/folder")
    return place


def local_folder(text: str) -> Path:
    """The folder of this machine that an --output names, for what is written to a disk alone. Raises ConfigError for a URL."""
    # Not by asking for the URL's driver, which would be installed in vain.
    here = not URL.match(text) or text.partition("://")[0].lower() in LOCAL
    if here and isinstance(place := location(text), Path):
        return place
    raise ConfigError(
        f"--output {text}: this is written to a disk; name a folder, and copy that to a store with its own tool "
        "(e.g. aws s3 sync)"
    )


def is_local(place: Location) -> bool:
    """Whether `place` is a path of this machine, shared folders that are mounted included."""
    return isinstance(place, Path)


def is_object_store(place: Location) -> bool:
    """Whether `place` is in a store whose files appear whole or not at all."""
    return not isinstance(place, Path) and protocol_of(place) in OBJECT_STORES


def protocol_of(place: Any) -> str:
    """ "s3" for a UPath of s3://bucket/x."""
    return str(place.protocol)
