"""docs/corpus.md against the schema of json, and against a corpus that has just been made: no more and no less is there."""

import json
import re
import tarfile
from dataclasses import fields
from typing import Any, get_args, get_origin

import numpy as np
import OpenEXR
import pyarrow.parquet as parquet
import pytest
from pydantic import BaseModel

from pipeline.config import load_recipe, load_render_config
from pipeline.farm import views
from pipeline.farm.faults import Faults, Task
from pipeline.farm.job import Job, Shard
from pipeline.farm.maker import Fault
from pipeline.farm.progress import Progress
from pipeline.instructions.referring import Expression
from pipeline.instructions.requests import CannotAsk
from pipeline.scene import CannotPlace
from pipeline.shards.meta import Meta
from pipeline.shards.read import SCHEMA_VERSION
from tests.conftest import ROOT
from tests.docs.pages import PAGES, blocks

PAGE = PAGES["corpus.md"]
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S))
OPEN = ("config.recipe", "config.render", "packages", "broken_assets", "catalogues")
"""Keys whose own keys are another page's, or names of what is there."""


def documented(section):
    """The keys of a section's tables: path -> what stands in the column after it."""
    return dict(re.findall(r"^\| `([^`]+)` \| ?(.*?) \|", SECTIONS[section], re.M))


def paths(value, prefix=""):
    """Every key of a JSON value, dotted; entries of lists as []."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{prefix}{key}"
            if f"{prefix}{key}" not in OPEN:
                yield from paths(inner, f"{prefix}{key}.")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{prefix.removesuffix('.')}[].")


def schema_paths(model, prefix=""):
    """Every key of a pydantic model, likewise."""
    for name, field in model.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key
        kind = field.annotation
        is_list = get_origin(kind) is list
        inner = get_args(kind)[0] if is_list else kind
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from schema_paths(inner, f"{key}[]." if is_list else f"{key}.")


@pytest.fixture(scope="module")
def metas(small_corpus):
    column = [
        text for file in small_corpus.glob("*/*.parquet") for text in parquet.read_table(file)["json"].to_pylist()
    ]
    return [json.loads(text) for text in column]


def test_the_keys_of_json_on_the_page_are_those_of_its_schema():
    known = set(schema_paths(Meta))
    inner = "codecs.referring.referents[].parsed."
    known |= {f"{inner}{field.name}" for field in fields(Expression)}
    known |= {f"instances[].attributes.{name}" for name in ("color", "material")}
    assert set(documented("json")) == known


def test_a_real_corpus_has_the_keys_of_json_that_the_page_lists_and_no_others(metas):
    found = {path for meta in metas for path in paths(meta)}
    relation = "codecs.referring.referents[].parsed.relation."
    found = {path for path in found if not path.startswith(relation)}
    listed = set(documented("json"))
    assert found <= listed
    # What an expression does not say is not there; thirty views need not say everything.
    assert {path for path in listed - found if ".parsed." not in path} == set()


def test_relations_have_the_keys_that_the_page_names(metas):
    referents = [one for meta in metas for one in meta["codecs"]["referring"]["referents"]]
    relations = [one["parsed"]["relation"] for one in referents if "relation" in one["parsed"]]
    assert relations
    assert all(set(relation) == {"kind", "anchor"} for relation in relations)
    assert all("category" in relation["anchor"] for relation in relations)


def of_type(word: str, value: Any) -> bool:
    """Whether a JSON value is what the page's word for its type says."""
    numbers = re.fullmatch(r"(\d) (whole )?numbers", word)
    if numbers:
        kind = int if numbers[2] else (int, float)
        return len(value) == int(numbers[1]) and all(isinstance(one, kind) for one in value)
    if square := re.fullmatch(r"(\d) x \1 numbers", word):
        return np.array(value, float).shape == (int(square[1]),) * 2
    return {
        "text": lambda: isinstance(value, str),
        "text or null": lambda: value is None or isinstance(value, str),
        "whole number": lambda: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda: isinstance(value, (int, float)) and not isinstance(value, bool),
        "true or false": lambda: isinstance(value, bool),
        "true": lambda: value is True,
        "keys": lambda: isinstance(value, dict),
        "list": lambda: isinstance(value, list),
        "list of whole numbers": lambda: all(isinstance(one, int) for one in value),
    }[word]()


