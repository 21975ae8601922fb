"""Croissant 1.0 metadata of a corpus (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipeline.errors import require
from pipeline.shards.card import licence_page
from pipeline.shards.card_reading import CITATION
from pipeline.shards.sample import IMAGES

LISTED = 1000
"""Shard files that are named one by one with their hashes. Readers check every one: a thousand take mlcroissant seconds.
Of larger corpora the manifests are named, which hold the hashes of all the others."""
FORMATS = {".parquet": "application/x-parquet", ".tar": "application/x-tar", ".json": "application/json"}
REPOSITORY = "repo"


@dataclass(frozen=True)
class File:
    """A file of the corpus. name: "train/shard-000000.tar". sha256: hexadecimal."""

    name: str
    bytes: int
    sha256: str


def croissant(
    info: Mapping[str, Any],
    manifests: Sequence[File],
    shards: Sequence[File],
    published: date,
    home: str = "",
) -> bytes:
    """croissant.json of the corpus that dataset.json, `info`, describes; it lies beside dataset.json.

    A file set of Parquet files and a record set for each split: every sample with its pictures. home: hub id. There the
    files lie in the repository, which readers fetch; without, in the folder of croissant.json. Corpora without Parquet
    have their files described and no records: Croissant cannot group the members of a tar. Raises ConfigError unless
    mlcroissant is installed.
    """
    require("hub", "mlcroissant")
    import mlcroissant as mlc

    config = info["config"]
    name = config["recipe"]["name"]
    splits = [split for split in info["splits"] if any(file.name.startswith(f"{split}/") for file in shards)]
    described = [*manifests, *(shards if len(shards) <= LISTED else ())]
    inside = {"contained_in": [REPOSITORY]} if home else {}
    distribution: list[Any] = [_repository(home)] if home else []
    distribution += [
        mlc.FileObject(
            id=file.name,
            name=file.name,
            content_url=file.name,
            content_size=f"{file.bytes} B",
            encoding_formats=[FORMATS[file.name[file.name.rindex(".") :]]],
            sha256=file.sha256,
            **inside,
        )
        for file in described
    ]
    records = []
    for split in splits:
        for suffix, kind in ((".parquet", "Parquet"), (".tar", "WebDataset")):
            if any(file.name.startswith(f"{split}/") and file.name.endswith(suffix) for file in shards):
                distribution.append(
                    mlc.FileSet(
                        id=f"{split}{suffix}",
                        name=f"{split}{suffix}",
                        description=f"The {split} split as {kind}.",
                        encoding_formats=[FORMATS[suffix]],
                        includes=[f"{split}/*{suffix}"],
                        **inside,
                    )
                )
        if "parquet" in config["formats"]:
            fields = list(_fields(split, config["exact"]))
            records.append(
                mlc.RecordSet(
                    id=split,
                    name=split,
                    description=f"The views of the {split} split, one a record.",
                    key=f"{split}/key",
                    fields=fields,
                )
            )
    metadata = mlc.Metadata(
        name=name,
        description=config["recipe"].get("description") or "Synthetic views with exact labels painted as RGB.",
        cite_as=CITATION,
        license=sorted({licence_page(row["licence"]) or row["licence"] for row in info["asset_licences"]}),
        url=f"https://huggingface.co/datasets/{home}" if home else None,
        # Whoever has the recipe and the seed, both in dataset.json, gets the same bytes from this version.
        version=info["plantain"],
        keywords=["synthetic", "depth", "surface normals", "segmentation", "referring expressions"],
        date_published=datetime(published.year, published.month, published.day),
        distribution=distribution,
        record_sets=records,
    )
    return (json.dumps(metadata.to_json(), indent=1, ensure_ascii=False, default=str) + "\n").encode()


def _repository(home: str) -> Any:
    """The git repository, as the hub's own Croissant files name theirs; a commit is no file with a hash."""
    import mlcroissant as mlc

    return mlc.FileObject(
        id=REPOSITORY,
        name=REPOSITORY,
        description="The repository on the Hugging Face hub.",
        content_url=f"https://huggingface.co/datasets/{home}",
        encoding_formats=["git+https"],
        sha256="https://github.com/mlcommons/croissant/issues/80",
    )


def _fields(split: str, exact: bool) -> Iterator[Any]:
    import mlcroissant as mlc

    told = {
        "key": "Recipe, seed and number of the view.",
        "image": "The rendered picture.",
        "exact": "OpenEXR: Z in metres along the optical axis, N.X, N.Y, N.Z, instance and semantic ids.",
        "json": "JSON: prompts and decoding parameters by task, captions, intrinsics, pose, instances.",
    }
    for name in ("key", *IMAGES, *(("exact",) if exact else ()), "json"):
        picture = name in IMAGES
        yield mlc.Field(
            id=f"{split}/{name}",
            name=name,
            description=told.get(name, f"The {name} target, painted as RGB."),
            data_types=[mlc.DataType.IMAGE_OBJECT if picture else mlc.DataType.TEXT],
            source=mlc.Source(
                file_set=f"{split}.parquet",
                extract=mlc.Extract(column=name),
                transforms=[mlc.Transform(json_path="bytes")] if picture else [],
            ),
        )
