"""What goes to the hub: every file that is published of a corpus or a model, by name, and nothing else of its folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.errors import ConfigError
from pipeline.farm.job import SPLITS
from pipeline.finetune.bases import CARD as MODEL_CARD
from pipeline.finetune.bases import LORA
from pipeline.finetune.folder import LOG
from pipeline.hub.corpus import STATISTICS, Finished, describe_corpus, loose_files
from pipeline.hub.model_card import Told, describe_model, renamed_base
from pipeline.hub.model_scores import benchmark_reports
from pipeline.shards import store
from pipeline.shards.location import Location
from pipeline.shards.write import SUFFIX

Kind = Literal["dataset", "model"]
MARKS: dict[Kind, str] = {"dataset": "dataset.json", "model": MODEL_CARD}
"""The file by which each kind is known."""
REPORTS = (
    "evaluation/report.json",
    "evaluation/report.md",
    "evaluation/sheet.png",
    "generation/generation.json",
    "generation/generation.png",
)
BENCHMARKS = "evaluation/*/report.json"
"""Reports on public benchmarks, whose pictures are not ours to publish."""
PARTS = ("processor", "scheduler", "text_encoder", "tokenizer", "transformer", "unet", "vae")
"""Folders of a pipeline that one of our bases writes whole."""
MOST_IN_FOLDER = 10_000
"""Files that the hub keeps in one folder."""


@dataclass(frozen=True)
class Contents:
    """What is published of `folder`.

    kept: files that are there already, name -> bytes. written: files that describe it, written before the upload.
    stale: patterns of files that go from the repository when they are no longer among these. replaced: files of the folder
    that go from it when those are written, for they belong to what these replace. sent: files that arrive as this
    instead of as they lie there.
    """

    kind: Kind
    folder: Location
    kept: Mapping[str, int]
    written: Mapping[str, bytes]
    stale: tuple[str, ...] = field(default=())
    replaced: tuple[str, ...] = field(default=())
    sent: Mapping[str, bytes] = field(default_factory=dict)

    def sizes(self) -> dict[str, int]:
        """Every file and its bytes, by name."""
        made = {name: len(data) for name, data in (*self.written.items(), *self.sent.items())}
        return dict(sorted((dict(self.kept) | made).items()))

    def groups(self) -> list[tuple[str, int, int]]:
        """(name or pattern, files, bytes): shards together, everything else one by one."""
        files: Counter[str] = Counter()
        held: Counter[str] = Counter()
        for name, size in self.sizes().items():
            group = _group(name)
            files[group] += 1
            held[group] += size
        return [(group, files[group], held[group]) for group in files]

    def patterns(self) -> list[str]:
        """Shell patterns of the files to upload as they lie there: `groups`, in digits, since a `*` would match folders, too."""
        groups = (group for group, _, _ in self.groups() if group not in self.sent)
        return [group.replace("shard-*", "shard-" + "[0-9]" * 6) for group in groups]


def kind_of(folder: Location, said: str | None = None) -> Kind:
    """What lies in `folder`. said: what its owner says. Raises ConfigError where that is neither, or not to be told."""
    if said is not None and said not in MARKS:
        raise ConfigError(f"--type {said}: unknown; known: {', '.join(MARKS)}")
    found: list[Kind] = [kind for kind, mark in MARKS.items() if store.exists(folder / mark)]
    if said is not None:
        kind: Kind = "dataset" if said == "dataset" else "model"
        if kind not in found:
            raise ConfigError(f"{folder}: no {MARKS[kind]} in it, so it is no {kind} of ours")
        return kind
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"{folder}: holds both a corpus and a model; say which by --type dataset or --type model")
    raise ConfigError(
        f"{folder}: neither a corpus ({MARKS['dataset']}) nor a tuned model ({MARKS['model']}); name the folder that "
        "`plantain generate` or `plantain finetune` filled"
    )


def corpus_contents(corpus: Location, home: str = "") -> Contents:
    """What is published of a finished corpus. Raises CorpusError, and ConfigError for more files than the hub takes."""
    found = Finished(corpus)
    sizes = {file.name: file.bytes for file in (*found.shards, *found.manifests)}
    for split, count in Counter(name.partition("/")[0] for name in sizes).items():
        if home and count > MOST_IN_FOLDER:
            raise ConfigError(
                f"{corpus / split}: {count} files, and the hub keeps at most {MOST_IN_FOLDER} in a folder; generate the "
                "corpus with a larger --shard-size or one --format"
            )
    parts = ["manifest.json", *(f"shard-*{suffix}" for suffix in SUFFIX.values())]
    stale = (STATISTICS, *(f"{split}/{part}" for split in SPLITS for part in parts))
    return Contents("dataset", corpus, sizes | loose_files(corpus), describe_corpus(found, home), stale)


def model_contents(folder: Path, home: str = "", told: Told | None = None) -> Contents:
    """What is published of a tuned model: card, weights, settings, log and reports. Raises ConfigError."""
    written = describe_model(folder, home, told)
    names = [MODEL_CARD, LOG, LORA, "model_index.json", *REPORTS]
    names += [str(path.relative_to(folder)) for path in benchmark_reports(folder).values()]
    index = folder / "model_index.json"
    try:
        # diffusers' index names a component's folder beside its library and class.
        parts = [name for name, value in json.loads(index.read_text()).items() if isinstance(value, list)]
    except FileNotFoundError:
        parts = []
        if not (folder / LORA).is_file():
            raise ConfigError(f"{folder}: neither {LORA} nor {index.name} is there; train the model again") from None
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"{index}: cannot be read ({error}); train the model again") from None
    for part in parts:
        names += sorted(str(path.relative_to(folder)) for path in (folder / part).rglob("*") if path.is_file())
    kept = {name: (folder / name).stat().st_size for name in names if (folder / name).is_file() and name not in written}
    replaced: list[str] = []
    if "evaluation/report.json" in written:
        # A report from elsewhere stands alone: pages of an older one would tell other scores.
        replaced = [name for name in kept if name in REPORTS and name.startswith("evaluation/")]
        kept = {name: size for name, size in kept.items() if name not in replaced}
    sent = renamed_base(folder, told.base_model) if told is not None and told.base_model else {}
    # diffusers reads shards before one file, and a pipeline before adapters: older weights would be taken for these.
    weights = (LORA, index.name, *(f"{part}/*" for part in sorted({*PARTS, *parts})))
    return Contents("model", folder, kept, written, (*REPORTS, BENCHMARKS, *weights), tuple(replaced), sent)


def _group(name: str) -> str:
    split, _, file = name.partition("/")
    for suffix in SUFFIX.values():
        if file.startswith("shard-") and file.endswith(suffix):
            return f"{split}/shard-*{suffix}"
    return name