def values(meta, path):
    """All values that stand under a dotted path."""
    found = [meta]
    for step in path.split("."):
        found = [one[step.removesuffix("[]")] for one in found if step.removesuffix("[]") in one]
        if step.endswith("[]"):
            found = [one for some in found for one in some]
    return found


def test_every_value_of_json_is_of_the_type_that_the_page_says(metas):
    for path, word in documented("json").items():
        for meta in metas:
            for value in values(meta, path):
                assert of_type(word, value), (path, word, value)


def test_the_keys_of_dataset_json_on_the_page_are_those_of_a_corpus(small_corpus):
    info = json.loads((small_corpus / "dataset.json").read_text())
    splits = {f"config.splits.{name}" for name in info["config"]["splits"]}
    assert set(paths(info)) - splits == set(documented("dataset.json"))
    assert f"`schema_version` is {SCHEMA_VERSION}." in PAGE
    assert info["classes"][0] == "background" and info["schema_version"] == SCHEMA_VERSION


def test_the_keys_of_a_manifest_on_the_page_are_those_of_a_corpus(small_corpus):
    found = set()
    for split in ("train", "val", "test"):
        manifest = json.loads((small_corpus / split / "manifest.json").read_text())
        # Files are named; one stands for all.
        found |= {re.sub(r"files\.shard-\d+\.\w+", "files.*", path) for path in paths(manifest)}
    found.discard("shards[].files.*")
    refusal = views._refusal(type("Some", (), {"name": "some"}), 0, 0, CannotAsk("nothing"))
    found |= {f"shards[].rejected[].{key}" for key in refusal}
    assert found == set(documented("manifest.json"))


def test_a_refusal_is_of_a_kind_that_the_page_names():
    source = (ROOT / "pipeline/farm/views.py").read_text()
    kinds = {*re.findall(r'raise Unusable\("(\w+)"', source), CannotAsk.kind, CannotPlace.kind}
    row = documented("manifest.json")["shards[].rejected[].kind"]
    assert set(re.findall(r"`([^`]+)`", row)) == kinds


def test_a_sample_that_is_left_out_is_noted_with_the_keys_that_the_page_names(tmp_path):
    recipe, preset = load_recipe("scenes/primitives.yaml"), load_render_config("render_configs/null.yaml")
    faults = Faults(Job(recipe, preset, tmp_path, samples=100), Progress(100))
    task = Task(Shard("train", 0, 0, 8), 0)
    while not faults.blame(task, Fault(3, "exception", "it fell", "Traceback ...")):
        pass
    (noted,) = faults.progress.quarantined
    row = documented("manifest.json")["quarantined"]
    assert set(re.findall(r"`([^`]+)`", row)) == set(noted)


def rows_of_samples():
    """Field -> (file in the tar, Parquet column) of the table of a sample."""
    table = re.findall(r"^\| `(\w+)` \| (.*?) ?\| (string|image|binary) \|", SECTIONS["A sample"], re.M)
    return {field: (file.strip("`"), column) for field, file, column in table}


def test_a_tar_has_the_files_that_the_page_lists(small_corpus):
    listed = [file for file, _ in rows_of_samples().values() if file]
    with tarfile.open(next(small_corpus.glob("train/*.tar"))) as tar:
        names = tar.getnames()
    key = names[0].partition(".")[0]
    assert sorted(name.partition(".")[2] for name in names if name.startswith(f"{key}.")) == sorted(listed)
    assert re.fullmatch(r"primitives-0-\d{8}", key)


def test_a_parquet_file_has_the_columns_that_the_page_lists(small_corpus):
    schema = parquet.read_schema(next(small_corpus.glob("train/*.parquet")))
    types = {"string": "string", "binary": "binary", "image": "struct<bytes: binary, path: string>"}
    assert {name: str(schema.field(name).type) for name in schema.names} == {
        field: types[column] for field, (_, column) in rows_of_samples().items()
    }


