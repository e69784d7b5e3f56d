"""The model hub as `contrapposto pull` sees it: which revision is current, what lies there, and one file at a time.

The hub is a protocol, so that pulling can be rehearsed without a network. The client was tried against a stand-in for
the hub's HTTP interface, NOT against the hub itself, which could not be reached. Knows repositories and bytes; not
which of them make a checkpoint.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pose.errors import WeightsError


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

    def fetch(self, repository: str, revision: str, name: str, folder: Path) -> Path:
        """The file, at `folder/name`; goes on where an earlier attempt broke off."""
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

    def fetch(self, repository: str, revision: str, name: str, folder: Path) -> Path:
        """Draws its own progress bar on stderr."""
        from huggingface_hub import hf_hub_download

        with _told(repository):
            return Path(hf_hub_download(repository, name, revision=revision, local_dir=folder, endpoint=self.endpoint))


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
    except (OSError, unreached) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"the hub did not give {repository}: {reason}. Check the network, and for a repository whose licence is to "
            f"be accepted do so at https://huggingface.co/{repository} and set HF_TOKEN; then run the same command "
            "again: it goes on where it stopped."
        ) from error
