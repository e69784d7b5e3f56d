"""The model hub as `contrapposto pull` sees it: which revision is current, what lies there, and one file at a time.

The hub is a protocol, so that pulling can be rehearsed without a network. The client was tried against a stand-in for
the hub's HTTP interface, NOT against the hub itself, which could not be reached. Knows repositories and bytes; not
which of them make a checkpoint.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from pose.errors import WeightsError

TRIES = 5  # of a file whose line breaks
TIMEOUT = 30.0  # seconds without a byte


@dataclass(frozen=True)
class Listed:
    """A file in the hub's listing of one revision. size: bytes; sha256: of large files; git_sha1: of the rest, as git
    hashes a blob.
    """

    name: str
    size: int
    sha256: str | None
    git_sha1: str


class Hub(Protocol):
    """Each method raises WeightsError, with the remedy, where the hub cannot be reached or says no."""

    def revision(self, repository: str) -> str:
        """The commit at the head of the repository's main branch."""
        ...

    def listing(self, repository: str, revision: str) -> list[Listed]: ...

    def fetch(self, repository: str, revision: str, listed: Listed, folder: Path) -> Path:
        """The file, at `folder/name`; goes on where an earlier attempt broke off. What arrived is not verified."""
        ...


@dataclass(frozen=True)
class HuggingFace:
    """huggingface.co, or what HF_ENDPOINT names; HF_TOKEN for repositories whose licence must be accepted first.

    endpoint: another hub's address.
    """

    endpoint: str | None = None

    def revision(self, repository: str) -> str:
        from huggingface_hub import HfApi

        with _told(repository):
            return str(HfApi(self.endpoint).model_info(repository).sha)

    def listing(self, repository: str, revision: str) -> list[Listed]:
        from huggingface_hub import HfApi
        from huggingface_hub.hf_api import RepoFile

        with _told(repository):
            tree = list(HfApi(self.endpoint).list_repo_tree(repository, recursive=True, revision=revision))
        files = [entry for entry in tree if isinstance(entry, RepoFile)]
        return [Listed(each.path, each.size, each.lfs.sha256 if each.lfs else None, each.blob_id) for each in files]

    def fetch(self, repository: str, revision: str, listed: Listed, folder: Path) -> Path:
        """By plain HTTP: the hub's own client begins a file anew when it is called again. Draws a bar on a terminal."""
        from huggingface_hub import hf_hub_url
        from huggingface_hub.utils import build_hf_headers

        file = folder / listed.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        url = hf_hub_url(repository, listed.name, revision=revision, endpoint=self.endpoint)
        with _told(repository):
            for left in reversed(range(TRIES)):
                try:
                    _append(url, {**build_hf_headers(), "Accept-Encoding": "identity"}, file, listed.size)
                    break
                except httpx.TransportError:
                    if not left:
                        raise
        return file


def _append(url: str, headers: Mapping[str, str], file: Path, size: int) -> None:
    """The rest of a file, behind what is there of it."""
    from huggingface_hub.utils import tqdm

    there = file.stat().st_size
    if there >= size:
        return
    asked = {**headers, "Range": f"bytes={there}-"} if there else headers
    with httpx.stream("GET", url, headers=asked, follow_redirects=True, timeout=TIMEOUT) as answer:
        answer.raise_for_status()
        there = there if answer.status_code == httpx.codes.PARTIAL_CONTENT else 0
        bar = tqdm(total=size, initial=there, unit="B", unit_scale=True, desc=file.name, leave=False, disable=None)
        with file.open("ab") as stream, bar:
            stream.truncate(there)
            for chunk in answer.iter_bytes():
                bar.update(stream.write(chunk))


def open_hub() -> Hub:
    """Raises WeightsError where the client is not installed."""
    try:
        import huggingface_hub  # noqa: F401
    except ImportError as error:
        raise WeightsError("huggingface_hub is not installed; run: pip install contrapposto[checkpoints].") from error
    return HuggingFace()


@contextmanager
def _told(repository: str) -> Iterator[None]:
    from huggingface_hub.errors import HfHubHTTPError

    unreached = HfHubHTTPError.__bases__[0]  # of the HTTP library that this version of the client is built on
    assert issubclass(unreached, Exception)
    try:
        yield
    except (OSError, httpx.HTTPError, unreached) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"the hub did not give {repository}: {reason}. Check the network, and for a repository whose licence is to "
            f"be accepted do so at https://huggingface.co/{repository} and set HF_TOKEN; then run the same command "
            "again: it goes on where it stopped."
        ) from error
