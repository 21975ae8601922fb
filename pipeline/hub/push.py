"""The way to the hub: names, tokens, the upload, and what can go wrong on it in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, PlantainError, one_line, require
from pipeline.files import save_bytes
from pipeline.hub.contents import Contents
from pipeline.shards.lease import sole_writer
from pipeline.shards.location import Location
from pipeline.shards.manifest import PROGRESS
from pipeline.shards.read import CorpusError
from pipeline.shards.retries import StoreError

REPO = re.compile(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")
RESUME = "the same command again sends only what is missing"
CLIENTS = ("httpx", "httpcore", "requests", "urllib3", "hf_xet")
"""Packages by which releases of huggingface_hub reach the network."""


class HubError(PlantainError):
    """The hub refused or was not there. Its text is one line."""


def check_repo(repo: str) -> str:
    """The hub id, "user/name". Raises ConfigError for anything else."""
    require("hub", "huggingface_hub")
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    try:
        if not REPO.match(repo):
            raise HFValidationError("write USER/NAME, of letters, digits, '-', '_' and '.'")
        validate_repo_id(repo)
    except HFValidationError as error:
        raise ConfigError(f"--repo {repo}: no name of a repository on the hub; {one_line(error)}") from None
    return repo


def check_local(folder: Location) -> Path:
    """The folder, if it is one of this machine. Raises ConfigError."""
    if isinstance(folder, Path):
        return folder
    raise ConfigError(
        f"{folder}: the hub's client uploads from a disk; copy it to a folder first, with the store's own tool "
        "(e.g. aws s3 sync), and push that. `plantain card` of a corpus works on URLs"
    )


def write_card(contents: Contents) -> None:
    """Write the files that describe a corpus or model into its folder, and remove those that they replace.

    Raises ConfigError naming what cannot be written.
    """
    for name, data in contents.written.items():
        save_bytes(contents.folder / name, data, option="")
    for name in contents.replaced:
        (check_local(contents.folder) / name).unlink(missing_ok=True)


@contextmanager
def held(folder: Location, kind: str) -> Iterator[None]:
    """While it lasts, no run writes the corpus. Raises CorpusError when one does, and where none can be kept out."""
    with ExitStack() as stack:
        if kind == "dataset":
            try:
                stack.enter_context(sole_writer(folder, folder / PROGRESS))
            except StoreError:
                raise
            except OSError as error:
                raise CorpusError(
                    f"{folder}: cannot write there ({error.strerror}); the card is written there"
                ) from None
        yield


def push(contents: Contents, repo: str, private: bool = False) -> str:
    """Write what describes the folder, make the repository where it is missing, and upload; its address.

    Run again after a break, what is there already is not sent again. Shards, weights and reports of an earlier push that
    the folder no longer has are removed. private: of a repository that is made now. Raises ConfigError without a token, and
    HubError.
    """
    folder = check_local(contents.folder)
    check_repo(repo)
    from huggingface_hub import HfApi, get_token

    if not get_token():
        raise ConfigError(
            "no token for the Hugging Face hub; run `hf auth login`, or set HF_TOKEN to one that may write"
        )
    write_card(contents)
    api = HfApi()
    with _told(repo, api.endpoint):
        # An existing repository keeps who may see it.
        url = api.create_repo(repo, repo_type=contents.kind, private=private or None, exist_ok=True)
        if private and not api.repo_info(repo, repo_type=contents.kind).private:
            raise ConfigError(
                f"--private: {repo} is there already, and public; make it private at {url}/settings first"
            )
        for name, data in contents.sent.items():
            api.upload_file(
                path_or_fileobj=data,
                path_in_repo=name,
                repo_id=repo,
                repo_type=contents.kind,
                commit_message=f"Upload {name} by plantain push",
            )
        api.upload_folder(
            repo_id=repo,
            repo_type=contents.kind,
            folder_path=folder,
            allow_patterns=contents.patterns(),
            delete_patterns=list(contents.stale) or None,
            commit_message="Upload by plantain push",
        )
    return str(url)


@contextmanager
def _told(repo: str, endpoint: str) -> Iterator[None]:
    """Turn what the client raises into a HubError: refusals by their status, and anything that the network did."""
    from huggingface_hub.errors import HfHubHTTPError

    try:
        yield
    except Exception as error:
        for cause in _causes(error):
            if isinstance(cause, HfHubHTTPError):
                raise HubError(_refusal(cause, repo, endpoint)) from None
            if type(cause).__module__.startswith(CLIENTS) or isinstance(cause, ConnectionError | TimeoutError):
                raise HubError(f"{repo}: {endpoint} cannot be reached ({one_line(cause)}); {RESUME}") from None
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from: uploads in threads wrap what stopped them."""
    while error is not None:
        yield error
        error = error.__cause__


def _refusal(error: Any, repo: str, endpoint: str) -> str:
    status = error.response.status_code if error.response is not None else 0
    remedies = {
        401: "the token is not known there; run `hf auth login`",
        403: f"the token may not write to {repo}; make one that may at {endpoint}/settings/tokens",
    }
    said = one_line(getattr(error, "server_message", None) or error)
    return f"{repo}: the hub answered {status} ({said}); {remedies.get(status, RESUME)}"
