"""A client of the HTTP contract, and a service to talk to: one that runs, or one started for as long as it is needed.

Knows URLs and processes, not stages.
"""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pose.errors import ContrappostoError
from pose.image import from_data_url

DEFAULT_URL = "http://127.0.0.1:8000"
START_SECONDS = 180.0
STOP_SECONDS = 20.0
ANSWER_SECONDS = 300.0
Files = list[tuple[str, tuple[str | None, bytes | str]]]


class ServiceError(ContrappostoError):
    """The service answered with a problem, did not start, or is not there."""

    code = "service"


@dataclass(frozen=True)
class Client:
    """Talks to the service at `url`. Every method raises ServiceError with the problem's own sentence."""

    url: str = DEFAULT_URL

    def ready(self) -> bool:
        """Whether a service is there with every stage loaded."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def transfer(self, image: Path | bytes, fields: Files) -> dict[str, Any]:
        """`POST /v1/transfers` as a transfer object."""
        return self.post("/v1/transfers", [("image", ("image", _bytes(image))), *fields]).json()

    def keypoints(self, image: Path | bytes) -> dict[str, Any]:
        """`POST /v1/keypoints`."""
        return self.post("/v1/keypoints", [("image", ("image", _bytes(image)))]).json()

    def poses(self) -> list[dict[str, Any]]:
        """`GET /v1/poses`."""
        return list(self._answered(httpx.get(f"{self.url}/v1/poses", timeout=30)).json()["poses"])

    def post(self, path: str, fields: Files) -> httpx.Response:
        """A multipart form, answered as JSON."""
        headers = {"Accept": "application/json"}
        try:
            answer = httpx.post(f"{self.url}{path}", files=fields, headers=headers, timeout=ANSWER_SECONDS)
        except httpx.HTTPError as error:
            raise ServiceError(f"no answer from {self.url}{path} ({error}); is the service running?") from error
        return self._answered(answer)

    def _answered(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        try:
            told = answer.json()
            raise ServiceError(f"{told['code']}: {told['detail']}")
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError(f"{self.url} answered {answer.status_code} without a problem's description.") from error


def text_field(name: str, value: str | dict[str, Any]) -> tuple[str, tuple[None, str]]:
    """A form field that is no file."""
    return name, (None, value if isinstance(value, str) else json.dumps(value))


def file_field(name: str, path: Path) -> tuple[str, tuple[str, bytes]]:
    """A form field that is a file. Raises ServiceError where it cannot be read."""
    return name, (path.name, _bytes(path))


def picture_of(output: dict[str, Any]) -> bytes:
    """The bytes of one output of a transfer object."""
    return from_data_url(output["image"])


@contextlib.contextmanager
def service(url: str | None, settings: Path | None = None) -> Iterator[Client]:
    """The service at `url`, or at the default address if one is ready there, or one started here and ended after."""
    there = Client(url or DEFAULT_URL)
    if url is not None or there.ready():
        yield there
        return
    with started(free_port(), settings) as client:
        yield client


@contextlib.contextmanager
def started(port: int, settings: Path | None = None) -> Iterator[Client]:
    """A service of its own on a loopback port, in a process that ends with the block. Raises ServiceError."""
    command = [sys.executable, "-m", "serve.cli", "serve", "--port", str(port)]
    command += ["--settings", str(settings)] if settings else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        _await_ready(process)
        yield Client(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def free_port() -> int:
    """A TCP port on which nobody listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(process: subprocess.Popen[str]) -> None:
    late = threading.Timer(START_SECONDS, process.terminate)
    late.start()
    try:
        for line in process.stdout or ():
            if "ready on" in line:
                return
    finally:
        late.cancel()
    raise ServiceError(f"the service did not start (exit code {process.wait()}); its message is above.")


def _bytes(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        return source.read_bytes()
    except OSError as error:
        raise ServiceError(f"cannot read {source} ({error.strerror}); give the path of a file.") from error
