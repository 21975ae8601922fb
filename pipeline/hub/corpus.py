"""A finished corpus, ready to be published: what is in it, and the files that describe it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from pipeline.farm.status import read_status
from pipeline.hub.croissant import File, croissant
from pipeline.hub.preview import chosen, draw
from pipeline.shards import store
from pipeline.shards.card import Figures, SplitTotals, card
from pipeline.shards.entries import manifest_entries
from pipeline.shards.location import Location
from pipeline.shards.manifest import PROGRESS, RUNS
from pipeline.shards.read import CorpusError, fingerprint, read_info
from pipeline.shards.sample import encode_image
from pipeline.shards.write import SUFFIX, digest

CARD, CROISSANT, PICTURE, STATISTICS = "README.md", "croissant.json", "preview.jpg", "statistics.json"
LOOSE = ("dataset.json", RUNS, STATISTICS)
"""Files beside the splits that go along as they are, where they are there; statistics while they are of these samples."""


class Finished:
    """What the manifests of a corpus record, found whole.

    info: dataset.json. totals: by split. shards: every shard file. manifests: one a split. Raises CorpusError, also for a
    corpus that is being made or whose run ended early, that lacks samples, or that has files of another size or none.
    """

    def __init__(self, corpus: Location) -> None:
        self.corpus = corpus
        self.info: dict[str, Any] = read_info(corpus)
        status = read_status(corpus)
        if status.state != "finished":
            remedy = "wait for it" if status.state == "running" else "the same `plantain generate` again finishes it"
            raise CorpusError(f"{corpus}: its run is {status.state}, {status.done} of {status.total} samples; {remedy}")
        if left := sorted(name for name in store.listing(corpus / PROGRESS) if not name.startswith("lock")):
            raise CorpusError(
                f"{corpus}: {PROGRESS}/{left[0]} is there, so its run has not ended; the same `plantain generate` again "
                "finishes it"
            )
        self.totals: dict[str, SplitTotals] = {}
        self.shards: list[File] = []
        self.manifests: list[File] = []
        for split in self.info["splits"]:
            self.totals[split] = SplitTotals()
            self.shards += self._shards(split)
            found = digest(corpus / split / "manifest.json")
            self.manifests.append(File(f"{split}/manifest.json", found["bytes"], found["sha256"]))
        there = sum(sums.samples + sums.quarantined for sums in self.totals.values())
        if there != self.info["config"]["samples"]:
            raise CorpusError(
                f"{corpus}: {there} of {self.info['config']['samples']} samples are recorded; the same `plantain generate` "
                "again finishes it"
            )

    def _shards(self, split: str) -> Iterator[File]:
        sums, folder = self.totals[split], self.corpus / split
        sizes = store.listing(folder)
        listed = set()
        for entry in manifest_entries(folder / "manifest.json"):
            sums.shards += 1
            sums.samples += entry["samples"]
            sums.rejected += len(entry["rejected"])
            sums.quarantined += len(entry.get("quarantined", ()))
            for name, claimed in entry["files"].items():
                if sizes.get(name) != claimed["bytes"]:
                    there = f"has {sizes[name]} bytes" if name in sizes else "is missing"
                    raise CorpusError(
                        f"{folder / name}: {there}, its manifest says {claimed['bytes']}; the same `plantain generate` again "
                        "makes it anew"
                    )
                listed.add(name)
                sums.bytes += claimed["bytes"]
                yield File(f"{split}/{name}", claimed["bytes"], claimed["sha256"])
        for name in sorted(sizes.keys() - listed):
            if name.startswith("shard-") and name.endswith(tuple(SUFFIX.values())):
                raise CorpusError(
                    f"{folder / name}: not in the manifest, yet readers that take every file will read it; move it away"
                )


def describe_corpus(found: Finished, home: str = "") -> dict[str, bytes]:
    """README.md with figures, croissant.json and preview.jpg: name -> bytes. Nothing is written.

    home: hub id. The same corpus gives the same bytes; the date in croissant.json stays what it was first. Statistics are
    shown where `plantain inspect` has left them of these very samples. Raises CorpusError for shards that cannot be read,
    ConfigError unless what the extra "hub" names is installed.
    """
    suffix = ".parquet" if "parquet" in found.info["config"]["formats"] else ".tar"
    fullest = max(found.totals, key=lambda split: found.totals[split].samples)
    of_split = [
        file.name for file in found.shards if file.name.startswith(f"{fullest}/") and file.name.endswith(suffix)
    ]
    views = chosen([found.corpus / name for name in of_split])
    if not views:
        raise CorpusError(f"{found.corpus}: holds no samples: every one was left out; `plantain status` says why")
    figures = Figures(PICTURE, views[0].key, views[0].meta["prompts"], _statistics(found.corpus), home)
    return {
        CARD: card(found.info, found.totals, figures).encode(),
        CROISSANT: croissant(found.info, found.manifests, found.shards, _published(found.corpus), home),
        PICTURE: encode_image(draw(views), "jpg"),
    }


def loose_files(corpus: Location) -> dict[str, int]:
    """LOOSE files of a corpus that are there, and their bytes; no statistics of other samples. Raises CorpusError."""
    sizes = store.listing(corpus)
    stale = STATISTICS in sizes and _statistics(corpus) is None
    return {name: sizes[name] for name in LOOSE if name in sizes and not (stale and name == STATISTICS)}


def _statistics(corpus: Location) -> dict[str, Any] | None:
    """statistics.json, None where there is none or it counted other samples than the corpus now holds."""
    try:
        found = json.loads(store.get(corpus / STATISTICS))
        found["all"]["views"], found["recipes"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise CorpusError(f"{corpus / STATISTICS}: not what `plantain inspect` writes; run it again") from None
    samples = {split: fingerprint(corpus, split) for split in read_info(corpus)["splits"]}
    return dict(found) if found.get("fingerprints") == samples else None


def _published(corpus: Location) -> date:
    try:
        return datetime.fromisoformat(json.loads(store.get(corpus / CROISSANT))["datePublished"]).date()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return datetime.now(UTC).date()
