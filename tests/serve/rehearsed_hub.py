"""Stand-ins for the model hub: one that is called, one that is asked over HTTP. Both hold small checkpoints."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pose.errors import WeightsError
from serve.hub import Listed

REVISION = "1234567890abcdef1234567890abcdef12345678"


def git_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def is_large(name: str) -> bool:
    return name.endswith((".safetensors", ".bin"))


@dataclass
class RehearsedHub:
    """repositories: name to files. fetched: what was asked for, in order. broken: names that do not arrive whole."""

    repositories: dict[str, dict[str, bytes]]
    head: str = REVISION
    fetched: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    altered: set[str] = field(default_factory=set)
    interrupted: set[str] = field(default_factory=set)

    def revision(self, repository: str) -> str:
        return self.head

    def listing(self, repository: str, revision: str) -> list[Listed]:
        self.asked.append(revision)
        return [
            Listed(name, len(data), hashlib.sha256(data).hexdigest() if is_large(name) else None, git_sha1(data))
            for name, data in self.repositories[repository].items()
        ]

    def fetch(self, repository: str, revision: str, listed: Listed, folder: Path) -> Path:
        name = listed.name
        if name in self.interrupted:
            raise WeightsError("the hub did not give it: the line broke")
        self.fetched.append(name)
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        data = self.repositories[repository][name]
        file.write_bytes(data[:-1] + b"!" if name in self.altered else data)
        return file


@contextmanager
def hub_over_http(repositories: dict[str, dict[str, bytes]], line: "Line | None" = None) -> Iterator[str]:
    """The address of a server that answers as the hub's listing and download do."""

    class Answers(_Answers):
        held, through = repositories, line or Line()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Line:
    """breaks_at: bytes of one answer after which the connection is cut. ranges: those that were asked for."""

    breaks_at: int | None = None
    ranges: list[str] = field(default_factory=list)


class _Answers(BaseHTTPRequestHandler):
    held: ClassVar[dict[str, dict[str, bytes]]] = {}
    through: ClassVar[Line] = Line()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *args: object) -> None:
        """Nothing."""

    def _answer(self) -> None:
        path = urlsplit(self.path).path.strip("/")
        for repository, files in self.held.items():
            if path == f"api/models/{repository}":
                return self._say(json.dumps({"id": repository, "sha": REVISION}).encode())
            if path == f"api/models/{repository}/tree/{REVISION}":
                return self._say(json.dumps([_entry(name, data) for name, data in files.items()]).encode())
            start = f"{repository}/resolve/{REVISION}/"
            if path.startswith(start) and path.removeprefix(start) in files:
                return self._send(files[path.removeprefix(start)])
        return self._say(b"{}", 404)

    def _send(self, data: bytes) -> None:
        """A file, or the rest of it, as far as the line holds."""
        asked = self.headers.get("Range", "bytes=0-")
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if start:
            self.through.ranges.append(asked)
        self._say(data[start:], 206 if start else 200, self.through.breaks_at)

    def _say(self, body: bytes, status: int = 200, most: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:most])


def _entry(name: str, data: bytes) -> dict[str, object]:
    entry: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": git_sha1(data)}
    if is_large(name):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return entry
