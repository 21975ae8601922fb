"""A stand-in for the Hugging Face hub on this machine: the requests that the real client makes to upload a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import yaml

TOKEN, OWNER = "hf_ofthetests", "ada"


class Hub:
    """What the server holds. repos: "datasets/u/n" -> {"private", "files"}. large: whether files go by git LFS."""

    def __init__(self, large: bool) -> None:
        self.large = large
        self.repos: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    def files(self, repo: str) -> dict[str, bytes]:
        return self.repos[repo]["files"]


@contextmanager
def serving(large: bool = False) -> Iterator[Hub]:
    hub = Hub(large)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: Any) -> None:
            pass

        def answer(self, value: Any, status: int = 200) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def handle_any(self) -> None:
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.asked.append(f"{self.command} {path}")
            if path.startswith("/objects/"):
                hub.objects[path.rpartition("/")[2]] = body
                return self.answer({})
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return self.answer({"error": "Invalid username or password."}, 401)
            return self.answer(*respond(hub, self.command, path, body))

        do_GET = do_POST = do_PUT = do_HEAD = handle_any

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def respond(hub: Hub, command: str, path: str, body: bytes) -> tuple[Any, int]:
    if path == "/api/repos/create":
        wanted = json.loads(body)
        name = f"{wanted['organization']}/{wanted['name']}"
        if wanted["organization"] != OWNER:
            return {"error": "You don't have the rights to create a model under this namespace"}, 403
        repo = f"datasets/{name}" if wanted.get("type") == "dataset" else name
        if repo in hub.repos:
            return {"error": "You already created this repo", "url": f"{hub.url}/{repo}"}, 409
        hub.repos[repo] = {"private": wanted.get("visibility") == "private" or wanted.get("private"), "files": {}}
        return {"url": f"{hub.url}/{repo}"}, 200
    if path == "/api/validate-yaml":
        text = json.loads(body)["content"]
        front = yaml.safe_load(text.split("---")[1])
        return {"errors": [] if isinstance(front, dict) else [{"message": "no front matter"}], "warnings": []}, 200
    if found := re.fullmatch(r"/(.*)\.git/info/lfs/objects/batch", path):
        wanted = json.loads(body)["objects"]
        links = [{"upload": {"href": f"{hub.url}/objects/{one['oid']}"}} for one in wanted]
        told = [one | ({} if one["oid"] in hub.objects else {"actions": link}) for one, link in zip(wanted, links)]
        return {"transfer": "basic", "objects": told}, 200
    found = re.fullmatch(r"/api/(models|datasets)/([^/]+/[^/]+)(?:/(\w[\w-]*)/.*)?", path)
    if not found:
        return {"error": f"{command} {path}: nobody asks for that"}, 404
    repo = found[2] if found[1] == "models" else f"datasets/{found[2]}"
    if repo not in hub.repos:
        return {"error": "Repository not found"}, 404
    files = hub.files(repo)
    if found[3] is None or found[3] == "revision":
        return {
            "id": found[2],
            "sha": "0" * 40,
            "siblings": [{"rfilename": name} for name in files],
            "private": bool(hub.repos[repo]["private"]),
        }, 200
    if found[3] == "tree":
        return [
            {"type": "file", "path": name, "size": len(data), "oid": git_id(data)} for name, data in files.items()
        ], 200
    if found[3] == "preupload":
        wanted = [one["path"] for one in json.loads(body)["files"]]
        mode = "lfs" if hub.large else "regular"
        modes = {name: mode if not name.endswith((".md", ".json")) else "regular" for name in wanted}
        known = {name: {"oid": git_id(files[name])} for name in wanted if name in files and modes[name] == "regular"}
        return {
            "files": [{"path": n, "uploadMode": modes[n], "shouldIgnore": False, **known.get(n, {})} for n in wanted]
        }, 200
    if found[3] == "commit":
        for line in body.splitlines():
            step = json.loads(line)
            value = step["value"]
            if step["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif step["key"] == "lfsFile":
                files[value["path"]] = hub.objects[value["oid"]]
                assert hashlib.sha256(files[value["path"]]).hexdigest() == value["oid"]
            elif step["key"] == "deletedFile":
                del files[value["path"]]
        return {"commitUrl": f"{hub.url}/{repo}/commit/{'1' * 40}", "commitOid": "1" * 40, "success": True}, 200
    return {"error": f"{command} {path}: nobody asks for that"}, 404


def git_id(data: bytes) -> str:
    """Name of a blob in git."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
