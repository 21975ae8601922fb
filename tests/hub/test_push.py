"""Runs the real client against a stand-in for the hub."""

import hashlib
import json
import os

import pytest

REPO = "ada/solids"
PUBLISHED = (
    "README.md", "pytorch_lora_weights.safetensors", "train_log.jsonl", "evaluation/report.json", "evaluation/sheet.png"
)  # fmt: skip
"""Of the model, beside plantain.json."""


def published(corpus):
    """Names of what belongs on the hub, from the manifests alone."""
    names = {"README.md", "croissant.json", "preview.jpg", "dataset.json"}
    for path in corpus.glob("*/manifest.json"):
        split = path.parent.name
        names.add(f"{split}/manifest.json")
        names |= {f"{split}/{file}" for shard in json.loads(path.read_text())["shards"] for file in shard["files"]}
    return names


def everything(folder):
    """Hash of every file, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_corpus_arrives_whole_and_nothing_else_of_its_folder(command, corpus, hub):
    (corpus / "notes.txt").write_text("mine")
    (corpus / "train/shard-000000.tar.damaged").write_bytes(b"old")
    (corpus / "train/shard-old").mkdir()
    (corpus / "train/shard-old/shard-000001.tar").write_bytes(b"mine, too")
    done = command("push", corpus, "--repo", REPO)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"{hub.url}/datasets/{REPO}"
    there = hub.files(f"datasets/{REPO}")
    assert set(there) == published(corpus)
    for name, data in there.items():
        assert data == (corpus / name).read_bytes(), name
    assert not hub.repos[f"datasets/{REPO}"]["private"]
    assert f'load_dataset("{REPO}"' in there["README.md"].decode()
    assert not (corpus / ".progress").exists()


def test_a_second_push_updates_and_removes_shards_that_are_gone(command, corpus, hub):
    assert command("push", corpus, "--repo", REPO, "--private").returncode == 0
    there = hub.files(f"datasets/{REPO}")
    assert hub.repos[f"datasets/{REPO}"]["private"]
    before = dict(there)
    there["train/shard-000099.parquet"] = b"of a larger corpus"
    there["gone/manifest.json"] = b"not of ours"
    there["LICENSE"] = b"put there by hand"
    del there["preview.jpg"]
    done = command("push", corpus, "--repo", REPO)
    assert done.returncode == 0, done.stderr
    assert there == before | {"LICENSE": b"put there by hand", "gone/manifest.json": b"not of ours"}


def test_what_is_to_be_private_is_not_sent_to_a_public_repository(command, corpus, hub):
    assert command("push", corpus, "--repo", REPO).returncode == 0
    there = dict(hub.files(f"datasets/{REPO}"))
    (corpus / "run.json").write_text("{}")
    done = command("push", corpus, "--repo", REPO, "--private")
    assert done.returncode == 2
    assert f"--private: {REPO} is there already, and public" in done.stderr
    assert dict(hub.files(f"datasets/{REPO}")) == there


def test_a_model_arrives_with_its_card_and_without_its_checkpoint(command, model, hub):
    done = command("push", model, "--repo", "ada/klein")
    assert done.returncode == 0, done.stderr
    there = hub.files("ada/klein")
    assert set(there) == {*PUBLISHED, "plantain.json"}
    assert 'pipe.load_lora_weights("ada/klein")' in there["README.md"].decode()


def test_adapters_tuned_from_a_folder_arrive_with_the_hub_id_of_their_base_and_keep_the_folder_here(
    command, model, hub
):
    card = json.loads((model / "plantain.json").read_text())
    card["config"] |= {"weights": "/models/klein", "revision": "abc"}
    here = json.dumps(card).encode()
    (model / "plantain.json").write_bytes(here)
    base = "black-forest-labs/FLUX.2-klein-base-4B"
    done = command("push", model, "--repo", "ada/klein", "--base-model", base)
    assert done.returncode == 0, done.stderr
    there = json.loads(hub.files("ada/klein")["plantain.json"])
    assert there == card | {"config": card["config"] | {"weights": base, "revision": None}}
    assert (model / "plantain.json").read_bytes() == here
    assert set(hub.files("ada/klein")) == {*PUBLISHED, "plantain.json"}


def test_reports_that_a_model_no_longer_has_go_from_the_hub(command, model, hub):
    for name in ("evaluation/report.md", "generation/generation.json"):
        (model / name).parent.mkdir(exist_ok=True)
        (model / name).write_text("{}")
    assert command("push", model, "--repo", "ada/klein").returncode == 0
    there = hub.files("ada/klein")
    assert {"evaluation/report.md", "generation/generation.json"} <= set(there)
    there["notes.txt"] = b"put there by hand"
    for name in ("evaluation/report.md", "generation/generation.json"):
        (model / name).unlink()
    assert command("push", model, "--repo", "ada/klein").returncode == 0
    assert set(there) == {*PUBLISHED, "plantain.json", "notes.txt"}


def test_weights_that_a_model_no_longer_has_go_from_the_hub(command, model, hub):
    adapters, weights = model / PUBLISHED[1], "transformer/diffusion_pytorch_model"
    adapters.unlink()
    shards = [f"{weights}-0000{n}-of-00002.safetensors" for n in (1, 2)]
    sharded = ["model_index.json", "transformer/config.json", f"{weights}.safetensors.index.json", *shards]
    (model / "transformer").mkdir()
    for name in sharded:
        (model / name).write_text("{}")
    (model / "model_index.json").write_text('{"transformer": ["diffusers", "Flux2Transformer2DModel"]}')
    others = {"plantain.json", *PUBLISHED} - {adapters.name}

    assert command("push", model, "--repo", "ada/klein").returncode == 0
    there = hub.files("ada/klein")
    assert set(there) == {*others, *sharded}
    there["comfyui/klein.safetensors"] = b"put there by hand"
    others.add("comfyui/klein.safetensors")
    there[adapters.name] = b"of an earlier model"

    for name in sharded[2:]:
        (model / name).unlink()
    (model / f"{weights}.safetensors").write_bytes(b"all of it")
    assert command("push", model, "--repo", "ada/klein").returncode == 0
    assert set(there) == {*others, *sharded[:2], f"{weights}.safetensors"}

    for name in (*sharded[:2], f"{weights}.safetensors"):
        (model / name).unlink()
    adapters.write_bytes(b"adapters")
    assert command("push", model, "--repo", "ada/klein").returncode == 0
    assert set(there) == {*others, adapters.name}


@pytest.mark.usefixtures("no_hub")
def test_a_dry_run_lists_everything_and_needs_neither_network_nor_token_nor_writes(command, corpus):
    before = everything(corpus)
    done = command("push", corpus, "--repo", REPO, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert everything(corpus) == before
    for name in ("README.md", "croissant.json", "preview.jpg", "train/shard-*.parquet", "test/manifest.json"):
        assert name in done.stdout
    assert f"{len(published(corpus))} files" in done.stdout


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda corpus: (corpus / "val/manifest.json").unlink(), "unfinished (no manifest.json)"),
        (lambda corpus: next((corpus / "train").glob("*.tar")).unlink(), "is missing, its manifest says"),
        (lambda corpus: next((corpus / "train").glob("*.tar")).write_bytes(b"short"), "has 5 bytes, its manifest says"),
        (lambda corpus: (corpus / "train/shard-000077.tar").write_bytes(b""), "not in the manifest"),
        (lambda corpus: (corpus / "dataset.json").unlink(), "neither a corpus"),
        (lambda corpus: (corpus / "plantain.json").write_text("{}"), "--type dataset or --type model"),
        (lambda corpus: running(corpus), "its run is running"),
        (lambda corpus: running(corpus, "stopped"), "its run is stopped, 7 of 10 samples"),
        (lambda corpus: journal(corpus), "its run has not ended"),
    ],
)  # fmt: skip
def test_what_is_not_a_finished_corpus_is_refused_in_one_line(command, corpus, spoil, said):
    spoil(corpus)
    done = command("push", corpus, "--repo", REPO, "--dry-run")
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def running(corpus, state="running"):
    import psutil

    from pipeline.farm.status import Status

    (corpus / ".progress").mkdir()
    me = psutil.Process(os.getpid())
    told = Status(state=state, total=10, done=7, host=os.uname().nodename, pid=me.pid, process_began=me.create_time())
    (corpus / ".progress/status.json").write_text(told.as_json())


def journal(corpus):
    (corpus / ".progress").mkdir()
    (corpus / ".progress/journal.jsonl").write_text("")


def test_a_corpus_that_another_run_has_claimed_is_left_alone(command, corpus, hub):
    from pipeline.shards.lease import sole_writer

    with sole_writer(corpus, corpus / ".progress"):
        done = command("push", corpus, "--repo", REPO)
    assert done.returncode == 1
    assert "another run" in done.stderr and "--output" not in done.stderr
    assert hub.repos == {}


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize(("command_", "more"), [("card", ()), ("push", ("--repo", REPO))])
def test_a_corpus_where_nothing_may_be_written_is_named_without_options_that_are_not_there(
    command, corpus, monkeypatch, command_, more
):
    monkeypatch.setenv("HF_TOKEN", "hf_any")

    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied", str(corpus))

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.shards.lease._locked", refuse)
        done = command(command_, corpus, *more)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{corpus}: cannot write there (Permission denied)" in done.stderr
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.shards.store.put", refuse)
        done = command(command_, corpus, *more)
    assert (done.returncode, done.stderr) == (
        2,
        f"plantain: {corpus}/README.md: cannot write there (Permission denied)\n",
    )


@pytest.mark.usefixtures("no_hub")
def test_a_missing_token_is_said_in_one_line_before_anything_is_written(command, corpus):
    before = everything(corpus)
    done = command("push", corpus, "--repo", REPO)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "hf auth login" in done.stderr and "HF_TOKEN" in done.stderr
    assert everything(corpus) == before


def test_a_refusal_of_the_hub_is_one_line(command, corpus, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    done = command("push", corpus, "--repo", REPO)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "401" in done.stderr and "hf auth login" in done.stderr


def test_a_repository_that_is_not_ones_own_is_one_line(command, model, hub):
    done = command("push", model, "--repo", "someone/else")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "403" in done.stderr and "may not write to someone/else" in done.stderr


def test_a_hub_that_is_not_there_is_one_line(command, model, no_hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_any")
    done = command("push", model, "--repo", REPO)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "http://127.0.0.1:9 cannot be reached" in done.stderr


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("repo", ["solids", "ada/sol ids", "ada/solids/more", "ada/--x", ""])
def test_a_name_that_the_hub_has_no_place_for_is_refused(command, corpus, repo):
    done = command("push", corpus, "--repo", repo, "--dry-run")
    assert done.returncode == 2
    assert done.stderr.startswith(f"plantain: --repo {repo}: ") and done.stderr.count("\n") == 1


def test_a_corpus_in_a_store_is_to_be_copied_first(command):
    done = command("push", "memory://somewhere/solids", "--repo", REPO, "--dry-run")
    assert done.returncode == 2
    assert "copy it to a folder first" in done.stderr