def test_the_exact_labels_have_the_channels_that_the_page_lists(small_corpus, tmp_path):
    with tarfile.open(next(small_corpus.glob("train/*.tar"))) as tar:
        member = next(name for name in tar.getnames() if name.endswith(".exact.exr"))
        (tmp_path / "exact.exr").write_bytes(tar.extractfile(member).read())
    channels = OpenEXR.File(str(tmp_path / "exact.exr"), separate_channels=True).channels()
    listed = dict(re.findall(r"^\| `([\w.]+)` \| (float|uint) \|", SECTIONS["A sample"], re.M))
    types = {"float": np.float32, "uint": np.uint32}
    assert {name: channel.pixels.dtype.type for name, channel in channels.items()} == {
        name: types[word] for name, word in listed.items()
    }


def test_a_folder_holds_the_files_that_the_page_draws(small_corpus):
    drawn = blocks("corpus.md")[0].text
    listed = {
        name.rstrip("/") for line in drawn.splitlines()[1:] for name in re.findall(r"[\w.-]+(?:/|\.\w+)", line[:36])
    }
    found = {path.name for path in small_corpus.rglob("*")}
    assert {"README.md", "dataset.json", "run.json", "train", "val", "test", "manifest.json"} <= listed <= found
    assert {name for name in found if not name.startswith("shard-")} <= listed | {"statistics.json"}


@pytest.fixture(scope="module")
def place(small_corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reading")
    (folder / "output").mkdir()
    (folder / "output/living_room").symlink_to(small_corpus)
    return folder


@pytest.fixture
def read(place, tmp_path, monkeypatch, small_corpus):
    """Runs the block that contains some text; its names."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))

    def run(text):
        (block,) = [b for b in blocks("corpus.md") if b.language == "python" and text in b.text]
        names: dict = {}
        exec(block.text, names)
        return names

    return run


def test_every_way_of_reading_on_the_page_is_run_below():
    assert [b.language for b in blocks("corpus.md")] == ["", *["python"] * 6, "bash"]


@pytest.mark.parametrize("library", ["datasets.load_dataset", "next(iter(shards))"])
def test_libraries_give_pictures_and_prompts(read, library, metas):
    names = read(library)
    assert names["picture"].size == names["target"].size == (64, 64)
    assert names["prompt"] in {meta["prompts"]["depth"] for meta in metas}


def test_the_loader_of_the_page_gives_batches_of_tensors(read):
    names = read("DataLoader")
    assert names["pictures"].shape == names["targets"].shape == (4, 3, 64, 64)
    assert str(names["pictures"].dtype) == "torch.uint8"
    assert len(names["prompts"]) == 4 and all(isinstance(prompt, str) for prompt in names["prompts"])


def test_the_loader_of_the_page_gives_every_view_once(read, small_corpus):
    names = read("DataLoader")
    assert sum(len(pictures) for pictures, _, _ in names["loader"]) == 24


def test_the_standard_library_reads_json_and_exact_labels(read):
    names = read("import tarfile")
    table = {row["id"]: row for row in names["meta"]["instances"]}
    for number, row in table.items():
        assert row["pixels"] == (names["instance"] == number).sum()
        assert row["depth_m"] == pytest.approx(np.median(names["metres"][names["instance"] == number]), abs=1e-4)


def test_the_tables_are_read_without_the_pictures(read):
    assert {name.partition("_")[0] for name in read("columns=")["things"]} <= {
        "box",
        "sphere",
        "cylinder",
        "cone",
        "torus",
    }


def test_plantain_reads_a_corpus_with_the_parameters_it_was_made_with(read):
    names = read("read_samples")
    exact = names["sample"].exact["depth"]
    seen = (exact > 1) & (exact < 80)
    assert np.abs(names["metres"][seen] / exact[seen] - 1).max() < 0.013
    assert np.isinf(names["metres"][np.isinf(exact)]).all()
